package verify

import (
	"unicode"
	"unicode/utf8"

	"github.com/mujaz/mujaz/internal/lang"
)

// Weights of the words of a text for being in another language than English,
// from TestCorpusLanguage and the English of all corpora.
const (
	foreignWord  = 8  // a function word of another language
	accentedWord = 6  // with a letter that English does not have
	accentedName = 2  // the same with a capital
	neutralWord  = 1  // English seldom has many words without a function word
	nameParticle = 1  // "de", "van" before a capital
	sharedWord   = -2 // a function word of English and of another language
	englishWord  = -9
	// foreignFrom is the sum from which a stretch of text is in another
	// language; from doubtfulFrom on its letters are asked as well, and from
	// tellFrom on the reader is told when they do not agree.
	foreignFrom  = 27
	doubtfulFrom = 14
	tellFrom     = 20
	// wholeFrom is the sum from which the letters of a text without any English
	// function word decide.
	wholeFrom = 8
	// sureOfLanguage is the confidence from which a guess by letters decides
	// between the two.
	sureOfLanguage = 0.4
	// mostForeign bounds the sum, so that a long stretch does not outlast much
	// English behind it.
	mostForeign = 120
)

// foreignStretch finds the stretch of Latin text that is most likely to be in
// another language, wherever its sentences begin: a missing full stop or a
// quotation must not hide it behind the English beside it. end is 0 when there
// is none.
func foreignStretch(text, lower string) (start, end int, sure bool) {
	table := functionWordTable()
	score, best, from := 0, 0, 0
	foreign, shown := 0, 0 // words that show another language, in all and in the best stretch
	english := false       // a function word of English stands anywhere
	named := false         // the word before has a capital or is a particle of its name
	for i := 0; i < len(lower); {
		n, accent := leadingWord(lower[i:])
		if n == 0 {
			i++
			for i < len(lower) && !utf8.RuneStart(lower[i]) {
				i++
			}
			continue
		}
		if score == 0 {
			from, foreign = i, 0
		}
		upper := upperAt(text, i)
		w := weigh(table, lower[i:i+n], accent, upper, named || upper, text[i+n:])
		named = upper || w == nameParticle
		i += n
		if w >= accentedWord {
			foreign++
		}
		english = english || w == englishWord
		if score = min(max(score+w, 0), mostForeign); score > best {
			best, shown, start, end = score, foreign, from, i
		}
	}
	switch {
	case best >= foreignFrom:
		return start, end, true
	case !english && best >= wholeFrom && lettersSay(text): // a headline, or one sentence
		return 0, len(text), true
	case best < doubtfulFrom || shown < 2:
		return 0, 0, false
	}
	if lettersSay(text[start:end]) {
		return start, end, true
	}
	if best < tellFrom {
		return 0, 0, false
	}
	return start, end, false
}

// lettersSay reports whether the letters of a text are those of another
// language.
func lettersSay(text string) bool {
	g := lang.Detect(text)
	return g.Code != "en" && g.Code != "" && g.Confidence >= sureOfLanguage
}

// weigh gives the weight of one word. In names, which named announces, capitals
// stand on both sides of a particle; rest is the text behind the word.
func weigh(table map[string]byte, word string, accent, upper, named bool, rest string) int {
	if len(word) <= longestFunctionWord {
		switch table[word] {
		case 'e':
			return englishWord
		case 's':
			return sharedWord
		case 'f':
			if named && upperAt(rest, 1) {
				return nameParticle
			}
			return foreignWord
		case 'p':
			if upper || named && beforeName(rest, 1) {
				return nameParticle
			}
			return foreignWord
		}
	}
	switch {
	case accent && upper:
		return accentedName
	case accent:
		return accentedWord
	case upper || len(word) < 3:
		return 0
	}
	return neutralWord
}

// beforeName reports whether a capital begins the word at byte i, or the one
// behind it when that is short: "von der Heide".
func beforeName(text string, i int) bool {
	if upperAt(text, i) {
		return true
	}
	for j := i; j < min(i+4, len(text)); j++ {
		if text[j] == ' ' {
			return j > i && upperAt(text, j+1)
		}
	}
	return false
}

func upperAt(text string, i int) bool {
	if i >= len(text) {
		return false
	}
	if text[i] < utf8.RuneSelf {
		return text[i] >= 'A' && text[i] <= 'Z'
	}
	r, _ := utf8.DecodeRuneInString(text[i:])
	return unicode.IsUpper(r)
}

// latinWord gives the length in bytes of the word that begins s, 0 when none
// does, and whether it has a letter beyond ASCII. Words end at apostrophes, so
// that endings and elisions stand alone.
func leadingWord(s string) (n int, accent bool) {
	for n < len(s) {
		c := s[n]
		switch {
		case c >= 'a' && c <= 'z':
			n++
		case c >= 0xc3 && c <= 0xc9 && n+1 < len(s):
			n += 2
			accent = true
		case c == 0xe1 && n+2 < len(s):
			n += 3
			accent = true
		default:
			return n, accent
		}
	}
	return n, accent
}
