package bench

import (
	"context"
	"errors"
	"fmt"
	"os"
	"syscall"
	"time"

	"github.com/mujaz/mujaz/queue"
)

// Config of one measurement.
type Config struct {
	Jobs    int           // in the queue before the worker starts
	Slots   int           // jobs in hand at once
	Latency time.Duration // of each call
	// SyncAlways makes the server sync every write before it confirms.
	SyncAlways bool
	// Self is the mujaz program. Given RoleArgs and a role's name it serves
	// that role by [Serve].
	Self     string
	RoleArgs []string
	// Dir holds the server's files, by default a temporary folder.
	Dir string
	// Progress is told what is going on. May be nil.
	Progress func(string)
}

// Suite are the settings that docs/benchmarks.md reports.
func Suite() []Config {
	return []Config{
		{Jobs: 50_000, Slots: 64},
		{Jobs: 20_000, Slots: 64, SyncAlways: true},
		{Jobs: 50_000, Slots: 1024, Latency: 200 * time.Millisecond},
		{Jobs: 30_720, Slots: 1024, Latency: 2 * time.Second},
	}
}

// Nanos is a time in JSON, where a [time.Duration] has no form.
type Nanos int64

// String is that of the duration.
func (n Nanos) String() string { return time.Duration(n).String() }

// Report of one measurement.
type Report struct {
	Jobs       int   `json:"jobs"`
	Slots      int   `json:"slots"`
	Latency    Nanos `json:"latency_ns"`
	SyncAlways bool  `json:"sync_always"`

	// JobsPerSecond from the endpoint's first request to the server's
	// timestamp of the last result.
	JobsPerSecond float64 `json:"jobs_per_second"`
	// Share of the ideal, in which every slot always has a call under way;
	// 0 for an endpoint without latency.
	Share float64 `json:"share_of_ideal"`
	// Of the worker's process.
	CPUPerThousand float64 `json:"cpu_s_per_1000_jobs"`
	PeakMiB        float64 `json:"peak_mib"`
	Start          Nanos   `json:"start_ns"` // from exec to the first request, so no less than to the first job
	// Of the others, for the whole run.
	ServerCPU   float64 `json:"server_cpu_s"`
	EndpointCPU float64 `json:"endpoint_cpu_s"`

	Calls       int `json:"calls"`
	MaxInFlight int `json:"max_in_flight"`
	Connections int `json:"connections"`
	// Flagged counts among the first SampledResults, Dead among all jobs.
	Flagged        int    `json:"flagged"`
	SampledResults int    `json:"sampled_results"`
	Dead           uint64 `json:"dead"`
}

// Run measures once.
func Run(ctx context.Context, cfg Config) (Report, error) {
	if cfg.Progress == nil {
		cfg.Progress = func(string) {}
	}
	if cfg.Jobs < 1 || cfg.Slots < 1 {
		return Report{}, errors.New("bench: jobs and slots must be at least 1")
	}
	dir := cfg.Dir
	if dir == "" {
		var err error
		if dir, err = os.MkdirTemp("", "mujaz-bench-"); err != nil {
			return Report{}, fmt.Errorf("make a folder for the server: %w", err)
		}
		defer os.RemoveAll(dir) //nolint:errcheck // a temporary folder
	}

	nats, err := cfg.spawn(ctx, RoleNATS, natsParams{Dir: dir, SyncAlways: cfg.SyncAlways})
	if err != nil {
		return Report{}, err
	}
	defer nats.stop()
	endpoint, err := cfg.spawn(ctx, RoleEndpoint, endpointParams{Latency: cfg.Latency})
	if err != nil {
		return Report{}, err
	}
	defer endpoint.stop()

	conn, err := queue.Connect(ctx, queue.ConnConfig{URL: nats.ready, Name: "bench"})
	if err != nil {
		return Report{}, err
	}
	defer conn.Close()
	if err := conn.Ensure(ctx); err != nil {
		return Report{}, err
	}
	cfg.Progress(fmt.Sprintf("queueing %d jobs", cfg.Jobs))
	if err := preload(ctx, conn, cfg.Jobs); err != nil {
		return Report{}, err
	}
	serverBefore := cpuOf(nats.cmd.Process.Pid)

	cfg.Progress("working")
	w, err := cfg.startWorker(ctx, nats.ready, endpoint.ready)
	if err != nil {
		return Report{}, err
	}
	defer w.kill()
	totals, err := w.waitFor(ctx, conn, cfg.Jobs)
	if err != nil {
		return Report{}, err
	}
	serverCPU := cpuOf(nats.cmd.Process.Pid) - serverBefore
	if err := w.drain(); err != nil {
		return Report{}, err
	}
	var served endpointReport
	if err := endpoint.finish(&served); err != nil {
		return Report{}, err
	}
	r := Report{
		Jobs: cfg.Jobs, Slots: cfg.Slots, Latency: Nanos(cfg.Latency), SyncAlways: cfg.SyncAlways,
		JobsPerSecond:  float64(cfg.Jobs) / totals.LastResult.Sub(served.First).Seconds(),
		CPUPerThousand: usedCPU(w.cmd.ProcessState) / float64(cfg.Jobs) * 1000, Start: Nanos(served.First.Sub(w.started)),
		ServerCPU: serverCPU, EndpointCPU: usedCPU(endpoint.cmd.ProcessState),
		Calls: served.Calls, MaxInFlight: served.MaxInFlight, Connections: served.Connections, Dead: totals.Dead,
	}
	if cfg.Latency > 0 {
		r.Share = r.JobsPerSecond / (float64(cfg.Slots) / cfg.Latency.Seconds())
	}
	if usage, ok := w.cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		r.PeakMiB = float64(usage.Maxrss) / rssUnitsPerMiB
	}
	return r, r.sample(ctx, conn)
}

// sampleSize is how many results are read to count the flagged ones.
const sampleSize = 1000

// sample counts the flagged among the first results.
func (r *Report) sample(ctx context.Context, conn *queue.Conn) error {
	enough := errors.New("enough")
	err := conn.Results(ctx, queue.ResultFilter{}, func(stored queue.StoredResult) error {
		if r.SampledResults++; stored.Result.Status == queue.StatusFlagged {
			r.Flagged++
		}
		if r.SampledResults == sampleSize {
			return enough
		}
		return nil
	})
	if errors.Is(err, enough) {
		return nil
	}
	return err
}
