package queue

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// Member is a worker that is alive, as it announces itself in the fleet bucket.
type Member struct {
	Name string `json:"name"`
	// Endpoint is the label of the LLM endpoint whose limits it shares with all
	// members of the same one.
	Endpoint string    `json:"endpoint"`
	Slots    int       `json:"slots"`
	Since    time.Time `json:"since"`
	// Setup is a digest of the settings that decide what it asks of a model; workers
	// with another one do not share their answers.
	Setup string `json:"setup,omitzero"`
	// Waiting says what the member waits for at the endpoint, and until when;
	// empty while calls are made.
	Waiting string `json:"waiting,omitzero"`
	// Look gives Waiting anew for each announcement. May be nil.
	Look func() string `json:"-"`
}

// pulse is the rhythm of a fleet. What makes it safe: settle is longer than
// stale, and ttl longer than both.
type pulse struct {
	// beat is how often a member renews its presence.
	beat time.Duration
	// stale is how long a member trusts what it knows of the others without
	// seeing its own beats come back.
	stale time.Duration
	// settle is how long a newcomer waits before it takes its share: by then
	// the others have heard of it, or know that they hear nothing.
	settle time.Duration
	// ttl is how long a member that is not heard of keeps its share.
	ttl time.Duration
}

// fleetPulse leaves room for a beat that is lost. A leader election takes longer
// (up to 9 s, measured) and stops limited calls for some seconds; a slower pulse
// would leave the share of a dead worker unused for longer, each time.
func fleetPulse() pulse {
	return pulse{beat: 2 * time.Second, stale: 5 * time.Second, settle: 6 * time.Second, ttl: 12 * time.Second}
}

// Join announces a member until ctx ends, and tells share how large a part of
// the endpoint's limits it may use: one of as many parts as there are members
// of its endpoint, and 0 while that is not known. During a change the parts
// never add up to more than the whole: a newcomer that is not alone waits for
// some seconds until the others must have made room, and who cannot reach the
// server gives its part up before the others take it.
//
// Share is called from one goroutine and must not block. The error is the
// reason why the fleet cannot be joined; what goes wrong later is mended by
// trying again.
func (c *Conn) Join(ctx context.Context, m Member, share func(float64)) error {
	return c.join(ctx, m, fleetPulse(), share)
}

func (c *Conn) join(ctx context.Context, m Member, p pulse, share func(float64)) error {
	var kv jetstream.KeyValue
	err := c.guard(ctx, func(ctx context.Context) (err error) {
		kv, err = c.js.KeyValue(ctx, c.topo.FleetBucket())
		return err
	}, "KV_"+c.topo.FleetBucket())
	if err != nil {
		return fmt.Errorf("join the fleet: %w", bucketError(err))
	}
	f := &fleetView{conn: c, kv: kv, pulse: p, self: memberKey(m.Endpoint, m.Name), member: m, others: map[string]struct{}{}, share: share}
	if err := f.beat(ctx); err != nil {
		return fmt.Errorf("join the fleet: %w", explainAPI(err))
	}
	f.run(ctx, memberKey(m.Endpoint, "*"))
	return nil
}

// Members lists who is alive, by endpoint and name.
func (c *Conn) Members(ctx context.Context) (members []Member, err error) {
	err = c.guard(ctx, func(ctx context.Context) error {
		members, err = c.members(ctx)
		return err
	}, "KV_"+c.topo.FleetBucket())
	return members, err
}

func (c *Conn) members(ctx context.Context) ([]Member, error) {
	var members []Member
	err := c.fleetEntries(ctx, "fleet", "worker.>", func(entry jetstream.KeyValueEntry) {
		var m Member
		if json.Unmarshal(entry.Value(), &m) == nil {
			members = append(members, m)
		}
	})
	if err != nil {
		return nil, err
	}
	slices.SortFunc(members, func(a, b Member) int {
		return strings.Compare(a.Endpoint+" "+a.Name, b.Endpoint+" "+b.Name)
	})
	return members, nil
}

// memberKey holds digests, as names may spell anything. The name "*" is the
// wildcard for all.
func memberKey(endpoint, name string) string {
	if name != "*" {
		name = Key(name)
	}
	return "worker." + Key(endpoint) + "." + name
}

// fleetView is what one member knows of the others.
type fleetView struct {
	conn   *Conn
	kv     jetstream.KeyValue
	pulse  pulse
	self   string
	member Member
	others map[string]struct{}
	share  func(float64)
	told   float64 // the share last told

	heard   time.Time // of us, by the server
	seen    time.Time // our own beat, in the watch
	settled time.Time // from then on the others know of us
}

// run is present and counts the others until ctx ends, then leaves.
func (f *fleetView) run(ctx context.Context, all string) {
	defer f.leave(ctx)
	for ctx.Err() == nil {
		watch, err := f.kv.Watch(ctx, all)
		if err == nil {
			clear(f.others)
			f.follow(ctx, watch)
			_ = watch.Stop() // a watch that broke is gone
		}
		// Without a watch nothing is known of the others.
		f.tell(0)
		select {
		case <-time.After(f.pulse.beat):
		case <-ctx.Done():
			return
		}
		_ = f.beat(ctx) // if it fails, the share stays 0
	}
}

// follow counts the others while the watch can be trusted.
func (f *fleetView) follow(ctx context.Context, watch jetstream.KeyWatcher) {
	beats := time.NewTicker(f.pulse.beat)
	defer beats.Stop()
	check := time.NewTicker(f.pulse.beat / 3)
	defer check.Stop()
	f.seen = time.Now()
	f.settled = f.seen.Add(f.pulse.settle)
	complete := false
	for {
		select {
		case entry, open := <-watch.Updates():
			switch {
			case !open:
				return
			case entry == nil:
				complete = true
			case entry.Key() == f.self:
				f.seen = time.Now()
			case entry.Operation() == jetstream.KeyValuePut:
				f.others[entry.Key()] = struct{}{}
			default:
				delete(f.others, entry.Key())
			}
		case <-beats.C:
			_ = f.beat(ctx) // if it fails for long, the others take our part
		case <-check.C:
		case <-ctx.Done():
			return
		}
		now := time.Now()
		if now.Sub(f.seen) > f.pulse.stale {
			return
		}
		if complete {
			f.tell(f.part(now))
		}
	}
}

// beat renews our presence. KeyValue has no put with a TTL, its stream has.
func (f *fleetView) beat(ctx context.Context) error {
	at := time.Now()
	attempt, cancel := context.WithTimeout(ctx, f.pulse.beat)
	defer cancel()
	if f.member.Look != nil {
		f.member.Waiting = clip(f.member.Look(), maxErrorRunes)
	}
	card, err := json.Marshal(f.member)
	if err != nil {
		return err
	}
	msg := &nats.Msg{Subject: "$KV." + f.conn.topo.FleetBucket() + "." + f.self, Data: card}
	if _, err := f.conn.publishMsg(attempt, msg, jetstream.WithMsgTTL(f.pulse.ttl)); err != nil {
		return err
	}
	if f.lapsed(at) {
		f.settled = at.Add(f.pulse.settle)
	}
	f.heard = at
	return nil
}

// part is our share now.
func (f *fleetView) part(now time.Time) float64 {
	switch {
	case f.lapsed(now):
		return 0 // the others may have taken it
	case f.told == 0 && len(f.others) > 0 && now.Before(f.settled):
		return 0 // they may not know of us yet
	}
	return 1 / float64(len(f.others)+1)
}

// lapsed reports whether the server may have forgotten us, with a beat to spare.
func (f *fleetView) lapsed(now time.Time) bool { return now.Sub(f.heard) > f.pulse.ttl-f.pulse.beat }

func (f *fleetView) tell(share float64) {
	if share != f.told {
		f.told = share
		f.share(share)
	}
}

// leaveTimeout keeps a shutdown short.
const leaveTimeout = 2 * time.Second

// leave gives our part to the others at once. If it fails, they take it when the
// TTL has run out.
func (f *fleetView) leave(ctx context.Context) {
	f.tell(0)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), leaveTimeout)
	defer cancel()
	_ = f.kv.Purge(ctx, f.self, jetstream.PurgeTTL(time.Minute))
}
