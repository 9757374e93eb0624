package queue

import (
	"context"
	"errors"
	"fmt"

	"github.com/nats-io/nats.go/jetstream"
)

// ResultOf is the newest result of a job, a person's review of it included; the
// error is [ErrNotFound] where there is none. It is one direct get, and safe to
// be called from many goroutines at once.
func (c *Conn) ResultOf(ctx context.Context, lane Lane, source, jobID string) (StoredResult, error) {
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	stored, err := c.lastStored(ctx, c.topo.ResultSubject(lane, source, Key(jobID)))
	if err != nil {
		return StoredResult{}, fmt.Errorf("job %s: %w", Key(jobID), err)
	}
	return stored, nil
}

// DeadOf is the newest dead letter of a job of that lane and source, by the key
// of its id, without its payload; the error is [ErrNotFound] where there is
// none. A dead letter's subject does not name lane and source: one that a job
// with the same id has left elsewhere hides an older one of this source.
func (c *Conn) DeadOf(ctx context.Context, lane Lane, source, key string) (DeadLetter, error) {
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	msg, err := c.lastOn(ctx, c.topo.DeadStream(), c.topo.Prefix+".dead.*."+key)
	if err != nil {
		return DeadLetter{}, fmt.Errorf("look up the dead letter of job %s: %w", key, err)
	}
	letter, err := readDead(msg.Header, nil, msg.Sequence)
	switch {
	case err != nil:
		return DeadLetter{}, err
	case letter.Lane != lane || letter.Source != source:
		return DeadLetter{}, fmt.Errorf("look up the dead letter of job %s: %w", key, ErrNotFound)
	}
	return letter, nil
}

// Waits reports whether a job of a source is in a lane's queue (waiting, delayed,
// or in a worker's hands), or put aside by a pause.
func (c *Conn) Waits(ctx context.Context, lane Lane, source string) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	jobs, parked := c.topo.JobsStream(lane), c.topo.parkedSubject(lane, source, "*")
	queued := c.topo.jobSubjects(lane, source)
	// A job is put aside, or back, before it leaves where it was: seen in this
	// order it cannot slip through.
	for _, look := range []struct{ stream, subject string }{
		{jobs, queued[0]}, {jobs, queued[1]}, {c.topo.ParkedStream(), parked}, {jobs, queued[0]}, {jobs, queued[1]},
	} {
		_, err := c.lastOn(ctx, look.stream, look.subject)
		if err == nil {
			return true, nil
		}
		if !errors.Is(err, ErrNotFound) {
			return false, fmt.Errorf("look for jobs of %s: %w", source, err)
		}
	}
	return false, nil
}

// CountResults is how many jobs of a source have a result.
func (c *Conn) CountResults(ctx context.Context, lane Lane, source string) (int, error) {
	name := c.topo.ResultsStream()
	count := 0
	err := c.guard(ctx, func(ctx context.Context) error {
		// The consumer is of the server's memory, and goes by itself.
		consumer, err := c.js.OrderedConsumer(ctx, name, jetstream.OrderedConsumerConfig{
			FilterSubjects: []string{c.topo.ResultSubject(lane, source, "*")}, HeadersOnly: true,
			DeliverPolicy: jetstream.DeliverLastPerSubjectPolicy,
		})
		if err != nil {
			return err
		}
		count = int(consumer.CachedInfo().NumPending)
		return nil
	}, name)
	if err != nil {
		return 0, fmt.Errorf("count the results of %s: %w", source, bucketError(err))
	}
	return count, nil
}
