package worker

import (
	"context"
	"sync"
	"time"

	"github.com/mujaz/mujaz/internal/llm"
)

// allowance spaces calls so that they use up an endpoint's limits a minute and
// do not overrun them. A call goes as soon as no bucket is in debt, and then
// puts its requests and tokens on both: over time exactly the limit is used,
// and a call that is larger than a second's worth need not wait for a minute.
//
// Limits come from the configuration, or are learned from the headers of
// answers. They are the whole fleet's; this worker uses its share of them.
type allowance struct {
	// turn is held by the one call that waits for the buckets; the others wait
	// for it in the order in which they came.
	turn chan struct{}

	mu       sync.Mutex
	requests bucket
	tokens   bucket
	share    float64 // of the limits, above 0 and at most 1; 0 while it is not known
	guess    guess
	changed  chan struct{} // closed and replaced when a limit or the share changes
}

// bucket is one limit. Its level rises to a second's worth and falls below 0
// when a call took more than there was.
type bucket struct {
	limit   float64 // a minute, of the whole fleet; 0: none is known
	ceiling float64 // as configured, which answers cannot raise; 0: none
	level   float64
	at      time.Time
	taken   float64 // by this worker, ever
}

// burst is how much of a minute's allowance may be saved up while there is
// nothing to do: providers refill every second or smoothly, and refuse what
// comes faster even within the minute.
const burst = 1.0 / 60

// fill brings the level up to date and returns the allowance a second.
func (b *bucket) fill(now time.Time, share float64) float64 {
	rate := b.limit * share / 60
	full := b.limit * share * burst
	if b.at.IsZero() {
		b.level = full
	}
	b.level = min(b.level+now.Sub(b.at).Seconds()*rate, max(full, b.level))
	b.at = now
	return rate
}

// wait is how long until the bucket is out of debt.
func (b *bucket) wait(now time.Time, share float64) time.Duration {
	if b.limit == 0 {
		return 0
	}
	rate := b.fill(now, share)
	if b.level >= 0 {
		return 0
	}
	// A nanosecond more, or the last one is waited for in a loop.
	return time.Duration(-b.level/rate*float64(time.Second)) + 1
}

func (b *bucket) take(n float64) {
	b.level -= n
	b.taken += n
}

// learn takes over a limit that an answer told. A configured one can only get
// smaller: the operator may want to leave something for others.
func (b *bucket) learn(limit int64) (changed bool) {
	if limit <= 0 {
		return false
	}
	told := float64(limit)
	if b.ceiling > 0 {
		told = min(told, b.ceiling)
	}
	changed = told != b.limit
	b.limit = told
	return changed
}

// sync lowers the level to what the endpoint said was left, less what was taken
// since that call was sent and plus what has flowed back since. It never raises
// it: what is left there may be another client's.
func (b *bucket) sync(left int64, since ticket, takenThen float64, now time.Time, share float64) {
	if left < 0 || b.limit == 0 {
		return
	}
	rate := b.fill(now, share)
	there := float64(left)*share - (b.taken - takenThen) + now.Sub(since.sent).Seconds()*rate
	b.level = min(b.level, there)
}

// guess foresees the tokens of a call from those before it.
type guess struct {
	perUnit float64 // real input tokens for each that was estimated
	out     float64 // tokens of an answer
}

// weight of the newest call in the moving means.
const guessWeight = 0.1

func (g *guess) of(in, maxOut int) float64 {
	out := g.out
	if out == 0 {
		// Answers are far shorter than what they are allowed.
		out = float64(maxOut) / 4
	}
	per := g.perUnit
	if per == 0 {
		per = 1
	}
	return float64(in)*per + out
}

func (g *guess) learn(in int, used llm.Usage) {
	if !used.Known || in == 0 || used.In == 0 {
		return
	}
	mean := func(old *float64, now float64) {
		if *old == 0 {
			*old = now
		}
		*old += guessWeight * (now - *old)
	}
	mean(&g.perUnit, float64(used.In)/float64(in))
	mean(&g.out, float64(used.Out))
}

// expectedOut is how many tokens an answer has on average.
func (a *allowance) expectedOut(maxOut int) int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return int(a.guess.of(0, maxOut))
}

// ticket is what a call took.
type ticket struct {
	sent                       time.Time
	in                         int // estimated input tokens
	tokens                     float64
	takenRequests, takenTokens float64 // by all calls, this one included
}

func newAllowance(requests, tokens int) *allowance {
	return &allowance{
		turn: make(chan struct{}, 1), changed: make(chan struct{}),
		requests: bucket{limit: float64(requests), ceiling: float64(requests)},
		tokens:   bucket{limit: float64(tokens), ceiling: float64(tokens)},
	}
}

// wait blocks until a call with that many estimated input tokens and at most
// maxOut output tokens may go, and takes what it needs.
func (a *allowance) wait(ctx context.Context, in, maxOut int) (ticket, error) {
	select {
	case a.turn <- struct{}{}:
	case <-ctx.Done():
		return ticket{}, context.Cause(ctx)
	}
	defer func() { <-a.turn }()
	for {
		if ctx.Err() != nil {
			return ticket{}, context.Cause(ctx)
		}
		a.mu.Lock()
		now := time.Now()
		wait := a.waitLocked(now)
		if wait == 0 {
			t := ticket{sent: now, in: in, tokens: a.guess.of(in, maxOut)}
			a.requests.take(1)
			a.tokens.take(t.tokens)
			t.takenRequests, t.takenTokens = a.requests.taken, a.tokens.taken
			a.mu.Unlock()
			return t, nil
		}
		changed := a.changed
		a.mu.Unlock()
		if err := sleep(ctx, wait, changed); err != nil {
			return ticket{}, err
		}
	}
}

// waitLocked is the longest wait of both buckets. While the share is not known
// and there is something to share, it is until that changes.
func (a *allowance) waitLocked(now time.Time) time.Duration {
	if a.requests.limit == 0 && a.tokens.limit == 0 {
		return 0
	}
	if a.share == 0 {
		return unknownShareWait
	}
	return max(a.requests.wait(now, a.share), a.tokens.wait(now, a.share))
}

// unknownShareWait is cut short when the share becomes known.
const unknownShareWait = time.Minute

// refund gives back what a call took that was not made.
func (a *allowance) refund(t ticket) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.requests.take(-1)
	a.tokens.take(-t.tokens)
	a.announceLocked()
}

// settle puts the real usage of a call in the place of the foreseen one, and
// learns from what its answer said about the limits.
func (a *allowance) settle(t ticket, resp llm.Response, err error) {
	usage, limits, made := resp.Usage, resp.Limits, len(resp.Calls)
	var class llm.Class
	if e := llmError(err); e != nil {
		usage, limits, made, class = e.Usage, e.Limits, len(e.Calls), e.Class
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	now := time.Now()
	a.requests.take(float64(max(0, made-1))) // steps down the ladder are requests too
	switch {
	case usage.Known:
		a.guess.learn(t.in, usage)
		a.tokens.take(float64(usage.In+usage.Out) - t.tokens)
	case class != "" && !finishes(class):
		// What failed used no tokens, as far as anyone counts.
		a.tokens.take(-t.tokens)
	}
	if !limits.Known {
		return
	}
	changed := a.requests.learn(limits.LimitRequests)
	changed = a.tokens.learn(limits.LimitTokens) || changed
	if a.share > 0 {
		a.requests.sync(limits.RemainingRequests, t, t.takenRequests, now, a.share)
		a.tokens.sync(limits.RemainingTokens, t, t.takenTokens, now, a.share)
	}
	if changed {
		a.announceLocked()
	}
}

// setShare changes this worker's part of the limits, from now on.
func (a *allowance) setShare(share float64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if share == a.share {
		return
	}
	now := time.Now()
	for _, b := range []*bucket{&a.requests, &a.tokens} {
		if a.share > 0 && b.limit > 0 {
			b.fill(now, a.share)
			b.level = min(b.level, b.limit*share*burst)
		}
	}
	a.share = share
	a.announceLocked()
}

func (a *allowance) announceLocked() {
	close(a.changed)
	a.changed = make(chan struct{})
}

// perMinute is what this worker may use now; 0 where there is no limit.
func (a *allowance) perMinute() (requests, tokens float64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.requests.limit * a.share, a.tokens.limit * a.share
}
