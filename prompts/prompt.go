package prompts

import (
	"errors"
	"fmt"
	"strings"
	"text/template"
	"time"
)

// The roles a rendered message can have.
const (
	RoleSystem    = "system"
	RoleUser      = "user"
	RoleAssistant = "assistant"
)

// A Message is one message of a chat completion request.
type Message struct {
	Role    string
	Content string
}

// A Prompt is one version of one prompt. It is safe for concurrent use; its
// slices are shared and must not be changed.
type Prompt struct {
	Name        string
	Version     int
	Task        string // Summarize, Translate, Repair, Judge, Part or Reduce.
	Description string
	// Digest is the SHA-256, in hex, of all files of the prompt and of the form
	// in which the article is put into them.
	Digest string
	// Custom tells that at least one file came from the override folder.
	Custom bool
	// Styles are the styles of a summary, in the prompt's order; none for other
	// tasks.
	Styles []Style
	// Schema is the JSON Schema (draft 2020-12) the answer is validated with.
	// It is nil for a repair: there the schema of the repaired prompt holds.
	Schema []byte
	// WireSchema is Schema as it is sent to the endpoint, with the keywords
	// that OpenAI's strict mode knows: type, properties, required,
	// additionalProperties, items and enum, in the order of Schema.
	WireSchema []byte

	system  map[string]string // By style; the one of a translation under "".
	user    *template.Template
	phrases []string
}

// A Style is one form of a summary.
type Style struct {
	Name string `yaml:"name"`
	// Words is what the rule allows the summary, in English words.
	Words int `yaml:"words"`
	// Rule is the sentence of the system message that asks for the style.
	Rule string `yaml:"rule"`
}

// Data is what the messages of one call are made of. Everything that comes
// from the page (Title, Source, Paragraphs) is treated as untrusted.
type Data struct {
	Style       string    // One of the prompt's Styles; not used by other tasks.
	MaxWords    int       // Limit of the summary in words; 0 leaves it to the style.
	Title       string    // May be empty.
	Source      string    // Name of the publication; may be empty.
	Language    string    // BCP 47 tag; the embedded prompts do not show it.
	PublishedAt time.Time // Zero when unknown.
	Paragraphs  []Paragraph
	Glossary    []Term
	// Fence is the marker of the article, from FenceFor. Empty derives it from
	// the paragraphs, which costs a hash of them.
	Fence string
	// Defects are the findings a Repair quotes, one sentence each. At most
	// MaxDefects are quoted.
	Defects []string
	// PreviousAnswer is the answer that a Repair corrects.
	PreviousAnswer string
	// Claims are what a Judge is asked about; they are numbered from 1. A model
	// wrote them from the page, so they are no more trusted than it.
	Claims []string
	// Names are those that were found in the parts of a long article. A model
	// wrote them, so they stand among the untrusted text and not in the glossary.
	Names []Term
	// Part of Parts is the place of the paragraphs in a long article, from 1;
	// 0 of 0 is all of it.
	Part, Parts int
}

// A Paragraph is one paragraph of the cleaned article under its number, or a
// note on some of them under theirs.
type Paragraph struct {
	ID   int
	Also []int // further numbers, of a note
	Text string
}

// A Term is a glossary entry: the English that the job wants for a source term.
type Term struct {
	Source  string
	English string
}

// systemData is what a system.tmpl sees.
type systemData struct {
	Style string
	Rule  string
}

// userData is what a user.tmpl sees.
type userData struct {
	Style    string
	MaxWords int
	Language string
	Glossary string // A line a term, "" without.
	Article  string // The fenced article; "" in a repair.
	Defects  string // The fenced defects of a repair, else "".
	Claims   string // The fenced, numbered claims for a judge, else "".
	Part     int    // Place among Parts; both are 0 where there are none.
	Parts    int
}

// Ref returns the prompt's name and version, such as "news-brief@1".
func (p Prompt) Ref() string {
	return fmt.Sprintf("%s@%d", p.Name, p.Version)
}

// ShortDigest returns the first 12 digits of Digest, for people.
func (p Prompt) ShortDigest() string {
	return p.Digest[:min(12, len(p.Digest))]
}

// Style returns the style called name. The error lists the styles there are.
func (p Prompt) Style(name string) (Style, error) {
	names := make([]string, len(p.Styles))
	for i, s := range p.Styles {
		if s.Name == name {
			return s, nil
		}
		names[i] = s.Name
	}
	if len(names) == 0 {
		return Style{}, fmt.Errorf("prompt %s has no styles", p.Ref())
	}
	return Style{}, fmt.Errorf("prompt %s has no style %q, it has: %s", p.Ref(), name, strings.Join(names, ", "))
}

// Phrases returns the sentences of the prompt that no news text would contain
// by chance. An answer that holds one of them has leaked the prompt.
func (p Prompt) Phrases() []string {
	return p.phrases
}

// Render returns the messages of one call. For a summary or a translation they
// are the system message, which depends on the style alone, and the user
// message with the article. For a Repair they are the two that follow those of
// the first call: the previous answer, and the request to correct it. For a
// Judge the user message has the claims before the article.
func (p Prompt) Render(d Data) ([]Message, error) {
	if p.Task == Repair {
		return p.renderRepair(d)
	}
	style := ""
	if styled(p.Task) {
		style = d.Style
	}
	system, ok := p.system[style]
	if !ok {
		_, err := p.Style(style)
		return nil, err
	}
	if len(d.Paragraphs) == 0 {
		return nil, errors.New("render prompt: the article has no paragraphs")
	}
	if p.Task == Judge && len(d.Claims) == 0 {
		return nil, errors.New("render prompt: there are no claims to judge")
	}
	fence, err := articleFence(d)
	if err != nil {
		return nil, fmt.Errorf("render prompt: %w", err)
	}
	user, err := p.execute(userData{
		Style: d.Style, MaxWords: d.MaxWords, Language: oneLine(d.Language),
		Glossary: glossaryLines(d.Glossary), Article: fencedArticle(d, fence),
		Claims: fencedClaims(d, fence), Part: d.Part, Parts: d.Parts,
	})
	if err != nil {
		return nil, err
	}
	return []Message{{RoleSystem, system}, {RoleUser, user}}, nil
}

func (p Prompt) renderRepair(d Data) ([]Message, error) {
	if len(d.Defects) == 0 || d.PreviousAnswer == "" {
		return nil, errors.New("render repair: want the previous answer and at least one defect")
	}
	fence, err := defectsFence(d)
	if err != nil {
		return nil, fmt.Errorf("render repair: %w", err)
	}
	user, err := p.execute(userData{
		Style: d.Style, MaxWords: d.MaxWords, Language: oneLine(d.Language),
		Glossary: glossaryLines(d.Glossary), Defects: fencedDefects(d, fence),
	})
	if err != nil {
		return nil, err
	}
	return []Message{
		{RoleAssistant, strings.ReplaceAll(d.PreviousAnswer, "<|", "‹|")},
		{RoleUser, user},
	}, nil
}

func (p Prompt) execute(data userData) (string, error) {
	var b strings.Builder
	b.Grow(len(data.Article) + len(data.Glossary) + len(data.Defects) + len(data.Claims) + 512)
	if err := p.user.Execute(&b, data); err != nil {
		return "", fmt.Errorf("render prompt %s: %w", p.Ref(), err)
	}
	return b.String(), nil
}
