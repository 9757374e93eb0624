package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"regexp"
	"strings"

	"golang.org/x/text/language"
	"golang.org/x/text/message"
	"golang.org/x/text/number"

	"github.com/mujaz/mujaz/internal/archive"
	"github.com/mujaz/mujaz/internal/backfill"
	"github.com/mujaz/mujaz/internal/demo/show"
	"github.com/mujaz/mujaz/queue"
)

// backfillCmd holds the commands for an archive. Each is a file of its own.
type backfillCmd struct {
	Plan      backfillPlanCmd      `cmd:"" help:"Say what a run would do, take and cost, and send nothing."`
	Run       backfillRunCmd       `cmd:"" help:"Queue the rows of an archive, and wait for what becomes of them."`
	Status    backfillStatusCmd    `cmd:"" aliases:"list" help:"List the runs, or show one: how far it is, and what it has cost."`
	Collect   backfillCollectCmd   `cmd:"" help:"Write a run's results to a file: JSON Lines, CSV, Parquet, or a page for reading."`
	Reconcile backfillReconcileCmd `cmd:"" help:"Account for every row of a run; with --repair, queue again what is missing."`
	Pause     backfillPauseCmd     `cmd:"" help:"Stop a run: nothing more of it is sent or begun."`
	Resume    backfillResumeCmd    `cmd:"" help:"Take the pause of a run back."`
	Cancel    backfillCancelCmd    `cmd:"" help:"End a run: what is queued of it ends as dead letters, without a call."`
}

// Help is shown by --help.
func (*backfillCmd) Help() string {
	return `A run has a name; its jobs are in the backfill lane and give way to live ones. How far it is stands on the server, so it can be stopped at will and goes on from any machine; docs/backfill.md walks through one.

    mujaz backfill run archive.jsonl.zst
    mujaz backfill status
    mujaz backfill reconcile archive`
}

// archiveFlags say how inputs are read.
type archiveFlags struct {
	Format    archive.Format    `placeholder:"FORMAT" help:"Format of the inputs: jsonl, csv, tsv, parquet, text, html, tar, zip, warc or feed; default: by their names."`
	Field     map[string]string `placeholder:"FIELD=NAME" help:"Where a field is found, such as text=body; can be repeated."`
	Fields    fieldsFile        `placeholder:"FILE" help:"The same for many fields, in YAML."`
	Encoding  string            `placeholder:"NAME" help:"Encoding of the inputs, such as windows-1252; default: found out."`
	Delimiter string            `placeholder:"CHAR" help:"Delimiter of CSV; default: by the header."`
}

func (f *archiveFlags) options(p *program) archive.Options {
	fields := maps.Clone(f.Fields.names)
	if fields == nil {
		fields = map[string]string{}
	}
	maps.Copy(fields, f.Field)
	return archive.Options{Format: f.Format, Fields: fields, Encoding: f.Encoding, Delimiter: f.Delimiter, Stdin: p.in}
}

// fieldsFile are the names of fields in a file that a flag names.
type fieldsFile struct{ names map[string]string }

// UnmarshalText reads the file of that name.
func (f *fieldsFile) UnmarshalText(name []byte) (err error) {
	f.names, err = archive.ReadFields(string(name))
	return err
}

// recipeFlags say what is made of each row.
type recipeFlags struct {
	Task     queue.Task  `default:"summarize" enum:"summarize,translate" help:"summarize or translate."`
	Style    queue.Style `default:"standard" enum:"brief,standard,bullets,headline" help:"brief, standard, bullets or headline."`
	MaxWords int         `placeholder:"N" help:"Limit of the summary, 5 to 2000 words."`
	Glossary string      `placeholder:"FILE" help:"Names and the English that must be used for them, in YAML or CSV."`
	Prompt   string      `placeholder:"NAME@VERSION" help:"Prompt to use."`
	Model    string      `name:"job-model" placeholder:"NAME" help:"Model to ask, of those that the workers allow; default: theirs."`
	MaxCost  float64     `placeholder:"AMOUNT" help:"Most that one article may cost, in the currency of the workers' prices."`
	Force    bool        `help:"Make new calls where a stored answer would do."`
}

func (f *recipeFlags) recipe() (backfill.Recipe, error) {
	glossary, err := readGlossary(f.Glossary)
	if err != nil {
		return backfill.Recipe{}, err
	}
	return backfill.Recipe{Task: f.Task, Options: queue.Options{
		Style: f.Style, MaxWords: f.MaxWords, Glossary: glossary, Prompt: f.Prompt, Model: f.Model, MaxCost: f.MaxCost, Force: f.Force,
	}}, nil
}

var notInName = regexp.MustCompile(`[^A-Za-z0-9_-]+`)

// runName is the name of a run, by default that of its first input.
func runName(name string, inputs []string) (string, error) {
	if name == "" {
		base := filepath.Base(inputs[0])
		for ext := filepath.Ext(base); ext != "" && ext != base; ext = filepath.Ext(base) {
			base = strings.TrimSuffix(base, ext)
		}
		name = strings.Trim(notInName.ReplaceAllString(base, "-"), "-")
	}
	if err := queue.ValidateSource(name); err != nil || name == "" {
		return "", usagef("Give it a name of letters, digits, - and _: --run NAME.", "the run has no name that can be used")
	}
	return name, nil
}

// inputsOf are those that are named, or else those of the record.
func inputsOf(named []string, record queue.Run) []string {
	if len(named) > 0 {
		return named
	}
	var inputs []string
	for _, in := range record.Inputs {
		inputs = append(inputs, in.Name)
	}
	return inputs
}

// findRun looks a run up, and says what to do when there is none.
func findRun(ctx context.Context, conn *queue.Conn, name string) (queue.Run, error) {
	run, err := conn.FindRun(ctx, name)
	if errors.Is(err, queue.ErrNotFound) {
		return run, hinted("`mujaz backfill status` lists them.", "there is no run %s on this server", show.Line(name))
	}
	return run, err
}

// printAccount prints where the rows of a run are.
func (p *program) printAccount(a backfill.Account) {
	fmt.Fprintf(p.out, "  rows      %s = %s, %s, %s bad\n", grouped(a.Rows), counted(a.Jobs, "job"), counted(a.Duplicates, "duplicate"), grouped(a.Bad))
	fmt.Fprintf(p.out, "  jobs      %s = %s ok + %s reused + %s flagged + %s skipped + %s dead + %s waiting\n",
		grouped(a.Jobs), grouped(a.OK), grouped(a.Reused), grouped(a.Flagged), grouped(a.Skipped), grouped(a.Dead), grouped(a.Waiting))
	if a.Missing > 0 {
		fmt.Fprintf(p.out, "  missing   %s\n", p.outStyle.Red(grouped(a.Missing)))
	}
	if a.Unsent > 0 {
		fmt.Fprintf(p.out, "  not sent  %s\n", grouped(a.Unsent))
	}
	if a.Strangers > 0 {
		fmt.Fprintf(p.out, "  others    %s that are not of this input have an end under the run's name\n", grouped(a.Strangers))
	}
	fmt.Fprintf(p.out, "  cost      %s\n", costOf(a.Spent))
}

func costOf(s backfill.Spent) string {
	cost := fmt.Sprintf("%s %s", queue.AmountOf(s.Cost), s.Currency)
	switch {
	case s.Unpriced > 0 && s.Cost == 0:
		cost = "unknown"
	case s.Unpriced > 0:
		cost += fmt.Sprintf(" and %s without a known price", counted(s.Unpriced, "result"))
	case s.Currency == "":
		cost = "0"
	}
	return fmt.Sprintf("%s; %s, %s tokens in, %s out", cost, counted(s.Calls, "call"), grouped(s.TokensIn), grouped(s.TokensOut))
}

// counted is "1 job" or "1,234 jobs".
func counted(n int64, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return grouped(n) + " " + noun
}

// grouped writes a number with commas.
func grouped(n int64) string { return message.NewPrinter(language.English).Sprint(number.Decimal(n)) }
