package queue

import (
	"context"
	"fmt"
	"time"
)

// Backlog is what is left to do in a lane.
type Backlog struct {
	Pending    uint64 // waiting to be delivered
	AckPending int    // delivered and not yet acked, delayed ones included
}

// Backlog asks the server about a lane.
func (c *Conn) Backlog(ctx context.Context, lane Lane) (Backlog, error) {
	consumer, err := c.js.Consumer(ctx, c.topo.JobsStream(lane), c.topo.Durable(lane))
	if err != nil {
		return Backlog{}, fmt.Errorf("look up the %s lane: %w", lane, bucketError(err))
	}
	info := consumer.CachedInfo()
	return Backlog{Pending: info.NumPending, AckPending: info.NumAckPending}, nil
}

// Totals is what the results and dead letter streams hold.
type Totals struct {
	Results, Dead uint64
	LastResult    time.Time
}

// Totals asks the server for them.
func (c *Conn) Totals(ctx context.Context) (Totals, error) {
	var t Totals
	results, err := c.js.Stream(ctx, c.topo.ResultsStream())
	if err != nil {
		return t, fmt.Errorf("look up the results: %w", bucketError(err))
	}
	dead, err := c.js.Stream(ctx, c.topo.DeadStream())
	if err != nil {
		return t, fmt.Errorf("look up the dead letters: %w", bucketError(err))
	}
	state := results.CachedInfo().State
	t.Results, t.LastResult, t.Dead = state.Msgs, state.LastTime, dead.CachedInfo().State.Msgs
	return t, nil
}
