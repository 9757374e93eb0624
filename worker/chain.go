package worker

import (
	"cmp"
	"context"
	"math"
	"slices"
	"sync"
	"time"

	"github.com/mujaz/mujaz/internal/llm"
)

// Condition is what must be the matter with the endpoints before one in the
// chain for it to be asked.
type Condition string

// The conditions.
const (
	WhenDown      Condition = "down"      // away, or its settings are wrong
	WhenThrottled Condition = "throttled" // it answers 429, or its quota is used up
	WhenRefused   Condition = "refused"   // it declines this article
	WhenTooLong   Condition = "too_long"  // this article is too long for it
	// WhenOverBudget: the call could pass a cap on spending at its price.
	WhenOverBudget Condition = "over_budget"
)

// Conditions lists them.
func Conditions() []Condition {
	return []Condition{WhenDown, WhenThrottled, WhenRefused, WhenTooLong, WhenOverBudget}
}

// conditionOf is what a class of error is to the chain; "" is the job's own
// trouble, or that of one call.
func conditionOf(class llm.Class) Condition {
	switch class {
	case llm.ClassUnavailable, llm.ClassMisconfigured:
		return WhenDown
	case llm.ClassThrottled, llm.ClassQuota:
		return WhenThrottled
	case llm.ClassRefused:
		return WhenRefused
	case llm.ClassContextTooLong:
		return WhenTooLong
	}
	return ""
}

// troubleOf is what an error is to the chain.
func troubleOf(err error) Condition {
	if overBudget(err) != nil {
		return WhenOverBudget
	}
	return conditionOf(llm.Classify(err))
}

// chain is who may be asked: a pool of equal endpoints, and spares that are
// asked in their order when the pool's trouble is of their kind.
type chain struct {
	pool, spares []*endpoint

	mu      sync.Mutex
	changed chan struct{} // closed and replaced when a gate changes

	choosing sync.Mutex // a choice counts for the next one
}

// newChain makes the endpoints of a configuration with its defaults. OnGate is
// told of each change of a gate.
func newChain(cfg Config, onGate func(*endpoint, GateStatus)) *chain {
	c := &chain{changed: make(chan struct{})}
	add := func(spec Endpoint, start int) {
		e := &endpoint{llm: spec.LLM, model: spec.Model, price: spec.Price, when: spec.When, weight: cmp.Or(spec.Weight, 1)}
		e.allowance = newAllowance(spec.RequestsPerMinute, spec.TokensPerMinute)
		e.inflight = newInflight(spec.Slots, start)
		e.gate = newGate(func(s GateStatus) {
			onGate(e, s)
			c.announce()
		})
		if len(spec.When) == 0 {
			c.pool = append(c.pool, e)
		} else {
			c.spares = append(c.spares, e)
		}
	}
	slots := cfg.Slots
	if cfg.search {
		slots = 0
	}
	add(Endpoint{
		LLM: cfg.LLM, Model: cfg.Model, Price: cfg.Price, Slots: slots,
		RequestsPerMinute: cfg.RequestsPerMinute, TokensPerMinute: cfg.TokensPerMinute,
	}, cfg.InFlight)
	for _, spec := range cfg.Others {
		spec.Slots = cmp.Or(spec.Slots, slots)
		add(spec, 0)
	}
	return c
}

// first is the endpoint whose model is asked for by default.
func (c *chain) first() *endpoint { return c.pool[0] }

func (c *chain) all() []*endpoint { return slices.Concat(c.pool, c.spares) }

// alone reports that there is no choice.
func (c *chain) alone() bool { return len(c.pool)+len(c.spares) == 1 }

// announce wakes those who wait for an endpoint.
func (c *chain) announce() {
	c.mu.Lock()
	defer c.mu.Unlock()
	close(c.changed)
	c.changed = make(chan struct{})
}

func (c *chain) onChange() <-chan struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.changed
}

// tried is what kept the endpoints that were asked from answering.
type tried map[*endpoint]Condition

// choose waits until somebody may be asked, who is to be told when that is over
// (see [endpoint.asked]). It returns nil when all who could be have been tried.
// Where there is no choice it does not wait: the endpoint's own gate does.
func (c *chain) choose(ctx context.Context, asked tried, model string) (*endpoint, error) {
	for {
		changed := c.onChange()
		c.choosing.Lock()
		e, wait := c.pick(asked, model)
		if e != nil {
			e.asks.Add(1)
		}
		c.choosing.Unlock()
		switch {
		case e != nil || wait == 0:
			return e, nil
		case c.draining():
			return nil, errShutdown
		}
		if err := sleep(ctx, wait, changed); err != nil {
			return nil, err
		}
	}
}

// pick is the endpoint to ask now, or how long until one may be asked; neither
// when all have been tried. Of equal ones it is that with the fewest calls for
// its weight. A model that is not the first one's is asked for there alone.
func (c *chain) pick(asked tried, model string) (best *endpoint, wait time.Duration) {
	first := c.first()
	if c.alone() || model != first.model {
		if _, found := asked[first]; found {
			return nil, 0
		}
		return first, 0
	}
	lowest := math.Inf(1)
	troubles := map[Condition]bool{}
	for _, e := range c.pool {
		if trouble, found := asked[e]; found {
			troubles[trouble] = true
			continue
		}
		class, until := e.gate.next()
		switch load := float64(e.asks.Load()) / e.weight; {
		case until > 0:
			troubles[conditionOf(class)] = true
			wait = sooner(wait, until)
		case load < lowest:
			best, lowest = e, load
		}
	}
	if best != nil {
		return best, 0
	}
	for _, e := range c.spares {
		if _, found := asked[e]; found || !e.standsIn(troubles) {
			continue
		}
		_, until := e.gate.next()
		if until == 0 {
			return e, 0
		}
		wait = sooner(wait, until)
	}
	return nil, wait
}

func sooner(a, b time.Duration) time.Duration {
	if a == 0 {
		return b
	}
	return min(a, b)
}

// more reports whether somebody is left to ask after those who were.
func (c *chain) more(asked tried, model string) bool {
	e, wait := c.pick(asked, model)
	return e != nil || wait > 0
}

// draining reports that the worker stops.
func (c *chain) draining() bool { return c.first().gate.isDraining() }

func (c *chain) drain() {
	for _, e := range c.all() {
		e.gate.drain()
	}
	c.announce()
}

// intake blocks while nobody may be asked, and returns how many jobs are worth
// having in hand: those under way at the endpoints, and some on their way there.
// While all are on probation it is one, enough for a probe.
func (c *chain) intake(ctx context.Context) (int, error) {
	for {
		changed := c.onChange()
		jobs, wait := c.room()
		if jobs > 0 {
			return jobs, nil
		}
		if err := sleep(ctx, wait, changed); err != nil {
			return 0, err
		}
	}
}

// room is how many jobs there is work for, or how long until there may be some.
func (c *chain) room() (jobs int, wait time.Duration) {
	troubles := map[Condition]bool{}
	due := false
	count := func(e *endpoint) {
		open, class, pause := e.gate.outlook()
		switch {
		case open:
			jobs += e.inflight.jobs()
		case pause == 0:
			due = true
			fallthrough
		default:
			troubles[conditionOf(class)] = true
			wait = sooner(wait, pause)
		}
	}
	for _, e := range c.pool {
		count(e)
	}
	if jobs == 0 {
		for _, e := range c.spares {
			if e.standsIn(troubles) {
				count(e)
			}
		}
	}
	if jobs == 0 && due {
		return 1, 0
	}
	return jobs, wait
}

// status is that of the endpoint which is nearest to working.
func (c *chain) status() GateStatus {
	var best GateStatus
	for i, e := range c.all() {
		s := e.gate.Status()
		if s.Open {
			return s
		}
		if i == 0 || s.Until.Before(best.Until) {
			best = s
		}
	}
	return best
}

// statuses tells of each endpoint.
func (c *chain) statuses() []EndpointStatus {
	var found []EndpointStatus
	for _, e := range c.all() {
		found = append(found, EndpointStatus{Label: e.llm.Label(), Model: e.model, InFlight: e.inflight.bound(), GateStatus: e.gate.Status()})
	}
	return found
}
