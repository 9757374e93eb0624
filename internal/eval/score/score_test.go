package score

import (
	"bytes"
	"encoding/json"
	"math"
	"os"
	"strings"
	"testing"
)

// tolerance is what the order of summing may differ by.
const tolerance = 1e-9

// TestAsSacrebleuAndRougeScore holds the scores to the figures of the two
// libraries; scripts/scores/scores.py writes them.
func TestAsSacrebleuAndRougeScore(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("testdata/pairs.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	for line := range bytes.Lines(data) {
		var pair struct {
			Text, Reference string
			Want            *Scores
		}
		if err := json.Unmarshal(line, &pair); err != nil {
			t.Fatal(err)
		}
		if pair.Want == nil {
			t.Fatalf("%q has no figures", pair.Text)
		}
		got := Of(pair.Text, pair.Reference)
		for name, v := range map[string][2]float64{
			"chrF": {got.ChrF, pair.Want.ChrF}, "ROUGE-1": {got.Rouge1, pair.Want.Rouge1},
			"ROUGE-2": {got.Rouge2, pair.Want.Rouge2}, "ROUGE-L": {got.RougeL, pair.Want.RougeL},
		} {
			if math.Abs(v[0]-v[1]) > tolerance {
				t.Errorf("%s of %q for %q is %v, want %v", name, pair.Text, pair.Reference, v[0], v[1])
			}
		}
	}
}

// TestLongTexts holds that the time is bounded: the product of two books would
// be hours.
func TestLongTexts(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("the dam opens soon ", 50_000)
	if got := Of(long, long); got.RougeL < 99.9 || got.Rouge2 < 99.9 {
		t.Errorf("a text and itself score %+v", got)
	}
}
