package chaos

import (
	"context"
	"math/rand/v2"
	"time"

	"github.com/mujaz/mujaz/queue"
)

// chaosAckWait is a lease as short as a loaded machine keeps; production's is a
// minute. Stops are longer than it.
const chaosAckWait = 3 * time.Second

// scaled is n per 10,000 jobs, at least 1.
func scaled(n, jobs int) int { return max(1, n*jobs/10_000) }

// killEvents are the faults of the scenario kills.
func killEvents(dice *rand.Rand, jobs int) []event {
	return schedule(
		dice,
		plan{workerKilled, scaled(50, jobs), 4, span{}},
		plan{workerStopped, scaled(10, jobs), 4, span{chaosAckWait + time.Second, 2 * chaosAckWait}},
		// Some outages outlast the leases.
		plan{serverKilled, scaled(10, jobs), 1, span{100 * time.Millisecond, 2 * chaosAckWait}},
	)
}

// kills is the storm of processes that die.
func kills(ctx context.Context, a *attempt) error {
	// First of all that is drawn: the schedule depends on the seed alone.
	events := killEvents(a.dice, a.cfg.Jobs)
	st, err := launch(ctx, a, setup{
		config: "single.conf", workers: 4, slots: 8, ackWait: chaosAckWait, grace: 5 * time.Second, latency: 40 * time.Millisecond,
	})
	if err != nil {
		return err
	}
	defer st.close(ctx)
	jobs := append(orders(a.cfg.Jobs*9/10, queue.LaneLive, "gazette", 0), orders(a.cfg.Jobs-a.cfg.Jobs*9/10, queue.LaneBackfill, "archive", a.cfg.Jobs)...)
	for i := range jobs {
		// One in fifty is sent twice: producers are not always sure.
		jobs[i].repeat = a.dice.IntN(50) == 0
	}
	a.dice.Shuffle(len(jobs), func(i, k int) { jobs[i], jobs[k] = jobs[k], jobs[i] })
	j, err := st.drive(ctx, jobs, events)
	a.journal = j
	return err
}

// turns is the same storm while eleven sources take turns: half of the jobs are
// one source's flood, and the others come mixed behind it.
func turns(ctx context.Context, a *attempt) error {
	events := killEvents(a.dice, a.cfg.Jobs)
	st, err := launch(ctx, a, setup{
		config: "single-fast.conf", workers: 4, slots: 8, ackWait: chaosAckWait, grace: 5 * time.Second, latency: 200 * time.Millisecond,
	})
	if err != nil {
		return err
	}
	defer st.close(ctx)
	flood := a.cfg.Jobs / 2
	jobs, others := orders(flood, queue.LaneLive, "flood", 0), []order(nil)
	for i := range 10 {
		from, to := flood+(a.cfg.Jobs-flood)*i/10, flood+(a.cfg.Jobs-flood)*(i+1)/10
		others = append(others, orders(to-from, queue.LaneLive, "small-"+string(rune('a'+i)), from)...)
	}
	a.dice.Shuffle(len(others), func(i, k int) { others[i], others[k] = others[k], others[i] })
	j, err := st.drive(ctx, append(jobs, others...), events)
	a.journal = j
	return err
}

// links has the ways between the parts cut, stalled and slow.
func links(ctx context.Context, a *attempt) error {
	st, err := launch(ctx, a, setup{
		config: "single.conf", workers: 4, slots: 8, ackWait: chaosAckWait, grace: 5 * time.Second, latency: 200 * time.Millisecond, linked: true,
	})
	if err != nil {
		return err
	}
	defer st.close(ctx)
	// As long as a lease, and longer.
	long := span{200 * time.Millisecond, 2 * chaosAckWait}
	n := max(1, a.cfg.Jobs/750)
	events := schedule(
		a.dice,
		plan{natsCut, n, 4, long}, plan{natsStalled, n, 4, long}, plan{natsSlow, n, 4, long},
		plan{endpointCut, n, 4, long}, plan{endpointSlow, n, 4, long},
	)
	a.journal, err = st.drive(ctx, orders(a.cfg.Jobs, queue.LaneLive, "gazette", 0), events)
	return err
}

// cluster has the leader of the jobs stream killed, and all three nodes at once.
func cluster(ctx context.Context, a *attempt) error {
	st, err := launch(ctx, a, setup{nodes: 3, workers: 4, slots: 8, ackWait: 2 * chaosAckWait, grace: 5 * time.Second, latency: 40 * time.Millisecond})
	if err != nil {
		return err
	}
	defer st.close(ctx)
	kills := max(1, 10*a.cfg.Jobs/5000)
	down := span{200 * time.Millisecond, 3 * time.Second}
	events := schedule(a.dice, plan{leaderKilled, kills, 1, down}, plan{workerKilled, kills, 4, span{}}, plan{everythingDown, 1, 1, down})
	a.journal, err = st.drive(ctx, orders(a.cfg.Jobs, queue.LaneLive, "gazette", 0), events)
	return err
}
