package bench

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/mujaz/mujaz/queue"
)

// BackfillStep is one command of a backfill, measured as a process.
type BackfillStep struct {
	Step       string `json:"step"`
	Rows       int    `json:"rows"`
	SyncAlways bool   `json:"sync_always"`
	// RowsPerSecond of the whole process, its start included.
	RowsPerSecond float64 `json:"rows_per_second"`
	Seconds       float64 `json:"seconds"`
	// PeakMiB of the command itself, WorkerMiB of the worker beside it, if any.
	PeakMiB   float64 `json:"peak_mib"`
	WorkerMiB float64 `json:"worker_peak_mib,omitempty"`
}

// backfillRun is the name of the run.
const backfillRun = "bench"

// RunBackfill measures the commands of a backfill on an archive of invented
// articles: the plan, the queueing alone, the run with a worker beside it, once with
// a server that syncs every write, and the collecting of the results.
func RunBackfill(ctx context.Context, cfg Config, report func(BackfillStep) error) error {
	dir, err := os.MkdirTemp(cfg.Dir, "mujaz-bench-")
	if err != nil {
		return fmt.Errorf("make a folder for the archive: %w", err)
	}
	defer os.RemoveAll(dir) //nolint:errcheck // a temporary folder
	archive := filepath.Join(dir, "archive.jsonl")
	cfg.Progress(fmt.Sprintf("writing an archive of %d articles", cfg.Jobs))
	if err := writeArchive(archive, cfg.Jobs); err != nil {
		return err
	}
	plan, err := cfg.command(ctx, "plan", nil, "backfill", "plan", "--price-input", "1", "--price-output", "2", "--model", "bench", "--json", archive)
	if err == nil {
		err = report(plan)
	}
	if err != nil {
		return err
	}
	if err := cfg.onServer(ctx, dir, false, func(url string, _ *queue.Conn) error {
		step, err := cfg.command(ctx, "enqueue", nil, "backfill", "run", "--nats-url", url, "--run", backfillRun, "--near", "0", "--detach", "--in-flight", strconv.Itoa(cfg.Jobs+1), archive)
		if err != nil {
			return err
		}
		return report(step)
	}); err != nil {
		return err
	}
	for _, sync := range []bool{false, true} {
		if err := cfg.onServer(ctx, dir, sync, func(url string, _ *queue.Conn) error { return cfg.wholeRun(ctx, url, archive, sync, report) }); err != nil {
			return err
		}
	}
	return nil
}

// onServer runs a step on a fresh server.
func (c Config) onServer(ctx context.Context, dir string, sync bool, do func(url string, conn *queue.Conn) error) error {
	store, err := os.MkdirTemp(dir, "nats-")
	if err != nil {
		return fmt.Errorf("make a folder for the server: %w", err)
	}
	defer os.RemoveAll(store) //nolint:errcheck // a temporary folder
	nats, err := c.spawn(ctx, RoleNATS, natsParams{Dir: store, SyncAlways: sync})
	if err != nil {
		return err
	}
	defer nats.stop()
	conn, err := queue.Connect(ctx, queue.ConnConfig{URL: nats.ready, Name: "bench"})
	if err != nil {
		return err
	}
	defer conn.Close()
	if err := conn.Ensure(ctx); err != nil {
		return err
	}
	return do(nats.ready, conn)
}

// wholeRun has a worker do what a producer sends, and collects the results.
func (c Config) wholeRun(ctx context.Context, url, archive string, sync bool, report func(BackfillStep) error) error {
	endpoint, err := c.spawn(ctx, RoleEndpoint, endpointParams{Latency: c.Latency})
	if err != nil {
		return err
	}
	defer endpoint.stop()
	w, err := c.startWorker(ctx, url, endpoint.ready)
	if err != nil {
		return err
	}
	defer w.kill()
	run, err := c.command(ctx, "run", w, "backfill", "run", "--nats-url", url, "--run", backfillRun, archive)
	if err != nil {
		return err
	}
	run.SyncAlways = sync
	if err := report(run); err != nil || sync {
		return err
	}
	for _, ordered := range []bool{false, true} {
		name, args := "collect", []string{"backfill", "collect", "--nats-url", url, "--to", filepath.Join(filepath.Dir(archive), "results.jsonl"), "--overwrite", backfillRun}
		if ordered {
			name, args = "collect --in-order", append(args, "--in-order", archive)
		}
		step, err := c.command(ctx, name, nil, args...)
		if err != nil {
			return err
		}
		if err := report(step); err != nil {
			return err
		}
	}
	return nil
}

// command runs a command of mujaz to its end.
func (c Config) command(ctx context.Context, step string, beside *workerProcess, args ...string) (BackfillStep, error) {
	c.Progress(step)
	cmd := exec.CommandContext(ctx, c.Self, args...)
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + os.Getenv("HOME")}
	cmd.Dir = filepath.Dir(args[len(args)-1])
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	begin := time.Now()
	if err := cmd.Run(); err != nil {
		return BackfillStep{}, fmt.Errorf("mujaz %s: %w: %s", strings.Join(args[:2], " "), err, strings.TrimSpace(stderr.String()))
	}
	took := time.Since(begin).Seconds()
	s := BackfillStep{Step: step, Rows: c.Jobs, RowsPerSecond: float64(c.Jobs) / took, Seconds: took}
	if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		s.PeakMiB = float64(usage.Maxrss) / rssUnitsPerMiB
	}
	if beside != nil {
		s.WorkerMiB = peakOf(beside.cmd.Process.Pid)
	}
	return s, nil
}

// peakOf is the most memory that a running process has had; 0 where the system does
// not tell.
func peakOf(pid int) float64 {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(status), "VmHWM:")
	var kib float64
	fmt.Sscan(rest, &kib) //nolint:errcheck // zero stands for unknown
	return kib / 1024
}

func writeArchive(name string, rows int) error {
	file, err := os.Create(name)
	if err != nil {
		return fmt.Errorf("write the archive: %w", err)
	}
	defer file.Close() //nolint:errcheck // Flush has said what is wrong
	w := bufio.NewWriterSize(file, 1<<20)
	out := json.NewEncoder(w)
	for i := range rows {
		a := article(i)
		if err := out.Encode(map[string]string{"id": fmt.Sprintf("bench-%d", i), "title": a.Title, "text": a.Text}); err != nil {
			return fmt.Errorf("write the archive: %w", err)
		}
	}
	if err := w.Flush(); err != nil {
		return fmt.Errorf("write the archive: %w", err)
	}
	return nil
}
