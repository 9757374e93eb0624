package main

import (
	"context"
	"fmt"

	"github.com/mujaz/mujaz/queue"
)

// runFlags name a run that an operator decides about.
type runFlags struct {
	Name string `arg:"" name:"run" help:"The run."`

	NATS natsFlags `embed:"" group:"nats"`
	prefixFlag
}

func (f *runFlags) scope() queue.Scope {
	return queue.Scope{Lane: queue.LaneBackfill, Source: f.Name}
}

// change opens a connection and writes the record's new state, if the run is in
// one of the states that it follows.
func (f *runFlags) change(ctx context.Context, to queue.RunState, from ...queue.RunState) (*queue.Conn, queue.Run, error) {
	conn, err := f.NATS.open(ctx, f.Prefix)
	if err != nil {
		return nil, queue.Run{}, err
	}
	run, err := findRun(ctx, conn, f.Name)
	if err == nil {
		run, err = conn.ChangeRun(ctx, f.Name, func(r *queue.Run) error {
			for _, state := range from {
				if r.State == state {
					r.State = to
				}
			}
			return nil
		})
	}
	if err != nil {
		conn.Close()
		return nil, queue.Run{}, err
	}
	return conn, run, nil
}

type backfillPauseCmd struct {
	runFlags
	switchFlags
}

// Help is shown by --help.
func (*backfillPauseCmd) Help() string {
	return `It stops the program that sends the run, and holds back what is queued of it. Jobs in hand go on to their end.

    mujaz backfill pause archive-2019 --reason "the budget of this month"`
}

// Run pauses.
func (c *backfillPauseCmd) Run(ctx context.Context, p *program) error {
	conn, _, err := c.change(ctx, queue.RunPaused, queue.RunSending)
	if err != nil {
		return err
	}
	defer conn.Close()
	if err := c.set(ctx, conn, queue.ActionPause, c.scope()); err != nil {
		return err
	}
	fmt.Fprintf(p.out, "paused: run %s; jobs in hand go on to their end\n", c.Name)
	return nil
}

type backfillResumeCmd struct{ runFlags }

// Help is shown by --help.
func (*backfillResumeCmd) Help() string {
	return `Takes the pause back, and puts back what was put aside for it. Rows that were not sent are sent by the next mujaz backfill run.

    mujaz backfill resume archive-2019`
}

// Run takes a pause back.
func (c *backfillResumeCmd) Run(ctx context.Context, p *program) error {
	conn, run, err := c.change(ctx, queue.RunSending, queue.RunPaused)
	if err != nil {
		return err
	}
	defer conn.Close()
	if run.State == queue.RunCancelled {
		return hinted("Its jobs that died can be redriven: mujaz dead redrive --source "+c.Name+" --cause cancelled", "run %s was cancelled", c.Name)
	}
	_, moved, err := putBack(ctx, conn, c.scope())
	if err != nil {
		return err
	}
	fmt.Fprintf(p.out, "resumed: run %s; %d jobs that were put aside are back in the queue\n", c.Name, moved)
	if run.State == queue.RunSending {
		fmt.Fprintf(p.out, "Rows are left: `mujaz backfill run --run %s …` goes on with them.\n", c.Name)
	}
	return nil
}

type backfillCancelCmd struct {
	runFlags
	switchFlags
	Yes bool `short:"y" help:"Do not ask."`
}

// Help is shown by --help.
func (*backfillCancelCmd) Help() string {
	return `A run that was cancelled does not go on. What is queued of it and not in hand ends as dead letters with the cause cancelled, which can be redriven.

    mujaz backfill cancel archive-2019 --reason "wrong edition"`
}

// Run cancels.
func (c *backfillCancelCmd) Run(ctx context.Context, p *program) error {
	ask := cancelCmd{Yes: c.Yes}
	if err := ask.confirm(ctx, p, c.scope()); err != nil {
		return err
	}
	conn, _, err := c.change(ctx, queue.RunCancelled, queue.RunSending, queue.RunPaused, queue.RunSent)
	if err != nil {
		return err
	}
	defer conn.Close()
	if err := c.set(ctx, conn, queue.ActionCancel, c.scope()); err != nil {
		return err
	}
	if _, err := conn.Unpark(ctx, c.scope()); err != nil {
		return err
	}
	fmt.Fprintf(p.out, "cancelled: run %s; what is queued of it ends as dead letters, without a call\n", c.Name)
	return nil
}
