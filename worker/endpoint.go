package worker

import (
	"context"
	"slices"
	"sync/atomic"
	"time"

	"github.com/mujaz/mujaz/internal/llm"
)

// endpoint is who is asked, and what stands before a call to it.
type endpoint struct {
	llm       *llm.Client
	model     string
	price     *Price // nil: unknown
	gate      *gate
	inflight  *inflight
	times     times
	allowance *allowance // nil where a job does not wait for it
	// asks is how many questions are put to it now, those included that wait for
	// their turn.
	asks atomic.Int64
	// weight among equal ones.
	weight float64
	// when it is asked; none among equal ones.
	when []Condition
	// judge tells the judge's calls from the writer's.
	judge bool
	// aside is an endpoint that a job does not wait for: it is asked once, and
	// not at all while its gate is closed.
	aside bool
}

// asked ends a question that was put to the endpoint.
func (e *endpoint) asked() { e.asks.Add(-1) }

// standsIn reports whether an endpoint is there for one of the troubles.
func (e *endpoint) standsIn(troubles map[Condition]bool) bool {
	return slices.ContainsFunc(e.when, func(c Condition) bool { return troubles[c] })
}

// enter waits for a permit, for the limits a minute and, if patient, for the
// gate; else a closed one is errPaused. Those who waited at the gate go back to
// the limits, or they would all call at once. The returned function must be
// given what came of the call.
func (e *endpoint) enter(ctx context.Context, q question, patient bool) (report func(llm.Response, error), err error) {
	if e.aside {
		passed, err := e.gate.try()
		return func(_ llm.Response, err error) { passed(e.concerns(err)) }, err
	}
	if err := e.inflight.acquire(ctx); err != nil {
		return nil, err
	}
	passed, err := e.pass(ctx, q, patient)
	if err != nil {
		e.inflight.release()
		return nil, err
	}
	call := e.inflight.start()
	return func(resp llm.Response, err error) {
		passed(resp, err)
		e.inflight.end(call, endOf(err))
		e.inflight.release()
	}, nil
}

// pass waits for the limits and the gate.
func (e *endpoint) pass(ctx context.Context, q question, patient bool) (report func(llm.Response, error), err error) {
	for {
		t, err := e.allowance.wait(ctx, q.inputTokens(), q.maxTokens)
		if err != nil {
			return nil, err
		}
		var passed func(error)
		crowd := false
		if patient {
			passed, crowd, err = e.gate.enter(ctx)
		} else {
			passed, err = e.gate.try()
		}
		if err == nil && !crowd {
			return func(resp llm.Response, err error) {
				e.allowance.settle(t, resp, err)
				passed(e.concerns(err))
			}, nil
		}
		e.allowance.refund(t)
		if err != nil {
			return nil, err
		}
	}
}

// endOf is what the end of a call says about how many the endpoint can take. A
// fault of its own, or of the way there, says nothing.
func endOf(err error) callEnd {
	switch llm.Classify(err) {
	case "", llm.ClassTruncated, llm.ClassInvalidOutput:
		return endServed
	case llm.ClassThrottled, llm.ClassUnavailable:
		return endOver
	}
	return endSilent
}

// waitsFor is the reason of a pause and when it ends, for those who look at the
// fleet; empty while calls are made.
func (e *endpoint) waitsFor() string {
	s := e.gate.Status()
	if s.Open {
		return ""
	}
	return s.Reason + ", until " + s.Until.UTC().Format(time.RFC3339)
}

// stops reports an error that stops all jobs, not this one alone. A wrong model
// of the judge's, at the endpoint that writes, is the judge's trouble.
func (e *endpoint) stops(err error) bool {
	class := llm.Classify(err)
	return closes(class) && !(e.judge && class == llm.ClassMisconfigured)
}

// concerns is what the gate is told of a call.
func (e *endpoint) concerns(err error) error {
	class := llm.Classify(err)
	switch {
	case e.aside && class == llm.ClassTransient:
		// It may have been a timeout: not every job shall wait for the next.
		return &llm.Error{Class: llm.ClassUnavailable, Endpoint: e.llm.Label(), Err: err}
	case !e.aside && closes(class) && !e.stops(err):
		return nil
	}
	return err
}
