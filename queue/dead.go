package queue

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// DeadLetter is a job that ended without a result. The job's payload is kept
// byte for byte; the rest travels in the header [HeaderDead].
type DeadLetter struct {
	SchemaVersion int    `json:"schema_version" jsonschema:"enum=1"`
	Cause         Cause  `json:"cause"`
	Stage         string `json:"stage"`  // where in the pipeline it ended
	Advice        string `json:"advice"` // see [Cause.Advice]
	JobID         string `json:"job_id,omitzero"`
	Key           string `json:"key"`
	Lane          Lane   `json:"lane"`
	Source        string `json:"source"`
	Attempts      int    `json:"attempts"`
	// FirstError and LastError are scrubbed: no article text, no key.
	FirstError string    `json:"first_error,omitzero"`
	LastError  string    `json:"last_error,omitzero"`
	Worker     string    `json:"worker,omitzero"`
	Time       time.Time `json:"time"`
	QueuedAt   time.Time `json:"queued_at"`
	Subject    string    `json:"subject"` // of the job
	MsgID      string    `json:"msg_id,omitzero"`
	// Redrives counts how often the job was redriven before it ended here,
	// RedriveOf is the sequence of the dead letter it came from.
	Redrives  int    `json:"redrives,omitzero"`
	RedriveOf uint64 `json:"redrive_of,omitzero"`
	// History is how it ended before it was redriven, oldest first: the last
	// five times.
	History []Death `json:"history,omitzero" jsonschema:"maxItems=5"`
	// PayloadObject names the body in the object store when payload and
	// facts do not fit into one message.
	PayloadObject string `json:"payload_object,omitzero"`

	Sequence uint64 `json:"-"` // in the dead letter stream
	Payload  []byte `json:"-"`
	Trace    Trace  `json:"-"`
	// Signature of the job, which a redrive gives back to it.
	Signature Signature `json:"-"`
}

// Death is an earlier end of a job that was redriven.
type Death struct {
	Cause     Cause     `json:"cause"`
	Time      time.Time `json:"time"`
	LastError string    `json:"last_error,omitzero"`
}

// MaxRedrives is how often a job can be redriven before [Conn.Redrive] takes it
// for a loop: a fault that has ended a job four times has not gone away.
const MaxRedrives = 3

// RedriveLoopError refuses one redrive more. Nothing was changed.
type RedriveLoopError struct{ Letter DeadLetter }

// Error says how often the job has ended.
func (e *RedriveLoopError) Error() string {
	return fmt.Sprintf("job %s was redriven %d times and ended as a dead letter each time", e.Letter.Key, e.Letter.Redrives)
}

// Hint says what to do.
func (e *RedriveLoopError) Hint() string {
	return "Mend what ends it first: " + e.Letter.Advice
}

// Limits of a history, for its header.
const (
	maxDeaths     = 5
	maxDeathRunes = 100
)

// deaths adds a letter to the history that it carries.
func (l DeadLetter) deaths() []Death {
	all := append(slices.Clone(l.History), Death{Cause: l.Cause, Time: l.Time, LastError: clip(l.LastError, maxDeathRunes)})
	return all[max(0, len(all)-maxDeaths):]
}

// history reads what a redrive has written. What a producer made up is kept
// within the same limits, or left out.
func (d *Delivery) history() []Death {
	var all []Death
	if d.Redrives == 0 || json.Unmarshal([]byte(d.Header(headerHistory)), &all) != nil || len(all) > maxDeaths {
		return nil
	}
	for i := range all {
		all[i].Cause, all[i].LastError = Cause(clip(string(all[i].Cause), maxDeathRunes)), clip(all[i].LastError, maxDeathRunes)
	}
	return all
}

// headerHistory of a job that was redriven.
const headerHistory = "Mujaz-History"

const (
	// maxErrorRunes bounds the errors in a dead letter.
	maxErrorRunes = 400
	// deadMargin is room for what stands beside payload and facts: the message
	// id, trace and signature, which are bounded, and the names of headers.
	deadMargin = 2 << 10
)

// facts fills in what is known of the delivery, and bounds what others have made
// up.
func (d *Delivery) facts(letter DeadLetter) DeadLetter {
	letter.SchemaVersion = SchemaVersion
	letter.Advice = letter.Cause.Advice()
	letter.Lane, letter.Source, letter.Subject = d.Lane, d.Source, d.Subject
	letter.QueuedAt, letter.MsgID, letter.Redrives = d.QueuedAt, clip(d.Header(HeaderMsgID), maxIDBytes), d.Redrives
	letter.FirstError, letter.LastError = clip(letter.FirstError, maxErrorRunes), clip(letter.LastError, maxErrorRunes)
	// An id that is invalid for its length is one of a letter, too.
	letter.JobID, letter.Stage, letter.Worker = clip(letter.JobID, maxIDBytes), clip(letter.Stage, maxIDBytes), clip(letter.Worker, maxIDBytes)
	if of, err := strconv.ParseUint(d.Header(HeaderRedriveOf), 10, 64); err == nil {
		letter.RedriveOf = of
	}
	letter.History = d.history()
	if letter.Key == "" {
		letter.JobID, letter.Key = d.unread()
	}
	return letter
}

// encodeFacts for the header. Subject and ids come from other clients, in
// whatever bytes they sent.
func encodeFacts(letter DeadLetter) ([]byte, error) {
	return json.Marshal(letter, jsontext.AllowInvalidUTF8(true))
}

// PublishDead stores the dead letter of a delivery and waits for the server's
// confirmation. The delivery must be acked after it, not before. A repetition
// for the same delivery is not stored twice.
func (c *Conn) PublishDead(ctx context.Context, d *Delivery, letter DeadLetter) error {
	letter = d.facts(letter)
	facts, err := encodeFacts(letter)
	payload := d.Payload
	if err == nil && int64(len(payload)+len(facts)+deadMargin) > c.nc.MaxPayload() {
		name := "dead-" + letter.Key + "-" + strconv.FormatUint(d.Sequence, 10)
		store, err := c.js.ObjectStore(ctx, c.topo.BodiesBucket())
		if err != nil {
			return fmt.Errorf("publish dead letter: %w", bucketError(err))
		}
		if _, err := store.PutBytes(ctx, name, payload); err != nil {
			return fmt.Errorf("publish dead letter: %w", err)
		}
		letter.PayloadObject, payload = name, nil
		if facts, err = encodeFacts(letter); err != nil {
			return fmt.Errorf("publish dead letter: %w", err)
		}
	}
	if err != nil {
		return fmt.Errorf("publish dead letter: %w", err)
	}
	msg := nats.NewMsg(c.topo.DeadSubject(letter.Cause, letter.Key))
	msg.Data = payload
	msg.Header.Set(HeaderDead, string(facts))
	msg.Header.Set(HeaderMsgID, "dead-"+d.MessageID())
	d.Trace().set(msg.Header)
	signatureOf(d.msg.Header).set(msg.Header)
	if _, err := c.publishMsg(ctx, msg); err != nil {
		return fmt.Errorf("publish dead letter: %w", storeError(err, "the dead letter stream",
			"Redrive or purge dead letters, or raise --dead-bytes; the workers go on by themselves."))
	}
	return nil
}

func clip(s string, runes int) string {
	if utf8.RuneCountInString(s) <= runes {
		return s
	}
	return string([]rune(s)[:runes]) + "…"
}

// DeadFilter selects dead letters; zero fields select all.
type DeadFilter struct {
	Sequence     uint64
	Cause        Cause
	JobID        string
	Source       string
	Since, Until time.Time // by the time of death
	// Facts leaves the payloads out, for lists.
	Facts bool
}

// DeadLetters calls each for every dead letter that the filter selects, oldest
// first, until it returns an error.
func (c *Conn) DeadLetters(ctx context.Context, f DeadFilter, each func(DeadLetter) error) error {
	subject := c.topo.Prefix + ".dead.>"
	switch {
	case f.JobID != "" && f.Cause != "":
		subject = c.topo.DeadSubject(f.Cause, Key(f.JobID))
	case f.JobID != "":
		subject = c.topo.Prefix + ".dead.*." + Key(f.JobID)
	case f.Cause != "":
		subject = c.topo.Prefix + ".dead." + string(f.Cause) + ".>"
	}
	return c.scan(ctx, scanConfig{stream: c.topo.DeadStream(), subjects: []string{subject}, headersOnly: f.Facts, from: f.Sequence}, func(msg jetstream.Msg, seq uint64) error {
		if f.Sequence != 0 && seq != f.Sequence {
			return errStopScan
		}
		letter, err := readDead(msg.Headers(), msg.Data(), seq)
		if err != nil {
			return err
		}
		if f.Source != "" && letter.Source != f.Source ||
			!f.Since.IsZero() && letter.Time.Before(f.Since) || !f.Until.IsZero() && letter.Time.After(f.Until) {
			return nil
		}
		if !f.Facts {
			if letter, err = c.deadPayload(ctx, letter); err != nil {
				return err
			}
		}
		return each(letter)
	})
}

func readDead(header nats.Header, payload []byte, seq uint64) (DeadLetter, error) {
	var letter DeadLetter
	if err := json.Unmarshal([]byte(header.Get(HeaderDead)), &letter); err != nil {
		return DeadLetter{}, fmt.Errorf("read dead letter %d: its facts are not readable", seq)
	}
	letter.Sequence, letter.Payload, letter.Trace, letter.Signature = seq, bytes.Clone(payload), traceOf(header), signatureOf(header)
	return letter, nil
}

func (c *Conn) deadPayload(ctx context.Context, letter DeadLetter) (DeadLetter, error) {
	if letter.PayloadObject == "" {
		return letter, nil
	}
	store, err := c.js.ObjectStore(ctx, c.topo.BodiesBucket())
	if err != nil {
		return letter, fmt.Errorf("read the payload of dead letter %d: %w", letter.Sequence, bucketError(err))
	}
	object, err := store.Get(ctx, letter.PayloadObject)
	if err != nil {
		return letter, fmt.Errorf("read the payload of dead letter %d: %w", letter.Sequence, err)
	}
	defer object.Close()
	if letter.Payload, err = io.ReadAll(io.LimitReader(object, MaxArticleBytes)); err != nil {
		return letter, fmt.Errorf("read the payload of dead letter %d: %w", letter.Sequence, err)
	}
	return letter, nil
}

// Redrive queues the job of a dead letter again, under a new message id and
// with a link to the letter, which is then removed. Doing it twice for one
// letter queues one job; the second time is [ErrNotFound] once the letter is
// removed. The letter must have been read with its payload. The signature goes
// along and fits the payload as it was: one that is changed must be signed and
// submitted anew where workers demand signatures. A job that keeps
// coming back is a *[RedriveLoopError], see [MaxRedrives].
func (c *Conn) Redrive(ctx context.Context, letter DeadLetter) (Submitted, error) {
	if letter.Redrives >= MaxRedrives {
		return Submitted{}, &RedriveLoopError{letter}
	}
	return c.RedriveAnyway(ctx, letter)
}

// RedriveAnyway is [Conn.Redrive] without an end to it.
func (c *Conn) RedriveAnyway(ctx context.Context, letter DeadLetter) (Submitted, error) {
	// The message id dedupes a race within the window, this look all others.
	if _, err := c.direct(ctx, c.topo.DeadStream(), "", fmt.Appendf(nil, `{"seq":%d}`, letter.Sequence)); err != nil {
		return Submitted{}, fmt.Errorf("look up dead letter %d: %w", letter.Sequence, err)
	}
	_, source := c.topo.route(letter.Subject)
	msg := nats.NewMsg(letter.Subject)
	msg.Data = letter.Payload
	msg.Header.Set(HeaderMsgID, fmt.Sprintf("redrive-%d-%d", letter.Sequence, letter.Time.UnixNano()))
	msg.Header.Set(HeaderSchema, strconv.Itoa(SchemaVersion))
	msg.Header.Set(headerSubject, letter.Subject)
	msg.Header.Set(HeaderRedriveOf, strconv.FormatUint(letter.Sequence, 10))
	msg.Header.Set(HeaderRedrives, strconv.Itoa(letter.Redrives+1))
	if history, err := json.Marshal(letter.deaths(), jsontext.AllowInvalidUTF8(true)); err == nil {
		msg.Header.Set(headerHistory, string(history))
	}
	letter.Trace.set(msg.Header)
	letter.Signature.set(msg.Header)
	if job, err := DecodeJob(letter.Payload); err == nil {
		msg.Header.Set(HeaderDigest, job.Digest())
	}
	ack, err := c.publishMsg(ctx, msg)
	if err != nil {
		return Submitted{}, publishError(err)
	}
	if err := c.deleteLetter(ctx, letter); err != nil {
		return Submitted{}, err
	}
	return Submitted{
		ID: letter.JobID, Key: letter.Key, Subject: letter.Subject, Sequence: ack.Sequence, Duplicate: ack.Duplicate,
		Result: c.topo.ResultSubject(letter.Lane, source, letter.Key),
	}, nil
}

// PurgeDead removes a dead letter for good, and the bodies that it holds.
func (c *Conn) PurgeDead(ctx context.Context, letter DeadLetter) error {
	if job, err := DecodeJob(letter.Payload); err == nil && job.Article.Object != nil {
		if err := c.DeleteBody(ctx, job.Article.Object); err != nil {
			return err
		}
	}
	return c.deleteLetter(ctx, letter)
}

func (c *Conn) deleteLetter(ctx context.Context, letter DeadLetter) error {
	stream, err := c.js.Stream(ctx, c.topo.DeadStream())
	if err != nil {
		return fmt.Errorf("remove dead letter %d: %w", letter.Sequence, explainAPI(err))
	}
	if err := stream.DeleteMsg(ctx, letter.Sequence); err != nil && !errors.Is(err, jetstream.ErrMsgNotFound) && !errors.Is(err, jetstream.ErrMsgDeleteUnsuccessful) {
		return fmt.Errorf("remove dead letter %d: %w", letter.Sequence, err)
	}
	if letter.PayloadObject != "" {
		return c.DeleteBody(ctx, &Object{Name: letter.PayloadObject})
	}
	return nil
}
