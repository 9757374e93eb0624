package main

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/schollz/progressbar/v3"

	"github.com/mujaz/mujaz/internal/backfill"
	"github.com/mujaz/mujaz/internal/demo/show"
	"github.com/mujaz/mujaz/queue"
)

// planReport is what a plan prints; with --json it is the object.
type planReport struct {
	Inputs []string   `json:"inputs"`
	Task   queue.Task `json:"task"`
	Model  string     `json:"model,omitzero"`
	Host   string     `json:"host,omitzero"`
	// SlotsAssumed: nobody said how many there are.
	SlotsAssumed bool                `json:"slots_assumed,omitzero"`
	Survey       *backfill.Survey    `json:"survey"`
	Estimate     backfill.Estimate   `json:"estimate"`
	Sample       *backfill.SampleSum `json:"sample,omitzero"`
}

func (pl *planner) print() error {
	if pl.c.JSON {
		return pl.p.printJSON(pl.report)
	}
	s := pl.report.Survey
	if s.Partial {
		fmt.Fprintln(pl.p.out, pl.p.outStyle.Red("PARTIAL: reading stopped early; all figures are of the rows before that."))
	}
	pl.printSurvey(s)
	if s.Articles > 0 {
		fmt.Fprintln(pl.p.out)
		pl.printEstimate(pl.report.Estimate)
	}
	fmt.Fprintln(pl.p.out)
	pl.printNext(s)
	return nil
}

func (pl *planner) printSurvey(s *backfill.Survey) {
	out := tabwriter.NewWriter(pl.p.out, 0, 8, 2, ' ', tabwriter.AlignRight)
	row := func(what string, n int64, about string) {
		if n > 0 || what == "rows" || what == "articles" {
			// The last cell has no tab behind it: it is not aligned.
			fmt.Fprintf(out, "%s\t%s\t  %s\n", what, grouped(n), about)
		}
	}
	row("rows", s.Rows, strings.Join(shownInputs(pl.report.Inputs), ", "))
	row("articles", s.Articles, list(s.Languages))
	row("in parts", s.Split, "of them exceed the model's context")
	row("near copies", s.Near, "among them")
	row("skipped", s.SkippedSum(), list(s.Skipped))
	row("duplicates", s.Duplicates.Sum(), list(map[string]int64{"same id": s.Duplicates.SameID, "same text under another id": s.Duplicates.SameContent}))
	row("dead", s.Dead, "would end as dead letters, without a call")
	row("bad", s.Bad, "are no jobs")
	out.Flush() //nolint:errcheck // as of all that is printed for people
	for _, places := range [][]backfill.BadPlace{s.DeadPlaces, s.BadPlaces} {
		for _, b := range places {
			fmt.Fprintf(pl.p.out, "  %s  %s\n", show.Line(b.Place.String()), show.Line(b.Cause))
		}
	}
	if more := s.Bad + s.Dead - int64(len(s.BadPlaces)+len(s.DeadPlaces)); more > 0 {
		fmt.Fprintf(pl.p.out, "  and %s more\n", grouped(more))
	}
}

// shownInputs is the beginning of a long list.
func shownInputs(names []string) []string {
	const most = 4
	shown := make([]string, 0, most+1)
	for i, name := range names {
		if i == most {
			return append(shown, fmt.Sprintf("and %d more", len(names)-most))
		}
		shown = append(shown, show.Line(name))
	}
	return shown
}

// list is the counts, the largest first.
func list(counts map[string]int64) string {
	keys := slices.SortedFunc(maps.Keys(counts), func(a, b string) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), strings.Compare(a, b))
	})
	var parts []string
	for _, k := range keys {
		if counts[k] > 0 {
			parts = append(parts, fmt.Sprintf("%s %s", strings.ReplaceAll(show.Line(k), "_", " "), grouped(counts[k])))
		}
	}
	return strings.Join(parts, ", ")
}

func (pl *planner) printEstimate(e backfill.Estimate) {
	out := tabwriter.NewWriter(pl.p.out, 0, 8, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(out, "\tlow\tlikely\thigh\tat most\t")
	whole := func(v float64) string { return grouped(int64(v + 0.5)) }
	line := func(what string, s backfill.Span, most *float64, text func(float64) string) {
		cells := []string{what, text(s.Low), text(s.Likely), text(s.High)}
		if most != nil {
			cells = append(cells, text(*most))
		} else {
			cells = append(cells, "")
		}
		fmt.Fprintln(out, strings.Join(cells, "\t")+"\t")
	}
	line("calls", e.Calls, &e.AtMost.Calls, whole)
	line("tokens in", e.TokensIn, &e.AtMost.TokensIn, whole)
	line("tokens out", e.TokensOut, &e.AtMost.TokensOut, whole)
	switch {
	case e.Cost == nil:
		fmt.Fprintln(out, "cost\tunknown\t\t\t\t")
	case e.AtMost.Cost != nil && *e.AtMost.Cost == 0:
		fmt.Fprintln(out, "cost\tfree\t\t\t\t")
	default:
		line("cost "+e.Currency, *e.Cost, e.AtMost.Cost, money)
	}
	line("duration", e.Seconds, nil, lasting)
	out.Flush() //nolint:errcheck // as above
	fmt.Fprintln(pl.p.out, pl.p.outStyle.Dim(pl.basis(e)))
}

// basis says where the figures come from.
func (pl *planner) basis(e backfill.Estimate) string {
	var text strings.Builder
	if e.Basis == backfill.BasisSample {
		fmt.Fprintf(&text, "From a sample of %s: low to high held in 19 of 20 trials or more (docs/estimates.md).", counted(int64(e.Sampled), "article"))
		if s := pl.report.Sample; s.Repaired > 0 || s.Dead > 0 {
			fmt.Fprintf(&text, " Of them %d were repaired, %d ended dead.", s.Repaired, s.Dead)
		}
	} else {
		counts := "estimated by the letters, for the name of the model does not tell its tokenizer"
		switch {
		case pl.report.Survey.Exact():
			counts = "counted with the tokenizer of " + show.Line(pl.report.Model)
		case pl.report.Model == "":
			counts = "estimated by the letters, for no model is named"
		}
		fmt.Fprintf(&text, "Nothing was sent. Tokens are %s; the length of answers is assumed.", counts)
	}
	pace := e.Pace
	assumed := func(is bool) string {
		if is {
			return " (assumed)"
		}
		return ""
	}
	fmt.Fprintf(&text, "\nDuration with %s%s", counted(int64(pace.Slots), "slot"), assumed(pl.report.SlotsAssumed))
	if s := pace.SecondsPerCall; s.Low == s.High {
		fmt.Fprintf(&text, " and %.1f s a call", s.Likely)
	} else {
		fmt.Fprintf(&text, " and %.1f to %.1f s a call%s", s.Low, s.High, assumed(!pace.Measured))
	}
	if pace.Bound != "slots" {
		fmt.Fprintf(&text, "; the limit of %s a minute decides", pace.Bound)
	}
	return text.String() + "."
}

// printNext says what to do, with what was given here and belongs there.
func (pl *planner) printNext(s *backfill.Survey) {
	c, out := pl.c, pl.p.out
	if s.Articles == 0 {
		fmt.Fprintln(out, "There is nothing to ask a model about.")
		return
	}
	if pl.terms.Price == nil {
		fmt.Fprintln(out, "price unknown   --price-input and --price-output, or --prices FILE (mujaz prices says what is known)")
	}
	if pl.report.Sample == nil {
		fmt.Fprintln(out, "narrower        --sample 30 sends 30 of the articles and measures")
	}
	if s.Bad+s.Dead > 0 && c.Failures == "" {
		fmt.Fprintln(out, "all bad rows    --failures FILE")
	}
	args := []string{"mujaz", "backfill", "run"}
	for _, flag := range pl.p.parsed.Flags() {
		if !slices.Contains(sharedWithRun, flag.Name) || pl.p.origin(flag.Name) == "default" {
			continue
		}
		switch value := pl.p.parsed.FlagValue(flag).(type) {
		case bool:
			args = append(args, "--"+flag.Name)
		case map[string]string:
			for _, k := range slices.Sorted(maps.Keys(value)) {
				args = append(args, "--"+flag.Name, shellWord(k+"="+value[k]))
			}
		default:
			args = append(args, "--"+flag.Name, shellWord(fmt.Sprint(value)))
		}
	}
	for _, name := range c.Inputs {
		args = append(args, shellWord(name))
	}
	fmt.Fprintln(out, "go ahead        "+strings.Join(args, " "))
}

// sharedWithRun are the flags that mean the same there.
var sharedWithRun = []string{ //nolint:gochecknoglobals // a table that is never written
	"format", "field", "task", "style", "max-words", "glossary", "prompt", "job-model", "max-cost", "force",
}

// shellWord quotes what a shell would take apart.
func shellWord(s string) string {
	if s != "" && !strings.ContainsFunc(s, func(r rune) bool {
		return !strings.ContainsRune("-_./=:@+,%", r) && (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z')
	}) {
		return s
	}
	return "'" + strings.ReplaceAll(show.Line(s), "'", `'\''`) + "'"
}

// money has as many decimals as tell something.
func money(v float64) string {
	switch {
	case v >= 1000:
		return grouped(int64(v + 0.5))
	case v >= 1:
		return strconv.FormatFloat(v, 'f', 2, 64)
	}
	return strconv.FormatFloat(v, 'f', 4, 64)
}

// lasting is a duration in the two largest units that tell something.
func lasting(seconds float64) string {
	d := time.Duration(seconds * float64(time.Second)).Round(time.Second)
	const day = 24 * time.Hour
	switch {
	case d >= 2*day:
		d = d.Round(time.Hour)
		return fmt.Sprintf("%dd %dh", d/day, d%day/time.Hour)
	case d >= time.Hour:
		d = d.Round(time.Minute)
		return fmt.Sprintf("%dh %02dm", d/time.Hour, d%time.Hour/time.Minute)
	case d >= time.Minute:
		return fmt.Sprintf("%dm %02ds", d/time.Minute, d%time.Minute/time.Second)
	}
	return fmt.Sprintf("%ds", d/time.Second)
}

// planProgress is a bar on a terminal, and nothing elsewhere: a plan takes
// seconds.
type planProgress struct{ bar *progressbar.ProgressBar }

func newPlanProgress(p *program) *planProgress { return &planProgress{planBar(p, barSteps)} }

func planBar(p *program, steps int) *progressbar.ProgressBar {
	if !show.IsTerminal(p.err) {
		return nil
	}
	return progressbar.NewOptions(steps, progressbar.OptionSetWriter(p.err), progressbar.OptionSetWidth(24),
		progressbar.OptionSetPredictTime(false), progressbar.OptionSetElapsedTime(false), progressbar.OptionClearOnFinish(),
		progressbar.OptionShowDescriptionAtLineEnd())
}

func (b *planProgress) show(now backfill.PlanProgress) {
	if b.bar == nil {
		return
	}
	b.bar.Describe(grouped(now.Rows) + " rows")
	if now.Size > 0 {
		_ = b.bar.Set(int(barSteps * min(now.Read, now.Size) / now.Size)) // a progress that cannot be shown is none to fail for
	}
}

func (b *planProgress) end() {
	if b.bar != nil {
		_ = b.bar.Finish() // as above
	}
}

// sampleProgress shows the articles that have ended.
type sampleProgress struct{ planProgress }

func newSampleProgress(p *program, articles int) *sampleProgress {
	return &sampleProgress{planProgress{planBar(p, articles)}}
}

func (b *sampleProgress) show(done, of int) {
	if b.bar != nil {
		b.bar.Describe(fmt.Sprintf("%d of %d sent", done, of))
		_ = b.bar.Set(done) // as above
	}
}
