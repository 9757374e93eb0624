package archive

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/text/encoding"
)

// Reader hands out the rows of its inputs in their order. It is not safe for
// concurrent use.
type Reader struct {
	inputs    []input
	stdin     io.Reader
	mapping   *mapping
	encoding  encoding.Encoding
	delimiter rune

	at     int    // of the next input
	src    source // of the one that is open
	cells  cells
	number int64
	done   int64 // bytes of the inputs that are done
	size   int64
	err    error // that ended the reading
}

// input is what was named, and what it is read as.
type input struct {
	name    string
	format  Format
	members Format // of a folder's files, if one was asked for
	size    int64
}

// Open checks that every input is there and of a format that is known, and that the options make
// sense, and reads nothing yet. "-" is standard input, whose format is found out from its first
// bytes. The error joins all problems.
//
// Compression (gzip, zstd) is known by its first bytes, not by the name. Without an encoding in the
// options, text is UTF-8, or UTF-16 where it begins with that byte order mark, or in the encoding
// that a page declares, or Windows-1256 where a row reads as Arabic in that.
func Open(inputs []string, o Options) (*Reader, error) {
	r := &Reader{stdin: o.Stdin}
	var errs []error
	keep := func(err error) {
		if err != nil {
			errs = append(errs, err)
		}
	}
	var err error
	asked, err := ParseFormat(string(o.Format))
	keep(err)
	r.mapping, err = newMapping(o.Fields)
	keep(err)
	r.encoding, err = encodingOf(o.Encoding)
	keep(err)
	r.delimiter, err = delimiterNamed(o.Delimiter)
	keep(err)
	stdin := 0
	for _, name := range inputs {
		in, err := openable(name, asked)
		keep(err)
		if name == "-" {
			stdin++
		}
		r.inputs = append(r.inputs, in)
		r.size += in.size
	}
	if stdin > 0 {
		r.size = 0
	}
	if stdin > 1 {
		keep(errors.New("standard input (-) is named twice, and can be read only once"))
	}
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	return r, nil
}

// openable finds out what an input is, as far as that needs no look into a file.
func openable(name string, asked Format) (input, error) {
	in := input{name: name, format: asked}
	if name == "-" {
		if asked == FormatParquet || asked == FormatZip {
			return in, errSeek(asked)
		}
		return in, nil
	}
	info, err := os.Stat(name)
	switch {
	case err != nil && (strings.HasPrefix(name, "http://") || strings.HasPrefix(name, "https://")):
		return in, fmt.Errorf("open input: %s is an address, and nothing is fetched: save it to a file first", name)
	case err != nil:
		return in, fmt.Errorf("open input: %w", err)
	case info.IsDir():
		if asked != FormatAuto && asked != FormatText && asked != FormatHTML {
			return in, fmt.Errorf("open input %s: a folder is read as texts and pages only; name its files themselves, as in %s/*", name, name)
		}
		in.size, err = folderSize(name, asked)
		in.format, in.members = formatFolder, asked
		return in, err
	}
	in.size = info.Size()
	if asked == FormatAuto {
		format, ok := formatOf(name)
		if !ok {
			return in, fmt.Errorf("open input %s: its extension is of no format that is known: say which it is with --format (%s)", name, formatNames())
		}
		in.format = format
	}
	return in, nil
}

func errSeek(f Format) error {
	return fmt.Errorf("%s cannot be read from standard input, because it is read from its end: save it to a file first", f)
}

// folderSize adds up the texts and pages of a folder; there must be some.
func folderSize(name string, asked Format) (size int64, err error) {
	w, err := newWalk(name)
	if err != nil {
		return 0, fmt.Errorf("open input: %w", err)
	}
	for n := 0; ; {
		f, err := w.next()
		switch {
		case errors.Is(err, io.EOF) && n == 0:
			return 0, fmt.Errorf("open input: folder %s %w", name, errNoArticles)
		case errors.Is(err, io.EOF):
			return size, nil
		case err != nil:
			return 0, fmt.Errorf("open input: %w", err)
		}
		if _, ok := articleFormat(f.path, asked); ok {
			n++
			size += f.size
		}
	}
}

// Next is the next row, an error that is a [*RowError] for one that cannot be
// read, or [io.EOF] behind the last. Any other error ends the reading: the next
// call returns it again, unless it was that of ctx.
func (r *Reader) Next(ctx context.Context) (Row, error) {
	for {
		if err := r.ready(ctx); err != nil {
			return Row{}, err
		}
		r.cells.reset()
		place, err := r.src.next(ctx, &r.cells)
		var bad *RowError
		switch {
		case errors.Is(err, io.EOF):
			if err := r.finish(); err != nil {
				return Row{}, err
			}
			continue
		case errors.As(err, &bad):
			r.number++
			bad.Number = r.number
			return Row{}, bad
		case err != nil:
			return Row{}, r.fail(ctx, err)
		}
		r.number++
		row, err := r.cells.row(r.mapping)
		if err != nil {
			return Row{}, &RowError{Number: r.number, Place: place, Err: err}
		}
		row.Number, row.Place = r.number, place
		return row, nil
	}
}

// Skip passes over n rows as [Reader.Next] would have counted them, at the cost of finding where
// they end. The error is [io.EOF] where there were fewer, or that of the input.
func (r *Reader) Skip(ctx context.Context, n int64) error {
	for n > 0 {
		if err := r.ready(ctx); err != nil {
			return err
		}
		skipped, err := r.src.skip(ctx, n)
		n -= skipped
		r.number += skipped
		if err != nil {
			return r.fail(ctx, err)
		}
		if n > 0 {
			if err := r.finish(); err != nil {
				return err
			}
		}
	}
	return nil
}

// ready opens the next input if none is open.
func (r *Reader) ready(ctx context.Context) error {
	switch {
	case r.err != nil:
		return r.err
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case r.src != nil:
		return nil
	case r.at == len(r.inputs):
		return io.EOF
	}
	src, err := r.open(r.inputs[r.at])
	if err != nil {
		r.err = err
		return err
	}
	r.src = src
	return nil
}

// open begins to read an input.
func (r *Reader) open(in input) (source, error) {
	switch in.format {
	case FormatParquet:
		return openParquet(in.name, r.mapping)
	case FormatZip:
		z, err := openZip(in.name)
		if err != nil {
			return nil, err
		}
		return &memberRows{members: z, encoding: r.encoding}, nil
	case formatFolder:
		w, err := newWalk(in.name)
		if err != nil {
			return nil, fmt.Errorf("open input: %w", err)
		}
		return &memberRows{members: &folderMembers{walk: w, asked: in.members}, encoding: r.encoding}, nil
	}
	s, err := openStream(in.name, r.stdin)
	if err != nil {
		return nil, err
	}
	src, err := r.openText(s, in.format)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open input %s: %w", in.name, err), s.Close())
	}
	return src, nil
}

// sniffed is how much of an input is looked at for its format, in bytes.
const sniffed = 1024

func (r *Reader) openText(s *stream, f Format) (source, error) {
	head, _ := s.text.Peek(sniffed) // its error comes again when the rows are read
	binary, isBinary := binaryFormat(head)
	switch {
	case f == FormatAuto:
		var err error
		if f, err = sniffFormat(head); err != nil {
			return nil, err
		}
		if f == FormatParquet || f == FormatZip {
			return nil, errSeek(f)
		}
	case isBinary && binary != f:
		return nil, fmt.Errorf("this is %s and not %s: say so with --format %s", binary, f, binary)
	}
	switch f {
	case FormatText, FormatHTML:
		return &memberRows{members: &oneMember{stream: s, format: f}, encoding: r.encoding}, nil
	case FormatTar:
		return &memberRows{members: newTarMembers(s), encoding: r.encoding}, nil
	case FormatWARC:
		return newWARCRows(s, r.encoding), nil
	case FormatFeed:
		return &feedRows{stream: s}, nil
	}
	s.decode(r.encoding)
	switch f {
	case FormatCSV:
		return newCSVRows(s, r.mapping, r.delimiter), nil
	case FormatTSV:
		return newCSVRows(s, r.mapping, '\t'), nil
	}
	return newJSONRows(s, r.mapping), nil
}

// finish closes the input that is read to its end.
func (r *Reader) finish() error {
	in := r.inputs[r.at]
	r.at++
	r.done += max(in.size, r.src.read())
	err := r.src.Close()
	r.src = nil
	if err != nil {
		r.err = fmt.Errorf("read %s: %w", in.name, err)
	}
	return r.err
}

// fail ends the reading, unless it was ctx that ended.
func (r *Reader) fail(ctx context.Context, err error) error {
	if ctx.Err() != nil && errors.Is(err, context.Cause(ctx)) {
		return err
	}
	if r.number == 0 {
		r.err = fmt.Errorf("read %s: %w", r.inputs[r.at].name, explain(err))
	} else {
		r.err = fmt.Errorf("read %s behind row %d: %w", r.inputs[r.at].name, r.number, explain(err))
	}
	return r.err
}

// Read is how many bytes of the inputs have been read, of how many: for progress.
// Size is 0 where it is not known (standard input).
func (r *Reader) Read() (read, size int64) {
	if read = r.done; r.src != nil {
		read += r.src.read()
	}
	return read, r.size
}

// Close releases the input that is open.
func (r *Reader) Close() error {
	if r.src == nil {
		return nil
	}
	err := r.src.Close()
	r.src = nil
	r.err = errors.Join(r.err, errClosed)
	return err
}

var errClosed = errors.New("the reader is closed")
