package chaos

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// The streams, spelt out: a reader knows them from docs/wire.md alone.
const (
	streamLive     = "MUJAZ_JOBS"
	streamBackfill = "MUJAZ_JOBS_BACKFILL"
	streamResults  = "MUJAZ_RESULTS"
	streamDead     = "MUJAZ_DEAD"
	streamLedger   = "KV_MUJAZ_LEDGER"
	streamBodies   = "OBJ_MUJAZ_BODIES"
)

// What may be left behind, as it is named in [Journal.Left].
const (
	leftBackfill = "backfill jobs"
	leftAttempts = "attempts in the ledger"
)

// reader is a plain NATS client.
type reader struct {
	nc *nats.Conn
	js jetstream.JetStream

	mu     sync.Mutex
	stored map[string]time.Time
}

func newReader(url string) (*reader, error) {
	nc, err := nats.Connect(url, nats.Name("chaos reader"), nats.MaxReconnects(-1), nats.ReconnectWait(pollEvery))
	if err != nil {
		return nil, fmt.Errorf("connect the reader: %w", err)
	}
	js, err := jetstream.New(nc)
	if err != nil {
		nc.Close()
		return nil, fmt.Errorf("connect the reader: %w", err)
	}
	return &reader{nc: nc, js: js, stored: map[string]time.Time{}}, nil
}

func (r *reader) close() { r.nc.Close() }

// watchLedger notes when the answer of each call is stored. The ledger keeps
// the last of equal answers only, so it is watched from the beginning.
func (r *reader) watchLedger(ctx context.Context) (stop func(), err error) {
	consumer, err := r.js.OrderedConsumer(ctx, streamLedger, jetstream.OrderedConsumerConfig{FilterSubjects: []string{"$KV.MUJAZ_LEDGER.call.>"}})
	if err != nil {
		return nil, fmt.Errorf("watch the ledger: %w", err)
	}
	consuming, err := consumer.Consume(func(msg jetstream.Msg) {
		var entry struct{ Model string }
		meta, err := msg.Metadata()
		if err != nil || json.Unmarshal(msg.Data(), &entry) != nil || entry.Model == "" {
			return
		}
		r.mu.Lock()
		defer r.mu.Unlock()
		// The last time: one that is stored again was not confirmed before.
		r.stored[entry.Model] = meta.Timestamp
	})
	if err != nil {
		return nil, fmt.Errorf("watch the ledger: %w", err)
	}
	return consuming.Stop, nil
}

func (r *reader) storedAt() map[string]time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	return maps.Clone(r.stored)
}

// waiting counts the jobs that are in the queue; an error is a server that does
// not answer.
func (r *reader) waiting(ctx context.Context) (uint64, error) {
	var n uint64
	for _, name := range []string{streamLive, streamBackfill} {
		state, err := r.state(ctx, name)
		if err != nil {
			return 0, err
		}
		n += state.Msgs
	}
	return n, nil
}

// outcomesSoFar counts results and dead letters.
func (r *reader) outcomesSoFar(ctx context.Context) (uint64, error) {
	results, err := r.state(ctx, streamResults)
	if err != nil {
		return 0, err
	}
	dead, err := r.state(ctx, streamDead)
	return results.Msgs + dead.Msgs, err
}

func (r *reader) state(ctx context.Context, name string) (jetstream.StreamState, error) {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	s, err := r.js.Stream(ctx, name)
	if err != nil {
		return jetstream.StreamState{}, fmt.Errorf("look at %s: %w", name, err)
	}
	return s.CachedInfo().State, nil
}

// leader names the server that leads a stream; "" while there is none.
func (r *reader) leader(ctx context.Context, name string) string {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	s, err := r.js.Stream(ctx, name)
	if err != nil || s.CachedInfo().Cluster == nil {
		return ""
	}
	return s.CachedInfo().Cluster.Leader
}

// outcomes reads all results and dead letters.
func (r *reader) outcomes(ctx context.Context) ([]Outcome, error) {
	var all []Outcome
	err := r.each(ctx, streamResults, func(seq uint64, msg jetstream.Msg) error {
		var result struct {
			JobID  string `json:"job_id"`
			Status string `json:"status"`
		}
		if err := json.Unmarshal(msg.Data(), &result); err != nil {
			return fmt.Errorf("result %d is not JSON: %w", seq, err)
		}
		all = append(all, Outcome{Job: result.JobID, Kind: result.Status, Sequence: seq})
		return nil
	})
	if err != nil {
		return nil, err
	}
	err = r.each(ctx, streamDead, func(seq uint64, msg jetstream.Msg) error {
		var letter struct {
			JobID string `json:"job_id"`
			Cause string `json:"cause"`
		}
		if err := json.Unmarshal([]byte(msg.Headers().Get("Mujaz-Dead")), &letter); err != nil {
			return fmt.Errorf("dead letter %d has no facts: %w", seq, err)
		}
		all = append(all, Outcome{Job: letter.JobID, Kind: "dead:" + letter.Cause, Sequence: seq})
		return nil
	})
	return all, err
}

// left counts what should be gone by the end.
func (r *reader) left(ctx context.Context) (map[string]uint64, error) {
	left := map[string]uint64{}
	for what, name := range map[string]string{"live jobs": streamLive, leftBackfill: streamBackfill, "messages of article bodies": streamBodies} {
		state, err := r.state(ctx, name)
		if err != nil {
			return nil, err
		}
		left[what] = state.Msgs
	}
	err := r.each(ctx, streamLedger, func(_ uint64, msg jetstream.Msg) error {
		removed := msg.Headers().Get("KV-Operation") != "" || msg.Headers().Get("Nats-Marker-Reason") != ""
		if strings.HasPrefix(msg.Subject(), "$KV.MUJAZ_LEDGER.attempts.") && !removed {
			left[leftAttempts]++
		}
		return nil
	})
	return left, err
}

// each reads a stream from its beginning to its present end.
func (r *reader) each(ctx context.Context, name string, do func(seq uint64, msg jetstream.Msg) error) error {
	state, err := r.state(ctx, name)
	if err != nil {
		return err
	}
	if state.Msgs == 0 {
		return nil
	}
	consumer, err := r.js.OrderedConsumer(ctx, name, jetstream.OrderedConsumerConfig{})
	if err != nil {
		return fmt.Errorf("read %s: %w", name, err)
	}
	messages, err := consumer.Messages()
	if err != nil {
		return fmt.Errorf("read %s: %w", name, err)
	}
	defer messages.Stop()
	for {
		msg, err := messages.Next(jetstream.NextContext(ctx))
		if err != nil {
			return fmt.Errorf("read %s: %w", name, err)
		}
		meta, err := msg.Metadata()
		if err != nil {
			return errors.Join(errors.New("read "+name+": no delivery"), err)
		}
		if err := do(meta.Sequence.Stream, msg); err != nil {
			return err
		}
		if meta.Sequence.Stream >= state.LastSeq {
			return nil
		}
	}
}
