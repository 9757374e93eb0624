package eval

import (
	"regexp"
	"slices"
	"strings"
	"sync"
)

// gazetteer holds the names in the forms that the search needs.
type gazetteer struct {
	byWord     map[string][]entry // by first word
	classes    map[string][]string
	nationOf   map[string]string // any word of a nation to its country
	aliases    map[string][]string
	men, women map[string]bool
	notSurname map[string]bool
	surnames   []string
}

// entry is a name to look for.
type entry struct{ name, class string }

var names = sync.OnceValue(func() *gazetteer {
	g := &gazetteer{byWord: map[string][]entry{}, classes: map[string][]string{}, nationOf: map[string]string{}, aliases: map[string][]string{}}
	add := func(class, name string) {
		if name = strings.TrimSpace(name); name == "" {
			return
		}
		g.classes[class] = append(g.classes[class], name)
		first, _, _ := strings.Cut(strings.TrimPrefix(name, "the "), " ")
		g.byWord[first] = append(g.byWord[first], entry{strings.TrimPrefix(name, "the "), class})
	}
	aliases := nationAliases()
	for _, n := range nations() {
		add("country", n.country)
		add("demonym", n.adjective)
		all := append(strings.Fields(aliases[n.country]), n.country, n.adjective, n.people)
		for _, name := range [...]string{n.country, n.adjective, n.people} {
			if name != "" {
				g.nationOf[name] = n.country
				g.aliases[name] = all
			}
		}
		if n.people != "" {
			add("people", n.people)
		}
	}
	for class, lines := range map[string]string{"city": cityLines, "region": stateLines} {
		for name := range strings.SplitSeq(strings.ReplaceAll(lines, "\n", ""), ";") {
			add(class, name)
		}
	}
	for i, line := range strings.Split(orgLines, "\n") {
		for name := range strings.SplitSeq(line, ";") {
			add("organisation "+string(rune('a'+i)), name)
		}
	}
	g.men, g.women, g.notSurname = set(menLines), set(womenLines), set(notSurnames)
	g.surnames = strings.Fields(surnameLines)
	for word := range g.byWord {
		slices.SortStableFunc(g.byWord[word], func(a, b entry) int { return len(b.name) - len(a.name) })
	}
	return g
})

// isDemonym reports whether a word is an adjective or a people of a country.
func isDemonym(word string) bool {
	country, found := names().nationOf[word]
	return found && country != word
}

// aliasesOf are the other words for the country of a name.
func aliasesOf(name string) []string { return names().aliases[name] }

var (
	capitalWord = regexp.MustCompile(`\b\p{Lu}[\p{L}’']*(?:-\p{Lu}\p{L}+)*`)
	// fullName is a first and a last name, perhaps with one between.
	fullName = regexp.MustCompile(`\b(\p{Lu}\p{Ll}+) (?:\p{Lu}\. |(\p{Lu}\p{Ll}+) )?(\p{Lu}\p{Ll}{2,}(?:-\p{Lu}\p{Ll}+)?)`)
	titled   = regexp.MustCompile(`\b(?:Mr|Mrs|Ms|Miss|Dr|Prof|Professor|Sen|Senator|Rep|Gov|Judge|President|Justice|Sir|Lord|Captain|Capt|Father|Rev|Gen|General|Col|Sheriff|Mayor)\.? (\p{Lu}\p{Ll}{2,}(?:-\p{Lu}\p{Ll}+)?)`)
	// language words show that a demonym means a tongue.
	tongue      = regexp.MustCompile(`(?i)\b(?:in|speaks?|speaking|spoke|into|learn|learned|fluent in|written in|means|study|studying|studied|taught|teach|teaching) $`)
	tongueAfter = regexp.MustCompile(`^(?:-speak| language| letter| word| lesson| for | fries| toast| dressing| kiss|-)`)
)

// addPeople notes the names of people that a text gives in full.
func (f *facts) addPeople(text string) {
	for _, m := range fullName.FindAllStringSubmatchIndex(text, -1) {
		if m[4] >= 0 && isDemonym(text[m[4]:m[5]]) {
			continue
		}
		if first, last := text[m[2]:m[3]], text[m[6]:m[7]]; isPerson(first, last) && !nextCapitalised(text[m[1]:]) {
			f.given[first], f.surnames[last] = true, true
		}
	}
	for _, m := range titled.FindAllStringSubmatchIndex(text, -1) {
		if last := text[m[2]:m[3]]; !nextCapitalised(text[m[1]:]) && !names().notSurname[last] {
			f.surnames[last] = true
		}
	}
}

// isPerson reports whether the words are a first and a last name.
func isPerson(first, last string) bool {
	g := names()
	return (g.men[first] || g.women[first]) && !g.notSurname[last] && !isDemonym(last) && !anyWeekday.MatchString(last)
}

// nameSites offers other people, places, peoples and organisations.
func nameSites(text string, f *facts) []site {
	g := names()
	var all []site
	for _, at := range capitalWord.FindAllStringIndex(text, -1) {
		word := strings.TrimSuffix(strings.TrimSuffix(text[at[0]:at[1]], "'s"), "’s")
		end, before := at[0]+len(word), text[:at[0]]
		if len(all) > 0 && all[len(all)-1].end > at[0] {
			continue
		}
		if s, ok := g.personSite(text, at[0], end, f); ok {
			all = append(all, s)
			continue
		}
		if f.given[word] && f.surnames[word] {
			continue
		}
		for _, e := range g.byWord[word] {
			if !strings.HasPrefix(text[at[0]:], e.name) {
				continue
			}
			end = at[0] + len(e.name)
			after := text[end:]
			if after != "" && (after[0]|0x20 >= 'a' && after[0]|0x20 <= 'z' || after[0] >= 0x80 && !strings.HasPrefix(after, "’") && !strings.HasPrefix(after, "”")) {
				continue
			}
			if s, ok := g.namedSite(before, after, e, at[0], end, f); ok {
				all = append(all, s)
			}
			break
		}
	}
	return all
}

// personSite is the site of a first name or surname of a person of the text.
func (g *gazetteer) personSite(text string, start, end int, f *facts) (site, bool) {
	word, before, after := text[start:end], text[:start], text[end:]
	s := site{kind: Names, start: start, end: end}
	switch {
	case f.given[word] && strings.HasPrefix(after, " ") && f.surnames[lastOfName(after)]:
		pool := menLines
		if g.women[word] {
			pool = womenLines
		}
		if prev := lastWord(before); capitalised(prev) && !functionWord(prev) && !titleWord[prev] && !personNoun[prev] {
			return s, false
		}
		s.options = absent("first name", strings.Fields(pool), f)
	case f.surnames[word] && !nextCapitalised(after):
		prev := lastWord(before)
		known := prev == "" || !capitalised(prev) || functionWord(prev) || titleWord[prev] || f.given[prev] || strings.HasSuffix(prev, ".")
		if !known && !f.given[lastWord(strings.TrimSuffix(before, prev+" "))] { // a middle name
			return s, false
		}
		s.options = absent("surname", g.surnames, f)
	default:
		return s, false
	}
	return s, true
}

var personNoun = set("Minister Secretary Mr President Senator Prime Judge Captain Inspector Officer Leader Chairman Speaker Ambassador Prosecutor")

// lastOfName is the last name after a first: " Howard Johnson said".
func lastOfName(after string) string {
	last := ""
	for range 3 {
		word := firstWord(after)
		if !strings.HasPrefix(after, " ") || !capitalised(word) {
			break
		}
		last, after = strings.TrimRight(word, ".'’"), after[1+len(word):]
	}
	return last
}

// namedSite is the site of a place, a people or an organisation.
func (g *gazetteer) namedSite(before, after string, e entry, start, end int, f *facts) (site, bool) {
	s := site{kind: Names, start: start, end: end}
	article := strings.HasSuffix(before, "the ") || strings.HasSuffix(before, "The ")
	switch {
	case f.given[e.name] || f.surnames[e.name] || ambiguous[e.name] || strings.HasPrefix(after, "."+" ") && len(e.name) < 3:
		return s, false
	case e.class == "demonym":
		if tongueAfter.MatchString(after) || !strings.HasPrefix(after, " ") || tongue.MatchString(before) || e.name == "English" {
			return s, false
		}
		if next := firstWord(after); capitalised(next) && !officeWord[strings.Trim(next, ".'’")] {
			return s, false
		}
		if prev := lastWord(before); capitalised(prev) && !functionWord(prev) {
			return s, false
		}
	case partOfName(before, after) || strings.HasPrefix(after, ", ") && e.class == "city" && capitalised(firstWord(after[1:])) && g.nationOf[firstWord(after[1:])] == "" && strings.HasSuffix(before, ", "):
		return s, false
	}
	organisation := strings.HasPrefix(e.class, "organisation")
	for _, other := range g.classes[e.class] {
		bare, articled := strings.CutPrefix(other, "the ")
		if bare == e.name || bare == "Washington" || organisation && afterArticle.MatchString(before) || articled != article && organisation || f.states(bare) {
			continue
		}
		if e.class == "demonym" && other == "English" || vowel(other) != vowel(e.name) && afterArticle.MatchString(before) {
			continue
		}
		form, _, _ := strings.Cut(e.class, " ")
		s.options = append(s.options, option{form, bare})
	}
	return s, true
}

var afterArticle = regexp.MustCompile(`\b[Aa]n? $`)

// ambiguous are names that are as well something else.
var ambiguous = set("Reading Nice Orange Mobile Perth Phoenix Hull Porto Kent Intel Uber")

// officeWord are words that go on with a capital after a demonym.
var officeWord = set("President Prime Foreign Minister Ambassador Defense Defence King Queen Chancellor Embassy Parliament Senator Senators Government Navy Army")

func vowel(s string) bool { return s != "" && strings.IndexByte("AEIOUaeiou", s[0]) >= 0 }

// absent are the names that the document does not have.
func absent(form string, pool []string, f *facts) []option {
	var all []option
	for _, name := range pool {
		if !f.states(name) {
			all = append(all, option{form, name})
		}
	}
	return all
}
