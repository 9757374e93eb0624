package queue_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/mujaz/mujaz/queue"
	"github.com/mujaz/mujaz/queue/queuetest"
)

func TestEnsureSettings(t *testing.T) {
	t.Parallel()
	server := queuetest.Start(t)
	conn, js := server.Connect(t), admin(t, server)
	type settings struct {
		Retention          jetstream.RetentionPolicy
		Discard            jetstream.DiscardPolicy
		Storage            jetstream.StorageType
		MaxBytes, MaxMsgs  int64
		MaxAge, Duplicates time.Duration
		Subjects           string
	}
	for name, want := range map[string]settings{
		"MUJAZ_JOBS":          {jetstream.WorkQueuePolicy, jetstream.DiscardNew, jetstream.FileStorage, 4 << 30, 2_000_000, 0, 10 * time.Minute, "mujaz.jobs.live.>"},
		"MUJAZ_JOBS_BACKFILL": {jetstream.WorkQueuePolicy, jetstream.DiscardNew, jetstream.FileStorage, 4 << 30, 2_000_000, 0, 10 * time.Minute, "mujaz.jobs.backfill.>"},
		"MUJAZ_RESULTS":       {jetstream.LimitsPolicy, jetstream.DiscardNew, jetstream.FileStorage, 8 << 30, -1, 720 * time.Hour, time.Second, "mujaz.results.>"},
		"MUJAZ_DEAD":          {jetstream.LimitsPolicy, jetstream.DiscardNew, jetstream.FileStorage, 2 << 30, -1, 2160 * time.Hour, 24 * time.Hour, "mujaz.dead.>"},
		"KV_MUJAZ_LEDGER":     {jetstream.LimitsPolicy, jetstream.DiscardNew, jetstream.FileStorage, 4 << 30, -1, 720 * time.Hour, 2 * time.Minute, "$KV.MUJAZ_LEDGER.>"},
		"KV_MUJAZ_FLEET":      {jetstream.LimitsPolicy, jetstream.DiscardNew, jetstream.FileStorage, 64 << 20, -1, 0, 2 * time.Minute, "$KV.MUJAZ_FLEET.>"},
		"OBJ_MUJAZ_BODIES":    {jetstream.LimitsPolicy, jetstream.DiscardNew, jetstream.FileStorage, 8 << 30, -1, 0, 2 * time.Minute, "$O.MUJAZ_BODIES.C.> $O.MUJAZ_BODIES.M.>"},
	} {
		c := streamInfo(t, js, name).Config
		got := settings{c.Retention, c.Discard, c.Storage, c.MaxBytes, c.MaxMsgs, c.MaxAge, c.Duplicates, strings.Join(c.Subjects, " ")}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	for _, lane := range queue.Lanes() {
		c := consumerInfo(t, js, lane).Config
		if c.FilterSubject != "" || c.AckPolicy != jetstream.AckExplicitPolicy || c.AckWait != time.Minute ||
			c.MaxDeliver != -1 || c.MaxAckPending != 16_384 || c.BackOff != nil {
			t.Errorf("consumer of the %s lane: %+v", lane, c)
		}
	}
	for range 2 {
		if err := conn.Ensure(t.Context()); err != nil {
			t.Errorf("a second time: %v", err)
		}
	}
	if err := conn.Check(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestEnsureConcurrently(t *testing.T) {
	t.Parallel()
	server := queuetest.Start(t)
	var all sync.WaitGroup
	for range 8 {
		conn := server.Dial(t, queue.ConnConfig{})
		all.Go(func() {
			if err := conn.Ensure(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	submit(t, server.Connect(t), article("a"), queue.Route{})
}

func TestEnsureMigrates(t *testing.T) {
	t.Parallel()
	server := queuetest.Start(t)
	js := admin(t, server)
	old := queue.Topology{
		JobsBytes: 1 << 20, JobsMsgs: 100, ResultsAge: time.Hour, LedgerBytes: 1 << 20, LedgerTTL: time.Hour, BodiesBytes: 1 << 20,
		DedupeWindow: time.Minute, AckWait: time.Second, MaxAckPending: 7,
	}
	conn := server.Dial(t, queue.ConnConfig{Topology: old})
	if err := conn.Ensure(t.Context()); err != nil {
		t.Fatal(err)
	}
	for i := range 10 {
		submit(t, conn, article(fmt.Sprint(i)), queue.Route{})
	}
	if err := conn.Ledger().PutAnswer(t.Context(), "k", []byte("paid")); err != nil {
		t.Fatal(err)
	}
	next := server.Dial(t, queue.ConnConfig{Topology: queue.Topology{JobsMsgs: 10, LedgerTTL: 48 * time.Hour}})
	if err := next.Ensure(t.Context()); err != nil {
		t.Fatal(err)
	}
	jobs := streamInfo(t, js, "MUJAZ_JOBS")
	if c := jobs.Config; c.MaxBytes != queue.DefaultJobsBytes || c.MaxMsgs != 10 || c.Duplicates != queue.DefaultDedupeWindow || jobs.State.Msgs != 10 {
		t.Errorf("jobs: %d messages, %+v", jobs.State.Msgs, c)
	}
	if age := streamInfo(t, js, "MUJAZ_RESULTS").Config.MaxAge; age != queue.DefaultResultsAge {
		t.Errorf("results are kept for %s", age)
	}
	ledger := streamInfo(t, js, "KV_MUJAZ_LEDGER").Config
	if ledger.MaxAge != 48*time.Hour || ledger.MaxBytes != queue.DefaultLedgerBytes || ledger.MaxMsgsPerSubject != 1 {
		t.Errorf("ledger: %+v", ledger)
	}
	if got, err := next.Ledger().Answer(t.Context(), "k"); err != nil || string(got) != "paid" {
		t.Errorf("the answer of before: %q, %v", got, err)
	}
	if c := consumerInfo(t, js, queue.LaneLive).Config; c.AckWait != queue.DefaultAckWait || c.MaxAckPending != queue.DefaultMaxAckPending {
		t.Errorf("consumer: %+v", c)
	}
}

// TestEnsureRefusesWhatWouldLose: the error names each difference, has advice,
// and the stream is as it was.
func TestEnsureRefusesWhatWouldLose(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		stream   string
		existing func(*jetstream.StreamConfig) // in place of Ensure's
		topology queue.Topology
		problems []string
	}{
		"retention": {
			stream: "MUJAZ_JOBS", existing: func(c *jetstream.StreamConfig) { c.Retention = jetstream.LimitsPolicy },
			problems: []string{"retention is Limits, want WorkQueue"},
		},
		"retention and storage": {
			stream: "MUJAZ_JOBS", existing: func(c *jetstream.StreamConfig) {
				c.Retention, c.Storage = jetstream.InterestPolicy, jetstream.MemoryStorage
			},
			problems: []string{"retention is Interest", "storage is Memory"},
		},
		"fewer jobs than stored": {
			stream: "MUJAZ_JOBS", topology: queue.Topology{JobsMsgs: 2, JobsBytes: 100},
			problems: []string{"holds 3 messages, the limit asked for is 2", "bytes, the limit asked for is 100"},
		},
		"subjects removed": {
			stream: "MUJAZ_JOBS", existing: func(c *jetstream.StreamConfig) { c.Subjects = append(c.Subjects, "mujaz.jobs.night.>") },
			problems: []string{"listens on mujaz.jobs.night.>"},
		},
		"a shorter age": {
			stream: "MUJAZ_DEAD", topology: queue.Topology{DeadAge: time.Nanosecond * 1e8},
			problems: []string{"the age asked for is 100ms"},
		},
		"a smaller ledger": {
			stream: "KV_MUJAZ_LEDGER", topology: queue.Topology{LedgerBytes: 10},
			problems: []string{"bytes, the limit asked for is 10"},
		},
		"a smaller object store": {
			stream: "OBJ_MUJAZ_BODIES", topology: queue.Topology{BodiesBytes: 1000},
			problems: []string{"bytes, the limit asked for is 1000"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := queuetest.Start(t)
			js := admin(t, server)
			if tc.existing != nil {
				c := jetstream.StreamConfig{Name: tc.stream, Subjects: []string{"mujaz.jobs.live.>", "mujaz.jobs.backfill.>"}, Retention: jetstream.WorkQueuePolicy, Discard: jetstream.DiscardNew}
				tc.existing(&c)
				if _, err := js.CreateStream(t.Context(), c); err != nil {
					t.Fatal(err)
				}
				if _, err := js.Publish(t.Context(), "mujaz.jobs.live.desk.k", []byte("job")); err != nil {
					t.Fatal(err)
				}
			} else {
				fill(t, server.Connect(t), js)
			}
			before := streamInfo(t, js, tc.stream)
			if tc.topology.DeadAge != 0 {
				queuetest.Eventually(t, "the letter is old enough", func() bool { return time.Since(before.State.FirstTime) > tc.topology.DeadAge })
			}
			err := server.Dial(t, queue.ConnConfig{Topology: tc.topology}).Ensure(t.Context())
			var mismatch *queue.TopologyError
			if !errors.As(err, &mismatch) || mismatch.Stream != tc.stream || mismatch.Hint() == "" {
				t.Fatalf("got %v, want a mismatch of %s with a hint", err, tc.stream)
			}
			for _, problem := range tc.problems {
				if !strings.Contains(err.Error(), problem) {
					t.Errorf("%q does not say %q", err, problem)
				}
			}
			after := streamInfo(t, js, tc.stream)
			if diff := cmp.Diff(before.Config, after.Config); diff != "" || before.State.Msgs != after.State.Msgs {
				t.Errorf("the stream was changed: %d messages, was %d\n%s", after.State.Msgs, before.State.Msgs, diff)
			}
		})
	}
}

// fill puts something into every stream.
func fill(t testing.TB, conn *queue.Conn, js jetstream.JetStream) {
	t.Helper()
	for i := range 3 {
		submit(t, conn, article(fmt.Sprint(i)), queue.Route{})
	}
	if err := conn.Ledger().PutAnswer(t.Context(), "k", []byte("paid")); err != nil {
		t.Fatal(err)
	}
	if _, err := js.Publish(t.Context(), "mujaz.dead.refused.k", []byte("job")); err != nil {
		t.Fatal(err)
	}
	store, err := js.ObjectStore(t.Context(), "MUJAZ_BODIES")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := store.PutString(t.Context(), "body", strings.Repeat("x", 2000)); err != nil {
		t.Fatal(err)
	}
}

func TestEnsureConsumers(t *testing.T) {
	t.Parallel()
	server := queuetest.Start(t)
	conn, js := server.Connect(t), admin(t, server)
	submit(t, conn, article("a"), queue.Route{})
	if err := js.DeleteConsumer(t.Context(), "MUJAZ_JOBS", "mujaz-live"); err != nil {
		t.Fatal(err)
	}
	if err := conn.Ensure(t.Context()); err != nil {
		t.Fatal(err)
	}
	if info := consumerInfo(t, js, queue.LaneLive); info.NumPending != 1 {
		t.Errorf("the new consumer sees %d jobs, want 1", info.NumPending)
	}
	if err := js.DeleteConsumer(t.Context(), "MUJAZ_JOBS", "mujaz-live"); err != nil {
		t.Fatal(err)
	}
	if _, err := js.CreateConsumer(t.Context(), "MUJAZ_JOBS", jetstream.ConsumerConfig{
		Durable: "mujaz-live", FilterSubject: "mujaz.jobs.live.>", AckPolicy: jetstream.AckExplicitPolicy,
		AckWait: time.Minute, BackOff: []time.Duration{time.Second, time.Minute}, MaxDeliver: 5, MaxWaiting: 3,
	}); err != nil {
		t.Fatal(err)
	}
	if err := conn.Ensure(t.Context()); err != nil {
		t.Fatal(err)
	}
	if c := consumerInfo(t, js, queue.LaneLive).Config; c.BackOff != nil || c.MaxDeliver != -1 || c.AckWait != time.Minute {
		t.Errorf("another's settings were left: %+v", c)
	}
}

func TestEnsureExplainsTheServer(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		opts queuetest.Options
		hint string
	}{
		"no JetStream":  {queuetest.Options{CoreOnly: true}, "with JetStream"},
		"small storage": {queuetest.Options{MaxStore: 1 << 20}, "max_file_store"},
		"no cluster":    {queuetest.Options{Topology: queue.Topology{Replicas: 3}}, "--replicas"},
		"not for this account": {queuetest.Options{
			Config: `accounts { A { jetstream: enabled, users: [{user: a, password: a}] }, B { users: [{user: b, password: b}] } }, no_auth_user: b`,
		}, "for this account"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := queuetest.StartWith(t, tc.opts).Dial(t, queue.ConnConfig{}).Ensure(t.Context())
			if err == nil || !strings.Contains(hint(err), tc.hint) {
				t.Errorf("got %v, hint %q; want a hint about %q", err, hint(err), tc.hint)
			}
		})
	}
}

func TestBacklogAndTotals(t *testing.T) {
	t.Parallel()
	server := queuetest.Start(t)
	conn := server.Connect(t)
	for i := range 3 {
		submit(t, conn, article(fmt.Sprint(i)), queue.Route{})
	}
	w := consume(t, conn, queue.ConsumerConfig{Slots: 1})
	d := w.next(t)
	publish(t, conn, d, queue.StatusOK)
	if got, err := conn.Backlog(t.Context(), queue.LaneLive); err != nil || got != (queue.Backlog{Pending: 2, AckPending: 1}) {
		t.Errorf("backlog %+v, %v", got, err)
	}
	if got, err := conn.Totals(t.Context()); err != nil || got.Results != 1 || got.Dead != 0 || got.LastResult.IsZero() {
		t.Errorf("totals %+v, %v", got, err)
	}
	d.finish(t)
	bare := queuetest.Start(t).Dial(t, queue.ConnConfig{})
	if _, err := bare.Backlog(t.Context(), queue.LaneLive); !errors.Is(err, queue.ErrNoTopology) {
		t.Errorf("backlog without a topology: %v", err)
	}
	if _, err := bare.Totals(t.Context()); !errors.Is(err, queue.ErrNoTopology) {
		t.Errorf("totals without a topology: %v", err)
	}
}
