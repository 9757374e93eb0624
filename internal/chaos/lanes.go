package chaos

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/mujaz/mujaz/queue"
)

// The load of the scenario lanes: 32 slots, each busy for a second a call.
const (
	lanesCall  = time.Second
	lanesEvery = 200 * time.Millisecond // a live job, on average
	lanesFor   = 60 * time.Second
	lanesFlood = 10 * time.Second // worth of live jobs for all slots
)

// lanes has live jobs come while the backfill's wait, one by one at first, then
// more at once than all slots can take.
func lanes(ctx context.Context, a *attempt) error {
	st, err := open(ctx, a, setup{config: "single-fast.conf", workers: 2, slots: 16, ackWait: 10 * time.Second, grace: 5 * time.Second, latency: lanesCall})
	if err != nil {
		return err
	}
	defer st.close(ctx)
	stopWatch, err := st.reader.watchLedger(ctx)
	if err != nil {
		return err
	}
	defer stopWatch()
	a.progress("queueing %d backfill jobs", a.cfg.Jobs)
	backfill := produce(ctx, st.conn, orders(a.cfg.Jobs, queue.LaneBackfill, "archive", 0))
	if err := st.work(ctx); err != nil {
		return err
	}
	if !until(ctx, func() bool { return st.endpoint.underWay() == 32 }) {
		return ctx.Err()
	}
	a.progress("%s of live jobs", lanesFor)
	n := int(lanesFor / lanesEvery)
	all := orders(n+int(lanesFlood/lanesCall)*32, queue.LaneLive, "gazette", a.cfg.Jobs)
	live := st.trickle(ctx, all[:n])
	a.liveWaits(st.endpoint.journal(), all[:n], live)

	a.progress("a flood of live jobs")
	before := len(st.endpoint.journal())
	live = append(live, produce(ctx, st.conn, all[n:])...)
	var gone uint64
	until(ctx, func() bool {
		state, err := st.reader.state(ctx, streamLive)
		gone = state.Msgs
		return err == nil && gone < 64
	})
	a.floor(st.endpoint.journal()[before:], all[0].n)
	until(ctx, func() bool { state, err := st.reader.state(ctx, streamLive); return err == nil && state.Msgs == 0 })
	return st.lanesEnd(ctx, live, backfill)
}

// lanesEnd stops the workers in order, with the backfill far from done: what is
// left of it is in the queue, or has its outcome.
func (st *stand) lanesEnd(ctx context.Context, live, backfill []Job) error {
	for _, w := range st.workers {
		if err := st.note("worker drained", w.name, 0, func() error { _, err := w.drain(); return err }); err != nil {
			return err
		}
	}
	var err error
	a := st.a
	if a.journal, err = st.collect(ctx); err != nil {
		return err
	}
	ended := map[string]bool{}
	for _, o := range a.journal.Outcomes {
		ended[o.Job] = true
	}
	a.journal.Jobs = live
	acked := 0
	var waiting uint64
	for _, job := range backfill {
		if !job.Acked.IsZero() {
			acked++
		}
		if ended[job.ID] {
			a.journal.Jobs = append(a.journal.Jobs, job)
			continue
		}
		waiting++
	}
	if left := a.journal.Left[leftBackfill]; left != waiting {
		a.violate("lanes: %d of %d backfill jobs have no outcome, and %d are in the queue", waiting, acked, left)
	}
	delete(a.journal.Left, leftBackfill)
	delete(a.journal.Left, leftAttempts) // of jobs that were handed back
	return nil
}

// trickle sends one job after the other, at times that are drawn.
func (st *stand) trickle(ctx context.Context, jobs []order) []Job {
	sent := make([]Job, len(jobs))
	var group sync.WaitGroup
	for i, o := range jobs {
		pause(ctx, span{0, 2 * lanesEvery}.draw(st.a.dice))
		group.Go(func() { sent[i] = produce(ctx, st.conn, []order{o})[0] })
	}
	group.Wait()
	return sent
}

// liveWaits measures from the queue's acknowledgement to the call.
func (a *attempt) liveWaits(calls []Call, jobs []order, sent []Job) {
	arrived := map[string]time.Time{}
	for _, c := range calls {
		if _, found := arrived[c.Job]; !found {
			arrived[c.Job] = c.Arrived
		}
	}
	var waits []time.Duration
	for i, o := range jobs {
		at, found := arrived[number(o)]
		if !found {
			continue // sent last, and waiting for its slot
		}
		waits = append(waits, at.Sub(sent[i].Acked))
	}
	if len(waits) == 0 {
		a.violate("lanes: no live job was called for")
		return
	}
	slices.Sort(waits)
	p50, p99 := waits[len(waits)/2], waits[len(waits)*99/100]
	a.figure("a live job waits %s for its call (median of %d), p99 %s; a call takes %s", p50.Round(time.Millisecond), len(waits), p99.Round(time.Millisecond), lanesCall)
	if p99 >= lanesCall {
		a.violate("lanes: p99 of a live job's wait is %s, a call takes %s", p99, lanesCall)
	}
}

// backfillFloor is what the backfill is promised while live jobs could take all
// slots: one job for sixteen of them.
const backfillFloor = 1.0 / 17

// floor measures the backfill's part of the calls during a flood.
func (a *attempt) floor(calls []Call, firstLive int) {
	behind := 0
	for _, c := range calls {
		if c.Job < number(order{n: firstLive}) {
			behind++
		}
	}
	share := float64(behind) / float64(max(1, len(calls)))
	a.figure("the backfill has %.1f %% of %d calls while live jobs could take all; its floor is %.1f %%", 100*share, len(calls), 100*backfillFloor)
	// A job more or less at the edges of the measurement.
	if float64(behind+2) < backfillFloor*float64(len(calls)) {
		a.violate("lanes: the backfill has %.1f %% of the calls", 100*share)
	}
}

// sources has one source flood the lane and ten others send a little.
func sources(ctx context.Context, a *attempt) error {
	alone, err := a.fewSources(ctx, 0)
	if err != nil {
		return err
	}
	if err := removeStores(a.cfg); err != nil {
		return err
	}
	beside, err := a.fewSources(ctx, a.cfg.Jobs)
	if err != nil {
		return err
	}
	a.figure("ten sources of ten jobs: %s alone, %s beside one of %d", alone.Round(10*time.Millisecond), beside.Round(10*time.Millisecond), a.cfg.Jobs)
	if beside > 2*alone {
		a.violate("sources: ten small sources take %.1f times as long beside a large one, the limit is 2", beside.Seconds()/alone.Seconds())
	}
	return nil
}

// fewSources measures how long ten sources take for ten jobs each, with flood
// jobs of another in the queue before them.
func (a *attempt) fewSources(ctx context.Context, flood int) (time.Duration, error) {
	st, err := open(ctx, a, setup{config: "single-fast.conf", workers: 2, slots: 8, ackWait: 10 * time.Second, grace: 5 * time.Second, latency: 40 * time.Millisecond})
	if err != nil {
		return 0, err
	}
	defer st.close(ctx)
	sent := produce(ctx, st.conn, orders(flood, queue.LaneLive, "flood", 1000))
	var few []order
	wanted := map[string]bool{}
	for i := range 10 {
		few = append(few, orders(10, queue.LaneLive, "small-"+string(rune('a'+i)), 10*i)...)
	}
	for _, o := range few {
		wanted[number(o)] = true
	}
	sent = append(sent, produce(ctx, st.conn, few)...)
	begin := time.Now()
	if err := st.work(ctx); err != nil {
		return 0, err
	}
	st.settle(ctx)
	var last time.Time
	for _, c := range st.endpoint.journal() {
		if wanted[c.Job] && c.Ended.After(last) {
			last = c.Ended
		}
	}
	if a.journal, err = st.collect(ctx); err != nil {
		return 0, err
	}
	a.journal.Jobs = sent
	return last.Sub(begin), nil
}
