package archive

import (
	"bufio"
	"errors"
	"fmt"
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
	first, err := v.start()
	if err != nil {
		return nil, v.number, err
	}
	v.number++
	if cap(v.buf) > keptBuffer {
		v.buf = nil
	}
	v.buf = append(v.buf[:0], first)
	tooLong, err := v.value(first)
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
func (v *jsonValues) start() (byte, error) {
	for {
		b, err := v.r.ReadByte()
		switch {
		case errors.Is(err, io.EOF) && v.inside && !v.closed:
			return 0, errArrayEnds
		case err != nil:
			return 0, err
		case b == ' ' || b == '\t' || b == '\r' || b == '\n' || b == ',' && v.inside:
		case b == '[' && v.number == 0 && !v.inside:
			v.inside = true
		case b == ']' && v.inside:
			v.inside, v.closed = false, true
		case v.closed:
			return 0, fmt.Errorf("there is more behind the end of the JSON array: write one array, or one object a line")
		default:
			return b, nil
		}
	}
}

// value reads to the end of the value that begins with first.
func (v *jsonValues) value(first byte) (tooLong bool, err error) {
	depth, quoted, escaped := 0, false, false
	for b := first; ; {
		switch {
		case escaped:
			escaped = false
		case quoted && b == '\\':
			escaped = true
		case b == '"':
			quoted = !quoted
		case quoted:
		case b == '{' || b == '[':
			depth++
		case b == '}' || b == ']':
			depth--
		}
		if !quoted && depth <= 0 {
			if b == '}' || b == ']' || b == '"' {
				return tooLong, nil
			}
			// A bare word ends in front of what cannot belong to it.
			next, err := v.r.Peek(1)
			if err != nil {
				return tooLong, err
			}
			if c := next[0]; c == ',' || c == ']' || c == '}' || c == ' ' || c == '\n' || c == '\r' || c == '\t' {
				return tooLong, nil
			}
		}
		if b, err = v.r.ReadByte(); err != nil {
			return tooLong, err
		}
		if tooLong = tooLong || len(v.buf) >= maxRow; tooLong {
			v.buf = v.buf[:0]
		} else {
			v.buf = append(v.buf, b)
		}
	}
}
