package queue

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/nats-io/nats.go/jetstream"
)

// BudgetSums lists the budgets of days and runs that are stored, newest day first.
func (c *Conn) BudgetSums(ctx context.Context) ([]Sums, error) {
	kv, err := c.js.KeyValue(ctx, c.topo.FleetBucket())
	if err != nil {
		return nil, fmt.Errorf("look up the budgets: %w", bucketError(err))
	}
	watch, err := kv.Watch(ctx, "budget.>", jetstream.IgnoreDeletes())
	if err != nil {
		return nil, fmt.Errorf("look up the budgets: %w", explainAPI(err))
	}
	defer watch.Stop() //nolint:errcheck // it has served its purpose
	var sums []Sums
	for {
		select {
		case stored := <-watch.Updates():
			if stored == nil { // that is all there is
				sortSums(sums)
				return sums, nil
			}
			var entry accountEntry
			name := strings.SplitN(stored.Key(), ".", 4)
			if len(name) != 4 || json.Unmarshal(stored.Value(), &entry) != nil {
				continue
			}
			s := Sums{Budget: Budget{Scope: BudgetScope(name[2]), Name: name[3], Cap: entry.Cap}, Currency: name[1]}
			s.Spent, s.Reserved = entry.sums("", time.Now())
			sums = append(sums, s)
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// sortSums puts days before runs, and the newest day first.
func sortSums(sums []Sums) {
	slices.SortFunc(sums, func(a, b Sums) int {
		if a.Scope == ScopeDay && b.Scope == ScopeDay {
			a, b = b, a
		}
		return cmp.Or(cmp.Compare(a.Scope, b.Scope), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Currency, b.Currency))
	})
}
