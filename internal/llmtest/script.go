package llmtest

import (
	"encoding/json"
	"strings"
	"time"
)

// Script says how the endpoint behaves. The zero value answers every request
// well and at once.
//
// For each request the first source that has a Step decides: Choose, ByNumber,
// Steps, Random; otherwise the answer is good.
type Script struct {
	// Steps are taken one a request, in order of arrival; after the last one the
	// answers are good again, or the last repeats.
	Steps      []Step
	RepeatLast bool
	// ByNumber picks by the request's number, counted from 1.
	ByNumber map[int]Step
	// Random picks by chance, with Seed fixed: the k-th request gets the same
	// Step in every run.
	Random []Chance
	Seed   uint64
	// Choose picks by looking at the request; false leaves it to the others.
	Choose func(*Request) (Step, bool)

	// Done is told the number of each call that was well formed as it ends, and
	// whether its answer was sent rather than the call given up.
	Done func(number int, sent bool)

	// Answer writes the content of good answers. Nil fills the schema of the
	// request, or without one gives a plain English text.
	Answer func(*Request) string
	// Values replace what is filled in, by property name.
	Values map[string]json.RawMessage
	// Model is the model name in answers; empty means "stand-in".
	Model string

	// Latency is the time from admission to answer, Jitter the largest addition
	// or subtraction, evenly spread.
	Latency time.Duration
	Jitter  time.Duration
	// Slots is how many calls are worked on at once; further ones wait in a
	// queue of any length without being told. 0 means no limit.
	Slots int
	// MaxQueue refuses with 503 what exceeds the queue. 0 means no limit.
	MaxQueue int
	// RequestsPerMinute and TokensPerMinute answer 429 beyond the limit, with
	// the headers of OpenAI. Prompt and answer tokens count. 0 means no limit.
	RequestsPerMinute int
	TokensPerMinute   int
	// Burst is the part of a minute's allowance that may be used at once, above
	// 0 and at most 1. 0 means 1.
	Burst float64

	// Context is the context size in tokens, of prompt and answer together; 0
	// means no limit. A request that exceeds it by its prompt and the tokens
	// that it allows the answer is refused with 400, in the words of another
	// server each time; or, with CutsSilently, its prompt is cut to the context
	// and answered, as Ollama does, and the usage says how much was read.
	Context      int
	CutsSilently bool
	// ModelFields are JSON members added to the model in /models, such as
	// `"max_model_len":8192`; Props is what GET /props answers, "" being 404.
	ModelFields string
	Props       string

	// Batch is how batches of requests are done.
	Batch BatchScript

	// TLS serves https with a certificate that nobody should trust.
	TLS bool
}

// Chance is a Step and how likely it is, from 0 to 1. The chances of a Script
// add up to at most 1; the rest is good answers.
type Chance struct {
	P    float64
	Step Step
}

// Step is one answer. The zero value is a good one.
type Step struct {
	Status      int               // 0 means 200
	Header      map[string]string // added to the answer
	ContentType string            // "" means application/json
	// RetryAfterDate, when not 0, adds Retry-After as the date so far from now.
	RetryAfterDate time.Duration
	// Body is sent as it is; empty sends a completion as Completion changes it.
	Body       string
	Completion Completion
	// Pad appends so many spaces to the body: large answers without large
	// tables. They compress to almost nothing.
	Pad int
	// Gzip compresses the body, asked or not.
	Gzip bool

	Delay    time.Duration // before the header
	Stall    bool          // sends nothing until the client or the server leaves
	Drip     time.Duration // sends header, then one blank at this interval, and never more
	CutAfter int           // sends so many bytes of the body, then resets the connection
	Hangup   bool          // closes the connection instead of answering
}

// Completion changes parts of a good completion. The zero value changes nothing.
type Completion struct {
	Content string // replaces the answer; sent byte for byte but for JSON's escapes
	Null    bool   // content is null
	Before  string // put before the answer
	After   string // put after the answer
	Keep    int    // cuts the answer to its first bytes
	// FinishReason replaces "stop"; "-" leaves the field out.
	FinishReason     string
	Refusal          string
	Reasoning        string // as Ollama and OpenRouter name it
	ReasoningContent string // as DeepSeek and vLLM name it
	Model            string
	NoUsage          bool
	PromptTokens     int    // replaces the count
	Usage            string // JSON that replaces the whole usage object
}

// failing reports whether the Step ends in anything but a whole 2xx answer.
func (s *Step) failing() bool {
	return s.Status >= 300 || s.Stall || s.Drip > 0 || s.Hangup || s.CutAfter > 0
}

// charged reports whether a provider would charge for a 2xx answer: not for an
// error in the place of one, nor for a page of somebody in between.
func (s *Step) charged() bool {
	return !strings.HasPrefix(s.Body, `{"error"`) && !strings.HasPrefix(s.ContentType, "text/html") && !strings.HasPrefix(s.ContentType, "text/plain")
}
