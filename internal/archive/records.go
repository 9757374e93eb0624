package archive

import (
	"bytes"
	"errors"
	"io"
)

// recordError is a record that cannot be read: as a whole, or else its first line.
type recordError struct {
	err   error
	whole bool
}

func (e *recordError) Error() string { return e.err.Error() }

func (e *recordError) Unwrap() error { return e.err }

// records divides CSV into records: a record ends at the line with which its quotation marks are
// even in number. Where it cannot be read, only its first line is given up, and the next may be a
// record again: a quotation mark that is missing costs a row, not all behind it.
type records struct {
	lines   lines
	window  []byte // lines that were read, from the first that is not done
	start   int    // of what is not done
	line    int64  // how many lines are done
	tooLong bool   // a line that was passed over stands behind the window
}

// next hands the next record that is not blank to parse and returns its first line. The error is
// that of parse, or a *recordError, or io.EOF, or one of the input.
func (r *records) next(parse func([]byte) error) (line int64, err error) {
	r.compact()
	first, err := r.firstLine()
	if err != nil {
		return r.line, err
	}
	line = r.line + 1
	end, quotes := r.start, 0
	for n := 0; end == r.start || quotes%2 == 1; n++ {
		stop, err := r.lineEnd(end)
		switch {
		case errors.Is(err, io.EOF), errors.Is(err, errTooLong), n == maxRecordLines, stop-r.start > maxRow:
			r.done(first)
			return line, &recordError{err: errQuotes}
		case err != nil:
			return line, err
		}
		quotes += bytes.Count(r.window[end:stop], []byte(`"`))
		end = stop
	}
	record := r.window[r.start:end]
	var bad *recordError
	if err = parse(record); errors.As(err, &bad) && !bad.whole {
		end = first
	}
	r.done(end)
	return line, err
}

// firstLine passes over blank lines and returns where the next one ends.
func (r *records) firstLine() (end int, err error) {
	for {
		end, err := r.lineEnd(r.start)
		switch {
		case errors.Is(err, errTooLong):
			r.tooLong = false
			r.line++
			return 0, &recordError{err: errTooLong}
		case err != nil:
			return 0, err
		case !blank(r.window[r.start:end]):
			return end, nil
		}
		r.done(end)
	}
}

// lineEnd is where the line ends that begins at from; it is read if it is not there yet.
func (r *records) lineEnd(from int) (int, error) {
	if from < len(r.window) {
		if i := bytes.IndexByte(r.window[from:], '\n'); i >= 0 {
			return from + i + 1, nil
		}
		return len(r.window), nil
	}
	if r.tooLong {
		return 0, errTooLong
	}
	line, err := r.lines.next()
	if r.tooLong = errors.Is(err, errTooLong); err != nil {
		return 0, err
	}
	r.window = appendRow(r.window, line)
	return len(r.window), nil
}

// done counts the lines up to end.
func (r *records) done(end int) {
	r.line += int64(max(1, bytes.Count(r.window[r.start:end], []byte("\n"))))
	r.start = end
}

// compact frees what is done, at a cost in proportion to it.
func (r *records) compact() {
	switch {
	case r.start == len(r.window) && cap(r.window) > keptBuffer:
		r.window, r.start = nil, 0
	case r.start > len(r.window)/2:
		r.window = append(r.window[:0], r.window[r.start:]...)
		r.start = 0
	}
}
