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
	if titled || x.Len < shortestName || x.Capitals || x.Inner && !patronymic(w) || x.Hyphen {
		return false
	}
	known := surnames()[string(w)]
	if !known && (inflected(string(w)) || derived(string(w)) || compound(w)) || loneThings()[string(w)] || titles()[string(w)] {
		return false
	}
	if i > from && !words.List[i].Broken {
		prev := &words.List[i-1]
		v := string(words.Of(prev))
		if prev.Upper && !prev.First && !titles()[v] || prev.Upper && prev.First && !functionWords()[v] && !titles()[v] {
			return false
		}
	}
	that := i > from && string(words.Of(&words.List[i-1])) == "that" // rarely with a name
	if !that && described(words, i, from) || inTitle(words, i, from, to) {
		return false
	}
	next := i + 1
	if x.First && (next >= to || words.List[next].Broken && !x.Possessive && words.List[next].Script != fold.Digits || !known && !x.Possessive && occupation(w)) {
		return false // "Meanwhile, ..."
	}
	if next >= to || words.List[next].Broken || x.Possessive {
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
	for w := range strings.FieldsSeq("monday tuesday wednesday thursday friday saturday sunday january february march april june july august september october november december easter christmas lent passover advent yuletide hanukkah diwali thanksgiving halloween ramadan sabbath xmas brexit medicaid medicare obamacare internet asylum marijuana action anarchy armed array beacon centuries comedians corporate furniture freeway frozen precinct probe remedies squint youve weve theyve hes shes thats dont whats lets yeah ouch alas wow hibs spades manor paralympian paralympics mongols normans gaels antioch anatolia cilicia tarsus versailles holyrood sterling covid coronavirus bitcoin wikipedia web earth moon sun nazi nazis marxist capitol parliament senate congress bundestag knesset oscar oscars emmy emmys grammy grammys tory tories gop democrat democrats republican republicans scripture heaven hell satan lord almighty pope pontiff") {
		m[w] = true
	}
	return m
})
