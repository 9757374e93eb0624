package batch_test

import (
	"context"
	"fmt"
	"iter"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/goleak"

	"github.com/mujaz/mujaz/internal/batch"
	"github.com/mujaz/mujaz/internal/llm"
	"github.com/mujaz/mujaz/internal/llmtest"
	"github.com/mujaz/mujaz/internal/natsembed"
	"github.com/mujaz/mujaz/prompts"
	"github.com/mujaz/mujaz/queue"
	"github.com/mujaz/mujaz/worker"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.IgnoreTopFunction("github.com/nats-io/nats.go/jetstream.(*jetStream).resetPendingAcksOnReconnect"))
}

const run = "archive-2025"

// bench is one test's own server and endpoint.
type bench struct {
	url  string
	conn *queue.Conn
	llm  *llmtest.Server
}

func setup(t *testing.T, script llmtest.Script) *bench {
	t.Helper()
	server, err := natsembed.Start(t.Context(), natsembed.Config{StoreDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Shutdown)
	b := &bench{url: server.ClientURL(), llm: llmtest.Start(t, script)}
	b.conn = b.connect(t)
	if err := b.conn.Ensure(t.Context()); err != nil {
		t.Fatal(err)
	}
	return b
}

func (b *bench) connect(t *testing.T) *queue.Conn {
	t.Helper()
	conn, err := queue.Connect(t.Context(), queue.ConnConfig{URL: b.url})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(conn.Close)
	return conn
}

// config is that of workers and batches. Each has a client of its own: nothing that
// one process has learnt is known to another.
func (b *bench) config(t *testing.T, conn *queue.Conn) worker.Config {
	t.Helper()
	client, err := llm.New(llm.Config{BaseURL: b.llm.URL(), Model: llmtest.ModelName, Timeout: 20 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	library, err := prompts.Load("")
	if err != nil {
		t.Fatal(err)
	}
	return worker.Config{
		Queue: conn, LLM: client, Prompts: library, Model: llmtest.ModelName, Slots: 8, Name: "worker", Version: "test",
		Grace: 10 * time.Second, Metrics: prometheus.NewRegistry(),
		Price: &worker.Price{Input: 1, Output: 4, Batch: 0.5, Currency: "USD"},
	}
}

func (b *bench) batches(t *testing.T) batch.Config {
	t.Helper()
	cfg := b.config(t, b.connect(t))
	return batch.Config{Worker: cfg, Run: run, Dir: t.TempDir(), PollFirst: time.Millisecond, PollMost: 5 * time.Millisecond}
}

func (b *bench) flow(t *testing.T, cfg batch.Config) *batch.Flow {
	t.Helper()
	f, err := batch.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// work starts a worker, and stops it when the test ends.
func (b *bench) work(t *testing.T, cfg worker.Config) {
	t.Helper()
	w, err := worker.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	done := make(chan error, 1)
	go func() { done <- w.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("worker: %v", err)
		}
	})
}

// story is an invented article; n makes it unlike others.
func story(n int) queue.Job {
	return queue.Job{ID: fmt.Sprintf("story-%d", n), Article: queue.Article{
		Title: "مجلس بلدية وادي السرو يقر خطة لترميم السوق القديم",
		Text: strings.Join([]string{
			fmt.Sprintf("أقر مجلس بلدية وادي السرو يوم الثلاثاء خطة لترميم السوق القديم في المدينة، وتشمل الخطة إصلاح %d متجراً وتجديد شبكة الإنارة.", 100+n),
			"وقالت رئيسة المجلس سلمى الزيتوني إن العمل يبدأ خلال أسبوعين، وإن التجار سيحصلون على أماكن بديلة طوال مدة الترميم.",
			"وأوضح المهندس مروان الكرمي أن الأسقف الخشبية ستعالج ضد الرطوبة، وأن الممرات ستُرصف بالحجر المحلي حفاظاً على طابع المكان.",
		}, "\n"),
	}}.WithDefaults()
}

func stories(n int) []queue.Job {
	jobs := make([]queue.Job, n)
	for i := range jobs {
		jobs[i] = story(i)
	}
	return jobs
}

func rowsOf(jobs []queue.Job) batch.Rows {
	return func(context.Context) iter.Seq2[batch.Row, error] {
		return func(yield func(batch.Row, error) bool) {
			for i, job := range jobs {
				if !yield(batch.Row{Number: int64(i + 1), Job: job}, nil) {
					return
				}
			}
		}
	}
}

// send queues all jobs as they are prepared, and returns what was sent.
func (b *bench) send(t *testing.T, f *batch.Flow, jobs []queue.Job) (sent []queue.Submitted) {
	t.Helper()
	producer := queue.NewProducer(b.conn)
	for i, job := range jobs {
		answer, send, err := f.Prepare(t.Context(), batch.Row{Number: int64(i + 1), Job: job})
		if err != nil {
			t.Fatal(err)
		}
		if !send {
			continue
		}
		s, err := producer.Submit(t.Context(), job, queue.Route{Lane: queue.LaneBackfill, Source: run, Answer: answer})
		if err != nil {
			t.Fatal(err)
		}
		sent = append(sent, s)
	}
	return sent
}

// ends waits for the outcomes of jobs.
func (b *bench) ends(t *testing.T, sent []queue.Submitted) (results []queue.Result, dead []queue.DeadLetter) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for _, s := range sent {
		out, err := b.conn.WaitOutcome(ctx, s, time.Time{})
		switch {
		case err != nil:
			t.Fatal(err)
		case out.Result != nil:
			results = append(results, out.Result.Result)
		default:
			dead = append(dead, *out.Dead)
		}
	}
	return results, dead
}

// spent are the calls on record.
func (b *bench) spent(t *testing.T) (calls []queue.Spend) {
	t.Helper()
	if err := b.conn.Spent(t.Context(), time.Time{}, func(s queue.Spend) error {
		calls = append(calls, s)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return calls
}

// recorded waits until so many calls are on record: workers write theirs now and then.
func (b *bench) recorded(t *testing.T, want int) []queue.Spend {
	t.Helper()
	deadline, tick := time.After(time.Minute), time.NewTicker(100*time.Millisecond)
	defer tick.Stop()
	for {
		calls := b.spent(t)
		if len(calls) == want {
			return calls
		}
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("%d calls on record, want %d", len(calls), want)
		}
	}
}

// paidOnce fails where a question was paid for twice.
func (b *bench) paidOnce(t *testing.T) {
	t.Helper()
	for fingerprint, n := range b.llm.Ledger().BilledByJob {
		if n > 1 {
			t.Errorf("question %x is paid for %d times", fingerprint, n)
		}
	}
}
