package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/mujaz/mujaz/internal/backfill"
	"github.com/mujaz/mujaz/internal/demo/show"
	"github.com/mujaz/mujaz/queue"
)

type redoCmd struct {
	Name   string   `arg:"" name:"run" help:"The run; with --lane live, a source."`
	Inputs []string `arg:"" optional:"" name:"input" help:"Where the articles are; default: the files that the run's record names."`
	archiveFlags

	Where   []string   `sep:"none" placeholder:"CONDITION" help:"Which results, such as status=flagged; several must all hold. Without, all but those that a person has decided about."`
	Lane    queue.Lane `default:"backfill" enum:"live,backfill" help:"Lane of the results: live or backfill."`
	Abandon bool       `help:"Leave the rest of an unfinished redo undone."`
	Yes     bool       `short:"y" help:"Do not ask."`
	DryRun  bool       `help:"Print what would be done again, and stop."`

	Task     queue.Task  `default:"" enum:",summarize,translate" help:"Another task: summarize or translate."`
	Style    queue.Style `default:"" enum:",brief,standard,bullets,headline" help:"Another style: brief, standard, bullets or headline."`
	MaxWords int         `placeholder:"N" help:"Another limit of the summary, 5 to 2000 words."`
	Glossary string      `placeholder:"FILE" help:"Other names, in YAML or CSV."`
	Prompt   string      `placeholder:"NAME@VERSION" help:"Another prompt."`
	Model    string      `name:"job-model" placeholder:"NAME" help:"Another model, of those that the workers allow."`

	Budget   *float64      `placeholder:"AMOUNT" help:"Most that the run may have cost in all, in the currency of the workers' prices."`
	InFlight int           `default:"4096" placeholder:"N" help:"Most jobs that are queued at once [${default}]."`
	Rate     float64       `placeholder:"N" help:"Most jobs a second."`
	Until    clock         `placeholder:"TIME" help:"Stop sending then: 06:00, or 2h from now."`
	Detach   bool          `help:"Return when all is queued; do not wait for the ends."`
	Every    time.Duration `default:"30s" placeholder:"TIME" help:"How often the progress is told where there is no terminal [${default}]."`

	NATS natsFlags `embed:"" group:"nats"`
	prefixFlag
}

// Help is shown by --help.
func (*redoCmd) Help() string {
	return `It looks which results fit, says how many and what they cost, and asks. The articles are read again from the input: mujaz keeps none. The new result supersedes the old one, by its revision; readers see both.

Conditions: ` + strings.Join(backfill.Fields(), ", ") + `; with = and !=, dates with < and >. check is a check that failed.

    mujaz redo archive-2019 --where status=flagged
    mujaz redo archive-2019 --where 'prompt!=news-brief@2' --prompt news-brief@2
    mujaz redo archive-2019 --where check=numbers --where 'stored<2026-03-01' --dry-run
    mujaz redo newsdesk --lane live --where model=small-1 today.jsonl`
}

// Run selects, asks, and does again.
func (c *redoCmd) Run(ctx context.Context, p *program) error {
	where, err := backfill.ParseWhere(c.Where)
	if err != nil {
		return usagef("`mujaz redo --help` lists the fields.", "--where %w", err)
	}
	conn, err := c.NATS.open(ctx, c.Prefix)
	if err != nil {
		return err
	}
	defer conn.Close()
	cfg, err := c.config(ctx, p, conn)
	if err != nil {
		return err
	}
	if c.Abandon {
		return c.abandon(ctx, p, conn)
	}
	if cfg.Redo, err = cfg.Select(ctx, where); err != nil {
		return err
	}
	if proceed, err := c.ask(ctx, p, cfg.Redo); !proceed {
		return err
	}
	progress := newBackfillProgress(p, c.Name, c.Every)
	cfg.OnProgress = progress.show
	got, err := backfill.Run(ctx, cfg)
	progress.end()
	if stopped, is := errors.AsType[*backfill.StoppedError](err); is {
		fmt.Fprintf(p.out, "stopped: %v; the same command goes on\n", stopped)
		return nil
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(p.out, "%s sent again; the run has now %s ok + %s reused + %s flagged + %s skipped + %s dead\n",
		counted(got.Sent, "job"), grouped(got.OK), grouped(got.Reused), grouped(got.Flagged), grouped(got.Skipped), grouped(got.Dead))
	if missing := cfg.Redo.Matched - got.Sent; missing > 0 && !cfg.Redo.Unfinished {
		return hinted("Name the files that they came from.", "%s not found in the input", counted(missing, "article"))
	}
	return nil
}

// config is that of the run, with what is to be different.
func (c *redoCmd) config(ctx context.Context, p *program, conn *queue.Conn) (backfill.Config, error) {
	cfg := backfill.Config{
		Conn: conn, Run: c.Name, Lane: c.Lane, By: userName(), Archive: c.options(p), Inputs: c.Inputs,
		InFlight: c.InFlight, Rate: c.Rate, Until: c.Until.Time, Budget: c.Budget, Detach: c.Detach,
		Recipe: backfill.Recipe{Task: queue.TaskSummarize},
	}
	if c.Lane == queue.LaneBackfill {
		record, err := findRun(ctx, conn, c.Name)
		if err != nil {
			return cfg, err
		}
		cfg.Inputs = inputsOf(c.Inputs, record)
		if cfg.Recipe, err = backfill.RecipeOf(record); err != nil {
			return cfg, err
		}
	}
	if len(cfg.Inputs) == 0 {
		return cfg, usagef("mujaz keeps no articles: name the files that they are in.", "it is not said where the articles are")
	}
	glossary, err := readGlossary(c.Glossary)
	if err != nil {
		return cfg, err
	}
	o := &cfg.Recipe.Options
	cfg.Recipe.Task = cmp.Or(c.Task, cfg.Recipe.Task)
	o.Style, o.MaxWords, o.Prompt, o.Model = cmp.Or(c.Style, o.Style), cmp.Or(c.MaxWords, o.MaxWords), cmp.Or(c.Prompt, o.Prompt), cmp.Or(c.Model, o.Model)
	if glossary != nil {
		o.Glossary = glossary
	}
	return cfg, nil
}

// ask shows what would be done, and asks whether to.
func (c *redoCmd) ask(ctx context.Context, p *program, s *backfill.Selection) (bool, error) {
	if s.Matched == 0 {
		fmt.Fprintf(p.out, "none of %s fits\n", counted(s.Of, "result"))
		return false, nil
	}
	left := ""
	if s.Unfinished {
		left = " and are left of a redo that was stopped"
	}
	fmt.Fprintf(p.out, "%s of %s fit%s. They have cost %s.\n", grouped(s.Matched), counted(s.Of, "result"), left, costOf(s.Spent))
	switch {
	case c.DryRun:
		return false, nil
	case c.Yes:
		return true, nil
	case !show.IsTerminal(p.in):
		return false, usagef("Add --yes.", "%s would be done again, and nobody can be asked", counted(s.Matched, "result"))
	}
	fmt.Fprint(p.err, "Do them again, at about that cost? [y/N] ")
	answer, err := readLine(ctx, p)
	if err != nil || !strings.EqualFold(answer, "y") && !strings.EqualFold(answer, "yes") {
		return false, errors.Join(errors.New("nothing was done"), context.Cause(ctx))
	}
	return true, nil
}

func (c *redoCmd) abandon(ctx context.Context, p *program, conn *queue.Conn) error {
	_, err := conn.ChangePass(ctx, backfill.RedoPass(c.Lane), c.Name, func(r *queue.Run) error {
		r.State, r.Producer = queue.RunCancelled, ""
		return nil
	})
	if errors.Is(err, queue.ErrNotFound) {
		return hinted("Nothing is to be done.", "%s has no redo", show.Line(c.Name))
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(p.out, "abandoned: the rest of the redo of %s; what is queued of it goes on\n", show.Line(c.Name))
	return nil
}
