package worker_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/mujaz/mujaz/internal/llm"
	"github.com/mujaz/mujaz/internal/llmtest"
	"github.com/mujaz/mujaz/queue"
	"github.com/mujaz/mujaz/worker"
)

// other is an endpoint beside the first.
func (b *bench) other(t *testing.T, script llmtest.Script, spec worker.Endpoint) *llmtest.Server {
	t.Helper()
	server := llmtest.Start(t, script)
	spec.Model = "other"
	client, err := llm.New(llm.Config{BaseURL: server.URL(), Model: spec.Model, Label: spec.Model, Timeout: 20 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	spec.LLM = client
	b.cfg.Others = append(b.cfg.Others, spec)
	return server
}

func failing(step llmtest.Step) llmtest.Script {
	return llmtest.Script{Steps: []llmtest.Step{step}, RepeatLast: true}
}

// A job goes to the endpoint that stands in for what is the matter with the
// first one, and its receipt says so.
func TestSpareStandsIn(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		first llmtest.Step
		when  worker.Condition
	}{
		"down":      {llmtest.Step{Status: 503, Body: "{}", Header: map[string]string{"Retry-After": "600"}}, worker.WhenDown},
		"wrong key": {llmtest.Step{Status: 401, Body: "{}"}, worker.WhenDown},
		"throttled": {llmtest.Step{Status: 429, Body: "{}", Header: map[string]string{"Retry-After": "600"}}, worker.WhenThrottled},
		"no quota":  {llmtest.Step{Status: 402, Body: "{}", Header: map[string]string{"Retry-After": "600"}}, worker.WhenThrottled},
		"refused": {
			llmtest.Step{Status: 400, Body: `{"error":{"message":"filtered","code":"content_filter"}}`}, worker.WhenRefused,
		},
		"too long": {
			llmtest.Step{Status: 400, Body: `{"error":{"message":"This model's maximum context length is 4096 tokens.","code":"context_length_exceeded"}}`},
			worker.WhenTooLong,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t, failing(c.first))
			spare := b.other(t, answerWith(written), worker.Endpoint{
				When: []worker.Condition{c.when}, Price: &worker.Price{Input: 1, Output: 1, Currency: "EUR"},
			})
			b.cfg.Price = &worker.Price{Input: 1000, Output: 1000, Currency: "EUR"}
			b.run(t)
			r := b.result(t, b.submit(t, queue.Job{ID: "market", Article: story(0)}))
			if r.Status != queue.StatusOK || r.Receipt.Endpoint != "other" || r.Receipt.Attempts != 1 {
				t.Errorf("status %s by %s after %d attempts", r.Status, r.Receipt.Endpoint, r.Receipt.Attempts)
			}
			// The refusal of an answer is paid for, in part; no status is.
			if spare := float64(r.Usage.TokensIn+r.Usage.TokensOut) / 1e6; r.Usage.Cost != spare {
				t.Errorf("the cost is %g, want %g at the spare's price", r.Usage.Cost, spare)
			}
			if got := spare.Ledger().Calls; got != 1 {
				t.Errorf("the spare was called %d times", got)
			}
			b.idle(t)
		})
	}
}

// A spare is not asked for troubles that it is not there for.
func TestSpareForOtherTroubles(t *testing.T) {
	t.Parallel()
	b := setup(t, llmtest.Script{Steps: []llmtest.Step{{Status: 503, Body: "{}"}}, Answer: answerWith(written).Answer})
	spare := b.other(t, answerWith(written), worker.Endpoint{When: []worker.Condition{worker.WhenRefused, worker.WhenTooLong}})
	b.run(t)
	if r := b.result(t, b.submit(t, queue.Job{ID: "market", Article: story(0)})); r.Receipt.Endpoint == "other" {
		t.Error("the spare was asked while the first was down")
	}
	if got := spare.Ledger().Calls; got != 0 {
		t.Errorf("the spare was called %d times", got)
	}
}

// Equal endpoints share the jobs, and the others go on when one is down.
func TestEqualEndpoints(t *testing.T) {
	t.Parallel()
	b := setup(t, answerWith(written))
	second := b.other(t, answerWith(written), worker.Endpoint{})
	down := b.other(t, failing(llmtest.Step{Status: 503, Body: "{}", Header: map[string]string{"Retry-After": "600"}}), worker.Endpoint{})
	hold, holdSecond := b.llm.Hold(), second.Hold()
	b.run(t)
	var submitted []queue.Submitted
	for i := range 8 {
		submitted = append(submitted, b.submit(t, queue.Job{ID: fmt.Sprint("job-", i), Article: story(i)}))
	}
	<-hold.Arrived()
	<-holdSecond.Arrived()
	hold.Open()
	holdSecond.Open()
	for _, s := range submitted {
		if r := b.result(t, s); r.Receipt.Attempts != 1 {
			t.Errorf("job %s took %d attempts", s.ID, r.Receipt.Attempts)
		}
	}
	if a, c := b.llm.Ledger().Calls, second.Ledger().Calls; a+c != 8 || a == 0 || c == 0 {
		t.Errorf("%d and %d calls for 8 jobs", a, c)
	}
	// Those that were under way when it said so, and no more.
	if got := down.Ledger().Calls; got > b.cfg.Slots {
		t.Errorf("the endpoint that is down was called %d times", got)
	}
}

// An answer that the spare was paid for is found after a crash, though the first
// endpoint is there again.
func TestSparePaidBefore(t *testing.T) {
	t.Parallel()
	b := setup(t, llmtest.Script{
		Steps:  []llmtest.Step{{Status: 503, Body: "{}", Header: map[string]string{"Retry-After": "600"}}},
		Answer: answerWith(written).Answer,
	})
	spare := b.other(t, answerWith(written), worker.Endpoint{When: []worker.Condition{worker.WhenDown}})
	crash := make(chan struct{})
	b.cfg.OnStage = func(s worker.Stage, d *queue.Delivery) {
		if s == worker.StagePublish && d.Delivered == 1 {
			d.Abandon() // as if the worker had died here
			close(crash)
		}
	}
	_, stop := b.run(t)
	s := b.submit(t, queue.Job{ID: "market", Article: story(0)})
	<-crash
	stop()
	b.cfg.OnStage, b.cfg.Name = nil, "next"
	b.cfg.Metrics = nil
	b.run(t)
	if r := b.result(t, s); r.Receipt.Endpoint != "other" {
		t.Errorf("answered by %s", r.Receipt.Endpoint)
	}
	if first, second := b.llm.Ledger().Billed, spare.Ledger().Billed; first != 0 || second != 1 {
		t.Errorf("%d and %d calls paid, want none and one", first, second)
	}
}
