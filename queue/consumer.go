package queue

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"
)

// ConsumerConfig bounds a consumer and says how it asks for work.
type ConsumerConfig struct {
	// Slots is how many jobs are in hand at once. A slot is taken before a
	// job is fetched, so that no job waits in a worker. Default 8.
	Slots int
	// Intake is asked before each fetch. It blocks while nothing is to be
	// fetched and returns how many slots may be in use, at least 1. A request
	// that stands at the server when it begins to block can still bring one
	// job of each lane. Nil means all slots, always.
	Intake func(context.Context) (int, error)
	// OnFault is told when fetching fails, and with nil when it works again.
	// It must not block. May be nil.
	OnFault func(error)
	// OnUnfair is told once when the sources of a lane cannot take turns, and why:
	// their jobs come in the order in which they were queued. May be nil.
	OnUnfair func(error)
}

// DefaultSlots suits an endpoint of unknown capacity.
const DefaultSlots = 8

// Consumer fetches jobs for free slots, live ones first, and keeps their
// leases while they are worked on.
type Consumer struct {
	conn  *Conn
	cfg   ConsumerConfig
	lanes []*laneFetch
	board *switchboard

	mu       sync.Mutex
	inHand   map[*Delivery]struct{}
	used     int           // slots, those of standing polls not counted
	released chan struct{} // capacity 1: a slot has become free
	faulty   atomic.Bool
	inOrder  atomic.Bool          // sources cannot take turns
	resting  map[*Claim]time.Time // when to release them
}

// laneFetch is one lane's place in the fetch loop.
type laneFetch struct {
	lane    Lane
	pull    *puller
	polling bool             // a poll stands at the server and holds a slot
	polled  chan fetchResult // capacity 1
	turns   turns
	more    bool                // the last fetch took all that was asked for
	looked  time.Time           // for the sources that wait
	looking bool                // a look is under way
	known   bool                // whether several sources wait: before, they may
	shared  bool                // several have waited, since the consumer began
	found   chan waitingSources // capacity 1
}

type fetchResult struct {
	lane *laneFetch
	msgs []*nats.Msg
	err  error
}

// backfillEvery is the backfill's floor: while live jobs alone could take
// every slot, one slot in so many is offered to the backfill first.
const backfillEvery = 16

// faultWait is the pause after a fetch that failed; mendTimeout bounds an
// attempt at creating the topology anew.
const (
	faultWait   = time.Second
	mendTimeout = 3 * time.Second
)

// NewConsumer uses conn, which stays the caller's to close.
func NewConsumer(conn *Conn, cfg ConsumerConfig) *Consumer {
	setDefault(&cfg.Slots, DefaultSlots)
	if cfg.OnFault == nil {
		cfg.OnFault = func(error) {}
	}
	if cfg.OnUnfair == nil {
		cfg.OnUnfair = func(error) {}
	}
	return &Consumer{
		conn: conn, cfg: cfg, board: newSwitchboard(), inHand: map[*Delivery]struct{}{}, resting: map[*Claim]time.Time{}, released: make(chan struct{}, 1),
	}
}

// InHand is how many jobs are being worked on.
func (c *Consumer) InHand() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.used
}

// Run fetches until ctx ends, then waits for the jobs in hand. Each runs
// handle in a goroutine of its own, with a context that descends from work and
// is cancelled with [ErrLeaseLost] when the lease is lost. Handle must conclude
// its delivery by Ack, HandBack or Abandon.
//
// Run returns nil after a drain. Faults of the server are reported by OnFault
// and mended by trying again.
func (c *Consumer) Run(ctx, work context.Context, handle func(context.Context, *Delivery)) error {
	c.lanes = nil
	for _, lane := range Lanes() {
		p, err := newPuller(c.conn, lane)
		if err != nil {
			c.closePullers()
			return err
		}
		c.lanes = append(c.lanes, &laneFetch{lane: lane, pull: p, polled: make(chan fetchResult, 1), found: make(chan waitingSources, 1)})
	}
	var hearts sync.WaitGroup
	slots := newSlotPool(c.cfg.Slots)
	stopHearts := make(chan struct{})
	hearts.Go(func() { c.keepLeases(stopHearts) })
	hearts.Go(func() { c.keepClaims(work, stopHearts) })
	hearts.Go(func() { c.board.follow(ctx, c.conn) })

	start := func(d *Delivery) { c.start(work, slots, d, handle) }
	if c.awaitSwitches(ctx) {
		c.fetchLoop(ctx, start)
	}
	c.endPolls()
	c.closePullers()
	slots.drain()
	close(stopHearts)
	hearts.Wait()
	return nil
}

// awaitSwitches blocks until the switches are known: a job that is paused or
// cancelled must not slip through. It returns false when ctx has ended.
func (c *Consumer) awaitSwitches(ctx context.Context) bool {
	for {
		select {
		case <-c.board.loaded:
			return ctx.Err() == nil
		case err := <-c.board.faults:
			if errors.Is(err, ErrNoTopology) {
				err = errors.Join(err, errConsumerGone)
			}
			c.fault(ctx, err)
		case <-ctx.Done():
			return false
		}
	}
}

// fetchLoop offers free slots to the lanes until ctx ends. A lane that has
// nothing is polled only while no other has: a standing poll holds a slot.
func (c *Consumer) fetchLoop(ctx context.Context, start func(*Delivery)) {
	liveStreak := 0
	for ctx.Err() == nil {
		limit := c.cfg.Slots
		if c.cfg.Intake != nil {
			allowed, err := c.cfg.Intake(ctx)
			if err != nil {
				return
			}
			limit = min(limit, max(1, allowed))
		}
		free := c.free(limit)
		if free <= 0 {
			c.wait(ctx)
			continue
		}
		order, floor := c.lanes, liveStreak/backfillEvery
		if floor > 0 {
			order = []*laneFetch{c.lanes[1], c.lanes[0]}
		}
		dry := true
		for i, lane := range order {
			if c.board.paused(lane.lane) {
				continue
			}
			if lane.polling || free == 0 {
				dry = dry && lane.polling
				if lane.polling && lane.lane == LaneBackfill {
					liveStreak = 0
				}
				continue
			}
			want := free
			if i == 0 && floor > 0 {
				want = min(free, floor) // what it is owed, the live lane has the rest
			}
			took, err := c.fill(ctx, lane, want, start)
			if c.fault(ctx, err) {
				dry = false
				continue
			}
			free -= took
			dry = dry && took < want
			liveStreak = streak(liveStreak, lane.lane, took, want)
		}
		if !dry {
			continue
		}
		c.pollAll(ctx, limit, start)
		c.wait(ctx)
	}
}

// streak counts the live jobs for which the backfill has not had its share. A
// backfill that has less than was asked for is owed nothing.
func streak(n int, lane Lane, took, want int) int {
	switch {
	case lane == LaneLive:
		return n + took
	case took < want:
		return 0
	}
	return max(0, n-took*backfillEvery)
}

// free counts the slots that neither a job nor a poll holds.
func (c *Consumer) free(limit int) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := limit - c.used
	for _, lane := range c.lanes {
		if lane.polling {
			n--
		}
	}
	return n
}

// pollAll lets each idle lane wait at the server for one job, as far as slots
// reach. While it waits, its slot is lost to the other lane: with one slot the
// lanes take turns in short waits, with many a long wait costs little.
func (c *Consumer) pollAll(ctx context.Context, limit int, start func(*Delivery)) {
	wait := min(pollWait, time.Duration(limit)*shortPoll)
	for _, lane := range c.lanes {
		if lane.polling || c.free(limit) <= 0 || c.board.paused(lane.lane) {
			continue
		}
		lane.polling = true
		shared := lane.shared
		go func() {
			msgs, err := lane.pull.poll(ctx, wait)
			// Started here, as the loop may be blocked by the intake or
			// by the other lane while the lease runs. The job takes over
			// the slot of the poll.
			if ctx.Err() == nil {
				for _, msg := range msgs {
					if d := c.delivered(lane.lane, msg); d != nil {
						d.shared = shared
						start(d)
					}
				}
				msgs = nil
			}
			lane.polled <- fetchResult{lane, msgs, err}
		}()
	}
}

// shortPoll is how long the poll of a lane may keep a slot from the other lane,
// per slot of the worker.
const shortPoll = 250 * time.Millisecond

// wait returns when a slot has become free, a poll has ended or ctx has.
func (c *Consumer) wait(ctx context.Context) {
	polled := func(r fetchResult) {
		r.lane.polling = false
		c.handBackUnstarted(r.msgs)
		c.fault(ctx, r.err)
	}
	select {
	case <-c.released:
	case <-c.board.changed:
	case r := <-c.lanes[0].polled:
		polled(r)
	case r := <-c.lanes[1].polled:
		polled(r)
	case <-ctx.Done():
	}
}

// fault reports and paces a fetch that failed. It returns whether it did.
func (c *Consumer) fault(ctx context.Context, err error) bool {
	if err == nil || ctx.Err() != nil {
		if err == nil && c.faulty.CompareAndSwap(true, false) {
			c.cfg.OnFault(nil)
		}
		return false
	}
	c.faulty.Store(true)
	c.cfg.OnFault(err)
	select {
	case <-time.After(faultWait):
	case <-ctx.Done():
		return true
	}
	if errors.Is(err, errConsumerGone) && c.conn.Connected() {
		c.mend(ctx)
	}
	return true
}

// mend creates anew what was deleted under us, by an operator or with its
// server's disk.
func (c *Consumer) mend(ctx context.Context) {
	// A request that is under way when its server goes is never answered.
	ctx, cancel := context.WithTimeout(ctx, mendTimeout)
	defer cancel()
	if err := c.conn.Ensure(ctx); err != nil {
		c.cfg.OnFault(fmt.Errorf("create the streams anew: %w", err))
	}
}

// delivered is what the server has sent; nil where it is no delivery.
func (c *Consumer) delivered(lane Lane, msg *nats.Msg) *Delivery {
	meta, err := msg.Metadata()
	if err != nil {
		// Not a delivery of JetStream: nothing that could be acked.
		c.cfg.OnFault(fmt.Errorf("read delivery: %w", err))
		return nil
	}
	return c.delivery(lane, msg, meta.Sequence.Stream, meta.Timestamp, int(min(meta.NumDelivered, 1<<30)))
}

func (c *Consumer) delivery(lane Lane, msg *nats.Msg, sequence uint64, queued time.Time, delivered int) *Delivery {
	_, source := c.conn.topo.route(msg.Subject)
	redrives, err := strconv.Atoi(msg.Header.Get(HeaderRedrives))
	if err != nil || redrives < 0 {
		redrives = 0
	}
	return &Delivery{
		Lane: lane, Source: source, Subject: c.conn.topo.published(msg.Subject, msg.Header), Payload: msg.Data, Sequence: sequence,
		Delivered: delivered, QueuedAt: queued, Redrives: redrives,
		consumer: c, msg: msg, lease: &lease{renewed: time.Now()},
	}
}

// start takes a slot for a job and runs its handler.
func (c *Consumer) start(work context.Context, slots *slotPool, d *Delivery, handle func(context.Context, *Delivery)) {
	ctx, cancel := context.WithCancelCause(work)
	d.lease.lost = cancel
	c.mu.Lock()
	c.used++
	c.inHand[d] = struct{}{}
	c.mu.Unlock()
	slots.run(func() {
		defer func() {
			cancel(nil)
			d.conclude()
			c.release()
		}()
		if c.takenOutOfTurn(ctx, d) || c.parked(ctx, d) {
			return
		}
		handle(ctx, d)
	})
}

// parked takes a job of a paused source out of its queue.
func (c *Consumer) parked(ctx context.Context, d *Delivery) bool {
	_, key := d.unread()
	s, found := c.board.about(d.Lane, d.Source, key, d.queuedFirst())
	if !found || s.Action != ActionPause {
		return false
	}
	if err := c.conn.park(ctx, d); err != nil && ctx.Err() == nil {
		c.faulty.Store(true)
		c.cfg.OnFault(err)
	}
	return true
}

// slotPool runs jobs in goroutines that are kept from one job to the next, so
// that a job finds a stack that has grown already.
type slotPool struct {
	next  chan func()
	limit int
	wg    sync.WaitGroup

	mu      sync.Mutex
	running int
}

func newSlotPool(limit int) *slotPool { return &slotPool{next: make(chan func()), limit: limit} }

// run is called with no more jobs than slots: where all goroutines are taken,
// one of them is just done.
func (s *slotPool) run(job func()) {
	select {
	case s.next <- job:
		return
	default:
	}
	s.mu.Lock()
	full := s.running == s.limit
	if !full {
		s.running++
	}
	s.mu.Unlock()
	if full {
		s.next <- job
		return
	}
	s.wg.Go(func() {
		job()
		for job := range s.next {
			job()
		}
	})
}

// drain waits for the jobs in hand.
func (s *slotPool) drain() {
	close(s.next)
	s.wg.Wait()
}

func (c *Consumer) forget(d *Delivery) {
	c.mu.Lock()
	delete(c.inHand, d)
	c.mu.Unlock()
}

func (c *Consumer) release() {
	c.mu.Lock()
	c.used--
	c.mu.Unlock()
	select {
	case c.released <- struct{}{}:
	default:
	}
}

// keepLeases renews all leases four times within AckWait.
func (c *Consumer) keepLeases(stop <-chan struct{}) {
	tick := time.NewTicker(c.conn.topo.AckWait / 4)
	defer tick.Stop()
	var held []*Delivery
	for {
		select {
		case <-stop:
			return
		case now := <-tick.C:
			c.mu.Lock()
			held = held[:0]
			for d := range c.inHand {
				held = append(held, d)
			}
			c.mu.Unlock()
			for _, d := range held {
				d.renew(now)
			}
		}
	}
}

// endPolls waits for standing polls and looks, which end with the fetch context.
func (c *Consumer) endPolls() {
	for _, lane := range c.lanes {
		if lane.looking {
			<-lane.found
			lane.looking = false
		}
		if lane.polling {
			r := <-lane.polled
			lane.polling = false
			c.handBackUnstarted(r.msgs)
		}
	}
}

// closePullers ends the interest in jobs. What the server sent meanwhile goes
// back at once rather than after AckWait.
func (c *Consumer) closePullers() {
	for _, lane := range c.lanes {
		c.handBackUnstarted(lane.pull.close())
	}
}

func (c *Consumer) handBackUnstarted(msgs []*nats.Msg) {
	for _, msg := range msgs {
		// Best effort: if it is lost, the lease runs out by itself.
		_ = c.conn.nc.Publish(msg.Reply, fmt.Appendf(nil, `-NAK {"delay": %d}`, minHandBack.Nanoseconds()))
	}
}
