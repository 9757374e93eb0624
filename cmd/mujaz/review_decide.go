package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os/user"
	"strconv"
	"time"

	"github.com/mujaz/mujaz/internal/demo/show"
	"github.com/mujaz/mujaz/queue"
)

// reviewBy is what every decision has.
type reviewBy struct {
	Reviewer string `placeholder:"NAME" help:"Who decides; default: your user name on this machine." group:"review"`
	Note     string `placeholder:"TEXT" help:"Why; readers of the result see it."`
	Again    bool   `help:"Decide anew about what was reviewed before."`
	JSON     bool   `name:"json" help:"Print the reviewed result as one JSON line."`
}

// name is who decides.
func (b reviewBy) name() (string, error) {
	if b.Reviewer != "" {
		return b.Reviewer, nil
	}
	u, err := user.Current()
	if err != nil || u.Username == "" {
		return "", usagef("Say who you are: --reviewer NAME, or MUJAZ_REVIEWER.", "this machine does not tell your user name")
	}
	return u.Username, nil
}

// decide stores a decision, on an open connection.
func (b reviewBy) decide(ctx context.Context, p *program, conn *queue.Conn, q queue.ReviewRequest) error {
	var err error
	if q.Reviewer, err = b.name(); err != nil {
		return err
	}
	q.Note, q.Again, q.Time = b.Note, b.Again, time.Now()
	stored, err := conn.Review(ctx, q)
	if err != nil {
		return explainReview(q.Of.Result, err)
	}
	if b.JSON {
		return p.printLine(stored.Payload)
	}
	fmt.Fprintf(p.out, "%s  %s  %s\n", p.outStyle.Status(stored.Result.Status), show.Line(stored.Result.JobID), p.outStyle.Dim(show.Reviewed(*stored.Result.Reviewed)))
	return nil
}

// explainReview says what to do about a decision that could not be stored.
func explainReview(r queue.Result, err error) error {
	look := "`mujaz review show " + r.JobID + "` prints what stands now."
	superseded, lost := errors.AsType[*queue.SupersededError](err)
	switch {
	case lost:
		return hinted("Nothing was stored. "+look, "%w", superseded)
	case errors.Is(err, queue.ErrReviewed) && r.Reviewed != nil:
		return hinted("Add --again to decide anew. "+look, "the result was %s by %s at %s", r.Reviewed.Decision, strconv.Quote(r.Reviewed.Reviewer), r.Reviewed.Time.Format(time.RFC3339))
	case errors.Is(err, queue.ErrNotFlagged):
		return hinted("Only what a check has flagged waits for a person; send the article with a higher --revision to have it done anew.", "the result is %s, not flagged", r.Status)
	case errors.Is(err, queue.ErrUnchanged):
		return hinted("`mujaz review accept "+r.JobID+"` vouches for it as it stands.", "%w; nothing was stored", queue.ErrUnchanged)
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return hinted("It may be stored or not: "+look+" If it never is, your NATS user may not be allowed to publish results (docs/wire.md, Permissions).", "%w", err)
	}
	invalid, found := errors.AsType[*queue.ValidationError](err)
	if !found {
		return err
	}
	const atMost = 10
	text := invalid.Error()
	if len(invalid.Problems) > atMost {
		text = (&queue.ValidationError{Problems: invalid.Problems[:atMost], Of: cmp.Or(invalid.Of, "review")}).Error() + fmt.Sprintf("; and %d more", len(invalid.Problems)-atMost)
	}
	return usagef("Nothing was stored. `mujaz schema result` tells what each field may hold.", "%s", text)
}

type reviewAcceptCmd struct {
	reviewOf
	reviewBy
}

// Help is shown by --help.
func (*reviewAcceptCmd) Help() string {
	return "The result becomes ok. The checks that failed stay in it: they were overruled, not mended.\n\n    mujaz review accept article-4711 --note \"spelling of the ministry's own site\""
}

// Run accepts.
func (c *reviewAcceptCmd) Run(ctx context.Context, p *program) error {
	return decideAsIs(ctx, p, &c.reviewOf, c.reviewBy, queue.DecisionAccepted)
}

type reviewRejectCmd struct {
	reviewOf
	reviewBy
}

// Help is shown by --help.
func (*reviewRejectCmd) Help() string {
	return "The result stays flagged, and says that a person has rejected it. To have it done anew, send the article with a higher revision.\n\n    mujaz review reject article-4711 --note \"two people are mixed up\""
}

// Run rejects.
func (c *reviewRejectCmd) Run(ctx context.Context, p *program) error {
	return decideAsIs(ctx, p, &c.reviewOf, c.reviewBy, queue.DecisionRejected)
}

func decideAsIs(ctx context.Context, p *program, of *reviewOf, by reviewBy, decision queue.Decision) error {
	conn, err := of.NATS.open(ctx, of.Prefix)
	if err != nil {
		return err
	}
	defer conn.Close()
	r, err := of.find(ctx, conn)
	if err != nil {
		return err
	}
	return by.decide(ctx, p, conn, queue.ReviewRequest{Of: r, Decision: decision})
}
