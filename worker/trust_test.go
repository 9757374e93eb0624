package worker_test

import (
	"strings"
	"testing"

	"github.com/mujaz/mujaz/internal/llmtest"
	"github.com/mujaz/mujaz/queue"
)

// TestUntrusted: a worker that demands signatures pays no call for what is not
// signed, and works on what is; what a key had signed before it was trusted runs
// by a redrive.
func TestUntrusted(t *testing.T) {
	t.Parallel()
	b := setup(t, llmtest.Script{})
	producer, public := signingProducer(t, b)
	stranger, _ := signingProducer(t, b)
	b.cfg.Trust = trustIn(t, public+" desk")
	_, stop := b.run(t)
	send := func(p *queue.Producer, id string) queue.Submitted {
		t.Helper()
		s, err := p.Submit(t.Context(), queue.Job{ID: id, Article: story(len(id))}, queue.Route{Source: "desk"})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	for id, p := range map[string]*queue.Producer{"unsigned": queue.NewProducer(b.conn), "strangers": stranger} {
		letter := b.dead(t, send(p, id))
		if letter.Cause != queue.CauseUntrusted || letter.JobID != id || letter.Stage != "decode" {
			t.Errorf("%s: dead letter %+v", id, letter)
		}
	}
	if calls := b.llm.Ledger().Calls; calls != 0 {
		t.Errorf("%d calls were paid for jobs that are not trusted", calls)
	}
	b.result(t, send(producer, "signed"))
	stop()

	// The stranger is one of us now.
	b.cfg = workerConfig(b.conn, b.llm.URL())
	t.Cleanup(b.cfg.LLM.Close)
	letters := b.deadLetters(t)
	for _, letter := range letters {
		if letter.JobID != "strangers" {
			continue
		}
		b.cfg.Trust = trustIn(t, letter.Signature.Signer)
		b.run(t)
		s, err := b.conn.Redrive(t.Context(), letter)
		if err != nil {
			t.Fatal(err)
		}
		b.result(t, s)
		return
	}
	t.Errorf("%d dead letters, none of the stranger's", len(letters))
}

func signingProducer(t *testing.T, b *bench) (*queue.Producer, string) {
	t.Helper()
	seed, public, err := queue.NewSigningKey()
	if err != nil {
		t.Fatal(err)
	}
	signer, err := queue.NewSigner(seed)
	if err != nil {
		t.Fatal(err)
	}
	return queue.NewSigningProducer(b.conn, signer), public
}

func trustIn(t *testing.T, text string) *queue.Trust {
	t.Helper()
	trust, err := queue.ParseTrust(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return trust
}
