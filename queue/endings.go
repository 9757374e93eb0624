package queue

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// Spending is what a result says of its cost in a header, so that a run is added
// up without reading texts.
type Spending struct {
	Calls     int     `json:"calls"`
	TokensIn  int     `json:"tokens_in"`
	TokensOut int     `json:"tokens_out"`
	Cost      float64 `json:"cost,omitzero"`
	Currency  string  `json:"currency,omitzero"`
	CostKnown bool    `json:"cost_known"`
	// Reused: an answer of before did, and nothing was paid.
	Reused bool `json:"reused,omitzero"`
}

func spendingOf(r Result) Spending {
	u := r.Usage
	return Spending{
		Calls: u.Calls, TokensIn: u.TokensIn, TokensOut: u.TokensOut, Cost: u.Cost, Currency: u.Currency, CostKnown: u.CostKnown,
		Reused: r.Receipt.Cached,
	}
}

func setSpending(h nats.Header, r Result) {
	if value, err := json.Marshal(spendingOf(r)); err == nil {
		h.Set(HeaderSpending, string(value))
	}
}

// Ending is how a job ended, without its text.
type Ending struct {
	Key string // of the job
	// Status of the result; empty for a dead letter, which has a Cause.
	Status   Status
	Cause    Cause
	Revision int // of the result; 0 for a dead letter
	Digest   string
	Reviewed bool // a person decided about it
	Spending
	Sequence uint64 // in the stream of results, or of dead letters
	At       time.Time
}

// ResultEndings calls each for the endings of a source's jobs by results that were
// stored behind from, oldest first; with follow it goes on until ctx ends.
func (c *Conn) ResultEndings(ctx context.Context, lane Lane, source string, from uint64, follow bool, each func(Ending) error) error {
	cfg := scanConfig{
		stream: c.topo.ResultsStream(), subjects: []string{c.topo.ResultSubject(lane, source, "*")},
		from: from + 1, headersOnly: true, follow: follow,
	}
	return c.scan(ctx, cfg, func(msg jetstream.Msg, seq uint64) error {
		e := Ending{Key: lastToken(msg.Subject()), Sequence: seq}
		e.read(msg.Headers())
		if meta, err := msg.Metadata(); err == nil {
			e.At = meta.Timestamp
		}
		return each(e)
	})
}

func (e *Ending) read(h nats.Header) {
	e.Status, e.Digest, e.Reviewed = Status(h.Get(HeaderStatus)), h.Get(HeaderDigest), h.Get(HeaderReview) != ""
	if e.Revision, _ = strconv.Atoi(h.Get(HeaderRevision)); e.Revision == 0 {
		e.Revision = 1
	}
	// A result of an earlier version says nothing: its cost is not known.
	_ = json.Unmarshal([]byte(h.Get(HeaderSpending)), &e.Spending)
}

// DeadEndings is [Conn.ResultEndings] for the dead letters that are there.
func (c *Conn) DeadEndings(ctx context.Context, lane Lane, source string, from uint64, follow bool, each func(Ending) error) error {
	cfg := scanConfig{stream: c.topo.DeadStream(), subjects: []string{c.topo.Prefix + ".dead.>"}, from: from + 1, headersOnly: true, follow: follow}
	return c.scan(ctx, cfg, func(msg jetstream.Msg, seq uint64) error {
		letter, err := readDead(msg.Headers(), nil, seq)
		if err != nil || letter.Lane != lane || letter.Source != source {
			// One that cannot be read is nobody's; `mujaz dead list` tells of it.
			return nil //nolint:nilerr // see above
		}
		return each(Ending{Key: letter.Key, Cause: letter.Cause, Sequence: seq, At: letter.Time})
	})
}

func lastToken(subject string) string { return subject[strings.LastIndexByte(subject, '.')+1:] }
