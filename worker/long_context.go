package worker

import (
	"errors"
	"sync"

	"github.com/mujaz/mujaz/internal/llm"
	"github.com/mujaz/mujaz/internal/tokens"
)

// ContextSizes are the context sizes of models in tokens, of prompt and answer
// together. The worker learns them from its calls; a file or a flag may fill
// them before. The zero value knows none. It is safe for concurrent use.
type ContextSizes struct {
	mu      sync.Mutex
	sizes   map[modelKey]int
	general int
}

// modelKey is a model at an endpoint: the same name elsewhere is another model.
type modelKey struct{ endpoint, model string }

// NewContextSizes takes the size of every model that nothing else is known of;
// 0 means that it is learned.
func NewContextSizes(general int) *ContextSizes { return &ContextSizes{general: general} }

// Get returns the size, or 0 where it is not known. Endpoint is its label.
func (c *ContextSizes) Get(endpoint, model string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	size := c.sizes[modelKey{endpoint, model}]
	if size == 0 || c.general > 0 && c.general < size {
		return c.general
	}
	return size
}

// Learn takes over a size that the endpoint told, or that a profile has. What is
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

func (p *Pipeline) counter(q question) *tokens.Counter {
	return p.counters.of(q.to.llm.Label(), q.model)
}

// contextOf is the context size of the question's model, 0 where it is not known.
func (p *Pipeline) contextOf(q question) int { return p.sizes().Get(q.to.llm.Label(), q.model) }

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
	calibrated := counter.Calibrated()
	edge := e.Usage.In >= smallestEdge && e.Usage.In%edgeOf == 0
	if e.Suspicion == "" && !(edge && calibrated) {
		return false
	}
	expected := 0
	for _, text := range q.texts() {
		expected += counter.Count(text)
	}
	if size := a.p.contextOf(q); size > 0 && expected <= size {
		return false
	}
	return !calibrated || float64(expected) > cutAbove*float64(e.Usage.In)
}
