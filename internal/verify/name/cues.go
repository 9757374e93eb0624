package name

import (
	"strings"
	"sync"

	"github.com/mujaz/mujaz/internal/verify/fold"
)

// This file tells names from other words with a capital by what stands around
// them.

// patronymic reports names that are written with a capital inside: McDonald.
func patronymic(w []byte) bool {
	switch string(w[:2]) {
	case "mc", "ma", "de", "di", "le", "la", "va", "al", "el":
		return true
	}
	return false
}

// doubtful reports a word that may not be a name for all its capital: in a
// title, at the beginning of a sentence, after an article, or one that looks
// like an ordinary word and does not follow a title or a name that was found.
func (f *Finder) doubtful(words *fold.Words, i, from, to int, titled bool) bool {
	x := &words.List[i]
	if x.First || described(words, i, from) || (titled || inTitle(words, i, from, to)) && !placed(words, i, from, to) {
		return true
	}
	if f.source.mode != English && !nameLike(words, i, from, to) {
		return true
	}
	return !f.personal(words, i, from) && (derived(string(words.Of(x))) || compound(words.Of(x)))
}

// placed reports a word that alone follows "in" or "from", as the place does
// even in a headline.
func placed(words *fold.Words, i, from, to int) bool {
	if i == from || words.List[i].Broken || words.List[i-1].Upper || !placePrepositions[string(words.Of(&words.List[i-1]))] {
		return false
	}
	return i+1 >= to || !words.List[i+1].Upper || words.List[i+1].Broken
}

// nameLike reports a word that stands where the names of people and places do:
// beside another name, after a title or "in", before "said". A capital alone is
// weak evidence, since institutions and works have it in all their words.
func nameLike(words *fold.Words, i, from, to int) bool {
	if i > from && !words.List[i].Broken {
		x := &words.List[i-1]
		w := string(words.Of(x))
		switch {
		case x.Upper && !x.Possessive && (!common()[w] && !plural(w) || titles()[w] || givenNames[w]):
			return true
		case particles[w]:
			return true
		case !x.Upper && placePrepositions[w] && !(i+1 < to && words.List[i+1].Upper && !words.List[i+1].Broken):
			return true
		}
	}
	if i+1 < to && !words.List[i].Possessive && !words.List[i+1].Broken {
		x := &words.List[i+1]
		w := string(words.Of(x))
		return x.Upper && !inflected(w) || !x.Upper && (sayingWords[w] || particles[w])
	}
	return false
}

// personal reports a word that follows "Mr" or a name that was found, as the
// surname of a person does.
func (f *Finder) personal(words *fold.Words, i, from int) bool {
	if i == from || words.List[i].Broken || !words.List[i-1].Upper {
		return false
	}
	w := words.Of(&words.List[i-1])
	if titles()[string(w)] || givenNames[string(w)] {
		return true
	}
	for _, m := range f.seen {
		if m.letters == string(w) {
			return m.outcome == Found && !m.listed
		}
	}
	return false
}

// inTitle reports a word among words that all have capitals, as in a headline
// that runs on into the text.
func inTitle(words *fold.Words, i, from, to int) bool {
	near := 0
	first, end := max(i-4, from), min(i+5, to)
	for j := first; j < end; j++ {
		x := &words.List[j]
		if j == i || x.Script != fold.LatinScript || x.Len < 4 {
			continue
		}
		if !x.Upper {
			return false
		}
		near++
	}
	return near >= 3 && ordinaryWord(words, first, end)
}

// described reports a name that follows an article or a possessive, as names
// of institutions and things do: "the Metropolitan Police".
func described(words *fold.Words, i, from int) bool {
	for i > from && !words.List[i].Broken && words.List[i-1].Upper && !words.List[i-1].First {
		i--
	}
	if i == from || words.List[i].Broken {
		return false
	}
	switch string(words.Of(&words.List[i-1])) {
	case "the", "a", "an", "its", "his", "her", "their", "our", "my", "your", "this", "that", "these", "those", "some", "all", "no", "each", "every", "any":
		return true
	}
	return words.List[i-1].Possessive
}

// ambiguous reports a word of the lexicon that is an ordinary word as well and
// stands where any word has a capital: "Nice", "Turkey".
func ambiguous(words *fold.Words, i int, titled bool) bool {
	x := &words.List[i]
	if !titled && !x.First {
		return false
	}
	switch string(words.Of(x)) {
	case "nice", "us", "labour", "jersey", "guinea", "reunion", "apple", "congress", "is", "who", "job", "turkey", "china", "polish", "chad", "pole", "poles", "mars", "mercury", "pound", "god", "gulf", "tyre", "acre", "kiwi", "roman", "cologne", "dane", "florence", "georgia", "jordan":
		return true
	}
	return false
}

// titleCase reports a text, such as a headline, in which nearly every word has
// a capital, so that a capital shows no name. Ordinary words with a capital tell
// it from a sentence of names.
func titleCase(words *fold.Words, from, to int) bool {
	upper, lower := 0, 0
	for i := from; i < to; i++ {
		switch x := &words.List[i]; {
		case x.Script != fold.LatinScript || x.Len < 4:
		case x.Upper:
			upper++
		default:
			lower++
		}
	}
	return upper > 2*lower && ordinaryWord(words, from, to)
}

// ordinaryWord reports whether an ordinary word, and no title of a person, has
// a capital that does not come from the beginning of a sentence.
func ordinaryWord(words *fold.Words, from, to int) bool {
	for i := from; i < to; i++ {
		x := &words.List[i]
		if x.Script != fold.LatinScript || x.Len < 4 || !x.Upper || x.First {
			continue
		}
		if w := string(words.Of(x)); inflected(w) && !titles()[w] && !givenNames[w] {
			return true
		}
	}
	return false
}

// acts reports a word at the beginning of a sentence that only a name can be:
// it looks like no ordinary word, has no article, and does something.
func acts(words *fold.Words, i, to int) bool {
	x := &words.List[i]
	w := words.Of(x)
	if i+1 >= to || words.List[i+1].Broken || words.List[i+1].Upper || x.Hyphen || words.List[i+1].Hyphen || derived(string(w)) || compound(w) || occupation(w) {
		return false
	}
	return actingWords()[string(words.Of(&words.List[i+1]))]
}

// actingWords are what people do; things are, have and become.
var actingWords = sync.OnceValue(func() map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq("said says told added announced warned stressed denied confirmed insisted argued claimed wrote tweeted called asked met visited praised criticised criticized accused urged vowed refused resigned died won lost scored believes") {
		m[w] = true
	}
	return m
})
