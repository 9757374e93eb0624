package queue

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Decision is what a person made of a flagged result.
type Decision string

// The decisions.
const (
	DecisionAccepted Decision = "accepted" // right as it stands, whatever the checks say
	DecisionRejected Decision = "rejected" // not to be used; the status stays flagged
	DecisionEdited   Decision = "edited"   // a person wrote what is right
)

// Review says who decided about a flagged result, and what. The result that
// carries it supersedes the one that it is of: of two results of one revision,
// the one with the higher of_sequence counts, and none counts as 0.
type Review struct {
	Decision Decision `json:"decision"`
	Reviewer string   `json:"reviewer" jsonschema:"minLength=1,maxLength=200"`
	// Time of the decision, by the reviewer's clock.
	Time time.Time `json:"time"`
	Note string    `json:"note,omitzero" jsonschema:"maxLength=2000"`
	// OfSequence is the place on the results stream of the result that the
	// decision is about.
	OfSequence uint64 `json:"of_sequence" jsonschema:"minimum=1"`
	// Checks of an edited result are what the machine found in the text that
	// was edited. Their output spans are places in that text, not in this.
	Checks []Check `json:"checks,omitzero"`
}

// Limits of a review. An edit must leave room below the server's default 1 MiB
// for a message; a text that was longer before may not grow.
const (
	MaxReviewerRunes = 200
	MaxNoteRunes     = 2000
	MaxEditBytes     = 256 << 10
)

// Errors of a review that a reviewer can act on.
var (
	// ErrNotFlagged: only a flagged result waits for a person.
	ErrNotFlagged = errors.New("the result is not flagged")

	// ErrReviewed: somebody has decided about the result already.
	ErrReviewed = errors.New("the result was reviewed already")

	// ErrUnchanged: the edit leaves the result as it is.
	ErrUnchanged = errors.New("the edit changes nothing")
)

// Edit is what a person wants a result to say. Absent fields stay as they are;
// an empty list takes the field away.
type Edit struct {
	Headline    *string               `json:"headline,omitzero"`
	Summary     *string               `json:"summary,omitzero"`
	KeyPoints   []KeyPoint            `json:"key_points,omitzero"`
	Translation []TranslatedParagraph `json:"translation,omitzero"`
	Names       []Name                `json:"names,omitzero"`
}

// EditOf is the edit that changes nothing: where a person begins.
func EditOf(r Result) Edit {
	e := Edit{KeyPoints: r.KeyPoints, Translation: r.Translation, Names: r.Names}
	if r.Headline != "" {
		e.Headline = &r.Headline
	}
	if r.Summary != "" {
		e.Summary = &r.Summary
	}
	return e
}

// Apply gives the result with its text replaced, and a *[ValidationError] with
// every problem of the edit, or [ErrUnchanged]. A name whose English the text
// no longer has is dropped, unless the edit gives the names.
func (e Edit) Apply(r Result) (Result, error) {
	out := r
	if e.Headline != nil {
		out.Headline = strings.TrimSpace(*e.Headline)
	}
	if e.Summary != nil {
		out.Summary = strings.TrimSpace(*e.Summary)
	}
	out.KeyPoints, out.Translation = replaced(r.KeyPoints, e.KeyPoints), replaced(r.Translation, e.Translation)
	before, after := textOf(r), textOf(out)
	names := e.Names
	if names == nil && len(r.Names) > 0 {
		names = []Name{}
		for _, n := range r.Names {
			if strings.Contains(after, n.English) || !strings.Contains(before, n.English) {
				names = append(names, n)
			}
		}
	}
	out.Names = replaced(r.Names, names)
	v := &validator{}
	v.check(strings.ContainsFunc(after, unicode.IsLetter), "headline", "the edit leaves no text")
	v.check(len(after) <= max(MaxEditBytes, len(before)), "summary", fmt.Sprintf("the text must be at most %d bytes", MaxEditBytes))
	v.edit(e, r.Article.Paragraphs)
	switch {
	case len(v.problems) > 0:
		return r, &ValidationError{Problems: v.problems, Of: "edit"}
	case reflect.DeepEqual(r, out):
		return r, ErrUnchanged
	}
	return out, nil
}

// replaced is nil for a list that became empty, as on the wire.
func replaced[T any](old, edited []T) []T {
	switch {
	case edited == nil:
		return old
	case len(edited) == 0:
		return nil
	}
	return edited
}

// textOf is all English of a result.
func textOf(r Result) string {
	parts := []string{r.Headline, r.Summary}
	for _, k := range r.KeyPoints {
		parts = append(parts, k.Text)
	}
	for _, t := range r.Translation {
		parts = append(parts, t.Text)
	}
	return strings.Join(parts, "\n")
}

// edit holds what a person wrote to what every result keeps. What the edit
// leaves alone is the machine's, and no reason to refuse it.
func (v *validator) edit(e Edit, paragraphs int) {
	cited := func(id int) bool { return id >= 1 && (paragraphs == 0 || id <= paragraphs) }
	outside := "must be the number of a paragraph"
	if paragraphs > 0 {
		outside = fmt.Sprintf("must be 1 to %d", paragraphs)
	}
	if e.Headline != nil {
		v.prose("headline", *e.Headline)
	}
	if e.Summary != nil {
		v.prose("summary", *e.Summary)
	}
	for i, k := range e.KeyPoints {
		field := fmt.Sprintf("key_points[%d]", i)
		v.check(strings.TrimSpace(k.Text) != "", field+".text", "must not be blank")
		v.prose(field+".text", k.Text)
		for _, id := range k.SourceParagraphs {
			v.check(cited(id), field+".source_paragraphs", outside)
		}
	}
	seen := map[int]bool{}
	for i, t := range e.Translation {
		field := fmt.Sprintf("translation[%d]", i)
		v.check(strings.TrimSpace(t.Text) != "", field+".text", "must not be blank")
		v.prose(field+".text", t.Text)
		v.check(cited(t.Paragraph), field+".paragraph", outside)
		v.check(!seen[t.Paragraph], field+".paragraph", "is given twice")
		seen[t.Paragraph] = true
	}
	for i, n := range e.Names {
		field := fmt.Sprintf("names[%d]", i)
		v.check(n.Source != "" && n.English != "", field, "needs source and english")
		v.plain(field, n.Source+n.English, 2*maxGlossaryBytes)
		v.oneOf(field+".kind", n.Kind, "person", "place", "organisation", "other")
		v.check(n.Kind != "", field+".kind", "must not be empty")
	}
}

// prose takes line breaks and tabs, and no other control characters.
func (v *validator) prose(field, text string) {
	v.check(utf8.ValidString(text), field, "must be UTF-8")
	v.check(!strings.ContainsFunc(text, func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' }), field, "must not contain control characters")
}
