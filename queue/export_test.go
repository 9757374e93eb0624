package queue

import (
	"context"
	"time"
)

// JoinFast is Join in a rhythm that tests can wait for.
func (c *Conn) JoinFast(ctx context.Context, m Member, share func(float64)) error {
	return c.join(ctx, m, pulse{
		beat: 200 * time.Millisecond, stale: time.Second, settle: 3 * time.Second, ttl: 4 * time.Second,
	}, share)
}

// Paused is what the consumer knows of a lane.
func (c *Consumer) Paused(lane Lane) bool { return c.board.paused(lane) }

// Switches are those that the consumer knows.
func (c *Consumer) Switches() []Switch { return *c.board.set.Load() }
