package worker

import (
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/mujaz/mujaz/internal/llm"
	"github.com/mujaz/mujaz/queue"
)

// Batch makes the first questions of a run's jobs before these are queued, for a
// provider's batch file, and turns the answers into entries of the ledger. The
// worker that gets a job then finds its first call made, as after a crash, and does
// all the rest. It is not safe for concurrent use.
type Batch struct {
	p      *Pipeline
	source string
}

// NewBatch prepares the questions of a run, whose source token it is given. The
// configuration must be that of the workers: see [Config.Setup].
func NewBatch(cfg Config, source string) (*Batch, error) {
	if err := cfg.Validate(); err != nil {
		return nil, fmt.Errorf("batch config: %w", err)
	}
	if err := queue.ValidateSource(source); err != nil {
		return nil, err
	}
	cfg = cfg.withDefaults()
	b := &Batch{source: source, p: &Pipeline{
		cfg: cfg, ledger: cfg.Queue.Ledger(), stores: newStores(cfg, &health{}), chain: newChain(cfg, func(*endpoint, GateStatus) {}),
	}}
	b.p.knowContexts()
	return b, nil
}

// Question is a job's first call.
type Question struct {
	// ID of its line, at most [llm.MaxBatchID] bytes: the job's key, and the
	// beginning of the call's own.
	ID string
	// Key of its answer in the ledger.
	Key      string
	Revision int
	q        question
	owner    string
	force    bool
	jobKey   string
}

// Model that is asked.
func (q Question) Model() string { return q.q.model }

// Aside is why a job's first call is not for a batch. Its job is queued as it is.
type Aside string

// The reasons.
const (
	AsideNone     Aside = ""
	AsideSkipped  Aside = "skipped"     // it needs no call
	AsideLong     Aside = "long"        // it goes to the model in parts, one after the other
	AsideRefused  Aside = "refused"     // the worker will say why: no article, no such prompt, another model
	AsideCopy     Aside = "copy"        // it may use the result of an article that it is a near copy of
	AsideOverCost Aside = "over_budget" // its own cap is below what the call could cost
)

// idKeyLength is how much of a call's key stands in a line's id: enough to tell
// two questions of one job, and short enough for every provider.
const idKeyLength = 16

// Question cleans and plans as the worker does.
func (b *Batch) Question(job queue.Job) (Question, Aside) {
	job = job.WithDefaults()
	if job.Article.Object != nil || b.p.admit(job, time.Now()) != nil {
		return Question{}, AsideRefused
	}
	if o := job.Options; o.CopyOf != "" && o.CopyOf != job.ID && !o.Force {
		return Question{}, AsideCopy
	}
	art, err := cleanArticle(job, job.Article)
	if err != nil {
		return Question{}, AsideRefused
	}
	if SkipReason(job, art.Article) != "" {
		return Question{}, AsideSkipped
	}
	art.terms = b.p.terms(job, art)
	plan, err := b.p.plan(job, art, false)
	if err != nil || b.p.publishable(job, art) != nil {
		return Question{}, AsideRefused
	}
	q := plan.first.at(b.p.chain.first())
	if q.messages == nil || (&asker{p: b.p}).exceeds(q) != nil {
		return Question{}, AsideLong
	}
	if limit := b.jobCap(job); limit > 0 && (b.price(q) == nil || b.AtMost(Question{q: q}) > queue.AmountOf(limit)) {
		return Question{}, AsideOverCost
	}
	key, name := q.digest(b.p.cfg.Seed), job.Key()
	return Question{
		ID: name + "-" + key[:idKeyLength], Key: key, Revision: job.Revision, q: q, force: job.Options.Force,
		owner: batchOwner(b.source, name, job.Revision), jobKey: name,
	}, AsideNone
}

func (b *Batch) jobCap(job queue.Job) float64 {
	limit := b.p.cfg.Budgets.Job
	if own := job.Options.MaxCost; own > 0 && (limit == 0 || own < limit) {
		limit = own
	}
	return limit
}

// batchOwner stands in an entry for the job that paid for it, whose message is not
// there yet. It is no [queue.Delivery.MessageID]: that has no dots.
func batchOwner(source, key string, revision int) string {
	return fmt.Sprintf("batch.%s.%s.%d", source, key, revision)
}

// AppendLine adds the question's line to a batch file.
func (b *Batch) AppendLine(to []byte, q Question) ([]byte, error) {
	return b.p.cfg.LLM.AppendBatchLine(to, q.ID, b.request(q.q))
}

func (b *Batch) request(q question) llm.Request { return q.request(b.p.cfg.Seed) }

func (b *Batch) price(q question) *Price { return b.p.cfg.priceOf(q.model) }

// AtMost is what the question can cost in a batch; 0 where its price is not known.
func (b *Batch) AtMost(q Question) queue.Amount {
	price := b.price(q.q)
	if price == nil {
		return 0
	}
	return queue.AmountOf(price.batchCost(q.q.atMost()))
}

// Currency of all prices.
func (b *Batch) Currency() string { return b.p.cfg.currency() }

// Endpoint is the label of the one whose batches these are.
func (b *Batch) Endpoint() string { return b.p.cfg.LLM.Label() }

// Budgets are the caps that a batch which asks a model now is under, that of the
// run's record among them. Without a price none can be kept.
func (b *Batch) Budgets(ctx context.Context, model string) ([]queue.Budget, error) {
	caps := b.p.cfg.Budgets
	record, err := b.p.cfg.Queue.FindRun(ctx, b.source)
	if err != nil && !errors.Is(err, queue.ErrNotFound) {
		return nil, err
	}
	var list []queue.Budget
	if limit := smaller(caps.Run, record.Budget); limit > 0 {
		list = append(list, queue.Budget{Scope: queue.ScopeRun, Name: b.source, Cap: queue.AmountOf(limit)})
	}
	if caps.Day > 0 {
		list = append(list, queue.Day(time.Now(), queue.AmountOf(caps.Day)))
	}
	if len(list) > 0 && b.p.cfg.priceOf(model) == nil {
		return nil, fmt.Errorf("the price of %s is unknown, so that no budget can be kept: give its price, or declare it free", model)
	}
	return list, nil
}

// Finding is what the ledger has for a question.
type Finding struct {
	Known bool // an answer that the job's worker will use
	// Batch is the number of the run's batch that it came from, for this very job;
	// 0 for an answer of another job or of a worker.
	Batch int
}

// Find looks a question up in the ledger.
func (b *Batch) Find(ctx context.Context, q Question) (Finding, error) {
	data, err := (&asker{p: b.p}).answer(ctx, q.Key)
	if errors.Is(err, queue.ErrNotFound) {
		return Finding{}, nil
	}
	if err != nil {
		return Finding{}, err
	}
	var e entry
	readable := json.Unmarshal(data, &e) == nil // else the worker asks anew
	if readable && e.Job == q.owner {
		return Finding{Known: true, Batch: e.Batch}, nil
	}
	return Finding{Known: readable && e.Class == "" && !q.force}, nil
}

// Kept is what became of an answer.
type Kept struct {
	Stored bool        // it is in the ledger; else the job's worker makes the call
	Class  string      // of failure; "" for a good answer
	Spend  queue.Spend // for the record; Paid is false where it cost nothing
}

// Store puts the answer of a line into the ledger, under the key that the worker
// looks for, as paid for by the job in the batch of that number.
func (b *Batch) Store(ctx context.Context, q Question, number int, a llm.BatchAnswer) (Kept, error) {
	resp, err := b.p.cfg.LLM.JudgeBatch(ctx, b.request(q.q), a)
	kept := Kept{Class: string(llm.Classify(err))}
	calls, answer := resp.Calls, resp.Content
	if e := llmError(err); e != nil {
		calls, answer = e.Calls, e.Answer
	}
	kept.Spend = queue.Spend{
		Time: time.Now().UTC(), Endpoint: b.Endpoint(), Model: q.q.model, Served: resp.Model, Prompt: q.q.prompt, Purpose: queue.PurposeWrite,
		Lane: queue.LaneBackfill, Source: b.source, Key: q.jobKey, Class: kept.Class, CostKnown: true, Currency: b.Currency(),
	}
	e, finished := entryOf(q.q, resp, err, q.owner)
	e.Batch, e.Currency = number, b.Currency()
	if paidCalls(calls) > 0 {
		s, used := &kept.Spend, q.q.usage(calls[len(calls)-1].Usage, answer)
		s.Paid, s.In, s.Out, s.Cached, s.Estimated = true, used.In, used.Out, used.Cached, !used.Known
		if price := b.price(q.q); price != nil {
			s.Cost = queue.AmountOf(price.batchCost(used))
		} else {
			s.CostKnown = false
		}
		e.Cost, e.Priced = s.Cost, s.CostKnown
	}
	if !finished {
		return kept, nil
	}
	data, err := json.Marshal(e)
	if err != nil {
		return kept, err
	}
	if err := b.p.stores.persist(ctx, storeLedger, func(ctx context.Context) error { return b.p.ledger.PutAnswer(ctx, q.Key, data) }); err != nil {
		return kept, err
	}
	kept.Stored = true
	return kept, nil
}

// batchCost of a call's usage in a provider's batch.
func (p *Price) batchCost(u llm.Usage) float64 { return p.cost(u) * cmp.Or(p.Batch, 1) }

// Setup is a digest of all settings that a call's key in the ledger depends on:
// workers whose setup is another do not find the answers of a batch.
func (c Config) Setup() string {
	return digestOf(func(to []byte) []byte {
		to = appendField(to, c.Model)
		to = binary.LittleEndian.AppendUint64(to, uint64(c.MaxTokens))
		to = binary.LittleEndian.AppendUint64(to, math.Float64bits(c.Temperature))
		if c.Seed != nil {
			to = binary.LittleEndian.AppendUint64(to, uint64(*c.Seed))
		}
		to = appendField(to, c.Glossary.Digest())
		for _, prompt := range c.Prompts.List() {
			to = appendField(to, prompt.Digest)
		}
		return to
	})[:setupLength]
}

// setupLength of hexadecimal digits tells settings apart.
const setupLength = 16

// errOtherSetup ends an attempt at a job whose first call was paid for in a batch,
// at a worker that would ask another question. It tries again some times, as
// another worker may get the job; then it is a dead letter, which costs nothing to
// redrive.
var errOtherSetup = errors.New("its first call was paid for in a batch that was made with another configuration (model, prompts, glossary, max tokens, temperature or seed): start the workers with that one, then `mujaz dead redrive`")

// matchesBatch reports whether a job's first question is the one that a batch has
// answered.
func (p *Pipeline) matchesBatch(d *queue.Delivery, q question) bool {
	key := d.Header(queue.HeaderAnswer)
	if key == "" || d.Redrives > 0 {
		return true
	}
	for _, e := range p.chain.all() {
		if q.at(e).digest(p.cfg.Seed) == key {
			return true
		}
	}
	return false
}
