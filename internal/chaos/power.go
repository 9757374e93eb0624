package chaos

import (
	"context"
	"time"

	"github.com/mujaz/mujaz/queue"
)

// power cuts the power of one node, and of all nodes of a cluster at one moment:
// what they had not synced is gone.
func power(ctx context.Context, a *attempt) error {
	if err := a.powerOf(ctx, 1, a.cfg.Jobs/2, 3); err != nil {
		return err
	}
	one := Check(a.journal)
	if len(one.Violations) > 0 {
		a.figure("three nodes were not tried: one had lost something already")
		return nil
	}
	if err := removeStores(a.cfg); err != nil {
		return err
	}
	if err := a.powerOf(ctx, 3, a.cfg.Jobs/2, 2); err != nil {
		return err
	}
	a.figure("one node: %d jobs acknowledged, all with one outcome; %d calls paid twice, %d under way at the faults", one.Acked, one.PaidTwice, one.InFlight)
	return nil
}

// powerDisk is far more than the some hundred megabytes of a run.
const powerDisk = 4 << 30

func (a *attempt) powerOf(ctx context.Context, nodes, jobs, cuts int) error {
	st, err := open(ctx, a, setup{
		nodes: nodes, config: "single.conf", workers: 4, slots: 8, ackWait: 2 * chaosAckWait, grace: 5 * time.Second, latency: 40 * time.Millisecond, disk: powerDisk,
	})
	if err != nil {
		return err
	}
	defer st.close(ctx)
	if err := st.work(ctx); err != nil {
		return err
	}
	events := schedule(a.dice, plan{powerCut, cuts, 1, span{200 * time.Millisecond, 3 * time.Second}}, plan{workerKilled, cuts, 4, span{}})
	a.journal, err = st.drive(ctx, orders(jobs, queue.LaneLive, "gazette", 0), events)
	return err
}

// blackout cuts the power of all nodes and starts them on what is left.
func (st *stand) blackout(ctx context.Context, down time.Duration) error {
	for _, n := range st.nodes {
		n.mu.Lock()
		defer n.mu.Unlock()
	}
	if err := st.disk.cut(); err != nil {
		return err
	}
	killAll(st.nodes)
	pause(ctx, down)
	if err := st.disk.remount(context.WithoutCancel(ctx)); err != nil {
		return err
	}
	return startAll(ctx, st.nodes)
}
