package queue

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/nats-io/nats.go/jetstream"
)

// Action is what a [Switch] does.
type Action string

// The actions.
const (
	// ActionPause holds jobs back until they are resumed: those of a lane in
	// their queue, those of a source or a single one in the parked stream.
	ActionPause Action = "pause"
	// ActionCancel ends what was queued before the switch was set as dead
	// letters, without a call. What is queued later is worked on.
	ActionCancel Action = "cancel"
)

// Scope says which jobs: all that each field that is set agrees with.
type Scope struct {
	Lane   Lane   `json:"lane,omitzero"`
	Source string `json:"source,omitzero"` // token of a source or run
	JobID  string `json:"job_id,omitzero"`
}

// Switch is an operator's word about jobs. It is kept in the fleet bucket, so
// it outlives workers and servers, and every worker hears of it at once.
type Switch struct {
	Action Action `json:"action"`
	Scope
	By     string `json:"by"`
	Reason string `json:"reason,omitzero"`
	// At is the server's time of setting it.
	At time.Time `json:"at,omitzero"`
}

// maxSwitches bounds what every worker looks through for each job.
const maxSwitches = 1000

// Validate joins all problems of a switch in a *[ValidationError].
func (s Switch) Validate() error {
	v := &validator{}
	v.oneOf("action", string(s.Action), string(ActionPause), string(ActionCancel))
	v.check(s.Scope != Scope{}, "scope", "must name a lane, a source or a job")
	v.check(s.Lane == "" || s.Lane.Valid(), "lane", "must be one of: live, backfill")
	v.check(s.Source == "" || tokenPattern.MatchString(s.Source), "source", "must be 1 to 64 letters, digits, - or _")
	v.plain("job_id", s.JobID, maxIDBytes)
	v.check(s.By != "", "by", "must not be empty")
	v.short("by", s.By, MaxReviewerRunes)
	v.prose("by", s.By)
	v.short("reason", s.Reason, MaxNoteRunes)
	v.prose("reason", s.Reason)
	if len(v.problems) > 0 {
		return &ValidationError{Problems: v.problems, Of: "switch"}
	}
	return nil
}

// key of a switch in the bucket: one a scope and action.
func (s Switch) key() string {
	return switchPrefix + string(s.Action) + "." + Key(string(s.Lane)+" "+s.Source+" "+s.JobID)
}

const switchPrefix = "switch."

func (s Scope) covers(lane Lane, source, key string) bool {
	return (s.Lane == "" || s.Lane == lane) && (s.Source == "" || s.Source == source) && (s.JobID == "" || Key(s.JobID) == key)
}

// wholeLanes are those that the scope is nothing but.
func (s Scope) wholeLanes() []Lane {
	if s.Source != "" || s.JobID != "" || s.Lane == "" {
		return nil
	}
	return []Lane{s.Lane}
}

// Set stores a switch. The lane of a pause is stopped on the server too, so
// that a worker which does not hear of it fetches nothing either.
func (c *Conn) Set(ctx context.Context, s Switch) error {
	s.At = time.Time{}
	if err := s.Validate(); err != nil {
		return err
	}
	others, err := c.Switches(ctx)
	if err != nil {
		return err
	}
	if len(others) >= maxSwitches {
		return &HintError{fmt.Errorf("set a switch: there are %d already", len(others)), "Resume what is done with: `mujaz status` lists them."}
	}
	value, err := json.Marshal(s)
	if err != nil {
		return fmt.Errorf("set a switch: %w", err)
	}
	return c.onFleet(ctx, "set a switch", func(ctx context.Context, kv jetstream.KeyValue) error {
		if _, err := kv.Put(ctx, s.key(), value); err != nil || s.Action != ActionPause {
			return err
		}
		for _, lane := range s.wholeLanes() {
			if _, err := c.js.PauseConsumer(ctx, c.topo.JobsStream(lane), c.topo.Durable(lane), time.Now().Add(pauseFor)); err != nil {
				return fmt.Errorf("stop the %s lane: %w", lane, err)
			}
		}
		return nil
	})
}

// pauseFor is for ever, as JetStream has it: a pause has an end.
const pauseFor = 100 * 365 * 24 * time.Hour

// Clear removes all switches of exactly that scope and returns them. Jobs that
// were parked under them are put back by [Conn.Unpark].
func (c *Conn) Clear(ctx context.Context, scope Scope) ([]Switch, error) {
	all, err := c.Switches(ctx)
	if err != nil {
		return nil, err
	}
	var cleared []Switch
	err = c.onFleet(ctx, "clear a switch", func(ctx context.Context, kv jetstream.KeyValue) error {
		for _, s := range all {
			if s.Scope != scope {
				continue
			}
			if err := kv.Purge(ctx, s.key(), jetstream.PurgeTTL(time.Hour)); err != nil {
				return err
			}
			cleared = append(cleared, s)
		}
		for _, lane := range scope.wholeLanes() {
			if _, err := c.js.ResumeConsumer(ctx, c.topo.JobsStream(lane), c.topo.Durable(lane)); err != nil {
				return fmt.Errorf("start the %s lane: %w", lane, err)
			}
		}
		return nil
	})
	return cleared, err
}

// Switches lists what is set, oldest first.
func (c *Conn) Switches(ctx context.Context) ([]Switch, error) {
	set := map[string]Switch{}
	err := c.guard(ctx, func(ctx context.Context) error {
		return c.fleetEntries(ctx, "switches", switchPrefix+">", func(entry jetstream.KeyValueEntry) { note(set, entry) })
	}, "KV_"+c.topo.FleetBucket())
	if err != nil {
		return nil, err
	}
	return ordered(set), nil
}

// onFleet runs do on the fleet bucket.
func (c *Conn) onFleet(ctx context.Context, what string, do func(context.Context, jetstream.KeyValue) error) error {
	err := c.guard(ctx, func(ctx context.Context) error {
		kv, err := c.js.KeyValue(ctx, c.topo.FleetBucket())
		if err != nil {
			return bucketError(err)
		}
		return do(ctx, kv)
	}, "KV_"+c.topo.FleetBucket(), "$KV."+c.topo.FleetBucket(), c.topo.JobsStream(LaneLive), c.topo.JobsStream(LaneBackfill))
	if err != nil {
		return fmt.Errorf("%s: %w", what, explainAPI(err))
	}
	return nil
}

// note takes an entry of the bucket into set. One that cannot be read, of a
// later version, counts for nothing.
func note(set map[string]Switch, entry jetstream.KeyValueEntry) {
	delete(set, entry.Key())
	var s Switch
	if entry.Operation() != jetstream.KeyValuePut || json.Unmarshal(entry.Value(), &s) != nil || s.Validate() != nil {
		return
	}
	s.At = entry.Created()
	set[entry.Key()] = s
}

func ordered(set map[string]Switch) []Switch {
	all := make([]Switch, 0, len(set))
	for _, s := range set {
		all = append(all, s)
	}
	slices.SortFunc(all, func(a, b Switch) int {
		if order := a.At.Compare(b.At); order != 0 {
			return order
		}
		return strings.Compare(a.key(), b.key())
	})
	return all
}

// switchboard is what a consumer knows of the switches. It is kept by a watch:
// no job costs a question.
type switchboard struct {
	set     atomic.Pointer[[]Switch]
	loaded  chan struct{} // closed once the switches are known
	changed chan struct{} // capacity 1
	faults  chan error    // why they are not known yet; capacity 1
}

func newSwitchboard() *switchboard {
	b := &switchboard{loaded: make(chan struct{}), changed: make(chan struct{}, 1), faults: make(chan error, 1)}
	b.set.Store(&[]Switch{})
	return b
}

// paused reports whether a whole lane is.
func (b *switchboard) paused(lane Lane) bool {
	return slices.ContainsFunc(*b.set.Load(), func(s Switch) bool {
		return s.Action == ActionPause && slices.Contains(s.wholeLanes(), lane)
	})
}

// about finds what was decided about a job, a cancel before a pause. The pause
// of a whole lane is none of a job's: what was fetched before goes on.
func (b *switchboard) about(lane Lane, source, key string, queued time.Time) (found Switch, ok bool) {
	for _, s := range *b.set.Load() {
		switch {
		case !s.covers(lane, source, key):
		case s.Action == ActionCancel && queued.Before(s.At):
			return s, true
		case s.Action == ActionPause && s.wholeLanes() == nil:
			found, ok = s, true
		}
	}
	return found, ok
}

const (
	// boardRefresh renews the watch, whatever may have become of it.
	boardRefresh = time.Minute
	// boardRetry is the pause after a watch that failed; what was known
	// counts on.
	boardRetry = time.Second
)

// follow keeps the board until ctx ends.
func (b *switchboard) follow(ctx context.Context, c *Conn) {
	for ctx.Err() == nil {
		err := c.onFleet(ctx, "watch the switches", b.watch)
		if err == nil {
			continue
		}
		select {
		case b.faults <- err:
		default:
		}
		select {
		case <-time.After(boardRetry):
		case <-ctx.Done():
		}
	}
}

// watch keeps the board for a while.
func (b *switchboard) watch(ctx context.Context, kv jetstream.KeyValue) error {
	watch, err := kv.Watch(ctx, switchPrefix+">")
	if err != nil {
		return err
	}
	defer watch.Stop() //nolint:errcheck // it is renewed anyway
	refresh := time.NewTimer(boardRefresh)
	defer refresh.Stop()
	set, complete := map[string]Switch{}, false
	for {
		select {
		case entry, open := <-watch.Updates():
			switch {
			case !open:
				return errWatchEnded
			case entry == nil:
				complete = true
			default:
				note(set, entry)
			}
			if complete {
				b.publish(ordered(set))
			}
		case <-refresh.C:
			return nil
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// publish makes all known to the fetch loop and to the jobs.
func (b *switchboard) publish(all []Switch) {
	b.set.Store(&all)
	select {
	case <-b.loaded:
	default:
		close(b.loaded)
	}
	select {
	case b.changed <- struct{}{}:
	default:
	}
}
