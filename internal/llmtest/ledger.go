package llmtest

import (
	"maps"
	"sync"
	"time"
)

// Ledger is what the endpoint has seen and billed so far.
type Ledger struct {
	Calls       int // chat requests that arrived
	Billed      int // answers that a provider would charge for
	Throttled   int // 429 sent
	Early       int // calls that came before the Retry-After given for the same job had passed
	MaxInFlight int // most calls under way at once
	Connections int // TCP connections accepted
	TokensIn    int // of billed answers
	TokensOut   int
	// Batches that were made, and lines in them that are charged for. BilledByJob
	// has them too; Billed and the tokens do not.
	Batches, BatchBilled int
	// ByJob counts all calls, BilledByJob the billed ones, by fingerprint.
	ByJob       map[uint64]int
	BilledByJob map[uint64]int
}

// ledger is the running Ledger.
type ledger struct {
	mu        sync.Mutex
	sum       Ledger
	inFlight  int
	notBefore map[uint64]time.Time
}

func newLedger() *ledger {
	return &ledger{
		sum:       Ledger{ByJob: map[uint64]int{}, BilledByJob: map[uint64]int{}},
		notBefore: map[uint64]time.Time{},
	}
}

// arrive enters a call and returns its number.
func (l *ledger) arrive() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.sum.Calls++
	l.inFlight++
	l.sum.MaxInFlight = max(l.sum.MaxInFlight, l.inFlight)
	return l.sum.Calls
}

// job enters whose call it is.
func (l *ledger) job(fingerprint uint64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.sum.ByJob[fingerprint]++
	if until, ok := l.notBefore[fingerprint]; ok {
		if time.Now().Before(until) {
			l.sum.Early++
		}
		delete(l.notBefore, fingerprint)
	}
}

func (l *ledger) leave() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.inFlight--
}

func (l *ledger) bill(fingerprint uint64, in, out int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.sum.Billed++
	l.sum.TokensIn += in
	l.sum.TokensOut += out
	l.sum.BilledByJob[fingerprint]++
}

func (l *ledger) batch() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.sum.Batches++
}

func (l *ledger) billBatch(fingerprint uint64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.sum.BatchBilled++
	l.sum.BilledByJob[fingerprint]++
}

// throttle enters a refusal and from when the job may come again.
func (l *ledger) throttle(fingerprint uint64, wait time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.sum.Throttled++
	if wait > 0 {
		l.notBefore[fingerprint] = time.Now().Add(wait)
	}
}

func (l *ledger) connect() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.sum.Connections++
}

// snapshot copies the ledger.
func (l *ledger) snapshot() Ledger {
	l.mu.Lock()
	defer l.mu.Unlock()
	out := l.sum
	out.ByJob, out.BilledByJob = maps.Clone(out.ByJob), maps.Clone(out.BilledByJob)
	return out
}
