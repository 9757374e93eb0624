package archive

import (
	"bufio"
	"bytes"
	"errors"
	"io"
)

var errArrayEnds = errors.New("the JSON array is not closed: the file is cut off; fetch it again")

// jsonValues divides an array, or objects that go over several lines, into values in constant
// memory: it follows brackets and strings only, so that a broken value costs no other.
type jsonValues struct {
	r      *bufio.Reader
	buf    []byte
	number int64 // of the last value
	inside bool  // an array
	closed bool
}

// next is the next value and its number, from 1.
func (v *jsonValues) next() ([]byte, int64, error) {
	if err := v.start(); err != nil {
		return nil, v.number, err
	}
	v.number++
	if cap(v.buf) > keptBuffer {
		v.buf = nil
	}
	v.buf = v.buf[:0]
	tooLong, err := v.value()
	switch {
	case errors.Is(err, io.EOF) && v.inside:
		return nil, v.number, errArrayEnds
	case err != nil && !errors.Is(err, io.EOF):
		return nil, v.number, err
	case tooLong:
		return nil, v.number, errTooLong
	}
	return v.buf, v.number, nil
}

// start goes to the first byte of a value.
func (v *jsonValues) start() error {
	for {
		b, err := v.r.ReadByte()
		switch {
		case errors.Is(err, io.EOF) && v.inside && !v.closed:
			return errArrayEnds
		case err != nil:
			return err
		case b == ' ' || b == '\t' || b == '\r' || b == '\n' || b == ',' && v.inside:
		case b == '[' && v.number == 0 && !v.inside:
			v.inside = true
		case b == ']' && v.inside:
			v.inside, v.closed = false, true
		case v.closed:
			return errors.New("there is more behind the end of the JSON array: write one array, or one object a line")
		default:
			return v.r.UnreadByte()
		}
	}
}

// value reads a value to its end.
func (v *jsonValues) value() (tooLong bool, err error) {
	var scan valueScan
	for {
		if _, err := v.r.Peek(1); err != nil {
			return tooLong, err
		}
		part, _ := v.r.Peek(v.r.Buffered()) // it is there
		n, done := scan.next(part)
		if tooLong = tooLong || len(v.buf)+n > maxRow; tooLong {
			v.buf = nil
		} else {
			v.buf = appendRow(v.buf, part[:n])
		}
		if _, err := v.r.Discard(n); err != nil || done {
			return tooLong, err
		}
	}
}

// valueScan finds the end of a JSON value that comes in parts.
type valueScan struct {
	depth                 int
	quoted, escaped, word bool
}

// next is how many bytes of part belong to the value, and whether it ends there.
func (s *valueScan) next(part []byte) (n int, done bool) {
	for i := 0; i < len(part); i++ {
		b := part[i]
		switch {
		case s.escaped:
			s.escaped = false
		case s.quoted && b != '"' && b != '\\':
			// Most of a row is the inside of strings.
			skip := bytes.IndexAny(part[i:], `"\`)
			if skip < 0 {
				return len(part), false
			}
			i += skip - 1
		case s.quoted && b == '\\':
			s.escaped = true
		case s.word && bytes.IndexByte([]byte(",]} \t\r\n"), b) >= 0:
			return i, true // a bare word ends in front of what cannot belong to it
		case b == '"':
			if s.quoted = !s.quoted; !s.quoted && s.depth == 0 {
				return i + 1, true
			}
		case b == '{' || b == '[':
			s.depth++
		case b == '}' || b == ']':
			if s.depth--; s.depth <= 0 {
				return i + 1, true
			}
		default:
			s.word = s.depth == 0
		}
	}
	return len(part), false
}
