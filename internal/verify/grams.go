package verify

import (
	"strings"
	"unicode/utf8"
)

// grams remembers which four bytes stand at a character of texts, to tell
// that a phrase is in none of them: outputs have next to none of the hundreds of
// phrases that are looked for.
type grams [1 << (gramBits - 6)]uint64

// gramBits leaves two thirds of the marks unset by an article of 6 KB.
const gramBits = 14

// gramLength is the least length of a phrase that can be told.
const gramLength = 4

func (g *grams) add(text string) {
	for i := 0; i+gramLength <= len(text); i++ {
		if utf8.RuneStart(text[i]) {
			h := gramAt(text, i)
			g[h>>6] |= 1 << (h & 63)
		}
	}
}

// may reports whether a phrase can be in one of the texts: all its grams are.
func (g *grams) may(phrase string) bool {
	for i := 0; i+gramLength <= len(phrase); i++ {
		if !utf8.RuneStart(phrase[i]) {
			continue
		}
		if h := gramAt(phrase, i); g[h>>6]&(1<<(h&63)) == 0 {
			return false
		}
	}
	return true
}

func gramAt(s string, i int) uint32 {
	_ = s[i+gramLength-1]
	return (uint32(s[i]) | uint32(s[i+1])<<8 | uint32(s[i+2])<<16 | uint32(s[i+3])<<24) * 0x9e3779b1 >> (32 - gramBits)
}

// having gives the phrases, in their order, that begin a word somewhere in the
// fields. They are in lower case and begin with a letter.
func having(fields []field, phrases []string) []string {
	var found []string
	for _, phrase := range phrases {
		if len(fields) == 0 || !fields[0].grams.may(phrase) {
			continue
		}
		for i := range fields {
			if beginsWord(fields[i].lower, phrase) {
				found = append(found, phrase)
				break
			}
		}
	}
	return found
}

func beginsWord(text, phrase string) bool {
	for from := 0; ; {
		i := strings.Index(text[from:], phrase)
		if i < 0 {
			return false
		}
		if from += i; from == 0 || !wordByte(text[from-1]) {
			return true
		}
		from++
	}
}
