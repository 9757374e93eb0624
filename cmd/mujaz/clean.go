package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/mujaz/mujaz/internal/clean"
	"github.com/mujaz/mujaz/internal/demo"
	"github.com/mujaz/mujaz/internal/demo/show"
)

type cleanCmd struct {
	Files []string `arg:"" optional:"" name:"file" help:"Articles: .txt, .html; - is standard input."`
	JSONL bool     `name:"jsonl" help:"The input is JSON Lines; print a JSON line an article."`
	HTML  bool     `name:"html" help:"The input is HTML, whatever its name."`
	Title string   `placeholder:"TEXT" help:"The article's headline, if it is known."`
	Quiet bool     `short:"q" help:"Do not say on standard error what was removed."`
	JSON  bool     `name:"json" help:"Print the cleaned article as a JSON line."`
}

// Help is shown by --help.
func (*cleanCmd) Help() string {
	return `Prints the headline and the paragraphs that a model would see, and says on standard error what was removed.

With --jsonl, each line is an object with id, and text or html, and optionally title, url and lang. Each answer has id, title, text, paragraphs, language and removed. Their order is kept; a line that cannot be read is reported by its number and skipped, and the exit code is then 1.

    mujaz clean article.html
    mujaz clean --jsonl < articles.jsonl > cleaned.jsonl`
}

// Run cleans.
func (c *cleanCmd) Run(ctx context.Context, p *program) error {
	files, err := inputs(p, c.Files)
	if err != nil {
		return err
	}
	failed := 0
	for i, name := range files {
		if c.JSONL {
			err = withInput(name, p.in, func(r io.Reader) error { return p.eachLine(ctx, r, cleanLine) })
		} else {
			if i > 0 && !c.JSON {
				fmt.Fprintln(p.out)
			}
			err = c.file(p, name)
		}
		switch {
		case err == nil:
		case ctx.Err() != nil, len(files) == 1:
			return err
		default:
			failed++
			p.complain(nameInput(name, err))
		}
	}
	return someFailed(failed, len(files), "could not be cleaned")
}

// inputs are the named files, or standard input if something is piped in.
func inputs(p *program, files []string) ([]string, error) {
	if len(files) > 0 {
		return files, nil
	}
	if show.IsTerminal(p.in) {
		return nil, usagef("Name files, or pipe one in.", "%w", errNoInput)
	}
	return []string{"-"}, nil
}

// withInput opens a file, or standard input for "-".
func withInput(name string, stdin io.Reader, f func(io.Reader) error) error {
	if name == "-" {
		return f(stdin)
	}
	file, err := os.Open(name)
	if err != nil {
		return fmt.Errorf("read input: %w", err)
	}
	defer file.Close() //nolint:errcheck // it was only read
	return f(file)
}

func (c *cleanCmd) file(p *program, name string) error {
	job, err := readArticle(name, p.in, c.HTML)
	if err != nil {
		return err
	}
	article, err := clean.Clean(clean.Input{Title: c.Title, Text: job.Article.Text, HTML: job.Article.HTML})
	if err != nil {
		return hinted("Give its text, or its HTML page.", "clean %s: %w", name, err)
	}
	if c.JSON {
		return p.printJSON(cleanedOf(nil, article))
	}
	if article.Title != "" {
		fmt.Fprintf(p.out, "%s\n\n", p.outStyle.Bold(show.Line(article.Title)))
	}
	for i, paragraph := range article.Paragraphs {
		if i > 0 {
			fmt.Fprintln(p.out)
		}
		fmt.Fprintln(p.out, show.Clean(paragraph.Text))
	}
	if c.Quiet {
		return nil
	}
	if len(article.Removed) > 0 {
		fmt.Fprintf(p.err, "removed: %s\n", demo.Removed(article.Removed))
	}
	if article.Skip != "" {
		fmt.Fprintf(p.err, "nothing to summarise: %s\n", article.Skip)
	}
	return nil
}

// cleaned is one answer of clean --jsonl.
type cleaned struct {
	ID         jsontext.Value    `json:"id,omitzero"`
	Title      string            `json:"title"`
	Text       string            `json:"text"`
	Paragraphs []clean.Paragraph `json:"paragraphs"`
	Language   string            `json:"language"`
	Removed    []clean.Removal   `json:"removed"`
	Skip       clean.SkipReason  `json:"skip,omitzero"`
	Repairs    []string          `json:"repairs,omitzero"`
}

func cleanedOf(id jsontext.Value, a clean.Article) cleaned {
	return cleaned{id, a.Title, a.Text(), a.Paragraphs, a.Language, a.Removed, a.Skip, a.Repairs}
}

// cleanLine answers one line of clean --jsonl.
func cleanLine(line []byte) ([]byte, error) {
	var in struct {
		ID    jsontext.Value `json:"id"`
		Title string         `json:"title"`
		Text  string         `json:"text"`
		HTML  string         `json:"html"`
		URL   string         `json:"url"`
		Lang  string         `json:"lang"`
	}
	if err := decodeLine(line, &in); err != nil {
		return nil, err
	}
	article, err := clean.Clean(clean.Input{Title: in.Title, Text: in.Text, HTML: in.HTML, URL: in.URL, Lang: in.Lang})
	if err != nil {
		return nil, err
	}
	return json.Marshal(cleanedOf(in.ID, article))
}

// decodeLine reads a line. Its errors name the field, never what it holds.
func decodeLine(line []byte, v any) error {
	err := json.Unmarshal(line, v, jsontext.AllowInvalidUTF8(true))
	var semantic *json.SemanticError
	var syntactic *jsontext.SyntacticError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &semantic) && semantic.JSONPointer != "":
		return fmt.Errorf("%s: cannot be a JSON %s", semantic.JSONPointer.LastToken(), semantic.JSONKind)
	case errors.As(err, &semantic):
		return errors.New("is no JSON object")
	case errors.As(err, &syntactic) && errors.Is(err, jsontext.ErrDuplicateName):
		return errors.New("names a field twice")
	case errors.As(err, &syntactic):
		return fmt.Errorf("is not valid JSON, at byte %d", syntactic.ByteOffset)
	}
	return errors.New("is not valid JSON")
}
