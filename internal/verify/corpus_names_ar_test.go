package verify

import (
	"maps"
	"slices"
	"strings"
	"testing"
)

// TestCorpusNamesArabicOutput measures the precision of fail on Arabic summaries
// with human labels of faithfulness, and its recall by label.
func TestCorpusNamesArabicOutput(t *testing.T) {
	type row struct {
		ID      string          `json:"id"`
		DocID   string          `json:"doc_id"`
		Title   string          `json:"title"`
		Text    string          `json:"text"`
		Summary string          `json:"summary"`
		Rating  string          `json:"rating"`
		Labels  map[string]bool `json:"labels"`
	}
	sources := map[string]*Prepared{}
	for _, a := range readLines[row](t, corpus(t, "xlsum_ar_arahallu", "articles.share.jsonl")) {
		sources[a.ID] = Prepare(Source{Title: a.Title, Language: "ar", Paragraphs: []Paragraph{{1, a.Text}}})
	}
	flagged, right, unfaithful := 0, 0, 0
	found, all := map[string]int{}, map[string]int{}
	for _, r := range readLines[row](t, corpus(t, "xlsum_ar_arahallu", "labelled_summaries.share.jsonl")) {
		faithful := strings.HasPrefix(r.Rating, "5")
		if !faithful {
			unfaithful++
		}
		o := Output{Summary: r.Summary}
		f := failures(Report{checkNames(sources[r.DocID], &o, outputFields(&o), Limits{})}, "")
		for label, set := range r.Labels {
			if set {
				all[label]++
				if len(f) > 0 {
					found[label]++
				}
			}
		}
		if len(f) == 0 {
			continue
		}
		flagged++
		if !faithful {
			right++
		} else {
			t.Logf("false alarm %s: %s", r.ID, f[0].Detail)
		}
	}
	for _, label := range slices.Sorted(maps.Keys(all)) {
		t.Logf("%-26s found in %d of %d", label, found[label], all[label])
	}
	t.Logf("flagged %d, right %d, unfaithful %d", flagged, right, unfaithful)
	if float64(right) < 0.9*float64(flagged) || right < 20 {
		t.Errorf("%d of %d alarms are right, the floors are 0.9 and 20", right, flagged)
	}
}
