package queue_test

import (
	"errors"
	"testing"
	"time"

	"github.com/mujaz/mujaz/queue"
	"github.com/mujaz/mujaz/queue/queuetest"
)

// TestLookUpOneJob: what is known of a job of a run, by its id.
func TestLookUpOneJob(t *testing.T) {
	t.Parallel()
	conn := queuetest.Start(t).Connect(t)
	w := consume(t, conn, queue.ConsumerConfig{Slots: 1})
	waits := func(source string) bool {
		t.Helper()
		got, err := conn.Waits(t.Context(), queue.LaneBackfill, source)
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	if waits("run-1") {
		t.Error("jobs of a run that has none wait")
	}
	submit(t, conn, article("a"), queue.Route{Source: "run-1", Lane: queue.LaneBackfill})
	d := w.next(t)
	if !waits("run-1") || waits("run-2") {
		t.Error("a job in hand waits for run-1, and for no other run")
	}
	first := publish(t, conn, d, queue.StatusOK)
	d.finish(t)
	stored, err := conn.ResultOf(t.Context(), queue.LaneBackfill, "run-1", "a")
	if err != nil || stored.Result.JobID != "a" || stored.Source != "run-1" {
		t.Errorf("got %+v, %v", stored.Result, err)
	}
	if _, err := conn.ResultOf(t.Context(), queue.LaneBackfill, "run-2", "a"); !errors.Is(err, queue.ErrNotFound) {
		t.Errorf("of another run: %v", err)
	}

	later := article("a")
	later.Revision = 2
	submit(t, conn, later, queue.Route{Source: "run-1", Lane: queue.LaneBackfill})
	d = w.next(t)
	publish(t, conn, d, queue.StatusOK)
	d.finish(t)
	if stored, err = conn.ResultOf(t.Context(), queue.LaneBackfill, "run-1", "a"); err != nil || stored.Result.Revision != 2 {
		t.Errorf("revision %d, %v: want the newest", stored.Result.Revision, err)
	}
	for name, f := range map[string]queue.ResultFilter{
		"after the first":         {After: first.Sequence},
		"after the first, newest": {After: first.Sequence, Newest: true},
	} {
		var got []int
		if err := conn.Results(t.Context(), f, func(r queue.StoredResult) error {
			got = append(got, r.Result.Revision)
			return nil
		}); err != nil || len(got) != 1 || got[0] != 2 {
			t.Errorf("%s: revisions %v, %v", name, got, err)
		}
	}
	if err := conn.Results(t.Context(), queue.ResultFilter{After: stored.Sequence, Since: time.Now().Add(-time.Hour)}, func(queue.StoredResult) error {
		return errors.New("nothing is there")
	}); err != nil {
		t.Error(err)
	}

	submit(t, conn, article("b"), queue.Route{Source: "run-1", Lane: queue.LaneBackfill})
	d = w.next(t)
	if err := conn.PublishDead(t.Context(), d.Delivery, queue.DeadLetter{Cause: queue.CauseRefused, JobID: "b", Key: queue.Key("b")}); err != nil {
		t.Fatal(err)
	}
	d.finish(t)
	letter, err := conn.DeadOf(t.Context(), queue.LaneBackfill, "run-1", queue.Key("b"))
	if err != nil || letter.Cause != queue.CauseRefused || letter.JobID != "b" || letter.Payload != nil {
		t.Errorf("got %+v, %v", letter, err)
	}
	for _, other := range []struct{ source, id string }{{"run-2", "b"}, {"run-1", "a"}} {
		if _, err := conn.DeadOf(t.Context(), queue.LaneBackfill, other.source, queue.Key(other.id)); !errors.Is(err, queue.ErrNotFound) {
			t.Errorf("%v: %v", other, err)
		}
	}
}
