package backfill_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/goleak"

	"github.com/mujaz/mujaz/internal/backfill"
	"github.com/mujaz/mujaz/internal/llm"
	"github.com/mujaz/mujaz/internal/llmtest"
	"github.com/mujaz/mujaz/prompts"
	"github.com/mujaz/mujaz/queue"
	"github.com/mujaz/mujaz/queue/queuetest"
	"github.com/mujaz/mujaz/worker"
)

func TestMain(m *testing.M) {
	// nats.go 1.55.0 can leave this one behind; see TestMain of package queue.
	goleak.VerifyTestMain(m, goleak.IgnoreTopFunction("github.com/nats-io/nats.go/jetstream.(*jetStream).resetPendingAcksOnReconnect"))
}

// press is one test's server, endpoint and connection.
type press struct {
	nats *queuetest.Server
	conn *queue.Conn
	llm  *llmtest.Server
}

func start(t *testing.T) *press {
	t.Helper()
	server := queuetest.StartWith(t, queuetest.Options{Topology: queue.Topology{AckWait: 3 * time.Second}})
	return &press{nats: server, conn: server.Connect(t), llm: llmtest.Start(t, llmtest.Script{})}
}

// work runs a worker until stop is called, or the test ends.
func (p *press) work(t *testing.T, change ...func(*worker.Config)) (stop func()) {
	t.Helper()
	client, err := llm.New(llm.Config{BaseURL: p.llm.URL(), Model: llmtest.ModelName})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	library, err := prompts.Load("")
	if err != nil {
		t.Fatal(err)
	}
	cfg := worker.Config{
		Queue: p.conn, LLM: client, Prompts: library, Model: llmtest.ModelName, Slots: 8, Name: "press", Version: "test",
		Grace: 10 * time.Second, Metrics: prometheus.NewRegistry(), Price: &worker.Price{Input: 1, Output: 2, Currency: "EUR"},
	}
	for _, f := range change {
		f(&cfg)
	}
	w, err := worker.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
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
	return stop
}

// lose deletes jobs from their queue behind mujaz' back.
func (p *press) lose(t *testing.T, ids ...string) {
	t.Helper()
	nc, err := nats.Connect(p.nats.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	js, err := jetstream.New(nc)
	if err != nil {
		t.Fatal(err)
	}
	stream, err := js.Stream(t.Context(), queue.Topology{}.WithDefaults().JobsStream(queue.LaneBackfill))
	if err != nil {
		t.Fatal(err)
	}
	state := stream.CachedInfo().State
	for seq := state.FirstSeq; seq <= state.LastSeq; seq++ {
		msg, err := stream.GetMsg(t.Context(), seq)
		if err != nil {
			t.Fatal(err)
		}
		id, _, _ := strings.Cut(msg.Header.Get(queue.HeaderMsgID), "~")
		if slices.Contains(ids, id) {
			if err := stream.DeleteMsg(t.Context(), seq); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// news invents an article.
func news(i int) string {
	return fmt.Sprintf("The harbour office of Marsa Zaytun opened pier %d on Sunday. It can hold %d boats. "+
		"Fishermen of the village had waited for it since the storm, the mayor, Hadi Qasabi, said.", i, 40+i)
}

// file writes lines.
func file(t *testing.T, lines ...string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "archive.jsonl")
	if err := os.WriteFile(name, []byte(strings.Join(lines, "\n")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func rows(n int) []string {
	var lines []string
	for i := range n {
		lines = append(lines, fmt.Sprintf(`{"id":"pier-%d","text":%q}`, i, news(i)))
	}
	return lines
}

func (p *press) config(input string) backfill.Config {
	return backfill.Config{Conn: p.conn, Run: "harbour", By: "test", Inputs: []string{input}, Recipe: backfill.Recipe{Task: queue.TaskSummarize}}
}

func (p *press) reconcile(t *testing.T, input string) backfill.Account {
	t.Helper()
	a, err := backfill.Reconcile(t.Context(), backfill.ReconcileConfig{Conn: p.conn, Run: "harbour", Inputs: []string{input}})
	if err != nil {
		t.Fatal(err)
	}
	if !a.Holds() {
		t.Errorf("the account does not hold: %+v", a)
	}
	return a
}

// TestRun: every row of an archive has its place.
func TestRun(t *testing.T) {
	t.Parallel()
	p := start(t)
	p.work(t)
	lines := append(rows(40),
		`{"id":"pier-3","text":`+fmt.Sprintf("%q", news(3))+`}`, // the same again
		`{"id":"pier-4","text":"Another article under a name that is taken."}`,
		`{"no json`,
		`{"id":"empty","title":"Nothing but a headline"}`,
		`{"id":"stub","text":"…"}`,
		`{"text":`+fmt.Sprintf("%q", news(99))+`}`,
	)
	input := file(t, lines...)
	cfg := p.config(input)
	cfg.InFlight = 7
	var bad []string
	cfg.OnBad = func(i backfill.Item) error {
		bad = append(bad, fmt.Sprintf("%s: %v", filepath.Base(i.Place.String()), i.Err))
		return nil
	}
	got, err := backfill.Run(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	if got.OK+got.Flagged != 41 || got.Skipped != 1 || got.Dead != 0 || got.Waiting != 0 || got.Sent != 42 {
		t.Errorf("progress: %+v", got)
	}
	want := []string{
		"archive.jsonl:42: its id is that of row 5, which is another article",
		"archive.jsonl:43: not valid JSON: the row ends in the middle",
		`archive.jsonl:44: no text; there are: "id", "title". Say which one holds it with --field text=NAME (or html=NAME)`,
	}
	if diff := cmp.Diff(want, bad); diff != "" {
		t.Errorf("bad rows (-want +got):\n%s", diff)
	}
	a := p.reconcile(t, input)
	if a.Rows != 46 || a.Bad != 3 || a.Duplicates != 1 || a.Jobs != 42 || a.Waiting != 0 || a.State != queue.RunSent {
		t.Errorf("account: %+v", a)
	}
	if calls := p.llm.Ledger().Billed; int64(calls) != a.Spent.Calls || a.Spent.Cost <= 0 || a.Spent.Currency != "EUR" {
		t.Errorf("spent %+v, the endpoint has billed %d calls", a.Spent, calls)
	}

	// Once more is nothing to do.
	again, err := backfill.Run(t.Context(), cfg)
	if err != nil || again.Sent != 0 {
		t.Errorf("the same run again: %+v, %v", again, err)
	}
}

// TestRunResumes: a run that is stopped goes on where it was, by another program
// that has another copy of the file, and nothing is sent or paid twice.
func TestRunResumes(t *testing.T) {
	t.Parallel()
	p := start(t)
	stop := p.work(t)
	input := file(t, rows(60)...)
	cfg := p.config(input)
	cfg.InFlight, cfg.Limit = 5, 20
	_, err := backfill.Run(t.Context(), cfg)
	if stopped := (*backfill.StoppedError)(nil); !errors.As(err, &stopped) {
		t.Fatalf("the limit ended it with %v", err)
	}
	stop()
	a := p.reconcile(t, input)
	if a.Jobs != 20 || a.Unsent != 40 || a.State != queue.RunSending {
		t.Errorf("after the limit: %+v", a)
	}

	// Interrupted in the middle.
	cfg.Limit, cfg.InFlight = 0, 10
	ctx, cancel := context.WithCancel(t.Context())
	cfg.OnProgress = func(p backfill.Progress) {
		if p.Sent > 0 {
			cancel()
		}
	}
	if _, err := backfill.Run(ctx, cfg); !errors.Is(err, context.Canceled) {
		t.Errorf("interrupted: %v", err)
	}
	p.reconcile(t, input)

	p.work(t)
	copied := file(t, rows(60)...)
	cfg = p.config(copied)
	got, err := backfill.Run(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	if got.Counts.Sum() != 60 {
		t.Errorf("counts: %+v", got.Counts)
	}
	a = p.reconcile(t, copied)
	if a.Jobs != 60 || a.Unsent != 0 || a.Waiting != 0 {
		t.Errorf("at the end: %+v", a)
	}
	if ledger := p.llm.Ledger(); int64(ledger.Billed) != a.Spent.Calls {
		t.Errorf("%d calls billed, %d in the results", ledger.Billed, a.Spent.Calls)
	}
}

// TestRunRefuses: what cannot be gone on with is said, and changes nothing.
func TestRunRefuses(t *testing.T) {
	t.Parallel()
	p := start(t)
	p.work(t)
	input := file(t, rows(10)...)
	cfg := p.config(input)
	cfg.Limit = 5
	if _, err := backfill.Run(t.Context(), cfg); err == nil {
		t.Fatal("the limit did not end it")
	}
	cfg.Limit = 0
	for name, test := range map[string]struct {
		change func(*backfill.Config)
		want   string
	}{
		"other input":  {func(c *backfill.Config) { c.Inputs = []string{file(t, rows(11)...)} }, "has changed"},
		"more inputs":  {func(c *backfill.Config) { c.Inputs = []string{input, input} }, "has changed"},
		"other recipe": {func(c *backfill.Config) { c.Recipe.Options.Style = queue.StyleBrief }, "other options"},
		"no input":     {func(c *backfill.Config) { c.Inputs = []string{"no-such-file"} }, "no such file"},
	} {
		changed := cfg
		test.change(&changed)
		if _, err := backfill.Run(t.Context(), changed); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	got, err := backfill.Run(t.Context(), cfg)
	if err != nil || got.Counts.Sum() != 10 {
		t.Errorf("it goes on: %+v, %v", got.Counts, err)
	}
}

// TestRunUpdate: of a corrected archive only what was corrected is done again.
func TestRunUpdate(t *testing.T) {
	t.Parallel()
	p := start(t)
	p.work(t)
	lines := rows(10)
	if _, err := backfill.Run(t.Context(), p.config(file(t, lines...))); err != nil {
		t.Fatal(err)
	}
	billed := p.llm.Ledger().Billed
	lines[4] = fmt.Sprintf(`{"id":"pier-4","text":%q}`, news(44))
	lines = append(lines, fmt.Sprintf(`{"id":"pier-10","text":%q}`, news(10)))
	input := file(t, lines...)
	cfg := p.config(input)
	cfg.Update = true
	got, err := backfill.Run(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	if got.Sent != 2 || got.Counts.Sum() != 11 {
		t.Errorf("update: %+v", got)
	}
	if now := p.llm.Ledger().Billed; now <= billed || now > billed+4 {
		t.Errorf("%d calls before, %d after", billed, now)
	}
	p.reconcile(t, input)
	err = p.conn.Results(t.Context(), queue.ResultFilter{Source: "harbour", JobID: "pier-4", Newest: true}, func(r queue.StoredResult) error {
		if r.Result.Revision != 2 {
			t.Errorf("the corrected article has revision %d", r.Result.Revision)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestReconcileRepairs: jobs that the server has lost are named, and queued anew.
func TestReconcileRepairs(t *testing.T) {
	t.Parallel()
	p := start(t)
	input := file(t, rows(12)...)
	cfg := p.config(input)
	cfg.Detach = true
	if _, err := backfill.Run(t.Context(), cfg); err != nil {
		t.Fatal(err)
	}
	if a := p.reconcile(t, input); a.Waiting != 12 {
		t.Errorf("all wait: %+v", a)
	}
	lost := []string{"pier-3", "pier-7", "pier-8"}
	p.lose(t, lost...)
	var missing []string
	look := backfill.ReconcileConfig{Conn: p.conn, Run: "harbour", Inputs: []string{input}, Repair: true, OnMissing: func(m backfill.MissingJob) error {
		missing = append(missing, m.ID)
		return nil
	}}
	a, err := backfill.Reconcile(t.Context(), look)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(lost, missing); diff != "" || a.Missing != 3 || a.Repaired != 3 || a.Waiting != 9 {
		t.Errorf("missing (-want +got):\n%s\n%+v", diff, a)
	}
	p.work(t)
	if got, err := backfill.Run(t.Context(), p.config(input)); err != nil || got.Counts.Sum() != 12 {
		t.Errorf("after the repair: %+v, %v", got.Counts, err)
	}
	p.reconcile(t, input)
}

// TestRunOnce: of two programs one sends a run, and the other says so.
func TestRunOnce(t *testing.T) {
	t.Parallel()
	p := start(t)
	input := file(t, rows(30)...)
	cfg := p.config(input)
	cfg.InFlight = 5
	ctx, cancel := context.WithCancel(t.Context())
	begun, ended := make(chan struct{}), make(chan error, 1)
	var once sync.Once
	cfg.OnProgress = func(backfill.Progress) { once.Do(func() { close(begun) }) }
	go func() {
		_, err := backfill.Run(ctx, cfg)
		ended <- err
	}()
	<-begun
	if _, err := backfill.Run(t.Context(), p.config(input)); err == nil || !strings.Contains(err.Error(), "is being sent by another program") {
		t.Errorf("the second: %v", err)
	}
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("the first: %v", err)
	}
	if run, err := p.conn.FindRun(t.Context(), "harbour"); err != nil || run.Producer != "" {
		t.Errorf("left behind: %+v, %v", run, err)
	}
}

// TestRunHeedsTheOperator: a run that is paused or cancelled stops sending.
func TestRunHeedsTheOperator(t *testing.T) {
	t.Parallel()
	p := start(t)
	input := file(t, rows(30)...)
	cfg := p.config(input)
	cfg.InFlight = 5
	ended := make(chan error, 1)
	begun := make(chan struct{})
	var once sync.Once
	cfg.OnProgress = func(backfill.Progress) { once.Do(func() { close(begun) }) }
	go func() {
		_, err := backfill.Run(t.Context(), cfg)
		ended <- err
	}()
	<-begun
	pause := func(to queue.RunState) {
		t.Helper()
		if _, err := p.conn.ChangeRun(t.Context(), "harbour", func(r *queue.Run) error { r.State = to; return nil }); err != nil {
			t.Fatal(err)
		}
	}
	pause(queue.RunPaused)
	if err := <-ended; err == nil || err.Error() != "the run was paused" {
		t.Errorf("paused: %v", err)
	}
	if _, err := backfill.Run(t.Context(), p.config(input)); err == nil || !strings.Contains(err.Error(), "is paused") {
		t.Errorf("begun while it is paused: %v", err)
	}
	pause(queue.RunSending)
	p.work(t)
	if got, err := backfill.Run(t.Context(), p.config(input)); err != nil || got.Counts.Sum() != 30 {
		t.Errorf("resumed: %+v, %v", got.Counts, err)
	}
}

// TestRunSharesCopies: a wire story that is there twice is paid for once, and each
// copy has its own result.
func TestRunSharesCopies(t *testing.T) {
	t.Parallel()
	p := start(t)
	p.work(t)
	lines := rows(6)
	lines = append(lines, fmt.Sprintf(`{"id":"copy-2","title":"As others have it","text":%q}`, "  "+news(2)))
	input := file(t, lines...)
	cfg := p.config(input)
	cfg.Near = 0.8
	got, err := backfill.Run(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	if got.Counts.Sum() != 7 || got.Reused != 1 || got.Calls != int64(p.llm.Ledger().Billed) {
		t.Errorf("%+v, %d calls billed", got, p.llm.Ledger().Billed)
	}
	p.reconcile(t, input)
	err = p.conn.Results(t.Context(), queue.ResultFilter{Source: "harbour", JobID: "copy-2"}, func(r queue.StoredResult) error {
		if c := r.Result.Receipt.CopyOf; c == nil || c.JobID != "pier-2" || r.Result.Usage.Calls != 0 {
			t.Errorf("receipt %+v, usage %+v", r.Result.Receipt.CopyOf, r.Result.Usage)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestRunKeepsItsBudget: workers look the run's budget up, and spend no more.
func TestRunKeepsItsBudget(t *testing.T) {
	t.Parallel()
	p := start(t)
	p.work(t, func(c *worker.Config) { c.Budgets.Over = worker.OverBudgetEnd })
	input := file(t, rows(30)...)
	cfg := p.config(input)
	budget := 0.02
	cfg.Budget = &budget
	got, err := backfill.Run(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	if got.Cost == 0 || got.Cost > budget || got.Dead == 0 || got.Counts.Sum() != 30 {
		t.Errorf("%+v", got)
	}
	p.reconcile(t, input)
	ledger := p.llm.Ledger()
	if billed := (float64(ledger.TokensIn) + 2*float64(ledger.TokensOut)) / 1e6; billed > budget {
		t.Errorf("%g billed of %g", billed, budget)
	}
}

// TestTwoRunsOfOneArchive: the second has results of its own, within the window in
// which the server knows the first one's messages.
func TestTwoRunsOfOneArchive(t *testing.T) {
	t.Parallel()
	p := start(t)
	p.work(t)
	input := file(t, rows(5)...)
	for _, name := range []string{"harbour", "harbour-brief"} {
		cfg := p.config(input)
		cfg.Run = name
		if got, err := backfill.Run(t.Context(), cfg); err != nil || got.Counts.Sum() != 5 {
			t.Errorf("run %s: %+v, %v", name, got.Counts, err)
		}
	}
}
