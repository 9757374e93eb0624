package worker_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/mujaz/mujaz/queue"
)

// publish sends bytes as any NATS client could.
func (b *bench) publish(t *testing.T, subject string, payload []byte) {
	t.Helper()
	js, done := b.plainClient(t)
	defer done()
	if _, err := js.Publish(t.Context(), subject, payload); err != nil {
		t.Fatal(err)
	}
}

func TestBadInputEndsAndTheNextJobGoesOn(t *testing.T) {
	t.Parallel()
	b := setup(t, answerWith(written))
	b.run(t)
	text := story(0).Text
	for name, c := range map[string]struct {
		payload string
		cause   queue.Cause  // of a dead letter, or
		status  queue.Status // of a result
	}{
		"broken json":         {`{"article":{"text":"` + text, queue.CauseUndecodable, ""},
		"empty":               {``, queue.CauseUndecodable, ""},
		"trailing data":       {`{"article":{"text":"a"}} {}`, queue.CauseUndecodable, ""},
		"a field twice":       {`{"id":"a","id":"b","article":{"text":"x"}}`, queue.CauseUndecodable, ""},
		"depth bomb":          {strings.Repeat(`{"a":`, 20_000), queue.CauseUndecodable, ""},
		"unknown version":     {`{"schema_version":7,"article":{"text":"x"}}`, queue.CauseUnsupportedVersion, ""},
		"later version":       {`{"schema_version":2,"article":["x"]}`, queue.CauseUnsupportedVersion, ""},
		"missing article":     {`{"id":"x"}`, queue.CauseInvalid, ""},
		"text and html":       {`{"article":{"text":"x","html":"<p>x</p>"}}`, queue.CauseInvalid, ""},
		"wrong type":          {`{"article":{"text":12}}`, queue.CauseInvalid, ""},
		"null text":           {`{"article":{"text":null}}`, queue.CauseInvalid, ""},
		"url alone":           {`{"article":{"url":"http://169.254.169.254/"}}`, queue.CauseInvalid, ""},
		"reply to a wildcard": {`{"reply_to":"a.*","article":{"text":"x"}}`, queue.CauseInvalid, ""},
		"reply to the api":    {`{"reply_to":"$JS.API.STREAM.PURGE.MUJAZ_JOBS","article":{"text":"x"}}`, queue.CauseInvalid, ""},
		"reply to a stranger": {`{"reply_to":"orders.new","article":{"text":"x"}}`, queue.CauseInvalid, ""},
		"other model":         {`{"options":{"model":"costly"},"article":{"text":"x"}}`, queue.CauseInvalid, ""},
		"unknown prompt":      {fmt.Sprintf(`{"options":{"prompt":"gone@9"},"article":{"text":%q}}`, text), queue.CauseInvalid, ""},
		"expired":             {`{"options":{"deadline":"2001-01-01T00:00:00Z"},"article":{"text":"x"}}`, queue.CauseExpired, ""},
		"missing body":        {`{"article":{"object":{"name":"none","sha256":"` + strings.Repeat("0", 64) + `","size":9,"field":"text"}}}`, queue.CauseBodyMissing, ""},
		"a pdf":               {`{"article":{"text":"%PDF-1.7 ` + strings.Repeat(`\u0000\u0001\u0002`, 200) + `"}}`, queue.CauseUnusableSource, ""},
		"another encoding":    {"{\"article\":{\"text\":\"" + strings.Repeat("\xc7\xe1\xd3\xe6\xde ", 50) + "\"}}", queue.CauseUndecodable, ""},
		"white space":         {`{"article":{"text":"  \n "}}`, queue.CauseInvalid, ""},
		"no letters":          {`{"article":{"text":"١٢٣ 456 !!"}}`, "", queue.StatusSkipped},
		"html bomb":           {`{"article":{"html":"` + strings.Repeat("<div>", 60_000) + `"}}`, "", queue.StatusSkipped},
		"one stray byte":      {"{\"article\":{\"text\":\"" + strings.ReplaceAll(text, "\n", `\n`) + "\xff\"}}", "", queue.StatusOK},
		"byte order mark":     {"\ufeff" + `{"article":{"text":"` + strings.ReplaceAll(text, "\n", `\n`) + `"}}`, "", queue.StatusOK},
		"unknown fields":      {`{"future":{"x":1},"article":{"text":"` + strings.ReplaceAll(text, "\n", `\n`) + `","shiny":true}}`, "", queue.StatusOK},
	} {
		t.Run(name, func(t *testing.T) {
			deadBefore, resultsBefore := len(b.deadLetters(t)), len(b.results(t))
			b.publish(t, b.conn.Topology().JobSubject(queue.LaneLive, "gazette", queue.Key(name)), []byte(c.payload))
			b.idle(t)
			letters, results := b.deadLetters(t)[deadBefore:], b.results(t)[resultsBefore:]
			if c.cause != "" {
				if len(letters) != 1 || len(results) != 0 {
					t.Fatalf("%d dead letters and %d results, want one dead letter", len(letters), len(results))
				}
				if letters[0].Cause != c.cause || !bytes.Equal(letters[0].Payload, []byte(c.payload)) {
					t.Errorf("cause %s (%s), payload kept %v", letters[0].Cause, letters[0].LastError, bytes.Equal(letters[0].Payload, []byte(c.payload)))
				}
			} else if len(letters) != 0 || len(results) > 1 || (len(results) == 1 && results[0].Result.Status != c.status) {
				// Equal sources without an id are one job: its second result is refused.
				t.Errorf("%d dead letters %+v, %d results, want %s", len(letters), letters, len(results), c.status)
			}
			// The next job is processed as if nothing had been.
			next := queue.Job{ID: "after " + name, Article: story(0), Options: queue.Options{Deadline: time.Now().Add(time.Hour)}}
			if r := b.result(t, b.submit(t, next)); r.Status != queue.StatusOK {
				t.Errorf("the next job: %s %+v", r.Status, r.Checks)
			}
		})
	}
}

func TestArticleBeyondThePayloadLimitGoesUnnoticed(t *testing.T) {
	t.Parallel()
	b := setup(t, answerWith(written))
	b.run(t)
	long := story(0)
	long.Text += "\n" + strings.Repeat("ووصف سكان الحي المجاور المشروع بأنه خطوة طال انتظارها بعد سنوات من الإهمال.\n", 12_000)
	s := b.submit(t, queue.Job{ID: "long", Article: long})
	if !s.ClaimCheck {
		t.Fatal("no claim check for a long article")
	}
	if r := b.result(t, s); r.Status != queue.StatusOK {
		t.Errorf("status %s: %+v", r.Status, r.Checks)
	}
}

// A body of 50 MB cannot come in a message; in the object store it can be
// announced as what it is, or as less.
func TestFiftyMegabytesAreNotRead(t *testing.T) {
	t.Parallel()
	b := setup(t, answerWith(written))
	b.run(t)
	body := bytes.Repeat([]byte("خبر طويل "), 50<<20/len("خبر طويل "))
	if _, err := queue.NewProducer(b.conn).Submit(t.Context(), queue.Job{Article: queue.Article{Text: string(body)}}, queue.Route{}); !errors.Is(err, queue.ErrTooLarge) {
		t.Errorf("the producer says %v", err)
	}
	js, done := b.plainClient(t)
	defer done()
	store, err := js.ObjectStore(t.Context(), b.conn.Topology().BodiesBucket())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := store.PutBytes(t.Context(), "big", body); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		size  int
		cause queue.Cause
	}{"as it is": {len(body), queue.CauseInvalid}, "as less": {1000, queue.CauseBodyCorrupt}} {
		before := len(b.deadLetters(t))
		payload := fmt.Sprintf(`{"id":%q,"article":{"object":{"name":"big","sha256":"%064d","size":%d,"field":"text"}}}`, name, 0, c.size)
		b.publish(t, b.conn.Topology().JobSubject(queue.LaneLive, "gazette", queue.Key(name)), []byte(payload))
		b.idle(t)
		if letters := b.deadLetters(t)[before:]; len(letters) != 1 || letters[0].Cause != c.cause {
			t.Errorf("announced %s: %+v, want one %s", name, letters, c.cause)
		}
	}
	if r := b.result(t, b.submit(t, queue.Job{ID: "next", Article: story(0)})); r.Status != queue.StatusOK {
		t.Errorf("the next job: %s", r.Status)
	}
}

// What a job says about itself reaches no header of its result but as it was
// meant: ids, metadata and trace cannot add headers or split them.
func TestHeadersCannotBeInjected(t *testing.T) {
	t.Parallel()
	b := setup(t, answerWith(written))
	b.run(t)
	const evil = "x\r\nNats-Rollup: all\r\nMujaz-Status: ok"
	payload, err := json.Marshal(map[string]any{
		"id": "plain", "article": map[string]any{"text": story(0).Text}, "metadata": map[string]string{"note": evil},
	})
	if err != nil {
		t.Fatal(err)
	}
	js, done := b.plainClient(t)
	defer done()
	msg := nats.NewMsg(b.conn.Topology().JobSubject(queue.LaneLive, "gazette", queue.Key("plain")))
	msg.Data = payload
	msg.Header.Set("traceparent", evil)
	msg.Header.Set("Mujaz-Revision", "99")
	msg.Header.Set("Mujaz-Digest", "forged")
	if _, err := js.PublishMsg(t.Context(), msg); err != nil {
		t.Fatal(err)
	}
	b.idle(t)
	stream, err := js.Stream(t.Context(), b.conn.Topology().ResultsStream())
	if err != nil {
		t.Fatal(err)
	}
	stored, err := stream.GetMsg(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	if h := stored.Header; h.Get("Nats-Rollup") != "" || h.Get("traceparent") != "" || h.Get("Mujaz-Revision") != "1" || h.Get("Mujaz-Digest") == "forged" {
		t.Errorf("headers of the result: %v", h)
	}
	r, err := queue.DecodeResult(stored.Data)
	if err != nil {
		t.Fatal(err)
	}
	if r.Metadata["note"] != evil {
		t.Errorf("metadata was touched: %q", r.Metadata["note"])
	}
	// An id with a line break is refused as a whole.
	before := len(b.deadLetters(t))
	b.publish(t, b.conn.Topology().JobSubject(queue.LaneLive, "gazette", "k"), []byte(`{"id":"a\r\nNats-Rollup: all","article":{"text":"x"}}`))
	b.idle(t)
	if letters := b.deadLetters(t)[before:]; len(letters) != 1 || letters[0].Cause != queue.CauseInvalid {
		t.Errorf("dead letters %+v, want one invalid", letters)
	}
}
