package collect

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"golang.org/x/sync/errgroup"
	"golang.org/x/sync/semaphore"

	"github.com/mujaz/mujaz/internal/backfill"
	"github.com/mujaz/mujaz/queue"
)

const (
	// lookups at once: a direct get is a round trip, and 32 of them saturate a
	// server on the same machine.
	lookups = 32
	// rowWindow bounds the rows between the reading and the writing, rowBytes
	// their articles, of which one can have 16 MiB.
	rowWindow = 128
	rowBytes  = 64 << 20
	// A look that fails is made again: a restart of the server takes seconds.
	lookTries = 10
	lookPause = 2 * time.Second
)

// rowJob is a row on its way; found is closed when it has been looked up.
type rowJob struct {
	item   backfill.Item
	weight int64
	record Record // empty: there is no result
	found  chan struct{}
}

// byRow reads the rows in their order, looks their results up side by side, and
// offers them in the order of the rows.
func (c *collector) byRow(ctx context.Context) error {
	group, inGroup := errgroup.WithContext(ctx)
	todo, order := make(chan *rowJob, rowWindow), make(chan *rowJob, rowWindow)
	room := semaphore.NewWeighted(rowBytes)
	group.Go(func() error {
		defer close(order)
		defer close(todo)
		return c.readRows(inGroup, room, todo, order)
	})
	for range lookups {
		group.Go(func() error {
			for job := range todo {
				if err := c.lookUp(inGroup, job); err != nil {
					return err
				}
				close(job.found)
			}
			return nil
		})
	}
	group.Go(func() error { return c.offerRows(inGroup, room, order) })
	err := group.Wait()
	c.counts.Rows, c.counts.Bad = c.rows, c.bad
	if err != nil {
		return err
	}
	return c.countElsewhere(ctx)
}

// readRows walks as the run did: it tells the same rows as bad, among them one
// with the id of another article, whose result would be taken for its own.
func (c *collector) readRows(ctx context.Context, room *semaphore.Weighted, todo, order chan<- *rowJob) error {
	walk := backfill.NewWalk(c.cfg.Rows, backfill.Recipe{})
	for {
		item, err := walk.Next(ctx)
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return fmt.Errorf("read input: %w", err)
		}
		c.rows++
		if item.Kind == backfill.KindBad {
			c.bad++
			if c.cfg.BadRow != nil {
				c.cfg.BadRow(item.Place, item.Err)
			}
			continue
		}
		job := &rowJob{item: item, found: make(chan struct{}), weight: min(rowBytes, int64(len(item.Job.Article.Text)+len(item.Job.Article.HTML)))}
		if err := room.Acquire(ctx, job.weight); err != nil {
			return context.Cause(ctx)
		}
		for _, ch := range []chan<- *rowJob{order, todo} {
			select {
			case ch <- job:
			case <-ctx.Done():
				return context.Cause(ctx)
			}
		}
	}
}

// lookUp finds what became of a row's job.
func (c *collector) lookUp(ctx context.Context, job *rowJob) error {
	id := job.item.Job.ID
	input := &Input{Row: job.item.Number, Place: job.item.Place}
	stored, err := again(ctx, func() (queue.StoredResult, error) {
		return c.conn.ResultOf(ctx, queue.LaneBackfill, c.cfg.Run, id)
	})
	switch {
	case err == nil:
		job.record = Record{Stored: &stored, Input: input}
		if c.cfg.Cleaned && c.selects(job.record) {
			job.record.Source = sourceOf(job.item.Job.Article, stored.Result)
		}
	case !errors.Is(err, queue.ErrNotFound):
		return err
	case c.cfg.Dead:
		letter, err := again(ctx, func() (queue.DeadLetter, error) {
			return c.conn.DeadOf(ctx, queue.LaneBackfill, c.cfg.Run, queue.Key(id))
		})
		switch {
		case err == nil:
			job.record = Record{Dead: &letter, Input: input}
		case !errors.Is(err, queue.ErrNotFound):
			return err
		}
	}
	job.item.Job.Article = queue.Article{}
	return nil
}

// again outlasts a server that restarts.
func again[T any](ctx context.Context, look func() (T, error)) (T, error) {
	for try := 1; ; try++ {
		found, err := look()
		_, denied := errors.AsType[*queue.DeniedError](err)
		if err == nil || denied || errors.Is(err, queue.ErrNotFound) || ctx.Err() != nil || try == lookTries {
			return found, err
		}
		select {
		case <-time.After(lookPause):
		case <-ctx.Done():
			return found, context.Cause(ctx)
		}
	}
}

func (c *collector) offerRows(ctx context.Context, room *semaphore.Weighted, order <-chan *rowJob) error {
	for job := range order {
		select {
		case <-job.found:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
		var err error
		if job.record == (Record{}) {
			c.counts.Missing++
		} else {
			if job.record.Stored != nil {
				c.seen.add(job.record.Stored.Sequence)
			}
			err = c.offer(job.record)
		}
		room.Release(job.weight)
		if err != nil {
			return err
		}
	}
	return ctx.Err()
}

// countElsewhere compares what the run has with what the rows have found.
func (c *collector) countElsewhere(ctx context.Context) error {
	total, err := c.conn.CountResults(ctx, queue.LaneBackfill, c.cfg.Run)
	if err != nil {
		return err
	}
	c.counts.Elsewhere = max(0, total-c.seen.n)
	return nil
}

// sequences is a set of places in the stream: a bit each, as they are close
// together, 16 bytes for 64 of them where they are dense.
type sequences struct {
	words map[uint64]uint64
	n     int
}

func (s *sequences) add(sequence uint64) {
	if s.words == nil {
		s.words = map[uint64]uint64{}
	}
	bit := uint64(1) << (sequence % 64)
	if s.words[sequence/64]&bit == 0 {
		s.words[sequence/64] |= bit
		s.n++
	}
}
