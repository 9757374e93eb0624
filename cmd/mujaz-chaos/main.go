// Command mujaz-chaos breaks a fleet of mujaz on purpose, and proves that
// nothing is lost, doubled or paid for twice. See docs/reliability.md.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/alecthomas/kong"
	"go.uber.org/zap"

	"github.com/mujaz/mujaz/internal/chaos"
	"github.com/mujaz/mujaz/internal/llm"
)

type cli struct {
	Run      runCmd      `cmd:"" default:"withargs" help:"Run scenarios, each with one seed or several."`
	Crashing crashingCmd `cmd:"" name:"crashing-worker" hidden:"" help:"A worker that jobs can crash."`
}

type runCmd struct {
	Scenarios []string `arg:"" optional:"" help:"Scenarios to run; default: all but disk, pace, power and sources. ${scenarios}"`
	Seed      uint64   `default:"1" help:"Seed of the faults; the same one gives the same schedule."`
	Seeds     int      `default:"1" help:"How many seeds to run, from --seed on."`
	Jobs      int      `help:"Number of jobs; default: the scenario's own."`
	Mujaz     string   `default:"bin/mujaz" help:"The program under test."`
	Server    string   `default:"bin/nats-server" help:"The nats-server."`
	Configs   string   `default:"deploy/nats" help:"Folder of the server's configurations."`
	Logs      string   `help:"Folder for the children's logs; default: none are kept."`
	Dir       string   `help:"Where the servers keep their streams; default: the folder for temporary files."`
}

// crashingCmd takes the flags of `mujaz worker` that the harness gives.
type crashingCmd struct {
	Name         string
	NATSURL      string `name:"nats-url"`
	BaseURL      string
	Model        string
	Slots        int
	Replicas     int
	Header       map[string]llm.Secret
	AckWait      time.Duration
	Grace        time.Duration
	HealthListen string
	LogFormat    string
	Crashes      string
}

// Run works until a signal, or a job, ends it.
func (c *crashingCmd) Run(ctx context.Context) error {
	log, err := zap.NewProduction()
	if err != nil {
		return fmt.Errorf("open the log: %w", err)
	}
	return chaos.ServeCrashing(ctx, chaos.CrashingConfig{
		Name: c.Name, NATS: c.NATSURL, BaseURL: c.BaseURL, Model: c.Model, Slots: c.Slots, Replicas: c.Replicas,
		Header: c.Header, AckWait: c.AckWait, Grace: c.Grace, Crashes: c.Crashes, Log: log,
	})
}

// errBroken is a promise that was not kept; the ledger has said which.
var errBroken = errors.New("a promise was broken")

// Run does the scenarios, and goes on after a broken promise.
func (c *runCmd) Run(ctx context.Context) error {
	self, err := os.Executable()
	if err != nil {
		return fmt.Errorf("find this program: %w", err)
	}
	return c.run(ctx, os.Stdout, os.Stderr, self)
}

func (c *runCmd) run(ctx context.Context, out, progress io.Writer, self string) error {
	var chosen []chaos.Scenario
	names := map[string]chaos.Scenario{}
	for _, s := range chaos.Scenarios() {
		names[s.Name] = s
		if len(c.Scenarios) == 0 && !s.Asked {
			chosen = append(chosen, s)
		}
	}
	for _, name := range c.Scenarios {
		s, found := names[name]
		if !found {
			return fmt.Errorf("no scenario %q", name)
		}
		chosen = append(chosen, s)
	}
	var result error
	for i := range c.Seeds {
		for _, s := range chosen {
			seed := c.Seed + uint64(i)
			report, err := s.Run(ctx, chaos.Config{
				Seed: seed, Jobs: c.Jobs, Mujaz: c.Mujaz, Server: c.Server, Self: self, Configs: c.Configs, Dir: c.Dir, Logs: c.Logs,
				Progress: func(what string) { fmt.Fprintf(progress, "%s, seed %d: %s\n", s.Name, seed, what) },
			})
			if err != nil {
				return err
			}
			fmt.Fprintln(out, strings.Join(report.Lines(), "\n"))
			if report.Failed() {
				result = errBroken
			}
		}
	}
	return result
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	err := dispatch(ctx)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "mujaz-chaos:", err)
		os.Exit(1)
	}
}

func dispatch(ctx context.Context) error {
	var list []string
	for _, s := range chaos.Scenarios() {
		list = append(list, s.Name+": "+s.About+".")
	}
	var c cli
	parsed := kong.Parse(
		&c, kong.Name("mujaz-chaos"), kong.Vars{"scenarios": strings.Join(list, " ")},
		kong.Description("Break a fleet on purpose, and see that nothing is lost, doubled or paid for twice."),
	)
	parsed.BindTo(ctx, (*context.Context)(nil))
	return parsed.Run()
}
