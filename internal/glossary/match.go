package glossary

import (
	"strings"
	"unicode/utf8"
)

// Term is an entry whose source an article has.
type Term struct {
	Source  string // as the glossary writes it
	English string
	Written string // as the article writes it, with what is prefixed to it
}

// In finds the entries whose source stands in the texts of an article, in the
// order in which they first occur, at most [MaxTerms]. Both sides are compared
// in their normal form, word by word; the first word may have what Arabic
// prefixes to a noun ("and", "in", "to the").
func (g *Glossary) In(texts ...string) []Term {
	if g.Len() == 0 {
		return nil
	}
	var terms []Term
	found := map[int]bool{}
	for _, text := range texts {
		words := wordsOf(text)
		for at := range words {
			for k, first := range beginnings(words[at].normal) {
				for _, entry := range g.first[first] {
					if found[entry] || !g.stands(entry, words[at:], k > 0) {
						continue
					}
					found[entry] = true
					last := words[at+len(g.words[entry])-1]
					terms = append(terms, Term{g.entries[entry].Source, g.entries[entry].English, text[words[at].start:last.end]})
					if len(terms) == MaxTerms {
						return terms
					}
				}
			}
		}
	}
	return terms
}

// shortest is how many letters must be left of a lone word when a prefix is
// taken off: Karim (كريم) is not "like Rim", Walid (وليد) not "and Lid".
const shortest = 4

// stands reports whether the words of an entry, the first of which was found,
// stand at the beginning of words.
func (g *Glossary) stands(entry int, words []word, prefixed bool) bool {
	want := g.words[entry]
	if len(want) > len(words) || prefixed && len(want) == 1 && utf8.RuneCountInString(want[0]) < shortest {
		return false
	}
	for i := 1; i < len(want); i++ {
		if words[i].normal != want[i] {
			return false
		}
	}
	return true
}

// beginnings are what a normalized word can be without its prefixes: itself
// first.
func beginnings(word string) []string {
	all := []string{word}
	for _, conjunction := range []string{"", "و", "ف"} {
		rest, found := strings.CutPrefix(word, conjunction)
		if !found || rest == "" {
			continue
		}
		if conjunction != "" {
			all = append(all, rest)
		}
		for _, preposition := range []string{"ب", "ل", "ك"} {
			if noun, found := strings.CutPrefix(rest, preposition); found && noun != "" {
				all = append(all, noun)
			}
		}
		// "to" swallows the first letter of the article.
		if noun, found := strings.CutPrefix(rest, "لل"); found && noun != "" {
			all = append(all, "ال"+noun)
		}
	}
	return all
}
