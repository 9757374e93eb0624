package eval

import (
	"regexp"
	"strconv"
	"strings"
	"unicode"
)

// facts are what a document states: what none of its errors may say. They are
// taken from its faithful English, where this package can read, and from the
// digits and words of its source.
type facts struct {
	values   map[float64]bool
	words    map[string]bool // in lower case
	months   [13]bool
	weekdays [7]bool
	surnames map[string]bool // of people that the English names in full
	given    map[string]bool // first names of those
}

func factsOf(english, source string) *facts {
	f := &facts{values: map[float64]bool{}, words: map[string]bool{}, surnames: map[string]bool{}, given: map[string]bool{}}
	for _, text := range []string{english, source} {
		f.addValues(text)
		for word := range strings.FieldsFuncSeq(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsMark(r) }) {
			f.words[strings.ToLower(word)] = true
		}
	}
	f.addDates(english)
	f.addPeople(english)
	return f
}

// states reports whether the document has a word of the name, or the name of
// the same country.
func (f *facts) states(name string) bool {
	for word := range strings.FieldsFuncSeq(name, func(r rune) bool { return !unicode.IsLetter(r) }) {
		if !minorWords[word] && f.words[strings.ToLower(word)] {
			return true
		}
	}
	for _, alias := range aliasesOf(name) {
		for word := range strings.FieldsSeq(alias) {
			if !minorWords[word] && f.words[strings.ToLower(word)] {
				return true
			}
		}
	}
	return false
}

var minorWords = map[string]bool{"the": true, "of": true, "and": true, "for": true, "The": true, "s": true}

var (
	figure     = regexp.MustCompile(`\p{Nd}+(?:[,٬.٫]\p{Nd}+)*`)
	scaleAfter = regexp.MustCompile(`^(?:[ -]?(hundred|thousand|million|billion|trillion)\b|(k|m|bn|b|tn)\b)`)
	// The magnitudes of an Arabic source; of others, only digits are read.
	arabicScale = regexp.MustCompile(`^ ?(?:(مئة|مائة)|(ألف|الف|آلاف|ألفا)|(مليون|ملايين|مليونا)|(مليار|مليارات|بليون)|(تريليون))`)
	scaleWord   = map[string]float64{
		"hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12, "k": 1e3, "m": 1e6, "bn": 1e9, "b": 1e9, "tn": 1e12,
	}
	wordNumber = regexp.MustCompile(`(?i)\b(?:(twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)(?:[- ](one|two|three|four|five|six|seven|eight|nine|first|second|third|fourth|fifth|sixth|seventh|eighth|ninth))?|` +
		`one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|once|twice|both|pair|couple|dozen|` +
		`first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|quarter|half)s?\b`)
)

// addValues notes every number, alone and with the magnitude after it.
func (f *facts) addValues(text string) {
	for _, at := range figure.FindAllStringIndex(text, -1) {
		if v, ok := valueOf(text[at[0]:at[1]]); ok {
			f.values[v] = true
			f.addScaled(v, text[at[1]:])
		}
		for part := range strings.FieldsFuncSeq(text[at[0]:at[1]], func(r rune) bool { return !unicode.IsDigit(r) }) {
			if v, ok := valueOf(part); ok {
				f.values[v] = true
			}
		}
	}
	for _, at := range wordNumber.FindAllStringIndex(text, -1) {
		if v, ok := wordValue(text[at[0]:at[1]]); ok {
			f.values[v] = true
			f.addScaled(v, text[at[1]:])
		}
	}
}

func (f *facts) addScaled(v float64, after string) {
	if scale := scaleOf(after); scale != 1 {
		f.values[v*scale] = true
	}
	if m := arabicScale.FindStringSubmatch(after); m != nil {
		for i, scale := range [...]float64{1e2, 1e3, 1e6, 1e9, 1e12} {
			if m[i+1] != "" {
				f.values[v*scale] = true
			}
		}
	}
}

// scaleOf is the factor of the magnitude that a text begins with, or 1.
func scaleOf(after string) float64 {
	m := scaleAfter.FindStringSubmatch(after)
	if m == nil {
		return 1
	}
	return scaleWord[m[1]+m[2]]
}

// valueOf reads digits of any script, with commas between groups.
func valueOf(s string) (float64, bool) {
	plain := strings.Map(func(r rune) rune {
		switch {
		case r == ',' || r == '٬':
			return -1
		case r == '٫':
			return '.'
		case r > unicode.MaxASCII && unicode.IsDigit(r):
			return '0' + digitValue(r)
		}
		return r
	}, s)
	v, err := strconv.ParseFloat(plain, 64)
	return v, err == nil
}

// wordValue reads "seven", "twenty-five" or "ninth".
func wordValue(s string) (float64, bool) {
	total, found := 0.0, false
	for part := range strings.FieldsFuncSeq(strings.ToLower(s), func(r rune) bool { return r == '-' || r == ' ' }) {
		v, ok := simpleValue(part)
		if !ok {
			if v, ok = simpleValue(strings.TrimSuffix(part, "s")); !ok {
				return 0, false
			}
		}
		total, found = total+v, true
	}
	return total, found
}

func simpleValue(word string) (float64, bool) {
	switch word {
	case "once":
		return 1, true
	case "twice", "both", "pair", "couple", "half":
		return 2, true
	case "dozen":
		return 12, true
	case "quarter":
		return 4, true
	}
	for list, at := range map[string]int{units: 1, ordinals: 1, teens: 11} {
		for i, w := range strings.Fields(list) {
			if w == word {
				return float64(at + i), true
			}
		}
	}
	for i, w := range strings.Fields(tens) {
		if w == word {
			return float64(20 + 10*i), true
		}
	}
	return 0, false
}

const (
	units    = "one two three four five six seven eight nine ten"
	teens    = "eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
	tens     = "twenty thirty forty fifty sixty seventy eighty ninety"
	ordinals = "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth"
)

// addDates notes the months and weekdays, and the numbers of numeric dates.
func (f *facts) addDates(text string) {
	for _, m := range anyMonth.FindAllStringSubmatch(text, -1) {
		f.months[monthNumber(m[1])] = true
	}
	for _, m := range anyWeekday.FindAllString(text, -1) {
		f.weekdays[weekdayNumber(m)] = true
	}
	for _, m := range numericDate.FindAllStringSubmatch(text, -1) {
		for _, part := range m[1:] {
			if n, err := strconv.Atoi(part); err == nil && n >= 1 && n <= 12 {
				f.months[n] = true
			}
		}
	}
}

var numericDate = regexp.MustCompile(`\b(\d{1,2})[/.](\d{1,2})[/.](?:\d{4}|\d{2})\b`)
