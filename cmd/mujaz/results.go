package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/mujaz/mujaz/queue"
	"github.com/mujaz/mujaz/worker"
)

type resultsCmd struct {
	Follow    bool       `short:"f" help:"Go on with new results until interrupted."`
	New       bool       `help:"Skip what is stored already; with --follow."`
	Since     moment     `placeholder:"TIME" help:"Results stored since then: a time, a date, or an age such as 2h or 3d."`
	ID        string     `name:"id" placeholder:"ID" help:"Of this job."`
	Lane      queue.Lane `default:"" enum:",live,backfill" help:"Of this lane: live or backfill."`
	Source    string     `placeholder:"TOKEN" help:"Of this source or run."`
	Agreement bool       `help:"Count instead where the judge and the other checks find fault."`
	JSON      bool       `name:"json" help:"Print a JSON line a result, as it is stored (mujaz schema result)."`

	NATS natsFlags `embed:"" group:"nats"`
	prefixFlag
}

// Help is shown by --help.
func (*resultsCmd) Help() string {
	return `Oldest first. Programs that must not miss a result have a durable consumer of their own: docs/wire.md.

    mujaz results --since 2h
    mujaz results --follow --json | jq -r .headline
    mujaz results --id article-4711
    mujaz results --since 7d --agreement`
}

// Run prints results.
func (c *resultsCmd) Run(ctx context.Context, p *program) error {
	if c.New && !c.Follow {
		return usagef("Add --follow.", "--new alone prints nothing: it skips what is stored")
	}
	if c.Agreement && c.Follow {
		return usagef("Use one of the two.", "--agreement counts what is stored, --follow has no end")
	}
	err := c.print(ctx, p)
	if c.Follow && errors.Is(context.Cause(ctx), errInterrupted) {
		// There is no other end.
		return nil
	}
	return err
}

func (c *resultsCmd) print(ctx context.Context, p *program) error {
	conn, err := c.NATS.open(ctx, c.Prefix)
	if err != nil {
		return err
	}
	defer conn.Close()
	filter := queue.ResultFilter{Lane: c.Lane, Source: c.Source, JobID: c.ID, Since: c.Since.Time, Follow: c.Follow, New: c.New}
	printed := 0
	var agreement worker.Agreement
	err = conn.Results(ctx, filter, func(r queue.StoredResult) error {
		printed++
		if c.Agreement {
			if r.Result.Status != queue.StatusSkipped {
				agreement.Add(r.Result.Checks)
			}
			return nil
		}
		if c.JSON {
			return p.printLine(r.Payload)
		}
		if printed > 1 {
			fmt.Fprintln(p.out)
		}
		p.outStyle.Result(p.out, r.Result)
		return nil
	})
	switch {
	case err != nil:
		return err
	case c.ID != "" && printed == 0:
		return hinted("`mujaz dead list --id "+c.ID+"` tells whether it died; `mujaz status` what waits.", "no result of the job %q is stored", c.ID)
	case printed == 0 && !c.JSON:
		fmt.Fprintln(p.err, "no results")
	}
	if c.Agreement {
		return c.printAgreement(p, agreement)
	}
	return nil
}

func (c *resultsCmd) printAgreement(p *program, a worker.Agreement) error {
	if c.JSON {
		return p.printJSON(a)
	}
	_, err := fmt.Fprintf(p.out, "fault found by\n  judge and checks  %d\n  the judge alone   %d\n  checks alone      %d\n  neither           %d\nnot judged          %d\n",
		a.Both, a.OnlyJudge, a.OnlyChecks, a.Neither, a.NotJudged)
	return err
}
