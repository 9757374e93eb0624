package llmtest

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// TB is the part of testing.TB that Start needs; naming it here keeps package
// testing out of the binary whose bench command uses this package.
type TB interface {
	Helper()
	Fatalf(format string, args ...any)
	Cleanup(func())
}

// Start runs a server on a free loopback port until the test ends.
func Start(t TB, script Script) *Server {
	t.Helper()
	s := New(script)
	if err := s.Listen("127.0.0.1:0"); err != nil {
		t.Fatalf("start the stand-in endpoint: %v", err)
	}
	t.Cleanup(s.Close)
	return s
}

// Server is a scripted endpoint. It is safe for concurrent use.
type Server struct {
	script Script
	http   *http.Server
	ln     net.Listener
	closed chan struct{}
	served sync.WaitGroup
	once   sync.Once

	ledger  *ledger
	gate    atomic.Pointer[Gate]
	slots   chan struct{}
	waiting atomic.Int64
	limits  *limits
	seed    maphash.Seed
	answers answers
	batches batches
	buffers sync.Pool

	mu      sync.Mutex // guards the rest
	dice    *rand.Rand
	next    int // of script.Steps
	closing bool
}

// New returns a server that does not listen yet.
func New(script Script) *Server {
	s := &Server{
		script: script, closed: make(chan struct{}), ledger: newLedger(), limits: newLimits(script),
		seed: maphash.MakeSeed(), dice: rand.New(rand.NewPCG(script.Seed, 1)),
		buffers: sync.Pool{New: func() any { return new(buffers) }},
	}
	s.answers.init(script)
	s.batches.files, s.batches.faults = map[string][]byte{}, slices.Clone(script.Batch.Faults)
	if script.Slots > 0 {
		s.slots = make(chan struct{}, script.Slots)
	}
	return s
}

// buffers are reused from request to request.
type buffers struct{ in, text, out []byte }

// Listen starts serving on host:port; port 0 picks a free one.
func (s *Server) Listen(addr string) error {
	ln, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", addr)
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	s.ln = ln
	if s.script.TLS {
		cert, err := untrustedCert()
		if err != nil {
			return errors.Join(fmt.Errorf("make a certificate: %w", err), ln.Close())
		}
		ln = tls.NewListener(ln, &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12})
	}
	s.http = &http.Server{
		Handler:           s,
		ReadHeaderTimeout: time.Minute,
		ConnState: func(_ net.Conn, state http.ConnState) {
			if state == http.StateNew {
				s.ledger.connect()
			}
		},
	}
	s.served.Go(func() { _ = s.http.Serve(ln) })
	return nil
}

// URL is the base URL to give to a client.
func (s *Server) URL() string {
	scheme := "http"
	if s.script.TLS {
		scheme = "https"
	}
	return scheme + "://" + s.ln.Addr().String() + "/v1"
}

// Close ends all calls and waits for the server's goroutines.
func (s *Server) Close() {
	s.once.Do(func() {
		s.mu.Lock()
		s.closing = true
		s.mu.Unlock()
		close(s.closed)
		if s.http != nil {
			_ = s.http.Close()
		}
		s.served.Wait()
	})
}

// Ledger copies what has been counted so far.
func (s *Server) Ledger() Ledger { return s.ledger.snapshot() }

// Fingerprint is the key under which the Ledger counts calls with this text as
// their last user message. It differs from server to server.
func (s *Server) Fingerprint(user string) uint64 { return maphash.String(s.seed, user) }

// Hold makes every call from now on wait at the returned Gate.
func (s *Server) Hold() *Gate {
	g := newGate()
	s.gate.Store(g)
	return g
}

// ServeHTTP answers POST …/chat/completions, GET …/models, and what is under
// /files and /batches.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case strings.HasSuffix(r.URL.Path, "/chat/completions") && r.Method == http.MethodPost:
		if s.enter() {
			defer s.served.Done()
			s.chat(w, r)
		}
	case strings.HasSuffix(r.URL.Path, "/models") && r.Method == http.MethodGet:
		fields := s.script.ModelFields
		if fields != "" {
			fields = "," + fields
		}
		writeJSON(w, http.StatusOK, `{"object":"list","data":[{"id":"`+s.answers.model+`","object":"model","owned_by":"llmtest"`+fields+`}]}`)
	case r.URL.Path == "/props" && s.script.Props != "":
		writeJSON(w, http.StatusOK, s.script.Props)
	case s.serveBatch(w, r):
	default:
		writeJSON(w, http.StatusNotFound, `{"error":{"message":"Not found","type":"invalid_request_error","code":null}}`)
	}
}

// enter counts a call among those that Close waits for; false once closing.
func (s *Server) enter() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.closing {
		s.served.Add(1)
	}
	return !s.closing
}

func (s *Server) chat(w http.ResponseWriter, r *http.Request) {
	number := s.ledger.arrive()
	defer s.ledger.leave()
	buf, _ := s.buffers.Get().(*buffers)
	defer s.buffers.Put(buf)

	req := Request{Number: number, Header: r.Header}
	var err error
	if buf.in, err = readAll(r, buf.in[:0]); err != nil {
		return
	}
	req.Body = buf.in
	if !req.scan() {
		writeJSON(w, http.StatusBadRequest, `{"error":{"message":"We could not parse the JSON body of your request.","type":"invalid_request_error","code":null}}`)
		return
	}
	buf.text = appendUnescaped(buf.text[:0], req.user)
	req.Fingerprint = maphash.Bytes(s.seed, buf.text)
	s.ledger.job(req.Fingerprint)

	sent := false
	if s.script.Done != nil {
		defer func() { s.script.Done(number, sent) }()
	}
	if g := s.gate.Load(); g != nil && !g.pass(req.Fingerprint, r.Context().Done(), s.closed) {
		abandon()
	}
	step := s.choose(&req)
	if step.failing() {
		s.fail(w, r, &req, &step)
	} else {
		s.answer(w, r, &req, &step, buf)
	}
	sent = true
}

// abandon breaks the connection of a call that ends unanswered; a mere return
// would make net/http send an empty 200.
func abandon() { panic(http.ErrAbortHandler) }

// maxBody bounds a request.
const maxBody = 64 << 20

func readAll(r *http.Request, into []byte) ([]byte, error) {
	if n := r.ContentLength; n >= 0 && n <= maxBody {
		if int64(cap(into)) < n {
			into = make([]byte, n)
		}
		into = into[:n]
		_, err := io.ReadFull(r.Body, into)
		return into, err
	}
	b := bytes.NewBuffer(into)
	_, err := b.ReadFrom(io.LimitReader(r.Body, maxBody))
	return b.Bytes(), err
}

// choose picks the Step of a request.
func (s *Server) choose(req *Request) Step {
	if s.script.Choose != nil {
		if step, ok := s.script.Choose(req); ok {
			return step
		}
	}
	if step, ok := s.script.ByNumber[req.Number]; ok {
		return step
	}
	if len(s.script.Steps) == 0 && len(s.script.Random) == 0 {
		return Step{}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if n := len(s.script.Steps); s.next < n {
		s.next++
		return s.script.Steps[s.next-1]
	} else if n > 0 && s.script.RepeatLast {
		return s.script.Steps[n-1]
	}
	roll := s.dice.Float64()
	for _, c := range s.script.Random {
		if roll -= c.P; roll < 0 {
			return c.Step
		}
	}
	return Step{}
}

// sleep waits without outliving the call or the server; false when either ends.
func (s *Server) sleep(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return true
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	case <-s.closed:
		return false
	}
}

// latency is the time of one call.
func (s *Server) latency() time.Duration {
	d := s.script.Latency
	if s.script.Jitter > 0 {
		d += time.Duration((rand.Float64()*2 - 1) * float64(s.script.Jitter))
	}
	return d
}

// admit takes a slot; the returned function gives it back. False when the queue
// is full or the call ended.
func (s *Server) admit(w http.ResponseWriter, r *http.Request) (func(), bool) {
	if s.slots == nil {
		return func() {}, true
	}
	release := func() { <-s.slots }
	select {
	case s.slots <- struct{}{}:
		return release, true
	default:
	}
	if n := s.waiting.Add(1); s.script.MaxQueue > 0 && n > int64(s.script.MaxQueue) {
		s.waiting.Add(-1)
		writeJSON(w, http.StatusServiceUnavailable, `{"error":{"message":"The server is busy","type":"server_error","code":"overloaded"}}`)
		return nil, false
	}
	defer s.waiting.Add(-1)
	select {
	case s.slots <- struct{}{}:
		return release, true
	case <-r.Context().Done():
	case <-s.closed:
	}
	abandon()
	return nil, false
}
