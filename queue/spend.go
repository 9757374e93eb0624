package queue

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// Purpose says what an LLM call was for.
type Purpose string

// The purposes.
const (
	PurposeWrite  Purpose = "write"
	PurposeRepair Purpose = "repair"
	PurposeJudge  Purpose = "judge"
	PurposePart   Purpose = "part"   // of a long article
	PurposeReduce Purpose = "reduce" // of its parts to one
	PurposeHedge  Purpose = "hedge"  // beside a call that was slow
)

// Spend is one HTTP call to an endpoint, whatever came of it.
type Spend struct {
	Time     time.Time `json:"time"` // when it ended
	Worker   string    `json:"worker,omitzero"`
	Endpoint string    `json:"endpoint"`
	Model    string    `json:"model"`           // asked for
	Served   string    `json:"served,omitzero"` // as the endpoint says
	Prompt   string    `json:"prompt,omitzero"` // name@version
	Purpose  Purpose   `json:"purpose"`
	Lane     Lane      `json:"lane,omitzero"`
	Source   string    `json:"source,omitzero"` // token of a source, or of a backfill run
	Key      string    `json:"key,omitzero"`    // [Job.Key]
	// Class of failure, empty for an answer.
	Class string `json:"class,omitzero"`
	// Paid: the endpoint may charge for it.
	Paid bool `json:"paid,omitzero"`
	In   int  `json:"in,omitzero"`
	Out  int  `json:"out,omitzero"`
	// Cached is the part of In that the provider's cache served.
	Cached int `json:"cached,omitzero"`
	// Estimated: the endpoint did not report its tokens.
	Estimated bool `json:"estimated,omitzero"`
	// CostKnown is false where the call is paid and nobody knows its price.
	CostKnown bool   `json:"cost_known,omitzero"`
	Cost      Amount `json:"cost,omitzero"`
	Currency  string `json:"currency,omitzero"`
}

// spendBatch is a message of the stream.
type spendBatch struct {
	Worker string  `json:"worker"`
	Calls  []Spend `json:"calls"`
}

// Limits of a batch, each with its reason.
const (
	// spendEvery is what a worker that is killed has not recorded, at most; two
	// writes a second are nothing to the server.
	spendEvery = 500 * time.Millisecond
	// spendRows keeps a message below 512 KiB, half of the server's limit.
	spendRows = 1000
	// spendBacklog bounds the memory while the server is away: some 30 MB, a
	// minute of 2,000 calls a second.
	spendBacklog = 120_000
	// spendTry is how long the server may take for one batch.
	spendTry = 5 * time.Second
	// spendLast is how long a worker that stops tries for, with pauses of
	// spendRetry: a server that restarts is back by then, mostly.
	spendLast  = 5 * time.Second
	spendRetry = 100 * time.Millisecond
)

// SpendLog records calls in batches, off the way of the work. It is safe for
// concurrent use.
type SpendLog struct {
	conn   *Conn
	worker string
	onLost func(calls int, err error)
	every  time.Duration

	mu    sync.Mutex
	calls []Spend
	full  chan struct{}
	stop  chan struct{}
	ended chan struct{}
	// trying is the size of a batch that may be stored already, and nonce tells
	// this log's batches from all others; number counts them.
	trying int
	nonce  string
	number uint64
}

// OpenSpendLog begins a log under the name of a worker. OnLost is told of calls
// that could not be recorded and are given up, and of 0 calls when they cannot be
// recorded for now and are kept; from one goroutine. It may be nil.
// Close must be called, not the end of ctx: that ends nothing.
func (c *Conn) OpenSpendLog(ctx context.Context, worker string, onLost func(calls int, err error)) *SpendLog {
	l := &SpendLog{
		conn: c, nonce: nonce(), worker: worker, onLost: onLost, every: spendEvery,
		full: make(chan struct{}, 1), stop: make(chan struct{}), ended: make(chan struct{}),
	}
	if onLost == nil {
		l.onLost = func(int, error) {}
	}
	go l.run(context.WithoutCancel(ctx))
	return l
}

// Add records a call. It does not wait for the server.
func (l *SpendLog) Add(s Spend) {
	l.mu.Lock()
	l.calls = append(l.calls, s)
	full := len(l.calls)%spendRows == 0
	l.mu.Unlock()
	if full {
		select {
		case l.full <- struct{}{}:
		default:
		}
	}
}

// Close records what is left. Nothing may be added any more. It takes some
// seconds where the server is away.
func (l *SpendLog) Close() {
	close(l.stop)
	<-l.ended
}

func (l *SpendLog) run(ctx context.Context) {
	defer close(l.ended)
	ticker := time.NewTicker(l.every)
	defer ticker.Stop()
	failing := false
	for {
		stopping := false
		select {
		case <-ticker.C:
		case <-l.full:
		case <-l.stop:
			stopping = true
		}
		err := l.flush(ctx)
		if stopping {
			for give := time.Now().Add(spendLast); err != nil && time.Now().Before(give); err = l.flush(ctx) {
				time.Sleep(spendRetry)
			}
		}
		if lost := l.overflow(stopping); lost > 0 {
			l.onLost(lost, err)
		} else if err != nil && !failing {
			l.onLost(0, err)
		}
		failing = err != nil
		if stopping {
			return
		}
	}
}

// flush publishes all that there is, until a batch fails: it is tried again with
// the next ones, under the same id, so that none is there twice.
func (l *SpendLog) flush(ctx context.Context) error {
	for {
		l.mu.Lock()
		n := l.trying
		if n == 0 {
			n = min(len(l.calls), spendRows)
		}
		l.trying = n
		batch := l.calls[:n:n]
		l.mu.Unlock()
		if n == 0 {
			return nil
		}
		if err := l.publish(ctx, batch); err != nil {
			return err
		}
		l.mu.Lock()
		l.calls, l.trying = l.calls[n:], 0
		l.number++
		if len(l.calls) == 0 {
			l.calls = nil // lets go of the array
		}
		l.mu.Unlock()
	}
}

func (l *SpendLog) publish(ctx context.Context, batch []Spend) error {
	data, err := json.Marshal(spendBatch{Worker: l.worker, Calls: batch})
	if err != nil {
		return err
	}
	msg := nats.NewMsg(l.conn.topo.SpendSubject(l.worker))
	msg.Data = data
	id := "spend-" + l.nonce + "-" + strconv.FormatUint(l.number, 10)
	ctx, cancel := context.WithTimeout(ctx, spendTry)
	defer cancel()
	if _, err := l.conn.js.PublishMsg(ctx, msg, jetstream.WithMsgID(id)); err != nil {
		return fmt.Errorf("record calls: %w", explainAPI(err))
	}
	return nil
}

// overflow gives up the oldest calls beyond the backlog, or all at the end.
func (l *SpendLog) overflow(all bool) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	lost := max(0, len(l.calls)-spendBacklog)
	if all {
		lost = len(l.calls)
	}
	if lost > 0 {
		l.calls, l.trying = l.calls[lost:], 0
		l.number++
	}
	return lost
}

// Spent calls each for every recorded call since a time, in the order in which
// they were stored, until it returns an error. It holds one batch at a time.
func (c *Conn) Spent(ctx context.Context, since time.Time, each func(Spend) error) error {
	cfg := scanConfig{stream: c.topo.SpendStream(), since: since}
	return c.scan(ctx, cfg, func(msg jetstream.Msg, seq uint64) error {
		var batch spendBatch
		if err := json.Unmarshal(msg.Data(), &batch); err != nil {
			return fmt.Errorf("read batch %d of calls: %w", seq, errors.New("it is not valid JSON"))
		}
		for _, s := range batch.Calls {
			if s.Time.Before(since) {
				continue
			}
			s.Worker = batch.Worker
			if err := each(s); err != nil {
				return err
			}
		}
		return nil
	})
}
