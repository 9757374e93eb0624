package queue_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/mujaz/mujaz/queue"
	"github.com/mujaz/mujaz/queue/queuetest"
)

// TestRedriveLoop: a job that keeps dying carries its history, and is not
// redriven a fourth time unless it is forced.
func TestRedriveLoop(t *testing.T) {
	t.Parallel()
	conn := queuetest.Start(t).Connect(t)
	w := consume(t, conn, queue.ConsumerConfig{Slots: 1})
	submit(t, conn, article("cursed"), queue.Route{})
	var letter queue.DeadLetter
	die := func(n int) {
		t.Helper()
		d := w.next(t)
		if err := conn.PublishDead(t.Context(), d.Delivery, queue.DeadLetter{
			Cause: queue.CauseRefused, JobID: "cursed", Key: queue.Key("cursed"), LastError: fmt.Sprint("death ", n) + strings.Repeat("ن", 300), Time: time.Unix(int64(n), 0).UTC(),
		}); err != nil {
			t.Fatal(err)
		}
		d.finish(t)
		if err := conn.DeadLetters(t.Context(), queue.DeadFilter{JobID: "cursed"}, func(l queue.DeadLetter) error {
			letter = l
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	redrive := conn.Redrive
	for n := range 8 {
		die(n)
		if letter.Redrives != n || len(letter.History) != min(n, 5) {
			t.Fatalf("death %d: %d redrives, %d entries of history", n, letter.Redrives, len(letter.History))
		}
		if n > 0 && !strings.HasPrefix(letter.History[len(letter.History)-1].LastError, fmt.Sprint("death ", n-1)) {
			t.Errorf("death %d: the history ends with %q", n, letter.History[len(letter.History)-1].LastError)
		}
		_, err := redrive(t.Context(), letter)
		if n < queue.MaxRedrives && err != nil {
			t.Fatal(err)
		}
		if n == queue.MaxRedrives {
			loop, is := errors.AsType[*queue.RedriveLoopError](err)
			if !is || loop.Letter.Sequence != letter.Sequence || !strings.Contains(hint(err), queue.CauseRefused.Advice()) {
				t.Fatalf("redrive %d: %v", n, err)
			}
			redrive = conn.RedriveAnyway
			if _, err := redrive(t.Context(), letter); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// TestReconcile: jobs that will not end by themselves are found, each with its
// advice; a lane that is worked on has none.
func TestReconcile(t *testing.T) {
	t.Parallel()
	server := queuetest.Start(t)
	conn, js := server.Connect(t), admin(t, server)
	find := func() []queue.Stray {
		t.Helper()
		strays, err := conn.Reconcile(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return strays
	}
	if strays := find(); len(strays) != 0 {
		t.Errorf("an empty server: %+v", strays)
	}
	submit(t, conn, article("alone"), queue.Route{})
	other := server.Dial(t, queue.ConnConfig{Topology: queue.Topology{Prefix: "news-eu"}})
	if err := other.Ensure(t.Context()); err != nil {
		t.Fatal(err)
	}
	submit(t, other, article("elsewhere"), queue.Route{Lane: queue.LaneBackfill})
	if err := js.DeleteConsumer(t.Context(), "NEWS_EU_JOBS_BACKFILL", "news-eu-backfill"); err != nil {
		t.Fatal(err)
	}
	if _, err := js.CreateStream(t.Context(), jetstream.StreamConfig{Name: "CATCH", Subjects: []string{"mujaz.jobs.slow.>"}}); err != nil {
		t.Fatal(err)
	}
	if _, err := js.Publish(t.Context(), "mujaz.jobs.slow.desk.k", []byte("{}")); err != nil {
		t.Fatal(err)
	}
	want := []queue.Stray{
		{Stream: "MUJAZ_JOBS", Jobs: 1, Problem: "no worker asks for jobs of the live lane"},
		{Stream: "CATCH", Jobs: 1, Problem: "the stream takes jobs on mujaz.jobs.slow.>, where no worker looks"},
		{Stream: "NEWS_EU_JOBS_BACKFILL", Jobs: 1, Problem: "they were queued under the prefix news-eu, and no worker serves it"},
	}
	sort := cmpopts.SortSlices(func(a, b queue.Stray) bool { return a.Stream < b.Stream })
	if diff := cmp.Diff(want, find(), sort, cmpopts.IgnoreFields(queue.Stray{}, "Advice")); diff != "" {
		t.Errorf("strays (-want +got):\n%s", diff)
	}

	// By hand: a limit of deliveries, which strands a job and sends an advisory.
	cfg := consumerInfo(t, js, queue.LaneLive).Config
	cfg.MaxDeliver, cfg.AckWait = 1, 200*time.Millisecond
	if _, err := js.UpdateConsumer(t.Context(), "MUJAZ_JOBS", cfg); err != nil {
		t.Fatal(err)
	}
	consumer, err := js.Consumer(t.Context(), "MUJAZ_JOBS", "mujaz-live")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := consumer.Next(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	go consumer.Next(jetstream.FetchContext(ctx)) //nolint:errcheck // an advisory needs somebody who asks
	var advisory queue.Advisory
	queuetest.Eventually(t, "the advisory is kept", func() bool {
		err := conn.Advisories(t.Context(), time.Now().Add(-time.Hour), func(a queue.Advisory) error {
			advisory = a
			return nil
		})
		return err == nil && advisory.Sequence != 0
	})
	if advisory.Kind != "MAX_DELIVERIES" || advisory.Stream != "MUJAZ_JOBS" || advisory.Deliveries != 1 || advisory.Time.IsZero() {
		t.Errorf("advisory %+v", advisory)
	}
	queuetest.Eventually(t, "the stranded job is found", func() bool {
		for _, s := range find() {
			if s.Stream == "MUJAZ_JOBS" && s.Jobs == 1 && strings.Contains(s.Problem, "MaxDeliver") && strings.Contains(s.Advice, "nats consumer rm MUJAZ_JOBS mujaz-live") {
				return true
			}
		}
		return false
	})
	cancel()
	// The advice helps.
	if err := js.DeleteConsumer(t.Context(), "MUJAZ_JOBS", "mujaz-live"); err != nil {
		t.Fatal(err)
	}
	if err := conn.Ensure(t.Context()); err != nil {
		t.Fatal(err)
	}
	w := consume(t, conn, queue.ConsumerConfig{Slots: 1})
	d := w.next(t)
	if strays := find(); len(strays) != 2 {
		t.Errorf("with a worker: %+v", strays)
	}
	d.finish(t)
}
