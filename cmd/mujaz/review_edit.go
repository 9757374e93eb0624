package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/mujaz/mujaz/internal/clean"
	"github.com/mujaz/mujaz/internal/demo/show"
	"github.com/mujaz/mujaz/internal/verify"
	"github.com/mujaz/mujaz/queue"
	"github.com/mujaz/mujaz/worker"
)

type reviewEditCmd struct {
	reviewOf
	reviewBy
	Headline *string `placeholder:"TEXT" help:"The headline as it should be."`
	Summary  *string `placeholder:"TEXT" help:"The summary as it should be."`
	File     string  `placeholder:"FILE" help:"JSON with headline, summary, key_points, translation or names, each as in a result; - is standard input. What it leaves out stays."`
	Article  string  `placeholder:"FILE" help:"The article (.txt, .html), to hold the edited text against."`
	HTML     bool    `name:"html" help:"The article is HTML, whatever its name."`
	Title    string  `placeholder:"TEXT" help:"The article's headline, where the job gave another than the result."`
	Anyway   bool    `help:"Store the edit also when the checks find fault with it."`
	glossaryFlag
}

// Help is shown by --help.
func (*reviewEditCmd) Help() string {
	return `The result becomes ok, with your text. Without text on the command line, $VISUAL or $EDITOR opens it.

The checks need the article, which no result holds: with --article they are made again, and nothing is stored if one fails. Without, the edited result has no checks; what they found before the edit stays under "reviewed".

    mujaz review edit article-4711
    mujaz review edit article-4711 --headline "Library with 12,000 books opens" --article article.html
    mujaz review edit article-4711 --file corrected.json --note "number corrected"`
}

// Run edits.
func (c *reviewEditCmd) Run(ctx context.Context, p *program) error {
	inline := c.Headline != nil || c.Summary != nil
	if inline && c.File != "" {
		return usagef("Put all of it into the file.", "the text is given both on the command line and in a file")
	}
	conn, err := c.NATS.open(ctx, c.Prefix)
	if err != nil {
		return err
	}
	defer conn.Close()
	of, err := c.find(ctx, conn)
	if err != nil {
		return err
	}
	q := queue.ReviewRequest{Of: of, Decision: queue.DecisionEdited, Edit: queue.Edit{Headline: c.Headline, Summary: c.Summary}, Again: c.Again}
	if _, err := q.Result(); errors.Is(err, queue.ErrReviewed) || errors.Is(err, queue.ErrNotFlagged) {
		return explainReview(of.Result, err)
	}
	draft := ""
	switch {
	case c.File != "":
		q.Edit, err = c.readEdit(p)
	case !inline:
		q.Edit, draft, err = openEditor(ctx, p, of.Result)
	}
	if err != nil {
		return err
	}
	err = c.store(ctx, p, conn, q)
	if draft == "" {
		return err
	}
	if err != nil && !errors.Is(err, queue.ErrUnchanged) {
		fmt.Fprintln(p.err, "Your text is in "+draft)
		return err
	}
	return errors.Join(err, os.Remove(draft))
}

func (c *reviewEditCmd) store(ctx context.Context, p *program, conn *queue.Conn, q queue.ReviewRequest) (err error) {
	if c.Article != "" {
		if q.Checks, err = c.check(p, q); err != nil {
			return err
		}
	}
	return c.decide(ctx, p, conn, q)
}

func (c *reviewEditCmd) readEdit(p *program) (queue.Edit, error) {
	data, err := readInput(c.File, p.in)
	if err != nil {
		return queue.Edit{}, err
	}
	return decodeEdit(c.File, data)
}

func decodeEdit(name string, data []byte) (queue.Edit, error) {
	var e queue.Edit
	err := json.Unmarshal(data, &e, json.RejectUnknownMembers(true))
	if err == nil {
		return e, nil
	}
	if semantic, found := errors.AsType[*json.SemanticError](err); found && errors.Is(err, json.ErrUnknownName) {
		err = fmt.Errorf("%s: is no field that can be edited", semantic.JSONPointer.LastToken())
	} else {
		err = decodeLine(data, &queue.Edit{})
	}
	return queue.Edit{}, hinted("Give a JSON object with headline, summary, key_points, translation or names, each as `mujaz review show --json` prints it.", "read edit: %s: %w", name, err)
}

// check holds the edited text against the article that the result was made
// from, which its digest proves.
func (c *reviewEditCmd) check(p *program, q queue.ReviewRequest) ([]queue.Check, error) {
	edited, err := q.Edit.Apply(q.Of.Result)
	if err != nil {
		return nil, explainReview(q.Of.Result, err)
	}
	job, err := readArticle(c.Article, p.in, c.HTML)
	if err != nil {
		return nil, err
	}
	article, found, err := findArticle(job.Article, q.Of.Result, c.Title)
	switch {
	case err != nil:
		return nil, fmt.Errorf("clean %s: %w", c.Article, err)
	case !found:
		return nil, hinted("Give the file that the job was made from, with --title if the job gave a headline; or leave --article away: the edit is then stored unchecked.", "%s is not the article of this result: its digest is another", c.Article)
	}
	house, err := readHouse(c.Glossary)
	if err != nil {
		return nil, err
	}
	src := verify.Source{Title: article.Title, Language: article.Language, PublishedAt: edited.Article.PublishedAt, Glossary: map[string]string{}}
	texts := []string{article.Title}
	for _, paragraph := range article.Paragraphs {
		src.Paragraphs = append(src.Paragraphs, verify.Paragraph{ID: paragraph.ID, Text: paragraph.Text})
		texts = append(texts, paragraph.Text)
	}
	for _, term := range house.In(texts...) {
		src.Glossary[term.Written] = term.English
	}
	report := verify.Run(src, outputText{edited.Headline, edited.Summary, edited.KeyPoints, edited.Translation}.output(), verify.Limits{})
	checks := checksOf(report)
	if len(report.Failed()) > 0 && !c.Anyway {
		p.errStyle.Checks(p.err, checks)
		return nil, hinted("Correct the edit, or store it with --anyway: the checks can be wrong.", "the checks find fault with the edited text; nothing was stored")
	}
	return checks, nil
}

// findArticle cleans the article as the worker did. The headline that the job
// gave is not known, only what cleaning made of it, or found on the page.
func findArticle(source queue.Article, r queue.Result, title string) (clean.Article, bool, error) {
	for _, title := range []string{title, r.Article.Title, ""} {
		article, err := clean.Clean(clean.Input{Title: title, Text: source.Text, HTML: source.HTML, URL: r.Article.URL})
		if err != nil {
			return clean.Article{}, false, err
		}
		if worker.SourceDigest(article) == r.Receipt.SourceDigest {
			return article, true, nil
		}
	}
	return clean.Article{}, false, nil
}

// openEditor lets a person edit the text as JSON, and gives the name of the
// draft: it is removed only once it is stored, so that no typing is lost to a
// missing comma or a faster reviewer.
func openEditor(ctx context.Context, p *program, r queue.Result) (edit queue.Edit, draft string, err error) {
	editor := editorOf(p.lookup)
	if len(editor) == 0 || !show.IsTerminal(p.in) {
		return queue.Edit{}, "", usagef("Give --headline, --summary or --file; or set EDITOR, on a terminal.", "there is no text and no editor to write it in")
	}
	return editWith(ctx, p, editor, r)
}

func editorOf(lookup func(string) (string, bool)) []string {
	for _, name := range []string{"VISUAL", "EDITOR"} {
		if value, _ := lookup(name); strings.TrimSpace(value) != "" {
			return strings.Fields(value)
		}
	}
	return nil
}

func editWith(ctx context.Context, p *program, editor []string, r queue.Result) (edit queue.Edit, draft string, err error) {
	data, err := json.Marshal(queue.EditOf(r), jsontext.Multiline(true), jsontext.WithIndent("  "))
	if err != nil {
		return queue.Edit{}, "", fmt.Errorf("prepare the edit: %w", err)
	}
	file, err := os.CreateTemp("", "mujaz-review-*.json")
	if err != nil {
		return queue.Edit{}, "", fmt.Errorf("prepare the edit: %w", err)
	}
	_, err = file.Write(append(data, '\n'))
	if err = errors.Join(err, file.Close()); err != nil {
		return queue.Edit{}, "", fmt.Errorf("prepare the edit: %w", err)
	}
	draft = file.Name()
	kept := "Your text is in " + draft + ": correct it there, then `mujaz review edit " + r.JobID + " --file " + draft + "`."
	command := exec.CommandContext(ctx, editor[0], append(editor[1:], draft)...)
	command.Stdin, command.Stdout, command.Stderr = p.in, p.out, p.err
	if err := command.Run(); err != nil {
		return queue.Edit{}, "", hinted(kept, "edit with %s: %w", editor[0], err)
	}
	if data, err = os.ReadFile(draft); err != nil {
		return queue.Edit{}, "", fmt.Errorf("read edit: %w", err)
	}
	if edit, err = decodeEdit(draft, data); err != nil {
		return queue.Edit{}, "", hinted(kept, "%w", err)
	}
	return edit, draft, nil
}
