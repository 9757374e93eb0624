package eval

import (
	"regexp"
	"strings"
)

// scaleSwap are the magnitudes that one is exchanged for.
var scaleSwap = map[string][]string{
	"million": {"billion"}, "billion": {"million", "trillion"}, "trillion": {"billion"}, "thousand": {"million"}, "m": {"bn"}, "bn": {"m"},
}

var magnitude = regexp.MustCompile(`^(?:[ -](thousand|million|billion|trillion)\b|(m|bn)\b)`)

// magnitudeSites exchanges million and billion, and shifts the point of plain
// numbers.
func magnitudeSites(text string, f *facts) []site {
	var all []site
	swap := func(n int, v float64, money bool) {
		m := magnitude.FindStringSubmatchIndex(text[n:])
		if m == nil || m[4] >= 0 && !money {
			return
		}
		at := max(m[2], m[4])
		s := site{kind: Magnitudes, start: n + at, end: n + m[1]}
		for _, other := range scaleSwap[text[s.start:s.end]] {
			if !f.values[v*scaleWord[other]] {
				s.options = append(s.options, option{text[s.start:s.end] + " to " + other, other})
			}
		}
		all = append(all, s)
	}
	for _, n := range digitNumbers(text) {
		v, _ := valueOf(n.digits)
		swap(n.end, v, n.money)
		if n.scale != 1 || n.span || strings.HasPrefix(n.after, "-") || shareAfter.MatchString(n.after) || n.year || n.clock || n.day || n.age || n.part || n.suffix != "" || n.percent && v >= 10 {
			continue
		}
		s := site{kind: Magnitudes, start: n.start, end: n.end}
		for form, digits := range map[string]string{"x10": shifted(n.digits, 1), "/10": shifted(n.digits, -1)} {
			if digits != "" && !f.values[n.value(digits)] && n.plausible(digits) {
				s.options = append(s.options, option{form, digits})
			}
		}
		sortOptions(s.options)
		all = append(all, s)
	}
	for _, at := range wordNumber.FindAllStringIndex(text, -1) {
		if v, ok := wordValue(text[at[0]:at[1]]); ok {
			swap(at[1], v, false)
		}
	}
	return all
}

// shifted moves the point of a number by one digit, and keeps its commas.
func shifted(digits string, by int) string {
	plain := strings.ReplaceAll(digits, ",", "")
	whole, part, broken := strings.Cut(plain, ".")
	switch {
	case broken && by > 0:
		whole, part = whole+part[:1], part[1:]
		if whole = strings.TrimLeft(whole, "0"); whole == "" {
			return ""
		}
		if part != "" {
			return grouped(whole, len(digits) > 4) + "." + part
		}
	case broken:
		return ""
	case by > 0:
		whole += "0"
	case len(whole) < 3 || !strings.HasSuffix(whole, "0"):
		return ""
	default:
		whole = whole[:len(whole)-1]
	}
	return grouped(whole, strings.Contains(digits, ",") || len(whole) > 4)
}

func grouped(whole string, commas bool) string {
	if !commas {
		return whole
	}
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	return whole
}
