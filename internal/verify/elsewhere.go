package verify

import (
	"math"

	"github.com/mujaz/mujaz/internal/verify/numeral"
)

// elsewhere gives the number of the source that the claim most likely renders
// wrongly although its value stands somewhere else in the article: the sentence
// of the source that is meant has such a number, which the output leaves out,
// and the ones with the value have little to do with the claim.
func (a *aligner) elsewhere(f *field, claims []numeral.Quantity, c int) *evidence {
	p, claim := a.p, &claims[c]
	if claim.Weak || claim.Kind != numeral.Cardinal && claim.Kind != numeral.Ordinal {
		return nil
	}
	if yearlike(claim) && a.everywhere(claim) {
		return nil
	}
	var rivals [maxRivals]*evidence
	n := 0
	for i := range p.quantity {
		if e := &p.quantity[i]; n < maxRivals && mistakable(e, claim) && !supports(&e.Quantity, claim) {
			rivals[n] = e
			n++
		}
	}
	if n == 0 {
		return nil
	}
	a.align(f, claims, c, claim.ByteStart)
	best := a.best()
	if best < 0 {
		return nil
	}
	least := hintScore
	for i := range p.quantity {
		e := &p.quantity[i]
		if !supports(&e.Quantity, claim) {
			continue
		}
		if a.doubtful(a.ofEvidence(e), best) {
			return nil
		}
		if !loosely(&e.Quantity, claim) {
			least = a.sureScore()
		}
	}
	if a.scores[best] < least {
		return nil
	}
	for _, e := range rivals[:n] {
		if a.ofEvidence(e) != best {
			continue
		}
		for i := range claims {
			if i != c && supports(&e.Quantity, &claims[i]) {
				return nil // it is rendered, and the claim is another number
			}
		}
		return e
	}
	return nil
}

func yearlike(q *numeral.Quantity) bool {
	return q.Unit == numeral.NoUnit && !q.Words && q.Value >= 1900 && q.Value < 2100 && q.Value == math.Floor(q.Value)
}

const (
	// openingSentences give the year that the rest of a report goes without.
	openingSentences = 2
	// oftenNamed is how often a year is named that may be meant anywhere.
	oftenNamed = 3
)

// everywhere reports a year that may be meant in any sentence of the source.
func (a *aligner) everywhere(claim *numeral.Quantity) bool {
	if a.starts == nil {
		a.split()
	}
	n := 0
	for i := range a.p.quantity {
		e := &a.p.quantity[i]
		if e.Value != claim.Value || e.Reading {
			continue
		}
		if n++; n >= oftenNamed || a.ofEvidence(e) < openingSentences {
			return true
		}
	}
	return false
}

// loosely reports that q has the value of the claim, but counts something else
// or is no such number: six months for six years, two thirds for 67 percent.
func loosely(q, claim *numeral.Quantity) bool {
	return claim.Unit != numeral.NoUnit && q.Unit != numeral.NoUnit && q.Unit != claim.Unit && near(q.Value, claim.Value) || q.Kind != claim.Kind
}

// placed reports whether one sentence of the source is surely the one that the
// sentence of f at byte at renders, and is among the sentences with a rival; the
// sentences in doubt must not be near it. All are given by their words; least is
// the score that the sentence needs.
func (a *aligner) placed(f *field, claims []numeral.Quantity, at int, least float64, rival, doubt []int) bool {
	if len(rival) == 0 {
		return false
	}
	a.align(f, claims, -1, at)
	best := a.best()
	if best < 0 || a.scores[best] < least {
		return false
	}
	for _, w := range doubt {
		if a.doubtful(a.of(w), best) {
			return false
		}
	}
	for _, w := range rival {
		if a.of(w) == best {
			return true
		}
	}
	return false
}

// maxRivals bounds the numbers of an article that may be mistaken for a claim.
const maxRivals = 16

// mistakable reports whether a claim can be the source's number e, rendered
// wrongly: alike in what it counts and not far off.
func mistakable(e *evidence, claim *numeral.Quantity) bool {
	if e.Reading || e.Weak || e.Kind != claim.Kind || e.Unit != claim.Unit || e.Dated != claim.Dated && claim.Value <= 31 || e.Value <= smallCount && e.Unit == numeral.NoUnit {
		return false
	}
	far := 1.35
	if e.Unit != numeral.NoUnit {
		far = 2.5
	}
	return e.Value*far >= claim.Value && claim.Value*far >= e.Value
}
