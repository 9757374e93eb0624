package eval

import (
	"os"
	"strings"
	"sync"
	"testing"
)

// TestCorpusChecks runs the whole evaluation. MUJAZ_MISSES=names logs the
// errors of a kind that were missed (all: of every kind), MUJAZ_ALARMS=ar the
// false fails of a language.
func TestCorpusChecks(t *testing.T) {
	root := os.Getenv("MUJAZ_CORPORA")
	if root == "" {
		t.Skip("MUJAZ_CORPORA is not set: the measurements need the corpora, which are not part of the repository")
	}
	misses, alarms := os.Getenv("MUJAZ_MISSES"), os.Getenv("MUJAZ_ALARMS")
	var mu sync.Mutex
	observe := func(c Case) {
		mu.Lock()
		defer mu.Unlock()
		switch {
		case c.Injection != nil:
			if !c.Caught && c.Lang == "ar" && (misses == "all" || misses == string(c.Injection.Kind)) || misses == "made" && c.Lang == "ar" {
				r := []rune(c.Text)
				in := c.Injection
				t.Logf("%s %s (%s): %q for %q [%s]", c.Document, in.Kind, in.Form, in.New, in.Old, string(r[max(0, in.Start-40):min(len(r), in.End+40)]))
			}
		case c.Lang == alarms || alarms == "all":
			for _, f := range failsOf(c.Report, "") {
				t.Logf("%s: %s: %s", c.Document, f.Check, f.Detail)
			}
		}
	}
	table, err := Run(t.Context(), Config{Corpora: root, Observe: observe})
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	if err := table.WriteText(&text); err != nil {
		t.Fatal(err)
	}
	t.Log("\n" + text.String())
	for key, floor := range floors {
		row := table.Row(key)
		switch {
		case !row.measured():
			t.Logf("%s: there is no data for it", key)
		case row.AtMost && row.Value > floor:
			t.Errorf("%s, %s: %.3f, at most %.3f was held", row.On, row.Figure, row.Value, floor)
		case !row.AtMost && row.Value < floor:
			t.Errorf("%s, %s: %.3f, the floor is %.3f", row.On, row.Figure, row.Value, floor)
		}
	}
}

// floors are what was held on the half "share"; docs/eval.md has the targets. A
// change of the checks that moves a figure over its floor raises the floor.
var floors = map[string]float64{
	"ntrex.ar.false":             0.02,
	"ntrex.ar.numbers":           0.96,
	"ntrex.ar.number-words":      0.94,
	"ntrex.ar.months":            0.95,
	"ntrex.ar.weekdays":          0.95,
	"ntrex.ar.magnitudes":        0.94,
	"ntrex.ar.names":             0.93,
	"ntrex.ar.wrong-language":    0.99,
	"ntrex.ar.mixed-language":    0.97,
	"ntrex.ar.looping":           0.99,
	"ntrex.ar.prompt-leak":       0.99,
	"ntrex.other.false":          0.025,
	"ar.number-words":            0.97,
	"ar.number-words.wrong":      0,
	"ar.dates":                   0.97,
	"ar.dates.wrong":             0,
	"ar.hijri":                   0.97,
	"ar.hijri.wrong":             0,
	"ar.recognizers.numbers":     0.97,
	"ar.recognizers.dates":       0.97,
	"xlsum.precision":            0.90,
	"xlsum.recall":               0.09,
	"frank.precision":            0.90,
	"summedits.news.precision":   0.90,
	"summedits.ectsum.precision": 0.90,
	"pages.f1":                   0.94,
	"pages.must":                 0.95,
}
