package near_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/mujaz/mujaz/internal/clean"
	"github.com/mujaz/mujaz/internal/eval"
	"github.com/mujaz/mujaz/internal/near"
	"github.com/mujaz/mujaz/internal/verify"
)

// corpus reads sets of articles; the test is skipped where there are none.
func corpus(t *testing.T, patterns ...string) []document {
	t.Helper()
	root := os.Getenv("MUJAZ_CORPORA")
	if root == "" {
		t.Skip("MUJAZ_CORPORA is not set: the measurements need the corpora, which are not part of the repository")
	}
	var all []document
	for _, pattern := range patterns {
		files, err := filepath.Glob(filepath.Join(root, pattern))
		if err != nil || len(files) == 0 {
			t.Fatalf("no corpus %s: %v", pattern, err)
		}
		for _, name := range files {
			file, err := os.Open(name)
			if err != nil {
				t.Fatal("a corpus cannot be opened")
			}
			lines := bufio.NewScanner(file)
			lines.Buffer(nil, 16<<20)
			for lines.Scan() {
				var d document
				if err := json.Unmarshal(lines.Bytes(), &d); err != nil {
					t.Fatal(err)
				}
				all = append(all, d)
			}
			if err := file.Close(); err != nil || lines.Err() != nil {
				t.Fatal(err, lines.Err())
			}
		}
	}
	return all
}

// arabic are the Arabic articles, cleaned.
func arabic(t *testing.T) []document {
	t.Helper()
	docs := corpus(t, "ant_arabic_news/share.jsonl", "xlsum_ar_arahallu/articles.share.jsonl", "ntrex_parallel_news/ar.share.jsonl")
	for i, d := range docs {
		a, err := clean.Clean(clean.Input{Title: d.Title, Text: d.Text})
		if err != nil {
			t.Fatal(err)
		}
		// Errors are put into what is left of a page, and not into its residue.
		docs[i].Title, docs[i].Text = a.Title, a.Text()
	}
	return docs
}

// TestCorpusDistinct: articles of the corpora are distinct. Whatever merges is
// named, for a person to look at.
func TestCorpusDistinct(t *testing.T) {
	t.Parallel()
	docs := corpus(t, "ant_arabic_news/share.jsonl", "xlsum_ar_arahallu/articles.share.jsonl", "ntrex_parallel_news/*.share.jsonl", "frank_faithfulness/articles.share.jsonl")
	articles := make([]near.Article, len(docs))
	for i, d := range docs {
		articles[i] = read(t, d.Title, d.Text)
	}
	for _, threshold := range []float64{0.5, near.DefaultThreshold} {
		x := near.New(near.Config{Threshold: threshold})
		merged := 0
		for i, d := range docs {
			if m, found := x.Add(d.ID, articles[i]); found {
				merged++
				t.Logf("threshold %.2f: %s is a copy of %s (%.2f)", threshold, d.ID, m.ID, m.Similarity)
			}
		}
		t.Logf("threshold %.2f: %d of %d distinct articles merge (%s)", threshold, merged, len(docs), interval(merged, len(docs)))
	}
	// What any two articles share at most, for the distance to the threshold.
	shared := map[[2]string]int{}
	holders := map[near.Mark][]string{}
	all := map[string]int{}
	for i, d := range docs {
		marks := articles[i].Marks()
		all[d.ID] = len(marks)
		slices.Sort(marks)
		for _, m := range slices.Compact(marks) {
			for _, other := range holders[m] {
				shared[[2]string{other, d.ID}]++
			}
			holders[m] = append(holders[m], d.ID)
		}
	}
	for pair, n := range shared {
		if n >= 3 || 3*n >= all[pair[1]] {
			t.Logf("%s and %s share %d sentences of %d and %d", pair[0], pair[1], n, all[pair[0]], all[pair[1]])
		}
	}
}

var thresholds = []float64{0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1}

// TestCorpusCopies measures on copies and other news made from the corpora's
// Arabic articles: the share that is taken for a copy, by threshold. MUJAZ_PRINT=kind
// prints those of a kind that it gets wrong.
func TestCorpusCopies(t *testing.T) {
	t.Parallel()
	docs := arabic(t)
	originals := map[string]near.Article{}
	rng := rand.New(rand.NewPCG(7, 7))
	t.Logf("%d articles; share taken for a copy at the thresholds %v, with 95 %% intervals", len(docs), thresholds)
	for _, group := range []struct {
		name     string
		variants []variant
	}{{"copies", copies()}, {"edited copies", edited()}, {"other news", others()}} {
		for _, v := range group.variants {
			merged, n := make([]int, len(thresholds)), 0
			jaccard := 0.0
			for i, d := range docs {
				if group.name == "other news" {
					d.Text = bare(d.Text)
				}
				changed, made := v.of(rng, d, docs[(i+1)%len(docs)])
				if !made {
					continue
				}
				original, known := originals[d.Text]
				if !known {
					original = read(t, d.Title, d.Text)
					originals[d.Text] = original
				}
				c, err := clean.Clean(clean.Input{Title: changed.Title, Text: changed.Text})
				if err != nil {
					t.Fatal(err)
				}
				if group.name == "other news" && c.Title == d.Title && strings.Contains(plain(d.Text), plain(c.Text())) {
					continue // what was put in is gone: it stood in a line of residue
				}
				copied := near.Of(c)
				n++
				jaccard += triples(d.Text, changed.Text)
				for k, threshold := range thresholds {
					x := near.New(near.Config{Threshold: threshold})
					x.Add("original", original)
					_, found := x.Add("copy", copied)
					if found {
						merged[k]++
					}
					if k == 0 && os.Getenv("MUJAZ_PRINT") == v.kind && found == (group.name != "copies") {
						t.Logf("%s: %s: %s", v.kind, d.ID, difference(d.Text, changed.Text))
					}
				}
			}
			row := fmt.Sprintf("%s | %s | %d |", group.name, v.kind, n)
			for _, m := range merged {
				row += fmt.Sprintf(" %s |", interval(m, n))
			}
			t.Logf("%s word triples %.3f", row, jaccard/float64(max(1, n)))
			at := slices.Index(thresholds, near.DefaultThreshold)
			switch {
			case group.name == "other news" && merged[0] > 0:
				t.Errorf("%s: %d of %d are taken for copies", v.kind, merged[0], n)
			case group.name == "copies" && float64(merged[at]) < floorOf(v.kind)*float64(n):
				t.Errorf("%s: only %d of %d are found", v.kind, merged[at], n)
			}
		}
	}
}

// floorOf is the recall of a kind that was held at the default threshold, which is
// short of 1 for what leaves much out.
func floorOf(kind string) float64 {
	switch kind {
	case "last paragraph trimmed", "dateline, title, trimmed":
		return 0.8
	case "last two paragraphs trimmed":
		return 0.45
	}
	return 0.93
}

// TestCorpusLeftOut: what the checks say of a text about sentences that a copy
// leaves out, held against the copy. The rest is the risk of a threshold below 1,
// where key points do not tell.
func TestCorpusLeftOut(t *testing.T) {
	t.Parallel()
	docs := corpus(t, "ntrex_parallel_news/ar.share.jsonl")
	caught, alarms, n := 0, 0, 0
	for _, d := range docs {
		cut := len(d.Sentences) - max(1, len(d.Sentences)/8)
		var whole, copied, left []string
		for i, s := range d.Sentences {
			whole = append(whole, s.Src)
			if i < cut {
				copied = append(copied, s.Src)
				continue
			}
			left = append(left, s.En)
		}
		fails := func(source []string) bool {
			var paragraphs []verify.Paragraph
			for i, s := range source {
				paragraphs = append(paragraphs, verify.Paragraph{ID: i + 1, Text: s})
			}
			prepared := verify.Prepare(verify.Source{Title: d.Title, Paragraphs: paragraphs, Language: "ar"})
			defer prepared.Release()
			report := prepared.Run(verify.Output{Task: verify.Summarize, Headline: "The news", Summary: strings.Join(left, " ")}, verify.Limits{})
			return slices.ContainsFunc(report.Failed(), func(c verify.Check) bool {
				return slices.Contains([]string{verify.CheckNumbers, verify.CheckDates, verify.CheckNames, verify.CheckQuotations}, c.Check)
			})
		}
		n++
		if fails(whole) {
			alarms++
		} else if fails(copied) {
			caught++
		}
	}
	t.Logf("of %d texts about the last eighth of an article, the checks fail %s against the article without it; %d fail against all of it",
		n-alarms, interval(caught, n-alarms), alarms)
}

// triples is the Jaccard similarity of three words in a row, for comparison.
func triples(a, b string) float64 {
	set := func(text string) map[string]bool {
		words := strings.Fields(clean.Normalize(text))
		out := map[string]bool{}
		for i := range max(0, len(words)-2) {
			out[strings.Join(words[i:i+3], " ")] = true
		}
		return out
	}
	x, y := set(a), set(b)
	both := 0
	for k := range x {
		if y[k] {
			both++
		}
	}
	return float64(both) / float64(max(1, len(x)+len(y)-both))
}

// plain is a text without its paragraphs.
func plain(text string) string { return strings.Join(strings.Fields(text), " ") }

// difference shows where two texts begin to differ.
func difference(a, b string) string {
	x, y := []rune(a), []rune(b)
	i := 0
	for i < min(len(x), len(y)) && x[i] == y[i] {
		i++
	}
	return fmt.Sprintf("%q, now %q", string(x[max(0, i-40):min(len(x), i+40)]), string(y[max(0, i-40):min(len(y), i+40)]))
}

func interval(hits, n int) string {
	low, high := eval.Wilson(hits, n)
	return fmt.Sprintf("%d/%d %.1f (%.1f-%.1f) %%", hits, n, 100*float64(hits)/float64(max(1, n)), 100*low, 100*high)
}
