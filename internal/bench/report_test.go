package bench_test

import (
	"testing"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/mujaz/mujaz/internal/bench"
)

// What --json prints must have a form in JSON.
func TestReportsAreJSON(t *testing.T) {
	t.Parallel()
	for _, report := range []any{bench.Report{Latency: bench.Nanos(time.Second)}, bench.LimitsReport{}, bench.Figure{}} {
		if _, err := json.Marshal(report); err != nil {
			t.Error(err)
		}
	}
}
