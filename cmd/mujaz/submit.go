package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/mujaz/mujaz/internal/demo/show"
	"github.com/mujaz/mujaz/queue"
)

type submitCmd struct {
	Files []string `arg:"" optional:"" name:"file" help:"Articles: .txt, .html; - is standard input."`

	HTML       bool              `name:"html" help:"The input is HTML, whatever its name."`
	Job        bool              `help:"The input is a job in JSON (docs/wire.md), with all its fields."`
	Title      string            `placeholder:"TEXT" help:"The article's headline."`
	Lang       string            `placeholder:"CODE" help:"What it is written in, as a hint: ar, fa, ur …"`
	URL        string            `name:"url" placeholder:"URL" help:"Where it was published; recorded, not fetched."`
	SourceName string            `placeholder:"NAME" help:"The publisher's name, for the reader."`
	Author     string            `placeholder:"NAME" help:"The author."`
	Published  moment            `placeholder:"TIME" help:"When it was published; relative dates are checked against it."`
	Task       queue.Task        `default:"summarize" enum:"summarize,translate" help:"summarize or translate."`
	Style      queue.Style       `default:"standard" enum:"brief,standard,bullets,headline" help:"brief, standard, bullets or headline."`
	MaxWords   int               `placeholder:"N" help:"Limit of the summary, 5 to 2000 words."`
	Glossary   string            `placeholder:"FILE" help:"Names and the English that must be used for them, in YAML or CSV."`
	Prompt     string            `placeholder:"NAME@VERSION" help:"Prompt to use."`
	MaxCost    float64           `placeholder:"AMOUNT" help:"Most that the job may cost, in the currency of the worker's prices."`
	Deadline   deadline          `placeholder:"TIME" help:"When the result is of no use any more: a time, or 2h from now."`
	Force      bool              `help:"Make new calls where a stored answer would do."`
	ID         string            `name:"id" placeholder:"ID" help:"Name of the job; without, its content names it."`
	Revision   int               `default:"1" placeholder:"N" help:"A higher one supersedes an earlier job of that id."`
	Metadata   map[string]string `placeholder:"KEY=VALUE" help:"Carried to the result; can be repeated."`
	Lane       queue.Lane        `default:"live" enum:"live,backfill" help:"live or backfill."`
	Source     string            `default:"default" placeholder:"TOKEN" help:"Source or run, part of the subject; sources share a lane's slots."`

	WaitForRoom bool          `help:"Wait while the queue is full, instead of being refused."`
	Wait        bool          `short:"w" help:"Wait, and print what became of it."`
	WaitTimeout time.Duration `default:"10m" placeholder:"TIME" help:"How long to wait for one [${default}]."`
	JSON        bool          `name:"json" help:"Print a JSON line an article: its confirmation, or with --wait its result or dead letter."`

	signFlags
	NATS natsFlags `embed:"" group:"nats"`
	prefixFlag
}

// Help is shown by --help.
func (*submitCmd) Help() string {
	return `Submitting the same article again is harmless: it is recognised by its content, or by --id.

    mujaz submit --wait article.txt
    mujaz submit --lane backfill --source archive-2019 *.html
    curl -sL https://example.com/news | mujaz submit --html --wait -
    echo '{"article":{"text":"…"}}' | mujaz submit --job -`
}

// Run queues every input, then waits for each if asked.
func (c *submitCmd) Run(ctx context.Context, p *program) error {
	if len(c.Files) == 0 {
		if show.IsTerminal(p.in) {
			return usagef("Name files, or pipe one in: mujaz submit - < article.txt", "%w", errNoInput)
		}
		c.Files = []string{"-"}
	}
	if c.ID != "" && len(c.Files) > 1 {
		return usagef("Leave --id away: each article is then named by its content.", "--id names one job, and there are %d files", len(c.Files))
	}
	for _, name := range c.Files {
		if err := refuseAddress(name); err != nil {
			return err
		}
	}
	glossary, err := readGlossary(c.Glossary)
	if err != nil {
		return err
	}
	signer, err := c.signer()
	if err != nil {
		return err
	}
	conn, err := c.NATS.open(ctx, c.Prefix)
	if err != nil {
		return err
	}
	defer conn.Close()
	producer := queue.NewSigningProducer(conn, signer)
	failed := 0
	var waiting []queue.Submitted
	began := time.Now()
	for _, name := range c.Files {
		s, err := c.submit(ctx, p, producer, name, glossary)
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if errors.Is(err, queue.ErrNoTopology) {
			return err
		}
		if err != nil {
			failed++
			p.complain(nameInput(name, err))
			continue
		}
		if c.Wait {
			waiting = append(waiting, s)
			continue
		}
		if err := c.confirm(p, name, s); err != nil {
			return err
		}
	}
	for _, s := range waiting {
		ended, err := c.await(ctx, p, conn, s, began)
		if err != nil {
			return err
		}
		if !ended {
			failed++
		}
	}
	return someFailed(failed, len(c.Files), "gave no result")
}

// someFailed ends a command whose inputs were complained about one by one.
func someFailed(failed, of int, what string) error {
	switch {
	case failed == 0:
		return nil
	case of == 1:
		return &fault{code: exitInputs}
	}
	return &fault{code: exitInputs, err: fmt.Errorf("%d of %d inputs %s", failed, of, what)}
}

// nameInput says which input an error is about, unless it does.
func nameInput(name string, err error) error {
	return &fault{err: fmt.Errorf("%s: %w", cmp.Or(name, "-"), err), hint: hintOf(err)}
}

func (c *submitCmd) submit(ctx context.Context, p *program, producer *queue.Producer, name string, glossary map[string]string) (queue.Submitted, error) {
	job, err := c.read(p, name)
	if err != nil {
		return queue.Submitted{}, err
	}
	if !c.Job {
		c.describe(&job, glossary)
	}
	told := false
	for {
		s, err := producer.Submit(ctx, job, queue.Route{Lane: c.Lane, Source: c.Source})
		if !errors.Is(err, queue.ErrQueueFull) {
			return s, err
		}
		if !c.WaitForRoom {
			return s, &fault{err: err, hint: hintOf(err) + " Or wait for room with --wait-for-room."}
		}
		if !told {
			told = true
			fmt.Fprintf(p.err, "%v; waiting for room\n", err)
		}
		select {
		case <-time.After(roomPause):
		case <-ctx.Done():
			return s, context.Cause(ctx)
		}
	}
}

// roomPause is the pause before a full queue is tried again: a worker makes
// room for a job in some seconds.
const roomPause = time.Second

func (c *submitCmd) read(p *program, name string) (queue.Job, error) {
	if !c.Job {
		return readArticle(name, p.in, c.HTML)
	}
	data, err := readInput(name, p.in)
	if err != nil {
		return queue.Job{}, err
	}
	job, err := queue.DecodeJob(data)
	if err != nil {
		return queue.Job{}, hinted("`mujaz schema job` prints what a job looks like; docs/wire.md explains it.", "%w", err)
	}
	return job, nil
}

func (c *submitCmd) describe(job *queue.Job, glossary map[string]string) {
	job.ID, job.Revision, job.Task, job.Metadata = c.ID, c.Revision, c.Task, c.Metadata
	a := &job.Article
	a.Title, a.Lang, a.URL, a.Source, a.Author, a.PublishedAt = c.Title, c.Lang, c.URL, c.SourceName, c.Author, c.Published.Time
	job.Options = queue.Options{
		Style: c.Style, MaxWords: c.MaxWords, Glossary: glossary, Prompt: c.Prompt, MaxCost: c.MaxCost, Deadline: c.Deadline.Time, Force: c.Force,
	}
}

// confirmation is what --json prints of a queued job.
type confirmation struct {
	File      string `json:"file"`
	ID        string `json:"id"`
	Revision  int    `json:"revision"`
	Subject   string `json:"subject"`
	Result    string `json:"result_subject"`
	Sequence  uint64 `json:"sequence"`
	Duplicate bool   `json:"duplicate"`
}

func (c *submitCmd) confirm(p *program, name string, s queue.Submitted) error {
	if c.JSON {
		return p.printJSON(confirmation{name, s.ID, s.Revision, s.Subject, s.Result, s.Sequence, s.Duplicate})
	}
	state := "queued"
	if s.Duplicate {
		state = "queued before"
	}
	_, err := fmt.Fprintf(p.out, "%s  %s  %s\n", state, show.Line(s.ID), p.outStyle.Dim(show.Line(name)))
	return err
}

// await prints a job's outcome, and tells whether it is a result.
func (c *submitCmd) await(ctx context.Context, p *program, conn *queue.Conn, s queue.Submitted, began time.Time) (bool, error) {
	if s.Duplicate {
		// Its end may be older than this submission.
		began = time.Time{}
	}
	waitCtx, cancel := context.WithTimeout(ctx, c.WaitTimeout)
	defer cancel()
	outcome, err := conn.WaitOutcome(waitCtx, s, began)
	switch {
	case ctx.Err() != nil:
		return false, context.Cause(ctx)
	case errors.Is(err, context.DeadlineExceeded):
		p.complain(hinted("It stays queued: `mujaz status` shows whether a worker is at it, `mujaz results --id "+s.ID+"` prints it later.",
			"%s: no result within %s", s.ID, c.WaitTimeout))
		return false, nil
	case err != nil:
		return false, err
	case outcome.Dead != nil && c.JSON:
		return false, p.printJSON(outcome.Dead)
	case outcome.Dead != nil:
		p.outStyle.Dead(p.out, *outcome.Dead)
		return false, nil
	case c.JSON:
		return true, p.printLine(outcome.Result.Payload)
	}
	p.outStyle.Result(p.out, outcome.Result.Result)
	return true, nil
}
