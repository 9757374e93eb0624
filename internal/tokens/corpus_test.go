package tokens_test

import (
	"bufio"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tiktoken-go/tokenizer/codec"

	"github.com/mujaz/mujaz/internal/tokens"
)

// TestEstimateOnCorpora calibrates on every second document with the counts of
// a real tokenizer, in the place of an endpoint's usage, and measures on the
// others. The figures are in docs/long-articles.md.
func TestEstimateOnCorpora(t *testing.T) {
	root := os.Getenv("MUJAZ_CORPORA")
	if root == "" {
		t.Skip("MUJAZ_CORPORA is not set: the measurement needs the corpora, which are not part of the repository")
	}
	byLanguage := documents(t, filepath.Join(root, "ntrex_parallel_news"))
	for _, family := range []*codec.Codec{codec.NewO200kBase(), codec.NewCl100kBase()} {
		// One counter for all languages, as one endpoint has.
		c := tokens.New("unheard-of")
		for _, language := range []string{"ar", "fa", "hi", "zh", "en", "ru", "he"} {
			docs := byLanguage[language]
			for i := 0; i < len(docs); i += 2 {
				c.Learn(count(t, family, docs[i]), docs[i])
			}
		}
		for _, language := range []string{"ar", "fa", "hi", "zh", "en", "ru", "he"} {
			docs := byLanguage[language]
			if len(docs) < 10 {
				t.Errorf("%s: only %d documents", language, len(docs))
				continue
			}
			var off []float64
			sumWant, sumGot, sumPrior := 0, 0, 0
			for i := 1; i < len(docs); i += 2 {
				want := count(t, family, docs[i])
				sumWant, sumGot, sumPrior = sumWant+want, sumGot+c.Count(docs[i]), sumPrior+tokens.Estimate(docs[i])
				off = append(off, math.Abs(float64(c.Count(docs[i]))/float64(want)-1))
			}
			slices.Sort(off)
			total, median, p95 := float64(sumGot)/float64(sumWant)-1, off[len(off)/2], off[len(off)*95/100]
			t.Logf("%-11s %s: %3d documents, %7d tokens: uncalibrated %+5.1f %%, calibrated %+5.1f %% in all, p50 %.1f %%, p95 %.1f %% a document",
				family.GetName(), language, len(off), sumWant, 100*(float64(sumPrior)/float64(sumWant)-1), 100*total, 100*median, 100*p95)
			if math.Abs(total) > 0.1 {
				t.Errorf("%s %s: off by %.1f %% in all, at most 10 wanted", family.GetName(), language, 100*total)
			}
			if median > 0.1 {
				t.Errorf("%s %s: half of the documents are off by more than %.1f %%", family.GetName(), language, 100*median)
			}
		}
	}
}

func count(t *testing.T, family *codec.Codec, text string) int {
	t.Helper()
	n, err := family.Count(text)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// documents reads texts by language.
func documents(t *testing.T, dir string) map[string][]string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.jsonl"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no documents in %s: %v", dir, err)
	}
	out := map[string][]string{}
	for _, file := range files {
		f, err := os.Open(file)
		if err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(f)
		lines.Buffer(nil, 8<<20)
		for lines.Scan() {
			var doc struct{ Lang, Text string }
			if err := json.Unmarshal(lines.Bytes(), &doc); err != nil {
				t.Fatal(err)
			}
			if len(strings.Fields(doc.Text)) > 20 || doc.Lang == "zh" {
				out[doc.Lang] = append(out[doc.Lang], doc.Text)
			}
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return out
}
