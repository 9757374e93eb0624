package main

import (
	"os"
	"testing"
	"time"

	"github.com/mujaz/mujaz/internal/llmtest"
	"github.com/mujaz/mujaz/queue"
	"github.com/mujaz/mujaz/queue/queuetest"
)

// TestRedriveLoopRefused: a job that dies each time is redriven three times,
// then its history is shown instead.
func TestRedriveLoopRefused(t *testing.T) {
	t.Parallel()
	w := &world{nats: queuetest.Start(t), llm: llmtest.Start(t, llmtest.Script{})}
	d := &reviewDesk{env: baseEnv(w), conn: w.nats.Connect(t)}
	d.env["MUJAZ_HEALTH_LISTEN"] = "off"
	late := queue.Job{ID: "late", Article: queue.Article{Text: article}, Options: queue.Options{Deadline: time.Now().Add(-time.Hour)}}
	if _, err := queue.NewProducer(d.conn).Submit(t.Context(), late, queue.Route{}); err != nil {
		t.Fatal(err)
	}
	worker := start(t, d.env, "worker")
	died := func(redrives int) {
		t.Helper()
		queuetest.Eventually(t, "it died again", func() bool {
			found := false
			err := d.conn.DeadLetters(t.Context(), queue.DeadFilter{JobID: "late", Facts: true}, func(l queue.DeadLetter) error {
				found = l.Redrives == redrives
				return nil
			})
			return err == nil && found
		})
	}
	for n := range queue.MaxRedrives {
		died(n)
		d.run(t, 0, "dead", "redrive", "--id", "late")
	}
	died(queue.MaxRedrives)
	stdout, _ := d.run(t, 0, "dead", "redrive", "--all", "--dry-run")
	contains(t, stdout, "redriven 3 times already")
	_, stderr := d.run(t, exitInputs, "dead", "redrive", "--id", "late")
	contains(t, stderr, "was redriven 3 times", "expired", "the deadline has passed", "Redrive with a later deadline", "--force")
	d.run(t, 0, "dead", "redrive", "--id", "late", "--force")
	died(queue.MaxRedrives + 1)
	worker.signals <- os.Interrupt
	worker.wait(t)
	stdout, _ = d.run(t, 0, "status", "--json")
	contains(t, stdout, `"strays":[]`, `"given_up":[]`)
}
