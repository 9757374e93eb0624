package clean

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// maxMarks is how many combining marks a letter keeps. Vocalised Arabic needs 2, pointed Hebrew
// and decomposed Vietnamese 3; "zalgo" text has dozens.
const maxMarks = 4

// marks says what one look over a text has found, so that clean text passes untouched.
type marks struct {
	dirty  bool // has characters that are dropped or replaced
	maybe  bool // may not be in NFC, or pile up combining marks
	spaces bool // has runs of spaces, or spaces at line borders
	latin1 int  // letters U+00C0 to U+00FF: many of them hint at mojibake
	utf8AR int  // ط and ظ: many of them hint at UTF-8 read as windows-1256
	runes  int
	markup bool // < or &
	broken int  // U+FFFD: what decoders put for invalid bytes
}

// settled reports text that no stage before splitLines would change, whatever lines are taken
// out of it.
func (m marks) settled() bool {
	return !m.dirty && !m.maybe && !m.markup && m.latin1 < 2 && m.utf8AR*maxTah <= m.runes
}

// maxTah is the part of text above which ط and ظ hint at UTF-8 read as windows-1256. Arabic has 2 %
// of them, that mojibake 45 %.
const maxTah = 8

// look scans valid UTF-8 once. It is written for Arabic: two-byte letters take the short way.
func look(s string) marks {
	var m marks
	prev := byte('\n')
	for i := 0; i < len(s); {
		b := s[i]
		if b < utf8.RuneSelf {
			switch {
			case b == ' ' || b == '\n':
				if b == ' ' && (prev == ' ' || prev == '\n') || b == '\n' && prev == ' ' {
					m.spaces = true
				}
			case b < ' ' || b == 0x7F:
				m.dirty = true
			case b == '<' || b == '&':
				m.markup = true
			}
			prev = b
			i++
			m.runes++
			continue
		}
		prev = b
		m.runes++
		if b < 0xE0 {
			m.twoBytes(rune(b&0x1F)<<6 | rune(s[i+1]&0x3F))
			i += 2
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		i += n
		m.manyBytes(r)
	}
	return m
}

func (m *marks) twoBytes(r rune) {
	switch {
	case r >= 0x620 && r <= 0x64A:
		if r == 'ط' || r == 'ظ' {
			m.utf8AR++
		}
	case r >= 0x660 && r <= 0x66F, r >= 0x671 && r <= 0x6D5, r == 0x60C, r == 0x61B, r == 0x61F, r >= 0x6F0 && r <= 0x6FC:
	case r < 0x100:
		switch {
		case r >= 0xC0:
			m.latin1++
		case r <= 0xA0 || r == 0xAD:
			m.dirty = true
			m.latin1++ // C1 controls and NBSP come with Latin-1 mojibake
		}
	case r < 0x300, r >= 0x3A3 && r < 0x483, r >= 0x48A && r < 0x530:
	case r == 0x61C, r == 0x180E:
		m.dirty = true
	default:
		m.maybe = true
	}
}

func (m *marks) manyBytes(r rune) {
	switch {
	case r >= 0x2010 && r < 0x2028, r >= 0x2030 && r < 0x205F, r >= 0x4E00 && r < 0xA000, r >= 0x3041 && r < 0x3097, r >= 0x20A0 && r < 0x20D0:
	case r == utf8.RuneError:
		m.broken++
		m.dirty = true
	default:
		if k := kindOf(r); k != keep {
			m.dirty = true
		}
		m.maybe = true
	}
}

// charKind is what becomes of a character.
type charKind uint8

const (
	keep charKind = iota
	toSpace
	toLine
	control
	bidi
	zeroWidth
	joiner // kept only between letters of scripts that need it
	tag
	private
)

// kindOf classifies what must not reach a reader or a prompt. Bidi controls and tag characters
// can hide or reorder text (Unicode TR36); they carry nothing an article needs.
func kindOf(r rune) charKind {
	switch {
	case r == '\n', r >= ' ' && r < 0x7F:
		return keep
	case r == '\t', r == 0xA0, r == 0x1680, r >= 0x2000 && r <= 0x200A, r == 0x202F, r == 0x205F, r == 0x3000:
		return toSpace
	case r == '\r', r == '\v', r == '\f', r == 0x85, r == 0x2028, r == 0x2029:
		return toLine
	case r < 0xA0, r >= 0xFFF9 && r <= 0xFFFB, r >= 0xFDD0 && r <= 0xFDEF, r&0xFFFE == 0xFFFE:
		return control
	case r == 0x61C, r == 0x200E, r == 0x200F, r >= 0x202A && r <= 0x202E, r >= 0x2066 && r <= 0x2069:
		return bidi
	case r == 0x200C, r == 0x200D:
		return joiner
	case r == 0xAD, r == 0x200B, r == 0x180E, r >= 0x2060 && r <= 0x2065, r >= 0x206A && r <= 0x206F, r == 0xFEFF, r == 0x34F:
		return zeroWidth
	case r >= 0xE0000 && r <= 0xE0FFF:
		return tag
	case r >= 0xE000 && r <= 0xF8FF, r >= 0xF0000 && r <= 0x10FFFD:
		return private
	}
	return keep
}

// display brings s into the form that is shown and sent: NFC, plain spaces and line feeds,
// nothing invisible. s must be valid UTF-8.
func (c *cleaner) display(s string, m marks) string {
	if m.dirty {
		s = c.dropInvisible(s)
	}
	if m.maybe {
		if !norm.NFC.IsNormalString(s) {
			c.repaired(RepairNFC)
			s = norm.NFC.String(s)
		}
		s = c.capMarks(s)
	}
	return s
}

func (c *cleaner) dropInvisible(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	var dropped int
	var found [private + 1]bool
	prev := rune('\n')
	for i, r := range s {
		k := kindOf(r)
		if r == utf8.RuneError {
			c.repaired(RepairInvalid)
			dropped++
			continue
		}
		if k == joiner && joins(prev) {
			if next, _ := utf8.DecodeRuneInString(s[i+utf8.RuneLen(r):]); joins(next) {
				k = keep
			}
		}
		switch k {
		case keep:
			b.WriteRune(r)
			prev = r
			continue
		case toSpace:
			b.WriteByte(' ')
			prev = ' '
			continue
		case toLine:
			if r != '\r' || !strings.HasPrefix(s[i+1:], "\n") {
				b.WriteByte('\n')
			}
			prev = '\n'
			continue
		}
		found[k] = true
		dropped++
	}
	for _, kind := range [...]struct { // in one order: equal articles have equal results
		is   charKind
		name string
	}{{control, RepairControl}, {bidi, RepairBidi}, {zeroWidth, RepairZeroWidth}, {joiner, RepairZeroWidth}, {tag, RepairTags}, {private, RepairControl}} {
		if found[kind.is] {
			c.repaired(kind.name)
		}
	}
	c.droppedChars(dropped)
	return b.String()
}

// joins reports letters between which a zero-width joiner or non-joiner changes the word's
// shape: Arabic script (Persian, Urdu, Kurdish) and the Indic scripts.
func joins(r rune) bool {
	return r >= 0x620 && r < 0x780 || r >= 0x8A0 && r < 0xE00 || r >= 0xFB50 && r < 0xFE00
}

// capMarks shortens piles of combining marks.
func (c *cleaner) capMarks(s string) string {
	run, cut := 0, -1
	for i, r := range s {
		if r < 0x300 || !unicode.Is(unicode.M, r) {
			run = 0
			continue
		}
		if run++; run > maxMarks {
			cut = i
			break
		}
	}
	if cut < 0 {
		return s
	}
	c.repaired(RepairCombining)
	var b strings.Builder
	b.Grow(len(s))
	run, dropped := 0, 0
	for _, r := range s {
		if r >= 0x300 && unicode.Is(unicode.M, r) {
			run++
		} else {
			run = 0
		}
		if run > maxMarks {
			dropped++
			continue
		}
		b.WriteRune(r)
	}
	c.droppedChars(dropped)
	return b.String()
}

func (c *cleaner) droppedChars(n int) {
	if n == 0 {
		return
	}
	for i := range c.article.Removed {
		if c.article.Removed[i].Kind == KindCharacters {
			c.article.Removed[i].Chars += n
			return
		}
	}
	c.article.Removed = append(c.article.Removed, Removal{Kind: KindCharacters, Chars: n})
}
