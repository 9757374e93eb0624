package queue_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/mujaz/mujaz/queue"
	"github.com/mujaz/mujaz/queue/queuetest"
)

const traceParent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"

func hint(err error) string {
	var hinter interface{ Hint() string }
	if errors.As(err, &hinter) {
		return hinter.Hint()
	}
	return ""
}

func TestSubmit(t *testing.T) {
	t.Parallel()
	server := queuetest.Start(t)
	conn, js := server.Connect(t), admin(t, server)
	job := article("desk-1")
	got := submit(t, conn, job, queue.Route{Source: "desk", Trace: queue.Trace{Parent: traceParent, State: "a=b"}})
	want := queue.Submitted{
		ID: "desk-1", Key: job.Key(), Revision: 1, Sequence: 1,
		Subject: "mujaz.jobs.live.desk." + job.Key(), Result: "mujaz.results.live.desk." + job.Key(),
	}
	if got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	stream, err := js.Stream(t.Context(), "MUJAZ_JOBS")
	if err != nil {
		t.Fatal(err)
	}
	msg, err := stream.GetMsg(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"Nats-Msg-Id": "desk-1", "Mujaz-Schema": "1", "Mujaz-Digest": job.WithDefaults().Digest(), "traceparent": traceParent, "tracestate": "a=b",
	} {
		if got := msg.Header.Get(name); got != want {
			t.Errorf("header %s is %q, want %q", name, got, want)
		}
	}
	if decoded, err := queue.DecodeJob(msg.Data); err != nil || decoded.Article.Text != articleText {
		t.Errorf("the stored job: %+v, %v", decoded, err)
	}
}

func TestSubmitDedupes(t *testing.T) {
	t.Parallel()
	server := queuetest.Start(t)
	conn := server.Connect(t)
	first := submit(t, conn, article(""), queue.Route{})
	if again := submit(t, conn, article(""), queue.Route{}); !again.Duplicate || again.Sequence != first.Sequence || again.ID != first.ID {
		t.Errorf("the same job again: %+v, first %+v", again, first)
	}
	other := article("")
	other.Options.Style = queue.StyleBrief
	if got := submit(t, conn, other, queue.Route{}); got.Duplicate || got.ID == first.ID {
		t.Errorf("other work under a derived id: %+v", got)
	}
}

func TestSubmitConflict(t *testing.T) {
	t.Parallel()
	server := queuetest.Start(t)
	conn := server.Connect(t)
	producer := queue.NewProducer(conn)
	job, other := article("desk-1"), article("desk-1")
	other.Article.Text += " وأضاف البيان تفاصيل."
	submit(t, conn, job, queue.Route{})
	if _, err := producer.Submit(t.Context(), other, queue.Route{}); !errors.Is(err, queue.ErrConflict) {
		t.Errorf("while the first is queued: %v", err)
	}
	// A lane is a stream of its own, with results of its own.
	if got := submit(t, conn, other, queue.Route{Lane: queue.LaneBackfill}); got.Duplicate {
		t.Errorf("in another lane: %+v", got)
	}
	w := consume(t, conn, queue.ConsumerConfig{Slots: 1})
	d := w.next(t)
	publish(t, conn, d, queue.StatusOK)
	d.finish(t)
	if _, err := producer.Submit(t.Context(), other, queue.Route{}); !errors.Is(err, queue.ErrConflict) {
		t.Errorf("after its result is stored: %v", err)
	}
	if got := submit(t, conn, job, queue.Route{}); !got.Duplicate {
		t.Errorf("the same content: %+v", got)
	}
	other.Revision = 2
	if got := submit(t, conn, other, queue.Route{}); got.Duplicate || got.Revision != 2 {
		t.Errorf("a higher revision: %+v", got)
	}
}

func TestSubmitRefusesAtOnce(t *testing.T) {
	t.Parallel()
	server := queuetest.Start(t)
	conn, js := server.Connect(t), admin(t, server)
	producer := queue.NewProducer(conn)
	big := article("big")
	big.Article.Text = strings.Repeat("x", queue.MaxArticleBytes+1)
	latin := article("latin")
	latin.Article.Title = "caf\xe9"
	var invalid *queue.ValidationError
	for name, tc := range map[string]struct {
		job   queue.Job
		route queue.Route
		ok    func(error) bool
	}{
		"invalid job":    {queue.Job{}, queue.Route{}, func(err error) bool { return errors.As(err, &invalid) }},
		"not UTF-8":      {latin, queue.Route{}, func(err error) bool { return errors.As(err, &invalid) }},
		"unknown lane":   {article("a"), queue.Route{Lane: "express"}, func(err error) bool { return errors.As(err, &invalid) }},
		"wildcard lane":  {article("a"), queue.Route{Lane: "*"}, func(err error) bool { return errors.As(err, &invalid) }},
		"unknown source": {article("a"), queue.Route{Source: "a.b"}, func(err error) bool { return errors.As(err, &invalid) }},
		"too large":      {big, queue.Route{}, func(err error) bool { return errors.Is(err, queue.ErrTooLarge) }},
	} {
		if _, err := producer.Submit(t.Context(), tc.job, tc.route); !tc.ok(err) {
			t.Errorf("%s: Submit: %v", name, err)
		}
		if _, err := producer.SubmitAsync(t.Context(), tc.job, tc.route); !tc.ok(err) {
			t.Errorf("%s: SubmitAsync: %v", name, err)
		}
	}
	// A plain client is refused by the server: no stream listens to that lane.
	if _, err := js.Publish(t.Context(), "mujaz.jobs.express.a.b", nil, jetstream.WithRetryAttempts(0)); !errors.Is(err, jetstream.ErrNoStreamResponse) {
		t.Errorf("a plain client into an unknown lane: %v", err)
	}
	if msgs := streamInfo(t, js, "MUJAZ_JOBS").State.Msgs; msgs != 0 {
		t.Errorf("%d jobs were queued", msgs)
	}
}

func TestSubmitWithoutTopology(t *testing.T) {
	t.Parallel()
	server := queuetest.Start(t)
	conn := server.Dial(t, queue.ConnConfig{})
	if err := conn.Check(t.Context()); !errors.Is(err, queue.ErrNoTopology) {
		t.Errorf("Check: %v", err)
	}
	producer := queue.NewProducer(conn)
	_, err := producer.Submit(t.Context(), article("a"), queue.Route{})
	if !errors.Is(err, queue.ErrNoTopology) || !strings.Contains(hint(err), "mujaz worker") {
		t.Errorf("Submit: %v, hint %q", err, hint(err))
	}
	pending, err := producer.SubmitAsync(t.Context(), article("a"), queue.Route{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := pending.Wait(t.Context()); !errors.Is(err, queue.ErrNoTopology) {
		t.Errorf("Wait: %v", err)
	}
	large := article("b")
	large.Article.Text = strings.Repeat("خبر ", queue.InlineLimit/4)
	if _, err := producer.Submit(t.Context(), large, queue.Route{}); !errors.Is(err, queue.ErrNoTopology) {
		t.Errorf("a claim check: %v", err)
	}
}

func TestQueueFull(t *testing.T) {
	t.Parallel()
	server := queuetest.StartWith(t, queuetest.Options{Topology: queue.Topology{JobsMsgs: 3}})
	conn, js := server.Connect(t), admin(t, server)
	producer := queue.NewProducer(conn)
	for i := range 3 {
		submit(t, conn, article(fmt.Sprint(i)), queue.Route{})
	}
	_, err := producer.Submit(t.Context(), article("3"), queue.Route{})
	if !errors.Is(err, queue.ErrQueueFull) || hint(err) == "" {
		t.Errorf("Submit into a full queue: %v, hint %q", err, hint(err))
	}
	pending, err := producer.SubmitAsync(t.Context(), article("3"), queue.Route{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := pending.Wait(t.Context()); !errors.Is(err, queue.ErrQueueFull) {
		t.Errorf("Wait on a full queue: %v", err)
	}
	if state := streamInfo(t, js, "MUJAZ_JOBS").State; state.Msgs != 3 || state.FirstSeq != 1 {
		t.Errorf("the full queue holds %d jobs from %d on", state.Msgs, state.FirstSeq)
	}
	w := consume(t, conn, queue.ConsumerConfig{Slots: 1})
	w.next(t).finish(t)
	// What was refused was not remembered as sent.
	if got := submit(t, conn, article("3"), queue.Route{}); got.Duplicate {
		t.Errorf("after there is room: %+v", got)
	}
}

func TestSubmitAsyncVolume(t *testing.T) {
	t.Parallel()
	const jobs = 10_000
	server := queuetest.Start(t)
	conn, js := server.Connect(t), admin(t, server)
	submitMany(t, conn, jobs)
	submitMany(t, conn, jobs) // each again: dedupe
	if msgs := streamInfo(t, js, "MUJAZ_JOBS").State.Msgs; msgs != jobs {
		t.Errorf("%d jobs are stored, want %d", msgs, jobs)
	}
}

func TestSubmitOverARestart(t *testing.T) {
	t.Parallel()
	server := queuetest.Start(t)
	conn, js := server.Connect(t), admin(t, server)
	producer := queue.NewProducer(conn)
	server.Stop(t)
	queuetest.Eventually(t, "the client has noticed", func() bool { return !conn.Connected() })

	short, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	if _, err := producer.Submit(short, article("lost"), queue.Route{}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("while the server is away: %v", err)
	}
	pending, err := producer.SubmitAsync(t.Context(), article("async"), queue.Route{})
	if err != nil {
		t.Fatalf("SubmitAsync while the server is away: %v", err)
	}
	done := make(chan error, 2)
	go func() {
		_, err := producer.Submit(t.Context(), article("sync"), queue.Route{})
		done <- err
	}()
	go func() {
		_, err := pending.Wait(t.Context())
		done <- err
	}()
	server.Resume(t)
	for range 2 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	queuetest.Eventually(t, "the admin is back", func() bool { return js.Conn().IsConnected() })
	if msgs := streamInfo(t, js, "MUJAZ_JOBS").State.Msgs; msgs != 2 {
		t.Errorf("%d jobs are stored, want 2", msgs)
	}
}

func TestClaimCheck(t *testing.T) {
	t.Parallel()
	server := queuetest.Start(t)
	conn, js := server.Connect(t), admin(t, server)
	w := consume(t, conn, queue.ConsumerConfig{Slots: 1})
	store, err := js.ObjectStore(t.Context(), "MUJAZ_BODIES")
	if err != nil {
		t.Fatal(err)
	}
	for _, field := range []string{"text", "html"} {
		body := strings.Repeat("<p>فقرة طويلة من تقرير مطول.</p>", 60_000) // 3 MB
		job := queue.Job{ID: "long-" + field}
		if field == "html" {
			job.Article.HTML = body
		} else {
			job.Article.Text = body
		}
		digest := job.Digest()
		if got := submit(t, conn, job, queue.Route{}); !got.ClaimCheck {
			t.Fatalf("%s: no claim check: %+v", field, got)
		}
		d := w.next(t)
		taken, err := queue.DecodeJob(d.Payload)
		if err != nil {
			t.Fatal(err)
		}
		if taken.Digest() != digest || taken.Article.Object == nil {
			t.Errorf("%s: digest %s, object %v", field, taken.Digest(), taken.Article.Object)
		}
		full, err := conn.Body(t.Context(), taken.Article, queue.MaxArticleBytes)
		if err != nil {
			t.Fatal(err)
		}
		if full.Text != job.Article.Text || full.HTML != job.Article.HTML || full.Object != nil {
			t.Errorf("%s: the body came back changed", field)
		}
		if _, err := conn.Body(t.Context(), taken.Article, int64(len(body)-1)); !errors.Is(err, queue.ErrTooLarge) {
			t.Errorf("%s: beyond the worker's limit: %v", field, err)
		}
		lied := *taken.Article.Object
		lied.Size--
		if _, err := conn.Body(t.Context(), queue.Article{Object: &lied}, queue.MaxArticleBytes); !errors.Is(err, queue.ErrBodyCorrupt) {
			t.Errorf("%s: a body longer than stated: %v", field, err)
		}
		if _, err := store.PutString(t.Context(), taken.Article.Object.Name, strings.Repeat("x", len(body))); err != nil {
			t.Fatal(err)
		}
		if _, err := conn.Body(t.Context(), taken.Article, queue.MaxArticleBytes); !errors.Is(err, queue.ErrBodyCorrupt) {
			t.Errorf("%s: another body: %v", field, err)
		}
		for range 2 {
			if err := conn.DeleteBody(t.Context(), taken.Article.Object); err != nil {
				t.Errorf("%s: delete: %v", field, err)
			}
		}
		if _, err := conn.Body(t.Context(), taken.Article, queue.MaxArticleBytes); !errors.Is(err, queue.ErrBodyMissing) {
			t.Errorf("%s: after it was deleted: %v", field, err)
		}
		d.finish(t)
	}
	if inline, err := conn.Body(t.Context(), queue.Article{Text: "خبر"}, 1); err != nil || inline.Text != "خبر" {
		t.Errorf("an inline article: %+v, %v", inline, err)
	}
	if err := conn.DeleteBody(t.Context(), nil); err != nil {
		t.Error(err)
	}
}

// TestTrace: the trace context goes from producer to result; one that is
// malformed goes nowhere.
func TestTrace(t *testing.T) {
	t.Parallel()
	server := queuetest.Start(t)
	conn, js := server.Connect(t), admin(t, server)
	w := consume(t, conn, queue.ConsumerConfig{Slots: 1})
	for i, parent := range []string{traceParent, strings.ToUpper(traceParent), traceParent[:54], traceParent + "\r\nNats-Msg-Id:x", ""} {
		var want queue.Trace
		if i == 0 {
			want = queue.Trace{Parent: traceParent, State: "a=b"}
		}
		msg := nats.NewMsg("mujaz.jobs.live.desk.k")
		msg.Header.Set("traceparent", parent)
		msg.Header.Set("tracestate", "a=b")
		msg.Data = fmt.Appendf(nil, `{"id":"t%d","article":{"text":"خبر"}}`, i)
		if _, err := js.PublishMsg(t.Context(), msg); err != nil {
			t.Fatal(err)
		}
		d := w.next(t)
		if got := d.Trace(); got != want {
			t.Errorf("%q: delivery has %+v, want %+v", parent, got, want)
		}
		publish(t, conn, d, queue.StatusOK)
		if err := conn.Results(t.Context(), queue.ResultFilter{JobID: decode(t, d).ID}, func(r queue.StoredResult) error {
			if r.Trace != want {
				t.Errorf("%q: result has %+v, want %+v", parent, r.Trace, want)
			}
			return nil
		}); err != nil {
			t.Error(err)
		}
		d.finish(t)
	}
}
