package queue

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"math"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Amount of money in billionths of its currency's unit, so that sums are exact:
// a token at 0.02 USD a million costs 20.
type Amount int64

// unit is one whole unit of the currency.
const unit Amount = 1_000_000_000

// maxAmount is beyond every bill, and leaves room for sums of many.
const maxAmount = Amount(math.MaxInt64 / 1024)

// AmountOf rounds up to the next billionth: what is spent is never understated.
// What is no amount (negative, NaN) is the largest, which no budget allows.
func AmountOf(units float64) Amount {
	a := math.Ceil(units * float64(unit))
	if !(a >= 0 && a < float64(maxAmount)) {
		return maxAmount
	}
	return Amount(a)
}

// Units is the amount in whole units of the currency.
func (a Amount) Units() float64 { return float64(a) / float64(unit) }

// String has two decimals, or as many as the amount needs.
func (a Amount) String() string {
	sign := ""
	if a < 0 {
		sign, a = "-", -a
	}
	fraction := strings.TrimRight(fmt.Sprintf("%09d", a%unit), "0")
	return sign + strconv.FormatInt(int64(a/unit), 10) + "." + fraction + strings.Repeat("0", max(0, 2-len(fraction)))
}

// BudgetScope is what a budget is for.
type BudgetScope string

// The scopes.
const (
	ScopeDay BudgetScope = "day" // of UTC, over the whole fleet
	ScopeRun BudgetScope = "run" // a source token: a backfill run, or a source of live jobs
	ScopeJob BudgetScope = "job" // one message of the queue, with all its deliveries
)

// Budget is one cap on spending.
type Budget struct {
	Scope BudgetScope
	// Name of the day ("2026-11-24"), of the run (its source token), or of the
	// job's message ([Delivery.MessageID]).
	Name string
	Cap  Amount
}

// Day is the budget of the day of t in UTC.
func Day(t time.Time, limit Amount) Budget {
	return Budget{Scope: ScopeDay, Name: t.UTC().Format(time.DateOnly), Cap: limit}
}

// OverBudgetError refuses a call that could pass a cap.
type OverBudgetError struct {
	Budget
	Currency string
	Spent    Amount
	// Want is what the call could cost.
	Want Amount
}

// Never reports whether the call would not even fit into an untouched budget,
// so that waiting for a new one is of no use.
func (e *OverBudgetError) Never() bool { return e.Scope == ScopeJob || e.Want > e.Cap }

// Error says how much is used, and what was asked for.
func (e *OverBudgetError) Error() string {
	name := " for " + e.Name
	switch e.Scope {
	case ScopeJob:
		name = " for this job"
	case ScopeRun:
		name = " for the run " + e.Name
	}
	return fmt.Sprintf("budget: %s %s of %s%s used, the next call could cost %s", e.Spent, e.Currency, e.Cap, name, e.Want)
}

// Budgets keeps caps on spending for one worker, together with all others that
// spend the same currency on the same server. Before a call its worst case is
// reserved, after it the cost is settled; reserved and spent never add up to
// more than the cap. It is safe for concurrent use.
//
// Each budget is one entry of a bucket, with a part for each worker that only
// that worker writes, as absolute sums: a write whose confirmation is lost can
// be repeated. The entry is written by compare-and-swap, one write for all
// reservations and settlements that wait meanwhile. A worker that is killed
// leaves what it had reserved: it counts as spent in full, as the calls may have
// been paid.
type Budgets struct {
	conn     *Conn
	currency string
	// self tells this instance from all others, earlier ones of its name too.
	self string

	mu       sync.Mutex
	accounts map[string]*account
	commits  sync.WaitGroup
}

// OpenBudgets prepares budgets in a currency; nothing is asked of the server yet.
func (c *Conn) OpenBudgets(currency string) (*Budgets, error) {
	if !tokenPattern.MatchString(currency) {
		return nil, fmt.Errorf("currency %q: must be a code such as USD", currency)
	}
	return &Budgets{conn: c, currency: currency, self: nonce(), accounts: map[string]*account{}}, nil
}

// nonce tells one instance of a worker from all others.
func nonce() string {
	var id [8]byte
	rand.Read(id[:])
	return hex.EncodeToString(id[:])
}

// Reservation is the worst case of one call, reserved in its budgets.
type Reservation struct {
	amount Amount
	held   []hold
}

// hold is a reservation's part in one budget.
type hold struct {
	account *account
	epoch   int
}

// Reserve sets aside what a call could cost, in every budget or in none. While
// others hold reservations that may come back, it waits. The error is an
// *[OverBudgetError] where the call could pass a cap, the context's cause, or
// that the server cannot be reached. Within is how long the call lasts at most.
func (b *Budgets) Reserve(ctx context.Context, want Amount, within time.Duration, budgets ...Budget) (*Reservation, error) {
	r := &Reservation{amount: want}
	for _, budget := range budgets {
		a := b.account(budget)
		epoch, err := a.reserve(ctx, budget.Cap, want, within)
		if err != nil {
			r.Settle(0)
			return nil, err
		}
		r.held = append(r.held, hold{a, epoch})
	}
	return r, nil
}

// Settle puts what the call has cost in the place of what was reserved for it:
// 0 for one that is not paid. It does not wait for the server. A cost above the
// reserved amount, which an endpoint reports that does not keep to the request's
// limits, is booked as it is.
func (r *Reservation) Settle(cost Amount) {
	for _, h := range r.held {
		h.account.settle(h.epoch, r.amount, cost)
	}
	r.held = nil
}

// Amount is what is reserved.
func (r *Reservation) Amount() Amount { return r.amount }

// Sums is what is known of a budget.
type Sums struct {
	Budget
	Currency string
	// Spent is settled, or left behind by a worker that died. Reserved is for
	// calls under way.
	Spent, Reserved Amount
}

// Sums is what this worker last saw of the budgets of days and runs.
func (b *Budgets) Sums() []Sums {
	b.mu.Lock()
	defer b.mu.Unlock()
	var out []Sums
	for _, a := range b.accounts {
		if a.Scope != ScopeJob {
			out = append(out, a.sums())
		}
	}
	sortSums(out)
	return out
}

// Forget lets go of a job's budget when its delivery ends; gone is that of a job
// that has ended and does not come again.
func (b *Budgets) Forget(ctx context.Context, job string, gone bool) error {
	key := Budget{Scope: ScopeJob, Name: job}.key(b.currency)
	b.mu.Lock()
	a := b.accounts[key]
	b.mu.Unlock()
	if a == nil {
		return nil
	}
	err := a.flush(ctx)
	b.mu.Lock()
	forgotten := a.idle() // the next delivery may have come already
	if forgotten {
		delete(b.accounts, key)
	}
	b.mu.Unlock()
	if err != nil || !forgotten || !gone {
		return err
	}
	return a.purge(ctx)
}

// Close writes what is not written yet, and waits for it until ctx ends.
func (b *Budgets) Close(ctx context.Context) error {
	b.mu.Lock()
	accounts := make([]*account, 0, len(b.accounts))
	for _, a := range b.accounts {
		accounts = append(accounts, a)
	}
	b.mu.Unlock()
	var failed error
	for _, a := range accounts {
		if err := a.flush(ctx); err != nil {
			failed = fmt.Errorf("settle budgets: %w", err)
			a.stop()
		}
	}
	b.commits.Wait()
	return failed
}

// account of a budget, made at first use. It is not forgotten before the caller
// has reserved something.
func (b *Budgets) account(budget Budget) *account {
	key := budget.key(b.currency)
	b.mu.Lock()
	defer b.mu.Unlock()
	a := b.accounts[key]
	if a == nil {
		b.forgetIdleLocked()
		a = newAccount(b, budget, key)
		b.accounts[key] = a
	}
	a.entering.Add(1)
	return a
}

// maxAccounts bounds what a worker keeps of budgets that are not in use: days
// and runs of long ago.
const maxAccounts = 1024

func (b *Budgets) forgetIdleLocked() {
	if len(b.accounts) < maxAccounts {
		return
	}
	for key, a := range b.accounts {
		if a.idle() {
			delete(b.accounts, key)
		}
	}
}

// key of a budget's entry. A job's lies in the ledger, with its attempts.
func (b Budget) key(currency string) string {
	return "budget." + currency + "." + string(b.Scope) + "." + b.Name
}

// lifetime of an entry after its last write.
func (b Budget) lifetime() time.Duration {
	const day = 24 * time.Hour
	switch b.Scope {
	case ScopeDay:
		return 8 * day // for a look back at the week
	case ScopeRun:
		return 90 * day // a run that rests for longer begins anew
	}
	return DefaultLedgerTTL // the job's message has long been done
}
