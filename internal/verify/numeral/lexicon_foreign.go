package numeral

import (
	"strconv"
	"strings"
	"sync"

	"github.com/mujaz/mujaz/internal/verify/fold"
)

// The number words of languages beside Arabic and English, one value a line,
// with the forms that news text has: cardinals, ordinals, and the cases in which
// they are declined. Own compilation from standard grammar; compounds are put
// together in foreign.go.
//
// A line begins with a value; with "/" and the denominator of a fraction; with
// "&" for words that join the parts of a number; with "%" for percent; with "+"
// for a part that follows a number, "^" for one that stands before it; with "-"
// for what may follow a number inside of one word; with "@" for decades.

// foreign is what is known of a language's number words.
type foreign struct {
	words map[string]foreignWord
	// begins holds the first two bytes of the words, longest the bytes of the
	// longest one: most words of a text are passed over by them.
	begins  [256][4]uint64
	longest int
	writing
}

// writing says what a language writes as one word.
type writing struct {
	compound bool // numbers, and endings behind them
	prefixed bool // prepositions before the word
	waw      bool // «و» before the word
}

// foreignKind is the part that a foreign word plays in a number.
type foreignKind uint8

const (
	foreignValue foreignKind = iota + 1
	foreignFraction
	foreignAnd
	foreignPercent
	foreignPlus   // "buçuk": a half more
	foreignBefore // «ساڑھے»: a half more than the number behind it
	foreignDecades
	foreignEnding // may follow a number inside a word
)

type foreignWord struct {
	kind  foreignKind
	value float64
}

// newForeign reads a table of this file.
func newForeign(table string, how writing) *foreign {
	f := &foreign{words: make(map[string]foreignWord, 256), writing: how}
	for line := range strings.Lines(table) {
		fields := strings.Fields(line)
		if len(fields) < 2 {
			continue
		}
		w := foreignWord{kind: foreignValue}
		head := fields[0]
		switch head[0] {
		case '/':
			w.kind, head = foreignFraction, head[1:]
		case '&':
			w.kind, head = foreignAnd, "0"
		case '%':
			w.kind, head = foreignPercent, "0"
		case '+':
			w.kind, head = foreignPlus, head[1:]
		case '^':
			w.kind, head = foreignBefore, head[1:]
		case '@':
			w.kind, head = foreignDecades, "0"
		case '-':
			w.kind, head = foreignEnding, "0"
		}
		v, err := strconv.ParseFloat(head, 64)
		if err != nil {
			continue
		}
		w.value = v
		for _, form := range fields[1:] {
			var key []byte
			for _, c := range form {
				key = fold.Append(key, c)
			}
			if _, taken := f.words[string(key)]; taken {
				continue
			}
			f.words[string(key)] = w
			f.longest = max(f.longest, len(key))
			if len(key) > 1 && w.kind != foreignEnding {
				f.begins[key[0]][key[1]>>6] |= 1 << (key[1] & 63)
			}
		}
	}
	return f
}

var (
	frenchWords  = sync.OnceValue(func() *foreign { return newForeign(frenchNumbers, writing{}) })
	spanishWords = sync.OnceValue(func() *foreign { return newForeign(spanishNumbers, writing{compound: true}) })
	germanWords  = sync.OnceValue(func() *foreign { return newForeign(germanNumbers, writing{compound: true}) })
	russianWords = sync.OnceValue(func() *foreign { return newForeign(russianNumbers, writing{compound: true}) })
	turkishWords = sync.OnceValue(func() *foreign { return newForeign(turkishNumbers, writing{compound: true}) })
	persianWords = sync.OnceValue(func() *foreign { return newForeign(persianNumbers, writing{compound: true, waw: true}) })
	urduWords    = sync.OnceValue(func() *foreign { return newForeign(urduNumbers, writing{waw: true}) })
	hindiWords   = sync.OnceValue(func() *foreign { return newForeign(hindiNumbers, writing{}) })
	hebrewWords  = sync.OnceValue(func() *foreign { return newForeign(hebrewNumbers, writing{prefixed: true}) })
	pashtoWords  = sync.OnceValue(func() *foreign { return newForeign(pashtoNumbers, writing{compound: true}) })
	kurdishWords = sync.OnceValue(func() *foreign { return newForeign(kurdishNumbers, writing{compound: true, waw: true}) })
	chineseWords = sync.OnceValue(func() *foreign { return newForeign(chineseNumbers, writing{}) })
)

// words gives what is known of a language, nil for nothing.
func (l Language) words() *foreign {
	switch l {
	case LanguageFrench:
		return frenchWords()
	case LanguageSpanish:
		return spanishWords()
	case LanguageGerman:
		return germanWords()
	case LanguageRussian:
		return russianWords()
	case LanguageTurkish:
		return turkishWords()
	case LanguagePersian:
		return persianWords()
	case LanguageUrdu:
		return urduWords()
	case LanguageHindi:
		return hindiWords()
	case LanguageHebrew:
		return hebrewWords()
	case LanguageChinese:
		return chineseWords()
	case LanguagePashto:
		return pashtoWords()
	case LanguageKurdish:
		return kurdishWords()
	}
	return nil
}
