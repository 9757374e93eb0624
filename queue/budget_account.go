package queue

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// account is one worker's view of a budget's entry, and its part in it.
type account struct {
	Budget
	owner           *Budgets
	stream, subject string

	// entering counts those who are about to reserve.
	entering atomic.Int32

	mu      sync.Mutex
	limit   Amount // that is asked for now
	mine    part   // what is to be stored; in it is every grant, and every settlement
	epoch   int    // counts the times that others booked our part as spent
	waiting []*request
	dirty   bool // mine has settlements that are not stored
	running bool // a commit is under way
	stopped bool
	wake    chan struct{} // of a commit that waits for reservations to come back
	idled   chan struct{} // closed when no commit is under way

	// What was last read or written, for the commit and under mu.
	known    bool
	loaded   bool // our part was looked for
	stored   bool // our part was there
	entry    accountEntry
	sequence uint64
}

// request is a reservation that waits for its grant.
type request struct {
	want   Amount
	within time.Duration
	done   chan grant // of one
	// withdrawn by its caller while it was being stored.
	withdrawn bool
	granted   bool
}

type grant struct {
	epoch int
	err   error
}

func newAccount(owner *Budgets, budget Budget, key string) *account {
	bucket := owner.conn.topo.FleetBucket()
	if budget.Scope == ScopeJob {
		bucket = owner.conn.topo.LedgerBucket()
	}
	return &account{
		Budget: budget, owner: owner, stream: "KV_" + bucket, subject: "$KV." + bucket + "." + key,
		limit: budget.Cap, wake: make(chan struct{}, 1),
	}
}

// reserve waits until the amount is stored as reserved, or refused.
func (a *account) reserve(ctx context.Context, limit, want Amount, within time.Duration) (epoch int, err error) {
	r := &request{want: want, within: within, done: make(chan grant, 1)}
	a.mu.Lock()
	a.limit = limit
	a.waiting = append(a.waiting, r)
	a.entering.Add(-1)
	a.commitLocked()
	a.mu.Unlock()
	select {
	case g := <-r.done:
		return g.epoch, g.err
	case <-ctx.Done():
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if r.granted {
		g := <-r.done
		return g.epoch, g.err
	}
	r.withdrawn = true
	a.rouseLocked()
	return 0, context.Cause(ctx)
}

// settle replaces a reserved amount by its cost.
func (a *account) settle(epoch int, reserved, cost Amount) {
	a.mu.Lock()
	defer a.mu.Unlock()
	switch {
	case epoch == a.epoch:
		a.mine.Reserved -= reserved
		a.mine.Spent += cost
	case cost > reserved:
		// The others have booked what was reserved.
		a.mine.Spent += cost - reserved
	default:
		return
	}
	a.dirty = true
	a.commitLocked()
}

// commitLocked sees to it that somebody stores what waits.
func (a *account) commitLocked() {
	if a.running {
		a.rouseLocked()
		return
	}
	a.running, a.stopped, a.idled = true, false, make(chan struct{})
	a.owner.commits.Go(a.commit)
}

func (a *account) rouseLocked() {
	select {
	case a.wake <- struct{}{}:
	default:
	}
}

// Times of a commit.
const (
	// settleDelay lets settlements go along with the next reservation.
	settleDelay = 20 * time.Millisecond
	// contendedWait is how often a reservation looks for what other workers
	// have given back.
	contendedWait = 200 * time.Millisecond
	// commitTry is how long the server may take for one write; commitRetry is
	// the pause after one that failed, and commitRace that after a lost race.
	commitTry   = 5 * time.Second
	commitRetry = 500 * time.Millisecond
	commitRace  = 2 * time.Millisecond
	// commitFailures in a row refuse the calls that wait: some ten seconds,
	// beyond a leader election. Their jobs come again.
	commitFailures = 20
)

// commit stores what waits until there is nothing left.
func (a *account) commit() {
	failures := 0
	for !a.finished(failures) {
		if a.unhurried() {
			a.rest(settleDelay, a.wake)
		}
		fresh, err := a.read()
		contended := false
		if err == nil {
			contended, err = a.write(fresh)
		}
		switch {
		case err == nil:
			failures = 0
			if contended {
				a.rest(contendedWait, a.wake)
			}
		case wrongLastSequence(err):
			a.rest(rand.N(commitRace), nil)
		default:
			if failures++; failures >= commitFailures {
				a.refuse(fmt.Errorf("reserve the cost: %w", explainAPI(err)))
				break
			}
			a.rest(commitRetry, nil)
		}
	}
}

// unhurried reports whether nobody waits for the next write.
func (a *account) unhurried() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.waiting) == 0
}

// finished ends the commit when nothing waits, or when it cannot be stored: then
// the next reservation tries again.
func (a *account) finished(failures int) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if !a.stopped && (len(a.waiting) > 0 || a.dirty && failures < commitFailures) {
		return false
	}
	a.running = false
	close(a.idled)
	return true
}

// rest pauses, or until it is woken.
func (*account) rest(pause time.Duration, wake <-chan struct{}) {
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-wake:
	}
}

// read looks the entry up where it is not known, and reports whether it did.
func (a *account) read() (fresh bool, err error) {
	a.mu.Lock()
	known := a.known
	a.mu.Unlock()
	if known {
		return false, nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), commitTry)
	defer cancel()
	entry, sequence, err := a.owner.conn.readAccount(ctx, a.stream, a.subject)
	if err != nil {
		return false, err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.takeLocked(entry, sequence)
	return true, nil
}

// takeLocked makes an entry the known one, and looks for our part in it.
func (a *account) takeLocked(entry accountEntry, sequence uint64) {
	own, there := entry.Workers[a.owner.self]
	switch {
	case there && !a.loaded:
		// Of a time before we forgot this account.
		a.mine.Spent += own.Spent
		a.mine.Reserved += own.Reserved
		a.mine.Until = max(a.mine.Until, own.Until)
	case !there && a.stored && sequence > a.sequence:
		// Others have booked it, or an operator began anew: what we spent and
		// have reserved is not ours any more. An entry that is older than what we
		// know is one of a server that lost it: then our part is stored again.
		a.mine = part{}
		a.epoch++
	}
	a.entry, a.sequence, a.known, a.loaded, a.stored = entry, sequence, true, true, there
}

// write decides on what waits, by what is known, and stores it: a decision on
// what has changed meanwhile is not stored. Contended tells that some wait for
// what others have reserved, by what the server has just said.
func (a *account) write(fresh bool) (contended bool, err error) {
	a.mu.Lock()
	granted, contended := a.decideLocked()
	if len(granted) == 0 && !a.dirty {
		// What others give back is seen by looking again.
		a.known = a.known && !contended
		a.mu.Unlock()
		return contended && fresh, nil
	}
	next := a.mine
	now := time.Now()
	for _, r := range granted {
		next.Reserved += r.want
		next.Until = max(next.Until, now.Add(r.within).Unix()+1)
	}
	entry := a.entry.with(a.owner.self, next, a.limit, now)
	sequence := a.sequence
	a.dirty = false
	a.mu.Unlock()

	stored, err := a.put(entry, sequence)

	a.mu.Lock()
	defer a.mu.Unlock()
	if err != nil {
		a.known, a.dirty = false, true
		return contended, err
	}
	a.entry, a.sequence, a.stored = entry, stored, true
	a.known = !contended
	a.mine.Until = next.Until
	for _, r := range granted {
		if r.withdrawn {
			a.dirty = true // it is stored, and nobody will settle it
			continue
		}
		a.mine.Reserved += r.want
		r.granted = true
		r.done <- grant{epoch: a.epoch}
	}
	a.waiting = without(a.waiting, granted)
	return false, nil
}

// decideLocked sorts out what waits: granted is to be stored, what can never be
// is refused, and the rest waits for reservations to come back.
func (a *account) decideLocked() (granted []*request, contended bool) {
	spent, reserved := a.entry.sums(a.owner.self, time.Now())
	spent += a.mine.Spent
	reserved += a.mine.Reserved
	var refused []*request
	for _, r := range a.waiting {
		switch {
		case r.withdrawn:
			refused = append(refused, r)
		case spent+reserved+r.want <= a.limit:
			reserved += r.want
			granted = append(granted, r)
		case spent+r.want > a.limit:
			// What is spent only grows.
			refused = append(refused, r)
			budget := a.Budget
			budget.Cap = a.limit
			r.done <- grant{err: &OverBudgetError{Budget: budget, Currency: a.owner.currency, Spent: spent, Want: r.want}}
		default:
			contended = true
		}
	}
	a.waiting = without(a.waiting, refused)
	return granted, contended
}

func without(all, some []*request) []*request {
	if len(some) == 0 {
		return all
	}
	drop := make(map[*request]bool, len(some))
	for _, r := range some {
		drop[r] = true
	}
	var rest []*request
	for _, r := range all {
		if !drop[r] {
			rest = append(rest, r)
		}
	}
	return rest
}

// put stores an entry if the last one is still that of the sequence.
func (a *account) put(entry accountEntry, sequence uint64) (uint64, error) {
	value, err := json.Marshal(entry)
	if err != nil {
		return 0, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), commitTry)
	defer cancel()
	ack, err := a.owner.conn.js.Publish(ctx, a.subject, value,
		jetstream.WithExpectLastSequencePerSubject(sequence), jetstream.WithMsgTTL(a.lifetime()))
	if err != nil {
		return 0, err
	}
	return ack.Sequence, nil
}

// refuse ends the wait of all.
func (a *account) refuse(err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, r := range a.waiting {
		if !r.withdrawn {
			r.done <- grant{err: err}
		}
	}
	a.waiting = nil
}

// flush waits until what was settled is stored.
func (a *account) flush(ctx context.Context) error {
	for {
		a.mu.Lock()
		if !a.running {
			dirty := a.dirty
			a.mu.Unlock()
			if dirty {
				return errors.New("what was settled could not be stored")
			}
			return nil
		}
		a.rouseLocked()
		idled := a.idled
		a.mu.Unlock()
		select {
		case <-idled:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// stop ends a commit that cannot store.
func (a *account) stop() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.stopped = true
	a.rouseLocked()
}

func (a *account) idle() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.entering.Load() == 0 && !a.running && !a.dirty && a.mine.Reserved == 0
}

func (a *account) sums() Sums {
	a.mu.Lock()
	defer a.mu.Unlock()
	spent, reserved := a.entry.sums(a.owner.self, time.Now())
	budget := a.Budget
	budget.Cap = a.limit
	return Sums{Budget: budget, Currency: a.owner.currency, Spent: spent + a.mine.Spent, Reserved: reserved + a.mine.Reserved}
}

// purge removes the entry of a job that has ended.
func (a *account) purge(ctx context.Context) error {
	msg := nats.NewMsg(a.subject)
	msg.Header.Set("KV-Operation", "PURGE")
	msg.Header.Set("Nats-Rollup", "sub")
	if _, err := a.owner.conn.js.PublishMsg(ctx, msg, jetstream.WithMsgTTL(time.Minute)); err != nil {
		return fmt.Errorf("drop the job's budget: %w", err)
	}
	return nil
}

// readAccount reads a budget's entry; none is an empty one.
func (c *Conn) readAccount(ctx context.Context, stream, subject string) (accountEntry, uint64, error) {
	msg, err := c.lastOn(ctx, stream, subject)
	if errors.Is(err, ErrNotFound) {
		return accountEntry{}, 0, nil
	}
	if err != nil {
		return accountEntry{}, 0, err
	}
	var entry accountEntry
	if msg.Header.Get("KV-Operation") != "" || msg.Header.Get("Nats-Marker-Reason") != "" {
		return entry, msg.Sequence, nil
	}
	if err := json.Unmarshal(msg.Data, &entry); err != nil {
		return entry, 0, fmt.Errorf("read the budget: %w", err)
	}
	return entry, msg.Sequence, nil
}
