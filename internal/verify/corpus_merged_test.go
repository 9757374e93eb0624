package verify

import (
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// TestCorpusMerged measures false alarms on summaries that take sentences from
// anywhere in the article, in any order, two of them run into one: the claims of
// such a sentence belong to two places of the source.
func TestCorpusMerged(t *testing.T) {
	docs := readLines[parallelDoc](t, corpus(t, "ntrex_parallel_news", "ar.share.jsonl"))
	english := map[string]parallelDoc{}
	for _, d := range readLines[parallelDoc](t, corpus(t, "ntrex_parallel_news", "en.share.jsonl")) {
		english[d.ID] = d
	}
	others := readLines[parallelDoc](t, corpus(t, "ntrex_parallel_news", "other_langs.share.jsonl"))
	for i := range others {
		others[i].join(english[others[i].EnglishID])
	}
	rng := rand.New(rand.NewPCG(3, 4))
	all, alarmed := map[string]int{}, map[string]int{}
	docs = append(docs, others...)
	for i := range docs {
		d := &docs[i]
		p := Prepare(d.source())
		base := failures(p.Run(Output{Summary: d.window(0, len(d.Sentences))}, Limits{}), "")
		for range 8 {
			text := d.merged(rng)
			all[d.Lang]++
			report := p.Run(Output{Summary: text}, Limits{})
			for _, check := range []string{CheckNumbers, CheckDates} {
				for _, c := range failures(report, check) {
					known := slices.ContainsFunc(base, func(k Check) bool {
						return k.Check == check && k.OutputSpan.Text == c.OutputSpan.Text
					})
					if !known {
						alarmed[d.Lang]++
						t.Logf("%s: %s: %s [%s]", d.ID, check, c.Detail, around(text, c.OutputSpan))
						break
					}
				}
			}
		}
	}
	for _, lang := range slices.Sorted(maps.Keys(all)) {
		t.Logf("%-4s merged summaries %d, alarmed %d", lang, all[lang], alarmed[lang])
		if float64(alarmed[lang]) > 0.01*float64(all[lang]) {
			t.Errorf("%s: more than 1 in 100 of the faithful summaries are alarmed", lang)
		}
	}
}

// merged joins four sentences from anywhere in the article to two.
func (d *parallelDoc) merged(rng *rand.Rand) string {
	var b strings.Builder
	for k := range 4 {
		b.WriteString(strings.TrimRight(d.Sentences[rng.IntN(len(d.Sentences))].En, ". "))
		if k%2 == 0 {
			b.WriteString(", while ")
		} else {
			b.WriteString(". ")
		}
	}
	return b.String()
}
