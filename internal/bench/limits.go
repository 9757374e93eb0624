package bench

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"time"

	"github.com/mujaz/mujaz/queue"
)

// LimitsConfig of one measurement of how an endpoint's limits are used.
type LimitsConfig struct {
	RequestsPerMinute, TokensPerMinute int
	Workers                            int
	// Churn kills one worker by SIGKILL after a third of the time, and starts
	// another after half of it.
	Churn bool
	For   time.Duration
	Config
}

// LimitsSuite are the settings that docs/benchmarks.md reports: a limit of
// tokens that binds before the one of requests does. The workers are told both;
// one that learns them with its first answers has used up some of the minute
// that the endpoint lets be saved.
func LimitsSuite() []LimitsConfig {
	common := Config{Slots: 64, Latency: time.Second}
	return []LimitsConfig{
		{RequestsPerMinute: 600, TokensPerMinute: 800_000, Workers: 1, For: 2 * time.Minute, Config: common},
		{RequestsPerMinute: 600, TokensPerMinute: 800_000, Workers: 4, Churn: true, For: 4 * time.Minute, Config: common},
	}
}

// LimitsReport of one measurement.
type LimitsReport struct {
	RequestsPerMinute int   `json:"requests_per_minute"`
	TokensPerMinute   int   `json:"tokens_per_minute"`
	Workers           int   `json:"workers"`
	Churn             bool  `json:"churn"`
	Time              Nanos `json:"time_ns"` // from the first request to the last

	// Used is the share of the limit of tokens that answers used, from the first
	// request to the last.
	Used float64 `json:"used"`
	// Throttled is the share of calls that were answered with status 429.
	Throttled float64 `json:"throttled"`
	Calls     int     `json:"calls"`
	Results   uint64  `json:"results"`
	Dead      uint64  `json:"dead"`
}

// RunLimits measures once.
func RunLimits(ctx context.Context, cfg LimitsConfig) (LimitsReport, error) {
	if cfg.Progress == nil {
		cfg.Progress = func(string) {}
	}
	dir, err := os.MkdirTemp("", "mujaz-bench-")
	if err != nil {
		return LimitsReport{}, fmt.Errorf("make a folder for the server: %w", err)
	}
	defer os.RemoveAll(dir) //nolint:errcheck // a temporary folder
	nats, err := cfg.spawn(ctx, RoleNATS, natsParams{Dir: dir})
	if err != nil {
		return LimitsReport{}, err
	}
	defer nats.stop()
	endpoint, err := cfg.spawn(ctx, RoleEndpoint, endpointParams{
		Latency: cfg.Latency, RequestsPerMinute: cfg.RequestsPerMinute, TokensPerMinute: cfg.TokensPerMinute,
	})
	if err != nil {
		return LimitsReport{}, err
	}
	defer endpoint.stop()
	conn, err := queue.Connect(ctx, queue.ConnConfig{URL: nats.ready, Name: "bench"})
	if err != nil {
		return LimitsReport{}, err
	}
	defer conn.Close()
	if err := conn.Ensure(ctx); err != nil {
		return LimitsReport{}, err
	}
	jobs := int(float64(cfg.RequestsPerMinute)*cfg.For.Minutes()) + cfg.Workers*cfg.Slots
	cfg.Progress(fmt.Sprintf("queueing %d jobs", jobs))
	if err := preload(ctx, conn, jobs); err != nil {
		return LimitsReport{}, err
	}
	cfg.Progress("working")
	if err := cfg.work(ctx, nats.ready, endpoint.ready); err != nil {
		return LimitsReport{}, err
	}
	totals, err := conn.Totals(ctx)
	if err != nil {
		return LimitsReport{}, err
	}
	var served endpointReport
	if err := endpoint.finish(&served); err != nil {
		return LimitsReport{}, err
	}
	if served.Calls == 0 {
		return LimitsReport{}, errors.New("bench: the endpoint was never called")
	}
	took := served.Last.Sub(served.First)
	return LimitsReport{
		RequestsPerMinute: cfg.RequestsPerMinute, TokensPerMinute: cfg.TokensPerMinute, Workers: cfg.Workers, Churn: cfg.Churn, Time: Nanos(took),
		Used:      float64(served.Tokens) / (float64(cfg.TokensPerMinute) * took.Minutes()),
		Throttled: float64(served.Throttled) / float64(served.Calls), Calls: served.Calls, Results: totals.Results, Dead: totals.Dead,
	}, nil
}

// work runs the workers for the time of the measurement.
func (c LimitsConfig) work(ctx context.Context, nats, endpoint string) error {
	var workers []*workerProcess
	defer func() {
		for _, w := range workers {
			w.kill()
		}
	}()
	start := func() error {
		w, err := c.startWorker(ctx, nats, endpoint,
			"--requests-per-minute", strconv.Itoa(c.RequestsPerMinute), "--tokens-per-minute", strconv.Itoa(c.TokensPerMinute))
		if err == nil {
			workers = append(workers, w)
		}
		return err
	}
	for range c.Workers {
		if err := start(); err != nil {
			return err
		}
	}
	third, half, end := time.NewTimer(c.For/3), time.NewTimer(c.For/2), time.NewTimer(c.For)
	for {
		select {
		case <-third.C:
			if c.Churn {
				c.Progress("killing a worker")
				workers[0].kill()
				workers = workers[1:]
			}
		case <-half.C:
			if c.Churn {
				c.Progress("starting a worker")
				if err := start(); err != nil {
					return err
				}
			}
		case <-end.C:
			// All at once: what the last one uses alone is not the fleet's.
			for _, w := range workers {
				if err := w.terminate(); err != nil {
					return err
				}
			}
			for _, w := range workers {
				if err := w.wait(); err != nil {
					return err
				}
			}
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
