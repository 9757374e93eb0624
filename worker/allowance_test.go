package worker

import (
	"context"
	"errors"
	"math"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/mujaz/mujaz/internal/llm"
)

// strict is a scripted endpoint with a limit of tokens a minute, that refills
// smoothly and may be used up at once.
type strict struct {
	mu              sync.Mutex
	perMinute, left float64
	at              time.Time
	refused         int
}

// ask answers a call that uses n tokens, and says what is left.
func (s *strict) ask(n int) (llm.Response, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	if s.at.IsZero() {
		s.left, s.at = s.perMinute, now
	}
	s.left = min(s.perMinute, s.left+now.Sub(s.at).Seconds()*s.perMinute/60)
	s.at = now
	limits := llm.RateLimits{Known: true, LimitRequests: -1, RemainingRequests: -1, LimitTokens: int64(s.perMinute), RemainingTokens: int64(max(0, s.left-float64(n)))}
	if s.left < float64(n) {
		s.refused++
		return llm.Response{}, &llm.Error{Class: llm.ClassThrottled, Limits: limits, Calls: []llm.Call{{}}}
	}
	s.left -= float64(n)
	return llm.Response{Usage: llm.Usage{In: n * 2 / 3, Out: n / 3, Known: true}, Limits: limits, Calls: []llm.Call{{}}}, nil
}

// drive calls from so many slots for a time, each call with a latency, and
// returns how many were answered.
func drive(t *testing.T, a *allowance, slots int, span, latency time.Duration, ask func() (llm.Response, error)) (answered int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), span)
	defer cancel()
	done := make(chan int)
	for range slots {
		go func() {
			n := 0
			for {
				ticket, err := a.wait(ctx, 1000, 1500)
				if err != nil {
					done <- n
					return
				}
				resp, err := ask()
				time.Sleep(latency)
				a.settle(ticket, resp, err)
				if err == nil {
					n++
				}
			}
		}()
	}
	for range slots {
		answered += <-done
	}
	return answered
}

func TestAllowanceUsesTheLimitAndNoMore(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a := newAllowance(600, 0)
		a.setShare(1)
		answered := drive(t, a, 64, 10*time.Minute, 2*time.Second, func() (llm.Response, error) {
			return llm.Response{Calls: []llm.Call{{}}}, nil
		})
		if answered < 5950 || answered > 6010 {
			t.Errorf("%d calls in ten minutes at 600 a minute", answered)
		}
	})
}

// TestAllowanceLearnsTokens: nothing is configured. The limit comes with the
// first answer, and what a call uses from those before it.
func TestAllowanceLearnsTokens(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		endpoint := &strict{perMinute: 60_000}
		a := newAllowance(0, 0)
		a.setShare(1)
		answered := drive(t, a, 16, 10*time.Minute, time.Second, func() (llm.Response, error) { return endpoint.ask(1500) })
		// 600,000 tokens flow in, 60,000 were there, of which the first calls
		// that knew nothing took some.
		if least, most := 390, 442; answered < least || answered > most {
			t.Errorf("%d calls of 1,500 tokens in ten minutes, want %d to %d", answered, least, most)
		}
		if endpoint.refused > 2 {
			t.Errorf("%d calls were refused", endpoint.refused)
		}
	})
}

func TestAllowanceSharedByWorkers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		endpoint := &strict{perMinute: 60_000}
		// The minute's savings are gone.
		for endpoint.left >= 1000 || endpoint.at.IsZero() {
			if _, err := endpoint.ask(1000); err != nil {
				t.Fatal(err)
			}
		}
		endpoint.refused = 0
		first, second := newAllowance(0, 60_000), newAllowance(0, 60_000)
		first.setShare(0.5)
		second.setShare(0.5)
		ask := func() (llm.Response, error) { return endpoint.ask(1000) }
		total := make(chan int)
		for _, a := range []*allowance{first, second} {
			go func() { total <- drive(t, a, 8, 5*time.Minute, time.Second, ask) }()
		}
		if n := <-total + <-total; n < 290 || n > 302 {
			t.Errorf("%d calls of 1,000 tokens in five minutes, want 300", n)
		}
		if endpoint.refused > 4 {
			t.Errorf("%d calls were refused", endpoint.refused)
		}
	})
}

func TestAllowanceWaitsForItsShare(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a := newAllowance(60, 0)
		began := time.Now()
		time.AfterFunc(7*time.Second, func() { a.setShare(0.5) })
		if _, err := a.wait(t.Context(), 1, 1); err != nil {
			t.Fatal(err)
		}
		if waited := time.Since(began); waited != 7*time.Second {
			t.Errorf("waited %s, want the 7 s until the share was known", waited)
		}
		// Half a call is owed, at half a call a second. After half of that wait
		// the share falls to a fifth: what is left takes five times as long.
		time.AfterFunc(500*time.Millisecond, func() { a.setShare(0.1) })
		began = time.Now()
		if _, err := a.wait(t.Context(), 1, 1); err != nil {
			t.Fatal(err)
		}
		if waited := time.Since(began).Round(time.Millisecond); waited != 3*time.Second {
			t.Errorf("waited %s, want 0.5 s and 2.5 s", waited)
		}
	})
}

func TestAllowanceWithoutLimits(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a := newAllowance(0, 0)
		began := time.Now()
		for range 1000 {
			ticket, err := a.wait(t.Context(), 1000, 1500)
			if err != nil {
				t.Fatal(err)
			}
			a.settle(ticket, llm.Response{Limits: llm.RateLimits{LimitRequests: -1, RemainingRequests: -1, LimitTokens: -1, RemainingTokens: -1}}, nil)
		}
		if time.Since(began) != 0 {
			t.Errorf("%s passed", time.Since(began))
		}
	})
}

func TestAllowanceEndsWithItsContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a := newAllowance(1, 0)
		a.setShare(1)
		if _, err := a.wait(t.Context(), 1, 1); err != nil {
			t.Fatal(err)
		}
		stop := errors.New("stop")
		ctx, cancel := context.WithCancelCause(t.Context())
		errs := make(chan error)
		for range 3 { // one at the buckets, two behind it
			go func() { _, err := a.wait(ctx, 1, 1); errs <- err }()
		}
		synctest.Wait()
		cancel(stop)
		for range 3 {
			if err := <-errs; !errors.Is(err, stop) {
				t.Errorf("got %v", err)
			}
		}
	})
}

// TestAllowanceAndNonsense: what endpoints say about their limits can be absurd
// and never stops the calls for good.
func TestAllowanceAndNonsense(t *testing.T) {
	t.Parallel()
	for name, limits := range map[string]llm.RateLimits{
		"zero":              {Known: true},
		"nothing left ever": {Known: true, LimitRequests: 600, LimitTokens: 1_000_000},
		"enormous":          {Known: true, LimitRequests: 1 << 40, RemainingRequests: 1 << 40, LimitTokens: 1 << 40, RemainingTokens: 1 << 40},
		"lying usage":       {Known: true, LimitRequests: -1, RemainingRequests: -1, LimitTokens: 1 << 40, RemainingTokens: -1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				a := newAllowance(0, 0)
				a.setShare(1)
				answered := drive(t, a, 4, time.Minute, time.Second, func() (llm.Response, error) {
					return llm.Response{Usage: llm.Usage{In: math.MaxInt32, Out: math.MaxInt32, Known: name == "lying usage"}, Limits: limits, Calls: []llm.Call{{}}}, nil
				})
				if answered < 20 {
					t.Errorf("%d calls in a minute", answered)
				}
			})
		})
	}
}
