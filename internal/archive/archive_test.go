package archive_test

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/parquet-go/parquet-go"

	"github.com/mujaz/mujaz/internal/archive"
	"github.com/mujaz/mujaz/queue"
)

// article is a row of the samples in all formats.
type article struct {
	ID        string `json:"id" parquet:"id"`
	Title     string `json:"title" parquet:"title"`
	Text      string `json:"text" parquet:"text"`
	URL       string `json:"url" parquet:"url"`
	Published string `json:"published_at" parquet:"published_at"`
}

func samples(n int) []article {
	out := make([]article, n)
	for i := range out {
		out[i] = article{
			ID:        fmt.Sprintf("a-%d", i+1),
			Title:     fmt.Sprintf("افتتاح جسر وادي النخيل رقم %d", i+1),
			Text:      fmt.Sprintf("افتتح وزير النقل سامر الحلواني جسر \"وادي النخيل\" رقم %d،\nوقال إن كلفته بلغت 12 مليون دينار, بعد عامين من العمل.", i+1),
			URL:       fmt.Sprintf("https://news.example/%d", i+1),
			Published: "2026-03-01T09:30:00+03:00",
		}
	}
	return out
}

// row is what a sample must be read as.
func (a article) row(number int64, place archive.Place) archive.Row {
	at, err := time.Parse(time.RFC3339, a.Published)
	if err != nil {
		panic(err)
	}
	return archive.Row{
		Number: number, Place: place, ID: a.ID,
		Article: queue.Article{Title: a.Title, Text: a.Text, URL: a.URL, PublishedAt: at},
	}
}

func jsonl(t testing.TB, articles []article) []byte {
	t.Helper()
	var b bytes.Buffer
	for _, a := range articles {
		line, err := json.Marshal(a)
		if err != nil {
			t.Fatal(err)
		}
		b.Write(append(line, '\n'))
	}
	return b.Bytes()
}

func csvOf(t testing.TB, articles []article, comma rune) []byte {
	t.Helper()
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	w.Comma = comma
	rows := [][]string{{"ID", "Headline", "Body", "link", "Publish Date"}}
	for _, a := range articles {
		rows = append(rows, []string{a.ID, a.Title, a.Text, a.URL, a.Published})
	}
	if err := w.WriteAll(rows); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func parquetOf[T any](t testing.TB, rows []T, options ...parquet.WriterOption) []byte {
	t.Helper()
	var b bytes.Buffer
	w := parquet.NewGenericWriter[T](&b, options...)
	if _, err := w.Write(rows); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func gzipped(t testing.TB, data []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func zstded(t testing.TB, data []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := zstd.NewWriter(&b, zstd.WithWindowSize(256<<10))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// entry is a file of a folder or an archive.
type entry struct{ name, content string }

func tarOf(t testing.TB, entries ...entry) []byte {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, e := range entries {
		if err := w.WriteHeader(&tar.Header{Name: e.name, Typeflag: tar.TypeReg, Mode: 0o600, Size: int64(len(e.content))}); err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, e.content); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func zipOf(t testing.TB, entries ...entry) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, e := range entries {
		f, err := w.Create(e.name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(f, e.content); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// write makes a file below a new folder and returns its path.
func write(t testing.TB, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// read is all that the inputs give: rows, rows that cannot be read, and the error that ended it.
func read(t testing.TB, o archive.Options, inputs ...string) (rows []archive.Row, bad []*archive.RowError, err error) {
	t.Helper()
	r, err := archive.Open(inputs, o)
	if err != nil {
		return nil, nil, err
	}
	defer r.Close()
	for {
		row, err := r.Next(t.Context())
		var rowErr *archive.RowError
		switch {
		case errors.Is(err, io.EOF):
			return rows, bad, nil
		case errors.As(err, &rowErr):
			bad = append(bad, rowErr)
		case err != nil:
			return rows, bad, err
		default:
			rows = append(rows, row)
		}
	}
}

func TestFormats(t *testing.T) {
	t.Parallel()
	articles := samples(5)
	lines := jsonl(t, articles)
	array := "[" + strings.ReplaceAll(strings.TrimSpace(string(lines)), "\n", ",\n") + "]\n"
	pretty, err := json.Marshal(articles[0])
	if err != nil {
		t.Fatal(err)
	}
	prettied := strings.ReplaceAll(strings.Replace(string(pretty), "{", "{\n", 1), `,"`, ",\n\"") + "\n"
	five := []int64{1, 2, 3, 4, 5}
	csvLines := []int64{2, 4, 6, 8, 10} // behind the header, two lines each
	tests := []struct {
		name  string
		data  []byte
		o     archive.Options
		lines []int64
	}{
		{"a.jsonl", lines, archive.Options{}, five},
		{"a.ndjson", lines, archive.Options{}, five},
		{"A.JSONL", lines, archive.Options{}, five},
		{"a.jsonl.gz", gzipped(t, lines), archive.Options{}, five},
		{"a.jsonl.zst", zstded(t, lines), archive.Options{}, five},
		{"two members.jsonl.gz", append(gzipped(t, lines[:100]), gzipped(t, lines[100:])...), archive.Options{}, five},
		{"gzip without the name.jsonl", gzipped(t, lines), archive.Options{}, five},
		{"zstd that is called gzip.jsonl.gz", zstded(t, lines), archive.Options{}, five},
		{"plain that is called gzip.jsonl.gz", lines, archive.Options{}, five},
		{"dump", lines, archive.Options{Format: archive.FormatJSONL}, five},
		{"no end of line.jsonl", bytes.TrimSpace(lines), archive.Options{}, five},
		{"windows.jsonl", bytes.ReplaceAll(lines, []byte("\n"), []byte("\r\n")), archive.Options{}, five},
		{"mark.jsonl", append([]byte("\ufeff"), lines...), archive.Options{}, five},
		{"blank lines.jsonl", bytes.ReplaceAll(lines, []byte("\n"), []byte("\n\n")), archive.Options{}, []int64{1, 3, 5, 7, 9}},
		{"array.json", []byte(array), archive.Options{}, five},
		{"over lines.json", []byte(prettied), archive.Options{}, five[:1]},
		{"a.csv", csvOf(t, articles, ','), archive.Options{}, csvLines},
		{"semicolons.csv", csvOf(t, articles, ';'), archive.Options{}, csvLines},
		{"bars.csv", csvOf(t, articles, '|'), archive.Options{}, csvLines},
		{"asked.csv", csvOf(t, articles, '^'), archive.Options{Delimiter: "^"}, csvLines},
		{"a.tsv", csvOf(t, articles, '\t'), archive.Options{}, csvLines},
		{"tabs.csv.gz", gzipped(t, csvOf(t, articles, '\t')), archive.Options{}, csvLines},
		{"a.parquet", parquetOf(t, articles), archive.Options{}, five},
		{"groups.parquet", parquetOf(t, articles, parquet.MaxRowsPerRowGroup(2), parquet.PageBufferSize(64)), archive.Options{}, five},
		{"zstd.parquet", parquetOf(t, articles, parquet.Compression(&parquet.Zstd)), archive.Options{}, five},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			path := write(t, tt.name, tt.data)
			var want []archive.Row
			for i, line := range tt.lines {
				want = append(want, articles[i].row(int64(i+1), archive.Place{Input: path, Line: line}))
			}
			got, bad, err := read(t, tt.o, path)
			if err != nil || len(bad) > 0 {
				t.Fatalf("errors %v, %v", bad, err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
			for n := range int64(len(want) + 2) {
				skipTo(t, tt.o, path, n, want)
			}
		})
	}
}

// skipTo passes over n rows and compares the rest.
func skipTo(t *testing.T, o archive.Options, path string, n int64, want []archive.Row) {
	t.Helper()
	r, err := archive.Open([]string{path}, o)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	err = r.Skip(t.Context(), n)
	if n > int64(len(want)) {
		if !errors.Is(err, io.EOF) {
			t.Errorf("skip %d of %d rows: %v, want io.EOF", n, len(want), err)
		}
		return
	}
	if err != nil {
		t.Fatalf("skip %d: %v", n, err)
	}
	for _, w := range want[n:] {
		got, err := r.Next(t.Context())
		if err != nil {
			t.Fatalf("behind %d rows: %v", n, err)
		}
		if diff := cmp.Diff(w, got); diff != "" {
			t.Errorf("behind %d rows: %s", n, diff)
		}
	}
	if _, err := r.Next(t.Context()); !errors.Is(err, io.EOF) {
		t.Errorf("behind the last row: %v, want io.EOF", err)
	}
}

func TestStdin(t *testing.T) {
	t.Parallel()
	articles := samples(3)
	page := "<!DOCTYPE html><title>خبر</title><p>" + articles[0].Text
	tests := []struct {
		name string
		data []byte
		o    archive.Options
		rows int
		err  string
	}{
		{name: "jsonl", data: jsonl(t, articles), rows: 3},
		{name: "jsonl, gzip", data: gzipped(t, jsonl(t, articles)), rows: 3},
		{name: "array", data: []byte(` [{"text":"نص"}]`), rows: 1},
		{name: "csv", data: csvOf(t, articles, ';'), rows: 3},
		{name: "csv, zstd", data: zstded(t, csvOf(t, articles, '\t')), rows: 3},
		{name: "page", data: []byte(page), rows: 1},
		{name: "text", data: []byte("نص قصير"), o: archive.Options{Format: archive.FormatText}, rows: 1},
		{name: "feed", data: []byte(rss), rows: 2},
		{name: "warc", data: warc(response("https://a.example/", "text/html", page)), rows: 1},
		{name: "tar", data: tarOf(t, entry{"a.txt", "نص"}), rows: 1},
		{name: "empty"},
		{name: "cannot be told", data: []byte("نص قصير"), err: "say it with --format"},
		{name: "parquet", data: parquetOf(t, articles), err: "save it to a file"},
		{name: "parquet, asked", o: archive.Options{Format: archive.FormatParquet}, err: "save it to a file"},
		{name: "zip", data: zipOf(t, entry{"a.txt", "نص"}), err: "save it to a file"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			tt.o.Stdin = bytes.NewReader(tt.data)
			rows, bad, err := read(t, tt.o, "-")
			if tt.err != "" {
				if err == nil || !strings.Contains(err.Error(), tt.err) {
					t.Fatalf("error %v, want one with %q", err, tt.err)
				}
				return
			}
			if err != nil || len(bad) > 0 || len(rows) != tt.rows {
				t.Errorf("%d rows, want %d; %v, %v", len(rows), tt.rows, bad, err)
			}
		})
	}
}

func TestMembers(t *testing.T) {
	t.Parallel()
	entries := []entry{
		{"news/b.html", "<title>خبر</title><p>افتتح الوزير الجسر</p>"},
		{"news/a.txt", "افتتح الوزير الجسر"},
		{"news/c.htm.gz", string(gzipped(t, []byte("<p>نص مضغوط</p>")))},
		{"news/picture.png", "\x89PNG"},
		{"news/._b.html", "resource fork"},
		{"../../up.txt", "اسم يصعد"},
		{"bell\a\x1b[2J.txt", "اسم يرن"},
	}
	names := []string{"news/b.html", "news/a.txt", "news/c.htm.gz", "../../up.txt", "bell\ufffd\ufffd[2J.txt"}
	bodies := []queue.Article{
		{HTML: entries[0].content}, {Text: entries[1].content}, {HTML: "<p>نص مضغوط</p>"}, {Text: "اسم يصعد"}, {Text: "اسم يرن"},
	}
	for name, data := range map[string][]byte{
		"a.tar": tarOf(t, entries...), "a.tar.gz": gzipped(t, tarOf(t, entries...)), "a.tgz": gzipped(t, tarOf(t, entries...)),
		"a.tar.zst": zstded(t, tarOf(t, entries...)), "a.zip": zipOf(t, entries...),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := write(t, name, data)
			var want []archive.Row
			for i, member := range names {
				want = append(want, archive.Row{
					Number: int64(i + 1), Place: archive.Place{Input: path + "!" + member, Line: 1},
					Article: bodies[i], Metadata: map[string]string{"file": member},
				})
			}
			got, bad, err := read(t, archive.Options{}, path)
			if err != nil || len(bad) > 0 {
				t.Fatalf("errors %v, %v", bad, err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
			for n := range int64(len(want) + 2) {
				skipTo(t, archive.Options{}, path, n, want)
			}
			if up := filepath.Join(filepath.Dir(path), "..", "..", "up.txt"); exists(up) {
				t.Errorf("%s was written", up)
			}
		})
	}
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

func TestFolder(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, name := range []string{"b/2.txt", "b/10.html", "a.txt", "c/d/e.html", ".hidden/x.txt", ".y.txt", "notes.md"} {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte("نص "+name), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for link, to := range map[string]string{"c/loop": "..", "c/again.txt": "../a.txt", "c/gone.txt": "nowhere", "c/out": "/"} {
		if err := os.Symlink(to, filepath.Join(dir, link)); err != nil {
			t.Fatal(err)
		}
	}
	rows, bad, err := read(t, archive.Options{}, dir)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"1 a.txt", "2 b/10.html", "3 b/2.txt", "4 c/again.txt", "5 c/d/e.html"}, numbered(rows)); diff != "" {
		t.Error(diff)
	}
	if len(bad) != 1 || !errors.Is(bad[0], os.ErrNotExist) {
		t.Errorf("bad rows %v, want the link to nothing", bad)
	}
	asked, _, err := read(t, archive.Options{Format: archive.FormatText}, dir)
	if err != nil || len(asked) != 6 {
		t.Errorf("with a format that was asked for: %d rows, %v; want 6 with notes.md", len(asked), err)
	}
}

func numbered(rows []archive.Row) []string {
	var out []string
	for _, r := range rows {
		out = append(out, fmt.Sprint(r.Number, " ", r.Metadata["file"]))
	}
	return out
}
