package eval

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
)

var (
	cardinal = regexp.MustCompile(`\b(?:([Tt]wenty|[Tt]hirty|[Ff]orty|[Ff]ifty|[Ss]ixty|[Ss]eventy|[Ee]ighty|[Nn]inety)-(one|two|three|four|five|six|seven|eight|nine)|` +
		`([Tt]wo|[Tt]hree|[Ff]our|[Ff]ive|[Ss]ix|[Ss]even|[Ee]ight|[Nn]ine|[Tt]en|[Ee]leven|[Tt]welve|[Tt]hirteen|[Ff]ourteen|[Ff]ifteen|[Ss]ixteen|[Ss]eventeen|[Ee]ighteen|[Nn]ineteen|` +
		`[Tt]wenty|[Tt]hirty|[Ff]orty|[Ff]ifty|[Ss]ixty|[Ss]eventy|[Ee]ighty|[Nn]inety))\b`)
	ordinalWord = regexp.MustCompile(`\b(?:the|his|her|their|its|a|our|my|each|every) ((?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth)) ([a-z]+)\b`)
	// afterHyphen are the words that a number is joined with as a measure.
	afterHyphen = set(`year years month months week weeks day days hour hours minute minutes second mile miles metre metres meter meters foot feet inch inches time times point points goal goals
		man person member storey story bedroom part seat run game match term judge page lane car kilometre kilometer acre pound dollar nation country party door`)
	// ranked are what has a first and a second; "first" before other words is
	// often no rank.
	ranked = set(`half quarter day week month year round match game defeat victory win season summit term phase stage leg set anniversary century goal test race trial floor grade
		generation attempt edition episode series album book film novel chapter child son daughter wife husband largest biggest highest longest most oldest time consecutive straight successive`)
)

// wordSites offers other number words: five for nine, third for fifth.
func wordSites(text string, f *facts) []site {
	var all []site
	for _, m := range cardinal.FindAllStringSubmatchIndex(text, -1) {
		if s, ok := cardinalSite(text, m, f); ok {
			all = append(all, s)
		}
	}
	for _, m := range ordinalWord.FindAllStringSubmatchIndex(text, -1) {
		old, noun := text[m[2]:m[3]], text[m[4]:m[5]]
		if !ranked[noun] || noun == "time" && old == "first" && strings.HasPrefix(text[m[5]:], " ") && strings.HasPrefix(text[m[0]:], "a ") {
			continue
		}
		s := site{kind: NumberWords, start: m[2], end: m[3]}
		list := strings.Fields(ordinals)
		switch noun {
		case "half", "leg":
			list = list[:2]
		case "quarter":
			list = list[:4]
		}
		for i, w := range list[:min(len(list), 9)] {
			if w != old && !f.values[float64(i+1)] {
				s.options = append(s.options, option{"ordinal", w})
			}
		}
		if strings.HasPrefix(text[m[0]:], "a ") {
			s.options = slices.DeleteFunc(s.options, func(o option) bool { return eight(o.text) })
		}
		all = append(all, s)
	}
	return all
}

// eight reports whether "an" stands before the number.
func eight(word string) bool { return strings.HasPrefix(word, "e") }

// cardinalSite is the site of a match of cardinal, unless it is an idiom.
func cardinalSite(text string, m []int, f *facts) (site, bool) {
	s := site{kind: NumberWords, start: m[0], end: m[1]}
	before, word, after := text[:m[0]], text[m[0]:m[1]], text[m[1]:]
	next := firstWord(after)
	switch {
	case strings.HasSuffix(before, "-") || strings.HasSuffix(before, " or ") || strings.HasPrefix(after, " or ") || strings.HasPrefix(after, "'"):
		return s, false
	case strings.HasPrefix(after, "-"):
		part := after[1:]
		if i := strings.IndexFunc(part, func(r rune) bool { return r < 'a' || r > 'z' }); i >= 0 {
			part = part[:i]
		}
		if !afterHyphen[part] {
			return s, false
		}
	case capitalised(word) && (!sentenceStart(before) || strings.HasPrefix(after, " ") && capitalised(next)):
		return s, false
	case strings.HasPrefix(after, " ") && capitalised(next) && !isDemonym(next):
		return s, false
	}
	if prev := lastWord(before); capitalised(prev) && !functionWord(prev) {
		return s, false
	}
	scale := scaleOf(after)
	offer := func(other string) {
		v, _ := wordValue(other)
		if strings.EqualFold(other, word) || f.values[v*scale] || strings.HasSuffix(before, " a ") && eight(other) || strings.HasSuffix(before, " an ") && !eight(other) {
			return
		}
		if capitalised(word) {
			other = strings.ToUpper(other[:1]) + other[1:]
		}
		s.options = append(s.options, option{"cardinal", other})
	}
	lower := strings.ToLower(word)
	switch {
	case m[2] >= 0: // twenty-five
		ten, one := strings.ToLower(text[m[2]:m[3]]), text[m[4]:m[5]]
		for _, w := range strings.Fields(units)[1:9] {
			offer(ten + "-" + w)
		}
		for w := range strings.FieldsSeq(tens) {
			offer(w + "-" + one)
		}
	default:
		pool := strings.TrimPrefix(units, "one ")
		for _, list := range [...]string{tens, teens} {
			if slices.Contains(strings.Fields(list), lower) {
				pool = list
			}
		}
		for w := range strings.FieldsSeq(pool) {
			offer(w)
		}
	}
	return s, true
}

func sortOptions(options []option) {
	slices.SortFunc(options, func(a, b option) int { return cmp.Or(strings.Compare(a.form, b.form), strings.Compare(a.text, b.text)) })
}
