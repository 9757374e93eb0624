package collect

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/mujaz/mujaz/internal/archive"
	"github.com/mujaz/mujaz/queue"
)

// Config says which records, and in which order.
type Config struct {
	Run string
	// Statuses select; none selects all but dead letters.
	Statuses []queue.Status
	// FailedCheck selects results in which the check of that name failed.
	FailedCheck string
	// Since selects by the time of storing.
	Since time.Time
	// Dead adds the run's dead letters: behind the results, or in their row's place.
	Dead bool
	// Skip leaves out that many records of those selected, Limit ends after so
	// many; 0: no limit.
	Skip, Limit int
	// Rows are the run's input: records come in the order of its rows. Nil: in
	// the order of storing. Cleaned adds the cleaned articles to the records.
	Rows    *archive.Reader
	Cleaned bool
	// Follow goes on with new results until the run is done (all rows are sent, no
	// job waits, none is put aside), or ctx ends. A job's newer result is a record of its own then. Not with Rows.
	// CaughtUp, if not nil, is called whenever there is nothing more to write.
	Follow   bool
	CaughtUp func() error
	// BadRow, if not nil, is told of rows that are no job, while records are written.
	BadRow func(archive.Place, error)
}

// Counts is what a collecting came to.
type Counts struct {
	Written map[queue.Status]int
	// Rows of the input, those among them that are no job (see [backfill.KindBad]),
	// and those without a result so far. Dead letters count as missing where they
	// are not asked for.
	Rows, Bad, Missing int
	// Elsewhere is how many results of the run are of no row of the input.
	Elsewhere int
	// More records than Limit are there.
	More bool
}

// Total is how many records were written.
func (c Counts) Total() int {
	total := 0
	for _, n := range c.Written {
		total += n
	}
	return total
}

// errEnough ends the reading at the limit.
var errEnough = errors.New("enough")

// collector is a collecting on its way.
type collector struct {
	conn      *queue.Conn
	cfg       Config
	each      func(Record) error
	counts    Counts
	rows, bad int // read so far: counted apart, as rows are read beside the rest
	skip      int
	seen      sequences // of the results that rows have found
}

// Collect calls each for every record, until it returns an error. The counts
// are those so far, whatever the error.
func Collect(ctx context.Context, conn *queue.Conn, cfg Config, each func(Record) error) (Counts, error) {
	c := &collector{conn: conn, cfg: cfg, each: each, skip: cfg.Skip, counts: Counts{Written: map[queue.Status]int{}}}
	err := c.run(ctx)
	if errors.Is(err, errEnough) {
		err = nil
	}
	return c.counts, err
}

func (c *collector) run(ctx context.Context) error {
	if c.cfg.Rows != nil {
		return c.byRow(ctx)
	}
	var last uint64
	for {
		done := !c.cfg.Follow
		if c.cfg.Follow {
			// Before the results: what has left the queue by now is stored by now.
			var err error
			if done, err = c.done(ctx); err != nil {
				return err
			}
		}
		filter := queue.ResultFilter{Lane: queue.LaneBackfill, Source: c.cfg.Run, Since: c.cfg.Since, Newest: true, After: last}
		if err := c.conn.Results(ctx, filter, func(s queue.StoredResult) error {
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			last = s.Sequence
			return c.offer(Record{Stored: &s})
		}); err != nil {
			return err
		}
		if c.cfg.CaughtUp != nil {
			if err := c.cfg.CaughtUp(); err != nil {
				return err
			}
		}
		if done {
			break
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(followPause):
		}
	}
	return c.dead(ctx)
}

// done says that no result comes any more.
func (c *collector) done(ctx context.Context) (bool, error) {
	run, err := c.conn.FindRun(ctx, c.cfg.Run)
	switch {
	case errors.Is(err, queue.ErrNotFound):
		// Jobs that were submitted by other means under the run's name.
	case err != nil:
		return false, err
	case run.State == queue.RunSending, run.State == queue.RunPaused:
		return false, nil
	}
	waits, err := c.conn.Waits(ctx, queue.LaneBackfill, c.cfg.Run)
	return !waits, err
}

// followPause is between two looks for new results. A look creates a consumer
// on the server, which is cheap at this rate.
const followPause = time.Second

// dead adds the dead letters of jobs without a result, each job's newest.
func (c *collector) dead(ctx context.Context) error {
	if !c.cfg.Dead {
		return nil
	}
	filter := queue.DeadFilter{Source: c.cfg.Run, Since: c.cfg.Since, Facts: true}
	return c.conn.DeadLetters(ctx, filter, func(d queue.DeadLetter) error {
		if d.Lane != queue.LaneBackfill {
			return nil
		}
		newest, err := c.conn.DeadOf(ctx, queue.LaneBackfill, c.cfg.Run, d.Key)
		switch {
		case errors.Is(err, queue.ErrNotFound), err == nil && newest.Sequence != d.Sequence:
			return nil
		case err != nil:
			return err
		}
		if d.JobID != "" {
			_, err := c.conn.ResultOf(ctx, queue.LaneBackfill, c.cfg.Run, d.JobID)
			if err == nil {
				return nil
			}
			if !errors.Is(err, queue.ErrNotFound) {
				return err
			}
		}
		return c.offer(Record{Dead: &d})
	})
}

// offer passes a record on if it is selected.
func (c *collector) offer(r Record) error {
	if !c.selects(r) {
		return nil
	}
	if c.skip > 0 {
		c.skip--
		return nil
	}
	if c.cfg.Limit > 0 && c.counts.Total() == c.cfg.Limit {
		c.counts.More = true
		return errEnough
	}
	if err := c.each(r); err != nil {
		return err
	}
	c.counts.Written[r.Status()]++
	return nil
}

func (c *collector) selects(r Record) bool {
	if r.Dead != nil {
		// Asked for by name: no check has failed in it, and it has no status.
		return c.cfg.FailedCheck == "" && !r.Dead.Time.Before(c.cfg.Since)
	}
	return (len(c.cfg.Statuses) == 0 || slices.Contains(c.cfg.Statuses, r.Stored.Result.Status)) &&
		(c.cfg.FailedCheck == "" || slices.Contains(failed(r.Stored.Result), c.cfg.FailedCheck)) &&
		!r.Stored.Stored.Before(c.cfg.Since)
}

// String lists what was written, by status.
func (c Counts) String() string {
	parts := []string{fmt.Sprintf("%d records", c.Total())}
	for _, status := range []queue.Status{queue.StatusOK, queue.StatusFlagged, queue.StatusSkipped, StatusDead} {
		if n := c.Written[status]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, status))
		}
	}
	return strings.Join(parts, ", ")
}
