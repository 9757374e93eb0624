package archive_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/parquet-go/parquet-go"

	"github.com/mujaz/mujaz/internal/archive"
	"github.com/mujaz/mujaz/queue"
)

func TestFields(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	tests := []struct {
		name   string
		line   string
		fields map[string]string
		want   archive.Row
	}{
		{
			name: "all by their own names",
			line: `{"id":"1","title":"t","text":"x","url":"https://a.example/","source":"s","author":"a","published_at":"2026-03-01","lang":"ar","metadata":{"desk":"d","n":3}}`,
			want: archive.Row{
				ID: "1", Metadata: map[string]string{"desk": "d", "n": "3"},
				Article: queue.Article{Title: "t", Text: "x", URL: "https://a.example/", Source: "s", Author: "a", PublishedAt: at, Lang: "ar"},
			},
		},
		{
			name: "other names, capitals and spaces",
			line: `{"_id":{"$oid":"1"},"Headline":"t","Article Body":"x","canonicalUrl":"https://a.example/","publisher":{"name":"s","logo":"l"},"authors":["a","b"],"datePublished":"2026-03-01","in-language":"ar_EG"}`,
			want: archive.Row{
				ID:      "1",
				Article: queue.Article{Title: "t", Text: "x", URL: "https://a.example/", Source: "s", Author: "a, b", PublishedAt: at, Lang: "ar-EG"},
			},
		},
		{
			name: "a blog's API",
			line: `{"id":12,"date":"2026-03-01T00:00:00","link":"https://a.example/","title":{"rendered":"t"},"content":{"rendered":"<p>x</p>","protected":false},"author":7}`,
			want: archive.Row{ID: "12", Article: queue.Article{Title: "t", HTML: "<p>x</p>", URL: "https://a.example/", Author: "7", PublishedAt: at}},
		},
		{name: "the preferred name first", line: `{"body":"b","content":"c","text":"x"}`, want: archive.Row{Article: queue.Article{Text: "x"}}},
		{name: "the next where it is blank", line: `{"text":" ","content":"c","body":null}`, want: archive.Row{Article: queue.Article{Text: "c"}}},
		{name: "paragraphs", line: `{"text":["a","","b",["c"]]}`, want: archive.Row{Article: queue.Article{Text: "a\n\nb"}}},
		{name: "text before html", line: `{"html":"<p>h","text":"x"}`, want: archive.Row{Article: queue.Article{Text: "x"}}},
		{name: "html that was asked for", line: `{"page":"<p>h","text":"x"}`, fields: map[string]string{"html": "page"}, want: archive.Row{Article: queue.Article{HTML: "<p>h"}}},
		{name: "html, where the one asked for is blank", line: `{"page":"","text":"x"}`, fields: map[string]string{"html": "page"}, want: archive.Row{Article: queue.Article{Text: "x"}}},
		{name: "both asked for", line: `{"page":"<p>h","t":"x"}`, fields: map[string]string{"html": "page", "text": "t"}, want: archive.Row{Article: queue.Article{Text: "x"}}},
		{
			name: "mapped", line: `{"doc":{"full":"x","info":{"h":"t"}},"text":"not this","sect":"s","title":"not this"}`,
			fields: map[string]string{"text": "doc.full", "title": "doc.info.h", "metadata.section": "sect", "id": ""},
			want:   archive.Row{Article: queue.Article{Text: "x", Title: "t"}, Metadata: map[string]string{"section": "s"}},
		},
		{name: "not taken", line: `{"id":"1","text":"x","author":"a"}`, fields: map[string]string{"author": "", "id": ""}, want: archive.Row{Article: queue.Article{Text: "x"}}},
		{name: "one name for two fields", line: `{"text":"x","title":"t"}`, fields: map[string]string{"metadata.headline": "title"}, want: archive.Row{Article: queue.Article{Text: "x", Title: "t"}, Metadata: map[string]string{"headline": "t"}}},
		{name: "capitals count where asked", line: `{"Text":"a","text":"b"}`, fields: map[string]string{"text": "Text"}, want: archive.Row{Article: queue.Article{Text: "a"}}},
		{name: "escapes", line: `{"text":"\u0646\u0635 \"\ud83d\ude00\" \ud800"}`, want: archive.Row{Article: queue.Article{Text: "نص \"😀\" \ufffd"}}},
		{name: "a name twice", line: `{"text":"a","text":"b"}`, want: archive.Row{Article: queue.Article{Text: "a"}}},
		{name: "names with dots", line: `{"text":"a","metadata.desk":"d"}`, want: archive.Row{Article: queue.Article{Text: "a"}, Metadata: map[string]string{"desk": "d"}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			rows, bad, err := read(t, archive.Options{Fields: tt.fields, Stdin: strings.NewReader(tt.line)}, "-")
			if err != nil || len(bad) > 0 {
				t.Fatalf("errors %v, %v", bad, err)
			}
			tt.want.Number, tt.want.Place = 1, archive.Place{Input: "-", Line: 1}
			if diff := cmp.Diff([]archive.Row{tt.want}, rows); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestParquetTypes reads columns that are no text.
func TestParquetTypes(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 1, 9, 30, 0, 0, time.UTC)
	type meta struct {
		Desk string `parquet:"desk,optional"`
		Page int32  `parquet:"page"`
	}
	type row struct {
		ID      int64     `parquet:"id"`
		Body    *string   `parquet:"body,optional"`
		Authors []string  `parquet:"authors,list"`
		At      time.Time `parquet:"published_at,timestamp(microsecond)"`
		Meta    meta      `parquet:"metadata"`
		Other   float64   `parquet:"other"`
	}
	body := "نص"
	rows, bad, err := read(t, archive.Options{}, write(t, "a.parquet", parquetOf(t, []row{
		{ID: 1, Body: &body, Authors: []string{"a", "b"}, At: at, Meta: meta{"d", 4}},
		{ID: 2},
		{ID: 3, Body: &body, At: at.Add(time.Millisecond)},
	}, parquet.MaxRowsPerRowGroup(2))))
	if err != nil {
		t.Fatal(err)
	}
	if len(bad) != 1 || bad[0].Number != 2 || !strings.Contains(bad[0].Error(), "no text") {
		t.Errorf("bad rows %v, want the second", bad)
	}
	want := []archive.Row{
		{Number: 1, ID: "1", Article: queue.Article{Text: body, Author: "a, b", PublishedAt: at}, Metadata: map[string]string{"desk": "d", "page": "4"}},
		{Number: 3, ID: "3", Article: queue.Article{Text: body, PublishedAt: at.Add(time.Millisecond)}, Metadata: map[string]string{"page": "0"}},
	}
	for i := range rows {
		rows[i].Place = archive.Place{}
	}
	if diff := cmp.Diff(want, rows); diff != "" {
		t.Error(diff)
	}
}

func TestReadFields(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, data string
		want       map[string]string
		err        string
	}{
		{name: "fields", data: "text: body.full\ntitle: h\nauthor: \"\"\nlang:\nmetadata:\n  desk: section\nmetadata.page: p\n", want: map[string]string{
			"text": "body.full", "title": "h", "author": "", "lang": "", "metadata.desk": "section", "metadata.page": "p",
		}},
		{name: "empty", want: map[string]string{}},
		{name: "unknown", data: "txet: a\n", err: `"txet" is not a field: there are id, title, text`},
		{name: "a list", data: "text: [a, b]\n", err: `"text" must be the name`},
		{name: "not a mapping", data: "- text\n", err: "not a YAML mapping"},
		{name: "not YAML", data: "text: [", err: "not a YAML mapping"},
		{name: "too large", data: strings.Repeat("#", 65<<10), err: "no list of fields"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := archive.ReadFields(write(t, "fields.yaml", []byte(tt.data)))
			if tt.err != "" {
				if err == nil || !strings.Contains(err.Error(), tt.err) {
					t.Fatalf("error %v, want one with %q", err, tt.err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
	if _, err := archive.ReadFields("none.yaml"); err == nil {
		t.Error("a missing file is no error")
	}
}

func TestParseFormat(t *testing.T) {
	t.Parallel()
	for _, f := range archive.Formats() {
		if got, err := archive.ParseFormat(strings.ToUpper(string(f))); err != nil || got != f {
			t.Errorf("ParseFormat(%q) = %q, %v", f, got, err)
		}
	}
	if _, err := archive.ParseFormat("xlsx"); err == nil || !strings.Contains(err.Error(), "jsonl, csv") {
		t.Errorf("error %v, want one that lists the formats", err)
	}
}
