package verify

import (
	"slices"
	"testing"
)

// TestCorpusProse measures the false alarms of the checks that look for what is
// no news prose, on news that people translated into 15 languages: their English
// stands for faithful summaries.
func TestCorpusProse(t *testing.T) {
	english := map[string]parallelDoc{}
	for _, d := range readLines[parallelDoc](t, corpus(t, "ntrex_parallel_news", "en.share.jsonl")) {
		english[d.ID] = d
	}
	docs := readLines[parallelDoc](t, corpus(t, "ntrex_parallel_news", "other_langs.share.jsonl"))
	for i := range docs {
		docs[i].join(english[docs[i].EnglishID])
	}
	docs = append(docs, readLines[parallelDoc](t, corpus(t, "ntrex_parallel_news", "ar.share.jsonl"))...)
	windows, alarmed, unsure := 0, map[string]int{}, 0
	for i := range docs {
		d := &docs[i]
		p := Prepare(d.source())
		for at := 0; at < len(d.Sentences); at += windowSentences {
			windows++
			text := d.window(at, windowSentences)
			report := p.Run(Output{Summary: text}, Limits{})
			for _, check := range []string{CheckResidue, CheckPromptLeak, CheckEvasive} {
				if found := failures(report, check); len(found) > 0 {
					alarmed[check]++
					t.Logf("%s: %s [%s]", d.ID, found[0].Detail, around(text, found[0].OutputSpan))
				}
			}
			if slices.ContainsFunc(report.Checks, func(c Check) bool { return c.Check == CheckResidue && c.Verdict == CannotJudge }) {
				unsure++
			}
		}
	}
	t.Logf("alarmed %v of %d windows; residue cannot judge %d", alarmed, windows, unsure)
	for check, n := range alarmed {
		if float64(n) > 0.002*float64(windows) {
			t.Errorf("%s alarms at %d of %d faithful excerpts, at most 0.002 of them did", check, n, windows)
		}
	}
}
