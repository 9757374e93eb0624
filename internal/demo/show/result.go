package show

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/mujaz/mujaz/queue"
)

// Status colors a result's status.
func (s Style) Status(status queue.Status) string {
	switch status {
	case queue.StatusOK:
		return s.Green(string(status))
	case queue.StatusFlagged:
		return s.Yellow(string(status))
	default:
		return s.Dim(string(status))
	}
}

// Result prints a result: what was written, the checks, and the receipt.
func (s Style) Result(w io.Writer, r queue.Result) {
	fmt.Fprintf(w, "%s  %s\n", s.Status(r.Status), s.Dim(Line(r.JobID)))
	if r.Status == queue.StatusSkipped {
		fmt.Fprintf(w, "  skipped: %s\n", skipReason(r.SkipReason))
		fmt.Fprintf(w, "  %s\n", s.Dim(Receipt(r)))
		return
	}
	s.Output(w, r)
	s.Checks(w, r.Checks)
	s.review(w, r)
	fmt.Fprintf(w, "  %s\n", s.Dim(Receipt(r)))
}

// Output prints what the model wrote.
func (s Style) Output(w io.Writer, r queue.Result) {
	if r.Headline != "" {
		for line := range strings.Lines(s.Wrap(r.Headline, "  ")) {
			fmt.Fprintln(w, s.Bold(strings.TrimSuffix(line, "\n")))
		}
	}
	if r.Summary != "" {
		fmt.Fprint(w, s.Wrap(r.Summary, "  "))
	}
	for _, point := range r.KeyPoints {
		text := point.Text + paragraphs(point.SourceParagraphs)
		fmt.Fprint(w, strings.Replace(s.Wrap(text, "    "), "    ", "  • ", 1))
	}
	for _, t := range r.Translation {
		number := fmt.Sprintf("%3d ", t.Paragraph)
		fmt.Fprint(w, strings.Replace(s.Wrap(t.Text, "    "), "    ", number, 1))
	}
}

// review prints a person's decision, and what it was about.
func (s Style) review(w io.Writer, r queue.Result) {
	if r.Reviewed == nil {
		return
	}
	fmt.Fprint(w, s.Wrap(Reviewed(*r.Reviewed), "  "))
	if len(r.Reviewed.Checks) > 0 {
		fmt.Fprintln(w, "  before the edit:")
		s.Checks(w, r.Reviewed.Checks)
	}
}

// Reviewed is who decided what, when and why, in one line.
func Reviewed(r queue.Review) string {
	text := fmt.Sprintf("%s by %s, %s", r.Decision, Line(r.Reviewer), r.Time.Local().Format("2006-01-02 15:04"))
	if r.Note != "" {
		text += ": " + Line(r.Note)
	}
	return text
}

// paragraphs is " [2, 3]".
func paragraphs(ids []int) string {
	if len(ids) == 0 {
		return ""
	}
	texts := make([]string, len(ids))
	for i, id := range ids {
		texts[i] = strconv.Itoa(id)
	}
	return " [" + strings.Join(texts, ", ") + "]"
}

// Checks prints the verdicts: those that passed on one line, each other one
// with what was found.
func (s Style) Checks(w io.Writer, checks []queue.Check) {
	var passed []string
	for _, c := range checks {
		if c.Verdict == queue.VerdictPass {
			passed = append(passed, c.Check)
		}
	}
	if len(passed) > 0 {
		fmt.Fprintf(w, "  %s %s\n", s.Green("✓"), strings.Join(passed, ", "))
	}
	for _, c := range checks {
		mark := s.Red("✗")
		switch c.Verdict {
		case queue.VerdictPass:
			continue
		case queue.VerdictCannotJudge:
			mark = s.Yellow("?")
		}
		text := strings.TrimPrefix(s.Wrap(c.Check+": "+c.Detail, "    "), "    ")
		fmt.Fprintf(w, "  %s %s", mark, text)
	}
}

// Receipt is the line that says how a result came about and what it cost.
func Receipt(r queue.Result) string {
	took := (time.Duration(r.Timing.TotalMS) * time.Millisecond).Round(100 * time.Millisecond)
	if r.Status == queue.StatusSkipped {
		return fmt.Sprintf("no call was made · %.1f s", took.Seconds())
	}
	parts := []string{Line(r.Receipt.Model), r.Receipt.Prompt}
	switch {
	case r.Receipt.Cached:
		parts = append(parts, "stored answer, no call")
	default:
		about := ""
		if r.Usage.TokensEstimated {
			about = "about "
		}
		parts = append(parts, fmt.Sprintf("%d %s, %s%d + %d tokens", r.Usage.Calls, plural(r.Usage.Calls, "call"), about, r.Usage.TokensIn, r.Usage.TokensOut))
	}
	if r.Receipt.Repaired {
		parts = append(parts, "repaired")
	}
	return strings.Join(append(parts, Cost(r.Usage), fmt.Sprintf("%.1f s", took.Seconds())), " · ")
}

// Cost is what was paid, or that it is not known.
func Cost(u queue.Usage) string {
	if !u.CostKnown {
		return "cost unknown"
	}
	return strings.TrimSpace(fmt.Sprintf("cost %.5f %s", u.Cost, u.Currency))
}

// Dead prints a dead letter and what to do about it.
func (s Style) Dead(w io.Writer, d queue.DeadLetter) {
	fmt.Fprintf(w, "%s  %s\n", s.Red("dead: "+string(d.Cause)), s.Dim(Line(d.JobID)))
	if d.LastError != "" {
		fmt.Fprint(w, s.Wrap(d.LastError, "  "))
	}
	fmt.Fprint(w, s.Wrap(d.Advice, "  "))
}

func skipReason(reason string) string {
	switch reason {
	case "stub":
		return "the text is too short to summarise"
	case "paywall":
		return "a teaser above a paywall, not an article"
	case "no_letters":
		return "there are no letters in it"
	case "boilerplate":
		return "a cookie wall, a login page or a menu, not an article"
	case "already_english":
		return "it is in English already"
	}
	return Line(reason)
}

func plural(n int, noun string) string {
	if n == 1 {
		return noun
	}
	return noun + "s"
}
