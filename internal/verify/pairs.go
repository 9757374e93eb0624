package verify

import (
	"strings"

	"github.com/mujaz/mujaz/internal/verify/numeral"
)

const (
	// pairGap is the bytes between the numbers of a score in the source, of
	// which one may be told by a claim: «10 مقابل 6» with a noun in between.
	pairGap = 48
	// tightGap is the same for a pair that surely is one: "10-6".
	tightGap = 4
	// highScore is the number from which a score is none that a writer could
	// have put together from goals that the article tells one by one.
	highScore = 5
	// highestScore bounds the numbers that are a score and no years.
	highestScore = 200
)

// otherScore gives the number of the source that a score such as "10-7" states
// wrongly: both numbers stand in the article, but 10 beside another one only.
func (p *Prepared) otherScore(f *field, claims []numeral.Quantity, c int) *evidence {
	if c+1 >= len(claims) {
		return nil
	}
	a, b := &claims[c], &claims[c+1]
	if !score(a) || !score(b) || a.Value < highScore && b.Value < highScore || !dash(f.text, a.ByteEnd, b.ByteStart) {
		return nil
	}
	var other *evidence
	for i := 0; i+1 < len(p.quantity); i++ {
		x := &p.quantity[i]
		if x.Reading {
			continue
		}
		for k := i + 1; k < len(p.quantity) && k < i+8; k++ {
			y := &p.quantity[k]
			if y.part != x.part || y.ByteStart-x.ByteEnd > pairGap {
				break
			}
			switch {
			case x.Value == a.Value && y.Value == b.Value, x.Value == b.Value && y.Value == a.Value:
				return nil
			case y.Reading || y.ByteStart-x.ByteEnd > tightGap || !dash(p.parts[x.part].text, x.ByteEnd, y.ByteStart):
			case x.Value == a.Value, y.Value == a.Value && x.Value != b.Value:
				other = y
			case x.Value == b.Value, y.Value == b.Value:
				other = x
			}
		}
	}
	return other
}

func score(q *numeral.Quantity) bool {
	return q.Kind == numeral.Cardinal && q.Unit == numeral.NoUnit && !q.Words && q.Value < highestScore
}

// dash reports whether only a dash stands between two bytes of text.
func dash(text string, from, to int) bool {
	if from > to {
		return false
	}
	switch strings.TrimSpace(text[from:to]) {
	case "-", "–", "—", "‑":
		return true
	}
	return false
}
