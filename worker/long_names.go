package worker

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/mujaz/mujaz/internal/clean"
	"github.com/mujaz/mujaz/internal/tokens"
	"github.com/mujaz/mujaz/prompts"
	"github.com/mujaz/mujaz/queue"
)

// names is the table that keeps the spellings of a long article one: of the
// parts, which were asked side by side, each may have found its own.
type names struct {
	all      []queue.Name      // one a source spelling, the commonest first
	variants map[string]string // other English spellings -> the one that holds
}

// maxTableNames bounds the names of a result, as the prompts' schemas do.
const maxTableNames = 100

// tableOf joins the names of the parts, in their order. Of several English
// spellings of a name the house's holds, else the most frequent, else the first.
func tableOf(art article, parts [][]queue.Name) names {
	type entry struct {
		name      queue.Name
		spellings []string
		votes     map[string]int
		total     int
	}
	bySource := map[string]*entry{}
	var order []*entry
	for _, part := range parts {
		for _, n := range part {
			if !plainName(n.English) {
				continue
			}
			key := clean.Normalize(n.Source)
			e := bySource[key]
			if e == nil {
				e = &entry{name: n, votes: map[string]int{}}
				bySource[key] = e
				order = append(order, e)
			}
			if e.votes[n.English] == 0 {
				e.spellings = append(e.spellings, n.English)
			}
			e.votes[n.English]++
			e.total++
		}
	}
	slices.SortStableFunc(order, func(a, b *entry) int { return b.total - a.total })
	house := map[string]string{}
	for _, term := range art.terms.asked {
		house[clean.Normalize(term.Source)] = term.English
	}
	table := names{variants: map[string]string{}}
	taken := map[string]bool{} // spellings that hold for some name
	for _, e := range order {
		best := e.spellings[0]
		for _, s := range e.spellings {
			if e.votes[s] > e.votes[best] {
				best = s
			}
		}
		if term, found := house[clean.Normalize(e.name.Source)]; found {
			best = term
		}
		e.name.English = best
		taken[best] = true
		table.all = append(table.all, e.name)
	}
	for _, e := range order {
		for _, s := range e.spellings {
			if !taken[s] && spelledAnew(s, e.name.English) {
				table.variants[s] = e.name.English
			}
		}
	}
	table.all = namesIn(art, table.all[:min(len(table.all), maxTableNames)])
	return table
}

// plainName tells a name from what a hostile page could have a model put there.
func plainName(s string) bool {
	const longest = 80
	if s == "" || utf8.RuneCountInString(s) > longest {
		return false
	}
	return !strings.ContainsFunc(s, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsDigit(r) && !strings.ContainsRune(" -–'’`ʿʾ.,&/()", r)
	})
}

// spelledAnew reports that two spellings are of the same words, so that one can
// stand where the other did: not a surname for a full name, not an acronym.
func spelledAnew(a, b string) bool {
	low, other := strings.ToLower(a), strings.ToLower(b)
	return utf8.RuneCountInString(a) >= 4 && strings.Count(a, " ") == strings.Count(b, " ") &&
		!strings.Contains(low, other) && !strings.Contains(other, low)
}

// unify puts the spelling that holds in the place of others, whole words only.
func (n names) unify(text string) string {
	for variant, holds := range n.variants {
		for at := 0; ; {
			i := strings.Index(text[at:], variant)
			if i < 0 {
				break
			}
			start := at + i
			end := start + len(variant)
			before, _ := utf8.DecodeLastRuneInString(text[:start])
			after, _ := utf8.DecodeRuneInString(text[end:])
			if unicode.IsLetter(before) || unicode.IsLetter(after) {
				at = end
				continue
			}
			text = text[:start] + holds + text[end:]
			at = start + len(holds)
		}
	}
	return text
}

// terms are the table's first names, as many as the budget has room for.
func (n names) terms(budget int) []prompts.Term {
	var terms []prompts.Term
	for _, name := range n.all {
		if budget -= tokens.Estimate(name.Source+name.English) + lineTokens; budget < 0 {
			break
		}
		terms = append(terms, prompts.Term{Source: name.Source, English: name.English})
	}
	return terms
}
