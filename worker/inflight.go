package worker

import (
	"context"
	"math"
	"slices"
	"sync"
	"time"
)

// inflight bounds the calls that are under way at an endpoint at once. Where
// the bound is not configured it is found: raised while more calls side by side
// bring more answers a second, and lowered to what the endpoint works on when
// calls begin to queue there. See docs/adr/0019-calls-in-flight.md for the
// measurements that the rules rest on.
type inflight struct {
	now func() time.Time

	mu      sync.Mutex
	limit   float64
	longest float64         // that limit may get
	fixed   bool            // as configured: nothing is found
	out     int             // permits given
	waiting []chan struct{} // in the order in which they came, each closed with its permit

	underWay int // calls, as those with a permit may wait for other things
	round    round
	base     float64 // seconds of a call while nothing queues; 0: not known
	stride   float64 // of the next growth
	refuted  int     // growths in a row that brought nothing
	rest     int     // rounds before the next growth
	last     step    // the change before
}

// round is a set of calls that began one after another under one limit. It is
// over when all of them are, or it would leave out the slow ones.
type round struct {
	serial        int
	from          time.Time // no call before: those under way at the change are to end first
	begun, ended  int       // calls
	took, squared float64   // seconds of all that have ended, and their squares
	beside        int       // calls under way when each began, added up
}

// call is one that is under way.
type call struct {
	began time.Time
	round int // the serial of its round; 0: none
}

// step is a limit that was changed, and how long calls took under it.
type step struct{ limit, took float64 }

const (
	// firstInFlight is where the search begins: two calls are no burden to
	// anyone, and tell how long a call takes.
	firstInFlight = 2
	// mostInFlight is as far as the search goes. Who has more, configures it.
	mostInFlight = 256

	// queued is the share by which calls must be slower than the base before
	// that is taken for a queue: articles vary.
	queued = 1.1
	// spare is kept above what the endpoint works on, so that it never waits
	// for the next call.
	spare = 1.04
	// firstStride is the growth of a limit that was once found to be high
	// enough; each that pays makes the next one longer, up to longestStride.
	// Until then each round doubles.
	firstStride, longestStride = 1.12, 2.0
	// patience is how many rounds at most go by between two tries of more.
	patience = 4
	// pays is the part of a growth that must come back as answers a second. A
	// server that batches gets slower with each call, and still does more.
	pays = 0.5
	// overload lowers the limit where the endpoint refuses.
	overload = 0.7
	// fewestCalls and mostCalls of a round, which else has half as many more as
	// the limit.
	fewestCalls, mostCalls = 6, 96
	// binding is the part of the limit that must be under way on average for a
	// round to say something about it.
	binding = 0.9
	// alike is how far the times of two rounds may lie apart that are the same.
	alike = 1.15
	// driftDown and driftUp are the weights of a round without a queue in the
	// base. What looks like longer articles may be a short queue.
	driftDown, driftUp = 0.1, 0.05
)

// newInflight bounds to limit calls, or finds the bound where limit is 0,
// beginning with start, or with a default where that is 0 too.
func newInflight(limit, start int) *inflight {
	f := &inflight{now: time.Now, limit: float64(limit), longest: float64(limit), fixed: limit > 0, stride: longestStride}
	if !f.fixed {
		f.limit, f.longest = firstInFlight, mostInFlight
		if start > 0 {
			f.limit = min(float64(start), mostInFlight)
		}
	}
	f.round = round{serial: 1, from: f.now()}
	return f
}

// acquire waits for a permit. It must be released.
func (f *inflight) acquire(ctx context.Context) error {
	f.mu.Lock()
	if len(f.waiting) == 0 && f.out < int(f.limit) {
		f.out++
		f.mu.Unlock()
		return nil
	}
	turn := make(chan struct{})
	f.waiting = append(f.waiting, turn)
	f.mu.Unlock()
	select {
	case <-turn:
		return nil
	case <-ctx.Done():
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if i := slices.Index(f.waiting, turn); i >= 0 {
		f.waiting = slices.Delete(f.waiting, i, i+1)
	} else {
		// It came at the same moment.
		f.out--
		f.admitLocked()
	}
	return context.Cause(ctx)
}

// release gives back a permit.
func (f *inflight) release() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.out--
	f.admitLocked()
}

func (f *inflight) admitLocked() {
	for len(f.waiting) > 0 && f.out < int(f.limit) {
		close(f.waiting[0])
		f.waiting = f.waiting[1:]
		f.out++
	}
}

// jobs is how many jobs keep the endpoint busy: one for each call, and where
// calls are made for each, some that are on their way there or back. A
// configured limit is one of jobs.
func (f *inflight) jobs() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.fixed {
		return math.MaxInt32
	}
	return int(f.limit*onTheWay) + 1
}

// onTheWay is the jobs for each call that may be under way, mostJobs what that
// comes to.
const (
	onTheWay = 1.125
	mostJobs = mostInFlight*9/8 + 1
)

// bound is how many calls may be under way.
func (f *inflight) bound() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return int(f.limit)
}

// start notes that a call is under way. Its end must be told.
func (f *inflight) start() call {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.underWay++
	c := call{began: f.now()}
	if r := &f.round; !f.fixed && r.begun < f.roundCalls() && !c.began.Before(r.from) {
		r.begun++
		r.beside += f.underWay
		c.round = r.serial
	}
	return c
}

func (f *inflight) roundCalls() int {
	return min(mostCalls, max(fewestCalls, int(f.limit*1.5)))
}

// callEnd is what the end of a call says about the endpoint's capacity.
type callEnd int

const (
	endSilent callEnd = iota // nothing: it was cancelled
	endServed                // it was worked on
	endOver                  // it was one too many
)

// end notes that a call is over.
func (f *inflight) end(c call, how callEnd) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.underWay--
	r := &f.round
	if c.round != r.serial {
		return
	}
	if how == endOver && f.underWay == 0 {
		// One alone is not too many, but away: it was a probe.
		how = endSilent
	}
	switch how {
	case endSilent:
		// Another takes its place.
		r.begun--
		r.beside -= r.beside / max(1, r.begun+1)
		return
	case endOver:
		f.refuteLocked()
		f.stepLocked(f.limit*overload, 0)
		return
	}
	r.ended++
	took := f.now().Sub(c.began).Seconds()
	r.took += took
	r.squared += took * took
	if r.ended == f.roundCalls() {
		f.judgeLocked()
	}
}

// judgeLocked ends a round, and draws the next limit from it.
func (f *inflight) judgeLocked() {
	n := float64(f.round.ended)
	took, average := f.round.took/n, float64(f.round.beside)/n
	// Calls differ, and so do the means of rounds by chance.
	chance := math.Sqrt(max(0, f.round.squared/n-took*took) / n)
	switch slower := took > f.base*queued+chance; {
	case average < binding*float64(int(f.limit)):
		f.stepLocked(f.limit, took)
	case f.base == 0:
		f.base = took
		f.growLocked(took)
	case slower && f.last.limit > f.limit && f.unmoved(took):
		// Fewer calls, and each takes as long as before: it was no queue that
		// made them slow.
		f.base = took
		f.stepLocked(f.last.limit, took)
	case slower && f.paid(took):
		f.base = took
		f.growLocked(took)
	case slower:
		f.refuteLocked()
		f.stepLocked(f.limit*f.base/took*spare, took)
	default:
		weight := driftDown
		if took > f.base {
			weight = driftUp
		}
		f.base += weight * (took - f.base)
		f.growLocked(took)
	}
}

// growLocked raises the limit, if it is time to.
func (f *inflight) growLocked(took float64) {
	if f.rest--; f.rest >= 0 {
		f.stepLocked(f.limit, took)
		return
	}
	limit := max(f.limit+1, f.limit*f.stride)
	f.stride = min(longestStride, f.stride*firstStride)
	f.refuted, f.rest = max(0, f.refuted-1), 0
	f.stepLocked(limit, took)
}

// refuteLocked notes that the limit is too high.
func (f *inflight) refuteLocked() {
	f.stride = firstStride
	f.refuted = min(patience, f.refuted+1)
	f.rest = f.refuted
}

// stepLocked begins the next round, when the calls that are under way are over:
// until then the endpoint shows how it works under the limit before.
func (f *inflight) stepLocked(limit, took float64) {
	was := f.limit
	f.limit = min(max(1, limit), f.longest)
	f.last = step{was, took}
	from := f.now()
	if int(f.limit) != int(was) {
		from = from.Add(time.Duration(max(took, f.base) * float64(time.Second)))
	}
	f.round = round{serial: f.round.serial + 1, from: from}
	f.admitLocked()
}

// unmoved reports whether a lower limit made calls no faster, as it does where
// they queued, nor slower, as where capacity was lost.
func (f *inflight) unmoved(took float64) bool {
	quicker := f.last.took * (1 + f.limit/f.last.limit) / 2
	return took > quicker && took < f.last.took*alike
}

// paid reports whether the growth before brought more answers a second.
func (f *inflight) paid(took float64) bool {
	if f.last.limit >= f.limit || f.last.took == 0 {
		return false
	}
	grew := f.limit / f.last.limit
	return grew*f.last.took/took-1 >= pays*(grew-1)
}
