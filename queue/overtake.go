package queue

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// Sources of a lane take turns. Its consumer gives jobs in the order in which
// they were queued, and goes on to: no job needs anything else to be worked on.
// But while several sources wait, a worker also takes jobs of those that were
// served least from within the queue. Such a job stays in its place until it has
// its outcome, and is then removed from there. What keeps others off it is a claim,
// renewed like a lease; if its worker dies, the claim runs out, and the job comes
// again by one way or the other (docs/adr/0030-turns.md).

const (
	// lookPause is how long it may take until a busy worker notices that another
	// source waits. A look costs two small requests, and a third where some do.
	lookPause = time.Second
	// turnTimeout bounds a request for a turn; if it fails the queue's order is
	// followed.
	turnTimeout = 2 * time.Second
	// claimedInARow are the claims of others that are passed in search of a job.
	claimedInARow = 16
	// claimBeat renews a claim six times before it runs out.
	claimBeat = ClaimTTL / 7
	// claimTrust is how long a claim counts that could not be renewed.
	claimTrust = ClaimTTL - ClaimTTL/5
	// claimAgain is for how long a job goes back that another worker has.
	claimAgain = ClaimTTL / 3
	// maxResting bounds the claims that are kept for jobs which were handed back.
	// Without one they come again after [ClaimTTL].
	maxResting = 1024
)

// fill takes at most want jobs of a lane, each in its source's turn.
func (c *Consumer) fill(ctx context.Context, lane *laneFetch, want int, start func(*Delivery)) (took int, err error) {
	c.look(ctx, lane)
	queued := 0
	for took+queued < want {
		source, found := lane.turns.source(queued)
		if !found {
			queued++
			continue
		}
		d, err := c.overtake(ctx, lane, source)
		if err != nil {
			c.unfair(err)
			lane.turns.over()
		}
		if d == nil {
			continue
		}
		took++
		start(d)
	}
	if queued == 0 {
		return took, nil
	}
	msgs, err := lane.pull.take(ctx, queued)
	for _, msg := range msgs {
		d := c.delivered(lane.lane, msg)
		if d == nil {
			continue
		}
		lane.turns.gave(d.Source, d.Sequence)
		lane.shared = lane.shared || lane.turns.mixed
		d.shared, d.contended = lane.shared, (lane.turns.mixed || !lane.known) && !c.inOrder.Load()
		start(d)
	}
	if lane.more = len(msgs) == min(queued, maxPull); !lane.more && err == nil {
		lane.turns.over() // all there is has been given
		lane.known = true
	}
	return took + len(msgs), err
}

// look finds out which sources wait, where there are more jobs than slots. It
// takes in what was found since the last call: no slot waits for it.
func (c *Consumer) look(ctx context.Context, lane *laneFetch) {
	select {
	case found := <-lane.found:
		lane.looking, lane.known = false, lane.known || found.known
		lane.turns.look(c.board.unpaused(lane.lane, found.waiting), found.delivered)
	default:
	}
	if !lane.more || lane.looking || c.inOrder.Load() || time.Since(lane.looked) < lookPause {
		return
	}
	lane.looked, lane.looking = time.Now(), true
	go func() {
		ctx, cancel := context.WithTimeout(ctx, turnTimeout)
		defer cancel()
		found, err := c.conn.waiting(ctx, lane.lane)
		c.unfair(err)
		lane.found <- found
	}()
}

// waitingSources are those that have jobs in a lane, and how far its consumer
// has come.
type waitingSources struct {
	waiting   []string
	delivered uint64
	known     bool // the server has answered
}

// waiting lists the sources that have jobs in a lane, those in hand included. It
// lists none where there is only one, or more than take turns.
func (c *Conn) waiting(ctx context.Context, lane Lane) (found waitingSources, err error) {
	name, all := c.topo.JobsStream(lane), c.topo.storedSubject(lane, "*")
	err = c.guard(ctx, func(ctx context.Context) error {
		stream, err := c.js.Stream(ctx, name)
		if err != nil {
			return err
		}
		// Jobs that were queued before the stream dropped keys count here as a
		// source each: they are done in order first.
		found.known = true
		if n := stream.CachedInfo().State.NumSubjects; n < 2 || n > maxSources {
			return nil
		}
		info, err := stream.Info(ctx, jetstream.WithSubjectFilter(all))
		if err != nil {
			return err
		}
		consumer, err := stream.Consumer(ctx, c.topo.Durable(lane))
		if err != nil {
			return err
		}
		found.delivered = consumer.CachedInfo().Delivered.Stream
		for subject := range info.State.Subjects {
			source := subject[strings.LastIndexByte(subject, '.')+1:]
			if tokenPattern.MatchString(source) {
				found.waiting = append(found.waiting, source)
			}
		}
		slices.Sort(found.waiting)
		return nil
	}, name)
	if err != nil {
		return waitingSources{}, fmt.Errorf("look for the sources that wait in the %s lane: %w", lane, err)
	}
	return found, nil
}

// overtake takes the next job of a source from within the queue. It returns nil
// where there is none that nobody has.
func (c *Consumer) overtake(ctx context.Context, lane *laneFetch, source string) (*Delivery, error) {
	t := &lane.turns
	ctx, cancel := context.WithTimeout(ctx, turnTimeout)
	defer cancel()
	for range claimedInARow {
		msg, err := c.conn.nextOf(ctx, lane.lane, source, t.from(source))
		if errors.Is(err, ErrNotFound) {
			t.next[source] = 0 // some may be given back
			break
		}
		if err != nil {
			return nil, err
		}
		t.next[source] = msg.Sequence + 1
		d := c.delivery(lane.lane, &nats.Msg{Subject: msg.Subject, Header: msg.Header, Data: msg.Data}, msg.Sequence, msg.Time, 1)
		d.OutOfTurn = true
		d.claim, err = c.conn.Claim(ctx, turnKey(d), ownerOutOfTurn)
		if errors.Is(err, ErrClaimed) {
			continue
		}
		if err != nil {
			return nil, err
		}
		t.took(source)
		return d, nil
	}
	t.spent[source] = true
	return nil, nil
}

// turnKey names the claim of a job.
func turnKey(d *Delivery) string { return "turn-" + d.MessageID() }

// nextOf reads a source's next job from a sequence on.
func (c *Conn) nextOf(ctx context.Context, lane Lane, source string, from uint64) (*jetstream.RawStreamMsg, error) {
	body := fmt.Appendf(nil, `{"seq":%d,"next_by_subj":%q}`, from, c.topo.storedSubject(lane, source))
	msg, err := c.direct(ctx, c.topo.JobsStream(lane), "", body)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return nil, fmt.Errorf("read a job of the %s lane out of turn: %w", lane, err)
	}
	return msg, err
}

// removeJob takes a job out of its place in the queue. One that is gone already
// is no error.
func (c *Conn) removeJob(ctx context.Context, d *Delivery) error {
	stream := c.topo.JobsStream(d.Lane)
	// A stream that was made anew, or lost its end with its server's power, gives
	// the sequence to another job.
	msg, err := c.direct(ctx, stream, "", fmt.Appendf(nil, `{"seq":%d}`, d.Sequence))
	gone := errors.Is(err, ErrNotFound)
	switch {
	case err == nil && !msg.Time.Equal(d.QueuedAt):
		return nil
	case err != nil && !gone:
		return fmt.Errorf("look for the job: %w", err)
	}
	var reply *nats.Msg
	err = c.guard(ctx, func(ctx context.Context) (err error) {
		reply, err = c.nc.RequestWithContext(ctx, "$JS.API.STREAM.MSG.DELETE."+stream, fmt.Appendf(nil, `{"seq":%d,"no_erase":true}`, d.Sequence))
		return err
	}, stream)
	if err != nil {
		return fmt.Errorf("remove the job: %w", err)
	}
	var answer struct {
		Error *jetstream.APIError `json:"error"`
	}
	if err := json.Unmarshal(reply.Data, &answer); err != nil {
		return fmt.Errorf("remove the job: %w", err)
	}
	// A replica that lags behind does not find what is there, so its word alone
	// does not count.
	if answer.Error == nil || gone || answer.Error.ErrorCode == codeSequenceNotFound {
		return nil
	}
	return fmt.Errorf("remove the job: %w", answer.Error)
}

// takenOutOfTurn hands a job back that another worker has taken out of its turn,
// or that rests. There is a question to ask only where sources take turns, and
// for a job that came before where they did.
func (c *Consumer) takenOutOfTurn(ctx context.Context, d *Delivery) bool {
	asks := d.contended || d.shared && d.Delivered > 1
	if d.OutOfTurn || !asks || c.inOrder.Load() {
		return false
	}
	attempt, cancel := context.WithTimeout(ctx, turnTimeout)
	defer cancel()
	var taken bool
	var err error
	if d.Delivered > 1 {
		var owner string
		owner, err = c.conn.claimOwner(attempt, turnKey(d))
		taken = err == nil && owner == ownerOutOfTurn
	} else {
		// The claim keeps out who does not know yet that the queue has come so
		// far. It is not renewed: once they know they let it alone.
		_, err = c.conn.Claim(attempt, turnKey(d), ownerInTurn)
		taken = errors.Is(err, ErrClaimed)
	}
	if c.unfair(err) || !taken {
		return false // whatever went wrong: it is ours by its lease
	}
	if err := d.HandBack(ctx, claimAgain); err != nil {
		d.Abandon()
	}
	return true
}

// Owners of the claims of jobs.
const (
	ownerOutOfTurn = "out of turn"
	ownerInTurn    = "in turn"
)

// unfair takes note of a right that is missing, and reports whether one is.
// Without it sources do not take turns; what else goes wrong is tried again.
func (c *Consumer) unfair(err error) bool {
	_, denied := errors.AsType[*DeniedError](err)
	if denied && !c.inOrder.Swap(true) {
		c.cfg.OnUnfair(err)
	}
	return denied
}

// rest keeps the claim of a job that was handed back until it may come again.
func (c *Consumer) rest(claim *Claim, delay time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.resting) < maxResting {
		c.resting[claim] = time.Now().Add(delay)
	}
}

// keepClaims renews the claims of jobs that were taken out of turn, and releases
// those of jobs that have rested.
func (c *Consumer) keepClaims(ctx context.Context, stop <-chan struct{}) {
	tick := time.NewTicker(claimBeat)
	defer tick.Stop()
	for {
		select {
		case now := <-tick.C:
			c.beatClaims(ctx, now)
		case <-stop:
			// What was handed back at the end may come again at once.
			c.beatClaims(context.WithoutCancel(ctx), time.Now().Add(minHandBack))
			return
		}
	}
}

// beatClaims does what is due, side by side: a server that is away must not have
// one claim wait for the other.
func (c *Consumer) beatClaims(ctx context.Context, now time.Time) {
	ctx, cancel := context.WithTimeout(ctx, claimBeat)
	defer cancel()
	var group sync.WaitGroup
	defer group.Wait()
	c.mu.Lock()
	defer c.mu.Unlock()
	for d := range c.inHand {
		if d.OutOfTurn {
			group.Go(func() { d.renewClaim(ctx) })
		}
	}
	for claim, until := range c.resting {
		if now.Before(until) {
			group.Go(func() { _ = claim.Renew(ctx) })
			continue
		}
		delete(c.resting, claim)
		group.Go(func() { _ = claim.Release(ctx) }) // it runs out by itself
	}
}

// renewClaim is renew for a job that was taken out of turn.
func (d *Delivery) renewClaim(ctx context.Context) {
	at := time.Now()
	err := d.claim.Renew(ctx)
	d.lease.mu.Lock()
	defer d.lease.mu.Unlock()
	switch {
	case err == nil:
		d.lease.renewed = at
	case d.lease.state == leaseHeld && (errors.Is(err, ErrClaimed) || time.Since(d.lease.renewed) > claimTrust):
		d.lose()
	}
}
