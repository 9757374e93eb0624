package fold

import "testing"

// TestAlike holds that letters of other alphabets become Arabic ones that sound
// alike, and that their words stay whole.
func TestAlike(t *testing.T) {
	t.Parallel()
	for _, c := range [][2]string{
		{"Йохан", "يوهان"}, {"ЦЕХ", "تسيه"}, {"объект", "وبيكت"}, {"יוהן", "يوهن"}, {"योहान", "يوهان"}, {"बर्ग", "برگ"}, {"ڕۆژنامە", "ڕۆژنامه"},
	} {
		var w Words
		w.Add(0, c[0])
		w.Close()
		if len(w.List) != 1 || string(w.Of(&w.List[0])) != Text(c[1]) {
			t.Errorf("%s gives %d words, letters %q, want %q", c[0], len(w.List), w.Letters, Text(c[1]))
		}
	}
}
