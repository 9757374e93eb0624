package backfill

import (
	"errors"
	"fmt"
	"math"

	"github.com/mujaz/mujaz/worker"
)

// Measured is what an article of the sample took.
type Measured struct {
	Drawn
	// First is what its first answers took, Repairs what mending them did.
	First, Repairs Paid
	// Seconds that the job had a slot.
	Seconds float64
	// Dead: it ended as a dead letter, or not in time. Its calls count all the same.
	Dead bool
}

// Paid is what calls took.
type Paid struct {
	Calls   int
	In, Out int
	Cost    float64
}

func (p *Paid) add(q Paid) {
	p.Calls += q.Calls
	p.In += q.In
	p.Out += q.Out
	p.Cost += q.Cost
}

// minSample is the least that an interval can be worked out from: with fewer, one
// odd article decides.
const minSample = 5

// errSmallSample is a sample with less than [minSample] usable articles.
var errSmallSample = errors.New("too few articles of the sample were answered")

// EstimateFrom scales what a sample took up to all articles. The ranges are
// confidence intervals of ratio estimators: what an article took over what was
// foreseen of it. First answers and repairs are estimated apart, for repairs are
// rare and dear: none among twenty does not mean none among thousands.
func (s *Survey) EstimateFrom(sample []Measured, t Terms) (Estimate, error) {
	var usable []Measured
	for _, m := range sample {
		if m.First.Calls > 0 {
			usable = append(usable, m)
		}
	}
	if all := int64(len(usable)) == s.Articles; len(usable) < minSample && !all || len(usable) == 0 {
		return Estimate{}, fmt.Errorf("%w: %d of %d, at least %d are needed", errSmallSample, len(usable), len(sample), minSample)
	}
	var sum use
	for _, g := range s.groups {
		// Not the corrected one: what was drawn has the estimate alone.
		sum.add(g.usual)
	}
	r := ratios{survey: s, sample: usable, sum: sum}
	e := Estimate{Basis: BasisSample, Sampled: len(usable), AtMost: s.atMost(t.Price)}
	e.Calls = r.span(calls)
	e.TokensIn, e.TokensOut = r.span(tokensIn), r.span(tokensOut)
	if t.Price != nil {
		cost := r.span(costIn(t.Price))
		e.Cost, e.Currency = &cost, t.Price.Currency
	}
	jobs := r.span(seconds)
	perCall := func(v float64) float64 { return v / max(1, e.Calls.Likely) }
	pace := Pace{
		Slots: t.Slots, RequestsPerMinute: t.RequestsPerMinute, TokensPerMinute: t.TokensPerMinute, Measured: true,
		SecondsPerCall: Span{perCall(jobs.Low), perCall(jobs.Likely), perCall(jobs.High)},
	}
	slots := float64(max(1, t.Slots))
	e.Seconds, e.Pace = t.slowest(e, Span{jobs.Low / slots, jobs.Likely / slots, jobs.High / slots}, pace)
	return e, nil
}

// quantity is one that is estimated: what was foreseen of it, what first answers
// took, and what repairs did.
type quantity struct {
	foreseen func(use) float64
	first    func(Measured) float64
	repairs  func(Measured) float64
	// repair is what one adds, as a share of the first answer's, where the sample
	// has none.
	repair func(use) float64
}

func repairedIn(u use) float64 { return u.repair / max(1, u.in) }

// The quantities of an estimate.
var (
	calls = quantity{ //nolint:gochecknoglobals // a table that is never written
		foreseen: func(u use) float64 { return u.calls },
		first:    func(m Measured) float64 { return float64(m.First.Calls) },
		repairs:  func(m Measured) float64 { return float64(m.Repairs.Calls) },
		repair:   func(use) float64 { return 1 },
	}
	tokensIn = quantity{ //nolint:gochecknoglobals // as above
		foreseen: func(u use) float64 { return u.in },
		first:    func(m Measured) float64 { return float64(m.First.In) },
		repairs:  func(m Measured) float64 { return float64(m.Repairs.In) },
		repair:   repairedIn,
	}
	tokensOut = quantity{ //nolint:gochecknoglobals // as above
		foreseen: func(u use) float64 { return u.out },
		first:    func(m Measured) float64 { return float64(m.First.Out) },
		repairs:  func(m Measured) float64 { return float64(m.Repairs.Out) },
		repair:   func(use) float64 { return 1 },
	}
	seconds = quantity{ //nolint:gochecknoglobals // as above
		foreseen: func(u use) float64 { return u.out },
		first:    func(m Measured) float64 { return m.Seconds },
		repairs:  func(Measured) float64 { return 0 },
		repair:   func(use) float64 { return 0 },
	}
)

func costIn(p *worker.Price) quantity {
	return quantity{
		foreseen: func(u use) float64 { return costOf(p, u.in, u.out) },
		first:    func(m Measured) float64 { return m.First.Cost },
		repairs:  func(m Measured) float64 { return m.Repairs.Cost },
		repair:   func(u use) float64 { return costOf(p, u.repair, u.out) / max(1e-12, costOf(p, u.in, u.out)) },
	}
}

// ratios are between what a sample took and what was foreseen.
type ratios struct {
	survey *Survey
	sample []Measured
	sum    use
}

// span of a quantity over all articles: first answers, and repairs. The errors of
// both add up as independent ones.
func (r ratios) span(q quantity) Span {
	first, off := r.first(q)
	low, repairs, high := r.repairs(q, first)
	likely := first + repairs
	grow := 1.0
	if first > 0 {
		grow = likely / first
	}
	return Span{
		Low:    max(0, likely-math.Hypot(off*grow, repairs-low)),
		Likely: likely,
		High:   likely + math.Hypot(off*grow, high-repairs),
	}
}

// first is the total of the first answers, and how far it may be off: a ratio
// estimator over articles that were drawn with chances known (Horvitz and
// Thompson; linearized variance).
func (r ratios) first(q quantity) (total, off float64) {
	took, foreseen := 0.0, 0.0
	for _, m := range r.sample {
		chance := r.survey.draw.chance(m.Drawn)
		took += q.first(m) / chance
		foreseen += q.foreseen(m.usual) / chance
	}
	if foreseen == 0 {
		return 0, 0
	}
	ratio := took / foreseen
	variance := 0.0
	for _, m := range r.sample {
		chance := r.survey.draw.chance(m.Drawn)
		rest := (q.first(m) - ratio*q.foreseen(m.usual)) / chance
		variance += (1 - chance) * rest * rest
	}
	n := float64(len(r.sample))
	all := q.foreseen(r.sum)
	return ratio * all, student(len(r.sample)-1) * math.Sqrt(variance*n/max(1, n-1)) * all / foreseen
}

// repairs are those of the sample, which are known, and those of the rest: a share
// of the articles, which is guessed from the sample (Agresti and Coull) and will
// differ from its own expectation as the sample's does.
func (r ratios) repairs(q quantity, first float64) (low, likely, high float64) {
	mended, firstOfMended, known := 0.0, 0.0, 0.0
	sizes, mendedSizes, sent := 0.0, 0.0, 0.0
	for _, m := range r.sample {
		chance := r.survey.draw.chance(m.Drawn)
		sizes += m.size() / chance
		sent += m.size()
		if m.Repairs.Calls == 0 {
			continue
		}
		mended++
		mendedSizes += m.size() / chance
		firstOfMended += q.first(m)
		known += q.repairs(m)
	}
	n, left := float64(len(r.sample)), float64(r.survey.Articles)-float64(len(r.sample))
	if left <= 0 {
		return known, known, known
	}
	// One repair adds so much to a first answer, of which the rest has so much.
	adds := q.repair(r.sum)
	if firstOfMended > 0 {
		adds = known / firstOfMended
	}
	rest := max(0, first*(1-min(1, sent/sizes))) * adds
	center := (mended + z*z/2) / (n + z*z)
	half := z * math.Sqrt(center*(1-center)*(1/(n+z*z)+1/left))
	share := min(mendedSizes/sizes, center+half)
	return known + rest*min(share, max(0, center-half)), known + rest*share, known + rest*(center+half)
}

// z is the normal quantile of the intervals, of 99 % by name. With small samples of
// small archives those of 95 % held in 91 to 95 % of the runs (docs/estimates.md).
const z = 2.575829

// student is the quantile of Student's distribution that stands for z, by the
// expansion in Abramowitz and Stegun, 26.7.5; within 0.06 from four degrees of
// freedom on.
func student(freedom int) float64 {
	if freedom < 1 {
		return 0
	}
	z2, nu := z*z, float64(freedom)
	t := z + z*(z2+1)/(4*nu)
	t += z * (5*z2*z2 + 16*z2 + 3) / (96 * nu * nu)
	t += z * (3*z2*z2*z2 + 19*z2*z2 + 17*z2 - 15) / (384 * nu * nu * nu)
	return t
}

// SampleSum is what a sample took in all.
type SampleSum struct {
	Articles int `json:"articles"`
	// Repaired answers, and articles that ended as dead letters or not in time.
	Repaired  int     `json:"repaired"`
	Dead      int     `json:"dead"`
	Calls     int     `json:"calls"`
	TokensIn  int     `json:"tokens_in"`
	TokensOut int     `json:"tokens_out"`
	Cost      float64 `json:"cost,omitzero"`
}

// SampleSums adds a sample up.
func SampleSums(sample []Measured) *SampleSum {
	s := &SampleSum{Articles: len(sample)}
	for _, m := range sample {
		all := m.First
		all.add(m.Repairs)
		s.Calls += all.Calls
		s.TokensIn += all.In
		s.TokensOut += all.Out
		s.Cost += all.Cost
		if m.Repairs.Calls > 0 {
			s.Repaired++
		}
		if m.Dead {
			s.Dead++
		}
	}
	return s
}
