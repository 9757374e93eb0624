package archive

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

// maxRecordLines bounds how far the end of a quoted field is looked for: one quotation mark
// that is never closed must not take the rest of the file with it.
const maxRecordLines = 20_000

var errQuotes = errors.New(`broken quoting: a quotation mark is not closed, or not doubled (""); reading goes on at the next line`)

// csvRows are the records of CSV behind its header.
type csvRows struct {
	*stream
	mapping   *mapping
	delimiter rune
	records   *records
	targets   []target // by column; nil until the header is read

	reader  *csv.Reader
	record  *bytes.Reader
	values  []string
	dropped int // bytes of the last record
}

// newCSVRows takes the delimiter that was asked for; with 0 the header tells.
func newCSVRows(s *stream, m *mapping, delimiter rune) *csvRows {
	return &csvRows{stream: s, mapping: m, delimiter: delimiter, record: bytes.NewReader(nil)}
}

func (r *csvRows) next(_ context.Context, c *cells) (Place, error) {
	line, err := r.nextRecord()
	place := Place{Input: r.name, Line: line}
	if err != nil {
		return place, err
	}
	if r.dropped > 0 {
		c.warn("%d bytes that are not UTF-8 were removed", r.dropped)
	}
	for i, value := range r.values {
		c.set(r.targets[i].slots, value)
	}
	return place, nil
}

func (r *csvRows) skip(ctx context.Context, n int64) (int64, error) {
	return eachSkipped(ctx, n, func() error {
		_, err := r.nextRecord()
		return err
	})
}

// nextRecord reads the next record into values, and the header before the first.
func (r *csvRows) nextRecord() (line int64, err error) {
	if r.targets == nil {
		if err := r.header(); err != nil {
			return 0, err
		}
	}
	line, err = r.records.next(r.parse)
	return line, r.rowError(line, err)
}

// rowError makes one of what is wrong with a record.
func (r *csvRows) rowError(line int64, err error) error {
	if bad, ok := errors.AsType[*recordError](err); ok {
		return &RowError{Place: Place{Input: r.name, Line: line}, Err: bad.err}
	}
	return err
}

func (r *csvRows) header() error {
	r.records = &records{lines: lines{r: r.text}}
	_, err := r.records.next(r.parse)
	if errors.Is(err, io.EOF) {
		return err
	}
	if err == nil {
		err = r.setColumns(slices.Clone(r.values))
	}
	if err != nil {
		return fmt.Errorf("read the header of %s: %w", r.name, err)
	}
	return nil
}

func (r *csvRows) setColumns(names []string) error {
	for i := range names {
		names[i] = strings.TrimSpace(names[i])
	}
	if err := r.mapping.checkNames(names); err != nil {
		return err
	}
	r.targets = make([]target, len(names))
	for i, name := range names {
		r.targets[i] = r.mapping.find(name)
	}
	return nil
}

// parse reads one record into values, by encoding/csv.
func (r *csvRows) parse(raw []byte) error {
	record, dropped, err := repairRow(raw)
	if err != nil {
		return &recordError{err: err, whole: true}
	}
	if r.delimiter == 0 {
		r.delimiter = delimiterOf(record)
	}
	r.record.Reset(record)
	if r.reader == nil {
		r.reader = csv.NewReader(r.record)
		r.reader.Comma = r.delimiter
		r.reader.FieldsPerRecord = -1
		r.reader.ReuseRecord = true
	}
	values, err := r.reader.Read()
	if err == nil && r.record.Len() == 0 {
		if _, more := r.reader.Read(); !errors.Is(more, io.EOF) {
			err = csv.ErrQuote
		}
	}
	switch {
	case errors.Is(err, csv.ErrQuote), errors.Is(err, csv.ErrBareQuote):
		r.reader = nil // it may hold a part of the record
		return &recordError{err: errQuotes}
	case err != nil:
		return err
	case r.targets != nil && len(values) != len(r.targets):
		return &recordError{err: fmt.Errorf("%d columns, where the header has %d", len(values), len(r.targets))}
	}
	r.values, r.dropped = values, dropped
	return nil
}

// delimiterOf is what stands most often in the header outside of quotation marks.
func delimiterOf(header []byte) rune {
	counts := map[rune]int{}
	quoted := false
	for _, c := range string(header) {
		if c == '"' {
			quoted = !quoted
		} else if !quoted {
			counts[c]++
		}
	}
	best := ','
	for _, c := range "\t;|" {
		if counts[c] > counts[best] {
			best = c
		}
	}
	return best
}

var errDelimiter = errors.New("delimiter of CSV: it must be one character, and no quotation mark or line break")

// delimiterNamed is the one that was asked for, 0 if none was.
func delimiterNamed(name string) (rune, error) {
	if name == "" {
		return 0, nil
	}
	if name == `\t` || name == "tab" {
		return '\t', nil
	}
	d, n := utf8.DecodeRuneInString(name)
	if n != len(name) || strings.ContainsRune("\"\r\n\ufffd", d) {
		return 0, errDelimiter
	}
	return d, nil
}
