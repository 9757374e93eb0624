package verify

import (
	"math"

	"github.com/mujaz/mujaz/internal/verify/numeral"
)

// Sources in the languages that numeral reads without units may give a measure
// in another unit than the English does, and a time of day in another form.

// lengths, masses and temperatures are the units that newsrooms convert into
// each other.
var (
	lengths      = [...]numeral.Unit{numeral.Centimetre, numeral.Metre, numeral.Kilometre, numeral.Inch, numeral.Foot, numeral.Mile}
	masses       = [...]numeral.Unit{numeral.Gram, numeral.Kilogram, numeral.Tonne}
	temperatures = [...]numeral.Unit{numeral.Celsius}
)

// hugeMeasure is a measure that newsrooms give with its magnitude, unconverted.
const hugeMeasure = 1e6

// gramsPerPound is the international pound, for a claim that may be one.
const gramsPerPound = 453.59237

// mayConvert reports whether some number of a source without units can be the
// claim in another unit.
func (p *Prepared) mayConvert(claim *numeral.Quantity) bool {
	units := lengths[:]
	measure := *claim
	switch {
	case claim.Value >= hugeMeasure:
		return false
	case claim.Unit == numeral.Pound:
		units = masses[:]
		measure.Unit, measure.Value = numeral.Gram, claim.Value*gramsPerPound
	case claim.Unit.Dimension() == numeral.Mass:
		units = masses[:]
	case claim.Unit.Dimension() == numeral.Temperature:
		for i := range p.quantity {
			if v := p.quantity[i].Value; math.Abs(v*9/5+32-claim.Value) <= 1 || math.Abs((v-32)*5/9-claim.Value) <= 1 {
				return true
			}
		}
		units = temperatures[:]
	case claim.Unit.Dimension() != numeral.Length:
		return false
	}
	for i := range p.quantity {
		q := p.quantity[i].Quantity
		if q.Bare || q.Value >= hugeMeasure {
			continue
		}
		if q.Unit = numeral.Centimetre; units[0] == q.Unit && convertedLoosely(&numeral.Quantity{Value: q.Value / 10, Unit: q.Unit}, &measure) {
			return true // millimetres
		}
		for _, q.Unit = range units {
			if q.Unit != measure.Unit && (near(q.Unit.Base(q.Value), measure.Unit.Base(measure.Value)) || convertedLoosely(&q, &measure)) {
				return true
			}
		}
	}
	return false
}

// convertedLoosely allows a conversion that is rounded to an eighth, or a
// twentieth where the claim has three digits.
func convertedLoosely(q, claim *numeral.Quantity) bool {
	exact, said := q.Unit.Base(q.Value), claim.Unit.Base(claim.Value)
	slack := 0.12
	if significant(claim.Value) > 2 {
		slack = 0.05
	}
	return math.Abs(exact-said) <= slack*said
}

// mayBeClock reports whether the hour of a time of day stands anywhere in a
// source whose times are not read.
func (p *Prepared) mayBeClock(claim *numeral.Quantity) bool {
	hour := math.Mod(math.Floor(claim.Value/100), 12)
	minute := math.Mod(claim.Value, 100)
	hours, minutes := false, minute == 0
	for i := range p.quantity {
		q := &p.quantity[i]
		switch {
		case q.Kind == numeral.Clock:
			continue
		case q.Value == math.Floor(q.Value):
			hours = hours || q.Value <= 24 && math.Mod(q.Value, 12) == hour
			minutes = minutes || q.Value == minute
		case q.Value < 25: // "8.30"
			rest := math.Round((q.Value - math.Floor(q.Value)) * 100)
			hours = hours || math.Mod(math.Floor(q.Value), 12) == hour
			minutes = minutes || rest == minute
		}
	}
	quarter := math.Mod(minute, 15) == 0 // it may be told in words
	return hours && (minutes || quarter)
}
