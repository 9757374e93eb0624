package eval

import (
	"math"
	"regexp"
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
	var reader numeral.Reader
	for _, r := range rows {
		if strings.HasPrefix(r.From, "num2words") && r.Value != math.Trunc(r.Value) && r.Form != "currency" {
			continue // it writes 12.3 as "twelve, thirty", which no one does
		}
		want := math.Abs(r.Value) // a sign is a word of its own
		if r.Form == "currency" {
			want = math.Floor(want) // and so are the coins
		}
		all.add(readNumber(reader.Evidence(nil, r.Text, numeral.LanguageArabic), want, 0, math.MaxInt))
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

// recognized is a row of the specifications of Recognizers-Text.
type recognized struct {
	Spec        string `json:"spec"`
	Text        string `json:"text"`
	Reference   string `json:"reference_datetime"`
	Unsupported bool   `json:"unsupported_by_reference_impl"`
	Expected    []struct {
		Resolution any `json:"Resolution"` //nolint:tagliatelle // theirs
		Value      any `json:"Value"`      //nolint:tagliatelle // theirs
		Start      int `json:"Start"`      //nolint:tagliatelle // theirs
		End        int `json:"End"`        //nolint:tagliatelle // theirs, inclusive
		Length     int `json:"Length"`     //nolint:tagliatelle // theirs, in place of End
	} `json:"expected"`
}

func recognizerRows(c corpora) (Table, error) {
	rows, err := readSet[recognized](c, numbersSet, "recognizers_text_specs")
	if err != nil {
		return nil, err
	}
	var numbers, dates, relative readings
	var reader numeral.Reader
	for i := range rows {
		r := &rows[i]
		switch {
		case r.Unsupported:
		case strings.HasPrefix(r.Spec, "Number/"):
			r.addNumbers(&numbers, reader.Evidence(nil, r.Text, numeral.LanguageArabic))
		case strings.HasSuffix(r.Spec, "/DateParser") || strings.HasSuffix(r.Spec, "/DatePeriodParser"):
			r.addDates(&dates, &relative)
		}
	}
	table := numbers.rows("ar.recognizers.numbers", "Recognizers-Text, numbers in sentences")
	table = append(table, dates.rows("ar.recognizers.dates", "Recognizers-Text, dates in sentences")...)
	const on = "Recognizers-Text, “in two days”, “last month”"
	return append(table, share("ar.recognizers.relative", on, "understood", relative.understood, relative.all)), nil
}

// addNumbers counts each expected number once: those of a range have two.
func (r *recognized) addNumbers(all *readings, got []numeral.Quantity) {
	for _, e := range r.Expected {
		resolution, _ := e.Resolution.(map[string]any)
		value, _ := resolution["value"].(string)
		if resolution["subtype"] == "power" { // "1.1^23" is for calculators
			continue
		}
		for part := range strings.SplitSeq(strings.Trim(value, "[]()%"), ",") {
			want, err := strconv.ParseFloat(part, 64)
			if err != nil { // an open end, "end-1"
				continue
			}
			all.add(readNumber(got, math.Abs(want), e.Start, e.End+1))
		}
	}
}

var (
	timexDay     = regexp.MustCompile(`^(XXXX|\d{4})-(\d{2})-(\d{2})$`)
	timexMonth   = regexp.MustCompile(`^(XXXX|\d{4})-(\d{2})$`)
	timexWeekday = regexp.MustCompile(`^XXXX-WXX-([1-7])$`)
)

// arabicMonth tells a date of the calendar from a relative one, which the
// reference resolves to a day as well.
var arabicMonth = regexp.MustCompile(`يناير|فبراير|مارس|[أاإآ]بريل|مايو|يوني[وه]|يولي[وه]|[أاإ]غسطس|سبتمبر|[أا]كتوبر|نوفمبر|ديسمبر|كانون|شباط|[آا]ذار|نيسان|[أا]يار|حزيران|تموز|\bآب|[أا]يلول|تشرين|` +
	`\d[/.-]\d|[٠-٩][/.-][٠-٩]`)

// addDates counts the expected dates that name a day, a month or a weekday;
// weeks, seasons and holidays are no dates that the checks compare.
func (r *recognized) addDates(calendar, relative *readings) {
	got := readDates(r.Text)
	reference, _ := time.Parse("2006-01-02T15:04:05", r.Reference)
	for _, e := range r.Expected {
		value, _ := e.Value.(map[string]any)
		timex, _ := value["Timex"].(string)
		var compare func(*date.Date) reading
		if m := timexDay.FindStringSubmatch(timex); m != nil {
			compare = func(d *date.Date) reading { return compareDay(d, m, reference) }
		} else if m := timexMonth.FindStringSubmatch(timex); m != nil {
			compare = func(d *date.Date) reading { return compareMonth(d, m) }
		} else if m := timexWeekday.FindStringSubmatch(timex); m != nil {
			compare = func(d *date.Date) reading {
				return either(d.Kind == date.Weekday && d.Value == atoi(m[1])%7, d.Kind == date.Weekday)
			}
		} else {
			continue
		}
		found := unread
		for i := range got {
			v := compare(&got[i])
			if v == understood || v == misread && !got[i].Weak && found == unread {
				found = v
			}
			if found == understood {
				break
			}
		}
		if arabicMonth.MatchString(r.Text) || strings.Contains(timex, "WXX") {
			calendar.add(found)
		} else {
			relative.add(found)
		}
	}
}

// either is understood for what is the same, and misread for what contradicts.
func either(same, contradicts bool) reading {
	switch {
	case same:
		return understood
	case contradicts:
		return misread
	}
	return unread
}

// compareDay holds a date against the year, month and day of a TIMEX. One that
// only says less is not understood, but not wrong.
func compareDay(d *date.Date, timex []string, reference time.Time) reading {
	month, day := atoi(timex[2]), atoi(timex[3])
	switch d.Kind {
	case date.Month:
		same := d.Value == month && yearFits(d, timex[1])
		return either(same && d.Has(day), !same || d.Day > 0)
	case date.Relative:
		t := reference.AddDate(0, 0, d.Value)
		return either(int(t.Month()) == month && t.Day() == day, true)
	case date.Weekday: // "on Friday", resolved to a day
		t := time.Date(atoi(timex[1]), time.Month(month), day, 0, 0, 0, 0, time.UTC)
		return either(int(t.Weekday()) == d.Value, timex[1] != "XXXX")
	case date.None, date.HijriMonth:
	}
	return unread
}

func compareMonth(d *date.Date, timex []string) reading {
	same := d.Value == atoi(timex[2]) && yearFits(d, timex[1])
	return either(d.Kind == date.Month && same, d.Kind == date.Month)
}

func yearFits(d *date.Date, year string) bool {
	return d.Year == 0 || year == "XXXX" || d.Year == atoi(year)
}

func atoi(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return 0
	}
	return n
}
