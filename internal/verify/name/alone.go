package name

import (
	"bytes"
	"strings"
	"sync"

	"github.com/mujaz/mujaz/internal/verify/fold"
)

// This file tells names that stand alone, as surnames do from their second
// mention on, from other words with a capital.

// loneName is the similarity below which a name that stands alone is absent:
// less is known of it than of a full name.
const loneName = 0.60

// standsAlone reports a word with a capital of its own that no other name is
// beside, that looks like no ordinary word, and that takes part in the sentence
// as people do. What stands before another noun, as in "the Brexit talks", or
// behind an article is as often the name of a thing, which Arabic explains.
func standsAlone(words *fold.Words, i, from, to int, titled bool) bool {
	x := &words.List[i]
	w := words.Of(x)
	if titled || x.Len < shortestName || x.Capitals || x.Inner && !patronymic(w) || x.Hyphen && !forOrAgainst(words, i, from) {
		return false
	}
	known := surnames()[string(w)]
	if !known && (inflected(string(w)) || derived(string(w)) || compound(w)) || loneThings()[string(w)] || titles()[string(w)] {
		return false
	}
	if i > from && !words.List[i].Broken {
		prev := &words.List[i-1]
		v := words.Of(prev)
		if prev.Upper && !titles()[string(v)] && !(prev.First && functionWords()[string(v)]) {
			return false
		}
	}
	that := i > from && string(words.Of(&words.List[i-1])) == "that" // rarely with a name
	if x.Hyphen {
		return true // "anti-Haddad protesters"
	}
	if !that && described(words, i, from) || inTitle(words, i, from, to) {
		return false
	}
	next := i + 1
	if x.First && (next >= to || words.List[next].Broken && !x.Possessive && words.List[next].Script != fold.Digits || !known && !x.Possessive && occupation(w) && !(speaks(words, next) && w[len(w)-1] != 's')) {
		return false // "Meanwhile, ..."
	}
	if !x.First && i > from && words.List[i].Broken && !x.Possessive && (next >= to || words.List[next].Broken && !relative(words, next)) {
		return false // in brackets or quotation marks, another name for what is named beside
	}
	if x.Possessive && next < to && !words.List[next].Broken {
		return !titleOrIllness(words, next)
	}
	if next >= to || words.List[next].Broken {
		return true
	}
	y := &words.List[next]
	v := words.Of(y)
	if y.Upper || y.Hyphen {
		return false
	}
	if next+1 < to && bytes.HasSuffix(v, []byte("ly")) && !words.List[next+1].Broken { // "Haddad reportedly went"
		v = words.Of(&words.List[next+1])
	}
	if x.First {
		return verbs()[string(v)] || actingWords()[string(v)] || pastTense(v)
	}
	return functionWords()[string(v)] || verbs()[string(v)] || actingWords()[string(v)] || pastTense(v)
}

// forOrAgainst reports a prefix that is put before the names of people.
func forOrAgainst(words *fold.Words, i, from int) bool {
	if i == from {
		return false
	}
	switch string(words.Of(&words.List[i-1])) {
	case "anti", "pro":
		return true
	}
	return false
}

// speaks reports what only people do at the beginning of a sentence without an
// article: "Fraser told", but "The officer told".
func speaks(words *fold.Words, i int) bool {
	switch w := string(words.Of(&words.List[i])); w {
	case "said", "says", "told", "added", "adds", "noted", "explained", "argued", "insisted", "replied", "recalled", "wrote", "tweeted", "denied", "denies", "claimed", "claims", "alleged", "alleges", "testified":
		return true
	}
	return false
}

// titleOrIllness reports what stands behind the possessive of one who is not
// spoken of: "Blake's 7", "Hashimoto's thyroiditis".
func titleOrIllness(words *fold.Words, i int) bool {
	w := words.Of(&words.List[i])
	if _, n := names().longest(words, i); n > 0 {
		return false // "Haddad's London office"
	}
	if _, n := towns().longest(words, i); n > 0 {
		return false
	}
	if words.List[i].Upper || words.List[i].Script == fold.Digits || bytes.HasSuffix(w, []byte("itis")) || bytes.HasSuffix(w, []byte("osis")) {
		return true
	}
	switch string(w) {
	case "disease", "syndrome", "law", "laws", "theorem", "theory", "sign", "palsy", "lymphoma", "comet", "day":
		return true
	}
	return false
}

// relative reports "who", which goes on about a person.
func relative(words *fold.Words, i int) bool {
	w := string(words.Of(&words.List[i]))
	return w == "who" || w == "whose"
}

// pastTense reports a word that ends as verbs of the past do.
func pastTense(w []byte) bool {
	n := len(w)
	return n > 4 && w[n-1] == 'd' && w[n-2] == 'e'
}

// verbs are what follows a name at the beginning of a sentence.
var verbs = sync.OnceValue(func() map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq("is was has had will would could can may might should did does also who whose himself herself then later never still took gave went came got made found left saw knew began kept held ran led sent put let felt thought wants says hopes plans claims seems appears faces stood sat rose spoke threw drew ran flew drove grew fell lost paid sold bought met won") {
		m[w] = true
	}
	return m
})

// functionWords are words that no name belongs to as an adjective.
var functionWords = sync.OnceValue(func() map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq("and or but nor in on at to for from with by as about after before when while that than if because since until till against over under into onto of off out up down through during between among within without like near not who which where what whether how why so both either neither though although unless despite toward towards behind beside the a an his her its their this these those just only even now again once here there still back well too alone instead") {
		m[w] = true
	}
	return m
})

// loneThings are names of things, times and groups that Arabic translates. Own
// compilation.
var loneThings = sync.OnceValue(func() map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq("monday tuesday wednesday thursday friday saturday sunday january february march april june july august september october november december easter christmas lent passover advent yuletide hanukkah diwali thanksgiving halloween ramadan sabbath xmas brexit ethernet bluetooth gbit mbit kbit linux android unicode medicaid medicare obamacare internet asylum marijuana action anarchy armed array beacon centuries comedians corporate furniture freeway frozen precinct probe remedies squint youve weve theyve hes shes thats dont whats lets yeah ouch alas wow hibs spades manor paralympian paralympics mongols normans gaels antioch anatolia cilicia tarsus versailles holyrood sterling covid coronavirus bitcoin wikipedia web earth moon sun nazi nazis marxist capitol parliament senate congress bundestag knesset oscar oscars emmy emmys grammy grammys tory tories gop democrat democrats republican republicans scripture heaven hell satan lord almighty pope pontiff") {
		m[w] = true
	}
	return m
})
