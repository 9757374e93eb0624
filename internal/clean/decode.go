package clean

import (
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

const (
	// maxBroken is the share of characters that may be invalid: below, they are dropped and
	// recorded; above, facts may be missing and the text is refused.
	maxBroken = 0.01
	// maxControls is the share of control characters above which text is taken for binary.
	maxControls = 0.005
)

// DecodeText returns the bytes of a text file as valid UTF-8: UTF-16, Windows-1256 and a few
// broken bytes are dealt with as [Clean] does. The repairs are those of [Article].Repairs; errors
// are ErrBinary and ErrUndecodable.
func DecodeText(raw string) (text string, repairs []string, err error) {
	var c cleaner
	text, err = c.decode(raw)
	return text, c.article.Repairs, err
}

// DecodePage does what [DecodeText] does with a page of HTML, in the encoding that it declares or,
// before that, the header Content-Type with which it came (empty where none is known).
func DecodePage(raw, contentType string) (page string, repairs []string, err error) {
	var c cleaner
	page, err = c.decodeHTML(raw, contentType)
	return page, c.article.Repairs, err
}

// plain makes display text of whatever bytes came: encoding, mojibake, left-over markup,
// Unicode.
func (c *cleaner) plain(s string) (string, error) {
	s, err := c.decode(s)
	if err != nil {
		return "", err
	}
	m := look(s)
	if float64(m.broken) > maxBroken*float64(m.runes) {
		return "", ErrUndecodable
	}
	if fixed, ok := c.fixMojibake(s, m); ok {
		s, m = fixed, look(fixed)
	}
	if stripped, ok := stripMarkup(s); ok && !isPage(s) {
		c.repaired(RepairMarkup)
		s, m = stripped, look(stripped)
	}
	c.seen = m
	return c.display(s, m), nil
}

// decode returns valid UTF-8 that is no binary data.
func (c *cleaner) decode(s string) (string, error) {
	if trimmed, ok := strings.CutPrefix(s, "\ufeff"); ok {
		c.repaired(RepairBOM)
		s = strings.TrimLeft(trimmed, "\ufeff")
	}
	if text, ok := decodeUTF16(s); ok {
		c.repaired(RepairUTF16)
		s = text
	}
	if isBinary(s) {
		return "", ErrBinary
	}
	if utf8.ValidString(s) {
		return s, nil
	}
	if text, ok := decodeArabic1256(s); ok {
		c.repaired(RepairCharset + "windows-1256")
		return text, nil
	}
	clean := strings.ToValidUTF8(s, "")
	if dropped := len(s) - len(clean); float64(dropped) > maxBroken*float64(utf8.RuneCountInString(s)) {
		return "", ErrUndecodable
	} else {
		c.droppedChars(dropped)
	}
	c.repaired(RepairInvalid)
	return clean, nil
}

// decodeUTF16 decodes text with a UTF-16 byte order mark, or whose every second byte is a zero
// or an Arabic block byte so regularly that it can be nothing else.
func decodeUTF16(s string) (string, bool) {
	if len(s) < 4 {
		return "", false
	}
	var big bool
	switch {
	case strings.HasPrefix(s, "\xff\xfe"):
		s = s[2:]
	case strings.HasPrefix(s, "\xfe\xff"):
		s, big = s[2:], true
	default:
		var high [2]int // plausible high bytes at even and odd places
		n := min(len(s)&^1, 512)
		for i := range n {
			if s[i] == 0 || s[i] == 6 {
				high[i&1]++
			}
		}
		switch {
		case high[1] > n/2*8/10 && high[0] < n/20:
		case high[0] > n/2*8/10 && high[1] < n/20:
			big = true
		default:
			return "", false
		}
	}
	units := make([]uint16, len(s)/2)
	for i := range units {
		lo, hi := s[2*i], s[2*i+1]
		if big {
			lo, hi = hi, lo
		}
		units[i] = uint16(hi)<<8 | uint16(lo)
	}
	return strings.TrimPrefix(string(utf16.Decode(units)), "\ufeff"), true
}

// isBinary reports files that producers send by mistake.
func isBinary(s string) bool {
	head := strings.TrimLeft(s[:min(len(s), 64)], " \r\n\t")
	for _, magic := range []string{"%PDF-", "PK\x03\x04", "\x89PNG", "\xff\xd8\xff", "GIF8", "\x1f\x8b", "RIFF", "\xd0\xcf\x11\xe0", "data:application/", "data:image/", "JVBERi0"} {
		if strings.HasPrefix(head, magic) {
			return true
		}
	}
	controls := 0
	for i := range len(s) {
		if b := s[i]; b < ' ' && b != '\n' && b != '\r' && b != '\t' {
			controls++
		}
	}
	if float64(controls) > maxControls*float64(len(s)) && controls > 8 {
		return true
	}
	return isBase64(s)
}

// isBase64 reports text that consists of base64 only: no spaces, lines of one length.
func isBase64(s string) bool {
	s = strings.TrimSpace(s)
	if len(s) < 256 {
		return false
	}
	upper, lower, digit, lineLen := 0, 0, 0, 0
	for i := range len(s) {
		switch b := s[i]; {
		case b >= 'A' && b <= 'Z':
			upper++
		case b >= 'a' && b <= 'z':
			lower++
		case b >= '0' && b <= '9', b == '+', b == '/', b == '=', b == '-', b == '_':
			digit++
		case b == '\n' || b == '\r':
			if b == '\n' && lineLen < 40 {
				return false
			}
			lineLen = 0
			continue
		default:
			return false
		}
		lineLen++
	}
	// Base64 of anything uses all three classes; a long word or number does not.
	return upper > len(s)/20 && lower > len(s)/20 && digit > len(s)/50
}

// decodeArabic1256 decodes bytes that are no UTF-8 as windows-1256, the usual legacy encoding of
// Arabic pages, where the result reads as Arabic.
func decodeArabic1256(s string) (string, bool) {
	text, err := charmap.Windows1256.NewDecoder().String(s)
	if err != nil || !readsAsArabic(text) {
		return "", false
	}
	return text, true
}
