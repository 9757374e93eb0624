package archive_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"github.com/mujaz/mujaz/internal/archive"
)

const (
	arabicText = "افتتح الوزير الجسر الجديد في المدينة، وقال إن العمل على الطريق استمر من العام الماضي إلى هذا العام."
	goodLine   = `{"text":"` + arabicText + `"}` + "\n"
	goodCSV    = "id,text\n1," + "نص\n"
)

func encoded(t testing.TB, e encoding.Encoding, s string) string {
	t.Helper()
	out, err := e.NewEncoder().String(s)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestBadInput holds what comes of input that is broken: rows, rows that cannot be read by
// their place and cause, and the error that ends the reading. No error may quote the text.
func TestBadInput(t *testing.T) {
	t.Parallel()
	lines := strings.Repeat(goodLine, 5000)
	cutAt := func(data []byte) string { return string(data[:len(data)-40]) }
	latin := encoded(t, charmap.Windows1252, "Le marché a rouvert après l'été, élégamment décoré à côté du café.")
	utf16 := func(order unicode.Endianness, s string) string {
		return encoded(t, unicode.UTF16(order, unicode.UseBOM), s)
	}
	bars := archive.Options{Fields: map[string]string{"text": "corps"}}
	tests := []struct {
		name  string
		data  string
		o     archive.Options
		rows  int      // at least, if fatal is given
		text  string   // of the first row
		bad   []string // "line: part of the error"
		fatal string   // part of the error that ends the reading
		warn  string   // part of a warning of the first row
	}{
		{name: "truncated.jsonl.gz", data: cutAt(gzipped(t, []byte(lines))), rows: 4000, fatal: "behind row"},
		{name: "truncated gzip says what to do.jsonl.gz", data: cutAt(gzipped(t, []byte(lines))), rows: 1, fatal: "the file is cut off; fetch it again"},
		{name: "truncated.jsonl.zst", data: cutAt(zstded(t, []byte(incompressible(lines)))), rows: 1, fatal: "the file is cut off; fetch it again"},
		{name: "truncated.csv.gz", data: cutAt(gzipped(t, []byte("text\n"+strings.Repeat(arabicText+"\n", 5000)))), rows: 1, fatal: "the file is cut off"},
		{name: "truncated.tar.gz", data: cutAt(gzipped(t, tarOf(t, entry{"a.txt", "نص"}, entry{"b.txt", incompressible(lines)}))), rows: 1, fatal: "the file is cut off"},
		{name: "truncated.tar", data: string(tarOf(t, entry{"a.txt", "نص"}, entry{"b.txt", lines})[:4096]), rows: 1, fatal: "the file is cut off"},
		{name: "truncated.warc", data: cutAt(warc(response("https://a.example/", "text/html", "<p>نص"), response("https://a.example/", "text/html", lines))), rows: 1, fatal: "the file is cut off"},
		{name: "truncated.zip", data: cutAt(zipOf(t, entry{"a.txt", "نص"})), fatal: "damaged or cut off"},
		{name: "truncated.parquet", data: cutAt(parquetOf(t, samples(9))), fatal: "damaged or cut off"},
		{name: "truncated.json", data: `[{"text":"نص"},{"text":"ن`, rows: 1, fatal: "not closed"},
		{name: "damaged.jsonl.gz", data: damaged(gzipped(t, []byte(lines)), 20), fatal: "damaged"},
		{name: "damaged.jsonl.zst", data: damaged(zstded(t, []byte(lines)), 40), fatal: "a.jsonl.zst"},
		{name: "other columns.parquet", data: string(parquetOf(t, []struct{ Kicker, Corps string }{{"a", "b"}})), fatal: `"Kicker", "Corps". Say which one does with --field text=COLUMN`},
		{name: "other columns, mapped.parquet", data: string(parquetOf(t, []struct {
			Corps string `parquet:"corps"`
		}{{"نص"}})), o: bars, rows: 1, text: "نص"},
		{name: "other columns.csv", data: "kicker;corps\na;b\n", fatal: `"kicker", "corps". Say which one does with --field text=COLUMN`},
		{name: "no header.csv", data: "1," + arabicText + "\n", fatal: `"1", (column 2 has no name that is one)`},
		{name: "columns twice.csv", data: "id,text,text\n1,a,b\n", fatal: `"text" stands in the header twice`},
		{name: "columns twice that nobody needs.csv", data: "x,text,x\n1,a,b\n", rows: 1, text: "a"},
		{name: "other names.jsonl", data: `{"kicker":"a","corps":"b"}`, bad: []string{`1: there are: "kicker", "corps". Say which one holds it with --field text=NAME`}},
		{name: "quote in a field.csv", data: goodCSV + "2,5\" pipe\n3,c\n", rows: 2, bad: []string{"3: broken quoting"}},
		{name: "quote not closed.csv", data: goodCSV + "2,\"open\n3,c\n4,d\n", rows: 3, bad: []string{"3: broken quoting"}},
		{name: "quote not closed, quotes behind.csv", data: goodCSV + "2,\"open\n3,c\n4,\"d\"\n5,e\n", rows: 4, bad: []string{"3: broken quoting"}},
		{name: "two quotes not closed.csv", data: goodCSV + "2,\"open\n3,c\n4,\"d\n5,e\n", rows: 3, bad: []string{"3: broken quoting", "5: broken quoting"}},
		{name: "columns missing over lines.csv", data: goodCSV + "2,\"a\nb\n\",x\n3,c\n", rows: 2, bad: []string{"3: 3 columns", "4: 1 columns", "5: broken quoting"}},
		{name: "quote not doubled.csv", data: goodCSV + "2,\"a \"b\" c\"\n3,c\n", rows: 2, bad: []string{"3: broken quoting"}},
		{name: "quotes over lines.csv", data: "id,text\n1,\"a\n\nb\"\n2,c\n", rows: 2, text: "a\n\nb"},
		{name: "quote that is never closed.csv", data: goodCSV + "2,\"open\n" + strings.Repeat("3,c\n", 30_000), rows: 30_001, bad: []string{"3: broken quoting"}},
		{name: "columns missing.csv", data: goodCSV + "2\n3,c\n4,d,e\n5,f\n", rows: 3, bad: []string{"3: 1 columns, where the header has 2", "5: 3 columns"}},
		{name: "long line.csv", data: goodCSV + "2," + strings.Repeat("x", 33<<20) + "\n3,c\n", rows: 2, bad: []string{"3: longer than 32 MiB"}},
		{name: "long line in quotes.csv", data: goodCSV + "2,\"a\n" + strings.Repeat("x", 33<<20) + "\"\n3,c\n", rows: 2, bad: []string{"3: broken quoting", "4: longer than 32 MiB"}},
		{name: "long line.jsonl", data: goodLine + strings.Repeat("x", 33<<20) + "\n" + goodLine, rows: 2, bad: []string{"2: longer than 32 MiB"}},
		{name: "long value.json", data: `[{"text":"a"},{"text":"` + strings.Repeat("x", 33<<20) + `"},{"text":"b"}]`, rows: 2, bad: []string{"2: longer than 32 MiB"}},
		{name: "text too long.jsonl", data: `{"text":"` + strings.Repeat("x", 17<<20) + `"}` + "\n" + goodLine, rows: 1, bad: []string{"1: text must be at most"}},
		{name: "text too long.txt", data: strings.Repeat("x", 17<<20), bad: []string{"1: larger than 16 MiB"}},
		{name: "bomb.txt.gz", data: string(gzipped(t, make([]byte, 100<<20))), bad: []string{"1: larger than 16 MiB"}},
		{name: "bomb.zip", data: string(zipOf(t, entry{"a.txt", strings.Repeat("\x00", 100<<20)}, entry{"b.txt", "نص"})), rows: 1, bad: []string{"1: larger than 16 MiB"}},
		{name: "bomb.tar", data: string(tarOf(t, entry{"a.txt.gz", string(gzipped(t, make([]byte, 100<<20)))}, entry{"b.txt", "نص"})), rows: 1, bad: []string{"1: larger than 16 MiB"}},
		{name: "one broken byte.jsonl", data: strings.Replace(goodLine, "ا", "\xd8", 1), rows: 1, text: strings.Replace(arabicText, "ا", "", 1), warn: "1 bytes that are not UTF-8 were removed"},
		{name: "one broken byte.csv", data: "text\n" + strings.Replace(arabicText, "ا", "\xd8", 1) + "\n", rows: 1, warn: "1 bytes"},
		{name: "broken bytes.jsonl", data: `{"text":"` + strings.Repeat("\xfe\xfd ab", 20) + `"}` + "\n" + goodLine, rows: 1, bad: []string{"1: say which encoding it is with --encoding"}},
		{name: "latin.jsonl", data: `{"text":"` + latin + `"}`, bad: []string{"1: say which encoding it is with --encoding"}},
		{name: "latin, asked.jsonl", data: `{"text":"` + latin + `"}`, o: archive.Options{Encoding: "windows-1252"}, rows: 1, text: "Le marché a rouvert après l'été, élégamment décoré à côté du café."},
		{name: "windows-1256.jsonl", data: encoded(t, charmap.Windows1256, goodLine), rows: 1, text: arabicText},
		{name: "windows-1256.csv", data: encoded(t, charmap.Windows1256, "id,text\n1,\""+arabicText+"\"\n"), rows: 1, text: arabicText},
		{name: "windows-1256.txt", data: encoded(t, charmap.Windows1256, arabicText), rows: 1, text: arabicText},
		{name: "windows-1256, asked.txt", data: encoded(t, charmap.Windows1256, "جسر"), o: archive.Options{Encoding: "windows-1256"}, rows: 1, text: "جسر"},
		{name: "iso-8859-6, asked.csv", data: encoded(t, charmap.ISO8859_6, "text\nجسر\n"), o: archive.Options{Encoding: "ISO-8859-6"}, rows: 1, text: "جسر"},
		{name: "utf-16le.jsonl", data: utf16(unicode.LittleEndian, goodLine), rows: 1, text: arabicText},
		{name: "utf-16be.csv", data: utf16(unicode.BigEndian, "text\n"+arabicText+"\n"), rows: 1, text: arabicText},
		{name: "utf-16le.txt", data: utf16(unicode.LittleEndian, arabicText), rows: 1, text: arabicText},
		{name: "mark.csv", data: "\ufefftext\nنص\n", rows: 1, text: "نص"},
		{name: "empty.jsonl"},
		{name: "empty.csv"},
		{name: "empty.json.gz", data: string(gzipped(t, nil))},
		{name: "empty.txt", bad: []string{"1: no text"}},
		{name: "empty.parquet", fatal: "damaged or cut off"},
		{name: "empty.zip", fatal: "damaged or cut off"},
		{name: "blank.jsonl", data: strings.Repeat(" \t\r\n", 100_000)},
		{name: "blank.csv", data: "\n\n \n"},
		{name: "header only.csv", data: "id,text\n"},
		{name: "empty array.json", data: "[]"},
		{name: "array with other values.json", data: `[1, "a", null, [2], {"text":"نص"}, tru, {"text" "b"}, {"text":"c"}]`, rows: 2, bad: []string{
			"1: a number", "2: a string", "3: null", "4: an array", "6: a truth value", "7: not valid JSON at byte 9",
		}},
		{name: "behind the array.json", data: `[{"text":"a"}] {"text":"b"}`, rows: 1, fatal: "more behind the end of the JSON array"},
		{name: "not JSON.jsonl", data: "hello\n" + `{"text":"a"` + "\n" + `{"text":"a"} x` + "\n" + `{"text":"a","id":}` + "\n" + goodLine, rows: 1, bad: []string{
			"1: not valid JSON at byte 1", "2: ends in the middle", "3: more behind the object", "4: not valid JSON at byte 18",
		}},
		{name: "nul bytes.jsonl", data: "\x00\x00\x00\n" + goodLine + `{"text":"a` + "\x00" + `b"}` + "\n", rows: 1, bad: []string{"1: not valid JSON", "3: not valid JSON"}},
		{name: "nul bytes.csv", data: "text\na\x00b\n", rows: 1, text: "a\x00b"},
		{name: "nul bytes.txt", data: strings.Repeat("a\x00\x01", 100), bad: []string{"1: input is binary data"}},
		{name: "nul bytes.html", data: strings.Repeat("\x00", 1000), bad: []string{"1: binary data"}},
		{name: "no text.jsonl", data: `{"id":"1","text":" \n"}` + "\n" + `{"id":"2","text":null}` + "\n" + `{"text":{"a":1}}` + "\n" + goodLine, rows: 1, bad: []string{"1: no text", "2: no text", "3: no text"}},
		{name: "no text.csv", data: "id,text\n1,\n2,b\n", rows: 1, bad: []string{"2: no text"}},
		{name: "long id.jsonl", data: `{"text":"a","id":"` + strings.Repeat("i", 300) + `"}`, bad: []string{"1: id must be at most 256 bytes"}},
		{name: "date.jsonl", data: `{"text":"a","date":"yesterday"}`, rows: 1, text: "a", warn: "published_at: not a date"},
		{name: "address.jsonl", data: `{"text":"a","url":"/news/1"}`, rows: 1, text: "a", warn: "url must be an http or https address"},
		{name: "author.jsonl", data: `{"text":"a","author":"` + strings.Repeat("x", 300) + `"}`, rows: 1, text: "a", warn: "author must be at most 200 characters; left out"},
		{name: "metadata.jsonl", data: `{"text":"a","metadata":{"a":"1","b":"` + strings.Repeat("x", 2000) + `"}}`, rows: 1, text: "a", warn: "metadata: 1 entries are more or longer"},
		{name: "pdf.txt", data: "%PDF-1.7\n" + arabicText, bad: []string{"1: binary data"}},
		{name: "parquet that is called.jsonl", data: string(parquetOf(t, samples(1))), fatal: "this is parquet and not jsonl: say so with --format parquet"},
		{name: "zip that is called.csv", data: string(zipOf(t, entry{"a.txt", "نص"})), fatal: "this is zip and not csv"},
		{name: "not a.tar", data: strings.Repeat("news ", 500), fatal: "no tar archive"},
		{name: "not a.warc", data: "hello", fatal: "no WARC file"},
		{name: "not a.xml", data: "<html>", fatal: "neither RSS nor Atom"},
		{name: "empty.xml"},
		{name: "without articles.tar", data: string(tarOf(t, entry{"a.png", "x"})), fatal: "holds no texts or pages"},
		{name: "without articles.zip", data: string(zipOf(t, entry{"a.jsonl", goodLine})), fatal: "holds no texts or pages"},
		{name: "member truncated.tar", data: string(tarOf(t, entry{"a.txt.gz", cutAt(gzipped(t, []byte(lines)))}, entry{"b.txt", "نص"})), rows: 1, bad: []string{"1: cut off"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			path := write(t, "a"+filepath.Ext(strings.TrimSuffix(strings.TrimSuffix(tt.name, ".gz"), ".zst"))+compression(tt.name), []byte(tt.data))
			rows, bad, err := read(t, tt.o, path)
			switch {
			case tt.fatal == "" && err != nil:
				t.Fatal(err)
			case tt.fatal != "" && (err == nil || !strings.Contains(err.Error(), tt.fatal)):
				t.Fatalf("error %v, want one with %q", err, tt.fatal)
			case tt.fatal == "" && len(rows) != tt.rows, len(rows) < tt.rows:
				t.Errorf("%d rows, want %d", len(rows), tt.rows)
			}
			if tt.text != "" && (len(rows) == 0 || rows[0].Article.Text != tt.text) {
				t.Errorf("rows %+v, want the text %q", rows, tt.text)
			}
			if tt.warn != "" && (len(rows) == 0 || !strings.Contains(strings.Join(rows[0].Warnings, "|"), tt.warn)) {
				t.Errorf("rows %+v, want the warning %q", rows, tt.warn)
			}
			if tt.warn == "" && len(rows) > 0 && len(rows[0].Warnings) > 0 {
				t.Errorf("warnings %q", rows[0].Warnings)
			}
			if len(bad) != len(tt.bad) {
				t.Fatalf("bad rows %v, want %q", bad, tt.bad)
			}
			for i, want := range tt.bad {
				line, part, _ := strings.Cut(want, ": ")
				if fmt.Sprint(bad[i].Place.Line) != line || !strings.Contains(bad[i].Error(), part) {
					t.Errorf("bad row %v, want %q", bad[i], want)
				}
			}
			for _, e := range append(errorsOf(bad), err) {
				if e != nil && (strings.Contains(e.Error(), "الوزير") || strings.Contains(e.Error(), "marché")) {
					t.Errorf("the error quotes the text: %v", e)
				}
			}
			if tt.fatal == "" {
				sameBehindSkip(t, tt.o, path, rows)
			}
		})
	}
}

func errorsOf(bad []*archive.RowError) []error {
	var out []error
	for _, b := range bad {
		out = append(out, b)
	}
	return out
}

// sameBehindSkip jumps to the last row that can be read: numbers must not depend on the way.
func sameBehindSkip(t *testing.T, o archive.Options, path string, rows []archive.Row) {
	t.Helper()
	if len(rows) == 0 {
		return
	}
	r, err := archive.Open([]string{path}, o)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	last := rows[len(rows)-1]
	if err := r.Skip(t.Context(), last.Number-1); err != nil {
		t.Fatal(err)
	}
	row, err := r.Next(t.Context())
	if err != nil || row.Number != last.Number || row.Place != last.Place || row.Article.Text != last.Article.Text {
		t.Errorf("behind a skip of %d rows: row %d at %v, %v; want row %d at %v", last.Number-1, row.Number, row.Place, err, last.Number, last.Place)
	}
}

func compression(name string) string {
	for _, ext := range []string{".gz", ".zst"} {
		if strings.HasSuffix(name, ext) {
			return ext
		}
	}
	return ""
}

// incompressible puts numbers into lines, so that a compressed block holds few of them.
func incompressible(lines string) string {
	var b strings.Builder
	x := uint64(1)
	for line := range strings.SplitAfterSeq(lines, "\n") {
		for range 8 {
			x = x*6364136223846793005 + 1442695040888963407
			line = strings.Replace(line, "ا", fmt.Sprintf("%x", x), 1)
		}
		b.WriteString(line)
	}
	return b.String()
}

// damaged changes some bytes.
func damaged(data []byte, at int) string {
	for i := range 16 {
		data[at+i] ^= 0xa5
	}
	return string(data)
}

func TestOpenErrors(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	good := write(t, "a.jsonl", []byte(goodLine))
	tests := []struct {
		name   string
		inputs []string
		o      archive.Options
		want   []string
	}{
		{"missing", []string{filepath.Join(dir, "none.jsonl")}, archive.Options{}, []string{"none.jsonl", "no such file"}},
		{"all problems at once", []string{filepath.Join(dir, "none.jsonl"), write(t, "a.docx", nil)}, archive.Options{}, []string{"none.jsonl", "a.docx"}},
		{"unknown extension", []string{write(t, "a.docx", nil)}, archive.Options{}, []string{"--format", "jsonl, csv, tsv, parquet, text, html, tar, zip, warc, feed"}},
		{"unknown format", []string{good}, archive.Options{Format: "xlsx"}, []string{`"xlsx"`, "jsonl, csv"}},
		{"unknown encoding", []string{good}, archive.Options{Encoding: "cp-nonsense"}, []string{`"cp-nonsense"`, "windows-1256"}},
		{"unknown field", []string{good}, archive.Options{Fields: map[string]string{"txet": "a"}}, []string{`"txet"`, "id, title, text, html"}},
		{"delimiter", []string{good}, archive.Options{Delimiter: ";;"}, []string{"one character"}},
		{"folder without articles", []string{dir}, archive.Options{}, []string{dir, "no texts or pages", "*.jsonl"}},
		{"folder as JSON", []string{dir}, archive.Options{Format: archive.FormatJSONL}, []string{"/*"}},
		{"standard input twice", []string{"-", "-"}, archive.Options{}, []string{"twice"}},
		{"address", []string{"https://news.example/a.jsonl"}, archive.Options{}, []string{"nothing is fetched"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := archive.Open(tt.inputs, tt.o)
			if err == nil {
				t.Fatal("no error")
			}
			for _, want := range tt.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("error %q, want %q in it", err, want)
				}
			}
		})
	}
}

func TestUnreadable(t *testing.T) {
	t.Parallel()
	if os.Geteuid() == 0 {
		// Root reads everything, so a folder takes the place of the file.
		dir := t.TempDir()
		path := filepath.Join(dir, "a.jsonl")
		if err := os.WriteFile(path, []byte(goodLine), 0o600); err != nil {
			t.Fatal(err)
		}
		r, err := archive.Open([]string{path}, archive.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(os.Remove(path), os.Mkdir(path, 0o700)); err != nil {
			t.Fatal(err)
		}
		_, err = r.Next(t.Context())
		if err == nil || !strings.Contains(err.Error(), path) {
			t.Errorf("error %v, want one of %s", err, path)
		}
		return
	}
	path := write(t, "a.jsonl", []byte(goodLine))
	if err := os.Chmod(path, 0); err != nil {
		t.Fatal(err)
	}
	if _, _, err := read(t, archive.Options{}, path); !errors.Is(err, os.ErrPermission) {
		t.Errorf("error %v, want no permission", err)
	}
}

// TestHugeLine streams a line of 200 MB: it is one bad row, and memory does not follow it.
func TestHugeLine(t *testing.T) {
	for name, input := range map[string]io.Reader{
		"jsonl": io.MultiReader(strings.NewReader(goodLine+`{"text":"`), &letters{left: 200 << 20}, strings.NewReader("\"}\n"+goodLine)),
		"array": io.MultiReader(strings.NewReader(`[{"text":"a"},{"text":"`), &letters{left: 200 << 20}, strings.NewReader(`"},{"text":"b"}]`)),
		"csv":   io.MultiReader(strings.NewReader("id,text\n1,a\n2,"), &letters{left: 200 << 20}, strings.NewReader("\n3,b\n")),
	} {
		t.Run(name, func(t *testing.T) {
			peak := newPeak()
			r, err := archive.Open([]string{"-"}, archive.Options{Stdin: io.TeeReader(input, peak)})
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			var numbers []int64
			for {
				row, err := r.Next(t.Context())
				if errors.Is(err, io.EOF) {
					break
				} else if bad, ok := errors.AsType[*archive.RowError](err); ok {
					numbers = append(numbers, -bad.Number)
				} else if err != nil {
					t.Fatal(err)
				} else {
					numbers = append(numbers, row.Number)
				}
			}
			if fmt.Sprint(numbers) != "[1 -2 3]" {
				t.Errorf("rows %v, want 1 and 3, and 2 as a bad one", numbers)
			}
			// The line is kept up to the limit of a row, 32 MiB, in a slice that doubles by copying; what it
			// grew out of is garbage that may still be there.
			if limit := uint64(160 << 20); peak.heap > limit {
				t.Errorf("peak of the heap %d MiB, want at most %d", peak.heap>>20, limit>>20)
			}
			t.Logf("peak of the heap: %d MiB", peak.heap>>20)
		})
	}
}

// letters is a stream of one letter.
type letters struct{ left int }

func (l *letters) Read(p []byte) (int, error) {
	if l.left == 0 {
		return 0, io.EOF
	}
	n := min(len(p), l.left)
	copy(p, bytes.Repeat([]byte("x"), n))
	l.left -= n
	return n, nil
}

// TestDamagedParquet changes a file byte by byte: the decoder may not bring the program down, and rows
// may not get lost without a word.
func TestDamagedParquet(t *testing.T) {
	t.Parallel()
	whole := parquetOf(t, samples(40))
	for at := 4; at < len(whole); at += 7 {
		data := bytes.Clone(whole)
		data[at] ^= 0x55
		rows, bad, err := read(t, archive.Options{}, write(t, "a.parquet", data))
		if err == nil && len(rows)+len(bad) != 40 {
			t.Errorf("byte %d of %d changed: %d rows and no error, want 40", at, len(whole), len(rows)+len(bad))
		}
	}
}

// TestDecoderPanics changes four bytes each: with these seeds, the decoder of Parquet panics.
func TestDecoderPanics(t *testing.T) {
	t.Parallel()
	whole := parquetOf(t, samples(40), parquet.Compression(&parquet.Snappy))
	for _, seed := range []uint64{2026, 2081, 2663} {
		random := rand.New(rand.NewPCG(seed, 0))
		data := bytes.Clone(whole)
		for range 4 {
			data[4+random.IntN(len(data)-4)] = byte(random.IntN(256))
		}
		if _, _, err := read(t, archive.Options{}, write(t, "a.parquet", data)); err == nil || !strings.Contains(err.Error(), "its decoder gave up") {
			t.Errorf("seed %d: error %v, want that of a decoder that gave up", seed, err)
		}
	}
}
