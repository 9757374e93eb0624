package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/mujaz/mujaz/internal/backfill"
	"github.com/mujaz/mujaz/internal/batch"
	"github.com/mujaz/mujaz/internal/demo/show"
	"github.com/mujaz/mujaz/prompts"
	"github.com/mujaz/mujaz/queue"
	"github.com/mujaz/mujaz/worker"
)

// batchFlags have the first calls of a run's jobs made in batches.
type batchFlags struct {
	Via            string     `default:"workers" enum:"workers,batch" help:"Who makes the first calls: workers, or batch, the provider's Batch API, at a part of the price and within a day."`
	BatchOut       string     `placeholder:"FILE" help:"Write the questions of such a batch to a file, and queue nothing."`
	BatchIn        []string   `placeholder:"FILE" help:"Take the answers to such a file over, then run; can be repeated."`
	BatchRest      batch.Rest `default:"calls" enum:"calls,batch,hold" help:"What happens to rows that a batch does not answer: ordinary calls, another batch, or hold, they are not queued."`
	BatchRows      int        `default:"50000" placeholder:"N" help:"Most rows of a batch [${default}]."`
	BatchBytes     byteSize   `default:"200000000" placeholder:"SIZE" help:"Most bytes of its file [${default}]."`
	BatchesAtOnce  int        `default:"2" placeholder:"N" help:"Most batches that are at the provider side by side [${default}]."`
	BatchAnyWorker bool       `help:"Begin although workers are running with other settings, which would not use the answers."`

	LLM  llmFlags      `embed:"" group:"llm"`
	Work batchSettings `embed:"" group:"worker"`
}

// batchSettings are those of the workers that decide what they ask.
type batchSettings struct {
	Temperature   float64 `default:"0" help:"Temperature of the workers."`
	Seed          *int    `placeholder:"N" help:"Seed of the workers."`
	MaxTokens     int     `placeholder:"N" help:"Limit of an answer in tokens, as the workers have it."`
	ContextTokens int     `placeholder:"N" help:"Context size of --model in tokens; what does not fit is not for a batch."`
	HouseGlossary string  `placeholder:"FILE" help:"The workers' --glossary."`
	PromptsDir    string  `placeholder:"DIR" help:"The workers' folder of prompts."`
	BudgetDay     float64 `placeholder:"AMOUNT" help:"The workers' budget of a day."`
	priceFlags
}

// wanted reports whether the run has to do with batches.
func (f *batchFlags) wanted() bool { return f.Via == "batch" || f.BatchOut != "" || len(f.BatchIn) > 0 }

// check refuses what does not go together.
func (f *batchFlags) check(inputs []string, update bool) error {
	ways := 0
	for _, given := range []bool{f.Via == "batch", f.BatchOut != "", len(f.BatchIn) > 0} {
		if given {
			ways++
		}
	}
	switch {
	case ways > 1:
		return usagef("Give one of them.", "--via batch, --batch-out and --batch-in exclude each other")
	case ways == 1 && slices.Contains(inputs, "-"):
		return usagef("Put the input into a file.", "a batch needs its input more than once: it cannot be standard input")
	case ways == 1 && update:
		return usagef("Give the changed input a run of its own: what is as it was costs nothing.", "--update does not go with batches")
	}
	return nil
}

// openBatches is what a run's flags make of it, and must be closed.
type openBatches struct {
	flow *batch.Flow
	e    *endpoint
	in   []string
}

func (f *batchFlags) open(ctx context.Context, p *program, conn *queue.Conn, run, jobModel string, budget *float64) (*openBatches, error) {
	library, err := prompts.Load(f.Work.PromptsDir)
	if err != nil {
		return nil, usagef("Correct the prompts in --prompts-dir, or leave it away.", "read prompts: %w", err)
	}
	house, err := readHouse(f.Work.HouseGlossary)
	if err != nil {
		return nil, err
	}
	table, err := f.Work.table()
	if err != nil {
		return nil, err
	}
	e, err := f.LLM.resolve(ctx, p, 1, false)
	if err != nil {
		return nil, err
	}
	cfg := worker.Config{
		Queue: conn, LLM: e.client, Model: e.model, Prompts: library, Glossary: house, Context: f.Work.ContextTokens, MaxTokens: f.Work.MaxTokens,
		Temperature: f.Work.Temperature, Seed: f.Work.Seed, Price: f.Work.own(), Version: p.version, Budgets: worker.Budgets{Day: f.Work.BudgetDay},
	}
	if budget != nil {
		cfg.Budgets.Run = *budget
	}
	if jobModel != "" {
		cfg.AllowedModels = []string{jobModel} // the workers decide whether it is
	}
	setPrices(&cfg, table)
	flow, err := batch.New(batch.Config{
		Worker: cfg, Run: run, MaxRows: f.BatchRows, MaxBytes: int64(f.BatchBytes), AtOnce: f.BatchesAtOnce, Rest: f.BatchRest, AnyWorker: f.BatchAnyWorker,
		OnChange:  func(r queue.BatchRecord) { tellBatch(p, r) },
		OnTrouble: func(err error) { fmt.Fprintf(p.err, "batch: %v; trying again\n", err) },
	})
	if err != nil {
		e.close()
		return nil, usagef("Correct the setting and start again.", "%w", err)
	}
	return &openBatches{flow: flow, e: e, in: f.BatchIn}, nil
}

func (b *openBatches) close() { b.e.close() }

// ahead is what the run waits for.
func (b *openBatches) ahead() backfill.Batches {
	if len(b.in) > 0 {
		return batch.Answers{Flow: b.flow, Paths: b.in}
	}
	return b.flow
}

// tellBatch says how far a batch is, beside the run's progress.
func tellBatch(p *program, r queue.BatchRecord) {
	what := ""
	switch r.Stage {
	case queue.BatchMade:
		what = "is at work at the provider, as " + show.Line(r.ID)
	case queue.BatchEnded:
		what = show.Line(r.Ended)
	case queue.BatchCollected:
		what = fmt.Sprintf("collected: %s answered, %s open", counted(int64(r.Counts.Answered), "row"), grouped(int64(r.Counts.Open())))
	case queue.BatchCut, queue.BatchUploaded:
		return
	}
	fmt.Fprintf(p.err, "batch %d (%s): %s\n", r.Number, counted(int64(r.Lines), "row"), what)
}

// write writes the questions to a file.
func (b *openBatches) write(ctx context.Context, p *program, name string, rows batch.Rows) error {
	file, err := os.Create(name)
	if err != nil {
		return usagef("Name a file that can be written.", "write the questions: %w", err)
	}
	out := bufio.NewWriterSize(file, 1<<20)
	report, err := b.flow.Write(ctx, out, rows)
	if err = errors.Join(err, out.Flush(), file.Close()); err != nil {
		return err
	}
	fmt.Fprintf(p.out, "%s: %s; %d need none, %d have an answer\n", show.Line(name), counted(int64(report.Lines), "question"), report.Counts.Aside, report.Counts.Known)
	return nil
}

// print sums the batches of a run up.
func (b *openBatches) print(p *program) {
	r := b.flow.Report()
	if r.Batches == 0 {
		return
	}
	c := r.Counts
	var line strings.Builder
	fmt.Fprintf(&line, "%s, %s: %s answered", counted(int64(r.Batches), "batch"), counted(int64(r.Lines), "row"), grouped(int64(c.Answered)))
	for _, part := range []struct {
		n    int
		what string
	}{
		{c.Refused, "refused"},
		{c.Expired, "not done in time"},
		{c.Missing, "missing"},
		{c.Broken, "lines unreadable"},
		{c.Unknown, "answers to nobody"},
		{c.Twice, "answers twice"},
		{c.Held, "held back"},
	} {
		if part.n > 0 {
			fmt.Fprintf(&line, ", %s %s", grouped(int64(part.n)), part.what)
		}
	}
	if r.Cost > 0 {
		fmt.Fprintf(&line, "; %s %s", r.Cost, r.Currency)
	}
	fmt.Fprintf(p.out, "  batches   %s\n", line.String())
}

// explain says what to do about what ended the batches.
func (b *openBatches) explain(ctx context.Context, p *program, err error) error {
	if ctx.Err() != nil {
		fmt.Fprintln(p.err, "Batches that were made go on at the provider.")
		return err
	}
	switch {
	case errors.As(err, new(*batch.OtherSetupError)):
		return hinted("Give this command the workers' settings, or start them with these; --batch-any-worker begins all the same.", "%w", err)
	case errors.As(err, new(*batch.RefusedError)):
		return hinted("Nothing was done or charged for. Mend what the codes say; the same command tries again.", "%w", err)
	case errors.As(err, new(*queue.OverBudgetError)):
		return hinted("The most that a batch could cost must fit: fewer --batch-rows need less at once, or raise the budget.", "%w", err)
	}
	return err
}

// cancelBatches asks the provider to stop what it has of a run.
func cancelBatches(ctx context.Context, p *program, conn *queue.Conn, run string, flags *llmFlags) error {
	records, err := conn.RunBatches(ctx, run)
	if err != nil {
		return err
	}
	open := slices.DeleteFunc(records, func(r queue.BatchRecord) bool { return r.Stage == queue.BatchCollected })
	if len(open) == 0 {
		return nil
	}
	e, err := flags.resolve(ctx, p, 1, false)
	if err != nil {
		return hinted("Give the endpoint whose batches these are, and cancel again.", "cancel %s: %w", counted(int64(len(open)), "batch"), err)
	}
	defer e.close()
	if label := e.client.Label(); !strings.EqualFold(label, open[0].Endpoint) {
		return usagef("Give that endpoint, and cancel again.", "the run's batches are at %s, not at %s", open[0].Endpoint, label)
	}
	stopped, err := batch.Cancel(ctx, conn, e.client, run)
	if err != nil {
		return hinted("What they have done by then is charged for; cancel again.", "cancel the batches: %w", err)
	}
	fmt.Fprintf(p.out, "%s cancelled at the provider; what was done by then is charged for\n", counted(int64(stopped), "batch"))
	return nil
}
