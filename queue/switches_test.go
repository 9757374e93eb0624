package queue_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/mujaz/mujaz/queue"
	"github.com/mujaz/mujaz/queue/queuetest"
)

func set(t testing.TB, conn *queue.Conn, action queue.Action, scope queue.Scope) {
	t.Helper()
	if err := conn.Set(t.Context(), queue.Switch{Action: action, Scope: scope, By: "layan", Reason: "the archive is being moved"}); err != nil {
		t.Fatal(err)
	}
}

// TestPauseLane: a paused lane is not fetched, whatever is restarted or made
// anew, and the other lane has all slots.
func TestPauseLane(t *testing.T) {
	t.Parallel()
	server := queuetest.StartWith(t, queuetest.Options{SyncAlways: true})
	conn, js := server.Connect(t), admin(t, server)
	live := queue.Scope{Lane: queue.LaneLive}
	set(t, conn, queue.ActionPause, live)
	submit(t, conn, article("breaking"), queue.Route{})
	server.Kill(t)
	server.Resume(t)
	queuetest.Eventually(t, "the server is back", conn.Connected)
	if err := js.DeleteConsumer(t.Context(), "MUJAZ_JOBS", "mujaz-live"); err != nil {
		t.Fatal(err)
	}
	if err := conn.Ensure(t.Context()); err != nil {
		t.Fatal(err)
	}
	submit(t, conn, article("old"), queue.Route{Lane: queue.LaneBackfill})

	w := consume(t, conn, queue.ConsumerConfig{Slots: 1})
	old := w.next(t)
	if old.Lane != queue.LaneBackfill {
		t.Fatalf("a job of the %s lane came", old.Lane)
	}
	old.finish(t)
	if info := consumerInfo(t, js, queue.LaneLive); !info.Paused || info.Delivered.Consumer != 0 {
		t.Errorf("on the server: %+v", info)
	}
	switches, err := conn.Switches(t.Context())
	want := []queue.Switch{{Action: queue.ActionPause, Scope: live, By: "layan", Reason: "the archive is being moved"}}
	if diff := cmp.Diff(want, switches, cmpopts.IgnoreFields(queue.Switch{}, "At")); diff != "" || err != nil || switches[0].At.IsZero() {
		t.Errorf("switches (-want +got):\n%s%v", diff, err)
	}

	cleared, err := conn.Clear(t.Context(), live)
	if err != nil || len(cleared) != 1 {
		t.Errorf("cleared %v, %v", cleared, err)
	}
	w.next(t).finish(t)
	// What is paused now, a worker that runs hears of.
	set(t, conn, queue.ActionPause, live)
	queuetest.Eventually(t, "the worker knows", func() bool { return w.Paused(queue.LaneLive) })
	submit(t, conn, article("breaking again"), queue.Route{})
	submit(t, conn, article("older"), queue.Route{Lane: queue.LaneBackfill})
	older := w.next(t)
	if older.Lane != queue.LaneBackfill {
		t.Errorf("a job of the %s lane came", older.Lane)
	}
	older.finish(t)
}

var switchTrace = queue.Trace{Parent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"}

// TestPauseSource: jobs of a paused source leave their queue for the parked
// stream at once and come back as they were. The others are not held up.
func TestPauseSource(t *testing.T) {
	t.Parallel()
	const jobs = 40
	// More jobs of the paused source than may be in flight.
	server := queuetest.StartWith(t, queuetest.Options{Topology: queue.Topology{MaxAckPending: 10}})
	conn, js := server.Connect(t), admin(t, server)
	desk, one := queue.Scope{Source: "desk"}, queue.Scope{Lane: queue.LaneLive, JobID: "single"}
	set(t, conn, queue.ActionPause, desk)
	set(t, conn, queue.ActionPause, one)
	var subjects []string
	for i := range jobs {
		subjects = append(subjects, submit(t, conn, article(fmt.Sprint(i)), queue.Route{Source: "desk", Trace: switchTrace}).Subject)
	}
	submit(t, conn, article("single"), queue.Route{Source: "sports"})
	submit(t, conn, article("other"), queue.Route{Source: "sports"})

	w := consume(t, conn, queue.ConsumerConfig{Slots: 4})
	if other := w.next(t); other.Source != "sports" || !strings.Contains(other.Subject, queue.Key("other")) {
		t.Fatalf("%s came", other.Subject)
	} else {
		other.finish(t)
	}
	queuetest.Eventually(t, "all are parked", func() bool { return streamInfo(t, js, "MUJAZ_PARKED").State.Msgs == jobs+1 })
	queuetest.Eventually(t, "the lane is empty", func() bool { return streamInfo(t, js, "MUJAZ_JOBS").State.Msgs == 0 })

	// A resume of everything of that source, and of nothing else.
	if _, err := conn.Clear(t.Context(), desk); err != nil {
		t.Fatal(err)
	}
	queuetest.Eventually(t, "the worker knows", func() bool { return len(w.Switches()) == 1 })
	if n, err := conn.Unpark(t.Context(), desk); n != jobs || err != nil {
		t.Fatalf("%d jobs put back, %v", n, err)
	}
	var came []string
	for range jobs {
		d := w.next(t)
		if d.Trace() != switchTrace || string(d.Payload) == "" || d.Header(queue.HeaderDigest) == "" {
			t.Errorf("it came back as %+v", d.Delivery)
		}
		came = append(came, d.Subject)
		d.finish(t)
	}
	slices.Sort(subjects)
	slices.Sort(came)
	if diff := cmp.Diff(subjects, came); diff != "" {
		t.Errorf("subjects (-sent +came back):\n%s", diff)
	}
	if left := streamInfo(t, js, "MUJAZ_PARKED").State.Msgs; left != 1 {
		t.Errorf("%d jobs are parked, want the single one", left)
	}
}

// TestCancelParked: a cancel counts for what was queued before it, also by way
// of the parked stream, and not for what comes later.
func TestCancelParked(t *testing.T) {
	t.Parallel()
	server := queuetest.Start(t)
	conn, js := server.Connect(t), admin(t, server)
	desk := queue.Scope{Source: "desk"}
	set(t, conn, queue.ActionPause, desk)
	submit(t, conn, article("early"), queue.Route{Source: "desk"})
	w := consume(t, conn, queue.ConsumerConfig{Slots: 1})
	queuetest.Eventually(t, "it is parked", func() bool { return streamInfo(t, js, "MUJAZ_PARKED").State.Msgs == 1 })
	if _, err := conn.Clear(t.Context(), desk); err != nil {
		t.Fatal(err)
	}
	set(t, conn, queue.ActionCancel, desk)
	queuetest.Eventually(t, "the worker knows", func() bool {
		s := w.Switches()
		return len(s) == 1 && s[0].Action == queue.ActionCancel
	})
	if n, err := conn.Unpark(t.Context(), desk); n != 1 || err != nil {
		t.Fatalf("%d jobs put back, %v", n, err)
	}
	d := w.next(t)
	if s, cancelled := d.Cancelled(queue.Key("early")); !cancelled || s.By != "layan" {
		t.Errorf("cancelled %t by %+v", cancelled, s)
	}
	d.finish(t)
	submit(t, conn, article("late"), queue.Route{Source: "desk"})
	d = w.next(t)
	if _, cancelled := d.Cancelled(queue.Key("late")); cancelled {
		t.Error("what was queued after the cancel is cancelled")
	}
	d.finish(t)
}

// TestPausedByHand: a consumer that was paused without a switch is no fault.
func TestPausedByHand(t *testing.T) {
	t.Parallel()
	server := queuetest.Start(t)
	conn, js := server.Connect(t), admin(t, server)
	submit(t, conn, article("waits"), queue.Route{})
	if _, err := js.PauseConsumer(t.Context(), "MUJAZ_JOBS", "mujaz-live", time.Now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	submit(t, conn, article("old"), queue.Route{Lane: queue.LaneBackfill})
	w := consume(t, conn, queue.ConsumerConfig{Slots: 2})
	w.next(t).finish(t)
	if _, err := js.ResumeConsumer(t.Context(), "MUJAZ_JOBS", "mujaz-live"); err != nil {
		t.Fatal(err)
	}
	w.next(t).finish(t)
}

// TestConsumerWaitsForSwitches: without the switches nothing is fetched, and the
// reason is told.
func TestConsumerWaitsForSwitches(t *testing.T) {
	t.Parallel()
	server := queuetest.StartWith(t, queuetest.Options{Config: `authorization { users: [ { user: admin, password: admin },
		{ user: blind, password: blind, permissions: { publish: { deny: "$JS.API.*.*.KV_MUJAZ_FLEET" } } } ] }`})
	conn := server.Dial(t, queue.ConnConfig{User: "admin", Password: "admin"})
	if err := conn.Ensure(t.Context()); err != nil {
		t.Fatal(err)
	}
	submit(t, conn, article("a"), queue.Route{})
	ctx, cancel := context.WithCancel(t.Context())
	var fault error
	consumer := queue.NewConsumer(server.Dial(t, queue.ConnConfig{User: "blind", Password: "blind"}), queue.ConsumerConfig{OnFault: func(err error) {
		fault = errors.Join(fault, err)
		cancel()
	}})
	if err := consumer.Run(ctx, ctx, func(context.Context, *queue.Delivery) { t.Error("a job came") }); err != nil {
		t.Fatal(err)
	}
	if _, denied := errors.AsType[*queue.DeniedError](fault); !denied {
		t.Errorf("the fault is %v", fault)
	}
}

func TestSwitchValidate(t *testing.T) {
	t.Parallel()
	conn := queuetest.Start(t).Connect(t)
	for name, tc := range map[string]struct {
		s     queue.Switch
		about string
	}{
		"nothing named":   {queue.Switch{Action: queue.ActionPause, By: "layan"}, "scope"},
		"another action":  {queue.Switch{Action: "stop", By: "layan", Scope: queue.Scope{Source: "desk"}}, "action"},
		"another lane":    {queue.Switch{Action: queue.ActionPause, By: "layan", Scope: queue.Scope{Lane: "slow"}}, "lane"},
		"a wildcard":      {queue.Switch{Action: queue.ActionCancel, By: "layan", Scope: queue.Scope{Source: "*"}}, "source"},
		"nobody":          {queue.Switch{Action: queue.ActionCancel, Scope: queue.Scope{Source: "desk"}}, "by"},
		"a long reason":   {queue.Switch{Action: queue.ActionCancel, By: "layan", Scope: queue.Scope{JobID: "a"}, Reason: strings.Repeat("x", 5000)}, "reason"},
		"a reason's bell": {queue.Switch{Action: queue.ActionCancel, By: "layan", Scope: queue.Scope{JobID: "a"}, Reason: "\a"}, "reason"},
	} {
		err := conn.Set(t.Context(), tc.s)
		if invalid, is := errors.AsType[*queue.ValidationError](err); !is || len(invalid.Problems) != 1 || invalid.Problems[0].Field != tc.about {
			t.Errorf("%s: %v", name, err)
		}
	}
	if all, err := conn.Switches(t.Context()); err != nil || len(all) != 0 {
		t.Errorf("%v, %v", all, err)
	}
}
