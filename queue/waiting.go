package queue

import (
	"context"
	"errors"
	"fmt"

	"github.com/nats-io/nats.go/jetstream"
	"github.com/synadia-io/orbit.go/jetstreamext"
)

const (
	// waitingBatch and waitingBytes bound what one request for waiting jobs
	// brings: the reader holds it at once.
	waitingBatch = 256
	waitingBytes = 4 << 20
)

// Waiting calls each with the key of every job of a source that is in its queue
// or in hand, or put aside by a pause. A job that ends meanwhile may be among
// them, one that is queued meanwhile may not.
//
// A work queue has no second consumer, so its messages are read by batched
// direct get. That takes the rights of an operator.
func (c *Conn) Waiting(ctx context.Context, lane Lane, source string, each func(key string) error) error {
	for _, subject := range c.topo.jobSubjects(lane, source) {
		if err := c.waitingOn(ctx, c.topo.JobsStream(lane), subject, each); err != nil {
			return fmt.Errorf("list the waiting jobs of %s: %w", source, err)
		}
	}
	cfg := scanConfig{stream: c.topo.ParkedStream(), subjects: []string{c.topo.parkedSubject(lane, source, "*")}, headersOnly: true}
	return c.scan(ctx, cfg, func(msg jetstream.Msg, _ uint64) error { return each(lastToken(msg.Subject())) })
}

func (c *Conn) waitingOn(ctx context.Context, stream, subject string, each func(key string) error) error {
	for next := uint64(1); ; {
		found := false
		err := c.guard(ctx, func(ctx context.Context) error {
			batch, err := jetstreamext.GetBatch(ctx, c.js, stream, waitingBatch,
				jetstreamext.GetBatchSeq(next), jetstreamext.GetBatchSubject(subject), jetstreamext.GetBatchMaxBytes(waitingBytes))
			if err != nil {
				return err
			}
			for msg, err := range batch {
				if err != nil {
					return err
				}
				found, next = true, msg.Sequence+1
				if err := each(c.keyOf(msg)); err != nil {
					return err
				}
			}
			return nil
		}, stream)
		if err != nil && !errors.Is(err, jetstreamext.ErrNoMessages) {
			return explainAPI(err)
		}
		if !found {
			return nil
		}
	}
}

// keyOf is the key of a job that waits. One that cannot be read has the name
// that its dead letter will have.
func (c *Conn) keyOf(msg *jetstream.RawStreamMsg) string {
	if job, err := DecodeJob(msg.Data); err == nil {
		return job.WithDefaults().Key()
	}
	return c.topo.keyOf(c.topo.published(msg.Subject, msg.Header))
}
