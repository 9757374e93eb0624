package queue

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
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

	nc      *nats.Conn
	msg     *nats.Msg
	ackWait time.Duration
	board   *switchboard
	lease   *lease
	done    func() // tells the consumer that it is concluded
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
	s, found := d.board.about(d.Lane, d.Source, key, d.queuedFirst())
	return s, found && s.Action == ActionCancel
}

// Trace is the trace context of the job.
func (d *Delivery) Trace() Trace { return traceOf(d.msg.Header) }

// Header of the job's message.
func (d *Delivery) Header(name string) string { return d.msg.Header.Get(name) }

// unread names a job whose payload was not read: by the key that its producer
// put into the subject and the id in the header, where the two agree.
func (d *Delivery) unread() (id, key string) {
	key = d.Subject[strings.LastIndexByte(d.Subject, '.')+1:]
	if !tokenPattern.MatchString(key) {
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
		_, err := d.nc.RequestWithContext(attempt, d.msg.Reply, ackBody)
		cancel()
		if err == nil {
			d.conclude()
			return nil
		}
		if errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil && d.nc.IsConnected() {
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

// ackTimeout of one try leaves several within a lease.
func (d *Delivery) ackTimeout() time.Duration { return min(ackTimeout, d.ackWait/4) }

// HandBack returns the job to the queue, to be delivered again after delay or
// later. It never hands back what is not ours any more: that would start a
// third run beside the new owner's.
func (d *Delivery) HandBack(ctx context.Context, delay time.Duration) error {
	if !d.Leased() {
		return ErrLeaseLost
	}
	body := fmt.Appendf(nil, `-NAK {"delay": %d}`, max(delay, minHandBack).Nanoseconds())
	attempt, cancel := context.WithTimeout(ctx, d.ackTimeout())
	defer cancel()
	if _, err := d.nc.RequestWithContext(attempt, d.msg.Reply, body); err != nil {
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
		d.done()
	}
}

// renew sends a heartbeat, or gives the lease up when it has not been renewed
// for so long that another worker may have the job.
func (d *Delivery) renew(now time.Time) {
	l := d.lease
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.state != leaseHeld {
		return
	}
	if now.Sub(l.renewed) > d.ackWait-d.ackWait/10 {
		l.state = leaseLost
		l.lost(ErrLeaseLost)
		d.done()
		return
	}
	// Fire and forget: one that is lost leaves three more before the lease
	// runs out, and while disconnected it fails here.
	if d.nc.Publish(d.msg.Reply, progressBody) == nil {
		l.renewed = now
	}
}
