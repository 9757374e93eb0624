package eval

import (
	"regexp"
	"strings"
)

// severalSpans are lengths of time of more than one unit.
var severalSpans = regexp.MustCompile(`\b(?:[Tt]wo|[Tt]hree|[Ff]our|[Ff]ive|[Ss]ix|[2-6]) (week|month|year|decade)s\b`)

// singleSites offers one unit for several, "one week" for "two weeks", where the
// document speaks of no single one.
func singleSites(text string, f *facts) []site {
	var all []site
	for _, m := range severalSpans.FindAllStringSubmatchIndex(text, -1) {
		unit := text[m[2]:m[3]]
		before := text[:m[0]]
		if f.words[unit] || strings.HasSuffix(before, "-") || strings.HasSuffix(before, " or ") || strings.HasSuffix(before, "to ") || strings.HasSuffix(before, "every ") {
			continue
		}
		one := "one " + unit
		if capitalised(text[m[0]:]) {
			one = "One " + unit
		}
		s := site{kind: SingleUnits, start: m[0], end: m[1], options: []option{{"one", one}}}
		if !capitalised(text[m[0]:]) && !strings.HasSuffix(before, "past ") && !strings.HasSuffix(before, "last ") {
			s.options = append(s.options, option{"a", "a " + unit})
		}
		all = append(all, s)
	}
	return all
}
