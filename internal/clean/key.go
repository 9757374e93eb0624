package clean

import (
	"unicode"
	"unicode/utf8"
)

// Entries of arabicKey that are no letters.
const (
	keyDrops = 0 // vanishes: tatweel, diacritics
	keyParts = 1 // separates words: punctuation
)

// arabicKey folds U+0600 to U+06FF for keys in one step.
var arabicKey = func() (table [256]rune) {
	for i := range table {
		r := foldArabic(rune(0x600 + i))
		if r != keyDrops && !isWordRune(r) {
			r = keyParts
		}
		table[i] = r
	}
	return table
}()

// appendKey appends the words of s, normalised, with one space between them. b must be empty.
func appendKey(b []byte, s string) []byte {
	space := false
	for i := 0; i < len(s); {
		c := s[i]
		var r rune
		switch {
		case c < utf8.RuneSelf:
			i++
			if c >= 'A' && c <= 'Z' {
				c |= 0x20
			}
			if c-'0' >= 10 && c-'a' >= 26 {
				space = len(b) > 0
				continue
			}
			if space {
				b = append(b, ' ')
				space = false
			}
			b = append(b, c)
			continue
		case c&0xFC == 0xD8 && i+1 < len(s): // U+0600 to U+06FF
			r = arabicKey[(c&3)<<6|s[i+1]&0x3F]
			i += 2
			if r == keyDrops {
				continue
			}
		default:
			var n int
			r, n = utf8.DecodeRuneInString(s[i:])
			if !plainMark(r) {
				return filterWords(appendNormal(b[:0], s))
			}
			i += n
			r = keyParts
		}
		if r == keyParts {
			space = len(b) > 0
			continue
		}
		if space {
			b = append(b, ' ')
			space = false
		}
		b = utf8.AppendRune(b, r)
	}
	return b
}

// filterWords leaves the words of a normalised text, in place.
func filterWords(b []byte) []byte {
	out, space := b[:0], false
	for i := 0; i < len(b); {
		r, n := utf8.DecodeRune(b[i:])
		if isWordRune(r) {
			if space && len(out) > 0 {
				out = append(out, ' ') // a separator was read before: out never overtakes i
			}
			space = false
			out = append(out, b[i:i+n]...)
		} else {
			space = true
		}
		i += n
	}
	return out
}

func isWordRune(r rune) bool {
	if r >= 0x620 && r < 0x700 {
		return r != '٪' && r != '۔' && r != 0x66B && r != 0x66C && r != 0x66D
	}
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.M, r) || r == 0x200C || r == 0x200D
}
