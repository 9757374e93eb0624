package clean

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Normalize returns the form of s for comparing, never for display: lower case, compatibility
// forms folded (NFKC), tatweel, diacritics and invisible characters dropped, the spellings of
// alef, yeh, kaf, heh and ta marbuta and the carriers of hamza each made one, digits in ASCII.
// Punctuation and spaces are kept. Normalize(Normalize(s)) == Normalize(s).
func Normalize(s string) string {
	b := make([]byte, 0, len(s))
	return string(appendNormal(b, s))
}

func appendNormal(b []byte, s string) []byte {
	start := len(b)
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			if c >= 'A' && c <= 'Z' {
				c |= 0x20
			}
			b = append(b, c)
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		i += n
		if r >= 0x5D0 && r <= 0x5EA || r >= 0x600 && r < 0x700 {
			if f := foldArabic(r); f != 0 {
				b = utf8.AppendRune(b, f)
			}
			continue
		}
		if !plainMark(r) || r == 0x2024 || r == 0x2025 || r == 0x2026 {
			// Rare in Arabic news: presentation forms, accents, other scripts.
			return normalizeSlow(b[:start], s)
		}
		b = utf8.AppendRune(b, r)
	}
	return b
}

// plainMark reports the dashes and quotation marks of news, which part words and
// need no folding.
func plainMark(r rune) bool {
	return r >= 0x2010 && r <= 0x203A || r == '«' || r == '»'
}

func normalizeSlow(b []byte, s string) []byte {
	folded := make([]byte, 0, len(s))
	for _, r := range strings.ToLower(norm.NFKD.String(strings.ToValidUTF8(s, ""))) {
		if r >= 0x600 && r < 0x700 {
			r = foldArabic(r)
		} else if r >= 0x80 {
			r = foldOther(r)
		}
		if r != 0 {
			folded = utf8.AppendRune(folded, unicode.ToLower(r))
		}
	}
	// Composing and folding again closes the circle for the few characters whose lower case or
	// decomposition decomposes further.
	return norm.NFC.Append(b, folded...)
}

// foldOther drops accents and invisible characters of all other scripts: é and e compare equal.
func foldOther(r rune) rune {
	switch k := kindOf(r); {
	case k == toSpace:
		return ' '
	case k == toLine:
		return '\n'
	case k != keep:
		return 0
	case r >= 0x300 && r < 0x370, r >= 0x591 && r < 0x5C8, r >= 0x8D3 && r < 0x900, r >= 0x1AB0 && r < 0x1B00, r >= 0x20D0 && r < 0x2100, r >= 0xFE00 && r < 0xFE30:
		return 0 // marks that no reader would miss; vowel signs of Indic scripts are not among them
	case unicode.Is(unicode.Nd, r):
		return '0' + digitValue(r)
	}
	return r
}

// digitValue uses that decimal digits come in runs of ten from a zero (Unicode chapter 4.6).
func digitValue(r rune) rune {
	v := rune(0)
	for v < 9 && unicode.Is(unicode.Nd, r-v-1) && (r-v-1)>>4 == r>>4 {
		v++
	}
	return v
}

// foldArabic folds one character of the Arabic block; 0 drops it.
func foldArabic(r rune) rune {
	switch r {
	case 'أ', 'إ', 'آ', 'ٱ', 'ٲ', 'ٳ':
		return 'ا'
	case 'ى', 'ی', 'ې', 'ئ', 'ے', 'ۓ':
		return 'ي'
	case 'ة', 'ہ', 'ۃ', 'ۀ', 'ە', 'ھ', 'ۂ', 'ۿ':
		return 'ه'
	case 'ؤ':
		return 'و'
	case 'ک', 'ڪ':
		return 'ك'
	case 0x640, 0x61C, 0x670:
		return 0
	}
	switch {
	case r >= 0x610 && r <= 0x61A, r >= 0x64B && r <= 0x65F, r >= 0x6D6 && r <= 0x6ED && r != 0x6DE && r != 0x6E5 && r != 0x6E6 && r != 0x6E9 && r != 0x6EE:
		return 0
	case r >= 0x660 && r <= 0x669:
		return '0' + r - 0x660
	case r >= 0x6F0 && r <= 0x6F9:
		return '0' + r - 0x6F0
	}
	return r
}
