package archive

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// source is the rows of one input, one after the other.
type source interface {
	// next fills c with the next row. An error that is a *RowError is of that row alone,
	// io.EOF stands behind the last row, and any other error ends the reading.
	next(ctx context.Context, c *cells) (Place, error)
	// skip passes over n rows as next would have counted them, and says how many there were.
	skip(ctx context.Context, n int64) (int64, error)
	// read is how many bytes of the input were read.
	read() int64
	io.Closer
}

// skipEvery is how many rows are passed over before the context is looked at.
const skipEvery = 1024

// eachSkipped calls one until n rows were passed over or the input ends.
func eachSkipped(ctx context.Context, n int64, one func() error) (int64, error) {
	for done := range n {
		if done%skipEvery == 0 && ctx.Err() != nil {
			return done, context.Cause(ctx)
		}
		var bad *RowError
		if err := one(); errors.Is(err, io.EOF) {
			return done, nil
		} else if err != nil && !errors.As(err, &bad) {
			return done, err
		}
	}
	return n, nil
}

// splitter divides a text into rows of JSON.
type splitter interface {
	// next is the next row that is not blank and its line or number, or errTooLong.
	next() ([]byte, int64, error)
}

// jsonRows are the rows of JSON Lines, or of one array.
type jsonRows struct {
	*stream
	split splitter
	dec   *jsontext.Decoder
	fill  jsonCells
}

func newJSONRows(s *stream, m *mapping) *jsonRows {
	j := &jsonRows{stream: s, dec: jsontext.NewDecoder(bytes.NewReader(nil))}
	j.fill = jsonCells{dec: j.dec, mapping: m}
	return j
}

func (j *jsonRows) next(_ context.Context, c *cells) (Place, error) {
	raw, line, err := j.nextRaw()
	place := Place{Input: j.name, Line: line}
	if err != nil {
		return place, err
	}
	row, dropped, err := repairRow(raw)
	if err != nil {
		return place, &RowError{Place: place, Err: err}
	}
	if dropped > 0 {
		c.warn("%d bytes that are not UTF-8 were removed", dropped)
	}
	j.dec.Reset(bytes.NewBuffer(row), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	if err := j.fill.read(c); err != nil {
		return place, &RowError{Place: place, Err: err}
	}
	return place, nil
}

// nextRaw is the next row as it stands in the input.
func (j *jsonRows) nextRaw() ([]byte, int64, error) {
	if j.split == nil {
		j.split = newSplitter(j.text)
	}
	raw, line, err := j.split.next()
	if errors.Is(err, errTooLong) {
		err = &RowError{Place: Place{Input: j.name, Line: line}, Err: err}
	}
	return raw, line, err
}

func (j *jsonRows) skip(ctx context.Context, n int64) (int64, error) {
	return eachSkipped(ctx, n, func() error {
		_, _, err := j.nextRaw()
		return err
	})
}

// newSplitter looks whether the text is an array, objects over several lines, or lines.
func newSplitter(r *bufio.Reader) splitter {
	for size := 64; ; size *= 2 {
		head, err := r.Peek(min(size, readBuffer))
		text := bytes.TrimLeft(head, " \t\r\n")
		switch {
		case len(text) > 2, err != nil:
			pretty := len(text) > 1 && text[0] == '{' && (text[1] == '\n' || text[1] == '\r')
			if len(text) > 0 && text[0] == '[' || pretty {
				return &jsonValues{r: r}
			}
			return &jsonLines{lines: lines{r: r}}
		}
	}
}

// jsonLines are the lines of JSON Lines that are not blank.
type jsonLines struct{ lines lines }

func (l *jsonLines) next() ([]byte, int64, error) {
	for {
		line, err := l.lines.next()
		if err != nil {
			return nil, l.lines.line, err
		}
		if line = bytes.TrimSpace(line); len(line) > 0 {
			return line, l.lines.line, nil
		}
	}
}

// jsonCells reads a JSON object into cells, and decodes nothing but what is asked for.
type jsonCells struct {
	dec     *jsontext.Decoder
	mapping *mapping
	path    []byte
}

func (j *jsonCells) read(c *cells) error {
	if kind := j.dec.PeekKind(); kind != '{' && kind != 0 {
		return fmt.Errorf("a row must be a JSON object, and this is %s", kindName(kind))
	}
	j.path = j.path[:0]
	if err := j.object(c); err != nil {
		return jsonError(err)
	}
	if _, err := j.dec.ReadToken(); !errors.Is(err, io.EOF) {
		return errors.New("not valid JSON: there is more behind the object, and a row must be one")
	}
	return nil
}

// object reads the members of an object whose names are asked for.
func (j *jsonCells) object(c *cells) error {
	if _, err := j.dec.ReadToken(); err != nil {
		return err
	}
	above := len(j.path)
	for j.dec.PeekKind() == '"' {
		name, err := j.dec.ReadToken()
		if err != nil {
			return err
		}
		j.path = append(j.path[:above], name.String()...)
		if above == 0 && len(c.names) <= maxListed {
			c.names = append(c.names, name.String())
		}
		if err := j.member(c); err != nil {
			return err
		}
	}
	j.path = j.path[:above]
	_, err := j.dec.ReadToken()
	return err
}

func (j *jsonCells) member(c *cells) error {
	t := j.mapping.find(string(j.path))
	switch {
	case t.nested && j.dec.PeekKind() == '{':
		j.path = append(j.path, '.')
		return j.object(c)
	case len(t.slots) == 0:
		return j.dec.SkipValue()
	}
	raw, err := j.dec.ReadValue()
	if err != nil {
		return err
	}
	c.set(t.slots, jsonText(raw, separatorOf(t.slots)))
	return nil
}

// separatorOf divides the members of a list: paragraphs, or names.
func separatorOf(slots []slot) string {
	if f := slots[0].field; f == fieldText || f == fieldHTML {
		return "\n\n"
	}
	return ", "
}

// jsonText is a value as text: a string, a number or a truth value, or a list of those.
// An object is none, and neither is null.
func jsonText(raw jsontext.Value, separator string) string {
	switch raw.Kind() {
	case '"':
		text, _ := jsontext.AppendUnquote(nil, raw) // invalid UTF-16 escapes become U+FFFD
		return string(text)
	case '0', 't', 'f':
		return raw.String()
	case '[':
		dec := jsontext.NewDecoder(bytes.NewReader(raw), jsontext.AllowInvalidUTF8(true), jsontext.AllowDuplicateNames(true))
		if _, err := dec.ReadToken(); err != nil {
			return ""
		}
		var texts []string
		for dec.PeekKind() != ']' {
			value, err := dec.ReadValue()
			if err != nil {
				return ""
			}
			if value.Kind() == '[' {
				continue
			}
			if text := jsonText(value, separator); text != "" {
				texts = append(texts, text)
			}
		}
		return strings.Join(texts, separator)
	}
	return ""
}

func kindName(kind jsontext.Kind) string {
	switch kind {
	case '"':
		return "a string"
	case '[':
		return "an array"
	case 'n':
		return "null"
	case '0':
		return "a number"
	}
	return "a truth value"
}

// jsonError says where JSON is broken, without what stands there.
func jsonError(err error) error {
	var syntax *jsontext.SyntacticError
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		return errors.New("not valid JSON: the row ends in the middle")
	case errors.As(err, &syntax):
		return fmt.Errorf("not valid JSON at byte %d of the row", syntax.ByteOffset+1)
	}
	return errors.New("not valid JSON")
}
