package archive

import (
	"fmt"
	"io"

	"github.com/mujaz/mujaz/queue"
)

// Limits of what is read. They bound memory, whatever the input says of itself.
const (
	// maxRow bounds one row of JSON or CSV in bytes. It is twice the largest article, for the
	// other fields and for letters that are escaped: as Python's json module writes Arabic
	// (\u0627 for two bytes), there is still room for 10 MiB of it.
	maxRow = 2 * queue.MaxArticleBytes
	// maxMember bounds one file, page or record, decompressed: no job can carry more.
	maxMember = queue.MaxArticleBytes
	// readBuffer is how much is read from a file at once.
	readBuffer = 256 << 10
)

// Options say how inputs are read.
type Options struct {
	// Format of all inputs; by their names where it is [FormatAuto].
	Format Format
	// Fields maps fields of a row (those of [Fields]) to names in the input. A field
	// that it does not name has the default names of [Fields]; one with an empty name
	// is not taken from the input at all.
	Fields map[string]string
	// Encoding of text, pages, JSON and CSV, as the web names encodings
	// ("windows-1256"). Empty, it is found out: see [Open].
	Encoding string
	// Delimiter of CSV, one character; found out from the header where it is empty.
	Delimiter string
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
	// Warnings are fields that were left out because they cannot be used, and damage
	// that was repaired. They never quote the row.
	Warnings []string
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
