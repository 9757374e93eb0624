package queue

import (
	"context"
	"errors"

	"github.com/nats-io/nats.go/jetstream"
)

// RunsBucket is the key-value bucket of runs.
func (t Topology) RunsBucket() string { return t.upper() + "_RUNS" }

func (c *Conn) onRuns(ctx context.Context, do func(context.Context, jetstream.KeyValue) error) error {
	err := c.guard(ctx, func(ctx context.Context) error {
		kv, err := c.js.KeyValue(ctx, c.topo.RunsBucket())
		if errors.Is(err, jetstream.ErrBucketNotFound) {
			kv, err = c.js.CreateOrUpdateKeyValue(ctx, jetstream.KeyValueConfig{Bucket: c.topo.RunsBucket(), History: 1, MaxBytes: 64 << 20, Replicas: c.topo.Replicas, LimitMarkerTTL: 60e9})
		}
		if err != nil {
			return bucketError(err)
		}
		return do(ctx, kv)
	}, "KV_"+c.topo.RunsBucket(), "$KV."+c.topo.RunsBucket())
	return explainAPI(err)
}

func entriesOf(ctx context.Context, kv jetstream.KeyValue, pattern string, each func(jetstream.KeyValueEntry)) error {
	watch, err := kv.Watch(ctx, pattern, jetstream.IgnoreDeletes())
	if err != nil {
		return err
	}
	defer watch.Stop() //nolint:errcheck // it has served its purpose
	for {
		select {
		case entry := <-watch.Updates():
			if entry == nil {
				return nil
			}
			each(entry)
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
