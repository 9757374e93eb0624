package dataset

import (
	"strings"

	"github.com/mujaz/mujaz/internal/clean"
	"github.com/mujaz/mujaz/internal/eval/score"
	"github.com/mujaz/mujaz/internal/verify"
)

// Mode is the part of the pipeline that is run.
type Mode string

// The modes.
const (
	Clean    Mode = "clean"    // only cleaning
	Verify   Mode = "verify"   // only the checks, on the outputs of the data set
	Pipeline Mode = "pipeline" // all, with a model
)

// The states of a result beside "ok", "flagged" and "skipped".
const (
	StatusOK      = verify.StatusOK
	StatusFlagged = verify.StatusFlagged
	StatusSkipped = "skipped"
	StatusDead    = "dead" // a dead letter, or not to be cleaned
)

// Result is what became of a row.
type Result struct {
	ID     string `json:"id"`
	Digest string `json:"digest"` // of row, mode and setting
	Mode   Mode   `json:"mode"`
	Status string `json:"status"`
	// Detail says why it was skipped or is dead.
	Detail string         `json:"detail,omitempty"`
	Output *Output        `json:"output,omitempty"`
	Text   string         `json:"text,omitempty"` // of Clean
	Checks []verify.Check `json:"checks,omitempty"`
	// Removed counts the characters that cleaning took out.
	Removed int `json:"removed,omitempty"`

	SourceWords int `json:"source_words"`
	OutputWords int `json:"output_words"`
	// Covered of Paragraphs are what the output rests on, see
	// [verify.Prepared.Coverage].
	Covered    int           `json:"covered,omitempty"`
	Paragraphs int           `json:"paragraphs,omitempty"`
	Scores     *score.Scores `json:"scores,omitempty"` // where there is a reference
	Usage      Usage         `json:"usage,omitzero"`
	Model      string        `json:"model,omitempty"`
	Prompt     string        `json:"prompt,omitempty"`
	Repaired   bool          `json:"repaired,omitempty"`
}

// Usage is what a row cost.
type Usage struct {
	Calls     int     `json:"calls"`
	TokensIn  int     `json:"tokens_in"`
	TokensOut int     `json:"tokens_out"`
	Cost      float64 `json:"cost,omitempty"` // in Currency; not known without one
	Currency  string  `json:"currency,omitempty"`
}

// fails reports whether a check fails; "" stands for any.
func (r *Result) fails(check string) bool { return r.has(check, verify.Fail) }

func (r *Result) has(check string, verdict verify.Verdict) bool {
	for i := range r.Checks {
		if r.Checks[i].Verdict == verdict && (check == "" || r.Checks[i].Check == check) {
			return true
		}
	}
	return false
}

// text is all that was written.
func (r *Result) text() string {
	if r.Output == nil {
		return r.Text
	}
	parts := []string{r.Output.Headline, r.Output.Summary}
	for _, k := range r.Output.KeyPoints {
		parts = append(parts, k.Text)
	}
	for _, t := range r.Output.Translation {
		parts = append(parts, t.Text)
	}
	return strings.TrimSpace(strings.Join(parts, "\n"))
}

// scored is the part that is held against the reference: a translation, or the
// summary without its headline and points.
func (r *Result) scored() string {
	switch {
	case r.Output == nil:
		return r.Text
	case len(r.Output.Translation) > 0 || r.Output.Summary == "":
		return r.text()
	}
	return r.Output.Summary
}

// cleanRow does what `mujaz clean` does.
func cleanRow(row *Row) Result {
	article, err := cleaned(row)
	if err != nil {
		return Result{Status: StatusDead, Detail: err.Error()}
	}
	r := Result{Status: StatusOK, Text: article.Text()}
	if article.Skip != "" {
		r.Status, r.Detail = StatusSkipped, string(article.Skip)
	}
	for _, removal := range article.Removed {
		r.Removed += removal.Chars
	}
	r.measure(row, plainSource(row))
	return r
}

func cleaned(row *Row) (clean.Article, error) {
	return clean.Clean(clean.Input{Title: row.Title, Text: row.Article, HTML: row.HTML, Lang: row.Language})
}

// verifyRow does what `mujaz verify` does: text is taken as it stands, and only a
// page is cleaned.
func verifyRow(row *Row, limits verify.Limits) Result {
	src := plainSource(row)
	if row.HTML != "" {
		src = cleanSource(row)
	}
	prepared := verify.Prepare(src)
	report := prepared.Run(row.Output.checked(), limits)
	prepared.Release()
	r := Result{Status: report.Status(), Output: row.Output, Checks: report.Checks}
	r.measure(row, src)
	return r
}

// plainSource takes the lines of an article for its paragraphs.
func plainSource(row *Row) verify.Source {
	src := verify.Source{Title: row.Title, Language: row.Language, PublishedAt: row.PublishedAt, Glossary: row.Glossary}
	for line := range strings.Lines(row.Article) {
		if line = strings.TrimSpace(line); line != "" {
			src.Paragraphs = append(src.Paragraphs, verify.Paragraph{ID: len(src.Paragraphs) + 1, Text: line})
		}
	}
	return src
}

// cleanSource is what the pipeline makes of a row.
func cleanSource(row *Row) verify.Source {
	article, err := cleaned(row)
	if err != nil {
		return plainSource(row)
	}
	src := verify.Source{Title: article.Title, Language: article.Language, PublishedAt: row.PublishedAt, Glossary: row.Glossary}
	for _, p := range article.Paragraphs {
		src.Paragraphs = append(src.Paragraphs, verify.Paragraph{ID: p.ID, Text: p.Text})
	}
	return src
}

// Measure fills in the lengths, the coverage, and the scores where the row has a
// reference, for a result of the pipeline.
func (r *Result) Measure(row *Row) { r.measure(row, cleanSource(row)) }

func (r *Result) measure(row *Row, src verify.Source) {
	for _, p := range src.Paragraphs {
		r.SourceWords += len(strings.Fields(p.Text))
	}
	r.OutputWords = len(strings.Fields(r.scored()))
	if r.Output != nil {
		prepared := verify.Prepare(src)
		r.Covered, r.Paragraphs = prepared.Coverage(r.Output.checked())
		prepared.Release()
	}
	if row.Reference != "" && r.scored() != "" {
		scores := score.Of(r.scored(), row.Reference)
		r.Scores = &scores
	}
}
