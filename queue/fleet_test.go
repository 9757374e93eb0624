package queue_test

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/mujaz/mujaz/queue"
	"github.com/mujaz/mujaz/queue/queuetest"
)

// share is what a member was told last.
type share struct {
	mu    sync.Mutex
	now   float64
	leave context.CancelFunc
	left  chan error
}

func (s *share) is(want float64) func() bool {
	return func() bool {
		s.mu.Lock()
		defer s.mu.Unlock()
		return s.now == want
	}
}

// join runs a member on a connection of its own until the test ends.
func join(t *testing.T, server *queuetest.Server, name, endpoint string, sum *shares) *share {
	t.Helper()
	conn := server.Dial(t, queue.ConnConfig{})
	ctx, cancel := context.WithCancel(t.Context())
	s := &share{leave: cancel, left: make(chan error, 1)}
	go func() {
		s.left <- conn.JoinFast(ctx, queue.Member{Name: name, Endpoint: endpoint, Slots: 4}, func(part float64) {
			s.mu.Lock()
			s.now = part
			s.mu.Unlock()
			sum.told(t, name, part)
		})
	}()
	t.Cleanup(func() {
		cancel()
		if err := <-s.left; err != nil {
			t.Errorf("%s: %v", name, err)
		}
	})
	return s
}

// shares holds what all members of an endpoint were told.
type shares struct {
	mu  sync.Mutex
	all map[string]float64
}

func (s *shares) told(t *testing.T, name string, part float64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.all == nil {
		s.all = map[string]float64{}
	}
	s.all[name] = part
	sum := 0.0
	for _, p := range s.all {
		sum += p
	}
	if sum > 1.0001 {
		t.Errorf("the shares add up to %g: %v", sum, s.all)
	}
}

func TestFleetShares(t *testing.T) {
	t.Parallel()
	server := queuetest.Start(t)
	conn := server.Connect(t)
	var sum, other shares
	first := join(t, server, "first", "llm.example", &sum)
	queuetest.Eventually(t, "a member that is alone has the whole", first.is(1))
	second := join(t, server, "second", "llm.example", &sum)
	queuetest.Eventually(t, "two have a half each", func() bool { return first.is(0.5)() && second.is(0.5)() })
	elsewhere := join(t, server, "elsewhere", "other.example", &other)
	queuetest.Eventually(t, "another endpoint is another matter", elsewhere.is(1))

	members, err := conn.Members(t.Context())
	if err != nil || len(members) != 3 || members[0].Name != "first" || members[2].Endpoint != "other.example" || members[0].Slots != 4 {
		t.Errorf("members %+v, %v", members, err)
	}

	second.leave()
	queuetest.Eventually(t, "who leaves makes room at once", first.is(1))
}

// TestFleetMemberDies: a member that is not heard of any more makes room when
// the server forgets it. The test deletes its key as the server would.
func TestFleetMemberDies(t *testing.T) {
	t.Parallel()
	server := queuetest.Start(t)
	conn, js := server.Connect(t), admin(t, server)
	kv, err := js.KeyValue(t.Context(), "MUJAZ_FLEET")
	if err != nil {
		t.Fatal(err)
	}
	ghost := "worker." + queue.Key("llm.example") + "." + queue.Key("ghost")
	if _, err := js.Publish(t.Context(), "$KV.MUJAZ_FLEET."+ghost, []byte(`{"name":"ghost"}`), jetstream.WithMsgTTL(2_000_000_000)); err != nil {
		t.Fatal(err)
	}
	var sum shares
	alive := join(t, server, "alive", "llm.example", &sum)
	queuetest.Eventually(t, "the dead one's share is free", alive.is(1))
	if _, err := kv.Get(t.Context(), ghost); err == nil {
		t.Error("the dead member is still there")
	}
	if members, err := conn.Members(t.Context()); err != nil || len(members) != 1 {
		t.Errorf("members %+v, %v", members, err)
	}
}

// TestFleetOverARestart: the share is known again after the server was away.
func TestFleetOverARestart(t *testing.T) {
	t.Parallel()
	server := queuetest.Start(t)
	server.Connect(t)
	var sum shares
	first, second := join(t, server, "first", "llm.example", &sum), join(t, server, "second", "llm.example", &sum)
	both := func() bool { return first.is(0.5)() && second.is(0.5)() }
	queuetest.Eventually(t, "both have a half", both)
	server.Restart(t)
	third := join(t, server, "third", "llm.example", &sum)
	queuetest.Eventually(t, "all have a third", func() bool {
		return first.is(1.0/3)() && second.is(1.0/3)() && third.is(1.0/3)()
	})
}

func TestFleetWithoutTopology(t *testing.T) {
	t.Parallel()
	conn := queuetest.Start(t).Dial(t, queue.ConnConfig{})
	if err := conn.Join(t.Context(), queue.Member{Name: "a"}, nil); err == nil {
		t.Error("joined a fleet without a bucket")
	}
}

// TestFleetMemberWaits: each announcement says what its member waits for.
func TestFleetMemberWaits(t *testing.T) {
	t.Parallel()
	server := queuetest.Start(t)
	conn := server.Connect(t)
	var waiting atomic.Value
	waiting.Store("throttled, until noon")
	ctx, leave := context.WithCancel(t.Context())
	left := make(chan error, 1)
	go func() {
		left <- conn.JoinFast(ctx, queue.Member{
			Name: "a", Endpoint: "e", Look: func() string { s, _ := waiting.Load().(string); return s },
		}, func(float64) {})
	}()
	says := func(want string) func() bool {
		return func() bool {
			members, err := conn.Members(t.Context())
			return err == nil && len(members) == 1 && members[0].Waiting == want
		}
	}
	queuetest.Eventually(t, "the reason to be told", says("throttled, until noon"))
	waiting.Store("")
	queuetest.Eventually(t, "the end of it to be told", says(""))
	leave()
	if err := <-left; err != nil {
		t.Error(err)
	}
}
