package backfill

import (
	"math"

	"github.com/mujaz/mujaz/queue"
	"github.com/mujaz/mujaz/worker"
)

// Span is a quantity that is not known exactly: it is likely between Low and High.
type Span struct {
	Low    float64 `json:"low"`
	Likely float64 `json:"likely"`
	High   float64 `json:"high"`
}

// Basis says where an estimate comes from.
type Basis string

// The bases.
const (
	BasisAssumed Basis = "assumed" // what is known of tokenizers and answers in general
	BasisSample  Basis = "sample"  // what a sample of the articles took
)

// Estimate is what a run would take.
type Estimate struct {
	Basis Basis `json:"basis"`
	// Sampled articles were measured.
	Sampled   int  `json:"sampled,omitzero"`
	Calls     Span `json:"calls"`
	TokensIn  Span `json:"tokens_in"`
	TokensOut Span `json:"tokens_out"`
	// Cost is nil where the price is not known.
	Cost     *Span  `json:"cost,omitzero"`
	Currency string `json:"currency,omitzero"`
	// Seconds from the first call to the last, and what bounds them.
	Seconds Span    `json:"seconds"`
	Pace    Pace    `json:"pace"`
	AtMost  Ceiling `json:"at_most"`
}

// Ceiling is what is spent if every answer fills its room, each is repaired once,
// and counts are as far off as those of any tokenizer are known to be.
type Ceiling struct {
	Calls     float64  `json:"calls"`
	TokensIn  float64  `json:"tokens_in"`
	TokensOut float64  `json:"tokens_out"`
	Cost      *float64 `json:"cost,omitzero"`
}

// Terms are what a run is done under.
type Terms struct {
	Price *worker.Price // nil: not known
	Slots int           // jobs in hand at once, over all workers
	// RequestsPerMinute and TokensPerMinute of the endpoint; 0: no limit.
	RequestsPerMinute, TokensPerMinute int
	// SecondsPerCall, where they are known; 0: by the length of the answers.
	SecondsPerCall float64
}

// What may be off without a sample, each as a factor on what is usual. They are
// independent of each other, so that their effects add up as squares do: the
// range has what is beyond one of them, not beyond all at once. docs/estimates.md
// has where they come from.
const (
	// Input where the tokenizer is known: chat template, schema, names.
	knownLow, knownHigh = 0.92, 1.12
	// The prompt's English where it is not known.
	promptLow, promptHigh = 0.85, 1.45
	// The article where it is not known; how many more there may be depends on the
	// script (mostTokens).
	articleLow = 0.8
	// A model's habit of writing short or long.
	summaryLow, summaryHigh         = 0.5, 1.8
	translationLow, translationHigh = 0.7, 1.4
	// Answers that have to be repaired.
	repairsLow, repairsUsual, repairsHigh = 0, 0.06, 0.22
)

// mostTokens is by how much a tokenizer in use may exceed the estimate: what
// cl100k makes of news in that script, over the estimate (docs/long-articles.md).
func mostTokens(language string) float64 {
	switch language {
	case "ar", "fa", "ur", "ps", "ckb", "ku", "sd", "ug", "arz", "prs":
		return 2.4
	case "hi", "mr", "ne", "bn", "ta", "te", "gu", "pa", "kn", "ml", "si", "th", "my", "km", "am", "ka", "hy":
		return 3.4
	case "he", "yi", "el", "ru", "uk", "be", "bg", "sr", "mk", "kk":
		return 2.3
	case "zh", "ja", "ko":
		return 1.7
	case unknownLanguage:
		return 2.5
	}
	return promptHigh
}

// vector is what a factor moves.
type vector struct{ calls, in, out float64 }

func (v vector) plus(w vector) vector { return vector{v.calls + w.calls, v.in + w.in, v.out + w.out} }

// doubt is what a sum loses or gains where one thing is off.
type doubt struct{ less, more vector }

// Estimate works out what the articles of a survey will take, from what is known
// in general.
func (s *Survey) Estimate(t Terms) Estimate {
	usual, doubts := s.assumed()
	spanOf := func(measure func(vector) float64) Span { return quadrature(measure(usual), doubts, measure) }
	e := Estimate{
		Basis:     BasisAssumed,
		Calls:     spanOf(func(v vector) float64 { return v.calls }),
		TokensIn:  spanOf(func(v vector) float64 { return v.in }),
		TokensOut: spanOf(func(v vector) float64 { return v.out }),
		AtMost:    s.atMost(t.Price),
	}
	if t.Price != nil {
		cost := spanOf(func(v vector) float64 { return costOf(t.Price, v.in, v.out) })
		e.Cost, e.Currency = &cost, t.Price.Currency
	}
	e.Seconds, e.Pace = t.duration(e, s.secondsPerCall(t, e))
	return e
}

// quadrature adds independent doubts up.
func quadrature(likely float64, doubts []doubt, measure func(vector) float64) Span {
	less, more := 0.0, 0.0
	for _, d := range doubts {
		less = math.Hypot(less, max(0, measure(d.less)))
		more = math.Hypot(more, max(0, measure(d.more)))
	}
	return Span{Low: max(0, likely-less), Likely: likely, High: likely + more}
}

// assumed is what is usual, and each thing by which it may be off.
func (s *Survey) assumed() (vector, []doubt) {
	var sum use
	promptLess, promptMore, articleLess, articleMore := 0.0, 0.0, 0.0, 0.0
	for language, g := range s.groups {
		u := g.corrected()
		sum.add(u)
		lowPrompt, highPrompt, lowArticle, highArticle := promptLow, promptHigh, articleLow, mostTokens(language)
		if g.exact.in > 0 {
			lowPrompt, highPrompt, lowArticle, highArticle = knownLow, knownHigh, knownLow, knownHigh
		}
		promptLess += (1 - lowPrompt) * (u.in - u.text)
		promptMore += (highPrompt - 1) * (u.in - u.text)
		articleLess += (1 - lowArticle) * u.text
		articleMore += (highArticle - 1) * u.text
	}
	low, high := summaryLow, summaryHigh
	if s.translates() {
		low, high = translationLow, translationHigh
	}
	repair := func(share float64) vector {
		return vector{calls: share * float64(s.Articles), in: share * sum.repair, out: share * sum.out}
	}
	usual := vector{sum.calls, sum.in, sum.out}.plus(repair(repairsUsual))
	return usual, []doubt{
		// One tokenizer counts both.
		{less: vector{in: promptLess + articleLess}, more: vector{in: promptMore + articleMore}},
		{less: vector{out: (1 - low) * sum.out}, more: vector{out: (high - 1) * sum.out}},
		{less: repair(repairsUsual - repairsLow), more: repair(repairsHigh - repairsUsual)},
	}
}

func (s *Survey) translates() bool { return s.cfg.Recipe.Task == queue.TaskTranslate }

// atMost adds up the most of each article.
func (s *Survey) atMost(price *worker.Price) Ceiling {
	var c Ceiling
	for language, g := range s.groups {
		off := 1.0
		if g.exact.in == 0 {
			off = max(1, mostTokens(language)/countedOff)
		} else if g.estimated.in > 0 {
			off = g.exact.in / g.estimated.in * exactOff / countedOff
		}
		c.Calls += g.most.calls
		c.TokensIn += off * g.most.in
		c.TokensOut += g.most.out
	}
	if price != nil {
		cost := costOf(price, c.TokensIn, c.TokensOut)
		c.Cost = &cost
	}
	return c
}

// What an outlook's High allows for already where letters are counted, and what it
// would where the model's own tokenizer counts.
const countedOff, exactOff = 1.5, 1.15

// costOf tokens, none of them from a provider's cache: that makes it cheaper by
// as much as nobody promises.
func costOf(p *worker.Price, in, out float64) float64 { return (in*p.Input + out*p.Output) / 1e6 }
