package main

import (
	"cmp"
	"context"
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/mujaz/mujaz/internal/backfill"
	"github.com/mujaz/mujaz/internal/demo/show"
	"github.com/mujaz/mujaz/queue"
)

type backfillStatusCmd struct {
	Name string `arg:"" optional:"" name:"run" help:"A run; without, all of them."`
	JSON bool   `name:"json" help:"Print a JSON line a run."`

	NATS natsFlags `embed:"" group:"nats"`
	prefixFlag
}

// Help is shown by --help.
func (*backfillStatusCmd) Help() string {
	return "Examples:\n\n    mujaz backfill status\n    mujaz backfill status archive-2019 --json"
}

// runStatus is what is printed of a run.
type runStatus struct {
	queue.Run
	Counts backfill.Counts `json:"counts"`
	// Open jobs have not ended: they wait, are in hand, or are missing.
	Open  int64          `json:"open"`
	Spent backfill.Spent `json:"spent"`
}

// Run prints the runs.
func (c *backfillStatusCmd) Run(ctx context.Context, p *program) error {
	conn, err := c.NATS.open(ctx, c.Prefix)
	if err != nil {
		return err
	}
	defer conn.Close()
	var runs []queue.Run
	if c.Name == "" {
		runs, err = conn.Runs(ctx)
	} else {
		runs = make([]queue.Run, 1)
		runs[0], err = findRun(ctx, conn, c.Name)
	}
	if err != nil {
		return err
	}
	var all []runStatus
	for _, run := range runs {
		tally := backfill.NewTally(conn, queue.LaneBackfill, run.Name)
		if err := tally.Load(ctx); err != nil {
			return err
		}
		s := runStatus{Run: run}
		s.Counts, s.Spent = tally.Counts()
		s.Open = max(0, run.Cursor.Jobs-s.Counts.Sum())
		if all = append(all, s); c.JSON {
			if err := p.printJSON(s); err != nil {
				return err
			}
		}
	}
	switch {
	case c.JSON:
		return nil
	case len(all) == 0:
		fmt.Fprintln(p.err, "no runs")
		return nil
	case c.Name != "":
		return c.printOne(p, all[0])
	}
	return printRuns(p, all)
}

func printRuns(p *program, all []runStatus) error {
	w := tabwriter.NewWriter(p.out, 0, 8, 2, ' ', 0)
	fmt.Fprint(w, "RUN\tSTATE\tROWS\tOK\tREUSED\tFLAGGED\tSKIPPED\tDEAD\tOPEN\tCOST\tBEGUN\n")
	for _, s := range all {
		n := s.Counts
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", s.Name, stateOf(s.Run), grouped(s.Cursor.Rows), grouped(n.OK), grouped(n.Reused),
			grouped(n.Flagged), grouped(n.Skipped), grouped(n.Dead), grouped(s.Open), shortCost(s.Spent), s.Created.Local().Format("2006-01-02 15:04"))
	}
	return w.Flush()
}

func shortCost(s backfill.Spent) string {
	switch {
	case s.Unpriced > 0:
		return "unknown"
	case s.Currency == "":
		return "0"
	}
	return fmt.Sprintf("%.2f %s", s.Cost, s.Currency)
}

// stateOf says whether anybody is at it.
func stateOf(r queue.Run) string {
	if r.State == queue.RunSending && r.Producer == "" {
		return "stopped"
	}
	return string(r.State)
}

func (c *backfillStatusCmd) printOne(p *program, s runStatus) error {
	fmt.Fprintf(p.out, "run %s: %s, begun %s by %s\n", p.outStyle.Bold(s.Name), stateOf(s.Run), s.Created.Local().Format(time.DateTime), cmp.Or(show.Line(s.By), "-"))
	for _, in := range s.Inputs {
		fmt.Fprintf(p.out, "  input     %s\n", show.Line(in.Name))
	}
	a := backfill.Account{Rows: s.Cursor.Rows, Bad: s.Cursor.Bad, Duplicates: s.Cursor.Duplicates, Jobs: s.Cursor.Jobs, Counts: s.Counts, Waiting: s.Open, Spent: s.Spent}
	p.printAccount(a)
	if s.Budget > 0 {
		fmt.Fprintf(p.out, "  budget    %s %s\n", queue.AmountOf(s.Budget), s.Spent.Currency)
	}
	if s.Producer != "" {
		fmt.Fprintf(p.out, "  producer  %s, heard of %s ago\n", show.Line(s.Producer), time.Since(s.Updated).Round(time.Second))
	}
	return nil
}
