package archive

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/go-json-experiment/json"

	"github.com/mujaz/mujaz/queue"
)

// Reader hands out the rows of its inputs in their order. It is not safe for
// concurrent use.
type Reader struct {
	inputs []string
	opts   Options
	file   io.ReadCloser
	lines  *bufio.Reader
	input  int
	place  Place
	number int64
	read   int64
	size   int64
}

// Open checks that every input is there and of a format that is known, and reads
// nothing yet. "-" is standard input. The error joins all problems.
func Open(inputs []string, o Options) (*Reader, error) {
	r := &Reader{inputs: inputs, opts: o, input: -1}
	var errs []error
	for _, name := range inputs {
		if name == "-" {
			continue
		}
		info, err := os.Stat(name)
		if err != nil {
			errs = append(errs, fmt.Errorf("open input: %w", err))
			continue
		}
		r.size += info.Size()
	}
	return r, errors.Join(errs...)
}

// Next is the next row, an error that is a [*RowError] for one that cannot be
// read, or [io.EOF] behind the last.
func (r *Reader) Next(ctx context.Context) (Row, error) {
	for {
		if ctx.Err() != nil {
			return Row{}, context.Cause(ctx)
		}
		if r.lines == nil {
			if err := r.open(); err != nil {
				return Row{}, err
			}
		}
		line, err := r.lines.ReadBytes('\n')
		r.read += int64(len(line))
		if err != nil && !errors.Is(err, io.EOF) {
			return Row{}, fmt.Errorf("read %s: %w", r.place.Input, err)
		}
		r.place.Line++
		if err != nil {
			r.lines = nil
			if err := r.file.Close(); err != nil {
				return Row{}, fmt.Errorf("read %s: %w", r.place.Input, err)
			}
		}
		if len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		r.number++
		var fields struct {
			ID string `json:"id"`
			queue.Article
		}
		if err := json.Unmarshal(line, &fields); err != nil {
			return Row{}, &RowError{Number: r.number, Place: r.place, Err: errors.New("not a JSON object of an article")}
		}
		return Row{Number: r.number, Place: r.place, ID: fields.ID, Article: fields.Article}, nil
	}
}

func (r *Reader) open() error {
	if r.input++; r.input == len(r.inputs) {
		return io.EOF
	}
	name := r.inputs[r.input]
	r.place = Place{Input: name}
	if r.file = io.NopCloser(r.opts.Stdin); name != "-" {
		file, err := os.Open(name)
		if err != nil {
			return fmt.Errorf("open input: %w", err)
		}
		r.file = file
	}
	r.lines = bufio.NewReader(r.file)
	return nil
}

// Read is how many bytes of the inputs have been read, of how many: for progress.
// Size is 0 where it is not known (standard input).
func (r *Reader) Read() (read, size int64) { return r.read, r.size }

// Close releases the input that is open.
func (r *Reader) Close() error {
	if r.lines == nil {
		return nil
	}
	r.lines = nil
	return r.file.Close()
}
