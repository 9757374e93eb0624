package worker_test

import (
	"strings"
	"testing"

	"github.com/mujaz/mujaz/internal/llmtest"
	"github.com/mujaz/mujaz/queue"
	"github.com/mujaz/mujaz/worker"
)

func TestTransientFaultsUseUpTheAttempts(t *testing.T) {
	t.Parallel()
	b := setup(t, llmtest.Script{Steps: []llmtest.Step{{Status: 500, Body: "{}"}}, RepeatLast: true})
	b.cfg.Attempts = 1
	b.run(t)
	letter := b.dead(t, b.submit(t, queue.Job{ID: "market", Article: story(0)}))
	if letter.Cause != queue.CauseAttemptsExhausted || letter.Attempts != 1 || letter.LastError == "" {
		t.Errorf("cause %s after %d attempts, last error %q", letter.Cause, letter.Attempts, letter.LastError)
	}
	if calls := b.llm.Ledger().Calls; calls != 3 {
		t.Errorf("%d calls in one attempt, want 3", calls)
	}
}

// A job that kills its worker each time is run alone, then buried, and its
// neighbours come through.
func TestPoisonIsBuried(t *testing.T) {
	t.Parallel()
	b := setup(t, answerWith(written))
	poison := b.submit(t, queue.Job{ID: "poison", Article: story(1)})
	for i := range 3 {
		if err := b.doomed(t, worker.StageClean).Run(); err == nil || !strings.Contains(err.Error(), "killed") {
			t.Fatalf("worker %d ended with %v, want it killed", i, err)
		}
	}
	neighbour := b.submit(t, queue.Job{ID: "neighbour", Article: story(2)})
	b.run(t)
	if letter := b.dead(t, poison); letter.Cause != queue.CausePoison {
		t.Errorf("cause %s: %s", letter.Cause, letter.LastError)
	}
	if r := b.result(t, neighbour); r.Status != queue.StatusOK {
		t.Errorf("the neighbour: %s", r.Status)
	}
	if calls := b.llm.Ledger().Calls; calls != 1 {
		t.Errorf("%d calls, want the neighbour's alone", calls)
	}
}
