package backfill

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/mujaz/mujaz/internal/archive"
	"github.com/mujaz/mujaz/queue"
)

// Account is where every row of a run is.
type Account struct {
	Run   string         `json:"run"`
	State queue.RunState `json:"state"`
	// Rows of the input that the run has done, and what they were.
	Rows       int64 `json:"rows"`
	Bad        int64 `json:"bad"`
	Duplicates int64 `json:"duplicates"`
	// Jobs are the others. Each has ended as one of Counts, or waits, or is missing.
	Jobs int64 `json:"jobs"`
	Counts
	Waiting int64 `json:"waiting"`
	Missing int64 `json:"missing"`
	// Unsent are rows that the run has not come to yet.
	Unsent int64 `json:"unsent"`
	// Strangers have an end under the run's name, and are not of its input.
	Strangers int64 `json:"strangers,omitzero"`
	Spent     Spent `json:"spent"`
	// Repaired are missing jobs that were queued again.
	Repaired int64 `json:"repaired,omitzero"`
}

// Holds reports whether the sum is right and nothing is missing:
// jobs = ok + reused + flagged + skipped + dead + waiting, and
// rows = jobs + duplicates + bad.
func (a Account) Holds() bool {
	return a.Missing == 0 && a.Jobs == a.Counts.Sum()+a.Waiting && a.Rows == a.Jobs+a.Duplicates+a.Bad
}

// MissingJob is one that neither waits nor has ended.
type MissingJob struct {
	ID    string        `json:"id"`
	Row   int64         `json:"row"`
	Place archive.Place `json:"place"`
}

// ReconcileConfig says which run. Inputs are those that it was begun with.
type ReconcileConfig struct {
	Conn   *queue.Conn
	Run    string
	Inputs []string
	// Stdin is the input named "-".
	Stdin io.Reader
	// Repair queues what is missing again.
	Repair bool
	// Signer signs what is queued again; nil signs nothing.
	Signer *queue.Signer
	// OnMissing is told of each. May be nil.
	OnMissing func(MissingJob) error
}

// secondLook is the pause before what seems to be missing is looked for again: a
// job that moves between two places, by a redrive or a resume, is in neither for
// a moment.
const secondLook = 2 * time.Second

// maxMissing bounds the jobs that are held to be looked for again and repaired.
const maxMissing = 100_000

// Reconcile accounts for every row of a run, from its inputs, its results, its
// dead letters and its queue alone: of the record it takes no more than how far
// the run is.
func Reconcile(ctx context.Context, cfg ReconcileConfig) (Account, error) {
	record, err := cfg.Conn.FindRun(ctx, cfg.Run)
	if err != nil {
		return Account{}, err
	}
	recipe, reading, err := RecipeOf(record)
	if err != nil {
		return Account{}, err
	}
	reading.Stdin = cfg.Stdin
	// In this order: what is in the queue now may have ended when the endings are
	// read, and is seen either way.
	c := reconciler{cfg: cfg, reading: reading, account: Account{Run: record.Name, State: record.State}}
	if err := c.look(ctx); err != nil {
		return c.account, err
	}
	missing, err := c.walk(ctx, record, recipe)
	if err != nil {
		return c.account, err
	}
	if len(missing) > 0 {
		if missing, err = c.lookAgain(ctx, missing); err != nil {
			return c.account, err
		}
	}
	a := &c.account
	a.Missing = int64(len(missing))
	a.Strangers = int64(len(c.tally.ended)) - a.Counts.Sum()
	_, a.Spent = c.tally.Counts()
	for _, item := range missing {
		if cfg.OnMissing != nil {
			if err := cfg.OnMissing(MissingJob{ID: item.Job.ID, Row: item.Number, Place: item.Place}); err != nil {
				return *a, err
			}
		}
		if cfg.Repair {
			if err := c.repair(ctx, item); err != nil {
				return *a, err
			}
		}
	}
	return *a, nil
}

type reconciler struct {
	cfg     ReconcileConfig
	reading archive.Options
	tally   *Tally
	waiting map[[16]byte]bool
	account Account
}

// look reads what waits, and then what has ended.
func (c *reconciler) look(ctx context.Context) error {
	c.waiting = map[[16]byte]bool{}
	err := c.cfg.Conn.Waiting(ctx, queue.LaneBackfill, c.cfg.Run, func(key string) error {
		if packed, ok := keyOf(key); ok {
			c.waiting[packed] = true
		}
		return nil
	})
	if err != nil {
		return err
	}
	c.tally = NewTally(c.cfg.Conn, queue.LaneBackfill, c.cfg.Run)
	return c.tally.Load(ctx)
}

// walk finds the place of every row, and returns those that have none.
func (c *reconciler) walk(ctx context.Context, record queue.Run, recipe Recipe) ([]Item, error) {
	reader, err := archive.Open(c.cfg.Inputs, c.reading)
	if err != nil {
		return nil, err
	}
	defer reader.Close() //nolint:errcheck // it was only read
	var missing []Item
	a, done := &c.account, record.Cursor
	err = NewWalk(reader, recipe).each(ctx, func(item Item) error {
		if item.Cursor.Rows > done.Rows {
			a.Unsent++
			return nil
		}
		if item.Cursor.Rows == done.Rows && item.Cursor.Digest != done.Digest {
			return &hintError{
				fmt.Errorf("the input is not that of run %s: its first %d rows are others", record.Name, done.Rows),
				"Give the files that the run was begun with; `mujaz backfill status " + record.Name + "` names them.",
			}
		}
		a.Rows++
		switch item.Kind {
		case KindBad:
			a.Bad++
		case KindDuplicate:
			a.Duplicates++
		case KindJob:
			a.Jobs++
			if !c.place(item) {
				if len(missing) == maxMissing {
					return fmt.Errorf("more than %d jobs are missing: is this the server of run %s?", maxMissing, record.Name)
				}
				missing = append(missing, item.withoutBody(c.cfg.Repair))
			}
		}
		return nil
	})
	if err == nil && a.Rows < done.Rows {
		err = fmt.Errorf("the input ends at row %d, and run %s has done %d", a.Rows, record.Name, done.Rows)
	}
	return missing, err
}

// withoutBody lets go of the article, unless it is needed.
func (i Item) withoutBody(needed bool) Item {
	if !needed {
		i.Job.Article = queue.Article{}
	}
	return i
}

// place counts a job where it is, or returns false.
func (c *reconciler) place(item Item) bool {
	key, _ := keyOf(item.Job.Key())
	if e, found := c.tally.of(key); found {
		c.account.Counts.add(e.state)
		return true
	}
	if c.waiting[key] {
		c.account.Waiting++
		return true
	}
	return false
}

func (c *reconciler) lookAgain(ctx context.Context, missing []Item) ([]Item, error) {
	select {
	case <-time.After(secondLook):
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	if err := c.look(ctx); err != nil {
		return nil, err
	}
	var still []Item
	for _, item := range missing {
		if !c.place(item) {
			still = append(still, item)
		}
	}
	return still, nil
}

// repair queues a job anew: under another message id, as the server may remember
// the one that it had.
func (c *reconciler) repair(ctx context.Context, item Item) error {
	again := c.cfg.Run + "-repair-" + strconv.FormatInt(time.Now().UnixNano(), 36)
	_, err := queue.NewSigningProducer(c.cfg.Conn, c.cfg.Signer).Submit(ctx, item.Job, queue.Route{Lane: queue.LaneBackfill, Source: c.cfg.Run, Again: again})
	if err != nil && !errors.Is(err, queue.ErrConflict) {
		return fmt.Errorf("queue row %d again: %w", item.Number, err)
	}
	c.account.Repaired++
	return nil
}
