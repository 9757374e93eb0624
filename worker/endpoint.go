package worker

import (
	"context"

	"github.com/mujaz/mujaz/internal/llm"
)

// endpoint is who is asked, and what stands before a call to it.
type endpoint struct {
	llm       *llm.Client
	gate      *gate
	allowance *allowance // nil where a job does not wait for it
	price     *Price     // nil: unknown
	// judge tells the judge's calls from the writer's.
	judge bool
	// aside is an endpoint that a job does not wait for: it is asked once, and
	// not at all while its gate is closed.
	aside bool
}

// enter waits for the limits a minute and for the gate. Those who waited at the
// gate go back to the limits, or they would all call at once. The returned
// function must be given what came of the call.
func (e *endpoint) enter(ctx context.Context, q question) (report func(llm.Response, error), err error) {
	if e.aside {
		passed, err := e.gate.try()
		return func(_ llm.Response, err error) { passed(e.concerns(err)) }, err
	}
	for {
		t, err := e.allowance.wait(ctx, q.inputTokens(), q.maxTokens)
		if err != nil {
			return nil, err
		}
		passed, crowd, err := e.gate.enter(ctx)
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
