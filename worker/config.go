package worker

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"

	"github.com/mujaz/mujaz/internal/glossary"
	"github.com/mujaz/mujaz/internal/llm"
	"github.com/mujaz/mujaz/prompts"
	"github.com/mujaz/mujaz/queue"
)

// Config is all that a worker needs. Queue, LLM and Prompts are required, and
// stay the caller's to close.
type Config struct {
	Queue   *queue.Conn
	LLM     *llm.Client
	Prompts *prompts.Library
	// Model is asked for, unless a job names one of AllowedModels.
	Model         string
	AllowedModels []string
	// Glossary is the house's: names and the English that must be used for
	// them, as far as an article has them. A job's own wins. May be nil.
	Glossary *glossary.Glossary
	// Trust says whose jobs are worked on; nil means everybody's. Others end as
	// dead letters with [queue.CauseUntrusted], without a call.
	Trust *queue.Trust
	// Others are asked beside LLM, or in its place.
	Others []Endpoint
	// FallbackModel is asked at LLM when Model refuses an article; empty means
	// none.
	FallbackModel string
	// Price of Model's tokens; nil means that the cost is unknown.
	Price *Price
	// ModelPrices are those of AllowedModels and FallbackModel; nil is unknown, and
	// a model that is not among them has Price.
	ModelPrices map[string]*Price
	// Budgets cap what is spent.
	Budgets Budgets
	// Judge is a second model that holds each claim of a summary against the
	// source; nil means none. It adds to the checks and replaces none of them.
	Judge *Judge

	// Slots is how many jobs are in hand at once, and so the most calls under way
	// but for those of long articles. 0 finds for each endpoint how many calls
	// side by side it has use for, up to 256.
	Slots int
	// InFlight is where that search begins, by default at 2. It is not used where
	// Slots is set.
	InFlight int
	// RequestsPerMinute and TokensPerMinute are the limits of LLM, which all
	// workers of the fleet that use it share. 0 means that they are learned from
	// the headers of answers; where those say nothing, there are none.
	RequestsPerMinute, TokensPerMinute int
	// Context is the size in tokens of Model's context at LLM; 0 means that it is
	// learned from refusals. An article that does not fit goes in parts.
	Context int
	// Contexts has what is known of context sizes besides, and what is learned;
	// nil means a memory of the worker's own.
	Contexts *ContextSizes
	// Hedge is the share of calls, above 0 and below 1, that a live job's call may
	// be slower than before a second one is made beside it; 0 makes none. At 0.95
	// some five calls in a hundred are paid for twice.
	Hedge float64
	// MaxTokens bounds an answer; 0 derives it from task and article.
	MaxTokens int
	// Temperature of the calls, 0 to 2. The default is 0: news is not the
	// place for invention.
	Temperature float64
	// Seed is sent with every call when it is not nil.
	Seed *int
	// MaxArticleBytes bounds a body, by default [queue.MaxArticleBytes].
	MaxArticleBytes int64
	// Attempts is how many failed attempts a job may have, by default 5.
	// Waiting for the endpoint is not an attempt.
	Attempts int
	// Grace is how long jobs in hand may go on after a stop, by default 30 s.
	Grace time.Duration
	// ReplyPrefixes are the beginnings that a job's reply_to may have, by
	// default "_INBOX." alone.
	ReplyPrefixes []string

	// Name tells this worker apart in results, dead letters and logs.
	Name string
	// Version of the software, for receipts.
	Version string
	// Log is by default silent.
	Log *zap.Logger
	// Metrics is where the worker registers its metrics; nil means a
	// registry of its own.
	Metrics prometheus.Registerer
	// OnStage is told of each stage that a job enters, in its goroutine. It
	// is there for tracing and for fault tests. May be nil.
	OnStage func(Stage, *queue.Delivery)

	search bool // Slots was not set
}

// Endpoint is one that is asked beside the first.
type Endpoint struct {
	LLM *llm.Client
	// Model is asked for in the place of the first endpoint's. A model that a
	// job names is asked for at the first endpoint alone.
	Model string
	// Price of the model's tokens; nil means that the cost is unknown. It is in
	// the first endpoint's currency.
	Price *Price
	// Context is the size in tokens of the model's context, as [Config.Context].
	Context int
	// Slots is the most calls under way; 0 means those of the configuration, or
	// that they are found.
	Slots int
	// Limits of this endpoint, as [Config.RequestsPerMinute].
	RequestsPerMinute, TokensPerMinute int
	// When says what must be the matter with the endpoints before for this one
	// to be asked. Without, it is equal to the first, and jobs are spread over
	// them by Weight, by default 1.
	When   []Condition
	Weight float64
}

// Judge says who judges.
type Judge struct {
	// LLM is the judge's endpoint; nil means the worker's own. Elsewhere it is
	// asked once a draft, and its Timeout is what a job waits for it at most.
	LLM   *llm.Client
	Model string
	// Price of the judge's tokens. Nil means that of the worker, if endpoint and
	// model are the worker's, and else that the cost of its jobs is unknown.
	Price *Price
}

// Price of a model's tokens, per million of them.
type Price struct {
	Input, Output float64
	// CachedInput is the price of tokens served from the provider's prefix
	// cache; 0 means Input.
	CachedInput float64
	// Batch is the part of these prices that a call in a provider's batch costs, 0.5
	// being half; 0 means all of it.
	Batch    float64
	Currency string // ISO 4217, "USD"
	// Free declares that prices of 0 are meant: a server of your own.
	Free bool
}

// cost of a call's usage.
func (p *Price) cost(u llm.Usage) float64 {
	cached := p.CachedInput
	if cached == 0 {
		cached = p.Input
	}
	return (float64(u.In-u.Cached)*p.Input + float64(u.Cached)*cached + float64(u.Out)*p.Output) / 1e6
}

// Defaults of [Config].
const (
	DefaultAttempts = 5
	DefaultGrace    = 30 * time.Second
)

// withDefaults fills in zero fields.
func (c Config) withDefaults() Config {
	if c.Slots == 0 {
		c.Slots, c.search = mostJobs, true
	}
	if c.MaxArticleBytes == 0 {
		c.MaxArticleBytes = queue.MaxArticleBytes
	}
	if c.Attempts == 0 {
		c.Attempts = DefaultAttempts
	}
	if c.Grace == 0 {
		c.Grace = DefaultGrace
	}
	if c.ReplyPrefixes == nil {
		c.ReplyPrefixes = []string{"_INBOX."}
	}
	if c.Log == nil {
		c.Log = zap.NewNop()
	}
	if c.Metrics == nil {
		c.Metrics = prometheus.NewRegistry()
	}
	return c
}

// Validate joins all problems.
func (c Config) Validate() error {
	var errs []error
	check := func(ok bool, format string, args ...any) {
		if !ok {
			errs = append(errs, fmt.Errorf(format, args...))
		}
	}
	check(c.Queue != nil && c.LLM != nil && c.Prompts != nil, "queue, llm and prompts are required")
	check(c.Model != "", "model: name the model to ask")
	check(c.Slots >= 0, "slots %d: must be at least 1", c.Slots)
	check(c.InFlight >= 0, "calls in flight %d: must not be negative", c.InFlight)
	check(c.RequestsPerMinute >= 0 && c.TokensPerMinute >= 0, "requests and tokens per minute: must not be negative")
	check(c.Context >= 0, "context %d tokens: must be above 0", c.Context)
	check(c.Hedge >= 0 && c.Hedge < 1, "hedge %g: must be 0 (off), or a share below 1 such as 0.95", c.Hedge)
	check(c.MaxTokens >= 0, "max tokens %d: must be above 0", c.MaxTokens)
	check(c.Temperature >= 0 && c.Temperature <= 2, "temperature %g: must be 0 to 2", c.Temperature)
	check(c.Attempts >= 0, "attempts %d: must be at least 1", c.Attempts)
	check(c.MaxArticleBytes >= 0 && c.MaxArticleBytes <= queue.MaxArticleBytes, "max article bytes %d: must be 1 to %d", c.MaxArticleBytes, queue.MaxArticleBytes)
	check(c.Grace >= 0, "grace %s: must not be negative", c.Grace)
	if p := c.Price; p != nil {
		check(p.Input >= 0 && p.Output >= 0 && p.CachedInput >= 0, "price: must not be negative")
	}
	for _, e := range c.Others {
		errs = append(errs, e.validate(c.Price)...)
	}
	if j := c.Judge; j != nil {
		check(j.Model != "", "judge: name the model that is to judge")
		if p := j.Price; p != nil {
			check(p.Input >= 0 && p.Output >= 0 && p.CachedInput >= 0, "judge's price: must not be negative")
			check(c.Price == nil || p.Free || c.Price.Currency == p.Currency, "judge's price: must be in the worker's currency")
		}
	}
	errs = append(errs, c.validateMoney())
	return errors.Join(errs...)
}

// validate joins all problems of an endpoint beside one with that price.
func (e Endpoint) validate(first *Price) (errs []error) {
	label := "?"
	if e.LLM != nil {
		label = e.LLM.Label()
	}
	check := func(ok bool, format string, args ...any) {
		if !ok {
			errs = append(errs, fmt.Errorf("endpoint %s: "+format, append([]any{label}, args...)...))
		}
	}
	check(e.LLM != nil, "has no client")
	check(e.Model != "", "name the model to ask")
	check(e.Context >= 0, "context %d tokens: must not be negative", e.Context)
	check(e.Slots >= 0, "slots %d: must not be negative", e.Slots)
	check(e.RequestsPerMinute >= 0 && e.TokensPerMinute >= 0, "requests and tokens per minute: must not be negative")
	check(e.Weight >= 0, "weight %g: must not be negative", e.Weight)
	for _, c := range e.When {
		check(slices.Contains(Conditions(), c), "when %q: must be one of %v", c, Conditions())
	}
	if p := e.Price; p != nil {
		check(p.Input >= 0 && p.Output >= 0 && p.CachedInput >= 0, "price: must not be negative")
		check(first == nil || p.Free || first.Currency == p.Currency, "price: must be in the first endpoint's currency")
	}
	return errs
}

// model resolves a job's wish.
func (c Config) model(job queue.Job) (string, bool) {
	wish := job.Options.Model
	if wish == "" || wish == c.Model {
		return c.Model, true
	}
	return wish, slices.Contains(c.AllowedModels, wish)
}

func (c Config) mayReply(subject string) bool {
	return slices.ContainsFunc(c.ReplyPrefixes, func(prefix string) bool { return strings.HasPrefix(subject, prefix) })
}
