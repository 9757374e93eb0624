package verify

import (
	"math"

	"github.com/mujaz/mujaz/internal/verify/numeral"
)

// This file knows the numbers that a faithful writer gives although the source
// states others: what follows from them, and what a typist turned around.

// derived reports a claim that adds up two counts of people that stand next to
// each other in the source: "five killed, three wounded".
func (p *Prepared) derived(claim *numeral.Quantity) bool {
	if d := claim.Unit.Dimension(); d != numeral.NoDimension && d != numeral.People {
		return false
	}
	var prev *evidence
	for i := range p.quantity {
		e := &p.quantity[i]
		if e.Reading || e.Unit != numeral.Person {
			continue
		}
		if prev != nil && prev.part == e.part && near(prev.Value+e.Value, claim.Value) {
			return true
		}
		prev = e
	}
	return false
}

// whole is all of what shares are parts of.
const whole = 100

// complement reports a share that is the rest of one in the source, or of two
// that stand in one paragraph: of 60 percent, 40 are against, or undecided.
func (p *Prepared) complement(claim *numeral.Quantity) bool {
	if claim.Unit != numeral.Percent || claim.Value <= 0 || claim.Value >= whole {
		return false
	}
	rest := whole - claim.Value
	var prev *evidence
	for i := range p.quantity {
		e := &p.quantity[i]
		if e.Reading || e.Unit != numeral.Percent {
			continue
		}
		if near(e.Value, rest) || prev != nil && prev.part == e.part && near(prev.Value+e.Value, rest) {
			return true
		}
		prev = e
	}
	return false
}

// swapped reports a decimal whose two sides the source has the other way round,
// as happens where digits are typed in a text that runs from right to left:
// «25,2» for 2.25.
func (p *Prepared) swapped(claim *numeral.Quantity) bool {
	if p.known != numeral.LanguageArabic {
		return false
	}
	scale := 1.0
	for _, s := range [...]float64{1e12, 1e9, 1e6, 1e3} {
		if claim.Value >= s {
			scale = s
			break
		}
	}
	turned, ok := turnedDecimal(claim.Value / scale)
	if !ok {
		return false
	}
	for i := range p.quantity {
		if e := &p.quantity[i]; near(e.Value, turned*scale) {
			return true
		}
	}
	return false
}

// mostDecimals is the digits on each side of a decimal that is turned around.
const mostDecimals = 2

// turnedDecimal gives 25.2 for 2.25.
func turnedDecimal(v float64) (float64, bool) {
	left := math.Floor(v)
	if left >= 100 || near(v, left) {
		return 0, false
	}
	right, digits := v-left, 0
	for ; digits < mostDecimals && !near(right, math.Round(right)); digits++ {
		right = (v - left) * math.Pow10(digits+1)
	}
	right = math.Round(right)
	if !near(left+right/math.Pow10(digits), v) {
		return 0, false
	}
	width := 1
	if left >= 10 {
		width = 2
	}
	return right + left/math.Pow10(width), true
}

// decade reports a round year that the source gives as a decade of a numbered
// century, as Hebrew and Russian do: the 20s of the 21st for 2020.
func (p *Prepared) decade(claim *numeral.Quantity) bool {
	if !yearlike(claim) || math.Mod(claim.Value, 10) != 0 {
		return false
	}
	century, tens := math.Floor(claim.Value/100)+1, math.Mod(claim.Value, 100)
	for i := range p.quantity {
		e := &p.quantity[i]
		if e.Value != tens && e.Value != century {
			continue
		}
		for k := i + 1; k < min(i+readingsBeside, len(p.quantity)); k++ {
			if q := &p.quantity[k]; q.part == e.part && q.Value+e.Value == tens+century && q.Value != e.Value {
				return true
			}
		}
	}
	return false
}
