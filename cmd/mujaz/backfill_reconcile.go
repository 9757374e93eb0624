package main

import (
	"context"
	"fmt"

	"github.com/mujaz/mujaz/internal/backfill"
	"github.com/mujaz/mujaz/internal/demo/show"
)

type backfillReconcileCmd struct {
	Name   string   `arg:"" name:"run" help:"The run."`
	Inputs []string `arg:"" optional:"" name:"input" help:"What it was begun with; default: the files that its record names."`
	archiveFlags
	Repair bool `help:"Queue again what is missing."`
	JSON   bool `name:"json" help:"Print it as one JSON line, and one for each missing job before it."`

	NATS natsFlags `embed:"" group:"nats"`
	prefixFlag
}

// Help is shown by --help.
func (*backfillReconcileCmd) Help() string {
	return `It reads the input again and looks for every row: in the results, the dead letters, the queue. What is in none of them is named. The exit code is 0 when the sum is right.

    mujaz backfill reconcile archive-2019
    mujaz backfill reconcile archive-2019 --repair 2019.jsonl.zst`
}

// Run reconciles.
func (c *backfillReconcileCmd) Run(ctx context.Context, p *program) error {
	conn, err := c.NATS.open(ctx, c.Prefix)
	if err != nil {
		return err
	}
	defer conn.Close()
	record, err := findRun(ctx, conn, c.Name)
	if err != nil {
		return err
	}
	a, err := backfill.Reconcile(ctx, backfill.ReconcileConfig{
		Conn: conn, Run: c.Name, Inputs: inputsOf(c.Inputs, record), Archive: c.options(p), Repair: c.Repair,
		OnMissing: func(m backfill.MissingJob) error {
			if c.JSON {
				return p.printJSON(m)
			}
			_, err := fmt.Fprintf(p.out, "missing  %s  row %s  %s\n", show.Line(m.ID), grouped(m.Row), p.outStyle.Dim(show.Line(m.Place.String())))
			return err
		},
	})
	if err != nil {
		return err
	}
	if c.JSON {
		if err := p.printJSON(a); err != nil {
			return err
		}
	} else {
		fmt.Fprintf(p.out, "run %s: %s\n", p.outStyle.Bold(c.Name), verdictOf(a))
		p.printAccount(a)
	}
	switch {
	case a.Holds():
		return nil
	case a.Repaired > 0:
		fmt.Fprintf(p.err, "%s queued again\n", counted(a.Repaired, "job"))
		return nil
	case a.Missing > 0:
		return &fault{code: exitInputs, err: fmt.Errorf("%s missing", counted(a.Missing, "job")), hint: "Queue them again with --repair."}
	}
	return fmt.Errorf("the sum of run %s is not right; reconcile it again when nothing of it is under way", c.Name)
}

func verdictOf(a backfill.Account) string {
	switch {
	case a.Holds() && a.Unsent == 0 && a.Waiting == 0:
		return "every row is accounted for"
	case a.Holds():
		return "every row so far is accounted for"
	}
	return "the sum is not right"
}
