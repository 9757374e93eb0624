package chaos

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"time"
)

// The kinds of faults.
const (
	workerKilled   = "worker killed"
	workerStopped  = "worker stopped"
	workerCrashed  = "worker crashed by a job"
	serverKilled   = "server killed"
	leaderKilled   = "leader killed"
	natsCut        = "NATS link cut"
	natsStalled    = "NATS link stalled"
	natsSlow       = "NATS link slow"
	endpointCut    = "endpoint link cut"
	endpointSlow   = "endpoint link slow"
	powerCut       = "power cut"
	diskFilled     = "disk filled"
	everythingDown = "all servers killed"
)

// event is a fault to come.
type event struct {
	// at is the share of the jobs that have come as far as a call, so that the
	// faults fall into the work whatever the speed of the machine.
	at     float64
	after  time.Duration // of that
	kind   string
	target int // worker or node; meaningless where there is but one
	length time.Duration
}

// span is the range that a length is drawn from.
type span struct{ least, most time.Duration }

func (s span) draw(dice *rand.Rand) time.Duration {
	return s.least + time.Duration(dice.Int64N(int64(s.most-s.least)+1))
}

// plan is how many faults of a kind a scenario wants.
type plan struct {
	kind    string
	count   int
	targets int
	length  span
}

// schedule draws the faults, in the order of their time.
func schedule(dice *rand.Rand, plans ...plan) []event {
	var events []event
	for _, p := range plans {
		for range p.count {
			events = append(events, event{
				at: 0.02 + 0.93*dice.Float64(), after: span{0, time.Second}.draw(dice), kind: p.kind,
				target: dice.IntN(max(1, p.targets)), length: p.length.draw(dice),
			})
		}
	}
	slices.SortStableFunc(events, func(a, b event) int { return cmp.Compare(a.at, b.at) })
	return events
}
