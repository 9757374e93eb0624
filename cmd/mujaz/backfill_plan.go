package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"go.uber.org/zap"

	"github.com/mujaz/mujaz/internal/archive"
	"github.com/mujaz/mujaz/internal/backfill"
	"github.com/mujaz/mujaz/internal/demo/show"
	"github.com/mujaz/mujaz/internal/near"
	"github.com/mujaz/mujaz/prompts"
	"github.com/mujaz/mujaz/worker"
)

type backfillPlanCmd struct {
	Inputs []string `arg:"" optional:"" name:"input" help:"Files of articles; - is standard input."`
	archiveFlags
	recipeFlags

	Sample      int     `placeholder:"N" help:"Send N of the articles, 5 or more, and work the ranges out from what they take."`
	SampleSeed  uint64  `default:"1" placeholder:"N" help:"Which ones: the same number draws the same articles [${default}]."`
	Yes         bool    `help:"Do not ask before the sample is sent."`
	CallSeconds float64 `placeholder:"SECONDS" help:"How long a call takes; default: measured by the sample, else assumed."`
	Failures    string  `placeholder:"FILE" help:"Where rows that become no job are told of, a JSON line each."`
	MaxBad      share   `default:"1%" placeholder:"N" help:"How many rows, or which part of them, may be bad before the exit code is 4 [${default}]."`
	JSON        bool    `name:"json" help:"Print all of it as one JSON object."`

	LLM  llmFlags      `embed:"" group:"llm"`
	Work planWorkFlags `embed:"" group:"worker"`
}

// planWorkFlags are those of a worker that decide what its calls come to.
type planWorkFlags struct {
	Slots int `placeholder:"N" help:"Jobs in hand at once; default: as many as the endpoint has use for, found while working."`
	priceFlags
	RequestsPerMinute int     `placeholder:"N" help:"The endpoint's limit of requests a minute, shared by all workers of this endpoint; default: as its answers say."`
	TokensPerMinute   int     `placeholder:"N" help:"The same for tokens."`
	Temperature       float64 `default:"0" help:"Temperature of the calls, 0 to 2."`
	ContextTokens     int     `placeholder:"N" help:"Context size of --model at the endpoint in tokens; default: as its refusals say. What does not fit goes in parts."`
	MaxTokens         int     `placeholder:"N" help:"Limit of an answer in tokens; default: from task and article."`
	HouseGlossary     string  `name:"house-glossary" placeholder:"FILE" help:"The workers' --glossary."`
	PromptsDir        string  `placeholder:"DIR" help:"Folder with prompts that replace or join the embedded ones."`
}

// Help is shown by --help.
func (*backfillPlanCmd) Help() string {
	return `Reads all rows as a run would, and sends nothing: how many are articles, in which languages, what would be skipped and why, copies, tokens, calls, cost and duration. What is not known is a range. Give it the settings of your workers: endpoint, model, prices, limits.

With --sample it sends some articles for real, drawn over the whole input, and works the ranges out from what they took. It says first what that costs at most. Their answers are not kept: a run pays for these articles again. docs/estimates.md says how the ranges are made, and how often they held. The judge is not in them.

    mujaz backfill plan archive.jsonl.zst
    mujaz backfill plan --style brief --model gpt-4o-mini --base-url https://api.openai.com/v1 2019/*.jsonl
    mujaz backfill plan --sample 30 --yes --slots 8 --requests-per-minute 500 archive.jsonl
    zcat dump.jsonl.gz | mujaz backfill plan --field text=body --json -`
}

// assumedSlots is what a plan goes by where nothing says how many calls side by
// side the endpoint takes.
const assumedSlots = 4

// planner is one run of the command.
type planner struct {
	c        *backfillPlanCmd
	p        *program
	endpoint *endpoint // nil: nothing is sent
	foresee  worker.Foresight
	terms    backfill.Terms
	report   planReport
}

// Run plans.
func (c *backfillPlanCmd) Run(ctx context.Context, p *program) error {
	if err := c.check(p); err != nil {
		return err
	}
	pl := &planner{c: c, p: p}
	defer func() {
		if pl.endpoint != nil {
			pl.endpoint.close()
		}
	}()
	if err := pl.prepare(ctx); err != nil {
		return err
	}
	survey, err := pl.survey(ctx)
	if survey == nil {
		return err
	}
	pl.report.Survey, pl.report.Estimate = survey, survey.Estimate(pl.terms)
	if err == nil && c.Sample > 0 && survey.Articles > 0 {
		if err = pl.sample(ctx, survey); err != nil {
			fmt.Fprintln(p.err, "The sample came to nothing; what follows is without it.")
		}
	}
	if printErr := pl.print(); printErr != nil {
		return printErr
	}
	if err != nil {
		return err
	}
	if n := survey.Bad + survey.Dead; c.MaxBad.exceeds(n, survey.Rows) {
		return &fault{
			code: exitInputs, err: fmt.Errorf("too many bad rows: %s of %s", grouped(n), grouped(survey.Rows)),
			hint: "--failures FILE lists them; --field says where a field is found; --max-bad allows for some.",
		}
	}
	return nil
}

func (c *backfillPlanCmd) check(p *program) error {
	var err error
	if c.Inputs, err = inputs(p, c.Inputs); err != nil {
		return err
	}
	const least = 5
	switch {
	case len(c.Inputs) > 1 && slices.Contains(c.Inputs, "-"):
		return usagef("Name files, or pipe everything in.", "standard input cannot be one of several inputs")
	case c.Sample < 0 || c.Sample > 0 && c.Sample < least:
		return usagef("30 to 100 are a good measure.", "--sample must be at least %d", least)
	case c.CallSeconds < 0 || c.Work.Slots < 0:
		return usagef("Leave them away where they are not known.", "--call-seconds and --slots must not be negative")
	case c.Sample > 0 && !c.Yes && (c.Inputs[0] == "-" || !show.IsTerminal(p.in)):
		return usagef("Add --yes, or plan without --sample to see what it would cost.", "a sample costs money, and nobody can be asked")
	}
	return nil
}

// prepare gathers what the estimate goes by. Without a sample nothing is asked
// of the endpoint.
func (pl *planner) prepare(ctx context.Context) error {
	c, p := pl.c, pl.p
	library, err := prompts.Load(c.Work.PromptsDir)
	if err != nil {
		return usagef("Correct the prompts in --prompts-dir, or leave it away.", "read prompts: %w", err)
	}
	house, err := readHouse(c.Work.HouseGlossary)
	if err != nil {
		return err
	}
	pl.foresee = worker.Foresight{Prompts: library, Glossary: house, Context: c.Work.ContextTokens, MaxTokens: c.Work.MaxTokens}
	pl.terms = backfill.Terms{
		Slots: cmp.Or(c.Work.Slots, assumedSlots), RequestsPerMinute: c.Work.RequestsPerMinute, TokensPerMinute: c.Work.TokensPerMinute, SecondsPerCall: c.CallSeconds,
	}
	pl.report.Model, pl.report.SlotsAssumed = cmp.Or(c.recipeFlags.Model, c.LLM.Model), c.Work.Slots == 0
	host := hostOfURL(c.LLM.BaseURL)
	if key, err := c.LLM.key(); err == nil && c.LLM.BaseURL == "" && key != "" {
		host = hostOfURL(openAI)
	}
	if c.Sample > 0 {
		if pl.endpoint, err = c.LLM.resolve(ctx, p, pl.terms.Slots, false); err != nil {
			return err
		}
		pl.report.Model, host = cmp.Or(c.recipeFlags.Model, pl.endpoint.model), hostOf(pl.endpoint.client.Label())
		if profile, found := pl.endpoint.client.Profile(); found && profile.Parallel > 0 && c.Work.Slots == 0 {
			pl.terms.Slots, pl.report.SlotsAssumed = profile.Parallel, false
		}
	}
	pl.report.Host, pl.report.Inputs, pl.report.Task = host, c.Inputs, c.Task
	return pl.price(host)
}

// price is as for a worker with the same settings.
func (pl *planner) price(host string) error {
	if pl.terms.Price = pl.c.Work.own(); pl.terms.Price != nil {
		return nil
	}
	table, err := pl.c.Work.table()
	if err == nil && pl.report.Model != "" {
		pl.terms.Price = priceAt(table, host, pl.report.Model)
	}
	return err
}

// survey reads the rows. It is nil where nothing could be read.
func (pl *planner) survey(ctx context.Context) (*backfill.Survey, error) {
	c, p := pl.c, pl.p
	recipe, err := c.recipe()
	if err != nil {
		return nil, err
	}
	reader, err := archive.Open(c.Inputs, c.options(p))
	if err != nil {
		return nil, err
	}
	defer reader.Close() //nolint:errcheck // it was only read
	cfg := backfill.PlanConfig{Recipe: recipe, Foresight: pl.foresee, Model: pl.report.Model, Near: near.New(near.Config{}), Sample: c.Sample, Seed: c.SampleSeed}
	if c.Failures != "" {
		failures := &failuresFile{name: c.Failures}
		defer failures.close()
		cfg.OnBad = failures.add
	}
	bar := newPlanProgress(p)
	cfg.Progress = bar.show
	survey, err := backfill.Plan(ctx, reader, cfg)
	bar.end()
	if ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	if survey != nil && survey.Rows == 0 && err != nil {
		survey = nil
	}
	return survey, err
}

// sample says what it costs, asks, sends, and estimates anew.
func (pl *planner) sample(ctx context.Context, survey *backfill.Survey) error {
	c, p := pl.c, pl.p
	drawn := survey.Sample()
	cost := survey.SampleCost(pl.terms)
	fmt.Fprintf(p.err, "The sample: %s to model %s at %s, %s.\n", counted(int64(len(drawn)), "article"), show.Line(pl.report.Model),
		show.Line(pl.endpoint.client.Label()), sampleCost(cost))
	if !c.Yes {
		fmt.Fprint(p.err, "Send them? [y/N] ")
		answer, err := readLine(ctx, p)
		if err != nil || !strings.EqualFold(answer, "y") && !strings.EqualFold(answer, "yes") {
			return errors.Join(errors.New("the sample was not sent"), context.Cause(ctx))
		}
	}
	bar := newSampleProgress(p, len(drawn))
	var allowed []string
	if c.recipeFlags.Model != "" {
		allowed = []string{c.recipeFlags.Model}
	}
	measured, err := backfill.RunSample(ctx, backfill.SampleConfig{
		Worker: worker.Config{
			LLM: pl.endpoint.client, Model: pl.report.Model, AllowedModels: allowed, Prompts: pl.foresee.Prompts, Glossary: pl.foresee.Glossary, Slots: pl.terms.Slots,
			Price: pl.terms.Price, RequestsPerMinute: c.Work.RequestsPerMinute, TokensPerMinute: c.Work.TokensPerMinute, Context: c.Work.ContextTokens,
			MaxTokens: c.Work.MaxTokens, Temperature: c.Work.Temperature, Name: "sample", Version: p.version, Log: zap.NewNop(),
		},
		Timeout: c.LLM.Timeout, Progress: bar.show,
	}, drawn)
	bar.end()
	if endpointErr, is := errors.AsType[*backfill.EndpointError](err); is {
		return &fault{code: exitConnection, err: endpointErr, hint: "`mujaz doctor` checks the endpoint step by step."}
	}
	if err != nil {
		return err
	}
	pl.report.Sample = backfill.SampleSums(measured)
	estimate, err := survey.EstimateFrom(measured, pl.terms)
	if err != nil {
		return hinted("`mujaz doctor` checks the endpoint step by step.", "work the ranges out from the sample: %w", err)
	}
	pl.report.Estimate = estimate
	return nil
}

func sampleCost(e backfill.Estimate) string {
	if e.Cost == nil {
		return fmt.Sprintf("some %s tokens in and %s out, whose price is not known", grouped(int64(e.TokensIn.Likely)), grouped(int64(e.TokensOut.Likely)))
	}
	return fmt.Sprintf("some %s %s, at most %s", money(e.Cost.Likely), e.Currency, money(*e.AtMost.Cost))
}
