package eval

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/mujaz/mujaz/internal/verify/date"
	"github.com/mujaz/mujaz/internal/verify/numeral"
)

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
	for i := range rows {
		r := &rows[i]
		switch {
		case r.Unsupported:
		case strings.HasPrefix(r.Spec, "Number/"):
			r.addNumbers(&numbers, numeral.Evidence(nil, r.Text, numeral.LanguageArabic))
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
	case date.Span: // from today, or from a day that the text tells of
		t := reference.AddDate(0, 0, d.Value)
		return either(int(t.Month()) == month && t.Day() == day, false)
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
