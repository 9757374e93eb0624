package verify

import (
	"strings"
	"testing"
)

// TestCorpusQuotations measures false alarms, and how many documents without
// any speech let an invented quotation pass.
func TestCorpusQuotations(t *testing.T) {
	docs := readLines[parallelDoc](t, corpus(t, "ntrex_parallel_news", "ar.share.jsonl"))
	windows, alarmed, silent, caught := 0, 0, 0, 0
	for i := range docs {
		d := &docs[i]
		p := Prepare(d.source())
		run := func(text string) int {
			o := Output{Summary: text}
			return len(failures(Report{checkQuotations(p, &o, outputFields(&o), Limits{})}, ""))
		}
		for at := 0; at < len(d.Sentences); at += windowSentences {
			windows++
			if n := run(d.window(at, windowSentences)); n > 0 {
				alarmed++
				t.Logf("%s: %d", d.ID, n)
			}
		}
		english := d.window(0, len(d.Sentences))
		if !strings.ContainsAny(english, `"“'`) && !strings.Contains(english, " said") && !strings.Contains(english, " told") {
			silent++
			if run(`Asked about it, one of them said: "We will never forget what we saw here that night."`) > 0 {
				caught++
			}
		}
	}
	t.Logf("windows alarmed %d of %d; documents without speech %d, invented quotation found in %d", alarmed, windows, silent, caught)
	if float64(alarmed) > 0.005*float64(windows) {
		t.Errorf("%d of %d faithful excerpts are alarmed", alarmed, windows)
	}
}
