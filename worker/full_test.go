package worker_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/mujaz/mujaz/internal/llmtest"
	"github.com/mujaz/mujaz/queue"
	"github.com/mujaz/mujaz/queue/queuetest"
)

// TestResultsStreamFull: results that nobody reads fill their stream. Readiness
// says so, no more than a call more is made, and when there is room again all
// jobs end with the answers that were paid for.
func TestResultsStreamFull(t *testing.T) {
	t.Parallel()
	const jobs = 12
	b := setup(t, llmtest.Script{})
	nc, err := nats.Connect(b.nats.ClientURL())
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	js, err := jetstream.New(nc)
	if err != nil {
		t.Fatal(err)
	}
	results, err := js.Stream(t.Context(), "MUJAZ_RESULTS")
	if err != nil {
		t.Fatal(err)
	}
	limit := func(bytes int64) {
		t.Helper()
		cfg := results.CachedInfo().Config
		cfg.MaxBytes = bytes
		if _, err := js.UpdateStream(t.Context(), cfg); err != nil {
			t.Fatal(err)
		}
	}
	roomy := results.CachedInfo().Config.MaxBytes
	limit(4000) // for one or two
	b.cfg.Slots = 2
	w, _ := b.run(t)
	var submitted []queue.Submitted
	for i := range jobs {
		submitted = append(submitted, b.submit(t, queue.Job{ID: fmt.Sprint(i), Article: queue.Article{Text: fmt.Sprintf("The well of village %d was cleaned on Monday. It gives 40 litres a minute.", 100+i)}}))
	}
	queuetest.Eventually(t, "readiness says it", func() bool {
		s := w.Ready()
		return !s.Ready && strings.Contains(strings.Join(s.Reasons, "\n"), "the results stream is full")
	})
	limit(roomy)
	for _, s := range submitted {
		b.result(t, s)
	}
	queuetest.Eventually(t, "ready again", func() bool { return w.Ready().Ready })
	if calls := b.llm.Ledger(); calls.Billed != jobs {
		t.Errorf("%d calls were paid for %d jobs", calls.Billed, jobs)
	}
}
