package queue

import (
	"context"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// JoinFast is Join in a rhythm that tests can wait for.
func (c *Conn) JoinFast(ctx context.Context, m Member, share func(float64)) error {
	return c.join(ctx, m, pulse{
		beat: 200 * time.Millisecond, stale: time.Second, settle: 3 * time.Second, ttl: 4 * time.Second,
	}, share)
}

// Flushed tries a reservation, and gives it back at once.
func (b *Budgets) Flushed(t testing.TB, want Amount, budgets ...Budget) error {
	t.Helper()
	r, err := b.Reserve(t.Context(), want, time.Minute, budgets...)
	if err == nil {
		r.Settle(0)
	}
	return err
}

// DropBudget removes a budget's entry, as an operator may.
func (c *Conn) DropBudget(ctx context.Context, currency string, b Budget) error {
	kv, err := c.js.KeyValue(ctx, c.topo.FleetBucket())
	if err != nil {
		return err
	}
	return kv.Purge(ctx, b.key(currency))
}

// LoseBudget removes a budget's entry without a trace, as a server does that
// lost its last writes.
func (c *Conn) LoseBudget(ctx context.Context, currency string, b Budget) error {
	stream, err := c.js.Stream(ctx, "KV_"+c.topo.FleetBucket())
	if err != nil {
		return err
	}
	return stream.Purge(ctx, jetstream.WithPurgeSubject("$KV."+c.topo.FleetBucket()+"."+b.key(currency)))
}

// Paused is what the consumer knows of a lane.
func (c *Consumer) Paused(lane Lane) bool { return c.board.paused(lane) }

// Switches are those that the consumer knows.
func (c *Consumer) Switches() []Switch { return *c.board.set.Load() }

// JobSubjects are where the jobs of a source are stored.
func (t Topology) JobSubjects(lane Lane, source string) []string { return t.jobSubjects(lane, source) }
