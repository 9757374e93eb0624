package verify

import (
	"bytes"
	"strings"

	"github.com/mujaz/mujaz/internal/verify/fold"
	"github.com/mujaz/mujaz/internal/verify/numeral"
)

// "A week" and "one week" claim a number where the sentence of the source that
// they render has «أسبوعين». Elsewhere they are idiom ("five days a week", "one
// day"), which is why numeral gives no claim for the one and a weak one for the
// other: here they are held against the number of the same unit only.

// timeSpan is a unit of time: its English noun, and the Arabic words that say it
// of a single one, clitics aside, or of each.
type timeSpan struct {
	unit   numeral.Unit
	noun   string
	arabic [][]byte
}

// spans are the units that «ـين» makes two of in the news. Days and hours are
// left out for "one day" and "an hour", which seldom measure.
var spans = func() (all []timeSpan) {
	for _, s := range [...]struct {
		unit        numeral.Unit
		noun, forms string
	}{
		{numeral.Week, "week", "أسبوع أسبوعا أسبوعي أسبوعيا أسبوعية"},
		{numeral.Month, "month", "شهر شهرا شهري شهريا شهرية"},
		{numeral.Year, "year", "عام عاما سنة سنوي سنويا سنوية"},
		{numeral.Decades, "decade", "عقد عقدا"},
		{numeral.Century, "century", "قرن قرنا"},
	} {
		span := timeSpan{unit: s.unit, noun: s.noun}
		for form := range strings.FieldsSeq(s.forms) {
			span.arabic = append(span.arabic, []byte(fold.Text(form)))
		}
		all = append(all, span)
	}
	return all
}()

// says reports a word that has the noun of a single unit.
func (s *timeSpan) says(w []byte) bool {
	for _, form := range s.arabic {
		if bytes.HasSuffix(w, form) && len(w)-len(form) <= longestPrefix {
			return true
		}
	}
	return false
}

// single appends the findings on the single weeks, months and years of f.
func (a *aligner) single(found []Check, f *field, claims []numeral.Quantity) []Check {
	if a.p.known != numeral.LanguageArabic || f.arabic {
		return found
	}
	for i := range f.words.List {
		unit, last := f.singleSpan(i)
		if unit == numeral.NoUnit {
			continue
		}
		first := &f.words.List[i]
		other := a.several(f, claims, unit, int(first.Start))
		if other == nil {
			continue
		}
		claim := numeral.Quantity{ByteStart: int(first.Start), ByteEnd: int(f.words.List[last].End)}
		found = append(found, Check{
			Verdict: Fail, OutputSpan: f.span(claim.ByteStart, claim.ByteEnd), SourceSpan: a.p.span(other),
			Detail: a.p.sentence(f, &claim, other, Fail),
		})
	}
	return found
}

// singleSpan gives the unit of "one week", or of "a week" behind a word that
// makes it a measure, at word i, and its last word.
func (f *field) singleSpan(i int) (unit numeral.Unit, last int) {
	list := f.words.List
	switch string(f.words.Of(&list[i])) {
	case "one":
	case "a":
		before := i > 0 && !list[i].Broken && measures(f.words.Of(&list[i-1]))
		if !before && (i+2 >= len(list) || list[i+2].Broken || !reaches(f.words.Of(&list[i+2]))) {
			return numeral.NoUnit, i
		}
	default:
		return numeral.NoUnit, i
	}
	for last = i + 1; last < len(list) && last <= i+2 && !list[last].Broken; last++ {
		w := f.words.Of(&list[last])
		for k := range spans {
			if string(w) == spans[k].noun {
				return spans[k].unit, last
			}
		}
		switch string(w) {
		case "single", "full", "whole", "more", "additional", "further", "extra":
		default:
			return numeral.NoUnit, i
		}
	}
	return numeral.NoUnit, i
}

// measures reports the words behind which "a week" is a length of time and no
// rate: not "five days a week".
func measures(before []byte) bool {
	switch string(before) {
	case "for", "in", "after", "within", "by", "over", "about", "almost", "nearly", "around", "roughly", "than", "lasted", "lasting", "took", "takes", "last", "extended", "and", "of", "only", "just":
		return true
	}
	return false
}

// reaches reports the words before which "a week" is one as well.
func reaches(after []byte) bool {
	switch string(after) {
	case "ago", "later", "earlier", "after", "before", "long":
		return true
	}
	return false
}

// several gives the number of units that the sentence of the source has which
// the one of f at byte at renders, when the output gives it nowhere and no sentence
// that is as likely has a single one. A source that has none anywhere needs less to
// show the sentence.
func (a *aligner) several(f *field, claims []numeral.Quantity, unit numeral.Unit, at int) *evidence {
	var other *evidence
	best := -1
	for i := range a.p.quantity {
		e := &a.p.quantity[i]
		if e.Unit != unit || e.Reading || e.Weak || e.Kind != numeral.Cardinal || e.Value <= 1 {
			continue
		}
		if best < 0 {
			a.align(f, claims, -1, at)
			if best = a.best(); best < 0 {
				return nil
			}
		}
		if a.ofEvidence(e) != best {
			continue
		}
		if other != nil || given(claims, e) {
			return nil
		}
		other = e
	}
	if other == nil {
		return nil
	}
	near, anywhere := a.hasSingle(unit, other, best)
	if near || anywhere && a.scores[best] < a.sureScore() || a.scores[best] < hintScore {
		return nil
	}
	return other
}

// hasSingle reports whether the source has the noun of a unit other than as the
// number e: in a sentence that may be meant, and anywhere.
func (a *aligner) hasSingle(unit numeral.Unit, e *evidence, best int) (near, anywhere bool) {
	words := a.p.text
	for i := range words.List {
		x := &words.List[i]
		if x.Script != fold.ArabicScript || int(x.Part) == e.part && int(x.Start) < e.ByteEnd && e.ByteStart < int(x.End) {
			continue
		}
		for k := range spans {
			if spans[k].unit == unit && spans[k].says(words.Of(x)) {
				anywhere = true
				if near = a.doubtful(a.of(i), best); near {
					return near, anywhere
				}
			}
		}
	}
	return near, anywhere
}

// given reports whether a claim gives the number e, of its unit or of none.
func given(claims []numeral.Quantity, e *evidence) bool {
	for i := range claims {
		if c := &claims[i]; c.Value == e.Value && (c.Unit == e.Unit || c.Unit == numeral.NoUnit) {
			return true
		}
	}
	return false
}
