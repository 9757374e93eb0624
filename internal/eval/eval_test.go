package eval

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
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
	// The first sentence of this one is false, and no window but those with it.
	amiss := append([]sentence{{harbour[1].Source, "The cost was 77 million euros."}}, append(harbour, harbour...)...)
	lines(t, root, "ntrex_parallel_news/ar.other.jsonl", document{ID: "x-2-ar", Lang: "ar", Sentences: amiss})
	lines(t, root, "ntrex_parallel_news/en.share.jsonl", document{ID: "x-1-en", Lang: "en", Title: "The port closes", Text: lineOf(harbour, english)})
	lines(t, root, "ntrex_parallel_news/other_langs.share.jsonl",
		document{ID: "x-1-fr", Lang: "fr", EnglishID: "x-1-en", Text: "Le port fermera cinq semaines en mars.\nCoût: 12 millions.\nDepuis, 38 plongeurs travaillent.\nRien de plus."},
		document{ID: "x-9-fr", Lang: "fr", EnglishID: "x-9-en", Text: "Sans original."})
	text := joined(harbour, source)
	lines(t, root, "frank_faithfulness/articles.share.jsonl", document{ID: "a", Text: joined(harbour, english)})
	lines(t, root, "frank_faithfulness/labelled_summaries.share.jsonl",
		map[string]any{"id": "a-1", "doc_id": "a", "summary": "The cost was 12 million euros.", "is_faithful": true},
		map[string]any{"id": "a-2", "doc_id": "a", "summary": "The cost was 77 million euros.", "is_faithful": false, "error_types": []string{"OutE"}})
	lines(t, root, "xlsum_ar_arahallu/articles.share.jsonl", document{ID: "b", Text: text})
	lines(t, root, "xlsum_ar_arahallu/labelled_summaries.share.jsonl",
		map[string]any{"id": "b-1", "doc_id": "b", "summary": "الكلفة 99 مليون يورو", "rating": "1 – bad", "labels": map[string]bool{"Fabrication": true}})
	numbersAndPages(t, root)
	table, err := Run(t.Context(), Config{Corpora: root})
	if err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string][2]int{
		"ntrex.ar.false":             {0, 1},
		"frank.precision":            {1, 1},
		"frank.recall":               {1, 1},
		"frank.digits.recall":        {1, 1},
		"xlsum.recall":               {1, 1},
		"ntrex.other.false":          {0, 1},
		"ar.number-words":            {2, 3},
		"ar.number-words.wrong":      {1, 3},
		"ar.dates":                   {1, 2},
		"ar.dates.wrong":             {1, 2},
		"ar.hijri":                   {1, 1},
		"ar.recognizers.numbers":     {2, 2},
		"ar.recognizers.dates":       {1, 2},
		"ar.recognizers.dates.wrong": {1, 2},
		"ar.recognizers.relative":    {0, 0},
		"summedits.news.precision":   {0, 0},
		"pages.must":                 {1, 2},
		"pages.mustnot":              {0, 1},
	} {
		row := table.Row(key)
		if got := [2]int{row.Hits, row.Of}; got != want {
			t.Errorf("%s is %v, want %v", key, got, want)
		}
	}
	if r := table.Row("ntrex.ar.numbers"); r.Of == 0 || r.Hits == 0 {
		t.Errorf("numbers: %d of %d", r.Hits, r.Of)
	}
	if r := table.Row("pages.f1"); r.Of != 1 || r.Value < 0.9 {
		t.Errorf("pages: F1 %v of %d", r.Value, r.Of)
	}
	if r := table.Row("speed.time"); r.Value <= 0 {
		t.Errorf("speed is %v", r.Value)
	}
	other, err := Run(t.Context(), Config{Corpora: root, Half: "*"})
	if err != nil {
		t.Fatal(err)
	}
	if got := other.Row("ntrex.ar.false"); got.Of != 2 || got.Hits != 1 {
		t.Errorf("with half *, %d of %d documents are alarmed, want 1 of 2", got.Hits, got.Of)
	}
}

func lineOf(sentences []sentence, side func(*sentence) string) string {
	var parts []string
	for i := range sentences {
		parts = append(parts, side(&sentences[i]))
	}
	return strings.Join(parts, "\n")
}

// numbersAndPages writes invented rows of the sets that have no summaries.
func numbersAndPages(t *testing.T, root string) {
	t.Helper()
	type row map[string]any
	const set = "ar_numbers_dates_names/"
	lines(t, root, set+"number_words.share.jsonl",
		row{"value": 25, "form": "cardinal", "text": "خمسة وعشرون"},
		row{"value": 7.5, "form": "currency", "text": "سبعة دنانير"},
		row{"value": 9, "form": "cardinal", "text": "ثمانية"},
		row{"value": 12.3, "form": "cardinal", "text": "اثنا عشر", "source": "num2words tests"})
	lines(t, root, set+"date_strings.share.jsonl",
		row{"iso": "2019-03-14", "calendar": "gregory", "text": "14 مارس 2019"},
		row{"iso": "2019-04-14", "calendar": "gregory", "text": "14 مارس 2019"},
		row{"iso": "not a date", "calendar": "gregory", "text": "14 مارس 2019"})
	lines(t, root, set+"hijri_dates.share.jsonl", row{"gregorian": "2023-03-23", "text": "1 رمضان 1444 هـ"})
	value := func(timex string) []row { return []row{{"Value": row{"Timex": timex}, "Start": 0, "Length": 9}} }
	lines(t, root, set+"recognizers_text_specs.share.jsonl",
		row{"spec": "Number/Arabic/NumberRangeModel", "text": "بين 20 و30", "expected": []row{{"Resolution": row{"value": "[20,30)"}, "End": 9}}},
		row{"spec": "Number/Arabic/NumberModel", "text": "2^5", "expected": []row{{"Resolution": row{"value": "32", "subtype": "power"}}}},
		row{"spec": "Number/Arabic/NumberModel", "text": "5", "unsupported_by_reference_impl": true, "expected": []row{{"Resolution": row{"value": "6"}}}},
		row{"spec": "DateTime/Arabic/DateParser", "text": "يعود في 12 يناير", "reference_datetime": "2016-11-07T00:00:00", "expected": value("XXXX-01-12")},
		row{"spec": "DateTime/Arabic/DatePeriodParser", "text": "يعود في أكتوبر", "reference_datetime": "2016-11-07T00:00:00", "expected": value("2017-04")},
		row{"spec": "DateTime/Arabic/DateParser", "text": "يعود في العيد", "expected": value("XXXX-W03")})
	lines(t, root, "html_pages/share/index.jsonl",
		row{"id": "p-1", "file": "pages/p-1.html.gz", "gold_kind": "full", "gold_text": lineOf(harbour, english), "must_contain": []string{"12 million euros", "of which nothing is there"}, "must_not_contain": []string{"Subscribe to our letter"}})
	file := filepath.Join(root, "html_pages/share/pages/p-1.html.gz")
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	_, err := z.Write([]byte("<html><body><nav>Subscribe to our letter</nav><article><p>" + strings.ReplaceAll(lineOf(harbour, english), "\n", "</p><p>") + "</p></article></body></html>"))
	if err = errors.Join(err, z.Close(), os.WriteFile(file, zipped.Bytes(), 0o600)); err != nil {
		t.Fatal(err)
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
