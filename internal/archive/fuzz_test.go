package archive_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"testing"

	"github.com/mujaz/mujaz/internal/archive"
)

// fuzzRead reads what it is given and holds the promises of every format: it ends, rows are numbered
// without gaps, a row has one body and can be written as JSON, and a skip counts as reading does.
func fuzzRead(t *testing.T, f archive.Format, data []byte) {
	t.Helper()
	o := func() archive.Options { return archive.Options{Format: f, Stdin: bytes.NewReader(data)} }
	r, err := archive.Open([]string{"-"}, o())
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var number int64
	for {
		row, err := r.Next(t.Context())
		var bad *archive.RowError
		switch {
		case errors.Is(err, io.EOF):
			fuzzSkip(t, o(), number)
			return
		case errors.As(err, &bad):
			row.Number = bad.Number
		case err != nil:
			return
		case (row.Article.Text == "") == (row.Article.HTML == ""):
			t.Fatalf("row %d has %d bytes of text and %d of html", row.Number, len(row.Article.Text), len(row.Article.HTML))
		default:
			if _, err := json.Marshal(row); err != nil {
				t.Fatalf("row %d: %v", row.Number, err)
			}
		}
		if number++; row.Number != number {
			t.Fatalf("row %d, want %d", row.Number, number)
		}
	}
}

func fuzzSkip(t *testing.T, o archive.Options, rows int64) {
	t.Helper()
	r, err := archive.Open([]string{"-"}, o)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if err := r.Skip(t.Context(), rows); err != nil {
		t.Fatalf("skip %d rows: %v", rows, err)
	}
	if err := r.Skip(t.Context(), 1); !errors.Is(err, io.EOF) {
		t.Fatalf("skip more than %d rows: %v", rows, err)
	}
}

func FuzzJSONL(f *testing.F) {
	f.Add(jsonl(f, samples(2)))
	f.Add([]byte(`[{"text":"a"},[1],"b\"]",{"text":"c","metadata":{"x":[1,"y"]}}]`))
	f.Add([]byte("{\n\"text\": \"a\"\n}\n{\n\"text\": [\"a\", {}]\n}"))
	f.Add([]byte("\xff\xfe{\x00}\x00"))
	f.Add([]byte("{\"text\":\"\xc7\xe1\xe6\xd2\xed\xd1 \xdd\xed\"}\n\x00\n{\"text\":1e99}"))
	f.Fuzz(func(t *testing.T, data []byte) { fuzzRead(t, archive.FormatJSONL, data) })
}

func FuzzCSV(f *testing.F) {
	f.Add(csvOf(f, samples(2), ','))
	f.Add(csvOf(f, samples(2), ';'))
	f.Add([]byte("text,text2\n\"a\n\"\"b\",\"\nc,d\n\"e\"f,g\n\n,\n"))
	f.Add([]byte("text\r\na\r\n\"b\r\nc\"\r\n\xc7\xe1"))
	f.Fuzz(func(t *testing.T, data []byte) { fuzzRead(t, archive.FormatCSV, data) })
}

func FuzzWARC(f *testing.F) {
	f.Add(warc(response("https://a.example/", "text/html", "<p>a"), response("https://a.example/", "text/plain", "3\r\nabc\r\n0\r\n\r\n", "Transfer-Encoding: chunked\r\n")))
	f.Add([]byte(record("response", "WARC-Segment-Number: 1\r\nContent-Type: application/http\r\n", "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\nContent-Encoding: br\r\n\r\n\x0b\x02")))
	f.Add(gzipped(f, warc(response("", "text/html", "x"))))
	f.Fuzz(func(t *testing.T, data []byte) { fuzzRead(t, archive.FormatWARC, data) })
}

func FuzzFeed(f *testing.F) {
	f.Add([]byte(rss))
	f.Add([]byte(atom))
	f.Add([]byte(`<?xml version="1.0" encoding="windows-1256"?><rss><channel><item><title>` + "\xc7" + `</title><description>a &amp; b</description></item></channel></rss>`))
	f.Fuzz(func(t *testing.T, data []byte) { fuzzRead(t, archive.FormatFeed, data) })
}
