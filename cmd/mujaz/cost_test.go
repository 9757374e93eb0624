package main

import (
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/mujaz/mujaz/queue"
)

func TestCosts(t *testing.T) {
	t.Parallel()
	const cent = queue.Amount(10_000_000)
	at := time.Date(2026, 11, 24, 23, 30, 0, 0, time.FixedZone("", -3600)) // the 25th in UTC
	calls := []queue.Spend{
		{Time: at, Model: "a", Purpose: queue.PurposeWrite, Lane: queue.LaneLive, Source: "desk", Paid: true, CostKnown: true, Cost: 2 * cent, Currency: "EUR", In: 10, Cached: 4, Out: 3},
		{Time: at, Model: "a", Purpose: queue.PurposeRepair, Lane: queue.LaneBackfill, Source: "archive", Paid: true, CostKnown: true, Cost: cent, Currency: "EUR", In: 10, Out: 3, Estimated: true},
		{Time: at, Model: "a", Purpose: queue.PurposeWrite, Lane: queue.LaneLive, Source: "desk", Class: "throttled", CostKnown: true, Currency: "EUR"},
		{Time: at, Model: "b", Purpose: queue.PurposeJudge, Lane: queue.LaneLive, Source: "desk", Paid: true, In: 7, Out: 1},
	}
	for _, tc := range []struct {
		by   string
		want []*costLine
	}{
		{"day", []*costLine{
			{Group: "2026-11-25", Calls: 1, Unpriced: 1, In: 7, Out: 1},
			{Group: "2026-11-25", Calls: 3, Failed: 1, Estimated: 1, In: 20, Cached: 4, Out: 6, Cost: 0.03, Currency: "EUR"},
		}},
		{"model", []*costLine{
			{Group: "a", Calls: 3, Failed: 1, Estimated: 1, In: 20, Cached: 4, Out: 6, Cost: 0.03, Currency: "EUR"},
			{Group: "b", Calls: 1, Unpriced: 1, In: 7, Out: 1},
		}},
		{"run", []*costLine{{Group: "archive", Calls: 1, Estimated: 1, In: 10, Out: 3, Cost: 0.01, Currency: "EUR"}}},
		{"prompt", []*costLine{
			{Group: "(none)", Calls: 3, Failed: 1, Estimated: 1, In: 20, Cached: 4, Out: 6, Cost: 0.03, Currency: "EUR"},
			{Group: "(none)", Calls: 1, Unpriced: 1, In: 7, Out: 1},
		}},
	} {
		sums := costs{by: tc.by, lines: map[costKey]*costLine{}}
		for _, s := range calls {
			sums.add(s)
		}
		if diff := cmp.Diff(tc.want, sums.sorted(), cmpopts.IgnoreUnexported(costLine{})); diff != "" {
			t.Errorf("by %s (-want +got):\n%s", tc.by, diff)
		}
	}
}

// TestCostsAreBounded: producers that name ever new sources fill no memory.
func TestCostsAreBounded(t *testing.T) {
	t.Parallel()
	sums := costs{by: "source", lines: map[costKey]*costLine{}}
	const calls = maxCostGroups + 500
	for n := range calls {
		sums.add(queue.Spend{Source: strconv.Itoa(n), Cost: 1, Currency: "EUR"})
	}
	lines := sums.sorted()
	total := 0
	for _, l := range lines {
		total += l.Calls
	}
	if len(lines) != maxCostGroups+1 || lines[0].Group != restOfCosts || lines[0].Calls != 500 || total != calls {
		t.Errorf("%d groups of %d calls, the first is %+v", len(lines), total, lines[0])
	}
}
