package verify

import (
	"fmt"

	"github.com/mujaz/mujaz/internal/verify/numeral"
)

// checkNumbers holds every number that the output claims against the source.
//
// A claim passes when some reading of some number of the source supports it
// (see supports). What no number supports fails, save where the source may
// well state it in a way that is not read:
//   - counts up to smallCount may be derived (a list of three names), unless
//     the same unit has another value in the source: "three weeks", «أسبوعين»;
//     Arabic writes them as words, so that digits there are no derived count;
//     nor where the sentence that they render has another number, or a dual, that
//     the output leaves out (see replaced), or several of a unit of which the
//     output has a single one (see single);
//   - numbers in names, "one", and fractions such as "half of" may be idiom;
//   - in languages whose number words are not known, only numbers that are
//     written in digits everywhere can be missed: see precise.
func checkNumbers(p *Prepared, _ *Output, fields []field, _ Limits) []Check {
	var found []Check
	left := maxClaims
	context := newAligner(p)
	defer context.release()
	for i := range fields {
		f := &fields[i]
		claims := f.numbers()
		if left -= len(claims); left < 0 {
			return append(found, Check{Verdict: CannotJudge, OutputSpan: f.whole(), Detail: fmt.Sprintf("The output has more than %d numbers; not all were checked.", maxClaims)})
		}
		for c := range claims {
			if finding, bad := p.judge(context, f, claims, c); bad {
				found = append(found, finding)
			}
			if len(found) > 4*maxFindings {
				return found
			}
		}
		found = context.single(found, f, claims)
	}
	return found
}

// maxClaims bounds the numbers that are looked up for one output, and so the
// time that an output of megabytes can take.
const maxClaims = 1000

// smallCount is the largest count that a writer may have derived himself from
// a list or from "both".
const smallCount = 4

// judge gives the finding on claims[c], if there is one.
func (p *Prepared) judge(context *aligner, f *field, claims []numeral.Quantity, c int) (Check, bool) {
	claim := &claims[c]
	if claim.Reading || claim.Weak && claim.Value == 1 {
		return Check{}, false
	}
	if (p.supported(claim) || p.readSupported(claims, c)) && !(f.arabic && p.digitOne(claim)) {
		other := p.otherCurrency(f, claim)
		if other == nil && p.read != numeral.DigitsOnly && !p.tongue.loose {
			if other = p.otherScore(f, claims, c); other == nil {
				other = context.elsewhere(f, claims, c)
			}
		}
		if other == nil {
			return Check{}, false
		}
		return Check{
			Verdict: Fail, OutputSpan: f.span(claim.ByteStart, claim.ByteEnd), SourceSpan: p.span(other),
			Detail: p.sentence(f, claim, other, Fail),
		}, true
	}
	other := p.contradiction(claim)
	verdict := Fail
	if p.mayBeStated(f, claim, other) {
		verdict = CannotJudge
	}
	switch {
	case verdict == Fail && (p.read.Foreign() || p.read == numeral.DigitsOnly || p.tongue.loose) && (!context.shown(f, claims, c, other) || context.silent(f, claims, c)):
		other, verdict = nil, CannotJudge
	case verdict == CannotJudge && p.known != numeral.DigitsOnly && smallOrRank(claim):
		if rival := context.replaced(f, claims, c); rival != nil {
			other, verdict = rival, Fail
		}
	}
	finding := Check{
		Verdict:    verdict,
		OutputSpan: f.span(claim.ByteStart, claim.ByteEnd),
		Detail:     p.sentence(f, claim, other, verdict),
	}
	if other != nil {
		finding.SourceSpan = p.span(other)
	}
	return finding, true
}

// mayBeStated reports a claim that no number of the source supports, and that the
// source may well state in a way that is not read, or its writer derive: the rules
// are those of checkNumbers. other is the number that it most likely renders.
func (p *Prepared) mayBeStated(f *field, claim *numeral.Quantity, other *evidence) bool {
	switch {
	case claim.Weak || claim.Kind == numeral.Name:
		return true
	case claim.Value <= smallCount && !(other != nil && hardUnit(claim.Unit)) && (claim.Words || !f.arabic):
		return true
	case p.derived(claim) || p.complement(claim) || p.swapped(claim) || p.decade(claim):
		return true
	case (p.read == numeral.DigitsOnly || p.tongue.loose) && !p.precise(claim):
		return true
	case p.read.Foreign() && (p.mayConvert(claim) || claim.Kind == numeral.Clock && p.mayBeClock(claim)):
		return true
	case p.language == "" || len(p.parts) == 0:
		return true
	}
	return false
}

// smallOrRank reports the numbers that are judged by the sentence they stand in.
func smallOrRank(claim *numeral.Quantity) bool {
	return claim.Value <= smallCount && claim.Kind == numeral.Cardinal && !claim.Weak || claim.Kind == numeral.Ordinal
}

// numbers gives what the field claims, in the language of its script. Several
// checks ask for it.
func (f *field) numbers() []numeral.Quantity {
	switch {
	case f.counted:
	case f.arabic:
		f.claims = numeral.Arabic(nil, f.text)
	default:
		f.claims = numeral.English(make([]numeral.Quantity, 0, 8), f.text)
	}
	f.counted = true
	return f.claims
}

// readSupported reports whether another reading of an Arabic claim is supported.
func (p *Prepared) readSupported(claims []numeral.Quantity, c int) bool {
	for i := c + 1; i < len(claims) && claims[i].Reading && claims[i].ByteStart < claims[c].ByteEnd; i++ {
		if p.supported(&claims[i]) {
			return true
		}
	}
	return false
}

// digitOne reports a 1 in digits, in Arabic, that the source has only as the word
// of «one of them»: it numbers a list that the source does not have.
func (p *Prepared) digitOne(claim *numeral.Quantity) bool {
	if claim.Words || claim.Value != 1 || claim.Unit != numeral.NoUnit || claim.Kind != numeral.Cardinal {
		return false
	}
	for i := range p.quantity {
		if q := &p.quantity[i]; q.Value == 1 && !q.Words {
			return false
		}
	}
	return true
}

// sentence explains a finding to a reader, and to the model in a repair.
func (p *Prepared) sentence(f *field, claim *numeral.Quantity, other *evidence, v Verdict) string {
	said := f.text[claim.ByteStart:claim.ByteEnd]
	if other != nil {
		return fmt.Sprintf("The source says «%s»%s; the %s says %q.", p.span(other).Text, gloss(other), fieldNoun(f.name), said)
	}
	if v == CannotJudge {
		return fmt.Sprintf("The %s says %q; the source does not state this number directly.", fieldNoun(f.name), said)
	}
	return fmt.Sprintf("The %s says %q; no such number is in the source.", fieldNoun(f.name), said)
}

// gloss gives the meaning of a number written in Arabic words: " (two weeks)".
func gloss(e *evidence) string {
	if !e.Words || e.Kind == numeral.Clock {
		return ""
	}
	text := shortNumber(e.Value)
	if unit := e.Unit.English(e.Value); unit != "" {
		text += " " + unit
	}
	return " (" + text + ")"
}

func shortNumber(v float64) string {
	small := [...]string{"zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"}
	if v >= 0 && v <= 10 && v == float64(int(v)) {
		return small[int(v)]
	}
	for _, m := range [...]struct {
		value float64
		name  string
	}{{1e12, "trillion"}, {1e9, "billion"}, {1e6, "million"}} {
		if v >= m.value {
			return fmt.Sprintf("%.6g %s", v/m.value, m.name)
		}
	}
	return fmt.Sprintf("%.6g", v)
}

func fieldNoun(name string) string {
	switch {
	case name == "headline" || name == "summary":
		return name
	case len(name) > 10 && name[:10] == "key_points":
		return "key point"
	}
	return "translation"
}
