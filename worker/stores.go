package worker

import (
	"context"
	"sync"
	"time"

	"go.uber.org/zap"

	"github.com/mujaz/mujaz/queue"
)

// store is a stream that the worker writes to.
type store string

const (
	storeLedger  store = "ledger"
	storeResults store = "results"
	storeDead    store = "dead letters"
)

// stores knows which streams take what they are given. A server that stores
// nothing says nothing: see [queue.ErrUnanswered].
type stores struct {
	queue  *queue.Conn
	log    *zap.Logger
	health *health

	mu       sync.Mutex
	silences map[store]*queue.Silence
	silent   map[store]error
}

func newStores(cfg Config, h *health) *stores {
	return &stores{queue: cfg.Queue, log: cfg.Log, health: h, silences: map[store]*queue.Silence{}, silent: map[store]error{}}
}

// note takes the end of one write.
func (s *stores) note(to store, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	silence := s.silences[to]
	if silence == nil {
		silence = &queue.Silence{}
		s.silences[to] = silence
	}
	now, before := silence.Note(s.queue, err), s.silent[to]
	switch {
	case now != nil && before == nil:
		s.silent[to] = now
		s.log.Error("nothing is stored, intake reduced", zap.String("stream", string(to)), zap.Error(now))
	case now == nil && before != nil:
		delete(s.silent, to)
		s.log.Info("the server stores again", zap.String("stream", string(to)))
	default:
		return
	}
	var one error // all say the same
	for _, one = range s.silent {
		break
	}
	s.health.setUnstored(one)
}

func (s *stores) isSilent(to store) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.silent[to] != nil
}

// anySilent: then one job at a time goes on to find out when it is over. More
// calls would be paid for, to wait.
func (s *stores) anySilent() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.silent) > 0
}

// persist repeats a write to NATS until it succeeds, on a context that a
// shutdown does not cancel. It goes on for [persistFor]; beyond that only while
// an outcome, which is paid for, waits for a server that stores nothing, and ctx
// lasts. A ledger that is known to be silent is tried once: the result is worth
// more than the note of it.
func (s *stores) persist(ctx context.Context, to store, write func(context.Context) error) error {
	began := time.Now()
	for wait := persistWait; ; wait = min(2*wait, persistWaitMax) {
		attempt, done := context.WithTimeout(context.WithoutCancel(ctx), persistTry)
		err := write(attempt)
		done()
		s.note(to, err)
		if err == nil || settled(err) {
			return err
		}
		silent := s.isSilent(to)
		switch {
		case silent && to == storeLedger:
			return err
		case silent && ctx.Err() == nil:
		case time.Since(began) >= persistFor:
			return err
		}
		time.Sleep(wait)
	}
}
