package archive_test

import (
	"errors"
	"io"
	"os"
	"testing"

	"github.com/mujaz/mujaz/internal/archive"
)

// BenchmarkRead reads 5,000 articles of 3 kB in each format, and passes over them.
func BenchmarkRead(b *testing.B) {
	const rows = 5_000
	for _, format := range benchFormats() {
		path := format.file(b, longer(rows))
		b.Run("next/"+format.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				r := opened(b, path)
				for n := 0; ; n++ {
					if _, err := r.Next(b.Context()); errors.Is(err, io.EOF) {
						if n != rows {
							b.Fatalf("%d rows", n)
						}
						break
					} else if err != nil {
						b.Fatal(err)
					}
				}
				r.Close()
			}
			b.ReportMetric(float64(rows)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
		})
		b.Run("skip/"+format.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				r := opened(b, path)
				if err := r.Skip(b.Context(), rows); err != nil {
					b.Fatal(err)
				}
				r.Close()
			}
			b.ReportMetric(float64(rows)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}

// BenchmarkDigest reads what BenchmarkRead reads.
func BenchmarkDigest(b *testing.B) {
	path := benchFormats()[0].file(b, longer(50_000))
	info, err := os.Stat(path)
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(info.Size())
	for b.Loop() {
		if _, err := archive.Digest(b.Context(), []string{path}); err != nil {
			b.Fatal(err)
		}
	}
}

func opened(b *testing.B, path string) *archive.Reader {
	b.Helper()
	r, err := archive.Open([]string{path}, archive.Options{})
	if err != nil {
		b.Fatal(err)
	}
	return r
}
