package dataset

import (
	"cmp"
	_ "embed" // the page
	"fmt"
	"html/template"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/mujaz/mujaz/internal/verify"
)

// Report is all that a run gave, in one JSON object.
type Report struct {
	Summary Summary `json:"summary"`
	// Difference is there when the run is compared with an earlier one.
	Difference *Difference `json:"difference,omitempty"`
	Results    []Result    `json:"results"`

	rows []Row
}

// NewReport sums up the results of rows, which are in the same order. before are
// the results of an earlier run; nil: there is none.
func NewReport(cfg Config, results, before []Result) Report {
	r := Report{Summary: Summarize(cfg.Mode, cfg.Setting, cfg.Rows, results), Results: results, rows: cfg.Rows}
	if before != nil {
		d := Compare(before, results)
		r.Difference = &d
	}
	return r
}

const (
	// maxWorst bounds the cases on the page: nobody reads a hundred.
	maxWorst = 25
	// maxShown bounds the characters of a text on the page.
	maxShown = 6000
	// maxChanged bounds the list of rows that changed.
	maxChanged = 100
)

// Case is a row on the page.
type Case struct {
	Row    *Row
	Result *Result
	// Wrong says that label and verdict disagree: "false alarm" or "missed".
	Wrong    string
	Findings []verify.Check
}

// worst gives the rows that a person should look at first: where the checks are
// wrong by the label, then those with most fails, then the furthest from their
// reference.
func (r *Report) worst() []Case {
	cases := make([]Case, 0, len(r.Results))
	for i := range r.Results {
		c := Case{Row: &r.rows[i], Result: &r.Results[i]}
		for _, check := range c.Result.Checks {
			if check.Verdict != verify.Pass {
				c.Findings = append(c.Findings, check)
			}
		}
		if label := c.Row.Label; label != nil && len(c.Result.Checks) > 0 && c.Result.fails("") == label.Faithful {
			if c.Wrong = "missed"; label.Faithful {
				c.Wrong = "false alarm"
			}
		}
		cases = append(cases, c)
	}
	slices.SortStableFunc(cases, func(a, b Case) int { return cmp.Compare(b.badness(), a.badness()) })
	n := 0
	for n < len(cases) && n < maxWorst && cases[n].badness() > 0 {
		n++
	}
	return cases[:n]
}

func (c *Case) badness() float64 {
	b := 1e6 * float64(count(c.Wrong != "")+count(c.Result.Status == StatusDead))
	for _, f := range c.Findings {
		if f.Verdict == verify.Fail {
			b += 1e3
		} else {
			b++
		}
	}
	if c.Result.Scores != nil {
		b += 100 - c.Result.Scores.ChrF
	}
	return b
}

//go:embed report.html.tmpl
var pageText string

// WriteHTML writes a page that needs nothing else. All that comes from a data set
// or a model is escaped.
func (r *Report) WriteHTML(w io.Writer, title string) error {
	page, err := template.New("report").Funcs(template.FuncMap{
		"percent": func(v float64) string { return fmt.Sprintf("%.1f", 100*v) },
		"figure":  figure,
		"shown":   shown,
		"join":    func(parts []string) string { return strings.Join(parts, ", ") },
	}).Parse(pageText)
	if err != nil {
		return fmt.Errorf("parse the page: %w", err)
	}
	data := struct {
		Title string
		*Report
		Worst   []Case
		Changed []Change
	}{title, r, r.worst(), nil}
	if r.Difference != nil {
		data.Changed = r.Difference.Changed[:min(len(r.Difference.Changed), maxChanged)]
	}
	if err := page.Execute(w, data); err != nil {
		return fmt.Errorf("write the page: %w", err)
	}
	return nil
}

// figure prints a measure: as many digits as tell something.
func figure(v float64) string {
	switch {
	case v != 0 && v < 0.1 && v > -0.1:
		return fmt.Sprintf("%.2g", v)
	case v < 10 && v > -10:
		return fmt.Sprintf("%.2f", v)
	}
	return fmt.Sprintf("%.1f", v)
}

// shown cuts a text that is too long for the page.
func shown(s string) string {
	n := 0
	for i := range s {
		if n++; n > maxShown {
			return s[:i] + " […]"
		}
	}
	return s
}

// WriteText prints the report for a terminal.
func (r *Report) WriteText(w io.Writer) error {
	out := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	s := &r.Summary
	fmt.Fprintf(out, "%d rows", s.Rows)
	for _, status := range []string{StatusOK, StatusFlagged, StatusSkipped, StatusDead} {
		if n := s.Statuses[status]; n > 0 {
			fmt.Fprintf(out, ", %d %s", n, status)
		}
	}
	fmt.Fprintf(out, "; %d labelled\n", s.Labelled)
	if len(s.Checks) > 0 {
		fmt.Fprint(out, "\ncheck\tfails\tcannot judge\tprecision\trecall\tfalse alarms\n")
	}
	for _, c := range s.Checks {
		fmt.Fprintf(out, "%s\t%d/%d\t%d/%d\t%s\t%s\t%s\n", c.Check, c.Fails.Hits, c.Fails.Of, c.CannotJudge.Hits, c.CannotJudge.Of, c.Precision, c.Recall, c.FalseAlarms)
	}
	if len(s.Measures) > 0 {
		fmt.Fprint(out, "\nmeasure\tmean\t95 %\trows\n")
	}
	for _, m := range s.Measures {
		fmt.Fprintf(out, "%s\t%s %s\t%s–%s\t%d\n", m.Name, figure(m.Mean.Value), m.Unit, figure(m.Mean.Low), figure(m.Mean.High), m.Mean.N)
	}
	for currency, sum := range s.Cost {
		fmt.Fprintf(out, "cost in all\t%.4f %s\n", sum, currency)
	}
	if d := r.Difference; d != nil {
		d.writeText(out)
	}
	return out.Flush()
}

// String prints a share with its interval, and nothing where there is none.
func (s Share) String() string {
	if s.Of == 0 {
		return "-"
	}
	return fmt.Sprintf("%d/%d %.1f %% (%.1f–%.1f)", s.Hits, s.Of, 100*s.Value, 100*s.Low, 100*s.High)
}

func (d *Difference) writeText(out io.Writer) {
	fmt.Fprintf(out, "\nagainst the earlier run: %d rows in both, %d changed, %d gone, %d new\n", d.Pairs, len(d.Changed), d.Gone, d.New)
	if len(d.Checks) > 0 {
		fmt.Fprint(out, "\ncheck\tfails no more\tfails now\tp\n")
	}
	for _, c := range d.Checks {
		fmt.Fprintf(out, "%s\t%d\t%d\t%.3f\n", c.Check, c.Mended, c.Broken, c.P)
	}
	if len(d.Measures) > 0 {
		fmt.Fprint(out, "\nmeasure\tbefore\tnow\tdifference\t95 %\t\n")
	}
	for _, m := range d.Measures {
		sure := ""
		if m.Clear() {
			sure = "clear"
		}
		fmt.Fprintf(out, "%s\t%s\t%s\t%s\t%s to %s\t%s\n", m.Name, figure(m.Before), figure(m.After), figure(m.Mean.Value), figure(m.Mean.Low), figure(m.Mean.High), sure)
	}
	for _, c := range d.Changed[:min(len(d.Changed), maxChanged)] {
		if len(c.Mended)+len(c.Broken) > 0 || c.Before != c.After {
			fmt.Fprintf(out, "%s\t%s to %s\tfails no more: %s\tfails now: %s\n", c.ID, c.Before, c.After, cmp.Or(strings.Join(c.Mended, " "), "-"), cmp.Or(strings.Join(c.Broken, " "), "-"))
		}
	}
}
