package queue

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// Lane is the priority class of a job. It is part of the subject, not of the
// payload, so that NATS permissions can grant one and not the other.
type Lane string

// The lanes. Live jobs are fetched first.
const (
	LaneLive     Lane = "live"
	LaneBackfill Lane = "backfill"
)

// Lanes in the order in which free slots are offered to them.
func Lanes() []Lane { return []Lane{LaneLive, LaneBackfill} }

// Valid reports whether the lane is one of [Lanes].
func (l Lane) Valid() bool { return l == LaneLive || l == LaneBackfill }

// DefaultSource is the source token of a job whose producer names none.
const DefaultSource = "default"

// Limits that [Topology] has defaults for, each with its reason.
const (
	// DefaultJobsBytes holds some 600,000 articles of 6 KB. A full queue
	// refuses its producer; it never drops.
	DefaultJobsBytes = 4 << 30
	// DefaultJobsMsgs bounds the server's memory for the stream's index.
	DefaultJobsMsgs = 2_000_000
	// DefaultResultsBytes and DefaultResultsAge bound how long results wait
	// for their readers, and how long a repeated job is recognised.
	DefaultResultsBytes = 8 << 30
	DefaultResultsAge   = 30 * 24 * time.Hour
	// DefaultDeadBytes and DefaultDeadAge leave time to notice and redrive.
	DefaultDeadBytes = 2 << 30
	DefaultDeadAge   = 90 * 24 * time.Hour
	// DefaultLedgerBytes and DefaultLedgerTTL bound how long an answer that
	// was paid for is used again.
	DefaultLedgerBytes = 4 << 30
	DefaultLedgerTTL   = 30 * 24 * time.Hour
	// DefaultBodiesBytes bounds the claim checks.
	DefaultBodiesBytes = 8 << 30
	// DefaultSpendBytes and DefaultSpendAge bound the record of every call: some
	// ten million of them, and a quarter for whoever checks the bill. Beyond it
	// the oldest go: a bill never stops the work.
	DefaultSpendBytes = 1 << 30
	DefaultSpendAge   = 90 * 24 * time.Hour
	// DefaultDedupeWindow covers a producer's retries, nothing more: a work
	// queue forgets acked ids when its server restarts (measured with
	// nats-server 2.15.2; nats-server#3272).
	DefaultDedupeWindow = 10 * time.Minute
	// DefaultAckWait is how long a silent worker keeps a job. Heartbeats
	// renew it four times within that, so a slow call is never redelivered.
	DefaultAckWait = 60 * time.Second
	// DefaultMaxAckPending caps the jobs in flight over the whole fleet,
	// those handed back with a delay included: a worker's slots are added up
	// with them, and fresh jobs stall when it is reached.
	DefaultMaxAckPending = 16_384
	// pullsWaiting bounds the outstanding pull requests of one lane: two a
	// worker, for 512 workers.
	pullsWaiting = 1024
)

// Topology names and bounds everything that mujaz keeps on a NATS server. The
// zero value is the default. All programs that share a server must agree on
// it; [Conn.Ensure] explains where they do not.
type Topology struct {
	// Prefix begins every subject, and in upper case every stream name:
	// lower-case letters, digits and "-". Default "mujaz".
	Prefix string
	// Replicas of every stream, 1 (the default), 3 or 5. Above 1 the server
	// must be a cluster of that many nodes.
	Replicas int

	JobsBytes, JobsMsgs int64
	ResultsBytes        int64
	ResultsAge          time.Duration
	DeadBytes           int64
	DeadAge             time.Duration
	LedgerBytes         int64
	LedgerTTL           time.Duration
	BodiesBytes         int64
	SpendBytes          int64
	SpendAge            time.Duration
	DedupeWindow        time.Duration
	AckWait             time.Duration
	MaxAckPending       int
}

// WithDefaults fills in every zero field.
func (t Topology) WithDefaults() Topology {
	setDefault(&t.Prefix, "mujaz")
	setDefault(&t.Replicas, 1)
	setDefault(&t.JobsBytes, DefaultJobsBytes)
	setDefault(&t.JobsMsgs, DefaultJobsMsgs)
	setDefault(&t.ResultsBytes, DefaultResultsBytes)
	setDefault(&t.ResultsAge, DefaultResultsAge)
	setDefault(&t.DeadBytes, DefaultDeadBytes)
	setDefault(&t.DeadAge, DefaultDeadAge)
	setDefault(&t.LedgerBytes, DefaultLedgerBytes)
	setDefault(&t.LedgerTTL, DefaultLedgerTTL)
	setDefault(&t.BodiesBytes, DefaultBodiesBytes)
	setDefault(&t.SpendBytes, DefaultSpendBytes)
	setDefault(&t.SpendAge, DefaultSpendAge)
	setDefault(&t.DedupeWindow, DefaultDedupeWindow)
	setDefault(&t.AckWait, DefaultAckWait)
	setDefault(&t.MaxAckPending, DefaultMaxAckPending)
	return t
}

func setDefault[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}

// Validate joins all problems of the topology.
func (t Topology) Validate() error {
	t = t.WithDefaults()
	var errs []error
	check := func(ok bool, format string, args ...any) {
		if !ok {
			errs = append(errs, fmt.Errorf(format, args...))
		}
	}
	check(prefixPattern.MatchString(t.Prefix), "prefix %q: must be 1 to 32 lower-case letters, digits or -, beginning with a letter", t.Prefix)
	check(t.Replicas == 1 || t.Replicas == 3 || t.Replicas == 5, "replicas %d: must be 1, 3 or 5", t.Replicas)
	for name, v := range map[string]int64{
		"jobs bytes": t.JobsBytes, "jobs messages": t.JobsMsgs, "results bytes": t.ResultsBytes, "dead bytes": t.DeadBytes,
		"ledger bytes": t.LedgerBytes, "bodies bytes": t.BodiesBytes, "max ack pending": int64(t.MaxAckPending),
		"results age": int64(t.ResultsAge), "dead age": int64(t.DeadAge), "ledger ttl": int64(t.LedgerTTL),
		"spend bytes": t.SpendBytes, "spend age": int64(t.SpendAge),
	} {
		check(v > 0, "%s: must be above 0, nothing is unbounded", name)
	}
	check(t.AckWait >= minAckWait, "ack wait %s: must be at least %s", t.AckWait, minAckWait)
	check(t.DedupeWindow >= 0 && t.DedupeWindow <= 24*time.Hour, "dedupe window %s: must be at most 24h", t.DedupeWindow)
	return errors.Join(errs...)
}

// minAckWait leaves room for four heartbeats of a quarter second each.
const minAckWait = time.Second

// JobsStream is a lane's work queue: MUJAZ_JOBS for live jobs,
// MUJAZ_JOBS_BACKFILL for the backfill's.
func (t Topology) JobsStream(lane Lane) string {
	if lane == LaneBackfill {
		return t.upper() + "_JOBS_BACKFILL"
	}
	return t.upper() + "_JOBS"
}

// ResultsStream holds results, one subject a job.
func (t Topology) ResultsStream() string { return t.upper() + "_RESULTS" }

// DeadStream holds dead letters.
func (t Topology) DeadStream() string { return t.upper() + "_DEAD" }

// SpendStream holds the record of every LLM call.
func (t Topology) SpendStream() string { return t.upper() + "_SPEND" }

// SpendSubject is where a worker publishes its calls, under the [Key] of its name.
func (t Topology) SpendSubject(worker string) string { return t.Prefix + ".spend." + Key(worker) }

// LedgerBucket is the key-value bucket of the [Ledger].
func (t Topology) LedgerBucket() string { return t.upper() + "_LEDGER" }

// FleetBucket is the key-value bucket of workers, shares and switches.
func (t Topology) FleetBucket() string { return t.upper() + "_FLEET" }

// BodiesBucket is the object store of claim checks.
func (t Topology) BodiesBucket() string { return t.upper() + "_BODIES" }

// Durable is the name of a lane's consumer.
func (t Topology) Durable(lane Lane) string { return t.Prefix + "-" + string(lane) }

func (t Topology) upper() string {
	return strings.ToUpper(strings.ReplaceAll(t.Prefix, "-", "_"))
}

// JobSubject is where a job is published. Source is the token of a source or
// of a backfill run.
func (t Topology) JobSubject(lane Lane, source, key string) string {
	return t.Prefix + ".jobs." + string(lane) + "." + source + "." + key
}

// ResultSubject is where a job's result is found.
func (t Topology) ResultSubject(lane Lane, source, key string) string {
	return t.Prefix + ".results." + string(lane) + "." + source + "." + key
}

// DeadSubject is where a job's dead letter is found.
func (t Topology) DeadSubject(cause Cause, key string) string {
	return t.Prefix + ".dead." + string(cause) + "." + key
}

// EventSubject is where best-effort events are published by core NATS.
func (t Topology) EventSubject(kind string) string { return t.Prefix + ".events." + kind }

// route reads lane and source from a job's subject. A subject that is not
// shaped as [Topology.JobSubject] still has a lane, as consumers filter by it.
func (t Topology) route(subject string) (lane Lane, source string) {
	tokens := strings.Split(strings.TrimPrefix(subject, t.Prefix+".jobs."), ".")
	lane, source = Lane(tokens[0]), DefaultSource
	if len(tokens) >= 2 && tokenPattern.MatchString(tokens[1]) {
		source = tokens[1]
	}
	return lane, source
}

// jobSubjects are where the jobs of a source are stored: without their keys, and
// with them where they were queued before the stream dropped keys.
func (t Topology) jobSubjects(lane Lane, source string) []string {
	stored := t.storedSubject(lane, source)
	return []string{stored, stored + ".>"}
}

func (t Topology) storedSubject(lane Lane, source string) string {
	return t.Prefix + ".jobs." + string(lane) + "." + source
}

// published is the subject under which a job was published: the stored one, with
// the key that its stream dropped. It is read from the header that redrives and
// parking write, or from the message id; without both the stored subject stands.
func (t Topology) published(stored string, header nats.Header) string {
	if strings.Count(stored, ".") != strings.Count(t.storedSubject("", ""), ".") {
		return stored
	}
	if subject := header.Get(headerSubject); strings.HasPrefix(subject, stored+".") && t.keyOf(subject) != "" {
		return subject
	}
	if id := header.Get(HeaderMsgID); id != "" {
		return stored + "." + Key(revisionPattern.ReplaceAllLiteralString(id, ""))
	}
	return stored
}

// keyOf is the key at the end of a subject that has one.
func (t Topology) keyOf(subject string) string {
	end := strings.LastIndexByte(subject, '.')
	if strings.Count(subject[:max(end, 0)], ".") < strings.Count(t.storedSubject("", ""), ".") || !tokenPattern.MatchString(subject[end+1:]) {
		return ""
	}
	return subject[end+1:]
}

// revisionPattern is what [Job.MsgID] adds to the id of a later revision.
var revisionPattern = regexp.MustCompile(`@([2-9]|[1-9][0-9]+)$`)

// jobsConfig. Work queue: a job that is acked is gone, so the backlog is the
// truth. Discard new, no age: a full queue refuses, it never drops. A stream a
// lane, so that a backfill that fills its own never has a live job refused, and
// so that the consumer needs no filter (see consumerConfig). A job for a lane
// that nobody reads is refused at once, as no stream listens for it.
func (t Topology) jobsConfig(lane Lane) jetstream.StreamConfig {
	return jetstream.StreamConfig{
		Name:              t.JobsStream(lane),
		Description:       "mujaz: articles waiting for a worker, " + string(lane) + " lane",
		Subjects:          []string{t.Prefix + ".jobs." + string(lane) + ".>"},
		SubjectTransform:  t.keyDropped(lane),
		Retention:         jetstream.WorkQueuePolicy,
		Discard:           jetstream.DiscardNew,
		MaxBytes:          t.JobsBytes,
		MaxMsgs:           t.JobsMsgs,
		MaxMsgSize:        -1,
		MaxConsumers:      -1,
		MaxMsgsPerSubject: -1,
		Duplicates:        t.DedupeWindow,
		Replicas:          t.Replicas,
		Storage:           jetstream.FileStorage,
		AllowDirect:       true,
	}
}

// keyDropped stores a job under its lane and source alone. With as many subjects
// as sources the server tells for a millisecond which of them wait, and finds the
// next job of one at once ([0022]). Producers go on as they are; what is not
// shaped as [Topology.JobSubject] is stored as it came.
func (t Topology) keyDropped(lane Lane) *jetstream.SubjectTransformConfig {
	subject := t.Prefix + ".jobs." + string(lane) + "."
	return &jetstream.SubjectTransformConfig{Source: subject + "*.*", Destination: subject + "{{wildcard(1)}}"}
}

// resultsConfig. Limits: readers come and go, and the stream's last sequence
// of a job's subject is what refuses a second result (see [Conn.PublishResult]).
// Discard new: results that nobody has read yet are not dropped for new ones.
func (t Topology) resultsConfig() jetstream.StreamConfig {
	return jetstream.StreamConfig{
		Name:              t.ResultsStream(),
		Description:       "mujaz: results, one subject a job",
		Subjects:          []string{t.Prefix + ".results.>"},
		Retention:         jetstream.LimitsPolicy,
		Discard:           jetstream.DiscardNew,
		MaxBytes:          t.ResultsBytes,
		MaxAge:            t.ResultsAge,
		MaxMsgs:           -1,
		MaxMsgSize:        -1,
		MaxConsumers:      -1,
		MaxMsgsPerSubject: -1,
		// Results are deduplicated by compare-and-swap, not by window.
		Duplicates:  minDedupe,
		Replicas:    t.Replicas,
		Storage:     jetstream.FileStorage,
		AllowDirect: true,
	}
}

// minDedupe keeps the window's table small where ids are not what dedupes.
const minDedupe = time.Second

// deadConfig. The window is a day: a dead letter's id is that of its delivery,
// and limits streams remember ids over a restart.
func (t Topology) deadConfig() jetstream.StreamConfig {
	return jetstream.StreamConfig{
		Name:              t.DeadStream(),
		Description:       "mujaz: jobs that ended without a result, with their cause",
		Subjects:          []string{t.Prefix + ".dead.>"},
		Retention:         jetstream.LimitsPolicy,
		Discard:           jetstream.DiscardNew,
		MaxBytes:          t.DeadBytes,
		MaxAge:            t.DeadAge,
		MaxMsgs:           -1,
		MaxMsgSize:        -1,
		MaxConsumers:      -1,
		MaxMsgsPerSubject: -1,
		Duplicates:        24 * time.Hour,
		Replicas:          t.Replicas,
		Storage:           jetstream.FileStorage,
		AllowDirect:       true,
	}
}

// spendConfig. Discard old: what is spent is recorded, and the record never holds
// up the work. Compressed, as its rows are alike. The window covers a worker's
// attempts at one batch.
func (t Topology) spendConfig() jetstream.StreamConfig {
	return jetstream.StreamConfig{
		Name:              t.SpendStream(),
		Description:       "mujaz: what every LLM call has cost",
		Subjects:          []string{t.Prefix + ".spend.*"},
		Retention:         jetstream.LimitsPolicy,
		Discard:           jetstream.DiscardOld,
		MaxBytes:          t.SpendBytes,
		MaxAge:            t.SpendAge,
		MaxMsgs:           -1,
		MaxMsgSize:        -1,
		MaxConsumers:      -1,
		MaxMsgsPerSubject: -1,
		Duplicates:        DefaultDedupeWindow,
		Compression:       jetstream.S2Compression,
		Replicas:          t.Replicas,
		Storage:           jetstream.FileStorage,
		AllowDirect:       true,
	}
}

func (t Topology) ledgerConfig() jetstream.KeyValueConfig {
	return jetstream.KeyValueConfig{
		Bucket:         t.LedgerBucket(),
		Description:    "mujaz: finished LLM calls and attempts",
		History:        1,
		TTL:            t.LedgerTTL,
		MaxBytes:       t.LedgerBytes,
		Storage:        jetstream.FileStorage,
		Replicas:       t.Replicas,
		LimitMarkerTTL: time.Minute,
	}
}

func (t Topology) fleetConfig() jetstream.KeyValueConfig {
	return jetstream.KeyValueConfig{
		Bucket:         t.FleetBucket(),
		Description:    "mujaz: workers, shares and switches",
		History:        1,
		MaxBytes:       64 << 20,
		Storage:        jetstream.FileStorage,
		Replicas:       t.Replicas,
		LimitMarkerTTL: time.Minute,
	}
}

func (t Topology) bodiesConfig() jetstream.ObjectStoreConfig {
	return jetstream.ObjectStoreConfig{
		Bucket:      t.BodiesBucket(),
		Description: "mujaz: article bodies too large for a message",
		MaxBytes:    t.BodiesBytes,
		Storage:     jetstream.FileStorage,
		Replicas:    t.Replicas,
	}
}

// consumerConfig of a lane. No BackOff: it would replace AckWait by its first
// step (measured, nats.docs#828). MaxDeliver unlimited: at the limit a work
// queue's message is stranded, and the server's count is wound back by a
// crash, so attempts are counted in the ledger. No filter: with one, the server
// walks every subject of the stream each time all that was delivered is acked,
// and each job has its own subject (measured with nats-server 2.15.2: 13.7 ms a
// job with 400,000 queued, 0.07 ms without).
func (t Topology) consumerConfig(lane Lane) jetstream.ConsumerConfig {
	return jetstream.ConsumerConfig{
		Durable:       t.Durable(lane),
		Description:   "mujaz: workers of the " + string(lane) + " lane",
		AckPolicy:     jetstream.AckExplicitPolicy,
		DeliverPolicy: jetstream.DeliverAllPolicy,
		AckWait:       t.AckWait,
		MaxDeliver:    -1,
		MaxAckPending: t.MaxAckPending,
		MaxWaiting:    pullsWaiting,
		Replicas:      t.Replicas,
	}
}
