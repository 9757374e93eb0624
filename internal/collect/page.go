package collect

import (
	"fmt"
	"io"

	"github.com/mujaz/mujaz/internal/clean"
	"github.com/mujaz/mujaz/internal/page"
	"github.com/mujaz/mujaz/queue"
	"github.com/mujaz/mujaz/worker"
)

// PageWriter writes a page for reading. Head is asked for at the end.
type PageWriter struct {
	to   io.Writer
	page *page.Writer
	head func() page.Head
}

// NewPage returns a writer to w, with its temporary file in dir.
func NewPage(w io.Writer, dir string, head func() page.Head) (*PageWriter, error) {
	p, err := page.New(dir)
	if err != nil {
		return nil, err
	}
	return &PageWriter{to: w, page: p, head: head}, nil
}

// Write adds a card.
func (w *PageWriter) Write(r Record) error {
	card := page.Card{Dead: r.Dead, Source: r.Source}
	if r.Stored != nil {
		card.Result = &r.Stored.Result
	}
	if r.Input != nil {
		card.Place = r.Input.Place.String()
	}
	return w.page.Add(card)
}

// Close writes the page.
func (w *PageWriter) Close() error { return w.page.Finish(w.to, w.head()) }

// Discard removes the temporary file; it is called in the end in any case.
func (w *PageWriter) Discard() error {
	if err := w.page.Close(); err != nil {
		return fmt.Errorf("remove the page's temporary file: %w", err)
	}
	return nil
}

// sourceOf cleans a row's article as the worker did, so that the paragraphs of
// the result are those of the page.
func sourceOf(a queue.Article, r queue.Result) *page.Source {
	cleaned, err := clean.Clean(clean.Input{Title: a.Title, Text: a.Text, HTML: a.HTML, URL: a.URL, Lang: a.Lang})
	if err != nil {
		// It says why, and nothing of the text.
		return &page.Source{Problem: "The article of the input cannot be read: " + err.Error() + "."}
	}
	return &page.Source{Article: cleaned, Same: worker.SourceDigest(cleaned) == r.Receipt.SourceDigest}
}
