package batch

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/mujaz/mujaz/internal/llm"
)

// maxLine bounds a line of an answer file: an answer of llm.DefaultMaxResponseBytes,
// each byte of it escaped.
const maxLine = 6 * llm.DefaultMaxResponseBytes

// place is where an answer stands.
type place struct {
	file int
	at   int64
	size int
}

// answers are the lines of a batch's files by the ids of their questions. The lines
// stay in the files.
type answers struct {
	files []io.ReaderAt
	byID  map[string]place
	// byJob has the ids by the job's key that they begin with.
	byJob         map[string]string
	broken, twice int
}

func newAnswers() *answers { return &answers{byID: map[string]place{}, byJob: map[string]string{}} }

// jobKeyLength of an id's beginning, as worker.Question has it.
const jobKeyLength = 32

// add reads through a file. A line that cannot be read is counted: its question has
// no answer. Of two answers to one question the first good one counts.
func (a *answers) add(file io.ReaderAt, size int64) error {
	number := len(a.files)
	a.files = append(a.files, file)
	in := bufio.NewReaderSize(io.NewSectionReader(file, 0, size), 1<<20)
	for at := int64(0); ; {
		line, length, err := readLine(in)
		if length > 0 {
			a.line(line, place{number, at, len(line)})
		}
		at += int64(length)
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return fmt.Errorf("read the answers: %w", err)
		}
	}
}

// readLine returns a line without its end, and how many bytes it took; nil for one
// that is too long.
func readLine(in *bufio.Reader) (line []byte, length int, err error) {
	for {
		part, err := in.ReadSlice('\n')
		length += len(part)
		if length <= maxLine {
			line = append(line, part...)
		} else {
			line = nil
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return line, length, err
		}
	}
}

func (a *answers) line(line []byte, at place) {
	if line != nil && len(bytes.TrimSpace(line)) == 0 {
		return
	}
	parsed, err := llm.ParseBatchLine(line)
	if err != nil {
		a.broken++
		return
	}
	if before, found := a.byID[parsed.ID]; found {
		a.twice++
		if first, err := a.read(before); err == nil && first.Status == 200 || parsed.Status != 200 {
			return
		}
	}
	a.byID[parsed.ID] = at
	if len(parsed.ID) > jobKeyLength {
		a.byJob[parsed.ID[:jobKeyLength]] = parsed.ID
	}
}

func (a *answers) read(at place) (llm.BatchAnswer, error) {
	line := make([]byte, at.size)
	if _, err := a.files[at.file].ReadAt(line, at.at); err != nil && !errors.Is(err, io.EOF) {
		return llm.BatchAnswer{}, fmt.Errorf("read the answers: %w", err)
	}
	return llm.ParseBatchLine(line)
}

// to is the answer to a question. Other is whether there is one to another question
// of its job instead.
func (a *answers) to(id string) (answer llm.BatchAnswer, found, other bool, err error) {
	at, found := a.byID[id]
	if !found {
		_, other = a.byJob[id[:min(len(id), jobKeyLength)]]
		return llm.BatchAnswer{}, false, other, nil
	}
	answer, err = a.read(at)
	return answer, true, false, err
}
