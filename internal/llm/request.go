package llm

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	openai "github.com/sashabaranov/go-openai"
)

// Message is one turn of the prompt. Role is system, user or assistant.
type Message struct {
	Role    string
	Content string
}

// Rung is a way of asking for structured output, from the strictest down.
type Rung string

const (
	// RungSchema sends the JSON Schema with the request.
	RungSchema Rung = "json_schema"
	// RungObject asks for any JSON object; the schema stands in the prompt.
	RungObject Rung = "json_object"
	// RungText asks for nothing; the schema stands in the prompt. It is also the
	// rung of a Request without a Schema.
	RungText Rung = "text"
)

// depth orders the rungs; a deeper one asks less of the endpoint.
func (r Rung) depth() int {
	switch r {
	case RungObject:
		return 1
	case RungText:
		return 2
	default:
		return 0
	}
}

// below returns the next rung down and whether there is one.
func (r Rung) below() (Rung, bool) {
	switch r {
	case RungSchema:
		return RungObject, true
	case RungObject:
		return RungText, true
	default:
		return r, false
	}
}

// Request is one question to the model.
type Request struct {
	Messages []Message
	// Schema, when set, is what the answer must be; it is always checked here,
	// whatever the endpoint claims to enforce.
	Schema *Schema
	// MaxTokens bounds the answer, reasoning included. 0 leaves it to the
	// endpoint, which may then write without end.
	MaxTokens int
	// Temperature is always sent, 0 too: an absent one means 1.0 to Ollama.
	Temperature float64
	// Seed is sent when not nil.
	Seed *int
	// Model overrides Config.Model.
	Model string
	// Rung starts the ladder lower than what is remembered, for an endpoint that
	// hangs or loops under a constrained format. Empty starts where the client
	// last succeeded.
	Rung Rung
}

// validate catches what no endpoint could answer, before anything is sent.
func (r Request) validate() error {
	var problems []error
	if len(r.Messages) == 0 {
		problems = append(problems, errors.New("request: has no messages"))
	}
	for i, m := range r.Messages {
		switch m.Role {
		case openai.ChatMessageRoleSystem, openai.ChatMessageRoleUser, openai.ChatMessageRoleAssistant:
		default:
			problems = append(problems, fmt.Errorf("request: message %d has a role other than system, user, assistant", i))
		}
		if m.Content == "" {
			problems = append(problems, fmt.Errorf("request: message %d is empty", i))
		}
	}
	if r.MaxTokens < 0 {
		problems = append(problems, errors.New("request: max tokens is negative"))
	}
	if !(r.Temperature >= 0 && r.Temperature <= 2) { // NaN fails too
		problems = append(problems, errors.New("request: temperature is not between 0 and 2"))
	}
	return errors.Join(problems...)
}

// SchemaInstruction opens the text that the adapter adds to the system message
// on the rungs where the endpoint does not take the schema itself. The compact
// schema follows it.
const SchemaInstruction = "Answer with one JSON object and nothing else: no Markdown, no text before or after it. " +
	"It must be valid against this JSON Schema:\n"

// appendMessages writes the messages as a JSON list. Below RungSchema the schema
// goes into the first system message, where it stays the same for every article,
// so a provider's prefix cache still serves it.
func (r Request) appendMessages(b []byte, rung Rung) []byte {
	instruct := r.Schema != nil && rung != RungSchema
	b = append(b, '[')
	if instruct && !slices.ContainsFunc(r.Messages, func(m Message) bool { return m.Role == openai.ChatMessageRoleSystem }) {
		b = appendMessage(b, openai.ChatMessageRoleSystem, SchemaInstruction+string(r.Schema.compact), "")
		b = append(b, ',')
		instruct = false
	}
	for i, m := range r.Messages {
		if i > 0 {
			b = append(b, ',')
		}
		if instruct && m.Role == openai.ChatMessageRoleSystem {
			b = appendMessage(b, m.Role, m.Content, "\n\n"+SchemaInstruction+string(r.Schema.compact))
			instruct = false
			continue
		}
		b = appendMessage(b, m.Role, m.Content, "")
	}
	return append(b, ']')
}

func appendMessage(b []byte, role, content, more string) []byte {
	b = append(append(b, `{"role":"`...), role...)
	b = append(b, `","content":"`...)
	b = appendEscaped(appendEscaped(b, content), more)
	return append(b, `"}`...)
}

// appendEscaped writes the inside of a JSON string. Runs without escapes are
// copied whole; invalid UTF-8 becomes U+FFFD, as encoding/json does it. Checking
// the encoding in the same pass halves the time that Arabic takes.
func appendEscaped(b []byte, s string) []byte {
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		size := 1
		switch {
		case c >= utf8.RuneSelf:
			if c >= 0xC2 && c <= 0xDF && i+1 < len(s) && s[i+1]&0xC0 == 0x80 {
				i += 2 // Arabic, Hebrew, Greek, Cyrillic: no need to decode
				continue
			}
			var r rune
			if r, size = utf8.DecodeRuneInString(s[i:]); r != utf8.RuneError || size != 1 {
				i += size
				continue
			}
			b = append(append(b, s[start:i]...), "\uFFFD"...)
		case c >= 0x20 && c != '"' && c != '\\':
			i++
			continue
		case c == '\n':
			b = append(append(b, s[start:i]...), '\\', 'n')
		case c == '"' || c == '\\':
			b = append(append(b, s[start:i]...), '\\', c)
		default:
			const hex = "0123456789abcdef"
			b = append(append(b, s[start:i]...), '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		}
		i += size
		start = i
	}
	return append(b, s[start:]...)
}

// vendorRequest builds what go-openai marshals. Token limit, temperature and
// seed are left out: go-openai drops a temperature of 0 and refuses both by the
// model's name before sending, so tail writes them. The messages are left out
// too: its two passes of reflection over each of them were two thirds of the
// client's cost of a call (measured with 10 kB of Arabic).
func (r Request) vendorRequest(model string, rung Rung) openai.ChatCompletionRequest {
	out := openai.ChatCompletionRequest{Model: model}
	if r.Schema == nil {
		return out
	}
	switch rung {
	case RungSchema:
		out.ResponseFormat = r.Schema.format
	case RungObject:
		out.ResponseFormat = &openai.ChatCompletionResponseFormat{Type: openai.ChatCompletionResponseFormatTypeJSONObject}
	}
	return out
}

// tail returns the end of the body, from the comma after go-openai's last field
// to the closing brace.
func (r Request) tail(t traits, completionTokens bool, extra []byte) []byte {
	b := make([]byte, 0, 96+len(extra))
	if !t.noTemperature {
		b = append(b, `,"temperature":`...)
		b = strconv.AppendFloat(b, r.Temperature, 'g', -1, 64)
	}
	if r.MaxTokens > 0 {
		name := `,"max_tokens":`
		if completionTokens != t.otherTokensName {
			name = `,"max_completion_tokens":`
		}
		b = append(b, name...)
		b = strconv.AppendInt(b, int64(r.MaxTokens), 10)
	}
	if r.Seed != nil && !t.noSeed {
		b = append(b, `,"seed":`...)
		b = strconv.AppendInt(b, int64(*r.Seed), 10)
	}
	b = append(b, extra...)
	return append(b, '}')
}

// promptBytes is the size of the prompt's text as given.
func (r Request) promptBytes() int {
	n := 0
	for i := range r.Messages {
		n += len(r.Messages[i].Content)
	}
	return n
}

// Usage counts the tokens of one call as the endpoint reported them.
type Usage struct {
	In        int  // prompt tokens, cached ones included
	Out       int  // answer tokens, reasoning ones included
	Cached    int  // prompt tokens served from the provider's cache
	Reasoning int  // answer tokens spent on reasoning
	Known     bool // false: not reported or not believable; estimate instead
}

// maxTokensReported is above any real call; a larger count is a lie or a bug.
const maxTokensReported = 100_000_000

// usageOf converts what go-openai decoded and drops what cannot be true.
func usageOf(u openai.Usage) Usage {
	if u.PromptTokens <= 0 || u.CompletionTokens < 0 ||
		u.PromptTokens > maxTokensReported || u.CompletionTokens > maxTokensReported {
		return Usage{}
	}
	out := Usage{In: u.PromptTokens, Out: u.CompletionTokens, Known: true}
	if d := u.PromptTokensDetails; d != nil {
		out.Cached = min(max(d.CachedTokens, 0), out.In)
	}
	if d := u.CompletionTokensDetails; d != nil {
		out.Reasoning = min(max(d.ReasoningTokens, 0), out.Out)
	}
	return out
}

// Call is one HTTP call, for a ledger that counts failed ones too.
type Call struct {
	Status int   // 0 when no answer came
	Class  Class // "" when it gave the answer
	Rung   Rung
	Usage  Usage
	// Paid: the endpoint may charge for it. An error status is free; an answer
	// is not, nor one that broke off or timed out after it was asked for. With
	// Usage.Known false the worst case is the right entry.
	Paid bool
	Time time.Duration // from sending to the last byte read
}

// Response is a finished, checked answer.
type Response struct {
	// Content is the answer: with a Schema the JSON text alone, valid against
	// it; without one the text as the model wrote it, reasoning tags removed.
	Content      string
	Model        string // model that served it, as the endpoint says
	FinishReason string // as sent; may be empty
	Usage        Usage
	Limits       RateLimits
	Rung         Rung
	RequestID    string
	// PromptTokensSuspicious says why the reported prompt tokens look as if the
	// endpoint had cut the prompt; "" when they are plausible.
	PromptTokensSuspicious string
	// Calls are all HTTP calls made, the one that gave the answer last.
	Calls []Call
}

// requestID keeps an id that can stand in a log line.
func requestID(s string) string {
	const maxLen = 128
	if len(s) > maxLen || strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r >= 0x7f }) {
		return ""
	}
	return s
}
