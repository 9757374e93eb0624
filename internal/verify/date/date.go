package date

import (
	"bytes"
	"strconv"
	"strings"
	"time"

	"github.com/mujaz/mujaz/internal/verify/fold"
)

// Kind says what a Date names.
type Kind uint8

// The kinds.
const (
	None       Kind = iota
	Month           // of the Gregorian calendar
	HijriMonth      // of the Islamic calendar
	Weekday
	Relative // "yesterday"; Value is the number of days from today
	Span     // «قبل ثلاثة أيام»; the same, from today or from a day that the text tells of
)

// Date is a date, or a part of one, that a text names.
type Date struct {
	Kind  Kind
	Value int // the month from 1, the weekday from Sunday as 0, or days
	// Day and LastDay bound the days of the month, Year is the year; 0 means
	// that the text gives none in digits.
	Day, LastDay, Year int
	// Weak is set on a word that may well be no date.
	Weak bool
	// First and Last are the words.
	First, Last int
}

// Has reports whether d names that day of its month, or a range with it.
func (d *Date) Has(day int) bool { return d.Day <= day && day <= d.LastDay }

// Arabic appends the dates that Arabic texts name; texts are those that words
// was made from.
func Arabic(dst []Date, words *fold.Words, texts func(part int) string) []Date {
	l := arabicLexicon()
	for i := 0; i < len(words.List); i++ {
		x := &words.List[i]
		switch {
		case x.Script == fold.Digits:
			d, ok := numeric(words, texts(int(x.Part)), i)
			if !ok {
				d, ok = signed(words, texts(int(x.Part)), i)
			}
			if ok {
				dst = append(dst, d)
				if d.Weak && d.Day > 0 && d.Day <= 12 && d.Day != d.Value { // the month may come first
					other := d
					other.Value, other.Day, other.LastDay = d.Day, d.Value, d.Value
					dst = append(dst, other)
				}
				i = d.Last
			}
			continue
		case x.Script != fold.ArabicScript || x.Len < 2 || x.Len > 11:
			continue
		}
		e, n := l.find(words, i)
		if n == 0 {
			continue
		}
		d := Date{Kind: e.kind, Value: int(e.value), Weak: e.weak, First: i, Last: i + n - 1}
		if e.kind == Relative {
			d.further(words)
		}
		if e.kind == Span && !d.span(words) {
			continue
		}
		if e.kind == Month || e.kind == HijriMonth {
			d.around(words)
			if d.Day == 0 {
				d.inWords(words)
			}
			if e.weak && (d.Day > 0 || d.Year > 0) {
				d.Weak = false
			}
		}
		dst = append(dst, d)
		i = max(d.Last, i+n-1)
	}
	return dst
}

// find looks up word i, alone and with the next, without its clitics.
func (l *lexicon) find(words *fold.Words, i int) (entry, int) {
	x := &words.List[i]
	w := words.Of(x)
	if place, bit := endOf(w); l.ends[place]&(1<<bit) == 0 {
		return entry{}, 0
	}
	for range 3 {
		if e, ok := l.words[string(w)]; ok {
			return e, 1
		}
		if l.begins[string(w)] && i+1 < len(words.List) && words.List[i+1].Part == x.Part {
			next := &words.List[i+1]
			start := int(x.At) + int(x.Len) - len(w)
			if e, ok := l.words[string(words.Letters[start:int(next.At)+int(next.Len)])]; ok {
				return e, 2
			}
		}
		switch {
		case len(w) < 4:
			return entry{}, 0
		case w[0] == waw || w[0] == feh || w[0] == beh || w[0] == kaf || w[0] == lam && w[1] != lam:
			w = w[1:]
		default:
			return entry{}, 0
		}
	}
	return entry{}, 0
}

var waw, feh, beh, lam, kaf = fold.Letter('و'), fold.Letter('ف'), fold.Letter('ب'), fold.Letter('ل'), fold.Letter('ك')

// around reads the numbers beside a month: "15 March 2024", "March 15-17".
func (d *Date) around(words *fold.Words) {
	i := d.First - 1
	for i >= 0 && words.List[i].Script == fold.ArabicScript && words.List[i].Len <= 3 && d.First-i <= 2 { // «15 من مارس», «15 و17 مارس»
		i--
	}
	if i >= 0 && ordinalEnding(words, i) {
		i--
	}
	if i >= 0 && words.List[i].Script == fold.LatinScript && string(words.Of(&words.List[i])) == "of" {
		if i--; i > 0 && ordinalEnding(words, i) {
			i--
		}
	}
	part := words.List[d.First].Part
	if n, ok := number(words, i, part); ok && n >= 1 && n <= 31 {
		d.Day, d.LastDay = n, n
		if i--; i > 0 && words.List[i].Script == fold.ArabicScript && words.List[i].Len == 1 { // «5 و7»
			i--
		}
		if m, ok := number(words, i, part); ok && m >= 1 && m < n {
			d.Day = m
		}
	}
	j := d.Last + 1
	if n, ok := number(words, j, part); ok {
		switch {
		case n >= 1000 && n < 3000:
			d.Year = n
		case n >= 1 && n <= 31 && d.Day == 0:
			d.Day, d.LastDay = n, n
			if j++; j < len(words.List) && ordinalEnding(words, j) {
				j++
			}
			if m, ok := number(words, j, part); ok && m > n && m <= 31 {
				d.LastDay = m
				j++
			}
			if y, ok := number(words, j, part); ok && y >= 1000 && y < 3000 {
				d.Year = y
			}
		}
	}
}

// ordinalEnding reports the "th" of "15th".
func ordinalEnding(words *fold.Words, i int) bool {
	x := &words.List[i]
	if i == 0 || x.Script != fold.LatinScript || x.Len != 2 || words.List[i-1].Script != fold.Digits || words.List[i-1].End != x.Start {
		return false
	}
	switch string(words.Of(x)) {
	case "st", "nd", "rd", "th":
		return true
	}
	return false
}

// number reads word i when it is a number of up to four digits in that part.
func number(words *fold.Words, i int, part int32) (int, bool) {
	if i < 0 || i >= len(words.List) {
		return 0, false
	}
	x := &words.List[i]
	if x.Script != fold.Digits || x.Part != part || x.Len > 4 {
		return 0, false
	}
	n, err := strconv.Atoi(string(words.Of(x)))
	return n, err == nil
}

// numeric reads a date in digits, "15/3/2024" or "2024-03-15". Its month is the
// middle number, and where that cannot be, the first.
func numeric(words *fold.Words, text string, i int) (Date, bool) {
	part := words.List[i].Part
	a, ok1 := number(words, i, part)
	b, ok2 := number(words, i+1, part)
	c, ok3 := number(words, i+2, part)
	if !ok1 || !ok2 || !joined(text, words, i) {
		return Date{}, false
	}
	if !ok3 || !joined(text, words, i+1) {
		return dayAndMonth(words, text, i, a, b)
	}
	if a > 31 { // year first
		a, c = c, a
	}
	d := Date{Kind: Month, Value: b, Day: a, LastDay: a, Year: c, First: i, Last: i + 2}
	if b > 12 {
		d.Value, d.Day, d.LastDay = a, b, b
	}
	if c < 100 {
		d.Year = 0 // of which century is a guess
	}
	if c >= 1300 && c < 1500 {
		d.Kind = HijriMonth
	}
	return d, d.Value >= 1 && d.Value <= 12 && d.Day >= 1 && d.Day <= 31
}

// dayAndMonth reads "22/4". It may be a fraction as well, and so contradicts no
// date.
func dayAndMonth(words *fold.Words, text string, i, a, b int) (Date, bool) {
	if d, ok := yearAndMonth(i, a, b); ok {
		return d, true
	}
	if text[words.List[i].End] != '/' {
		return Date{}, false
	}
	if b > 12 {
		a, b = b, a
	}
	d := Date{Kind: Month, Value: b, Day: a, LastDay: a, Weak: true, First: i, Last: i + 1}
	if y, ok := number(words, i+2, words.List[i].Part); ok && y >= 1900 && y < 2100 && text[words.List[i+1].End:words.List[i+2].Start] == ", " {
		d.Year, d.Last = y, i+2
		d.Weak = a <= 12 && a != b // which of the two is the month is a guess
	}
	return d, b >= 1 && b <= 12 && a >= 1 && a <= 31
}

// signed reads "22-4" and "4.22" of a source, where only one of the two can be the
// month. It is a score or a measure more often, and so contradicts no date.
func signed(words *fold.Words, text string, i int) (Date, bool) {
	part := words.List[i].Part
	a, ok1 := number(words, i, part)
	b, ok2 := number(words, i+1, part)
	day, month := max(a, b), min(a, b)
	ok := ok1 && ok2 && joined(text, words, i) && day > 12 && day <= 31 && month >= 1 && month <= 12
	return Date{Kind: Month, Value: month, Day: day, LastDay: day, Weak: true, First: i, Last: i + 1}, ok
}

// yearAndMonth reads "2015/3" and "3-2015". "2015-3" may as well be a range of
// numbers, and so none of them contradicts a date.
func yearAndMonth(i, a, b int) (Date, bool) {
	if a < 32 {
		a, b = b, a
	}
	ok := a >= 1900 && a < 2100 && b >= 1 && b <= 12
	return Date{Kind: Month, Value: b, Year: a, Weak: true, First: i, Last: i + 1}, ok
}

// joined reports whether words i and i+1 are set apart by one date sign.
func joined(text string, words *fold.Words, i int) bool {
	gap := text[words.List[i].End:words.List[i+1].Start]
	return gap == "/" || gap == "-" || gap == "."
}

// Gregorian gives the day that a Hijri date falls on, within two days, and
// whether it names one.
func (d *Date) Gregorian() (time.Time, bool) {
	if d.Kind != HijriMonth || d.Day == 0 || d.Year < 1300 || d.Year > 1500 {
		return time.Time{}, false
	}
	return FromHijri(d.Year, d.Value, d.Day), true
}

// FromHijri converts a date of the tabular Islamic calendar (civil epoch, 16
// July 622 of the Julian calendar; leap years by the common thirty-year cycle).
// The Umm al-Qura calendar and sightings of the moon differ by up to two days.
func FromHijri(year, month, day int) time.Time {
	days := day + (59*(month-1)+1)/2 + (year-1)*354 + (3+11*year)/30
	// The epoch is 19 July 622 in the Gregorian calendar.
	return time.Date(622, time.July, 19, 0, 0, 0, 0, time.UTC).AddDate(0, 0, days-1)
}

// Within reports whether a name of the claim's month or weekday stands anywhere
// in the folded letters of an Arabic text, be it run together with other words.
func Within(letters []byte, claim *Date) bool {
	for name := range strings.FieldsSeq(namesOf(claim)) {
		first, second, two := strings.Cut(name, "_")
		key := fold.Text(first)
		if two {
			key += " " + fold.Text(second)
		}
		if bytes.Contains(letters, []byte(key)) {
			return true
		}
	}
	return false
}

func namesOf(claim *Date) string {
	switch {
	case claim.Kind == Weekday && claim.Value >= 0 && claim.Value < 7:
		return arabicWeekdays[claim.Value]
	case claim.Kind == Month && claim.Value >= 1 && claim.Value <= 12:
		return arabicMonths[claim.Value-1]
	}
	return ""
}
