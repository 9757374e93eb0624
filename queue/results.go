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

// Published says what became of a result.
type Published struct {
	Sequence uint64
	// Duplicate: this job's result was there already. Nothing was written.
	Duplicate bool
}

// PublishResult stores the result of a delivery and waits for the server's
// confirmation. Payload is the encoded result. One revision of a job has one result: the write is a
// compare-and-swap on the last sequence of the job's subject, which outlives
// the dedupe window and a restart of the server.
//
// The errors to act on are [ErrConflict] (a result of other content holds the
// id and revision), [ErrResultExists] (a later revision is stored) and
// [ErrQueueFull] (the results stream is full); after any other the outcome is
// unknown and the same result is to be published again.
func (c *Conn) PublishResult(ctx context.Context, d *Delivery, job Job, payload []byte, result Result) (Published, error) {
	msg := nats.NewMsg(c.topo.ResultSubject(d.Lane, d.Source, job.Key()))
	msg.Data = payload
	digest := job.Digest()
	msg.Header.Set(HeaderSchema, strconv.Itoa(SchemaVersion))
	msg.Header.Set(HeaderDigest, digest)
	msg.Header.Set(HeaderRevision, strconv.Itoa(job.Revision))
	msg.Header.Set(HeaderStatus, string(result.Status))
	setSpending(msg.Header, result)
	d.Trace().set(msg.Header)

	var expect uint64
	if job.Revision > 1 {
		last, err := c.lastResult(ctx, msg.Subject)
		switch {
		case errors.Is(err, ErrNotFound):
		case err != nil:
			return Published{}, err
		default:
			if done, err := last.settles(job.Revision, digest); done {
				return Published{Sequence: last.sequence, Duplicate: true}, err
			}
			expect = last.sequence
		}
	}
	// Each round may meet a result that was stored meanwhile: of another
	// revision, or a person's review of one.
	for range maxSwaps {
		ack, err := c.publishMsg(ctx, msg, jetstream.WithExpectLastSequencePerSubject(expect))
		if err == nil {
			return Published{Sequence: ack.Sequence, Duplicate: ack.Duplicate}, nil
		}
		if !wrongLastSequence(err) {
			return Published{}, resultError(err)
		}
		last, err := c.lastResult(ctx, msg.Subject)
		if err != nil {
			return Published{}, err
		}
		if done, err := last.settles(job.Revision, digest); done {
			return Published{Sequence: last.sequence, Duplicate: true}, err
		}
		expect = last.sequence
	}
	// None of them settles this revision, so this is no ErrResultExists.
	return Published{}, fmt.Errorf("publish result of job %s: other results of it keep coming first", job.Key())
}

// maxSwaps bounds the rounds of a compare-and-swap. Two revisions and a review
// at one moment are three; beyond that the caller tries again.
const maxSwaps = 5

// Settled reports whether the job's result is stored already, so that it need
// not be worked out again. A review of it counts: it carries revision and
// digest on. The error is [ErrConflict] when the id is taken by
// other content.
func (c *Conn) Settled(ctx context.Context, d *Delivery, job Job) (bool, error) {
	last, err := c.lastResult(ctx, c.topo.ResultSubject(d.Lane, d.Source, job.Key()))
	if errors.Is(err, ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	done, err := last.settles(job.Revision, job.Digest())
	if errors.Is(err, ErrResultExists) {
		err = nil
	}
	return done, err
}

// storedResult is what the last result of a subject says of itself.
type storedResult struct {
	sequence uint64
	revision int
	digest   string
}

// settles reports whether nothing is left to do for a job of that revision
// and digest.
func (s storedResult) settles(revision int, digest string) (done bool, err error) {
	switch {
	case s.revision < revision:
		return false, nil
	case s.revision > revision:
		return true, ErrResultExists
	case s.digest != digest:
		return true, ErrConflict
	}
	return true, nil
}

func (c *Conn) lastResult(ctx context.Context, subject string) (storedResult, error) {
	msg, err := c.lastOn(ctx, c.topo.ResultsStream(), subject)
	if err != nil {
		return storedResult{}, fmt.Errorf("look up the last result: %w", err)
	}
	revision, err := strconv.Atoi(msg.Header.Get(HeaderRevision))
	if err != nil {
		revision = 1
	}
	return storedResult{sequence: msg.Sequence, revision: revision, digest: msg.Header.Get(HeaderDigest)}, nil
}

// lastOn asks for a subject's last message by direct get, without the lookup
// of the stream that jetstream.Stream would make first.
func (c *Conn) lastOn(ctx context.Context, stream, subject string) (*jetstream.RawStreamMsg, error) {
	return c.direct(ctx, stream, "."+subject, nil)
}

// direct makes a direct get (https://github.com/nats-io/nats-architecture-and-design/blob/main/adr/ADR-31.md).
func (c *Conn) direct(ctx context.Context, stream, suffix string, body []byte) (*jetstream.RawStreamMsg, error) {
	var reply *nats.Msg
	err := c.guard(ctx, func(ctx context.Context) (err error) {
		reply, err = c.nc.RequestWithContext(ctx, "$JS.API.DIRECT.GET."+stream+suffix, body)
		return err
	}, stream)
	if err != nil {
		return nil, err
	}
	if status := reply.Header.Get("Status"); status != "" {
		if status == "404" {
			return nil, ErrNotFound
		}
		return nil, fmt.Errorf("server status %s", status)
	}
	sequence, err := strconv.ParseUint(reply.Header.Get("Nats-Sequence"), 10, 64)
	if err != nil {
		return nil, errors.New("the server's reply has no sequence")
	}
	at, err := time.Parse(time.RFC3339Nano, reply.Header.Get("Nats-Time-Stamp"))
	if err != nil {
		return nil, errors.New("the server's reply has no time")
	}
	return &jetstream.RawStreamMsg{
		Subject: reply.Header.Get("Nats-Subject"), Sequence: sequence, Time: at, Header: reply.Header, Data: reply.Data,
	}, nil
}

func wrongLastSequence(err error) bool {
	var api *jetstream.APIError
	return errors.As(err, &api) && (api.ErrorCode == jetstream.JSErrCodeStreamWrongLastSequence ||
		api.ErrorCode == jetstream.JSErrCodeStreamWrongLastSequenceConstant)
}

func resultError(err error) error {
	if errors.Is(err, nats.ErrMaxPayload) {
		return fmt.Errorf("publish result: %w: the result exceeds the server's max_payload", ErrTooLarge)
	}
	return fmt.Errorf("publish result: %w", storeError(err, "the results stream",
		"Raise --results-bytes, or shorten --results-age, on a worker that may provision; the workers go on by themselves."))
}

// Reply sends a copy of a result to a job's reply subject, best effort.
func (c *Conn) Reply(subject string, payload []byte) error {
	return c.nc.Publish(subject, payload)
}
