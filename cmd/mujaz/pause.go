package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os/user"
	"strings"
	"time"

	"github.com/mujaz/mujaz/internal/demo/show"
	"github.com/mujaz/mujaz/queue"
)

// scopeFlags say which jobs.
type scopeFlags struct {
	Lane   queue.Lane `enum:"live,backfill," default:"" placeholder:"LANE" help:"Of this lane: live or backfill."`
	Source string     `placeholder:"TOKEN" help:"Of this source or run."`
	ID     string     `name:"id" placeholder:"ID" help:"This job."`

	NATS natsFlags `embed:"" group:"nats"`
	prefixFlag
}

func (f *scopeFlags) scope() (queue.Scope, error) {
	s := queue.Scope{Lane: f.Lane, Source: f.Source, JobID: f.ID}
	if s == (queue.Scope{}) {
		return s, usagef("Give --lane, --source or --id; several together narrow it down.", "it is not said which jobs")
	}
	return s, nil
}

// switchFlags are what is written down with a switch.
type switchFlags struct {
	Reason string `placeholder:"TEXT" help:"Why; status shows it."`
	By     string `placeholder:"NAME" help:"Who; default: your user name on this machine."`
}

// set sets a switch on an open connection.
func (f *switchFlags) set(ctx context.Context, conn *queue.Conn, action queue.Action, scope queue.Scope) error {
	by := f.By
	if by == "" {
		u, err := user.Current()
		if err != nil || u.Username == "" {
			return usagef("Say who you are: --by NAME.", "this machine does not tell your user name")
		}
		by = u.Username
	}
	return conn.Set(ctx, queue.Switch{Action: action, Scope: scope, By: by, Reason: f.Reason})
}

func scopeText(s queue.Scope) string {
	var parts []string
	for _, part := range []struct{ name, value string }{{"lane", string(s.Lane)}, {"source", s.Source}, {"job", s.JobID}} {
		if part.value != "" {
			parts = append(parts, part.name+" "+show.Clip(show.Line(part.value), 40))
		}
	}
	return strings.Join(parts, ", ")
}

type pauseCmd struct {
	scopeFlags
	switchFlags
}

// Help is shown by --help.
func (*pauseCmd) Help() string {
	return `Jobs in hand go on to their end; nothing more of that lane, source or job is begun until it is resumed, whatever is restarted. A paused lane waits in its queue. Jobs of a paused source are put aside by the workers, so that they are in nobody's way.

    mujaz pause --lane backfill --reason "the budget of this month"
    mujaz pause --source archive-2019
    mujaz status`
}

// Run pauses.
func (c *pauseCmd) Run(ctx context.Context, p *program) error {
	scope, err := c.scope()
	if err != nil {
		return err
	}
	conn, err := c.NATS.open(ctx, c.Prefix)
	if err != nil {
		return err
	}
	defer conn.Close()
	if err := c.set(ctx, conn, queue.ActionPause, scope); err != nil {
		return err
	}
	fmt.Fprintf(p.out, "paused: %s\n", scopeText(scope))
	return nil
}

type cancelCmd struct {
	scopeFlags
	switchFlags
	Yes bool `short:"y" help:"Do not ask."`
}

// Help is shown by --help.
func (*cancelCmd) Help() string {
	return `What was queued until now and is not in hand ends as a dead letter with the cause cancelled, without a call. What is queued later is worked on, so stop the producer first. A dead letter can be redriven.

    mujaz cancel --source archive-2019 --reason "wrong edition"
    mujaz cancel --id article-4711 --yes`
}

// Run cancels.
func (c *cancelCmd) Run(ctx context.Context, p *program) error {
	scope, err := c.scope()
	if err != nil {
		return err
	}
	if err := c.confirm(ctx, p, scope); err != nil {
		return err
	}
	conn, err := c.NATS.open(ctx, c.Prefix)
	if err != nil {
		return err
	}
	defer conn.Close()
	if err := c.set(ctx, conn, queue.ActionCancel, scope); err != nil {
		return err
	}
	// What is parked would wait for ever: it ends by way of its queue, unless
	// it is paused, too.
	n, err := conn.Unpark(ctx, scope)
	if err != nil {
		return err
	}
	fmt.Fprintf(p.out, "cancelled: %s; the workers bury what was queued until now", scopeText(scope))
	if n > 0 {
		fmt.Fprintf(p.out, ", and %d that were put aside", n)
	}
	fmt.Fprintln(p.out)
	return nil
}

func (c *cancelCmd) confirm(ctx context.Context, p *program, scope queue.Scope) error {
	if c.Yes || scope.JobID != "" {
		return nil
	}
	if !show.IsTerminal(p.in) {
		return usagef("Add --yes.", "all jobs of %s would be cancelled, and nobody can be asked", scopeText(scope))
	}
	fmt.Fprintf(p.err, "Cancel all jobs of %s that are queued now? [y/N] ", scopeText(scope))
	answer, err := readLine(ctx, p)
	if err != nil || !strings.EqualFold(answer, "y") && !strings.EqualFold(answer, "yes") {
		return errors.Join(errors.New("nothing was cancelled"), context.Cause(ctx))
	}
	return nil
}

type resumeCmd struct{ scopeFlags }

// Help is shown by --help.
func (*resumeCmd) Help() string {
	return `Takes back a pause or a cancel of exactly that scope, and puts back what was put aside for it. What a cancel has ended stays a dead letter: redrive it.

    mujaz resume --lane backfill
    mujaz resume --source archive-2019`
}

// Run resumes.
func (c *resumeCmd) Run(ctx context.Context, p *program) error {
	scope, err := c.scope()
	if err != nil {
		return err
	}
	conn, err := c.NATS.open(ctx, c.Prefix)
	if err != nil {
		return err
	}
	defer conn.Close()
	cleared, moved, err := putBack(ctx, conn, scope)
	if err != nil {
		return err
	}
	if len(cleared) == 0 && moved == 0 {
		return hinted("`mujaz status` lists what is paused or cancelled; name it by the same flags.", "%s is neither paused nor cancelled", scopeText(scope))
	}
	fmt.Fprintf(p.out, "resumed: %s; %d jobs that were put aside are back in the queue\n", scopeText(scope), moved)
	return nil
}

// putBack takes the switches of a scope back, and puts back what was put aside
// for them.
func putBack(ctx context.Context, conn *queue.Conn, scope queue.Scope) (cleared []queue.Switch, moved int, err error) {
	cleared, err = conn.Clear(ctx, scope)
	if err != nil {
		return nil, 0, err
	}
	// A worker that hears of it a moment later parks a last job meanwhile.
	for {
		n, err := conn.Unpark(ctx, scope)
		moved += n
		switch {
		case errors.Is(err, queue.ErrQueueFull):
			return cleared, moved, hinted("Nothing is lost: `mujaz resume` again when there is room.", "%d jobs are back in the queue, which is full now", moved)
		case err != nil || n == 0:
			return cleared, moved, err
		}
		select {
		case <-time.After(resumeAgain):
		case <-ctx.Done():
			return cleared, moved, context.Cause(ctx)
		}
	}
}

// resumeAgain is longer than a worker takes to hear of a switch.
const resumeAgain = 500 * time.Millisecond

// printSwitches prints what is paused and cancelled.
func printSwitches(w io.Writer, switches []queue.Switch, parked uint64) {
	if len(switches) == 0 && parked == 0 {
		return
	}
	fmt.Fprint(w, "\nSWITCH\tOF\tSINCE\tBY\tREASON\n")
	pauses := false
	for _, s := range switches {
		pauses = pauses || s.Action == queue.ActionPause
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", s.Action, scopeText(s.Scope), s.At.Local().Format(time.DateTime), show.Line(s.By), cmp.Or(show.Clip(show.Line(s.Reason), 80), "-"))
	}
	if parked > 0 {
		text := "put aside by pauses"
		if !pauses {
			text = "put aside, and nothing is paused: mujaz resume --lane LANE puts them back"
		}
		fmt.Fprintf(w, "parked\t%d jobs %s\t\t\t\n", parked, text)
	}
}
