package worker

import (
	"context"
	"encoding/binary"
	"errors"
	"math"
	"sync"
	"time"

	"github.com/failsafe-go/failsafe-go"
	"github.com/failsafe-go/failsafe-go/retrypolicy"
	"github.com/go-json-experiment/json"
	"go.uber.org/zap"

	"github.com/mujaz/mujaz/internal/llm"
	"github.com/mujaz/mujaz/prompts"
	"github.com/mujaz/mujaz/queue"
)

// question is one LLM call of a job.
type question struct {
	chain       *chain    // who may be asked
	to          *endpoint // who is: set for each that is
	model       string
	messages    []prompts.Message
	schema      *llm.Schema
	maxTokens   int
	temperature float64
	// purpose and prompt are for the record of spending.
	purpose queue.Purpose
	prompt  string
}

// entry is a finished call in the ledger. One with a Class failed: it was paid
// for and gave no answer that another job could use, so it is kept for its own
// job alone.
type entry struct {
	Content   string        `json:"content,omitzero"`
	Model     string        `json:"model,omitzero"`
	Rung      llm.Rung      `json:"rung,omitzero"`
	Class     llm.Class     `json:"class,omitzero"`
	Problems  []llm.Problem `json:"problems,omitzero"`
	Usage     llm.Usage     `json:"usage"`
	Calls     int           `json:"calls"`
	Suspicion string        `json:"suspicion,omitzero"`
	// Job is the message that paid for it: its own usage, to others a saving.
	Job string `json:"job"`
	// Batch is the number of the run's batch that it came from, at Cost; 0 is a
	// call of a worker's.
	Batch    int          `json:"batch,omitzero"`
	Cost     queue.Amount `json:"cost,omitzero"`
	Priced   bool         `json:"priced,omitzero"`
	Currency string       `json:"currency,omitzero"`
}

// asker makes the calls of one job and keeps account of them. ask is safe for
// concurrent use; the account is read when all calls are done.
type asker struct {
	p      *Pipeline
	d      *queue.Delivery
	force  bool
	key    string // of the job
	batch  string // stands for the job in what was paid for before it was queued
	limits jobLimits

	// mu guards the account: the parts of a long article are asked side by side.
	mu      sync.Mutex
	usage   queue.Usage
	llmTime time.Duration
	// served is the model that wrote the answer, by that endpoint.
	served, endpoint string
	rung             llm.Rung
	// temperature of the last question to the writer.
	temperature float64
	// judge is the prompt that the judge was asked with, judgedBy its model.
	judge, judgedBy string
	// unpriced is whether a call was paid for at a price that nobody knows.
	unpriced bool
	// paid is whether any answer was paid for by this job rather than found.
	paid bool
	// counted are the questions whose answers are in the account: a repair that
	// changes nothing has the same claims judged again.
	counted map[string]bool
}

// ask returns the answer to a question: from the ledger if it is there, else
// from the first endpoint of the chain that gives one, and then it is in the
// ledger before ask returns. While the endpoints throttle or are down it waits.
// The error is an *llm.Error, or the context's cause.
func (a *asker) ask(ctx context.Context, q question) (string, error) {
	if !q.chain.first().judge {
		a.mu.Lock()
		a.temperature = q.temperature
		a.mu.Unlock()
	}
	if content, found := a.paidBefore(ctx, q); found {
		return content, nil
	}
	asked := tried{}
	var last error
	for held := time.Now(); ; {
		e, err := q.chain.choose(ctx, asked, q.model)
		if err != nil {
			return "", err
		}
		if e == nil {
			return "", last
		}
		content, err := a.askAt(ctx, q.at(e))
		if err == nil {
			return content, nil
		}
		last = err
		switch trouble := troubleOf(err); {
		case e.aside || ctx.Err() != nil:
			return "", err
		case errors.Is(err, errPaused):
			// Its gate closed meanwhile.
		case e.stops(err):
			if time.Since(held) > holdFor {
				return "", err
			}
		case trouble == "":
			return "", err
		default:
			if asked[e] = trouble; !q.chain.more(asked, q.model) {
				return "", err
			}
		}
	}
}

// at is the question as it is put to an endpoint.
func (q question) at(e *endpoint) question {
	q.to = e
	if q.model == q.chain.first().model {
		q.model = e.model
	}
	return q
}

// paidBefore finds an answer of any endpoint that this job paid for before it
// was queued or delivered again: the first one may be there again by now.
func (a *asker) paidBefore(ctx context.Context, q question) (string, bool) {
	if a.d.First() && a.d.Header(queue.HeaderAnswer) == "" || q.chain.alone() {
		return "", false
	}
	for _, e := range q.chain.all() {
		at := q.at(e)
		key := at.digest(a.p.cfg.Seed)
		if found, ok := a.stored(ctx, key); ok && found.Class == "" {
			a.count(at, key, found)
			if content, err := a.read(at, found); err == nil {
				return content, true
			}
		}
	}
	return "", false
}

// askAt asks one endpoint, which was chosen.
func (a *asker) askAt(ctx context.Context, q question) (string, error) {
	defer q.to.asked()
	key := q.digest(a.p.cfg.Seed)
	var e entry
	look := func() (found bool) {
		e, found = a.stored(ctx, key)
		return found
	}
	known, leave := look(), func(bool) {}
	if !known {
		if err := a.exceeds(q); err != nil {
			return "", err
		}
	}
	if !known && !a.force {
		var err error
		if known, leave, err = a.p.sharing.enter(ctx, key, a.d.MessageID(), look, q.chain.draining); err != nil {
			return "", err
		}
	}
	if !known {
		answered := false
		defer func() { leave(answered) }() // also of a panic: others wait
		e, err := a.askAnew(ctx, q, key)
		if answered = err == nil; !answered {
			return "", err
		}
		return a.read(q, e)
	}
	a.count(q, key, e)
	if e.Class != "" {
		return "", e.failure(q.to.llm.Label())
	}
	return a.read(q, e)
}

// askAnew calls, and stores what came of it.
func (a *asker) askAnew(ctx context.Context, q question, key string) (entry, error) {
	a.p.stage(StageCall, a.d)
	start := time.Now()
	resp, err := a.call(ctx, q)
	a.mu.Lock()
	a.llmTime += time.Since(start)
	a.mu.Unlock()
	e, finished := entryOf(q, resp, err, a.d.MessageID())
	if !finished {
		a.p.learnContext(q, err)
		return entry{}, err
	}
	a.count(q, key, e)
	a.p.stage(StageCheckpoint, a.d)
	if e.Class != "" {
		key = a.ownKey(key)
	}
	a.store(ctx, key, e)
	if err != nil {
		return entry{}, err
	}
	return e, nil
}

// stored looks a question up. An answer that this very job paid for before a
// crash counts even where a new one is forced. A failure is nobody else's.
func (a *asker) stored(ctx context.Context, key string) (entry, bool) {
	keys := []string{key}
	if !a.d.First() {
		keys = append(keys, a.ownKey(key))
	}
	for _, k := range keys {
		data, err := a.answer(ctx, k)
		if err != nil {
			if !errors.Is(err, queue.ErrNotFound) && ctx.Err() == nil {
				a.p.cfg.Log.Warn("ledger not readable, calling anew", zap.Error(err), zap.Uint64(keySequence, a.d.Sequence))
			}
			continue
		}
		var e entry
		if json.Unmarshal(data, &e) != nil || (a.force || e.Class != "") && !a.own(e) {
			continue
		}
		return e, true
	}
	return entry{}, false
}

// answer reads the ledger, and waits for a server that is away: to ask again for
// what is stored would be paid for twice. A lease that is lost ends the wait.
func (a *asker) answer(ctx context.Context, key string) ([]byte, error) {
	limited, cancel := context.WithTimeout(ctx, persistFor)
	defer cancel()
	for wait := persistWait; ; wait = min(2*wait, persistWaitMax) {
		attempt, done := context.WithTimeout(limited, persistTry)
		data, err := a.p.ledger.Answer(attempt, key)
		done()
		if err == nil || errors.Is(err, queue.ErrNotFound) || sleep(limited, wait, nil) != nil {
			return data, err
		}
	}
}

func (a *asker) ownKey(key string) string {
	return key + "." + a.d.MessageID()
}

// call asks an endpoint when it is its turn, and again after a transient fault.
// An endpoint aside is asked once.
func (a *asker) call(ctx context.Context, q question) (llm.Response, error) {
	req := q.request(a.p.cfg.Seed)
	// Where there is a choice, it is made anew when a gate is closed.
	patient := q.chain.alone()
	once := func(ctx context.Context, q question) (llm.Response, error) {
		return a.budgeted(ctx, q, func() (llm.Response, error) {
			report, err := q.to.enter(ctx, q, patient)
			if err != nil {
				return llm.Response{}, err
			}
			began := time.Now()
			resp, err := q.to.llm.Complete(ctx, req)
			report(resp, err)
			if err == nil {
				q.to.times.add(time.Since(began))
			}
			outrun(ctx, q, err)
			a.p.metrics.calls(q.to.llm.Label(), resp, err)
			a.spend(q, resp, err)
			return resp, err
		})
	}
	if q.to.aside {
		return once(ctx, q)
	}
	return failsafe.With(a.p.retry).WithContext(ctx).Get(func() (llm.Response, error) { return a.hedged(ctx, q, once) })
}

// request is the question as the adapter takes it.
func (q question) request(seed *int) llm.Request {
	req := llm.Request{
		Messages: make([]llm.Message, len(q.messages)), Schema: q.schema, MaxTokens: q.maxTokens,
		Temperature: q.temperature, Seed: seed, Model: q.model,
	}
	for i, m := range q.messages {
		req.Messages[i] = llm.Message(m)
	}
	return req
}

// holdFor is how long a job waits in its slot for the endpoint. Beyond it the
// job goes back, so that a worker with another endpoint can have it.
const holdFor = 2 * time.Minute

// newRetry repeats a call within the attempt after a fault of that one call.
func newRetry() retrypolicy.RetryPolicy[llm.Response] {
	return retrypolicy.NewBuilder[llm.Response]().
		HandleIf(func(_ llm.Response, err error) bool {
			// What is no answer of the endpoint's is not mended by asking it again.
			return llmError(err) != nil && llm.Classify(err) == llm.ClassTransient
		}).
		WithBackoff(retryFirst, retryLongest).
		WithJitterFactor(0.5).
		WithMaxRetries(retriesWithin).
		ReturnLastFailure().
		Build()
}

const (
	retryFirst    = 250 * time.Millisecond
	retryLongest  = 4 * time.Second
	retriesWithin = 2
)

// store keeps an answer, also when the worker is being stopped: it is paid for.
// A ledger that cannot be written is no reason to lose the answer as well.
func (a *asker) store(ctx context.Context, key string, e entry) {
	data, err := json.Marshal(e)
	if err == nil {
		err = a.p.stores.persist(ctx, storeLedger, func(ctx context.Context) error { return a.p.ledger.PutAnswer(ctx, key, data) })
	}
	if err != nil {
		a.p.metrics.unstored.Inc()
		a.p.cfg.Log.Error("answer not stored in the ledger: a crash now would pay for it again",
			zap.Error(err), zap.Uint64(keySequence, a.d.Sequence))
	}
}

const (
	// persistFor outlasts a leader election and a restart of the server.
	persistFor = 45 * time.Second
	// persistTry is short of that: what a server that is just starting drops
	// is never answered.
	persistTry     = 5 * time.Second
	persistWait    = 100 * time.Millisecond
	persistWaitMax = 2 * time.Second
)

// settled reports whether trying a write again is of no use.
func settled(err error) bool {
	return errors.Is(err, queue.ErrConflict) || errors.Is(err, queue.ErrResultExists) ||
		errors.Is(err, queue.ErrLeaseLost) || errors.Is(err, queue.ErrTooLarge)
}

// usage is what the endpoint reported, or else an estimate: Arabic takes two
// bytes a letter and 2.5 to 3.2 letters a token, English one byte and four, so
// that 4.5 bytes a token is near for both (o200k, Gemma and Qwen measured).
func (q question) usage(reported llm.Usage, content string) llm.Usage {
	if reported.Known {
		return reported
	}
	return llm.Usage{In: q.inputTokens(), Out: len(content) * 2 / 9}
}

func (q question) inputTokens() int {
	sent := len(q.schema.Sent())
	for _, m := range q.messages {
		sent += len(m.Content)
	}
	return sent * 2 / 9
}

// digest identifies a question by all that decides its answer: every byte of
// the prompt, the schema, the model and the parameters.
func (q question) digest(seed *int) string {
	return digestOf(func(to []byte) []byte {
		to = appendField(to, q.model)
		to = appendField(to, string(q.schema.Sent()))
		to = binary.LittleEndian.AppendUint64(to, uint64(q.maxTokens))
		to = binary.LittleEndian.AppendUint64(to, math.Float64bits(q.temperature))
		if seed != nil {
			to = binary.LittleEndian.AppendUint64(to, uint64(*seed))
		}
		for _, m := range q.messages {
			to = appendField(appendField(to, m.Role), m.Content)
		}
		return to
	})
}
