package numeral

import (
	"math"
	"unicode"
	"unicode/utf8"

	"github.com/mujaz/mujaz/internal/verify/fold"
)

// digitValue gives the value of a decimal digit of any script, or -1.
func digitValue(c rune) int {
	switch {
	case c < 0x80:
		if c >= '0' && c <= '9' {
			return int(c - '0')
		}
		return -1
	case c >= 0x660 && c <= 0x669:
		return int(c - 0x660)
	case c >= 0x6f0 && c <= 0x6f9:
		return int(c - 0x6f0)
	case c < 0x7c0 || !unicode.Is(unicode.Nd, c):
		return -1
	}
	// Unicode encodes decimal digits in runs of ten that begin with zero
	// (The Unicode Standard, section 4.6); where runs touch, each is a multiple
	// of ten behind the first.
	for _, r := range unicode.Nd.R16 {
		if c <= rune(r.Hi) {
			return int(c-rune(r.Lo)) % 10
		}
	}
	for _, r := range unicode.Nd.R32 {
		if c <= rune(r.Hi) {
			return int(c-rune(r.Lo)) % 10
		}
	}
	return -1
}

// maxGroups bounds the digit groups of one number; what has more is a list or
// an identifier, and is read as separate numbers.
const maxGroups = 8

// digitGroup is a run of digits and the sign before it.
type digitGroup struct {
	sep                rune
	value              float64
	length             int
	start, end         int
	runeStart, runeEnd int32
}

// number reads the digits at byte i with their grouping and decimal signs, and
// appends one token, or one per group when they are no single number (dates,
// clock times, addresses).
func (r *reader) number(i int, runes int32, spaced bool) (int, int32) {
	var groups [maxGroups]digitGroup
	n := 0
	var sep rune
	pos, at := i, runes
	for n < maxGroups {
		g := r.digitRun(pos, at)
		g.sep = sep
		groups[n] = g
		n++
		pos, at = g.end, g.runeEnd
		c, size, count := r.separator(pos, g.length, n)
		if size == 0 || n == maxGroups {
			break
		}
		sep, pos, at = c, pos+size, at+count
	}
	gs := groups[:n]
	last := gs[n-1]
	t := token{
		kind: tokNumber, class: classDigits, spaced: spaced,
		start: int32(i), end: int32(last.end), runeStart: runes, runeEnd: last.runeEnd,
	}
	if n == 1 {
		t.value = last.value
		r.toks = append(r.toks, t)
	} else if !r.single(&t, gs) {
		r.split(gs, spaced)
	} else {
		r.toks = append(r.toks, t)
	}
	return last.end, last.runeEnd - runes
}

func (r *reader) digitRun(i int, runes int32) digitGroup {
	g := digitGroup{start: i, runeStart: runes}
	for i < len(r.text) {
		c, size := decode(r.text[i:])
		d := digitValue(c)
		if d < 0 {
			break
		}
		g.value = g.value*10 + float64(d)
		g.length++
		i += size
		runes++
	}
	g.end, g.runeEnd = i, runes
	return g
}

// separator reports the sign at byte i when digits follow it directly, with the
// bytes and code points up to them. White space counts only where it groups
// thousands; silent signs of direction may stand on both sides.
func (r *reader) separator(i, length, group int) (c rune, size int, runes int32) {
	if i >= len(r.text) {
		return 0, 0, 0
	}
	c, size = decode(r.text[i:])
	runes = 1
	if c > 0x7f && fold.IsSilent(c) {
		n, count := r.silent(i)
		if i+n >= len(r.text) {
			return 0, 0, 0
		}
		sign, width := decode(r.text[i+n:])
		c, size, runes = sign, n+width, count+1
	}
	switch c {
	case '.', ',', '٫', '٬', '،', '\'', '’':
		n, count := r.silent(i + size)
		size, runes = size+n, runes+count
		if i+size < len(r.text) {
			if next, _ := decode(r.text[i+size:]); digitValue(next) >= 0 {
				return c, size, runes
			}
		}
	case ' ', '\u00a0', '\u202f', '\u2009':
		if runes > 1 || (c == ' ' && r.claims) || (group == 1 && length > 3) || (group > 1 && length != 3) {
			return 0, 0, 0
		}
		if r.digitsAhead(i+size) == 3 {
			return ' ', size, 1
		}
	}
	return 0, 0, 0
}

// silent gives the bytes and code points of the silent signs at byte i.
func (r *reader) silent(i int) (size int, runes int32) {
	for i+size < len(r.text) && r.text[i+size] >= utf8.RuneSelf {
		c, n := decode(r.text[i+size:])
		if !fold.IsSilent(c) {
			break
		}
		size += n
		runes++
	}
	return size, runes
}

func (r *reader) digitsAhead(i int) int {
	n := 0
	for i < len(r.text) && n < 4 {
		c, size := utf8.DecodeRuneInString(r.text[i:])
		if digitValue(c) < 0 {
			break
		}
		n++
		i += size
	}
	return n
}

// single values the groups as one number and reports whether they are one.
func (r *reader) single(t *token, gs []digitGroup) bool {
	last := gs[len(gs)-1]
	grouped := gs[0].length <= 3
	same := true
	for _, g := range gs[1:] {
		grouped = grouped && g.length == 3
		same = same && g.sep == gs[1].sep
	}
	switch {
	case len(gs) > 2 && grouped && same && last.sep != '٫':
		t.value, t.group = joined(gs), true
		return true
	case len(gs) > 2 && !same && isDecimalSign(last.sep) && thousands(gs[:len(gs)-1]):
		t.value, t.group = joined(gs[:len(gs)-1])+fraction(last), true
		t.decimals = uint8(min(last.length, 9))
		return true
	case len(gs) > 2 && same && last.sep == ',' && !r.claims && indian(gs):
		t.value, t.group = indianJoined(gs), true
		return true
	case len(gs) > 2:
		return false
	}
	decimal := gs[0].value + fraction(last)
	thousand := joined(gs)
	switch {
	case (last.sep == ',' || last.sep == '،') && last.length == 4 && gs[0].length <= 2 && last.value >= 1900 && last.value < 2100:
		return false // «2,1968» is a day and a year
	case last.sep == '٫' || !grouped:
		if last.sep == ' ' || last.sep == '\'' || last.sep == '’' || (r.claims && last.sep != '.') {
			return false
		}
		t.value, t.decimals = decimal, uint8(min(last.length, 9))
	case last.sep == '.' && r.claims, gs[0].value == 0:
		t.value, t.decimals = decimal, uint8(min(last.length, 9))
	case last.sep == '.' || last.sep == ',' || last.sep == '،':
		t.value, t.group = thousand, true
		if !r.claims {
			t.alt = decimal
		}
	case last.sep == ' ':
		t.value, t.group, t.alt = thousand, true, -1
	default:
		t.value, t.group = thousand, true
	}
	return true
}

func isDecimalSign(c rune) bool { return c == '.' || c == ',' || c == '٫' }

func thousands(gs []digitGroup) bool {
	if gs[0].length > 3 {
		return false
	}
	for _, g := range gs[1:] {
		if g.length != 3 || g.sep != gs[1].sep {
			return false
		}
	}
	return true
}

// indian reports the grouping of India, "12,34,567".
func indian(gs []digitGroup) bool {
	for i, g := range gs[1:] {
		if i+2 == len(gs) {
			return g.length == 3
		}
		if g.length != 2 {
			return false
		}
	}
	return false
}

func indianJoined(gs []digitGroup) float64 {
	v := gs[0].value
	for _, g := range gs[1:] {
		v = v*math.Pow10(g.length) + g.value
	}
	return v
}

func joined(gs []digitGroup) float64 {
	v := 0.0
	for _, g := range gs {
		v = v*1000 + g.value
	}
	return v
}

func fraction(g digitGroup) float64 {
	if g.length > 300 {
		return 0
	}
	return g.value / math.Pow10(g.length)
}

// split appends one token a group, with the signs between them as marks.
func (r *reader) split(gs []digitGroup, spaced bool) {
	for i, g := range gs {
		if i > 0 {
			r.toks = append(r.toks, token{
				kind: tokMark, mark: g.sep, start: int32(gs[i-1].end), end: int32(g.start),
				runeStart: gs[i-1].runeEnd, runeEnd: g.runeStart,
			})
		}
		r.toks = append(r.toks, token{
			kind: tokNumber, class: classDigits, value: g.value, spaced: spaced && i == 0,
			start: int32(g.start), end: int32(g.end), runeStart: g.runeStart, runeEnd: g.runeEnd,
		})
	}
}
