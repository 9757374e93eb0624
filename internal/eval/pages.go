package eval

import (
	"compress/gzip"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"
	"unicode"

	"github.com/mujaz/mujaz/internal/clean"
)

// page is a page of the web with what its article is.
type page struct {
	ID       string   `json:"id"`
	File     string   `json:"file"`
	URL      string   `json:"url"`
	GoldText string   `json:"gold_text"`
	GoldKind string   `json:"gold_kind"` // only "full" is all of the article
	Must     []string `json:"must_contain"`
	MustNot  []string `json:"must_not_contain"`
}

// maxPage bounds a page.
const maxPage = 32 << 20

// pageRows are the rows on finding the article in a page.
func pageRows(c corpora, _ Config) (Table, error) {
	indexes, err := fs.Glob(c.root, path.Join("html_pages", c.half, "index.jsonl"))
	if err != nil {
		return nil, fmt.Errorf("look for pages: %w", err)
	}
	var must, mustNot tally
	full, sum := 0, 0.0
	for _, index := range indexes {
		pages, err := appendLines[page](nil, c.root, index)
		if err != nil {
			return nil, err
		}
		for _, p := range pages {
			raw, err := readPage(c.root, path.Join(path.Dir(index), p.File))
			if err != nil {
				return nil, err
			}
			article, err := clean.Clean(clean.Input{HTML: raw, URL: p.URL})
			text := ""
			if err == nil { // a page that cannot be cleaned has lost everything
				text = article.Text()
			}
			if p.GoldKind == "full" {
				full++
				sum += f1(text, p.GoldText)
			}
			for _, snippet := range p.Must {
				must.add(holds(text, snippet))
			}
			for _, snippet := range p.MustNot {
				mustNot.add(holds(text, snippet))
			}
		}
	}
	const on = "web pages"
	tokens := Row{Key: "pages.f1", On: on, Figure: "token F1 of cleaned text", Of: full, Unit: "mean"}
	if full > 0 {
		tokens.Value = sum / float64(full)
	}
	return Table{
		tokens,
		share("pages.must", on, "snippets kept that must be", must.hits, must.of),
		share("pages.mustnot", on, "snippets kept that must not be", mustNot.hits, mustNot.of),
	}, nil
}

func readPage(root fs.FS, name string) (string, error) {
	file, err := root.Open(name)
	if err != nil {
		return "", fmt.Errorf("open page: %w", err)
	}
	defer file.Close() //nolint:errcheck // it was only read
	unzipped, err := gzip.NewReader(file)
	if err != nil {
		return "", fmt.Errorf("unzip page: %w", err)
	}
	raw, err := io.ReadAll(io.LimitReader(unzipped, maxPage))
	if err != nil {
		return "", fmt.Errorf("read page: %w", err)
	}
	return string(raw), nil
}

// tokens counts the words, and the letters of scripts without spaces.
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

// f1 is the harmonic mean of precision and recall of the tokens.
func f1(got, want string) float64 {
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
		return 0
	}
	return 2 * float64(common) / float64(ng+nw)
}

func holds(text, snippet string) bool {
	plain := func(s string) string { return strings.Join(strings.Fields(clean.Normalize(s)), " ") }
	return strings.Contains(plain(text), plain(snippet))
}
