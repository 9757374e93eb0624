package archive

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"slices"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"github.com/mujaz/mujaz/internal/clean"
)

// maxBroken is the share of characters of a row that may be invalid: below, they are
// dropped with a warning, as cleaning does with a text; above, facts may be missing.
const maxBroken = 0.01

var errEncoding = errors.New("neither UTF-8 nor Windows-1256: say which encoding it is with --encoding (for example windows-1252)")

// encodingOf is the encoding of that name, nil for the empty one.
func encodingOf(name string) (encoding.Encoding, error) {
	if name == "" {
		return nil, nil //nolint:nilnil // no name, no encoding
	}
	e, err := htmlindex.Get(name)
	if err != nil {
		return nil, fmt.Errorf("encoding %q is not known: use a name of the web's, such as utf-8, windows-1256 or iso-8859-6", name)
	}
	return e, nil
}

// decoded is the text of a stream: in the encoding that was asked for, or in UTF-16 if it
// has that byte order mark, or else as it is but for the mark of UTF-8.
func decoded(r *bufio.Reader, asked encoding.Encoding) *bufio.Reader {
	if asked != nil {
		return bufio.NewReaderSize(transform.NewReader(r, unicode.BOMOverride(asked.NewDecoder())), readBuffer)
	}
	head, _ := r.Peek(3) // a shorter input has no mark, and its error comes again
	switch {
	case bytes.HasPrefix(head, []byte("\xff\xfe")), bytes.HasPrefix(head, []byte("\xfe\xff")):
		utf16 := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)
		return bufio.NewReaderSize(transform.NewReader(r, utf16.NewDecoder()), readBuffer)
	case string(head) == "\ufeff":
		r.Discard(len(head)) //nolint:errcheck // it was peeked
	}
	return r
}

// repairRow returns the bytes of a row as UTF-8, and how many of them had to be dropped. A row
// is UTF-8 with damage where most of what is not ASCII is valid, and Windows-1256 where it
// reads as Arabic in that. All that divides rows and fields is ASCII in both.
func repairRow(raw []byte) (row []byte, dropped int, err error) {
	if utf8.Valid(raw) {
		return raw, 0, nil
	}
	whole, broken, runes := 0, 0, 0
	for rest := raw; len(rest) > 0; runes++ {
		r, n := utf8.DecodeRune(rest)
		switch {
		case r == utf8.RuneError && n == 1:
			broken++
		case n > 1:
			whole++
		}
		rest = rest[n:]
	}
	if whole < broken && readsAs1256(raw) {
		row, err := charmap.Windows1256.NewDecoder().Bytes(raw)
		return row, 0, err
	}
	if float64(broken) > maxBroken*float64(runes) {
		return nil, 0, errEncoding
	}
	return bytes.ToValidUTF8(raw, nil), broken, nil
}

// readsAs1256 asks whether what is not ASCII in raw reads as Arabic in Windows-1256.
func readsAs1256(raw []byte) bool {
	words := make([]byte, 0, len(raw))
	for _, b := range raw {
		switch {
		case b >= utf8.RuneSelf:
			words = append(words, b)
		case len(words) > 0 && words[len(words)-1] != ' ':
			words = append(words, ' ')
		}
	}
	_, repairs, err := clean.DecodeText(string(words))
	return err == nil && slices.Contains(repairs, clean.RepairCharset+"windows-1256")
}
