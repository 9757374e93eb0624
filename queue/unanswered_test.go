package queue

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
)

// TestSilence: only a server that is connected and answers nothing, for long, is
// one that stores nothing.
func TestSilence(t *testing.T) {
	t.Parallel()
	type write struct {
		after time.Duration
		away  bool
		err   error
		told  bool
	}
	timeout := context.DeadlineExceeded
	for _, tc := range []struct {
		name   string
		writes []write
	}{
		{"slow once", []write{{0, false, timeout, false}, {20 * time.Second, false, nil, false}, {20 * time.Second, false, timeout, false}}},
		{"long silent", []write{{0, false, timeout, false}, {29 * time.Second, false, nats.ErrTimeout, false}, {time.Second, false, timeout, true}, {time.Hour, false, timeout, true}}},
		{"answers again", []write{{0, false, timeout, false}, {time.Minute, false, timeout, true}, {time.Second, false, nil, false}, {time.Second, false, timeout, false}}},
		{"refuses", []write{{0, false, timeout, false}, {time.Minute, false, ErrQueueFull, false}, {time.Second, false, timeout, false}}},
		{"away", []write{{0, false, timeout, false}, {time.Minute, true, timeout, false}, {time.Second, false, timeout, false}}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			var s Silence
			now := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
			for i, w := range tc.writes {
				now = now.Add(w.after)
				err := s.note(!w.away, w.err, now)
				if errors.Is(err, ErrUnanswered) != w.told || err != nil && err.(*HintError).Advice == "" { //nolint:errorlint,errcheck,forcetypeassert // it is this type
					t.Errorf("write %d: %v, want told %t", i, err, w.told)
				}
			}
		})
	}
}
