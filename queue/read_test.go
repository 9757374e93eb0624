package queue_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/mujaz/mujaz/queue"
	"github.com/mujaz/mujaz/queue/queuetest"
)

func TestResultsFilters(t *testing.T) {
	t.Parallel()
	server := queuetest.Start(t)
	conn := server.Connect(t)
	w := consume(t, conn, queue.ConsumerConfig{Slots: 1})
	none := func(queue.StoredResult) error { return errors.New("there is a result") }
	if err := conn.Results(t.Context(), queue.ResultFilter{}, none); err != nil {
		t.Errorf("an empty stream: %v", err)
	}
	for i, route := range []queue.Route{{Source: "desk"}, {Source: "wire"}, {Source: "desk", Lane: queue.LaneBackfill}} {
		submit(t, conn, article(fmt.Sprint(i)), route)
		d := w.next(t)
		publish(t, conn, d, queue.StatusOK)
		d.finish(t)
	}
	for name, tc := range map[string]struct {
		filter queue.ResultFilter
		want   string
	}{
		"all":        {queue.ResultFilter{}, "0:live.desk 1:live.wire 2:backfill.desk"},
		"lane":       {queue.ResultFilter{Lane: queue.LaneBackfill}, "2:backfill.desk"},
		"source":     {queue.ResultFilter{Source: "desk"}, "0:live.desk 2:backfill.desk"},
		"job":        {queue.ResultFilter{JobID: "1"}, "1:live.wire"},
		"unknown":    {queue.ResultFilter{JobID: "7"}, ""},
		"since ever": {queue.ResultFilter{Since: time.Unix(0, 0)}, "0:live.desk 1:live.wire 2:backfill.desk"},
		"since soon": {queue.ResultFilter{Since: time.Now().Add(time.Hour)}, ""},
	} {
		var got []string
		if err := conn.Results(t.Context(), tc.filter, func(r queue.StoredResult) error {
			got = append(got, fmt.Sprintf("%s:%s.%s", r.Result.JobID, r.Lane, r.Source))
			return nil
		}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if strings.Join(got, " ") != tc.want {
			t.Errorf("%s: got %v, want %s", name, got, tc.want)
		}
	}
}

// TestResultsFollow: new results come over a restart of the server.
func TestResultsFollow(t *testing.T) {
	t.Parallel()
	server := queuetest.Start(t)
	conn, js := server.Connect(t), admin(t, server)
	w := consume(t, conn, queue.ConsumerConfig{Slots: 1})
	store := func(id string) {
		submit(t, conn, article(id), queue.Route{})
		d := w.next(t)
		publish(t, conn, d, queue.StatusOK)
		d.finish(t)
	}
	store("before")
	ctx, cancel := context.WithCancel(t.Context())
	got, ended := make(chan string, 10), make(chan error, 1)
	go func() {
		ended <- conn.Results(ctx, queue.ResultFilter{Follow: true, New: true}, func(r queue.StoredResult) error {
			got <- r.Result.JobID
			return nil
		})
	}()
	queuetest.Eventually(t, "the reader is there", func() bool { return streamInfo(t, js, "MUJAZ_RESULTS").State.Consumers == 1 })
	store("one")
	if id := <-got; id != "one" {
		t.Errorf("got %q, want one", id)
	}
	server.Restart(t)
	store("two")
	if id := <-got; id != "two" {
		t.Errorf("got %q, want two", id)
	}
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("at the end: %v", err)
	}
}

func TestResultsWithoutTopology(t *testing.T) {
	t.Parallel()
	conn := queuetest.Start(t).Dial(t, queue.ConnConfig{})
	err := conn.Results(t.Context(), queue.ResultFilter{}, nil)
	if !errors.Is(err, queue.ErrNoTopology) || hint(err) == "" {
		t.Errorf("%v, hint %q", err, hint(err))
	}
	if err := conn.DeadLetters(t.Context(), queue.DeadFilter{}, nil); !errors.Is(err, queue.ErrNoTopology) {
		t.Errorf("dead letters: %v", err)
	}
}

func TestWaitOutcome(t *testing.T) {
	t.Parallel()
	server := queuetest.Start(t)
	conn := server.Connect(t)
	w := consume(t, conn, queue.ConsumerConfig{Slots: 1})
	began := time.Now().Add(-time.Minute)
	wait := func(s queue.Submitted) <-chan queue.Outcome {
		ch := make(chan queue.Outcome, 1)
		go func() {
			out, err := conn.WaitOutcome(t.Context(), s, began)
			if err != nil {
				t.Error(err)
			}
			ch <- out
		}()
		return ch
	}
	for _, early := range []bool{false, true} {
		name := fmt.Sprint("early", early)
		submitted := submit(t, conn, article(name), queue.Route{})
		var outcome <-chan queue.Outcome
		if early {
			outcome = wait(submitted)
		}
		d := w.next(t)
		publish(t, conn, d, queue.StatusFlagged)
		d.finish(t)
		if !early {
			outcome = wait(submitted)
		}
		if out := <-outcome; out.Result == nil || out.Dead != nil || out.Result.Result.JobID != name {
			t.Errorf("%s: result: %+v", name, out)
		}

		// The next revision dies. What came of the first is not its outcome,
		// nor is a death before it was submitted.
		job := article(name)
		job.Revision = 2
		submitted = submit(t, conn, job, queue.Route{})
		d = w.next(t)
		if early {
			outcome = wait(submitted)
		}
		bury(t, conn, d, queue.DeadLetter{Cause: queue.CauseRefused, JobID: name, Key: queue.Key(name), Time: time.Now()})
		if !early {
			outcome = wait(submitted)
		}
		if out := <-outcome; out.Dead == nil || out.Result != nil || out.Dead.Cause != queue.CauseRefused {
			t.Errorf("%s: dead: %+v", name, out)
		}
		short, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		_, err := conn.WaitOutcome(short, submitted, time.Now().Add(time.Hour))
		cancel()
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%s: a death of old: %v", name, err)
		}
	}
}

func TestLastOutcome(t *testing.T) {
	t.Parallel()
	conn := queuetest.Start(t).Connect(t)
	w := consume(t, conn, queue.ConsumerConfig{Slots: 1})
	look := func(source, id string, revision int) string {
		out, err := conn.LastOutcome(t.Context(), queue.LaneLive, source, id, revision)
		switch {
		case err != nil:
			t.Fatal(err)
		case out.Result != nil:
			return fmt.Sprint("result ", out.Result.Result.Revision)
		case out.Dead != nil:
			return "dead"
		}
		return "nothing"
	}
	job := article("a")
	s := submit(t, conn, job, queue.Route{Source: "gazette"})
	if got := look("gazette", "a", 1); got != "nothing" {
		t.Errorf("under way: %s", got)
	}
	d := w.next(t)
	publish(t, conn, d, queue.StatusOK)
	d.finish(t)
	job.Revision = 2
	submit(t, conn, job, queue.Route{Source: "gazette"})
	d = w.next(t)
	if got := look("gazette", "a", 2); got != "nothing" {
		t.Errorf("a later revision is under way: %s", got)
	}
	bury(t, conn, d, queue.DeadLetter{Cause: queue.CauseRefused, JobID: "a", Key: s.Key, Time: time.Now()})
	for want, got := range map[string]string{
		"result 1": look("gazette", "a", 1), "dead": look("gazette", "a", 2),
	} {
		if got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
	if got := look("other", "a", 2); got != "nothing" {
		t.Errorf("of another source: %s", got)
	}
}
