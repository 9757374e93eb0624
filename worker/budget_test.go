package worker_test

import (
	"fmt"
	"math"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"github.com/mujaz/mujaz/internal/llmtest"
	"github.com/mujaz/mujaz/queue"
	"github.com/mujaz/mujaz/worker"
)

// charged is the endpoint's own bill, at 1 a million tokens.
func charged(l llmtest.Ledger) queue.Amount {
	return queue.AmountOf(float64(l.TokensIn+l.TokensOut) / 1e6)
}

// fleet starts four workers of 16 slots: 64 calls in flight.
func fleet(t *testing.T, b *bench, budgets worker.Budgets) []*worker.Worker {
	t.Helper()
	var workers []*worker.Worker
	b.cfg.Price = &worker.Price{Input: 1, Output: 1, Currency: "EUR"}
	b.cfg.Budgets, b.cfg.Slots = budgets, 16
	for n := range 4 {
		b.cfg.Name, b.cfg.Metrics = fmt.Sprintf("worker-%d", n), prometheus.NewRegistry()
		w, _ := b.run(t)
		workers = append(workers, w)
	}
	return workers
}

// TestBudgetOfDay has 64 calls in flight against a cap that a quarter of the
// jobs use up. The endpoint's own bill says what was spent.
func TestBudgetOfDay(t *testing.T) {
	t.Parallel()
	const jobs, limit, largest = 120, 0.05, 0.013 // largest is above what a call could cost
	for _, over := range []worker.OverBudget{worker.OverBudgetEnd, worker.OverBudgetWait} {
		t.Run(string(over), func(t *testing.T) {
			t.Parallel()
			script := answerWith(written)
			script.Latency, script.Jitter = 20*time.Millisecond, 15*time.Millisecond
			b := setup(t, script)
			for n := range jobs {
				b.submit(t, queue.Job{ID: fmt.Sprint("job-", n), Article: story(n)})
			}
			workers := fleet(t, b, worker.Budgets{Day: limit, Over: over})
			b.until(t, "jobs to end or to wait", func() bool {
				bill := b.llm.Ledger()
				if sum := charged(bill); sum > queue.AmountOf(limit) {
					t.Fatalf("the endpoint has charged %s of %g", sum, limit)
				}
				if over == worker.OverBudgetEnd {
					return len(b.results(t))+len(b.deadLetters(t)) == jobs
				}
				for _, w := range workers {
					if s := w.Ready(); !s.Ready || !strings.Contains(s.Budget, " EUR of 0.05 for "+time.Now().UTC().Format(time.DateOnly)+" used") {
						return false
					}
				}
				return true
			})
			done, dead := len(b.results(t)), b.deadLetters(t)
			for _, letter := range dead {
				if letter.Cause != queue.CauseOverBudget || !strings.Contains(letter.LastError, "of 0.05 for") {
					t.Errorf("dead letter %s: %s", letter.Cause, letter.LastError)
				}
			}
			if over == worker.OverBudgetWait && len(dead) > 0 {
				t.Errorf("%d jobs died instead of waiting", len(dead))
			}
			// No more is left than the next call could cost.
			if bill := charged(b.llm.Ledger()); bill < queue.AmountOf(limit-largest) || done == 0 || done == jobs {
				t.Errorf("%d jobs are done for %s of %g", done, bill, limit)
			}
			t.Logf("%d of %d jobs done for %s of %g, %d dead letters", done, jobs, charged(b.llm.Ledger()), limit, len(dead))
			sums, err := b.conn.BudgetSums(t.Context())
			if err != nil || len(sums) != 1 || sums[0].Spent+sums[0].Reserved > sums[0].Cap {
				t.Errorf("budgets: %+v, %v", sums, err)
			}
		})
	}
}

// TestBudgetOfRun: a run that has used up its cap leaves others alone.
func TestBudgetOfRun(t *testing.T) {
	t.Parallel()
	b := setup(t, answerWith(written))
	fleet(t, b, worker.Budgets{Run: 0.015, Over: worker.OverBudgetEnd})
	producer := queue.NewProducer(b.conn)
	for n := range 20 {
		if _, err := producer.Submit(t.Context(), queue.Job{ID: fmt.Sprint("old-", n), Article: story(n)}, queue.Route{Lane: queue.LaneBackfill, Source: "archive"}); err != nil {
			t.Fatal(err)
		}
	}
	b.until(t, "the run to end", func() bool { return len(b.results(t))+len(b.deadLetters(t)) == 20 })
	if len(b.deadLetters(t)) == 0 {
		t.Error("no job of the run is over its budget")
	}
	if r := b.result(t, b.submit(t, queue.Job{Article: story(99)})); r.Status != queue.StatusOK {
		t.Errorf("a job of another source is %s", r.Status)
	}
}

// TestBudgetOfJob: options.max_cost holds before the first call, and lets a
// first answer stand that there is no money left to repair.
func TestBudgetOfJob(t *testing.T) {
	t.Parallel()
	b := setup(t, answerWith(strings.ReplaceAll(written, "approved", "rejected 77")))
	b.cfg.Price = &worker.Price{Input: 1, Output: 1, Currency: "EUR"}
	b.run(t)
	letter := b.dead(t, b.submit(t, queue.Job{ID: "poor", Article: story(0), Options: queue.Options{MaxCost: 0.0001}}))
	if letter.Cause != queue.CauseOverBudget || letter.Advice == "" || !strings.Contains(letter.LastError, "0.0001 for this job") {
		t.Errorf("dead letter %s: %s", letter.Cause, letter.LastError)
	}
	if calls := b.llm.Ledger().Calls; calls != 0 {
		t.Errorf("%d calls for a job without money", calls)
	}
	_, could, _ := strings.Cut(letter.LastError, "the next call could cost ")
	enough, err := strconv.ParseFloat(could, 64)
	if err != nil {
		t.Fatal(err)
	}
	r := b.result(t, b.submit(t, queue.Job{ID: "fair", Article: story(1), Options: queue.Options{MaxCost: enough}}))
	if r.Status != queue.StatusFlagged || r.Receipt.Repaired || r.Usage.Calls != 1 {
		t.Errorf("status %s, repaired %v, %d calls; want the first answer, flagged", r.Status, r.Receipt.Repaired, r.Usage.Calls)
	}
	if r := b.result(t, b.submit(t, queue.Job{ID: "rich", Article: story(2), Options: queue.Options{MaxCost: 1}})); r.Usage.Calls != 2 {
		t.Errorf("%d calls, want a repair", r.Usage.Calls)
	}
}

// TestBudgetNeedsPrice: a cap cannot be kept where nobody knows the price.
func TestBudgetNeedsPrice(t *testing.T) {
	t.Parallel()
	b := setup(t, answerWith(written))
	_, stop := b.run(t)
	letter := b.dead(t, b.submit(t, queue.Job{ID: "capped", Article: story(0), Options: queue.Options{MaxCost: 1}}))
	if letter.Cause != queue.CauseOverBudget || !strings.Contains(letter.LastError, "is unknown, so that no budget of the job or its run can be kept") {
		t.Errorf("dead letter %s: %s", letter.Cause, letter.LastError)
	}
	stop()
	fair := &worker.Price{Input: 1, Output: 1, Currency: "USD"}
	for _, tc := range []struct {
		name, want string
		change     func(*worker.Config)
	}{
		{"no price", "price of " + llmtest.ModelName + ": is unknown, so that no budget can be kept", func(c *worker.Config) { c.Price = nil }},
		{"an allowed model without one", "price of other: is unknown", func(c *worker.Config) {
			c.AllowedModels, c.ModelPrices = []string{"other"}, map[string]*worker.Price{"other": nil}
		}},
		{"a judge without one", "price of the judge: is unknown", func(c *worker.Config) { c.Judge = &worker.Judge{Model: "judge"} }},
		{"zero", "a price of 0 must be declared as free", func(c *worker.Config) { c.Price = &worker.Price{Currency: "USD"} }},
		{"NaN", "must be a number of at least 0", func(c *worker.Config) { c.Price = &worker.Price{Input: math.NaN(), Output: 1, Currency: "USD"} }},
		{"infinity", "must be a number of at least 0", func(c *worker.Config) { c.Price = &worker.Price{Input: 1, Output: math.Inf(1), Currency: "USD"} }},
		{"two currencies", "one worker counts in one currency", func(c *worker.Config) {
			c.AllowedModels, c.ModelPrices = []string{"other"}, map[string]*worker.Price{"other": {Input: 1, Output: 1, Currency: "EUR"}}
		}},
		{"a cap that is NaN", "budget of a run: must be an amount above 0", func(c *worker.Config) { c.Budgets.Run = math.NaN() }},
		{"a negative cap", "budget of a day: must be an amount above 0", func(c *worker.Config) { c.Budgets.Day = -1 }},
		{"another end", `over budget "stop": must be wait or end`, func(c *worker.Config) { c.Budgets.Over = "stop" }},
		{"free", "", func(c *worker.Config) { c.Price = &worker.Price{Free: true} }},
	} {
		cfg := b.cfg
		cfg.Price, cfg.Budgets, cfg.Metrics = fair, worker.Budgets{Day: 1}, prometheus.NewRegistry()
		tc.change(&cfg)
		_, err := worker.New(cfg)
		if got := fmt.Sprint(err); (err == nil) != (tc.want == "") || !strings.Contains(got, tc.want) {
			t.Errorf("%s: %v, want %q", tc.name, err, tc.want)
		}
	}
}

// TestBudgetFree: what is declared free runs under any cap, at no cost.
func TestBudgetFree(t *testing.T) {
	t.Parallel()
	b := setup(t, answerWith(written))
	b.cfg.Price, b.cfg.Budgets = &worker.Price{Free: true, Currency: "USD"}, worker.Budgets{Day: 0.000001}
	b.run(t)
	r := b.result(t, b.submit(t, queue.Job{Article: story(0)}))
	if !r.Usage.CostKnown || r.Usage.Cost != 0 {
		t.Errorf("cost %g, known %v; want a known cost of 0", r.Usage.Cost, r.Usage.CostKnown)
	}
}

// TestBudgetLies: an endpoint that reports more than the request allowed is
// believed, as it will charge for it: its lie is booked, and nothing after it.
func TestBudgetLies(t *testing.T) {
	t.Parallel()
	script := answerWith(written)
	script.Choose = func(*llmtest.Request) (llmtest.Step, bool) {
		return llmtest.Step{Completion: llmtest.Completion{PromptTokens: 2_000_000}}, true
	}
	b := setup(t, script)
	b.cfg.Price = &worker.Price{Input: 1, Output: 1, Currency: "EUR"}
	b.cfg.Budgets, b.cfg.Slots = worker.Budgets{Day: 1, Over: worker.OverBudgetEnd}, 1
	registry := prometheus.NewRegistry()
	b.cfg.Metrics = registry
	_, stop := b.run(t)
	if r := b.result(t, b.submit(t, queue.Job{ID: "first", Article: story(0)})); r.Usage.Cost < 2 {
		t.Errorf("the first job costs %g, want what the endpoint says", r.Usage.Cost)
	}
	if letter := b.dead(t, b.submit(t, queue.Job{ID: "second", Article: story(1)})); letter.Cause != queue.CauseOverBudget {
		t.Errorf("the second job ended as %s", letter.Cause)
	}
	stop()
	sums, err := b.conn.BudgetSums(t.Context())
	if err != nil || len(sums) != 1 || sums[0].Spent < queue.AmountOf(2) || sums[0].Reserved != 0 {
		t.Errorf("budgets: %+v, %v", sums, err)
	}
	if n, err := testutil.GatherAndCount(registry, "mujaz_budget_spent", "mujaz_budget_reserved", "mujaz_budget_cap"); err != nil || n != 3 {
		t.Errorf("%d metrics of the budget, want 3 (%v)", n, err)
	}
}

// TestSpendRows: each HTTP call is a row, with what it was for and what came of it.
func TestSpendRows(t *testing.T) {
	t.Parallel()
	script := answerWith(strings.ReplaceAll(written, "approved", "rejected 77"))
	script.Steps = []llmtest.Step{{Status: http.StatusInternalServerError, Body: "{}"}}
	b := setup(t, script)
	b.cfg.Price = &worker.Price{Input: 1, Output: 2, Currency: "EUR"}
	_, stop := b.run(t)
	r := b.result(t, b.submit(t, queue.Job{ID: "market", Article: story(0)}))
	stop()
	var got []string
	sum := 0.0
	if err := b.conn.Spent(t.Context(), time.Time{}, func(s queue.Spend) error {
		got = append(got, fmt.Sprintf("%s %s %s %s/%s %q paid=%v known=%v", s.Purpose, s.Prompt, s.Worker, s.Lane, s.Source, s.Class, s.Paid, s.CostKnown))
		if s.Key != queue.Key("market") || s.Model != llmtest.ModelName || s.Endpoint == "" {
			t.Errorf("row %+v", s)
		}
		sum += s.Cost.Units()
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	want := []string{
		`write news-brief@1 test-worker live/gazette "transient" paid=false known=true`,
		`write news-brief@1 test-worker live/gazette "" paid=true known=true`,
		`repair repair@1 test-worker live/gazette "" paid=true known=true`,
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("rows\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if math.Abs(sum-r.Usage.Cost) > 1e-8 {
		t.Errorf("the rows cost %g, the result says %g", sum, r.Usage.Cost)
	}
}

// TestBudgetSpare: where the first endpoint is too dear, one that is free stands
// in, and the intake goes on.
func TestBudgetSpare(t *testing.T) {
	t.Parallel()
	b := setup(t, answerWith(written))
	local := llmtest.Start(t, answerWith(written))
	spare := workerConfig(b.conn, local.URL())
	t.Cleanup(spare.LLM.Close)
	b.cfg.Price, b.cfg.Budgets = &worker.Price{Input: 1, Output: 1, Currency: "EUR"}, worker.Budgets{Day: 0.006}
	b.cfg.Others = []worker.Endpoint{{LLM: spare.LLM, Model: "local", Price: &worker.Price{Free: true}, When: []worker.Condition{worker.WhenOverBudget}}}
	b.cfg.Slots = 1
	b.run(t)
	for n := range 12 {
		b.result(t, b.submit(t, queue.Job{Article: story(n)}))
	}
	if dear, free := b.llm.Ledger().Billed, local.Ledger().Billed; dear == 0 || free == 0 || dear+free != 12 {
		t.Errorf("%d calls are paid and %d free, want some of each and 12 together", dear, free)
	}
}

// TestBudgetOfKilled: what a worker had reserved when it was killed counts
// against the cap, before and after the redelivery.
func TestBudgetOfKilled(t *testing.T) {
	t.Parallel()
	const limit = 0.05
	b := setup(t, answerWith(written))
	s := b.submit(t, queue.Job{ID: "market", Article: story(0)})
	child := b.doomed(t, worker.StageCheckpoint)
	child.Env = append(child.Env, envBudget+"="+fmt.Sprint(limit))
	if err := child.Run(); err == nil || !strings.Contains(err.Error(), "killed") {
		t.Fatalf("the doomed worker ended with %v", err)
	}
	// It dies between the answer and the ledger, perhaps before its settlement
	// is stored: the whole worst case may be left behind, and at least the cost.
	left, err := b.conn.BudgetSums(t.Context())
	if err != nil || len(left) != 1 || left[0].Spent+left[0].Reserved < charged(b.llm.Ledger()) {
		t.Fatalf("the dead worker left %+v (%v), charged were %s", left, err, charged(b.llm.Ledger()))
	}
	b.cfg.Price, b.cfg.Budgets = &worker.Price{Input: 1, Output: 1, Currency: "EUR"}, worker.Budgets{Day: limit}
	_, stop := b.run(t)
	if r := b.result(t, s); r.Status != queue.StatusOK {
		t.Errorf("status %s", r.Status)
	}
	stop()
	after, err := b.conn.BudgetSums(t.Context())
	bill := charged(b.llm.Ledger())
	if err != nil || len(after) != 1 || after[0].Spent+after[0].Reserved < bill || b.llm.Ledger().Billed != 2 {
		t.Errorf("after the second call %+v (%v), charged were %s for %d calls", after, err, bill, b.llm.Ledger().Billed)
	}
}
