package page

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/mujaz/mujaz/queue"
)

// maxChoices bounds what a filter offers: nobody reads a longer list, and the
// names come from articles.
const maxChoices = 200

// sums are what stands above the cards.
type sums struct {
	Cards               int
	Tokens, Calls       int
	Unpriced            int // results whose calls have no known price
	FirstDone, LastDone time.Time

	statuses map[string]int
	checks   map[string]int
	sources  map[string]*choice
	models   map[string]int
	cost     map[string]float64
}

func newSums() *sums {
	return &sums{statuses: map[string]int{}, checks: map[string]int{}, sources: map[string]*choice{}, models: map[string]int{}, cost: map[string]float64{}}
}

// choice of a filter.
type choice struct {
	Name   string
	Value  string
	Count  int
	number int
}

// add counts a card, and gives the number of its publisher in the filter.
func (s *sums) add(c Card, failed string) int {
	s.Cards++
	if c.Dead != nil {
		s.statuses["dead"]++
		return 0
	}
	r := c.Result
	s.statuses[string(r.Status)]++
	for name := range strings.FieldsSeq(failed) {
		s.checks[name]++
	}
	s.Calls += r.Usage.Calls
	s.Tokens += r.Usage.TokensIn + r.Usage.TokensOut
	switch {
	case r.Usage.CostKnown:
		s.cost[r.Usage.Currency] += r.Usage.Cost
	case r.Usage.Calls > 0:
		s.Unpriced++
	}
	if r.Receipt.Model != "" && (len(s.models) < maxChoices || s.models[r.Receipt.Model] > 0) {
		s.models[r.Receipt.Model]++
	}
	if start := r.Timing.StartedAt; !start.IsZero() && (s.FirstDone.IsZero() || start.Before(s.FirstDone)) {
		s.FirstDone = start
	}
	if r.Timing.DoneAt.After(s.LastDone) {
		s.LastDone = r.Timing.DoneAt
	}
	return s.source(r.Article.Source)
}

func (s *sums) source(name string) int {
	if name == "" {
		return 0
	}
	found := s.sources[name]
	if found == nil {
		if len(s.sources) == maxChoices {
			return 0
		}
		found = &choice{Name: name, number: len(s.sources) + 1}
		s.sources[name] = found
	}
	found.Count++
	return found.number
}

// statusView is a status with its count and its part of the bar, in percent.
type statusView struct {
	Name        string
	Count       int
	From, Share string
}

// Statuses that occur.
func (s *sums) Statuses() []statusView {
	var all []statusView
	from := 0.0
	for _, name := range []string{string(queue.StatusOK), string(queue.StatusFlagged), string(queue.StatusSkipped), "dead"} {
		if n := s.statuses[name]; n > 0 {
			share := 100 * float64(n) / float64(s.Cards)
			all = append(all, statusView{name, n, percent(from), percent(share)})
			from += share
		}
	}
	return all
}

func percent(f float64) string { return strconv.FormatFloat(f, 'f', 2, 64) }

// Checks that failed, the most frequent first.
func (s *sums) Checks() []choice {
	var all []choice
	for name, n := range s.checks {
		all = append(all, choice{Name: name, Value: name, Count: n})
	}
	return mostFirst(all)
}

// Sources are the publishers, the most frequent first.
func (s *sums) Sources() []choice {
	var all []choice
	for _, c := range s.sources {
		all = append(all, choice{Name: c.Name, Value: strconv.Itoa(c.number), Count: c.Count})
	}
	return mostFirst(all)
}

func mostFirst(all []choice) []choice {
	slices.SortFunc(all, func(a, b choice) int { return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Name, b.Name)) })
	return all
}

// Models that answered.
func (s *sums) Models() string {
	names := slices.Sorted(maps.Keys(s.models))
	if len(names) > 3 {
		return strings.Join(names[:3], ", ") + " and " + strconv.Itoa(len(names)-3) + " more"
	}
	return strings.Join(names, ", ")
}

// Cost in each currency.
func (s *sums) Cost() string {
	var parts []string
	for _, currency := range slices.Sorted(maps.Keys(s.cost)) {
		parts = append(parts, strings.TrimSpace(strconv.FormatFloat(s.cost[currency], 'f', 4, 64)+" "+currency))
	}
	return strings.Join(parts, ", ")
}

// Took is from the first start to the last result.
func (s *sums) Took() string {
	if s.FirstDone.IsZero() || !s.LastDone.After(s.FirstDone) {
		return ""
	}
	return s.LastDone.Sub(s.FirstDone).Round(time.Second).String()
}
