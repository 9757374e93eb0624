package worker

import (
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/mujaz/mujaz/internal/llm"
)

func throttled(after time.Duration) error {
	return &llm.Error{Class: llm.ClassThrottled, Status: 429, RetryAfter: after}
}

func TestGateHonoursRetryAfterAsAFloor(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := newGate(func(GateStatus) {})
		report, _, err := g.enter(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		closed := time.Now()
		report(throttled(20 * time.Second))
		report, _, err = g.enter(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if waited := time.Since(closed); waited < 20*time.Second || waited > 22*time.Second {
			t.Errorf("waited %s, want 20 s and at most a tenth more", waited)
		}
		report(nil)
		if !g.Status().Open {
			t.Error("closed after a probe that was answered")
		}
	})
}

func TestGateLetsOneProbeThrough(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := newGate(func(GateStatus) {})
		first, _, _ := g.enter(t.Context())
		first(throttled(time.Second))
		var mu sync.Mutex
		var through []func(error)
		for range 10 {
			go func() {
				report, _, err := g.enter(t.Context())
				if err != nil {
					return
				}
				mu.Lock()
				defer mu.Unlock()
				through = append(through, report)
			}()
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		if len(through) != 1 {
			t.Fatalf("%d calls on probation, want 1", len(through))
		}
		through[0](nil)
		synctest.Wait()
		if len(through) != 10 {
			t.Errorf("%d calls after the probe was answered, want all 10", len(through))
		}
	})
}

func TestGatePausesLongerEachTimeAProbeFails(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := newGate(func(GateStatus) {})
		var pauses []time.Duration
		for range 8 {
			start := time.Now()
			report, _, err := g.enter(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			pauses = append(pauses, time.Since(start))
			// Calls that were under way do not count as strikes of their own.
			report(&llm.Error{Class: llm.ClassUnavailable})
			g.report(false, &llm.Error{Class: llm.ClassUnavailable})
		}
		if pauses[0] != 0 {
			t.Errorf("an open gate made a call wait for %s", pauses[0])
		}
		longest := paces[llm.ClassUnavailable].longest
		for i := 2; i < len(pauses); i++ {
			if pauses[i] < pauses[i-1] && pauses[i] < longest || pauses[i] > longest+longest/10 {
				t.Errorf("pauses %v: must grow up to %s", pauses, longest)
			}
		}
		if pauses[2] < 2*time.Second {
			t.Errorf("second pause %s, want twice the first", pauses[2])
		}
	})
}

func TestGateOpensForAFaultOfOneJob(t *testing.T) {
	t.Parallel()
	for class, open := range map[llm.Class]bool{
		llm.ClassRefused: true, llm.ClassTruncated: true, llm.ClassTransient: true, llm.ClassInvalidOutput: true,
		llm.ClassContextTooLong: true, llm.ClassCanceled: false, llm.ClassQuota: false, llm.ClassMisconfigured: false,
	} {
		g := newGate(func(GateStatus) {})
		g.report(false, throttled(time.Millisecond))
		g.report(true, &llm.Error{Class: class})
		if g.Status().Open != open {
			t.Errorf("a probe that met %s: open %v, want %v", class, g.Status().Open, open)
		}
	}
}
