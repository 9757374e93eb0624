package clean

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"github.com/mujaz/mujaz/internal/lang"
)

// maxMojibake is how many layers of wrong decoding are undone.
const maxMojibake = 3

// fixMojibake undoes a wrong decoding: UTF-8 read as windows-1252 or windows-1256, and
// windows-1256 read as Latin-1 or windows-1252. It encodes the text back and decodes it as it
// should have been; a repair is kept only if the whole text (or, for UTF-8, a whole line) goes
// through without loss and, for windows-1256, reads as Arabic.
func (c *cleaner) fixMojibake(s string, m marks) (string, bool) {
	fixed := false
	for range maxMojibake {
		next, name := undo(s, m)
		if name == "" {
			break
		}
		c.repaired(RepairMojibake + name)
		s, fixed = next, true
		m = look(s)
	}
	return s, fixed
}

func undo(s string, m marks) (text, name string) {
	// Ordinary French has 4 % such letters, Icelandic 12 %; mojibake of Arabic above 40 %. A letter
	// or two prove nothing.
	suspicious := m.latin1 >= 4 && m.latin1*4 > m.runes
	if suspicious {
		if raw, ok := encode(s, charmap.Windows1252); ok {
			if utf8.ValidString(raw) {
				return raw, "utf-8"
			}
			if text, ok := decodeArabic1256(raw); ok {
				return text, "windows-1256"
			}
		}
	}
	if m.utf8AR*4 > m.runes {
		if raw, ok := encode(s, charmap.Windows1256); ok && utf8.ValidString(raw) {
			return raw, "utf-8"
		}
	}
	if m.latin1 >= 2 {
		if text, ok := undoLines(s); ok {
			return text, "utf-8"
		}
	}
	return "", ""
}

// undoLines repairs the lines that are wholly UTF-8 read as windows-1252 ("prÃ©sident"). Two such
// pairs in a line are enough: in no language do they come by chance in all places of a line.
func undoLines(s string) (string, bool) {
	lines := strings.Split(s, "\n")
	fixed := false
	for i, l := range lines {
		if !strings.ContainsAny(l, "ÃÂØÙÛÐÑâ") {
			continue
		}
		raw, ok := encode(l, charmap.Windows1252)
		if ok && utf8.ValidString(raw) && utf8.RuneCountInString(l)-utf8.RuneCountInString(raw) >= 2 {
			lines[i] = raw
			fixed = true
		}
	}
	if !fixed {
		return "", false
	}
	return strings.Join(lines, "\n"), true
}

// encode returns the bytes of s in a single-byte encoding. C1 controls stand for themselves: a
// decoder for Latin-1 puts them where windows-1252 has a character or none.
func encode(s string, cm *charmap.Charmap) (string, bool) {
	raw := make([]byte, 0, len(s))
	for _, r := range s {
		b, ok := cm.EncodeRune(r)
		switch {
		case ok:
		case r >= 0x80 && r < 0xA0:
			b = byte(r)
		case cm == charmap.Windows1256 && r == 0xA0:
			b = 0xA0
		default:
			return "", false
		}
		raw = append(raw, b)
	}
	return string(raw), true
}

// readsAsArabic reports text that is mostly Arabic letters and certainly in one of the
// languages that windows-1256 serves: decoding anything else as windows-1256 gives Arabic
// letters too, but neither articles nor ta marbuta in their places.
func readsAsArabic(s string) bool {
	g := lang.Detect(s)
	if g.Code != "ar" && g.Code != "fa" && g.Code != "ur" || g.Confidence < 0.6 {
		return false
	}
	n := 0
	l := lang.Count(s)
	for word := range strings.FieldsSeq(s) {
		for _, common := range []string{"في", "من", "على", "إلى", "الى", "عن", "أن", "ان", "هذا", "و", "که", "از", "در", "به", "کے", "میں"} {
			if word == common {
				n++
			}
		}
		if strings.HasPrefix(word, "ال") {
			n++
		}
	}
	return l.Share(lang.Arabic) > 0.6 && n*12 >= strings.Count(s, " ")
}
