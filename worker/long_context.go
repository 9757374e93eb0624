package worker

import (
	"errors"
	"slices"
	"sync"

	"github.com/mujaz/mujaz/internal/llm"
	"github.com/mujaz/mujaz/internal/tokens"
)

// ContextSizes are the context sizes of models in tokens, of prompt and answer
// together. The worker learns them from its calls; a profile may fill them
// before. The zero value knows none. It is safe for concurrent use.
type ContextSizes struct {
	mu    sync.Mutex
	sizes map[modelKey]int
}

// modelKey is a model at an endpoint: the same name elsewhere is another model.
type modelKey struct{ endpoint, model string }

// Get returns the size, or 0 where it is not known. Endpoint is its label.
func (c *ContextSizes) Get(endpoint, model string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.sizes[modelKey{endpoint, model}]
}

// Learn takes over a size that is configured, told by the endpoint or in a profile. What is
// known can only get smaller: a call that was refused proves that, and a larger
// number elsewhere does not disprove it.
func (c *ContextSizes) Learn(endpoint, model string, size int) {
	if size <= 0 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	key := modelKey{endpoint, model}
	if known := c.sizes[key]; known > 0 && known <= size {
		return
	}
	if c.sizes == nil || len(c.sizes) >= maxModels {
		c.sizes = map[modelKey]int{}
	}
	c.sizes[key] = size
}

// maxModels bounds what is remembered of models. They come from the settings, so
// only a mistake fills it, and forgetting costs a call that is refused.
const maxModels = 256

// counters are the token counters of models, made at first use.
type counters struct {
	mu      sync.Mutex
	byModel map[modelKey]*tokens.Counter
}

func (c *counters) of(endpoint, model string) *tokens.Counter {
	c.mu.Lock()
	defer c.mu.Unlock()
	key := modelKey{endpoint, model}
	counter, found := c.byModel[key]
	if !found {
		if c.byModel == nil || len(c.byModel) >= maxModels {
			c.byModel = map[modelKey]*tokens.Counter{}
		}
		counter = tokens.New(model)
		c.byModel[key] = counter
	}
	return counter
}

// endpoint is who is asked, or who is asked first.
func (q question) endpoint() *endpoint {
	if q.to != nil {
		return q.to
	}
	return q.chain.first()
}

func (p *Pipeline) counter(q question) *tokens.Counter {
	return p.counters.of(q.endpoint().llm.Label(), q.model)
}

// contextOf is the context size of a question's model at an endpoint, 0 where it
// is not known.
func (p *Pipeline) contextOf(q question) int { return p.sizes().Get(q.to.llm.Label(), q.model) }

// widest is the largest context that a question may meet: at one of the pool, or
// at one that is there for long articles. 0 is one that is not known.
func (p *Pipeline) widest(q question) int {
	most := 0
	for _, e := range q.chain.all() {
		if len(e.when) > 0 && !slices.Contains(e.when, WhenTooLong) {
			continue
		}
		size := p.contextOf(q.at(e))
		if size == 0 {
			return 0
		}
		most = max(most, size)
		if q.model != q.chain.first().model {
			break // asked for at the first alone
		}
	}
	return most
}

// narrowest is the smallest known context of the pool: parts that fit it can be
// asked for at any of them. 0 where none is known.
func (p *Pipeline) narrowest(q question) int {
	least := 0
	for _, e := range q.chain.pool {
		if size := p.contextOf(q.at(e)); size > 0 && (least == 0 || size < least) {
			least = size
		}
		if q.model != q.chain.first().model {
			break
		}
	}
	return least
}

// learnContext takes over what an error says of a model's context.
func (p *Pipeline) learnContext(q question, err error) {
	if e := llmError(err); e != nil && e.Class == llm.ClassContextTooLong {
		p.sizes().Learn(q.to.llm.Label(), q.model, e.ContextLimit)
	}
}

// exceeds is the error of a prompt that is beyond the model's known context. An
// endpoint that would cut it is not paid for that, and another can be asked.
func (a *asker) exceeds(q question) error {
	size := a.p.contextOf(q)
	if size == 0 {
		return nil
	}
	bytes, sum := 0, 0
	for _, text := range q.texts() {
		bytes += tokens.AtMost(text)
	}
	if bytes <= size {
		return nil
	}
	counter := a.p.counter(q)
	for _, text := range q.texts() {
		sum += counter.Count(text)
	}
	if sum <= size {
		return nil
	}
	return &llm.Error{Class: llm.ClassContextTooLong, ContextLimit: size, Endpoint: q.to.llm.Label(), Err: errExceeds}
}

var errExceeds = errors.New("the prompt exceeds what is known of the model's context; no call was made")

// knowContexts takes the sizes that are configured.
func (p *Pipeline) knowContexts() {
	p.sizes().Learn(p.cfg.LLM.Label(), p.cfg.Model, p.cfg.Context)
	for _, e := range p.cfg.Others {
		p.sizes().Learn(e.LLM.Label(), e.Model, e.Context)
	}
}

func (p *Pipeline) sizes() *ContextSizes {
	if p.cfg.Contexts != nil {
		return p.cfg.Contexts
	}
	return &p.learnt
}

// texts are what the endpoint counts of a question.
func (q question) texts() []string {
	texts := make([]string, len(q.messages))
	for i, m := range q.messages {
		texts[i] = m.Content
	}
	return texts
}

// read gives the content of an answer, and learns from its usage how the model
// counts. An answer to a prompt that the endpoint has cut is none: it is an
// error of the class that a refusal of the prompt would have been.
func (a *asker) read(q question, e entry) (string, error) {
	if !e.Usage.Known {
		return e.Content, nil
	}
	counter := a.p.counter(q)
	if a.wasCut(q, e, counter) {
		a.p.sizes().Learn(q.to.llm.Label(), q.model, e.Usage.In)
		return "", &llm.Error{
			Class: llm.ClassContextTooLong, ContextLimit: e.Usage.In, Usage: e.Usage, Endpoint: q.to.llm.Label(), Err: errCutPrompt,
			Advice: "raise the context size that the endpoint is run with (num_ctx of Ollama)",
		}
	}
	counter.Learn(e.Usage.In, q.texts()...)
	return e.Content, nil
}

var errCutPrompt = errors.New("the endpoint read only the part of the prompt that fits its context, and did not say so")

const (
	// edgeOf is what context sizes are multiples of, smallestEdge the least that
	// is worth a suspicion.
	edgeOf, smallestEdge = 1024, 2048
	// cutAbove is by how much a count must exceed the reported tokens: twice the
	// error of a counter that is calibrated.
	cutAbove = 1.2
)

// wasCut holds what the endpoint reported against what its model should have
// counted. The adapter's suspicion goes by the most frugal tokenizer there is;
// a counter that knows the model sees more, and clears a model that is even more
// frugal. A prompt that is below the known size was not cut.
func (a *asker) wasCut(q question, e entry, counter *tokens.Counter) bool {
	size := a.p.contextOf(q)
	if size > 0 && e.Usage.In >= size {
		return true // no prompt that was read to its end leaves no room for an answer
	}
	calibrated := counter.Calibrated()
	edge := e.Usage.In >= smallestEdge && e.Usage.In%edgeOf == 0
	if e.Suspicion == "" && !(edge && calibrated) {
		return false
	}
	expected := 0
	for _, text := range q.texts() {
		expected += counter.Count(text)
	}
	if size > 0 && expected <= size {
		return false
	}
	return !calibrated || float64(expected) > cutAbove*float64(e.Usage.In)
}
