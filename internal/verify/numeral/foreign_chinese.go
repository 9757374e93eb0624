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
	var total, section, number float64
	var parts [maxParts]float64
	count, run, scales := 0, 0, 0
	j := i
	for ; j < len(r.toks) && r.toks[j].chinese(); j++ {
		n := &r.toks[j]
		if j > i && (n.spaced || n.class == classDigits && r.toks[j-1].class == classDigits) {
			break
		}
		switch v := n.value; {
		case n.class == classDigits:
			number, run = v, 0
		case v < 10:
			if run > 0 {
				number = number*10 + v
			} else {
				number = v
			}
			run++
		case v < 10000:
			if number == 0 {
				number = 1
			}
			section, number, run = section+number*v, 0, 0
			scales++
		default:
			if section+number == 0 && total == 0 {
				number = 1
			}
			if count < maxParts {
				parts[count] = (section + number) * v
				count++
			}
			if v > 10000 && total > 0 { // 一万亿
				total = (total + section + number) * v
			} else {
				total += (section + number) * v
			}
			section, number, run = 0, 0, 0
			scales++
		}
	}
	q := Quantity{Value: total + section + number, Words: t.class != classDigits, Rounding: Exact}
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
	if scales > 0 {
		for _, v := range parts[:count] {
			r.emit(Quantity{Value: v, Reading: true}, i, end)
		}
	}
	return max(end, i+1)
}

func (t *token) chinese() bool {
	return t.class == classDigits || t.kind == tokWord && (t.class == classTeen || t.class == classHundred || t.class == classScale)
}
