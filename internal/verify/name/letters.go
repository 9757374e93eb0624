package name

import (
	"bytes"

	"github.com/mujaz/mujaz/internal/verify/fold"
)

// This file compares names by their letters, for sources in Latin letters.

// byLetters finds the Latin word of the source with the most letters in common
// with w, in order; one that is the beginning of the other counts as the same.
func (s *Source) byLetters(w []byte) (best float64, word int) {
	word = -1
	for i := range s.words.List[:min(len(s.words.List), maxWords)] {
		x := &s.words.List[i]
		if x.Script != fold.LatinScript || x.Len < 3 {
			continue
		}
		v := s.words.Of(x)
		if !sameBegin(v[0], w[0]) && v[len(v)-1] != w[len(w)-1] || len(v) > 2*len(w) || len(w) > 2*len(v) {
			continue
		}
		sim := 0.0
		if len(v) >= shortestName && bytes.HasPrefix(w, v) {
			sim = 1
		} else {
			sim = lettersAlike(v, w)
		}
		if sim > best {
			best, word = sim, i
			if best >= sameName {
				return best, word
			}
		}
	}
	return best, word
}

// beginClass holds a bit for each set of first letters that languages exchange.
var beginClass = func() (t [256]byte) {
	for n, group := range [...]string{"ckq", "jyi", "vwb", "szc", "fp", "gh"} {
		for _, c := range []byte(group) {
			t[c] |= 1 << n
		}
	}
	return t
}()

func sameBegin(a, b byte) bool {
	return a == b || beginClass[a]&beginClass[b] != 0
}

// lettersAlike is one less the edit distance as a share of the longer word.
func lettersAlike(a, b []byte) float64 {
	var row [fold.MaxLetters + 1]uint8
	for j := range b {
		row[j+1] = uint8(j + 1)
	}
	for i, c := range a {
		diagonal := row[0]
		row[0] = uint8(i + 1)
		for j, d := range b {
			cost := diagonal
			if c != d {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, diagonal+1)
		}
	}
	return 1 - float64(row[len(b)])/float64(max(len(a), len(b)))
}
