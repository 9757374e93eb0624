package queue

import (
	"context"
	"errors"
	"fmt"

	"github.com/nats-io/nats.go/jetstream"
)

// fleetEntries calls each with the entries of the fleet bucket that a pattern
// fits and that are there now. What is looked for stands in the error.
func (c *Conn) fleetEntries(ctx context.Context, what, pattern string, each func(jetstream.KeyValueEntry)) error {
	kv, err := c.js.KeyValue(ctx, c.topo.FleetBucket())
	if err != nil {
		return fmt.Errorf("look up the %s: %w", what, bucketError(err))
	}
	if err := entriesOf(ctx, kv, pattern, each); err != nil {
		return fmt.Errorf("look up the %s: %w", what, explainAPI(err))
	}
	return nil
}

// entriesOf calls each with the entries of a bucket that a pattern fits and that
// are there now.
func entriesOf(ctx context.Context, kv jetstream.KeyValue, pattern string, each func(jetstream.KeyValueEntry)) error {
	watch, err := kv.Watch(ctx, pattern, jetstream.IgnoreDeletes())
	if err != nil {
		return err
	}
	defer watch.Stop() //nolint:errcheck // it has served its purpose
	for {
		select {
		case entry, open := <-watch.Updates():
			switch {
			case !open:
				return errWatchEnded
			case entry == nil: // that is all there is
				return nil
			}
			each(entry)
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

var errWatchEnded = errors.New("the watch has ended")
