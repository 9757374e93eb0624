package tokens

import (
	"strings"
	"sync"

	"github.com/tiktoken-go/tokenizer/codec"
)

// Counter counts the tokens of texts as one model at one endpoint does. It is
// safe for concurrent use.
type Counter struct {
	exact func() *codec.Codec // nil: the tokenizer is not known

	mu   sync.Mutex
	fit  *fit
	turn int
}

// New returns the counter of a model. By its name the tokenizer may be known;
// an endpoint that serves something else under that name is found out by
// [Counter.Learn].
func New(model string) *Counter {
	c := &Counter{exact: familyOf(model)}
	if c.exact != nil {
		c.fit = newFit([]float64{1}, exactDoubt)
	} else {
		c.fit = newFit(priors[:], priorDoubt)
	}
	return c
}

const (
	// priorDoubt is how far a script's tokens a character may be off: of 1,260
	// Arabic characters o200k makes 398, cl100k 897.
	priorDoubt = 0.6
	// exactDoubt leaves room for what stands around the text in a call.
	exactDoubt = 0.1
)

// The vocabularies are read once a process, at the first need: 20 to 60 ms.
var (
	o200k  = sync.OnceValue(codec.NewO200kBase)  //nolint:gochecknoglobals // read once, never written
	cl100k = sync.OnceValue(codec.NewCl100kBase) //nolint:gochecknoglobals // as above
)

// familyOf gives the tokenizer that a model's name stands for, or nil. Gateways
// put the provider in front of the name.
func familyOf(model string) func() *codec.Codec {
	model = strings.ToLower(model)
	model = strings.TrimPrefix(model[strings.LastIndexByte(model, '/')+1:], "ft:")
	for _, f := range []struct {
		family   func() *codec.Codec
		prefixes []string
	}{
		{o200k, []string{"gpt-4o", "chatgpt-4o", "gpt-4.1", "gpt-4.5", "gpt-5", "o1", "o3", "o4", "gpt-oss"}},
		{cl100k, []string{"gpt-4", "gpt-3.5", "gpt-35"}},
	} {
		for _, prefix := range f.prefixes {
			rest, found := strings.CutPrefix(model, prefix)
			if found && (rest == "" || strings.ContainsRune("-:.@", rune(rest[0]))) {
				return f.family
			}
		}
	}
	return nil
}

// Exact reports whether the model's own tokenizer counts.
func (c *Counter) Exact() bool { return c.exact != nil }

// Count is the number of tokens that the model sees in text. It takes some 2 ns
// a byte by estimate, and 150 with a tokenizer.
func (c *Counter) Count(text string) int {
	features := c.features(text)
	c.mu.Lock()
	defer c.mu.Unlock()
	return int(c.fit.predict(features) + 0.999)
}

// AtMost is a bound that costs nothing: no tokenizer makes more tokens than
// there are bytes.
func AtMost(text string) int { return len(text) }

func (c *Counter) features(texts ...string) []float64 {
	if c.exact != nil {
		sum := 0
		for _, text := range texts {
			// It fails in strict mode only, which is not the one that is set.
			n, err := c.exact().Count(text)
			if err != nil {
				n = Estimate(text)
			}
			sum += n
		}
		return []float64{float64(sum)}
	}
	var sum shape
	for _, text := range texts {
		for i, n := range shapeOf(text) {
			sum[i] += n
		}
	}
	return sum[:]
}

const (
	// learnAll is how many calls are all learned from; after them one in
	// learnOneIn is, which follows a change and costs next to nothing.
	learnAll   = 64
	learnOneIn = 16
	// calibratedAfter is the number of calls from which a script that they had
	// is known well.
	calibratedAfter = 8
	// learnBytes bounds what is counted for learning's sake alone.
	learnBytes = 64 << 10
)

// Learn takes over what the endpoint reported for a prompt of these texts. A
// report that cannot be true is passed over.
func (c *Counter) Learn(reported int, texts ...string) {
	size := 0
	for _, text := range texts {
		size += len(text)
	}
	c.mu.Lock()
	c.turn++
	take := c.turn <= learnAll || c.turn%learnOneIn == 0
	c.mu.Unlock()
	if !take || size > learnBytes || reported <= 0 {
		return
	}
	features := c.features(texts...)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.fit.learn(features, float64(reported))
}

// Calibrated reports whether enough calls have been learned from to trust the
// counts against what the endpoint says.
func (c *Counter) Calibrated() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.fit.seen >= calibratedAfter
}
