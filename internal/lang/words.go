package lang

import (
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

const (
	// minFunctionWords and minFunctionShare are what a text must hold of one language's function
	// words before they decide: running text has 25-45 % of them, a list of names none.
	minFunctionWords = 3
	minFunctionShare = 0.15
	// maxFunctionWord is the length in bytes of the longest word listed.
	maxFunctionWord = 8
)

type wordList struct{ code, words string }

// functionWords decide where they can, and trigrams only elsewhere: they are right on single
// sentences where trigrams are close to guessing, and ten times as fast. Words that two of the
// languages share are left out, but for a few that are the commonest of one and rare in the other.
var functionWords = sync.OnceValue(func() map[string]string {
	byWord := make(map[string]string, 200)
	for _, l := range []wordList{
		{"en", "the of and to that with by it are from his have has this be at which they not but who were its said will been their after about would"},
		{"fr", "les des du dans une qui pour sur avec cette sont aux plus ont mais leur été ses est le"},
		{"es", "el los las y es más su sus fue pero una del con por según"},
		{"de", "der die und das den von zu mit ist dem ein eine auf für nicht sich im auch wird werden haben nach bei einer"},
		{"it", "il di che è per gli della dei nel sono alla anche più dal delle nella degli"},
		{"pt", "os uma do da dos das em não com foi mais são ao pelo pela à"},
		{"nl", "het een van dat op voor met zijn niet aan ook naar bij door wordt"},
		{"tr", "ve bir bu için ile olarak daha olan çok gibi kadar sonra"},
		{"id", "yang dan untuk dengan dari ini itu pada dalam tidak akan"},
	} {
		for word := range strings.FieldsSeq(l.words) {
			if _, taken := byWord[word]; taken {
				byWord[word] = "" // shared after all: proves nothing
				continue
			}
			byWord[word] = l.code
		}
	}
	return byWord
})

// commonWords guesses by function words; confidence 0 means that they do not decide.
func commonWords(text string) Guess {
	byWord := functionWords()
	var (
		codes [16]string
		found [16]int
		words int
	)
	for word := range strings.FieldsFuncSeq(text, notLetter) {
		words++
		if len(word) > maxFunctionWord {
			continue
		}
		code := byWord[lower(word)]
		for i := range codes {
			if code == "" {
				break
			}
			if codes[i] == code || codes[i] == "" {
				codes[i] = code
				found[i]++
				break
			}
		}
	}
	best, second := 0, 0
	var code string
	for i, n := range found {
		switch {
		case n > best:
			best, second, code = n, best, codes[i]
		case n > second:
			second = n
		}
	}
	if best < minFunctionWords || float64(best) < minFunctionShare*float64(words) || best < 2*second {
		return Guess{}
	}
	return Guess{code, margin(best, second)}
}

func notLetter(r rune) bool {
	if r < utf8.RuneSelf {
		return uint32(r|0x20)-'a' >= 26
	}
	return !unicode.IsLetter(r)
}

// lower avoids the allocation of strings.ToLower for the many words that are lower case.
func lower(word string) string {
	for i := range len(word) {
		if c := word[i]; c < 'a' || c > 'z' {
			return strings.ToLower(word)
		}
	}
	return word
}
