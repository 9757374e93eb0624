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
	l.buf = appendRow(l.buf[:0], part)
	tooLong := false
	for errors.Is(err, bufio.ErrBufferFull) {
		part, err = l.r.ReadSlice('\n')
		if tooLong = tooLong || len(l.buf)+len(part) > maxRow; tooLong {
			l.buf = nil
		} else {
			l.buf = appendRow(l.buf, part)
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

// appendRow appends to a buffer that may become as large as a row.
func appendRow(buf, part []byte) []byte {
	if need := len(buf) + len(part); need > cap(buf) {
		buf = grown(buf, need)
	}
	return append(buf, part...)
}

// grown doubles a buffer, where append would leave behind four times as much garbage.
func grown(buf []byte, need int) []byte {
	return append(make([]byte, 0, max(need, min(2*cap(buf), maxRow))), buf...)
}

// blank says whether a line is no row.
func blank(line []byte) bool { return len(bytes.TrimSpace(line)) == 0 }
