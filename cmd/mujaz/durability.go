package main

import (
	"context"

	"go.uber.org/zap"

	"github.com/mujaz/mujaz/queue"
)

// durabilityFinding tells what a power cut would take.
func durabilityFinding(ctx context.Context, conn *queue.Conn, monitor string) finding {
	const check = "durability"
	d, err := conn.Durability(ctx, monitor)
	if err != nil {
		return failure(check, err)
	}
	f := finding{Check: check, State: stateOK, Detail: d.String(), Advice: d.Advice()}
	if !d.Safe() {
		f.State = stateWarn
	}
	return f
}

// logDurability says the same once a start. It holds nothing up.
func logDurability(ctx context.Context, conn *queue.Conn, monitor string, log *zap.Logger) {
	d, err := conn.Durability(ctx, monitor)
	switch {
	case err != nil:
		log.Debug("durability not known", zap.Error(err))
	case d.Safe():
		log.Info("durability: " + d.String())
	default:
		log.Warn("durability: "+d.String(), zap.String("advice", d.Advice()))
	}
}
