package batch_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mujaz/mujaz/internal/batch"
	"github.com/mujaz/mujaz/internal/llm"
	"github.com/mujaz/mujaz/internal/llmtest"
	"github.com/mujaz/mujaz/queue"
)

// Whatever goes wrong with a batch of 20: each job has one outcome, and no question
// is paid for twice.
func TestFaults(t *testing.T) {
	t.Parallel()
	const n = 20
	for _, tc := range []struct {
		name  string
		fault llmtest.BatchFault
		rest  batch.Rest
		want  queue.BatchCounts
		// Batches that are made, calls by workers, and jobs that are not queued.
		batches, calls, held int
		// lost answers were paid for and are asked for again.
		lost int
	}{
		{name: "none", want: queue.BatchCounts{Answered: 20}, batches: 1},
		{
			name: "expired, the rest by calls", fault: llmtest.BatchFault{State: "expired", Done: 7},
			want: queue.BatchCounts{Answered: 7, Expired: 13}, batches: 1, calls: 13,
		},
		{
			name: "expired, the rest in another batch", fault: llmtest.BatchFault{State: "expired", Done: 7}, rest: batch.RestBatch,
			want: queue.BatchCounts{Answered: 20, Known: 7}, batches: 2,
		},
		{
			name: "expired, the rest held", fault: llmtest.BatchFault{State: "expired", Done: 7}, rest: batch.RestHold,
			want: queue.BatchCounts{Answered: 7, Expired: 13, Held: 13}, batches: 1, held: 13,
		},
		{
			name: "expired untouched", fault: llmtest.BatchFault{State: "expired"},
			want: queue.BatchCounts{Expired: 20}, batches: 1, calls: 20,
		},
		{
			name: "cancelled at the provider", fault: llmtest.BatchFault{State: "cancelled", Done: 5},
			want: queue.BatchCounts{Answered: 5, Missing: 15}, batches: 1, calls: 15,
		},
		{
			name: "lines refused", fault: llmtest.BatchFault{Refused: []int{2, 3, 20}},
			want: queue.BatchCounts{Answered: 17, Refused: 3}, batches: 1, calls: 3,
		},
		{
			name: "lines refused, the rest in another batch", fault: llmtest.BatchFault{Refused: []int{2, 3, 20}}, rest: batch.RestBatch,
			want: queue.BatchCounts{Answered: 20, Known: 17}, batches: 2,
		},
		{
			name: "lines missing", fault: llmtest.BatchFault{Missing: []int{1, 9}},
			want: queue.BatchCounts{Answered: 18, Missing: 2}, batches: 1, calls: 2,
		},
		{
			name: "lines twice", fault: llmtest.BatchFault{Twice: []int{1, 4, 4}},
			want: queue.BatchCounts{Answered: 20, Twice: 3}, batches: 1,
		},
		{
			name: "unknown ids", fault: llmtest.BatchFault{Unknown: 3},
			want: queue.BatchCounts{Answered: 20, Unknown: 3}, batches: 1,
		},
		{
			name: "output cut off", fault: llmtest.BatchFault{Cut: 60},
			want: queue.BatchCounts{Answered: 19, Broken: 1, Missing: 1}, batches: 1, calls: 1, lost: 1,
		},
		{
			name: "too many tokens waiting, said at once", fault: llmtest.BatchFault{Throttled: 3},
			want: queue.BatchCounts{Answered: 20}, batches: 1,
		},
		{
			name: "too many tokens waiting, said later", fault: llmtest.BatchFault{State: "failed", Code: llm.CodeTokenLimit},
			want: queue.BatchCounts{Answered: 20}, batches: 2,
		},
		{name: "looks that fail", fault: llmtest.BatchFault{Broken: 4}, want: queue.BatchCounts{Answered: 20}, batches: 1},
		{name: "creation without an answer", fault: llmtest.BatchFault{Lost: true}, want: queue.BatchCounts{Answered: 20}, batches: 1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			b := setup(t, llmtest.Script{Batch: llmtest.BatchScript{Polls: 1, Faults: []llmtest.BatchFault{tc.fault}}})
			cfg := b.batches(t)
			cfg.Rest = tc.rest
			f := b.flow(t, cfg)
			jobs := stories(n)
			report, err := f.Run(t.Context(), rowsOf(jobs))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tc.want, report.Counts); diff != "" {
				t.Errorf("counts (-want +got):\n%s", diff)
			}
			b.work(t, b.config(t, b.connect(t)))
			results, dead := b.ends(t, b.send(t, f, jobs))
			if len(results) != n-tc.held || len(dead) != 0 {
				t.Errorf("%d results, %d dead letters", len(results), len(dead))
			}
			l := b.llm.Ledger()
			if l.Batches != tc.batches || l.Billed != tc.calls || l.BatchBilled != tc.want.Answered+tc.lost {
				t.Errorf("%d batches, %d calls and %d lines billed", l.Batches, l.Billed, l.BatchBilled)
			}
			b.recorded(t, n-tc.held)
			if tc.lost == 0 {
				b.paidOnce(t)
			}
		})
	}
}

// What a line says is judged as a call's answer is: a wrong one is paid for, and its
// job repairs it by a call.
func TestAnswers(t *testing.T) {
	t.Parallel()
	b := setup(t, llmtest.Script{Choose: func(r *llmtest.Request) (llmtest.Step, bool) {
		switch user := r.User(); {
		case r.Number != 0:
		case strings.Contains(user, "إصلاح 101 "):
			return llmtest.Step{Completion: llmtest.Completion{Content: `{"headline":7}`}}, true
		case strings.Contains(user, "إصلاح 102 "):
			return llmtest.Step{Completion: llmtest.Completion{Keep: 40, FinishReason: "length"}}, true
		case strings.Contains(user, "إصلاح 103 "):
			return llmtest.Step{Completion: llmtest.Completion{FinishReason: "content_filter"}}, true
		case strings.Contains(user, "إصلاح 104 "):
			return llmtest.Step{Status: http.StatusBadRequest, Body: `{"error":{"message":"The prompt was filtered","code":"content_filter"}}`}, true
		case strings.Contains(user, "إصلاح 105 "):
			return llmtest.Step{Completion: llmtest.Completion{NoUsage: true}}, true
		}
		return llmtest.Step{}, false
	}})
	f := b.flow(t, b.batches(t))
	jobs := stories(7)
	report, err := f.Run(t.Context(), rowsOf(jobs))
	if err != nil || report.Counts != (queue.BatchCounts{Answered: 7}) {
		t.Fatalf("%+v, %v", report.Counts, err)
	}
	b.work(t, b.config(t, b.connect(t)))
	results, dead := b.ends(t, b.send(t, f, jobs))
	if len(results) != 5 || len(dead) != 2 || dead[0].Cause != queue.CauseRefused || dead[1].Cause != queue.CauseRefused {
		t.Fatalf("%d results, dead %+v", len(results), dead)
	}
	for _, r := range results {
		want := 1
		switch r.JobID {
		case "story-1", "story-2":
			want = 2
		case "story-5":
			if !r.Usage.TokensEstimated {
				t.Errorf("%s: usage %+v is not estimated", r.JobID, r.Usage)
			}
		}
		if r.Usage.Calls != want || !r.Usage.CostKnown {
			t.Errorf("%s: usage %+v, want %d calls", r.JobID, r.Usage, want)
		}
	}
	if l := b.llm.Ledger(); l.Billed != 2 || l.BatchBilled != 6 {
		t.Errorf("billed %d calls and %d lines", l.Billed, l.BatchBilled)
	}
}

// A file that the provider refuses ends the flow with its problems, and nothing is
// queued or paid for; the same command tries again.
func TestRefusedFile(t *testing.T) {
	t.Parallel()
	b := setup(t, llmtest.Script{Batch: llmtest.BatchScript{Faults: []llmtest.BatchFault{{State: "failed", Code: "model_not_found", Line: 3}}}})
	jobs := stories(5)
	cfg := b.batches(t)
	cfg.Worker.Budgets.Run = 1
	f := b.flow(t, cfg)
	_, err := f.Run(t.Context(), rowsOf(jobs))
	if refused, is := errors.AsType[*batch.RefusedError](err); !is || refused.Number != 1 || refused.Problems[0] != (llm.BatchProblem{Code: "model_not_found", Line: 3}) {
		t.Fatalf("error %v", err)
	}
	if _, _, err := f.Prepare(t.Context(), batch.Row{Number: 1, Job: jobs[0]}); !errors.As(err, new(*batch.RefusedError)) {
		t.Errorf("prepare: %v", err)
	}
	report, err := b.flow(t, b.batches(t)).Run(t.Context(), rowsOf(jobs))
	if err != nil || report.Counts.Answered != 5 || report.Batches != 1 {
		t.Errorf("again: %+v, %v", report, err)
	}
}

func TestNoBatches(t *testing.T) {
	t.Parallel()
	b := setup(t, llmtest.Script{Batch: llmtest.BatchScript{None: true}})
	_, err := b.flow(t, b.batches(t)).Run(t.Context(), rowsOf(stories(3)))
	if llm.Classify(err) != llm.ClassMisconfigured {
		t.Errorf("error %v", err)
	}
}

func TestFileTooLarge(t *testing.T) {
	t.Parallel()
	b := setup(t, llmtest.Script{Batch: llmtest.BatchScript{MaxBytes: 60_000}})
	jobs := stories(20)
	_, err := b.flow(t, b.batches(t)).Run(t.Context(), rowsOf(jobs))
	if err == nil || !strings.Contains(err.Error(), "takes no file of") {
		t.Fatalf("error %v", err)
	}
	cfg := b.batches(t)
	cfg.MaxBytes = 60_000
	report, err := b.flow(t, cfg).Run(t.Context(), rowsOf(jobs))
	if err != nil || report.Counts.Answered != 20 || report.Batches < 2 {
		t.Errorf("with less: %+v, %v", report, err)
	}
	b.paidOnce(t)
}
