package archive_test

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"
	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/charmap"

	"github.com/mujaz/mujaz/internal/archive"
)

// record is a WARC record with some fields ("Name: value\r\n" each) and a block.
func record(kind, fields, block string) string {
	return fmt.Sprintf("WARC/1.0\r\nWARC-Type: %s\r\n%sContent-Length: %d\r\n\r\n%s\r\n\r\n", kind, fields, len(block), block)
}

func response(url, contentType, body string, header ...string) string {
	http := fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Type: %s\r\n%s\r\n%s", contentType, strings.Join(header, ""), body)
	return record("response", "WARC-Target-URI: "+url+"\r\nContent-Type: application/http; msgtype=response\r\n", http)
}

func warc(records ...string) []byte {
	info := record("warcinfo", "Content-Type: application/warc-fields\r\n", "software: test\r\n")
	return []byte(info + strings.Join(records, ""))
}

func brotlied(t *testing.T, s string) string {
	t.Helper()
	var b bytes.Buffer
	w := brotli.NewWriter(&b)
	if _, err := w.Write([]byte(s)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func deflated(t *testing.T, s string) string {
	t.Helper()
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	if _, err := w.Write([]byte(s)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestWARC(t *testing.T) {
	t.Parallel()
	const page = "<html><title>خبر</title><p>افتتح الوزير الجسر الجديد في المدينة</p></html>"
	arabic, err := charmap.Windows1256.NewEncoder().String(page)
	if err != nil {
		t.Fatal(err)
	}
	const url = "https://news.example/1"
	tests := []struct {
		name string
		data string
		html []string
		bad  string // part of the only bad row's error
	}{
		{name: "page", data: response(url, "text/html; charset=utf-8", page), html: []string{page}},
		{name: "xhtml", data: response(url, "application/xhtml+xml", page), html: []string{page}},
		{name: "chunked", data: response(url, "text/html", fmt.Sprintf("10\r\n%s\r\n%x\r\n%s\r\n0\r\n\r\n", page[:16], len(page)-16, page[16:]), "Transfer-Encoding: chunked\r\n"), html: []string{page}},
		{name: "chunked, stored whole", data: response(url, "text/html", page, "Transfer-Encoding: chunked\r\n"), html: []string{page}},
		{name: "gzip", data: response(url, "text/html", string(gzipped(t, []byte(page))), "Content-Encoding: gzip\r\n"), html: []string{page}},
		{name: "zstd", data: response(url, "text/html", string(zstded(t, []byte(page))), "Content-Encoding: zstd\r\n"), html: []string{page}},
		{name: "gzip, stored whole", data: response(url, "text/html", page, "Content-Encoding: gzip\r\nContent-Length: 12\r\n"), html: []string{page}},
		{name: "brotli", data: response(url, "text/html", brotlied(t, page), "Content-Encoding: br\r\n"), html: []string{page}},
		{name: "brotli, stored whole", data: response(url, "text/html", page, "Content-Encoding: br\r\n"), html: []string{page}},
		{name: "deflate", data: response(url, "text/html", deflated(t, page), "Content-Encoding: deflate\r\n"), html: []string{page}},
		{name: "encoding of the header", data: response(url, "text/html; charset=windows-1256", arabic), html: []string{page}},
		{name: "not rows", data: record("request", "Content-Type: application/http\r\n", "GET / HTTP/1.1\r\n\r\n") +
			response(url, "image/png", "\x89PNG") + strings.Replace(response(url, "text/html", page), "200 OK", "404 NF", 1) +
			record("revisit", "Content-Type: application/http\r\n", "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n") +
			record("response", "Content-Type: text/dns\r\n", "") + response(url, "text/html", page), html: []string{page}},
		{name: "segmented", data: strings.Replace(response(url, "text/html", page), "WARC-Target", "WARC-Segment-Number: 1\r\nWARC-Target", 1) +
			record("continuation", "WARC-Segment-Number: 2\r\n", page) + response(url, "text/html", page), html: []string{page}, bad: "segmented"},
		{name: "too large", data: response(url, "text/html", strings.Repeat("x", 17<<20)) + response(url, "text/html", page), html: []string{page}, bad: "larger than 16 MiB"},
		{name: "bomb", data: response(url, "text/html", string(gzipped(t, make([]byte, 100<<20))), "Content-Encoding: gzip\r\n") + response(url, "text/html", page), html: []string{page}, bad: "larger than 16 MiB"},
		{name: "empty page", data: response(url, "text/html", "") + response(url, "text/html", page), html: []string{page}, bad: "no text"},
		{name: "header without end", data: record("response", "Content-Type: application/http\r\n", "HTTP/1.1 200 OK\r\nX: "+strings.Repeat("y", 300<<10)) + response(url, "text/html", page), html: []string{page}, bad: "header longer than"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			path := write(t, "a.warc.gz", gzipped(t, warc(tt.data)))
			rows, bad, err := read(t, archive.Options{}, path)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, r := range rows {
				got = append(got, r.Article.HTML)
				if r.Article.URL != url {
					t.Errorf("url %q", r.Article.URL)
				}
			}
			if diff := cmp.Diff(tt.html, got); diff != "" {
				t.Error(diff)
			}
			if tt.bad == "" && len(bad) > 0 || tt.bad != "" && (len(bad) != 1 || !strings.Contains(bad[0].Error(), tt.bad)) {
				t.Errorf("bad rows %v, want one with %q", bad, tt.bad)
			}
			r, err := archive.Open([]string{path}, archive.Options{})
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			if err := r.Skip(t.Context(), int64(len(rows)+len(bad)-1)); err != nil {
				t.Fatal(err)
			}
			last, err := r.Next(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(rows[len(rows)-1], last); diff != "" {
				t.Errorf("the last row behind a skip: %s", diff)
			}
		})
	}
}
