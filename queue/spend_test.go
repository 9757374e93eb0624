package queue_test

import (
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/mujaz/mujaz/queue"
	"github.com/mujaz/mujaz/queue/queuetest"
)

func spend(n int) queue.Spend {
	return queue.Spend{
		Time: time.Date(2026, 11, 24, 12, 0, n, 0, time.UTC), Endpoint: "llm.example", Model: "m", Served: "m-1", Prompt: "news-brief@1",
		Purpose: queue.PurposeWrite, Lane: queue.LaneLive, Source: "wire", Key: queue.Key(strconv.Itoa(n)), Paid: true, In: n, Out: 1,
		CostKnown: true, Cost: queue.Amount(n), Currency: "USD",
	}
}

// TestSpendLog: what many add is there once, in batches, after a close.
func TestSpendLog(t *testing.T) {
	t.Parallel()
	server := queuetest.Start(t)
	conn := server.Connect(t)
	log := conn.OpenSpendLog(t.Context(), "worker-1", func(n int, err error) { t.Errorf("%d calls are lost: %v", n, err) })
	const callers, each = 8, 300
	var group sync.WaitGroup
	for c := range callers {
		group.Go(func() {
			for i := range each {
				log.Add(spend(c*each + i))
			}
		})
	}
	group.Wait()
	log.Close()
	var sum queue.Amount
	seen := map[string]bool{}
	since := spend(100).Time
	err := conn.Spent(t.Context(), time.Time{}, func(s queue.Spend) error {
		sum += s.Cost
		seen[s.Key] = true
		want := spend(s.In)
		want.Worker = "worker-1"
		if diff := cmp.Diff(want, s); diff != "" {
			t.Errorf("a call (-want +got):\n%s", diff)
		}
		return nil
	})
	if n := callers * each; err != nil || len(seen) != n || sum != queue.Amount(n*(n-1)/2) {
		t.Errorf("%d calls that cost %d, want %d that cost %d (%v)", len(seen), sum, n, n*(n-1)/2, err)
	}
	count := 0
	if err := conn.Spent(t.Context(), since, func(queue.Spend) error { count++; return nil }); err != nil || count != callers*each-100 {
		t.Errorf("%d calls since %s, want %d (%v)", count, since, callers*each-100, err)
	}
}

// TestSpendLogOutage: calls of an outage are recorded after it, each once.
func TestSpendLogOutage(t *testing.T) {
	t.Parallel()
	server := queuetest.Start(t)
	conn := server.Connect(t)
	log := conn.OpenSpendLog(t.Context(), "worker-1", func(n int, err error) {
		if n > 0 {
			t.Errorf("%d calls are lost: %v", n, err)
		}
	})
	log.Add(spend(0))
	server.Stop(t)
	for i := range 50 {
		log.Add(spend(i + 1))
	}
	server.Resume(t)
	queuetest.Eventually(t, "the connection is back", conn.Connected)
	log.Close()
	seen := map[string]int{}
	if err := conn.Spent(t.Context(), time.Time{}, func(s queue.Spend) error { seen[s.Key]++; return nil }); err != nil {
		t.Fatal(err)
	}
	for i := range 51 {
		if n := seen[queue.Key(strconv.Itoa(i))]; n != 1 {
			t.Errorf("call %d is recorded %d times", i, n)
		}
	}
}

// TestSpendLogGivesUp: what cannot be recorded at the end is told.
func TestSpendLogGivesUp(t *testing.T) {
	t.Parallel()
	server := queuetest.Start(t)
	conn := server.Connect(t)
	lost := 0
	log := conn.OpenSpendLog(t.Context(), "worker-1", func(n int, err error) {
		if err == nil {
			t.Error("calls are lost without a reason")
		}
		lost += n
	})
	server.Stop(t)
	queuetest.Eventually(t, "the connection is gone", func() bool { return !conn.Connected() })
	log.Add(spend(1))
	log.Close()
	if lost != 1 {
		t.Errorf("%d calls are lost, want 1", lost)
	}
}

// BenchmarkSpend is what recording costs a call.
func BenchmarkSpend(b *testing.B) {
	conn := queuetest.Start(b).Connect(b)
	log := conn.OpenSpendLog(b.Context(), "worker-1", func(n int, err error) { b.Logf("%d calls lost: %v", n, err) })
	row := spend(1)
	b.ReportAllocs()
	for b.Loop() {
		log.Add(row)
	}
	log.Close()
}
