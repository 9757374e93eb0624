package chaos

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// strike does the faults as the work gets to them, and returns when all have
// been recovered from.
func (st *stand) strike(ctx context.Context, events []event, jobs int) error {
	var group sync.WaitGroup
	var mu sync.Mutex
	var failed error
	for _, e := range events {
		reached := func() bool { return float64(st.endpoint.progress()) >= e.at*float64(jobs) }
		if !until(ctx, reached) {
			break
		}
		group.Go(func() {
			if !pause(ctx, e.after) {
				return
			}
			if err := st.do(ctx, e); err != nil && ctx.Err() == nil {
				mu.Lock()
				failed = errors.Join(failed, fmt.Errorf("%s: %w", e.kind, err))
				mu.Unlock()
			}
		})
	}
	group.Wait()
	return failed
}

// do is one fault and its recovery.
func (st *stand) do(ctx context.Context, e event) error {
	switch e.kind {
	case workerKilled, workerStopped:
		w := st.workers[e.target]
		// One that is just starting again is waited for.
		limited, cancel := context.WithTimeout(ctx, aliveWait)
		defer cancel()
		until(limited, w.alive)
		return st.note(e.kind, w.name, 0, func() error {
			if e.kind == workerKilled && !w.kill() || e.kind == workerStopped && !w.freeze(ctx, e.length) {
				return errNothing
			}
			return nil
		})
	case producerKilled:
		limited, cancel := context.WithTimeout(ctx, aliveWait)
		defer cancel()
		until(limited, st.producer.alive)
		return st.note(e.kind, "", 0, func() error {
			if !st.producer.kill() {
				return errNothing
			}
			return nil
		})
	case leaderKilled:
		n, err := st.leader(ctx)
		if err != nil {
			return err
		}
		return st.note(e.kind, "", st.recovery()+electionTime, func() error { return n.bounce(ctx, e.length) })
	case everythingDown:
		return st.note(e.kind, "", st.recovery()+electionTime, func() error { return bounceAll(ctx, st.nodes, e.length) })
	case powerCut:
		return st.note(e.kind, "", st.recovery()+electionTime, func() error { return st.blackout(ctx, e.length) })
	case serverKilled:
		n := st.nodes[e.target]
		return st.note(e.kind, "", st.recovery(), func() error { return n.bounce(ctx, e.length) })
	}
	return st.strikeLink(ctx, e)
}

// electionTime is the longest that was measured.
const electionTime = 9 * time.Second

// leader finds the node that leads the jobs stream. Other nodes may be down.
func (st *stand) leader(ctx context.Context) (*node, error) {
	var name string
	if !until(ctx, func() bool {
		name = st.reader.leader(ctx, streamLive)
		return name != ""
	}) {
		return nil, ctx.Err()
	}
	for i, n := range st.nodes {
		// As cluster-1.conf and its neighbours name themselves.
		if name == fmt.Sprintf("mujaz-%d", i+1) {
			return n, nil
		}
	}
	return nil, fmt.Errorf("no node is named %s", name)
}

// aliveWait is how long a fault waits for a worker that is down.
const aliveWait = 10 * time.Second

// strikeLink changes a link of a worker for a while.
func (st *stand) strikeLink(ctx context.Context, e event) error {
	const slow = 20 * time.Millisecond // a piece, each way
	worker, slack := st.workers[e.target].name, st.recovery()
	var state linkState
	name := worker + natsLink
	switch e.kind {
	case natsCut:
		state.cut = true
	case natsStalled:
		state.stall = true
	case natsSlow:
		state.delay = slow
	case endpointCut:
		name, state.cut = worker+endpointLink, true
	case endpointSlow:
		name, state.delay = worker+endpointLink, slow
	default:
		return fmt.Errorf("no such fault: %s", e.kind)
	}
	return st.note(e.kind, worker, slack, func() error {
		st.links[name].set(state)
		pause(ctx, e.length)
		st.links[name].set(linkState{})
		return nil
	})
}
