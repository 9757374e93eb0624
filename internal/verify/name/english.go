package name

import (
	"bytes"
	"strings"

	"github.com/mujaz/mujaz/internal/verify/fold"
)

// rootLetters is the number of letters by which a word is known in another form.
const rootLetters = 5

// noNames are words with a capital that no article need spell out: days and
// months, which the check of dates knows, and the tokens of old models.
const noNames = " monday tuesday wednesday thursday friday saturday sunday january february march april may june july august september october november december unk lrb rrb "

// spelled looks for word i of an English text by its letters in an English
// source. A name is spelled alike in both, so that any word with a capital of
// its own may be one; ordinary words and titles are left out.
func (f *Finder) spelled(words *fold.Words, i int, titled bool) (Claim, bool) {
	x := &words.List[i]
	w := words.Of(x)
	if titled || x.First || x.Len < 3 || x.Hyphen || x.Inner && x.Len < rootLetters || inflected(string(w)) || titles()[string(w)] ||
		strings.Contains(noNames, " "+string(w)+" ") || i+1 < len(words.List) && words.List[i+1].Hyphen {
		return Claim{}, false
	}
	c := Claim{First: i, Last: i, Near: -1, Outcome: Absent}
	for _, m := range f.seen {
		if m.letters == string(w) {
			c.Outcome, c.Near = m.outcome, m.near
			return c, true
		}
	}
	s := f.source
	if at, ok := s.hasWord(w[:min(len(w), rootLetters)], true); ok {
		c.Outcome, c.Near = Found, at
	} else if s.cut || bytes.Contains(s.words.Letters, w) || x.Capitals && s.initials(w) {
		c.Outcome = Unknown
	} else if best, near := s.byLetters(w); best >= sameName {
		c.Outcome, c.Near = Unknown, near
	}
	f.seen = append(f.seen, memory{letters: string(w), outcome: c.Outcome, near: c.Near})
	return c, true
}

// initials reports whether successive words of the source begin with the letters
// of an acronym, small words between them aside.
func (s *Source) initials(w []byte) bool {
	list := s.words.List
	for i := range list {
		n := 0
		for j := i; j < len(list) && n < len(w); j++ {
			v := s.words.Of(&list[j])
			switch {
			case len(v) > 0 && v[0] == w[n]:
				n++
			case j > i && len(v) <= 3:
			default:
				j = len(list)
			}
		}
		if n == len(w) {
			return true
		}
	}
	return false
}
