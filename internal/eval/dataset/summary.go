package dataset

import (
	"math"

	"github.com/mujaz/mujaz/internal/eval"
	"github.com/mujaz/mujaz/internal/verify"
)

// Share is hits out of n, with its 95 % interval (Wilson).
type Share struct {
	Hits  int     `json:"hits"`
	Of    int     `json:"of"`
	Value float64 `json:"value"`
	Low   float64 `json:"low"`
	High  float64 `json:"high"`
}

func shareOf(hits, of int) Share {
	s := Share{Hits: hits, Of: of}
	if of > 0 {
		s.Value = float64(hits) / float64(of)
	}
	s.Low, s.High = eval.Wilson(hits, of)
	return s
}

// Mean is an average over rows, with its 95 % interval.
type Mean struct {
	N     int     `json:"n"`
	Value float64 `json:"value"`
	Low   float64 `json:"low"`
	High  float64 `json:"high"`
}

// z95 is the quantile of the normal distribution for a 95 % interval.
const z95 = 1.959964

func meanOf(values []float64) Mean {
	m := Mean{N: len(values)}
	if m.N == 0 {
		return m
	}
	sum, squares := 0.0, 0.0
	for _, v := range values {
		sum += v
	}
	m.Value = sum / float64(m.N)
	for _, v := range values {
		squares += (v - m.Value) * (v - m.Value)
	}
	half := 0.0
	if m.N > 1 {
		half = z95 * math.Sqrt(squares/float64(m.N-1)/float64(m.N))
	}
	m.Low, m.High = m.Value-half, m.Value+half
	return m
}

// CheckFigures is how a check did.
type CheckFigures struct {
	Check string `json:"check"`
	// Fails and CannotJudge are of all rows that were checked.
	Fails       Share `json:"fails"`
	CannotJudge Share `json:"cannot_judge"`
	// Precision is the share of its fails on labelled rows that are right, Recall
	// the share of the labelled errors that it finds, FalseAlarms the share of rows
	// without an error of its kind on which it fails.
	Precision   Share `json:"precision"`
	Recall      Share `json:"recall"`
	FalseAlarms Share `json:"false_alarms"`
}

// Measure is a figure that every row has one of.
type Measure struct {
	Name string `json:"name"`
	Unit string `json:"unit,omitempty"`
	Mean Mean   `json:"mean"`
	of   func(*Result) (float64, bool)
}

// measures are those that are averaged.
func measures() []Measure {
	scored := func(pick func(*Result) float64) func(*Result) (float64, bool) {
		return func(r *Result) (float64, bool) { return scoreOf(r, pick, true) }
	}
	english := func(pick func(*Result) float64) func(*Result) (float64, bool) { // ROUGE sees no other letters
		return func(r *Result) (float64, bool) { return scoreOf(r, pick, r.Mode != Clean) }
	}
	written := func(r *Result) bool { return r.Status == StatusOK || r.Status == StatusFlagged }
	return []Measure{
		{Name: "chrF2", of: scored(func(r *Result) float64 { return r.Scores.ChrF })},
		{Name: "ROUGE-1", of: english(func(r *Result) float64 { return r.Scores.Rouge1 })},
		{Name: "ROUGE-2", of: english(func(r *Result) float64 { return r.Scores.Rouge2 })},
		{Name: "ROUGE-L", of: english(func(r *Result) float64 { return r.Scores.RougeL })},
		{Name: "length of the output", Unit: "words", of: func(r *Result) (float64, bool) { return float64(r.OutputWords), written(r) }},
		{Name: "length of the article", Unit: "words", of: func(r *Result) (float64, bool) { return float64(r.SourceWords), true }},
		{Name: "compression", Unit: "%", of: func(r *Result) (float64, bool) {
			return 100 * float64(r.OutputWords) / float64(max(1, r.SourceWords)), written(r)
		}},
		{Name: "coverage", Unit: "%", of: func(r *Result) (float64, bool) {
			return 100 * float64(r.Covered) / float64(max(1, r.Paragraphs)), r.Paragraphs > 0
		}},
		{Name: "calls", of: func(r *Result) (float64, bool) { return float64(r.Usage.Calls), r.Mode == Pipeline }},
		{Name: "tokens, in and out", of: func(r *Result) (float64, bool) {
			return float64(r.Usage.TokensIn + r.Usage.TokensOut), r.Mode == Pipeline
		}},
		{Name: "cost", of: func(r *Result) (float64, bool) { return r.Usage.Cost, r.Mode == Pipeline && r.Usage.Currency != "" }},
	}
}

func scoreOf(r *Result, pick func(*Result) float64, wanted bool) (float64, bool) {
	if r.Scores == nil || !wanted {
		return 0, false
	}
	return pick(r), true
}

// Summary is what a run gave.
type Summary struct {
	Mode     Mode           `json:"mode"`
	Setting  string         `json:"setting,omitempty"`
	Rows     int            `json:"rows"`
	Labelled int            `json:"labelled"`
	Statuses map[string]int `json:"statuses"`
	Checks   []CheckFigures `json:"checks,omitempty"` // "any" first
	Measures []Measure      `json:"measures"`
	// Cost is the sum by currency; Unpriced counts the rows whose cost is not known.
	Cost     map[string]float64 `json:"cost,omitempty"`
	Unpriced int                `json:"unpriced,omitempty"`
	Repaired int                `json:"repaired,omitempty"`
}

// Summarize adds up the results of rows, which are in the same order.
func Summarize(mode Mode, setting string, rows []Row, results []Result) Summary {
	s := Summary{Mode: mode, Setting: setting, Rows: len(rows), Statuses: map[string]int{}}
	for i := range results {
		r := &results[i]
		s.Statuses[r.Status]++
		if r.Repaired {
			s.Repaired++
		}
		if rows[i].Label != nil {
			s.Labelled++
		}
		switch {
		case mode != Pipeline || r.Usage.Calls == 0:
		case r.Usage.Currency == "":
			s.Unpriced++
		default:
			if s.Cost == nil {
				s.Cost = map[string]float64{}
			}
			s.Cost[r.Usage.Currency] += r.Usage.Cost
		}
	}
	if mode != Clean {
		s.Checks = append(s.Checks, figuresOf("", rows, results))
		for _, check := range checkNames() {
			s.Checks = append(s.Checks, figuresOf(check, rows, results))
		}
	}
	for _, m := range measures() {
		var values []float64
		for i := range results {
			if v, ok := m.of(&results[i]); ok {
				values = append(values, v)
			}
		}
		if len(values) > 0 {
			m.Mean = meanOf(values)
			s.Measures = append(s.Measures, m)
		}
	}
	return s
}

// figuresOf counts what a check says; "" stands for any.
func figuresOf(check string, rows []Row, results []Result) CheckFigures {
	var all, fails, unsure, flagged, right, bad, fine, wrong int
	for i := range results {
		r := &results[i]
		if len(r.Checks) == 0 {
			continue // skipped or dead: nothing was checked
		}
		fail := r.fails(check)
		all++
		fails += count(fail)
		unsure += count(!fail && r.has(check, verify.CannotJudge))
		label := rows[i].Label
		switch {
		case label == nil:
		case !label.Faithful && (check == "" || label.should(check)):
			bad++
			right += count(fail)
			flagged += count(fail)
		default:
			fine++
			wrong += count(fail)
			flagged += count(fail)
		}
	}
	name := check
	if name == "" {
		name = "any"
	}
	return CheckFigures{
		Check: name, Fails: shareOf(fails, all), CannotJudge: shareOf(unsure, all),
		Precision: shareOf(right, flagged), Recall: shareOf(right, bad), FalseAlarms: shareOf(wrong, fine),
	}
}

func count(b bool) int {
	if b {
		return 1
	}
	return 0
}
