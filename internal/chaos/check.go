package chaos

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// settleTime is how long after an answer was stored a repetition of its call
// may still arrive without blame: the asker has looked into the ledger before,
// and was on its way.
const settleTime = time.Second

// storeTime is how long an answer may be on its way from the endpoint into the
// ledger, where no fault delays it: one try of a write.
const storeTime = 5 * time.Second

// Ledger sums a journal up.
type Ledger struct {
	Sent, Acked int
	// Outcomes by kind.
	Outcomes map[string]int
	// Calls that arrived, Paid of them those that a provider would charge for.
	Calls, Paid int
	// PaidTwice are repetitions of paid calls. Stored is how many of them came
	// although the first answer was in the ledger, which none may; InFlight is
	// how many calls were under way at the moments when faults struck, which is
	// what the others may cost.
	PaidTwice, Stored, InFlight int
	// Faults by kind.
	Faults map[string]int
	// Violations of a promise, in words. None is a pass.
	Violations []string
}

// Check holds a journal against the promises: each acknowledged job has exactly
// one outcome, of the right kind; no call is paid for twice, but for those that
// a fault met under way; nothing is left behind.
func Check(j Journal) Ledger {
	l := Ledger{Sent: len(j.Jobs), Outcomes: map[string]int{}, Faults: map[string]int{}, Calls: len(j.Calls)}
	if j.Cut {
		l.violate("the queue was not empty at the time limit")
	}
	l.outcomes(j)
	j.Stored = confirmed(j)
	l.payments(j)
	for _, what := range slices.Sorted(maps.Keys(j.Left)) {
		if n := j.Left[what]; n > 0 {
			l.violate("left behind: %d %s", n, what)
		}
	}
	return l
}

func (l *Ledger) violate(format string, args ...any) {
	l.Violations = append(l.Violations, fmt.Sprintf(format, args...))
}

// outcomes proves that each job has one.
func (l *Ledger) outcomes(j Journal) {
	found := map[string][]Outcome{}
	for _, o := range j.Outcomes {
		found[o.Job] = append(found[o.Job], o)
		l.Outcomes[o.Kind]++
	}
	for _, job := range j.Jobs {
		got := found[job.ID]
		delete(found, job.ID)
		if !job.Acked.IsZero() {
			l.Acked++
		}
		switch {
		case len(got) == 0 && !job.Acked.IsZero():
			l.violate("lost: job %s was acknowledged and has no outcome", job.ID)
		case len(got) > 1:
			l.violate("duplicate: job %s has %d outcomes: %s", job.ID, len(got), kinds(got))
		case len(got) == 1 && !slices.Contains(job.Want, got[0].Kind):
			l.violate("wrong: job %s ended as %s, want one of %v", job.ID, got[0].Kind, job.Want)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(found)) {
		l.violate("unknown: job %s has an outcome and was never sent", id)
	}
}

func kinds(outcomes []Outcome) string {
	list := make([]string, len(outcomes))
	for i, o := range outcomes {
		list[i] = o.Kind
	}
	return strings.Join(list, ", ")
}

// payments proves that what was paid for is not paid for again, unless a fault
// met it under way.
func (l *Ledger) payments(j Journal) {
	for _, f := range j.Faults {
		l.Faults[f.Kind]++
		for _, c := range j.Calls {
			if c.Final && !c.Arrived.After(f.From) && f.met(c, j.Stored) {
				l.InFlight++
			}
		}
	}
	type key struct {
		job      string
		question uint64
	}
	asked := map[key][]Call{}
	for _, c := range j.Calls {
		if !c.Final {
			continue
		}
		l.Paid++
		k := key{c.Job, c.Question}
		asked[k] = append(asked[k], c)
	}
	for _, calls := range asked {
		slices.SortFunc(calls, func(a, b Call) int { return a.Arrived.Compare(b.Arrived) })
		for i, again := range calls[1:] {
			l.PaidTwice++
			l.blame(j, calls[:i+1], again)
		}
	}
	if l.PaidTwice > l.InFlight {
		l.violate("paid twice: %d calls, and the faults met no more than %d under way", l.PaidTwice, l.InFlight)
	}
	slices.Sort(l.Violations)
}

// confirmTime is how long before a server's death an answer that a reader saw
// may not have been on disk yet: readers get a message before its writer gets
// the confirmation.
const confirmTime = 100 * time.Millisecond

// confirmed are the answers that were stored beyond doubt.
func confirmed(j Journal) map[string]time.Time {
	stored := maps.Clone(j.Stored)
	for _, f := range j.Faults {
		if f.Kind != serverKilled && f.Kind != leaderKilled && f.Kind != everythingDown && f.Kind != powerCut {
			continue
		}
		maps.DeleteFunc(stored, func(_ string, at time.Time) bool {
			before := f.From.Sub(at)
			return before > -confirmTime && before < confirmTime
		})
	}
	return stored
}

// blame looks for what justifies a repetition.
func (l *Ledger) blame(j Journal, earlier []Call, again Call) {
	for _, first := range earlier {
		if at, stored := j.Stored[first.Mark]; stored && again.Arrived.Sub(at) > settleTime {
			l.Stored++
			l.violate("paid twice: the answer for job %s was stored %s before %s asked again%s", again.Job, again.Arrived.Sub(at).Round(time.Millisecond), again.Worker, around(j.Faults, at))
			return
		}
	}
	for _, first := range earlier {
		if slices.ContainsFunc(j.Faults, func(f Fault) bool { return f.met(first, j.Stored) }) {
			return
		}
	}
	l.violate("paid twice: job %s, by %s after %s, and no fault met the first call", again.Job, again.Worker, earlier[0].Worker)
}

// around tells the faults that were felt at a time, for who looks for a reason.
func around(faults []Fault, at time.Time) string {
	var text strings.Builder
	for _, f := range faults {
		if at.After(f.From.Add(-time.Second)) && at.Before(f.Until) {
			fmt.Fprintf(&text, "; %s %s %s before", f.Kind, f.Worker, at.Sub(f.From).Round(time.Millisecond))
		}
	}
	return text.String()
}

// met reports whether a call was under way, its answer not yet stored, while
// the fault lasted.
func (f Fault) met(c Call, stored map[string]time.Time) bool {
	if f.Worker != "" && f.Worker != c.Worker || c.Arrived.After(f.Until) {
		return false
	}
	if at, found := stored[c.Mark]; found {
		return at.After(f.From)
	}
	return c.Ended.IsZero() || f.From.Sub(c.Ended) < storeTime
}
