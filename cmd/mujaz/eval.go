package main

import (
	"context"
	"fmt"
	"os"

	"github.com/mujaz/mujaz/internal/eval"
)

type evalCmd struct {
	Checks evalChecksCmd `cmd:"" help:"Measure the checks: false alarms, and which errors they find."`
	Run    evalRunCmd    `cmd:"" help:"Run the pipeline, or a part of it, over a data set of your own, and report."`
}

// Help is shown by --help.
func (*evalCmd) Help() string {
	return "docs/eval.md tells what is measured, how, and what the figures leave open.\n\n    mujaz eval run articles.jsonl --html report.html\n    mujaz eval checks --corpora ./corpora"
}

type evalChecksCmd struct {
	Corpora  string `envar:"MUJAZ_CORPORA" placeholder:"DIR" help:"Folder of the corpora, a folder a set."`
	Half     string `default:"share" placeholder:"NAME" help:"Which files of each set: NAME stands before .jsonl in theirs; \"*\" takes all [${default}]."`
	Seed     uint64 `default:"0" placeholder:"N" help:"Makes other errors of the same kinds."`
	JSON     bool   `name:"json" help:"Print a JSON line a figure." xor:"form"`
	Markdown bool   `help:"Print the table as Markdown." xor:"form"`
	Write    string `placeholder:"FILE" help:"Put the table, as Markdown, between the eval markers of this file as well."`
}

// Help is shown by --help.
func (*evalChecksCmd) Help() string {
	return `It takes faithful English renderings of articles, puts one error of a known kind into each, and counts what the checks say of both; then it holds the checks against human labels. No queue, no model, nothing but the files of the corpora is read. Only counts and shares are printed, no text.

A set that the folder lacks is shown as "no data". Exit code 0 says that it was measured, not that the targets are met.

    mujaz eval checks --corpora ./corpora
    mujaz eval checks --corpora ./corpora --half holdout --json
    mujaz eval checks --corpora ./corpora --write docs/eval.md`
}

// Run measures.
func (c *evalChecksCmd) Run(ctx context.Context, p *program) error {
	if c.Corpora == "" {
		return usagef("Give --corpora DIR, or set MUJAZ_CORPORA.", "it is not said where the corpora are")
	}
	table, err := eval.Run(ctx, eval.Config{Corpora: c.Corpora, Half: c.Half, Seed: c.Seed})
	if err != nil {
		return err
	}
	if c.Write != "" {
		if err := writeTable(c.Write, table); err != nil {
			return err
		}
	}
	switch {
	case c.JSON:
		for _, row := range table {
			if err := p.printJSON(row); err != nil {
				return err
			}
		}
		return nil
	case c.Markdown:
		fmt.Fprint(p.out, table.Markdown())
		return nil
	}
	return table.WriteText(p.out)
}

// writeTable puts the table between the markers of a page.
func writeTable(file string, table eval.Table) error {
	page, err := os.ReadFile(file)
	if err != nil {
		return fmt.Errorf("read page: %w", err)
	}
	text, err := eval.Splice(string(page), table.Markdown())
	if err != nil {
		return usagef("The file needs the two lines that docs/eval.md has.", "%w", err)
	}
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		return fmt.Errorf("write page: %w", err)
	}
	return nil
}
