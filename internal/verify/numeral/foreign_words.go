package numeral

import (
	"slices"
	"unicode"
	"unicode/utf8"

	"github.com/mujaz/mujaz/internal/verify/fold"
)

// The words of the languages of lexicon_foreign.go: how one is found, taken apart
// and valued.

// maxForeign bounds the bytes of a word that can be a number; German writes
// long ones.
const maxForeign = 64

func foreignLetter(c rune) bool {
	return isLetter(c) || c > 0x7f && (unicode.IsLetter(c) || unicode.IsMark(c)) || c == '〇'
}

// foreignWord reads the word at byte i as word does.
func (r *reader) foreignWord(i int, runes int32, spaced bool) (int, int32) {
	t := token{kind: tokWord, spaced: spaced, start: int32(i), runeStart: runes}
	var buf [maxForeign + utf8.UTFMax]byte
	key, count, long := buf[:0], int32(0), false
	single := r.lang == LanguageChinese
	first, _ := decode(r.text[i:])
	t.upper = unicode.IsUpper(first)
	t.arabic = first >= 0x600 && first <= 0x6ff
	for i < len(r.text) {
		c, size := decode(r.text[i:])
		if c == '\u200c' && r.words.compound || fold.IsSilent(c) {
			i += size
			count++
			continue
		}
		if !foreignLetter(c) || single && count > 0 && (c >= 0x2e80 || first >= 0x2e80) {
			break
		}
		if long = long || len(key) > maxForeign; !long {
			key = fold.Append(key, c)
		}
		i += size
		count++
	}
	t.end, t.runeEnd = int32(i), runes+count
	if !long && len(key) > 0 && !r.lookForeign(&t, key) {
		t.latin(r.lang, key)
	}
	r.toks = append(r.toks, t)
	return i, count
}

// latin knows abbreviations and the numerals of centuries and kings.
func (t *token) latin(lang Language, key []byte) {
	if len(key) <= 2 {
		t.latinSuffix(key)
	}
	if len(key) < 2 && key[0] != 'v' && key[0] != 'x' {
		return
	}
	if !t.upper || lang == LanguageHindi || lang == LanguageChinese || t.class != classNone {
		return
	}
	if v := roman(key); v > 0 {
		t.class, t.value = classOrdinal, v
	}
}

// roman values a Roman numeral below forty in lower case, 0 for none.
func roman(key []byte) float64 {
	total, last := 0.0, 0.0
	for i, c := range slices.Backward(key) {
		v := 0.0
		switch c {
		case 'i':
			v = 1
		case 'v':
			v = 5
		case 'x':
			v = 10
		case 'e', 'o':
			if i == len(key)-1 { // XIXe
				continue
			}
			return 0
		default:
			return 0
		}
		if v < last {
			v = -v
		} else {
			last = v
		}
		total += v
	}
	if total < 1 || total >= 40 {
		return 0
	}
	return total
}

// hebrewPrefixes are the letters that Hebrew writes onto a word.
const hebrewPrefixes = "והבלכמש"

// lookForeign values a word; t.alt holds the denominator or part of other kinds.
func (r *reader) lookForeign(t *token, key []byte) bool {
	f := r.words
	if f.take(t, key) {
		return true
	}
	if f.prefixed {
		for range 2 {
			c, size := utf8.DecodeRune(key)
			if len(key) <= size+2 || !containsRune(hebrewPrefixes, c) {
				return false
			}
			t.and = t.and || c == 'ו'
			key = key[size:]
			if f.take(t, key) {
				return true
			}
		}
		return false
	}
	if f.waw && len(key) > 2 && key[0] == letterWaw && f.take(t, key[1:]) {
		t.and = true
		return true
	}
	if !f.compound || len(key) < 4 || f.begins[key[0]][key[1]>>6]&(1<<(key[1]&63)) == 0 {
		return false
	}
	var sum foreignSum
	if !f.split(key, &sum, 0) {
		return false
	}
	t.class, t.value = classTeen, sum.value()
	if sum.count == 1 { // a magnitude with an ending
		t.class = foreignClass(t.value)
	}
	return true
}

func containsRune(s string, c rune) bool {
	for _, x := range s {
		if x == c {
			return true
		}
	}
	return false
}

func (f *foreign) take(t *token, key []byte) bool {
	if len(key) > f.longest || len(key) > 1 && f.begins[key[0]][key[1]>>6]&(1<<(key[1]&63)) == 0 {
		return false
	}
	w, ok := f.words[string(key)]
	if !ok || w.kind == foreignEnding {
		return false
	}
	t.value = w.value
	switch w.kind {
	case foreignFraction:
		t.class = classFraction
	case foreignAnd:
		t.class = classAnd
	case foreignPercent:
		t.class = classPercent
	case foreignPlus:
		t.class = classDualFrac
	case foreignDecades:
		t.class, t.unit = classUnit, Decades
	case foreignBefore:
		t.class = classArticle
	default:
		t.class = foreignClass(w.value)
	}
	return true
}

func foreignClass(v float64) class {
	switch {
	case v == 2000:
		return classDualScale
	case v >= 1000:
		return classScale
	case v == 100:
		return classHundred
	}
	return classTeen
}

// maxPieces bounds the words that one compound is taken apart into.
const maxPieces = 12

// split takes a compound apart into number words and at most one ending.
func (f *foreign) split(key []byte, sum *foreignSum, depth int) bool {
	if depth > maxPieces {
		return false
	}
	for n := min(len(key), f.longest); n >= 1; n-- {
		w, ok := f.words[string(key[:n])]
		if !ok || w.kind == foreignFraction || w.kind == foreignPlus || w.kind == foreignBefore {
			continue
		}
		if w.kind == foreignEnding || w.kind == foreignPercent {
			if depth > 0 && n == len(key) {
				return true
			}
			continue
		}
		next := *sum
		if w.kind == foreignAnd {
			if depth == 0 {
				continue
			}
			next.and = true
		} else if !next.add(foreignClass(w.value), w.value, true) {
			continue
		}
		if n == len(key) && w.kind == foreignValue && depth > 0 || n < len(key) && f.split(key[n:], &next, depth+1) {
			*sum = next
			return true
		}
	}
	return false
}
