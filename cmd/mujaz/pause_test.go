package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mujaz/mujaz/internal/llmtest"
	"github.com/mujaz/mujaz/queue"
	"github.com/mujaz/mujaz/queue/queuetest"
)

// TestPauseResumeCancel: the three commands, with a worker and an endpoint that
// counts its calls.
func TestPauseResumeCancel(t *testing.T) {
	t.Parallel()
	w := &world{nats: queuetest.Start(t), llm: llmtest.Start(t, llmtest.Script{})}
	conn := w.nats.Connect(t)
	d := &reviewDesk{env: baseEnv(w), conn: conn, article: filepath.Join(t.TempDir(), "article.txt")}
	d.env["MUJAZ_HEALTH_LISTEN"] = "off"
	if err := os.WriteFile(d.article, []byte(article), 0o600); err != nil {
		t.Fatal(err)
	}
	third := filepath.Join(t.TempDir(), "third.txt")
	if err := os.WriteFile(third, []byte(article+" The doors close at nine."), 0o600); err != nil {
		t.Fatal(err)
	}
	other := filepath.Join(t.TempDir(), "other.txt") // its answer is not in the ledger
	if err := os.WriteFile(other, []byte(article+" The doors open at eight."), 0o600); err != nil {
		t.Fatal(err)
	}
	d.run(t, exitUsage, "pause")
	d.run(t, exitUsage, "cancel", "--source", "desk")
	d.run(t, exitError, "resume", "--source", "desk")
	stdout, _ := d.run(t, 0, "pause", "--source", "desk", "--by", "layan", "--reason", "moving\thouse")
	contains(t, stdout, "paused: source desk")
	d.run(t, 0, "cancel", "--id", "unwanted", "--by", "omar")
	d.run(t, 0, "submit", "--id", "held", "--source", "desk", other)
	worker := start(t, d.env, "worker")
	d.run(t, 0, "submit", "--wait", "--id", "free", "--source", "sports", d.article)
	queuetest.Eventually(t, "the paused job is put aside", func() bool {
		totals, err := conn.Totals(t.Context())
		return err == nil && totals.Parked == 1
	})
	stdout, _ = d.run(t, 0, "status")
	contains(t, stdout, "pause", "source desk", "layan", "moving", "cancel", "job unwanted", "omar", "1 jobs put aside by pauses")
	if calls := w.llm.Ledger().Calls; calls != 1 {
		t.Errorf("%d calls, want the one of the free job", calls)
	}

	stdout, _ = d.run(t, 0, "resume", "--source", "desk")
	contains(t, stdout, "resumed: source desk; 1 jobs")
	d.run(t, 0, "submit", "--wait", "--id", "held", "--source", "desk", other)

	// In the queue, none in hand: the worker is gone while it is cancelled.
	worker.signals <- os.Interrupt
	worker.wait(t)
	d.run(t, 0, "submit", "--id", "late", "--source", "desk", third)
	before := w.llm.Ledger().Calls
	d.run(t, 0, "cancel", "--source", "desk", "--by", "layan", "--reason", "wrong edition", "--yes")
	worker = start(t, d.env, "worker")
	var letter queue.DeadLetter
	queuetest.Eventually(t, "it is buried", func() bool {
		letter = queue.DeadLetter{}
		err := conn.DeadLetters(t.Context(), queue.DeadFilter{JobID: "late"}, func(l queue.DeadLetter) error {
			letter = l
			return nil
		})
		return err == nil && letter.Cause != ""
	})
	if letter.Cause != queue.CauseCancelled || !strings.Contains(letter.LastError, "cancelled by layan: wrong edition") || w.llm.Ledger().Calls != before {
		t.Errorf("letter %+v after %d calls", letter, w.llm.Ledger().Calls-before)
	}
	// It can be run after all: a redrive is queued after the cancel.
	d.run(t, 0, "dead", "redrive", "--id", "late")
	d.run(t, 0, "submit", "--wait", "--id", "late", "--source", "desk", third)
	worker.signals <- os.Interrupt
	worker.wait(t)
}
