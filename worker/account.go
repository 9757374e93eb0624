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
// By is the job that pays for it.
func entryOf(q question, resp llm.Response, err error, by string) (entry, bool) {
	if err == nil {
		e := entry{
			Content: resp.Content, Model: resp.Model, Rung: resp.Rung, Usage: q.usage(resp.Usage, resp.Content), Calls: 1,
			Suspicion: resp.PromptTokensSuspicious, Job: by,
		}
		return e, true
	}
	f := llmError(err)
	if f == nil || !finishes(f.Class) {
		return entry{}, false
	}
	return entry{
		Content: f.Answer, Class: f.Class, Problems: f.Problems, Usage: q.usage(f.Usage, f.Answer), Calls: paidCalls(f.Calls), Job: by,
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
	if !a.own(e) {
		a.p.metrics.reused.Inc()
		return
	}
	if e.Calls > 0 && !a.counted[key] {
		a.counted[key] = true
		a.paid = true
		a.usage.Calls += e.Calls
		if e.Batch > 0 {
			a.addBatched(q, e)
			return
		}
		a.addTokens(q, e.Usage)
	}
}

// own reports whether this job has paid for an entry, be it before it was queued.
func (a *asker) own(e entry) bool { return e.Job == a.d.MessageID() || e.Job == a.batch }

// addBatched adds a call that was made in a batch, at what it cost there.
func (a *asker) addBatched(q question, e entry) {
	a.addUsage(e.Usage)
	if a.price(q) == nil || !e.Priced || e.Currency != a.p.cfg.currency() {
		a.unpriced = true
		return
	}
	a.usage.Cost += e.Cost.Units()
}

func (a *asker) addUsage(u llm.Usage) {
	a.usage.TokensIn += u.In
	a.usage.TokensOut += u.Out
	a.usage.TokensCached += u.Cached
	if !u.Known {
		a.usage.TokensEstimated = true
	}
}

func (a *asker) addTokens(q question, u llm.Usage) {
	a.addUsage(u)
	price := a.price(q)
	if price == nil {
		a.unpriced = true
		return
	}
	a.usage.Cost += price.cost(u)
}
