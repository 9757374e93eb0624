package batch

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/mujaz/mujaz/internal/llm"
	"github.com/mujaz/mujaz/queue"
	"github.com/mujaz/mujaz/worker"
)

// Flow takes the rows of one run through batches. Run fills the ledger; Prepare, which
// may be called meanwhile from one other goroutine, says of each row when its job can
// be queued.
type Flow struct {
	cfg    Config
	conn   *queue.Conn
	client *llm.Client
	// questions are Run's, and those of Prepare's goroutine its own.
	questions, asked *worker.Batch
	setup            string

	records []queue.BatchRecord
	number  int // the highest that is taken
	// sure are the batches of which this process knows that they were not made yet.
	sure map[int]bool
	// faulted is whether something is to be tried again after a pause.
	faulted bool
	// atEnd is whether every row is in a batch.
	atEnd bool

	mu      sync.Mutex
	ready   int64               // rows up to here can be queued
	held    []queue.BatchRecord // whose rows without an answer are not
	ended   error               // why Run ended before its time
	changed chan struct{}
}

// New checks the configuration. Nothing is sent yet.
func New(cfg Config) (*Flow, error) {
	if err := cfg.validate(); err != nil {
		return nil, fmt.Errorf("batch config: %w", err)
	}
	f := &Flow{
		cfg: cfg.withDefaults(), conn: cfg.Worker.Queue, client: cfg.Worker.LLM,
		sure: map[int]bool{}, changed: make(chan struct{}),
	}
	var err error
	if f.questions, err = worker.NewBatch(cfg.Worker, cfg.Run); err != nil {
		return nil, err
	}
	if f.asked, err = worker.NewBatch(cfg.Worker, cfg.Run); err != nil {
		return nil, err
	}
	f.setup = cfg.Worker.Setup()
	return f, nil
}

// Run makes the batches of all rows, waits for them and stores their answers. A run
// that was stopped goes on where it was. When ctx ends, the batches stay at work at
// the provider. The errors to act on are *[RefusedError], *[OtherSetupError],
// *[ChangedError], [*queue.OverBudgetError] and *[llm.Error].
func (f *Flow) Run(ctx context.Context, rows Rows) (Report, error) {
	err := f.run(ctx, rows)
	f.finish(err)
	return reportOf(f.records), err
}

func (f *Flow) run(ctx context.Context, rows Rows) error {
	if err := f.checkWorkers(ctx); err != nil {
		return err
	}
	if err := f.load(ctx, false); err != nil {
		return err
	}
	wait := f.cfg.PollFirst
	for {
		f.faulted = false
		moved, err := f.round(ctx, rows)
		switch {
		case err != nil:
			return err
		case f.atEnd && f.open() == 0:
			return nil
		case moved && !f.faulted:
			wait = f.cfg.PollFirst
			continue
		}
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
			wait = min(wait*3/2, f.cfg.PollMost)
		case <-ctx.Done():
			timer.Stop()
			return context.Cause(ctx)
		}
	}
}

// load reads the run's records: those of files that were made by hand, or the others.
func (f *Flow) load(ctx context.Context, hand bool) error {
	all, err := f.conn.RunBatches(ctx, f.cfg.Run)
	if err != nil {
		return err
	}
	for _, r := range all {
		f.number = max(f.number, r.Number)
	}
	f.records = slices.DeleteFunc(all, func(r queue.BatchRecord) bool { return (r.Ended == byHand) != hand })
	return nil
}

// round takes every open batch one step on, and begins new ones where there is room.
// Moved is whether anything was done but to look.
func (f *Flow) round(ctx context.Context, rows Rows) (moved bool, err error) {
	for i := 0; i < len(f.records); i++ {
		if f.records[i].Stage == queue.BatchCollected {
			continue
		}
		step, err := f.advance(ctx, i, rows)
		if err != nil {
			return moved, err
		}
		moved = moved || step
		f.announce()
	}
	if f.atEnd || f.open() >= f.cfg.AtOnce {
		return moved, nil
	}
	if err := f.next(ctx, rows); err != nil {
		return moved, err
	}
	f.announce()
	return true, nil
}

// last is the last row that is in a batch.
func (f *Flow) last() (row int64) {
	for _, r := range f.records {
		row = max(row, r.Upto)
	}
	return row
}

// open counts the batches that are not collected.
func (f *Flow) open() int {
	n := 0
	for _, r := range f.records {
		if r.Stage != queue.BatchCollected {
			n++
		}
	}
	return n
}

// advance does a batch's next step.
func (f *Flow) advance(ctx context.Context, i int, rows Rows) (moved bool, err error) {
	r := f.records[i]
	switch r.Stage {
	case queue.BatchCut:
		return true, f.upload(ctx, i, rows)
	case queue.BatchUploaded:
		return f.create(ctx, i)
	case queue.BatchMade:
		return f.poll(ctx, i)
	case queue.BatchEnded:
		return true, f.collect(ctx, i, rows)
	case queue.BatchCollected:
	}
	return false, nil
}

// put writes a record, and then has it.
func (f *Flow) put(ctx context.Context, i int, r queue.BatchRecord) error {
	stored, err := f.conn.PutBatch(ctx, r)
	if err != nil {
		return err
	}
	if i == len(f.records) {
		f.records = append(f.records, stored)
		f.number = max(f.number, r.Number)
	}
	f.records[i] = stored
	if f.cfg.OnChange != nil {
		f.cfg.OnChange(stored)
	}
	return nil
}

func (f *Flow) at(point string) error {
	if f.cfg.stop == nil {
		return nil
	}
	return f.cfg.stop(point)
}

func (f *Flow) trouble(err error) {
	f.faulted = true
	if f.cfg.OnTrouble != nil {
		f.cfg.OnTrouble(err)
	}
}

// checkWorkers refuses to begin beside workers that would ask other questions.
func (f *Flow) checkWorkers(ctx context.Context) error {
	if f.cfg.AnyWorker {
		return nil
	}
	members, err := f.conn.Members(ctx)
	if err != nil {
		return err
	}
	var others []string
	for _, m := range members {
		if m.Setup != f.setup && !slices.Contains(others, m.Name) {
			others = append(others, m.Name)
		}
	}
	if len(others) > 0 {
		return &OtherSetupError{Workers: others}
	}
	return nil
}

// announce tells Prepare how far the rows are.
func (f *Flow) announce() {
	ready := f.last()
	if f.atEnd {
		ready = math.MaxInt64
	}
	var held []queue.BatchRecord
	for _, r := range f.records {
		switch {
		case r.Stage != queue.BatchCollected:
			ready = min(ready, r.After)
		case r.Counts.Held > 0:
			held = append(held, r)
		}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.ready, f.held = ready, held
	close(f.changed)
	f.changed = make(chan struct{})
}

func (f *Flow) finish(err error) {
	f.announce()
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.ended = err; err == nil {
		f.ready = math.MaxInt64
	}
	close(f.changed)
	f.changed = make(chan struct{})
}

// Fill is Run without its report.
func (f *Flow) Fill(ctx context.Context, rows Rows) error {
	_, err := f.Run(ctx, rows)
	return err
}

// Report sums up what Run or Read has done. It may be called when that has ended.
func (f *Flow) Report() Report { return reportOf(f.records) }

// Prepare waits until a row's batch is collected. Answer is then the ledger's key of
// its job's first call, for [queue.Route], or empty where there is none; send is
// false where the job is to be held back. It may be called while Run works and after
// it.
func (f *Flow) Prepare(ctx context.Context, row Row) (answer string, send bool, err error) {
	held, err := f.wait(ctx, row.Number)
	if err != nil {
		return "", false, err
	}
	q, aside := f.asked.Question(row.Job)
	if aside != worker.AsideNone {
		return "", true, nil
	}
	found, err := f.asked.Find(ctx, q)
	switch {
	case err != nil:
		return "", false, err
	case found.Known:
		return q.Key, true, nil
	}
	return "", !held, nil
}

// errStopped is why Prepare cannot go on when Run has ended in an error.
var errStopped = errors.New("the batches have stopped")

func (f *Flow) wait(ctx context.Context, row int64) (held bool, err error) {
	for {
		f.mu.Lock()
		ready, ended, changed := f.ready, f.ended, f.changed
		held := slices.ContainsFunc(f.held, func(r queue.BatchRecord) bool { return r.After < row && row <= r.Upto })
		f.mu.Unlock()
		switch {
		case row <= ready:
			return held, nil
		case ended != nil:
			return false, fmt.Errorf("%w: %w", errStopped, ended)
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return false, context.Cause(ctx)
		}
	}
}

// Cancel asks the provider to stop all open batches of a run. What they have done by
// then is charged for, and is collected by the next Run; rows without an answer are
// not queued.
func Cancel(ctx context.Context, conn *queue.Conn, client *llm.Client, run string) (stopped int, err error) {
	records, err := conn.RunBatches(ctx, run)
	if err != nil {
		return 0, err
	}
	var errs []error
	for _, r := range records {
		if r.Stage == queue.BatchCollected {
			continue
		}
		r.Cancelled = true
		stored, err := conn.PutBatch(ctx, r)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		if stored.ID == "" || stored.Stage != queue.BatchMade {
			continue
		}
		if _, err := client.CancelBatch(ctx, stored.ID); err != nil {
			errs = append(errs, fmt.Errorf("batch %d: %w", r.Number, err))
			continue
		}
		stopped++
	}
	return stopped, errors.Join(errs...)
}

// temp makes a file that nobody else sees, gone when it is closed.
func (f *Flow) temp() (*os.File, func(), error) {
	file, err := os.CreateTemp(f.cfg.Dir, "mujaz-batch-*.jsonl")
	if err != nil {
		return nil, nil, fmt.Errorf("make a file for a batch: %w", err)
	}
	return file, func() {
		_ = file.Close()
		_ = os.Remove(file.Name())
	}, nil
}
