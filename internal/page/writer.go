package page

import (
	"bufio"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"os"
	"strings"
	"time"
)

//go:embed page.css page.js page.tmpl
var files embed.FS

// MaxCards is how many articles a page should hold; see docs/collect.md for what
// a browser makes of more.
const MaxCards = 5000

// plainCards of a page are HTML from the beginning: some screens full, which are
// there at once. The others wait in noscript elements.
const plainCards = 20

// Head is what stands above the cards and only the caller knows.
type Head struct {
	Run       string
	Collected time.Time
	Software  string
	// Notes are sentences about what is not on the page.
	Notes []string
}

// Writer writes a page. The cards go to a file of their own until the sums
// above them are known, so that memory does not grow with them.
type Writer struct {
	spool  *os.File
	buf    *bufio.Writer
	tmpl   *template.Template
	css    template.CSS
	js     template.JS
	policy string
	sums   *sums
	number int
}

// New begins a page, with its temporary file in dir.
func New(dir string) (*Writer, error) {
	w := &Writer{sums: newSums()}
	css, err := files.ReadFile("page.css")
	if err != nil {
		return nil, fmt.Errorf("read the page's style: %w", err)
	}
	js, err := files.ReadFile("page.js")
	if err != nil {
		return nil, fmt.Errorf("read the page's script: %w", err)
	}
	w.css, w.js = template.CSS(css), template.JS(js) //nolint:gosec // they are our own
	w.policy = "default-src 'none'; style-src 'sha256-" + digest(css) + "'; script-src 'sha256-" + digest(js) + "'; base-uri 'none'; form-action 'none'"
	if w.tmpl, err = template.New("page").Funcs(functions).ParseFS(files, "page.tmpl"); err != nil {
		return nil, fmt.Errorf("read the page's template: %w", err)
	}
	if w.spool, err = os.CreateTemp(dir, ".page.*.part"); err != nil {
		return nil, fmt.Errorf("write page: %w", err)
	}
	w.buf = bufio.NewWriterSize(w.spool, 256<<10)
	return w, nil
}

func digest(content []byte) string {
	sum := sha256.Sum256(content)
	return base64.StdEncoding.EncodeToString(sum[:])
}

var functions = template.FuncMap{
	"visible":   visible,
	"when":      func(t time.Time) string { return t.UTC().Format(timeLayout) },
	"stamp":     func(t time.Time) string { return t.UTC().Format(time.RFC3339) },
	"thousands": thousands,
}

// Add writes a card.
func (w *Writer) Add(c Card) error {
	w.number++
	v := view(c, w.number)
	v.Lazy = w.number > plainCards
	v.SourceNo = w.sums.add(c, v.Failed)
	if err := w.tmpl.ExecuteTemplate(w.buf, "card", v); err != nil {
		return fmt.Errorf("write page: %w", err)
	}
	return nil
}

// Finish writes the whole page.
func (w *Writer) Finish(to io.Writer, head Head) error {
	out := bufio.NewWriterSize(to, 256<<10)
	data := struct {
		Head
		*sums
		CSS    template.CSS
		JS     template.JS
		Policy string
	}{head, w.sums, w.css, w.js, w.policy}
	if err := w.tmpl.ExecuteTemplate(out, "top", data); err != nil {
		return fmt.Errorf("write page: %w", err)
	}
	if err := w.buf.Flush(); err != nil {
		return fmt.Errorf("write page: %w", err)
	}
	if _, err := w.spool.Seek(0, io.SeekStart); err != nil {
		return fmt.Errorf("write page: %w", err)
	}
	if _, err := io.Copy(out, w.spool); err != nil {
		return fmt.Errorf("write page: %w", err)
	}
	if err := w.tmpl.ExecuteTemplate(out, "bottom", data); err != nil {
		return fmt.Errorf("write page: %w", err)
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("write page: %w", err)
	}
	return nil
}

// Close removes the temporary file.
func (w *Writer) Close() error {
	err := w.spool.Close()
	if gone := os.Remove(w.spool.Name()); err == nil {
		err = gone
	}
	return err
}

// thousands writes 1,234,567.
func thousands(n int) string {
	digits := fmt.Sprint(n)
	var b strings.Builder
	for i, d := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(d)
	}
	return b.String()
}
