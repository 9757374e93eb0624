package main

import (
	"context"
	"errors"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/alecthomas/kong"

	"github.com/mujaz/mujaz/internal/demo/show"
)

// program is the world as one run of mujaz sees it. Commands read and write
// through it, so that tests can stand in for all of it.
type program struct {
	in       io.Reader
	out, err io.Writer
	lookup   func(string) (string, bool) // of environment variables
	signals  <-chan os.Signal
	version  string

	outStyle, errStyle show.Style
	settings           *settings     // where each flag's value came from
	parsed             *kong.Context // of the command line
}

// system is the process's own world.
func system() *program {
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	// The terminal was closed; under nohup that is to be ignored.
	if !signal.Ignored(syscall.SIGHUP) {
		signal.Notify(signals, syscall.SIGHUP)
	}
	return &program{
		in: os.Stdin, out: os.Stdout, err: os.Stderr, lookup: os.LookupEnv, signals: signals, version: versionOf(version),
	}
}

// errInterrupted is the cause of a context that a signal ended.
var errInterrupted = errors.New("interrupted")

// sameSignal is how close two signals are that mean one: `timeout`, make and
// init programs of containers signal a process and its group.
const sameSignal = 300 * time.Millisecond

// run does what args say and returns the exit code. The first signal ends the
// command's context, the second does not wait for it.
func run(ctx context.Context, args []string, p *program) int {
	p.outStyle, p.errStyle = show.For(p.out, p.lookup), show.For(p.err, p.lookup)
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	done := make(chan error, 1)
	go func() { done <- dispatch(ctx, args, p) }()
	var interrupted time.Time
	for {
		select {
		case err := <-done:
			return p.report(err, !interrupted.IsZero())
		case <-p.signals:
			switch {
			case interrupted.IsZero():
				interrupted = time.Now()
				cancel(errInterrupted)
			case time.Since(interrupted) > sameSignal:
				return exitInterrupted
			}
		}
	}
}

// dispatch parses the command line and runs the command.
func dispatch(ctx context.Context, args []string, p *program) error {
	var root cli
	parser, err := newParser(&root, p)
	if err != nil {
		return err
	}
	if len(args) == 0 {
		// Nothing to do is a mistake, answered with what there is.
		kctx, err := kong.Trace(parser, nil)
		if err != nil {
			return err
		}
		kctx.Stdout = p.err
		if err := kctx.PrintUsage(false); err != nil {
			return err
		}
		return &fault{code: exitUsage}
	}
	kctx, err := parser.Parse(args)
	var parseErr *kong.ParseError
	switch {
	case errors.Is(err, errHelp) && errors.As(err, &parseErr):
		return parseErr.Context.PrintUsage(false)
	case errors.As(err, &parseErr):
		return usageError(parseErr)
	case err != nil:
		return err
	}
	p.parsed = kctx
	kctx.BindTo(ctx, (*context.Context)(nil))
	kctx.Bind(p)
	return kctx.Run()
}

// newParser builds the command line's grammar.
func newParser(root *cli, p *program) (*kong.Kong, error) {
	p.settings = &settings{lookup: p.lookup}
	return kong.New(
		root,
		kong.Name("mujaz"),
		kong.Description("Checked English summaries and translations of news articles, over NATS JetStream."),
		kong.Writers(p.out, p.err),
		kong.NoDefaultHelp(),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, NoExpandSubcommands: true, FlagsLast: true, WrapUpperBound: 100}),
		kong.ValueFormatter(flagHelp),
		kong.ExplicitGroups(groups()),
		defaults(),
		kong.Resolvers(p.settings),
		kong.Bind(p.settings),
		kong.PostBuild(ungroup),
		kong.Exit(func(int) {}),
	)
}
