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

	"github.com/alecthomas/kong"

	"github.com/mujaz/mujaz/internal/chaos"
)

type cli struct {
	Run runCmd `cmd:"" default:"withargs" help:"Run scenarios, each with one seed or several."`
}

type runCmd struct {
	Scenarios []string `arg:"" optional:"" help:"Scenarios to run; default: all. ${scenarios}"`
	Seed      uint64   `default:"1" help:"Seed of the faults; the same one gives the same schedule."`
	Seeds     int      `default:"1" help:"How many seeds to run, from --seed on."`
	Jobs      int      `help:"Number of jobs; default: the scenario's own."`
	Mujaz     string   `default:"bin/mujaz" help:"The program under test."`
	Server    string   `default:"bin/nats-server" help:"The nats-server."`
	Configs   string   `default:"deploy/nats" help:"Folder of the server's configurations."`
	Dir       string   `help:"Where the servers keep their streams; default: the folder for temporary files."`
}

// errBroken is a promise that was not kept; the ledger has said which.
var errBroken = errors.New("a promise was broken")

// run does the scenarios, and goes on after a broken promise.
func (c *runCmd) run(ctx context.Context, out, progress io.Writer, self string) error {
	var chosen []chaos.Scenario
	names := map[string]chaos.Scenario{}
	for _, s := range chaos.Scenarios() {
		names[s.Name] = s
		if len(c.Scenarios) == 0 {
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
				Seed: seed, Jobs: c.Jobs, Mujaz: c.Mujaz, Server: c.Server, Self: self, Configs: c.Configs, Dir: c.Dir,
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
	self, err := os.Executable()
	if err != nil {
		return fmt.Errorf("find this program: %w", err)
	}
	var list []string
	for _, s := range chaos.Scenarios() {
		list = append(list, s.Name+": "+s.About+".")
	}
	var c cli
	kong.Parse(&c, kong.Name("mujaz-chaos"), kong.Vars{"scenarios": strings.Join(list, " ")})
	return c.Run.run(ctx, os.Stdout, os.Stderr, self)
}
