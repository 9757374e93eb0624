package worker

import (
	"cmp"
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"

	"github.com/mujaz/mujaz/internal/llm"
	"github.com/mujaz/mujaz/queue"
)

// price of a question's tokens; nil is unknown.
func (a *asker) price(q question) *Price {
	if q.to.judge || q.to.llm != a.p.cfg.LLM {
		return q.to.price
	}
	return a.p.cfg.priceOf(q.model)
}

// budgeted makes a call within the budgets: its worst case is reserved before,
// its cost settled after, and each HTTP call recorded.
func (a *asker) budgeted(ctx context.Context, q question, call func() (llm.Response, error)) (llm.Response, error) {
	reserved, err := a.p.budgets.reserve(ctx, a.d, a.limits, a.price(q), q)
	if err != nil {
		return llm.Response{}, err
	}
	settled := false
	defer func() {
		// A panic between the two leaves the call's cost open: it is spent.
		if !settled && reserved != nil {
			reserved.Settle(reserved.Amount())
		}
	}()
	resp, err := call()
	cost := a.record(q, resp, err, reserved)
	settled = true
	if reserved != nil {
		reserved.Settle(cost)
	}
	return resp, err
}

// record writes each HTTP call into the log of spending, and returns what they
// cost together. One that is paid and whose usage nobody knows costs what was
// reserved for it.
func (a *asker) record(q question, resp llm.Response, err error, reserved *queue.Reservation) (sum queue.Amount) {
	calls, answer := resp.Calls, resp.Content
	if e := llmError(err); e != nil {
		calls, answer = e.Calls, e.Answer
	}
	price := a.price(q)
	now := time.Now().UTC()
	for i, c := range calls {
		row := queue.Spend{
			Time: now, Endpoint: q.to.llm.Label(), Model: q.model, Prompt: q.prompt, Purpose: cmp.Or(q.purpose, queue.PurposeWrite), Lane: a.d.Lane, Source: a.d.Source,
			Key: a.key, Class: string(c.Class), Paid: c.Paid, CostKnown: !c.Paid || price != nil,
		}
		if price != nil {
			row.Currency = price.Currency
		}
		if c.Paid {
			text := ""
			if i == len(calls)-1 {
				row.Served, text = resp.Model, answer
			}
			used := q.usage(c.Usage, text)
			row.In, row.Out, row.Cached, row.Estimated = used.In, used.Out, used.Cached, !used.Known
			if price != nil {
				row.Cost = queue.AmountOf(price.cost(used))
			}
			switch {
			case used.Known || reserved == nil:
				sum += row.Cost
			default:
				sum += reserved.Amount()
			}
		}
		a.p.spend.Add(row)
	}
	return sum
}

// newSpendLog records calls under the worker's name.
func newSpendLog(ctx context.Context, cfg Config, m *metrics) *queue.SpendLog {
	return cfg.Queue.OpenSpendLog(ctx, cfg.Name, func(calls int, err error) {
		if calls == 0 {
			cfg.Log.Warn("calls cannot be recorded, trying again", zap.Error(err))
			return
		}
		m.unrecorded.Add(float64(calls))
		cfg.Log.Error("calls are not in the record of spending", zap.Int(keyCalls, calls), zap.Error(err))
	})
}

// budgetMetrics reports the budgets of days when they are scraped.
type budgetMetrics struct {
	budgets              *budgets
	spent, reserved, cap *prometheus.Desc
}

func newBudgetMetrics(b *budgets) *budgetMetrics {
	desc := func(name, help string) *prometheus.Desc {
		return prometheus.NewDesc("mujaz_budget_"+name, help, []string{"currency"}, nil)
	}
	return &budgetMetrics{
		budgets:  b,
		spent:    desc("spent", "Spent of the day's budget, by all workers, as this one last saw it."),
		reserved: desc("reserved", "Reserved of the day's budget for calls under way, by all workers."),
		cap:      desc("cap", "The day's budget."),
	}
}

// Describe is the collector's.
func (m *budgetMetrics) Describe(ch chan<- *prometheus.Desc) {
	ch <- m.spent
	ch <- m.reserved
	ch <- m.cap
}

// Collect is the collector's.
func (m *budgetMetrics) Collect(ch chan<- prometheus.Metric) {
	today := time.Now().UTC().Format(time.DateOnly)
	for _, s := range m.budgets.store.Sums() {
		if s.Scope != queue.ScopeDay || s.Name != today {
			continue
		}
		for desc, v := range map[*prometheus.Desc]queue.Amount{m.spent: s.Spent, m.reserved: s.Reserved, m.cap: s.Cap} {
			ch <- prometheus.MustNewConstMetric(desc, prometheus.GaugeValue, v.Units(), s.Currency)
		}
	}
}
