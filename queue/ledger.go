package queue

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/nats-io/nats.go/jetstream"
)

// Ledger keeps what must outlive a worker: the answers of finished LLM calls,
// and the attempts at jobs. Entries age out by [Topology.LedgerTTL]. It is
// safe for concurrent use.
type Ledger struct {
	kv jetstream.KeyValue
	mu sync.Mutex
	c  *Conn
}

// Ledger opens the ledger; it is looked up on the server at first use.
func (c *Conn) Ledger() *Ledger { return &Ledger{c: c} }

func (l *Ledger) bucket(ctx context.Context) (jetstream.KeyValue, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.kv == nil {
		var kv jetstream.KeyValue
		err := l.c.guard(ctx, func(ctx context.Context) (err error) {
			kv, err = l.c.js.KeyValue(ctx, l.c.topo.LedgerBucket())
			return err
		}, "KV_"+l.c.topo.LedgerBucket())
		if err != nil {
			return nil, fmt.Errorf("open the ledger: %w", bucketError(err))
		}
		l.kv = kv
	}
	return l.kv, nil
}

// Answer returns the stored answer of a call, or [ErrNotFound]. Key is a
// digest of all that decides the answer.
func (l *Ledger) Answer(ctx context.Context, key string) ([]byte, error) {
	msg, err := l.c.lastOn(ctx, "KV_"+l.c.topo.LedgerBucket(), "$KV."+l.c.topo.LedgerBucket()+"."+answerKey(key))
	if err != nil {
		return nil, fmt.Errorf("read the ledger: %w", err)
	}
	if op := msg.Header.Get("KV-Operation"); op != "" || msg.Header.Get("Nats-Marker-Reason") != "" {
		return nil, fmt.Errorf("read the ledger: %w", ErrNotFound)
	}
	return msg.Data, nil
}

// PutAnswer stores the answer of a finished call before anything else can fail.
func (l *Ledger) PutAnswer(ctx context.Context, key string, answer []byte) error {
	kv, err := l.bucket(ctx)
	if err != nil {
		return err
	}
	err = l.c.guard(ctx, func(ctx context.Context) error {
		_, err := kv.Put(ctx, answerKey(key), answer)
		return err
	}, "$KV."+l.c.topo.LedgerBucket())
	if err != nil {
		return fmt.Errorf("write the ledger: %w", explainAPI(err))
	}
	return nil
}

func answerKey(key string) string { return "call." + key }

// Attempts is what is known of earlier deliveries of a job.
type Attempts struct {
	// Failed attempts that count against the job.
	Failed int `json:"failed"`
	// Started and Concluded deliveries: those that were started and never
	// concluded died with their worker.
	Started    int    `json:"started"`
	Concluded  int    `json:"concluded"`
	FirstError string `json:"first_error,omitzero"`
	LastError  string `json:"last_error,omitzero"`
}

// Crashes is how many deliveries ended without a word.
func (a Attempts) Crashes() int { return max(0, a.Started-a.Concluded) }

// Attempts reads the attempts at a delivery's job; none are no error.
func (l *Ledger) Attempts(ctx context.Context, d *Delivery) (Attempts, error) {
	kv, err := l.bucket(ctx)
	if err != nil {
		return Attempts{}, err
	}
	entry, err := kv.Get(ctx, attemptsKey(d))
	if errors.Is(err, jetstream.ErrKeyNotFound) {
		return Attempts{}, nil
	}
	if err != nil {
		return Attempts{}, fmt.Errorf("read the attempts: %w", err)
	}
	var a Attempts
	if err := json.Unmarshal(entry.Value(), &a); err != nil {
		return Attempts{}, fmt.Errorf("read the attempts: %w", err)
	}
	return a, nil
}

// PutAttempts stores the attempts at a delivery's job.
func (l *Ledger) PutAttempts(ctx context.Context, d *Delivery, a Attempts) error {
	kv, err := l.bucket(ctx)
	if err != nil {
		return err
	}
	a.FirstError, a.LastError = clip(a.FirstError, maxErrorRunes), clip(a.LastError, maxErrorRunes)
	value, err := json.Marshal(a)
	if err != nil {
		return fmt.Errorf("write the attempts: %w", err)
	}
	err = l.c.guard(ctx, func(ctx context.Context) error {
		_, err := kv.Put(ctx, attemptsKey(d), value)
		return err
	}, "$KV."+l.c.topo.LedgerBucket())
	if err != nil {
		return fmt.Errorf("write the attempts: %w", explainAPI(err))
	}
	return nil
}

// Conclude counts one delivery more as concluded, whoever writes the attempts
// meanwhile. It goes on while the server is away, until ctx ends.
func (l *Ledger) Conclude(ctx context.Context, d *Delivery) error {
	for {
		err := l.conclude(ctx, d)
		if err == nil {
			return nil
		}
		select {
		case <-time.After(concludeRetry):
		case <-ctx.Done():
			return fmt.Errorf("conclude the attempt: %w", errors.Join(context.Cause(ctx), explainAPI(err)))
		}
	}
}

// concludeRetry is the pause after a write that another was faster than, or that
// the server did not answer.
const concludeRetry = 200 * time.Millisecond

func (l *Ledger) conclude(ctx context.Context, d *Delivery) error {
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	kv, err := l.bucket(ctx)
	if err != nil {
		return err
	}
	var revision uint64
	// The first delivery of a job leaves no record of its start.
	a := Attempts{Started: 1}
	switch entry, err := kv.Get(ctx, attemptsKey(d)); {
	case errors.Is(err, jetstream.ErrKeyNotFound):
	case err != nil:
		return err
	default:
		a, revision = Attempts{}, entry.Revision()
		if err := json.Unmarshal(entry.Value(), &a); err != nil {
			return err
		}
	}
	a.Concluded++
	value, err := json.Marshal(a)
	if err != nil {
		return err
	}
	if revision == 0 {
		_, err = kv.Create(ctx, attemptsKey(d), value)
	} else {
		_, err = kv.Update(ctx, attemptsKey(d), value, revision)
	}
	return err
}

// DropAttempts forgets the attempts at a job that has ended.
func (l *Ledger) DropAttempts(ctx context.Context, d *Delivery) error {
	kv, err := l.bucket(ctx)
	if err != nil {
		return err
	}
	// The marker of a purge is an entry too: one a job, for the ledger's TTL.
	if err := kv.Purge(ctx, attemptsKey(d), jetstream.PurgeTTL(time.Minute)); err != nil {
		return fmt.Errorf("drop the attempts: %w", err)
	}
	return nil
}

// attemptsKey names the job's message, not its id: a job that is redriven
// starts anew.
func attemptsKey(d *Delivery) string { return "attempts." + d.MessageID() }
