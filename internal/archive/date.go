package archive

import (
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/itlightning/dateparse"
)

// maxDate bounds what is taken for a date, in bytes.
const maxDate = 64

// parseDate reads a date in the shapes that archives have: RFC 3339, RFC 1123, SQL, Unix
// seconds, milliseconds, micro- and nanoseconds, and whatever else dateparse knows. A date
// without a zone is in UTC. One that can be read in two ways (03/04/2025) is an error:
// a wrong date would make right summaries look wrong.
func parseDate(s string) (time.Time, error) {
	s = strings.Map(asciiDigit, strings.TrimSpace(s))
	if len(s) > maxDate {
		return time.Time{}, errDate
	}
	for _, layout := range []string{time.RFC3339, time.DateTime, time.DateOnly, time.RFC1123Z, time.RFC1123, "2006-01-02T15:04:05"} {
		if t, err := time.Parse(layout, s); err == nil {
			return inRange(t)
		}
	}
	if n, err := strconv.ParseFloat(s, 64); err == nil {
		return unixDate(n)
	}
	if t, err := dateparse.ParseStrict(s, dateparse.SimpleErrorMessages(true)); err == nil {
		return inRange(t)
	}
	// Of 25/03/2026 only one reading is a date.
	monthFirst, err := dateparse.ParseAny(s, dateparse.SimpleErrorMessages(true), dateparse.PreferMonthFirst(true))
	dayFirst, dayErr := dateparse.ParseAny(s, dateparse.SimpleErrorMessages(true), dateparse.PreferMonthFirst(false))
	switch {
	case err != nil && dayErr == nil:
		return inRange(dayFirst)
	case err == nil && (dayErr != nil || dayFirst.Equal(monthFirst)):
		return inRange(monthFirst)
	}
	return time.Time{}, errDate
}

func inRange(t time.Time) (time.Time, error) {
	if !inYears(t) {
		return time.Time{}, errDate
	}
	return t, nil
}

// unixDate takes a number for seconds, or for the smaller unit in which it is a date from
// 1973 on. Fewer digits are a year or a day written as a number (20250301).
func unixDate(n float64) (time.Time, error) {
	switch {
	case n >= 1e8 && n < 1e10:
		return inRange(time.UnixMilli(int64(math.Round(n * 1e3))).UTC())
	case n >= 1e11 && n < 1e13:
		return inRange(time.UnixMilli(int64(n)).UTC())
	case n >= 1e14 && n < 1e16:
		return inRange(time.UnixMicro(int64(n)).UTC())
	case n >= 1e17 && n < 1e19:
		return inRange(time.Unix(0, int64(min(n, math.MaxInt64/2*1.99))).UTC())
	case n >= 18000101 && n <= 22001231 && n == math.Trunc(n):
		if t, err := time.Parse("20060102", strconv.Itoa(int(n))); err == nil {
			return inRange(t)
		}
	}
	return time.Time{}, errDate
}

// asciiDigit makes one kind of the digits that Arabic and Persian text has.
func asciiDigit(r rune) rune {
	switch {
	case r >= '٠' && r <= '٩':
		return r - '٠' + '0'
	case r >= '۰' && r <= '۹':
		return r - '۰' + '0'
	}
	return r
}
