package queue

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
)

// Delivery is one attempt at a job: the server has leased it to this worker.
// The consumer renews the lease until the delivery is concluded by Ack or
// HandBack. It is safe for concurrent use.
type Delivery struct {
	Lane    Lane
	Source  string
	Subject string
	Payload []byte // as it was sent
	// Sequence in the jobs stream: the identity of this job's message.
	Sequence uint64
	// Delivered counts deliveries by the server, from 1. It is a hint: a
	// crash of the server can wind it back.
	Delivered int
	// QueuedAt is the server's time of storing the job.
	QueuedAt time.Time
	// Redrives counts how often the job came back from the dead letters.
	Redrives int
	// OutOfTurn: the job was taken from within the queue, as its source had waited
	// longer than others. The server counts no such delivery.
	OutOfTurn bool

	consumer  *Consumer
	msg       *nats.Msg
	claim     *Claim // of a job that was taken out of turn
	contended bool   // several sources had jobs in the lane
	shared    bool   // they once had
	lease     *lease
}

// lease is what we know of our right to a delivery.
type lease struct {
	mu      sync.Mutex
	renewed time.Time
	state   leaseState
	lost    context.CancelCauseFunc
}

type leaseState int

const (
	leaseHeld leaseState = iota
	leaseLost
	leaseConcluded
)

// MessageID names the job's message for good: its time tells streams apart, also
// those that were deleted and made anew. A job that is redriven has another.
func (d *Delivery) MessageID() string {
	return strconv.FormatInt(d.QueuedAt.UnixNano(), 36) + "-" + strconv.FormatUint(d.Sequence, 36)
}

// Cancelled tells by which switch an operator has cancelled the job of that key,
// if one has. Such a job ends as a dead letter with [CauseCancelled], unless its
// result is stored already.
func (d *Delivery) Cancelled(key string) (Switch, bool) {
	s, found := d.consumer.board.about(d.Lane, d.Source, key, d.queuedFirst())
	return s, found && s.Action == ActionCancel
}

// First reports that nobody can have had the job before. Where it does not, the
// ledger knows.
func (d *Delivery) First() bool { return d.Delivered <= 1 && !d.OutOfTurn && !d.contended }

// Trace is the trace context of the job.
func (d *Delivery) Trace() Trace { return traceOf(d.msg.Header) }

// Header of the job's message.
func (d *Delivery) Header(name string) string { return d.msg.Header.Get(name) }

// unread names a job whose payload was not read: by the id in the header and the
// key of the subject, where the two agree.
func (d *Delivery) unread() (id, key string) {
	if key = d.consumer.conn.topo.keyOf(d.Subject); key == "" {
		// The message stands for itself.
		key = Key(d.Subject + "#" + strconv.FormatUint(d.Sequence, 10))
	}
	if msgID := d.Header(HeaderMsgID); msgID != "" && Key(msgID) == key {
		id = msgID
	}
	return id, key
}

// Leased reports whether the delivery is still ours to conclude.
func (d *Delivery) Leased() bool {
	d.lease.mu.Lock()
	defer d.lease.mu.Unlock()
	return d.lease.state == leaseHeld
}

// Ack removes the job from the queue and waits for the server's confirmation
// (a double ack: a plain one can be lost with the server). Its result or dead
// letter must be stored before. It tries until ctx ends, or until the server
// has left several tries unanswered: one that was killed before it had written
// the delivery down knows nothing of it, says nothing, and delivers the job
// anew. If it fails, the job comes again, and its stored outcome is found then.
func (d *Delivery) Ack(ctx context.Context) error {
	for unanswered := 0; ; {
		if !d.Leased() {
			return ErrLeaseLost
		}
		attempt, cancel := context.WithTimeout(ctx, d.ackTimeout())
		err := d.remove(attempt)
		cancel()
		if err == nil {
			d.conclude()
			return nil
		}
		if d.consumer.unfair(err) {
			return fmt.Errorf("ack: %w", err)
		}
		if errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil && d.consumer.conn.nc.IsConnected() {
			if unanswered++; unanswered == ackTries {
				return fmt.Errorf("ack: the server does not answer for this delivery: %w", err)
			}
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("ack: %w", errors.Join(ctx.Err(), err))
		case <-time.After(ackRetryWait):
		}
	}
}

// remove takes the job out of the queue and waits for the server's word.
func (d *Delivery) remove(ctx context.Context) error {
	if d.OutOfTurn {
		return d.consumer.conn.removeJob(ctx, d)
	}
	_, err := d.consumer.conn.nc.RequestWithContext(ctx, d.msg.Reply, ackBody)
	return err
}

// ackTimeout of one try leaves several within a lease.
func (d *Delivery) ackTimeout() time.Duration { return min(ackTimeout, d.ackWait()/4) }

func (d *Delivery) ackWait() time.Duration { return d.consumer.conn.topo.AckWait }

// HandBack returns the job to the queue, to be delivered again after delay or
// later. It never hands back what is not ours any more: that would start a
// third run beside the new owner's.
func (d *Delivery) HandBack(ctx context.Context, delay time.Duration) error {
	if !d.Leased() {
		return ErrLeaseLost
	}
	if d.OutOfTurn {
		// It never left its place; what delays it is the claim.
		d.conclude()
		d.consumer.rest(d.claim, max(delay, minHandBack))
		return nil
	}
	body := fmt.Appendf(nil, `-NAK {"delay": %d}`, max(delay, minHandBack).Nanoseconds())
	attempt, cancel := context.WithTimeout(ctx, d.ackTimeout())
	defer cancel()
	if _, err := d.consumer.conn.nc.RequestWithContext(attempt, d.msg.Reply, body); err != nil {
		return fmt.Errorf("hand the job back: %w", err)
	}
	d.conclude()
	return nil
}

// Abandon stops renewing the lease without telling the server anything; the
// job comes again when the lease has run out.
func (d *Delivery) Abandon() { d.conclude() }

const (
	ackTimeout   = 5 * time.Second
	ackRetryWait = 250 * time.Millisecond
	// ackTries that go unanswered outlast a leader election, which takes up
	// to 9 s (measured).
	ackTries = 3
	// minHandBack keeps a job that is handed back from coming again at once.
	minHandBack = 100 * time.Millisecond
)

var (
	ackBody      = []byte("+ACK")
	progressBody = []byte("+WPI")
)

func (d *Delivery) conclude() {
	d.lease.mu.Lock()
	first := d.lease.state == leaseHeld
	if first {
		d.lease.state = leaseConcluded
	}
	d.lease.mu.Unlock()
	if first {
		d.consumer.forget(d)
	}
}

// renew sends a heartbeat, or gives the lease up when it has not been renewed
// for so long that another worker may have the job.
func (d *Delivery) renew(now time.Time) {
	l := d.lease
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.state != leaseHeld || d.OutOfTurn {
		return // see renewClaim
	}
	if now.Sub(l.renewed) > d.ackWait()-d.ackWait()/10 {
		d.lose()
		return
	}
	// Fire and forget: one that is lost leaves three more before the lease
	// runs out, and while disconnected it fails here.
	if d.consumer.conn.nc.Publish(d.msg.Reply, progressBody) == nil {
		l.renewed = now
	}
}

// lose gives the lease up. The caller holds its lock.
func (d *Delivery) lose() {
	d.lease.state = leaseLost
	d.lease.lost(ErrLeaseLost)
	d.consumer.forget(d)
}
