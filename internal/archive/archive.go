package archive

import (
	"fmt"
	"io"

	"github.com/mujaz/mujaz/queue"
)

// Format of an input.
type Format string

// The formats. [FormatAuto] goes by the name's extension, behind which .gz and
// .zst say how the input is compressed.
const (
	FormatAuto  Format = ""
	FormatJSONL Format = "jsonl"
)

// Options say how inputs are read.
type Options struct {
	// Format of all inputs; by their names where it is [FormatAuto].
	Format Format
	// Fields maps fields of a row (those of [Fields]) to names in the input.
	// A field that it does not name has the default names of [Fields].
	Fields map[string]string
	// Stdin is the input named "-".
	Stdin io.Reader
}

// Place is where a row stands, for a person who looks for it.
type Place struct {
	Input string `json:"input"` // as it was named, with the member of an archive behind "!"
	Line  int64  `json:"line"`  // from 1: of a text; elsewhere the row or record
}

// String is input:line.
func (p Place) String() string { return fmt.Sprintf("%s:%d", p.Input, p.Line) }

// Row is one article of an input.
type Row struct {
	// Number over all inputs, from 1. Rows that cannot be read count too, so that
	// a number means the same row whenever the same inputs are read.
	Number   int64
	Place    Place
	ID       string // as the input gives it; empty where it gives none
	Article  queue.Article
	Metadata map[string]string
}

// RowError is a row that cannot be read. It never quotes the row.
type RowError struct {
	Number int64
	Place  Place
	Err    error
}

// Error says where and why.
func (e *RowError) Error() string { return fmt.Sprintf("%s: %v", e.Place, e.Err) }

// Unwrap is the cause.
func (e *RowError) Unwrap() error { return e.Err }
