package archive

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"golang.org/x/text/encoding"
)

// stream is an input that is read from its start to its end, decompressed.
type stream struct {
	name  string
	text  *bufio.Reader
	bytes *counter
	open  []io.Closer
}

// openStream opens a file or standard input and undoes its compression.
func openStream(name string, stdin io.Reader) (*stream, error) {
	s := &stream{name: name}
	file := stdin
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return nil, fmt.Errorf("open input: %w", err)
		}
		s.open = append(s.open, f)
		file = f
	} else if stdin == nil {
		return nil, errors.New("open input: there is no standard input")
	}
	s.bytes = &counter{r: file}
	s.text = bufio.NewReaderSize(s.bytes, readBuffer)
	head, _ := s.text.Peek(4) // a shorter input is not compressed, and its error comes again
	content, err := decompressor(head, s.text)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open input %s: %w", name, explain(err)), s.Close())
	}
	if content != nil {
		s.open = append(s.open, content)
		s.text = bufio.NewReaderSize(content, readBuffer)
	}
	return s, nil
}

// decode makes UTF-8 of the stream, as far as it is known to be in another encoding.
func (s *stream) decode(asked encoding.Encoding) { s.text = decoded(s.text, asked) }

func (s *stream) read() int64 { return s.bytes.n }

// Close closes file and decoder, the later one first.
func (s *stream) Close() error {
	var errs []error
	for _, c := range slices.Backward(s.open) {
		errs = append(errs, c.Close())
	}
	s.open = nil
	return errors.Join(errs...)
}
