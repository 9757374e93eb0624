package name

import (
	"encoding/json"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/mujaz/mujaz/internal/verify/fold"
)

type pair struct {
	Arabic  string `json:"ar"`
	English string `json:"en"`
}

// readRows gives a data set of English and Arabic words, or skips the test.
func readRows(t *testing.T, file string) []pair {
	t.Helper()
	root := os.Getenv("MUJAZ_CORPORA")
	if root == "" {
		t.Skip("MUJAZ_CORPORA is not set: the measurements need the corpora, which are not part of the repository")
	}
	data, err := os.ReadFile(filepath.Join(root, "ar_numbers_dates_names", file))
	if err != nil {
		t.Fatal(err)
	}
	var pairs []pair
	for line := range strings.Lines(string(data)) {
		var p pair
		if err := json.Unmarshal([]byte(line), &p); err != nil {
			t.Fatal(err)
		}
		pairs = append(pairs, p)
	}
	return pairs
}

// readPairs gives the transliterated names, without ordinary words.
func readPairs(t *testing.T) []pair {
	t.Helper()
	return slices.DeleteFunc(readRows(t, "transliteration_pairs.share.jsonl"), func(p pair) bool {
		return len(p.English) < shortestName || inflected(p.English) || strings.Trim(p.English, "abcdefghijklmnopqrstuvwxyz") != ""
	})
}

// TestCorpusTransliteration measures the similarity of true pairs, of wrong
// ones, and of a name with the best of the words of a text without it.
func TestCorpusTransliteration(t *testing.T) {
	pairs := readPairs(t)
	rng := rand.New(rand.NewPCG(3, 4))
	thresholds := []float64{0.4, 0.5, 0.55, 0.6, 0.65, 0.7, 0.72, 0.75, 0.8, 0.85}
	same, other := make([]int, len(thresholds)), make([]int, len(thresholds))
	for _, p := range pairs {
		s := soundOf([]byte(p.English))
		v := similarity(&s, []byte(fold.Text(p.Arabic)))
		w := similarity(&s, []byte(fold.Text(pairs[rng.IntN(len(pairs))].Arabic)))
		for i, at := range thresholds {
			if v >= at {
				same[i]++
			}
			if w >= at {
				other[i]++
			}
		}
		if v < otherName && os.Getenv("MUJAZ_MISSES") != "" {
			t.Logf("miss %s %s %.2f", p.English, p.Arabic, v)
		}
	}
	for i, at := range thresholds {
		if at == sameName && float64(same[i]) < 0.97*float64(len(pairs)) {
			t.Errorf("%d of %d true pairs reach %.2f, the floor is 0.97", same[i], len(pairs), sameName)
		}
		t.Logf("threshold %.2f: true pairs %.4f, random pairs %.4f", at, float64(same[i])/float64(len(pairs)), float64(other[i])/float64(len(pairs)))
	}
}

// TestCorpusRegions holds the English names of countries and territories
// against their Arabic ones.
func TestCorpusRegions(t *testing.T) {
	found, all := 0, 0
	for _, p := range readRows(t, "cldr_regions.jsonl") {
		text := "They came from " + p.English + ", it seems."
		all++
		absent := false
		for name, o := range outcomes(Arabic, "جاؤوا من "+p.Arabic+" كما يبدو", text) {
			if o == Absent {
				absent = true
				t.Logf("%s, %s: %s is not found", p.English, p.Arabic, name)
			}
		}
		if !absent {
			found++
		}
	}
	t.Logf("%d of %d without alarm", found, all)
	if float64(found) < 0.97*float64(all) {
		t.Errorf("%d of %d regions are alarmed", all-found, all)
	}
}
