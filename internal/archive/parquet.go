package archive

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/format"
)

// parquetBatch is how many values of a column are taken from a page at once.
const parquetBatch = 64

// parquetRows are the rows of a Parquet file. Of each row group the columns that are asked for are
// read, a page at a time; the others are not touched.
type parquetRows struct {
	name    string
	file    *os.File
	size    int64
	rows    int64 // of all groups
	done    int64 // rows
	columns []*parquetColumn
	groups  []parquet.RowGroup
	group   int
	inGroup int64 // rows of the group that are done
}

// parquetColumn is a leaf column and where it stands in the group that is open.
type parquetColumn struct {
	index  int
	slots  []slot
	text   func(parquet.Value) string
	pages  parquet.Pages
	page   parquet.Page
	values parquet.ValueReader
	buf    []parquet.Value
	left   []parquet.Value // of buf
}

// openParquet opens the file and finds the columns. The format is read from its end, so it must be
// a file.
func openParquet(name string, m *mapping) (r *parquetRows, err error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("open input: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(fmt.Errorf("open input %s: %w", name, err), f.Close())
		}
	}()
	defer recovered(&err)
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	opened, err := parquet.OpenFile(f, info.Size(), parquet.SkipPageIndex(true), parquet.SkipBloomFilters(true))
	if err != nil {
		return nil, fmt.Errorf("%s: the file is damaged or cut off, or no Parquet file", err.Error())
	}
	r = &parquetRows{name: name, file: f, size: info.Size(), rows: opened.NumRows(), groups: opened.RowGroups()}
	var names []string
	for _, path := range opened.Schema().Columns() {
		leaf, ok := opened.Schema().Lookup(path...)
		if !ok {
			continue
		}
		column := columnName(path)
		names = append(names, column)
		if t := m.find(column); len(t.slots) > 0 {
			r.columns = append(r.columns, &parquetColumn{index: leaf.ColumnIndex, slots: t.slots, text: columnText(leaf.Node.Type())})
		}
	}
	return r, m.checkNames(names)
}

// recovered makes an error of a panic: the decoder trusts what a damaged file says of itself.
func recovered(err *error) {
	if p := recover(); p != nil {
		*err = errors.New("the Parquet data is damaged: its decoder gave up")
	}
}

// damagedParquet hides what err wraps: the decoder reports data that ends too early as io.EOF, which
// would be taken for the end of the input.
func damagedParquet(err error) error {
	return fmt.Errorf("the Parquet data is damaged (%s): fetch the file again", err.Error())
}

// columnName is the path of a column without the levels that lists put in.
func columnName(path []string) string {
	for i, name := range path {
		if (name == "list" || name == "bag" || name == "array") && i > 0 {
			path = path[:i]
			break
		}
	}
	return strings.Join(path, ".")
}

// columnText makes text of a column's values: a date where it is one.
func columnText(t parquet.Type) func(parquet.Value) string {
	date := func(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) }
	if logical := t.LogicalType(); logical != nil {
		switch l := logical.Value.(type) {
		case *format.DateType:
			return func(v parquet.Value) string { return date(time.Unix(int64(v.Int32())*86_400, 0)) }
		case *format.TimestampType:
			switch l.Unit.Value.Duration() {
			case time.Millisecond:
				return func(v parquet.Value) string { return date(time.UnixMilli(v.Int64())) }
			case time.Microsecond:
				return func(v parquet.Value) string { return date(time.UnixMicro(v.Int64())) }
			}
			return func(v parquet.Value) string { return date(time.Unix(0, v.Int64())) }
		}
	}
	switch t.Kind() {
	case parquet.Int96: // Spark's: nanoseconds of a Julian day
		return func(v parquet.Value) string {
			i := v.Int96()
			nanos := int64(i[0]) | int64(i[1])<<32
			return date(time.Unix((int64(i[2])-2_440_588)*86_400, nanos))
		}
	case parquet.ByteArray, parquet.FixedLenByteArray:
		return func(v parquet.Value) string { return string(v.ByteArray()) }
	}
	return parquet.Value.String
}

func (r *parquetRows) next(_ context.Context, c *cells) (place Place, err error) {
	defer recovered(&err)
	place = Place{Input: r.name, Line: r.done + 1}
	if err := r.openGroup(); err != nil {
		return place, err
	}
	var bad error
	for _, column := range r.columns {
		value, err := column.next()
		if err != nil {
			return place, damagedParquet(err)
		}
		fixed, dropped, err := repairRow([]byte(value))
		if err != nil && bad == nil {
			bad = &RowError{Place: place, Err: err}
		}
		if dropped > 0 {
			c.warn("%d bytes that are not UTF-8 were removed", dropped)
		}
		c.set(column.slots, string(fixed))
	}
	r.done++
	r.inGroup++
	return place, bad
}

// openGroup goes on to the group in which the next row is, and returns io.EOF behind the last.
func (r *parquetRows) openGroup() error {
	for r.group < len(r.groups) && r.inGroup >= r.groups[r.group].NumRows() {
		r.closeGroup()
		r.group++
		r.inGroup = 0
	}
	if r.group == len(r.groups) {
		return io.EOF
	}
	chunks := r.groups[r.group].ColumnChunks()
	for _, column := range r.columns {
		if column.pages != nil {
			continue
		}
		column.pages = chunks[column.index].Pages()
		if err := column.pages.SeekToRow(r.inGroup); err != nil {
			return damagedParquet(err)
		}
	}
	return nil
}

func (r *parquetRows) closeGroup() {
	for _, column := range r.columns {
		column.close()
	}
}

// skip opens no page: the file says how many rows a group has.
func (r *parquetRows) skip(_ context.Context, n int64) (skipped int64, err error) {
	defer recovered(&err)
	r.closeGroup()
	for skipped < n && r.group < len(r.groups) {
		step := min(n-skipped, r.groups[r.group].NumRows()-r.inGroup)
		r.inGroup += step
		r.done += step
		if skipped += step; r.inGroup >= r.groups[r.group].NumRows() {
			r.group++
			r.inGroup = 0
		}
	}
	return skipped, nil
}

func (r *parquetRows) read() int64 {
	if r.rows == 0 {
		return r.size
	}
	return int64(float64(r.size) * float64(r.done) / float64(r.rows))
}

// Close closes pages and file.
func (r *parquetRows) Close() (err error) {
	defer recovered(&err)
	defer r.file.Close() //nolint:errcheck // it was only read
	r.closeGroup()
	return nil
}

// next is the column's value in the next row; of a list, all of them.
func (p *parquetColumn) next() (string, error) {
	var texts []string
	for first := true; ; first = false {
		if len(p.left) == 0 {
			if err := p.fill(); errors.Is(err, io.EOF) && !first {
				break
			} else if err != nil {
				return "", err
			}
		}
		v := p.left[0]
		if !first && v.RepetitionLevel() == 0 {
			break
		}
		if p.left = p.left[1:]; !v.IsNull() {
			texts = append(texts, p.text(v))
		}
	}
	if len(texts) == 1 {
		return texts[0], nil
	}
	return strings.Join(texts, separatorOf(p.slots)), nil
}

// fill takes the next values, from the next page where this one is done.
func (p *parquetColumn) fill() error {
	for {
		if p.values == nil {
			page, err := p.pages.ReadPage()
			if err != nil {
				return err
			}
			p.page, p.values = page, page.Values()
		}
		if p.buf == nil {
			p.buf = make([]parquet.Value, parquetBatch)
		}
		n, err := p.values.ReadValues(p.buf)
		p.left = p.buf[:n]
		if n > 0 {
			return nil
		}
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		parquet.Release(p.page)
		p.page, p.values = nil, nil
	}
}

func (p *parquetColumn) close() {
	if p.page != nil {
		parquet.Release(p.page)
	}
	if p.pages != nil {
		_ = p.pages.Close() // it was only read
	}
	p.pages, p.page, p.values, p.left = nil, nil, nil, nil
}
