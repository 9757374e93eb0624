package dataset

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/mujaz/mujaz/internal/verify"
)

// Row is one line of a data set.
type Row struct {
	// ID names the row, in results, reports and comparisons.
	ID string `json:"id"`
	// Article is plain text, paragraphs divided by line breaks; HTML is a page.
	// One of them is there.
	Article string `json:"article,omitempty"`
	HTML    string `json:"html,omitempty"`
	Title   string `json:"title,omitempty"`
	// Language is a hint (ISO 639-1).
	Language    string            `json:"language,omitempty"`
	PublishedAt time.Time         `json:"published_at,omitzero"`
	Glossary    map[string]string `json:"glossary,omitempty"`
	// Output is what Verify holds against the article.
	Output *Output `json:"output,omitempty"`
	// Reference is a text by people: an English summary, or for Clean the article
	// without what surrounds it.
	Reference string `json:"reference,omitempty"`
	// Label is what people found about the output.
	Label *Label `json:"label,omitempty"`
}

// Output is a summary or a translation. In JSON it may be a summary's text alone.
type Output struct {
	Headline    string                `json:"headline,omitempty"`
	Summary     string                `json:"summary,omitempty"`
	KeyPoints   []KeyPoint            `json:"key_points,omitempty"`
	Translation []TranslatedParagraph `json:"translation,omitempty"`
}

// KeyPoint is one point of a summary.
type KeyPoint struct {
	Text             string `json:"text"`
	SourceParagraphs []int  `json:"source_paragraphs,omitempty"`
}

// TranslatedParagraph is the English of one source paragraph.
type TranslatedParagraph struct {
	Paragraph int    `json:"paragraph"`
	Text      string `json:"text"`
}

// UnmarshalJSON reads an output, or the text of a summary.
func (o *Output) UnmarshalJSON(data []byte) error {
	if len(data) > 0 && data[0] == '"' {
		return json.Unmarshal(data, &o.Summary)
	}
	type plain Output
	return json.Unmarshal(data, (*plain)(o))
}

// checked is the output as the checks take it.
func (o *Output) checked() verify.Output {
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

// Label says whether an output is faithful. In JSON it is "faithful",
// "unfaithful", or the list of the checks that should fail.
type Label struct {
	Faithful bool
	// Checks are those that should fail; none where it is only known that
	// something is wrong.
	Checks []string
}

// UnmarshalJSON reads a label.
func (l *Label) UnmarshalJSON(data []byte) error {
	switch string(data) {
	case `"faithful"`:
		l.Faithful = true
		return nil
	case `"unfaithful"`:
		return nil
	}
	if json.Unmarshal(data, &l.Checks) != nil {
		return errors.New(`a label is "faithful", "unfaithful" or a list of checks`)
	}
	for _, c := range l.Checks {
		if !slices.Contains(checkNames(), c) {
			return fmt.Errorf("label: there is no check %q", c)
		}
	}
	l.Faithful = len(l.Checks) == 0
	return nil
}

// MarshalJSON writes what UnmarshalJSON reads.
func (l Label) MarshalJSON() ([]byte, error) {
	switch {
	case l.Faithful:
		return []byte(`"faithful"`), nil
	case len(l.Checks) == 0:
		return []byte(`"unfaithful"`), nil
	}
	return json.Marshal(l.Checks)
}

// should reports whether a check should fail; for the kind of error that nobody
// named, any may.
func (l *Label) should(check string) bool {
	return !l.Faithful && (len(l.Checks) == 0 || slices.Contains(l.Checks, check))
}

// checkNames are those of internal/verify, in its order.
func checkNames() []string {
	return []string{
		verify.CheckLanguage, verify.CheckLength, verify.CheckResidue, verify.CheckPromptLeak, verify.CheckLooping, verify.CheckCopiedSource,
		verify.CheckEvasive, verify.CheckKeyPoints, verify.CheckNumbers, verify.CheckDates, verify.CheckNames, verify.CheckQuotations,
	}
}

// maxLine bounds a line: the largest article that mujaz takes, escaped.
const maxLine = 128 << 20

// Read reads a data set for a mode. It is refused as a whole where a line is
// wrong: figures of a part of it would be compared with those of all.
func Read(r io.Reader, mode Mode) ([]Row, error) {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, maxLine)
	var rows []Row
	seen := map[string]int{}
	for n := 1; lines.Scan(); n++ {
		line := bytes.TrimSpace(bytes.TrimPrefix(lines.Bytes(), []byte("\ufeff")))
		if len(line) == 0 {
			continue
		}
		var row Row
		err := json.Unmarshal(line, &row)
		if err == nil {
			err = row.validate(mode)
		}
		if err == nil && seen[row.ID] > 0 {
			err = fmt.Errorf("the id is that of line %d", seen[row.ID])
		}
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", n, withoutText(err))
		}
		seen[row.ID] = n
		rows = append(rows, row)
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("read data set: %w", err)
	}
	if len(rows) == 0 {
		return nil, errors.New("the data set has no row")
	}
	return rows, nil
}

// withoutText keeps what a line holds out of the error.
func withoutText(err error) error {
	if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return fmt.Errorf("%s: want %s, it is a JSON %s", wrong.Field, wrong.Type, wrong.Value)
	}
	if _, ok := errors.AsType[*json.SyntaxError](err); ok {
		return errors.New("it is no JSON object")
	}
	if _, ok := errors.AsType[*time.ParseError](err); ok {
		return errors.New("published_at: want a time such as 2026-03-01T09:30:00Z")
	}
	return err
}

func (r *Row) validate(mode Mode) error {
	switch {
	case r.ID == "":
		return errors.New("id is missing")
	case r.Article == "" && r.HTML == "":
		return errors.New("article is missing")
	case mode == Verify && r.Output == nil:
		return errors.New("output is missing: there is nothing to check")
	}
	return nil
}

// digest tells whether a result is of this very row, mode and setting.
func (r *Row) digest(mode Mode, setting string) string {
	h := sha256.New()
	_ = json.NewEncoder(h).Encode([]any{mode, setting, r}) // neither a hash nor a row can fail
	return hex.EncodeToString(h.Sum(nil)[:8])
}
