package verify

import (
	"github.com/mujaz/mujaz/internal/verify/numeral"
)

// This file asks the sentence of the source that a claim most likely renders
// whether it states another number, or none at all.

// silent reports that the sentence that is rendered is known, and that nothing
// that it or one as likely says is left for the claim: the writer of the claim
// knows it from elsewhere, or the source states it in a way that is not read.
// Neither is shown to be wrong.
func (a *aligner) silent(f *field, claims []numeral.Quantity, c int) bool {
	best := a.alone(f, claims, c, claims[c].ByteStart)
	if best < 0 {
		return false
	}
	for i := range a.p.quantity {
		e := &a.p.quantity[i]
		if e.Words && (e.Weak || e.Value == 1) { // digits that are glued to a word may be a number all the same
			continue
		}
		s := a.ofEvidence(e)
		if a.doubtful(s, best) && !a.rendersReading(f, claims, c, i, s == best) {
			return false
		}
	}
	return true
}

// shown reports that the source states something that the claim may render
// wrongly: another number that is like it, or a sentence that is like the one of
// the claim. Where neither is there, a language that is read as evidence only
// may well state the number in a way that is not read.
func (a *aligner) shown(f *field, claims []numeral.Quantity, c int, other *evidence) bool {
	if other != nil || a.p.read != numeral.LanguageKurdish { // whose spelling is not settled
		return true
	}
	a.align(f, claims, c, claims[c].ByteStart)
	best := a.best()
	return best >= 0 && (a.scores[best] >= shownScore || len(a.starts) == 1)
}

// shownScore is a name or a number that two sentences have.
const shownScore = 0.45

// lost reports that the sentence that was aligned last shares nothing with the
// source, and neither do those beside it.
func (a *aligner) lost() bool {
	best := a.best()
	return best >= 0 && a.scores[best] == 0 && len(a.starts) > 1
}

// replaced gives the number that a small count or a rank surely renders: alone
// such a number may be counted by the writer himself, but not where the sentence
// of the source has another that the output leaves out.
func (a *aligner) replaced(f *field, claims []numeral.Quantity, c int) *evidence {
	claim := &claims[c]
	a.align(f, claims, c, claim.ByteStart)
	best := a.best()
	if best < 0 || a.scores[best] <= 0 {
		return nil
	}
	var other *evidence
	score, counted := 0.0, best-1
	for i := range a.p.quantity {
		e := &a.p.quantity[i]
		if !countable(e, claim) || supports(&e.Quantity, claim) || a.renders(f, claims, c, e, false) || f.ranks(claims[c].ByteStart, e) {
			continue
		}
		s := a.ofEvidence(e)
		if s < 0 || s != best && a.scores[s] <= rivalShare*a.scores[best] {
			continue
		}
		switch {
		case other == nil || other.Value == e.Value:
		case e.Value == 1: // «الأولى» ranks less often than other words do
			continue
		case other.Value == 1:
			score, counted = 0, best-1
		default:
			return nil // which of the two is not known
		}
		if other = e; s != counted {
			score, counted = score+a.scores[s], s
		}
	}
	switch {
	case other == nil && a.scores[best] >= a.sureScore() && claim.Kind == numeral.Cardinal:
		return a.dual(f, claims, c, best)
	case score < a.sureScore() || !a.agree(other, best):
		return nil
	}
	return other
}

// agree reports whether each sentence that is as likely as the best one states
// what other does: a report that repeats a sentence in its headline and its
// opening has two that are rendered as well as each other.
func (a *aligner) agree(other *evidence, best int) bool {
	if a.scores[best] >= a.sureScore() {
		return a.ofEvidence(other) == best
	}
	for s, score := range a.scores {
		if score <= rivalShare*a.scores[best] {
			continue
		}
		states := false
		for i := range a.p.quantity {
			e := &a.p.quantity[i]
			states = states || e.Value == other.Value && e.Unit == other.Unit && e.Kind == other.Kind && a.ofEvidence(e) == s
		}
		if !states {
			return false
		}
	}
	return true
}

// ranks reports whether the sentence of f at byte at renders the rank e as "first"
// or "second", which claim nothing.
func (f *field) ranks(at int, e *evidence) bool {
	if e.Kind != numeral.Ordinal || e.Value > 2 {
		return false
	}
	from, to := f.sentence(at)
	for i := from; i < to; i++ {
		switch string(f.words.Of(&f.words.List[i])) {
		case "first", "1st", "opening", "initial", "firstly":
			if e.Value == 1 {
				return true
			}
		case "second", "2nd", "secondly":
			if e.Value == 2 {
				return true
			}
		}
	}
	return false
}

// alone gives the sentence of the source that the one of f at byte at most
// likely renders where no other comes near it, -1 for none.
func (a *aligner) alone(f *field, claims []numeral.Quantity, skip, at int) int {
	a.align(f, claims, skip, at)
	best := a.best()
	if best < 0 || a.scores[best] < aloneScore {
		return -1
	}
	for i, s := range a.scores {
		if i != best && s > aloneShare*a.scores[best] {
			return -1
		}
	}
	return best
}

const (
	// aloneScore is a name or a number that no other sentence has.
	aloneScore = 0.95
	// aloneShare is how near the second sentence may come; the sentences beside
	// the best one have besideShare of it.
	aloneShare = 0.35
)

// renders reports whether another claim of the field states e, or one of the
// same sentence where here is set.
func (a *aligner) renders(f *field, claims []numeral.Quantity, c int, e *evidence, here bool) bool {
	begin, end := 0, len(f.text)
	if here {
		from, to := f.sentence(claims[c].ByteStart)
		begin, end = int(f.words.List[from].Start), int(f.words.List[to-1].End)
	}
	for i := range claims {
		if i != c && claims[i].ByteStart >= begin && claims[i].ByteStart < end && supports(&e.Quantity, &claims[i]) {
			return true
		}
	}
	return false
}

// readingsBeside is how far the readings of one number are apart at most.
const readingsBeside = 8

// rendersReading is renders for any reading of number k of the source.
func (a *aligner) rendersReading(f *field, claims []numeral.Quantity, c, k int, here bool) bool {
	all := a.p.quantity
	e := &all[k]
	for i := max(k-readingsBeside, 0); i < min(k+readingsBeside, len(all)); i++ {
		q := &all[i]
		if q.part == e.part && q.ByteStart < e.ByteEnd && e.ByteStart < q.ByteEnd && a.renders(f, claims, c, q, here) {
			return true
		}
	}
	return false
}

// largestCount is the largest number that is taken for a count of the same
// things as a small one.
const largestCount = 20

// countable reports whether e can be what a small count or a rank renders
// wrongly.
func countable(e *evidence, claim *numeral.Quantity) bool {
	if e.Reading || e.Weak || e.Bare || e.Dated || e.Kind != claim.Kind || !sameCount(e.Unit, claim.Unit) {
		return false
	}
	return (e.Value > 1 || claim.Kind == numeral.Ordinal && e.Value == 1) && e.Value <= largestCount
}

// sameCount reports whether two numbers count the same: people have more names
// than the tables of units.
func sameCount(source, claim numeral.Unit) bool {
	return source == claim || source == numeral.Person && claim == numeral.NoUnit
}
