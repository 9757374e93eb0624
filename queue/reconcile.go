package queue

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/nats-io/nats.go/jetstream"
)

// Stray is jobs that will not end by themselves: nobody fetches them, or the
// server does not deliver them any more.
type Stray struct {
	Stream string `json:"stream"`
	Jobs   uint64 `json:"jobs"`
	// Problem and Advice are for the person who must act.
	Problem string `json:"problem"`
	Advice  string `json:"advice"`
}

// Reconcile looks for strays: messages past a consumer's MaxDeliver, lanes that
// nobody asks for jobs, and jobs under another prefix or in a stream that is
// not mujaz'. It needs the rights of an operator and changes nothing.
func (c *Conn) Reconcile(ctx context.Context) ([]Stray, error) {
	var strays []Stray
	for _, lane := range Lanes() {
		found, err := c.reconcileLane(ctx, lane)
		if err != nil {
			return nil, fmt.Errorf("reconcile the %s lane: %w", lane, err)
		}
		strays = append(strays, found...)
	}
	foreign, err := c.foreignJobs(ctx)
	if err != nil {
		return nil, fmt.Errorf("look for jobs in other streams: %w", explainAPI(err))
	}
	return append(strays, foreign...), nil
}

const (
	// reconcileLooks in a row tell what is stranded from what is on its way
	// between two of the server's counts.
	reconcileLooks = 3
	reconcilePause = 100 * time.Millisecond
)

func (c *Conn) reconcileLane(ctx context.Context, lane Lane) ([]Stray, error) {
	stream := c.topo.JobsStream(lane)
	stranded := uint64(1<<63 - 1)
	idle := true
	var pending uint64
	for look := range reconcileLooks {
		if look > 0 {
			select {
			case <-time.After(reconcilePause):
			case <-ctx.Done():
				return nil, context.Cause(ctx)
			}
		}
		info, err := c.streamInfo(ctx, stream)
		if err != nil {
			return nil, err
		}
		consumer, err := c.laneInfo(ctx, lane)
		if err != nil {
			return nil, err
		}
		known := consumer.NumPending + uint64(consumer.NumAckPending)
		stranded = min(stranded, info.State.Msgs-min(info.State.Msgs, known))
		// A worker that has no slot free asks for nothing, and has jobs in hand.
		idle = idle && consumer.NumPending > 0 && consumer.NumWaiting == 0 && consumer.NumAckPending == 0 && !consumer.Paused
		pending = consumer.NumPending
	}
	var strays []Stray
	if stranded > 0 {
		strays = append(strays, Stray{
			stream, stranded, "the server does not deliver them any more: their consumer had a limit of deliveries (MaxDeliver), or they were acked while the server's disk was full",
			fmt.Sprintf("Delete the consumer (`nats consumer rm %s %s`): a worker that may provision makes it anew, and all of them are delivered.", stream, c.topo.Durable(lane)),
		})
	}
	if idle {
		strays = append(strays, Stray{
			stream, pending, "no worker asks for jobs of the " + string(lane) + " lane",
			"Start a worker, or look at /readyz of those that run: their endpoint may be down, or their --prefix another.",
		})
	}
	return strays, nil
}

func (c *Conn) laneInfo(ctx context.Context, lane Lane) (*jetstream.ConsumerInfo, error) {
	var consumer jetstream.Consumer
	err := c.guard(ctx, func(ctx context.Context) (err error) {
		consumer, err = c.js.Consumer(ctx, c.topo.JobsStream(lane), c.topo.Durable(lane))
		return err
	}, c.topo.JobsStream(lane))
	if err != nil {
		return nil, bucketError(err)
	}
	return consumer.CachedInfo(), nil
}

// foreignJobs looks through the streams that are not of this prefix.
func (c *Conn) foreignJobs(ctx context.Context) ([]Stray, error) {
	ours := map[string]bool{}
	for _, name := range c.streams() {
		ours[name] = true
	}
	var strays []Stray
	err := c.guard(ctx, func(ctx context.Context) error {
		list := c.js.ListStreams(ctx)
		for info := range list.Info() {
			if ours[info.Config.Name] || info.State.Msgs == 0 {
				continue
			}
			for _, subject := range info.Config.Subjects {
				if stray, found := c.foreign(info, subject); found {
					strays = append(strays, stray)
					break
				}
			}
		}
		return list.Err()
	}, "$JS.API.STREAM.LIST")
	return strays, err
}

func (c *Conn) foreign(info *jetstream.StreamInfo, subject string) (Stray, bool) {
	if strings.HasPrefix(subject, c.topo.Prefix+".jobs.") || subject == c.topo.Prefix+".>" {
		return Stray{
			info.Config.Name, info.State.Msgs, "the stream takes jobs on " + subject + ", where no worker looks",
			"Remove that subject from the stream. What it holds must be submitted anew, to the lane live or backfill.",
		}, true
	}
	// A jobs stream of another prefix that nobody consumes.
	prefix, _, found := strings.Cut(subject, ".jobs.")
	if found && info.State.Consumers == 0 && info.Config.Retention == jetstream.WorkQueuePolicy {
		return Stray{
			info.Config.Name, info.State.Msgs, "they were queued under the prefix " + prefix + ", and no worker serves it",
			"Start a worker with --prefix " + prefix + ", or give the producers this one.",
		}, true
	}
	return Stray{}, false
}

// AdvisoriesStream keeps what the server reports about the lanes' consumers.
func (t Topology) AdvisoriesStream() string { return t.upper() + "_ADVISORIES" }

const (
	// advisoriesBytes holds some 30,000: the oldest go first, nothing depends
	// on them.
	advisoriesBytes = 16 << 20
	advisoriesAge   = 30 * 24 * time.Hour
)

// advisoriesConfig. The server sends advisories once, to who listens: without
// a stream they are gone. Discard old: the newest say what is wrong now.
func (t Topology) advisoriesConfig() jetstream.StreamConfig {
	var subjects []string
	for _, lane := range Lanes() {
		for _, kind := range []string{"MAX_DELIVERIES", "MSG_TERMINATED"} {
			subjects = append(subjects, advisoryPrefix+kind+"."+t.JobsStream(lane)+".*")
		}
	}
	return jetstream.StreamConfig{
		Name:              t.AdvisoriesStream(),
		Description:       "mujaz: what the server reports about the lanes' consumers",
		Subjects:          subjects,
		Retention:         jetstream.LimitsPolicy,
		Discard:           jetstream.DiscardOld,
		MaxBytes:          advisoriesBytes,
		MaxAge:            advisoriesAge,
		MaxMsgs:           -1,
		MaxMsgSize:        -1,
		MaxConsumers:      -1,
		MaxMsgsPerSubject: -1,
		Duplicates:        minDedupe,
		Replicas:          t.Replicas,
		Storage:           jetstream.FileStorage,
		AllowDirect:       true,
	}
}

const advisoryPrefix = "$JS.EVENT.ADVISORY.CONSUMER."

// Advisory is a job that the server gave up: nothing in mujaz makes it do so, a
// consumer that was changed by hand does.
type Advisory struct {
	Kind       string    `json:"kind"` // MAX_DELIVERIES or MSG_TERMINATED
	Stream     string    `json:"stream"`
	Sequence   uint64    `json:"stream_seq"` // of the job
	Deliveries int       `json:"deliveries"`
	Time       time.Time `json:"time"`
}

// Advisories calls each for every advisory since then, oldest first.
func (c *Conn) Advisories(ctx context.Context, since time.Time, each func(Advisory) error) error {
	cfg := scanConfig{stream: c.topo.AdvisoriesStream(), subjects: []string{">"}, since: since}
	return c.scan(ctx, cfg, func(msg jetstream.Msg, _ uint64) error {
		kind, _, _ := strings.Cut(strings.TrimPrefix(msg.Subject(), advisoryPrefix), ".")
		// What cannot be read is of a later server: its kind alone counts.
		a := Advisory{}
		_ = json.Unmarshal(msg.Data(), &a)
		a.Kind = kind
		if meta, err := msg.Metadata(); err == nil {
			a.Time = meta.Timestamp
		}
		return each(a)
	})
}
