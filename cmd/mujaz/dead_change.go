package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/mujaz/mujaz/internal/demo/show"
	"github.com/mujaz/mujaz/queue"
)

// deadChange is what redrive and purge share: they want to be told what.
type deadChange struct {
	Numbers []uint64 `arg:"" optional:"" name:"number" help:"Numbers of letters, from the list."`
	deadFilter
	All    bool `help:"All dead letters."`
	DryRun bool `help:"Print what would be done, and do nothing."`

	NATS natsFlags `embed:"" group:"nats"`
	prefixFlag
}

// letters gathers the letters: what is changed must not be what is being read.
func (c *deadChange) letters(ctx context.Context, conn *queue.Conn) ([]queue.DeadLetter, error) {
	filter, err := c.filter()
	if err != nil {
		return nil, err
	}
	given := 0
	for _, is := range []bool{len(c.Numbers) > 0, !c.empty(), c.All} {
		if is {
			given++
		}
	}
	if given != 1 {
		return nil, usagef("Give one of: numbers, filters such as --cause, --all.", "it is not said which dead letters")
	}
	if len(c.Numbers) > 0 {
		var letters []queue.DeadLetter
		for _, number := range c.Numbers {
			letter, err := oneLetter(ctx, conn, number)
			if err != nil {
				return nil, err
			}
			letter.Payload = nil
			letters = append(letters, letter)
		}
		return letters, nil
	}
	filter.Facts = true
	var letters []queue.DeadLetter
	err = conn.DeadLetters(ctx, filter, func(d queue.DeadLetter) error {
		letters = append(letters, d)
		return nil
	})
	return letters, err
}

// change does something to each selected letter, read again with its payload.
func (c *deadChange) change(ctx context.Context, p *program, verb string, confirm func(int) error, do func(*queue.Conn, queue.DeadLetter) error) error {
	conn, err := c.NATS.open(ctx, c.Prefix)
	if err != nil {
		return err
	}
	defer conn.Close()
	letters, err := c.letters(ctx, conn)
	if err != nil {
		return err
	}
	if c.DryRun {
		for _, d := range letters {
			loop := ""
			if verb == "redriven" && d.Redrives >= queue.MaxRedrives {
				loop = fmt.Sprintf("  (redriven %d times already: only with --force)", d.Redrives)
			}
			fmt.Fprintf(p.out, "would be %s: %d  %s  %s%s\n", verb, d.Sequence, d.Cause, show.Line(d.JobID), loop)
		}
		fmt.Fprintf(p.out, "%d dead letters would be %s\n", len(letters), verb)
		return nil
	}
	if len(letters) > 0 {
		if err := confirm(len(letters)); err != nil {
			return err
		}
	}
	done, failed := 0, 0
	for _, d := range letters {
		full, err := oneLetter(ctx, conn, d.Sequence)
		if err == nil {
			err = do(conn, full)
		}
		switch {
		case ctx.Err() != nil:
			fmt.Fprintf(p.err, "%d of %d dead letters %s\n", done, len(letters), verb)
			return context.Cause(ctx)
		case errors.Is(err, queue.ErrNotFound):
			// Somebody else was faster.
		case err != nil:
			failed++
			p.complain(nameInput(fmt.Sprint("dead letter ", d.Sequence), err))
		default:
			done++
		}
	}
	fmt.Fprintf(p.out, "%d dead letters %s\n", done, verb)
	if failed > 0 {
		return &fault{code: exitInputs, err: fmt.Errorf("%d dead letters could not be %s", failed, verb)}
	}
	return nil
}

type deadRedriveCmd struct {
	deadChange
	Force bool `help:"Also jobs that were redriven three times and came back each time."`
}

// Help is shown by --help.
func (*deadRedriveCmd) Help() string {
	return "Examples:\n\n    mujaz dead redrive 17 18\n    mujaz dead redrive --cause attempts_exhausted --since 1d\n    mujaz dead redrive --all --dry-run"
}

// Run redrives.
func (c *deadRedriveCmd) Run(ctx context.Context, p *program) error {
	return c.change(ctx, p, "redriven", func(int) error { return nil }, func(conn *queue.Conn, d queue.DeadLetter) error {
		if c.Force {
			_, err := conn.RedriveAnyway(ctx, d)
			return err
		}
		_, err := conn.Redrive(ctx, d)
		if loop, is := errors.AsType[*queue.RedriveLoopError](err); is {
			return hinted(loop.Hint()+" Then redrive it with --force.", "%w\n%s", err, deathsText(loop.Letter))
		}
		return err
	})
}

// deathsText lists how a job ended, a line a time.
func deathsText(d queue.DeadLetter) string {
	var b strings.Builder
	for _, death := range append(slices.Clone(d.History), queue.Death{Cause: d.Cause, Time: d.Time, LastError: d.LastError}) {
		fmt.Fprintf(&b, "%s  %s  %s\n", death.Time.Local().Format(time.DateTime), show.Line(string(death.Cause)), show.Clip(show.Line(death.LastError), 80))
	}
	return strings.TrimSuffix(b.String(), "\n")
}

type deadPurgeCmd struct {
	deadChange
	Yes bool `short:"y" help:"Do not ask."`
}

// Help is shown by --help.
func (*deadPurgeCmd) Help() string {
	return "Examples:\n\n    mujaz dead purge --cause expired\n    mujaz dead purge --until 30d --yes"
}

// Run purges.
func (c *deadPurgeCmd) Run(ctx context.Context, p *program) error {
	ask := func(n int) error {
		if c.Yes {
			return nil
		}
		if !show.IsTerminal(p.in) {
			return usagef("Add --yes, or --dry-run to see what it would do.", "%d dead letters would be removed for good, and nobody can be asked", n)
		}
		fmt.Fprintf(p.err, "Remove %d dead letters for good? [y/N] ", n)
		answer, err := readLine(ctx, p)
		if err != nil || !strings.EqualFold(answer, "y") && !strings.EqualFold(answer, "yes") {
			return errors.Join(errors.New("nothing was removed"), context.Cause(ctx))
		}
		return nil
	}
	return c.change(ctx, p, "purged", ask, func(conn *queue.Conn, d queue.DeadLetter) error { return conn.PurgeDead(ctx, d) })
}

// readLine reads an answer, unless ctx ends before.
func readLine(ctx context.Context, p *program) (string, error) {
	lines := make(chan string, 1)
	go func() {
		line, err := bufio.NewReader(p.in).ReadString('\n')
		if err != nil {
			line = ""
		}
		lines <- strings.TrimSpace(line)
	}()
	select {
	case line := <-lines:
		return line, nil
	case <-ctx.Done():
		return "", context.Cause(ctx)
	}
}
