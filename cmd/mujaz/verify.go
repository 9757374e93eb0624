package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/mujaz/mujaz/internal/verify"
	"github.com/mujaz/mujaz/queue"
)

type verifyCmd struct {
	File      string `arg:"" optional:"" help:"With --jsonl: the input; - or none is standard input."`
	JSONL     bool   `name:"jsonl" help:"The input is JSON Lines; print a JSON line a summary."`
	Source    string `placeholder:"FILE" help:"The article, as text."`
	Output    string `placeholder:"FILE" help:"Its English summary, as text."`
	Title     string `placeholder:"TEXT" help:"The article's headline."`
	Published moment `placeholder:"TIME" help:"When the article was published."`
	Glossary  string `placeholder:"FILE" help:"Names and their English, in YAML or CSV."`
	JSON      bool   `name:"json" help:"Print the checks as a JSON line."`
}

// Help is shown by --help.
func (*verifyCmd) Help() string {
	return `Holds a summary against its source, without a model. Exit code 0 says that the checks were made, not that they passed.

With --jsonl, each line is an object with id, title, source and output, and optionally language, published_at and glossary. Output is the text of a summary, or an object with headline, summary, key_points or translation, as in a result. Each answer has id, status (ok or flagged) and checks. Their order is kept; a line that cannot be read is reported by its number and skipped, and the exit code is then 1.

    mujaz verify --source article.txt --output summary.txt
    mujaz verify --jsonl < pairs.jsonl | jq -r 'select(.status=="flagged").id'`
}

// Run checks.
func (c *verifyCmd) Run(ctx context.Context, p *program) error {
	if c.JSONL {
		files, err := inputs(p, without(c.File))
		if err != nil {
			return err
		}
		return withInput(files[0], p.in, func(r io.Reader) error { return p.eachLine(ctx, r, verifyLine) })
	}
	if c.Source == "" || c.Output == "" || c.File != "" {
		return usagef("Give --source FILE and --output FILE, or --jsonl.", "it is not said what to check")
	}
	source, err := readInput(c.Source, p.in)
	if err != nil {
		return err
	}
	output, err := readInput(c.Output, p.in)
	if err != nil {
		return err
	}
	glossary, err := readGlossary(c.Glossary)
	if err != nil {
		return err
	}
	src := verify.Source{Title: c.Title, Paragraphs: paragraphsOf(string(source)), PublishedAt: c.Published.Time, Glossary: glossary}
	report := verify.Run(src, verify.Output{Summary: strings.TrimSpace(string(output))}, verify.Limits{})
	if c.JSON {
		return p.printJSON(verified{Status: report.Status(), Checks: report.Checks})
	}
	fmt.Fprintln(p.out, p.outStyle.Status(queue.Status(report.Status())))
	p.outStyle.Checks(p.out, checksOf(report))
	return nil
}

func without(file string) []string {
	if file == "" {
		return nil
	}
	return []string{file}
}

func checksOf(report verify.Report) []queue.Check {
	checks := make([]queue.Check, len(report.Checks))
	for i, c := range report.Checks {
		checks[i] = queue.Check{
			Check: c.Check, Verdict: queue.Verdict(c.Verdict), Detail: c.Detail,
			SourceSpan: (*queue.Span)(c.SourceSpan), OutputSpan: (*queue.Span)(c.OutputSpan),
		}
	}
	return checks
}

// paragraphsOf numbers the lines of a text that hold something.
func paragraphsOf(text string) []verify.Paragraph {
	var paragraphs []verify.Paragraph
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			paragraphs = append(paragraphs, verify.Paragraph{ID: len(paragraphs) + 1, Text: line})
		}
	}
	return paragraphs
}

// verified is one answer of verify --jsonl.
type verified struct {
	ID     jsontext.Value `json:"id,omitzero"`
	Status string         `json:"status"`
	Checks []verify.Check `json:"checks"`
}

// outputText is an output in JSON: a text, or an object with fields of a result.
type outputText struct {
	Headline    string                      `json:"headline"`
	Summary     string                      `json:"summary"`
	KeyPoints   []queue.KeyPoint            `json:"key_points"`
	Translation []queue.TranslatedParagraph `json:"translation"`
}

func (o outputText) output() verify.Output {
	out := verify.Output{Headline: o.Headline, Summary: o.Summary}
	for _, k := range o.KeyPoints {
		out.KeyPoints = append(out.KeyPoints, verify.KeyPoint(k))
	}
	for _, t := range o.Translation {
		out.Translation = append(out.Translation, verify.TranslatedParagraph(t))
		out.Task = verify.Translate
	}
	return out
}

// verifyLine answers one line of verify --jsonl.
func verifyLine(line []byte) ([]byte, error) {
	var in struct {
		ID          jsontext.Value    `json:"id"`
		Title       string            `json:"title"`
		Source      *string           `json:"source"`
		Output      jsontext.Value    `json:"output"`
		Language    string            `json:"language"`
		PublishedAt string            `json:"published_at"`
		Glossary    map[string]string `json:"glossary"`
	}
	if err := decodeLine(line, &in); err != nil {
		return nil, err
	}
	if in.Source == nil || in.Output == nil {
		return nil, errors.New("needs both source and output")
	}
	published, err := publishedAt(in.PublishedAt)
	if err != nil {
		return nil, err
	}
	var output outputText
	if in.Output.Kind() == '"' {
		err = decodeLine(in.Output, &output.Summary)
	} else {
		err = decodeLine(in.Output, &output)
	}
	if err != nil {
		return nil, fmt.Errorf("output: %w", err)
	}
	report := verify.Run(verify.Source{
		Title: in.Title, Paragraphs: paragraphsOf(*in.Source), Language: in.Language, PublishedAt: published, Glossary: in.Glossary,
	}, output.output(), verify.Limits{})
	return json.Marshal(verified{in.ID, report.Status(), report.Checks})
}

// publishedAt reads RFC 3339, or a date.
func publishedAt(s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", time.DateTime, time.DateOnly} {
		if t, err := time.Parse(layout, s); err == nil {
			return t, nil
		}
	}
	return time.Time{}, errors.New("published_at: must be a time such as 2026-03-01T09:30:00Z, or a date")
}
