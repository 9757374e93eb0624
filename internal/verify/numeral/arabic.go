package numeral

import (
	"math"
	"strings"
)

// arabic reads the number that begins at token i and gives the index behind
// it, or i when nothing begins there.
func (r *reader) arabic(i int) int {
	t := &r.toks[i]
	switch t.class {
	case classDigits, classOne, classTeenMark, classTeen, classTens, classHundred, classScale, classDualScale, classDozen:
		if t.value == 100 && t.the && (t.prep || r.at(i-1).class == classIn) {
			return i + 1 // the "hundred" of «في المئة» without a number before it
		}
		return r.arabicNumber(i)
	case classOrdinal:
		return r.arabicOrdinal(i, t.value)
	case classFraction, classDualFrac:
		return r.arabicFraction(i)
	case classDecade:
		r.emit(Quantity{Value: t.value, Kind: Decade, Words: true}, i, i+1)
		return i + 1
	case classUnit, classDualUnit:
		return r.arabicUnit(i)
	case classMonth:
		r.emit(Quantity{Value: t.value, Kind: Ordinal, Words: true, Reading: true, Dated: true}, i, i+1)
		return i + 1
	}
	return i
}

// stage says what a group below one thousand already holds, and so what may
// still follow: «مئة وخمسة وعشرون» takes the units before the tens.
type stage uint8

const (
	stageEmpty stage = iota
	stageHundreds
	stageUnits
	stageFull
)

// maxParts bounds the separate readings kept of one composed number.
const maxParts = 6

// arabicSum is a number being composed.
type arabicSum struct {
	total, group float64
	limit        float64 // the next scale must be below
	scale        float64 // the last scale seen
	stage        stage
	parts        [maxParts]float64
	count        int
	words        bool
}

func (s *arabicSum) part(v float64) {
	if s.count < maxParts {
		s.parts[s.count] = v
		s.count++
	}
}

// add takes one more word and reports whether the number goes on with it.
func (s *arabicSum) add(t *token, first, and bool) bool {
	open := first || (and && (s.stage != stageEmpty || s.total > 0))
	v := t.value
	switch t.class {
	case classDigits:
		if and && s.stage == stageHundreds && v < 100 { // «٣ مئة و٢١»
			s.group, s.stage = s.group+v, stageFull
			return true
		}
		if !first && (!and || s.stage != stageEmpty || s.total == 0 || v >= s.limit) {
			return false
		}
		s.group, s.stage, s.words = v, stageFull, false
		s.part(v)
		if t.alt > 0 {
			s.part(t.alt)
		}
	case classOne:
		if !open && s.stage != stageHundreds || s.stage > stageHundreds { // Egyptian «خمسمية خمسة»
			return false
		}
		s.group, s.stage = s.group+v, stageUnits
	case classTeenMark:
		if (s.stage != stageUnits || and) && (!open || s.stage > stageHundreds) {
			return false
		}
		s.group, s.stage = s.group+v, stageFull
	case classTeen:
		if !open || s.stage > stageHundreds {
			return false
		}
		s.group, s.stage = s.group+v, stageFull
	case classTens:
		if !open || s.stage > stageUnits {
			return false
		}
		s.group, s.stage = s.group+v, stageFull
	case classHundred:
		if !and && s.stage >= stageUnits && s.group > 0 && s.group < 100 && v == 100 {
			s.group, s.stage = s.group*100, stageHundreds
			return true
		}
		if !open || s.stage != stageEmpty {
			return false
		}
		s.group, s.stage = v, stageHundreds
	case classScale:
		return s.addScale(v, open, and)
	case classDualScale:
		if !open || s.stage != stageEmpty || v >= s.limit {
			return false
		}
		s.close(1, v)
		s.scale, s.limit = v/2, v/2
	case classDozen:
		switch {
		case s.stage != stageEmpty && !and:
			s.group *= v
			s.stage = stageFull
		case open:
			s.group += v
			s.stage = stageFull
		default:
			return false
		}
	default:
		return false
	}
	return true
}

func (s *arabicSum) addScale(v float64, open, and bool) bool {
	switch {
	case !and && s.stage != stageEmpty && v < s.limit:
		s.close(s.group, v)
	case !and && s.stage == stageEmpty && s.total > 0 && v > s.scale: // «ألف مليار»
		s.total *= v
		s.limit = s.scale * v
		s.scale *= v
	case open && s.stage == stageEmpty && v < s.limit:
		s.close(1, v)
	default:
		return false
	}
	return true
}

func (s *arabicSum) close(group, scale float64) {
	s.total += group * scale
	s.part(group * scale)
	s.group, s.stage, s.scale, s.limit = 0, stageEmpty, scale, scale
}

// arabicNumber composes a cardinal number.
func (r *reader) arabicNumber(i int) int {
	if next := r.at(i + 1); r.toks[i].class == classDigits && next.kind == tokWord && !next.arabic && !next.spaced {
		r.exponent(i)
		return r.english(i) // "5G", "3km"
	}
	if r.toks[i].class == classDigits {
		if end, ok := r.clock(i); ok {
			return end
		}
	}
	s := arabicSum{limit: math.Inf(1), scale: 1, words: true}
	j := i
	for j < len(r.toks) {
		k, and := j, r.toks[j].and
		if j > i && r.toks[j].class == classAnd {
			k, and = j+1, true
		}
		t := r.at(k)
		if t.class == classDigits && j > i && r.at(k+1).class == classHundred { // «٤ آلاف ٣ مئة»
			and = true
		}
		if r.percentAt(k) > 0 && k > i || !s.add(t, k == i, and) {
			break
		}
		j = k + 1
	}
	if j == i {
		return i
	}
	return r.arabicEmit(i, j, &s)
}

// arabicEmit gives the composed number, with the fraction and the unit that
// follow it, and its other readings.
func (r *reader) arabicEmit(i, j int, s *arabicSum) int {
	first := &r.toks[i]
	q := Quantity{Value: s.total + s.group, Words: s.words}
	if den := r.at(j); den.class == classFractions && !den.and && q.Value < den.value {
		q.Value, q.Kind = q.Value/den.value, Fraction
		j++
	}
	whole := q.Value
	sum := j
	j = r.addFractions(i, j, &q)
	j = r.addFraction(j, s.scale, &q)
	if j > i+1 && r.at(j).class == classScale && r.at(j).the {
		j++ // «مليون ونصف المليون»
	}
	end := r.attach(i, j, &q)
	end = r.addFraction(end, s.scale, &q)
	if s.scale > 1 {
		q.Rounding = ScaleWord
		q.Bare = j == i+1 && first.class == classScale
	}
	r.rounding(i, &q)
	r.emit(q, i, end)

	alt := q
	alt.Reading = true
	give := func(v float64) {
		if v != q.Value {
			alt.Value = v
			r.emit(alt, i, end)
		}
	}
	give(whole)
	if end > j+1 && q.Unit != NoUnit && r.at(j).class == classNone { // the noun may count something else
		alt.Unit = NoUnit
		alt.Value = q.Value
		r.emit(alt, i, j)
		alt.Unit = q.Unit
	}
	if s.count > 1 || !s.words {
		for _, v := range s.parts[:s.count] {
			give(v)
		}
	}
	r.ratio(i, sum, whole, alt)
	r.decimals(i, sum, whole, alt)
	if t := r.at(sum); t.class == classOrdinal && t.and && whole >= 100 { // «المئة والخامسة والعشرون»
		v, n := r.ordinalValue(sum)
		alt.Value, alt.Kind = whole+v, Ordinal
		r.emit(alt, i, n)
		alt.Kind = q.Kind
	}
	if first.alt < 0 { // "2019 300": perhaps two numbers
		give(math.Floor(first.value / 1000))
		give(math.Mod(first.value, 1000))
	}
	if j == i+1 {
		r.arabicReadings(i, end, alt)
	}
	return end
}

// arabicReadings gives the other readings of a number of one word.
func (r *reader) arabicReadings(i, end int, alt Quantity) {
	t := &r.toks[i]
	v := t.value
	switch {
	case t.class == classScale: // «ألفا ريال» is two thousand, «ألفًا» one
		alt.Value = 2 * v
		r.emit(alt, i, end)
	case t.class == classOne && v >= 5, t.class == classTeenMark: // «خُمس» is written as «خمس»
		alt.Value, alt.Kind = 1/v, Fraction
		r.emit(alt, i, end)
	case r.at(end).class == classHijri, r.at(end-1).class == classHijri:
		// A Hijri year is 0.970224 of a Gregorian one, from 621.5774 on.
		year := v*0.970224 + 621.5774
		alt.Value = math.Floor(year)
		r.emit(alt, i, end)
		alt.Value++
		r.emit(alt, i, end)
	}
	if r.at(i-1).unit == Hour && r.at(i-1).the && v <= 24 {
		alt.Value, alt.Kind, alt.Unit = v*100, Clock, NoUnit
		r.emit(alt, i, end)
	}
}

// addFraction adds «ونصف» and its like at token j: half of the last scale word.
func (r *reader) addFraction(j int, scale float64, q *Quantity) int {
	t := r.at(j)
	if n := r.at(j + 1).class; t.class == classAnd && (n == classFraction || n == classDualFrac) {
		j++
		t = r.at(j)
	} else if !t.and {
		return j
	}
	switch t.class {
	case classFraction:
		q.Value += scale / t.value
	case classDualFrac:
		q.Value += 2 * scale / t.value
	default:
		return j
	}
	return j + 1
}

// ordinalValue gives the value of the ordinal at token i and the index behind it.
func (r *reader) ordinalValue(i int) (v float64, next int) {
	v, next = r.toks[i].value, i+1
	switch t := r.at(next); {
	case t.class == classTeenMark && !t.and:
		return v + 10, next + 1
	case t.class == classTens && t.and:
		return v + t.value, next + 1
	case t.class == classAnd && r.at(next+1).class == classTens:
		return v + r.at(next+1).value, next + 2
	}
	return v, next
}

// arabicOrdinal reads a rank, a day of the month or an hour.
func (r *reader) arabicOrdinal(i int, v float64) int {
	first := r.toks[i].value
	sum, j := r.ordinalValue(i)
	v += sum - first
	q := Quantity{Value: v, Kind: Ordinal, Words: true}
	r.emit(q, i, j)
	if r.at(i-1).unit != Hour {
		return j
	}
	q.Kind, q.Reading, q.Value = Clock, true, v*100
	switch t := r.at(j); {
	case t.class == classFraction && t.and:
		q.Value += math.Round(60 / t.value)
		j++
	case t.class == classLess && r.at(j+1).class == classFraction:
		q.Value = (v-1)*100 + math.Round(60-60/r.at(j+1).value)
		j += 2
	}
	r.emit(q, i, j)
	return j
}

// arabicFraction reads a fraction that stands alone or before a scale word.
func (r *reader) arabicFraction(i int) int {
	t := &r.toks[i]
	q := Quantity{Value: 1 / t.value, Kind: Fraction, Words: true}
	if t.class == classDualFrac {
		q.Value *= 2
	}
	j := i + 1
	if next := r.at(j); next.class == classScale && !next.and {
		q.Value *= next.value
		q.Kind = Cardinal
		j++
	}
	j = r.attach(i, j, &q)
	r.emit(q, i, j)
	return j
}

// arabicUnit reads the numbers that a unit noun carries itself: the dual
// «أسبوعين», and «ساعة ونصف».
func (r *reader) arabicUnit(i int) int {
	t := &r.toks[i]
	if t.unit == Second && t.class == classUnit && (t.the || r.at(i-1).unit == Hour || r.at(i+1).class == classTeenMark || r.ranked(i)) {
		return r.arabicOrdinal(i, 2) // «الساعة الثانية», «المرة الثانية»
	}
	q := Quantity{Value: 1, Unit: t.unit, Words: true}
	if t.class == classDualUnit {
		q.Value = 2
	}
	j := r.addFraction(i+1, 1, &q)
	if q.Value > 1 {
		r.emit(q, i, j)
	} else if next := r.at(j); next.class == classOne && next.value <= 2 && !next.and {
		q.Value = next.value
		j++
		r.emit(q, i, j)
	}
	return j
}

// ranked reports whether «ثانية» at token i ranks the noun before it, «قمة ثانية»,
// and does not count time. «مرة ثانية» is "again".
func (r *reader) ranked(i int) bool {
	t, before := &r.toks[i], r.at(i-1)
	if t.end-t.start != int32(len("ثانية")) || before.kind != tokWord || before.class != classNone {
		return false
	}
	noun := r.text[before.start:before.end]
	return strings.HasSuffix(noun, "ة") && r.text[t.start:t.end] == "ثانية"
}
