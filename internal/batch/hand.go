package batch

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"math"
	"os"
	"slices"

	"github.com/mujaz/mujaz/queue"
)

// Write writes the questions of all rows that have no answer yet to w, a line each,
// for whoever answers them by hand: vLLM's run-batch, a provider's console. The
// limits of [Config] do not hold. Nothing is sent or recorded.
func (f *Flow) Write(ctx context.Context, w io.Writer, rows Rows) (Report, error) {
	f.cfg.MaxRows, f.cfg.MaxBytes = math.MaxInt, math.MaxInt64
	out, err := f.write(ctx, w, rows, 0, math.MaxInt64)
	return Report{Lines: out.lines, Counts: queue.BatchCounts{Aside: out.aside, Known: out.known}, Ended: map[string]int{}}, err
}

// Read takes the answers of files over that were made by hand, as Run does those of
// a batch. Files that were read before, with the same answers, change nothing. After
// it, Prepare says of each row whether its job can be queued.
func (f *Flow) Read(ctx context.Context, paths []string, rows Rows) (Report, error) {
	err := f.read(ctx, paths, rows)
	f.finish(err)
	return reportOf(f.records), err
}

// Answers is a [Flow] that reads files in the place of making batches.
type Answers struct {
	*Flow
	Paths []string
}

// Fill is Read without its report.
func (a Answers) Fill(ctx context.Context, rows Rows) error {
	_, err := a.Read(ctx, a.Paths, rows)
	return err
}

func (f *Flow) read(ctx context.Context, paths []string, rows Rows) error {
	if err := f.checkWorkers(ctx); err != nil {
		return err
	}
	found, sum := newAnswers(), sha256.New()
	for _, path := range paths {
		file, err := os.Open(path)
		if err != nil {
			return fmt.Errorf("read the answers: %w", err)
		}
		defer file.Close() //nolint:errcheck // it was only read
		size, err := io.Copy(sum, file)
		if err != nil {
			return fmt.Errorf("read the answers: %w", err)
		}
		if err := found.add(file, size); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
	}
	if err := f.load(ctx, true); err != nil {
		return err
	}
	i, err := f.handRecord(ctx, "digest-"+hex.EncodeToString(sum.Sum(nil))[:32], len(found.byID))
	if err != nil || f.records[i].Stage == queue.BatchCollected {
		return err
	}
	if err := f.store(ctx, i, found, rows); err != nil {
		return err
	}
	return f.collected(ctx, i)
}

// byHand is how batches end that are no provider's.
const byHand = "by hand"

// handRecord is the record of files with a digest.
func (f *Flow) handRecord(ctx context.Context, digest string, lines int) (int, error) {
	i := slices.IndexFunc(f.records, func(r queue.BatchRecord) bool { return r.Output == digest })
	if i >= 0 {
		return i, nil
	}
	i = len(f.records)
	budgets, err := f.questions.Budgets(ctx, f.cfg.Worker.Model)
	if err != nil {
		return i, err
	}
	return i, f.put(ctx, i, queue.BatchRecord{
		Run: f.cfg.Run, Number: f.number + 1, Upto: math.MaxInt64, Lines: lines, Endpoint: f.client.Label(), Setup: f.setup,
		Stage: queue.BatchEnded, Ended: byHand, Output: digest, Attempt: 1, Currency: f.questions.Currency(), Budgets: budgets, Model: f.cfg.Worker.Model,
	})
}
