package numeral

// english reads the number that begins at token i and gives the index behind
// it, or i when nothing begins there.
func (r *reader) english(i int) int {
	t := &r.toks[i]
	switch t.class {
	case classDigits:
		return r.englishDigits(i)
	case classOne, classTeen, classTens, classHundred, classDozen:
		return r.englishWords(i)
	case classScale:
		if r.at(i-1).class == classArticle {
			return r.englishWords(i)
		}
	case classOrdinal, classOrdinalTen:
		return r.englishOrdinal(i)
	case classFraction:
		return r.englishFraction(i)
	case classDecade:
		r.emit(Quantity{Value: t.value, Kind: Decade, Words: true}, i, i+1)
		return i + 1
	case classMonth:
		if !r.claims && t.upper {
			r.emit(Quantity{Value: t.value, Kind: Ordinal, Words: true, Reading: true, Dated: true}, i, i+1)
		}
	}
	return i
}

// hyphen gives the index behind a hyphen written between words at j, else j.
func (r *reader) hyphen(j int) int {
	t := r.at(j)
	if t.kind == tokMark && !t.spaced && (t.mark == '-' || t.mark == '‑' || t.mark == '–') && !r.at(j+1).spaced {
		return j + 1
	}
	return j
}

// scaleAt gives the magnitude word at token j and the index behind it. One
// letter stands for a magnitude only directly behind digits: "$3m".
func (r *reader) scaleAt(j int) (float64, int) {
	k := r.hyphen(j)
	t := r.at(k)
	if t.class != classScale || t.arabic {
		return 0, j
	}
	if t.end-t.start == 1 && (t.spaced || r.at(k-1).class != classDigits) {
		return 0, j
	}
	return t.value, k + 1
}

// englishWords composes a number that begins with a word.
func (r *reader) englishWords(i int) int {
	total, group := 0.0, 0.0
	limit := 1e18
	prev := classNone
	j := i
	q := Quantity{Words: true}
loop:
	for j < len(r.toks) {
		k := j
		if j > i {
			k = r.hyphen(j)
			if t := r.at(k); t.class == classAnd && (prev == classHundred || prev == classScale) {
				k++
				if c := r.at(k).class; c != classOne && c != classTeen && c != classTens {
					break
				}
			}
		}
		t := r.at(k)
		hundreds := group == 0 && (total > 0 || k == i) || prev == classHundred
		switch t.class {
		case classOne:
			if !hundreds && prev != classTens {
				break loop
			}
			group += t.value
		case classTeen, classTens:
			if !hundreds {
				break loop
			}
			group += t.value
		case classHundred:
			if group >= 100 || (group == 0 && k > i) {
				break loop
			}
			group = max(group, 1) * 100
		case classDozen:
			group = max(group, 1) * t.value
		case classScale:
			if t.value >= limit || (group == 0 && k > i) || t.end-t.start == 1 {
				break loop
			}
			total += max(group, 1) * t.value
			group, limit = 0, t.value
			q.Rounding = ScaleWord
		case classOrdinal, classOrdinalTen:
			if k > i && (prev == classTens && t.class == classOrdinal || prev == classHundred) {
				group += t.value
				q.Kind = Ordinal
				j = k + 1
			}
			break loop
		default:
			break loop
		}
		prev = t.class
		j = k + 1
		if group > 0 {
			j = r.andAHalf(j, &group)
		}
	}
	if j == i {
		return i
	}
	q.Value = total + group
	if k := r.hyphen(j); q.Value < 100 && q.Kind == Cardinal && q.Value > 0 {
		den := r.at(k)
		if den.class == classFractions || q.Value == 1 && (den.class == classFraction || den.class == classOrdinal || den.value == 10 && den.class == classOrdinalTen) {
			q.Value, q.Kind = q.Value/den.value, Fraction
			j = k + 1
		}
	}
	return r.englishEmit(i, j, q)
}

// andAHalf adds "and a half" behind a number.
func (r *reader) andAHalf(j int, group *float64) int {
	k := r.hyphen(j)
	if r.at(k).class != classAnd {
		return j
	}
	k = r.hyphen(k + 1)
	if r.at(k).class != classArticle {
		return j
	}
	k = r.hyphen(k + 1)
	if t := r.at(k); t.class == classFraction {
		*group += 1 / t.value
		return k + 1
	}
	return j
}

// englishEmit gives a number written in words with what stands around it.
func (r *reader) englishEmit(i, j int, q Quantity) int {
	end := r.attach(i, j, &q)
	r.around(i, &q)
	first, next := &r.toks[i], r.at(end)
	before := r.at(i - 1)
	switch {
	case q.Value == 1 && q.Unit == NoUnit, q.Unit == Converted:
		q.Weak = true
	case first.upper && before.kind == tokWord && i > 0, first.upper && i > 0 && next.upper && !next.arabic && before.kind == tokWord:
		q.Weak = true // "Big Four", "Six Nations" inside a sentence
	case before.kind == tokMark && before.mark == '-' && !first.spaced && i > 1:
		q.Weak = q.Weak || r.at(i-2).upper
	}
	r.emit(q, i, end)
	return end
}

// englishDigits reads a number in digits: measures, dates, clock times,
// decades, and the digits of names.
func (r *reader) englishDigits(i int) int {
	if end, ok := r.clock(i); ok {
		return end
	}
	t := &r.toks[i]
	q := Quantity{Value: t.value}
	j := i + 1
	next := r.at(j)
	before := r.at(i - 1)
	if p := r.at(i - 2); r.claims && t.value < 100 && p.class == classDigits && p.value >= 1000 && p.value < 2100 && r.hyphen(i-1) == i {
		q.Value += float64(int64(p.value) / 100 * 100) // "1950-53"
	}
	glued := next.kind == tokWord && !next.spaced
	switch {
	case r.partOfName(i), r.claims && r.telephone(i):
		q.Kind, q.Weak = Name, true
	case glued && r.suffix(next, "s"):
		q.Kind = Decade
		j++
	case glued && (r.suffix(next, "th") || r.suffix(next, "st") || r.suffix(next, "nd") || r.suffix(next, "rd")):
		q.Kind = Ordinal
		j++
	default:
		j = r.andAHalf(j, &q.Value)
		scale, k := r.scaleAt(j)
		if scale > 0 && k == j+1 && r.suffix(r.at(j), "m") && !r.millions(i, k) {
			r.ambiguousMetres(i, k, q)
			return k
		}
		if scale > 0 {
			q.Value *= scale
			q.Rounding = ScaleWord
			j = k
			if !r.claims {
				m := q
				m.Value, m.Reading = t.value, true
				r.emit(m, i, j)
			}
		} else if glued && j == i+1 && next.class != classUnit && next.class != classMeridiem && !next.arabic {
			q.Kind, q.Weak = Name, true
			j++
		}
	}
	end := j
	if q.Kind != Name {
		end = r.attach(i, j, &q)
	}
	r.around(i, &q)
	slash := before.mark == '/' && !t.spaced || next.mark == '/' && !next.spaced
	feet := q.Unit == Foot && r.at(j).mark == '-' || r.at(i-2).unit == Foot && before.mark == '-' // "6-foot-6"
	q.Weak = q.Weak || slash || feet || q.Unit == Converted
	r.emit(q, i, end)
	if !r.claims {
		r.digitReadings(i, end, q)
	}
	return end
}

// digitReadings gives the other readings of digits in evidence.
func (r *reader) digitReadings(i, end int, q Quantity) {
	t := &r.toks[i]
	q.Reading = true
	switch {
	case t.alt > 0:
		q.Value = q.Value / t.value * t.alt
		r.emit(q, i, end)
	case t.alt < 0:
		q.Value = float64(int64(t.value) / 1000)
		r.emit(q, i, end)
		q.Value = float64(int64(t.value) % 1000)
		r.emit(q, i, end)
	}
	// "2018-19": the second year is short.
	if p := r.at(i - 2); t.value < 100 && p.class == classDigits && p.value >= 1000 && p.value < 2100 && r.hyphen(i-1) == i {
		q.Value = float64(int64(p.value)/100*100) + t.value
		r.emit(q, i, end)
	}
}

// millions reports whether the m behind the digits at i is a magnitude.
func (r *reader) millions(i, k int) bool {
	return isCurrency(r.at(i-1).mark) || r.at(k).unit == Person || r.at(k).unit == Money
}

// ambiguousMetres gives "100m": a claim takes the plain number, which either
// reading supports; evidence takes both.
func (r *reader) ambiguousMetres(i, k int, q Quantity) {
	r.around(i, &q)
	q.Unit = NoUnit
	q.Weak = r.claims
	r.emit(q, i, k)
	if !r.claims {
		q.Value *= 1e6
		q.Reading = true
		r.emit(q, i, k)
	}
}

// partOfName reports digits joined to a word before them: "F-16", "COVID-19",
// "U2". A lower-case word joins only by a hyphen and forms no name: "mid-1990s".
func (r *reader) partOfName(i int) bool {
	t, before := &r.toks[i], r.at(i-1)
	if i == 0 || t.spaced {
		return false
	}
	if before.kind == tokWord {
		return !before.arabic && before.class != classMonth
	}
	if before.mark != '-' || before.spaced {
		return false
	}
	word := r.at(i - 2)
	return i > 1 && word.kind == tokWord && word.upper && word.class == classNone
}

// telephone reports digits that begin with a zero, or of three or more that
// stand in a row with two others: "0800 555 111".
func (r *reader) telephone(i int) bool {
	long := func(k int) bool {
		t := r.at(k)
		return t.class == classDigits && t.runeEnd-t.runeStart >= 3 && t.decimals == 0 && !t.group
	}
	if t := &r.toks[i]; long(i) && r.text[t.start] == '0' {
		return true
	}
	run := 0
	for k := i - 4; k <= i+4; k++ {
		switch {
		case long(k):
			if run++; run == 3 {
				return true
			}
		case r.at(k).kind != tokMark || r.at(k).mark != '-':
			if k > i {
				return false
			}
			run = 0
		}
	}
	return false
}

func (r *reader) suffix(t *token, s string) bool {
	return t.kind == tokWord && r.text[t.start:t.end] == s
}

// englishOrdinal reads "third", "a third", "the twentieth". First and second
// are left out: they order a text or measure time more often than they claim.
func (r *reader) englishOrdinal(i int) int {
	t := &r.toks[i]
	if t.value == 1 {
		return i
	}
	q := Quantity{Value: t.value, Kind: Ordinal, Words: true}
	before := r.at(i - 1)
	if k := i - 1; before.mark == '-' {
		before = r.at(k - 1)
	}
	if before.class == classArticle && t.value <= 10 && !r.ranks(i+1, t.value) {
		q.Weak = true
		if r.at(i+1).class == classOf {
			q.Kind, q.Value = Fraction, 1/t.value
		}
	}
	r.around(i, &q)
	r.emit(q, i, i+1)
	return i + 1
}

// leastRank is the value from which "a sixth summit" is a rank; thirds and
// quarters are shares more often than not.
const leastRank = 5

// ranks reports whether the word at token j makes a rank of an ordinal behind an
// article: "a sixth summit", but not "a sixth of" or "a sixth said".
func (r *reader) ranks(j int, value float64) bool {
	t := r.at(j)
	if value < leastRank || t.kind != tokWord || t.class != classNone || t.upper {
		return false
	}
	switch r.text[t.start:t.end] {
	case "said", "say", "says", "is", "are", "was", "were", "has", "have", "had", "do", "did", "will", "would", "can", "could", "may", "might", "must",
		"want", "wanted", "live", "lived", "went", "goes", "go", "died", "came", "come", "more", "less", "lower", "higher", "larger", "smaller",
		"and", "or", "but", "to", "in", "on", "at", "by", "for", "from", "with", "as", "than", "that", "who", "which", "when", "if", "not":
		return false
	}
	return true
}

// englishFraction reads "half a million", "half of", "a quarter of". Other
// uses ("half-time", "quarter-final", "first half") claim no number.
func (r *reader) englishFraction(i int) int {
	t := &r.toks[i]
	j := i + 1
	of := r.at(j).class == classOf
	if of {
		j++
	}
	if r.at(j).class == classArticle {
		if scale, k := r.scaleAt(j + 1); scale > 0 {
			q := Quantity{Value: scale / t.value, Words: true, Rounding: ScaleWord}
			k = r.attach(i, k, &q)
			r.around(i, &q)
			r.emit(q, i, k)
			return k
		}
	}
	if scale, k := r.scaleAt(i + 1); scale > 0 { // "half-million"
		r.emit(Quantity{Value: scale / t.value, Words: true, Rounding: ScaleWord}, i, k)
		return k
	}
	if of || !r.claims {
		r.emit(Quantity{Value: 1 / t.value, Kind: Fraction, Words: true, Weak: true}, i, i+1)
	}
	return i + 1
}
