package archive

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
)

// keptBuffer is the size in bytes above which a line's buffer is not kept for the next.
const keptBuffer = 4 << 20

var errTooLong = fmt.Errorf("longer than %d MiB, which no article is", maxRow>>20)

// lines reads lines in constant memory.
type lines struct {
	r    *bufio.Reader
	buf  []byte
	line int64 // of the last line
}

// next is the next line with its line break, valid until the next call; errTooLong for one
// that was passed over; io.EOF behind the last.
func (l *lines) next() ([]byte, error) {
	part, err := l.r.ReadSlice('\n')
	if err == nil {
		l.line++
		return part, nil
	}
	if cap(l.buf) > keptBuffer {
		l.buf = nil
	}
	l.buf = append(l.buf[:0], part...)
	tooLong := false
	for errors.Is(err, bufio.ErrBufferFull) {
		part, err = l.r.ReadSlice('\n')
		if tooLong = tooLong || len(l.buf)+len(part) > maxRow; tooLong {
			l.buf = nil
		} else {
			l.buf = append(l.buf, part...)
		}
	}
	switch {
	case err != nil && !errors.Is(err, io.EOF):
		return nil, err
	case tooLong:
		l.line++
		return nil, errTooLong
	case len(l.buf) == 0:
		return nil, io.EOF
	}
	l.line++
	return l.buf, nil
}

// blank says whether a line is no row.
func blank(line []byte) bool { return len(bytes.TrimSpace(line)) == 0 }
