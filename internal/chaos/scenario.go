package chaos

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"time"
)

// Config says what to run a scenario with.
type Config struct {
	Seed uint64
	Jobs int // 0: as many as the scenario asks for
	// Mujaz and Server are the programs under test, Self is this one, which
	// serves as a worker that can be crashed by a job. See [ServeCrashing].
	Mujaz, Server, Self string
	// Configs is the folder of the shipped server configurations.
	Configs string
	// Dir is where the servers' folders are made; default: the system's folder
	// for temporary files. It decides how fast a sync is.
	Dir string
	// Logs is where the children's logs go; empty keeps their ends only.
	Logs string
	// Progress is told what is going on. May be nil.
	Progress func(string)
}

// Scenario is a load and the faults that it meets.
type Scenario struct {
	Name, About string
	Jobs        int           // by default
	Limit       time.Duration // that a run may take
	// Asked: it runs only when it is named.
	Asked bool
	run   func(context.Context, *attempt) error
}

// Scenarios lists them in the order of `make chaos`.
func Scenarios() []Scenario {
	return []Scenario{
		{
			Name: "kills", About: "workers and the server are killed, workers are stopped for longer than AckWait",
			Jobs: 10_000, Limit: 8 * time.Minute, run: kills,
		},
		{
			Name: "turns", About: "the same while eleven sources take turns",
			Jobs: 2000, Limit: 5 * time.Minute, run: turns,
			Asked: true, // it can fail as kills can: outages of the server count as crashes
		},
		{
			Name: "drain", About: "workers get SIGTERM with 64 calls in flight, that can and that cannot finish within the grace",
			Jobs: 256, Limit: 2 * time.Minute, run: drain,
		},
		{
			Name: "poison", About: "some jobs crash their workers, each at a stage of its own",
			Jobs: 5000, Limit: 4 * time.Minute, run: poison,
		},
		{
			Name: "faults", About: "a fifth of the calls meet a fault of the catalogue, every kind",
			Jobs: 1000, Limit: 6 * time.Minute, run: faults,
		},
		{
			Name: "cluster", About: "three nodes, three copies: the leader is killed, and once all nodes at one moment",
			Jobs: 4000, Limit: 6 * time.Minute, run: cluster,
		},
		{
			Name: "links", About: "the ways to NATS and to the endpoint are cut, stalled and slow",
			Jobs: 3000, Limit: 5 * time.Minute, run: links,
		},
		{
			Name: "archive", About: "a backfill run whose producer, workers and server are killed in turn",
			Jobs: 10_000, Limit: 8 * time.Minute, run: archive,
		},
		{
			Name: "lanes", About: "live jobs come while a backfill waits",
			Jobs: 100_000, Limit: 5 * time.Minute, run: lanes,
		},
		{
			Name: "soak", About: "many jobs and restarts of the server, with an eye on memory, goroutines and files",
			Jobs: 30_000, Limit: 4 * time.Minute, run: soak,
		},
		{
			Name: "power", About: "the power of one node is cut, and of three at one moment; needs root, ext4 and loop devices",
			Jobs: 4000, Limit: 6 * time.Minute, run: power, Asked: true,
		},
		{
			Name: "disk", About: "the server's disk is full, and has room again; needs root, ext4 and loop devices",
			Jobs: 1000, Limit: 6 * time.Minute, run: fullDisk, Asked: true,
		},
		{
			Name: "pace", About: "no faults: what one and three nodes do, syncing every write and every ten seconds",
			Jobs: 10_000, Limit: 6 * time.Minute, run: pace, Asked: true,
		},
		{
			Name: "sources", About: "one source floods the lane, ten others send a little",
			Jobs: 50_000, Limit: 5 * time.Minute, run: sources,
		},
	}
}

// Report is what became of a run.
type Report struct {
	Scenario string
	Seed     uint64
	Took     time.Duration
	Ledger   Ledger
	Figures  []string
}

// Failed reports whether a promise was broken.
func (r Report) Failed() bool { return len(r.Ledger.Violations) > 0 }

// Lines prints the report.
func (r Report) Lines() []string {
	lines := []string{fmt.Sprintf("=== %s, seed %d, %s", r.Scenario, r.Seed, r.Took.Round(100*time.Millisecond))}
	for _, f := range r.Figures {
		lines = append(lines, "figure    "+f)
	}
	return append(lines, r.Ledger.Lines(r.Scenario, r.Seed)...)
}

// attempt is one run of a scenario.
type attempt struct {
	cfg     Config
	dice    *rand.Rand
	journal Journal
	figures []string
	vain    int      // starts of workers that found no server
	broken  []string // promises that the scenario itself looks after
}

func (a *attempt) figure(format string, args ...any) {
	a.figures = append(a.figures, fmt.Sprintf(format, args...))
}

func (a *attempt) violate(format string, args ...any) {
	a.broken = append(a.broken, fmt.Sprintf(format, args...))
}

func (a *attempt) progress(format string, args ...any) {
	if a.cfg.Progress != nil {
		a.cfg.Progress(fmt.Sprintf(format, args...))
	}
}

// Run does it once. The error is a run that could not be done; a broken promise
// is in the report.
func (s Scenario) Run(ctx context.Context, cfg Config) (Report, error) {
	whole := ctx
	ctx, cancel := context.WithTimeoutCause(ctx, s.Limit, fmt.Errorf("chaos: %s did not end within %s", s.Name, s.Limit))
	defer cancel()
	if cfg.Jobs == 0 {
		cfg.Jobs = s.Jobs
	}
	for _, path := range []*string{&cfg.Mujaz, &cfg.Server, &cfg.Self, &cfg.Configs, &cfg.Logs} {
		if *path == "" {
			continue
		}
		absolute, err := filepath.Abs(*path)
		if err != nil {
			return Report{}, fmt.Errorf("chaos: %w", err)
		}
		*path = absolute
	}
	dir, err := os.MkdirTemp(cfg.Dir, "mujaz-chaos-")
	if err != nil {
		return Report{}, fmt.Errorf("chaos: make a folder for the servers: %w", err)
	}
	cfg.Dir = dir
	a := &attempt{cfg: cfg, dice: rand.New(rand.NewPCG(cfg.Seed, 0))}
	begin := time.Now()
	err = errors.Join(s.run(ctx, a), os.RemoveAll(dir))
	if whole.Err() != nil {
		// What was seen of half a run proves nothing.
		return Report{}, fmt.Errorf("chaos: %s, seed %d: %w", s.Name, cfg.Seed, context.Cause(whole))
	}
	if err != nil {
		if cause := context.Cause(ctx); cause != nil {
			err = errors.Join(cause, err)
		}
		return Report{}, fmt.Errorf("chaos: %s, seed %d: %w", s.Name, cfg.Seed, err)
	}
	report := Report{Scenario: s.Name, Seed: cfg.Seed, Took: time.Since(begin), Ledger: Check(a.journal), Figures: a.figures}
	report.Ledger.Violations = append(report.Ledger.Violations, a.broken...)
	return report, nil
}
