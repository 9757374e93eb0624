package collect

import (
	"fmt"
	"io"
	"time"

	"github.com/parquet-go/parquet-go"

	"github.com/mujaz/mujaz/queue"
)

// parquetRow is a record with typed columns; docs/collect.md describes them. A
// column is never renamed or given another type: a new one is added.
type parquetRow struct {
	JobID      string    `parquet:"job_id"`
	Revision   int32     `parquet:"revision"`
	Status     string    `parquet:"status,dict"`
	SkipReason string    `parquet:"skip_reason,optional,dict"`
	Reviewed   string    `parquet:"reviewed,optional,dict"`
	Reviewer   string    `parquet:"reviewer,optional,dict"`
	Task       string    `parquet:"task,optional,dict"`
	Language   string    `parquet:"language,optional,dict"`
	Headline   string    `parquet:"headline,optional"`
	Summary    string    `parquet:"summary,optional"`
	KeyPoints  []point   `parquet:"key_points,list"`
	Translated []para    `parquet:"translation,list"`
	Names      []name    `parquet:"names,list"`
	Checks     []verdict `parquet:"checks,list"`

	Title      string            `parquet:"title,optional"`
	URL        string            `parquet:"url,optional"`
	Source     string            `parquet:"source,optional,dict"`
	Author     string            `parquet:"author,optional"`
	Published  time.Time         `parquet:"published_at,optional,timestamp(millisecond)"`
	Paragraphs int32             `parquet:"paragraphs"`
	Words      int32             `parquet:"words"`
	Metadata   map[string]string `parquet:"metadata"`

	Calls           int32    `parquet:"calls"`
	TokensIn        int64    `parquet:"tokens_in"`
	TokensOut       int64    `parquet:"tokens_out"`
	TokensCached    int64    `parquet:"tokens_cached"`
	TokensEstimated bool     `parquet:"tokens_estimated"`
	Cost            *float64 `parquet:"cost,optional"` // null: no price is known
	Currency        string   `parquet:"currency,optional,dict"`

	Model        string    `parquet:"model,optional,dict"`
	Endpoint     string    `parquet:"endpoint,optional,dict"`
	Prompt       string    `parquet:"prompt,optional,dict"`
	SourceDigest string    `parquet:"source_digest,optional"`
	JobDigest    string    `parquet:"job_digest,optional"`
	Cached       bool      `parquet:"cached"`
	Repaired     bool      `parquet:"repaired"`
	Attempts     int32     `parquet:"attempts"`
	Worker       string    `parquet:"worker,optional,dict"`
	Software     string    `parquet:"software,optional,dict"`
	TotalMS      int64     `parquet:"total_ms"`
	DoneAt       time.Time `parquet:"done_at,optional,timestamp(millisecond)"`
	StoredAt     time.Time `parquet:"stored_at,optional,timestamp(millisecond)"`
	Sequence     int64     `parquet:"sequence"`

	Cause     string `parquet:"cause,optional,dict"`
	Advice    string `parquet:"advice,optional,dict"`
	LastError string `parquet:"last_error,optional"`

	Input     string `parquet:"input,optional,dict"`
	InputLine int64  `parquet:"input_line,optional"`
	InputRow  int64  `parquet:"input_row,optional"`
}

type point struct {
	Text             string  `parquet:"text"`
	SourceParagraphs []int32 `parquet:"source_paragraphs,list"`
}

type para struct {
	Paragraph int32  `parquet:"paragraph"`
	Text      string `parquet:"text"`
}

type name struct {
	Source  string `parquet:"source"`
	English string `parquet:"english"`
	Kind    string `parquet:"kind,dict"`
}

type verdict struct {
	Check   string `parquet:"check,dict"`
	Verdict string `parquet:"verdict,dict"`
	Detail  string `parquet:"detail,optional"`
	Source  *place `parquet:"source_span,optional"`
	Output  *place `parquet:"output_span,optional"`
}

// place is a queue.Span.
type place struct {
	Paragraph int32  `parquet:"paragraph"`
	Field     string `parquet:"field,optional,dict"`
	Start     int32  `parquet:"start"`
	End       int32  `parquet:"end"`
	Text      string `parquet:"text"`
}

// groupRows and groupBytes bound a row group, which is in memory while it is
// written: whichever is reached first. Readers skip by the group.
const (
	groupRows  = 10_000
	groupBytes = 16 << 20
)

// ParquetWriter writes typed columns, compressed by zstd.
type ParquetWriter struct {
	w     *parquet.GenericWriter[parquetRow]
	rows  int
	bytes int
}

// NewParquet returns a writer to w.
func NewParquet(w io.Writer) *ParquetWriter {
	return &ParquetWriter{w: parquet.NewGenericWriter[parquetRow](w, parquet.Compression(&parquet.Zstd), parquet.CreatedBy("mujaz", "", ""))}
}

// Write adds a row.
func (w *ParquetWriter) Write(r Record) error {
	row, size := parquetRow{}, 0
	if r.Dead != nil {
		row, size = deadRow(*r.Dead), len(r.Dead.LastError)
	} else {
		row, size = resultRow(r.Stored), len(r.Stored.Payload)
	}
	if in := r.Input; in != nil {
		row.Input, row.InputLine, row.InputRow = in.Place.Input, in.Line, in.Row
	}
	if _, err := w.w.Write([]parquetRow{row}); err != nil {
		return fmt.Errorf("write records: %w", err)
	}
	w.rows++
	w.bytes += size
	if w.rows < groupRows && w.bytes < groupBytes {
		return nil
	}
	w.rows, w.bytes = 0, 0
	if err := w.w.Flush(); err != nil {
		return fmt.Errorf("write records: %w", err)
	}
	return nil
}

// Close writes the footer, without which the file is none.
func (w *ParquetWriter) Close() error {
	if err := w.w.Close(); err != nil {
		return fmt.Errorf("write records: %w", err)
	}
	return nil
}

func deadRow(d queue.DeadLetter) parquetRow {
	return parquetRow{
		JobID: d.JobID, Status: string(StatusDead), Attempts: int32(d.Attempts), Worker: d.Worker, DoneAt: d.Time,
		Cause: string(d.Cause), Advice: d.Advice, LastError: d.LastError,
	}
}

func resultRow(s *queue.StoredResult) parquetRow {
	r := s.Result
	row := parquetRow{
		JobID: r.JobID, Revision: int32(r.Revision), Status: string(r.Status), SkipReason: r.SkipReason, Task: string(r.Task), Language: r.Language,
		Headline: r.Headline, Summary: r.Summary,
		Title: r.Article.Title, URL: r.Article.URL, Source: r.Article.Source, Author: r.Article.Author, Published: r.Article.PublishedAt,
		Paragraphs: int32(r.Article.Paragraphs), Words: int32(r.Article.Words), Metadata: r.Metadata,
		Calls: int32(r.Usage.Calls), TokensIn: int64(r.Usage.TokensIn), TokensOut: int64(r.Usage.TokensOut), TokensCached: int64(r.Usage.TokensCached),
		TokensEstimated: r.Usage.TokensEstimated, Currency: r.Usage.Currency,
		Model: r.Receipt.Model, Endpoint: r.Receipt.Endpoint, Prompt: r.Receipt.Prompt, SourceDigest: r.Receipt.SourceDigest, JobDigest: r.Receipt.JobDigest,
		Cached: r.Receipt.Cached, Repaired: r.Receipt.Repaired, Attempts: int32(r.Receipt.Attempts), Worker: r.Receipt.Worker, Software: r.Receipt.Software,
		TotalMS: r.Timing.TotalMS, DoneAt: r.Timing.DoneAt, StoredAt: s.Stored, Sequence: int64(s.Sequence),
	}
	if r.Usage.CostKnown {
		row.Cost = &r.Usage.Cost
	}
	if r.Reviewed != nil {
		row.Reviewed, row.Reviewer = string(r.Reviewed.Decision), r.Reviewed.Reviewer
	}
	for _, k := range r.KeyPoints {
		p := point{Text: k.Text}
		for _, id := range k.SourceParagraphs {
			p.SourceParagraphs = append(p.SourceParagraphs, int32(id))
		}
		row.KeyPoints = append(row.KeyPoints, p)
	}
	for _, t := range r.Translation {
		row.Translated = append(row.Translated, para{int32(t.Paragraph), t.Text})
	}
	for _, n := range r.Names {
		row.Names = append(row.Names, name(n))
	}
	for _, c := range r.Checks {
		row.Checks = append(row.Checks, verdict{c.Check, string(c.Verdict), c.Detail, placeOf(c.SourceSpan), placeOf(c.OutputSpan)})
	}
	return row
}

func placeOf(s *queue.Span) *place {
	if s == nil {
		return nil
	}
	return &place{int32(s.Paragraph), s.Field, int32(s.Start), int32(s.End), s.Text}
}
