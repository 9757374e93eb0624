package collect

import (
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/go-json-experiment/json"

	"github.com/mujaz/mujaz/queue"
)

// CSVWriter writes a header and one flat row a record; docs/collect.md has the
// columns. Cells that a spreadsheet would take for a formula get an apostrophe
// in front, as text from pages that nobody has vetted is in them.
type CSVWriter struct {
	w    *csv.Writer
	row  []string
	wide bool // the header is written
}

// bom tells Excel that the file is UTF-8; others need none.
const bom = "\ufeff"

// NewCSV returns a writer to w. With a byte order mark the file can be opened in
// Excel by a double click.
func NewCSV(w io.Writer, withBOM bool) (*CSVWriter, error) {
	if withBOM {
		if _, err := io.WriteString(w, bom); err != nil {
			return nil, fmt.Errorf("write records: %w", err)
		}
	}
	return &CSVWriter{w: csv.NewWriter(w)}, nil
}

// column of the table: a name, and the cell of a result and of a dead letter.
type column struct {
	name   string
	result func(*queue.StoredResult) string
	dead   func(*queue.DeadLetter) string // nil: empty
}

// Write writes a row.
func (w *CSVWriter) Write(r Record) error {
	if err := w.header(); err != nil {
		return err
	}
	w.row = w.row[:0]
	for _, c := range columns {
		cell := ""
		switch {
		case r.Stored != nil && c.result != nil:
			cell = c.result(r.Stored)
		case r.Dead != nil && c.dead != nil:
			cell = c.dead(r.Dead)
		}
		w.row = append(w.row, defuse(cell))
	}
	input, line, number := "", "", ""
	if r.Input != nil {
		input, line, number = defuse(r.Input.Place.Input), strconv.FormatInt(r.Input.Line, 10), strconv.FormatInt(r.Input.Row, 10)
	}
	return w.write(append(w.row, input, line, number))
}

func (w *CSVWriter) header() error {
	if w.wide {
		return nil
	}
	w.wide = true
	names := make([]string, len(columns), len(columns)+3)
	for i, c := range columns {
		names[i] = c.name
	}
	return w.write(append(names, "input", "input_line", "input_row"))
}

func (w *CSVWriter) write(row []string) error {
	if err := w.w.Write(row); err != nil {
		return fmt.Errorf("write records: %w", err)
	}
	return nil
}

// Close writes what is left; a table without a record has its header.
func (w *CSVWriter) Close() error {
	err := w.header()
	w.w.Flush()
	if err == nil && w.w.Error() != nil {
		err = fmt.Errorf("write records: %w", w.w.Error())
	}
	return err
}

// defuse keeps spreadsheets from running a cell: OWASP's list of what begins a
// formula, with the full-width forms that some take for it, behind whatever
// white space stands before it. NUL, at which some stop reading, goes.
// https://owasp.org/www-community/attacks/CSV_Injection
func defuse(cell string) string {
	cell = strings.ReplaceAll(cell, "\x00", "")
	if cell != "" && strings.ContainsRune("\t\r\n", rune(cell[0])) {
		return "'" + cell
	}
	first, size := utf8.DecodeRuneInString(strings.TrimLeft(cell, " \u00a0\u200b\u200e\u200f\ufeff"))
	if size > 0 && strings.ContainsRune("=+-@＝＋－＠", first) {
		return "'" + cell
	}
	return cell
}

// columns in their order. A new one goes to the end.
var columns = slices.Concat(textColumns(), checkColumns(), articleColumns(), costColumns(), receiptColumns(), deadColumns())

func textColumns() []column {
	return []column{
		{"job_id", func(s *queue.StoredResult) string { return s.Result.JobID }, func(d *queue.DeadLetter) string { return d.JobID }},
		{"revision", func(s *queue.StoredResult) string { return strconv.Itoa(s.Result.Revision) }, nil},
		{"status", func(s *queue.StoredResult) string { return string(s.Result.Status) }, func(*queue.DeadLetter) string { return string(StatusDead) }},
		{"skip_reason", func(s *queue.StoredResult) string { return s.Result.SkipReason }, nil},
		{"reviewed", func(s *queue.StoredResult) string {
			if s.Result.Reviewed == nil {
				return ""
			}
			return string(s.Result.Reviewed.Decision) + " by " + s.Result.Reviewed.Reviewer
		}, nil},
		{"task", func(s *queue.StoredResult) string { return string(s.Result.Task) }, nil},
		{"language", func(s *queue.StoredResult) string { return s.Result.Language }, nil},
		{"headline", func(s *queue.StoredResult) string { return s.Result.Headline }, nil},
		{"summary", func(s *queue.StoredResult) string { return s.Result.Summary }, nil},
		{"key_points", func(s *queue.StoredResult) string {
			return join(s.Result.KeyPoints, "\n", func(k queue.KeyPoint) string { return "• " + k.Text + cited(k.SourceParagraphs) })
		}, nil},
		{"translation", func(s *queue.StoredResult) string {
			return join(s.Result.Translation, "\n\n", func(t queue.TranslatedParagraph) string { return t.Text })
		}, nil},
		{"names", func(s *queue.StoredResult) string {
			return join(s.Result.Names, "\n", func(n queue.Name) string { return n.Source + " = " + n.English + " (" + n.Kind + ")" })
		}, nil},
	}
}

func checkColumns() []column {
	return []column{
		{"checks_failed", func(s *queue.StoredResult) string { return strings.Join(failed(s.Result), ", ") }, nil},
		{"checks_not_judged", func(s *queue.StoredResult) string {
			return strings.Join(checksWith(s.Result, queue.VerdictCannotJudge), ", ")
		}, nil},
		{"check_details", func(s *queue.StoredResult) string {
			var lines []string
			for _, c := range s.Result.Checks {
				if c.Verdict == queue.VerdictFail {
					lines = append(lines, c.Check+": "+c.Detail)
				}
			}
			return strings.Join(lines, "\n")
		}, nil},
	}
}

func articleColumns() []column {
	return []column{
		{"title", func(s *queue.StoredResult) string { return s.Result.Article.Title }, nil},
		{"url", func(s *queue.StoredResult) string { return s.Result.Article.URL }, nil},
		{"source", func(s *queue.StoredResult) string { return s.Result.Article.Source }, nil},
		{"author", func(s *queue.StoredResult) string { return s.Result.Article.Author }, nil},
		{"published_at", func(s *queue.StoredResult) string { return instant(s.Result.Article.PublishedAt) }, nil},
		{"paragraphs", func(s *queue.StoredResult) string { return strconv.Itoa(s.Result.Article.Paragraphs) }, nil},
		{"words", func(s *queue.StoredResult) string { return strconv.Itoa(s.Result.Article.Words) }, nil},
		{"metadata", func(s *queue.StoredResult) string {
			if len(s.Result.Metadata) == 0 {
				return ""
			}
			data, err := json.Marshal(s.Result.Metadata, json.Deterministic(true))
			if err != nil {
				return "" // strings that were decoded from JSON
			}
			return string(data)
		}, nil},
	}
}

func costColumns() []column {
	return []column{
		{"calls", func(s *queue.StoredResult) string { return strconv.Itoa(s.Result.Usage.Calls) }, nil},
		{"tokens_in", func(s *queue.StoredResult) string { return strconv.Itoa(s.Result.Usage.TokensIn) }, nil},
		{"tokens_out", func(s *queue.StoredResult) string { return strconv.Itoa(s.Result.Usage.TokensOut) }, nil},
		{"tokens_cached", func(s *queue.StoredResult) string { return strconv.Itoa(s.Result.Usage.TokensCached) }, nil},
		{"tokens_estimated", func(s *queue.StoredResult) string { return strconv.FormatBool(s.Result.Usage.TokensEstimated) }, nil},
		// Empty where no price is known: a 0 would be a claim.
		{"cost", func(s *queue.StoredResult) string {
			if !s.Result.Usage.CostKnown {
				return ""
			}
			return strconv.FormatFloat(s.Result.Usage.Cost, 'f', -1, 64)
		}, nil},
		{"currency", func(s *queue.StoredResult) string { return s.Result.Usage.Currency }, nil},
	}
}

func receiptColumns() []column {
	return []column{
		{"model", func(s *queue.StoredResult) string { return s.Result.Receipt.Model }, nil},
		{"endpoint", func(s *queue.StoredResult) string { return s.Result.Receipt.Endpoint }, nil},
		{"prompt", func(s *queue.StoredResult) string { return s.Result.Receipt.Prompt }, nil},
		{"source_digest", func(s *queue.StoredResult) string { return s.Result.Receipt.SourceDigest }, nil},
		{"job_digest", func(s *queue.StoredResult) string { return s.Result.Receipt.JobDigest }, nil},
		{"cached", func(s *queue.StoredResult) string { return strconv.FormatBool(s.Result.Receipt.Cached) }, nil},
		{"repaired", func(s *queue.StoredResult) string { return strconv.FormatBool(s.Result.Receipt.Repaired) }, nil},
		{"attempts", func(s *queue.StoredResult) string { return strconv.Itoa(s.Result.Receipt.Attempts) }, func(d *queue.DeadLetter) string { return strconv.Itoa(d.Attempts) }},
		{"worker", func(s *queue.StoredResult) string { return s.Result.Receipt.Worker }, func(d *queue.DeadLetter) string { return d.Worker }},
		{"software", func(s *queue.StoredResult) string { return s.Result.Receipt.Software }, nil},
		{"total_ms", func(s *queue.StoredResult) string { return strconv.FormatInt(s.Result.Timing.TotalMS, 10) }, nil},
		{"done_at", func(s *queue.StoredResult) string { return instant(s.Result.Timing.DoneAt) }, func(d *queue.DeadLetter) string { return instant(d.Time) }},
		{"sequence", func(s *queue.StoredResult) string { return strconv.FormatUint(s.Sequence, 10) }, nil},
	}
}

func deadColumns() []column {
	return []column{
		{"cause", nil, func(d *queue.DeadLetter) string { return string(d.Cause) }},
		{"advice", nil, func(d *queue.DeadLetter) string { return d.Advice }},
		{"last_error", nil, func(d *queue.DeadLetter) string { return d.LastError }},
	}
}

func join[T any](all []T, separator string, text func(T) string) string {
	texts := make([]string, len(all))
	for i, one := range all {
		texts[i] = text(one)
	}
	return strings.Join(texts, separator)
}

// cited is " [2, 3]", or nothing.
func cited(paragraphs []int) string {
	if len(paragraphs) == 0 {
		return ""
	}
	return " [" + join(paragraphs, ", ", strconv.Itoa) + "]"
}

func instant(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}
