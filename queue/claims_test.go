package queue_test

import (
	"errors"
	"sync"
	"testing"

	"github.com/mujaz/mujaz/queue"
	"github.com/mujaz/mujaz/queue/queuetest"
)

func TestClaim(t *testing.T) {
	t.Parallel()
	server := queuetest.Start(t)
	conn := server.Connect(t)
	first, err := conn.Claim(t.Context(), "call-1", "job-1")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Claim(t.Context(), "call-1", "job-2"); !errors.Is(err, queue.ErrClaimed) {
		t.Errorf("a second claim: %v", err)
	}
	if _, err := conn.Claim(t.Context(), "call-2", "job-2"); err != nil {
		t.Errorf("another call: %v", err)
	}
	for range 2 {
		if err := first.Renew(t.Context()); err != nil {
			t.Errorf("renew: %v", err)
		}
	}
	if err := first.Release(t.Context()); err != nil {
		t.Errorf("release: %v", err)
	}
	second, err := conn.Claim(t.Context(), "call-1", "job-2")
	if err != nil {
		t.Fatalf("after the release: %v", err)
	}
	if err := first.Renew(t.Context()); !errors.Is(err, queue.ErrClaimed) {
		t.Errorf("renew of a claim that is another's by now: %v", err)
	}
	if err := second.Renew(t.Context()); err != nil {
		t.Errorf("renew: %v", err)
	}
}

func TestClaimIsOnes(t *testing.T) {
	t.Parallel()
	server := queuetest.Start(t)
	conn := server.Connect(t)
	var mu sync.Mutex
	var group sync.WaitGroup
	won := 0
	for range 32 {
		group.Go(func() {
			if _, err := conn.Claim(t.Context(), "call", "job"); err == nil {
				mu.Lock()
				won++
				mu.Unlock()
			} else if !errors.Is(err, queue.ErrClaimed) {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if won != 1 {
		t.Errorf("%d of 32 hold the claim", won)
	}
}
