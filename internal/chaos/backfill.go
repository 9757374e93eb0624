package chaos

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/mujaz/mujaz/queue"
)

const (
	producerKilled = "producer killed"
	backfillRun    = "archive"
)

// archive has the producer of a backfill run killed, in turn with workers and the
// server. Then the run's own account is held against what the readers saw.
func archive(ctx context.Context, a *attempt) error {
	n := max(2, scaled(10, a.cfg.Jobs))
	events := schedule(
		a.dice,
		plan{producerKilled, n, 1, span{}}, plan{workerKilled, n, 4, span{}},
		plan{serverKilled, n, 1, span{100 * time.Millisecond, 2 * chaosAckWait}},
	)
	st, err := launch(ctx, a, setup{
		config: "single.conf", workers: 4, slots: 8, ackWait: chaosAckWait, grace: 5 * time.Second, latency: 40 * time.Millisecond,
	})
	if err != nil {
		return err
	}
	defer st.close(ctx)
	jobs := orders(a.cfg.Jobs, queue.LaneBackfill, backfillRun, 0)
	input := filepath.Join(a.cfg.Dir, "archive.jsonl")
	if err := writeRows(input, jobs); err != nil {
		return err
	}
	stopWatch, err := st.reader.watchLedger(ctx)
	if err != nil {
		return err
	}
	defer stopWatch()
	st.producer = newWorker(a.cfg.Logs, "producer", a.cfg.Mujaz, "backfill", "run", "--nats-url", urls(st.nodes), "--in-flight", "500", "--run", backfillRun, input)
	if err := st.producer.start(context.WithoutCancel(ctx)); err != nil {
		return err
	}
	defer st.producer.stop()
	struck := st.strike(ctx, events, len(jobs))
	until(ctx, func() bool {
		done, err := st.reader.outcomesSoFar(ctx)
		return err == nil && done >= uint64(len(jobs))
	})
	st.settle(ctx)
	st.producer.stop()
	a.account(ctx, len(jobs), "backfill", "reconcile", "--nats-url", urls(st.nodes), "--json", backfillRun, input)
	if a.journal, err = st.collect(ctx); err != nil {
		return err
	}
	for _, o := range jobs {
		// The account says that all of them were queued.
		a.journal.Jobs = append(a.journal.Jobs, Job{ID: o.id, Want: o.want, Acked: time.Now()})
	}
	return struck
}

func writeRows(name string, jobs []order) error {
	file, err := os.Create(name)
	if err != nil {
		return fmt.Errorf("write the archive: %w", err)
	}
	w := bufio.NewWriter(file)
	for _, o := range jobs {
		text := article(o.n)
		line, err := json.Marshal(map[string]string{"id": o.id, "title": text.Title, "text": text.Text})
		if err != nil {
			return fmt.Errorf("write the archive: %w", err)
		}
		w.Write(append(line, '\n')) //nolint:errcheck // a bufio.Writer keeps its error for Flush
	}
	if err := w.Flush(); err != nil {
		return fmt.Errorf("write the archive: %w", err)
	}
	return file.Close()
}

// account has the run reconciled by the program under test.
func (a *attempt) account(ctx context.Context, jobs int, args ...string) {
	out, err := exec.CommandContext(context.WithoutCancel(ctx), a.cfg.Mujaz, args...).Output()
	var sum struct {
		Rows    int `json:"rows"`
		Jobs    int `json:"jobs"`
		OK      int `json:"ok"`
		Reused  int `json:"reused"`
		Flagged int `json:"flagged"`
		Skipped int `json:"skipped"`
		Dead    int `json:"dead"`
		Waiting int `json:"waiting"`
	}
	if readErr := json.Unmarshal(out, &sum); err != nil || readErr != nil {
		a.violate("the run does not reconcile: %v", err)
		return
	}
	a.figure("reconcile: %d rows = %d ok + %d reused + %d flagged + %d skipped + %d dead + %d waiting", sum.Rows, sum.OK, sum.Reused, sum.Flagged, sum.Skipped, sum.Dead, sum.Waiting)
	if ended := sum.OK + sum.Reused + sum.Flagged + sum.Skipped + sum.Dead; ended != jobs || sum.Jobs != jobs {
		a.violate("the run's account has %d jobs and %d ends of %d", sum.Jobs, ended, jobs)
	}
}
