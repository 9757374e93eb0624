package batch

import (
	"context"
	"errors"
	"fmt"

	"github.com/mujaz/mujaz/internal/llm"
	"github.com/mujaz/mujaz/queue"
	"github.com/mujaz/mujaz/worker"
)

// maxAnswers bounds the files of one batch's answers: ten times what its questions
// may have.
const maxAnswers = 10 * llm.MaxBatchBytes

// downloadTries of a file, before the flow ends with what went wrong: each begins at
// its beginning.
const downloadTries = 3

// collect stores the answers of a batch that has ended.
func (f *Flow) collect(ctx context.Context, i int, rows Rows) error {
	r := f.records[i]
	found := newAnswers()
	for _, id := range []string{r.Output, r.Errors} {
		if id == "" {
			continue
		}
		remove, err := f.download(ctx, id, found)
		if err != nil {
			return fmt.Errorf("batch %d: %w", r.Number, err)
		}
		defer remove()
	}
	if err := f.store(ctx, i, found, rows); err != nil {
		return err
	}
	if err := f.again(ctx, i); err != nil {
		return err
	}
	return f.collected(ctx, i)
}

// download has a file of the provider's among the answers.
func (f *Flow) download(ctx context.Context, id string, into *answers) (remove func(), err error) {
	for try := 1; ; try++ {
		file, remove, err := f.temp()
		if err != nil {
			return nil, err
		}
		size, err := f.client.FileContent(ctx, id, file, maxAnswers)
		if err == nil {
			err = into.add(file, size)
		}
		if err == nil {
			return remove, nil
		}
		remove()
		if try == downloadTries || f.passing(err) != nil {
			return nil, err
		}
	}
}

// store goes through the rows of a batch and puts their answers into the ledger.
func (f *Flow) store(ctx context.Context, i int, found *answers, rows Rows) error {
	chunk := chunkOf(f.records[i])
	for row, err := range rows(ctx) {
		switch r := f.records[i]; {
		case err != nil:
			return err
		case row.Number <= r.Done:
			continue
		case row.Number > r.Upto:
			return f.flush(ctx, i, &chunk, r.Upto, found)
		}
		if err := f.storeRow(ctx, &chunk, row, found); err != nil {
			return err
		}
		if chunk.rows == chunkRows {
			if err := f.flush(ctx, i, &chunk, row.Number, nil); err != nil {
				return err
			}
		}
	}
	return f.flush(ctx, i, &chunk, f.records[i].Upto, found)
}

// chunk is what was stored since the record was last written.
type chunk struct {
	record queue.BatchRecord // as it will be
	rows   int
	calls  []queue.Spend
}

func chunkOf(r queue.BatchRecord) chunk {
	if r.Done == r.After {
		// They were foreseen when the file was written, and are counted now.
		r.Counts.Aside, r.Counts.Known = 0, 0
	}
	return chunk{record: r}
}

func (f *Flow) storeRow(ctx context.Context, c *chunk, row Row, found *answers) error {
	c.rows++
	r, counts := &c.record, &c.record.Counts
	q, aside := f.questions.Question(row.Job)
	if aside != worker.AsideNone {
		counts.Aside++
		return nil
	}
	answer, there, other, err := found.to(q.ID)
	if err != nil {
		return err
	}
	known, err := f.questions.Find(ctx, q)
	switch {
	case err != nil:
		return err
	case known.Known && (!there || known.Batch != 0 && known.Batch != r.Number):
		counts.Known++ // also what another batch has answered
		return nil
	case other:
		return &ChangedError{r.Number, row.Number}
	case !there:
		counts.Missing++
		return nil
	case !answer.Made():
		counts.Expired++
		return nil
	}
	kept, err := f.questions.Store(ctx, q, r.Number, answer)
	if err != nil {
		return err
	}
	if kept.Spend.Paid {
		c.calls = append(c.calls, kept.Spend)
		r.Cost += kept.Spend.Cost
	}
	if kept.Stored {
		counts.Answered++
	} else {
		counts.Refused++
	}
	return f.at("stored")
}

// flush records the calls of a chunk and then the cursor. The last chunk of a batch
// is given the answers, for what is left of them.
func (f *Flow) flush(ctx context.Context, i int, c *chunk, upto int64, last *answers) error {
	if err := f.conn.RecordBatch(ctx, c.record, upto, c.calls); err != nil {
		return err
	}
	if err := f.at("recorded"); err != nil {
		return err
	}
	c.record.Done = upto
	if last != nil {
		counts := &c.record.Counts
		counts.Broken, counts.Twice = last.broken, last.twice
		counts.Unknown = max(0, len(last.byID)-counts.Answered-counts.Refused-counts.Expired)
	}
	if err := f.put(ctx, i, c.record); err != nil {
		return err
	}
	*c = chunk{record: f.records[i]}
	return f.at("flushed")
}

// again begins a batch of what this one has left open, if that is wanted.
func (f *Flow) again(ctx context.Context, i int) error {
	r := f.records[i]
	if f.cfg.Rest != RestBatch || r.Cancelled || r.Counts.Open() == 0 || r.Counts.LeftOver > 0 {
		return nil
	}
	depth := 0
	for of := r.Of; of != 0 && depth <= len(f.records); depth++ {
		of = f.byNumber(of).Of
	}
	for _, other := range f.records {
		if other.Of == r.Number {
			return nil // it was begun right before a crash
		}
	}
	if depth >= maxAgain {
		return nil
	}
	return f.put(ctx, len(f.records), queue.BatchRecord{
		Run: r.Run, Number: f.number + 1, After: r.After, Upto: r.Upto, Done: r.After, Of: r.Number, Endpoint: r.Endpoint, Setup: f.setup,
		Stage: queue.BatchCut, Attempt: 1, Currency: r.Currency,
	})
}

func (f *Flow) byNumber(n int) queue.BatchRecord {
	for _, r := range f.records {
		if r.Number == n {
			return r
		}
	}
	return queue.BatchRecord{}
}

// collected ends a batch: what it cost takes the place of what it could have.
func (f *Flow) collected(ctx context.Context, i int) error {
	r := f.records[i]
	if err := f.conn.BookBatch(ctx, r, r.Cost, false); err != nil {
		return err
	}
	if err := f.at("booked"); err != nil {
		return err
	}
	r.Stage = queue.BatchCollected
	open := r.Counts.Open()
	for _, other := range f.records {
		if other.Of == r.Number {
			r.Counts.LeftOver = open
		}
	}
	if open > 0 && r.Counts.LeftOver == 0 && (r.Cancelled || f.cfg.Rest == RestHold) {
		r.Counts.Held = open
	}
	if err := f.put(ctx, i, r); err != nil {
		return err
	}
	return f.deleteFiles(ctx, r)
}

// deleteFiles removes the articles and their texts from the provider's files. What
// cannot be deleted is told, and stays.
func (f *Flow) deleteFiles(ctx context.Context, r queue.BatchRecord) error {
	if f.cfg.KeepFiles || r.ID == "" {
		return nil
	}
	for _, id := range []string{r.File, r.Output, r.Errors} {
		if id == "" {
			continue
		}
		if err := f.client.DeleteFile(ctx, id); err != nil {
			if errors.Is(err, context.Cause(ctx)) && ctx.Err() != nil {
				return err
			}
			f.trouble(err)
		}
	}
	return nil
}
