package backfill

import (
	"context"
	"encoding/hex"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/mujaz/mujaz/queue"
)

// Counts are a run's jobs by how they ended.
type Counts struct {
	OK int64 `json:"ok"`
	// Reused are ok as well, by an answer of before: nothing was paid for them.
	Reused  int64 `json:"reused"`
	Flagged int64 `json:"flagged"`
	Skipped int64 `json:"skipped"`
	Dead    int64 `json:"dead"`
}

// Sum of all.
func (c Counts) Sum() int64 { return c.OK + c.Reused + c.Flagged + c.Skipped + c.Dead }

func (c *Counts) add(s state) {
	switch s {
	case stateOK:
		c.OK++
	case stateReused:
		c.Reused++
	case stateFlagged:
		c.Flagged++
	case stateSkipped:
		c.Skipped++
	case stateDead:
		c.Dead++
	}
}

// Spent is what a run's results say that they used, those included that a later
// one supersedes. What a job that died has used is in `mujaz cost`.
type Spent struct {
	Calls     int64   `json:"calls"`
	TokensIn  int64   `json:"tokens_in"`
	TokensOut int64   `json:"tokens_out"`
	Cost      float64 `json:"cost"`
	Currency  string  `json:"currency,omitzero"`
	// Unpriced counts results whose cost is not known: it is not in Cost.
	Unpriced int64 `json:"unpriced,omitzero"`
}

func (s *Spent) add(e queue.Ending) {
	if e.Status == "" || e.Reviewed {
		return
	}
	s.Calls += int64(e.Calls)
	s.TokensIn += int64(e.TokensIn)
	s.TokensOut += int64(e.TokensOut)
	if !e.CostKnown {
		if e.Calls > 0 {
			s.Unpriced++
		}
		return
	}
	s.Cost += e.Cost
	if e.Currency != "" {
		s.Currency = e.Currency
	}
}

// keyOf packs a job's key: a tally of a million jobs has a million of them.
func keyOf(key string) (packed [16]byte, ok bool) {
	n, err := hex.Decode(packed[:], []byte(key[:min(len(key), 2*len(packed))]))
	return packed, err == nil && n == len(packed) && len(key) == 2*len(packed)
}

// Tally is how the jobs of a source ended, kept while they do. It takes some 60
// bytes a job, and is safe for concurrent use.
type Tally struct {
	conn   *queue.Conn
	lane   queue.Lane
	source string

	mu      sync.Mutex
	ended   map[[16]byte]end
	states  [stateDead + 1]int64
	spent   Spent
	results uint64 // sequence of the last that was seen
	dead    uint64
	// onEnding is told of each, under the lock.
	onEnding func(key [16]byte, e queue.Ending)
}

// end is what is kept of an ending.
type end struct {
	sequence uint64
	revision int32
	digest   [8]byte
	state    state
}

// isOf reports whether the job's work is what has ended.
func (e end) isOf(job queue.Job) bool {
	return string(e.digest[:]) == job.Digest()[:len(e.digest)]
}

type state uint8

const (
	stateOK state = iota
	stateReused
	stateFlagged
	stateSkipped
	stateDead
)

func stateOf(e queue.Ending) state {
	switch {
	case e.Status == "":
		return stateDead
	case e.Status == queue.StatusFlagged:
		return stateFlagged
	case e.Status == queue.StatusSkipped:
		return stateSkipped
	case e.Reused:
		return stateReused
	}
	return stateOK
}

// NewTally counts nothing yet.
func NewTally(conn *queue.Conn, lane queue.Lane, source string) *Tally {
	return &Tally{conn: conn, lane: lane, source: source, ended: map[[16]byte]end{}}
}

// Load reads the endings that are stored by now, behind those it has seen.
func (t *Tally) Load(ctx context.Context) error { return t.read(ctx, false) }

// Follow goes on with all that are stored later, until ctx ends.
func (t *Tally) Follow(ctx context.Context) error { return t.read(ctx, true) }

func (t *Tally) read(ctx context.Context, follow bool) error {
	t.mu.Lock()
	results, dead := t.results, t.dead
	t.mu.Unlock()
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return t.conn.ResultEndings(ctx, t.lane, t.source, results, follow, t.add) })
	group.Go(func() error { return t.conn.DeadEndings(ctx, t.lane, t.source, dead, follow, t.add) })
	return group.Wait()
}

func (t *Tally) add(e queue.Ending) error {
	key, ok := keyOf(e.Key)
	if !ok {
		// A job that nobody could read has a name of another shape.
		key = [16]byte([]byte(e.Key + "................")[:16])
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if e.Status == "" {
		t.dead = max(t.dead, e.Sequence)
	} else {
		t.results = max(t.results, e.Sequence)
	}
	t.spent.add(e)
	if t.onEnding != nil {
		t.onEnding(key, e)
	}
	before, found := t.ended[key]
	now := end{sequence: e.Sequence, revision: int32(e.Revision), state: stateOf(e)}
	copy(now.digest[:], e.Digest)
	if found && !now.supersedes(before) {
		return nil
	}
	if found {
		t.states[before.state]--
	}
	t.states[now.state]++
	t.ended[key] = now
	return nil
}

// supersedes: a result stands in the place of a dead letter, and of two of a
// kind the later.
func (e end) supersedes(before end) bool {
	if (e.state == stateDead) != (before.state == stateDead) {
		return before.state == stateDead
	}
	return e.sequence > before.sequence
}

func (t *Tally) of(key [16]byte) (end, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	e, found := t.ended[key]
	return e, found
}

// Counts are those of now.
func (t *Tally) Counts() (Counts, Spent) {
	t.mu.Lock()
	defer t.mu.Unlock()
	n := t.states
	return Counts{OK: n[stateOK], Reused: n[stateReused], Flagged: n[stateFlagged], Skipped: n[stateSkipped], Dead: n[stateDead]}, t.spent
}
