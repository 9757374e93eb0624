package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"text/tabwriter"
	"time"

	"github.com/mujaz/mujaz/internal/demo/show"
	"github.com/mujaz/mujaz/queue"
)

type statusCmd struct {
	JSON bool `name:"json" help:"Print it as one JSON line."`

	NATS natsFlags `embed:"" group:"nats"`
	prefixFlag
}

// Help is shown by --help.
func (*statusCmd) Help() string {
	return "Examples:\n\n    mujaz status\n    mujaz status --json | jq .lanes.live.waiting"
}

// overview is what status prints.
type overview struct {
	Server string                    `json:"server"`
	Lanes  map[queue.Lane]laneStatus `json:"lanes"`
	Counts map[queue.Cause]int       `json:"dead"`
	// Workers that are alive; nil where this user may not see them.
	Workers []queue.Member `json:"workers"`
	// Budgets of today and of runs; nil where this user may not see them.
	Budgets []budgetStatus `json:"budgets,omitzero"`
	// Switches are set by pause and cancel; nil where this user may not see
	// them. Parked jobs are put aside for them.
	Switches []queue.Switch `json:"switches"`
	Parked   uint64         `json:"parked"`
	// Strays are jobs that will not end by themselves, GivenUp those of the
	// last day of which the server said so; nil where this user may not look.
	Strays  []queue.Stray    `json:"strays"`
	GivenUp []queue.Advisory `json:"given_up"`
	// Storage of all streams; nil where this user may not see it.
	Storage []queue.Storage `json:"storage"`
}

// budgetStatus is what is used of a budget.
type budgetStatus struct {
	Scope    queue.BudgetScope `json:"scope"`
	Name     string            `json:"name"`
	Currency string            `json:"currency"`
	Spent    float64           `json:"spent"`
	Reserved float64           `json:"reserved"`
	Cap      float64           `json:"cap"`
}

type laneStatus struct {
	Waiting  uint64 `json:"waiting"`
	InFlight int    `json:"in_flight"`
}

// Run prints the state of the queue.
func (c *statusCmd) Run(ctx context.Context, p *program) error {
	conn, err := c.NATS.open(ctx, c.Prefix)
	if err != nil {
		return err
	}
	defer conn.Close()
	o, err := look(ctx, conn)
	if err != nil {
		return err
	}
	if c.JSON {
		return p.printJSON(o)
	}
	return o.print(p.out)
}

// look asks for what every user may see, and then for the rest.
func look(ctx context.Context, conn *queue.Conn) (overview, error) {
	o := overview{Server: conn.Server(), Lanes: map[queue.Lane]laneStatus{}, Counts: map[queue.Cause]int{}}
	for _, lane := range queue.Lanes() {
		backlog, err := conn.Backlog(ctx, lane)
		if err != nil {
			return o, err
		}
		o.Lanes[lane] = laneStatus{backlog.Pending, backlog.AckPending}
	}
	err := conn.DeadLetters(ctx, queue.DeadFilter{Facts: true}, func(d queue.DeadLetter) error {
		o.Counts[d.Cause]++
		return nil
	})
	if err != nil {
		return o, err
	}
	o.lookAside(ctx, conn)
	if ctx.Err() != nil {
		return o, context.Cause(ctx)
	}
	return o, nil
}

// lookAside asks for what this user may not be allowed to see: then it stays
// empty, as such a user gets no answer at all.
func (o *overview) lookAside(ctx context.Context, conn *queue.Conn) {
	ctx, cancel := context.WithTimeout(ctx, membersTimeout)
	defer cancel()
	o.Workers, _ = conn.Members(ctx)
	sums, _ := conn.BudgetSums(ctx)
	for _, s := range sums {
		o.Budgets = append(o.Budgets, budgetStatus{s.Scope, s.Name, s.Currency, s.Spent.Units(), s.Reserved.Units(), s.Cap.Units()})
	}
	o.Switches, _ = conn.Switches(ctx)
	if totals, err := conn.Totals(ctx); err == nil {
		o.Parked = totals.Parked
	}
	o.Storage, _ = conn.Storages(ctx)
	o.Strays, _ = conn.Reconcile(ctx)
	_ = conn.Advisories(ctx, time.Now().Add(-24*time.Hour), func(a queue.Advisory) error {
		o.GivenUp = append(o.GivenUp, a)
		return nil
	})
}

// print writes it as tables.
func (o *overview) print(out io.Writer) error {
	table := tabwriter.NewWriter(out, 0, 8, 2, ' ', 0)
	fmt.Fprintf(table, "NATS\t%s\n\nLANE\tWAITING\tIN FLIGHT\n", o.Server)
	for _, lane := range queue.Lanes() {
		fmt.Fprintf(table, "%s\t%d\t%d\n", lane, o.Lanes[lane].Waiting, o.Lanes[lane].InFlight)
	}
	printStorage(table, o.Storage)
	printSwitches(table, o.Switches, o.Parked)
	fmt.Fprint(table, "\nDEAD\tLETTERS\n")
	for _, cause := range slices.Sorted(maps.Keys(o.Counts)) {
		fmt.Fprintf(table, "%s\t%d\n", cause, o.Counts[cause])
	}
	if len(o.Counts) == 0 {
		fmt.Fprint(table, "none\t\n")
	}
	fmt.Fprint(table, "\nWORKER\tENDPOINT\tSLOTS\tSINCE\n")
	for _, w := range o.Workers {
		fmt.Fprintf(table, "%s\t%s\t%d\t%s\n", show.Line(w.Name), show.Line(w.Endpoint), w.Slots, w.Since.Local().Format(time.DateTime))
		if w.Waiting != "" {
			fmt.Fprintf(table, "\t  waiting: %s\n", show.Line(w.Waiting))
		}
	}
	if len(o.Workers) == 0 {
		fmt.Fprint(table, "none\t\n")
	}
	if len(o.Budgets) > 0 {
		fmt.Fprint(table, "\nBUDGET\tSPENT\tRESERVED\tOF\t\n")
	}
	for _, b := range o.Budgets {
		fmt.Fprintf(table, "%s %s\t%s\t%s\t%s\t%s\n", b.Scope, show.Line(b.Name), queue.AmountOf(b.Spent), queue.AmountOf(b.Reserved), queue.AmountOf(b.Cap), b.Currency)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	printStrays(out, o.Strays, o.GivenUp)
	return nil
}

// printStrays prints what needs a person.
func printStrays(w io.Writer, strays []queue.Stray, givenUp []queue.Advisory) {
	for _, s := range strays {
		fmt.Fprintf(w, "\nATTENTION %s, %d jobs: %s\n  → %s\n", show.Line(s.Stream), s.Jobs, show.Line(s.Problem), show.Line(s.Advice))
	}
	if n := len(givenUp); n > 0 {
		last := givenUp[n-1]
		fmt.Fprintf(w, "\nATTENTION the server gave up %d deliveries in the last day, the last one %s (%s, %s %d)\n  → A consumer was changed by hand; a worker that may provision puts it right at its start.\n",
			n, last.Time.Local().Format(time.DateTime), show.Line(last.Kind), show.Line(last.Stream), last.Sequence)
	}
}

// nearlyFull is where a stream is worth a word.
const nearlyFull = 0.7

// printStorage prints the streams that will soon refuse, or do.
func printStorage(w io.Writer, all []queue.Storage) {
	first := true
	for _, s := range all {
		if s.Used < nearlyFull {
			continue
		}
		if first {
			fmt.Fprint(w, "\nNEARLY FULL\tUSED\tMESSAGES\tBYTES\tLIMIT\n")
		}
		first = false
		fmt.Fprintf(w, "%s\t%.0f %%\t%d\t%s\t%s\n", s.Stream, 100*s.Used, s.Msgs, byteSize(s.Bytes), byteSize(s.MaxBytes))
	}
}

// membersTimeout bounds all looks that are worth little waiting.
const membersTimeout = 5 * time.Second
