package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.uber.org/zap"

	"github.com/mujaz/mujaz/internal/demo"
	"github.com/mujaz/mujaz/internal/demo/show"
	"github.com/mujaz/mujaz/prompts"
)

type demoCmd struct {
	Articles    []string      `arg:"" optional:"" name:"article" help:"Your own articles: .txt, .html; without, the samples that ship with mujaz."`
	Style       string        `default:"standard" enum:"brief,standard,bullets,headline" help:"brief, standard, bullets or headline."`
	WaitTimeout time.Duration `default:"10m" placeholder:"TIME" help:"How long to wait for one article [${default}]."`
	Slots       int           `default:"2" placeholder:"N" help:"Articles in hand at once; the local model always has one [${default}]."`

	LLM llmFlags `embed:"" group:"llm"`
	Log demoLog  `embed:"" group:"log"`
}

// demoLog is quieter than a worker's: results are what a demo is about.
type demoLog struct {
	LogLevel  string `default:"error" enum:"debug,info,warn,error" help:"What to log: debug, info, warn or error."`
	LogFormat string `default:"auto" enum:"auto,console,json" help:"auto is console on a terminal, json otherwise."`
}

// Help is shown by --help.
func (*demoCmd) Help() string {
	return `A NATS server in a temporary folder, a worker and a model: the endpoint that is configured, or a running Ollama, or a small local model, which is installed where nothing else is found. Nothing is left behind but that model.

    mujaz demo
    mujaz demo --style bullets article.txt page.html
    OPENAI_API_KEY=… MUJAZ_MODEL=gpt-4o-mini mujaz demo`
}

// Run shows each article and what becomes of it.
func (c *demoCmd) Run(ctx context.Context, p *program) error {
	logFlags := logFlags(c.Log)
	log, err := logFlags.logger(p)
	if err != nil {
		return err
	}
	own, err := c.own(p)
	if err != nil {
		return err
	}
	e, err := c.LLM.resolve(ctx, p, c.Slots, true)
	if err != nil {
		return err
	}
	defer e.close()
	fmt.Fprintln(p.err, e.note)
	library, err := prompts.Load("")
	if err != nil {
		return err
	}
	cfg := demo.Config{
		Articles: own, Timeout: c.WaitTimeout, Local: e.local != nil,
		Out: p.out, Err: p.err, Style: p.outStyle, Progress: show.IsTerminal(p.err),
		OnNATSLine: logServer(log), NextSteps: nextSteps(e.local != nil),
	}
	if len(own) == 0 {
		cfg.Articles = demo.Samples(cfg.Local)
	}
	for i := range cfg.Articles {
		cfg.Articles[i].Job.Options.Style = styleOf(c.Style)
	}
	cfg.Worker.LLM, cfg.Worker.Model, cfg.Worker.Prompts, cfg.Worker.Log = e.client, e.model, library, log.With(zap.String("in", "demo"))
	cfg.Worker.Name, cfg.Worker.Version, cfg.Worker.Slots = "demo", p.version, max(1, c.Slots)
	if cfg.Local {
		cfg.Worker.Slots = 1
	}
	totals, err := demo.Run(ctx, cfg)
	var endpointErr *demo.EndpointError
	switch {
	case errors.As(err, &endpointErr):
		return &fault{code: exitConnection, err: err, hint: "`mujaz doctor` checks the endpoint step by step."}
	case err != nil:
		return err
	case totals.Dead+totals.Missing > 0:
		return &fault{code: exitInputs, err: fmt.Errorf("%d of %d articles gave no result", totals.Dead+totals.Missing, len(cfg.Articles))}
	}
	return nil
}

// own reads the user's files before anything is started.
func (c *demoCmd) own(p *program) ([]demo.Article, error) {
	var articles []demo.Article
	for _, name := range c.Articles {
		job, err := readArticle(name, p.in, false)
		if err != nil {
			return nil, err
		}
		articles = append(articles, demo.Article{Name: name, Job: job})
	}
	return articles, nil
}

func nextSteps(local bool) string {
	text := "Next:\n"
	if local {
		text += "  a real model      OPENAI_BASE_URL=… OPENAI_API_KEY=… MUJAZ_MODEL=… mujaz demo, or start Ollama\n"
	}
	return text + `  your own article  mujaz demo article.txt
  run it            mujaz up, then: mujaz submit --wait article.txt
  on your NATS      NATS_URL=… mujaz worker
`
}
