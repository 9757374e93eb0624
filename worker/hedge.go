package worker

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/mujaz/mujaz/internal/llm"
	"github.com/mujaz/mujaz/queue"
)

// errOutrun ends the slower one of two calls that ask the same.
var errOutrun = errors.New("another call was quicker")

// hedged makes a call for a live job, and a second one beside it when the first
// takes longer than the share [Config.Hedge] of those before it took. The first
// answer counts; the other call is given up, and its cost is the job's as well.
func (a *asker) hedged(ctx context.Context, q question, call func(context.Context, question) (llm.Response, error)) (llm.Response, error) {
	if a.p.cfg.Hedge == 0 || a.d.Lane != queue.LaneLive {
		return call(ctx, q)
	}
	after, known := q.to.times.at(a.p.cfg.Hedge)
	if !known {
		return call(ctx, q)
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(errOutrun)
	type answer struct {
		resp llm.Response
		err  error
	}
	answers := make(chan answer, 2)
	ask := func(q question) {
		go func() {
			resp, err := call(ctx, q)
			answers <- answer{resp, err}
		}()
	}
	ask(q)
	underWay := 1
	late := time.NewTimer(after)
	defer late.Stop()
	for {
		select {
		case <-late.C:
			a.p.metrics.hedged.Inc()
			ask(q.beside())
			underWay++
		case r := <-answers:
			if underWay--; underWay > 0 && r.err != nil {
				continue // the other one may still answer
			}
			cancel(errOutrun)
			for range underWay {
				<-answers // its cost is in the account
			}
			return r.resp, r.err
		}
	}
}

// beside is the same question for an equal endpoint, or the same one where there
// is none.
func (q question) beside() question {
	q.purpose = queue.PurposeHedge
	if e, _ := q.chain.pick(tried{q.to: ""}, q.model); e != nil && e.model == q.to.model {
		q.to = e
	}
	return q
}

// outrun marks a call as paid for that was given up for another: providers
// charge for what they have begun. What it would have written is not known.
func outrun(ctx context.Context, q question, err error) {
	e := llmError(err)
	if e == nil || e.Class != llm.ClassCanceled || !errors.Is(context.Cause(ctx), errOutrun) || len(e.Calls) == 0 {
		return
	}
	last := &e.Calls[len(e.Calls)-1]
	last.Paid = true
	last.Usage = llm.Usage{In: q.inputTokens(), Out: q.to.allowance.expectedOut(q.maxTokens)}
}

// times are how long the last calls to an endpoint took.
type times struct {
	mu   sync.Mutex
	last [timesKept]time.Duration
	n    int // ever
}

// timesKept are enough for a percentile, and few enough to follow a change;
// below timesNeeded nothing is said.
const timesKept, timesNeeded = 128, 20

func (t *times) add(took time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.last[t.n%timesKept] = took
	t.n++
}

// at is the time within which the share p of the calls was answered.
func (t *times) at(p float64) (time.Duration, bool) {
	t.mu.Lock()
	n := min(t.n, timesKept)
	sorted := slices.Clone(t.last[:n])
	t.mu.Unlock()
	if n < timesNeeded {
		return 0, false
	}
	slices.Sort(sorted)
	return sorted[min(n-1, int(p*float64(n)))], true
}
