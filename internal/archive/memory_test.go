package archive_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/parquet-go/parquet-go"

	"github.com/mujaz/mujaz/internal/archive"
)

// peak is a writer that looks at the heap every so many bytes.
type peak struct {
	heap, base uint64
	left       int
}

func newPeak() *peak {
	debug.FreeOSMemory()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return &peak{base: m.HeapAlloc}
}

func (p *peak) Write(b []byte) (int, error) {
	if p.left -= len(b); p.left <= 0 {
		p.left = 1 << 20
		p.look()
	}
	return len(b), nil
}

func (p *peak) look() {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	p.heap = max(p.heap, m.HeapAlloc-min(p.base, m.HeapAlloc))
}

// TestMemoryIsFlat reads ten times as many rows and compares what is live on the heap while they are
// read. It is not parallel: the heap is the process's.
func TestMemoryIsFlat(t *testing.T) {
	for _, format := range benchFormats() {
		t.Run(format.name, func(t *testing.T) {
			few, many := 2_000, 20_000
			if format.slow {
				few, many = few/10, many/10
			}
			small, large := liveHeap(t, format.file(t, samples(few)), few), liveHeap(t, format.file(t, samples(many)), many)
			t.Logf("live heap: %d KiB for %d rows, %d KiB for %d", small>>10, few, large>>10, many)
			// The noise floor keeps the ratio honest where both are next to nothing.
			if floor := uint64(1 << 20); large > 2*max(small, floor) {
				t.Errorf("live heap grows with the input: %d KiB for %d rows, %d KiB for %d", small>>10, few, large>>10, many)
			}
		})
	}
}

// liveHeap is the most that lives on the heap between two rows, every tenth of the input.
func liveHeap(t *testing.T, path string, rows int) uint64 {
	t.Helper()
	runtime.GC()
	p := newPeak()
	r, err := archive.Open([]string{path}, archive.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	n := 0
	for ; ; n++ {
		if n%(rows/10) == 1 {
			runtime.GC()
			p.look()
		}
		if _, err := r.Next(t.Context()); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
	if n != rows {
		t.Fatalf("%d rows, want %d", n, rows)
	}
	return p.heap
}

// benchFormat is a format with a way to make a file of that many rows.
type benchFormat struct {
	name string
	file func(tb testing.TB, articles []article) string
	slow bool // to make
}

func benchFormats() []benchFormat {
	one := func(name string, data func(testing.TB, []article) []byte) benchFormat {
		return benchFormat{name: name, file: func(tb testing.TB, a []article) string { return write(tb, name, data(tb, a)) }}
	}
	return []benchFormat{
		one("a.jsonl", jsonl),
		one("a.jsonl.gz", func(tb testing.TB, a []article) []byte { return gzipped(tb, jsonl(tb, a)) }),
		one("a.jsonl.zst", func(tb testing.TB, a []article) []byte { return zstded(tb, jsonl(tb, a)) }),
		one("a.json", func(tb testing.TB, a []article) []byte {
			lines := jsonl(tb, a)
			for i := range lines[:len(lines)-1] {
				if lines[i] == '\n' {
					lines[i] = ','
				}
			}
			return append(append([]byte("["), lines...), ']')
		}),
		one("a.csv", func(tb testing.TB, a []article) []byte { return csvOf(tb, a, ',') }),
		one("a.parquet", func(tb testing.TB, a []article) []byte {
			return parquetOf(tb, a, parquet.MaxRowsPerRowGroup(1_000), parquet.Compression(&parquet.Snappy))
		}),
		one("a.warc.gz", func(tb testing.TB, a []article) []byte {
			var b bytes.Buffer
			w := gzip.NewWriter(&b)
			for _, x := range a { // a member for each record, as crawlers do
				if _, err := io.WriteString(w, response(x.URL, "text/html", "<p>"+x.Text)); err != nil {
					tb.Fatal(err)
				}
				if err := w.Close(); err != nil {
					tb.Fatal(err)
				}
				w.Reset(&b)
			}
			return b.Bytes()
		}),
		one("a.tar.gz", func(tb testing.TB, a []article) []byte {
			var entries []entry
			for _, x := range a {
				entries = append(entries, entry{x.ID + ".txt", x.Text})
			}
			return gzipped(tb, tarOf(tb, entries...))
		}),
		{name: "folder", slow: true, file: func(tb testing.TB, articles []article) string {
			dir := tb.TempDir()
			for _, a := range articles {
				if err := os.WriteFile(filepath.Join(dir, a.ID+".txt"), []byte(a.Text), 0o600); err != nil {
					tb.Fatal(err)
				}
			}
			return dir
		}},
	}
}

// longer are samples of some 3 kB, as news articles are.
func longer(n int) []article {
	out := samples(n)
	for i := range out {
		text := out[i].Text
		for len(out[i].Text) < 3000 {
			out[i].Text += "\n\n" + text
		}
	}
	return out
}
