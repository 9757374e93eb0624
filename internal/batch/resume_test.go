package batch_test

import (
	"context"
	"errors"
	"testing"

	"github.com/mujaz/mujaz/internal/batch"
	"github.com/mujaz/mujaz/internal/llmtest"
	"github.com/mujaz/mujaz/queue"
	"github.com/mujaz/mujaz/worker"
)

var errKilled = errors.New("killed")

// A flow that is killed at any point goes on in a process that knows nothing: each
// batch is made once, each answer stored, recorded and booked once.
func TestKilled(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		point string
		at    int // time that it comes there
	}{
		{"cut", 1},
		{"cut", 2},
		{"uploaded", 1},
		{"uploaded", 2},
		{"created", 1},
		{"created", 2},
		{"stored", 1},
		{"stored", 7},
		{"stored", 25},
		{"recorded", 1},
		{"recorded", 2},
		{"flushed", 1},
		{"booked", 1},
		{"booked", 2},
	} {
		t.Run(tc.point, func(t *testing.T) {
			t.Parallel()
			const n = 30
			b := setup(t, llmtest.Script{Batch: llmtest.BatchScript{Polls: 1}})
			jobs := stories(n)
			config := func() batch.Config {
				cfg := b.batches(t)
				cfg.MaxRows, cfg.Worker.Budgets.Run = 20, 10
				return cfg
			}
			cfg, seen := config(), 0
			cfg.StopAt(func(point string) error {
				if point == tc.point {
					seen++
				}
				if seen >= tc.at {
					return errKilled
				}
				return nil
			})
			if _, err := b.flow(t, cfg).Run(t.Context(), rowsOf(jobs)); !errors.Is(err, errKilled) {
				t.Fatalf("error %v", err)
			}
			f := b.flow(t, config())
			report, err := f.Run(t.Context(), rowsOf(jobs))
			if err != nil {
				t.Fatal(err)
			}
			if report.Batches != 2 || report.Counts != (queue.BatchCounts{Answered: n}) {
				t.Errorf("report: %+v", report)
			}
			b.work(t, b.config(t, b.connect(t)))
			if results, dead := b.ends(t, b.send(t, f, jobs)); len(results) != n || len(dead) != 0 {
				t.Errorf("%d results, %d dead letters", len(results), len(dead))
			}
			if l := b.llm.Ledger(); l.Batches != 2 || l.Billed != 0 || l.BatchBilled != n {
				t.Errorf("%d batches, %d calls and %d lines billed", l.Batches, l.Billed, l.BatchBilled)
			}
			b.paidOnce(t)
			sum := queue.Amount(0)
			for _, s := range b.recorded(t, n) {
				sum += s.Cost
			}
			if sum != report.Cost || b.booked(t) != sum {
				t.Errorf("cost: on record %s, of the batches %s, booked %s", sum, report.Cost, b.booked(t))
			}
		})
	}
}

// booked is what the run's budget says was spent.
func (b *bench) booked(t *testing.T) queue.Amount {
	t.Helper()
	sums, err := b.conn.BudgetSums(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range sums {
		if s.Scope == queue.ScopeRun && s.Name == run {
			return s.Spent + s.Reserved
		}
	}
	return 0
}

// Ctrl-C leaves a batch at work, and cancel ends it: rows without an answer are held.
func TestInterruptedAndCancelled(t *testing.T) {
	t.Parallel()
	b := setup(t, llmtest.Script{Batch: llmtest.BatchScript{Faults: []llmtest.BatchFault{{Stays: true}}}})
	jobs := stories(10)
	cfg := b.batches(t)
	ctx, cancel := context.WithCancel(t.Context())
	cfg.OnChange = func(r queue.BatchRecord) {
		if r.Stage == queue.BatchMade {
			cancel()
		}
	}
	if _, err := b.flow(t, cfg).Run(ctx, rowsOf(jobs)); !errors.Is(err, context.Canceled) {
		t.Fatalf("error %v", err)
	}
	again := b.batches(t)
	if n, err := batch.Cancel(t.Context(), b.conn, again.Worker.LLM, run); n != 1 || err != nil {
		t.Fatalf("cancelled %d, %v", n, err)
	}
	f := b.flow(t, again)
	report, err := f.Run(t.Context(), rowsOf(jobs))
	if err != nil || report.Counts != (queue.BatchCounts{Missing: 10, Held: 10}) || report.Ended["cancelled"] != 1 {
		t.Fatalf("%+v, %v", report, err)
	}
	if sent := b.send(t, f, jobs); len(sent) != 0 {
		t.Errorf("%d jobs are queued", len(sent))
	}
	if l := b.llm.Ledger(); l.Batches != 1 || l.BatchBilled != 0 {
		t.Errorf("%d batches, %d lines billed", l.Batches, l.BatchBilled)
	}
}

// Workers that would ask other questions are found before anything is paid for, and
// where they come later they do not pay again.
func TestOtherSetup(t *testing.T) {
	t.Parallel()
	b := setup(t, llmtest.Script{})
	other := b.config(t, b.connect(t))
	other.Temperature, other.Name, other.Attempts = 0.5, "stranger", 1
	b.work(t, other)
	jobs := stories(3)
	for {
		// Until it is seen in the fleet.
		members, err := b.conn.Members(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if len(members) > 0 {
			break
		}
	}
	cfg := b.batches(t)
	_, err := b.flow(t, cfg).Run(t.Context(), rowsOf(jobs))
	if refused, is := errors.AsType[*batch.OtherSetupError](err); !is || len(refused.Workers) != 1 || refused.Workers[0] != "stranger" {
		t.Fatalf("error %v", err)
	}
	cfg = b.batches(t)
	cfg.AnyWorker = true
	f := b.flow(t, cfg)
	if _, err := f.Run(t.Context(), rowsOf(jobs)); err != nil {
		t.Fatal(err)
	}
	results, dead := b.ends(t, b.send(t, f, jobs))
	if len(results) != 0 || len(dead) != 3 || dead[0].Cause != queue.CauseAttemptsExhausted {
		t.Fatalf("%d results, dead %+v", len(results), dead)
	}
	if l := b.llm.Ledger(); l.Billed != 0 || l.BatchBilled != 3 {
		t.Errorf("billed %d calls and %d lines", l.Billed, l.BatchBilled)
	}
}

// An input that was changed between question and answer is found by the ids.
func TestChanged(t *testing.T) {
	t.Parallel()
	b := setup(t, llmtest.Script{})
	jobs := stories(5)
	cfg := b.batches(t)
	cfg.StopAt(func(point string) error {
		if point == "stored" {
			return errKilled
		}
		return nil
	})
	if _, err := b.flow(t, cfg).Run(t.Context(), rowsOf(jobs)); !errors.Is(err, errKilled) {
		t.Fatalf("error %v", err)
	}
	jobs[2].Article.Text += "\nوأضاف أن العمل سيتوقف في أيام العطل."
	_, err := b.flow(t, b.batches(t)).Run(t.Context(), rowsOf(jobs))
	if changed, is := errors.AsType[*batch.ChangedError](err); !is || changed.Row != 3 {
		t.Fatalf("error %v", err)
	}
}

// A budget that has no room for a batch's worst case refuses it.
func TestBudget(t *testing.T) {
	t.Parallel()
	b := setup(t, llmtest.Script{})
	jobs := stories(10)
	cfg := b.batches(t)
	cfg.Worker.Budgets = worker.Budgets{Run: 0.001}
	_, err := b.flow(t, cfg).Run(t.Context(), rowsOf(jobs))
	if over, is := errors.AsType[*queue.OverBudgetError](err); !is || over.Scope != queue.ScopeRun {
		t.Fatalf("error %v", err)
	}
	if l := b.llm.Ledger(); l.Batches != 0 || b.booked(t) != 0 {
		t.Errorf("%d batches, %s booked", l.Batches, b.booked(t))
	}
	cfg = b.batches(t)
	cfg.Worker.Budgets = worker.Budgets{Run: 10}
	report, err := b.flow(t, cfg).Run(t.Context(), rowsOf(jobs))
	if err != nil || b.booked(t) != report.Cost || report.Cost == 0 {
		t.Errorf("%+v, %v; booked %s", report, err, b.booked(t))
	}
}

// What needs no call of a batch has none: skipped articles, long ones, answers that
// are there, equal articles, jobs that the worker refuses.
func TestAside(t *testing.T) {
	t.Parallel()
	b := setup(t, llmtest.Script{})
	jobs := stories(8)
	jobs[1].Article.Text, jobs[1].Article.Title = "قصير", ""
	jobs[2].Article = jobs[0].Article
	jobs[3].Options.Model = "another"
	jobs[4].Options.MaxCost = 1e-9
	b.work(t, b.config(t, b.connect(t)))
	first, err := queue.NewProducer(b.conn).Submit(t.Context(), queue.Job{ID: "before", Article: jobs[5].Article}, queue.Route{})
	if err != nil {
		t.Fatal(err)
	}
	b.ends(t, []queue.Submitted{first})
	f := b.flow(t, b.batches(t))
	report, err := f.Run(t.Context(), rowsOf(jobs))
	if err != nil || report.Counts != (queue.BatchCounts{Answered: 3, Aside: 3, Known: 2}) {
		t.Fatalf("%+v, %v", report.Counts, err)
	}
	results, dead := b.ends(t, b.send(t, f, jobs))
	if len(results) != 6 || len(dead) != 2 {
		t.Errorf("%d results, dead %+v", len(results), dead)
	}
	for _, r := range results {
		reused := r.JobID == "story-2" || r.JobID == "story-5"
		if r.Status != queue.StatusSkipped && r.Receipt.Cached != reused {
			t.Errorf("%s (%s): cached %t", r.JobID, r.Status, r.Receipt.Cached)
		}
	}
	if l := b.llm.Ledger(); l.Billed != 1 || l.BatchBilled != 3 {
		t.Errorf("billed %d calls and %d lines", l.Billed, l.BatchBilled)
	}
	b.paidOnce(t)
}
