package eval

import (
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"
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
	start := time.Now()
	table, err := Run(t.Context(), Config{Corpora: root, Observe: observe})
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	if err := table.WriteText(&text); err != nil {
		t.Fatal(err)
	}
	t.Log("\n" + text.String() + fmt.Sprint(time.Since(start)))
}
