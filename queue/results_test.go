package queue_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/mujaz/mujaz/queue"
	"github.com/mujaz/mujaz/queue/queuetest"
)

func decode(t testing.TB, d inHand) queue.Job {
	t.Helper()
	job, err := queue.DecodeJob(d.Payload)
	if err != nil {
		t.Fatal(err)
	}
	return job
}

func resultOf(t testing.TB, job queue.Job, status queue.Status) []byte {
	t.Helper()
	payload, err := queue.EncodeResult(queue.Result{
		SchemaVersion: 1, ID: job.MsgID(), JobID: job.ID, Revision: job.Revision, Task: job.Task, Status: status,
		Summary: "A desalination plant opened in Al Reem.", Checks: []queue.Check{},
	})
	if err != nil {
		t.Fatal(err)
	}
	return payload
}

// publish stores a result of a delivery. A timeout leaves the outcome unknown,
// and the same result is published again, as a worker does: a server that has
// just started takes clients before it has all its streams.
func publish(t testing.TB, conn *queue.Conn, d inHand, status queue.Status) queue.Published {
	t.Helper()
	job := decode(t, d)
	var got queue.Published
	queuetest.Eventually(t, "the result to be confirmed", func() bool {
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
		defer cancel()
		var err error
		got, err = conn.PublishResult(ctx, d.Delivery, job, resultOf(t, job, status), queue.Result{Status: status})
		if err != nil && !errors.Is(err, context.DeadlineExceeded) && !errors.Is(err, nats.ErrNoResponders) && !errors.Is(err, jetstream.ErrNoStreamResponse) &&
			!errors.Is(err, nats.ErrReconnectBufExceeded) {
			t.Fatal(err)
		}
		return err == nil
	})
	return got
}

func TestPublishResultOnce(t *testing.T) {
	t.Parallel()
	server := queuetest.Start(t)
	conn, js := server.Connect(t), admin(t, server)
	submit(t, conn, article("desk-1"), queue.Route{Source: "desk"})
	w := consume(t, conn, queue.ConsumerConfig{Slots: 1})
	d := w.next(t)
	job := decode(t, d)
	settled := func(job queue.Job, want bool, wantErr error) {
		t.Helper()
		if got, err := conn.Settled(t.Context(), d.Delivery, job); got != want || !errors.Is(err, wantErr) {
			t.Errorf("Settled: %t, %v; want %t, %v", got, err, want, wantErr)
		}
	}
	settled(job, false, nil)
	first := publish(t, conn, d, queue.StatusOK)
	if first.Duplicate || first.Sequence != 1 {
		t.Errorf("first: %+v", first)
	}
	settled(job, true, nil)
	for _, stop := range []func(testing.TB){func(testing.TB) {}, server.Restart, func(t testing.TB) { server.Kill(t); server.Resume(t) }} {
		stop(t)
		queuetest.Eventually(t, "both clients are back", func() bool { return conn.Connected() && js.Conn().IsConnected() })
		if again := publish(t, conn, d, queue.StatusFlagged); !again.Duplicate || again.Sequence != first.Sequence {
			t.Errorf("the second result: %+v", again)
		}
		if msgs := streamInfo(t, js, "MUJAZ_RESULTS").State.Msgs; msgs != 1 {
			t.Errorf("%d results are stored, want 1", msgs)
		}
	}
	stream, err := js.Stream(t.Context(), "MUJAZ_RESULTS")
	if err != nil {
		t.Fatal(err)
	}
	msg, err := stream.GetLastMsgForSubject(t.Context(), "mujaz.results.live.desk."+job.Key())
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"Mujaz-Schema": "1", "Mujaz-Digest": job.Digest(), "Mujaz-Revision": "1", "Mujaz-Status": "ok"} {
		if got := msg.Header.Get(name); got != want {
			t.Errorf("header %s is %q, want %q", name, got, want)
		}
	}

	other := job
	other.Article.Text = "خبر آخر"
	settled(other, true, queue.ErrConflict)
	if _, err := conn.PublishResult(t.Context(), d.Delivery, other, nil, queue.Result{Status: queue.StatusOK}); !errors.Is(err, queue.ErrConflict) {
		t.Errorf("other content under the id: %v", err)
	}
	other.Revision = 3
	settled(other, false, nil)
	if got, err := conn.PublishResult(t.Context(), d.Delivery, other, resultOf(t, other, queue.StatusOK), queue.Result{Status: queue.StatusOK}); err != nil || got.Duplicate {
		t.Errorf("a higher revision: %+v, %v", got, err)
	}
	settled(job, true, nil)
	if _, err := conn.PublishResult(t.Context(), d.Delivery, job, nil, queue.Result{Status: queue.StatusOK}); !errors.Is(err, queue.ErrResultExists) {
		t.Errorf("a lower revision: %v", err)
	}
	d.finish(t)
}

func TestPublishFirstRevisionAboveOne(t *testing.T) {
	t.Parallel()
	server := queuetest.Start(t)
	conn := server.Connect(t)
	job := article("desk-1")
	job.Revision = 5
	submit(t, conn, job, queue.Route{})
	w := consume(t, conn, queue.ConsumerConfig{Slots: 1})
	d := w.next(t)
	if got := publish(t, conn, d, queue.StatusSkipped); got.Duplicate {
		t.Errorf("%+v", got)
	}
	if got := publish(t, conn, d, queue.StatusSkipped); !got.Duplicate {
		t.Errorf("again: %+v", got)
	}
	d.finish(t)
}

func TestResultsStreamFull(t *testing.T) {
	t.Parallel()
	server := queuetest.StartWith(t, queuetest.Options{Topology: queue.Topology{ResultsBytes: 2000}})
	conn, js := server.Connect(t), admin(t, server)
	w := consume(t, conn, queue.ConsumerConfig{Slots: 1})
	var err error
	var stored uint64
	for i := 0; err == nil && i < 100; i++ {
		submit(t, conn, article(fmt.Sprint(i)), queue.Route{})
		d := w.next(t)
		job := decode(t, d)
		if _, err = conn.PublishResult(t.Context(), d.Delivery, job, resultOf(t, job, queue.StatusOK), queue.Result{Status: queue.StatusOK}); err == nil {
			stored++
		}
		d.finish(t)
	}
	if !errors.Is(err, queue.ErrQueueFull) || hint(err) == "" {
		t.Errorf("got %v, hint %q", err, hint(err))
	}
	if state := streamInfo(t, js, "MUJAZ_RESULTS").State; state.Msgs != stored || state.FirstSeq != 1 {
		t.Errorf("%d results from %d on, want %d", state.Msgs, state.FirstSeq, stored)
	}
}

func TestReply(t *testing.T) {
	t.Parallel()
	server := queuetest.Start(t)
	conn, js := server.Connect(t), admin(t, server)
	sub, err := js.Conn().SubscribeSync("_INBOX.desk.1")
	if err != nil {
		t.Fatal(err)
	}
	if err := js.Conn().Flush(); err != nil {
		t.Fatal(err)
	}
	if err := conn.Reply("_INBOX.desk.1", []byte("{}")); err != nil {
		t.Fatal(err)
	}
	if msg, err := sub.NextMsgWithContext(t.Context()); err != nil || string(msg.Data) != "{}" {
		t.Errorf("%v, %v", msg, err)
	}
}

func TestLedger(t *testing.T) {
	t.Parallel()
	server := queuetest.Start(t)
	conn, js := server.Connect(t), admin(t, server)
	ledger := conn.Ledger()
	if _, err := ledger.Answer(t.Context(), "k1"); !errors.Is(err, queue.ErrNotFound) {
		t.Errorf("no answer: %v", err)
	}
	for _, answer := range []string{"one", "two"} {
		if err := ledger.PutAnswer(t.Context(), "k1", []byte(answer)); err != nil {
			t.Fatal(err)
		}
		if got, err := ledger.Answer(t.Context(), "k1"); err != nil || string(got) != answer {
			t.Errorf("answer %q, %v", got, err)
		}
	}
	kv, err := js.KeyValue(t.Context(), "MUJAZ_LEDGER")
	if err != nil {
		t.Fatal(err)
	}
	if err := kv.Delete(t.Context(), "call.k1"); err != nil {
		t.Fatal(err)
	}
	if _, err := ledger.Answer(t.Context(), "k1"); !errors.Is(err, queue.ErrNotFound) {
		t.Errorf("a deleted answer: %v", err)
	}

	submit(t, conn, article("a"), queue.Route{})
	w := consume(t, conn, queue.ConsumerConfig{Slots: 1})
	d := w.next(t)
	check := func(want queue.Attempts) {
		t.Helper()
		if got, err := ledger.Attempts(t.Context(), d.Delivery); err != nil || got != want {
			t.Errorf("attempts %+v, %v; want %+v", got, err, want)
		}
	}
	check(queue.Attempts{})
	want := queue.Attempts{Failed: 2, Started: 4, Concluded: 1, FirstError: "reset", LastError: "timeout"}
	if err := ledger.PutAttempts(t.Context(), d.Delivery, want); err != nil {
		t.Fatal(err)
	}
	check(want)
	if want.Crashes() != 3 || (queue.Attempts{Concluded: 1}).Crashes() != 0 {
		t.Errorf("%d crashes", want.Crashes())
	}
	for range 2 {
		if err := ledger.DropAttempts(t.Context(), d.Delivery); err != nil {
			t.Fatal(err)
		}
	}
	check(queue.Attempts{})

	// Of a delivery that outlived its lease, whose start may not be recorded.
	for _, step := range []struct{ put, want queue.Attempts }{
		{want: queue.Attempts{Started: 1, Concluded: 1}},
		{queue.Attempts{Started: 3, Concluded: 1, Failed: 1}, queue.Attempts{Started: 3, Concluded: 2, Failed: 1}},
	} {
		if step.put != (queue.Attempts{}) {
			if err := ledger.PutAttempts(t.Context(), d.Delivery, step.put); err != nil {
				t.Fatal(err)
			}
		}
		if err := ledger.Conclude(t.Context(), d.Delivery); err != nil {
			t.Fatal(err)
		}
		check(step.want)
	}
	d.finish(t)

	empty := queuetest.Start(t)
	bare := empty.Dial(t, queue.ConnConfig{}).Ledger()
	if err := bare.PutAnswer(t.Context(), "k", nil); !errors.Is(err, queue.ErrNoTopology) {
		t.Errorf("without a topology: %v", err)
	}
}

// TestLedgerMarkersExpire: the markers of dropped attempts have a TTL of their
// own, or every job would leave one for the ledger's.
func TestLedgerMarkersExpire(t *testing.T) {
	t.Parallel()
	server := queuetest.Start(t)
	conn, js := server.Connect(t), admin(t, server)
	submit(t, conn, article("a"), queue.Route{})
	w := consume(t, conn, queue.ConsumerConfig{Slots: 1})
	d := w.next(t)
	if err := conn.Ledger().PutAttempts(t.Context(), d.Delivery, queue.Attempts{Started: 1}); err != nil {
		t.Fatal(err)
	}
	if err := conn.Ledger().DropAttempts(t.Context(), d.Delivery); err != nil {
		t.Fatal(err)
	}
	d.finish(t)
	stream, err := js.Stream(t.Context(), "KV_MUJAZ_LEDGER")
	if err != nil {
		t.Fatal(err)
	}
	last, err := stream.GetMsg(t.Context(), stream.CachedInfo().State.LastSeq)
	if err != nil {
		t.Fatal(err)
	}
	if last.Header.Get(jetstream.MsgTTLHeader) == "" || stream.CachedInfo().State.Msgs != 1 {
		t.Errorf("%d entries, marker %v", stream.CachedInfo().State.Msgs, last.Header)
	}
}
