package batch_test

import (
	"testing"

	"github.com/mujaz/mujaz/internal/llmtest"
	"github.com/mujaz/mujaz/queue"
)

// 200 articles in three batches: each has its result, paid for once, at half the price.
func TestRun(t *testing.T) {
	t.Parallel()
	b := setup(t, llmtest.Script{Batch: llmtest.BatchScript{Polls: 2, MaxRows: 80}})
	cfg := b.batches(t)
	cfg.MaxRows = 80
	jobs := stories(200)
	f := b.flow(t, cfg)
	report, err := f.Run(t.Context(), rowsOf(jobs))
	if err != nil {
		t.Fatal(err)
	}
	if report.Batches != 3 || report.Lines != 200 || report.Counts != (queue.BatchCounts{Answered: 200}) || report.Ended["completed"] != 3 {
		t.Errorf("report: %+v", report)
	}
	b.work(t, b.config(t, b.connect(t)))
	results, dead := b.ends(t, b.send(t, f, jobs))
	if len(results) != 200 || len(dead) != 0 {
		t.Fatalf("%d results, %d dead letters", len(results), len(dead))
	}
	var cost float64
	for _, r := range results {
		full := (float64(r.Usage.TokensIn) + 4*float64(r.Usage.TokensOut)) / 1e6
		if r.Usage.Calls != 1 || r.Receipt.Cached || !r.Usage.CostKnown || r.Usage.Cost < full/2 || r.Usage.Cost > full/2+1e-8 {
			t.Fatalf("usage %+v, cached %t, want one call at %g", r.Usage, r.Receipt.Cached, full/2)
		}
		cost += r.Usage.Cost
	}
	sum := queue.Amount(0)
	for _, s := range b.spent(t) {
		sum += s.Cost
	}
	if diff := report.Cost.Units() - cost; sum != report.Cost || diff > 1e-9 || diff < -1e-9 {
		t.Errorf("cost: record %s, batches %s, results %g", sum, report.Cost, cost)
	}
	if l := b.llm.Ledger(); l.Billed != 0 || l.BatchBilled != 200 || l.Batches != 3 {
		t.Errorf("billed %d calls and %d lines of %d batches", l.Billed, l.BatchBilled, l.Batches)
	}
	b.paidOnce(t)
	if n := b.llm.Files(); n != 0 {
		t.Errorf("%d files are left at the provider", n)
	}
}
