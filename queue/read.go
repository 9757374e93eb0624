package queue

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// ResultFilter selects results; zero fields select all.
type ResultFilter struct {
	Lane   Lane
	Source string
	JobID  string
	Since  time.Time // by the time of storing
	// Follow goes on with new results until ctx ends.
	Follow bool
	// New skips what is stored already.
	New bool
	// Newest leaves out results that a higher revision or a review of the
	// same job supersedes. Since then selects among the newest.
	Newest bool
}

// StoredResult is a result and its place in the stream.
type StoredResult struct {
	Result   Result
	Payload  []byte
	Sequence uint64
	Lane     Lane
	Source   string
	Stored   time.Time // by the server's clock
	Digest   string    // [Job.Digest], of the header
	Trace    Trace
}

// Results calls each for every result that the filter selects, oldest first,
// until it returns an error. Readers that must not miss one across restarts
// create a durable consumer of their own on the stream; see docs/wire.md.
func (c *Conn) Results(ctx context.Context, f ResultFilter, each func(StoredResult) error) error {
	cfg := scanConfig{
		stream: c.topo.ResultsStream(), subjects: []string{c.resultSubjects(f)},
		follow: f.Follow, onlyNew: f.New, since: f.Since, newest: f.Newest,
	}
	return c.scan(ctx, cfg, func(msg jetstream.Msg, seq uint64) error {
		stored, err := c.readResult(msg, seq)
		if err != nil {
			return err
		}
		if f.Newest && stored.Stored.Before(f.Since) {
			return nil
		}
		return each(stored)
	})
}

// resultSubjects is the subject, with wildcards, of what a filter selects.
func (c *Conn) resultSubjects(f ResultFilter) string {
	lane, source, key := string(f.Lane), f.Source, "*"
	setDefault(&lane, "*")
	setDefault(&source, "*")
	if f.JobID != "" {
		key = Key(f.JobID)
	}
	return c.topo.ResultSubject(Lane(lane), source, key)
}

func (c *Conn) readResult(msg jetstream.Msg, seq uint64) (StoredResult, error) {
	r, err := DecodeResult(msg.Data())
	if err != nil {
		return StoredResult{}, fmt.Errorf("result %d: %w", seq, err)
	}
	stored := StoredResult{Result: r, Payload: msg.Data(), Sequence: seq, Digest: msg.Headers().Get(HeaderDigest), Trace: traceOf(msg.Headers())}
	stored.Lane, stored.Source = c.routeOfResult(msg.Subject())
	if meta, err := msg.Metadata(); err == nil {
		stored.Stored = meta.Timestamp
	}
	return stored, nil
}

func (c *Conn) routeOfResult(subject string) (Lane, string) {
	// Results have the shape of jobs behind their second token.
	return c.topo.route(c.topo.Prefix + ".jobs." + subject[min(len(subject), len(c.topo.Prefix+".results.")):])
}

// Outcome is how a job ended: exactly one of the two is set.
type Outcome struct {
	Result *StoredResult
	Dead   *DeadLetter
}

// WaitOutcome waits for the outcome of a submitted job. An outcome that is
// there already counts, unless it is of an earlier revision or, for a dead
// letter, older than the submission. Of several results the newest counts, so
// that one which a person has rejected or edited is not taken for the last word.
//
// It looks at the job's own subjects again and again, which a user may do that
// may read nothing else. One that may not read dead letters waits for a result.
func (c *Conn) WaitOutcome(ctx context.Context, s Submitted, since time.Time) (Outcome, error) {
	deadDenied := false
	for pause := outcomePause; ; pause = min(2*pause, outcomePauseMax) {
		out, err := c.outcome(ctx, s, since, &deadDenied)
		_, denied := errors.AsType[*DeniedError](err)
		switch {
		case out != (Outcome{}):
			return out, nil
		case denied:
			return Outcome{}, fmt.Errorf("wait for the outcome of job %s: %w", s.Key, err)
		}
		// Any other fault of a look is mended by the next one.
		select {
		case <-ctx.Done():
			return Outcome{}, fmt.Errorf("wait for the outcome of job %s: %w", s.Key, errors.Join(ctx.Err(), err))
		case <-time.After(pause):
		}
	}
}

// LastOutcome is how a job of that lane and source has ended so far: its newest
// result, else the dead letter of its last end, else nothing. One that may not
// read dead letters learns of results alone.
func (c *Conn) LastOutcome(ctx context.Context, lane Lane, source, jobID string) (Outcome, error) {
	deadDenied := false
	key := Key(jobID)
	out, err := c.outcome(ctx, Submitted{Key: key, Result: c.topo.ResultSubject(lane, source, key)}, time.Time{}, &deadDenied)
	if err != nil {
		return Outcome{}, fmt.Errorf("look for the outcome of job %s: %w", key, err)
	}
	if out.Dead != nil && (out.Dead.Lane != lane || out.Dead.Source != source) {
		// Ids are a producer's own: that is another's job.
		return Outcome{}, nil
	}
	return out, nil
}

// The pause between two looks for an outcome: a stand-in answers within
// milliseconds, a model within seconds or minutes.
const (
	outcomePause    = 20 * time.Millisecond
	outcomePauseMax = time.Second
)

// outcome looks once. It is empty where there is none yet.
func (c *Conn) outcome(ctx context.Context, s Submitted, since time.Time, deadDenied *bool) (Outcome, error) {
	look, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	stored, err := c.lastStored(look, s.Result)
	switch {
	case err == nil && stored.Result.Revision >= s.Revision:
		return Outcome{Result: &stored}, nil
	case err != nil && !errors.Is(err, ErrNotFound):
		return Outcome{}, err
	case *deadDenied:
		return Outcome{}, nil
	}
	msg, err := c.lastOn(look, c.topo.DeadStream(), c.topo.Prefix+".dead.*."+s.Key)
	if _, *deadDenied = errors.AsType[*DeniedError](err); *deadDenied || errors.Is(err, ErrNotFound) {
		return Outcome{}, nil
	}
	if err != nil {
		return Outcome{}, err
	}
	letter, err := readDead(msg.Header, msg.Data, msg.Sequence)
	if err != nil || letter.Time.Before(since) {
		return Outcome{}, err
	}
	return Outcome{Dead: &letter}, nil
}

// scanPause is how long a scan that does not follow waits for what the server
// said is there, before it asks again.
const scanPause = 2 * time.Second

// maxPauses in a row outlast a restart of the server.
const maxPauses = 15

func nextMessage(ctx context.Context, messages jetstream.MessagesContext, follow bool) (jetstream.Msg, error) {
	if !follow {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, scanPause)
		defer cancel()
	}
	return messages.Next(jetstream.NextContext(ctx))
}

// errStopScan ends a scan from within without an error.
var errStopScan = errors.New("stop")

type scanConfig struct {
	stream      string
	subjects    []string
	from        uint64
	since       time.Time
	headersOnly bool
	follow      bool
	onlyNew     bool
	newest      bool // of each subject
}

// scan reads a stream through an ordered consumer, which survives reconnects.
// Without follow it ends with the last message that is there now.
func (c *Conn) scan(ctx context.Context, cfg scanConfig, each func(jetstream.Msg, uint64) error) error {
	return c.guard(ctx, func(ctx context.Context) error { return c.scanAll(ctx, cfg, each) }, cfg.stream)
}

func (c *Conn) scanAll(ctx context.Context, cfg scanConfig, each func(jetstream.Msg, uint64) error) error {
	config := jetstream.OrderedConsumerConfig{FilterSubjects: cfg.subjects, HeadersOnly: cfg.headersOnly, DeliverPolicy: jetstream.DeliverAllPolicy}
	switch {
	case cfg.newest:
		// After a reconnect the server goes on with all that follows, so that
		// what it calls the newest may be followed by a newer one.
		config.DeliverPolicy = jetstream.DeliverLastPerSubjectPolicy
	case cfg.onlyNew:
		config.DeliverPolicy = jetstream.DeliverNewPolicy
	case cfg.from > 0:
		config.DeliverPolicy, config.OptStartSeq = jetstream.DeliverByStartSequencePolicy, cfg.from
	case !cfg.since.IsZero():
		config.DeliverPolicy, config.OptStartTime = jetstream.DeliverByStartTimePolicy, &cfg.since
	}
	consumer, err := c.js.OrderedConsumer(ctx, cfg.stream, config)
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		return &HintError{fmt.Errorf("read stream %s: %w", cfg.stream, ErrNoTopology), "Start a worker once (`mujaz worker`), which creates the streams, and check --prefix."}
	}
	if err != nil {
		return fmt.Errorf("read stream %s: %w", cfg.stream, explainAPI(err))
	}
	info := consumer.CachedInfo()
	if !cfg.follow && info != nil && info.NumPending == 0 {
		return nil
	}
	messages, err := consumer.Messages()
	if err != nil {
		return fmt.Errorf("read stream %s: %w", cfg.stream, err)
	}
	defer messages.Stop()
	var last *jetstream.MsgMetadata
	pauses := 0
	for {
		msg, err := nextMessage(ctx, messages, cfg.follow)
		switch {
		case err == nil:
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.Is(err, context.DeadlineExceeded):
			// What was pending may have been deleted by another meanwhile.
			if info, err := consumer.Info(ctx); err == nil && info.NumPending == 0 && !underWay(info, last) {
				return nil
			}
			if pauses++; pauses == maxPauses {
				return fmt.Errorf("read stream %s: what the server has there does not come: %w", cfg.stream, nats.ErrTimeout)
			}
			continue
		default:
			return fmt.Errorf("read stream %s: %w", cfg.stream, err)
		}
		meta, err := msg.Metadata()
		if err != nil {
			return fmt.Errorf("read stream %s: %w", cfg.stream, err)
		}
		last, pauses = meta, 0
		if err := each(msg, meta.Sequence.Stream); err != nil {
			if errors.Is(err, errStopScan) {
				return nil
			}
			return err
		}
		if !cfg.follow && meta.NumPending == 0 {
			return nil
		}
	}
}

// underWay reports whether the server has sent messages that have not come yet:
// for it they are not pending any more, for a slow reader they are all there is.
func underWay(info *jetstream.ConsumerInfo, last *jetstream.MsgMetadata) bool {
	var received uint64
	if last != nil && last.Consumer == info.Name {
		received = last.Sequence.Consumer
	}
	return info.Delivered.Consumer > received
}
