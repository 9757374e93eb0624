package backfill

import "math"

// Pace is what decides how long a run takes.
type Pace struct {
	// Bound is what the run comes up against first: slots, requests or tokens.
	Bound string `json:"bound"`
	Slots int    `json:"slots"`
	// SecondsPerCall are assumed unless Measured.
	SecondsPerCall    Span `json:"seconds_per_call"`
	Measured          bool `json:"measured"`
	RequestsPerMinute int  `json:"requests_per_minute,omitzero"`
	TokensPerMinute   int  `json:"tokens_per_minute,omitzero"`
}

// How long a call takes where nobody has measured: the wait for the first token,
// and the pace of the answer, from a hosted small model to a large one or to one
// on a machine of your own.
const (
	quickStart, usualStart, slowStart          = 0.3, 1, 2.5 // seconds
	quickPerSecond, usualPerSecond, slowPerSec = 150, 60, 20 // tokens
)

// secondsPerCall of an answer of the length that is expected.
func (s *Survey) secondsPerCall(t Terms, e Estimate) Span {
	if t.SecondsPerCall > 0 {
		return Span{t.SecondsPerCall, t.SecondsPerCall, t.SecondsPerCall}
	}
	if e.Calls.Likely == 0 {
		return Span{}
	}
	answer := e.TokensOut.Likely / e.Calls.Likely
	return Span{quickStart + answer/quickPerSecond, usualStart + answer/usualPerSecond, slowStart + answer/slowPerSec}
}

// duration is that of the slowest of: the slots, which are all busy, and the
// endpoint's limits, which are used in full.
func (t Terms) duration(e Estimate, perCall Span) (Span, Pace) {
	pace := Pace{Slots: t.Slots, SecondsPerCall: perCall, RequestsPerMinute: t.RequestsPerMinute, TokensPerMinute: t.TokensPerMinute}
	slots := func(calls, seconds float64) float64 { return calls * seconds / float64(max(1, t.Slots)) }
	busy := Span{slots(e.Calls.Low, perCall.Low), slots(e.Calls.Likely, perCall.Likely), slots(e.Calls.High, perCall.High)}
	return t.slowest(e, busy, pace)
}

func (t Terms) slowest(e Estimate, busy Span, pace Pace) (Span, Pace) {
	pace.Bound = "slots"
	longest := busy
	for _, limit := range []struct {
		name string
		of   Span
		each int
	}{
		{"requests", e.Calls, t.RequestsPerMinute},
		{"tokens", Span{e.TokensIn.Low + e.TokensOut.Low, e.TokensIn.Likely + e.TokensOut.Likely, e.TokensIn.High + e.TokensOut.High}, t.TokensPerMinute},
	} {
		if limit.each <= 0 {
			continue
		}
		minutes := func(n float64) float64 { return 60 * n / float64(limit.each) }
		if minutes(limit.of.Likely) > longest.Likely {
			pace.Bound = limit.name
		}
		longest = Span{
			math.Max(longest.Low, minutes(limit.of.Low)), math.Max(longest.Likely, minutes(limit.of.Likely)), math.Max(longest.High, minutes(limit.of.High)),
		}
	}
	return longest, pace
}
