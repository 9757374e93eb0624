package collect_test

import (
	"bytes"
	"encoding/csv"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/parquet-go/parquet-go"

	"github.com/mujaz/mujaz/internal/archive"
	"github.com/mujaz/mujaz/internal/collect"
	"github.com/mujaz/mujaz/internal/page"
	"github.com/mujaz/mujaz/queue"
)

// records are one of each kind.
func records(t *testing.T) []collect.Record {
	t.Helper()
	full := result("a-1", queue.StatusFlagged, func(r *queue.Result) {
		r.Headline, r.Summary = `=HYPERLINK("https://evil.example","Parks open")`, "Three parks opened,\n\"at last\"."
		r.KeyPoints = []queue.KeyPoint{{Text: "Three parks.", SourceParagraphs: []int{1, 2}}, {Text: "Free entry.", SourceParagraphs: []int{}}}
		r.Names = []queue.Name{{Source: "ليان", English: "Layan", Kind: "person"}}
		r.Language = "ar"
		r.Checks = []queue.Check{
			{Check: "language", Verdict: queue.VerdictPass},
			{Check: "numbers", Verdict: queue.VerdictFail, Detail: `The source says «٣»; the summary says "4".`, SourceSpan: &queue.Span{Paragraph: 2, Start: 3, End: 4, Text: "٣"}, OutputSpan: &queue.Span{Field: "summary", Start: 0, End: 5, Text: "Three"}},
			{Check: "quotations", Verdict: queue.VerdictCannotJudge},
		}
		r.Usage = queue.Usage{Calls: 2, TokensIn: 900, TokensOut: 120, Cost: 0.0125, Currency: "EUR", CostKnown: true}
		r.Receipt = queue.Receipt{Model: "summit-7b", Prompt: "news@1", Attempts: 1, Software: "1.0.0", Repaired: true}
		r.Article = queue.ArticleFacts{Title: "حدائق", URL: "https://example.org/1", Source: "صحيفة", PublishedAt: time.Date(2026, 3, 1, 9, 30, 0, 0, time.FixedZone("", 3*3600)), Paragraphs: 4, Words: 80}
		r.Metadata = map[string]string{"desk": "city", "b": "2"}
	})
	payload, err := queue.EncodeResult(full)
	if err != nil {
		t.Fatal(err)
	}
	small := result("a-2", queue.StatusSkipped, func(r *queue.Result) { r.SkipReason, r.Headline, r.Summary = "stub", "", "" })
	smallPayload, err := queue.EncodeResult(small)
	if err != nil {
		t.Fatal(err)
	}
	return []collect.Record{
		{Stored: &queue.StoredResult{Result: full, Payload: payload, Sequence: 7}, Input: &collect.Input{Row: 3, Place: archive.Place{Input: "in.jsonl", Line: 4}}},
		{Stored: &queue.StoredResult{Result: small, Payload: append([]byte(" \n"), smallPayload...), Sequence: 8}},
		{Dead: &queue.DeadLetter{JobID: "a-3", Key: queue.Key("a-3"), Cause: queue.CauseRefused, Advice: "Look.", Stage: "call", LastError: "HTTP 400", Attempts: 2, Sequence: 12, Time: time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC), Payload: []byte("the article")}},
	}
}

func writeAll(t *testing.T, w collect.Writer, records []collect.Record) {
	t.Helper()
	for _, r := range records {
		if err := w.Write(r); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestJSONL(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	all := records(t)
	writeAll(t, collect.NewJSONL(&b), all)
	lines := strings.Split(strings.TrimSuffix(b.String(), "\n"), "\n")
	if len(lines) != 3 {
		t.Fatalf("%d lines:\n%s", len(lines), b.String())
	}
	// The stored bytes, and what was joined behind them.
	if want := strings.TrimSuffix(string(all[0].Stored.Payload), "}") + `,"input":{"row":3,"input":"in.jsonl","line":4}}`; lines[0] != want {
		t.Errorf("got  %s\nwant %s", lines[0], want)
	}
	for i, line := range lines[:2] {
		got, err := queue.DecodeResult([]byte(line))
		if diff := cmp.Diff(all[i].Stored.Result, got); err != nil || diff != "" {
			t.Errorf("line %d: %v (-want +got):\n%s", i, err, diff)
		}
	}
	if want := `{"schema_version":1,"job_id":"a-3","key":"` + queue.Key("a-3") + `","status":"dead","cause":"refused","stage":"call","advice":"Look.","last_error":"HTTP 400","attempts":2,"time":"2026-03-02T00:00:00Z","letter":12}`; lines[2] != want {
		t.Errorf("got  %s\nwant %s", lines[2], want)
	}
}

func TestCSV(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	w, err := collect.NewCSV(&b, true)
	if err != nil {
		t.Fatal(err)
	}
	writeAll(t, w, records(t))
	text, found := strings.CutPrefix(b.String(), "\ufeff")
	if !found {
		t.Error("no byte order mark")
	}
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil || len(rows) != 4 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	var got []map[string]string
	for _, row := range rows[1:] {
		cells := map[string]string{}
		for i, cell := range row {
			if cell != "" {
				cells[rows[0][i]] = cell
			}
		}
		got = append(got, cells)
	}
	want := []map[string]string{
		{
			"job_id": "a-1", "revision": "1", "status": "flagged", "task": "summarize", "language": "ar",
			"headline": `'=HYPERLINK("https://evil.example","Parks open")`, "summary": "Three parks opened,\n\"at last\".",
			"key_points": "• Three parks. [1, 2]\n• Free entry.", "names": "ليان = Layan (person)",
			"checks_failed": "numbers", "checks_not_judged": "quotations", "check_details": `numbers: The source says «٣»; the summary says "4".`,
			"title": "حدائق", "url": "https://example.org/1", "source": "صحيفة", "published_at": "2026-03-01T06:30:00Z", "paragraphs": "4", "words": "80",
			"metadata": `{"b":"2","desk":"city"}`, "calls": "2", "tokens_in": "900", "tokens_out": "120", "tokens_cached": "0", "tokens_estimated": "false",
			"cost": "0.0125", "currency": "EUR", "model": "summit-7b", "prompt": "news@1", "cached": "false", "repaired": "true", "attempts": "1",
			"software": "1.0.0", "total_ms": "0", "sequence": "7", "input": "in.jsonl", "input_line": "4", "input_row": "3",
		},
		{
			"job_id": "a-2", "revision": "1", "status": "skipped", "skip_reason": "stub", "task": "summarize", "paragraphs": "0", "words": "0",
			"calls": "0", "tokens_in": "0", "tokens_out": "0", "tokens_cached": "0", "tokens_estimated": "false", "cached": "false", "repaired": "false",
			"attempts": "0", "total_ms": "0", "sequence": "8",
		},
		{"job_id": "a-3", "status": "dead", "attempts": "2", "done_at": "2026-03-02T00:00:00Z", "cause": "refused", "advice": "Look.", "last_error": "HTTP 400"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestCSVRunsNothing: a cell that a spreadsheet would run begins with an
// apostrophe, any other is as it was.
func TestCSVRunsNothing(t *testing.T) {
	t.Parallel()
	for headline, want := range map[string]string{
		"=1+1": "'=1+1", "+1": "'+1", "-1": "'-1", "@SUM(A1)": "'@SUM(A1)", "\t=1": "'\t=1", "\r=1": "'\r=1", "\n=1": "'\n=1", " =1": "' =1", "\u200f=1": "'\u200f=1",
		"＝1": "'＝1", "＠x": "'＠x", "a\x00b": "ab", "\x00=1": "'=1",
		"plain": "plain", "a=b": "a=b", "مياه": "مياه", "": "", "«=»": "«=»",
	} {
		r := records(t)[1]
		r.Stored.Result.Headline = headline
		var b bytes.Buffer
		w, err := collect.NewCSV(&b, false)
		if err != nil {
			t.Fatal(err)
		}
		writeAll(t, w, []collect.Record{r})
		rows, err := csv.NewReader(&b).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		// encoding/csv reads a carriage return before a line feed as none.
		if got := rows[1][7]; got != want {
			t.Errorf("%q: %q, want %q", headline, got, want)
		}
	}
}

func TestParquet(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	writeAll(t, collect.NewParquet(&b), records(t))
	type span struct {
		Paragraph int32  `parquet:"paragraph"`
		Field     string `parquet:"field,optional"`
		Start     int32  `parquet:"start"`
		End       int32  `parquet:"end"`
		Text      string `parquet:"text"`
	}
	type check struct {
		Check   string `parquet:"check"`
		Verdict string `parquet:"verdict"`
		Source  *span  `parquet:"source_span,optional"`
		Output  *span  `parquet:"output_span,optional"`
	}
	type point struct {
		Text       string  `parquet:"text"`
		Paragraphs []int32 `parquet:"source_paragraphs,list"`
	}
	// What a reader knows of the file by docs/collect.md.
	type row struct {
		JobID     string            `parquet:"job_id"`
		Status    string            `parquet:"status"`
		Points    []point           `parquet:"key_points,list"`
		Checks    []check           `parquet:"checks,list"`
		Cost      *float64          `parquet:"cost,optional"`
		Published *int64            `parquet:"published_at,optional,timestamp(millisecond)"`
		Metadata  map[string]string `parquet:"metadata"`
		Cause     string            `parquet:"cause,optional"`
		InputRow  int64             `parquet:"input_row,optional"`
	}
	got, err := parquet.Read[row](bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		t.Fatal(err)
	}
	cost, published := 0.0125, time.Date(2026, 3, 1, 6, 30, 0, 0, time.UTC).UnixMilli()
	want := []row{
		{
			JobID: "a-1", Status: "flagged", Points: []point{{"Three parks.", []int32{1, 2}}, {"Free entry.", []int32{}}},
			Checks: []check{
				{"language", "pass", nil, nil},
				{"numbers", "fail", &span{2, "", 3, 4, "٣"}, &span{0, "summary", 0, 5, "Three"}},
				{"quotations", "cannot_judge", nil, nil},
			},
			Cost: &cost, Published: &published, Metadata: map[string]string{"desk": "city", "b": "2"}, InputRow: 3,
		},
		{JobID: "a-2", Status: "skipped", Points: []point{}, Checks: []check{}, Metadata: map[string]string{}},
		{JobID: "a-3", Status: "dead", Points: []point{}, Checks: []check{}, Metadata: map[string]string{}, Cause: "refused"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestPage(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	dir := t.TempDir()
	w, err := collect.NewPage(&b, dir, func() page.Head { return page.Head{Run: "spring"} })
	if err != nil {
		t.Fatal(err)
	}
	writeAll(t, w, records(t))
	if err := w.Discard(); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"<h1><bdi>spring</bdi></h1>", "parks opened", "in.jsonl:4", "too short to summarise", "HTTP 400"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("the page has no %q", want)
		}
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// TestFileIsWholeOrNotThere: a name appears with all of the content.
func TestFileIsWholeOrNotThere(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	target := filepath.Join(dir, "out.jsonl")
	content := func() string {
		data, err := os.ReadFile(target)
		if err != nil {
			return "none"
		}
		return string(data)
	}
	write := func(overwrite bool, text string) *collect.File {
		t.Helper()
		f, err := collect.Create(target, overwrite)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.WriteString(text); err != nil {
			t.Fatal(err)
		}
		return f
	}
	f := write(false, "first")
	if content() != "none" {
		t.Error("the file is there before it is complete")
	}
	if err := f.Commit(); err != nil || content() != "first" {
		t.Errorf("committed: %v, %s", err, content())
	}
	_, err := collect.Create(target, false)
	if _, ok := errors.AsType[*collect.ExistsError](err); !ok {
		t.Errorf("a file that is there: %v", err)
	}
	// One that came meanwhile is not replaced either.
	if err := os.Remove(target); err != nil {
		t.Fatal(err)
	}
	f = write(false, "second")
	if err := os.WriteFile(target, []byte("another's"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := f.Commit(); err == nil || content() != "another's" {
		t.Errorf("committed over another's: %v, %s", err, content())
	}
	if err := write(true, "third").Commit(); err != nil || content() != "third" {
		t.Errorf("overwritten: %v, %s", err, content())
	}
	err = write(true, "half").Abort(&os.PathError{Op: "write", Path: "x", Err: syscall.ENOSPC})
	full, ok := errors.AsType[*collect.FullError](err)
	if !ok || !strings.Contains(full.Error(), "out.jsonl: the disk is full") || !strings.Contains(full.Hint(), "still on the server") {
		t.Errorf("a full disk: %v", err)
	}
	if content() != "third" {
		t.Errorf("after a full disk: %s", content())
	}
	if _, err := collect.Create(dir, true); err == nil {
		t.Error("a folder is a target")
	}
	if left, err := filepath.Glob(filepath.Join(dir, ".*")); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
	link := filepath.Join(dir, "link.jsonl")
	if err := os.Symlink(target, link); err != nil {
		t.Skip(err)
	}
	f, err = collect.Create(link, true)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Commit(); err != nil || content() != "" {
		t.Errorf("by a link: %v, %s", err, content())
	}
}

// full fails like a disk without room, after so many bytes.
type full struct{ left int }

func (f *full) Write(p []byte) (int, error) {
	if f.left -= len(p); f.left < 0 {
		return 0, &os.PathError{Op: "write", Path: "out", Err: syscall.ENOSPC}
	}
	return len(p), nil
}

// TestEveryFormatTellsOfAFullDisk: no writer swallows it.
func TestEveryFormatTellsOfAFullDisk(t *testing.T) {
	t.Parallel()
	for format, open := range map[string]func(*full) (collect.Writer, error){
		"jsonl":   func(f *full) (collect.Writer, error) { return collect.NewJSONL(f), nil },
		"csv":     func(f *full) (collect.Writer, error) { return collect.NewCSV(f, false) },
		"parquet": func(f *full) (collect.Writer, error) { return collect.NewParquet(f), nil },
		"html": func(f *full) (collect.Writer, error) {
			w, err := collect.NewPage(f, t.TempDir(), func() page.Head { return page.Head{} })
			if err == nil {
				t.Cleanup(func() {
					if err := w.Discard(); err != nil {
						t.Error(err)
					}
				})
			}
			return w, err
		},
	} {
		w, err := open(&full{left: 100})
		for range 200 {
			if err == nil {
				err = w.Write(records(t)[0])
			}
		}
		if err == nil {
			err = w.Close()
		}
		if !errors.Is(err, syscall.ENOSPC) {
			t.Errorf("%s: %v", format, err)
		}
	}
}
