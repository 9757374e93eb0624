package worker

import (
	"testing"
	"time"

	"github.com/mujaz/mujaz/queue"
)

// TestClockIsSet: a pause of the day's budget ends at the midnight that the clock
// shows, whichever way it was set meanwhile, and never lasts longer than a day.
func TestClockIsSet(t *testing.T) {
	t.Parallel()
	noon := time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)
	b := &budgets{until: midnight(noon), reason: "used up"}
	for _, tc := range []struct {
		jump   time.Duration
		paused bool
	}{
		{0, true},
		{time.Hour, true},
		{-time.Hour, true},
		{12*time.Hour - time.Second, true},
		{12 * time.Hour, false},
		{24 * time.Hour, false},
		{-12 * time.Hour, true},              // 0:00 of the same day
		{-12*time.Hour - time.Second, false}, // the day before has a budget of its own
		{-24 * time.Hour, false},             // the clock was a day ahead
		{-365 * 24 * time.Hour, false},       // or a year
		{50 * 365 * 24 * time.Hour, false},   // a clock that runs wild
		{-50 * 365 * 24 * time.Hour, false},  // a battery that is empty
	} {
		if reason, until := b.pausedAt(noon.Add(tc.jump)); (reason != "") != tc.paused || until.IsZero() == tc.paused {
			t.Errorf("set by %s: paused %q until %s, want %t", tc.jump, reason, until, tc.paused)
		}
	}
}

// TestFinishWithAClockThatWasSet: no duration of a result is below nothing.
func TestFinishWithAClockThatWasSet(t *testing.T) {
	t.Parallel()
	for _, ahead := range []time.Duration{time.Hour, 24 * time.Hour} {
		var r queue.Result
		r.Timing.StartedAt = time.Now().Round(0).Add(ahead) // without its monotonic reading
		finish(&r, 1)
		if r.Timing.TotalMS != 0 || r.Timing.DoneAt.Location() != time.UTC || r.Timing.StartedAt.Location() != time.UTC {
			t.Errorf("timing %+v", r.Timing)
		}
	}
	r := queue.Result{Timing: queue.Timing{StartedAt: time.Now().Add(-time.Minute)}}
	if finish(&r, 1); r.Timing.TotalMS < time.Minute.Milliseconds() {
		t.Errorf("timing %+v of a minute", r.Timing)
	}
}
