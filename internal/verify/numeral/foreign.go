package numeral

import "math"

// This file reads evidence in the languages of lexicon_foreign.go. It is more
// generous than the readers of Arabic and English: every part of a number is
// given beside the whole, units other than percent are left open, and a doubt
// about the grammar is settled by giving both readings.

// foreignSum is a number being composed.
type foreignSum struct {
	total, group, last, scale float64
	and                       bool
	started                   bool
	parts                     [maxParts]float64
	count                     int
}

func (s *foreignSum) value() float64 { return s.total + s.group }

func (s *foreignSum) part(v float64) {
	if s.count < maxParts {
		s.parts[s.count] = v
		s.count++
	}
}

// add takes one more word; inverted allows units before tens, as German does.
func (s *foreignSum) add(c class, v float64, inverted bool) bool {
	and := s.and
	s.and = false
	switch c {
	case classDigits:
		if s.started && (s.group != 0 || s.scale == 0 || v >= s.scale) {
			return false
		}
		s.group, s.last = v, v
	case classTeen:
		switch {
		case s.group == 0 && (!s.started || s.scale > 0):
			s.group = v
		case s.last == 4 && v == 20: // quatre-vingts
			s.group += 76
			v = 80
		case v < 100 && (s.last >= 100 || s.last >= 20 && v < 20 && math.Mod(s.last, 10) == 0 || s.last == 10 && v < 10):
			s.group += v
		case inverted && and && s.last < 10 && v >= 20 && v < 100:
			s.group += v
		case s.last < 10 && s.last > 0 && v == 10: // «חמש עשרה», "dreizehn"
			s.group += v
		default:
			return false
		}
		s.last = v
	case classHundred:
		switch {
		case s.group == 0:
			s.group = v
		case s.group < 100:
			s.group *= v
		default:
			return false
		}
		s.last = v
	case classDualScale, classScale:
		switch {
		case s.group == 0 && s.total > 0 && v > s.scale: // "mil millones"
			s.total *= v
		case s.group > 0 && s.total > 0 && v > s.scale: // "dos mil quinientos millones"
			s.total, s.group = (s.total+s.group)*v, 0
		case s.group == 0 && (s.total == 0 || v < s.scale):
			s.total += v
		case s.group > 0:
			s.total += s.group * v
			s.group = 0
		default:
			return false
		}
		s.scale, s.last = v, 0
		if c == classDualScale {
			s.scale = v / 2
		}
	default:
		return false
	}
	s.started = true
	s.part(v)
	return true
}

// foreign reads the number that begins at token i and gives the index behind
// it, or i when nothing begins there.
func (r *reader) foreign(i int) int {
	t := &r.toks[i]
	before := 0.0
	first, plain := i, len(r.out)
	switch t.class {
	case classDigits:
		r.english(i)
	case classTeen, classHundred, classScale, classDualScale:
	case classArticle:
		before = t.value
		first++
	case classFraction:
		r.emit(Quantity{Value: 1 / t.value, Kind: Fraction, Words: true}, i, i+1)
		if next := r.at(i + 1); next.class == classScale {
			r.emit(Quantity{Value: next.value / t.value, Words: true}, i, i+2)
			return i + 2
		}
		return i + 1
	case classOrdinal:
		r.emit(Quantity{Value: t.value, Kind: Ordinal, Reading: true}, i, i+1)
		return i + 1
	case classUnit:
		r.emit(Quantity{Value: 1, Unit: t.unit, Words: true}, i, i+1)
		return i + 1
	default:
		return i
	}
	s, j := r.foreignParts(i, first)
	if j == first {
		return max(j, i+1)
	}
	q := Quantity{Value: s.value(), Words: t.class != classDigits}
	if before != 0 {
		unit := 1.0
		if s.count > 1 && s.scale > 0 {
			unit = s.scale
		} else if s.count > 1 && s.last == 100 {
			unit = 100
		}
		q.Value += before * unit
	}
	if s.count > 1 { // the digits of "100 millones" are a part
		for k := plain; k < len(r.out); k++ {
			r.out[k].Reading, r.out[k].Bare = true, r.out[k].Unit == NoUnit
		}
	}
	end := r.foreignFraction(j, &s, &q)
	end = r.foreignPercent(i, end, &q)
	if n := r.at(end); n.class == classUnit && n.unit == Decades {
		q.Unit = Decades
		end++
	}
	if t.class != classDigits || s.count > 1 || q.Unit != NoUnit || end > j {
		r.emit(q, i, end)
	}
	if r.at(i).alt > 0 && s.count > 1 { // "1,234 million"
		alt := q
		alt.Value, alt.Reading = q.Value/t.value*t.alt, true
		r.emit(alt, i, end)
	}
	if q.Value != s.value() {
		r.emit(Quantity{Value: s.value(), Reading: true, Unit: q.Unit}, i, end)
	}
	if s.count > 1 {
		for _, v := range s.parts[:s.count] {
			r.emit(Quantity{Value: v, Reading: true, Bare: true}, i, end)
		}
		if s.group > 0 && s.total > 0 {
			r.emit(Quantity{Value: s.group, Reading: true, Bare: true}, i, end)
			r.emit(Quantity{Value: s.total, Reading: true, Bare: true}, i, end)
		}
	}
	return end
}

// foreignParts composes the number that begins at token first, and gives the
// index behind it; i is the token before it when that belongs to the number.
func (r *reader) foreignParts(i, first int) (s foreignSum, j int) {
	t := &r.toks[i]
	j = first
	for j < len(r.toks) {
		k := r.hyphen(j)
		if n := r.at(k); j > first && (n.class == classAnd || n.kind == tokMark && n.mark == '،') {
			k = r.hyphen(k + 1)
			s.and = true
		}
		if sign := r.at(k); j == first+1 && t.class == classDigits && sign.kind == tokMark && isCurrency(sign.mark) {
			k++ // «37$ ارب»
		}
		n := r.at(k)
		if n.class != classDigits && n.class != classTeen && n.class != classHundred && n.class != classScale && n.class != classDualScale {
			break
		}
		s.and = s.and || n.and || r.lang == LanguagePashto // «اته پنځوس» is 58
		if next := s; !next.add(n.class, n.value, true) {
			break
		} else {
			s = next
		}
		j = k + 1
	}
	return s, j
}

// foreignFraction adds "and a half" behind a number, of its last magnitude.
func (r *reader) foreignFraction(j int, s *foreignSum, q *Quantity) int {
	k := j
	if r.at(k).class == classAnd {
		k++
	}
	t := r.at(k)
	unit := 1.0
	if s.scale > 0 && s.group == 0 {
		unit = s.scale
	}
	switch t.class {
	case classFraction:
		if k == j && q.Value < t.value { // "trois quarts"
			r.emit(Quantity{Value: q.Value / t.value, Kind: Fraction, Words: true}, j-1, k+1)
		}
		q.Value += unit / t.value
	case classDualFrac:
		q.Value += unit * t.value
	default:
		return j
	}
	k++
	if n := r.at(k); n.class == classScale && s.scale == 0 { // "deux et demi millions"
		q.Value *= n.value
		k++
	}
	return k
}

// foreignPercent finds the word or sign of percent behind the number, and in
// Turkish before it.
func (r *reader) foreignPercent(i, j int, q *Quantity) int {
	switch t := r.at(j); {
	case t.class == classPercent || t.kind == tokMark && isPercent(t.mark):
		q.Unit = Percent
		return j + 1
	case r.at(i-1).class == classPercent && r.lang == LanguageTurkish:
		q.Unit = Percent
	case (r.lang == LanguageFrench || r.lang == LanguageSpanish) && r.suffix(t, "pour") && r.suffix(r.at(j+1), "cent"),
		(r.lang == LanguageFrench || r.lang == LanguageSpanish) && r.suffix(t, "por") && (r.suffix(r.at(j+1), "ciento") || r.suffix(r.at(j+1), "cien")):
		q.Unit = Percent
		return j + 2
	}
	return j
}
