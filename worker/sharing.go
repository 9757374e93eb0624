package worker

import (
	"context"
	"errors"
	"sync"
	"time"

	"go.uber.org/zap"

	"github.com/mujaz/mujaz/queue"
)

// sharing lets jobs that ask the same at the same time make one call: those of
// this worker by waiting for each other, those of others by claims on NATS.
// Where claims cannot be had each worker calls for itself.
type sharing struct {
	conn *queue.Conn
	log  *zap.Logger

	mu    sync.Mutex
	under map[string]*underWay // by the question's digest
	quiet bool                 // it was said that claims cannot be had
}

// underWay is a call that a job of this worker makes, or waits for.
type underWay struct {
	over  chan struct{}
	claim *queue.Claim // nil: not claimed
	at    time.Time
}

const (
	// renewEvery keeps claims alive with a beat to spare.
	renewEvery = queue.ClaimTTL / 4
	// lookEvery and lookSeldom are the pauses between looks for an answer that
	// another worker is waiting for.
	lookEvery  = 50 * time.Millisecond
	lookSeldom = time.Second
	// staleLook is when a look into the ledger before the claim is too old: an
	// answer's claim may have run out since, or this process was stopped for so
	// long that its own attempt at a claim timed out.
	staleLook = queue.ClaimTTL / 3
)

func newSharing(conn *queue.Conn, log *zap.Logger) *sharing {
	return &sharing{conn: conn, log: log, under: map[string]*underWay{}}
}

// enter waits while the same call is under way elsewhere. It returns true when
// look has found its answer, and else a function that must be given whether the
// caller's own call has one by now. Look is called at least once after any wait;
// the caller has looked before. Stop ends a wait early.
func (s *sharing) enter(ctx context.Context, key, owner string, look func() bool, stop func() bool) (found bool, leave func(answered bool), err error) {
	looked := time.Now()
	for {
		s.mu.Lock()
		other, taken := s.under[key]
		if !taken {
			break // with the lock
		}
		s.mu.Unlock()
		select {
		case <-other.over:
		case <-ctx.Done():
			return false, nil, context.Cause(ctx)
		}
		if looked = time.Now(); look() {
			return true, nil, nil
		}
	}
	own := &underWay{over: make(chan struct{}), at: time.Now()}
	s.under[key] = own
	s.mu.Unlock()

	for wait := lookEvery; ; wait = min(2*wait, lookSeldom) {
		claim, err := s.conn.Claim(ctx, key, owner)
		if errors.Is(err, queue.ErrClaimed) {
			if err := sleep(ctx, wait, nil); err != nil {
				s.leave(ctx, key, own, false)
				return false, nil, err
			}
			if looked = time.Now(); look() {
				s.leave(ctx, key, own, true)
				return true, nil, nil
			}
			if stop() {
				s.leave(ctx, key, own, false)
				return false, nil, errShutdown
			}
			continue
		}
		s.claimed(own, claim, err)
		if time.Since(looked) > staleLook && look() {
			s.leave(ctx, key, own, true)
			return true, nil, nil
		}
		return false, func(answered bool) { s.leave(ctx, key, own, answered) }, nil
	}
}

// claimed notes the claim, or why there is none.
func (s *sharing) claimed(own *underWay, claim *queue.Claim, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err == nil {
		own.claim, s.quiet = claim, false
		return
	}
	if !s.quiet {
		s.quiet = true
		s.log.Warn("calls are not shared with other workers: equal articles that come at the same time may be paid for twice", zap.Error(err))
	}
}

// leave ends the wait of others. A claim whose call has an answer runs out by
// itself: by then everybody finds the answer.
func (s *sharing) leave(ctx context.Context, key string, own *underWay, answered bool) {
	s.mu.Lock()
	claim := own.claim
	own.claim = nil
	delete(s.under, key)
	s.mu.Unlock()
	close(own.over)
	if claim != nil && !answered {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), releaseFor)
		defer cancel()
		_ = claim.Release(ctx) // it runs out by itself
	}
}

// releaseFor keeps a job that failed from waiting for a server that is away.
const releaseFor = time.Second

// renew keeps the claims of calls under way until ctx ends.
func (s *sharing) renew(ctx context.Context) {
	tick := time.NewTicker(renewEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
		for _, claim := range s.old() {
			attempt, cancel := context.WithTimeout(ctx, releaseFor)
			_ = claim.Renew(attempt) // a lost claim costs a call that is paid twice, no more
			cancel()
		}
	}
}

// old are the claims that have been held for a while.
func (s *sharing) old() (claims []*queue.Claim) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, u := range s.under {
		if u.claim != nil && time.Since(u.at) > renewEvery/2 {
			claims = append(claims, u.claim)
		}
	}
	return claims
}
