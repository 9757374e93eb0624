package main

import (
	"context"
	"fmt"
	"os"
	"text/tabwriter"
	"time"

	"github.com/mujaz/mujaz/internal/bench"
)

type benchCmd struct {
	Jobs     int           `default:"20000" placeholder:"N" help:"Jobs in the queue before the worker starts."`
	Slots    int           `default:"64" placeholder:"N" help:"Jobs in hand at once."`
	Latency  time.Duration `default:"0s" placeholder:"TIME" help:"Time that the scripted endpoint takes for each call."`
	Sync     bool          `help:"Have the server sync every write, as the shipped configuration does."`
	Suite    bool          `help:"Measure the four settings of docs/benchmarks.md instead."`
	Limits   bool          `help:"Measure instead how fully an endpoint's limits a minute are used, by one worker and by four."`
	Endpoint bool          `help:"Measure instead how an endpoint is used whose capacity is not known, changes, fails and throttles."`
	Backfill bool          `help:"Measure instead the commands of a backfill: plan, run and collect an archive of --jobs articles."`
	JSON     bool          `name:"json" help:"One JSON line a measurement."`
	Limit    time.Duration `default:"10m" placeholder:"TIME" help:"Longest that one measurement may take."`
}

// Help is shown by --help.
func (*benchCmd) Help() string {
	return `It starts a NATS server, a scripted endpoint and ` + "`mujaz worker`" + `, each a process of its own on loopback, and measures the whole way of invented articles of 6 KB: queue, cleaning, prompt, call, checks, ledger, result, ack. The endpoint's answers are made up; nothing is said about any model.

    mujaz bench
    mujaz bench --slots 1024 --latency 2s --jobs 6000
    mujaz bench --limits
    mujaz bench --endpoint
    mujaz bench --suite --json >> figures.jsonl`
}

// benchRoleCmd is what a measurement starts beside the worker.
type benchRoleCmd struct {
	Role string `arg:"" help:"nats or endpoint."`
}

// Run serves the role until standard input ends.
func (c *benchRoleCmd) Run(ctx context.Context, p *program) error {
	return bench.Serve(ctx, bench.Role(c.Role), p.in, p.out)
}

// Run measures.
func (c *benchCmd) Run(ctx context.Context, p *program) error {
	self, err := os.Executable()
	if err != nil {
		return fmt.Errorf("find this program: %w", err)
	}
	switch {
	case c.Limits:
		return c.limits(ctx, p, self)
	case c.Endpoint:
		return c.endpoint(ctx, p, self)
	case c.Backfill:
		return c.backfill(ctx, p, self)
	}
	one := bench.Config{Jobs: c.Jobs, Slots: c.Slots, Latency: c.Latency, SyncAlways: c.Sync}
	runs := []bench.Config{one}
	if c.Suite {
		runs = bench.Suite()
	}
	var reports []bench.Report
	for _, cfg := range runs {
		cfg.Self, cfg.RoleArgs = self, []string{"__bench"}
		cfg.Progress = func(what string) {
			fmt.Fprintf(p.err, "%d jobs, %d slots, %s a call, sync %t: %s\n", cfg.Jobs, cfg.Slots, cfg.Latency, cfg.SyncAlways, what)
		}
		limited, cancel := context.WithTimeout(ctx, c.Limit)
		report, err := bench.Run(limited, cfg)
		cancel()
		if err != nil {
			return err
		}
		if c.JSON {
			if err := p.printJSON(report); err != nil {
				return err
			}
		}
		reports = append(reports, report)
	}
	if c.JSON {
		return nil
	}
	return printReports(p, reports)
}

// backfill measures the commands for an archive.
func (c *benchCmd) backfill(ctx context.Context, p *program, self string) error {
	cfg := bench.Config{
		Jobs: c.Jobs, Slots: c.Slots, Latency: c.Latency, Self: self, RoleArgs: []string{"__bench"},
		Progress: func(what string) { fmt.Fprintln(p.err, what) },
	}
	w := tabwriter.NewWriter(p.out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "step\trows\tsynced\tseconds\trows/s\tpeak MiB\tworker's peak MiB\t")
	err := bench.RunBackfill(ctx, cfg, func(s bench.BackfillStep) error {
		if c.JSON {
			return p.printJSON(s)
		}
		fmt.Fprintf(w, "%s\t%d\t%t\t%.1f\t%.0f\t%.0f\t%.0f\t\n", s.Step, s.Rows, s.SyncAlways, s.Seconds, s.RowsPerSecond, s.PeakMiB, s.WorkerMiB)
		return nil
	})
	if err != nil || c.JSON {
		return err
	}
	return w.Flush()
}

// limits measures how the limits of an endpoint are used.
func (c *benchCmd) limits(ctx context.Context, p *program, self string) error {
	w := tabwriter.NewWriter(p.out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "requests/min\ttokens/min\tworkers\tchurn\ttime\tlimit used\tcalls\tanswered 429\tresults\tdead\t")
	for _, cfg := range bench.LimitsSuite() {
		cfg.Self, cfg.RoleArgs = self, []string{"__bench"}
		cfg.Progress = func(what string) { fmt.Fprintf(p.err, "%d workers, churn %t: %s\n", cfg.Workers, cfg.Churn, what) }
		limited, cancel := context.WithTimeout(ctx, c.Limit)
		r, err := bench.RunLimits(limited, cfg)
		cancel()
		if err != nil {
			return err
		}
		if c.JSON {
			if err := p.printJSON(r); err != nil {
				return err
			}
			continue
		}
		fmt.Fprintf(
			w, "%d\t%d\t%d\t%t\t%s\t%.1f %%\t%d\t%.2f %%\t%d\t%d\t\n", r.RequestsPerMinute, r.TokensPerMinute, r.Workers, r.Churn,
			time.Duration(r.Time).Round(time.Second), 100*r.Used, r.Calls, 100*r.Throttled, r.Results, r.Dead,
		)
	}
	return w.Flush()
}

// endpoint measures how a worker finds and follows an endpoint's capacity.
func (c *benchCmd) endpoint(ctx context.Context, p *program, self string) error {
	cfg := bench.Config{Self: self, RoleArgs: []string{"__bench"}, Progress: func(what string) { fmt.Fprintln(p.err, what) }}
	w := tabwriter.NewWriter(p.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "scenario\tmeasured\ttarget\treached")
	missed := 0
	err := bench.RunCapacity(ctx, cfg, func(f bench.Figure) {
		reached := "yes"
		if !f.Reached {
			missed++
			reached = "NO"
		}
		if c.JSON {
			_ = p.printJSON(f) // standard output is gone: the exit code remains
			return
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", f.Scenario, f.Measured, f.Target, reached)
	})
	if err != nil {
		return err
	}
	if !c.JSON {
		if err := w.Flush(); err != nil {
			return err
		}
	}
	if missed > 0 {
		return fmt.Errorf("%d figures fall short", missed)
	}
	return nil
}

func printReports(p *program, reports []bench.Report) error {
	w := tabwriter.NewWriter(p.out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "jobs\tslots\tlatency\tsync\tjobs/s\tof ideal\tCPU s/1,000\tserver\tendpoint\tpeak MiB\tstart ms\tconnections\tin flight\tflagged\tdead\t")
	for _, r := range reports {
		ideal, thousands := "-", float64(r.Jobs)/1000
		if r.Share > 0 {
			ideal = fmt.Sprintf("%.1f %%", 100*r.Share)
		}
		fmt.Fprintf(
			w, "%d\t%d\t%s\t%t\t%.0f\t%s\t%.3f\t%.3f\t%.3f\t%.0f\t%d\t%d\t%d\t%d/%d\t%d\t\n",
			r.Jobs, r.Slots, r.Latency, r.SyncAlways, r.JobsPerSecond, ideal, r.CPUPerThousand, r.ServerCPU/thousands, r.EndpointCPU/thousands,
			r.PeakMiB, time.Duration(r.Start).Milliseconds(), r.Connections, r.MaxInFlight, r.Flagged, r.SampledResults, r.Dead,
		)
	}
	return w.Flush()
}
