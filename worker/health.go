package worker

import (
	"errors"
	"net/http"
	"sync"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/mujaz/mujaz/queue"
)

// health is what liveness and readiness are made of.
type health struct {
	mu        sync.Mutex
	running   bool
	draining  bool
	fault     string // of fetching; empty when it works
	unstored  string // why NATS stores nothing; empty when it does
	connected func() bool
	chain     *chain
	budget    func() (reason string, until time.Time)
	backlog   func() int
}

// Status is the answer of the readiness endpoint.
type Status struct {
	Ready bool `json:"ready"`
	// Reasons why not, for the person who must act.
	Reasons []string `json:"reasons,omitzero"`
	// Endpoint is the one that is nearest to working.
	Endpoint  GateStatus       `json:"endpoint"`
	Endpoints []EndpointStatus `json:"endpoints"`
	InHand    int              `json:"in_hand"`
	// Budget says why no jobs are fetched although the worker is well: the day's
	// budget is used up.
	Budget string `json:"budget,omitzero"`
}

// EndpointStatus is how one endpoint of the chain is.
type EndpointStatus struct {
	Label string `json:"label"`
	Model string `json:"model"`
	// InFlight is how many calls may be under way, as configured or found.
	InFlight int `json:"in_flight"`
	GateStatus
}

func (h *health) setFault(err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.fault = ""
	if err != nil {
		h.fault = err.Error()
	}
}

func (h *health) setUnstored(err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.unstored = ""
	if hint, is := errors.AsType[*queue.HintError](err); is {
		h.unstored = hint.Error() + ". " + hint.Hint()
	}
}

func (h *health) set(running, draining bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.running, h.draining = running, draining
}

// status is ready when jobs are fetched and calls are made. A pause by the
// endpoint's limits is no failure: the worker is well and waits. A paused
// endpoint whose settings are wrong, or that is down, is one.
func (h *health) status() Status {
	h.mu.Lock()
	defer h.mu.Unlock()
	s := Status{Endpoint: h.chain.status(), Endpoints: h.chain.statuses(), InHand: h.backlog()}
	s.Budget, _ = h.budget()
	switch {
	case h.draining:
		s.Reasons = append(s.Reasons, "draining: the worker is shutting down")
	case !h.running:
		s.Reasons = append(s.Reasons, "starting")
	}
	if !h.connected() {
		s.Reasons = append(s.Reasons, "NATS: not connected, reconnecting")
	}
	if h.fault != "" {
		s.Reasons = append(s.Reasons, "queue: "+h.fault)
	}
	if h.unstored != "" {
		s.Reasons = append(s.Reasons, "NATS: "+h.unstored)
	}
	if !s.Endpoint.Open && !throttles(s.Endpoint.Class) {
		s.Reasons = append(s.Reasons, "LLM endpoint: "+s.Endpoint.Reason)
	}
	s.Ready = len(s.Reasons) == 0
	return s
}

// Handler serves /livez, /readyz and, by metrics, /metrics.
func (w *Worker) Handler(metrics http.Handler) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /livez", func(rw http.ResponseWriter, _ *http.Request) {
		rw.Header().Set("Content-Type", "text/plain; charset=utf-8")
		rw.Write([]byte("ok\n")) //nolint:errcheck // the prober has gone
	})
	mux.HandleFunc("GET /readyz", func(rw http.ResponseWriter, _ *http.Request) {
		status := w.health.status()
		body, err := json.Marshal(status)
		if err != nil {
			http.Error(rw, "status not readable", http.StatusInternalServerError)
			return
		}
		rw.Header().Set("Content-Type", "application/json")
		if !status.Ready {
			rw.WriteHeader(http.StatusServiceUnavailable)
		}
		rw.Write(append(body, '\n')) //nolint:errcheck // the prober has gone
	})
	if metrics != nil {
		mux.Handle("GET /metrics", metrics)
	}
	return mux
}
