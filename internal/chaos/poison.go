package chaos

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"go.uber.org/zap"

	"github.com/mujaz/mujaz/internal/llm"
	"github.com/mujaz/mujaz/prompts"
	"github.com/mujaz/mujaz/queue"
	"github.com/mujaz/mujaz/worker"
)

// crashKey is the metadata entry that names the stage at which a crashing worker
// dies of a job. `mujaz worker` does not know it.
const crashKey = "chaos-crash"

// crashLimit is how many workers a job may kill before it is poison.
const crashLimit = 3

// poisonousJobs among 5,000, and among fewer as well: where they are many, sound
// jobs are beside a crash more than once.
const poisonousJobs = 20

// poison has some jobs crash their workers, each at a stage of its own.
func poison(ctx context.Context, a *attempt) error {
	crashes := filepath.Join(a.cfg.Dir, "crashes")
	st, err := open(ctx, a, setup{
		config: "single-fast.conf", workers: 4, slots: 8, ackWait: chaosAckWait, grace: 5 * time.Second, latency: 40 * time.Millisecond,
		crash: true, args: []string{"--crashes", crashes},
	})
	if err != nil {
		return err
	}
	defer st.close(ctx)
	// Those of the herald come out of turn, behind the gazette's.
	jobs := append(orders(a.cfg.Jobs/2, queue.LaneLive, "gazette", 0), orders(a.cfg.Jobs-a.cfg.Jobs/2, queue.LaneLive, "herald", a.cfg.Jobs/2)...)
	// Not the publishing: a job that is poison is published as such.
	stages := []worker.Stage{worker.StageBody, worker.StageClean, worker.StagePlan, worker.StageCall, worker.StageVerify}
	poisonous := map[string]bool{}
	for _, i := range a.dice.Perm(len(jobs))[:max(poisonousJobs, poisonousJobs*len(jobs)/5000)] {
		jobs[i].crash, jobs[i].want = string(stages[a.dice.IntN(len(stages))]), []string{"dead:poison"}
		poisonous[jobs[i].id] = true
	}
	if err := st.work(ctx); err != nil {
		return err
	}
	if a.journal, err = st.drive(ctx, jobs, nil); err != nil {
		return err
	}
	return a.countCrashes(crashes, poisonous)
}

// countCrashes reads what the workers wrote before they died.
func (a *attempt) countCrashes(file string, poisonous map[string]bool) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return fmt.Errorf("read the crashes: %w", err)
	}
	count := map[string]int{}
	for id := range strings.FieldsSeq(string(text)) {
		count[id]++
	}
	most, all := 0, 0
	for id, n := range count {
		most, all = max(most, n), all+n
		if n > crashLimit {
			a.violate("poison: job %s crashed %d workers", id, n)
		}
		if !poisonous[id] {
			a.violate("poison: job %s crashed a worker and was not to", id)
		}
	}
	a.figure("%d poisonous jobs crashed %d workers, none more than %d", len(poisonous), all, most)
	return nil
}

// CrashingConfig is the part of `mujaz worker`'s settings that a crashing worker
// takes.
type CrashingConfig struct {
	Name, NATS, BaseURL, Model string
	Slots, Replicas            int
	Header                     map[string]llm.Secret
	AckWait, Grace             time.Duration
	// Crashes is the file that gets the id of each job that crashed a worker.
	Crashes string
	Log     *zap.Logger
}

// ServeCrashing works as `mujaz worker` does, until it meets a job that is
// marked to crash it: then the process dies by SIGKILL, as of a defect.
func ServeCrashing(ctx context.Context, cfg CrashingConfig) error {
	conn, err := queue.Connect(ctx, queue.ConnConfig{
		URL: cfg.NATS, Name: cfg.Name, Topology: queue.Topology{AckWait: cfg.AckWait, Replicas: cfg.Replicas},
	})
	if err != nil {
		return err
	}
	defer conn.Close()
	client, err := llm.New(llm.Config{BaseURL: cfg.BaseURL, Model: cfg.Model, Headers: cfg.Header})
	if err != nil {
		return err
	}
	defer client.Close()
	library, err := prompts.Load("")
	if err != nil {
		return err
	}
	w, err := worker.New(worker.Config{
		Queue: conn, LLM: client, Prompts: library, Model: cfg.Model, Slots: cfg.Slots, Name: cfg.Name, Grace: cfg.Grace, Log: cfg.Log,
		OnStage: func(s worker.Stage, d *queue.Delivery) { crashOn(cfg.Crashes, s, d) },
	})
	if err != nil {
		return err
	}
	return w.Run(ctx)
}

// crashOn ends the process if the job says so.
func crashOn(file string, stage worker.Stage, d *queue.Delivery) {
	if !bytes.Contains(d.Payload, []byte(crashKey)) {
		return
	}
	var job struct {
		ID       string
		Metadata map[string]string
	}
	if json.Unmarshal(d.Payload, &job) != nil || job.Metadata[crashKey] != string(stage) {
		return
	}
	if f, err := os.OpenFile(file, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600); err == nil {
		_, _ = f.WriteString(job.ID + "\n") // the count is wrong without it, and the run fails
	}
	_ = syscall.Kill(os.Getpid(), syscall.SIGKILL) // it does not return
	select {}
}
