package worker

import (
	"context"
	"math"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/mujaz/mujaz/internal/llm"
)

// gate stands before the endpoint. A fault that concerns every call (throttled,
// no quota, down, wrong key) closes it for all slots at once; when the pause is
// over, one call goes ahead as a probe, and opens it for the rest or closes it
// for longer. While it is closed nothing is fetched, and waiting is no attempt.
type gate struct {
	onChange func(GateStatus)
	now      func() time.Time

	mu       sync.Mutex
	status   GateStatus
	probing  bool
	draining bool          // nobody waits any more
	strikes  int           // closures in a row without an answer between them
	changed  chan struct{} // closed and replaced on every change
}

// GateStatus is what the gate tells logs, metrics and readiness.
type GateStatus struct {
	Open  bool      `json:"open"`
	Class llm.Class `json:"class,omitzero"`
	// Reason is for the person who must act; empty while open.
	Reason string    `json:"reason,omitzero"`
	Until  time.Time `json:"until,omitzero"` // of the next probe
}

// pace of a class: the first pause, and the longest. An endpoint's Retry-After
// is a floor under it.
type pace struct{ first, longest time.Duration }

// paces of the classes that close the gate. An endpoint that is away is looked
// for often: a probe costs nothing, and work goes on within seconds of its
// return. Quota and settings are mended by people, so probes are rarer; they
// still go on, so that nobody has to restart.
var paces = map[llm.Class]pace{
	llm.ClassThrottled:     {time.Second, time.Minute},
	llm.ClassUnavailable:   {time.Second, 4 * time.Second},
	llm.ClassQuota:         {30 * time.Second, 10 * time.Minute},
	llm.ClassMisconfigured: {15 * time.Second, 5 * time.Minute},
}

func newGate(onChange func(GateStatus)) *gate {
	return &gate{onChange: onChange, now: time.Now, status: GateStatus{Open: true}, changed: make(chan struct{})}
}

// closes reports whether a class of error concerns the endpoint, not the job.
func closes(class llm.Class) bool {
	_, found := paces[class]
	return found
}

// enter blocks until a call may be made. The returned function must be given
// the call's error. Crowd tells that the caller was one of those that waited for
// a probe: they all come through at once.
func (g *gate) enter(ctx context.Context) (report func(error), crowd bool, err error) {
	for {
		g.mu.Lock()
		wait, changed := g.waitLocked()
		if wait == 0 {
			probe := !g.status.Open
			report := g.admitLocked()
			g.mu.Unlock()
			return report, crowd && !probe, nil
		}
		draining := g.draining
		g.mu.Unlock()
		if draining {
			return nil, false, errShutdown
		}
		if err := sleep(ctx, wait, changed); err != nil {
			return nil, false, err
		}
		crowd = true
	}
}

// try is enter for those who can do without the call: it does not wait.
func (g *gate) try() (report func(error), err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if wait, _ := g.waitLocked(); wait > 0 {
		return nil, errPaused
	}
	return g.admitLocked(), nil
}

// admitLocked lets a call pass, as the probe if the gate is closed.
func (g *gate) admitLocked() (report func(error)) {
	probe := !g.status.Open
	g.probing = g.probing || probe
	return func(err error) { g.report(probe, err) }
}

// drain sends back who waits, now and later: a worker that stops does not wait
// for an endpoint.
func (g *gate) drain() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.draining = true
	close(g.changed)
	g.changed = make(chan struct{})
}

func (g *gate) isDraining() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.draining
}

// next is how long until a call may be made, and what it waits for; 0 is now.
func (g *gate) next() (class llm.Class, wait time.Duration) {
	g.mu.Lock()
	defer g.mu.Unlock()
	wait, _ = g.waitLocked()
	return g.status.Class, wait
}

// outlook is whether calls are made, and else why not and how long the pause
// lasts; after it, the endpoint is on probation.
func (g *gate) outlook() (open bool, class llm.Class, pause time.Duration) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.status.Open {
		return true, "", 0
	}
	return false, g.status.Class, max(0, g.status.Until.Sub(g.now()))
}

// waitLocked is how long the caller has to wait for its call; 0 means go.
func (g *gate) waitLocked() (time.Duration, <-chan struct{}) {
	switch {
	case g.status.Open:
		return 0, nil
	case g.probing:
		return math.MaxInt64, g.changed
	default:
		return max(0, g.status.Until.Sub(g.now())), g.changed
	}
}

// report takes note of what a call met.
func (g *gate) report(probe bool, err error) {
	class := llm.Classify(err)
	g.mu.Lock()
	defer g.mu.Unlock()
	if probe {
		g.probing = false
	}
	switch {
	case closes(class):
		g.closeLocked(probe, class, err)
	case probe && class == llm.ClassCanceled:
		// It says nothing about the endpoint: the next one probes.
		g.announceLocked()
	case probe:
		// An answer, or a fault of this job alone: somebody is there.
		g.status, g.strikes = GateStatus{Open: true}, 0
		g.announceLocked()
	}
}

func (g *gate) closeLocked(probe bool, class llm.Class, err error) {
	// Calls that were under way when the gate closed bring no more than their
	// Retry-After: one outage is one strike.
	if g.status.Open || probe {
		g.strikes++
	}
	p := paces[class]
	pause := min(p.longest, p.first<<min(g.strikes-1, 16))
	reason := string(class)
	if e := llmError(err); e != nil {
		// A floor: jitter is only ever added to it.
		pause = max(pause, e.RetryAfter)
		reason = e.Error()
	}
	pause += rand.N(pause/10 + 1)
	until := g.now().Add(pause)
	if !g.status.Open && !probe && until.Before(g.status.Until) {
		return
	}
	g.status = GateStatus{Class: class, Reason: reason, Until: until}
	g.announceLocked()
}

func (g *gate) announceLocked() {
	close(g.changed)
	g.changed = make(chan struct{})
	g.onChange(g.status)
}

// Status is a copy of the present one.
func (g *gate) Status() GateStatus {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.status
}

func sleep(ctx context.Context, wait time.Duration, changed <-chan struct{}) error {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-changed:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	return nil
}
