package queue_test

import (
	"bytes"
	"errors"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/nats-io/nats.go"

	"github.com/mujaz/mujaz/queue"
	"github.com/mujaz/mujaz/queue/queuetest"
)

func deadLetters(t testing.TB, conn *queue.Conn, f queue.DeadFilter) []queue.DeadLetter {
	t.Helper()
	var letters []queue.DeadLetter
	if err := conn.DeadLetters(t.Context(), f, func(l queue.DeadLetter) error {
		letters = append(letters, l)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return letters
}

func oneLetter(t testing.TB, conn *queue.Conn, f queue.DeadFilter) queue.DeadLetter {
	t.Helper()
	letters := deadLetters(t, conn, f)
	if len(letters) != 1 {
		t.Fatalf("%d dead letters, want 1", len(letters))
	}
	return letters[0]
}

// bury stores a dead letter of a delivery and acks it.
func bury(t testing.TB, conn *queue.Conn, d inHand, letter queue.DeadLetter) {
	t.Helper()
	if err := conn.PublishDead(t.Context(), d.Delivery, letter); err != nil {
		t.Fatal(err)
	}
	d.finish(t)
}

func TestPublishDead(t *testing.T) {
	t.Parallel()
	server := queuetest.Start(t)
	conn, js := server.Connect(t), admin(t, server)
	w := consume(t, conn, queue.ConsumerConfig{Slots: 1})
	msg := nats.NewMsg("mujaz.jobs.live.desk." + queue.Key("caf\xe9"))
	msg.Header.Set("traceparent", traceParent)
	msg.Header.Set("Nats-Msg-Id", "caf\xe9") // another client's, in its encoding
	msg.Data = []byte("{\"id\":\"\xff\x00 not a job")
	if _, err := js.PublishMsg(t.Context(), msg); err != nil {
		t.Fatal(err)
	}
	d := w.next(t)
	died := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	letter := queue.DeadLetter{
		Cause: queue.CauseUndecodable, Stage: "decode", Key: queue.Key("k"), JobID: strings.Repeat("i", 1<<20), Attempts: 2, Worker: "w1", Time: died,
		FirstError: strings.Repeat("خطأ\n", 10_000), LastError: "bad \xff byte",
	}
	for range 2 { // the worker died between the dead letter and the ack
		if err := conn.PublishDead(t.Context(), d.Delivery, letter); err != nil {
			t.Fatal(err)
		}
	}
	d.finish(t)
	got := oneLetter(t, conn, queue.DeadFilter{})
	if !bytes.Equal(got.Payload, msg.Data) {
		t.Errorf("payload %q, want %q", got.Payload, msg.Data)
	}
	if n := len([]rune(got.FirstError)); n > 401 {
		t.Errorf("the first error has %d characters", n)
	}
	if len(got.JobID) > 300 {
		t.Errorf("the job id has %d bytes", len(got.JobID))
	}
	got.FirstError, got.JobID, got.Payload = "", "", nil
	want := queue.DeadLetter{
		SchemaVersion: 1, Cause: queue.CauseUndecodable, Stage: "decode", Advice: queue.CauseUndecodable.Advice(),
		Key: got.Key, Lane: queue.LaneLive, Source: "desk", Attempts: 2, LastError: "bad \uFFFD byte", Worker: "w1", Time: died,
		QueuedAt: d.QueuedAt.UTC(), Subject: msg.Subject, MsgID: "caf\uFFFD", Sequence: 1, Trace: queue.Trace{Parent: traceParent},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestDeadLetterOfAnUnreadJob: a job whose id could not be read is found by the
// key of its message id, or of its subject where that is in an odd shape, or
// stands for itself.
func TestDeadLetterOfAnUnreadJob(t *testing.T) {
	t.Parallel()
	server := queuetest.Start(t)
	conn, js := server.Connect(t), admin(t, server)
	w := consume(t, conn, queue.ConsumerConfig{Slots: 1})
	for i, tc := range []struct{ tail, msgID, wantID, wantKey, wantTail string }{
		{queue.Key("desk-1"), "desk-1", "desk-1", queue.Key("desk-1"), queue.Key("desk-1")},
		{queue.Key("desk-1"), "desk-1@2", "", queue.Key("desk-1"), queue.Key("desk-1")},
		{"other", "desk-2", "desk-2", queue.Key("desk-2"), queue.Key("desk-2")},
		{"خبر", "desk-3", "desk-3", queue.Key("desk-3"), queue.Key("desk-3")},
		{queue.Key("desk-4"), "", "", queue.Key("mujaz.jobs.live.desk#5"), ""},
		{"odd.shape", "desk-5", "", "shape", "odd.shape"},
		{"odd.خبر", "desk-6", "", queue.Key("mujaz.jobs.live.desk.odd.خبر#7"), "odd.خبر"},
	} {
		msg := nats.NewMsg("mujaz.jobs.live.desk." + tc.tail)
		if tc.msgID != "" {
			msg.Header.Set("Nats-Msg-Id", tc.msgID)
		}
		if _, err := js.PublishMsg(t.Context(), msg); err != nil {
			t.Fatal(err)
		}
		bury(t, conn, w.next(t), queue.DeadLetter{Cause: queue.CauseUndecodable})
		letter := oneLetter(t, conn, queue.DeadFilter{Sequence: uint64(i + 1)})
		if letter.JobID != tc.wantID || letter.Key != tc.wantKey || letter.Subject != strings.TrimSuffix("mujaz.jobs.live.desk."+tc.wantTail, ".") {
			t.Errorf("%s, %q: id %q, key %q, subject %s; want %q, %q, %q", tc.tail, tc.msgID, letter.JobID, letter.Key, letter.Subject, tc.wantID, tc.wantKey, tc.wantTail)
		}
	}
}

// TestPublishDeadAfterRestart: the worker that repeats itself does so after
// its server came back, too.
func TestPublishDeadAfterRestart(t *testing.T) {
	t.Parallel()
	server := queuetest.Start(t)
	conn := server.Connect(t)
	submit(t, conn, article("a"), queue.Route{})
	w := consume(t, conn, queue.ConsumerConfig{Slots: 1})
	d := w.next(t)
	letter := queue.DeadLetter{Cause: queue.CauseRefused, JobID: "a", Key: queue.Key("a"), Time: time.Now()}
	if err := conn.PublishDead(t.Context(), d.Delivery, letter); err != nil {
		t.Fatal(err)
	}
	server.Restart(t)
	queuetest.Eventually(t, "the client is back", conn.Connected)
	bury(t, conn, d, letter)
	oneLetter(t, conn, queue.DeadFilter{})
}

func TestDeadLetterFilters(t *testing.T) {
	t.Parallel()
	server := queuetest.Start(t)
	conn := server.Connect(t)
	w := consume(t, conn, queue.ConsumerConfig{Slots: 1})
	start := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	for i, c := range []struct {
		id, source string
		cause      queue.Cause
	}{{"a", "desk", queue.CauseRefused}, {"b", "wire", queue.CauseRefused}, {"c", "desk", queue.CauseExpired}, {"a@", "wire", queue.CauseExpired}} {
		submit(t, conn, article(c.id), queue.Route{Source: c.source})
		bury(t, conn, w.next(t), queue.DeadLetter{
			Cause: c.cause, JobID: c.id, Key: queue.Key(c.id), Time: start.Add(time.Duration(i) * time.Hour),
		})
	}
	for name, tc := range map[string]struct {
		filter queue.DeadFilter
		want   string
	}{
		"all":            {queue.DeadFilter{}, "a b c a@"},
		"cause":          {queue.DeadFilter{Cause: queue.CauseRefused}, "a b"},
		"unknown cause":  {queue.DeadFilter{Cause: "boredom"}, ""},
		"job":            {queue.DeadFilter{JobID: "a"}, "a"},
		"job and cause":  {queue.DeadFilter{JobID: "a", Cause: queue.CauseExpired}, ""},
		"source":         {queue.DeadFilter{Source: "desk"}, "a c"},
		"sequence":       {queue.DeadFilter{Sequence: 2}, "b"},
		"no sequence":    {queue.DeadFilter{Sequence: 99}, ""},
		"since":          {queue.DeadFilter{Since: start.Add(2 * time.Hour)}, "c a@"},
		"until":          {queue.DeadFilter{Until: start.Add(time.Hour)}, "a b"},
		"all at once":    {queue.DeadFilter{Cause: queue.CauseExpired, Source: "wire", Since: start, Until: start.Add(9 * time.Hour)}, "a@"},
		"only the facts": {queue.DeadFilter{Facts: true}, "a b c a@"},
	} {
		var ids []string
		for _, l := range deadLetters(t, conn, tc.filter) {
			ids = append(ids, l.JobID)
			if (len(l.Payload) == 0) != tc.filter.Facts {
				t.Errorf("%s: payload of %d bytes", name, len(l.Payload))
			}
		}
		if got := strings.Join(ids, " "); got != tc.want {
			t.Errorf("%s: got %q, want %q", name, got, tc.want)
		}
	}
	stop := errors.New("enough")
	if err := conn.DeadLetters(t.Context(), queue.DeadFilter{}, func(queue.DeadLetter) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("the callback's error: %v", err)
	}
}

// TestDeadLettersRemovedMeanwhile: a list ends although another operator
// removes what was to come.
func TestDeadLettersRemovedMeanwhile(t *testing.T) {
	t.Parallel()
	server := queuetest.Start(t)
	conn, js := server.Connect(t), admin(t, server)
	w := consume(t, conn, queue.ConsumerConfig{Slots: 1})
	// More than one batch of an ordered consumer.
	for range 600 {
		if _, err := js.Publish(t.Context(), "mujaz.jobs.live.desk.k", nil); err != nil {
			t.Fatal(err)
		}
		bury(t, conn, w.next(t), queue.DeadLetter{Cause: queue.CauseUndecodable})
	}
	dead, err := js.Stream(t.Context(), "MUJAZ_DEAD")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	if err := conn.DeadLetters(t.Context(), queue.DeadFilter{}, func(queue.DeadLetter) error {
		if n++; n == 1 {
			return dead.Purge(t.Context())
		}
		return nil
	}); err != nil {
		t.Error(err)
	}
	if n == 0 || n > 600 {
		t.Errorf("%d letters", n)
	}
}

func TestRedrive(t *testing.T) {
	t.Parallel()
	server := queuetest.Start(t)
	conn, js := server.Connect(t), admin(t, server)
	w := consume(t, conn, queue.ConsumerConfig{Slots: 1})
	submit(t, conn, article("a"), queue.Route{Lane: queue.LaneBackfill, Source: "archive", Trace: queue.Trace{Parent: traceParent}})
	d := w.next(t)
	payload := d.Payload
	for round := range 3 {
		bury(t, conn, d, queue.DeadLetter{Cause: queue.CauseRefused, JobID: "a", Key: queue.Key("a"), Time: time.Now()})
		letter := oneLetter(t, conn, queue.DeadFilter{JobID: "a"})
		if letter.Redrives != round {
			t.Errorf("round %d: %d redrives", round, letter.Redrives)
		}
		got, err := conn.Redrive(t.Context(), letter)
		if err != nil {
			t.Fatal(err)
		}
		if want := "mujaz.results.backfill.archive." + queue.Key("a"); got.Result != want || got.Duplicate {
			t.Errorf("round %d: %+v, want the result on %s", round, got, want)
		}
		if _, err := conn.Redrive(t.Context(), letter); !errors.Is(err, queue.ErrNotFound) {
			t.Errorf("round %d: the second time: %v", round, err)
		}
		if left := deadLetters(t, conn, queue.DeadFilter{}); len(left) != 0 {
			t.Errorf("round %d: %d letters are left", round, len(left))
		}
		d = w.next(t)
		if d.Redrives != round+1 || d.Delivered != 1 || d.Lane != queue.LaneBackfill || d.Source != "archive" || !bytes.Equal(d.Payload, payload) ||
			d.Trace().Parent != traceParent || d.Header("Mujaz-Redrive-Of") == "" || d.Header("Mujaz-Digest") != decode(t, d).Digest() {
			t.Errorf("round %d: got %+v", round, d.Delivery)
		}
	}
	d.finish(t)
	if msgs := streamInfo(t, js, "MUJAZ_JOBS").State.Msgs; msgs != 0 {
		t.Errorf("%d jobs are queued, want none", msgs)
	}
}

// TestDeadPayloadTooLargeForItsFacts: a payload just below the server's limit
// has no room for the facts beside it.
func TestDeadPayloadTooLargeForItsFacts(t *testing.T) {
	t.Parallel()
	server := queuetest.Start(t)
	conn, js := server.Connect(t), admin(t, server)
	w := consume(t, conn, queue.ConsumerConfig{Slots: 1})
	payload := bytes.Repeat([]byte("خبر "), int(conn.MaxPayload()-1024)/7)
	if _, err := js.Publish(t.Context(), "mujaz.jobs.live.desk.k", payload); err != nil {
		t.Fatal(err)
	}
	bury(t, conn, w.next(t), queue.DeadLetter{Cause: queue.CauseUndecodable, Time: time.Now()})
	letter := oneLetter(t, conn, queue.DeadFilter{})
	if !bytes.Equal(letter.Payload, payload) || letter.PayloadObject == "" {
		t.Fatalf("payload of %d bytes, object %q; want %d bytes", len(letter.Payload), letter.PayloadObject, len(payload))
	}
	if _, err := conn.Redrive(t.Context(), letter); err != nil {
		t.Fatal(err)
	}
	d := w.next(t)
	if !bytes.Equal(d.Payload, payload) {
		t.Error("the redriven payload differs")
	}
	bury(t, conn, d, queue.DeadLetter{Cause: queue.CauseUndecodable, Time: time.Now()})
	if err := conn.PurgeDead(t.Context(), oneLetter(t, conn, queue.DeadFilter{})); err != nil {
		t.Fatal(err)
	}
	store, err := js.ObjectStore(t.Context(), "MUJAZ_BODIES")
	if err != nil {
		t.Fatal(err)
	}
	if objects, err := store.List(t.Context()); err == nil && len(objects) != 0 {
		t.Errorf("%d objects are left", len(objects))
	}
}

func TestPurgeDeadTakesTheBody(t *testing.T) {
	t.Parallel()
	server := queuetest.Start(t)
	conn := server.Connect(t)
	w := consume(t, conn, queue.ConsumerConfig{Slots: 1})
	job := queue.Job{ID: "long", Article: queue.Article{Text: strings.Repeat("خبر ", queue.InlineLimit/4)}}
	submit(t, conn, job, queue.Route{})
	d := w.next(t)
	taken := decode(t, d)
	bury(t, conn, d, queue.DeadLetter{Cause: queue.CauseRefused, JobID: "long", Key: queue.Key("long")})
	letter := oneLetter(t, conn, queue.DeadFilter{})
	if _, err := conn.Body(t.Context(), taken.Article, queue.MaxArticleBytes); err != nil {
		t.Errorf("while the letter is there: %v", err)
	}
	for range 2 {
		if err := conn.PurgeDead(t.Context(), letter); err != nil {
			t.Fatal(err)
		}
	}
	if left := deadLetters(t, conn, queue.DeadFilter{}); len(left) != 0 {
		t.Errorf("%d letters are left", len(left))
	}
	if _, err := conn.Body(t.Context(), taken.Article, queue.MaxArticleBytes); !errors.Is(err, queue.ErrBodyMissing) {
		t.Errorf("the body: %v", err)
	}
}

// TestDeadLetterAtTheLimit: payload and facts share one message up to the last
// byte of the server's limit, whatever a producer has put into its subject and
// headers; beyond it the payload goes into the object store. A letter that could
// not be stored would leave a job without an end.
func TestDeadLetterAtTheLimit(t *testing.T) {
	t.Parallel()
	server := queuetest.Start(t)
	conn, js := server.Connect(t), admin(t, server)
	w := consume(t, conn, queue.ConsumerConfig{Slots: 1})
	const rooms = 20_000 // more than the longest facts have
	for _, room := range []int{rooms, 16_000, 12_000, 10_000, 9_000, 8_300} {
		// A subject of another shape than a job has is kept as it is.
		msg := nats.NewMsg("mujaz.jobs.live.desk.odd." + strings.Repeat("s", 3900))
		msg.Header.Set(queue.HeaderRedrives, "1")
		msg.Header.Set("Nats-Msg-Id", strings.Repeat("\x01", 240)+strconv.Itoa(room)) // six bytes each in JSON
		msg.Header.Set("Mujaz-History", `[`+strings.TrimSuffix(strings.Repeat(`{"cause":"`+strings.Repeat("\x7f", 100)+`","last_error":"`+strings.Repeat("خ", 100)+`"},`, 5), ",")+`]`)
		msg.Data = bytes.Repeat([]byte("x"), int(conn.MaxPayload())-room)
		if _, err := js.PublishMsg(t.Context(), msg); err != nil {
			t.Fatal(err)
		}
		d := w.next(t)
		letter := queue.DeadLetter{Cause: queue.CauseUndecodable, FirstError: strings.Repeat("\x01", 400), LastError: strings.Repeat("\x01", 400)}
		if err := conn.PublishDead(t.Context(), d.Delivery, letter); err != nil {
			t.Fatalf("with %d bytes of room: %v", room, err)
		}
		d.finish(t)
		letters := deadLetters(t, conn, queue.DeadFilter{})
		last := letters[len(letters)-1]
		if last.Subject != msg.Subject || !bytes.Equal(last.Payload, msg.Data) {
			t.Errorf("with %d bytes of room: the letter has %d of %d bytes and the subject %q", room, len(last.Payload), len(msg.Data), last.Subject)
		}
		if room == rooms && last.PayloadObject != "" {
			t.Error("a payload that fits went into the object store")
		}
	}
}
