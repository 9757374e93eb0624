package samples_test

import (
	"os"
	"path"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/mujaz/mujaz/samples"
)

// An article paragraph is one that stands in both forms of a sample; what
// stands in only one of them is residue.
func TestAll(t *testing.T) {
	t.Parallel()
	want := []struct {
		name               string
		paragraphs         int
		minWords, maxWords int
	}{
		{"school", 4, 60, 90},
		{"library", 5, 90, 120},
		{"desalination", 6, 180, 240},
		{"fisheries", 9, 300, 380},
	}
	all := samples.All()
	if len(all) != len(want) {
		t.Fatalf("got %d samples, want %d", len(all), len(want))
	}
	for i, s := range all {
		t.Run(s.Name, func(t *testing.T) {
			t.Parallel()
			if s.Name != want[i].name {
				t.Fatalf("sample %d is %q, want %q", i, s.Name, want[i].name)
			}
			paragraphs, words := articleParagraphs(s)
			if paragraphs != want[i].paragraphs {
				t.Errorf("%d paragraphs stand in both forms, want %d", paragraphs, want[i].paragraphs)
			}
			if words < want[i].minWords || words > want[i].maxWords {
				t.Errorf("the article has %d words, want %d to %d", words, want[i].minWords, want[i].maxWords)
			}
			if !strings.HasPrefix(s.Text, s.Title+"\n") || !strings.Contains(s.HTML, ">"+s.Title+"<") {
				t.Error("the title does not open both forms")
			}
			if !utf8.ValidString(s.Text) || !utf8.ValidString(s.HTML) {
				t.Error("not valid UTF-8")
			}
			if published := s.Published.Format("2006-01-02T15:04"); !strings.Contains(s.HTML, published) {
				t.Errorf("the page does not say %s", published)
			}
		})
	}
}

// articleParagraphs counts the paragraphs of the text that the page has too,
// and their words.
func articleParagraphs(s samples.Sample) (paragraphs, words int) {
	for block := range strings.SplitSeq(s.Text, "\n\n") {
		if strings.Contains(s.HTML, "<p>"+block+"</p>") {
			paragraphs++
			words += len(strings.Fields(block))
		}
	}
	return paragraphs, words
}

// Every file belongs to a sample: a page added without its entry in All would
// ship unused.
func TestNoStrayFiles(t *testing.T) {
	t.Parallel()
	known := map[string]bool{}
	for _, s := range samples.All() {
		known[s.Name+".txt"], known[s.Name+".html"] = true, true
	}
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		switch path.Ext(e.Name()) {
		case ".txt", ".html":
			if !known[e.Name()] {
				t.Errorf("%s belongs to no sample", e.Name())
			}
		}
	}
}
