package worker_test

import (
	"fmt"
	"testing"

	"github.com/mujaz/mujaz/internal/llmtest"
	"github.com/mujaz/mujaz/queue"
	"github.com/mujaz/mujaz/worker"
)

// A call for a live job that hangs is outrun by a second one, and both are in
// its account; an equal endpoint is asked where there is one.
func TestHedge(t *testing.T) {
	t.Parallel()
	for name, equal := range map[string]bool{"one endpoint": false, "an equal one": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			const usual = 30
			script := llmtest.Script{Answer: answerWith(written).Answer, ByNumber: map[int]llmtest.Step{usual + 1: {Stall: true}}}
			b := setup(t, script)
			b.cfg.Hedge = 0.9
			var second *llmtest.Server
			if equal {
				// Its weight keeps the usual calls away from it.
				second = b.other(t, answerWith(written), worker.Endpoint{Weight: 1e-9})
				b.cfg.Others[0].Model = llmtest.ModelName
			}
			b.run(t)
			for i := range usual {
				// Not live: a second call beside one of these would shift the count.
				s, err := queue.NewProducer(b.conn).Submit(
					t.Context(), queue.Job{ID: fmt.Sprint("usual-", i), Article: story(i)}, queue.Route{Source: "gazette", Lane: queue.LaneBackfill},
				)
				if err != nil {
					t.Fatal(err)
				}
				b.result(t, s)
			}
			r := b.result(t, b.submit(t, queue.Job{ID: "slow", Article: story(usual)}))
			if r.Status != queue.StatusOK || r.Usage.Calls != 2 || !r.Usage.TokensEstimated || r.Receipt.Attempts != 1 {
				t.Errorf("status %s after %d attempts, usage %+v; want two calls, one of them estimated", r.Status, r.Receipt.Attempts, r.Usage)
			}
			want := b.llm
			if equal {
				want = second
			}
			if got := want.Ledger().Billed; equal && got != 1 || !equal && got < usual+1 {
				t.Errorf("%d calls answered", got)
			}
		})
	}
}
