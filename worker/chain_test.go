package worker

import (
	"context"
	"errors"
	"math"
	"testing"
	"testing/synctest"
	"time"

	"github.com/mujaz/mujaz/internal/llm"
)

// testChain is of endpoints that are never called.
func testChain(t *testing.T, others ...Endpoint) *chain {
	t.Helper()
	client, err := llm.New(llm.Config{BaseURL: "http://127.0.0.1:1/v1", Model: "m"})
	if err != nil {
		t.Fatal(err)
	}
	for i := range others {
		others[i].LLM = client
	}
	return newChain(Config{LLM: client, Model: "first", Slots: 8, Others: others}, func(*endpoint, GateStatus) {})
}

func failWith(class llm.Class, after time.Duration) error {
	return &llm.Error{Class: class, RetryAfter: after}
}

func TestChainIntake(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := testChain(t)
		g := c.first().gate
		if n, err := c.intake(t.Context()); n != math.MaxInt32 || err != nil {
			t.Errorf("open: %d slots, %v", n, err)
		}
		g.report(false, throttled(time.Minute))
		start := time.Now()
		n, err := c.intake(t.Context())
		if n != 1 || err != nil || time.Since(start) < time.Minute {
			t.Errorf("after the pause: %d slots, %v, waited %s; want one job for a probe", n, err, time.Since(start))
		}
		g.report(false, throttled(time.Hour))
		ctx, cancel := context.WithCancelCause(t.Context())
		cancel(errShutdown)
		if _, err := c.intake(ctx); !errors.Is(err, errShutdown) {
			t.Errorf("a cancelled intake gives %v", err)
		}
	})
}

// While a spare stands in for what is the matter, jobs are fetched; for other
// troubles they wait.
func TestChainIntakeOfSpares(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := testChain(t, Endpoint{Model: "spare", When: []Condition{WhenDown}, Slots: 3})
		c.first().gate.report(false, failWith(llm.ClassUnavailable, time.Hour))
		if n, err := c.intake(t.Context()); n == 0 || err != nil {
			t.Errorf("the spare stands in: %d slots, %v", n, err)
		}
		c.first().gate.report(false, failWith(llm.ClassThrottled, 2*time.Hour))
		start := time.Now()
		if n, err := c.intake(t.Context()); n != 1 || err != nil || time.Since(start) < 2*time.Hour {
			t.Errorf("no spare for a throttled endpoint: %d slots, %v after %s", n, err, time.Since(start))
		}
	})
}

func TestChainPicksByWeight(t *testing.T) {
	t.Parallel()
	c := testChain(t, Endpoint{Model: "big", Weight: 3}, Endpoint{Model: "spare", When: []Condition{WhenDown}})
	counts := map[string]int{}
	for range 8 {
		e, err := c.choose(t.Context(), tried{}, "first")
		if err != nil {
			t.Fatal(err)
		}
		counts[e.model]++
	}
	if counts["first"] != 2 || counts["big"] != 6 || counts["spare"] != 0 {
		t.Errorf("8 calls went to %v, want 2 and 6", counts)
	}
}

func TestChainPicks(t *testing.T) {
	t.Parallel()
	const first, equal, down, refused = 0, 1, 2, 3
	others := func() []Endpoint {
		return []Endpoint{{Model: "equal"}, {Model: "down", When: []Condition{WhenDown}}, {Model: "refused", When: []Condition{WhenRefused, WhenTooLong}}}
	}
	for name, c := range map[string]struct {
		closed map[int]llm.Class
		asked  map[int]Condition
		model  string
		want   string // "" is nobody
		waits  bool
	}{
		"all well":                        {want: "first"},
		"first is down":                   {closed: map[int]llm.Class{first: llm.ClassUnavailable}, want: "equal"},
		"the pool is down":                {closed: map[int]llm.Class{first: llm.ClassUnavailable, equal: llm.ClassMisconfigured}, want: "down"},
		"the pool is throttled":           {closed: map[int]llm.Class{first: llm.ClassThrottled, equal: llm.ClassQuota}, waits: true},
		"one is down, one is throttled":   {closed: map[int]llm.Class{first: llm.ClassUnavailable, equal: llm.ClassQuota}, want: "down"},
		"the pool and its spare are down": {closed: map[int]llm.Class{first: llm.ClassUnavailable, equal: llm.ClassUnavailable, down: llm.ClassUnavailable}, waits: true},
		"first refused":                   {asked: map[int]Condition{first: WhenRefused}, want: "equal"},
		"the pool refused":                {asked: map[int]Condition{first: WhenRefused, equal: WhenRefused}, want: "refused"},
		"too long for the pool":           {asked: map[int]Condition{first: WhenTooLong, equal: WhenTooLong}, want: "refused"},
		"all refused":                     {asked: map[int]Condition{first: WhenRefused, equal: WhenRefused, refused: WhenRefused}},
		"a model that the job names":      {closed: map[int]llm.Class{first: llm.ClassUnavailable}, model: "named", want: "first"},
		"it refuses":                      {asked: map[int]Condition{first: WhenRefused}, model: "named"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			chain := testChain(t, others()...)
			all := chain.all()
			for i, class := range c.closed {
				all[i].gate.report(false, failWith(class, time.Hour))
			}
			asked := tried{}
			for i, trouble := range c.asked {
				asked[all[i]] = trouble
			}
			model := c.model
			if model == "" {
				model = "first"
			}
			e, wait := chain.pick(asked, model)
			got := ""
			if e != nil {
				got = e.model
			}
			if got != c.want || (wait > 0) != c.waits {
				t.Errorf("picked %q, wait %s; want %q, waits %t", got, wait, c.want, c.waits)
			}
			if got := chain.more(asked, model); got != (c.want != "" || c.waits) {
				t.Errorf("more says %t", got)
			}
		})
	}
}

// Who waits for the pool goes on with the first endpoint that is back.
func TestChainWaits(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := testChain(t, Endpoint{Model: "equal"})
		all := c.all()
		all[0].gate.report(false, failWith(llm.ClassUnavailable, time.Hour))
		all[1].gate.report(false, failWith(llm.ClassThrottled, time.Minute))
		start := time.Now()
		e, err := c.choose(t.Context(), tried{}, "first")
		if err != nil || e.model != "equal" || time.Since(start) > 2*time.Minute {
			t.Errorf("chose %v after %s, %v", e, time.Since(start), err)
		}
		all[1].gate.report(false, failWith(llm.ClassThrottled, time.Hour))
		go func() {
			time.Sleep(time.Second)
			c.drain()
		}()
		if _, err := c.choose(t.Context(), tried{}, "first"); !errors.Is(err, errShutdown) {
			t.Errorf("a worker that stops: %v", err)
		}
	})
}
