package main

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/mujaz/mujaz/internal/demo/show"
	"github.com/mujaz/mujaz/queue"
)

type costCmd struct {
	Since moment `default:"24h" placeholder:"TIME" help:"Calls since then: a time, a date, or an age such as 2h or 30d [${default}]."`
	By    string `default:"day" enum:"day,run,source,model,prompt,purpose,endpoint" help:"What to add up by: day (of UTC), run (of the backfill), source (of all lanes), model, prompt, purpose or endpoint."`
	JSON  bool   `name:"json" help:"Print a JSON line a sum."`

	NATS natsFlags `embed:"" group:"nats"`
	prefixFlag
}

// Help is shown by --help.
func (*costCmd) Help() string {
	return `Every HTTP call to an endpoint counts, whatever came of it: answers, repairs, judgements, and what failed and is charged for all the same. A call whose price nobody knows is counted apart and adds nothing to the cost. The record is written twice a second; a worker that is killed takes up to half a second of it along, what results say of their own cost is not touched by that.

    mujaz cost
    mujaz cost --since 30d --by model
    mujaz cost --since 2026-11-01 --by purpose --json`
}

// costLine is a sum of calls.
type costLine struct {
	Group string `json:"group"`
	// Calls are all HTTP calls, Failed those without an answer, Unpriced those
	// that are paid at a price that nobody knows.
	Calls     int     `json:"calls"`
	Failed    int     `json:"failed"`
	Unpriced  int     `json:"unpriced"`
	Estimated int     `json:"estimated"`
	In        int64   `json:"tokens_in"`
	Cached    int64   `json:"tokens_cached"`
	Out       int64   `json:"tokens_out"`
	Cost      float64 `json:"cost"`
	Currency  string  `json:"currency,omitzero"`

	cost queue.Amount
}

// costKey is a group in a currency; calls that cost nothing have none.
type costKey struct{ group, currency string }

// maxCostGroups bounds the memory: sources and runs are the producers' to name.
// What exceeds it is one group.
const (
	maxCostGroups = 10_000
	restOfCosts   = "(others)"
)

// costs adds calls up.
type costs struct {
	by    string
	lines map[costKey]*costLine
}

func (c *costs) add(s queue.Spend) {
	group, counts := c.group(s)
	if !counts {
		return
	}
	key := costKey{group, s.Currency}
	line := c.lines[key]
	if line == nil {
		if len(c.lines) >= maxCostGroups {
			key.group = restOfCosts
		}
		if line = c.lines[key]; line == nil {
			line = &costLine{Group: key.group, Currency: key.currency}
			c.lines[key] = line
		}
	}
	line.Calls++
	if s.Class != "" {
		line.Failed++
	}
	if s.Paid && !s.CostKnown {
		line.Unpriced++
	}
	if s.Estimated {
		line.Estimated++
	}
	line.In += int64(s.In)
	line.Cached += int64(s.Cached)
	line.Out += int64(s.Out)
	line.cost += s.Cost
}

// group of a call, and whether it is in the list at all.
func (c *costs) group(s queue.Spend) (string, bool) {
	switch c.by {
	case "run":
		return s.Source, s.Lane == queue.LaneBackfill
	case "source":
		return s.Source, true
	case "model":
		return s.Model, true
	case "prompt":
		return cmp.Or(s.Prompt, "(none)"), true
	case "purpose":
		return string(s.Purpose), true
	case "endpoint":
		return s.Endpoint, true
	}
	return s.Time.UTC().Format(time.DateOnly), true
}

// sorted lists the sums: days in their order, else the dearest first.
func (c *costs) sorted() []*costLine {
	lines := slices.Collect(maps.Values(c.lines))
	for _, l := range lines {
		l.Cost = l.cost.Units()
	}
	slices.SortFunc(lines, func(a, b *costLine) int {
		if c.by == "day" {
			return cmp.Or(cmp.Compare(a.Group, b.Group), cmp.Compare(a.Currency, b.Currency))
		}
		return cmp.Or(cmp.Compare(b.cost, a.cost), cmp.Compare(a.Group, b.Group), cmp.Compare(a.Currency, b.Currency))
	})
	return lines
}

// Run adds up.
func (c *costCmd) Run(ctx context.Context, p *program) error {
	conn, err := c.NATS.open(ctx, c.Prefix)
	if err != nil {
		return err
	}
	defer conn.Close()
	sums := costs{by: c.By, lines: map[costKey]*costLine{}}
	err = conn.Spent(ctx, c.Since.Time, func(s queue.Spend) error {
		sums.add(s)
		return nil
	})
	if err != nil {
		return err
	}
	lines := sums.sorted()
	if c.JSON {
		for _, l := range lines {
			if err := p.printJSON(l); err != nil {
				return err
			}
		}
		return nil
	}
	if len(lines) == 0 {
		fmt.Fprintln(p.err, "no calls since", c.Since.Local().Format(time.DateTime))
		return nil
	}
	return printCosts(p, c.By, lines)
}

func printCosts(p *program, by string, lines []*costLine) error {
	table := tabwriter.NewWriter(p.out, 0, 8, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(table, "%s\tCALLS\tFAILED\tTOKENS IN\tCACHED\tOUT\tCOST\t\tPRICE UNKNOWN\t\n", strings.ToUpper(by))
	total := map[string]queue.Amount{}
	for _, l := range lines {
		fmt.Fprintf(table, "%s\t%d\t%d\t%d\t%d\t%d\t%s\t%s\t%d\t\n",
			show.Line(cmp.Or(l.Group, "(none)")), l.Calls, l.Failed, l.In, l.Cached, l.Out, l.cost, l.Currency, l.Unpriced)
		total[l.Currency] += l.cost
	}
	for _, currency := range slices.Sorted(maps.Keys(total)) {
		if currency != "" {
			fmt.Fprintf(table, "total\t\t\t\t\t\t%s\t%s\t\t\n", total[currency], currency)
		}
	}
	return table.Flush()
}
