package clean_test

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"

	readability "codeberg.org/readeck/go-readability/v2"

	"github.com/mujaz/mujaz/internal/clean"
)

// corpora returns the folder of the local corpora, which are not part of the project.
func corpora(t *testing.T) string {
	t.Helper()
	dir := os.Getenv("MUJAZ_CORPORA")
	if dir == "" {
		t.Skip("MUJAZ_CORPORA is not set: the corpora are local only and not part of the project")
	}
	return dir
}

func readJSONL[T any](t *testing.T, path string) []T {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var rows []T
	in := bufio.NewScanner(f)
	in.Buffer(nil, 4<<20)
	for in.Scan() {
		var row T
		if err := json.Unmarshal(in.Bytes(), &row); err != nil {
			t.Fatal(err)
		}
		rows = append(rows, row)
	}
	if err := in.Err(); err != nil {
		t.Fatal(err)
	}
	return rows
}

type page struct {
	ID       string
	Lang     string
	File     string
	URL      string
	Title    string
	GoldText string   `json:"gold_text"`
	GoldKind string   `json:"gold_kind"`
	Must     []string `json:"must_contain"`
	MustNot  []string `json:"must_not_contain"`
}

func (p page) read(t *testing.T, dir string) string {
	t.Helper()
	f, err := os.Open(filepath.Join(dir, p.File))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// tokens splits into words, and scripts without spaces into characters.
func tokens(s string) map[string]int {
	bag := map[string]int{}
	for word := range strings.FieldsFuncSeq(clean.Normalize(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) }) {
		r := []rune(word)
		if unicode.In(r[0], unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Myanmar) {
			for _, c := range r {
				bag[string(c)]++
			}
			continue
		}
		bag[word]++
	}
	return bag
}

func f1(got, want string) (f, precision, recall float64) {
	g, w := tokens(got), tokens(want)
	common, ng, nw := 0, 0, 0
	for word, n := range g {
		common += min(n, w[word])
		ng += n
	}
	for _, n := range w {
		nw += n
	}
	if common == 0 {
		return 0, 0, 0
	}
	precision, recall = float64(common)/float64(ng), float64(common)/float64(nw)
	return 2 * precision * recall / (precision + recall), precision, recall
}

type score struct {
	f, p, r, bare                   float64
	n                               int
	must, mustHit, mustNot, notHit  int
	bareMust, bareNot, titles, same int
}

func holds(text, snippet string) bool {
	return strings.Contains(strings.Join(strings.Fields(clean.Normalize(text)), " "), strings.Join(strings.Fields(clean.Normalize(snippet)), " "))
}

// TestCorpusPages measures main-text extraction on real pages against bare readability.
func TestCorpusPages(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(corpora(t), "html_pages", "share")
	byLang := map[string]*score{}
	all := &score{}
	for _, p := range readJSONL[page](t, filepath.Join(dir, "index.jsonl")) {
		raw := p.read(t, dir)
		bare := ""
		if a, err := readability.FromReader(strings.NewReader(raw), nil); err == nil && a.Node != nil {
			var b strings.Builder
			_ = a.RenderText(&b)
			bare = b.String()
		}
		a, err := clean.Clean(clean.Input{HTML: raw, URL: p.URL})
		if err != nil {
			t.Errorf("%s: %v", p.ID, err)
			continue
		}
		if byLang[p.Lang] == nil {
			byLang[p.Lang] = &score{}
		}
		text := a.Text()
		for _, s := range []*score{byLang[p.Lang], all} {
			if p.GoldKind == "full" {
				f, prec, rec := f1(text, p.GoldText)
				bf, _, _ := f1(bare, p.GoldText)
				s.n, s.f, s.p, s.r, s.bare = s.n+1, s.f+f, s.p+prec, s.r+rec, s.bare+bf
				if s == all && (f < 0.9 || testing.Verbose()) {
					t.Logf("%-55s F1 %.2f (P %.2f R %.2f) bare %.2f", p.ID, f, prec, rec, bf)
				}
				s.titles++
				if holds(p.Title, a.Title) || holds(a.Title, p.Title) {
					s.same++
				} else if s == all {
					t.Logf("%s: title %q, gold %q", p.ID, a.Title, p.Title)
				}
			}
			for _, m := range p.Must {
				s.must++
				if holds(text, m) {
					s.mustHit++
				} else if s == all {
					t.Logf("%s: lost %q", p.ID, m)
				}
				if holds(bare, m) {
					s.bareMust++
				}
			}
			for _, m := range p.MustNot {
				s.mustNot++
				if holds(text, m) {
					s.notHit++
					if s == all {
						t.Logf("%s: kept %q", p.ID, m)
					}
				}
				if holds(bare, m) {
					s.bareNot++
				}
			}
		}
	}
	langs := make([]string, 0, len(byLang))
	for l := range byLang {
		langs = append(langs, l)
	}
	slices.Sort(langs)
	for _, l := range append(langs, "all") {
		s := byLang[l]
		if l == "all" {
			s = all
		}
		n := float64(max(s.n, 1))
		t.Logf("%-4s full %2d: F1 %.3f (P %.3f R %.3f) bare %.3f; must %d/%d (bare %d), must-not kept %d/%d (bare %d); titles %d/%d",
			l, s.n, s.f/n, s.p/n, s.r/n, s.bare/n, s.mustHit, s.must, s.bareMust, s.notHit, s.mustNot, s.bareNot, s.same, s.titles)
	}
	n := float64(all.n)
	if all.f/n < 0.94 || all.r/n < 0.99 || all.f <= all.bare {
		t.Errorf("F1 %.3f, recall %.3f; bare readability %.3f", all.f/n, all.r/n, all.bare/n)
	}
	if all.mustHit < 163 || all.notHit > 29 {
		t.Errorf("snippets: %d of %d found, %d of %d unwanted", all.mustHit, all.must, all.notHit, all.mustNot)
	}
}

type article struct{ ID, Title, Text string }

// TestCorpusArabicText measures what is taken out of articles that are (nearly) clean already.
func TestCorpusArabicText(t *testing.T) {
	t.Parallel()
	dir := corpora(t)
	for _, tc := range []struct {
		file  string
		share float64 // most that may be removed
	}{
		{"ant_arabic_news/share.jsonl", 0.005},
		{"xlsum_ar_arahallu/articles.share.jsonl", 0.0005},
		{"ntrex_parallel_news/ar.share.jsonl", 0.0005},
		{"ntrex_parallel_news/en.share.jsonl", 0.0005},
		{"ntrex_parallel_news/other_langs.share.jsonl", 0.001},
	} {
		total, removed, skipped := 0, 0, 0
		for _, d := range readJSONL[article](t, filepath.Join(dir, tc.file)) {
			a, err := clean.Clean(clean.Input{Title: d.Title, Text: d.Text})
			if err != nil {
				t.Errorf("%s: %v", d.ID, err)
				continue
			}
			total += len([]rune(d.Text))
			if a.Skip != "" {
				skipped++
				t.Logf("%s: skipped %s, %d letters", d.ID, a.Skip, a.Letters)
			}
			for _, r := range a.Removed {
				removed += r.Chars
				if r.Kind != clean.KindCharacters {
					t.Logf("%s: %s %q", d.ID, r.Kind, r.Text)
				}
			}
		}
		share := float64(removed) / float64(total)
		t.Logf("%s: removed %d of %d characters (%.4f), skipped %d", tc.file, removed, total, share, skipped)
		if share > tc.share {
			t.Errorf("%s: removed %.4f of the text, at most %.4f expected", tc.file, share, tc.share)
		}
	}
}

// TestSeedArticle asserts the shape of the article that the project started from.
func TestSeedArticle(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile(filepath.Join(corpora(t), "..", "article", "seed-article.txt"))
	if err != nil {
		t.Fatal(err)
	}
	a, err := clean.Clean(clean.Input{Text: string(raw)})
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(raw)), "\n")
	if len(a.Paragraphs) != 14 || a.Skip != "" || a.Language != "ar" {
		t.Fatalf("%d paragraphs, skip %q, language %q", len(a.Paragraphs), a.Skip, a.Language)
	}
	for i, p := range a.Paragraphs {
		if p.Text != strings.TrimSpace(lines[i]) || p.ID != i+1 || p.Lang != "ar" {
			t.Errorf("paragraph %d is not whole", i+1)
		}
	}
	kinds := map[clean.Kind]int{}
	for _, r := range a.Removed {
		kinds[r.Kind]++
	}
	if kinds[clean.KindHeadline] != 2 || kinds[clean.KindSubscribe] != 2 || len(a.Removed) != 4 {
		t.Errorf("removed %v", kinds)
	}
	if a.Title != strings.TrimSpace(lines[14]) {
		t.Error("the repeated headline is not the title")
	}
}
