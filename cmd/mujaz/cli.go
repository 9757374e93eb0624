package main

import (
	"errors"
	"strconv"

	"github.com/alecthomas/kong"

	"github.com/mujaz/mujaz/internal/llm"
	"github.com/mujaz/mujaz/internal/page"
	"github.com/mujaz/mujaz/queue"
	"github.com/mujaz/mujaz/worker"
)

// cli is the whole command line. Each command is a file of its own.
type cli struct {
	ShowHelp helpFlag `name:"help" short:"h" help:"Show help: of mujaz, or of the command before it." noenv:""`
	Config   string   `placeholder:"FILE" help:"YAML file with settings; default: mujaz.yaml, if it is there." group:"general"`

	Demo   demoCmd   `cmd:"" help:"Summarise sample articles here and now; nothing to configure." group:"start"`
	Up     upCmd     `cmd:"" help:"Run everything on this machine: a NATS server and a worker." set:"jobs_bytes=1GiB" set:"results_bytes=1GiB" set:"dead_bytes=512MiB" set:"ledger_bytes=512MiB" set:"bodies_bytes=1GiB" set:"spend_bytes=256MiB" group:"start"` //nolint:staticcheck // kong takes several of set
	Worker workerCmd `cmd:"" help:"Do the jobs of your NATS server." group:"start"`
	Doctor doctorCmd `cmd:"" help:"Check NATS and the LLM endpoint, and say what to mend." group:"start"`

	Submit  submitCmd  `cmd:"" help:"Queue articles; with --wait, print what became of them." group:"jobs"`
	Results resultsCmd `cmd:"" help:"Print results." group:"jobs"`
	Review  reviewCmd  `cmd:"" help:"Decide about flagged results: accept, reject or edit them." group:"jobs"`
	Dead    deadCmd    `cmd:"" help:"List, show, redrive and purge dead letters." group:"jobs"`
	Pause   pauseCmd   `cmd:"" help:"Hold jobs back: a lane, a source or run, or one job." group:"jobs"`
	Resume  resumeCmd  `cmd:"" help:"Take a pause or a cancel back." group:"jobs"`
	Cancel  cancelCmd  `cmd:"" help:"End queued jobs as dead letters, without a call." group:"jobs"`
	Status  statusCmd  `cmd:"" help:"Print what waits, what is in flight, paused and dead." group:"jobs"`

	Backfill backfillCmd `cmd:"" help:"Take an archive of articles through the queue: plan, run, reconcile, pause, cancel." group:"jobs"`
	Redo     redoCmd     `cmd:"" help:"Do results again: flagged ones, those of another prompt or model." group:"jobs"`
	Cost     costCmd     `cmd:"" help:"Print what LLM calls have cost, by day, run, model and more." group:"jobs"`
	Glossary glossaryCmd `cmd:"" help:"Check the house's glossary, and learn names for it from results." group:"jobs"`

	Clean   cleanCmd   `cmd:"" help:"Clean articles: no queue, no model." group:"tools"`
	Verify  verifyCmd  `cmd:"" help:"Check summaries against their source: no queue, no model." group:"tools"`
	Prices  pricesCmd  `cmd:"" help:"Print what tokens cost, and from where that is known." group:"tools"`
	Prompts promptsCmd `cmd:"" help:"List, show and render prompts." group:"tools"`
	Schema  schemaCmd  `cmd:"" help:"Print the JSON Schema of jobs, results or dead letters." group:"tools"`
	Keys    keysCmd    `cmd:"" help:"Make a key that producers sign jobs with." group:"tools"`
	Eval    evalCmd    `cmd:"" help:"Measure: the checks on corpora, or the pipeline on a data set of your own." group:"tools"`
	Bench   benchCmd   `cmd:"" help:"Measure this machine: a queue, a worker and a scripted endpoint." group:"tools"`

	Settings   configCmd     `cmd:"" name:"config" help:"Print the effective settings and where each came from." group:"about"`
	Health     healthCmd     `cmd:"" help:"Ask the worker on this machine whether it is well." group:"about"`
	Completion completionCmd `cmd:"" help:"Print a script that completes mujaz' commands in your shell." group:"about"`
	Version    versionCmd    `cmd:"" help:"Print the version." group:"about"`
	Manual     helpCmd       `cmd:"" name:"help" help:"Show help of a command, or of exit-codes or environment." group:"about"`
	BenchRole  benchRoleCmd  `cmd:"" name:"__bench" group:"about" hidden:"" help:"A process of a measurement."`
	Complete   completeCmd   `cmd:"" name:"__complete" group:"about" hidden:"" help:"Candidates for the completion scripts."`
}

// errHelp ends the parsing when help is asked for.
var errHelp = errors.New("help")

// helpFlag stops the parser before settings are read: help is there even when
// they are broken.
type helpFlag bool

// BeforeReset is kong's hook.
func (helpFlag) BeforeReset() error { return errHelp }

// BeforeResolve reads the configuration file, once it is known which.
func (c *cli) BeforeResolve(ctx *kong.Context, s *settings) error {
	for _, path := range ctx.Path {
		if path.Flag != nil && path.Flag.Name == "config" {
			if file := ctx.Value(path).String(); file != "" {
				return s.load(ctx.Model, file)
			}
		}
	}
	if file, found := s.lookup("MUJAZ_CONFIG"); found && file != "" {
		return s.load(ctx.Model, file)
	}
	return s.loadDefault(ctx.Model)
}

// Help is the text above the list of commands.
func (c *cli) Help() string {
	return `Articles come in over NATS JetStream, are cleaned, summarised in English by any OpenAI-compatible model, checked against their source, and published.

Every flag can also be an environment variable or a line of the YAML file: flags win over the environment, the environment over the file, the file over defaults.

    mujaz demo                          see it work
    mujaz up                            run it on this machine
    mujaz submit --wait article.txt     summarise one article
    mujaz help exit-codes               what the exit codes mean
    mujaz help environment              the environment variables`
}

// groups are the headings of commands and shared flags, in this order.
func groups() []kong.Group {
	return []kong.Group{
		{Key: "start", Title: "Run:"},
		{Key: "jobs", Title: "Jobs and results:"},
		{Key: "tools", Title: "Tools that need no server:"},
		{Key: "about", Title: "About this program:"},
		{Key: "nats", Title: "NATS:"},
		{Key: "topology", Title: "What mujaz keeps on the NATS server:"},
		{Key: "llm", Title: "LLM endpoint:"},
		{Key: "worker", Title: "Worker:"},
		{Key: "judge", Title: "Judge, a second model:"},
		{Key: "review", Title: "Review:"},
		{Key: "log", Title: "Log, on standard error:"},
		{Key: "general", Title: "General:"},
	}
}

// defaults are the defaults that the packages below define, for flags and
// their help. A command can set its own; see the tags of cli.
func defaults() kong.Vars {
	return kong.Vars{
		"nats_url": queue.DefaultURL, "prefix": "mujaz",
		"jobs_bytes":    byteSize(queue.DefaultJobsBytes).String(),
		"jobs_msgs":     strconv.Itoa(queue.DefaultJobsMsgs),
		"results_bytes": byteSize(queue.DefaultResultsBytes).String(),
		"results_age":   age(queue.DefaultResultsAge).String(),
		"dead_bytes":    byteSize(queue.DefaultDeadBytes).String(),
		"dead_age":      age(queue.DefaultDeadAge).String(),
		"ledger_bytes":  byteSize(queue.DefaultLedgerBytes).String(),
		"ledger_age":    age(queue.DefaultLedgerTTL).String(),
		"bodies_bytes":  byteSize(queue.DefaultBodiesBytes).String(),
		"ack_wait":      short(queue.DefaultAckWait),
		"spend_bytes":   byteSize(queue.DefaultSpendBytes).String(),
		"spend_age":     age(queue.DefaultSpendAge).String(),
		"dedupe_window": short(queue.DefaultDedupeWindow),
		"timeout":       short(llm.DefaultTimeout),
		"judge_timeout": short(defaultJudgeTimeout),
		"grace":         short(worker.DefaultGrace),
		"page_cards":    strconv.Itoa(page.MaxCards),
		"max_article":   byteSize(queue.MaxArticleBytes).String(),
		"health_listen": defaultHealthListen,
	}
}
