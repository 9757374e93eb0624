package queue

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// ParkedStream holds jobs of paused sources. In their queue they would fill
// the consumer's MaxAckPending, and stop the jobs of all others.
func (t Topology) ParkedStream() string { return t.upper() + "_PARKED" }

func (t Topology) parkedSubject(lane Lane, source, key string) string {
	return t.Prefix + ".parked." + string(lane) + "." + source + "." + key
}

const (
	// parkedBytes holds some 150,000 articles of 6 KB. When it is full, the
	// jobs of paused sources go back to their queue for a while each.
	parkedBytes = 1 << 30
	// parkedDedupe covers a worker that dies between parking and acking.
	parkedDedupe = 10 * time.Minute
	// parkRetry is for how long a job goes back that could not be parked.
	parkRetry = time.Minute
	// unparkChunk bounds the jobs that are on their way back at once.
	unparkChunk = 256
)

// parkedConfig. Limits, discard new, no age: what is parked waits for an
// operator, however long.
func (t Topology) parkedConfig() jetstream.StreamConfig {
	return jetstream.StreamConfig{
		Name:              t.ParkedStream(),
		Description:       "mujaz: jobs of paused sources",
		Subjects:          []string{t.Prefix + ".parked.>"},
		Retention:         jetstream.LimitsPolicy,
		Discard:           jetstream.DiscardNew,
		MaxBytes:          parkedBytes,
		MaxMsgs:           -1,
		MaxMsgSize:        -1,
		MaxConsumers:      -1,
		MaxMsgsPerSubject: -1,
		Duplicates:        parkedDedupe,
		Replicas:          t.Replicas,
		Storage:           jetstream.FileStorage,
		AllowDirect:       true,
	}
}

// Headers of a parked job, for its way back and its key.
const (
	headerSubject = "Mujaz-Subject" // where it was queued, also of a redriven job
	headerQueued  = "Mujaz-Queued"  // when it was queued first
)

// queuedFirst is when the job was queued, however often it was parked since.
func (d *Delivery) queuedFirst() time.Time {
	if at, err := time.Parse(time.RFC3339Nano, d.Header(headerQueued)); err == nil && at.Before(d.QueuedAt) {
		return at
	}
	return d.QueuedAt
}

// park moves a delivery's job out of its queue, byte for byte. A worker that
// dies in between parks it again under the same id.
func (c *Conn) park(ctx context.Context, d *Delivery) error {
	_, key := d.unread()
	msg := nats.NewMsg(c.topo.parkedSubject(d.Lane, d.Source, key))
	msg.Data = d.Payload
	copyHeader(msg.Header, d.msg.Header)
	msg.Header.Set(headerSubject, d.Subject)
	msg.Header.Set(headerQueued, d.queuedFirst().UTC().Format(time.RFC3339Nano))
	msg.Header.Set(HeaderMsgID, "parked-"+d.MessageID())
	attempt, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	if _, err := c.publishMsg(attempt, msg); err != nil {
		return errors.Join(fmt.Errorf("park job %s: %w", key, storeError(err, "the parked stream",
			"Resume a source, or cancel it: the jobs of paused sources wait in their queues meanwhile.")), d.HandBack(ctx, parkRetry))
	}
	if err := d.Ack(ctx); err != nil {
		return fmt.Errorf("park job %s: %w", key, err)
	}
	return nil
}

// copyHeader leaves out what steers the server: it was about another message.
func copyHeader(to, from nats.Header) {
	for name, values := range from {
		if !strings.HasPrefix(name, "Nats-") {
			to[name] = values
		}
	}
}

// Unpark puts parked jobs of a scope back into their queues and returns how
// many. Those that another switch pauses are parked anew by the workers. The
// error is [ErrQueueFull] when a queue takes no more: nothing is lost, and
// Unpark goes on where it was.
func (c *Conn) Unpark(ctx context.Context, scope Scope) (int, error) {
	lane, source, key := string(scope.Lane), scope.Source, "*"
	setDefault(&lane, "*")
	setDefault(&source, "*")
	if scope.JobID != "" {
		key = Key(scope.JobID)
	}
	filter := c.topo.parkedSubject(Lane(lane), source, key)
	moved := 0
	var chunk []*nats.Msg
	flush := func(last uint64) error {
		if err := c.requeue(ctx, chunk); err != nil {
			return err
		}
		stream, err := c.js.Stream(ctx, c.topo.ParkedStream())
		if err == nil {
			err = stream.Purge(ctx, jetstream.WithPurgeSubject(filter), jetstream.WithPurgeSequence(last+1))
		}
		moved, chunk = moved+len(chunk), chunk[:0]
		return err
	}
	last := uint64(0)
	err := c.scan(ctx, scanConfig{stream: c.topo.ParkedStream(), subjects: []string{filter}}, func(parked jetstream.Msg, seq uint64) error {
		chunk, last = append(chunk, c.unparked(parked)), seq
		if len(chunk) < unparkChunk {
			return nil
		}
		return flush(last)
	})
	if err == nil && len(chunk) > 0 {
		err = flush(last)
	}
	if err != nil {
		return moved, fmt.Errorf("put parked jobs back: %w", explainAPI(err))
	}
	return moved, nil
}

// unparked is a job as it goes back. Its id is new: the server may remember
// the one that it had.
func (c *Conn) unparked(parked jetstream.Msg) *nats.Msg {
	subject := parked.Headers().Get(headerSubject)
	if !strings.HasPrefix(subject, c.topo.Prefix+".jobs.") {
		subject = c.topo.Prefix + ".jobs." + strings.TrimPrefix(parked.Subject(), c.topo.Prefix+".parked.")
	}
	msg := nats.NewMsg(subject)
	msg.Data = parked.Data()
	copyHeader(msg.Header, parked.Headers())
	msg.Header.Set(HeaderMsgID, "un"+parked.Headers().Get(HeaderMsgID))
	return msg
}

// requeue publishes all at once and waits for each.
func (c *Conn) requeue(ctx context.Context, msgs []*nats.Msg) error {
	futures := make([]jetstream.PubAckFuture, 0, len(msgs))
	for _, msg := range msgs {
		future, err := c.js.PublishMsgAsync(msg)
		if err != nil {
			return publishError(err)
		}
		futures = append(futures, future)
	}
	timeout, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	for _, future := range futures {
		select {
		case <-future.Ok():
		case err := <-future.Err():
			return publishError(err)
		case <-timeout.Done():
			return timeout.Err()
		}
	}
	return nil
}
