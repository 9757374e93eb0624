package numeral

import "strings"

// What stands around a number: percent signs, currencies, units, rounding
// words, months, clock times.

func isCurrency(c rune) bool {
	return c == '$' || c >= '£' && c <= '¥' || c >= '₠' && c <= '₿'
}

func isPercent(c rune) bool { return c == '%' || c == '٪' || c == '％' }

// percentAt gives the number of tokens at j that say "percent", or 0.
func (r *reader) percentAt(j int) int {
	t := r.at(j)
	switch {
	case t.kind == tokMark && isPercent(t.mark), t.class == classPercent:
		return 1
	case t.arabic && t.class == classHundred && t.the && t.prep && t.value == 100: // «بالمئة»
		return 1
	case t.class == classUnit && t.unit == Percent:
		return 1
	case t.class == classIn:
		next := r.at(j + 1)
		if next.class == classHundred && next.value == 100 && next.arabic == t.arabic { // «في المئة»
			return 2
		}
		if !t.arabic && next.unit == Money && r.suffix(next, "cent") { // "per cent"
			return 2
		}
	}
	return 0
}

// attach finds the unit of the number in toks[i:j] and gives the index behind
// the unit, or j.
func (r *reader) attach(i, j int, q *Quantity) int {
	if n := r.percentAt(j); n > 0 {
		q.Unit = Percent
		return j + n
	}
	if n := r.percentAt(j + 1); n > 0 && r.hyphen(j) == j+1 {
		q.Unit = Percent
		return j + 1 + n
	}
	if before := r.at(i - 1); i > 0 && before.kind == tokMark {
		if isCurrency(before.mark) {
			q.Unit = Money
			return j
		}
		if isPercent(before.mark) && !r.toks[i].spaced {
			q.Unit = Percent
			return j
		}
	}
	if t := r.at(j); t.kind == tokMark && isCurrency(t.mark) {
		q.Unit = Money
		return j + 1
	}
	if year(&r.toks[i], q.Value) {
		return j
	}
	return r.attachNoun(i, j, q)
}

// year reports digits that look like a year, which counts nothing.
func year(t *token, v float64) bool {
	return t.class == classDigits && !t.group && t.decimals == 0 && v == t.value && v >= 1800 && v <= 2100
}

// attachNoun takes the unit noun behind the number, over a hyphen or over one
// word ("two long years", «عشرة من الجنود»). An Arabic number with the article
// may follow its noun: «الأسابيع الثلاثة».
func (r *reader) attachNoun(i, j int, q *Quantity) int {
	k := r.hyphen(j)
	t := r.at(k)
	if t.class == classNone && t.kind == tokWord && k == j && !t.and {
		k++
		t = r.at(k)
		if t.and {
			return j
		}
	}
	if k == j && t.spaced && t.class == classScale && r.suffix(t, "m") { // "120 m"
		q.Unit = Metre
		return k + 1
	}
	if t.class == classUnit && !t.and && k < len(r.toks) {
		q.Unit = t.unit
		return k + 1
	}
	if k == j+1 && r.suffix(t, "time") && t.end-r.toks[j].end == 4 { // "five-time winner", «خمس مرات»
		q.Unit = Times
		return k + 1
	}
	if r.toks[i].the && i > 0 && r.at(i-1).class == classUnit {
		q.Unit = r.at(i - 1).unit
	}
	return j
}

// around notes the rounding word before the number at token i, and the month
// beside it.
func (r *reader) around(i int, q *Quantity) {
	r.rounding(i, q)
	if q.Unit != NoUnit {
		return // "in November. Five weeks on"
	}
	for _, k := range [...]int{i - 2, i - 1, i + 1, i + 2, i + 3} {
		if t := r.at(k); t.class == classMonth && (t.upper || t.arabic) {
			q.Dated = true
		}
	}
}

// rounding notes the rounding word before the number at token i.
func (r *reader) rounding(i int, q *Quantity) {
	for k := i - 1; k >= max(0, i-3); k-- {
		t := r.at(k)
		if t.kind == tokNumber || t.kind == tokMark && !isCurrency(t.mark) && t.mark != '~' {
			break
		}
		switch {
		case t.class == classAbout || t.mark == '~':
			q.Rounding = About
		case t.class == classBelow:
			q.Rounding = Below
		case t.class == classAbove:
			q.Rounding = Above
		default:
			continue
		}
		break
	}
}

// clock reads "9:30", "9.30pm" and "8 p.m." at token i.
func (r *reader) clock(i int) (int, bool) {
	h := &r.toks[i]
	if h.value > 24 {
		return i, false
	}
	q := Quantity{Kind: Clock, Value: h.value * 100}
	colon, m := r.at(i+1), r.at(i+2)
	if colon.kind == tokMark && colon.mark == ':' && !colon.spaced && m.class == classDigits && !m.spaced && m.value < 60 && m.runeEnd-m.runeStart == 2 && h.decimals == 0 {
		q.Value += m.value
		end := i + 3
		if n := r.meridiemAt(end); n > 0 {
			end += n
		}
		r.emit(q, i, end)
		r.clockParts(i, end, h.value, m.value)
		return end, true
	}
	n := r.meridiemAt(i + 1)
	if n == 0 || h.group {
		return i, false
	}
	whole := float64(int(h.value))
	minutes := (h.value - whole) * 100
	q.Value = whole*100 + float64(int(minutes+0.5))
	r.emit(q, i, i+1+n)
	r.clockParts(i, i+1+n, whole, float64(int(minutes+0.5)))
	return i + 1 + n, true
}

// clockParts gives the two numbers of a clock time as evidence: "2:1" may be a
// score.
func (r *reader) clockParts(i, end int, hours, minutes float64) {
	if r.claims {
		return
	}
	r.emit(Quantity{Value: hours, Reading: true}, i, end)
	r.emit(Quantity{Value: minutes, Reading: true}, i, end)
}

// meridiemAt gives the number of tokens at j that say "am" or "p.m.", or 0.
func (r *reader) meridiemAt(j int) int {
	t := r.at(j)
	if t.class == classMeridiem {
		return 1
	}
	if t.kind == tokWord && (r.suffix(t, "a") || r.suffix(t, "p")) && r.at(j+1).mark == '.' && r.suffix(r.at(j+2), "m") {
		if r.at(j+3).mark == '.' {
			return 4
		}
		return 3
	}
	return 0
}

// maxBetween bounds the bytes between the numbers of a pair: ", and ", «إلى».
const maxBetween = 8

// shareUnits gives the first number of "30 to 43 percent" the unit of the
// second one.
func (r *reader) shareUnits() {
	for i := len(r.out) - 2; i >= 0; i-- {
		a, b := &r.out[i], &r.out[i+1]
		if a.Unit != NoUnit || b.Unit == NoUnit || a.Kind != b.Kind || a.Dated {
			continue
		}
		if gap := b.ByteStart - a.ByteEnd; gap < 0 || gap > maxBetween || (a.Value >= 1800 && a.Value <= 2100) {
			continue
		}
		switch strings.TrimSpace(r.text[a.ByteEnd:b.ByteStart]) {
		case "and", "to", "or", "-", "–", "—", "و", "إلى", "الى", "أو":
			a.Unit = b.Unit
			a.Weak = a.Weak || b.Unit == Converted // "160,000 to 227,000 sq mi"
		case "":
			if strings.HasPrefix(r.text[b.ByteStart:], "و") {
				a.Unit = b.Unit
			}
		}
	}
}
