package worker_test

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/mujaz/mujaz/internal/llmtest"
	"github.com/mujaz/mujaz/queue"
	"github.com/mujaz/mujaz/worker"
)

// A worker that dies by SIGKILL at each stage boundary loses no job, leaves no
// second result, and has no answer paid twice that was stored.
func TestKilledAtEachStage(t *testing.T) {
	t.Parallel()
	wrong := strings.Replace(written, "Traders will", "All 730 traders will", 1)
	for _, stage := range worker.Stages() {
		t.Run(string(stage), func(t *testing.T) {
			t.Parallel()
			// A first answer that fails a check brings every job to the repair.
			b := setup(t, llmtest.Script{Answer: func(r *llmtest.Request) string {
				if strings.Contains(r.User(), "730") || strings.Contains(string(r.Body), `"assistant"`) {
					return written
				}
				return wrong
			}})
			const jobs = 4
			var submitted []queue.Submitted
			for i := range jobs {
				submitted = append(submitted, b.submit(t, queue.Job{ID: fmt.Sprint("job-", i), Article: story(i)}))
			}
			if err := b.doomed(t, stage).Run(); err == nil || !strings.Contains(err.Error(), "killed") {
				t.Fatalf("the doomed worker ended with %v", err)
			}

			b.run(t)
			for _, s := range submitted {
				if r := b.result(t, s); r.Status != queue.StatusOK || !r.Receipt.Repaired {
					t.Errorf("job %s: status %s, repaired %v", s.ID, r.Status, r.Receipt.Repaired)
				}
			}
			b.idle(t)
			if n, dead := len(b.results(t)), len(b.deadLetters(t)); n != jobs || dead != 0 {
				t.Errorf("%d results and %d dead letters of %d jobs", n, dead, jobs)
			}
			// Two calls a job. A kill costs one more where an answer had come
			// and was not stored yet, and nothing anywhere else.
			want := 2 * jobs
			if stage == worker.StageCheckpoint {
				want++
			}
			if billed := b.llm.Ledger().Billed; billed != want {
				t.Errorf("%d calls paid, want %d", billed, want)
			}
		})
	}
}

// doomed is a worker process that kills itself when a job reaches the stage.
func (b *bench) doomed(t *testing.T, stage worker.Stage) *exec.Cmd {
	t.Helper()
	binary, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	child := exec.CommandContext(t.Context(), binary)
	child.Env = append(os.Environ(), envKillAt+"="+string(stage), envNATS+"="+b.nats.ClientURL(), envLLM+"="+b.llm.URL())
	child.Stderr = os.Stderr
	return child
}
