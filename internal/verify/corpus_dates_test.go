package verify

import (
	"maps"
	"math/rand/v2"
	"os"
	"regexp"
	"slices"
	"testing"
	"time"

	"github.com/mujaz/mujaz/internal/verify/date"
)

var (
	monthWord   = regexp.MustCompile(`\b(January|February|March|April|June|July|August|September|October|November|December)( [a-z]|[.,;])`)
	weekdayWord = regexp.MustCompile(`\b(Sunday|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday)( [a-z]|[.,;])`)
)

// swapDate puts another month or weekday in the place of one.
func swapDate(rng *rand.Rand, text string) (string, string) {
	pattern, kind := monthWord, "month"
	if rng.IntN(2) == 0 {
		pattern, kind = weekdayWord, "weekday"
	}
	all := pattern.FindAllStringSubmatchIndex(text, -1)
	if len(all) == 0 {
		return text, ""
	}
	at := all[rng.IntN(len(all))]
	other := time.Month(1 + rng.IntN(12)).String()
	if kind == "weekday" {
		other = time.Weekday(rng.IntN(7)).String()
	}
	if other == text[at[2]:at[3]] || other == "May" {
		return text, ""
	}
	return text[:at[2]] + other + text[at[3]:], kind
}

// TestCorpusDates measures false alarms on faithful English and the share of
// exchanged months and weekdays that are found.
func TestCorpusDates(t *testing.T) {
	docs := readLines[parallelDoc](t, corpus(t, "ntrex_parallel_news", "ar.share.jsonl"))
	rng := rand.New(rand.NewPCG(7, 8))
	windows, alarmed, docsAlarmed := 0, 0, 0
	mutated, caught := map[string]int{}, map[string]int{}
	run := func(p *Prepared, text string) []Check {
		o := Output{Summary: text}
		return failures(Report{checkDates(p, &o, outputFields(&o), Limits{})}, "")
	}
	for i := range docs {
		d := &docs[i]
		p := Prepare(d.source())
		if len(run(p, d.window(0, len(d.Sentences)))) > 0 {
			docsAlarmed++
		}
		for at := 0; at < len(d.Sentences); at += windowSentences {
			text := d.window(at, windowSentences)
			windows++
			f := run(p, text)
			if len(f) > 0 {
				alarmed++
				for _, c := range f {
					t.Logf("%s: %s [%s]", d.ID, c.Detail, around(text, c.OutputSpan))
				}
			}
			for range 20 {
				bad, kind := swapDate(rng, text)
				if kind == "" {
					continue
				}
				mutated[kind]++
				if len(run(p, bad)) > len(f) {
					caught[kind]++
				} else if os.Getenv("MUJAZ_MISSES") != "" {
					t.Logf("miss %s: %s", d.ID, difference(text, bad))
				}
			}
		}
	}
	t.Logf("docs alarmed %d/%d windows %d/%d; months caught %d/%d weekdays %d/%d", docsAlarmed, len(docs), alarmed, windows,
		caught["month"], mutated["month"], caught["weekday"], mutated["weekday"])
	if float64(alarmed) > 0.01*float64(windows) {
		t.Errorf("%d of %d faithful excerpts are alarmed, at most 1 in 100 may be", alarmed, windows)
	}
	for kind, floor := range map[string]float64{"month": 0.91, "weekday": 0.88} {
		if recall := float64(caught[kind]) / float64(mutated[kind]); recall < floor {
			t.Errorf("%s: recall is %.3f, the floor is %.2f", kind, recall, floor)
		}
	}
}

// TestCorpusDatesOther is TestCorpusDates for the other languages.
func TestCorpusDatesOther(t *testing.T) {
	english := map[string]parallelDoc{}
	for _, d := range readLines[parallelDoc](t, corpus(t, "ntrex_parallel_news", "en.share.jsonl")) {
		english[d.ID] = d
	}
	docs := readLines[parallelDoc](t, corpus(t, "ntrex_parallel_news", "other_langs.share.jsonl"))
	rng := rand.New(rand.NewPCG(7, 8))
	type count struct{ windows, alarmed, docs, months, weekdays, monthsCaught, weekdaysCaught int }
	counts := map[string]*count{}
	run := func(p *Prepared, text string) []Check {
		o := Output{Summary: text}
		return failures(Report{checkDates(p, &o, outputFields(&o), Limits{})}, "")
	}
	for i := range docs {
		d := &docs[i]
		d.join(english[d.EnglishID])
		n := counts[d.Lang]
		if n == nil {
			n = &count{}
			counts[d.Lang] = n
		}
		p := Prepare(d.source())
		if f := run(p, d.window(0, len(d.Sentences))); len(f) > 0 {
			n.docs++
			for _, c := range f {
				t.Logf("%s: %s [%s]", d.ID, c.Detail, around(d.window(0, len(d.Sentences)), c.OutputSpan))
			}
		}
		for at := 0; at < len(d.Sentences); at += windowSentences {
			text := d.window(at, windowSentences)
			n.windows++
			before := len(run(p, text))
			if before > 0 {
				n.alarmed++
			}
			for range 6 {
				bad, kind := swapDate(rng, text)
				caught := 0
				if kind != "" && len(run(p, bad)) > before {
					caught = 1
				} else if kind != "" && os.Getenv("MUJAZ_MISSES") != "" {
					t.Logf("miss %s: %s", d.ID, difference(text, bad))
				}
				switch kind {
				case "month":
					n.months++
					n.monthsCaught += caught
				case "weekday":
					n.weekdays++
					n.weekdaysCaught += caught
				}
			}
		}
	}
	for _, lang := range slices.Sorted(maps.Keys(counts)) {
		n := counts[lang]
		t.Logf("%-4s docs alarmed %d windows %d/%d; months caught %d/%d weekdays %d/%d", lang, n.docs, n.alarmed, n.windows,
			n.monthsCaught, n.months, n.weekdaysCaught, n.weekdays)
		if languages()[lang].dates != date.NoLang && (n.monthsCaught < n.months/2 || float64(n.weekdaysCaught) < 0.65*float64(n.weekdays)) {
			t.Errorf("%s: too few exchanged months or weekdays are found", lang)
		}
		if float64(n.alarmed) > 0.01*float64(n.windows) {
			t.Errorf("%s: %d of %d faithful excerpts are alarmed, at most 1 in 100 may be", lang, n.alarmed, n.windows)
		}
	}
}
