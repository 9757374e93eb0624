package eval

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// Row is one figure.
type Row struct {
	// Key names the figure for programs: "ntrex.ar.numbers".
	Key    string `json:"key"`
	On     string `json:"on"`     // the data
	Figure string `json:"figure"` // what is counted
	Hits   int    `json:"hits"`
	Of     int    `json:"of"`
	// Value is the figure: Hits/Of, or another measure.
	Value float64 `json:"value"`
	// Unit is "" for a share; else Value is printed with it.
	Unit string `json:"unit,omitempty"`
	// Target is what Value should be at least, or at most with AtMost; 0
	// without AtMost means that nothing is aimed for.
	Target float64 `json:"target"`
	AtMost bool    `json:"at_most"`
	Note   string  `json:"note,omitempty"`
	// Parts break the figure down, or say what belongs to it; see Note.
	Parts []Part `json:"parts,omitempty"`
}

// Part is a count beside a figure: of a form of error, of a label.
type Part struct {
	Name string `json:"name"`
	Hits int    `json:"hits"`
	// Of is 0 where the hits are not out of anything.
	Of int `json:"of,omitempty"`
}

// share makes the row of a share.
func share(key, on, figure string, hits, of int) Row {
	r := Row{Key: key, On: on, Figure: figure, Hits: hits, Of: of}
	if of > 0 {
		r.Value = float64(hits) / float64(of)
	}
	return r
}

func (r Row) atLeast(target float64) Row { r.Target = target; return r }

func (r Row) atMost(target float64) Row { r.Target, r.AtMost = target, true; return r }

func (r Row) note(format string, args ...any) Row { r.Note = fmt.Sprintf(format, args...); return r }

func (r Row) parts(parts []Part) Row { r.Parts = parts; return r }

// remark is the last column: the note and the parts.
func (r Row) remark() string {
	var all []string
	for _, p := range r.Parts {
		if p.Of > 0 {
			all = append(all, fmt.Sprintf("%s %d/%d", p.Name, p.Hits, p.Of))
		} else {
			all = append(all, fmt.Sprintf("%s %d", p.Name, p.Hits))
		}
	}
	text := strings.Join(all, ", ")
	if r.Note != "" && text != "" {
		return r.Note + ": " + text
	}
	return r.Note + text
}

// aimed reports whether the row has a target.
func (r Row) aimed() bool { return r.Target != 0 || r.AtMost }

// measured reports whether there was anything to measure.
func (r Row) measured() bool { return r.Of > 0 || r.Unit != "" && r.Value != 0 }

// Met reports whether the target is held. It is false without data.
func (r Row) Met() bool {
	switch {
	case !r.measured():
		return false
	case r.AtMost:
		return r.Value <= r.Target
	}
	return r.Value >= r.Target
}

// columns are the cells of a row, as printed.
func (r Row) columns() []string {
	count, value, interval, target, met := "", "no data", "", "", ""
	switch {
	case !r.measured():
	case r.Unit != "":
		value = fmt.Sprintf("%.4g %s", r.Value, r.Unit)
		if r.Of > 0 {
			count = fmt.Sprint(r.Of)
		}
	default:
		count, value = fmt.Sprintf("%d/%d", r.Hits, r.Of), percent(r.Value)
		low, high := Wilson(r.Hits, r.Of)
		interval = fmt.Sprintf("%.1f–%.1f", 100*low, 100*high)
	}
	if r.aimed() {
		target, met = "≥ "+r.goal(), "no"
		if r.AtMost {
			target = "≤ " + r.goal()
		}
		switch {
		case !r.measured():
			met = "?"
		case r.Met():
			met = "yes"
		}
	}
	return []string{r.On, r.Figure, count, value, interval, target, met, r.remark()}
}

func (r Row) goal() string {
	if r.Unit != "" {
		return fmt.Sprintf("%.4g %s", r.Target, r.Unit)
	}
	return fmt.Sprintf("%.4g %%", 100*r.Target)
}

func percent(v float64) string { return fmt.Sprintf("%.1f %%", 100*v) }

var headings = [...]string{"on", "figure", "count", "value", "95 %", "target", "met", ""}

// Table is the outcome of a run.
type Table []Row

// Row gives the row of a key, or an empty one.
func (t Table) Row(key string) Row {
	for _, r := range t {
		if r.Key == key {
			return r
		}
	}
	return Row{}
}

// WriteText prints the table for a terminal.
func (t Table) WriteText(w io.Writer) error {
	out := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(out, strings.Join(headings[:], "\t"))
	for _, r := range t {
		fmt.Fprintln(out, strings.Join(r.columns(), "\t"))
	}
	return out.Flush()
}

// Markdown gives the table for a page.
func (t Table) Markdown() string {
	var b strings.Builder
	line := func(cells []string) {
		b.WriteString("| " + strings.Join(cells, " | ") + " |\n")
	}
	line(headings[:])
	b.WriteString(strings.Repeat("|---", len(headings)) + "|\n")
	for _, r := range t {
		cells := r.columns()
		for i := range cells {
			cells[i] = strings.ReplaceAll(cells[i], "|", `\|`)
		}
		line(cells)
	}
	return b.String()
}

// The markers between which a page holds the table.
const (
	beginMark = "<!-- eval -->\n"
	endMark   = "<!-- /eval -->"
)

// Splice puts body between the markers of page.
func Splice(page, body string) (string, error) {
	before, rest, begun := strings.Cut(page, beginMark)
	_, after, ended := strings.Cut(rest, endMark)
	if !begun || !ended {
		return "", fmt.Errorf("find the markers %s and %s in the page", strings.TrimSpace(beginMark), endMark)
	}
	return before + beginMark + body + endMark + after, nil
}
