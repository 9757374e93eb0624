package eval

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mujaz/mujaz/internal/verify"
)

// lines writes rows as a file of a set.
func lines(t *testing.T, root, name string, rows ...any) {
	t.Helper()
	var b strings.Builder
	for _, row := range rows {
		data, err := json.Marshal(row)
		if err != nil {
			t.Fatal(err)
		}
		b.Write(append(data, '\n'))
	}
	file := filepath.Join(root, name)
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
}

// harbour is an invented article with its faithful English.
var harbour = []sentence{
	{"قال المجلس يوم الثلاثاء إن ميناء لشبونة سيغلق خمسة أسابيع في مارس.", "The council said on Tuesday that the port of Lisbon would close for five weeks in March."},
	{"وبلغت الكلفة 12 مليون يورو.", "The cost was 12 million euros."},
	{"وبدأ 38 غواصا العمل منذ ذلك الحين.", "Since then 38 divers have begun to work."},
	{"ولم تذكر موعدا آخر لافتتاح الميناء من جديد.", "It named no other day on which the port would open again."},
}

// TestRun measures an invented corpus of one document and two summaries.
func TestRun(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	lines(t, root, "ntrex_parallel_news/ar.share.jsonl", document{ID: "x-1-ar", Lang: "ar", Title: "إغلاق الميناء", EnglishTitle: "The port closes", Sentences: harbour})
	lines(t, root, "ntrex_parallel_news/ar.other.jsonl", document{ID: "x-2-ar", Lang: "ar", Sentences: harbour})
	text := joined(harbour, source)
	lines(t, root, "frank_faithfulness/articles.share.jsonl", document{ID: "a", Text: joined(harbour, english)})
	lines(t, root, "frank_faithfulness/labelled_summaries.share.jsonl",
		map[string]any{"id": "a-1", "doc_id": "a", "summary": "The cost was 12 million euros.", "is_faithful": true},
		map[string]any{"id": "a-2", "doc_id": "a", "summary": "The cost was 77 million euros.", "is_faithful": false, "error_types": []string{"OutE"}})
	lines(t, root, "xlsum_ar_arahallu/articles.share.jsonl", document{ID: "b", Text: text})
	lines(t, root, "xlsum_ar_arahallu/labelled_summaries.share.jsonl",
		map[string]any{"id": "b-1", "doc_id": "b", "summary": "الكلفة 99 مليون يورو", "rating": "1 – bad", "labels": map[string]bool{"Fabrication": true}})
	table, err := Run(t.Context(), Config{Corpora: root})
	if err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string][2]int{
		"ntrex.ar.false":      {0, 1},
		"frank.precision":     {1, 1},
		"frank.recall":        {1, 1},
		"frank.digits.recall": {1, 1},
		"xlsum.recall":        {1, 1},
		"ntrex.other.false":   {0, 0},
	} {
		row := table.Row(key)
		if got := [2]int{row.Hits, row.Of}; got != want {
			t.Errorf("%s is %v, want %v", key, got, want)
		}
	}
	if r := table.Row("ntrex.ar.numbers"); r.Of == 0 || r.Hits == 0 {
		t.Errorf("numbers: %d of %d", r.Hits, r.Of)
	}
	if r := table.Row("speed.time"); r.Value <= 0 {
		t.Errorf("speed is %v", r.Value)
	}
	other, err := Run(t.Context(), Config{Corpora: root, Half: "*"})
	if err != nil {
		t.Fatal(err)
	}
	if got := other.Row("ntrex.ar.false").Of; got != 2 {
		t.Errorf("with half *, %d documents are read, want 2", got)
	}
}

func TestRunErrors(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, cfg := range map[string]Config{
		"no folder":     {},
		"absent folder": {Corpora: filepath.Join(dir, "absent")},
	} {
		if _, err := Run(t.Context(), cfg); err == nil {
			t.Errorf("%s: no error", name)
		} else if strings.Contains(err.Error(), dir) {
			t.Errorf("%s: the error tells the path: %v", name, err)
		}
	}
}

func TestCaught(t *testing.T) {
	t.Parallel()
	fail := func(check string, start, end int) verify.Check {
		return verify.Check{Check: check, Verdict: verify.Fail, OutputSpan: &verify.Span{Field: "summary", Start: start, End: end}}
	}
	report := func(checks ...verify.Check) verify.Report { return verify.Report{Checks: checks} }
	in := Injection{Kind: Numbers, Start: 10, End: 12, Old: "31", New: "38"}
	for _, tc := range []struct {
		name          string
		before, after verify.Report
		want, alarmed bool
	}{
		{"nothing", report(), report(), false, false},
		{"there", report(), report(fail(verify.CheckNumbers, 10, 12)), true, false},
		{"one more elsewhere", report(), report(fail(verify.CheckNumbers, 40, 42)), true, false},
		{"the same elsewhere", report(fail(verify.CheckNumbers, 40, 42)), report(fail(verify.CheckNumbers, 40, 42)), false, false},
		{"moved there", report(fail(verify.CheckNumbers, 40, 42)), report(fail(verify.CheckNumbers, 11, 13)), true, false},
		{"another check", report(), report(fail(verify.CheckNames, 10, 12)), false, false},
		{"cannot judge", report(), report(verify.Check{Check: verify.CheckNumbers, Verdict: verify.CannotJudge, OutputSpan: &verify.Span{Field: "summary", Start: 10, End: 12}}), false, false},
		{"alarmed before", report(fail(verify.CheckNumbers, 10, 12)), report(fail(verify.CheckNumbers, 10, 12)), true, true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if got := caught(tc.before, tc.after, in); got != tc.want {
				t.Errorf("caught is %t", got)
			}
			if got := alarmed(tc.before, in); got != tc.alarmed {
				t.Errorf("alarmed is %t", got)
			}
		})
	}
}

func TestFacts(t *testing.T) {
	t.Parallel()
	f := factsOf("Some 2.5 million, twenty-five, a dozen and 1,200 came on Friday, 3/10/2019; Sarah Whitcombe and Mr. Ashby in Sept.", "٣٫٥ و300 ألف")
	for _, v := range []float64{2.5, 2.5e6, 25, 12, 1200, 3.5, 300, 3e5} {
		if !f.values[v] {
			t.Errorf("%v is not stated", v)
		}
	}
	if !f.months[9] || !f.months[10] || !f.months[3] || f.months[4] || !f.weekdays[5] || f.weekdays[6] {
		t.Errorf("months %v, weekdays %v", f.months, f.weekdays)
	}
	if diff := cmp.Diff(map[string]bool{"Whitcombe": true, "Ashby": true}, f.surnames); diff != "" {
		t.Errorf("surnames (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(map[string]bool{"1200": true, "3.5": true, "7": true}, digitRunsOf("1,200 ٣٫٥ ۷")); diff != "" {
		t.Errorf("digits (-want +got):\n%s", diff)
	}
}
