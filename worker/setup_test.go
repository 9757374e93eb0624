package worker_test

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/goleak"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/mujaz/mujaz/internal/llm"
	"github.com/mujaz/mujaz/internal/llmtest"
	"github.com/mujaz/mujaz/internal/natsembed"
	"github.com/mujaz/mujaz/prompts"
	"github.com/mujaz/mujaz/queue"
	"github.com/mujaz/mujaz/worker"
)

// Environment of the child process of the kill test.
const (
	envKillAt = "MUJAZ_TEST_KILL_AT"
	envNATS   = "MUJAZ_TEST_NATS"
	envLLM    = "MUJAZ_TEST_LLM"
	envJudge  = "MUJAZ_TEST_JUDGE" // the judge's model; empty is none
	envAfter  = "MUJAZ_TEST_KILL_AFTER"
	envBudget = "MUJAZ_TEST_BUDGET" // of a day; empty is none
)

func TestMain(m *testing.M) {
	if stage := os.Getenv(envKillAt); stage != "" {
		runDoomedWorker(worker.Stage(stage))
		return
	}
	// nats.go 1.55.0 can leave this one behind after a put into an object store;
	// see TestMain of package queue.
	goleak.VerifyTestMain(m, goleak.IgnoreTopFunction("github.com/nats-io/nats.go/jetstream.(*jetStream).resetPendingAcksOnReconnect"))
}

// topology with a short lease, so that what a dead worker held comes back soon,
// and yet one that a machine under load keeps.
func topology() queue.Topology { return queue.Topology{AckWait: 3 * time.Second} }

// runDoomedWorker works until it reaches the stage, and dies there by SIGKILL.
func runDoomedWorker(stage worker.Stage) {
	ctx := context.Background()
	conn, err := queue.Connect(ctx, queue.ConnConfig{URL: os.Getenv(envNATS), Topology: topology()})
	if err != nil {
		panic(err)
	}
	cfg := workerConfig(conn, os.Getenv(envLLM))
	// One job at a time, so that it is known what a kill can cost.
	cfg.Slots = 1
	if model := os.Getenv(envJudge); model != "" {
		cfg.Judge = &worker.Judge{Model: model}
	}
	after, err := strconv.Atoi(cmp.Or(os.Getenv(envAfter), "1"))
	if err != nil {
		panic(err)
	}
	var reached atomic.Int64
	if limit := os.Getenv(envBudget); limit != "" {
		cfg.Price = &worker.Price{Input: 1, Output: 1, Currency: "EUR"}
		if cfg.Budgets.Day, err = strconv.ParseFloat(limit, 64); err != nil {
			panic(err)
		}
	}
	cfg.OnStage = func(s worker.Stage, _ *queue.Delivery) {
		if s == stage && reached.Add(1) == int64(after) {
			syscall.Kill(os.Getpid(), syscall.SIGKILL) //nolint:errcheck // it does not return
			select {}
		}
	}
	w, err := worker.New(cfg)
	if err != nil {
		panic(err)
	}
	if err := w.Run(ctx); err != nil {
		panic(err)
	}
}

func workerConfig(conn *queue.Conn, endpoint string) worker.Config {
	client, err := llm.New(llm.Config{BaseURL: endpoint, Model: llmtest.ModelName, Timeout: 20 * time.Second})
	if err != nil {
		panic(err)
	}
	library, err := prompts.Load("")
	if err != nil {
		panic(err)
	}
	return worker.Config{
		Queue: conn, LLM: client, Prompts: library, Model: llmtest.ModelName, Slots: 4, Name: "test-worker", Version: "test",
		Grace: 10 * time.Second, Metrics: prometheus.NewRegistry(),
	}
}

// bench is one test's own server, endpoint and connection.
type bench struct {
	nats *natsembed.Server
	dir  string // its store
	conn *queue.Conn
	llm  *llmtest.Server
	logs *observer.ObservedLogs
	cfg  worker.Config
}

func setup(t *testing.T, script llmtest.Script) *bench {
	t.Helper()
	dir := t.TempDir()
	server, err := natsembed.Start(t.Context(), natsembed.Config{StoreDir: dir})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Shutdown)
	conn, err := queue.Connect(t.Context(), queue.ConnConfig{URL: server.ClientURL(), Topology: topology()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(conn.Close)
	if err := conn.Ensure(t.Context()); err != nil {
		t.Fatal(err)
	}
	b := &bench{nats: server, dir: dir, conn: conn, llm: llmtest.Start(t, script)}
	b.cfg = workerConfig(conn, b.llm.URL())
	t.Cleanup(b.cfg.LLM.Close)
	core, logs := observer.New(zap.DebugLevel)
	b.cfg.Log, b.logs = zap.New(core), logs
	return b
}

// restart starts the server again, after its shutdown, on the same store and port.
func (b *bench) restart(t *testing.T, port int) {
	t.Helper()
	server, err := natsembed.Start(t.Context(), natsembed.Config{StoreDir: b.dir, Port: port})
	if err != nil {
		t.Error(err)
		return
	}
	t.Cleanup(server.Shutdown)
}

// run starts a worker and returns a function that drains it. A test that ends
// without calling it drains too.
func (b *bench) run(t *testing.T) (running *worker.Worker, stop func()) {
	t.Helper()
	w, err := worker.New(b.cfg)
	if err != nil {
		t.Fatal(err)
	}
	// The drain at the test's end is ours to begin.
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	done := make(chan error, 1)
	go func() { done <- w.Run(ctx) }()
	stopped := false
	stop = func() {
		if stopped {
			return
		}
		stopped = true
		cancel()
		if err := <-done; err != nil {
			t.Errorf("worker: %v", err)
		}
	}
	t.Cleanup(stop)
	return w, stop
}

func (b *bench) submit(t *testing.T, job queue.Job) queue.Submitted {
	t.Helper()
	s, err := queue.NewProducer(b.conn).Submit(t.Context(), job, queue.Route{Source: "gazette"})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (b *bench) outcome(t *testing.T, s queue.Submitted) queue.Outcome {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
	defer cancel()
	out, err := b.conn.WaitOutcome(ctx, s, time.Time{})
	if err != nil {
		for _, line := range b.logs.All() {
			t.Logf("%s %v", line.Message, line.ContextMap())
		}
		t.Fatal(err)
	}
	return out
}

func (b *bench) result(t *testing.T, s queue.Submitted) queue.Result {
	t.Helper()
	out := b.outcome(t, s)
	if out.Result == nil {
		t.Fatalf("dead letter: %s at %s: %s", out.Dead.Cause, out.Dead.Stage, out.Dead.LastError)
	}
	return out.Result.Result
}

func (b *bench) dead(t *testing.T, s queue.Submitted) queue.DeadLetter {
	t.Helper()
	out := b.outcome(t, s)
	if out.Dead == nil {
		t.Fatalf("result %s (%s), want a dead letter", out.Result.Result.Status, out.Result.Result.SkipReason)
	}
	return *out.Dead
}

// idle waits until the queue holds nothing. A consumer's counts lag behind its
// stream's, so the stream is asked.
func (b *bench) idle(t *testing.T) {
	t.Helper()
	js, done := b.plainClient(t)
	defer done()
	b.until(t, "the queue to be empty", func() bool {
		for _, lane := range queue.Lanes() {
			stream, err := js.Stream(t.Context(), b.conn.Topology().JobsStream(lane))
			if err != nil {
				t.Fatal(err)
			}
			if stream.CachedInfo().State.Msgs > 0 {
				return false
			}
		}
		return true
	})
}

// attemptsLeft counts the jobs whose attempts the ledger holds.
func (b *bench) attemptsLeft(t *testing.T) int {
	t.Helper()
	js, done := b.plainClient(t)
	defer done()
	kv, err := js.KeyValue(t.Context(), b.conn.Topology().LedgerBucket())
	if err != nil {
		t.Fatal(err)
	}
	keys, err := kv.ListKeysFiltered(t.Context(), "attempts.>")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for range keys.Keys() {
		n++
	}
	return n
}

// plainClient is a NATS client of somebody else's.
func (b *bench) plainClient(t *testing.T) (js jetstream.JetStream, done func()) {
	t.Helper()
	nc, err := nats.Connect(b.nats.ClientURL())
	if err != nil {
		t.Fatal(err)
	}
	if js, err = jetstream.New(nc); err != nil {
		t.Fatal(err)
	}
	return js, nc.Close
}

// until polls a condition of another process or the server, for which there is
// nothing to wait on.
func (b *bench) until(t *testing.T, what string, condition func() bool) {
	t.Helper()
	deadline := time.After(60 * time.Second)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !condition() {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("waited in vain for %s", what)
		}
	}
}

// results counts the stored results.
func (b *bench) results(t *testing.T) []queue.StoredResult {
	t.Helper()
	var all []queue.StoredResult
	if err := b.conn.Results(t.Context(), queue.ResultFilter{}, func(r queue.StoredResult) error {
		all = append(all, r)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return all
}

func (b *bench) deadLetters(t *testing.T) []queue.DeadLetter {
	t.Helper()
	var all []queue.DeadLetter
	if err := b.conn.DeadLetters(t.Context(), queue.DeadFilter{}, func(d queue.DeadLetter) error {
		all = append(all, d)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return all
}

// story is an invented article; n makes it unlike others.
func story(n int) queue.Article {
	return queue.Article{
		Title: "مجلس بلدية وادي السرو يقر خطة لترميم السوق القديم",
		Text: strings.Join([]string{
			fmt.Sprintf("أقر مجلس بلدية وادي السرو يوم الثلاثاء خطة لترميم السوق القديم في المدينة، وتشمل الخطة إصلاح %d متجراً وتجديد شبكة الإنارة.", 100+n),
			"وقالت رئيسة المجلس سلمى الزيتوني إن العمل يبدأ خلال أسبوعين، وإن التجار سيحصلون على أماكن بديلة طوال مدة الترميم.",
			"وأوضح المهندس مروان الكرمي أن الأسقف الخشبية ستعالج ضد الرطوبة، وأن الممرات ستُرصف بالحجر المحلي حفاظاً على طابع المكان.",
		}, "\n"),
	}
}
