package worker_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/mujaz/mujaz/internal/llmtest"
	"github.com/mujaz/mujaz/queue"
)

// Jobs of several workers that ask the same at the same time pay for one call.
func TestEqualJobsShareACall(t *testing.T) {
	t.Parallel()
	b := setup(t, llmtest.Script{Answer: answerWith(written).Answer, Latency: 100 * time.Millisecond, Jitter: 50 * time.Millisecond})
	b.cfg.Slots = 16
	const articles, copies, workers = 40, 4, 4
	var submitted []queue.Submitted
	for c := range copies {
		for i := range articles {
			submitted = append(submitted, b.submit(t, queue.Job{ID: fmt.Sprintf("job-%d-%d", i, c), Article: story(i)}))
		}
	}
	for i := range workers {
		b.cfg.Name, b.cfg.Metrics = fmt.Sprint("worker-", i), nil
		b.run(t)
	}
	paid := 0
	for _, s := range submitted {
		r := b.result(t, s)
		paid += r.Usage.Calls
		if r.Status != queue.StatusOK {
			t.Errorf("job %s is %s", s.ID, r.Status)
		}
	}
	if billed := b.llm.Ledger().Billed; billed != articles || paid != articles {
		t.Errorf("%d calls paid and %d in the receipts, for %d articles in %d copies", billed, paid, articles, copies)
	}
}

// A call that comes to nothing leaves the others free to make their own.
func TestSharedCallThatFails(t *testing.T) {
	t.Parallel()
	refusal := llmtest.Step{Status: 400, Body: `{"error":{"message":"filtered","code":"content_filter"}}`}
	b := setup(t, llmtest.Script{Steps: []llmtest.Step{refusal}, Answer: answerWith(written).Answer})
	hold := b.llm.Hold()
	b.run(t)
	first := b.submit(t, queue.Job{ID: "first", Article: story(0)})
	<-hold.Arrived()
	var others []queue.Submitted
	for i := range 3 {
		others = append(others, b.submit(t, queue.Job{ID: fmt.Sprint("other-", i), Article: story(0)}))
	}
	hold.Open()
	if letter := b.dead(t, first); letter.Cause != queue.CauseRefused {
		t.Errorf("the first ended as %s", letter.Cause)
	}
	for _, s := range others {
		b.result(t, s)
	}
	if got := b.llm.Ledger(); got.Calls != 2 {
		t.Errorf("%d calls, want the refused one and one more", got.Calls)
	}
}

// A forced job waits for nobody's answer.
func TestForcedJobMakesItsOwnCall(t *testing.T) {
	t.Parallel()
	b := setup(t, answerWith(written))
	hold := b.llm.Hold()
	_, stop := b.run(t)
	b.submit(t, queue.Job{ID: "first", Article: story(0)})
	<-hold.Arrived()
	b.cfg.Name, b.cfg.Metrics = "second", nil
	b.run(t)
	forced := b.submit(t, queue.Job{ID: "forced", Article: story(0), Options: queue.Options{Force: true}})
	<-hold.Arrived()
	hold.Open()
	if r := b.result(t, forced); r.Usage.Calls != 1 {
		t.Errorf("the forced job has %d calls", r.Usage.Calls)
	}
	stop()
}
