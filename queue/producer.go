package queue

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// Route says where a job goes.
type Route struct {
	// Lane is [LaneLive] by default.
	Lane Lane
	// Source is the token of the source or the backfill run, by default
	// [DefaultSource]. Sources within a lane share its slots.
	Source string
	// Trace is carried to the result.
	Trace Trace
	// Answer is the ledger's key of the job's first call, where that was made before;
	// see [HeaderAnswer].
	Answer string
	// Again, where it is not empty, becomes part of the message id: a job is queued
	// anew within the dedupe window, or beside that of another source with its id.
	Again string
}

// Submitted is the queue's confirmation: the job is stored on disk.
type Submitted struct {
	ID       string // of the job, also when it was derived
	Key      string
	Revision int
	Subject  string
	Result   string // the subject where its result will be found
	Sequence uint64
	// Duplicate: the same job was queued within the dedupe window before.
	Duplicate bool
	// ClaimCheck: the body went into the object store.
	ClaimCheck bool
}

// Producer submits jobs. It is safe for concurrent use.
type Producer struct {
	conn   *Conn
	signer *Signer // nil: jobs are not signed
}

// NewProducer uses conn, which stays the caller's to close.
func NewProducer(conn *Conn) *Producer { return &Producer{conn: conn} }

// NewSigningProducer is [NewProducer] with every job signed. A nil signer signs
// none.
func NewSigningProducer(conn *Conn, signer *Signer) *Producer {
	return &Producer{conn: conn, signer: signer}
}

// Submit validates and queues a job, and returns when the queue has stored it.
// Submitting the same job again is safe: a timeout leaves the outcome unknown,
// and Submit tries again under the same id until ctx ends, or a server that is
// there has confirmed nothing for half a minute.
//
// The errors to act on are *[ValidationError], [ErrTooLarge], [ErrQueueFull],
// [ErrConflict], [ErrNoTopology] and [ErrUnanswered].
func (p *Producer) Submit(ctx context.Context, job Job, route Route) (Submitted, error) {
	msg, receipt, err := p.prepare(ctx, job, route)
	if err != nil {
		return Submitted{}, err
	}
	return p.publish(ctx, msg, receipt)
}

// publish sends a job until the queue has confirmed or refused it.
func (p *Producer) publish(ctx context.Context, msg *nats.Msg, receipt Submitted) (Submitted, error) {
	var silence Silence
	for wait := submitRetryWait; ; wait = min(2*wait, submitRetryMax) {
		// A try has a limit of its own: an ack can be lost with a server.
		attempt, done := context.WithTimeout(ctx, requestTimeout)
		ack, err := p.conn.publishMsg(attempt, msg)
		done()
		if err == nil {
			return p.settle(ctx, receipt, ack, msg.Header.Get(HeaderDigest))
		}
		if !unknownOutcome(err) || noResponders(err) && p.conn.lacksJobs(ctx) {
			return Submitted{}, publishError(err)
		}
		if silent := silence.Note(p.conn, err); silent != nil {
			return Submitted{}, fmt.Errorf("submit job %s: %w", receipt.Key, silent)
		}
		select {
		case <-ctx.Done():
			return Submitted{}, fmt.Errorf("submit job %s: the queue did not confirm it, submit it again: %w", receipt.Key, errors.Join(ctx.Err(), err))
		case <-time.After(wait):
		}
	}
}

// The pause between tries while the server cannot be reached.
const (
	submitRetryWait = 250 * time.Millisecond
	submitRetryMax  = 5 * time.Second
)

// Pending is a job on its way into the queue.
type Pending struct {
	producer *Producer
	receipt  Submitted
	msg      *nats.Msg
	future   jetstream.PubAckFuture // nil: it could not be sent yet
}

// SubmitAsync is Submit for volume: it returns when the job is sent, and blocks
// while [asyncPending] are unconfirmed. Wait must be called on each: it sends
// the job itself where the server could not be reached.
func (p *Producer) SubmitAsync(ctx context.Context, job Job, route Route) (*Pending, error) {
	msg, receipt, err := p.prepare(ctx, job, route)
	if err != nil {
		return nil, err
	}
	future, err := p.conn.js.PublishMsgAsync(msg, jetstream.WithStallWait(requestTimeout))
	switch {
	case err == nil:
	case unknownOutcome(err), errors.Is(err, jetstream.ErrTooManyStalledMsgs):
		future = nil
	default:
		return nil, publishError(err)
	}
	return &Pending{producer: p, receipt: receipt, msg: msg, future: future}, nil
}

// Wait returns when the queue has confirmed or refused the job. Where it did
// neither, the job is submitted again under its id until ctx ends.
func (w *Pending) Wait(ctx context.Context) (Submitted, error) {
	if w.future == nil {
		return w.producer.publish(ctx, w.msg, w.receipt)
	}
	timeout := time.NewTimer(requestTimeout)
	defer timeout.Stop()
	select {
	case ack := <-w.future.Ok():
		return w.producer.settle(ctx, w.receipt, ack, w.msg.Header.Get(HeaderDigest))
	case err := <-w.future.Err():
		if !unknownOutcome(err) {
			return Submitted{}, publishError(err)
		}
	case <-timeout.C:
	case <-ctx.Done():
		return Submitted{}, fmt.Errorf("submit job %s: the queue did not confirm it, submit it again: %w", w.receipt.Key, ctx.Err())
	}
	// The future's message has lost its reply subject, and its headers are
	// those that were sent: the id makes a repetition harmless.
	return w.producer.publish(ctx, w.msg, w.receipt)
}

// prepare validates and encodes, and hands a large body in as a claim check.
func (p *Producer) prepare(ctx context.Context, job Job, route Route) (*nats.Msg, Submitted, error) {
	if max(len(job.Article.Text), len(job.Article.HTML)) > MaxArticleBytes {
		return nil, Submitted{}, fmt.Errorf("%w: %d bytes, the limit is %d", ErrTooLarge, max(len(job.Article.Text), len(job.Article.HTML)), MaxArticleBytes)
	}
	if err := job.Validate(); err != nil {
		return nil, Submitted{}, err
	}
	setDefault(&route.Lane, LaneLive)
	setDefault(&route.Source, DefaultSource)
	if !route.Lane.Valid() {
		return nil, Submitted{}, &ValidationError{Problems: []Problem{{Field: "lane", Message: "must be one of: live, backfill"}}}
	}
	if err := ValidateSource(route.Source); err != nil {
		return nil, Submitted{}, err
	}
	job = job.WithDefaults()
	digest := job.Digest()
	claimed := false
	if max(len(job.Article.Text), len(job.Article.HTML)) > InlineLimit {
		var err error
		if job, err = p.conn.claimCheck(ctx, job); err != nil {
			return nil, Submitted{}, err
		}
		claimed = true
	}
	payload, err := encodeJob(job)
	if err != nil {
		return nil, Submitted{}, err
	}
	msg := nats.NewMsg(p.conn.topo.JobSubject(route.Lane, route.Source, job.Key()))
	msg.Data = payload
	msg.Header.Set(HeaderMsgID, job.MsgID())
	if route.Again != "" {
		msg.Header.Set(HeaderMsgID, job.MsgID()+"~"+route.Again)
		// The stream drops the key, and the id does not tell it any more.
		msg.Header.Set(headerSubject, msg.Subject)
	}
	msg.Header.Set(HeaderSchema, strconv.Itoa(SchemaVersion))
	msg.Header.Set(HeaderDigest, digest)
	route.Trace.set(msg.Header)
	if p.signer != nil {
		if err := p.signer.sign(msg, p.conn.topo.Prefix, route.Lane, route.Source); err != nil {
			return nil, Submitted{}, err
		}
	}
	if route.Answer != "" {
		msg.Header.Set(HeaderAnswer, route.Answer)
	}
	return msg, Submitted{
		ID: job.ID, Key: job.Key(), Revision: job.Revision, Subject: msg.Subject, ClaimCheck: claimed,
		Result: p.conn.topo.ResultSubject(route.Lane, route.Source, job.Key()),
	}, nil
}

// settle inspects the server's ack. A duplicate is fine when it is the same
// job, and a conflict when another job holds the id.
func (p *Producer) settle(ctx context.Context, r Submitted, ack *jetstream.PubAck, digest string) (Submitted, error) {
	r.Sequence, r.Duplicate = ack.Sequence, ack.Duplicate
	if !ack.Duplicate {
		return r, nil
	}
	earlier, err := p.conn.digestOf(ctx, ack, r.Result)
	if err == nil && earlier != "" && earlier != digest {
		return Submitted{}, fmt.Errorf("submit job %s: %w", r.Key, ErrConflict)
	}
	// Where the earlier job cannot be looked up any more, or this user may
	// not, the worker decides when the job comes again.
	return r, nil
}

// digestOf finds the digest of an earlier job: in the queue while it waits,
// else on its result.
func (c *Conn) digestOf(ctx context.Context, earlier *jetstream.PubAck, resultSubject string) (string, error) {
	// A user without the right to look gets no answer at all.
	ctx, cancel := context.WithTimeout(ctx, lookTimeout)
	defer cancel()
	if msg, err := c.direct(ctx, earlier.Stream, "", fmt.Appendf(nil, `{"seq":%d}`, earlier.Sequence)); err == nil {
		return msg.Header.Get(HeaderDigest), nil
	}
	last, err := c.lastResult(ctx, resultSubject)
	if err != nil {
		return "", err
	}
	return last.digest, nil
}

// lookTimeout bounds a look that is worth little waiting.
const lookTimeout = 2 * time.Second

// noResponders reports that nobody listens on the subject: there is no stream,
// or its server is just starting.
func noResponders(err error) bool {
	return errors.Is(err, nats.ErrNoResponders) || errors.Is(err, jetstream.ErrNoStreamResponse)
}

// lacksJobs reports whether the server knows that there is no jobs stream. One
// that does not answer may have it.
func (c *Conn) lacksJobs(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, lookTimeout)
	defer cancel()
	_, err := c.js.Stream(ctx, c.topo.JobsStream(LaneLive))
	return errors.Is(err, jetstream.ErrStreamNotFound)
}

// unknownOutcome reports whether a publish may or may not have been stored.
func unknownOutcome(err error) bool {
	return errors.Is(err, nats.ErrTimeout) || noResponders(err) ||
		errors.Is(err, nats.ErrDisconnected) || errors.Is(err, nats.ErrConnectionReconnecting) || errors.Is(err, nats.ErrReconnectBufExceeded) ||
		errors.Is(err, jetstream.ErrAsyncPublishTimeout) || errors.Is(err, context.DeadlineExceeded)
}

func publishError(err error) error {
	var api *jetstream.APIError
	switch {
	case errors.As(err, &api) && api.ErrorCode == codeStreamStoreFailed:
		return &HintError{
			fmt.Errorf("submit job: %w", ErrQueueFull),
			"Nothing was lost. Wait until the workers have caught up, start more of them, or raise --jobs-bytes.",
		}
	case noResponders(err):
		return &HintError{
			fmt.Errorf("submit job: %w", ErrNoTopology),
			"Start a worker once (`mujaz worker`), which creates the streams, and check --prefix.",
		}
	case errors.Is(err, nats.ErrMaxPayload):
		return fmt.Errorf("submit job: %w: the message exceeds the server's max_payload", ErrTooLarge)
	}
	return fmt.Errorf("submit job: %w", explainAPI(err))
}
