package queue_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/mujaz/mujaz/queue"
	"github.com/mujaz/mujaz/queue/queuetest"
)

const cent = queue.Amount(10_000_000)

func TestAmount(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		units float64
		want  queue.Amount
		text  string
	}{
		{0, 0, "0.00"},
		{10, 1000 * cent, "10.00"},
		{0.0000000001, 1, "0.000000001"},
		{0.015, 15_000_000, "0.015"},
		{math.NaN(), queue.AmountOf(math.Inf(1)), ""},
		{-1, queue.AmountOf(math.Inf(1)), ""},
		{1e300, queue.AmountOf(math.Inf(1)), ""},
	} {
		got := queue.AmountOf(tc.units)
		if got != tc.want || tc.text != "" && got.String() != tc.text {
			t.Errorf("AmountOf(%g) is %d (%s), want %d (%s)", tc.units, got, got, tc.want, tc.text)
		}
	}
}

// budgets opens those of one more worker, on a connection of its own. They are
// closed with the test.
func budgets(t *testing.T, server *queuetest.Server) *queue.Budgets {
	t.Helper()
	b, err := server.Dial(t, queue.ConnConfig{}).OpenBudgets("USD")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), 10*time.Second)
		defer cancel()
		if err := b.Close(ctx); err != nil {
			t.Error(err)
		}
	})
	return b
}

// TestBudgetNeverPassed has 64 callers of four workers spend against one cap,
// while a fifth worker dies with reservations open. What the endpoint has
// charged, and what it could charge for calls under way, is counted outside.
func TestBudgetNeverPassed(t *testing.T) {
	t.Parallel()
	const workers, callers, limit = 4, 16, 50 * cent
	server := queuetest.Start(t)
	server.Connect(t)
	day := queue.Budget{Scope: queue.ScopeDay, Name: "2026-11-24", Cap: limit}
	var possible, charged atomic.Int64 // charged, and what calls under way could still cost
	check := func() {
		if sum := queue.Amount(possible.Load()); sum > limit {
			t.Errorf("%s of %s could be spent", sum, limit)
		}
	}

	// One that dies: it holds two reservations, and never comes back.
	dead := budgets(t, server)
	for range 2 {
		r, err := dead.Reserve(t.Context(), cent, 0, day)
		if err != nil {
			t.Fatal(err)
		}
		possible.Add(int64(r.Amount()))
	}

	var refused atomic.Int64
	var group sync.WaitGroup
	for w := range workers {
		b := budgets(t, server)
		for c := range callers {
			group.Go(func() {
				random := rand.New(rand.NewPCG(uint64(w), uint64(c)))
				for {
					want := cent/10 + queue.Amount(random.Int64N(int64(cent)))
					r, err := b.Reserve(t.Context(), want, time.Minute, day)
					if over, ok := errors.AsType[*queue.OverBudgetError](err); ok {
						if over.Spent+over.Want <= limit {
							t.Errorf("refused with %s spent and %s wanted of %s", over.Spent, over.Want, limit)
						}
						refused.Add(1)
						return
					}
					if err != nil {
						t.Error(err)
						return
					}
					possible.Add(int64(want))
					check()
					cost := queue.Amount(random.Int64N(int64(want) + 1))
					possible.Add(int64(cost - want))
					charged.Add(int64(cost))
					r.Settle(cost)
				}
			})
		}
	}
	group.Wait()
	check()
	if refused.Load() != workers*callers {
		t.Errorf("%d callers were refused, want all %d", refused.Load(), workers*callers)
	}
	// What is left is less than the largest call could cost.
	if left := limit - 2*cent - queue.Amount(charged.Load()); left < 0 || left > cent+cent/10 {
		t.Errorf("%s of %s are left unused", left, limit)
	}
	conn := server.Dial(t, queue.ConnConfig{})
	want := []queue.Sums{{Budget: day, Currency: "USD", Spent: queue.Amount(charged.Load()) + 2*cent}}
	queuetest.Eventually(t, "the sums are what was charged", func() bool {
		got, err := conn.BudgetSums(t.Context())
		return err == nil && cmp.Equal(want, got)
	})
}

// TestBudgetWaits: a call that others' reservations leave no room for waits for
// what comes back of them; it is not refused.
func TestBudgetWaits(t *testing.T) {
	t.Parallel()
	server := queuetest.Start(t)
	server.Connect(t)
	day := queue.Budget{Scope: queue.ScopeDay, Name: "2026-11-24", Cap: 10 * cent}
	first, second := budgets(t, server), budgets(t, server)
	held, err := first.Reserve(t.Context(), 9*cent, time.Minute, day)
	if err != nil {
		t.Fatal(err)
	}
	granted := make(chan error, 1)
	go func() {
		r, err := second.Reserve(t.Context(), 5*cent, time.Minute, day)
		if err == nil {
			r.Settle(5 * cent)
		}
		granted <- err
	}()
	impatient, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := second.Reserve(impatient, 5*cent, time.Minute, day); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a reservation without room: %v, want it to wait", err)
	}
	held.Settle(cent)
	if err := <-granted; err != nil {
		t.Errorf("a reservation that room was made for: %v", err)
	}
	over, ok := errors.AsType[*queue.OverBudgetError](second.Flushed(t, 5*cent, day))
	if !ok || over.Spent != 6*cent || over.Never() {
		t.Errorf("beyond the cap: %v, want 0.06 spent", over)
	}
	if _, err := first.Reserve(t.Context(), 11*cent, time.Minute, day); !errors.As(err, &over) || !over.Never() {
		t.Errorf("more than the whole cap: %v, want never", err)
	}
}

// TestBudgetsAllOrNone: what one budget refuses is not left reserved in another.
func TestBudgetsAllOrNone(t *testing.T) {
	t.Parallel()
	server := queuetest.Start(t)
	conn := server.Connect(t)
	b := budgets(t, server)
	day := queue.Budget{Scope: queue.ScopeDay, Name: "2026-11-24", Cap: 10 * cent}
	run := queue.Budget{Scope: queue.ScopeRun, Name: "archive", Cap: 2 * cent}
	job := queue.Budget{Scope: queue.ScopeJob, Name: "MUJAZ_JOBS-1", Cap: cent}
	r, err := b.Reserve(t.Context(), cent, time.Minute, job, run, day)
	if err != nil {
		t.Fatal(err)
	}
	r.Settle(cent / 2)
	for _, tc := range []struct {
		name    string
		budgets []queue.Budget
		want    queue.Amount
		scope   queue.BudgetScope
	}{
		{"the job's cap", []queue.Budget{day, run, job}, cent, queue.ScopeJob},
		{"the run's cap", []queue.Budget{day, run}, 2 * cent, queue.ScopeRun},
		{"the day's cap", []queue.Budget{day}, 10 * cent, queue.ScopeDay},
	} {
		_, err := b.Reserve(t.Context(), tc.want, time.Minute, tc.budgets...)
		if over, ok := errors.AsType[*queue.OverBudgetError](err); !ok || over.Scope != tc.scope {
			t.Errorf("%s: %v", tc.name, err)
		}
	}
	// A redelivery to another worker goes on with what was spent before.
	if err := b.Forget(t.Context(), job.Name, false); err != nil {
		t.Fatal(err)
	}
	other := budgets(t, server)
	if _, err := other.Reserve(t.Context(), cent, time.Minute, job); err == nil {
		t.Error("another delivery begins with an untouched budget")
	}
	if _, err := b.Reserve(t.Context(), cent, time.Minute, job); err == nil {
		t.Error("after Forget the job's budget is untouched")
	}
	if err := b.Forget(t.Context(), job.Name, true); err != nil {
		t.Fatal(err)
	}
	if _, err := budgets(t, server).Reserve(t.Context(), cent, time.Minute, job); err != nil {
		t.Errorf("the budget of a job that has ended is still there: %v", err)
	}
	want := []queue.Sums{{Budget: day, Currency: "USD", Spent: cent / 2}, {Budget: run, Currency: "USD", Spent: cent / 2}}
	queuetest.Eventually(t, "nothing is left reserved", func() bool {
		got, err := conn.BudgetSums(t.Context())
		return err == nil && cmp.Equal(want, got)
	})
}

// TestBudgetOutlivesServer: a restart of the server in the middle of it neither
// loses nor doubles what was spent.
func TestBudgetOutlivesServer(t *testing.T) {
	t.Parallel()
	server := queuetest.Start(t)
	server.Connect(t)
	day := queue.Budget{Scope: queue.ScopeDay, Name: "2026-11-24", Cap: 100 * cent}
	b := budgets(t, server)
	var resuming sync.WaitGroup
	defer resuming.Wait()
	for i := range 20 {
		if i == 10 {
			server.Stop(t)
			resuming.Go(func() { server.Resume(t) })
		}
		r, err := b.Reserve(t.Context(), 2*cent, time.Minute, day)
		if err != nil {
			t.Fatal(err)
		}
		r.Settle(cent)
	}
	if got := b.Flushed(t, 81*cent, day); got == nil {
		t.Error("81 of 100 cents are free, with 20 spent")
	}
	if err := b.Flushed(t, 80*cent, day); err != nil {
		t.Errorf("80 of 100 cents are not free, with 20 spent: %v", err)
	}
}

// TestBudgetBegunAnew: where an operator drops an entry, all begin anew, and
// what comes back of earlier reservations is not booked to the new one.
func TestBudgetBegunAnew(t *testing.T) {
	t.Parallel()
	server := queuetest.Start(t)
	conn := server.Connect(t)
	run := queue.Budget{Scope: queue.ScopeRun, Name: "archive", Cap: 10 * cent}
	b := budgets(t, server)
	before, err := b.Reserve(t.Context(), 8*cent, time.Minute, run)
	if err != nil {
		t.Fatal(err)
	}
	if err := conn.DropBudget(t.Context(), "USD", run); err != nil {
		t.Fatal(err)
	}
	after, err := b.Reserve(t.Context(), 9*cent, time.Minute, run)
	if err != nil {
		t.Fatalf("after the entry was dropped: %v", err)
	}
	before.Settle(7 * cent)
	after.Settle(3 * cent)
	queuetest.Eventually(t, "the new entry has what was spent since", func() bool {
		got, err := conn.BudgetSums(t.Context())
		return err == nil && cmp.Equal([]queue.Sums{{Budget: run, Currency: "USD", Spent: 3 * cent}}, got)
	})
}

// TestBudgetLostByServer: an entry that a server lost is stored again with what
// this worker knows; nothing that was spent is forgotten.
func TestBudgetLostByServer(t *testing.T) {
	t.Parallel()
	server := queuetest.Start(t)
	conn := server.Connect(t)
	day := queue.Budget{Scope: queue.ScopeDay, Name: "2026-11-24", Cap: 10 * cent}
	b := budgets(t, server)
	r, err := b.Reserve(t.Context(), 8*cent, time.Minute, day)
	if err != nil {
		t.Fatal(err)
	}
	if err := conn.LoseBudget(t.Context(), "USD", day); err != nil {
		t.Fatal(err)
	}
	r.Settle(8 * cent)
	// The first one finds out about the loss.
	if err := b.Flushed(t, cent, day); err != nil {
		t.Errorf("1 of 10 cents is not free, with 8 spent: %v", err)
	}
	if err := b.Flushed(t, 3*cent, day); err == nil {
		t.Error("3 of 10 cents are free, with 8 spent")
	}
	if err := b.Flushed(t, 2*cent, day); err != nil {
		t.Errorf("2 of 10 cents are not free, with 8 spent: %v", err)
	}
}

// BenchmarkReserve is the overhead of a call with a cap a day: reserved and
// settled, by callers of one worker, and of several that write the same entry.
func BenchmarkReserve(b *testing.B) {
	for _, tc := range []struct{ workers, callers int }{{1, 1}, {1, 64}, {4, 16}} {
		b.Run(fmt.Sprintf("workers=%d/inflight=%d", tc.workers, tc.workers*tc.callers), func(b *testing.B) {
			server := queuetest.Start(b)
			server.Connect(b)
			day := queue.Budget{Scope: queue.ScopeDay, Name: "2026-11-24", Cap: 1 << 52}
			var workers []*queue.Budgets
			for range tc.workers {
				w, err := server.Dial(b, queue.ConnConfig{}).OpenBudgets("USD")
				if err != nil {
					b.Fatal(err)
				}
				workers = append(workers, w)
			}
			b.ReportAllocs()
			b.ResetTimer()
			var left atomic.Int64
			left.Store(int64(b.N))
			var group sync.WaitGroup
			for _, w := range workers {
				for range tc.callers {
					group.Go(func() {
						for left.Add(-1) >= 0 {
							r, err := w.Reserve(b.Context(), cent, time.Minute, day)
							if err != nil {
								b.Error(err)
								return
							}
							r.Settle(cent / 2)
						}
					})
				}
			}
			group.Wait()
			b.StopTimer()
			for _, w := range workers {
				if err := w.Close(b.Context()); err != nil {
					b.Error(err)
				}
			}
		})
	}
}
