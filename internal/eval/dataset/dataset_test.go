package dataset

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mujaz/mujaz/internal/verify"
)

// An invented article, and what is said of it.
const (
	article  = `أعلن وزير الري سليم الحداد أن سد الوادي الأزرق سيفتتح بعد أسبوعين.\nوقال إن 1,340 عاملا شاركوا في البناء.`
	faithful = `The Blue Valley dam will open in two weeks, Irrigation Minister Salim al-Haddad said. Some 1,340 workers built it.`
	wrong    = `The Blue Valley dam will open in three weeks, Irrigation Minister Salim al-Haddad said. Some 1,430 workers built it.`
)

// line is a row of a data set in JSON, with more fields in rest.
func line(id, output, rest string) string {
	return `{"id":"` + id + `","article":"` + article + `","output":"` + output + `"` + rest + "}\n"
}

func read(t *testing.T, text string) []Row {
	t.Helper()
	rows, err := Read(strings.NewReader(text), Verify)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func TestReadRefuses(t *testing.T) {
	t.Parallel()
	secret := "SECRET-OF-THE-ARTICLE"
	for name, tc := range map[string]struct{ text, want string }{
		"no object":       {line("a", faithful, "") + `{"id": "` + secret, "line 2: it is no JSON object"},
		"no id":           {`{"article":"x","output":"y"}`, "line 1: id is missing"},
		"no article":      {`{"id":"a","output":"y"}`, "article is missing"},
		"no output":       {`{"id":"a","article":"x"}`, "output is missing"},
		"twice":           {line("a", faithful, "") + "\n" + line("a", wrong, ""), "line 3: the id is that of line 1"},
		"label":           {line("a", faithful, `,"label":"`+secret+`"`), "a label is"},
		"label of no use": {line("a", faithful, `,"label":["number"]`), `no check "number"`},
		"another type":    {`{"id":"a","article":{"text":"` + secret + `"}}`, "article: want string"},
		"time":            {line("a", faithful, `,"published_at":"`+secret+`"`), "published_at"},
		"empty":           {"\n\n", "no row"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := Read(strings.NewReader(tc.text), Verify)
			if err == nil || !strings.Contains(err.Error(), tc.want) || strings.Contains(err.Error(), secret) {
				t.Errorf("got %v, want %q and nothing of the line", err, tc.want)
			}
		})
	}
}

// labelled has two faithful rows, one with an error that is not there, and two
// with errors.
func labelled() string {
	return line("good", faithful, `,"label":"faithful","reference":"`+faithful+`"`) +
		line("alarm", wrong, `,"label":[]`) +
		line("missed", faithful, `,"label":"unfaithful"`) +
		line("found", wrong, `,"label":["numbers"]`) +
		line("unlabelled", wrong, "")
}

func TestSummarize(t *testing.T) {
	t.Parallel()
	rows := read(t, labelled())
	results, err := Run(t.Context(), Config{Rows: rows, Mode: Verify, Results: filepath.Join(t.TempDir(), "results.jsonl"), Parallel: 3})
	if err != nil {
		t.Fatal(err)
	}
	s := Summarize(Verify, "", rows, results)
	type figures struct{ Fails, Precision, Recall, FalseAlarms [2]int }
	got := map[string]figures{}
	for _, c := range s.Checks {
		got[c.Check] = figures{
			[2]int{c.Fails.Hits, c.Fails.Of},
			[2]int{c.Precision.Hits, c.Precision.Of},
			[2]int{c.Recall.Hits, c.Recall.Of},
			[2]int{c.FalseAlarms.Hits, c.FalseAlarms.Of},
		}
	}
	for check, want := range map[string]figures{
		"any":     {[2]int{3, 5}, [2]int{1, 2}, [2]int{1, 2}, [2]int{1, 2}},
		"numbers": {[2]int{3, 5}, [2]int{1, 2}, [2]int{1, 2}, [2]int{1, 2}},
		// "found" is no error of names, and "missed" may be one.
		"names": {[2]int{0, 5}, [2]int{0, 0}, [2]int{0, 1}, [2]int{0, 3}},
	} {
		if diff := cmp.Diff(want, got[check]); diff != "" {
			t.Errorf("%s (-want +got):\n%s", check, diff)
		}
	}
	if s.Labelled != 4 || s.Statuses[StatusFlagged] != 3 {
		t.Errorf("labelled %d, statuses %v", s.Labelled, s.Statuses)
	}
	for _, m := range s.Measures {
		if m.Name == "chrF2" && (m.Mean.N != 1 || m.Mean.Value != 100) {
			t.Errorf("a text and itself: %+v", m.Mean)
		}
		if m.Name == "coverage" && m.Mean.Value != 70 { // two rows render both paragraphs, three the first alone
			t.Errorf("coverage: %+v", m.Mean)
		}
	}
}

// TestResume holds that a run goes on where one was interrupted, and does again
// what is of another row or setting.
func TestResume(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "results.jsonl")
	rows := read(t, line("a", faithful, "")+line("b", faithful, "")+line("c", faithful, ""))
	var calls atomic.Int32
	broken := errors.New("the endpoint is gone")
	cfg := Config{Rows: rows, Mode: Pipeline, Setting: "model one", Results: file, Do: func(_ context.Context, row *Row) (Result, error) {
		if calls.Add(1); row.ID == "b" && calls.Load() == 2 {
			return Result{}, broken
		}
		return Result{Status: StatusOK, Output: row.Output}, nil
	}}
	if _, err := Run(t.Context(), cfg); !errors.Is(err, broken) {
		t.Fatalf("got %v, want %v", err, broken)
	}
	// A crash cuts a line off.
	f, err := os.OpenFile(file, os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString(`{"id":"b","stat`); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	want := func(made int32) {
		t.Helper()
		calls.Store(10)
		var last int
		cfg.Progress = func(done int) { last = done }
		results, err := Run(t.Context(), cfg)
		if err != nil {
			t.Fatal(err)
		}
		if got := calls.Load() - 10; got != made || last != len(rows) || results[1].ID != "b" || results[2].ID != "c" {
			t.Errorf("%d rows were run, want %d; %d done; %+v", got, made, last, results)
		}
	}
	want(2)
	want(0)
	rows[2].Output.Summary = wrong
	want(1)
	cfg.Setting = "model two"
	want(3)
}

func TestInterrupted(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	_, err := Run(ctx, Config{
		Rows: read(t, line("a", faithful, "")+line("b", faithful, "")), Mode: Pipeline, Results: filepath.Join(t.TempDir(), "results.jsonl"),
		Do: func(ctx context.Context, _ *Row) (Result, error) {
			cancel()
			<-ctx.Done()
			return Result{}, context.Cause(ctx)
		},
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestCompare(t *testing.T) {
	t.Parallel()
	result := func(id, status, summary string, fails ...string) Result {
		r := Result{ID: id, Status: status, Output: &Output{Summary: summary}, OutputWords: len(strings.Fields(summary))}
		for _, check := range fails {
			r.Checks = append(r.Checks, verify.Check{Check: check, Verdict: verify.Fail})
		}
		return r
	}
	d := Compare(
		[]Result{result("same", StatusOK, "one"), result("mended", StatusFlagged, "one", "numbers"), result("gone", StatusOK, "one"), result("broken", StatusOK, "one")},
		[]Result{result("same", StatusOK, "one"), result("mended", StatusOK, "one two"), result("broken", StatusFlagged, "one two three", "names", "numbers"), result("new", StatusOK, "one")},
	)
	want := []Change{
		{ID: "broken", Before: StatusOK, After: StatusFlagged, Broken: []string{"numbers", "names"}, Text: true},
		{ID: "mended", Before: StatusFlagged, After: StatusOK, Mended: []string{"numbers"}, Text: true},
	}
	if diff := cmp.Diff(want, d.Changed); diff != "" {
		t.Errorf("changed (-want +got):\n%s", diff)
	}
	if d.Pairs != 3 || d.Gone != 1 || d.New != 1 {
		t.Errorf("%d pairs, %d gone, %d new", d.Pairs, d.Gone, d.New)
	}
	if diff := cmp.Diff([]CheckShift{{"any", 1, 1, 1}, {"numbers", 1, 1, 1}, {"names", 0, 1, 1}}, d.Checks); diff != "" {
		t.Errorf("checks (-want +got):\n%s", diff)
	}
	for _, m := range d.Measures {
		if m.Name == "length of the output" && (m.Before != 1 || m.After != 2 || m.Mean.Value != 1) {
			t.Errorf("lengths: %+v", m)
		}
	}
}

// TestSignTest has the figures of a coin: 5 of 5 heads is 2/32.
func TestSignTest(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		a, b int
		want float64
	}{{0, 5, 0.0625}, {5, 0, 0.0625}, {3, 3, 1}, {0, 0, 1}, {1, 9, 0.021484375}} {
		if got := signTest(tc.a, tc.b); got-tc.want > 1e-12 || tc.want-got > 1e-12 {
			t.Errorf("signTest(%d, %d) = %v, want %v", tc.a, tc.b, got, tc.want)
		}
	}
}

// TestPage holds that nothing of a data set becomes markup, that the page needs
// nothing else, and that each text has its direction.
func TestPage(t *testing.T) {
	t.Parallel()
	hostile := `<script>alert(1)</script><img src=x onerror=alert(2)>`
	rows := read(t, line("<b>id</b>", wrong+" "+hostile, `,"label":"faithful","reference":"`+hostile+`","title":"`+hostile+`"`)+line("clean", faithful, ""))
	cfg := Config{Rows: rows, Mode: Verify, Results: filepath.Join(t.TempDir(), "results.jsonl")}
	results, err := Run(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	before := []Result{{ID: "<b>id</b>", Status: StatusOK, Output: &Output{Summary: faithful}}}
	report := NewReport(cfg, results, before)
	var page, text strings.Builder
	if err := report.WriteHTML(&page, hostile); err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{"<script", "<img", "<b>id", "http://", "https://", "url("} {
		if strings.Contains(page.String(), bad) {
			t.Errorf("the page has %q", bad)
		}
	}
	for _, want := range []string{`dir="auto"`, "false alarm", "سد الوادي الأزرق", "Against the earlier run", "default-src &#39;none&#39;"} {
		if !strings.Contains(page.String(), want) && !strings.Contains(page.String(), strings.ReplaceAll(want, "&#39;", "'")) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if err := report.WriteText(&text); err != nil || !strings.Contains(text.String(), "ok to flagged") {
		t.Errorf("%v\n%s", err, text.String())
	}
	if data, err := json.Marshal(report); err != nil || !strings.Contains(string(data), `"precision"`) {
		t.Errorf("%v: %.300s", err, data)
	}
}

// TestClean runs only the cleaning.
func TestClean(t *testing.T) {
	t.Parallel()
	page := `<html><body><nav><a href='/'>Home</a></nav><article><p>The mayor reopened the old bridge on Sunday, and hundreds of people came to see it for themselves.</p><p>It had been closed for seven months after the flood, which had washed two of its pillars away.</p></article></body></html>`
	rows, err := Read(strings.NewReader(`{"id":"page","html":"`+page+`"}`+"\n"+`{"id":"none","article":"…"}`), Clean)
	if err != nil {
		t.Fatal(err)
	}
	results, err := Run(t.Context(), Config{Rows: rows, Mode: Clean, Results: filepath.Join(t.TempDir(), "results.jsonl")})
	if err != nil {
		t.Fatal(err)
	}
	if r := results[0]; r.Status != StatusOK || strings.Contains(r.Text, "Home") || !strings.Contains(r.Text, "pillars") {
		t.Errorf("the page: %+v", r)
	}
	if r := results[1]; r.Status != StatusSkipped || r.Detail == "" {
		t.Errorf("nothing: %+v", r)
	}
}
