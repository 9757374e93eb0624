package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"go.uber.org/zap"

	"github.com/mujaz/mujaz/internal/demo"
	"github.com/mujaz/mujaz/internal/eval/dataset"
	"github.com/mujaz/mujaz/internal/llm"
	"github.com/mujaz/mujaz/internal/natsembed"
	"github.com/mujaz/mujaz/internal/verify"
	"github.com/mujaz/mujaz/prompts"
	"github.com/mujaz/mujaz/queue"
	"github.com/mujaz/mujaz/worker"
)

// evalPipeline is a server and a worker in this process, for the rows of a data
// set.
type evalPipeline struct {
	setting string // what results depend on beside their row
	task    queue.Task
	style   queue.Style

	dir      string
	endpoint *endpoint
	server   *demo.Server
	worker   *worker.Worker
	producer *queue.Producer
	stop     context.CancelFunc
	ended    chan error
}

// evalStore is above what the rows of any data set take; it is reserved, not used.
const evalStore = 64 << 30

// evalGrace is short: who interrupts a run can go on with it.
const evalGrace = time.Second

// startPipeline connects the configured endpoint to a worker of its own.
func (c *evalRunCmd) startPipeline(ctx context.Context, p *program) (*evalPipeline, error) {
	logFlags := logFlags(c.Log)
	log, err := logFlags.logger(p)
	if err != nil {
		return nil, err
	}
	library, err := prompts.Load(c.PromptsDir)
	if err != nil {
		return nil, usagef("Correct the prompts in --prompts-dir, or leave it away.", "read prompts: %w", err)
	}
	e := &evalPipeline{task: queue.Task(c.Task), style: styleOf(c.Style)}
	slots := max(1, c.Parallel)
	if e.endpoint, err = c.LLM.resolve(ctx, p, slots, false); err != nil {
		return nil, err
	}
	fmt.Fprintln(p.err, e.endpoint.note)
	if e.endpoint.local != nil {
		slots = 1
	}
	cfg := worker.Config{
		LLM: e.endpoint.client, Model: e.endpoint.model, Prompts: library, Log: log.With(zap.String("in", "eval")),
		Name: "eval", Version: p.version, Slots: slots, Price: c.own(),
	}
	table, err := c.table()
	if err == nil {
		setPrices(&cfg, table)
		e.setting, err = c.setting(cfg.Model, library)
	}
	if err == nil {
		err = e.start(ctx, cfg, log)
	}
	if err != nil {
		e.close()
		return nil, err
	}
	return e, nil
}

// setting names the model and the prompts: an edited prompt makes other results.
func (c *evalRunCmd) setting(model string, library *prompts.Library) (string, error) {
	name := prompts.NewsBrief
	if c.Task == string(queue.TaskTranslate) {
		name = prompts.NewsTranslation
	}
	prompt, err := library.Get(name)
	if err != nil {
		return "", fmt.Errorf("choose the prompt: %w", err)
	}
	return fmt.Sprintf("%s, style %s, model %s, prompt %s (%s)", c.Task, c.Style, model, prompt.Ref(), prompt.ShortDigest()), nil
}

func (e *evalPipeline) start(ctx context.Context, cfg worker.Config, log *zap.Logger) error {
	var err error
	if e.dir, err = os.MkdirTemp("", "mujaz-eval-"); err != nil {
		return fmt.Errorf("make a folder for the server: %w", err)
	}
	e.server, err = demo.StartServer(ctx, natsembed.Config{StoreDir: e.dir, Port: natsembed.NoListener, MaxStore: evalStore, OnLog: logServer(log)},
		queue.ConnConfig{Name: "mujaz eval"})
	if err != nil {
		return err
	}
	cfg.Queue, cfg.Grace = e.server.Conn, evalGrace
	if e.worker, err = worker.New(cfg); err != nil {
		return usagef("Correct the setting and start again.", "%w", err)
	}
	e.producer = queue.NewProducer(e.server.Conn)
	workerCtx, stop := context.WithCancel(ctx)
	e.stop, e.ended = stop, make(chan error, 1)
	go func() { e.ended <- e.worker.Run(workerCtx) }()
	return nil
}

func (e *evalPipeline) close() {
	if e.stop != nil {
		e.stop()
		<-e.ended //nolint:errcheck // what it could not finish is run again
	}
	if e.server != nil {
		e.server.Close()
	}
	if e.dir != "" {
		_ = os.RemoveAll(e.dir) // what is left is in the system's temporary folder
	}
	e.endpoint.close()
}

// do puts one row through the pipeline. It waits as long as the endpoint takes,
// and gives up where no waiting helps.
func (e *evalPipeline) do(ctx context.Context, row *dataset.Row) (dataset.Result, error) {
	began := time.Now()
	job := e.job(row)
	if invalid := job.Validate(); invalid != nil {
		r := dataset.Result{Status: dataset.StatusDead, Detail: invalid.Error()}
		r.Measure(row)
		return r, nil //nolint:nilerr // the row is to blame, and its result says so
	}
	submitted, err := e.producer.Submit(ctx, job, queue.Route{Source: "eval"})
	if err != nil {
		return dataset.Result{}, err
	}
	outcome, err := e.wait(ctx, submitted, began)
	if err != nil {
		return dataset.Result{}, err
	}
	r := resultOf(outcome)
	r.Measure(row)
	return r, nil
}

func (e *evalPipeline) job(row *dataset.Row) queue.Job {
	return queue.Job{
		ID: row.ID, Task: e.task, Options: queue.Options{Style: e.style, Glossary: row.Glossary},
		Article: queue.Article{Title: row.Title, Text: row.Article, HTML: row.HTML, Lang: row.Language, PublishedAt: row.PublishedAt},
	}
}

// gateTick is how often it is looked whether the endpoint is of any use.
const gateTick = 500 * time.Millisecond

// wait returns the outcome of a job, or an error for an endpoint that no waiting
// mends.
func (e *evalPipeline) wait(ctx context.Context, submitted queue.Submitted, began time.Time) (queue.Outcome, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	go func() {
		tick := time.NewTicker(gateTick)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
				status := e.worker.Ready().Endpoint
				if !status.Open && (status.Class == llm.ClassMisconfigured || status.Class == llm.ClassQuota) {
					cancel(&demo.EndpointError{Class: status.Class, Reason: status.Reason})
				}
			}
		}
	}()
	outcome, err := e.server.Conn.WaitOutcome(ctx, submitted, began)
	if cause := context.Cause(ctx); err != nil && cause != nil {
		return queue.Outcome{}, cause
	}
	return outcome, err
}

// resultOf takes over what the report needs.
func resultOf(o queue.Outcome) dataset.Result {
	if o.Result == nil {
		r := dataset.Result{Status: dataset.StatusDead}
		if o.Dead != nil {
			r.Detail = fmt.Sprintf("%s: %s", o.Dead.Cause, o.Dead.LastError)
		}
		return r
	}
	from := o.Result.Result
	r := dataset.Result{
		Status: string(from.Status), Detail: from.SkipReason, Model: from.Receipt.Model, Prompt: from.Receipt.Prompt, Repaired: from.Receipt.Repaired,
		Usage: dataset.Usage{Calls: from.Usage.Calls, TokensIn: from.Usage.TokensIn, TokensOut: from.Usage.TokensOut},
	}
	if from.Usage.CostKnown {
		r.Usage.Cost, r.Usage.Currency = from.Usage.Cost, from.Usage.Currency
	}
	if from.Status == queue.StatusSkipped {
		return r
	}
	r.Output = &dataset.Output{Headline: from.Headline, Summary: from.Summary}
	for _, k := range from.KeyPoints {
		r.Output.KeyPoints = append(r.Output.KeyPoints, dataset.KeyPoint(k))
	}
	for _, t := range from.Translation {
		r.Output.Translation = append(r.Output.Translation, dataset.TranslatedParagraph(t))
	}
	for _, c := range from.Checks {
		r.Checks = append(r.Checks, verify.Check{
			Check: c.Check, Verdict: verify.Verdict(c.Verdict), Detail: c.Detail,
			SourceSpan: (*verify.Span)(c.SourceSpan), OutputSpan: (*verify.Span)(c.OutputSpan),
		})
	}
	return r
}
