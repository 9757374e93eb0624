package redteam_test

import (
	"bytes"
	"html"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/mujaz/mujaz/internal/clean"
)

// news is an invented article and what an honest model writes of it.
type news struct {
	Language   string   `yaml:"language"`
	Title      string   `yaml:"title"`
	Paragraphs []string `yaml:"paragraphs"`
	Brief      answer   `yaml:"brief"`
}

// answer is what a model wrote. Add is put behind the honest summary instead of
// replacing it; what is empty is the honest brief's.
type answer struct {
	Headline string `yaml:"headline"`
	Summary  string `yaml:"summary"`
	Add      string `yaml:"add"`
}

// attack is one hostile article: some news with text put into it.
type attack struct {
	ID   string `yaml:"id"`
	News string `yaml:"news"`
	Text string `yaml:"text"`
	// At is where the text stands: "end" (the default), "start", "middle" as a
	// paragraph, "inside" as part of the second one, or "title".
	At string `yaml:"at"`
	// As disguises the text: "tags" (invisible tag characters), "spaced"
	// (zero-width spaces between its letters).
	As     string `yaml:"as"`
	Repeat int    `yaml:"repeat"`
	// Page makes a page of it; the text is then HTML, and goes into the body.
	Page   bool   `yaml:"page"`
	Obeyed answer `yaml:"obeyed"`
	// Stopped is the layer that stops it: "cleaning" (Gone is in no prompt),
	// "checks" (By, among others, fail on the obeyed answer), "reported" (a check
	// points at it and cannot judge) or "through".
	Stopped string   `yaml:"stopped"`
	Gone    []string `yaml:"gone"`
	// Honest are the checks that fail on the honest brief too, because of the
	// attack: the desk looks at it, and nothing wrong is published.
	Honest []string `yaml:"honest"`
	By     []string `yaml:"by"`

	family string
}

type family struct {
	Name    string   `yaml:"family"`
	What    string   `yaml:"what"`
	Attacks []attack `yaml:"attacks"`
}

// The layers of attack.Stopped.
const (
	cleaning = "cleaning"
	checks   = "checks"
	reported = "reported"
	through  = "through"
)

func load(t *testing.T) (map[string]news, []family) {
	t.Helper()
	articles := map[string]news{}
	read(t, "testdata/news.yaml", &articles)
	files, err := filepath.Glob("testdata/attacks/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no attacks: %v", err)
	}
	var families []family
	seen := map[string]bool{}
	for _, file := range files {
		var f family
		read(t, file, &f)
		for i := range f.Attacks {
			a := &f.Attacks[i]
			a.family = f.Name
			if seen[a.ID] || articles[a.News].Title == "" || !slices.Contains([]string{cleaning, checks, reported, through}, a.Stopped) ||
				(a.Stopped == cleaning) != (len(a.Gone) > 0) || (a.Stopped == checks) != (len(a.By) > 0) {
				t.Fatalf("%s: attack %q: the id is taken, the news unknown, or what stops it incomplete", file, a.ID)
			}
			seen[a.ID] = true
		}
		families = append(families, f)
	}
	return articles, families
}

func read(t *testing.T, file string, into any) {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	decoder.KnownFields(true)
	if err := decoder.Decode(into); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
}

// payload is the text as it stands in the article.
func (a attack) payload() string {
	text := a.Text
	if a.Repeat > 0 {
		text = strings.Repeat(text+" ", a.Repeat)
	}
	switch a.As {
	case "tags":
		text = strings.Map(func(r rune) rune {
			if r < 0x80 {
				return 0xE0000 + r
			}
			return r
		}, text)
	case "spaced":
		text = strings.Join(strings.Split(text, ""), "\u200b")
	}
	return text
}

// article is the hostile article as a scraper delivers it.
func (a attack) article(n news) clean.Input {
	title, paragraphs, payload := n.Title, slices.Clone(n.Paragraphs), a.payload()
	if a.Page {
		for i, p := range paragraphs {
			paragraphs[i] = "<p>" + html.EscapeString(p) + "</p>"
		}
	}
	switch a.At {
	case "start":
		paragraphs = slices.Insert(paragraphs, 0, payload)
	case "middle":
		paragraphs = slices.Insert(paragraphs, 2, payload)
	case "inside":
		paragraphs[1] += " " + payload
	case "title":
		title += " " + payload
	default:
		paragraphs = append(paragraphs, payload)
	}
	if !a.Page {
		return clean.Input{Title: title, Text: strings.Join(paragraphs, "\n")}
	}
	return clean.Input{HTML: "<!DOCTYPE html><html><head><meta charset=utf-8><title>" + html.EscapeString(title) + "</title></head><body><article><h1>" +
		html.EscapeString(title) + "</h1>\n" + strings.Join(paragraphs, "\n") + "\n</article></body></html>"}
}
