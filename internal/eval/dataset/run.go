package dataset

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"

	"github.com/mujaz/mujaz/internal/verify"
)

// Config says what to run.
type Config struct {
	Rows []Row
	Mode Mode
	// Setting names what else a result depends on: model, prompt, style. A result
	// of another setting is not taken for one of this run.
	Setting string
	// Limits are for Verify.
	Limits verify.Limits
	// Results is the file to which results are appended. Those that it has of the
	// same rows, mode and setting are not made again.
	Results string
	// Parallel is the number of rows at once; below 1 means 1.
	Parallel int
	// Do runs one row, for Pipeline. An error ends the run; what the row itself
	// is to blame for is a Result that says so.
	Do func(context.Context, *Row) (Result, error)
	// Progress is told how many rows are done, from one goroutine; nil: no one looks.
	Progress func(done int)
}

// Validate names all problems.
func (c Config) Validate() error {
	var problems []error
	if c.Mode != Clean && c.Mode != Verify && c.Mode != Pipeline {
		problems = append(problems, fmt.Errorf("there is no mode %q", c.Mode))
	}
	if c.Mode == Pipeline && c.Do == nil {
		problems = append(problems, errors.New("the pipeline is missing"))
	}
	if c.Results == "" {
		problems = append(problems, errors.New("no file for the results is given"))
	}
	return errors.Join(problems...)
}

// Run gives a result for each row, in their order. What was done before an error
// is in the file of results, where the next run finds it.
func Run(ctx context.Context, cfg Config) ([]Result, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	results, todo, err := cfg.resume()
	if err != nil {
		return nil, err
	}
	file, err := openResults(cfg.Results)
	if err != nil {
		return nil, err
	}
	err = cfg.work(ctx, file, results, todo)
	if closeErr := file.Close(); closeErr != nil {
		err = errors.Join(err, fmt.Errorf("write results: %w", closeErr))
	}
	if err != nil {
		return nil, err
	}
	return results, nil
}

// resume takes over what the file of results has, and lists the rows that remain.
func (c *Config) resume() (results []Result, todo []int, err error) {
	done := map[string]*Result{}
	before, err := ReadResults(c.Results)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, nil, err
	}
	for i := range before {
		done[before[i].ID+"\n"+before[i].Digest] = &before[i]
	}
	results = make([]Result, len(c.Rows))
	for i := range c.Rows {
		row := &c.Rows[i]
		if r := done[row.ID+"\n"+row.digest(c.Mode, c.Setting)]; r != nil {
			results[i] = *r
		} else {
			todo = append(todo, i)
		}
	}
	return results, todo, nil
}

// work runs the rows that remain, a few at once, and writes down each as it ends.
func (c *Config) work(ctx context.Context, file io.Writer, results []Result, todo []int) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	next, ended := make(chan int), make(chan int)
	var workers sync.WaitGroup
	for range max(1, c.Parallel) {
		workers.Go(func() {
			for i := range next {
				r, err := c.one(ctx, &c.Rows[i])
				if err != nil {
					cancel(err)
					continue
				}
				r.ID, r.Digest, r.Mode = c.Rows[i].ID, c.Rows[i].digest(c.Mode, c.Setting), c.Mode
				results[i] = r
				ended <- i
			}
		})
	}
	go func() {
		defer close(ended)
		defer workers.Wait()
		defer close(next)
		for _, i := range todo {
			select {
			case next <- i:
			case <-ctx.Done():
				return
			}
		}
	}()
	count := len(c.Rows) - len(todo)
	c.tell(count)
	for i := range ended {
		if err := writeResult(file, &results[i]); err != nil {
			cancel(err)
		}
		count++
		c.tell(count)
	}
	return context.Cause(ctx)
}

func (c *Config) tell(done int) {
	if c.Progress != nil {
		c.Progress(done)
	}
}

func (c *Config) one(ctx context.Context, row *Row) (Result, error) {
	switch c.Mode {
	case Clean:
		return cleanRow(row), nil
	case Verify:
		return verifyRow(row, c.Limits), nil
	}
	return c.Do(ctx, row)
}

func writeResult(w io.Writer, r *Result) error {
	line, err := json.Marshal(r)
	if err == nil {
		_, err = w.Write(append(line, '\n')) // one write: an interrupted run ends between lines
	}
	if err != nil {
		return fmt.Errorf("write results: %w", err)
	}
	return nil
}

// openResults opens a file for appending, behind a line that a crash cut off.
func openResults(name string) (*os.File, error) {
	file, err := os.OpenFile(name, os.O_CREATE|os.O_RDWR|os.O_APPEND, 0o644)
	if err != nil {
		return nil, fmt.Errorf("open results: %w", err)
	}
	info, err := file.Stat()
	last := []byte{'\n'}
	if err == nil && info.Size() > 0 {
		_, err = file.ReadAt(last, info.Size()-1)
	}
	if err == nil && last[0] != '\n' {
		_, err = file.WriteString("\n")
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open results: %w", err), file.Close())
	}
	return file, nil
}

// ReadResults reads a file of results: of each row the last one. Lines that are
// none, such as one that a crash cut off, are passed over.
func ReadResults(name string) ([]Result, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("read results: %w", err)
	}
	defer file.Close() //nolint:errcheck // it was only read
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, maxLine)
	var results []Result
	at := map[string]int{}
	for lines.Scan() {
		var r Result
		if json.Unmarshal(bytes.TrimSpace(lines.Bytes()), &r) != nil || r.ID == "" {
			continue
		}
		if i, again := at[r.ID]; again {
			results[i] = r
			continue
		}
		at[r.ID] = len(results)
		results = append(results, r)
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("read results: %w", err)
	}
	return results, nil
}
