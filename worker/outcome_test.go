package worker_test

import (
	"strings"
	"sync"
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

// An answer without text is no answer, and is repaired like any other: it costs
// no attempt.
func TestAnswerWithoutTextIsRepaired(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]llmtest.Completion{
		"null": {Null: true}, "blank": {Content: " \n"}, "all of it reasoning": {Null: true, ReasoningContent: "Let me think."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			script := answerWith(written)
			script.Steps = []llmtest.Step{{Completion: c}}
			b := setup(t, script)
			b.run(t)
			if r := b.result(t, b.submit(t, queue.Job{Article: story(0)})); r.Status != queue.StatusOK || !r.Receipt.Repaired || r.Receipt.Attempts != 1 {
				t.Errorf("status %s, repaired %v, attempts %d", r.Status, r.Receipt.Repaired, r.Receipt.Attempts)
			}
		})
	}
}

// A job comes again after a crash, its answer stored, and just then the server
// is away: the worker waits for the ledger rather than pay once more.
func TestStoredAnswerIsWaitedFor(t *testing.T) {
	t.Parallel()
	b := setup(t, answerWith(written))
	s := b.submit(t, queue.Job{ID: "market", Article: story(0)})
	if err := b.doomed(t, worker.StageVerify).Run(); err == nil || !strings.Contains(err.Error(), "killed") {
		t.Fatalf("the doomed worker ended with %v", err)
	}
	var once sync.Once
	back := make(chan struct{})
	b.cfg.OnStage = func(stage worker.Stage, _ *queue.Delivery) {
		if stage == worker.StagePlan {
			once.Do(func() {
				port := b.nats.Port()
				b.nats.Shutdown()
				go func() {
					defer close(back)
					b.restart(t, port)
				}()
			})
		}
	}
	b.run(t)
	if r := b.result(t, s); r.Status != queue.StatusOK {
		t.Errorf("status %s", r.Status)
	}
	<-back
	if billed := b.llm.Ledger().Billed; billed != 1 {
		t.Errorf("%d calls paid, want 1", billed)
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
	_, stop := b.run(t)
	if letter := b.dead(t, poison); letter.Cause != queue.CausePoison {
		t.Errorf("cause %s: %s", letter.Cause, letter.LastError)
	}
	if r := b.result(t, neighbour); r.Status != queue.StatusOK {
		t.Errorf("the neighbour: %s", r.Status)
	}
	if calls := b.llm.Ledger().Calls; calls != 1 {
		t.Errorf("%d calls, want the neighbour's alone", calls)
	}
	stop()
	if n := b.attemptsLeft(t); n != 0 {
		t.Errorf("the ledger still holds the attempts at %d jobs", n)
	}
}
