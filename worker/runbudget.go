package worker

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/mujaz/mujaz/queue"
)

// runBudgets looks up what a backfill run may cost. A budget that is raised or
// lowered while the run goes on is known within [budgetKnown].
type runBudgets struct {
	conn *queue.Conn

	mu    sync.Mutex
	known map[string]runBudget
}

type runBudget struct {
	limit float64 // 0: none
	at    time.Time
}

const (
	// budgetKnown is how long a worker goes by what it knows of a run: one look
	// in that time, however many jobs the run has in hand.
	budgetKnown = 10 * time.Second
	// maxRunsKnown bounds the memory: beyond it, what is known is forgotten.
	maxRunsKnown = 1000
)

// of is the budget of the run that a delivery belongs to, 0 where it has none.
// A server that cannot be asked is an error: the budget is a promise.
func (r *runBudgets) of(ctx context.Context, d *queue.Delivery) (float64, error) {
	if d.Lane != queue.LaneBackfill {
		return 0, nil
	}
	r.mu.Lock()
	known, found := r.known[d.Source]
	r.mu.Unlock()
	if found && time.Since(known.at) < budgetKnown {
		return known.limit, nil
	}
	ctx, cancel := context.WithTimeout(ctx, persistTry)
	defer cancel()
	run, err := r.conn.FindRun(ctx, d.Source)
	if err != nil && !errors.Is(err, queue.ErrNotFound) && !errors.Is(err, queue.ErrNoTopology) {
		return 0, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.known == nil || len(r.known) >= maxRunsKnown {
		r.known = map[string]runBudget{}
	}
	r.known[d.Source] = runBudget{run.Budget, time.Now()}
	return run.Budget, nil
}
