package eval

import (
	"cmp"
	"strings"

	"github.com/mujaz/mujaz/internal/verify"
)

// sentence is one of a document, in its language and in English.
type sentence struct {
	Source  string `json:"src"`
	English string `json:"en"`
}

// document is an article with a faithful English rendering.
type document struct {
	ID           string     `json:"id"`
	Lang         string     `json:"lang"`
	Title        string     `json:"title"`
	Text         string     `json:"text"`
	EnglishTitle string     `json:"reference_en_title"`
	EnglishID    string     `json:"reference_en_id"`
	Sentences    []sentence `json:"sentences"`
}

// readParallel reads the Arabic documents, and those of other languages joined
// with their English original.
func readParallel(c corpora) (arabic, others []document, err error) {
	const set = "ntrex_parallel_news"
	if arabic, err = readSet[document](c, set, "ar"); err != nil {
		return nil, nil, err
	}
	english, err := readSet[document](c, set, "en")
	if err != nil {
		return nil, nil, err
	}
	byID := map[string]*document{}
	for i := range english {
		byID[english[i].ID] = &english[i]
	}
	if others, err = readSet[document](c, set, "other_langs"); err != nil {
		return nil, nil, err
	}
	kept := others[:0]
	for _, d := range others {
		if en := byID[d.EnglishID]; en != nil {
			d.join(en)
			kept = append(kept, d)
		}
	}
	return arabic, kept, nil
}

// join pairs the lines of d with those of its original.
func (d *document) join(en *document) {
	d.EnglishTitle = en.Title
	source, target := strings.Split(d.Text, "\n"), strings.Split(en.Text, "\n")
	for i := range min(len(source), len(target)) {
		d.Sentences = append(d.Sentences, sentence{source[i], target[i]})
	}
}

// prepare indexes the source, a paragraph a sentence.
func (d *document) prepare() *verify.Prepared {
	src := verify.Source{Title: d.Title, Language: d.Lang}
	for i, s := range d.Sentences {
		src.Paragraphs = append(src.Paragraphs, verify.Paragraph{ID: i + 1, Text: s.Source})
	}
	return verify.Prepare(src)
}

// original is the number of the document in all languages: its id without the
// language.
func (d *document) original() string {
	return strings.TrimSuffix(cmp.Or(strings.TrimSuffix(d.EnglishID, "-en"), d.ID), "-"+d.Lang)
}

func (d *document) english() string { return joined(d.Sentences, english) }

func english(s *sentence) string { return s.English }

func source(s *sentence) string { return s.Source }

func joined(sentences []sentence, side func(*sentence) string) string {
	parts := make([]string, len(sentences))
	for i := range sentences {
		parts[i] = side(&sentences[i])
	}
	return strings.TrimSpace(strings.Join(parts, " "))
}

// minWindow is the least number of sentences of a window.
const minWindow = 3

// window is a run of sentences, from First up to Last exclusive. Those before
// Fresh are in the window before as well.
type window struct{ First, Fresh, Last int }

// windows cuts n sentences into windows of the sizes in turn. Each sentence is
// in one, save that the last window reaches back to have its least.
func windows(n int, sizes ...int) []window {
	var all []window
	for at := 0; at < n; {
		last := min(at+sizes[len(all)%len(sizes)], n)
		all = append(all, window{max(0, min(at, last-minWindow)), at, last})
		at = last
	}
	return all
}

func (d *document) in(w window) []sentence { return d.Sentences[w.First:w.Last] }
