package eval

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

var (
	anyMonth   = regexp.MustCompile(`\b(January|February|March|April|May|June|July|August|September|October|November|December|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept|Sep|Oct|Nov|Dec)\b`)
	anyWeekday = regexp.MustCompile(`\b(Sunday|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sun|Mon|Tue|Tues|Wed|Thu|Thurs|Fri|Sat)\b`)
	fullDay    = regexp.MustCompile(`\b(Sunday|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday)\b`)
	// dateBefore and dateAfter show that "May" and the like are months.
	dateBefore = regexp.MustCompile(`(?i)(?:\b(?:in|of|since|until|till|by|from|to|during|before|after|on|early|late|mid|last|next|this|and|through|between)[ -]|\b\d{1,2}(?:st|nd|rd|th)?(?: of)? )$`)
	dateAfter  = regexp.MustCompile(`^\.? \d`)
	// specialDay are days that have a name of their own.
	specialDay = regexp.MustCompile(`\b(?:Black|Good|Ash|Palm|Easter|Bloody|Super|Cyber|Giving|Holy|Maundy|Shrove|Whit|Fat|Blue|The|Bright|Casual|Throwback) $`)
	september  = regexp.MustCompile(`^(?:September|Sept\.?) 11\b`)
)

func monthNumber(name string) int {
	for m := time.January; m <= time.December; m++ {
		if strings.HasPrefix(m.String(), name[:3]) {
			return int(m)
		}
	}
	return 0
}

func weekdayNumber(name string) int {
	for d := time.Sunday; d <= time.Saturday; d++ {
		if strings.HasPrefix(d.String(), name[:3]) {
			return int(d)
		}
	}
	return 0
}

// monthSites finds months in dates, and not April the person or May the verb.
func monthSites(text string, f *facts) []site {
	var all []site
	for _, at := range anyMonth.FindAllStringIndex(text, -1) {
		before, name, after := text[:at[0]], text[at[0]:at[1]], text[at[1]:]
		if !dateBefore.MatchString(before) && !dateAfter.MatchString(after) || september.MatchString(text[at[0]:]) {
			continue
		}
		if nextCapitalised(after) || name == "May" && strings.HasSuffix(before, "by ") { // "by May and Juncker"
			continue
		}
		s := site{kind: Months, start: at[0], end: at[1]}
		short := name != "May" && name != "June" && name != "July" && len(name) <= len("Sept")
		for m := time.January; m <= time.December; m++ {
			if f.months[m] || !hasDays(m, before, after) {
				continue
			}
			other := m.String()
			if short {
				other = other[:3]
			}
			s.options = append(s.options, option{"month", other})
		}
		all = append(all, s)
	}
	return all
}

var (
	dayBefore = regexp.MustCompile(`\b(\d{1,2})(?:st|nd|rd|th)?(?: of)? $`)
	dayAfter  = regexp.MustCompile(`^\.? (\d{1,2})\b`)
)

// hasDays reports whether the month has the day that stands beside it.
func hasDays(m time.Month, before, after string) bool {
	found := dayBefore.FindStringSubmatch(before)
	if found == nil {
		found = dayAfter.FindStringSubmatch(after)
	}
	if found == nil {
		return true
	}
	day, _ := strconv.Atoi(found[1])
	return time.Date(2023, m, max(day, 1), 0, 0, 0, 0, time.UTC).Month() == m
}

func weekdaySites(text string, f *facts) []site {
	var all []site
	for _, at := range fullDay.FindAllStringIndex(text, -1) {
		before, after := text[:at[0]], text[at[1]:]
		if specialDay.MatchString(before) || nextCapitalised(after) && !anyMonth.MatchString(firstWord(after)) {
			continue
		}
		s := site{kind: Weekdays, start: at[0], end: at[1]}
		for d := time.Sunday; d <= time.Saturday; d++ {
			if !f.weekdays[d] {
				s.options = append(s.options, option{"weekday", d.String()})
			}
		}
		all = append(all, s)
	}
	return all
}
