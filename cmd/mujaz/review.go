package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/mujaz/mujaz/internal/demo/show"
	"github.com/mujaz/mujaz/queue"
)

type reviewCmd struct {
	List   reviewListCmd   `cmd:"" help:"List flagged results that wait for a person."`
	Show   reviewShowCmd   `cmd:"" help:"Print one with what the checks found."`
	Accept reviewAcceptCmd `cmd:"" help:"Vouch for one as it stands."`
	Reject reviewRejectCmd `cmd:"" help:"Say that one must not be used."`
	Edit   reviewEditCmd   `cmd:"" help:"Correct the text of one."`
}

// Help is shown by --help.
func (*reviewCmd) Help() string {
	return `A summary that failed a check is flagged and waits for a person, as long as results are kept. A decision is stored behind it on the results stream, with who, when and why, and supersedes it: readers go by the newest. docs/operations.md tells how a desk works with it.

    mujaz review list
    mujaz review show article-4711
    mujaz review accept article-4711 --note "the ministry's correction says 20"
    mujaz review edit article-4711`
}

type reviewListCmd struct {
	Lane   queue.Lane `default:"" enum:",live,backfill" help:"Of this lane: live or backfill."`
	Source string     `placeholder:"TOKEN" help:"Of this source or run."`
	Check  []string   `placeholder:"NAME" help:"That failed this check, such as numbers; can be repeated."`
	Since  moment     `placeholder:"TIME" help:"Stored since then: a time, a date, or an age such as 2h or 3d."`
	Limit  int        `default:"50" placeholder:"N" help:"Most results to list; 0 lists all [${default}]."`
	JSON   bool       `name:"json" help:"Print a JSON line a result (mujaz schema result), with its sequence, lane, source and time."`

	NATS natsFlags `embed:"" group:"nats"`
	prefixFlag
}

// Help is shown by --help.
func (*reviewListCmd) Help() string {
	return `Oldest first. What a higher revision or a review supersedes does not wait any more.

    mujaz review list --check numbers --check names
    mujaz review list --lane live --since 1d
    mujaz review list --limit 0 --json | jq -r .job_id`
}

// placed is a result in JSON, with where it is stored.
type placed struct {
	Sequence uint64     `json:"sequence"`
	Lane     queue.Lane `json:"lane"`
	Source   string     `json:"source"`
	Stored   time.Time  `json:"stored"`
	queue.Result
}

// errEnough ends a list at its limit.
var errEnough = errors.New("enough")

// Run lists.
func (c *reviewListCmd) Run(ctx context.Context, p *program) error {
	if c.Limit < 0 {
		return usagef("0 lists all.", "--limit must not be negative")
	}
	conn, err := c.NATS.open(ctx, c.Prefix)
	if err != nil {
		return err
	}
	defer conn.Close()
	listed := 0
	err = conn.WaitingReviews(ctx, queue.ResultFilter{Lane: c.Lane, Source: c.Source, Since: c.Since.Time}, func(r queue.StoredResult) error {
		if len(c.Check) > 0 && !failsOneOf(r.Result, c.Check) {
			return nil
		}
		if c.Limit > 0 && listed == c.Limit {
			return errEnough
		}
		listed++
		if c.JSON {
			return p.printJSON(placed{r.Sequence, r.Lane, r.Source, r.Stored, r.Result})
		}
		p.waiting(r)
		return nil
	})
	switch {
	case errors.Is(err, errEnough):
		fmt.Fprintf(p.err, "the first %d; more wait, see --limit\n", listed)
	case err != nil:
		return err
	case listed == 0 && !c.JSON:
		fmt.Fprintln(p.err, "nothing waits for a review")
	}
	return nil
}

func failsOneOf(r queue.Result, checks []string) bool {
	return slices.ContainsFunc(r.Checks, func(c queue.Check) bool {
		return c.Verdict == queue.VerdictFail && slices.Contains(checks, c.Check)
	})
}

// waiting prints a result for the list: what it is, and a line a failed check.
func (p *program) waiting(r queue.StoredResult) {
	s := p.outStyle
	width := s.Width
	if width == 0 {
		width = show.DefaultWidth
	}
	facts := fmt.Sprintf("%s  %s  %s  revision %d", r.Stored.Local().Format(time.DateTime), r.Lane, show.Line(r.Source), r.Result.Revision)
	fmt.Fprintf(p.out, "%s  %s\n", s.Bold(show.Line(r.Result.JobID)), s.Dim(facts))
	title := r.Result.Headline
	if title == "" {
		title = r.Result.Summary
	}
	if title != "" {
		fmt.Fprintf(p.out, "  %s\n", show.Clip(show.Line(title), width-2))
	}
	for _, c := range r.Result.Checks {
		if c.Verdict == queue.VerdictFail {
			fmt.Fprintf(p.out, "  %s %s\n", s.Red("✗"), show.Clip(show.Line(c.Check+": "+c.Detail), width-4))
		}
	}
}

// reviewOf names the result of a job.
type reviewOf struct {
	ID     string     `arg:"" name:"id" help:"The job's id, from the list."`
	Lane   queue.Lane `default:"" enum:",live,backfill" help:"Of this lane, where both have the id: live or backfill."`
	Source string     `placeholder:"TOKEN" help:"Of this source or run, where several have the id."`

	NATS natsFlags `embed:"" group:"nats"`
	prefixFlag
}

// find gives the newest result of the job.
func (c *reviewOf) find(ctx context.Context, conn *queue.Conn) (queue.StoredResult, error) {
	var found []queue.StoredResult
	err := conn.Results(ctx, queue.ResultFilter{JobID: c.ID, Lane: c.Lane, Source: c.Source, Newest: true}, func(r queue.StoredResult) error {
		if last := len(found) - 1; last >= 0 && found[last].Lane == r.Lane && found[last].Source == r.Source {
			found = found[:last]
		}
		found = append(found, r)
		return nil
	})
	switch {
	case err != nil:
		return queue.StoredResult{}, err
	case len(found) == 0:
		return queue.StoredResult{}, hinted("`mujaz review list` prints what waits; `mujaz dead list --id "+c.ID+"` tells whether the job died.", "no result of the job %q is stored", c.ID)
	case len(found) > 1:
		var places []string
		for _, r := range found {
			places = append(places, "--lane "+string(r.Lane)+" --source "+r.Source)
		}
		return queue.StoredResult{}, usagef("Add one of: "+strings.Join(places, ", ")+".", "%d jobs have the id %q", len(found), c.ID)
	}
	return found[0], nil
}

type reviewShowCmd struct {
	reviewOf
	JSON bool `name:"json" help:"Print the result as it is stored."`
}

// Help is shown by --help.
func (*reviewShowCmd) Help() string {
	return "Examples:\n\n    mujaz review show article-4711\n    mujaz review show article-4711 --json | jq .checks"
}

// Run shows one.
func (c *reviewShowCmd) Run(ctx context.Context, p *program) error {
	conn, err := c.NATS.open(ctx, c.Prefix)
	if err != nil {
		return err
	}
	defer conn.Close()
	r, err := c.find(ctx, conn)
	switch {
	case err != nil:
		return err
	case c.JSON:
		return p.printLine(r.Payload)
	}
	p.article(r.Result.Article)
	p.outStyle.Result(p.out, r.Result)
	p.places(r.Result.Checks)
	return nil
}

// article prints what identifies an article.
func (p *program) article(a queue.ArticleFacts) {
	for _, line := range []string{a.Title, a.Source, a.Author, a.URL} {
		if line != "" {
			fmt.Fprint(p.out, p.outStyle.Wrap(line, "  "))
		}
	}
	if !a.PublishedAt.IsZero() {
		fmt.Fprintf(p.out, "  %s\n", a.PublishedAt.Format(time.RFC3339))
	}
}

// places prints where failed checks point: the reviewer has the article.
func (p *program) places(checks []queue.Check) {
	for _, c := range checks {
		if c.Verdict != queue.VerdictFail {
			continue
		}
		if s := c.SourceSpan; s != nil {
			place := "title"
			if s.Paragraph > 0 {
				place = fmt.Sprint("paragraph ", s.Paragraph)
			}
			printPlace(p.out, c.Check, "article, "+place, s.Text)
		}
		if s := c.OutputSpan; s != nil {
			printPlace(p.out, c.Check, s.Field, s.Text)
		}
	}
}

func printPlace(w io.Writer, check, place, text string) {
	const longest = 120
	fmt.Fprintf(w, "  %s: %s: «%s»\n", show.Line(check), show.Line(place), show.Clip(show.Line(text), longest))
}
