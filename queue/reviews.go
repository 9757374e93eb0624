package queue

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// ReviewRequest is a decision on its way to be stored.
type ReviewRequest struct {
	// Of is the result that the reviewer saw.
	Of       StoredResult
	Decision Decision
	Reviewer string
	Note     string
	Time     time.Time // of the decision; now by default
	// Edit is what an edited result is to say.
	Edit Edit
	// Checks are of the edited text, where it was held against the source.
	// Without, nothing is known about it but that a person wrote it.
	Checks []Check
	// Again decides anew about a result that was reviewed already.
	Again bool
}

// Result is what the decision makes of the result that it is about. The error
// is [ErrNotFlagged], [ErrReviewed], [ErrUnchanged] or a *[ValidationError].
func (q ReviewRequest) Result() (Result, error) {
	r := q.Of.Result
	switch {
	case r.Reviewed != nil && !q.Again:
		return r, ErrReviewed
	case r.Reviewed == nil && r.Status != StatusFlagged:
		return r, ErrNotFlagged
	}
	v := &validator{}
	v.check(q.Decision != "", "decision", "must not be empty")
	v.oneOf("decision", string(q.Decision), string(DecisionAccepted), string(DecisionRejected), string(DecisionEdited))
	v.check(q.Reviewer != "", "reviewer", "must not be empty")
	v.short("reviewer", q.Reviewer, MaxReviewerRunes)
	v.plain("reviewer", q.Reviewer, utf8.UTFMax*MaxReviewerRunes)
	v.short("note", q.Note, MaxNoteRunes)
	v.prose("note", q.Note)
	v.check(q.Of.Sequence > 0, "of_sequence", "must be the place of a stored result")
	if len(v.problems) > 0 {
		return r, &ValidationError{Problems: v.problems, Of: "review"}
	}
	when := q.Time
	if when.IsZero() {
		when = time.Now()
	}
	review := &Review{
		Decision: q.Decision, Reviewer: q.Reviewer, Time: when.UTC().Truncate(time.Millisecond), Note: q.Note, OfSequence: q.Of.Sequence,
	}
	if before := r.Reviewed; before != nil && before.Decision == DecisionEdited {
		// The text stays a person's: the machine's findings are of what it wrote.
		review.Checks = before.Checks
	}
	r.Status = StatusOK
	switch q.Decision {
	case DecisionRejected:
		r.Status = StatusFlagged
	case DecisionEdited:
		edited, err := q.Edit.Apply(r)
		if err != nil {
			return r, err
		}
		if review.Checks == nil {
			review.Checks = r.Checks
		}
		r = edited
		if r.Checks = q.Checks; r.Checks == nil {
			r.Checks = []Check{}
		}
	}
	r.Reviewed = review
	return r, nil
}

// SupersededError says that a result is not the newest of its job any more:
// nothing was stored.
type SupersededError struct {
	// By is the newest result. It is empty where a replica of the stream has
	// refused the review and another, asked for the reason, lags behind.
	By StoredResult
}

// Error says by what.
func (e *SupersededError) Error() string {
	if e.By.Sequence == 0 {
		return "the job has a newer result by now"
	}
	if r := e.By.Result.Reviewed; r != nil {
		return fmt.Sprintf("the result was %s by %s at %s", r.Decision, strconv.Quote(r.Reviewer), r.Time.Format(time.RFC3339))
	}
	return fmt.Sprintf("revision %d of the job has a result by now", e.By.Result.Revision)
}

// Review stores a decision behind the result that it is about, which it
// supersedes: a compare-and-swap on the last sequence of the job's subject, so
// that of two reviewers one wins, and none decides about a result that a
// higher revision has replaced. It carries revision and digest on, so that a
// repeated delivery of the job is recognised, and a higher revision supersedes
// it in turn.
//
// The errors to act on are those of [ReviewRequest.Result], *[SupersededError]
// and [ErrQueueFull]; after any other the outcome is unknown, and the same
// request, its Time set, can be made again.
func (c *Conn) Review(ctx context.Context, q ReviewRequest) (StoredResult, error) {
	r, err := q.Result()
	if err != nil {
		return StoredResult{}, fmt.Errorf("review result of job %s: %w", Key(q.Of.Result.JobID), err)
	}
	payload, err := EncodeResult(r)
	if err != nil {
		return StoredResult{}, err
	}
	msg := nats.NewMsg(c.topo.ResultSubject(q.Of.Lane, q.Of.Source, Key(r.JobID)))
	msg.Data = payload
	msg.Header.Set(HeaderSchema, strconv.Itoa(SchemaVersion))
	msg.Header.Set(HeaderDigest, q.Of.Digest)
	msg.Header.Set(HeaderRevision, strconv.Itoa(r.Revision))
	msg.Header.Set(HeaderStatus, string(r.Status))
	setSpending(msg.Header, r)
	msg.Header.Set(HeaderReview, string(r.Reviewed.Decision))
	q.Of.Trace.set(msg.Header)
	reviewed := q.Of
	reviewed.Result, reviewed.Payload = r, payload

	ack, err := c.publishMsg(ctx, msg, jetstream.WithExpectLastSequencePerSubject(q.Of.Sequence))
	switch {
	case err == nil:
		reviewed.Sequence = ack.Sequence
		return reviewed, nil
	case !wrongLastSequence(err):
		return StoredResult{}, resultError(err)
	}
	last, err := c.lastStored(ctx, msg.Subject)
	switch {
	case err != nil:
		return StoredResult{}, err
	case bytes.Equal(last.Payload, payload):
		// Our own: the confirmation of an earlier try was lost.
		return last, nil
	case last.Sequence <= q.Of.Sequence:
		last = StoredResult{}
	}
	return StoredResult{}, fmt.Errorf("review result of job %s: %w", Key(r.JobID), &SupersededError{By: last})
}

// lastStored reads the last result of a subject.
func (c *Conn) lastStored(ctx context.Context, subject string) (StoredResult, error) {
	msg, err := c.lastOn(ctx, c.topo.ResultsStream(), subject)
	if err != nil {
		return StoredResult{}, fmt.Errorf("look up the last result: %w", err)
	}
	r, err := DecodeResult(msg.Data)
	if err != nil {
		return StoredResult{}, fmt.Errorf("result %d: %w", msg.Sequence, err)
	}
	stored := StoredResult{
		Result: r, Payload: msg.Data, Sequence: msg.Sequence, Stored: msg.Time, Digest: msg.Header.Get(HeaderDigest), Trace: traceOf(msg.Header),
	}
	stored.Lane, stored.Source = c.routeOfResult(subject)
	return stored, nil
}

// WaitingReviews calls each for every flagged result that nobody has decided
// about and no higher revision supersedes, oldest first, until it returns an
// error. Of the filter, Lane, Source, JobID and Since count.
func (c *Conn) WaitingReviews(ctx context.Context, f ResultFilter, each func(StoredResult) error) error {
	cfg := scanConfig{stream: c.topo.ResultsStream(), subjects: []string{c.resultSubjects(f)}, newest: true, headersOnly: true}
	return c.scan(ctx, cfg, func(msg jetstream.Msg, seq uint64) error {
		if h := msg.Headers(); h.Get(HeaderStatus) != string(StatusFlagged) || h.Get(HeaderReview) != "" {
			return nil
		}
		if meta, err := msg.Metadata(); err == nil && meta.Timestamp.Before(f.Since) {
			return nil
		}
		// Payloads of what waits alone, and only of what is still the newest.
		stored, err := c.lastStored(ctx, msg.Subject())
		switch {
		case errors.Is(err, ErrNotFound):
			return nil // aged out meanwhile
		case err != nil:
			return err
		case stored.Sequence != seq:
			return nil
		}
		return each(stored)
	})
}
