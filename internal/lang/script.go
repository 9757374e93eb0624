package lang

import (
	"unicode"
	"unicode/utf8"
)

// Script is a writing system, as far as it is told apart here.
type Script uint8

// The scripts that are counted apart; every other letter is Other.
const (
	Other Script = iota
	Latin
	Arabic
	Hebrew
	Cyrillic
	Greek
	Han
	Kana
	Hangul
	Devanagari
	Bengali
	Gurmukhi
	Gujarati
	Tamil
	Telugu
	Kannada
	Malayalam
	Sinhala
	Thai
	Lao
	Myanmar
	Georgian
	Armenian
	Ethiopic
	Khmer
	scripts // number of scripts
)

// scriptLanguage names the language of scripts that (nearly) one language uses.
var scriptLanguage = [scripts]string{
	Hebrew: "he", Greek: "el", Hangul: "ko", Bengali: "bn", Gurmukhi: "pa", Gujarati: "gu",
	Tamil: "ta", Telugu: "te", Kannada: "kn", Malayalam: "ml", Sinhala: "si", Thai: "th",
	Lao: "lo", Myanmar: "my", Georgian: "ka", Armenian: "hy", Khmer: "km",
}

// Letters counts the letters of a text by script. Digits, punctuation, diacritics and the
// Arabic tatweel are no letters.
type Letters struct {
	Total    int
	ByScript [scripts]int
}

// Count counts the letters of the whole text.
func Count(text string) Letters {
	var l Letters
	arabic := 0 // kept out of the array: the commonest letters take the short way
	for i := 0; i < len(text); {
		b := text[i]
		if b&0xFC == 0xD8 && i+1 < len(text) { // U+0600 to U+06FF
			if isArabicLetter(rune(b&0x1F)<<6 | rune(text[i+1]&0x3F)) {
				arabic++
			}
			i += 2
			continue
		}
		if b < utf8.RuneSelf {
			if (b|0x20)-'a' < 26 {
				l.ByScript[Latin]++
			}
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(text[i:])
		i += n
		if s, ok := letterScript(r); ok {
			l.ByScript[s]++
		}
	}
	l.ByScript[Arabic] += arabic
	for _, n := range l.ByScript {
		l.Total += n
	}
	return l
}

// Share returns the part of all letters that are in script s, 0 when there are no letters.
func (l Letters) Share(s Script) float64 {
	if l.Total == 0 || s >= scripts {
		return 0
	}
	return float64(l.ByScript[s]) / float64(l.Total)
}

// Dominant returns the commonest script and its number of letters; Other and 0 when there are
// no letters.
func (l Letters) Dominant() (Script, int) {
	best := Other
	for s := range scripts {
		if l.ByScript[s] > l.ByScript[best] {
			best = s
		}
	}
	return best, l.ByScript[best]
}

// letterScript reports the script of r and whether r is a letter.
func letterScript(r rune) (Script, bool) {
	switch {
	case r < 0x80:
		return Latin, uint32(r|0x20)-'a' < 26
	case r >= 0x600 && r < 0x700:
		return Arabic, isArabicLetter(r)
	case !unicode.IsLetter(r):
		return Other, false
	}
	return blockScript(r), true
}

// isArabicLetter tells the letters in U+0600 to U+06FF from tatweel, harakat, digits and
// punctuation.
func isArabicLetter(r rune) bool {
	return r >= 0x620 && r <= 0x64A && r != 0x640 || r >= 0x671 && r <= 0x6D3 || r == 0x6D5 || r == 0x66E || r == 0x66F || r >= 0x6FA && r <= 0x6FC
}

// blockScript tells the script of a letter by its block. Blocks are exact enough: it counts
// shares, and one letter in a wrong block changes nothing.
func blockScript(r rune) Script {
	switch {
	case r < 0x370, r >= 0x1E00 && r < 0x1F00, r >= 0x2C60 && r < 0x2C80, r >= 0xA720 && r < 0xA800, r >= 0xFF21 && r <= 0xFF5A:
		return Latin
	case r < 0x400, r >= 0x1F00 && r < 0x2000:
		return Greek
	case r < 0x530:
		return Cyrillic
	case r < 0x590:
		return Armenian
	case r < 0x600, r >= 0xFB1D && r < 0xFB50:
		return Hebrew
	case r >= 0x750 && r < 0x780, r >= 0x8A0 && r < 0x900, r >= 0xFB50 && r < 0xFE00, r >= 0xFE70 && r < 0xFF00:
		return Arabic
	case r >= 0x900 && r < 0x1400:
		return indicScript(r)
	case r >= 0x1780 && r < 0x1800:
		return Khmer
	case r >= 0x2D00 && r < 0x2D30, r >= 0x1C90 && r < 0x1CC0:
		return Georgian
	case r >= 0x3041 && r < 0x3100, r >= 0x31F0 && r < 0x3200, r >= 0xFF66 && r < 0xFFA0:
		return Kana
	case r >= 0x3400 && r < 0xA000, r >= 0xF900 && r < 0xFB00, r >= 0x20000 && r < 0x32000:
		return Han
	case r >= 0xAC00 && r < 0xD7B0, r >= 0x3131 && r < 0x3190:
		return Hangul
	}
	return Other
}

// indicScript covers U+0900 to U+13FF, where scripts follow each other in blocks of 128 and more.
func indicScript(r rune) Script {
	switch {
	case r < 0x980:
		return Devanagari
	case r < 0xA00:
		return Bengali
	case r < 0xA80:
		return Gurmukhi
	case r < 0xB00:
		return Gujarati
	case r < 0xB80: // Oriya
		return Other
	case r < 0xC00:
		return Tamil
	case r < 0xC80:
		return Telugu
	case r < 0xD00:
		return Kannada
	case r < 0xD80:
		return Malayalam
	case r < 0xE00:
		return Sinhala
	case r < 0xE80:
		return Thai
	case r < 0xF00:
		return Lao
	case r < 0x1000: // Tibetan
		return Other
	case r < 0x10A0:
		return Myanmar
	case r < 0x1100:
		return Georgian
	case r < 0x1200:
		return Hangul
	}
	if r < 0x13A0 {
		return Ethiopic
	}
	return Other
}
