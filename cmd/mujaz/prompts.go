package main

import (
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/mujaz/mujaz/internal/clean"
	"github.com/mujaz/mujaz/internal/demo/show"
	"github.com/mujaz/mujaz/prompts"
)

type promptsCmd struct {
	List   promptsListCmd   `cmd:"" help:"List the prompts."`
	Show   promptsShowCmd   `cmd:"" help:"Print a prompt: its rules, its text, its schema."`
	Render promptsRenderCmd `cmd:"" help:"Print the messages that a model would get for an article."`
}

// Help is shown by --help.
func (*promptsCmd) Help() string {
	return "Prompts are versioned; every result names its own. docs/cli.md tells how a folder replaces them.\n\n    mujaz prompts list\n    mujaz prompts render article.txt --prompt news-brief@1 --style bullets"
}

// promptsFlag is the folder of a worker's flag of that name.
type promptsFlag struct {
	PromptsDir string `placeholder:"DIR" help:"Folder with prompts that replace or join the embedded ones." group:"worker"`
}

func (f promptsFlag) load() (*prompts.Library, error) {
	library, err := prompts.Load(f.PromptsDir)
	if err != nil {
		return nil, usagef("Correct the prompts in --prompts-dir, or leave it away.", "read prompts: %w", err)
	}
	return library, nil
}

func get(library *prompts.Library, ref string) (prompts.Prompt, error) {
	prompt, err := library.Get(ref)
	if err != nil {
		return prompt, usagef("`mujaz prompts list` lists them.", "%w", err)
	}
	return prompt, nil
}

type promptsListCmd struct {
	JSON bool `name:"json" help:"Print a JSON line a prompt."`
	promptsFlag
}

// Help is shown by --help.
func (*promptsListCmd) Help() string {
	return "Examples:\n\n    mujaz prompts list --prompts-dir ./prompts"
}

// Run lists.
func (c *promptsListCmd) Run(p *program) error {
	library, err := c.load()
	if err != nil {
		return err
	}
	table := tabwriter.NewWriter(p.out, 0, 8, 2, ' ', 0)
	if !c.JSON {
		fmt.Fprintln(table, "PROMPT\tTASK\tDIGEST\tFROM\tDESCRIPTION")
	}
	for _, prompt := range library.List() {
		from := "embedded"
		if prompt.Custom {
			from = c.PromptsDir
		}
		if c.JSON {
			err := p.printJSON(struct {
				Prompt      string `json:"prompt"`
				Task        string `json:"task"`
				Digest      string `json:"digest"`
				Custom      bool   `json:"custom"`
				Description string `json:"description"`
			}{prompt.Ref(), prompt.Task, prompt.Digest, prompt.Custom, prompt.Description})
			if err != nil {
				return err
			}
			continue
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", prompt.Ref(), prompt.Task, prompt.ShortDigest(), from, prompt.Description)
	}
	return table.Flush()
}

type promptsShowCmd struct {
	Prompt string `arg:"" help:"name@version, or a name for its newest version."`
	promptsFlag
}

// Help is shown by --help.
func (*promptsShowCmd) Help() string { return "Examples:\n\n    mujaz prompts show news-brief" }

// Run shows one.
func (c *promptsShowCmd) Run(p *program) error {
	library, err := c.load()
	if err != nil {
		return err
	}
	prompt, err := get(library, c.Prompt)
	if err != nil {
		return err
	}
	fmt.Fprintf(p.out, "%s  %s\n%s\ndigest %s\n", p.outStyle.Bold(prompt.Ref()), prompt.Task, prompt.Description, prompt.Digest)
	for _, style := range prompt.Styles {
		fmt.Fprintf(p.out, "\nstyle %s, up to %d words:\n%s", style.Name, style.Words, p.outStyle.Wrap(style.Rule, "  "))
	}
	data := prompts.Data{Paragraphs: []prompts.Paragraph{{ID: 1, Text: "…"}}, Defects: []string{"…"}, PreviousAnswer: "{}", Claims: []string{"…"}}
	if len(prompt.Styles) > 0 {
		data.Style = prompt.Styles[0].Name
	}
	messages, err := prompt.Render(data)
	if err != nil {
		return err
	}
	for _, m := range messages {
		fmt.Fprintf(p.out, "\n%s message", m.Role)
		if data.Style != "" && m.Role == prompts.RoleSystem {
			fmt.Fprintf(p.out, ", style %s", data.Style)
		}
		fmt.Fprintf(p.out, ":\n%s\n", indent(m.Content))
	}
	if prompt.Schema != nil {
		fmt.Fprintf(p.out, "\nanswer:\n%s\n", indent(string(prompt.Schema)))
	}
	return nil
}

func indent(text string) string {
	return "  " + strings.ReplaceAll(strings.TrimSpace(text), "\n", "\n  ")
}

type promptsRenderCmd struct {
	File     string `arg:"" help:"Article: .txt, .html; - is standard input."`
	Prompt   string `default:"news-brief" placeholder:"NAME@VERSION" help:"Prompt to render [${default}]."`
	Style    string `default:"standard" help:"Style of the summary [${default}]."`
	MaxWords int    `placeholder:"N" help:"Limit of the summary in words."`
	Title    string `placeholder:"TEXT" help:"The article's headline."`
	Glossary string `placeholder:"FILE" help:"Names and their English, in YAML or CSV."`
	HTML     bool   `name:"html" help:"The input is HTML, whatever its name."`
	JSON     bool   `name:"json" help:"Print a JSON line a message."`
	promptsFlag
}

// Help is shown by --help.
func (*promptsRenderCmd) Help() string {
	return "The article is cleaned and fenced as it is for a worker's call; nothing is sent.\n\n    mujaz prompts render article.txt --style brief"
}

// Run renders.
func (c *promptsRenderCmd) Run(p *program) error {
	library, err := c.load()
	if err != nil {
		return err
	}
	prompt, err := get(library, c.Prompt)
	if err != nil {
		return err
	}
	glossary, err := readGlossary(c.Glossary)
	if err != nil {
		return err
	}
	job, err := readArticle(c.File, p.in, c.HTML)
	if err != nil {
		return err
	}
	article, err := clean.Clean(clean.Input{Title: c.Title, Text: job.Article.Text, HTML: job.Article.HTML})
	if err != nil {
		return fmt.Errorf("clean %s: %w", c.File, err)
	}
	data := prompts.Data{Style: c.Style, MaxWords: c.MaxWords, Title: article.Title, Language: article.Language, PublishedAt: article.PublishedAt}
	for _, paragraph := range article.Paragraphs {
		data.Paragraphs = append(data.Paragraphs, prompts.Paragraph{ID: paragraph.ID, Text: paragraph.Text})
	}
	for _, name := range sortedKeys(glossary) {
		data.Glossary = append(data.Glossary, prompts.Term{Source: name, English: glossary[name]})
	}
	messages, err := prompt.Render(data)
	if err != nil {
		return usagef("`mujaz prompts show "+prompt.Ref()+"` lists its styles.", "render %s: %w", prompt.Ref(), err)
	}
	for i, m := range messages {
		if c.JSON {
			if err := p.printJSON(struct {
				Role    string `json:"role"`
				Content string `json:"content"`
			}{m.Role, m.Content}); err != nil {
				return err
			}
			continue
		}
		if i > 0 {
			fmt.Fprintln(p.out)
		}
		fmt.Fprintf(p.out, "%s\n%s\n", p.outStyle.Bold("── "+m.Role), show.Clean(strings.TrimSpace(m.Content)))
	}
	return nil
}
