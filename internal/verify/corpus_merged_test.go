package verify

import (
	"math/rand/v2"
	"strings"
	"testing"
)

// TestCorpusMerged measures false alarms on summaries that take sentences from
// anywhere in the article, in any order, two of them run into one: the claims of
// such a sentence belong to two places of the source.
func TestCorpusMerged(t *testing.T) {
	docs := readLines[parallelDoc](t, corpus(t, "ntrex_parallel_news", "ar.share.jsonl"))
	rng := rand.New(rand.NewPCG(3, 4))
	all, alarmed := 0, map[string]int{}
	for i := range docs {
		d := &docs[i]
		p := Prepare(d.source())
		base := failures(p.Run(Output{Summary: d.window(0, len(d.Sentences))}, Limits{}), "")
		for range 20 {
			var b strings.Builder
			for k := range 4 {
				s := strings.TrimRight(d.Sentences[rng.IntN(len(d.Sentences))].En, ". ")
				b.WriteString(s)
				if k%2 == 0 {
					b.WriteString(", while ")
				} else {
					b.WriteString(". ")
				}
			}
			all++
			report := p.Run(Output{Summary: b.String()}, Limits{})
			for _, check := range []string{CheckNumbers, CheckDates} {
				for _, c := range failures(report, check) {
					known := false
					for _, k := range base {
						known = known || k.Check == check && k.OutputSpan.Text == c.OutputSpan.Text
					}
					if !known {
						alarmed[check]++
						t.Logf("%s: %s: %s [%s]", d.ID, check, c.Detail, around(b.String(), c.OutputSpan))
						break
					}
				}
			}
		}
	}
	t.Logf("merged summaries %d, alarmed by numbers %d, by dates %d", all, alarmed[CheckNumbers], alarmed[CheckDates])
	if share := float64(alarmed[CheckNumbers]+alarmed[CheckDates]) / float64(all); share > 0.01 {
		t.Errorf("%.3f of the faithful summaries are alarmed, at most 0.01 may be", share)
	}
}
