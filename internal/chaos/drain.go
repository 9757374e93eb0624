package chaos

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/mujaz/mujaz/internal/llmtest"
	"github.com/mujaz/mujaz/queue"
)

// drainSlots calls are in flight when SIGTERM comes.
const drainSlots = 64

// exitSlack is how much longer than its grace a worker may take to end.
const exitSlack = 2 * time.Second

// drain stops workers in order: one whose calls can finish within the grace,
// one whose calls cannot. A third does the rest, long before a lease runs out.
func drain(ctx context.Context, a *attempt) error {
	const call, never = 2 * time.Second, time.Minute
	var slow atomic.Bool
	st, err := open(ctx, a, setup{
		config: "single.conf", slots: drainSlots, ackWait: queue.DefaultAckWait, latency: call,
		choose: func(string, int) (trouble, bool) {
			if slow.Load() {
				return trouble{name: "", step: llmtest.Step{Delay: never}, final: true}, true
			}
			return trouble{}, false
		},
	})
	if err != nil {
		return err
	}
	defer st.close(ctx)
	stopWatch, err := st.reader.watchLedger(ctx)
	if err != nil {
		return err
	}
	defer stopWatch()
	sent := produce(ctx, st.conn, orders(max(a.cfg.Jobs, 2*drainSlots), queue.LaneLive, "gazette", 0))

	within, err := st.drainOne(ctx, "w1", 10*time.Second)
	if err != nil {
		return err
	}
	for _, c := range within {
		if !c.Sent {
			a.violate("drain: a call for job %s could have finished within the grace and was given up", c.Job)
		}
	}
	if n, err := st.reader.outcomesSoFar(ctx); err != nil || n != uint64(len(st.endpoint.journal())) {
		a.violate("drain: %d outcomes of %d calls after the first drain (%v)", n, len(st.endpoint.journal()), err)
	}

	slow.Store(true)
	if _, err := st.drainOne(ctx, "w2", 2*time.Second); err != nil {
		return err
	}
	slow.Store(false)

	st.setup.grace = 10 * time.Second
	begin := time.Now()
	w, err := st.hire(ctx, "w3")
	if err != nil {
		return err
	}
	st.workers = append(st.workers, w)
	st.settle(ctx)
	took := time.Since(begin)
	a.figure("the rest, what was handed back among it, took the next worker %s; a lease is %s", took.Round(100*time.Millisecond), st.setup.ackWait)
	if took > st.setup.ackWait/2 {
		a.violate("drain: jobs came back only when their leases ran out, after %s", took)
	}
	a.journal, err = st.collect(ctx)
	a.journal.Jobs = sent
	return err
}

// drainOne starts a worker, stops it when all its slots are in a call, and
// returns those calls.
func (st *stand) drainOne(ctx context.Context, name string, grace time.Duration) ([]Call, error) {
	st.setup.grace = grace
	w, err := st.hire(ctx, name)
	if err != nil {
		return nil, err
	}
	defer w.stop()
	if !until(ctx, func() bool { return st.endpoint.underWay() == drainSlots }) {
		return nil, ctx.Err()
	}
	var met []Call
	for _, c := range st.endpoint.journal() {
		if c.Ended.IsZero() {
			met = append(met, c)
		}
	}
	var took time.Duration
	err = st.note("worker drained", name, 0, func() (err error) {
		took, err = w.drain()
		return err
	})
	st.a.figure("%s ended %s after SIGTERM with %d calls under way; its grace is %s", name, took.Round(10*time.Millisecond), len(met), grace)
	if took > grace+exitSlack {
		st.a.violate("drain: %s took %s, its grace is %s", name, took, grace)
	}
	// The calls have ended at the endpoint a moment after the worker.
	until(ctx, func() bool { return st.endpoint.underWay() == 0 })
	now := map[string]Call{}
	for _, c := range st.endpoint.journal() {
		now[c.Mark] = c
	}
	for i := range met {
		met[i] = now[met[i].Mark]
	}
	return met, err
}
