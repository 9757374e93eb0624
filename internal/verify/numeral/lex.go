package numeral

import (
	"slices"
	"unicode"
	"unicode/utf8"

	"github.com/mujaz/mujaz/internal/verify/fold"
)

// maxWord bounds the letters of a word that can be in a lexicon; longer ones
// are cut, and so never found.
const maxWord = 24

// lex splits the text into words, numbers and marks. Words that no lexicon
// knows keep their place as tokens of class none, since what stands between
// two numbers decides whether they belong together.
func (r *reader) lex() {
	s := r.text
	r.toks = slices.Grow(r.toks, len(s)/6+8)
	spaced := true
	var runes int32
	for i := 0; i < len(s); {
		c, size := decode(s[i:])
		switch {
		case c == ' ' || c == '\n' || c == '\t' || (c > 0x7f && blank(c)):
			spaced = spaced || !fold.IsSilent(c)
			i += size
			runes++
		case digitValue(c) >= 0:
			n, count := r.number(i, runes, spaced)
			i, runes, spaced = n, runes+count, false
		case r.words != nil && foreignLetter(c):
			n, count := r.foreignWord(i, runes, spaced)
			i, runes, spaced = n, runes+count, false
		case isLetter(c):
			n, count := r.word(i, runes, spaced, c)
			i, runes, spaced = n, runes+count, false
		default:
			r.toks = append(r.toks, token{
				kind: tokMark, mark: c, spaced: spaced,
				start: int32(i), end: int32(i + size), runeStart: runes, runeEnd: runes + 1,
			})
			i, runes, spaced = i+size, runes+1, false
		}
	}
}

// blank reports white space and silent characters beyond ASCII.
func blank(c rune) bool {
	if c >= 0x600 && c <= 0x6ff {
		return fold.Letter(c) == fold.Silent
	}
	return unicode.IsSpace(c) || fold.IsSilent(c)
}

// decode is utf8.DecodeRuneInString with the ASCII and two byte cases inlined.
func decode(s string) (rune, int) {
	if s[0] < utf8.RuneSelf {
		return rune(s[0]), 1
	}
	if s[0] >= 0xc2 && s[0] < 0xe0 && len(s) > 1 && s[1]&0xc0 == 0x80 {
		return rune(s[0]&0x1f)<<6 | rune(s[1]&0x3f), 2
	}
	return utf8.DecodeRuneInString(s)
}

func isLetter(c rune) bool {
	switch {
	case c < 0x80:
		return c|0x20 >= 'a' && c|0x20 <= 'z'
	case c >= 0x600 && c <= 0x6ff:
		return fold.Letter(c) > fold.Silent
	}
	return unicode.IsLetter(c) || unicode.IsMark(c)
}

func isArabicLetter(c rune) bool { return fold.Letter(c) > fold.Silent }

// word reads the letters at byte i and appends a token. It gives the index
// behind the word and the number of code points read.
func (r *reader) word(i int, runes int32, spaced bool, first rune) (int, int32) {
	arabic := isArabicLetter(first)
	t := token{
		kind: tokWord, arabic: arabic, spaced: spaced, upper: first >= 'A' && first <= 'Z',
		start: int32(i), runeStart: runes,
	}
	var key [maxWord + 1]byte
	n, count := 0, int32(0)
	s := r.text
	for i < len(s) {
		if lead := s[i]; arabic && lead >= 0xd8 && lead <= 0xdb && i+1 < len(s) && s[i+1]&0xc0 == 0x80 {
			b := fold.Arabic((lead&0x03)<<6 | s[i+1]&0x3f) // two bytes of UTF-8 for U+0600 to U+06FF
			if b == fold.None {
				break
			}
			if b > fold.Silent && n < len(key) {
				key[n] = b
				n++
			}
			i += 2
			count++
			continue
		}
		c, size := decode(s[i:])
		if !fold.IsSilent(c) {
			if !isLetter(c) || isArabicLetter(c) != arabic {
				break
			}
			var b byte
			if arabic {
				b = fold.Letter(c)
			} else if c < utf8.RuneSelf {
				b = byte(c) | 0x20
			}
			if b == 0 {
				n = len(key) // a letter outside the lexicons' alphabets
			} else if n < len(key) {
				key[n] = b
				n++
			}
		}
		i += size
		count++
	}
	t.end, t.runeEnd = int32(i), runes+count
	if n <= maxWord {
		switch {
		case arabic && r.lang == LanguageArabic:
			t.lookArabic(key[:n])
		case !arabic && r.lang != DigitsOnly:
			if e, ok := englishLexicon().find(key[:n]); ok {
				t.class, t.unit, t.value = e.class, e.unit, e.value
			}
		case !arabic && n <= 2:
			t.latinSuffix(key[:n])
		}
	}
	r.toks = append(r.toks, t)
	return i, count
}

// latinSuffix knows the few abbreviations that follow digits in many languages.
func (t *token) latinSuffix(key []byte) {
	switch string(key) {
	case "km":
		t.class, t.unit = classUnit, Kilometre
	case "kg":
		t.class, t.unit = classUnit, Kilogram
	}
}

const (
	letterWaw  = 'و' - 0x600
	letterFeh  = 'ف' - 0x600
	letterBeh  = 'ب' - 0x600
	letterLam  = 'ل' - 0x600
	letterKaf  = 'ك' - 0x600
	letterAlef = 'ا' - 0x600
)

// lookArabic finds the word, taking off the conjunctions, prepositions and the
// article that Arabic writes onto it. The whole word goes first: «واحد» is no
// conjunction with «احد».
func (t *token) lookArabic(w []byte) {
	l := arabicLexicon()
	if t.take(l, w) || len(w) < 3 {
		return
	}
	if w[0] == letterWaw || w[0] == letterFeh {
		t.and = true
		w = w[1:]
		if t.take(l, w) {
			return
		}
	}
	if len(w) > 3 && w[0] == letterLam && w[1] == letterLam {
		t.the, t.prep = true, true
		if t.take(l, w[2:]) {
			return
		}
	}
	if len(w) > 2 && (w[0] == letterBeh || w[0] == letterLam || w[0] == letterKaf) {
		t.prep = true
		w = w[1:]
		if t.take(l, w) {
			return
		}
	}
	if len(w) > 3 && w[0] == letterAlef && w[1] == letterLam {
		t.the = true
		t.take(l, w[2:])
	}
}

func (t *token) take(l *lexicon, w []byte) bool {
	e, ok := l.find(w)
	if ok {
		t.class, t.unit, t.value = e.class, e.unit, e.value
	}
	return ok
}
