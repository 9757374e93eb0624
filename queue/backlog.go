package queue

import (
	"context"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// Backlog is what is left to do in a lane.
type Backlog struct {
	Pending    uint64 // waiting to be delivered
	AckPending int    // delivered and not yet acked, delayed ones included
}

// Backlog asks the server about a lane.
func (c *Conn) Backlog(ctx context.Context, lane Lane) (Backlog, error) {
	info, err := c.laneInfo(ctx, lane)
	if err != nil {
		return Backlog{}, fmt.Errorf("look up the %s lane: %w", lane, err)
	}
	return Backlog{Pending: info.NumPending, AckPending: info.NumAckPending}, nil
}

// Totals is what the streams behind the lanes hold.
type Totals struct {
	Results, Dead uint64
	LastResult    time.Time
	// Parked jobs of paused sources; 0 where this user may not look.
	Parked uint64
}

// Totals asks the server for them.
func (c *Conn) Totals(ctx context.Context) (Totals, error) {
	var t Totals
	results, err := c.streamInfo(ctx, c.topo.ResultsStream())
	if err != nil {
		return t, fmt.Errorf("look up the results: %w", err)
	}
	dead, err := c.streamInfo(ctx, c.topo.DeadStream())
	if err != nil {
		return t, fmt.Errorf("look up the dead letters: %w", err)
	}
	if parked, err := c.streamInfo(ctx, c.topo.ParkedStream()); err == nil {
		t.Parked = parked.State.Msgs
	}
	t.Results, t.LastResult, t.Dead = results.State.Msgs, results.State.LastTime, dead.State.Msgs
	return t, nil
}

// streamInfo asks the server about one stream.
func (c *Conn) streamInfo(ctx context.Context, name string) (*jetstream.StreamInfo, error) {
	var stream jetstream.Stream
	err := c.guard(ctx, func(ctx context.Context) (err error) {
		stream, err = c.js.Stream(ctx, name)
		return err
	}, name)
	if err != nil {
		return nil, bucketError(err)
	}
	return stream.CachedInfo(), nil
}
