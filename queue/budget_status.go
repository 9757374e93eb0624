package queue

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/nats-io/nats.go/jetstream"
)

// BudgetSums lists the budgets of days and runs that are stored, newest day first.
func (c *Conn) BudgetSums(ctx context.Context) ([]Sums, error) {
	var sums []Sums
	err := c.fleetEntries(ctx, "budgets", "budget.>", func(stored jetstream.KeyValueEntry) {
		var entry accountEntry
		name := strings.SplitN(stored.Key(), ".", 4)
		if len(name) != 4 || json.Unmarshal(stored.Value(), &entry) != nil {
			return
		}
		s := Sums{Budget: Budget{Scope: BudgetScope(name[2]), Name: name[3], Cap: entry.Cap}, Currency: name[1]}
		s.Spent, s.Reserved = entry.sums("", time.Now())
		sums = append(sums, s)
	})
	if err != nil {
		return nil, err
	}
	sortSums(sums)
	return sums, nil
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
