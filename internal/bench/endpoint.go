package bench

import (
	"context"
	"errors"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/mujaz/mujaz/internal/llmtest"
)

// endpoint is a scripted one in this process, whose capacity changes while it
// serves: it works on so many calls at once, lets the others wait without
// telling them, and can be away.
type endpoint struct {
	answers *llmtest.Server
	http    *http.Server
	url     string
	served  chan struct{}

	mu      sync.Mutex
	slots   int // 0: no limit
	busy    int
	waiting []chan struct{}
	away    bool
	calls   []served // since the last look
	refused []time.Time
}

// served is a call as the endpoint saw it.
type served struct {
	at   time.Time // its end
	took time.Duration
}

func startEndpoint(ctx context.Context, script llmtest.Script, slots int) (*endpoint, error) {
	e := &endpoint{answers: llmtest.New(script), slots: slots, served: make(chan struct{})}
	ln, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	e.url = "http://" + ln.Addr().String() + "/v1"
	e.http = &http.Server{Handler: e, ReadHeaderTimeout: time.Minute}
	go func() {
		defer close(e.served)
		_ = e.http.Serve(ln) // it ends by close
	}()
	return e, nil
}

func (e *endpoint) close() {
	_ = e.http.Close()
	<-e.served
	e.answers.Close()
}

// ServeHTTP answers when there is a slot.
func (e *endpoint) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !strings.HasSuffix(r.URL.Path, "/chat/completions") {
		e.answers.ServeHTTP(w, r)
		return
	}
	began := time.Now()
	if !e.admit(r.Context()) {
		http.Error(w, `{"error":{"message":"The server is down","type":"server_error"}}`, http.StatusServiceUnavailable)
		return
	}
	defer e.leave(began)
	e.answers.ServeHTTP(w, r)
}

func (e *endpoint) admit(ctx context.Context) bool {
	e.mu.Lock()
	if e.away {
		e.refused = append(e.refused, time.Now())
		e.mu.Unlock()
		return false
	}
	if e.slots == 0 || e.busy < e.slots {
		e.busy++
		e.mu.Unlock()
		return true
	}
	turn := make(chan struct{})
	e.waiting = append(e.waiting, turn)
	e.mu.Unlock()
	select {
	case <-turn:
		return true
	case <-ctx.Done():
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if i := slices.Index(e.waiting, turn); i >= 0 {
		e.waiting = slices.Delete(e.waiting, i, i+1)
		return false
	}
	return true // it came at the same moment
}

func (e *endpoint) leave(began time.Time) {
	e.mu.Lock()
	defer e.mu.Unlock()
	now := time.Now()
	e.calls = append(e.calls, served{now, now.Sub(began)})
	e.busy--
	e.admitLocked()
}

func (e *endpoint) admitLocked() {
	for len(e.waiting) > 0 && (e.slots == 0 || e.busy < e.slots) {
		close(e.waiting[0])
		e.waiting = e.waiting[1:]
		e.busy++
	}
}

func (e *endpoint) resize(slots int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.slots = slots
	e.admitLocked()
}

func (e *endpoint) setAway(away bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.away = away
}

// look is what was served since the last look, and what was refused as away.
func (e *endpoint) look() (calls []served, refused []time.Time) {
	e.mu.Lock()
	defer e.mu.Unlock()
	calls, refused = e.calls, e.refused
	e.calls, e.refused = nil, nil
	return calls, refused
}

var errNothingServed = errors.New("bench: the endpoint served nothing in the time of a measurement")

// watch is the rate and the 95th percentile of what is served from now on.
func (e *endpoint) watch(ctx context.Context, d time.Duration) (rate float64, p95 time.Duration, err error) {
	e.look()
	if err := pause(ctx, d); err != nil {
		return 0, 0, err
	}
	calls, _ := e.look()
	if len(calls) == 0 {
		return 0, 0, errNothingServed
	}
	times := make([]time.Duration, len(calls))
	for i, c := range calls {
		times[i] = c.took
	}
	slices.Sort(times)
	return float64(len(calls)) / d.Seconds(), times[len(times)*95/100], nil
}

func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
