package queue_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/nats-io/nats.go"

	"github.com/mujaz/mujaz/queue"
	"github.com/mujaz/mujaz/queue/queuetest"
)

// signer makes a key, and the line of a trust file for it.
func signer(t testing.TB) *queue.Signer {
	t.Helper()
	seed, public, err := queue.NewSigningKey()
	if err != nil {
		t.Fatal(err)
	}
	s, err := queue.NewSigner(seed)
	if err != nil {
		t.Fatal(err)
	}
	if s.Public() != public {
		t.Fatalf("public key %s of the seed, %s was said", s.Public(), public)
	}
	return s
}

func trust(t testing.TB, lines ...string) *queue.Trust {
	t.Helper()
	parsed, err := queue.ParseTrust(strings.NewReader(strings.Join(lines, "\n")))
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}

// TestVerify: what is signed is worked on where it was meant to go, and as it
// was signed, only.
func TestVerify(t *testing.T) {
	t.Parallel()
	server := queuetest.Start(t)
	conn, js := server.Connect(t), admin(t, server)
	w := consume(t, conn, queue.ConsumerConfig{Slots: 1})
	desk, stranger := signer(t), signer(t)
	trusted := trust(t, "# the desk\n", desk.Public()+" newsdesk run-* # its runs")
	route := queue.Route{Source: "newsdesk"}

	// message is one as the signer's producer sends it.
	message := func(s *queue.Signer, route queue.Route) *nats.Msg {
		if _, err := queue.NewSigningProducer(conn, s).Submit(t.Context(), article("a"+nats.NewInbox()), route); err != nil {
			t.Fatal(err)
		}
		d := w.next(t)
		defer d.finish(t)
		msg := nats.NewMsg(d.Subject)
		msg.Data = d.Payload
		for _, name := range []string{queue.HeaderSigner, queue.HeaderSignature} {
			if value := d.Header(name); value != "" {
				msg.Header.Set(name, value)
			}
		}
		return msg
	}
	for _, tc := range []struct {
		name   string
		signer *queue.Signer
		route  queue.Route
		change func(*nats.Msg)
		want   error
	}{
		{"as it was sent", desk, route, func(*nats.Msg) {}, nil},
		{"a run", desk, queue.Route{Source: "run-2019", Lane: queue.LaneBackfill}, func(*nats.Msg) {}, nil},
		{"another message id and key", desk, route, func(m *nats.Msg) { m.Header.Set("Nats-Msg-Id", "other"); m.Subject += "0" }, nil},
		{"unsigned", nil, route, func(*nats.Msg) {}, queue.ErrUnsigned},
		{"no signature", desk, route, func(m *nats.Msg) { m.Header.Del(queue.HeaderSignature) }, queue.ErrWrongSignature},
		{"no signer", desk, route, func(m *nats.Msg) { m.Header.Del(queue.HeaderSigner) }, queue.ErrUnknownSigner},
		{"a stranger", stranger, route, func(*nats.Msg) {}, queue.ErrUnknownSigner},
		{"a stranger in the desk's name", stranger, route, func(m *nats.Msg) { m.Header.Set(queue.HeaderSigner, desk.Public()) }, queue.ErrWrongSignature},
		{"not the desk's source", desk, queue.Route{Source: "sports"}, func(*nats.Msg) {}, queue.ErrForeignSource},
		{"played into another source", desk, route, func(m *nats.Msg) { m.Subject = strings.Replace(m.Subject, "newsdesk", "run-1", 1) }, queue.ErrWrongSignature},
		{"played into another lane", desk, route, func(m *nats.Msg) { m.Subject = strings.Replace(m.Subject, "live", "backfill", 1) }, queue.ErrWrongSignature},
		{"another payload", desk, route, func(m *nats.Msg) { m.Data = append(m.Data, ' ') }, queue.ErrWrongSignature},
		{"another encoding", desk, route, func(m *nats.Msg) {
			m.Header.Set(queue.HeaderSignature, strings.TrimRight(m.Header.Get(queue.HeaderSignature), "="))
		}, queue.ErrWrongSignature},
		{"nonsense", desk, route, func(m *nats.Msg) { m.Header.Set(queue.HeaderSignature, "\xff,") }, queue.ErrWrongSignature},
		{"too long", desk, route, func(m *nats.Msg) { m.Header.Set(queue.HeaderSignature, strings.Repeat("A", 1<<12)) }, queue.ErrWrongSignature},
	} {
		t.Run(tc.name, func(t *testing.T) {
			msg := message(tc.signer, tc.route)
			tc.change(msg)
			if _, err := js.PublishMsg(t.Context(), msg); err != nil {
				t.Fatal(err)
			}
			d := w.next(t)
			defer d.finish(t)
			if err := conn.Verify(trusted, d.Delivery); !errors.Is(err, tc.want) || tc.want == nil && err != nil {
				t.Errorf("verify: %v, want %v", err, tc.want)
			}
		})
	}
}

// TestVerifyPrefix: a job that was signed for one deployment is not one of
// another.
func TestVerifyPrefix(t *testing.T) {
	t.Parallel()
	server := queuetest.Start(t)
	desk := signer(t)
	other := server.Dial(t, queue.ConnConfig{Topology: queue.Topology{Prefix: "staging"}})
	if err := other.Ensure(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := queue.NewSigningProducer(other, desk).Submit(t.Context(), article("a"), queue.Route{}); err != nil {
		t.Fatal(err)
	}
	at := consume(t, other, queue.ConsumerConfig{Slots: 1}).next(t)
	defer at.finish(t)
	if err := other.Verify(trust(t, desk.Public()), at.Delivery); err != nil {
		t.Errorf("at home: %v", err)
	}
	conn := server.Connect(t)
	msg := nats.NewMsg("mujaz.jobs.live.default.a")
	msg.Data = at.Payload
	msg.Header.Set(queue.HeaderSigner, at.Header(queue.HeaderSigner))
	msg.Header.Set(queue.HeaderSignature, at.Header(queue.HeaderSignature))
	if _, err := admin(t, server).PublishMsg(t.Context(), msg); err != nil {
		t.Fatal(err)
	}
	d := consume(t, conn, queue.ConsumerConfig{Slots: 1}).next(t)
	defer d.finish(t)
	if err := conn.Verify(trust(t, desk.Public()), d.Delivery); !errors.Is(err, queue.ErrWrongSignature) {
		t.Errorf("elsewhere: %v, want %v", err, queue.ErrWrongSignature)
	}
}

// TestSignatureStays: a job keeps a valid signature when it is redriven, put
// aside by a pause and put back, and when its body is a claim check; one whose
// payload was changed in its dead letter does not.
func TestSignatureStays(t *testing.T) {
	t.Parallel()
	server := queuetest.Start(t)
	conn, js := server.Connect(t), admin(t, server)
	desk := signer(t)
	trusted := trust(t, desk.Public()+" desk")
	producer := queue.NewSigningProducer(conn, desk)
	scope := queue.Scope{Source: "desk"}
	large := article("large")
	large.Article.Text = strings.Repeat("خبر ", queue.InlineLimit/4)

	set(t, conn, queue.ActionPause, scope)
	for _, job := range []queue.Job{article("small"), large} {
		pending, err := producer.SubmitAsync(t.Context(), job, queue.Route{Source: "desk"})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := pending.Wait(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	w := consume(t, conn, queue.ConsumerConfig{Slots: 1})
	queuetest.Eventually(t, "they are parked", func() bool { return streamInfo(t, js, "MUJAZ_PARKED").State.Msgs == 2 })
	if _, err := conn.Clear(t.Context(), scope); err != nil {
		t.Fatal(err)
	}
	queuetest.Eventually(t, "the worker knows", func() bool { return len(w.Switches()) == 0 })
	if _, err := conn.Unpark(t.Context(), scope); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		d := w.next(t)
		if err := conn.Verify(trusted, d.Delivery); err != nil {
			t.Errorf("put back: %v", err)
		}
		bury(t, conn, d, queue.DeadLetter{Cause: queue.CauseRefused})
	}
	letters := deadLetters(t, conn, queue.DeadFilter{})
	letters[1].Payload = append(letters[1].Payload, ' ') // an operator's edit
	for i, want := range []error{nil, queue.ErrWrongSignature} {
		if _, err := conn.Redrive(t.Context(), letters[i]); err != nil {
			t.Fatal(err)
		}
		d := w.next(t)
		if err := conn.Verify(trusted, d.Delivery); !errors.Is(err, want) || want == nil && err != nil {
			t.Errorf("redriven: %v, want %v", err, want)
		}
		d.finish(t)
	}
}

// TestParseTrust: a file that is wrong is refused, every problem with its line.
func TestParseTrust(t *testing.T) {
	t.Parallel()
	key := signer(t).Public()
	seed, _, err := queue.NewSigningKey()
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		name, text string
		want       []string // in the error; none: it is good
	}{
		{"a key", key, nil},
		{"sources, comments, empty lines", "\n# all\n" + key + "\tdesk  run-* # both\r\n\n", nil},
		{"empty", "# nothing yet\n", []string{"no key in it"}},
		{"a seed", string(seed), []string{"line 1: this is a seed"}},
		{"twice", key + " a\n" + key + " b", []string{"line 2: the key stands there already"}},
		{"two problems", "nonsense\n" + key + " a.b\n", []string{"line 1: not the public key", `line 2: source "a.b"`}},
		{"all sources", key + " *", []string{`source "*"`}},
		{"stars", key + " a*b", []string{`source "a*b"`}},
		{"an account's", "ACSU4CPBIFNM3QBLKSQPRQFVNYQ6JF4ZSIHNOAJCXNULHCBPFYCMOTZQ", []string{"not the public key of a user nkey"}},
		{"one long line", strings.Repeat("x", 1<<20), []string{"not a text file"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			_, err := queue.ParseTrust(strings.NewReader(tc.text))
			if err == nil && tc.want != nil || err != nil && tc.want == nil {
				t.Fatalf("error %v, want %q", err, tc.want)
			}
			for _, part := range tc.want {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("error %q, want it to say %q", err, part)
				}
			}
			if err != nil && strings.Contains(err.Error(), string(seed)) {
				t.Error("the error shows a seed")
			}
		})
	}
}

func TestNewSignerRefuses(t *testing.T) {
	t.Parallel()
	for _, seed := range []string{"", "SU", "not a seed", "SAANWFZ3JINNPERWT3ALE45U7GYT2ZDW6GJUIVPDKUF6GKAX6AISZJMAS4", "\xff\n\xff"} {
		_, err := queue.NewSigner([]byte(seed))
		if err == nil || seed != "" && len(seed) > 4 && strings.Contains(err.Error(), seed) {
			t.Errorf("seed %q: error %v", seed, err)
		}
	}
	if _, err := queue.ReadSigner(t.TempDir() + "/none"); err == nil {
		t.Error("a file that is not there is no key")
	}
}

// BenchmarkVerify is what a signature costs the worker of a job of 6 KB.
func BenchmarkVerify(b *testing.B) {
	server := queuetest.Start(b)
	conn := server.Connect(b)
	desk := signer(b)
	trusted := trust(b, desk.Public()+" desk")
	job := queue.Job{ID: "1", Article: queue.Article{Text: benchArticle}}
	if _, err := queue.NewSigningProducer(conn, desk).Submit(b.Context(), job, queue.Route{Source: "desk"}); err != nil {
		b.Fatal(err)
	}
	d := consume(b, conn, queue.ConsumerConfig{Slots: 1}).next(b)
	defer d.finish(b)
	b.ReportAllocs()
	for b.Loop() {
		if err := conn.Verify(trusted, d.Delivery); err != nil {
			b.Fatal(err)
		}
	}
}

func ExampleParseTrust() {
	_, err := queue.ParseTrust(strings.NewReader("UNOTAKEY newsdesk"))
	fmt.Println(err)
	// Output: line 1: not the public key of a user nkey, which begins with U
}
