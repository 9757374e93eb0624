package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/mujaz/mujaz/internal/demo/show"
	"github.com/mujaz/mujaz/internal/glossary"
	"github.com/mujaz/mujaz/queue"
)

type glossaryCmd struct {
	Check glossaryCheckCmd `cmd:"" help:"Read a glossary and print every problem with its line."`
	Learn glossaryLearnCmd `cmd:"" help:"Propose entries from the names in published results."`
}

// Help is shown by --help.
func (*glossaryCmd) Help() string {
	return `A house glossary has names and the English that must be used for them, for every article that a worker summarises: mujaz worker --glossary FILE. It is CSV, or YAML with the same fields; kind and note may be missing:

    source,english,kind,note
    وادي السرو,Wadi al-Sarw,place,not Wadi Sar

A worker does not start with a file that has a problem, such as two English forms of one source.

    mujaz glossary check house.csv
    mujaz glossary learn --min 5 --glossary house.csv`
}

// glossaryFlag is the worker's flag of that name, for other commands.
type glossaryFlag struct {
	Glossary string `placeholder:"FILE" help:"House glossary: names and the English that must be used for them, in YAML or CSV." group:"worker"`
}

// readHouse reads a house glossary; nil without a name.
func readHouse(name string) (*glossary.Glossary, error) {
	if name == "" {
		return nil, nil
	}
	g, err := parseHouse(name)
	if err != nil {
		return nil, usagef("Mend the file: `mujaz glossary check "+name+"` reads it without a worker.", "read glossary %s: %w", name, err)
	}
	return g, nil
}

func parseHouse(name string) (*glossary.Glossary, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close() //nolint:errcheck // it was only read
	data, err := io.ReadAll(io.LimitReader(file, glossary.MaxBytes+1))
	if err != nil {
		return nil, err
	}
	return glossary.Parse(name, data)
}

type glossaryCheckCmd struct {
	File string `arg:"" help:"Glossary: .yaml, .json or .csv."`
	JSON bool   `name:"json" help:"Print one JSON line: entries and digest, or problems."`
}

// Help is shown by --help.
func (*glossaryCheckCmd) Help() string {
	return "Exit code 0 says that a worker takes the file. The digest is the one that receipts name; it depends on sources and English alone.\n\n    mujaz glossary check house.yaml\n    mujaz glossary check house.csv --json | jq -r .digest"
}

// checked is what check --json prints.
type checkedGlossary struct {
	File     string            `json:"file"`
	Entries  int               `json:"entries"`
	Digest   string            `json:"digest,omitzero"`
	Problems []glossaryProblem `json:"problems,omitzero"`
	More     int               `json:"more_problems,omitzero"`
}

type glossaryProblem struct {
	Line    int    `json:"line,omitzero"`
	Message string `json:"message"`
}

// Run checks.
func (c *glossaryCheckCmd) Run(p *program) error {
	g, err := parseHouse(c.File)
	invalid, found := errors.AsType[*glossary.Error](err)
	switch {
	case err != nil && !found:
		return usagef("Name a file in YAML or CSV.", "read glossary: %w", err)
	case found && c.JSON:
		out := checkedGlossary{File: c.File, More: invalid.More}
		for _, problem := range invalid.Problems {
			out.Problems = append(out.Problems, glossaryProblem(problem))
		}
		return errors.Join(p.printJSON(out), &fault{code: exitError})
	case found:
		return hinted("`mujaz glossary --help` shows what an entry looks like.", "%s:\n%w", c.File, invalid)
	case c.JSON:
		return p.printJSON(checkedGlossary{File: c.File, Entries: g.Len(), Digest: g.Digest()})
	}
	_, err = fmt.Fprintf(p.out, "%s: entries: %d, digest: %s\n", show.Line(c.File), g.Len(), g.Digest())
	return err
}

type glossaryLearnCmd struct {
	Lane   queue.Lane `default:"" enum:",live,backfill" help:"From results of this lane: live or backfill."`
	Source string     `placeholder:"TOKEN" help:"From results of this source or run."`
	Since  moment     `placeholder:"TIME" help:"From results stored since then: a time, a date, or an age such as 30d."`
	Min    int        `default:"3" placeholder:"N" help:"How many results must have a name [${default}]."`
	Out    string     `placeholder:"FILE" help:"Write a new file instead of printing; one that is there is not touched."`
	JSON   bool       `name:"json" help:"Print a JSON line a proposal."`
	glossaryFlag

	NATS natsFlags `embed:"" group:"nats"`
	prefixFlag
}

// Help is shown by --help.
func (*glossaryLearnCmd) Help() string {
	return `Counts how published results write names: those that a person accepted or edited, and those that are ok; of a name that a person has seen, only the person's forms. What is flagged, rejected or superseded is left out, and so is what --glossary has already.

The model wrote the names, so these are proposals: read them, delete what is wrong, decide where there are several forms (they stand in comments, with their shares), then hand the file to the worker.

    mujaz glossary learn
    mujaz glossary learn --since 30d --min 5 --glossary house.yaml --out proposed.yaml
    mujaz glossary learn --json | jq 'select((.forms|length) > 1)'`
}

// Run proposes.
func (c *glossaryLearnCmd) Run(ctx context.Context, p *program) error {
	switch {
	case c.Min < 1:
		return usagef("1 proposes every name.", "--min must be at least 1")
	case c.Out != "" && c.JSON:
		return usagef("Redirect the output: --json > FILE.", "--out writes YAML, not JSON")
	}
	known, err := readHouse(c.Glossary)
	if err != nil {
		return err
	}
	learner, err := c.read(ctx)
	if err != nil {
		return err
	}
	proposals := learner.Proposals(c.Min, known)
	if c.JSON {
		for _, proposal := range proposals {
			if err := p.printJSON(proposal); err != nil {
				return err
			}
		}
		return nil
	}
	if len(proposals) == 0 {
		fmt.Fprintln(p.err, "nothing to propose: no name that is new is in so many results; see --min")
		return nil
	}
	data, err := learner.YAML(proposals, time.Now())
	if err != nil {
		return err
	}
	if c.Out == "" {
		_, err := io.WriteString(p.out, show.Clean(string(data)))
		return err
	}
	if err := writeNew(c.Out, data); err != nil {
		return err
	}
	fmt.Fprintf(p.err, "%d proposals are in %s\n", len(proposals), c.Out)
	return nil
}

// read counts the names of the results that count.
func (c *glossaryLearnCmd) read(ctx context.Context) (*glossary.Learner, error) {
	conn, err := c.NATS.open(ctx, c.Prefix)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	var learner glossary.Learner
	filter := queue.ResultFilter{Lane: c.Lane, Source: c.Source, Since: c.Since.Time, Newest: true}
	err = conn.Results(ctx, filter, func(stored queue.StoredResult) error {
		r := stored.Result
		// A rejected one stays flagged, one that a person vouches for is ok.
		if r.Status != queue.StatusOK {
			return nil
		}
		names := make([]glossary.Entry, len(r.Names))
		for i, n := range r.Names {
			names[i] = glossary.Entry{Source: n.Source, English: n.English, Kind: n.Kind}
		}
		learner.Add(names, r.Reviewed != nil)
		return nil
	})
	return &learner, err
}

// writeNew writes a file that was not there: a list that a person has edited
// is hours of work.
func writeNew(name string, data []byte) error {
	file, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, os.ErrExist) {
		return hinted("Choose another name: what is there is not overwritten.", "%s is there already", name)
	}
	if err != nil {
		return fmt.Errorf("write proposals: %w", err)
	}
	_, err = file.Write(data)
	if err = errors.Join(err, file.Close()); err != nil {
		return fmt.Errorf("write proposals: %w", err)
	}
	return nil
}
