package eval

import (
	"math/rand/v2"
	"slices"
	"unicode/utf8"
)

// Kind is what sort of error an injection is.
type Kind string

// The kinds of errors.
const (
	Numbers       Kind = "numbers"
	NumberWords   Kind = "number words"
	Months        Kind = "months"
	Weekdays      Kind = "weekdays"
	Magnitudes    Kind = "magnitudes"
	Names         Kind = "names"
	WrongLanguage Kind = "wrong language"
	MixedLanguage Kind = "mixed language"
	Looping       Kind = "looping"
	PromptLeak    Kind = "prompt leak"
	SingleUnits   Kind = "single units"
)

// contentKinds are the errors of fact, formKinds those that need no source.
func contentKinds() []Kind {
	return []Kind{Numbers, NumberWords, SingleUnits, Months, Weekdays, Magnitudes, Names}
}

func formKinds() []Kind { return []Kind{WrongLanguage, MixedLanguage, Looping, PromptLeak} }

// Injection is a text with one error in it.
type Injection struct {
	Kind Kind
	Form string // such as "off by one" or "surname"
	Text string
	// Start and End bound the error in Text, in code points, half open.
	Start, End int
	Old, New   string
}

// site is a place of a text where an error can be made.
type site struct {
	kind       Kind
	start, end int // bytes
	options    []option
}

// option is a text that would be an error at the site.
type option struct{ form, text string }

// Limits of what one site and one document give: a report full of figures
// must not decide the share alone.
const (
	perSite     = 3
	perDocument = 30 // of each kind
)

// sites are all places of a text where an error of fact can be made.
func sites(text string, f *facts) []site {
	blocked := blockedSpans(text)
	var all []site
	for _, find := range [...]func(string, *facts) []site{digitSites, magnitudeSites, wordSites, monthSites, weekdaySites, nameSites, singleSites} {
		for _, s := range find(text, f) {
			if len(s.options) > 0 && !slices.ContainsFunc(blocked, func(b [2]int) bool { return s.start < b[1] && b[0] < s.end }) {
				all = append(all, s)
			}
		}
	}
	return all
}

// inject gives texts with one error each, for every place of text from byte
// fresh on and at most perSite for a place. Facts are those of the whole document, so that no error
// says what the source says elsewhere.
func inject(rng *rand.Rand, text string, fresh int, f *facts) []Injection {
	var all []Injection
	for _, s := range sites(text, f) {
		if s.start < fresh {
			continue
		}
		options := slices.Clone(s.options)
		rng.Shuffle(len(options), func(i, j int) { options[i], options[j] = options[j], options[i] })
		for _, o := range distinctForms(options) {
			all = append(all, replaced(text, s, o))
		}
	}
	return all
}

// distinctForms takes perSite options, of different forms first.
func distinctForms(options []option) []option {
	var taken, left []option
	for _, o := range options {
		if slices.ContainsFunc(taken, func(t option) bool { return t.form == o.form }) {
			left = append(left, o)
		} else {
			taken = append(taken, o)
		}
	}
	taken = append(taken, left...)
	return taken[:min(perSite, len(taken))]
}

func replaced(text string, s site, o option) Injection {
	start := utf8.RuneCountInString(text[:s.start])
	return Injection{
		Kind: s.kind, Form: o.form, Text: text[:s.start] + o.text + text[s.end:],
		Start: start, End: start + utf8.RuneCountInString(o.text), Old: text[s.start:s.end], New: o.text,
	}
}
