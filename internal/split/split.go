// Package split cuts an article into parts that fit a model.
//
// It cuts between paragraphs; inside a paragraph only where that alone is too
// long, and then between sentences, or else between words. The same text, cost
// and budget give the same parts.
package split

import (
	"strings"

	"github.com/clipperhouse/uax29/v2/sentences"
	"github.com/clipperhouse/uax29/v2/words"
)

// Paragraph is a paragraph of the article, or a piece of one: pieces keep its id.
type Paragraph struct {
	ID   int
	Text string // shares its memory with the article
}

// Cut is the end of a part: the number of whole paragraphs before it, and the
// bytes of the next paragraph that belong to the part.
type Cut struct {
	Paragraph int `json:"p"`
	Byte      int `json:"b,omitzero"`
}

// Parts cuts the paragraphs into parts that cost at most budget each, and evenly:
// of two parts the second is not a mere rest. Cost is of a paragraph or a piece
// of one, and adds up. What cannot be cut further, a word, may exceed the budget.
func Parts(paragraphs []Paragraph, budget int, cost func(string) int) []Cut {
	if len(paragraphs) == 0 || budget <= 0 {
		return nil
	}
	var atoms []atom
	total := 0
	for i, p := range paragraphs {
		atoms = appendAtoms(atoms, i, p.Text, budget, cost)
	}
	for _, a := range atoms {
		total += a.cost
	}
	n := (total + budget - 1) / budget
	target := (total + n - 1) / n
	var cuts []Cut
	sum, done := 0, 0 // cost of the part, and of those before it
	for _, a := range atoms {
		// Where parts fell short, the later ones share what is left.
		if left := n - len(cuts); left > 0 {
			target = (total - done + left - 1) / left
		}
		if sum > 0 && (sum+a.cost > budget || sum+a.cost/2 > target) {
			cuts = append(cuts, a.from)
			done, sum = done+sum, 0
		}
		sum += a.cost
	}
	return append(cuts, Cut{Paragraph: len(paragraphs)})
}

// Part gives the paragraphs from one cut to the next.
func Part(paragraphs []Paragraph, from, to Cut) []Paragraph {
	var part []Paragraph
	for i := from.Paragraph; i <= to.Paragraph && i < len(paragraphs); i++ {
		text := paragraphs[i].Text
		if i == to.Paragraph {
			text = text[:min(to.Byte, len(text))]
		}
		if i == from.Paragraph {
			text = text[min(from.Byte, len(text)):]
		}
		if text != "" {
			part = append(part, Paragraph{ID: paragraphs[i].ID, Text: text})
		}
	}
	return part
}

// atom is what is not cut: a paragraph, or of one that is too long a sentence
// or some words.
type atom struct {
	from Cut
	cost int
}

func appendAtoms(atoms []atom, paragraph int, text string, budget int, cost func(string) int) []atom {
	whole := cost(text)
	if whole <= budget {
		return append(atoms, atom{Cut{Paragraph: paragraph}, whole})
	}
	it := sentences.FromString(text)
	for it.Next() {
		sentence := it.Value()
		if n := cost(sentence); n <= budget {
			atoms = append(atoms, atom{Cut{paragraph, it.Start()}, n})
			continue
		}
		atoms = appendWords(atoms, paragraph, it.Start(), sentence, budget, cost)
	}
	return atoms
}

// wordsOfBudget is the part of a budget that pieces of a sentence have: small
// enough to fill parts evenly.
const wordsOfBudget = 4

func appendWords(atoms []atom, paragraph, at int, sentence string, budget int, cost func(string) int) []atom {
	it := words.FromString(sentence)
	start, sum := 0, 0
	for it.Next() {
		n := cost(it.Value())
		// A blank belongs to the word before it: a piece of blanks is no text.
		if sum > 0 && strings.TrimSpace(it.Value()) != "" && sum+n > max(1, budget/wordsOfBudget) {
			atoms = append(atoms, atom{Cut{paragraph, at + start}, sum})
			start, sum = it.Start(), 0
		}
		sum += n
	}
	if sum > 0 {
		atoms = append(atoms, atom{Cut{paragraph, at + start}, sum})
	}
	return atoms
}
