package dataset

import (
	"math"
	"slices"
)

// Difference is what changed from an earlier run to this one, over the rows that
// both have: each row is compared with itself, so that the spread between rows
// does not hide what a prompt changed.
type Difference struct {
	Pairs int `json:"pairs"`
	// Gone rows have a result in the earlier run only, New ones in this only.
	Gone int `json:"gone"`
	New  int `json:"new"`
	// Changed rows have another text or another verdict.
	Changed  []Change     `json:"changed"`
	Checks   []CheckShift `json:"checks,omitempty"` // "any" first; those without a change are left out
	Measures []Shift      `json:"measures"`
}

// Change is a row that came out otherwise.
type Change struct {
	ID     string `json:"id"`
	Before string `json:"before"` // status
	After  string `json:"after"`
	// Mended and Broken are the checks that fail no more, and that fail now.
	Mended []string `json:"mended,omitempty"`
	Broken []string `json:"broken,omitempty"`
	Text   bool     `json:"text,omitempty"` // another text
}

// CheckShift counts the rows on which a check changed its mind.
type CheckShift struct {
	Check  string `json:"check"`
	Mended int    `json:"mended"`
	Broken int    `json:"broken"`
	// P is the probability of a split as uneven as this, or more so, where the runs
	// are equally good (McNemar's exact test).
	P float64 `json:"p"`
}

// Shift is the mean difference of a measure, this run less the earlier one.
type Shift struct {
	Name   string  `json:"name"`
	Unit   string  `json:"unit,omitempty"`
	Before float64 `json:"before"`
	After  float64 `json:"after"`
	Mean   Mean    `json:"mean"`
}

// Clear reports that the interval leaves zero out.
func (s Shift) Clear() bool { return s.Mean.N > 1 && (s.Mean.Low > 0 || s.Mean.High < 0) }

// pair is one row in both runs.
type pair struct{ before, after *Result }

// Compare pairs the results of two runs by their ids.
func Compare(before, after []Result) Difference {
	earlier := make(map[string]*Result, len(before))
	for i := range before {
		earlier[before[i].ID] = &before[i]
	}
	var pairs []pair
	for i := range after {
		if b := earlier[after[i].ID]; b != nil {
			pairs = append(pairs, pair{b, &after[i]})
		}
	}
	d := Difference{Pairs: len(pairs), Gone: len(before) - len(pairs), New: len(after) - len(pairs)}
	for _, check := range append([]string{""}, checkNames()...) {
		if s := shiftOf(check, pairs); s.Mended+s.Broken > 0 {
			d.Checks = append(d.Checks, s)
		}
	}
	for _, p := range pairs {
		if c, changed := p.change(); changed {
			d.Changed = append(d.Changed, c)
		}
	}
	slices.SortStableFunc(d.Changed, func(a, b Change) int { return b.weight() - a.weight() })
	for _, m := range measures() {
		if s, ok := m.shift(pairs); ok {
			d.Measures = append(d.Measures, s)
		}
	}
	return d
}

// weight puts what got worse first, then what got better, then other texts.
func (c Change) weight() int {
	return 100*len(c.Broken) + 10*len(c.Mended) + count(c.Before != c.After)
}

func (p pair) change() (Change, bool) {
	c := Change{ID: p.after.ID, Before: p.before.Status, After: p.after.Status, Text: p.before.text() != p.after.text()}
	for _, check := range checkNames() {
		switch was, is := p.before.fails(check), p.after.fails(check); {
		case was && !is:
			c.Mended = append(c.Mended, check)
		case is && !was:
			c.Broken = append(c.Broken, check)
		}
	}
	return c, c.Text || c.Before != c.After || len(c.Mended)+len(c.Broken) > 0
}

func shiftOf(check string, pairs []pair) CheckShift {
	s := CheckShift{Check: check}
	if check == "" {
		s.Check = "any"
	}
	for _, p := range pairs {
		was, is := p.before.fails(check), p.after.fails(check)
		s.Mended += count(was && !is)
		s.Broken += count(is && !was)
	}
	s.P = signTest(s.Mended, s.Broken)
	return s
}

// signTest is the two-sided probability of a split as uneven as a to b.
func signTest(a, b int) float64 {
	n, p := a+b, 0.0
	total, _ := math.Lgamma(float64(n + 1))
	for k := 0; k <= min(a, b); k++ {
		x, _ := math.Lgamma(float64(k + 1))
		y, _ := math.Lgamma(float64(n - k + 1))
		p += math.Exp(total - x - y - float64(n)*math.Ln2)
	}
	return min(1, 2*p)
}

func (m Measure) shift(pairs []pair) (Shift, bool) {
	var before, after, differences []float64
	for _, p := range pairs {
		b, hadOne := m.of(p.before)
		a, hasOne := m.of(p.after)
		if hadOne && hasOne {
			before, after, differences = append(before, b), append(after, a), append(differences, a-b)
		}
	}
	return Shift{m.Name, m.Unit, meanOf(before).Value, meanOf(after).Value, meanOf(differences)}, len(differences) > 0
}
