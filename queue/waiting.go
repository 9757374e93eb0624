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
	stream := c.topo.JobsStream(lane)
	for next := uint64(1); ; {
		found := 0
		err := c.guard(ctx, func(ctx context.Context) error {
			batch, err := jetstreamext.GetBatch(ctx, c.js, stream, waitingBatch,
				jetstreamext.GetBatchSeq(next), jetstreamext.GetBatchSubject(c.topo.JobSubject(lane, source, ">")), jetstreamext.GetBatchMaxBytes(waitingBytes))
			if err != nil {
				return err
			}
			for msg, err := range batch {
				if err != nil {
					return err
				}
				found, next = found+1, msg.Sequence+1
				if err := each(c.keyOf(msg)); err != nil {
					return err
				}
			}
			return nil
		}, stream)
		if err != nil && !errors.Is(err, jetstreamext.ErrNoMessages) {
			return fmt.Errorf("list the waiting jobs of %s: %w", source, explainAPI(err))
		}
		if found == 0 {
			break
		}
	}
	cfg := scanConfig{stream: c.topo.ParkedStream(), subjects: []string{c.topo.parkedSubject(lane, source, "*")}, headersOnly: true}
	return c.scan(ctx, cfg, func(msg jetstream.Msg, _ uint64) error { return each(lastToken(msg.Subject())) })
}

// keyOf is the key of a job that waits. One that cannot be read has the name
// that its dead letter will have.
func (c *Conn) keyOf(msg *jetstream.RawStreamMsg) string {
	if job, err := DecodeJob(msg.Data); err == nil {
		return job.WithDefaults().Key()
	}
	return lastToken(msg.Subject)
}
