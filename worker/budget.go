package worker

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"sync"
	"time"

	"go.uber.org/zap"

	"github.com/mujaz/mujaz/internal/llm"
	"github.com/mujaz/mujaz/queue"
)

// Budgets are caps on spending, in the currency of the prices; 0 is none. All
// workers of a fleet must be given the same.
type Budgets struct {
	// Day caps what the fleet spends in a day of UTC, Run what it spends on a
	// source token (a backfill run), Job what it spends on one job. A job's own
	// options.max_cost can only be smaller.
	Day, Run, Job float64
	// Over is what happens to a job whose next call could pass the cap of the day
	// or the run; by default it waits. Where waiting is no use, as with its own
	// cap, it ends.
	Over OverBudget
}

// OverBudget is what happens at a cap.
type OverBudget string

// What happens at a cap.
const (
	OverBudgetWait OverBudget = "wait" // jobs wait for the next day, or for a higher cap
	OverBudgetEnd  OverBudget = "end"  // they end as dead letters, over_budget
)

func (b Budgets) any() bool { return b.Day > 0 || b.Run > 0 || b.Job > 0 }

// validateMoney joins all problems of prices and budgets.
func (c Config) validateMoney() error {
	var errs []error
	for name, p := range c.prices() {
		if p == nil {
			if c.Budgets.any() {
				errs = append(errs, fmt.Errorf("price of %s: is unknown, so that no budget can be kept; give its price, or declare it free", name))
			}
			continue
		}
		if err := p.validate(); err != nil {
			errs = append(errs, fmt.Errorf("price of %s: %w", name, err))
		}
		if currency := c.currency(); p.Currency != currency && !p.Free {
			errs = append(errs, fmt.Errorf("price of %s: is in %s, others are in %s; one worker counts in one currency", name, p.Currency, currency))
		}
	}
	for name, v := range map[string]float64{"day": c.Budgets.Day, "run": c.Budgets.Run, "job": c.Budgets.Job} {
		if !(v >= 0) || math.IsInf(v, 0) {
			errs = append(errs, fmt.Errorf("budget of a %s: must be an amount above 0", name))
		}
	}
	if o := c.Budgets.Over; o != "" && o != OverBudgetWait && o != OverBudgetEnd {
		errs = append(errs, fmt.Errorf("over budget %q: must be wait or end", o))
	}
	return errors.Join(errs...)
}

// validate refuses what is no price: a 0 must be meant.
func (p *Price) validate() error {
	for _, v := range []float64{p.Input, p.Output, p.CachedInput} {
		if !(v >= 0) || math.IsInf(v, 0) {
			return errors.New("must be a number of at least 0")
		}
	}
	if (p.Input == 0 || p.Output == 0) && !p.Free {
		return errors.New("a price of 0 must be declared as free")
	}
	return nil
}

// prices of all that may be asked; nil is unknown.
func (c Config) prices() map[string]*Price {
	all := map[string]*Price{c.Model: c.Price}
	for _, e := range c.Others {
		if e.LLM != nil {
			all[e.Model+" at "+e.LLM.Label()] = e.Price
		}
	}
	for _, model := range append([]string{c.FallbackModel}, c.AllowedModels...) {
		if model != "" {
			all[model] = c.priceOf(model)
		}
	}
	if j := c.Judge; j != nil {
		price := j.Price
		if price == nil && j.LLM == nil && j.Model == c.Model {
			price = c.Price
		}
		all["the judge"] = price
	}
	return all
}

// priceOf a model that the first endpoint is asked for.
func (c Config) priceOf(model string) *Price {
	if p, own := c.ModelPrices[model]; own && model != c.Model {
		return p
	}
	return c.Price
}

// defaultCurrency is that of budgets where nothing has a price.
const defaultCurrency = "USD"

// currency is the one of all prices.
func (c Config) currency() string {
	if c.Price != nil && c.Price.Currency != "" {
		return c.Price.Currency
	}
	for _, p := range c.prices() {
		if p != nil && !p.Free {
			return p.Currency
		}
	}
	return defaultCurrency
}

// budgets keeps the caps of one worker.
type budgets struct {
	caps  Budgets
	store *queue.Budgets
	log   *zap.Logger
	// runs are the budgets that backfill runs were given.
	runs runBudgets
	// spare: an endpoint stands in for those that are too dear.
	spare bool

	mu     sync.Mutex
	inARow int // refusals without a grant between them
	reason string
	until  time.Time
}

// pauseAfter refusals in a row the intake pauses: one alone may be of a call
// that is far larger than others.
const pauseAfter = 3

// callLasts is how long a call with its waits lasts at most, as far as others
// are concerned: after it, what a dead worker had reserved is spent.
const callLasts = holdFor + 2*llm.DefaultTimeout

func newBudgets(cfg Config) (*budgets, error) {
	store, err := cfg.Queue.OpenBudgets(cfg.currency())
	if err != nil {
		return nil, err
	}
	spare := slices.ContainsFunc(cfg.Others, func(e Endpoint) bool { return slices.Contains(e.When, WhenOverBudget) })
	return &budgets{caps: cfg.Budgets, store: store, runs: runBudgets{conn: cfg.Queue}, log: cfg.Log, spare: spare}, nil
}

// of lists the caps that a call is under.
func (b *budgets) of(d *queue.Delivery, limits jobLimits) []queue.Budget {
	var list []queue.Budget
	if limit := smaller(b.caps.Job, limits.job); limit > 0 {
		list = append(list, queue.Budget{Scope: queue.ScopeJob, Name: d.MessageID(), Cap: queue.AmountOf(limit)})
	}
	if limit := smaller(b.caps.Run, limits.run); limit > 0 {
		list = append(list, queue.Budget{Scope: queue.ScopeRun, Name: d.Source, Cap: queue.AmountOf(limit)})
	}
	if b.caps.Day > 0 {
		list = append(list, queue.Day(time.Now(), queue.AmountOf(b.caps.Day)))
	}
	return list
}

// jobLimits are caps that come with a job: its own, and that of its run. 0 is none.
type jobLimits struct{ job, run float64 }

// smaller of two caps, of which 0 is none.
func smaller(a, b float64) float64 {
	if a == 0 || b == 0 {
		return max(a, b)
	}
	return min(a, b)
}

// reserve sets aside what a call could cost. Nil is a call that costs nothing,
// or that no cap is for.
func (b *budgets) reserve(ctx context.Context, d *queue.Delivery, limits jobLimits, price *Price, q question) (*queue.Reservation, error) {
	caps := b.of(d, limits)
	if len(caps) == 0 || price != nil && price.Free {
		return nil, nil
	}
	if price == nil {
		return nil, fatal(StageCall, queue.CauseOverBudget, fmt.Errorf("the price of %s is unknown, so that no budget of the job or its run can be kept", q.model))
	}
	r, err := b.store.Reserve(ctx, queue.AmountOf(price.cost(q.atMost())), callLasts, caps...)
	if over := overBudget(err); over != nil {
		b.refused(over)
		return nil, err
	}
	if err != nil {
		return nil, queueFailed(StageCall, err)
	}
	b.granted()
	return r, nil
}

// atMost is what the question can use, by our own request: a token is a byte at
// least in every tokenizer that falls back on bytes, and the answer has a limit.
func (q question) atMost() llm.Usage {
	sent := len(q.schema.Sent()) + frameTokens
	for _, m := range q.messages {
		sent += len(m.Content) + messageTokens
	}
	return llm.Usage{In: sent, Out: q.maxTokens}
}

// Tokens that the adapter and the endpoint's chat template add: the words before
// a schema that stands in the prompt, and the marks around each message.
const (
	frameTokens   = 256
	messageTokens = 16
)

func overBudget(err error) *queue.OverBudgetError {
	if over, ok := errors.AsType[*queue.OverBudgetError](err); ok {
		return over
	}
	return nil
}

// waits reports whether a job that was refused comes again rather than ends.
func (b *budgets) waits(err error) bool {
	over := overBudget(err)
	return over != nil && !over.Never() && b.caps.Over != OverBudgetEnd
}

// ending is that of a job that was refused.
func (b *budgets) ending(err error) ending {
	if !b.waits(err) {
		return ending{outcome: outcomeDead, cause: queue.CauseOverBudget}
	}
	delay := backoffLongest
	if overBudget(err).Scope == queue.ScopeDay {
		delay = min(delay, time.Until(midnight(time.Now()))+backoff(0))
	}
	return ending{outcome: outcomeHandedBack, delay: delay}
}

// midnight is the end of the day in UTC.
func midnight(now time.Time) time.Time { return now.UTC().Truncate(24 * time.Hour).Add(24 * time.Hour) }

// refused pauses the intake when the day's budget is used up.
func (b *budgets) refused(over *queue.OverBudgetError) {
	if over.Scope != queue.ScopeDay || over.Never() || b.caps.Over == OverBudgetEnd || b.spare {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.inARow++; b.inARow < pauseAfter || time.Now().Before(b.until) {
		return
	}
	b.until = midnight(time.Now())
	b.reason = fmt.Sprintf("%v; until %s UTC", over, b.until.Format("2006-01-02 15:04"))
	b.log.Warn("intake paused", zap.String(keyReason, b.reason), zap.Time(keyUntil, b.until))
}

func (b *budgets) granted() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.inARow = 0
}

// paused says why the intake pauses, or nothing.
func (b *budgets) paused() (reason string, until time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !time.Now().Before(b.until) {
		return "", time.Time{}
	}
	return b.reason, b.until
}

// intake blocks while the day's budget is used up, then asks the next.
func (b *budgets) intake(next func(context.Context) (int, error)) func(context.Context) (int, error) {
	return func(ctx context.Context) (int, error) {
		for {
			_, until := b.paused()
			if until.IsZero() {
				return next(ctx)
			}
			if err := sleep(ctx, time.Until(until), nil); err != nil {
				return 0, err
			}
		}
	}
}

// forget lets go of a job's own budget when its delivery has ended.
func (b *budgets) forget(ctx context.Context, d *queue.Delivery, end outcome) {
	comesAgain := end == outcomeRetry || end == outcomeHandedBack || end == outcomeLost
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), comeBackFor)
	defer cancel()
	if err := b.store.Forget(ctx, d.MessageID(), !comesAgain); err != nil {
		b.log.Debug("job's budget not written", zap.Error(err), zap.Uint64(keySequence, d.Sequence))
	}
}

// close stores what is settled. Then the parts of this worker are complete.
func (b *budgets) close(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), comeBackFor)
	defer cancel()
	if err := b.store.Close(ctx); err != nil {
		b.log.Warn("budgets are not settled: what was reserved counts as spent", zap.Error(err))
	}
}
