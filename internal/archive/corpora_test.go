package archive_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/mujaz/mujaz/internal/archive"
)

// corpora returns the folder of the local corpora, which are not part of the project.
func corpora(t *testing.T) string {
	t.Helper()
	dir := os.Getenv("MUJAZ_CORPORA")
	if dir == "" {
		t.Skip("MUJAZ_CORPORA is not set: the corpora are local only and not part of the project")
	}
	return dir
}

// TestCorpusOfNews reads real Arabic news: every line is a row with its fields.
func TestCorpusOfNews(t *testing.T) {
	t.Parallel()
	path := filepath.Join(corpora(t), "ant_arabic_news", "share.jsonl")
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	rows, bad, err := read(t, archive.Options{}, path)
	if want := bytes.Count(data, []byte("\n")); err != nil || len(bad) > 0 || len(rows) != want {
		t.Fatalf("%d rows, %v, %v; want %d", len(rows), bad, err, want)
	}
	for _, r := range rows {
		a := r.Article
		if r.ID == "" || a.Text == "" || a.Lang != "ar" || a.Source == "" || a.PublishedAt.IsZero() || len(r.Warnings) > 0 {
			t.Errorf("%s: id %q, %d bytes, lang %q, source %q, published %v, %q", r.Place, r.ID, len(a.Text), a.Lang, a.Source, a.PublishedAt, r.Warnings)
		}
	}
	t.Logf("%d rows", len(rows))
}

// TestCorpusOfPages reads a folder of real pages, each compressed, in many encodings.
func TestCorpusOfPages(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(corpora(t), "html_pages", "share", "pages")
	files, err := filepath.Glob(filepath.Join(dir, "*.html.gz"))
	if err != nil {
		t.Fatal(err)
	}
	rows, bad, err := read(t, archive.Options{}, dir)
	if err != nil || len(files) == 0 || len(rows)+len(bad) != len(files) {
		t.Fatalf("%d rows, %d bad, %v; want %d", len(rows), len(bad), err, len(files))
	}
	for _, b := range bad {
		t.Error(b)
	}
	t.Logf("%d rows", len(rows))
}
