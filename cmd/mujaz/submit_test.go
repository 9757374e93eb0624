package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/mujaz/mujaz/internal/llmtest"
	"github.com/mujaz/mujaz/queue/queuetest"
)

// TestSubmitFull: a full queue refuses at once, with advice; who wants to wait
// is queued when a job has left.
func TestSubmitFull(t *testing.T) {
	t.Parallel()
	w := &world{nats: queuetest.Start(t), llm: llmtest.Start(t, llmtest.Script{})}
	d := &reviewDesk{env: baseEnv(w), conn: w.nats.Connect(t), article: filepath.Join(t.TempDir(), "article.txt")}
	if err := os.WriteFile(d.article, []byte(article), 0o600); err != nil {
		t.Fatal(err)
	}
	nc, err := nats.Connect(w.nats.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	js, err := jetstream.New(nc)
	if err != nil {
		t.Fatal(err)
	}
	stream, err := js.Stream(t.Context(), "MUJAZ_JOBS")
	if err != nil {
		t.Fatal(err)
	}
	cfg := stream.CachedInfo().Config
	cfg.MaxMsgs = 1
	if _, err := js.UpdateStream(t.Context(), cfg); err != nil {
		t.Fatal(err)
	}
	d.run(t, 0, "submit", "--id", "first", d.article)
	_, stderr := d.run(t, exitInputs, "submit", "--id", "second", d.article)
	contains(t, stderr, "the job queue is full", "Nothing was lost", "--wait-for-room")
	stdout, _ := d.run(t, 0, "status")
	contains(t, stdout, "NEARLY FULL", "MUJAZ_JOBS", "100 %")

	patient := start(t, d.env, "submit", "--wait-for-room", "--id", "second", d.article)
	queuetest.Eventually(t, "it says that it waits", func() bool { return strings.Contains(patient.err.String(), "waiting for room") })
	if err := stream.Purge(t.Context()); err != nil {
		t.Fatal(err)
	}
	if code := patient.wait(t); code != 0 || !strings.Contains(patient.out.String(), "queued") {
		t.Errorf("exit code %d: %s%s", code, patient.out.String(), patient.err.String())
	}
	// Interrupted while it waits, it ends.
	patient = start(t, d.env, "submit", "--wait-for-room", "--id", "third", d.article)
	queuetest.Eventually(t, "it says that it waits", func() bool { return strings.Contains(patient.err.String(), "waiting for room") })
	patient.signals <- os.Interrupt
	if code := patient.wait(t); code != exitInterrupted {
		t.Errorf("exit code %d: %s", code, patient.err.String())
	}
}
