package backfill

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"sync"

	"github.com/mujaz/mujaz/internal/archive"
	"github.com/mujaz/mujaz/internal/batch"
	"github.com/mujaz/mujaz/queue"
)

// Batches fills the ledger ahead of the sending: a provider's batches do, and files
// that were answered by hand.
type Batches interface {
	// Fill goes through all rows until it has filled in what it can.
	Fill(ctx context.Context, rows batch.Rows) error
	// Prepare waits until a row can be queued. See [batch.Flow.Prepare].
	Prepare(ctx context.Context, row batch.Row) (answer string, send bool, err error)
}

// ahead sends with the batches, where there are any, at work beside it.
func (r *run) ahead(ctx context.Context, send func(context.Context) error) error {
	if r.cfg.Batches == nil {
		return send(ctx)
	}
	filling, stop := context.WithCancel(ctx)
	var filler sync.WaitGroup
	rows := r.rowsAfter(r.record.Cursor.Rows)
	// Its error is that of the row which waits for it.
	filler.Go(func() { _ = r.cfg.Batches.Fill(filling, rows) })
	defer filler.Wait()
	defer stop()
	return send(ctx)
}

// prepare waits for the row's batch. A job that is held back is not queued, and a
// reconcile finds it.
func (r *run) prepare(ctx context.Context, out *sent, job queue.Job) (send bool, err error) {
	if r.cfg.Batches == nil {
		return true, nil
	}
	waiting, stop := ctx, context.CancelFunc(func() {})
	if !r.cfg.Until.IsZero() {
		waiting, stop = context.WithDeadline(ctx, r.cfg.Until)
	}
	defer stop()
	out.answer, send, err = r.cfg.Batches.Prepare(waiting, batch.Row{Number: out.item.Cursor.Rows, Job: job})
	switch {
	case err != nil && ctx.Err() == nil && r.isTime():
		return false, r.timeIsUp()
	case err != nil:
		return false, fmt.Errorf("row %d: %w", out.item.Number, err)
	}
	return send, nil
}

// route has the answer of a row's batch go with its job.
func (r *run) route(out sent) queue.Route {
	route := r.cfg.route()
	route.Answer = out.answer
	return route
}

// rowsAfter are the jobs of the run that are still to be done, by their place in the
// cursor, and behind a row only as far as the limit goes.
func (r *run) rowsAfter(done int64) batch.Rows {
	return r.cfg.rows(done, func(job queue.Job) (queue.Job, bool) {
		key, _ := keyOf(job.Key())
		return r.needed(job, key)
	})
}

// Rows are all jobs of the inputs, as far as the limit goes, for [batch.Flow.Write].
func (c Config) Rows() batch.Rows {
	return c.rows(0, func(job queue.Job) (queue.Job, bool) { return job, true })
}

func (c *Config) rows(done int64, needed func(queue.Job) (queue.Job, bool)) batch.Rows {
	return func(ctx context.Context) iter.Seq2[batch.Row, error] { return c.jobs(ctx, done, needed) }
}

func (c *Config) jobs(ctx context.Context, done int64, needed func(queue.Job) (queue.Job, bool)) iter.Seq2[batch.Row, error] {
	return func(yield func(batch.Row, error) bool) {
		reader, err := archive.Open(c.Inputs, c.Archive)
		if err != nil {
			yield(batch.Row{}, err)
			return
		}
		defer reader.Close() //nolint:errcheck // it was only read
		walk, left := c.walk(reader), c.Limit
		for {
			item, err := walk.Next(ctx)
			switch {
			case errors.Is(err, io.EOF):
				return
			case err != nil:
				yield(batch.Row{}, err)
				return
			case item.Kind != KindJob:
				continue
			}
			if item.Cursor.Rows > done && c.Limit > 0 {
				if left == 0 {
					return
				}
				left--
			}
			job, wanted := needed(item.Job)
			if wanted && !yield(batch.Row{Number: item.Cursor.Rows, Job: job}, nil) {
				return
			}
		}
	}
}
