package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/user"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/mujaz/mujaz/internal/archive"
	"github.com/mujaz/mujaz/internal/backfill"
	"github.com/mujaz/mujaz/internal/demo/show"
)

type backfillRunCmd struct {
	Inputs []string `arg:"" name:"input" help:"Files of articles; - is standard input."`
	archiveFlags

	Name string `name:"run" placeholder:"NAME" help:"Name of the run; default: that of the first input."`
	recipeFlags
	Budget   *float64      `placeholder:"AMOUNT" help:"Most that the run may cost, in the currency of the workers' prices; the workers keep it."`
	InFlight int           `default:"4096" placeholder:"N" help:"Most jobs of the run that are queued at once [${default}]."`
	Rate     float64       `placeholder:"N" help:"Most jobs a second."`
	Limit    int64         `placeholder:"N" help:"Stop after so many jobs."`
	Until    clock         `placeholder:"TIME" help:"Stop sending then: 06:00, or 2h from now. What is queued goes on."`
	Update   bool          `help:"Go through a changed input: corrected articles are done again, all others cost nothing."`
	Detach   bool          `help:"Return when all is queued; do not wait for the ends."`
	Failures string        `placeholder:"FILE" help:"Where rows that become no job are told of, a JSON line each; default: RUN.failures.jsonl, made when there is one."`
	MaxBad   share         `default:"0" placeholder:"N" help:"How many rows, or which part of them (1%), may be bad or end dead before the exit code is 4 [${default}]."`
	Every    time.Duration `default:"30s" placeholder:"TIME" help:"How often the progress is told where there is no terminal, as a JSON line [${default}]."`
	JSON     bool          `name:"json" help:"Print the account at the end as a JSON line."`

	NATS natsFlags `embed:"" group:"nats"`
	prefixFlag
}

// Help is shown by --help.
func (*backfillRunCmd) Help() string {
	return `The rows go to the backfill lane, where they give way to live jobs. Stop it whenever you like (Ctrl-C): the same command goes on where it was, on any machine that has the input. Run it once more when all is done, and nothing is sent.

    mujaz backfill run archive.jsonl.zst
    mujaz backfill run --run y2019 --style brief --budget 40 --until 06:00 2019/*.jsonl
    zcat dump.jsonl.gz | mujaz backfill run --run dump --field text=body -`
}

// Run sends and waits.
func (c *backfillRunCmd) Run(ctx context.Context, p *program) error {
	name, err := runName(c.Name, c.Inputs)
	if err != nil {
		return err
	}
	if len(c.Inputs) > 1 && slices.Contains(c.Inputs, "-") {
		return usagef("Name files, or pipe everything in.", "standard input cannot be one of several inputs")
	}
	recipe, err := c.recipe()
	if err != nil {
		return err
	}
	conn, err := c.NATS.open(ctx, c.Prefix)
	if err != nil {
		return err
	}
	defer conn.Close()
	failures := &failuresFile{name: c.Failures, run: name}
	defer failures.close()
	progress := newBackfillProgress(p, name, c.Every)
	got, err := backfill.Run(ctx, backfill.Config{
		Conn: conn, Run: name, By: userName(), Inputs: c.Inputs, Archive: c.options(p), Recipe: recipe,
		InFlight: c.InFlight, Rate: c.Rate, Limit: c.Limit, Until: c.Until.Time, Budget: c.Budget, Update: c.Update, Detach: c.Detach,
		OnBad: failures.add, OnProgress: progress.show,
	})
	progress.end()
	if err := c.stopped(ctx, p, name, got, err); err != nil {
		return err
	}
	return c.finish(p, name, got, failures)
}

// userName is who runs this, for the record.
func userName() string {
	if u, err := user.Current(); err == nil {
		return u.Username
	}
	return ""
}

// stopped tells how to go on with a run that ended early.
func (c *backfillRunCmd) stopped(ctx context.Context, p *program, name string, got backfill.Progress, err error) error {
	if err == nil {
		return nil
	}
	at := fmt.Sprintf("run %s: %s done, %s under way", show.Line(name), counted(got.Rows, "row"), counted(got.Waiting, "job"))
	goOn := "The same command goes on: mujaz backfill run --run " + name + " " + strings.Join(c.Inputs, " ")
	if stopped, is := errors.AsType[*backfill.StoppedError](err); is {
		fmt.Fprintf(p.out, "%s; stopped: %v\n%s\n", at, stopped, goOn)
		return nil
	}
	if ctx.Err() != nil {
		fmt.Fprintf(p.err, "%s\n%s\n", at, goOn)
		return context.Cause(ctx)
	}
	return err
}

// finish prints what a run came to. Its exit code goes by the threshold.
func (c *backfillRunCmd) finish(p *program, name string, got backfill.Progress, failures *failuresFile) error {
	a := backfill.Account{
		Run: name, Rows: got.Rows, Bad: got.Bad, Duplicates: got.Duplicates, Jobs: got.Jobs, Counts: got.Counts, Waiting: got.Waiting, Spent: got.Spent,
	}
	if c.JSON {
		if err := p.printJSON(a); err != nil {
			return err
		}
	} else {
		fmt.Fprintf(p.out, "run %s\n", p.outStyle.Bold(name))
		p.printAccount(a)
		if failures.count > 0 {
			fmt.Fprintf(p.out, "  bad rows  %s\n", failures.name)
		}
		fmt.Fprintf(p.out, "\nmujaz backfill reconcile %s %s   proves the sum\nmujaz results --lane backfill --source %s        prints the results\n", name, strings.Join(c.Inputs, " "), name)
	}
	if n := a.Bad + a.Dead; c.MaxBad.exceeds(n, a.Rows) {
		return &fault{
			code: exitInputs, err: fmt.Errorf("%s of %s are bad or dead", grouped(n), counted(a.Rows, "row")),
			hint: "`mujaz dead list --source " + name + "` tells of the dead; --max-bad 1% allows for some.",
		}
	}
	return nil
}

// failuresFile tells of rows that became no job. It is made with the first.
type failuresFile struct {
	name, run string
	file      *os.File
	count     int64
}

// badRow is a line of the file.
type badRow struct {
	Row   int64         `json:"row"`
	Place archive.Place `json:"place"`
	ID    string        `json:"id,omitzero"`
	Cause string        `json:"cause"`
}

func (f *failuresFile) add(item backfill.Item) error {
	if f.file == nil {
		if f.name == "" {
			f.name = f.run + ".failures.jsonl"
		}
		// The rows are gone through from the first, so the file is whole each time.
		file, err := os.Create(f.name)
		if err != nil {
			return fmt.Errorf("tell of bad rows: %w", err)
		}
		f.file = file
	}
	f.count++
	line, err := json.Marshal(badRow{Row: item.Number, Place: item.Place, ID: item.Job.ID, Cause: item.Err.Error()})
	if err != nil {
		return fmt.Errorf("tell of bad rows: %w", err)
	}
	if _, err := f.file.Write(append(line, '\n')); err != nil {
		return hinted("Make room, or give --failures a place that has some. The same command goes on.", "tell of bad rows: %w", err)
	}
	return nil
}

func (f *failuresFile) close() {
	if f.file != nil {
		_ = f.file.Close() // each line was written
	}
}
