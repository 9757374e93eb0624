package queue_test

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/mujaz/mujaz/queue"
	"github.com/mujaz/mujaz/queue/queuetest"
)

// flood queues n jobs of one source, and a few of others behind them.
func flood(t testing.TB, conn *queue.Conn, lane queue.Lane, n, others, each int) {
	t.Helper()
	producer := queue.NewProducer(conn)
	var pending []*queue.Pending
	send := func(source string, i int) {
		p, err := producer.SubmitAsync(t.Context(), article(fmt.Sprint(source, "-", i)), queue.Route{Lane: lane, Source: source})
		if err != nil {
			t.Fatal(err)
		}
		pending = append(pending, p)
	}
	for i := range n {
		send("flood", i)
	}
	for i := range each {
		for k := range others {
			send(fmt.Sprint("small-", k), i)
		}
	}
	for _, p := range pending {
		if _, err := p.Wait(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

// TestSourcesTakeTurns: behind a flood, sources with few jobs are served in their
// turn, each job once, and nothing is left.
func TestSourcesTakeTurns(t *testing.T) {
	t.Parallel()
	for _, lane := range queue.Lanes() {
		t.Run(string(lane), func(t *testing.T) {
			t.Parallel()
			const large, others, each = 300, 5, 6
			server := queuetest.Start(t)
			conn, js := server.Connect(t), admin(t, server)
			flood(t, conn, lane, large, others, each)
			w := consume(t, conn, queue.ConsumerConfig{Slots: 4})
			seen, small, last := map[uint64]bool{}, 0, 0
			for i := range large + others*each {
				d := w.next(t)
				if seen[d.Sequence] || d.Lane != lane {
					t.Errorf("job %d of the %s lane came again", d.Sequence, d.Lane)
				}
				seen[d.Sequence] = true
				if d.Source != "flood" {
					small, last = small+1, i
				}
				d.finish(t)
			}
			// A turn of the flood for five of the others makes 36 jobs; the rest is
			// for a machine on which looks and claims time out.
			if small != others*each || last > large/2 {
				t.Errorf("%d jobs of small sources, the last at place %d", small, last)
			}
			w.stop()
			if msgs := streamInfo(t, js, conn.Topology().JobsStream(lane)).State.Msgs; msgs != 0 {
				t.Errorf("%d jobs are left", msgs)
			}
			if strays, err := conn.Reconcile(t.Context()); err != nil || len(strays) != 0 {
				t.Errorf("strays %v, %v", strays, err)
			}
		})
	}
}

// TestTurnsTwoWorkers: workers that take turns over the same sources do not take
// the same jobs.
func TestTurnsTwoWorkers(t *testing.T) {
	t.Parallel()
	server := queuetest.Start(t)
	conn, js := server.Connect(t), admin(t, server)
	// Mixed, so that the queue comes to jobs that were taken out of turn.
	flood(t, conn, queue.LaneLive, 60, 3, 100)
	var sum, repeated atomic.Int64
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	seen := [400]atomic.Bool{}
	done := make(chan error, 2)
	for range 2 {
		go func() {
			done <- queue.NewConsumer(conn, queue.ConsumerConfig{Slots: 8}).Run(ctx, t.Context(), func(ctx context.Context, d *queue.Delivery) {
				if seen[d.Sequence].Swap(true) {
					repeated.Add(1)
				}
				if err := d.Ack(ctx); err != nil {
					t.Error(err)
				}
				sum.Add(1)
			})
		}()
	}
	queuetest.Eventually(t, "all jobs are done", func() bool { return streamInfo(t, js, "MUJAZ_JOBS").State.Msgs == 0 })
	cancel()
	for range 2 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	// One that is taken between two looks at how far the queue has come may be
	// delivered as well; its outcome is stored once.
	if repeated.Load() > 18 || sum.Load() != 360+repeated.Load() {
		t.Errorf("%d deliveries of 360 jobs, %d of them again", sum.Load(), repeated.Load())
	}
}

// many jobs outlast a look for the sources that wait, also on a busy machine.
const many = 400

// outOfTurn takes flood's jobs until one of the others comes out of turn.
func (w *work) outOfTurn(t testing.TB) inHand {
	t.Helper()
	for {
		d := w.next(t)
		if d.OutOfTurn {
			return d
		}
		d.finish(t)
	}
}

// TestTurnsHandBack: a job that was taken out of turn and handed back comes again,
// not before its time.
func TestTurnsHandBack(t *testing.T) {
	t.Parallel()
	server := queuetest.Start(t)
	conn := server.Connect(t)
	flood(t, conn, queue.LaneLive, many, 1, 2)
	w := consume(t, conn, queue.ConsumerConfig{Slots: 2})
	later, soon := w.outOfTurn(t), w.outOfTurn(t)
	if later.First() || later.Delivered != 1 || later.Source != "small-0" || later.Sequence != many+1 || soon.Sequence != many+2 {
		t.Errorf("first %t, delivery %d, source %s, sequences %d and %d", later.First(), later.Delivered, later.Source, later.Sequence, soon.Sequence)
	}
	for d, delay := range map[*inHand]time.Duration{&later: time.Hour, &soon: 0} {
		if err := d.HandBack(t.Context(), delay); err != nil {
			t.Fatal(err)
		}
		if err := d.Ack(t.Context()); !errors.Is(err, queue.ErrLeaseLost) {
			t.Errorf("ack after handing back: %v", err)
		}
		d.end()
	}
	for {
		d := w.next(t)
		if d.Sequence == later.Sequence {
			t.Fatal("the job came before its time")
		}
		d.finish(t)
		if d.Sequence == soon.Sequence {
			return
		}
	}
}

// TestTurnsLeaseLost: a job whose claim is another's is cancelled; one whose
// claim is gone with the server's memory is not.
func TestTurnsLeaseLost(t *testing.T) {
	t.Parallel()
	server := queuetest.Start(t)
	conn, js := server.Connect(t), admin(t, server)
	flood(t, conn, queue.LaneLive, many, 2, 1)
	w := consume(t, conn, queue.ConsumerConfig{Slots: 2})
	taken, forgotten := w.outOfTurn(t), w.outOfTurn(t)
	claims, err := js.Stream(t.Context(), "MUJAZ_CLAIMS")
	if err != nil {
		t.Fatal(err)
	}
	if err := claims.Purge(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Claim(t.Context(), "turn-"+taken.MessageID(), "another"); err != nil {
		t.Fatal(err)
	}
	<-taken.ctx.Done()
	if !errors.Is(context.Cause(taken.ctx), queue.ErrLeaseLost) || taken.Leased() {
		t.Errorf("cause %v, leased %t", context.Cause(taken.ctx), taken.Leased())
	}
	if !forgotten.Leased() || forgotten.ctx.Err() != nil {
		t.Error("a claim that was nobody's is lost")
	}
	// To try for it would take it.
	queuetest.Eventually(t, "the claim is renewed", func() bool {
		info, err := claims.Info(t.Context())
		return err == nil && info.State.Msgs == 2
	})
	taken.end()
	forgotten.finish(t)
}

// TestTurnsWorkerDies: the queue itself gives a job whose worker died with it.
func TestTurnsWorkerDies(t *testing.T) {
	t.Parallel()
	server := queuetest.Start(t)
	conn, js := server.Connect(t), admin(t, server)
	flood(t, conn, queue.LaneLive, many, 1, 1)
	w := consume(t, conn, queue.ConsumerConfig{Slots: 1})
	d := w.outOfTurn(t)
	d.Abandon()
	d.end()
	for {
		again := w.next(t)
		again.finish(t)
		if again.Sequence == d.Sequence {
			break
		}
	}
	queuetest.Eventually(t, "all jobs are done", func() bool { return streamInfo(t, js, "MUJAZ_JOBS").State.Msgs == 0 })
}

// TestTurnsOfAnotherStream: the ack of a job does not end the one that has its
// sequence in a stream that was made anew.
func TestTurnsOfAnotherStream(t *testing.T) {
	t.Parallel()
	server := queuetest.Start(t)
	conn, js := server.Connect(t), admin(t, server)
	flood(t, conn, queue.LaneLive, many, 1, 1)
	w := consume(t, conn, queue.ConsumerConfig{Slots: 1})
	d := w.outOfTurn(t)
	if err := js.DeleteStream(t.Context(), "MUJAZ_JOBS"); err != nil {
		t.Fatal(err)
	}
	if err := conn.Ensure(t.Context()); err != nil {
		t.Fatal(err)
	}
	flood(t, conn, queue.LaneLive, many+1, 0, 0)
	if err := d.Ack(t.Context()); err != nil {
		t.Error(err)
	}
	if msgs := streamInfo(t, js, "MUJAZ_JOBS").State.Msgs; msgs != many+1 {
		t.Errorf("%d of %d jobs are left", msgs, many+1)
	}
	d.end()
}

// TestTurnsPausedSource: a source that is paused has no turn, and holds up nobody.
func TestTurnsPausedSource(t *testing.T) {
	t.Parallel()
	server := queuetest.Start(t)
	conn := server.Connect(t)
	if err := conn.Set(t.Context(), queue.Switch{Action: queue.ActionPause, Scope: queue.Scope{Source: "small-1"}, By: "layan"}); err != nil {
		t.Fatal(err)
	}
	flood(t, conn, queue.LaneLive, 40, 2, 3)
	w := consume(t, conn, queue.ConsumerConfig{Slots: 2})
	for range 43 {
		d := w.next(t)
		if d.Source == "small-1" {
			t.Error("a job of a paused source came")
		}
		d.finish(t)
	}
	queuetest.Eventually(t, "its jobs are parked", func() bool {
		totals, err := conn.Totals(t.Context())
		return err == nil && totals.Parked == 3
	})
}

// TestTurnsOfTooManySources: where more sources wait than take turns, all are
// served in the order in which they came.
func TestTurnsOfTooManySources(t *testing.T) {
	t.Parallel()
	const sources = 1100
	server := queuetest.Start(t)
	conn, js := server.Connect(t), admin(t, server)
	flood(t, conn, queue.LaneLive, 20, sources, 1)
	w := consume(t, conn, queue.ConsumerConfig{Slots: 4})
	for i := range 100 {
		d := w.next(t)
		if d.OutOfTurn || d.Sequence > uint64(i+1+4) {
			t.Fatalf("job %d came as number %d, out of turn %t", d.Sequence, i+1, d.OutOfTurn)
		}
		d.finish(t)
	}
	for range sources + 20 - 100 {
		w.next(t).finish(t)
	}
	queuetest.Eventually(t, "all jobs are done", func() bool { return streamInfo(t, js, "MUJAZ_JOBS").State.Msgs == 0 })
}

// TestTurnsWithoutTheRight: a worker that may not take jobs out of turn says so
// once, and does them all in the queue's order.
func TestTurnsWithoutTheRight(t *testing.T) {
	t.Parallel()
	for what, subject := range map[string]string{
		"read": "$JS.API.DIRECT.GET.MUJAZ_JOBS", "claim": "mujaz.claims.*", "remove": "$JS.API.STREAM.MSG.DELETE.MUJAZ_JOBS",
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			server := queuetest.StartWith(t, queuetest.Options{Config: fmt.Sprintf(`authorization { users: [ { user: admin, password: admin },
				{ user: old, password: old, permissions: { publish: { deny: %q } } } ] }`, subject)})
			conn := server.Dial(t, queue.ConnConfig{User: "admin", Password: "admin"})
			if err := conn.Ensure(t.Context()); err != nil {
				t.Fatal(err)
			}
			const jobs = 400
			flood(t, conn, queue.LaneLive, jobs-6, 2, 3)
			unfair := make(chan error, jobs)
			w := consume(t, server.Dial(t, queue.ConnConfig{User: "old", Password: "old"}), queue.ConsumerConfig{
				Slots: 2, OnUnfair: func(err error) { unfair <- err }, OnFault: func(err error) { t.Errorf("fault: %v", err) },
			})
			done := map[uint64]bool{}
			for len(done) < jobs {
				d := w.next(t)
				err := d.Ack(t.Context())
				if _, denied := errors.AsType[*queue.DeniedError](err); err != nil && !denied {
					t.Error(err)
				}
				d.end()
				done[d.Sequence] = true
			}
			if len(unfair) != 1 {
				t.Fatalf("told %d times", len(unfair))
			}
			if _, denied := errors.AsType[*queue.DeniedError](<-unfair); !denied {
				t.Error("the missing right is not named")
			}
		})
	}
}

// TestEnsureDropsKeys: jobs that were queued with their keys are done, and so are
// those of after the migration.
func TestEnsureDropsKeys(t *testing.T) {
	t.Parallel()
	server := queuetest.Start(t)
	conn, js := server.Connect(t), admin(t, server)
	old := streamInfo(t, js, "MUJAZ_JOBS").Config
	old.SubjectTransform = nil
	if _, err := js.UpdateStream(t.Context(), old); err != nil {
		t.Fatal(err)
	}
	flood(t, conn, queue.LaneLive, 40, 2, 3)
	w := consume(t, conn, queue.ConsumerConfig{Slots: 1})
	before := w.next(t) // in hand during the migration
	if err := conn.Ensure(t.Context()); err != nil {
		t.Fatal(err)
	}
	if differences, err := conn.Diff(t.Context()); err != nil || len(differences) != 0 {
		t.Errorf("%v, %v", differences, err)
	}
	submit(t, conn, article("after"), queue.Route{Source: "small-0"})
	stream, err := js.Stream(t.Context(), "MUJAZ_JOBS")
	if err != nil {
		t.Fatal(err)
	}
	for i, filter := range conn.Topology().JobSubjects(queue.LaneLive, "small-0") {
		info, err := stream.Info(t.Context(), jetstream.WithSubjectFilter(filter))
		if err != nil {
			t.Fatal(err)
		}
		if want := []int{1, 3}[i]; len(info.State.Subjects) != want {
			t.Errorf("%s: %d subjects, want %d", filter, len(info.State.Subjects), want)
		}
	}
	for d := before; ; d = w.next(t) {
		want := conn.Topology().JobSubject(queue.LaneLive, d.Source, jobKey(t, d))
		if d.Subject != want {
			t.Errorf("subject %s, want %s", d.Subject, want)
		}
		d.finish(t)
		if streamInfo(t, js, "MUJAZ_JOBS").State.Msgs == 0 {
			return
		}
	}
}

func jobKey(t testing.TB, d inHand) string {
	t.Helper()
	job, err := queue.DecodeJob(d.Payload)
	if err != nil {
		t.Fatal(err)
	}
	return job.Key()
}
