package worker

import (
	"errors"

	"github.com/mujaz/mujaz/internal/llm"
)

// spend adds the cost of calls that failed and are no entry of the ledger.
func (a *asker) spend(q question, resp llm.Response, err error) {
	calls := resp.Calls
	if e := llmError(err); e != nil {
		calls = e.Calls
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, c := range calls {
		if c.Paid && c.Class != "" && !finishes(c.Class) {
			a.usage.Calls++
			a.addTokens(q, q.usage(c.Usage, ""))
		}
	}
}

// finishes reports whether a failed call is an entry of the ledger: the
// endpoint did its part and charges for it, and asking again is no use.
func finishes(class llm.Class) bool {
	return class == llm.ClassTruncated || class == llm.ClassInvalidOutput || class == llm.ClassRefused
}

// entryOf makes the ledger's entry of a call that the endpoint finished.
func (a *asker) entryOf(q question, resp llm.Response, err error) (entry, bool) {
	if err == nil {
		e := entry{
			Content: resp.Content, Model: resp.Model, Rung: resp.Rung, Usage: q.usage(resp.Usage, resp.Content), Calls: 1,
			Suspicion: resp.PromptTokensSuspicious, Job: a.d.MessageID(),
		}
		return e, true
	}
	f := llmError(err)
	if f == nil || !finishes(f.Class) {
		return entry{}, false
	}
	return entry{
		Content: f.Answer, Class: f.Class, Problems: f.Problems, Usage: q.usage(f.Usage, f.Answer), Calls: paidCalls(f.Calls), Job: a.d.MessageID(),
	}, true
}

// paidCalls is 1 when the last call is charged for: a filter that declines a
// prompt with an error status charges nothing.
func paidCalls(calls []llm.Call) int {
	if len(calls) > 0 && calls[len(calls)-1].Paid {
		return 1
	}
	return 0
}

func (e entry) failure(endpoint string) error {
	return &llm.Error{
		Class: e.Class, Problems: e.Problems, Answer: e.Content, Usage: e.Usage, Endpoint: endpoint,
		Err: errors.New("known from an earlier attempt at this job"),
	}
}

// count adds an entry to the job's account.
func (a *asker) count(q question, key string, e entry) {
	a.mu.Lock()
	defer a.mu.Unlock()
	switch {
	case e.Class != "":
	case q.to.judge:
		a.judgedBy = e.Model
	default:
		a.served, a.endpoint, a.rung = e.Model, q.to.llm.Label(), e.Rung
	}
	if e.Job != a.d.MessageID() {
		a.p.metrics.reused.Inc()
		return
	}
	if e.Calls > 0 && !a.counted[key] {
		a.counted[key] = true
		a.paid = true
		a.usage.Calls += e.Calls
		a.addTokens(q, e.Usage)
	}
}

func (a *asker) addTokens(q question, u llm.Usage) {
	a.usage.TokensIn += u.In
	a.usage.TokensOut += u.Out
	a.usage.TokensCached += u.Cached
	if !u.Known {
		a.usage.TokensEstimated = true
	}
	price := a.price(q)
	if price == nil {
		a.unpriced = true
		return
	}
	a.usage.Cost += price.cost(u)
}
