package collect_test

import (
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/mujaz/mujaz/internal/collect"
	"github.com/mujaz/mujaz/internal/page"
	"github.com/mujaz/mujaz/queue"
)

// BenchmarkCollect is the figure of docs/collect.md: records/s out of a run of
// 100,000 into each format, and in the order of the input, with the most memory
// that was in use at any thousandth record.
//
//	go test ./internal/collect -run '^$' -bench Collect -benchtime 1x
func BenchmarkCollect(b *testing.B) {
	const rows = 100_000
	r := start(b)
	var lines []string
	var results []queue.Result
	for i := range rows {
		id := fmt.Sprintf("pier-%d", i)
		lines = append(lines, fmt.Sprintf(`{"id":%q,"text":%q}`, id, news(i)))
		results = append(results, result(id, queue.StatusOK, func(r *queue.Result) {
			failedNumbers(r)
			r.Summary = strings.Repeat("The harbour office opened a pier that holds forty boats. ", 8)
			r.KeyPoints = []queue.KeyPoint{{Text: "The pier holds forty boats.", SourceParagraphs: []int{1}}, {Text: "It opened on Sunday.", SourceParagraphs: []int{2}}}
		}))
	}
	r.put(b, "spring", results...)
	for name, bench := range map[string]struct {
		byRow bool
		open  func(*testing.B) collect.Writer
	}{
		"jsonl":       {false, func(*testing.B) collect.Writer { return collect.NewJSONL(io.Discard) }},
		"jsonl-byrow": {true, func(*testing.B) collect.Writer { return collect.NewJSONL(io.Discard) }},
		"csv": {false, func(b *testing.B) collect.Writer {
			w, err := collect.NewCSV(io.Discard, false)
			if err != nil {
				b.Fatal(err)
			}
			return w
		}},
		"parquet": {false, func(*testing.B) collect.Writer { return collect.NewParquet(io.Discard) }},
		"html-byrow": {true, func(b *testing.B) collect.Writer {
			w, err := collect.NewPage(io.Discard, b.TempDir(), func() page.Head { return page.Head{} })
			if err != nil {
				b.Fatal(err)
			}
			b.Cleanup(func() {
				if err := w.Discard(); err != nil {
					b.Error(err)
				}
			})
			return w
		}},
	} {
		b.Run(name, func(b *testing.B) {
			for range b.N {
				cfg := collect.Config{Run: "spring"}
				if bench.byRow {
					cfg.Rows = open(b, lines...)
					_, cfg.Cleaned = bench.open(b).(*collect.PageWriter)
				}
				w := bench.open(b)
				runtime.GC()
				var before, now runtime.MemStats
				runtime.ReadMemStats(&before)
				var most uint64
				n, began := 0, time.Now()
				if _, err := collect.Collect(b.Context(), r.conn, cfg, func(rec collect.Record) error {
					if n++; n%1000 == 0 {
						runtime.ReadMemStats(&now)
						most = max(most, now.HeapInuse)
					}
					return w.Write(rec)
				}); err != nil {
					b.Fatal(err)
				}
				if err := w.Close(); err != nil {
					b.Fatal(err)
				}
				if n != rows {
					b.Fatalf("%d records", n)
				}
				b.ReportMetric(rows/time.Since(began).Seconds(), "records/s")
				b.ReportMetric(float64(most-min(most, before.HeapInuse))/(1<<20), "MiB-more")
			}
		})
	}
}

// news invents an article of some length.
func news(i int) string {
	one := fmt.Sprintf("The harbour office of Marsa Zaytun opened pier %d on Sunday, and it can hold %d boats.\n", i, 40+i)
	return one + strings.Repeat("Fishermen of the village had waited for it since the storm, the mayor, Hadi Qasabi, said.\n", 12)
}
