package numeral

// chinese reads a number of Chinese signs, or digits before them, at token i
// and gives the index behind it, or i when nothing begins there.
//
//	三千五百 -> 3*1000 + 5*100    1.2亿 -> 1.2*1e8    二〇一九 -> 2019
func (r *reader) chinese(i int) int {
	t := &r.toks[i]
	if !t.chinese() {
		if t.class == classFraction {
			r.emit(Quantity{Value: 1 / t.value, Kind: Fraction, Words: true}, i, i+1)
		}
		return i
	}
	if t.class == classDigits {
		r.english(i)
	}
	var s chineseSum
	j := i
	for ; j < len(r.toks) && r.toks[j].chinese(); j++ {
		n := &r.toks[j]
		if j > i && (n.spaced || n.class == classDigits && r.toks[j-1].class == classDigits) {
			break
		}
		s.add(n)
	}
	q := Quantity{Value: s.total + s.section + s.number, Words: t.class != classDigits}
	end := j
	if p := r.at(j); p.kind == tokMark && isPercent(p.mark) {
		q.Unit = Percent
		end++
	}
	if dot := r.at(j); r.suffix(dot, "点") && r.at(j+1).chinese() { // 二点五
		place, k := 0.1, j+1
		for ; k < len(r.toks) && r.toks[k].chinese() && r.toks[k].value < 10; k++ {
			q.Value += place * r.toks[k].value
			place /= 10
		}
		for ; k < len(r.toks) && r.toks[k].chinese() && r.toks[k].value >= 10 && r.toks[k].class != classDigits; k++ {
			q.Value *= r.toks[k].value
		}
		end = k
	}
	if r.suffix(r.at(i-1), "之") && r.suffix(r.at(i-2), "分") { // 百分之五, 三分之一
		switch d := r.at(i - 3); {
		case d.chinese() && d.value == 100:
			r.emit(Quantity{Value: q.Value, Unit: Percent, Words: true}, i-3, end)
		case d.chinese() && d.value > 0:
			r.emit(Quantity{Value: q.Value / d.value, Kind: Fraction, Words: true}, i-3, end)
		}
	}
	if t.class != classDigits || end > i+1 {
		r.emit(q, i, end)
	}
	if half := r.at(end); half.class == classFraction { // 三年半 is left to the year
		q.Value, q.Reading = q.Value+0.5, true
		r.emit(q, i, end+1)
	}
	for _, v := range s.parts[:s.count] {
		r.emit(Quantity{Value: v, Reading: true, Bare: true}, i, end)
	}
	return max(end, i+1)
}

// chineseSum is a number being composed: total holds what stands before the last
// 万 or 亿, section what stands before the last 十, 百 or 千.
type chineseSum struct {
	total, section, number float64
	run                    int // signs below ten in a row: 二〇一九
	parts                  [maxParts]float64
	count                  int
}

func (s *chineseSum) add(t *token) {
	switch v := t.value; {
	case t.class == classDigits:
		s.number, s.run = v, 0
	case v < 10:
		if s.run > 0 {
			v += s.number * 10
		}
		s.number = v
		s.run++
	case v < 10000:
		s.section += max(s.number, 1) * v
		s.number, s.run = 0, 0
	default:
		if s.section+s.number == 0 && s.total == 0 {
			s.number = 1
		}
		if s.count < maxParts {
			s.parts[s.count] = (s.section + s.number) * v
			s.count++
		}
		if v > 10000 && s.total > 0 { // 一万亿
			s.total = (s.total + s.section + s.number) * v
		} else {
			s.total += (s.section + s.number) * v
		}
		s.section, s.number, s.run = 0, 0, 0
	}
}

func (t *token) chinese() bool {
	return t.class == classDigits || t.kind == tokWord && (t.class == classTeen || t.class == classHundred || t.class == classScale)
}
