package numeral

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestCorpusForeignNumberWords measures how many number words of other languages
// are read.
func TestCorpusForeignNumberWords(t *testing.T) {
	root := os.Getenv("MUJAZ_CORPORA")
	if root == "" {
		t.Skip("MUJAZ_CORPORA is not set: the measurement needs the corpora, which are not part of the repository")
	}
	data, err := os.ReadFile(filepath.Join(root, "ar_numbers_dates_names", "number_words_other_langs.share.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	langs := map[string]Language{
		"fr": LanguageFrench, "es": LanguageSpanish, "de": LanguageGerman, "ru": LanguageRussian,
		"tr": LanguageTurkish, "fa": LanguagePersian, "he": LanguageHebrew,
	}
	right, all := map[string]int{}, map[string]int{}
	for line := range strings.Lines(string(data)) {
		var row struct {
			Lang  string  `json:"lang"`
			Value float64 `json:"value"`
			Form  string  `json:"form"`
			Text  string  `json:"text"`
		}
		if err := json.Unmarshal([]byte(line), &row); err != nil {
			t.Fatal(err)
		}
		want := math.Abs(row.Value)
		lang, known := langs[row.Lang]
		if !known || want != math.Floor(want) || want >= 1e15 || !strings.HasPrefix(row.Form, "cardinal") && !strings.HasPrefix(row.Form, "ordinal") {
			continue
		}
		key := row.Lang + " " + row.Form
		all[key]++
		found := false
		var got []string
		for _, q := range Evidence(nil, row.Text, lang) {
			found = found || near(q.Value, want)
			got = append(got, show(q))
		}
		if found {
			right[key]++
			continue
		}
		t.Logf("%s %v: %s read as %v", key, row.Value, row.Text, got)
	}
	sum, total := 0, 0
	for key, n := range all {
		t.Logf("%-24s %d of %d", key, right[key], n)
		sum, total = sum+right[key], total+n
	}
	if share := float64(sum) / float64(total); share < 0.97 {
		t.Errorf("%.3f of the number words are read, the floor is 0.97", share)
	}
}

func near(a, b float64) bool { return math.Abs(a-b) <= 1e-9*max(b, 1) }
