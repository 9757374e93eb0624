package backfill

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/mujaz/mujaz/queue"
)

// claim makes this program the run's producer: it creates the record, or takes it
// over where nobody is at it.
func (r *run) claim(ctx context.Context) error {
	inputs, err := describe(ctx, r.cfg.Inputs)
	if err != nil {
		return err
	}
	var where []string
	if r.cfg.Redo != nil {
		where = r.cfg.Redo.where
	}
	recipe, err := r.cfg.written(where)
	if err != nil {
		return err
	}
	for {
		found, err := r.find(ctx)
		if errors.Is(err, queue.ErrNotFound) {
			found = queue.Run{
				Name: r.cfg.Run, Pass: r.pass(), Before: r.before(), State: queue.RunSending, Created: time.Now().UTC().Truncate(time.Second), By: r.cfg.By,
				Inputs: inputs, Recipe: recipe, Producer: r.self,
			}
			r.setBudget(&found)
			r.record, err = r.cfg.Conn.CreateRun(ctx, found)
			if errors.Is(err, queue.ErrRunExists) {
				continue
			}
			return err
		}
		if err != nil {
			return err
		}
		if err := r.goesOn(&found, inputs, string(recipe)); err != nil {
			return err
		}
		if err := r.isLeft(ctx, found); err != nil {
			return err
		}
		found.Producer = r.self
		r.setBudget(&found)
		r.record, err = r.cfg.Conn.UpdateRun(ctx, found)
		if !errors.Is(err, queue.ErrRunChanged) {
			return err
		}
	}
}

// pass of the record: a redo has one of its own.
func (r *run) pass() string {
	if r.cfg.Redo == nil {
		return ""
	}
	return r.cfg.pass()
}

func (r *run) before() uint64 {
	if r.cfg.Redo == nil {
		return 0
	}
	return r.cfg.Redo.Before
}

func (r *run) find(ctx context.Context) (queue.Run, error) {
	return r.cfg.Conn.FindPass(ctx, r.pass(), r.cfg.Run)
}

func (r *run) setBudget(record *queue.Run) {
	if r.cfg.Budget != nil {
		record.Budget = *r.cfg.Budget
	}
}

// goesOn reports whether the run that was begun is the one that is asked for.
func (r *run) goesOn(found *queue.Run, inputs []queue.RunInput, recipe string) error {
	if r.cfg.Redo != nil && (found.State == queue.RunSent || found.State == queue.RunCancelled) {
		// The one before is done: this is the next.
		found.State, found.Recipe, found.Inputs, found.Cursor, found.Before = queue.RunSending, []byte(recipe), inputs, queue.RunCursor{}, r.before()
		return nil
	}
	switch {
	case string(found.Recipe) != recipe && r.cfg.Redo != nil:
		return &hintError{
			fmt.Errorf("another redo of %s is not done yet: %s", found.Name, found.Recipe),
			"Give the same conditions and options to go on with it, or `mujaz redo " + found.Name + " --abandon` to leave the rest of it undone.",
		}
	case string(found.Recipe) != recipe:
		return &hintError{
			fmt.Errorf("run %s was begun with other options: %s", found.Name, found.Recipe),
			"Give the same options to go on with it, another --run for a new one, or use `mujaz redo` to do it over.",
		}
	case found.State == queue.RunCancelled:
		return &hintError{fmt.Errorf("run %s was cancelled", found.Name), "Give another --run. Its jobs that died as cancelled can be redriven: mujaz dead redrive --source " + found.Name + " --cause cancelled"}
	case found.State == queue.RunPaused:
		return &hintError{fmt.Errorf("run %s is paused", found.Name), "mujaz backfill resume " + found.Name}
	}
	if r.cfg.Update {
		found.Inputs, found.Cursor, found.State = inputs, queue.RunCursor{}, queue.RunSending
		return nil
	}
	if len(found.Inputs) != len(inputs) {
		return r.inputChanged(fmt.Sprintf("it was begun with %d inputs, and there are %d", len(found.Inputs), len(inputs)))
	}
	for i, was := range found.Inputs {
		// Its name may be another on another machine.
		if was.SHA256 != inputs[i].SHA256 {
			return r.inputChanged(fmt.Sprintf("%s is not the file that it was begun with", inputs[i].Name))
		}
	}
	return nil
}

// inputChanged explains the choice.
func (r *run) inputChanged(what string) error {
	return &hintError{
		fmt.Errorf("the input of run %s has changed: %s", r.cfg.Run, what),
		"Nothing more was sent. Give the input that it was begun with, or --update to go through the changed one: articles that differ are done again, all others cost nothing. Or begin a new run with another --run.",
	}
}

// isLeft waits until it is known that no other program is at the run: one that
// sends writes the record again and again.
func (r *run) isLeft(ctx context.Context, found queue.Run) error {
	if found.Producer == "" {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, leaseFor)
	defer cancel()
	for {
		select {
		case <-time.After(leaseFor / 8):
		case <-ctx.Done():
			if errors.Is(ctx.Err(), context.DeadlineExceeded) {
				return nil
			}
			return context.Cause(ctx)
		}
		now, err := r.find(ctx)
		if err == nil && !now.Updated.Equal(found.Updated) {
			if now.Producer == "" {
				return nil // it has just stopped; the update tells whether all is as it was
			}
			return &hintError{
				fmt.Errorf("run %s is being sent by another program (%s)", found.Name, now.Producer),
				"Stop that one, or let it go on: `mujaz backfill status " + found.Name + "` shows how far it is.",
			}
		}
	}
}

// save writes the cursor. The error is a *[StoppedError] where an operator has decided
// about the run. A server that cannot be reached is tried again by the next save:
// the record is behind then, and what was sent is recognised.
func (r *run) save(ctx context.Context, done bool) error {
	for {
		r.mu.Lock()
		next := r.record
		next.Cursor = r.confirmed
		r.mu.Unlock()
		if done {
			next.State, next.Producer = queue.RunSent, ""
		}
		written, err := r.cfg.Conn.UpdateRun(ctx, next)
		if err == nil {
			r.set(written)
			return nil
		}
		if !errors.Is(err, queue.ErrRunChanged) {
			if done {
				return err
			}
			return nil
		}
		now, err := r.find(ctx)
		switch {
		case errors.Is(err, queue.ErrNotFound):
			return fmt.Errorf("run %s: its record was removed meanwhile", r.cfg.Run)
		case err != nil:
			if done {
				return err
			}
			return nil
		case now.State == queue.RunPaused:
			return &StoppedError{"the run was paused"}
		case now.State == queue.RunCancelled:
			return &StoppedError{"the run was cancelled"}
		case now.Producer != r.self:
			return fmt.Errorf("run %s: another program has taken it over (%s)", r.cfg.Run, now.Producer)
		}
		now.Cursor = next.Cursor
		r.set(now)
	}
}

func (r *run) set(record queue.Run) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.record = record
}

// release leaves the run to whoever goes on with it.
func (r *run) release(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastWords)
	defer cancel()
	_, err := r.cfg.Conn.ChangePass(ctx, r.pass(), r.cfg.Run, func(now *queue.Run) error {
		if now.Producer != r.self {
			return errNotOurs
		}
		now.Producer, now.Cursor = "", r.confirmed
		return nil
	})
	if errors.Is(err, errNotOurs) {
		return nil
	}
	return err
}

var errNotOurs = errors.New("another program is at it")

// hintError says what to do about it.
type hintError struct {
	err  error
	hint string
}

func (e *hintError) Error() string { return e.err.Error() }

func (e *hintError) Unwrap() error { return e.err }

// Hint is what to do.
func (e *hintError) Hint() string { return e.hint }
