package eval

import (
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/mujaz/mujaz/internal/verify/date"
	"github.com/mujaz/mujaz/internal/verify/fold"
	"github.com/mujaz/mujaz/internal/verify/numeral"
)

// understoodTarget is the share of Arabic numbers and dates to be read.
const understoodTarget = 0.97

// reading is how a row of reference data was read.
type reading uint8

const (
	unread     reading = iota
	understood         // the value is among the readings
	misread            // it is not, and another value is given as certain
)

// readings counts them.
type readings struct{ understood, misread, all int }

func (r *readings) add(v reading) {
	r.all++
	switch v {
	case understood:
		r.understood++
	case misread:
		r.misread++
	case unread:
	}
}

func (r *readings) rows(key, on string) Table {
	return Table{
		share(key, on, "understood", r.understood, r.all).atLeast(understoodTarget),
		share(key+".wrong", on, "wrong value given as certain", r.misread, r.all).atMost(0),
	}
}

const numbersSet = "ar_numbers_dates_names"

// languageRows are the rows on Arabic numbers and dates alone.
func languageRows(c corpora, _ Config) (Table, error) {
	var table Table
	for _, part := range []func(corpora) (Table, error){numberWordRows, dateRows, recognizerRows} {
		rows, err := part(c)
		if err != nil {
			return nil, err
		}
		table = append(table, rows...)
	}
	return table, nil
}

func numberWordRows(c corpora) (Table, error) {
	type row struct {
		Value float64 `json:"value"`
		Form  string  `json:"form"`
		Text  string  `json:"text"`
		From  string  `json:"source"`
	}
	rows, err := readSet[row](c, numbersSet, "number_words")
	if err != nil {
		return nil, err
	}
	var all readings
	for _, r := range rows {
		if strings.HasPrefix(r.From, "num2words") && r.Value != math.Trunc(r.Value) && r.Form != "currency" {
			continue // it writes 12.3 as "twelve, thirty", which no one does
		}
		want := math.Abs(r.Value) // a sign is a word of its own
		if r.Form == "currency" {
			want = math.Floor(want) // and so are the coins
		}
		all.add(readNumber(numeral.Evidence(nil, r.Text, numeral.LanguageArabic), want, 0, math.MaxInt))
	}
	return all.rows("ar.number-words", "Arabic number words"), nil
}

// readNumber looks for a value among what was read between two code points.
func readNumber(got []numeral.Quantity, want float64, start, end int) reading {
	found := unread
	for _, q := range got {
		if math.Abs(math.Abs(q.Value)-want) <= 1e-6*max(want, 1) {
			return understood
		}
		if !q.Weak && !q.Reading && q.Start < end && start < q.End {
			found = misread
		}
	}
	return found
}

func readDates(text string) []date.Date {
	var words fold.Words
	words.Add(0, text)
	words.Close()
	return date.Arabic(nil, &words, func(int) string { return text })
}

func dateRows(c corpora) (Table, error) {
	type row struct {
		ISO       string `json:"iso"`
		Gregorian string `json:"gregorian"`
		Calendar  string `json:"calendar"`
		Text      string `json:"text"`
	}
	rows, err := readSet[row](c, numbersSet, "date_strings")
	if err != nil {
		return nil, err
	}
	hijri, err := readSet[row](c, numbersSet, "hijri_dates")
	if err != nil {
		return nil, err
	}
	for i := range hijri {
		hijri[i].ISO, hijri[i].Calendar = hijri[i].Gregorian, "islamic"
	}
	var gregorian, islamic readings
	for _, r := range append(rows, hijri...) {
		want, err := time.Parse(time.DateOnly, r.ISO)
		if err != nil {
			continue // a reference that is no date tells nothing
		}
		if strings.HasPrefix(r.Calendar, "islamic") {
			islamic.add(readDay(readDates(r.Text), want))
		} else {
			gregorian.add(readDay(readDates(r.Text), want))
		}
	}
	return append(gregorian.rows("ar.dates", "Arabic dates"), islamic.rows("ar.hijri", "Hijri dates, within 2 days")...), nil
}

// readDay holds the one date of a text against a day.
func readDay(dates []date.Date, want time.Time) reading {
	if len(dates) != 1 || dates[0].Day == 0 || dates[0].Year == 0 {
		return unread
	}
	d := &dates[0]
	got, slack := time.Date(d.Year, time.Month(d.Value), d.Day, 0, 0, 0, 0, time.UTC), time.Duration(0)
	if g, ok := d.Gregorian(); ok {
		got, slack = g, 48*time.Hour
	}
	switch {
	case got.Sub(want).Abs() <= slack:
		return understood
	case d.Weak:
		return unread
	}
	return misread
}

func atoi(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return 0
	}
	return n
}
