// Package fold splits text into words and folds their letters, so that words
// can be compared byte by byte whatever the spelling, vowel signs or accents.
package fold

import (
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Values of Letter that are no letters.
const (
	None   = 0
	Silent = 1 // stands inside a word without being part of it
)

// arabic maps the code points from U+0600 to U+06FF to one byte a letter,
// merging the spellings that writers mix up: hamza carriers, alef maksura and
// yeh, teh marbuta and heh, Persian and Arabic kaf and yeh.
var arabic = func() (t [256]byte) {
	for c := 0x21; c <= 0x4a; c++ {
		t[c] = byte(c)
	}
	for c := 0x71; c <= 0xd3; c++ { // letters of Persian, Urdu, Kurdish, Pashto
		t[c] = byte(c)
	}
	t[0xd5] = 0x47 // the heh of Kurdish
	for from, to := range map[rune]rune{
		'أ': 'ا', 'إ': 'ا', 'آ': 'ا', 'ٱ': 'ا', 'ى': 'ي', 'ئ': 'ي', 'ی': 'ي', 'ؠ': 'ي', 'ة': 'ه', 'ؤ': 'و', 'ک': 'ك',
	} {
		t[from-0x600] = byte(to - 0x600)
	}
	for c := rune(0x600); c <= 0x6ff; c++ {
		if IsSilent(c) {
			t[c-0x600] = Silent
		}
	}
	return t
}()

// Arabic gives the folded letter of U+0600 + low, Silent or None. No folded
// letter is a space, so that a space can set words apart.
func Arabic(low byte) byte { return arabic[low] }

// Letter gives the folded letter of an Arabic rune, Silent or None.
func Letter(r rune) byte {
	if r < 0x600 || r > 0x6ff {
		return None
	}
	return arabic[r-0x600]
}

// IsSilent reports the runes that stand inside a word without being part of it:
// Arabic vowel signs, tatweel, zero width and bidi controls, soft hyphen.
func IsSilent(r rune) bool {
	switch {
	case r < 0x00ad:
		return false
	case r >= 0x064b && r <= 0x065f, r >= 0x0610 && r <= 0x061a, r == 0x0670, r == 0x0640, r == 0x061c, r == 0x00ad:
		return true
	case r >= 0x200b && r <= 0x200f, r >= 0x202a && r <= 0x202e, r >= 0x2060 && r <= 0x2069, r == 0xfeff:
		return true
	}
	return false
}

// Text folds Arabic text: its letters, and spaces.
func Text(s string) string {
	b := make([]byte, 0, len(s)/2)
	for _, r := range s {
		if r == ' ' {
			b = append(b, ' ')
		} else if c := Letter(r); c > Silent {
			b = append(b, c)
		}
	}
	return string(b)
}

// latin maps the letters from U+00C0 to U+024F to their base letter in lower
// case.
var latin = func() (t [0x250 - 0xc0]byte) {
	special := map[rune]byte{
		'ß': 's', 'ø': 'o', 'Ø': 'o', 'ł': 'l', 'Ł': 'l', 'đ': 'd', 'Đ': 'd', 'ı': 'i', 'ħ': 'h', 'Ħ': 'h',
		'æ': 'a', 'Æ': 'a', 'œ': 'o', 'Œ': 'o', 'þ': 't', 'Þ': 't', 'ð': 'd', 'Ð': 'd', 'ə': 'a', 'Ə': 'a',
	}
	for i := range t {
		r := rune(i + 0xc0)
		if b, ok := special[r]; ok {
			t[i] = b
			continue
		}
		base, _ := utf8.DecodeRuneInString(norm.NFD.String(string(r)))
		if base|0x20 >= 'a' && base|0x20 <= 'z' && base < utf8.RuneSelf {
			t[i] = byte(base) | 0x20
		}
	}
	return t
}()

// Latin gives the base letter of a Latin rune in lower case: 'e' for É; 0 when
// r is no such letter.
func Latin(r rune) byte {
	switch {
	case r < utf8.RuneSelf:
		if c := byte(r) | 0x20; c >= 'a' && c <= 'z' {
			return c
		}
		return 0
	case r >= 0xc0 && r < 0x250:
		return latin[r-0xc0]
	case r >= 0x1e00 && r < 0x1f00: // Vietnamese and scholarly transliteration
		base, _ := utf8.DecodeRuneInString(norm.NFD.String(string(r)))
		return Latin(base)
	}
	return 0
}
