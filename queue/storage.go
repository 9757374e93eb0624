package queue

import (
	"context"
	"errors"
	"fmt"

	"github.com/nats-io/nats.go/jetstream"
)

// Storage is how full one of mujaz' streams is.
type Storage struct {
	Stream   string `json:"stream"`
	Msgs     uint64 `json:"msgs"`
	Bytes    uint64 `json:"bytes"`
	MaxMsgs  int64  `json:"max_msgs"` // -1: none
	MaxBytes int64  `json:"max_bytes"`
	// Used is the larger part of the two limits that is used, from 0 to 1. It
	// stays 0 where the oldest make room: such a stream is never full.
	Used float64 `json:"used"`
}

// Storages lists all streams of mujaz.
func (c *Conn) Storages(ctx context.Context) ([]Storage, error) {
	var all []Storage
	for _, name := range c.streams() {
		info, err := c.streamInfo(ctx, name)
		if err != nil {
			return nil, fmt.Errorf("look up stream %s: %w", name, err)
		}
		s := Storage{
			Stream: name, Msgs: info.State.Msgs, Bytes: info.State.Bytes, MaxMsgs: info.Config.MaxMsgs, MaxBytes: info.Config.MaxBytes,
		}
		if s.MaxBytes > 0 && info.Config.Discard == jetstream.DiscardNew {
			s.Used = float64(s.Bytes) / float64(s.MaxBytes)
		}
		if s.MaxMsgs > 0 && info.Config.Discard == jetstream.DiscardNew {
			s.Used = max(s.Used, float64(s.Msgs)/float64(s.MaxMsgs))
		}
		all = append(all, s)
	}
	return all, nil
}

// fullError is an [ErrQueueFull] that names the stream.
type fullError struct{ what string }

func (e *fullError) Error() string { return e.what + " is full" }

func (e *fullError) Is(target error) bool { return target == ErrQueueFull }

// storeError explains why a stream did not take a message.
func storeError(err error, what, advice string) error {
	var api *jetstream.APIError
	if errors.As(err, &api) && api.ErrorCode == codeStreamStoreFailed {
		return &HintError{&fullError{what}, advice}
	}
	return explainAPI(err)
}
