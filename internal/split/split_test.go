package split_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/mujaz/mujaz/internal/split"
)

// TestParts counts a token a rune.
func TestParts(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		paragraphs []string
		budget     int
		want       [][]string
	}{
		"all in one":            {[]string{"abc", "def"}, 10, [][]string{{"abc", "def"}}},
		"between paragraphs":    {[]string{"abcd", "efgh", "ijkl", "mnop"}, 9, [][]string{{"abcd", "efgh"}, {"ijkl", "mnop"}}},
		"evenly":                {[]string{"abcd", "efgh", "ijkl", "mnop"}, 13, [][]string{{"abcd", "efgh"}, {"ijkl", "mnop"}}},
		"between sentences":     {[]string{"One two. Three four.", "Five."}, 12, [][]string{{"One two. "}, {"Three four."}, {"Five."}}},
		"between words":         {[]string{"aa bb cc dd"}, 6, [][]string{{"aa bb "}, {"cc dd"}}},
		"a word is not cut":     {[]string{"abcdefgh ij"}, 3, [][]string{{"abcdefgh "}, {"ij"}}},
		"Arabic keeps its runs": {[]string{"قالت. نعم.", "لا."}, 7, [][]string{{"قالت. "}, {"نعم.", "لا."}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(c.want, texts(paragraphs(c.paragraphs), c.budget)); diff != "" {
				t.Errorf("parts (-want +got):\n%s", diff)
			}
		})
	}
	if split.Parts(nil, 10, utf8.RuneCountInString) != nil || split.Parts(paragraphs([]string{"a"}), 0, utf8.RuneCountInString) != nil {
		t.Error("nothing, or no budget, has parts")
	}
}

func paragraphs(texts []string) []split.Paragraph {
	out := make([]split.Paragraph, len(texts))
	for i, text := range texts {
		out[i] = split.Paragraph{ID: i + 1, Text: text}
	}
	return out
}

func texts(all []split.Paragraph, budget int) [][]string {
	var out [][]string
	var from split.Cut
	for _, to := range split.Parts(all, budget, utf8.RuneCountInString) {
		var part []string
		for _, p := range split.Part(all, from, to) {
			part = append(part, p.Text)
		}
		out, from = append(out, part), to
	}
	return out
}

// TestNothingIsLost: whatever is cut, the parts in order are the article, ids
// never go back, and no part but a single word exceeds the budget.
func TestNothingIsLost(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var all []split.Paragraph
		for i := range rapid.IntRange(1, 12).Draw(t, "paragraphs") {
			text := rapid.StringMatching(`([a-zا-ي]{1,9}[ .،] ?){1,30}`).Draw(t, "text")
			all = append(all, split.Paragraph{ID: 2*i + 1, Text: text})
		}
		budget := rapid.IntRange(1, 120).Draw(t, "budget")
		var got strings.Builder
		var from split.Cut
		last := 0
		for _, to := range split.Parts(all, budget, utf8.RuneCountInString) {
			size := 0
			part := split.Part(all, from, to)
			for _, p := range part {
				if p.ID < last {
					t.Fatalf("paragraph %d after %d", p.ID, last)
				}
				last = p.ID
				got.WriteString(p.Text)
				size += utf8.RuneCountInString(p.Text)
			}
			if len(part) == 0 {
				t.Fatal("an empty part")
			}
			if size > budget && strings.ContainsAny(strings.TrimSpace(part[0].Text), " ") {
				t.Fatalf("a part costs %d of %d: %q", size, budget, part[0].Text)
			}
			from = to
		}
		var want strings.Builder
		for _, p := range all {
			want.WriteString(p.Text)
		}
		if got.String() != want.String() {
			t.Fatalf("the parts are %q, want %q", got.String(), want.String())
		}
	})
}

func BenchmarkParts(b *testing.B) {
	var all []split.Paragraph
	size := 0
	for i := range 6000 { // a book of 300,000 words
		text := strings.Repeat("قالت الوزارة إن العمل يستمر في المدينة. ", 7)
		all, size = append(all, split.Paragraph{ID: i + 1, Text: text}), size+len(text)
	}
	b.SetBytes(int64(size))
	b.ReportAllocs()
	for b.Loop() {
		split.Parts(all, 3000, utf8.RuneCountInString)
	}
}
