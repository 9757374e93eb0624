package worker

import (
	"context"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// slotServer works on so many calls at once and lets the others wait, without
// telling them.
type slotServer struct {
	mu      sync.Mutex
	slots   int
	busy    int
	waiting []chan struct{}
	took    func(busy int) time.Duration
}

func (s *slotServer) call() {
	s.mu.Lock()
	if s.busy < s.slots {
		s.busy++
	} else {
		turn := make(chan struct{})
		s.waiting = append(s.waiting, turn)
		s.mu.Unlock()
		<-turn
		s.mu.Lock()
	}
	took := s.took(s.busy)
	s.mu.Unlock()
	time.Sleep(took)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.busy--
	s.admitLocked()
}

func (s *slotServer) set(slots int, took func(int) time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.slots, s.took = slots, took
	s.admitLocked()
}

func (s *slotServer) admitLocked() {
	for s.busy < s.slots && len(s.waiting) > 0 {
		close(s.waiting[0])
		s.waiting = s.waiting[1:]
		s.busy++
	}
}

// articles are calls of about mean seconds, as uneven as those of real articles.
func articles(mean float64) func(int) time.Duration {
	dice := rand.New(rand.NewPCG(7, 11))
	return func(int) time.Duration {
		return time.Duration(mean * (0.5 + 0.5*dice.ExpFloat64()) * float64(time.Second))
	}
}

// window is what callers met between two moments.
type window struct {
	rate  float64 // answers a second
	p95   time.Duration
	limit int // at its end
}

// saturation is callers that never rest, in time that is not real.
type saturation struct {
	f       *inflight
	stop    chan struct{}
	callers sync.WaitGroup
	mu      sync.Mutex
	times   []time.Duration
}

func saturate(f *inflight, callers int, call func()) *saturation {
	s := &saturation{f: f, stop: make(chan struct{})}
	for range callers {
		s.callers.Go(func() {
			for f.acquire(context.Background()) == nil {
				select {
				case <-s.stop:
					f.release()
					return
				default:
				}
				began, c := time.Now(), f.start()
				call()
				f.end(c, endServed)
				s.mu.Lock()
				s.times = append(s.times, time.Since(began))
				s.mu.Unlock()
				f.release()
			}
		})
	}
	return s
}

// watch is what they meet from now on, for so long.
func (s *saturation) watch(d time.Duration) window {
	s.mu.Lock()
	s.times = nil
	s.mu.Unlock()
	time.Sleep(d)
	s.mu.Lock()
	defer s.mu.Unlock()
	slices.Sort(s.times)
	return window{float64(len(s.times)) / d.Seconds(), s.times[len(s.times)*95/100], s.f.bound()}
}

func (s *saturation) end() {
	close(s.stop)
	s.callers.Wait()
}

// most is what the server gives to so many callers at once, with no limit.
func most(server *slotServer, callers int) window {
	s := saturate(newInflight(callers, 0), callers, server.call)
	defer s.end()
	s.watch(20 * time.Second)
	return s.watch(2 * time.Minute)
}

func TestInflightFindsHiddenSlots(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const slots = 32
		unloaded := most(&slotServer{slots: slots, took: articles(1)}, 4)
		best := most(&slotServer{slots: slots, took: articles(1)}, 200)

		s := saturate(newInflight(0, 0), 400, (&slotServer{slots: slots, took: articles(1)}).call)
		defer s.end()
		s.watch(time.Minute)
		found := s.watch(2 * time.Minute)
		t.Logf("best %.1f/s, found %.1f/s at a limit of %d; 95th percentile %s, unloaded %s", best.rate, found.rate, found.limit, found.p95, unloaded.p95)
		if found.rate < 0.95*best.rate {
			t.Errorf("found %.1f answers a second, want at least 95 %% of %.1f", found.rate, best.rate)
		}
		if found.p95 > unloaded.p95*3/2 {
			t.Errorf("the 95th percentile is %s, want at most one and a half times %s", found.p95, unloaded.p95)
		}
	})
}

func TestInflightFollowsCapacity(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		server := &slotServer{slots: 32, took: articles(1)}
		s := saturate(newInflight(0, 0), 400, server.call)
		defer s.end()
		s.watch(time.Minute)
		for _, slots := range []int{16, 32} {
			server.set(slots, server.took)
			s.watch(30 * time.Second)
			w := s.watch(time.Minute)
			t.Logf("%d slots: %.1f/s, limit %d", slots, w.rate, w.limit)
			if w.rate < 0.93*float64(slots) || w.limit > 2*slots {
				t.Errorf("half a minute after the server has %d slots: %.1f answers a second at a limit of %d", slots, w.rate, w.limit)
			}
		}
	})
}

// Longer articles make calls slower as a queue does. The limit must not shrink
// from them.
func TestInflightLongerArticles(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		server := &slotServer{slots: 32, took: articles(1)}
		s := saturate(newInflight(0, 0), 400, server.call)
		defer s.end()
		s.watch(time.Minute)
		server.set(32, articles(3))
		s.watch(time.Minute)
		if w := s.watch(2 * time.Minute); w.rate < 0.9*32/3 {
			t.Errorf("%.1f answers a second at a limit of %d, want %.1f", w.rate, w.limit, 32.0/3)
		}
	})
}

// A server that batches gets slower with each call, and still does more.
func TestInflightBatchingServer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		batching := func(busy int) time.Duration { return time.Second + time.Duration(busy)*8*time.Millisecond }
		best := most(&slotServer{slots: 128, took: batching}, 128)
		s := saturate(newInflight(0, 0), 400, (&slotServer{slots: 128, took: batching}).call)
		defer s.end()
		s.watch(time.Minute)
		w := s.watch(2 * time.Minute)
		t.Logf("best %.1f/s, found %.1f/s at a limit of %d", best.rate, w.rate, w.limit)
		if w.rate < 0.75*best.rate {
			t.Errorf("%.1f answers a second at a limit of %d, the server has %.1f", w.rate, w.limit, best.rate)
		}
	})
}

func TestInflightGrowsOnlyWhereItBinds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := saturate(newInflight(0, 0), 3, (&slotServer{slots: 32, took: articles(1)}).call)
		defer s.end()
		if w := s.watch(5 * time.Minute); w.limit > 8 {
			t.Errorf("three callers raised the limit to %d", w.limit)
		}
	})
}

func TestInflightRefused(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := newInflight(0, 40)
		c := f.start()
		f.end(c, endOver)
		if got := f.bound(); got != 40 {
			t.Errorf("after a probe that failed the limit is %d, want 40", got)
		}
		c, _ = f.start(), f.start()
		f.end(c, endOver)
		if got := f.bound(); got != 28 {
			t.Errorf("after a refusal the limit is %d, want 28", got)
		}
		// What began before that says it no second time.
		f.start()
		f.end(c, endOver)
		if got := f.bound(); got != 28 {
			t.Errorf("after a refusal of the same moment the limit is %d, want 28", got)
		}
	})
}

func TestInflightConfigured(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := saturate(newInflight(5, 0), 50, (&slotServer{slots: 32, took: articles(1)}).call)
		defer s.end()
		if w := s.watch(time.Minute); w.limit != 5 || w.rate > 6 {
			t.Errorf("a limit of 5 became %d, with %.1f answers a second", w.limit, w.rate)
		}
	})
}

// A caller that gives up leaves its place to the next.
func TestInflightCancelled(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := newInflight(1, 0)
		if err := f.acquire(t.Context()); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancelCause(t.Context())
		gone, next := make(chan error, 1), make(chan error, 1)
		go func() { gone <- f.acquire(ctx) }()
		synctest.Wait()
		go func() { next <- f.acquire(t.Context()) }()
		synctest.Wait()
		cancel(errShutdown)
		if err := <-gone; err != errShutdown { //nolint:errorlint // the cause itself
			t.Errorf("acquire returned %v, want the cause", err)
		}
		f.release()
		if err := <-next; err != nil {
			t.Error(err)
		}
	})
}
