package verify

import (
	"slices"
	"strings"
	"sync"
)

// phraseSet holds phrases in lower case that begin with a letter, by that letter:
// most outputs have none of them, and one pass over their words tells so.
type phraseSet struct {
	all    []string
	starts [256][]int // indices into all, by the first byte
}

func newPhraseSet(phrases []string) *phraseSet {
	s := &phraseSet{all: phrases}
	for i, phrase := range phrases {
		s.starts[phrase[0]] = append(s.starts[phrase[0]], i)
	}
	return s
}

// The sets of the checks that look for phrases.
var (
	evading   = sync.OnceValue(func() *phraseSet { return newPhraseSet(evasions[:]) })
	speaking  = sync.OnceValue(func() *phraseSet { return newPhraseSet(leakPhrases[:]) })
	prompting = sync.OnceValue(func() *phraseSet { return newPhraseSet(sitePhrases[:]) })
)

// in gives the phrases that begin a word somewhere in the fields, in the order of
// the set.
func (s *phraseSet) in(fields []field) []string {
	var found []int
	for i := range fields {
		text := fields[i].lower
		inWord := false
		for at := 0; at < len(text); at++ {
			word := wordByte(text[at])
			if word && !inWord {
				for _, k := range s.starts[text[at]] {
					if strings.HasPrefix(text[at:], s.all[k]) && !slices.Contains(found, k) {
						found = append(found, k)
					}
				}
			}
			inWord = word
		}
	}
	if len(found) == 0 {
		return nil
	}
	slices.Sort(found)
	phrases := make([]string, len(found))
	for i, k := range found {
		phrases[i] = s.all[k]
	}
	return phrases
}
