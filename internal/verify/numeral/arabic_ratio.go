package numeral

import (
	"math"
	"strings"
)

// What Arabic puts together of two numbers: fractions, decimals, powers. All but
// the plain forms are further readings of evidence, since «ثلاثة على خمسة» may
// be a score as well.

// addFractions adds «وثلاثة أخماس» at token j, or finds that the last word of
// toks[i:j] counts fractions: «مئة وثلاثة أرباع» is 100.75.
func (r *reader) addFractions(i, j int, q *Quantity) int {
	if n, den := r.at(j), r.at(j+1); n.and && n.class == classOne && den.class == classFractions && !den.and && n.value < den.value {
		q.Value += n.value / den.value
		return j + 2
	}
	den, last := r.at(j), r.at(j-1)
	if den.class == classOne && den.value > 2 && !den.and && q.Value >= 20 && j > i+1 { // «ثلاث وعشرون خُمسًا»
		many := *q
		many.Value, many.Reading = q.Value/den.value, true
		r.emit(many, i, j+1)
	}
	if den.class == classTens && den.value == 50 && den.and { // «وخُمسين» is two fifths, or fifty
		more := *q
		more.Value, more.Reading = q.Value+0.4, true
		r.emit(more, i, j+1)
	}
	if den.class != classFractions || den.and || j == i+1 {
		return j
	}
	if last.class == classOne && last.and && last.value < den.value {
		q.Value += last.value/den.value - last.value
		return j + 1
	}
	many := *q
	many.Value, many.Reading = q.Value/den.value, true // «واحد وعشرون خمسًا»
	r.emit(many, i, j+1)
	return j
}

// ratio gives the fraction of the number in toks[i:j] and the one behind it:
// «٣/٤», «واحد على عشرين», «ثلاثة من خمسة», «عشرون جزءا من مئة».
func (r *reader) ratio(i, j int, value float64, alt Quantity) {
	if before := r.at(i - 1); before.class == classIn || r.text[before.start:before.end] == "من" {
		if r.at(i-2).class == classShare && value > 0 { // «جزء من مئة»
			alt.Value, alt.Kind = 1/value, Fraction
			r.emit(alt, i, j)
		}
	}
	k := j
	if r.at(k).class == classShare {
		k++
	}
	switch t := r.at(k); {
	case t.mark == '/', t.class == classOver && k == j, t.kind == tokWord && r.text[t.start:t.end] == "من":
	default:
		return
	}
	s := arabicSum{limit: math.Inf(1), scale: 1}
	end := k + 1
	for end < len(r.toks) && s.add(&r.toks[end], end == k+1, r.toks[end].and) {
		end++
	}
	den := s.total + s.group
	if end == k+1 || den <= 0 {
		return
	}
	alt.Value, alt.Kind, alt.Unit = value/den, Fraction, NoUnit
	r.emit(alt, i, end)
	if r.at(k).mark == '/' && value > 0 { // «٢/١» is typed from right to left as well
		alt.Value = den / value
		r.emit(alt, i, end)
	}
	if rest := math.Mod(value, 100); k > j && rest > 0 && rest < value { // «مئتان وواحد وسبعون جزءا من مئة»
		alt.Value, alt.Kind = value-rest+rest/den, Cardinal
		r.emit(alt, i, end)
	}
}

// decimals gives the number with the decimals that are written behind it in
// words, «واحد فاصلة خمسة», or with a sign before it, «٫٧٧»; and powers.
func (r *reader) decimals(i, j int, value float64, alt Quantity) {
	alt.Unit = NoUnit
	if t := r.at(j); t.class == classPoint {
		n := r.at(j + 1)
		switch n.class {
		case classOne, classTeen, classTens, classDigits, classTeenMark:
			alt.Value = value + n.value/math.Pow(10, float64(len(shortDigits(n.value))))
			r.emit(alt, i, j+2)
		default:
		}
	}
	t := &r.toks[i]
	if sign := r.at(i - 1); t.class == classDigits && (sign.mark == '٫' || sign.mark == '.') && !t.spaced && (i < 2 || r.toks[i-2].class != classDigits) {
		alt.Value = value / math.Pow(10, float64(t.runeEnd-t.runeStart))
		r.emit(alt, i, j)
	}
	if t := r.at(j); t.mark == '^' {
		k := j + 1
		if r.at(k).mark == '+' {
			k++
		}
		if n := r.at(k); n.class == classDigits && n.value < 100 {
			alt.Value = math.Pow(value, n.value)
			if !math.IsInf(alt.Value, 0) {
				r.emit(alt, i, k+1)
			}
		}
	}
}

// shortDigits gives the digits of a number below a thousand.
func shortDigits(v float64) string {
	switch {
	case v < 10:
		return "0"
	case v < 100:
		return "00"
	}
	return "000"
}

// exponent gives the reading of "127.32e13" at token i.
func (r *reader) exponent(i int) {
	e, k := r.at(i+1), i+2
	if !r.suffix(e, "e") && !r.suffix(e, "E") {
		return
	}
	sign := 1.0
	if r.at(k).mark == '-' {
		sign = -1
		k++
	}
	n := r.at(k)
	if n.class != classDigits || n.spaced || n.value > 100 {
		return
	}
	r.emit(Quantity{Value: r.toks[i].value * math.Pow(10, sign*n.value), Reading: true}, i, k+1)
	if alt := r.toks[i].alt; alt > 0 {
		r.emit(Quantity{Value: alt * math.Pow(10, sign*n.value), Reading: true}, i, k+1)
	}
}

// doubt marks cardinal words that stand side by side without a conjunction, and
// what a conjunction joins with them, as weak: the grammar has no number that is
// said like that, so that none of them is surely meant.
func (r *reader) doubt() {
	for i := 1; i < len(r.out); i++ {
		b := &r.out[i]
		if b.Reading || !b.Words || b.Kind != Cardinal {
			continue
		}
		k := i - 1
		for k > 0 && r.out[k].Reading {
			k--
		}
		a := &r.out[k]
		if !a.Words || a.Kind != Cardinal || a.Unit != NoUnit || a.ByteEnd > b.ByteStart {
			continue
		}
		switch strings.TrimSpace(r.text[a.ByteEnd:b.ByteStart]) {
		case "":
			if rest := r.text[b.ByteStart:]; strings.HasPrefix(rest, "و") && !strings.HasPrefix(rest, "واحد") {
				continue
			}
			a.Weak, b.Weak = true, true
		case "و":
			b.Weak = b.Weak || a.Weak
		}
	}
	for i := len(r.out) - 1; i > 0; i-- {
		if a, b := &r.out[i-1], &r.out[i]; b.Weak && a.Words && a.Kind == Cardinal && a.Unit == NoUnit && b.Words && b.ByteStart >= a.ByteEnd && strings.TrimSpace(r.text[a.ByteEnd:b.ByteStart]) == "و" {
			a.Weak = true
		}
	}
}
