package verify

import (
	"encoding/binary"
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
		if utf8.RuneStart(phrase[i]) && !g.has(gramAt(phrase, i)) {
			return false
		}
	}
	return true
}

// mayLower is may for the phrase in lower case. The next step of most phrases is
// none, so that they need not be rewritten.
func (g *grams) mayLower(phrase string) bool {
	var four [gramLength]byte
	for i := 0; i+gramLength <= len(phrase); i++ {
		copy(four[:], phrase[i:])
		for k, c := range four {
			if c >= 'A' && c <= 'Z' {
				four[k] = c | 0x20
			}
		}
		if utf8.RuneStart(four[0]) && !g.has(gramOf(four)) {
			return false
		}
	}
	return true
}

func (g *grams) has(h uint32) bool { return g[h>>6]&(1<<(h&63)) != 0 }

func gramAt(s string, i int) uint32 { return gramOf([gramLength]byte{s[i], s[i+1], s[i+2], s[i+3]}) }

func gramOf(b [gramLength]byte) uint32 {
	return binary.LittleEndian.Uint32(b[:]) * 0x9e3779b1 >> (32 - gramBits)
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
