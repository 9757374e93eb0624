package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/mujaz/mujaz/internal/demo"
	"github.com/mujaz/mujaz/internal/demo/show"
	"github.com/mujaz/mujaz/internal/eval/dataset"
	"github.com/mujaz/mujaz/internal/verify"
)

type evalRunCmd struct {
	Data     string `arg:"" name:"data" help:"Data set in JSON Lines; docs/eval.md has its fields."`
	Mode     string `default:"pipeline" enum:"pipeline,verify,clean" help:"What to run: all of the pipeline with a model, only the checks on the outputs of the data set, or only cleaning [${default}]."`
	Results  string `placeholder:"FILE" help:"Results are appended to it, and rows that it has are not run again; default: name and mode of the data set, in this folder."`
	HTML     string `name:"html" placeholder:"FILE" help:"Write the report as one page."`
	JSON     string `name:"json" placeholder:"FILE" help:"Write the report as JSON; \"-\" prints it instead of the tables."`
	Baseline string `placeholder:"FILE" help:"Results of an earlier run to compare with, row by row."`
	Parallel int    `default:"4" placeholder:"N" help:"Rows at once [${default}]."`
	Style    string `default:"standard" enum:"brief,standard,bullets,headline" help:"Style of the summaries: brief, standard, bullets or headline [${default}]."`
	Task     string `default:"summarize" enum:"summarize,translate" help:"What the pipeline makes of an article: summarize or translate [${default}]."`

	PromptsDir string `placeholder:"DIR" help:"Folder with prompts that replace or join the embedded ones."`
	priceFlags

	LLM llmFlags `embed:"" group:"llm"`
	Log demoLog  `embed:"" group:"log"`
}

// Help is shown by --help.
func (*evalRunCmd) Help() string {
	return `It runs your own articles through what you ship, and counts: failed checks, and with labels their precision, recall and false alarms; chrF2 and ROUGE where the data set has a reference; lengths, coverage and cost. Compare two runs with --baseline to judge a change of prompt or model.

The pipeline runs here, on a NATS server in a temporary folder, with the endpoint that is configured; its calls cost what they cost. Interrupt it when you like: the same command goes on where it ended.

Results and page hold text of the data set and of the model. Keep them as you keep those.

    mujaz eval run articles.jsonl --html report.html
    mujaz eval run labelled.jsonl --mode verify --json report.json
    mujaz eval run articles.jsonl --prompts-dir new --results new.jsonl --baseline articles.pipeline.jsonl`
}

// Run runs the data set, and reports.
func (c *evalRunCmd) Run(ctx context.Context, p *program) error {
	cfg, before, err := c.config()
	if err != nil {
		return err
	}
	if cfg.Mode == dataset.Pipeline {
		pipeline, err := c.startPipeline(ctx, p)
		if err != nil {
			return err
		}
		defer pipeline.close()
		cfg.Do, cfg.Setting = pipeline.do, pipeline.setting
	}
	bar := demo.NewBar(p.err, show.IsTerminal(p.err), "rows", len(cfg.Rows))
	cfg.Progress = bar.Set
	results, err := dataset.Run(ctx, cfg)
	bar.Clear()
	if endpointErr, ok := errors.AsType[*demo.EndpointError](err); ok {
		return &fault{code: exitConnection, err: endpointErr, hint: "`mujaz doctor` checks the endpoint step by step. What is done is in " + cfg.Results + "."}
	}
	if err != nil {
		return hinted("What is done is in "+cfg.Results+"; the same command goes on from there.", "run the data set: %w", err)
	}
	return c.report(p, dataset.NewReport(cfg, results, before))
}

// config reads the files.
func (c *evalRunCmd) config() (cfg dataset.Config, before []dataset.Result, err error) {
	cfg = dataset.Config{
		Mode: dataset.Mode(c.Mode), Parallel: c.Parallel, Limits: verify.Limits{Style: c.Style}, Setting: "style " + c.Style,
		Results: cmp.Or(c.Results, strings.TrimSuffix(filepath.Base(c.Data), ".jsonl")+"."+c.Mode+".jsonl"),
	}
	file, err := os.Open(c.Data)
	if err != nil {
		return cfg, nil, fmt.Errorf("open the data set: %w", err)
	}
	defer file.Close() //nolint:errcheck // it was only read
	if cfg.Rows, err = dataset.Read(file, cfg.Mode); err != nil {
		return cfg, nil, usagef("docs/eval.md has the fields of a row.", "read the data set: %w", err)
	}
	if sameFile(cfg.Results, c.Data) {
		return cfg, nil, usagef("Give another --results FILE.", "the results would go into the data set itself")
	}
	if c.Baseline == "" {
		return cfg, nil, nil
	}
	if sameFile(cfg.Results, c.Baseline) {
		return cfg, nil, usagef("Give this run another --results FILE.", "the earlier run and this one have the same file of results")
	}
	before, err = dataset.ReadResults(c.Baseline)
	if err == nil && len(before) == 0 {
		err = errors.New("it holds no result")
	}
	if err != nil {
		return cfg, nil, usagef("--baseline wants the --results of the earlier run.", "read the earlier run: %w", err)
	}
	return cfg, before, nil
}

func sameFile(a, b string) bool {
	one, err := os.Stat(a)
	if err != nil {
		return false
	}
	other, err := os.Stat(b)
	return err == nil && os.SameFile(one, other)
}

// report prints the tables and writes what is asked for.
func (c *evalRunCmd) report(p *program, r dataset.Report) error {
	if c.HTML != "" {
		title := "mujaz eval: " + filepath.Base(c.Data)
		if err := writeTo(c.HTML, func(w io.Writer) error { return r.WriteHTML(w, title) }); err != nil {
			return err
		}
	}
	asJSON := func(w io.Writer) error {
		return json.MarshalWrite(w, r, json.Deterministic(true), jsontext.WithIndent("  "))
	}
	switch c.JSON {
	case "":
	case "-":
		if err := asJSON(p.out); err != nil {
			return fmt.Errorf("print as JSON: %w", err)
		}
		return nil
	default:
		if err := writeTo(c.JSON, asJSON); err != nil {
			return err
		}
	}
	return r.WriteText(p.out)
}

// writeTo replaces a file.
func writeTo(name string, write func(io.Writer) error) error {
	file, err := os.Create(name)
	if err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	if err := errors.Join(write(file), file.Close()); err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	return nil
}
