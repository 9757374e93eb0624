package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/mujaz/mujaz/internal/clean"
)

// maxLine bounds a line of JSON Lines: the largest article, when every byte of
// it is escaped (\u0000), and some room.
const maxLine = 6*clean.MaxText + 1<<20

// lineWorkers is how many lines are worked on at once; with it and lineWindow,
// memory is constant whatever the length of the input.
const (
	lineWorkers = 2
	lineWindow  = 64
)

var errLineTooLong = errors.New("the line is too long")

// lineJob is a line on its way. Its answer comes on done.
type lineJob struct {
	number int
	line   []byte
	err    error // of reading it
	done   chan lineAnswer
}

type lineAnswer struct {
	out []byte
	err error
}

// eachLine passes every line of JSON Lines through work, side by side, and
// prints the answers in the order of the lines. A line that cannot be read is
// reported by its number and skipped; the error at the end says how many were.
func (p *program) eachLine(ctx context.Context, in io.Reader, work func([]byte) ([]byte, error)) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	todo, order := make(chan *lineJob, lineWindow), make(chan *lineJob, lineWindow)
	readErr := make(chan error, 1)
	go func() {
		defer close(order)
		defer close(todo)
		readErr <- readLines(ctx, in, todo, order)
	}()
	var workers sync.WaitGroup
	for range lineWorkers {
		workers.Go(func() {
			for job := range todo {
				a := lineAnswer{err: job.err}
				if a.err == nil {
					a.out, a.err = work(job.line)
				}
				job.done <- a
			}
		})
	}
	bad, writeErr := p.printInOrder(ctx, order)
	cancel()
	if ctxErr := context.Cause(ctx); writeErr == nil && !errors.Is(ctxErr, context.Canceled) {
		return ctxErr
	}
	if writeErr != nil {
		return writeErr
	}
	workers.Wait()
	if err := <-readErr; err != nil {
		return fmt.Errorf("read input: %w", err)
	}
	if bad > 0 {
		return fmt.Errorf("%d of the lines could not be read", bad)
	}
	return nil
}

// readLines hands lines on, in order, until the input or ctx ends. Empty lines
// are counted and passed over.
func readLines(ctx context.Context, in io.Reader, todo, order chan<- *lineJob) error {
	r := bufio.NewReaderSize(in, 64<<10)
	for number := 1; ; number++ {
		line, err := readLongLine(r)
		if err != nil && !errors.Is(err, errLineTooLong) && !errors.Is(err, io.EOF) {
			return err
		}
		end := errors.Is(err, io.EOF)
		if number == 1 {
			line = bytes.TrimPrefix(line, []byte("\ufeff"))
		}
		if tooLong := errors.Is(err, errLineTooLong); tooLong || len(bytes.TrimSpace(line)) > 0 {
			job := &lineJob{number: number, line: line, done: make(chan lineAnswer, 1)}
			if tooLong {
				job.err = errLineTooLong
			}
			for _, ch := range []chan<- *lineJob{order, todo} {
				select {
				case ch <- job:
				case <-ctx.Done():
					return nil
				}
			}
		}
		if end {
			return nil
		}
	}
}

// readLongLine reads a line of any length up to maxLine, and passes over the
// rest of a longer one.
func readLongLine(r *bufio.Reader) ([]byte, error) {
	var line []byte
	tooLong := false
	for {
		part, err := r.ReadSlice('\n')
		if tooLong = tooLong || len(line)+len(part) > maxLine; tooLong {
			line = nil
		} else {
			line = append(line, part...)
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case tooLong && (err == nil || errors.Is(err, io.EOF)):
			return nil, errLineTooLong
		}
		return line, err
	}
}

// printInOrder prints answers as they come due. What is printed is flushed
// whenever the next answer is not there yet, so that a pipe sees it at once.
func (p *program) printInOrder(ctx context.Context, order <-chan *lineJob) (bad int, err error) {
	w := bufio.NewWriterSize(p.out, 64<<10)
	for {
		var job *lineJob
		select {
		case job = <-order:
		default:
			if err := w.Flush(); err != nil {
				return bad, fmt.Errorf("print: %w", err)
			}
			select {
			case job = <-order:
			case <-ctx.Done():
				return bad, context.Cause(ctx)
			}
		}
		if job == nil {
			return bad, w.Flush()
		}
		answer, ok := answerOf(ctx, job, w)
		if !ok {
			return bad, context.Cause(ctx)
		}
		if answer.err != nil {
			bad++
			fmt.Fprintf(p.err, "line %d: %v\n", job.number, answer.err)
			continue
		}
		w.Write(answer.out) //nolint:errcheck // a bufio.Writer keeps its error for Flush
		if err := w.WriteByte('\n'); err != nil {
			return bad, fmt.Errorf("print: %w", err)
		}
	}
}

// answerOf waits for a line's answer; false means that ctx has ended.
func answerOf(ctx context.Context, job *lineJob, w *bufio.Writer) (lineAnswer, bool) {
	select {
	case a := <-job.done:
		return a, true
	default:
	}
	if err := w.Flush(); err != nil {
		return lineAnswer{err: err}, true
	}
	select {
	case a := <-job.done:
		return a, true
	case <-ctx.Done():
		return lineAnswer{}, false
	}
}
