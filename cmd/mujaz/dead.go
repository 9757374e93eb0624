package main

import (
	"context"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/mujaz/mujaz/internal/demo/show"
	"github.com/mujaz/mujaz/queue"
)

type deadCmd struct {
	List    deadListCmd    `cmd:"" help:"List dead letters."`
	Show    deadShowCmd    `cmd:"" help:"Print one with its job."`
	Redrive deadRedriveCmd `cmd:"" help:"Queue jobs again."`
	Purge   deadPurgeCmd   `cmd:"" help:"Remove dead letters for good."`
}

// Help is shown by --help.
func (*deadCmd) Help() string {
	return `A job that could not end with a result is kept, byte for byte, with its cause and what to do about it.

    mujaz dead list
    mujaz dead redrive --cause attempts_exhausted --dry-run
    mujaz dead redrive 17`
}

// deadFilter selects dead letters.
type deadFilter struct {
	Cause  queue.Cause `placeholder:"CAUSE" help:"With this cause, such as attempts_exhausted."`
	ID     string      `name:"id" placeholder:"ID" help:"Of this job."`
	Source string      `placeholder:"TOKEN" help:"Of this source or run."`
	Since  moment      `placeholder:"TIME" help:"Dead since then: a time, a date, or an age such as 2h."`
	Until  moment      `placeholder:"TIME" help:"Dead until then."`
}

func (f *deadFilter) filter() (queue.DeadFilter, error) {
	if f.Cause != "" && f.Cause.Advice() == "" {
		var names []string
		for _, cause := range queue.Causes() {
			names = append(names, string(cause))
		}
		return queue.DeadFilter{}, usagef("One of: "+strings.Join(names, ", ")+".", "--cause: there is no cause %q", f.Cause)
	}
	return queue.DeadFilter{Cause: f.Cause, JobID: f.ID, Source: f.Source, Since: f.Since.Time, Until: f.Until.Time}, nil
}

func (f *deadFilter) empty() bool {
	return f.Cause == "" && f.ID == "" && f.Source == "" && f.Since.IsZero() && f.Until.IsZero()
}

type deadListCmd struct {
	deadFilter
	JSON bool `name:"json" help:"Print a JSON line a letter (mujaz schema dead), with its sequence."`

	NATS natsFlags `embed:"" group:"nats"`
	prefixFlag
}

// Help is shown by --help.
func (*deadListCmd) Help() string {
	return "Examples:\n\n    mujaz dead list --since 1d\n    mujaz dead list --cause refused --json"
}

// numbered is a dead letter in JSON, with the number that show, redrive and
// purge take.
type numbered struct {
	Sequence uint64 `json:"sequence"`
	queue.DeadLetter
}

// Run lists.
func (c *deadListCmd) Run(ctx context.Context, p *program) error {
	filter, err := c.filter()
	if err != nil {
		return err
	}
	filter.Facts = true
	conn, err := c.NATS.open(ctx, c.Prefix)
	if err != nil {
		return err
	}
	defer conn.Close()
	table := tabwriter.NewWriter(p.out, 0, 8, 2, ' ', 0)
	count := 0
	err = conn.DeadLetters(ctx, filter, func(d queue.DeadLetter) error {
		count++
		if c.JSON {
			return p.printJSON(numbered{d.Sequence, d})
		}
		if count == 1 {
			fmt.Fprintln(table, "NUMBER\tDIED\tCAUSE\tLANE\tSOURCE\tJOB\tLAST ERROR")
		}
		fmt.Fprintf(table, "%d\t%s\t%s\t%s\t%s\t%s\t%s\n", d.Sequence, d.Time.Local().Format(time.DateTime), d.Cause, d.Lane, show.Line(d.Source),
			show.Clip(show.Line(d.JobID), 40), show.Clip(show.Line(d.LastError), 80))
		return nil
	})
	if err != nil {
		return err
	}
	if count == 0 && !c.JSON {
		fmt.Fprintln(p.err, "no dead letters")
	}
	return table.Flush()
}

type deadShowCmd struct {
	Number  uint64 `arg:"" help:"Number of the letter, from the list."`
	Payload bool   `help:"Print the job alone, byte for byte."`
	JSON    bool   `name:"json" help:"Print the facts as one JSON line."`

	NATS natsFlags `embed:"" group:"nats"`
	prefixFlag
}

// Help is shown by --help.
func (*deadShowCmd) Help() string {
	return "Examples:\n\n    mujaz dead show 17\n    mujaz dead show 17 --payload > job.json"
}

// Run shows one.
func (c *deadShowCmd) Run(ctx context.Context, p *program) error {
	conn, err := c.NATS.open(ctx, c.Prefix)
	if err != nil {
		return err
	}
	defer conn.Close()
	letter, err := oneLetter(ctx, conn, c.Number)
	switch {
	case err != nil:
		return err
	case c.Payload:
		_, err := p.out.Write(letter.Payload)
		return err
	case c.JSON:
		return p.printJSON(numbered{letter.Sequence, letter})
	}
	p.outStyle.Dead(p.out, letter)
	facts, err := json.Marshal(letter, jsontext.Multiline(true), jsontext.WithIndent("  "))
	if err != nil {
		return err
	}
	fmt.Fprintf(p.out, "%s\njob (%d bytes):\n%s\n", show.Clean(string(facts)), len(letter.Payload), show.Clean(string(letter.Payload)))
	return nil
}

func oneLetter(ctx context.Context, conn *queue.Conn, number uint64) (queue.DeadLetter, error) {
	var found *queue.DeadLetter
	err := conn.DeadLetters(ctx, queue.DeadFilter{Sequence: number}, func(d queue.DeadLetter) error {
		found = &d
		return nil
	})
	if err == nil && found == nil {
		err = hinted("`mujaz dead list` prints the numbers.", "there is no dead letter %d", number)
	}
	if err != nil {
		return queue.DeadLetter{}, err
	}
	return *found, nil
}
