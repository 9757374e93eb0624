package archive_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"testing"

	"github.com/mujaz/mujaz/internal/archive"
)

// TestSeveralInputs counts rows over all inputs, bad ones too, and skips over their borders.
func TestSeveralInputs(t *testing.T) {
	t.Parallel()
	inputs := []string{
		write(t, "a.jsonl", []byte(goodLine+"bad\n")),
		write(t, "b.csv", csvOf(t, samples(3), ',')),
		write(t, "empty.jsonl", nil),
		write(t, "c.parquet", parquetOf(t, samples(2))),
		write(t, "d.txt", []byte("نص")),
	}
	rows, bad, err := read(t, archive.Options{}, inputs...)
	if err != nil || len(rows) != 7 || len(bad) != 1 || bad[0].Number != 2 || rows[6].Number != 8 {
		t.Fatalf("%d rows, %v, %v; want 7 and the second bad", len(rows), bad, err)
	}
	for n := range int64(8) {
		r, err := archive.Open(inputs, archive.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if err := r.Skip(t.Context(), n); err != nil {
			t.Fatal(err)
		}
		row, err := r.Next(t.Context())
		number := row.Number
		if rowErr, ok := errors.AsType[*archive.RowError](err); ok {
			number = rowErr.Number
		} else if err != nil {
			t.Fatal(err)
		}
		if number != n+1 {
			t.Errorf("row %d behind %d", number, n)
		}
		r.Close()
	}
}

func TestProgress(t *testing.T) {
	t.Parallel()
	for _, format := range benchFormats() {
		path := format.file(t, samples(200))
		other := write(t, "b.jsonl", jsonl(t, samples(1)))
		r, err := archive.Open([]string{path, other}, archive.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		last := int64(0)
		for {
			_, err := r.Next(t.Context())
			read, size := r.Read()
			if read < last || read > size || size == 0 {
				t.Fatalf("%s: read %d of %d, before that %d", format.name, read, size, last)
			}
			last = read
			if errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Fatal(err)
			}
		}
		if read, size := r.Read(); read != size {
			t.Errorf("%s: read %d of %d at the end", format.name, read, size)
		}
	}
}

func TestContext(t *testing.T) {
	t.Parallel()
	r, err := archive.Open([]string{write(t, "a.jsonl", jsonl(t, samples(3)))}, archive.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	ctx, cancel := context.WithCancelCause(t.Context())
	stopped := errors.New("stopped")
	cancel(stopped)
	if _, err := r.Next(ctx); !errors.Is(err, stopped) {
		t.Errorf("next: %v", err)
	}
	if err := r.Skip(ctx, 1); !errors.Is(err, stopped) {
		t.Errorf("skip: %v", err)
	}
	if row, err := r.Next(t.Context()); err != nil || row.Number != 1 {
		t.Errorf("row %d, %v behind a context that had ended", row.Number, err)
	}
}

// TestEndsOnce holds that an error that ends the reading is told again, and that nothing stays open.
func TestEndsOnce(t *testing.T) {
	t.Parallel()
	cut := gzipped(t, jsonl(t, samples(3)))
	path := write(t, "a.jsonl.gz", cut[:len(cut)-4])
	r, err := archive.Open([]string{path, write(t, "b.jsonl", jsonl(t, samples(3)))}, archive.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var ends []string
	for range 6 {
		if _, err := r.Next(t.Context()); err != nil {
			ends = append(ends, err.Error())
		}
	}
	want := fmt.Sprintf("read %s behind row 3: the data ends in the middle (unexpected EOF): the file is cut off; fetch it again", path)
	if len(ends) != 3 || ends[0] != want || ends[2] != want {
		t.Errorf("errors %q, want three times %q", ends, want)
	}
	if err := errors.Join(r.Close(), r.Close()); err != nil {
		t.Error(err)
	}
	if _, err := r.Next(t.Context()); err == nil {
		t.Error("a closed reader goes on")
	}
	if links, err := os.ReadDir("/proc/self/fd"); err == nil {
		for _, l := range links {
			if to, err := os.Readlink("/proc/self/fd/" + l.Name()); err == nil && to == path {
				t.Errorf("%s is still open", path)
			}
		}
	}
}
