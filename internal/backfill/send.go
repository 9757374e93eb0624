package backfill

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/mujaz/mujaz/internal/archive"
	"github.com/mujaz/mujaz/internal/near"
	"github.com/mujaz/mujaz/queue"
)

// maxUnconfirmed jobs are on their way into the queue at once.
const maxUnconfirmed = 1024

// sent is a row on its way to being confirmed.
type sent struct {
	item    Item
	job     queue.Job
	pending *queue.Pending // nil: nothing was sent for the row
	answer  string         // the key of its first call, made in a batch
}

// send goes through the input from its beginning: what was sent before is passed
// over, and told of if it became no job.
func (r *run) send(ctx context.Context) error {
	reader, err := archive.Open(r.cfg.Inputs, r.cfg.Archive)
	if err != nil {
		return err
	}
	defer reader.Close() //nolint:errcheck // it was only read
	sending, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	queued, done := make(chan sent, maxUnconfirmed), r.record.Cursor
	var confirmer sync.WaitGroup
	confirmer.Go(func() {
		if err := r.confirm(ctx, queued); err != nil {
			stop(err)
		}
	})
	err = r.sendAll(sending, reader, done, queued)
	close(queued)
	confirmer.Wait()
	// What ended the confirming ended the sending, which knows it as its cause.
	if cause := context.Cause(sending); cause != nil {
		return cause
	}
	if err != nil {
		return err
	}
	return r.save(ctx, true)
}

func (r *run) sendAll(ctx context.Context, reader *archive.Reader, done queue.RunCursor, queued chan<- sent) error {
	limiter := rate.NewLimiter(rate.Inf, 1)
	if r.cfg.Rate > 0 {
		limiter = rate.NewLimiter(rate.Limit(r.cfg.Rate), max(1, int(r.cfg.Rate)))
	}
	err := r.cfg.walk(reader).each(ctx, func(item Item) error {
		if item.Kind == KindBad && r.cfg.OnBad != nil {
			if err := r.cfg.OnBad(item); err != nil {
				return err
			}
		}
		r.see(item)
		if item.Cursor.Rows <= done.Rows {
			return r.passOver(item, done)
		}
		out := sent{item: item}
		if item.Kind == KindJob {
			if err := r.queueJob(ctx, &out, limiter); err != nil {
				return err
			}
		}
		select {
		case queued <- out:
			return nil
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	})
	if rows := r.progress().Rows; err == nil && rows < done.Rows {
		return r.inputChanged(fmt.Sprintf("it ends at row %d, and %d rows of it were done", rows, done.Rows))
	}
	return err
}

// walk reads the run's rows.
func (c *Config) walk(reader *archive.Reader) *Walk {
	walk := NewWalk(reader, c.Recipe)
	if c.Near > 0 && c.Redo == nil {
		walk.FindCopies(near.New(near.Config{Threshold: c.Near}))
	}
	return walk
}

// passOver is for a row that was done by an earlier turn.
func (r *run) passOver(item Item, done queue.RunCursor) error {
	if item.Cursor.Rows == done.Rows && item.Cursor.Digest != done.Digest {
		return r.inputChanged(fmt.Sprintf("its first %d rows are not those that were done", done.Rows))
	}
	if item.Kind != KindJob {
		return nil
	}
	key, _ := keyOf(item.Job.Key())
	if r.cfg.Redo != nil {
		if job, selected := r.cfg.Redo.again(item.Job, key); selected {
			r.wait(key, int32(job.Revision))
		}
		return nil
	}
	if _, ended := r.tally.of(key); !ended {
		r.wait(key, 1)
	}
	return nil
}

// queueJob sends a row's job, if it is still to be done.
func (r *run) queueJob(ctx context.Context, out *sent, limiter *rate.Limiter) error {
	key, _ := keyOf(out.item.Job.Key())
	job, needed := r.needed(out.item.Job, key)
	if !needed {
		return nil
	}
	if send, err := r.prepare(ctx, out, job); !send || err != nil {
		return err
	}
	if err := r.mayQueue(ctx, limiter); err != nil {
		return err
	}
	r.wait(key, int32(job.Revision))
	pending, err := r.producer.SubmitAsync(ctx, job, r.route(*out))
	if err != nil {
		return fmt.Errorf("row %d: %w", out.item.Number, err)
	}
	out.job, out.pending = job, pending
	r.mu.Lock()
	r.last.Sent++
	r.mu.Unlock()
	return nil
}

// needed says whether a job is still to be done, and in which revision: one that
// was sent right before a crash may have ended, and an article of an update may be
// as it was.
func (r *run) needed(job queue.Job, key [16]byte) (queue.Job, bool) {
	if r.cfg.Redo != nil {
		return r.cfg.Redo.again(job, key)
	}
	e, found := r.tally.of(key)
	if !found {
		return job, true
	}
	if !r.cfg.Update || e.state == stateDead || e.isOf(job) {
		return job, false
	}
	job.Revision = int(e.revision) + 1
	return job, true
}

// mayQueue waits for the rate and for room.
func (r *run) mayQueue(ctx context.Context, limiter *rate.Limiter) error {
	r.mu.Lock()
	sent := r.last.Sent
	r.mu.Unlock()
	switch {
	case r.cfg.Limit > 0 && sent >= r.cfg.Limit:
		return &StoppedError{fmt.Sprintf("%d jobs are queued, as --limit says", sent)}
	case r.isTime():
		return r.timeIsUp()
	}
	if err := limiter.Wait(ctx); err != nil {
		return errors.Join(context.Cause(ctx), err)
	}
	return r.fewer(ctx, r.cfg.InFlight, r.cfg.Until)
}

func (r *run) isTime() bool { return !r.cfg.Until.IsZero() && !time.Now().Before(r.cfg.Until) }

func (r *run) timeIsUp() error {
	return &StoppedError{"it is " + r.cfg.Until.Format("15:04") + ", as --until says"}
}

// fewer returns when fewer than so many jobs are under way. Until, if it is set,
// is when to stop waiting.
func (r *run) fewer(ctx context.Context, than int, until time.Time) error {
	var over <-chan time.Time
	stall := time.NewTicker(stallLook)
	defer stall.Stop()
	for {
		r.mu.Lock()
		n := len(r.waiting)
		r.mu.Unlock()
		if n < than {
			return nil
		}
		if over == nil && !until.IsZero() {
			timer := time.NewTimer(time.Until(until))
			defer timer.Stop()
			over = timer.C
		}
		select {
		case <-r.room:
		case <-stall.C:
			if err := r.budgetUsed(); err != nil {
				return err
			}
		case <-over:
			return r.timeIsUp()
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

const (
	// stallLook is how often it is looked whether anything ends at all.
	stallLook = 5 * time.Second
	// stallFor without an end, with most of the budget spent, is taken for a budget
	// that has no room for another call: the workers hold such jobs back.
	stallFor  = time.Minute
	stallPart = 0.8
)

// budgetUsed tells a run that waits for its budget from one that is slow.
func (r *run) budgetUsed() error {
	_, spent := r.tally.Counts()
	r.mu.Lock()
	budget, last := r.record.Budget, r.lastEnd
	r.mu.Unlock()
	if budget == 0 || spent.Cost < stallPart*budget || time.Since(last) < stallFor {
		return nil
	}
	return &StoppedError{fmt.Sprintf("%s of the budget of %s %s are spent, and nothing has ended for %s; --budget sets a higher one",
		queue.AmountOf(spent.Cost), queue.AmountOf(budget), spent.Currency, stallFor)}
}

// wait has a job among those under way.
func (r *run) wait(key [16]byte, revision int32) {
	r.mu.Lock()
	r.waiting[key] = revision
	r.mu.Unlock()
	// It may have ended right before.
	if e, found := r.tally.of(key); found && e.state != stateDead && e.revision >= revision {
		r.mu.Lock()
		delete(r.waiting, key)
		r.mu.Unlock()
	}
}

// ended is called by the tally, under its lock.
func (r *run) ended(key [16]byte, e queue.Ending) {
	r.mu.Lock()
	want, found := r.waiting[key]
	found = found && (e.Status == "" || int32(e.Revision) >= want)
	if found {
		delete(r.waiting, key)
		r.lastEnd = time.Now()
	}
	r.mu.Unlock()
	if found {
		select {
		case r.room <- struct{}{}:
		default:
		}
	}
}

// lastWords is how long the jobs that are on their way may take to be confirmed
// when the run is stopped.
const lastWords = 5 * time.Second

// confirm waits for the server's word on each row in turn, and carries the cursor
// on. It returns early with what goes wrong, and with what an operator has
// written into the record.
func (r *run) confirm(ctx context.Context, queued <-chan sent) error {
	waiting, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	stop := context.AfterFunc(ctx, func() { time.AfterFunc(lastWords, cancel) })
	defer stop()
	save := time.NewTicker(saveEvery)
	defer save.Stop()
	for {
		select {
		case out, open := <-queued:
			if !open {
				return nil
			}
			if err := r.confirmOne(waiting, out); err != nil {
				return err
			}
		case <-save.C:
			if err := r.save(waiting, false); err != nil {
				return err
			}
		}
	}
}

func (r *run) confirmOne(ctx context.Context, out sent) error {
	if out.pending != nil {
		_, err := out.pending.Wait(ctx)
		for errors.Is(err, queue.ErrQueueFull) {
			// The workers make room; nothing of the run is lost.
			select {
			case <-time.After(fullPause):
			case <-ctx.Done():
				return err
			}
			_, err = r.producer.Submit(ctx, out.job, r.route(out))
		}
		// With a conflict the worker makes a dead letter of it, which is counted.
		if err != nil && !errors.Is(err, queue.ErrConflict) {
			return fmt.Errorf("row %d: %w", out.item.Number, err)
		}
	}
	r.mu.Lock()
	r.confirmed = out.item.Cursor
	r.mu.Unlock()
	return nil
}

// fullPause is the pause before a full queue is tried again.
const fullPause = time.Second
