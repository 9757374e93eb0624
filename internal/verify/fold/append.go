package fold

import (
	"unicode"
	"unicode/utf8"
)

// Append appends the folded form of a letter of any script: lower case, without
// accents, one byte for an Arabic letter, nothing for what is silent. The letters
// of one language stay apart; those of several may fall together.
func Append(key []byte, c rune) []byte {
	switch {
	case c < utf8.RuneSelf:
		if c >= 'A' && c <= 'Z' {
			c |= 0x20
		}
		return append(key, byte(c))
	case c >= 0x600 && c <= 0x6ff:
		switch b := Letter(c); {
		case c == 'ہ' || c == 'ۃ' || c == 'ھ':
			return append(key, Letter('ه'))
		case b > Silent:
			return append(key, b)
		case unicode.IsLetter(c): // «ە» of Kurdish
			return append(key, byte(c-0x600))
		}
		return key
	case IsSilent(c) || c == '\u093c': // the dot below of Devanagari
		return key
	case c == 'ё' || c == 'Ё':
		return append(key, "е"...)
	case c == 'ँ':
		return append(key, "ं"...)
	}
	if b := Latin(c); b != 0 {
		return append(key, b)
	}
	return utf8.AppendRune(key, unicode.ToLower(c))
}
