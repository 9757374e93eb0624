package collect_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"go.uber.org/goleak"

	"github.com/mujaz/mujaz/internal/archive"
	"github.com/mujaz/mujaz/internal/collect"
	"github.com/mujaz/mujaz/queue"
	"github.com/mujaz/mujaz/queue/queuetest"
)

func TestMain(m *testing.M) {
	// nats.go 1.55.0 can leave this one behind; see TestMain of package queue.
	goleak.VerifyTestMain(m, goleak.IgnoreTopFunction("github.com/nats-io/nats.go/jetstream.(*jetStream).resetPendingAcksOnReconnect"))
}

// run is a server with a run on it.
type run struct {
	conn *queue.Conn
	js   jetstream.JetStream
}

func start(t testing.TB) *run {
	t.Helper()
	server := queuetest.Start(t)
	nc, err := nats.Connect(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(nc.Close)
	js, err := jetstream.New(nc, jetstream.WithPublishAsyncMaxPending(1000))
	if err != nil {
		t.Fatal(err)
	}
	return &run{conn: server.Connect(t), js: js}
}

// result is what a worker would store; change may be nil.
func result(id string, status queue.Status, change func(*queue.Result)) queue.Result {
	r := queue.Result{
		SchemaVersion: 1, ID: id + "@1", JobID: id, Revision: 1, Task: queue.TaskSummarize, Status: status,
		Headline: "Headline of " + id, Summary: "Summary of " + id + ".", Checks: []queue.Check{},
	}
	if change != nil {
		change(&r)
	}
	return r
}

func failedNumbers(r *queue.Result) {
	r.Checks = []queue.Check{{Check: "numbers", Verdict: queue.VerdictFail, Detail: `The source says «٣»; the summary says "4".`}}
}

// put stores results of the run, as messages.
func (r *run) put(t testing.TB, source string, results ...queue.Result) {
	t.Helper()
	for i, result := range results {
		if i%500 == 499 {
			<-r.js.PublishAsyncComplete() // a slow machine stalls at too many
		}
		payload, err := queue.EncodeResult(result)
		if err != nil {
			t.Fatal(err)
		}
		msg := nats.NewMsg(queue.Topology{}.WithDefaults().ResultSubject(queue.LaneBackfill, source, queue.Key(result.JobID)))
		msg.Data = payload
		msg.Header.Set(queue.HeaderRevision, strconv.Itoa(result.Revision))
		if _, err := r.js.PublishMsgAsync(msg); err != nil {
			t.Fatal(err)
		}
	}
	<-r.js.PublishAsyncComplete()
}

// die stores a dead letter.
func (r *run) die(t testing.TB, source, id string, cause queue.Cause) {
	t.Helper()
	msg := nats.NewMsg(queue.Topology{}.WithDefaults().DeadSubject(cause, queue.Key(id)))
	msg.Header.Set(queue.HeaderDead, fmt.Sprintf(`{"schema_version":1,"cause":%q,"stage":"call","advice":"Look.","job_id":%q,"key":%q,"lane":"backfill","source":%q,"attempts":2,"last_error":"HTTP 400","time":"2026-11-24T08:00:00Z","queued_at":"2026-11-24T07:00:00Z","subject":"s"}`,
		cause, id, queue.Key(id), source))
	if _, err := r.js.PublishMsg(t.Context(), msg); err != nil {
		t.Fatal(err)
	}
}

func open(t testing.TB, lines ...string) *archive.Reader {
	t.Helper()
	name := filepath.Join(t.TempDir(), "archive.jsonl")
	if err := os.WriteFile(name, []byte(strings.Join(lines, "\n")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	rows, err := archive.Open([]string{name}, archive.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { rows.Close() })
	return rows
}

// collected is what a collecting writes, a word a record: id:status.
func (r *run) collected(t testing.TB, cfg collect.Config) (string, collect.Counts) {
	t.Helper()
	cfg.Run = "spring"
	var got []string
	counts, err := collect.Collect(t.Context(), r.conn, cfg, func(rec collect.Record) error {
		word := rec.JobID() + ":" + string(rec.Status())
		if rec.Stored != nil && rec.Stored.Result.Revision > 1 {
			word += "@" + strconv.Itoa(rec.Stored.Result.Revision)
		}
		if rec.Stored != nil && rec.Stored.Result.Reviewed != nil {
			word += "!" + string(rec.Stored.Result.Reviewed.Decision)
		}
		if rec.Input != nil {
			word = strconv.FormatInt(rec.Input.Row, 10) + "=" + word
		}
		got = append(got, word)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(got, " "), counts
}

// spring is a run with some of everything: a redone job, a reviewed one, dead
// letters of which one was redriven to a result, and neighbours.
func spring(t testing.TB) *run {
	t.Helper()
	r := start(t)
	r.put(t, "spring", result("a", queue.StatusFlagged, failedNumbers), result("b", queue.StatusOK, nil), result("c", queue.StatusSkipped, nil), result("d", queue.StatusFlagged, nil))
	r.put(t, "autumn", result("x", queue.StatusOK, nil))
	r.put(t, "spring", result("b", queue.StatusFlagged, func(r *queue.Result) { r.Revision = 2; failedNumbers(r) }))
	r.put(t, "spring", result("d", queue.StatusOK, func(r *queue.Result) {
		r.Reviewed = &queue.Review{Decision: queue.DecisionAccepted, Reviewer: "Layan", Time: time.Now(), OfSequence: 4}
	}))
	r.die(t, "spring", "e", queue.CauseRefused)
	r.die(t, "spring", "e", queue.CauseTooLarge)
	r.die(t, "spring", "c", queue.CauseRefused) // has a result by now
	r.die(t, "autumn", "y", queue.CauseRefused)
	return r
}

func TestInTheOrderOfStoring(t *testing.T) {
	t.Parallel()
	r := spring(t)
	for name, tc := range map[string]struct {
		cfg  collect.Config
		want string
		more bool
	}{
		"all":            {collect.Config{}, "a:flagged c:skipped b:flagged@2 d:ok!accepted", false},
		"dead as well":   {collect.Config{Dead: true}, "a:flagged c:skipped b:flagged@2 d:ok!accepted e:dead", false},
		"by status":      {collect.Config{Statuses: []queue.Status{queue.StatusOK, queue.StatusSkipped}}, "c:skipped d:ok!accepted", false},
		"by check":       {collect.Config{FailedCheck: "numbers"}, "a:flagged b:flagged@2", false},
		"check and dead": {collect.Config{FailedCheck: "numbers", Dead: true}, "a:flagged b:flagged@2", false},
		"since":          {collect.Config{Since: time.Now().Add(time.Hour)}, "", false},
		"first two":      {collect.Config{Limit: 2}, "a:flagged c:skipped", true},
		"next two":       {collect.Config{Limit: 2, Skip: 2}, "b:flagged@2 d:ok!accepted", false},
		"beyond":         {collect.Config{Skip: 9}, "", false},
	} {
		got, counts := r.collected(t, tc.cfg)
		if got != tc.want || counts.More != tc.more {
			t.Errorf("%s: %s (more: %v), want %s", name, got, counts.More, tc.want)
		}
	}
	_, counts := r.collected(t, collect.Config{Dead: true})
	if got, want := counts.String(), "5 records, 1 ok, 2 flagged, 1 skipped, 1 dead"; got != want {
		t.Errorf("counts %s, want %s", got, want)
	}
}

func TestInTheOrderOfTheInput(t *testing.T) {
	t.Parallel()
	r := spring(t)
	lines := []string{
		`{"id":"d","text":"The market of Tell Zaytun opens again."}`,
		`{"id":"nobody","text":"A row without a result."}`,
		`{"id":"b","text":"The ferry runs twice a day."}`,
		`not JSON`,
		`{"id":"e","text":"A row that died."}`,
		`{"id":"b","text":"The ferry runs twice a day."}`,
		`{"id":"b","text":"Another article with the id of the ferry's."}`,
		`{"id":"a","text":"The school is open."}`,
	}
	var bad []string
	for name, tc := range map[string]struct {
		cfg  collect.Config
		want string
		miss int
	}{
		"all":       {collect.Config{}, "1=d:ok!accepted 3=b:flagged@2 6=b:flagged@2 8=a:flagged", 2},
		"with dead": {collect.Config{Dead: true}, "1=d:ok!accepted 3=b:flagged@2 5=e:dead 6=b:flagged@2 8=a:flagged", 1},
		"flagged":   {collect.Config{Statuses: []queue.Status{queue.StatusFlagged}}, "3=b:flagged@2 6=b:flagged@2 8=a:flagged", 2},
	} {
		bad = nil
		tc.cfg.Rows = open(t, lines...)
		tc.cfg.BadRow = func(p archive.Place, err error) { bad = append(bad, fmt.Sprintf("%d: %v", p.Line, err)) }
		got, counts := r.collected(t, tc.cfg)
		if got != tc.want {
			t.Errorf("%s: %s, want %s", name, got, tc.want)
		}
		// c has a result and no row.
		counts.Written = nil
		if diff := cmp.Diff(collect.Counts{Rows: 8, Bad: 2, Missing: tc.miss, Elsewhere: 1}, counts); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	if len(bad) != 2 || !strings.HasPrefix(bad[0], "4: ") || !strings.HasPrefix(bad[1], "7: ") {
		t.Errorf("bad rows: %v", bad)
	}
	got, counts := r.collected(t, collect.Config{Rows: open(t, lines...), Limit: 1, Skip: 1})
	if got != "3=b:flagged@2" || !counts.More {
		t.Errorf("the second: %s, more %v", got, counts.More)
	}
}

// TestOrderHoldsForManyRows: lookups overtake each other, records do not.
func TestOrderHoldsForManyRows(t *testing.T) {
	t.Parallel()
	r := start(t)
	var lines, want []string
	var results []queue.Result
	for i := range 3000 {
		id := fmt.Sprintf("n-%d", i)
		lines = append(lines, fmt.Sprintf(`{"id":%q,"text":"Boat %d is back."}`, id, i))
		want = append(want, fmt.Sprintf("%d=%s:ok", i+1, id))
		results = append(results, result(id, queue.StatusOK, nil))
	}
	for i := range results { // another order than that of the rows
		j := (i * 7919) % len(results)
		results[i], results[j] = results[j], results[i]
	}
	r.put(t, "spring", results...)
	if got, counts := r.collected(t, collect.Config{Rows: open(t, lines...)}); got != strings.Join(want, " ") || counts.Elsewhere != 0 || counts.Missing != 0 {
		t.Errorf("the order is another one, or %+v", counts)
	}
}

// TestAnErrorEndsIt: that of a writer, of the input, and of the caller.
func TestAnErrorEndsIt(t *testing.T) {
	t.Parallel()
	r := spring(t)
	full := errors.New("no room")
	lines := []string{`{"id":"a","text":"One."}`, `{"id":"b","text":"Two."}`}
	for name, rows := range map[string]*archive.Reader{"stored": nil, "by row": open(t, lines...)} {
		_, err := collect.Collect(t.Context(), r.conn, collect.Config{Run: "spring", Rows: rows}, func(collect.Record) error { return full })
		if !errors.Is(err, full) {
			t.Errorf("%s: %v", name, err)
		}
	}
	gone := errors.New("gone home")
	for name, rows := range map[string]*archive.Reader{"stored": nil, "by row": open(t, lines...)} {
		ctx, cancel := context.WithCancelCause(t.Context())
		_, err := collect.Collect(ctx, r.conn, collect.Config{Run: "spring", Rows: rows}, func(collect.Record) error {
			cancel(gone)
			return nil
		})
		if !errors.Is(err, gone) && !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestFollow: results are written as they come, until no job is left.
func TestFollow(t *testing.T) {
	t.Parallel()
	r := start(t)
	job := queue.Job{ID: "late", Article: queue.Article{Text: "The bridge is open again, the council of Wadi Lawz said."}}
	if _, err := queue.NewProducer(r.conn).Submit(t.Context(), job, queue.Route{Source: "spring", Lane: queue.LaneBackfill}); err != nil {
		t.Fatal(err)
	}
	r.put(t, "spring", result("still", queue.StatusOK, nil), result("early", queue.StatusOK, nil))
	consumer := queue.NewConsumer(r.conn, queue.ConsumerConfig{Slots: 1})
	caughtUp := 0
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	worked := make(chan error, 1)
	cfg := collect.Config{Run: "spring", Follow: true, CaughtUp: func() error {
		if caughtUp++; caughtUp == 1 {
			go func() {
				worked <- consumer.Run(ctx, ctx, func(ctx context.Context, d *queue.Delivery) {
					r.put(t, "spring", result("late", queue.StatusFlagged, nil), result("early", queue.StatusFlagged, func(r *queue.Result) { r.Revision = 2 }))
					if err := d.Ack(ctx); err != nil {
						t.Error(err)
					}
				})
			}()
		}
		return nil
	}}
	var got []string
	if _, err := collect.Collect(t.Context(), r.conn, cfg, func(rec collect.Record) error {
		got = append(got, fmt.Sprintf("%s@%d", rec.JobID(), rec.Stored.Result.Revision))
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"still@1", "early@1", "late@1", "early@2"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	cancel()
	if err := <-worked; err != nil && !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}
