package date

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/mujaz/mujaz/internal/verify/fold"
)

// readCorpus gives the rows of a data set of dates, or skips the test.
func readCorpus[T any](t *testing.T, file string) []T {
	t.Helper()
	root := os.Getenv("MUJAZ_CORPORA")
	if root == "" {
		t.Skip("MUJAZ_CORPORA is not set: the measurements need the corpora, which are not part of the repository")
	}
	data, err := os.ReadFile(filepath.Join(root, "ar_numbers_dates_names", file))
	if err != nil {
		t.Fatal(err)
	}
	var rows []T
	for line := range strings.Lines(string(data)) {
		var row T
		if err := json.Unmarshal([]byte(line), &row); err != nil {
			t.Fatal(err)
		}
		rows = append(rows, row)
	}
	return rows
}

func readArabic(text string) []Date {
	var words fold.Words
	words.Add(0, text)
	words.Close()
	return Arabic(nil, &words, func(int) string { return text })
}

func TestCorpusDateStrings(t *testing.T) {
	type row struct {
		ISO  string `json:"iso"`
		Text string `json:"text"`
	}
	type hijriRow struct {
		Gregorian string `json:"gregorian"`
		Text      string `json:"text"`
	}
	rows := readCorpus[row](t, "date_strings.share.jsonl")
	for _, h := range readCorpus[hijriRow](t, "hijri_dates.share.jsonl") {
		rows = append(rows, row{h.Gregorian, h.Text})
	}
	understood, wrong := 0, 0
	for _, r := range rows {
		want, err := time.Parse(time.DateOnly, r.ISO)
		if err != nil {
			t.Fatal(err)
		}
		dates := readArabic(r.Text)
		if len(dates) != 1 || dates[0].Day == 0 || dates[0].Year == 0 {
			t.Logf("not understood: %s %+v", r.Text, dates)
			continue
		}
		d := &dates[0]
		got := time.Date(d.Year, time.Month(d.Value), d.Day, 0, 0, 0, 0, time.UTC)
		slack := time.Duration(0)
		if g, ok := d.Gregorian(); ok {
			got, slack = g, 48*time.Hour
		}
		if diff := got.Sub(want).Abs(); diff > slack {
			wrong++
			t.Logf("wrong: %s is %s, not %s", r.Text, want.Format(time.DateOnly), got.Format(time.DateOnly))
			continue
		}
		understood++
	}
	t.Logf("understood %d of %d, wrong %d", understood, len(rows), wrong)
	if share := float64(understood) / float64(len(rows)); share < 0.97 || wrong > 0 {
		t.Errorf("understood %.3f, wrong %d; the floors are 0.97 and none", share, wrong)
	}
}

func TestCorpusMonthNames(t *testing.T) {
	type row struct {
		Locale string `json:"locale"`
		Month  int    `json:"month"`
		Name   string `json:"name"`
	}
	for _, set := range []struct {
		file string
		kind Kind
	}{{"cldr_months.jsonl", Month}, {"cldr_hijri_months.jsonl", HijriMonth}} {
		for _, r := range readCorpus[row](t, set.file) {
			dates := readArabic("في " + r.Name + " الماضي")
			if len(dates) != 1 || dates[0].Kind != set.kind || dates[0].Value != r.Month {
				t.Errorf("%s %s: got %+v, want month %d", r.Locale, r.Name, dates, r.Month)
			}
		}
	}
}

// TestCorpusDateSpecs measures the dates of sentences that name one day: by its
// month, weekday or distance from today.
func TestCorpusDateSpecs(t *testing.T) {
	type row struct {
		Spec        string `json:"spec"`
		Text        string `json:"text"`
		Reference   string `json:"reference_datetime"`
		Unsupported bool   `json:"unsupported_by_reference_impl"`
		Expected    []struct {
			Value struct {
				Timex            string
				FutureResolution struct {
					Date string `json:"date"`
				}
				PastResolution struct {
					Date string `json:"date"`
				}
			}
		} `json:"expected"`
	}
	understood, wrong, all := 0, 0, 0
	for _, r := range readCorpus[row](t, "recognizers_text_specs.share.jsonl") {
		if r.Unsupported || r.Spec != "DateTime/Arabic/DateParser" || len(r.Expected) != 1 || len(r.Reference) < 10 {
			continue
		}
		today, err := time.Parse(time.DateOnly, r.Reference[:10])
		if err != nil {
			t.Fatal(err)
		}
		e := r.Expected[0].Value
		all++
		fits, sure := false, false
		for _, d := range readArabic(r.Text) {
			for _, s := range []string{e.FutureResolution.Date, e.PastResolution.Date} {
				want, err := time.Parse(time.DateOnly, s)
				if err != nil {
					continue
				}
				switch d.Kind {
				case Month:
					day, month := want.Day(), int(want.Month())
					if day <= 12 && d.Day == month && d.Value == day { // 3/4 read the other way
						day, month = month, day
					}
					fits = fits || month == d.Value && (d.Day == 0 || d.Has(day)) && (d.Year == 0 || d.Year == want.Year())
				case Weekday:
					fits = fits || int(want.Weekday()) == d.Value
				case Relative, Span:
					fits = fits || today.AddDate(0, 0, d.Value).Equal(want)
				default:
				}
			}
			sure = sure || !d.Weak
		}
		switch {
		case fits:
			understood++
		case sure:
			wrong++
			t.Logf("wrong: %s, want %s: %+v", r.Text, e.PastResolution.Date, readArabic(r.Text))
		default:
			t.Logf("not understood: %s, want %s", r.Text, e.Timex)
		}
	}
	t.Logf("understood %d of %d, wrong %d", understood, all, wrong)
	if understood < 29 || wrong > 1 {
		t.Errorf("understood %d, wrong %d; the floors are 29 and 1", understood, wrong)
	}
}
