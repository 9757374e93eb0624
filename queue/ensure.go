package queue

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// TopologyError is a stream on the server that cannot become what is wanted
// without losing messages. Nothing was changed on that stream.
type TopologyError struct {
	Stream   string
	Problems []string // "retention is limits, want workqueue"
	Advice   string
}

// Error lists every difference.
func (e *TopologyError) Error() string {
	return fmt.Sprintf("stream %s: %s", e.Stream, strings.Join(e.Problems, "; "))
}

// Hint says how to get out of it.
func (e *TopologyError) Hint() string { return e.Advice }

// Ensure creates what is missing and migrates what differs, without losing a
// message: a change that would drop one is refused with a *[TopologyError].
// It may run in many processes at once and needs the rights of an operator;
// programs without them use [Conn.Check].
func (c *Conn) Ensure(ctx context.Context) error { return c.guard(ctx, c.ensure, c.streams()...) }

func (c *Conn) ensure(ctx context.Context) error {
	for _, want := range c.topo.streamConfigs() {
		if err := c.ensureStream(ctx, want); err != nil {
			return explainAPI(err)
		}
	}
	for _, kv := range []jetstream.KeyValueConfig{c.topo.ledgerConfig(), c.topo.fleetConfig(), c.topo.runsConfig()} {
		if err := c.ensureBucket(ctx, jetstream.StreamConfig{
			Name: "KV_" + kv.Bucket, MaxBytes: kv.MaxBytes, MaxAge: kv.TTL, Replicas: kv.Replicas,
		}, func() error {
			_, err := c.js.CreateOrUpdateKeyValue(ctx, kv)
			return err
		}); err != nil {
			return explainAPI(err)
		}
	}
	bodies := c.topo.bodiesConfig()
	if err := c.ensureBucket(ctx, jetstream.StreamConfig{
		Name: "OBJ_" + bodies.Bucket, MaxBytes: bodies.MaxBytes, MaxAge: bodies.TTL, Replicas: bodies.Replicas,
	}, func() error {
		_, err := c.js.CreateOrUpdateObjectStore(ctx, bodies)
		return err
	}); err != nil {
		return explainAPI(err)
	}
	for _, lane := range Lanes() {
		if err := c.ensureConsumer(ctx, lane); err != nil {
			return explainAPI(err)
		}
	}
	return nil
}

// Check reports [ErrNoTopology] when a stream that mujaz needs is not there.
func (c *Conn) Check(ctx context.Context) error { return c.guard(ctx, c.check, c.streams()...) }

func (c *Conn) check(ctx context.Context) error {
	for _, name := range c.streams() {
		if _, err := c.js.Stream(ctx, name); err != nil {
			if errors.Is(err, jetstream.ErrStreamNotFound) {
				return fmt.Errorf("%w: %s is missing", ErrNoTopology, name)
			}
			return explainAPI(fmt.Errorf("look up stream %s: %w", name, err))
		}
	}
	return nil
}

// Diff tells in what the streams on the server differ from what [Conn.Ensure]
// would make of them, a sentence each; none is agreement. It changes nothing.
func (c *Conn) Diff(ctx context.Context) (differences []string, err error) {
	err = c.guard(ctx, func(ctx context.Context) error {
		differences, err = c.diff(ctx)
		return err
	}, c.streams()...)
	return differences, err
}

func (c *Conn) diff(ctx context.Context) ([]string, error) {
	var differences []string
	for _, want := range c.topo.streamConfigs() {
		stream, err := c.js.Stream(ctx, want.Name)
		if errors.Is(err, jetstream.ErrStreamNotFound) {
			differences = append(differences, want.Name+" is missing")
			continue
		}
		if err != nil {
			return nil, explainAPI(fmt.Errorf("look up stream %s: %w", want.Name, err))
		}
		next, err := migrate(stream.CachedInfo(), want)
		switch {
		case err != nil:
			differences = append(differences, err.Error())
		case next != nil:
			differences = append(differences, want.Name+" has other limits than these settings")
		}
	}
	return differences, nil
}

// streamConfigs are the streams that are not buckets.
func (t Topology) streamConfigs() []jetstream.StreamConfig {
	configs := []jetstream.StreamConfig{t.resultsConfig(), t.deadConfig(), t.spendConfig(), t.parkedConfig(), t.advisoriesConfig(), t.claimsConfig()}
	for _, lane := range Lanes() {
		configs = append(configs, t.jobsConfig(lane))
	}
	return configs
}

// streams are all that Ensure creates, buckets under their stream names.
func (c *Conn) streams() []string {
	t := c.topo
	return []string{
		t.JobsStream(LaneLive), t.JobsStream(LaneBackfill), t.ResultsStream(), t.DeadStream(), t.SpendStream(), t.ParkedStream(), t.AdvisoriesStream(), t.claimsStream(),
		"KV_" + t.LedgerBucket(), "KV_" + t.FleetBucket(), "KV_" + t.RunsBucket(), "OBJ_" + t.BodiesBucket(),
	}
}

func (c *Conn) ensureStream(ctx context.Context, want jetstream.StreamConfig) error {
	stream, err := c.js.Stream(ctx, want.Name)
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		if _, err = c.js.CreateStream(ctx, want); err == nil {
			return nil
		}
		if !errors.Is(err, jetstream.ErrStreamNameAlreadyInUse) {
			return fmt.Errorf("create stream %s: %w", want.Name, err)
		}
		// Another process created it meanwhile, with its own settings.
		stream, err = c.js.Stream(ctx, want.Name)
	}
	if err != nil {
		return fmt.Errorf("look up stream %s: %w", want.Name, err)
	}
	info, err := stream.Info(ctx)
	if err != nil {
		return fmt.Errorf("look up stream %s: %w", want.Name, err)
	}
	next, err := migrate(info, want)
	if err != nil || next == nil {
		return err
	}
	if _, err := c.js.UpdateStream(ctx, *next); err != nil {
		return fmt.Errorf("update stream %s: %w", want.Name, err)
	}
	return nil
}

// migrate returns the configuration to update to, nil when there is nothing
// to do, or a *[TopologyError] when messages would be lost.
func migrate(info *jetstream.StreamInfo, want jetstream.StreamConfig) (*jetstream.StreamConfig, error) {
	have := info.Config
	e := &TopologyError{Stream: want.Name}
	differ := func(ok bool, format string, args ...any) {
		if !ok {
			e.Problems = append(e.Problems, fmt.Sprintf(format, args...))
		}
	}
	differ(have.Retention == want.Retention, "retention is %s, want %s", have.Retention, want.Retention)
	differ(have.Storage == want.Storage, "storage is %s, want %s", have.Storage, want.Storage)
	if len(e.Problems) > 0 {
		e.Advice = "These cannot be changed in place. Drain the stream and delete it (`nats stream rm " + want.Name + "`), or use another --prefix."
		return nil, e
	}
	differ(want.MaxBytes >= int64(info.State.Bytes), "holds %d bytes, the limit asked for is %d", info.State.Bytes, want.MaxBytes)
	differ(want.MaxMsgs < 0 || want.MaxMsgs >= int64(info.State.Msgs), "holds %d messages, the limit asked for is %d", info.State.Msgs, want.MaxMsgs)
	// An age that stays as it is always has messages at its edge.
	if want.MaxAge > 0 && want.MaxAge != have.MaxAge && info.State.Msgs > 0 {
		age := time.Since(info.State.FirstTime)
		differ(age <= want.MaxAge, "its oldest message is %s old, the age asked for is %s", age.Round(time.Second), want.MaxAge)
	}
	for _, subject := range have.Subjects {
		differ(info.State.Msgs == 0 || slices.Contains(want.Subjects, subject), "holds messages and listens on %s, which is not wanted", subject)
	}
	if len(e.Problems) > 0 {
		e.Advice = "The change would drop messages that are stored. Wait until they are processed, or keep the larger setting."
		return nil, e
	}
	next := have
	next.Description, next.Subjects, next.Discard = want.Description, want.Subjects, want.Discard
	next.MaxBytes, next.MaxMsgs, next.MaxAge = want.MaxBytes, want.MaxMsgs, want.MaxAge
	next.Duplicates, next.Replicas, next.AllowDirect = want.Duplicates, want.Replicas, want.AllowDirect
	next.MaxMsgSize, next.MaxMsgsPerSubject, next.MaxConsumers = want.MaxMsgSize, want.MaxMsgsPerSubject, want.MaxConsumers
	next.SubjectTransform = want.SubjectTransform
	if sameStream(have, next) {
		return nil, nil
	}
	return &next, nil
}

func sameStream(a, b jetstream.StreamConfig) bool {
	return a.Description == b.Description && slices.Equal(a.Subjects, b.Subjects) && a.Discard == b.Discard &&
		a.MaxBytes == b.MaxBytes && a.MaxMsgs == b.MaxMsgs && a.MaxAge == b.MaxAge &&
		a.Duplicates == b.Duplicates && a.Replicas == b.Replicas && a.AllowDirect == b.AllowDirect &&
		a.MaxMsgSize == b.MaxMsgSize && a.MaxMsgsPerSubject == b.MaxMsgsPerSubject && a.MaxConsumers == b.MaxConsumers &&
		sameTransform(a.SubjectTransform, b.SubjectTransform)
}

func sameTransform(a, b *jetstream.SubjectTransformConfig) bool {
	return a == b || a != nil && b != nil && *a == *b
}

// ensureBucket creates or updates by put, unless the bucket's stream has the
// wanted limits already or holds more than they allow.
func (c *Conn) ensureBucket(ctx context.Context, want jetstream.StreamConfig, put func() error) error {
	s, err := c.js.Stream(ctx, want.Name)
	switch {
	case errors.Is(err, jetstream.ErrStreamNotFound):
	case err != nil:
		return fmt.Errorf("look up bucket %s: %w", want.Name, err)
	default:
		info := s.CachedInfo()
		have := info.Config
		if have.MaxBytes == want.MaxBytes && have.MaxAge == want.MaxAge && have.Replicas == want.Replicas {
			return nil
		}
		want.MaxMsgs, want.Subjects, want.Retention, want.Storage = -1, have.Subjects, have.Retention, have.Storage
		if _, err := migrate(info, want); err != nil {
			return err
		}
	}
	if err := put(); err != nil && !errors.Is(err, jetstream.ErrBucketExists) {
		return fmt.Errorf("create bucket %s: %w", want.Name, err)
	}
	return nil
}

func (c *Conn) ensureConsumer(ctx context.Context, lane Lane) error {
	want, stream := c.topo.consumerConfig(lane), c.topo.JobsStream(lane)
	existing, err := c.js.Consumer(ctx, stream, want.Durable)
	if err == nil {
		have := existing.CachedInfo().Config
		same := have.FilterSubject == want.FilterSubject && have.AckWait == want.AckWait && have.MaxDeliver == want.MaxDeliver &&
			have.MaxAckPending == want.MaxAckPending && have.MaxWaiting == want.MaxWaiting && len(have.BackOff) == 0
		if same {
			return nil
		}
		if have.DeliverPolicy != want.DeliverPolicy || have.AckPolicy != want.AckPolicy {
			return &TopologyError{
				Stream: stream,
				Problems: []string{fmt.Sprintf("consumer %s has deliver policy %s and ack policy %s, want %s and %s",
					want.Durable, have.DeliverPolicy, have.AckPolicy, want.DeliverPolicy, want.AckPolicy)},
				Advice: "Stop the workers and delete the consumer (`nats consumer rm`): the jobs stay in the stream, and it is made anew.",
			}
		}
		// MaxWaiting cannot be changed, and what it is matters little.
		want.MaxWaiting, want.PauseUntil = have.MaxWaiting, have.PauseUntil
	} else if !errors.Is(err, jetstream.ErrConsumerNotFound) {
		return fmt.Errorf("look up consumer %s: %w", want.Durable, err)
	} else if want.PauseUntil, err = c.pausedUntil(ctx, lane); err != nil {
		return err
	}
	if _, err := c.js.CreateOrUpdateConsumer(ctx, stream, want); err != nil {
		return fmt.Errorf("create consumer %s: %w", want.Durable, err)
	}
	return nil
}

// pausedUntil is the pause of a lane whose consumer is made anew: the switch
// outlives it.
func (c *Conn) pausedUntil(ctx context.Context, lane Lane) (*time.Time, error) {
	switches, err := c.Switches(ctx)
	for _, s := range switches {
		if s.Action == ActionPause && slices.Contains(s.wholeLanes(), lane) {
			until := time.Now().Add(pauseFor)
			return &until, nil
		}
	}
	return nil, err
}

// HintError is an error with advice for the person who must act.
type HintError struct {
	Err    error
	Advice string
}

// Error is the cause's.
func (e *HintError) Error() string { return e.Err.Error() }

// Unwrap gives the cause.
func (e *HintError) Unwrap() error { return e.Err }

// Hint says what to do.
func (e *HintError) Hint() string { return e.Advice }

// codes of JetStream's API that nats.go has no names for; see errors.json of
// nats-server.
const (
	codeInsufficientResources = 10023
	codeStorageExceeded       = 10047
	codeNoSuitablePeers       = 10005
	codeReplicasNotSupported  = 10074
	codeStreamStoreFailed     = 10077 // also "maximum messages/bytes exceeded"
	codeSequenceNotFound      = 10043
)

// explainAPI adds advice to what the server says when it cannot serve us.
func explainAPI(err error) error {
	var api *jetstream.APIError
	switch {
	case err == nil:
		return nil
	case errors.Is(err, jetstream.ErrJetStreamNotEnabled), errors.Is(err, jetstream.ErrJetStreamNotEnabledForAccount), errors.Is(err, nats.ErrNoResponders):
		// Nobody listens on the API's subjects where it is not enabled.
		return &HintError{err, "Start the server with JetStream (`nats-server -js`, or deploy/nats/single.conf), and enable it for this account."}
	case errors.As(err, &api) && (api.ErrorCode == codeInsufficientResources || api.ErrorCode == codeStorageExceeded):
		return &HintError{err, "The server's JetStream storage is smaller than mujaz' limits. Raise max_file_store, or lower the --jobs-bytes, --results-bytes and --ledger-bytes settings."}
	case errors.As(err, &api) && (api.ErrorCode == codeNoSuitablePeers || api.ErrorCode == codeReplicasNotSupported):
		return &HintError{err, "The cluster has fewer JetStream nodes than --replicas asks for."}
	case errors.Is(err, context.DeadlineExceeded):
		return &HintError{err, "JetStream did not answer in time: it is not enabled, has no leader, or this user may not use its API."}
	}
	return err
}
