package verify

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/mujaz/mujaz/internal/verify/date"
	"github.com/mujaz/mujaz/internal/verify/numeral"
)

// This file holds one month or weekday against all that the source names; where
// in the source it stands is asked in dates.go.

// judgeMonth looks for the month of the claim, and then for its day and year.
// against is the date of the source that contradicts it.
func (p *Prepared) judgeMonth(claim *date.Date, evidence []date.Date) (against *date.Date, ok, unsure bool) {
	var other, sameMonth *date.Date // another month, this month with another day
	var loose, day *date.Date       // this month without a day, another with this day
	fits := false
	for i := range evidence {
		e := &evidence[i]
		switch e.Kind {
		case date.Month:
			switch {
			case e.Value == claim.Value:
				if agrees(claim, e) {
					if claim.Day == 0 || e.Day > 0 {
						return nil, true, false
					}
					loose = e
					continue
				}
				sameMonth = e
			case e.Day == claim.Value && e.Value == claim.Day && e.Day <= 12: // 3/4 read the other way
				return nil, true, false
			default:
				if claim.Day > 0 && !e.Weak && e.Day == claim.Day {
					day = e
				}
				if !e.Weak && other == nil {
					other = e
				}
			}
		case date.Relative, date.Span:
			t := p.publishedAt.AddDate(0, 0, e.Value)
			fits = fits || !p.publishedAt.IsZero() && int(t.Month()) == claim.Value && (claim.Day == 0 || claim.Has(t.Day()))
		case date.HijriMonth:
			day, known := e.Gregorian()
			if !known {
				unsure = unsure || !e.Weak
				continue
			}
			for shift := -2; shift <= 2; shift++ {
				g := day.AddDate(0, 0, shift)
				fits = fits || int(g.Month()) == claim.Value && (claim.Day == 0 || claim.Has(g.Day()))
			}
		}
	}
	switch {
	case fits || p.published(claim):
		return nil, true, false
	case loose != nil && day != nil: // "1 August", and «1 أكتوبر» beside an «أغسطس» without a day
		return day, false, unsure
	case loose != nil:
		return nil, true, false
	case sameMonth != nil:
		return sameMonth, false, false
	}
	return other, false, unsure
}

// agrees reports whether the day and the year of the claim can be those of a
// date of the source.
func agrees(claim, e *date.Date) bool {
	if claim.Day > 0 && e.Day > 0 && !e.Has(claim.Day) && !e.Has(claim.LastDay) {
		return false
	}
	return claim.Year == 0 || e.Year == 0 || claim.Year == e.Year
}

// nearPublication is how far the day of a claim may be from that of the
// publication for an article that says "last week", or a desk that adds a date.
const nearPublication = 40 * 24 * time.Hour

// published reports whether the claim is a date that the day of publication
// explains.
func (p *Prepared) published(claim *date.Date) bool {
	if p.publishedAt.IsZero() {
		return false
	}
	if claim.Day > 0 {
		for d := -daysAround; d <= daysAround; d++ {
			if t := p.publishedAt.AddDate(0, 0, d); int(t.Month()) == claim.Value && t.Day() == claim.Day {
				return true
			}
		}
		return false
	}
	return int(p.publishedAt.Month()) == claim.Value ||
		int(p.publishedAt.Add(-nearPublication).Month()) == claim.Value && p.publishedAt.Day() < 10
}

// judgeWeekday looks for the weekday of the claim.
func (j *dateJudge) judgeWeekday(f *field, claim *date.Date) (against *date.Date, ok, unsure bool) {
	p := j.p
	for i := range j.evidence {
		e := &j.evidence[i]
		switch e.Kind {
		case date.Weekday:
			if e.Value == claim.Value {
				return nil, true, false
			}
			if !e.Weak && against == nil {
				against = e
			}
		case date.Relative:
			if !p.publishedAt.IsZero() && int(p.publishedAt.AddDate(0, 0, e.Value).Weekday()) == claim.Value {
				return nil, true, false
			}
			unsure = unsure || p.publishedAt.IsZero() && e.Value != 0 && !j.repeats(e)
		case date.Span:
			if !p.publishedAt.IsZero() && int(p.publishedAt.AddDate(0, 0, e.Value).Weekday()) == claim.Value {
				return nil, true, false
			}
		case date.Month:
			if p.known == numeral.DigitsOnly && e.Day > 0 && e.Year == 0 && p.publishedAt.IsZero() && !e.Weak && !j.says(0, len(f.words.List), e) {
				unsure = true // its year, and so its weekday, is not known
			}
			if e.Day > 0 && p.recent(f, e.Year) && int(time.Date(e.Year, time.Month(e.Value), e.Day, 0, 0, 0, 0, time.UTC).Weekday()) == claim.Value {
				return nil, true, false
			}
		}
	}
	if !p.publishedAt.IsZero() {
		for d := -1; d <= 0; d++ { // a desk adds the day of an event
			if int(p.publishedAt.AddDate(0, 0, d).Weekday()) == claim.Value {
				return nil, true, false
			}
		}
	}
	return against, false, unsure
}

// repeats reports whether the field gives a relative day of the source as such:
// then it is not the day that the claim renders.
func (j *dateJudge) repeats(e *date.Date) bool {
	return slices.ContainsFunc(j.said, func(d date.Date) bool { return d.Kind == date.Relative && d.Value == e.Value })
}

// recent reports whether a weekday may be that of a day in this year: news gives
// the weekday of days that are near, or of a date that it names.
func (p *Prepared) recent(f *field, year int) bool {
	switch {
	case year == 0:
		return false
	case strings.Contains(f.text, strconv.Itoa(year)):
		return true
	case p.publishedAt.IsZero():
		return year >= firstRecent
	}
	return year >= p.publishedAt.Year()-1
}

// firstRecent is the first year that an undated article can be about as news.
const firstRecent = 2000
