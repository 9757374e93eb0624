package backfill_test

import (
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/mujaz/mujaz/internal/backfill"
	"github.com/mujaz/mujaz/internal/batch"
	"github.com/mujaz/mujaz/internal/llm"
	"github.com/mujaz/mujaz/internal/llmtest"
	"github.com/mujaz/mujaz/prompts"
	"github.com/mujaz/mujaz/queue"
	"github.com/mujaz/mujaz/worker"
)

func TestRunByBatches(t *testing.T) {
	t.Parallel()
	p := start(t)
	p.work(t)
	input := file(t, rows(50)...)
	client, err := llm.New(llm.Config{BaseURL: p.llm.URL(), Model: llmtest.ModelName})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	library, err := prompts.Load("")
	if err != nil {
		t.Fatal(err)
	}
	cfg := p.config(input)
	flow, err := batch.New(batch.Config{
		Worker: worker.Config{
			Queue: p.conn, LLM: client, Prompts: library, Model: llmtest.ModelName, Metrics: prometheus.NewRegistry(),
			Price: &worker.Price{Input: 1, Output: 2, Batch: 0.5, Currency: "EUR"},
		},
		Run: cfg.Run, MaxRows: 20, Dir: t.TempDir(), PollFirst: time.Millisecond, PollMost: 5 * time.Millisecond,
	})
	if err != nil {
		t.Fatal(err)
	}
	cfg.Batches = flow
	got, err := backfill.Run(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	if got.Counts.Sum() != 50 || got.Dead != 0 || got.Reused != 0 || got.Calls != 50 {
		t.Errorf("progress: %+v", got)
	}
	report := flow.Report()
	if report.Batches != 3 || report.Counts != (queue.BatchCounts{Answered: 50}) {
		t.Errorf("report: %+v", report)
	}
	if l := p.llm.Ledger(); l.Billed != 0 || l.BatchBilled != 50 {
		t.Errorf("billed %d calls and %d lines", l.Billed, l.BatchBilled)
	}
	if got.Cost > report.Cost.Units()+1e-9 || got.Cost < report.Cost.Units()-1e-9 {
		t.Errorf("results cost %g, batches %s", got.Cost, report.Cost)
	}
}
