package verify

import "testing"

// TestCoverage counts paragraphs by numbers, by names, by what is cited, and by
// what is translated.
func TestCoverage(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name string
		out  Output
		want int
	}{
		{"number", summaryOf("Some 1,340 people built it."), 1},
		{"names, each of its nearest place", summaryOf("Hala Murad spoke. So did Selim al-Haddad."), 2},
		{"cited", Output{KeyPoints: []KeyPoint{{"It goes back a long way.", []int{4, 9}}}}, 1},
		{"translated", Output{Task: Translate, Translation: []TranslatedParagraph{{2, "He said so."}, {3, ""}}}, 1},
		{"another number", summaryOf("Some 1,430 people built it."), 0},
		{"nothing", Output{}, 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			covered, of := Prepare(article()).Coverage(tc.out)
			if covered != tc.want || of != 4 {
				t.Errorf("%d of %d paragraphs, want %d of 4", covered, of, tc.want)
			}
		})
	}
}
