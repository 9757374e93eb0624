package queue

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// ErrUnanswered: the server is there and does not say whether it has stored what
// it is sent. nats-server 2.15.2 does so for a stream whose write failed once, as
// on a full disk, until it is restarted (measured), and for a stream of a cluster
// that has lost its majority.
var ErrUnanswered = errors.New("NATS is connected and confirms nothing it is to store")

// unansweredAdvice is for whoever runs the server.
const unansweredAdvice = "Its disk may be full, see the server's log for \"no space left\": make room and restart nats-server, " +
	"which stores nothing in such a stream before, whatever is freed. In a cluster, see that most nodes are up."

// unansweredFor outlasts an election (9 s, measured) and a start of the server,
// which is connected before it stores.
const unansweredFor = 30 * time.Second

// Silence tells a server that stores nothing from one that is slow. Its zero
// value is for use. It is safe for concurrent use, for writes into one stream.
type Silence struct {
	mu    sync.Mutex
	since time.Time // of the first write that went unanswered
}

// Note takes the end of one write. It returns an error that wraps
// [ErrUnanswered], with advice, once none was answered for [unansweredFor].
func (s *Silence) Note(conn *Conn, err error) error {
	return s.note(conn.Connected(), err, time.Now())
}

func (s *Silence) note(connected bool, err error, now time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case err == nil, !connected, !unanswered(err):
		s.since = time.Time{}
		return nil
	case s.since.IsZero():
		s.since = now
	}
	if now.Sub(s.since) < unansweredFor {
		return nil
	}
	return &HintError{ErrUnanswered, unansweredAdvice}
}

func unanswered(err error) bool {
	return errors.Is(err, nats.ErrTimeout) || errors.Is(err, jetstream.ErrAsyncPublishTimeout) || errors.Is(err, context.DeadlineExceeded)
}
