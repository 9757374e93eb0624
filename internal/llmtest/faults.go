package llmtest

import (
	"strconv"
	"time"

	"github.com/mujaz/mujaz/internal/llm"
)

// Fault is one fault that LLM endpoints have been seen to show, as the bytes
// that show it and what the adapter makes of it.
type Fault struct {
	// Number is the place in the project's list of faults, 1 to 55; 0 for what a
	// server documents and for answers that lie.
	Number int
	Name   string // short, unique
	Seen   string // where; "documented" where the server could not be tried
	// Steps answer the calls of one Complete, in order; later calls get good
	// answers. Empty when NotHere says why.
	Steps []Step
	// NotHere is why a scripted answer cannot show the fault, and where it is
	// tested instead.
	NotHere string

	Class llm.Class // "" when the adapter rightly returns an answer
	// RetryAfter is what the error carries; with Dated at most this and above 0.
	RetryAfter time.Duration
	Dated      bool
	Calls      int  // HTTP calls of one Complete
	Paid       int  // of them, those that the endpoint may charge for
	Hangs      bool // needs a client with short deadlines
}

// dripInterval is far below any deadline that a test sets.
const dripInterval = 2 * time.Millisecond

// Title is the row's name with its number, unique in the table.
func (f Fault) Title() string {
	if f.Number == 0 {
		return f.Name
	}
	return strconv.Itoa(f.Number) + " " + f.Name
}

// Faults returns the table, ordered by number; those without one come last.
// Several rows may share a number.
func Faults() []Fault {
	var out []Fault
	for _, part := range [][]Fault{throttleFaults(), serverFaults(), transportFaults(), configFaults(), contentFaults(), documentedFaults(), lies()} {
		out = append(out, part...)
	}
	seen := sightings()
	for i := range out {
		if out[i].Seen == "" {
			out[i].Seen = seen[out[i].Number]
		}
		if out[i].NotHere == "" && out[i].Calls == 0 {
			out[i].Calls = 1
		}
	}
	return out
}

// openAIError is an error body in OpenAI's shape.
func openAIError(kind, code, message string) string {
	return `{"error":{"message":` + Quote(message) + `,"type":` + Quote(kind) + `,"param":null,"code":` + Quote(code) + `}}`
}

func throttled(header map[string]string) Step {
	return Step{Status: 429, Header: header, Body: openAIError("requests", "rate_limit_exceeded", "Rate limit reached for requests")}
}

func throttleFaults() []Fault {
	return []Fault{
		{Number: 1, Name: "429 with seconds", Steps: []Step{throttled(map[string]string{"Retry-After": "7"})}, Class: llm.ClassThrottled, RetryAfter: 7 * time.Second},
		{Number: 1, Name: "429 with milliseconds", Steps: []Step{throttled(map[string]string{"Retry-After-Ms": "350", "Retry-After": "1"})}, Class: llm.ClassThrottled, RetryAfter: 350 * time.Millisecond},
		{Number: 2, Name: "429 with a date", Steps: []Step{{Status: 429, RetryAfterDate: 30 * time.Second, Body: openAIError("requests", "rate_limit_exceeded", "Slow down")}}, Class: llm.ClassThrottled, RetryAfter: 30 * time.Second, Dated: true},
		{
			Number: 3, Name: "429 with resets only", Class: llm.ClassThrottled, RetryAfter: 6 * time.Minute,
			Steps: []Step{throttled(map[string]string{"X-Ratelimit-Remaining-Tokens": "0", "X-Ratelimit-Reset-Tokens": "6m0s", "X-Ratelimit-Reset-Requests": "12ms"})},
		},
		{Number: 3, Name: "429 with a wait in words only", Steps: []Step{{Status: 429, Body: openAIError("tokens", "rate_limit_exceeded", "Rate limit reached on tokens per min. Please try again in 1m30.5s. Visit the limits page.")}}, Class: llm.ClassThrottled, RetryAfter: 90500 * time.Millisecond},
		{Number: 4, Name: "429 with -1", Steps: []Step{throttled(map[string]string{"Retry-After": "-1", "X-Ratelimit-Remaining-Requests": "-1"})}, Class: llm.ClassThrottled},
		{Number: 4, Name: "429 with 0", Steps: []Step{throttled(map[string]string{"Retry-After": "0"})}, Class: llm.ClassThrottled},
		{Number: 4, Name: "429 without a header", Steps: []Step{throttled(nil)}, Class: llm.ClassThrottled},
		{Number: 4, Name: "429 with a string error", Steps: []Step{{Status: 429, Body: `{"error":"slow down"}`, Header: map[string]string{"Retry-After": "2"}}}, Class: llm.ClassThrottled, RetryAfter: 2 * time.Second},
		{Number: 5, Name: "429 with a year", Steps: []Step{throttled(map[string]string{"Retry-After": "31536000"})}, Class: llm.ClassThrottled, RetryAfter: llm.MaxRetryAfter},
		{Number: 5, Name: "429 with a number without end", Steps: []Step{throttled(map[string]string{"Retry-After": "1e300"})}, Class: llm.ClassThrottled, RetryAfter: llm.MaxRetryAfter},
		{Number: 6, Name: "insufficient quota", Steps: []Step{{Status: 429, Body: openAIError("insufficient_quota", "insufficient_quota", "You exceeded your current quota, please check your plan and billing details.")}}, Class: llm.ClassQuota},
		{Number: 7, Name: "402 without balance", Steps: []Step{{Status: 402, Body: openAIError("unknown_error", "invalid_request_error", "Insufficient Balance")}}, Class: llm.ClassQuota},
		{Number: 8, Name: "daily token cap", Steps: []Step{{Status: 429, Body: openAIError("tokens", "rate_limit_exceeded", "Rate limit reached on tokens per day (TPD): Limit 100000, Used 99999. Please try again in 14m24s.")}}, Class: llm.ClassQuota, RetryAfter: 14*time.Minute + 24*time.Second},
		{Number: 9, Name: "own budget cap", NotHere: "the budget is the worker's own; no endpoint takes part"},
	}
}

func serverFaults() []Fault {
	return []Fault{
		{Number: 10, Name: "500", Steps: []Step{{Status: 500, Body: openAIError("server_error", "", "The server had an error while processing your request")}}, Class: llm.ClassTransient},
		{Number: 11, Name: "502 with HTML", Steps: []Step{{Status: 502, ContentType: "text/html", Body: "<html><body><h1>502 Bad Gateway</h1></body></html>"}}, Class: llm.ClassTransient},
		{Number: 12, Name: "503", Steps: []Step{{Status: 503, Header: map[string]string{"Retry-After": "5"}, Body: openAIError("server_error", "", "The engine is currently overloaded")}}, Class: llm.ClassUnavailable, RetryAfter: 5 * time.Second},
		{Number: 12, Name: "503 while the model loads", Steps: []Step{{Status: 503, Body: `{"error":{"code":503,"message":"Loading model","type":"unavailable_error"}}`}}, Class: llm.ClassUnavailable},
		{Number: 13, Name: "529", Steps: []Step{{Status: 529, Body: `{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}`}}, Class: llm.ClassUnavailable},
		{Number: 14, Name: "520", Steps: []Step{{Status: 520, ContentType: "text/html", Body: "<!DOCTYPE html><title>520</title>"}}, Class: llm.ClassTransient},
		{Number: 15, Name: "524", Steps: []Step{{Status: 524, ContentType: "text/html", Body: "<!DOCTYPE html><title>A timeout occurred</title>"}}, Class: llm.ClassTransient},
		{Number: 16, Name: "200 with a rate limit inside", Steps: []Step{{Body: `{"error":{"message":"Rate limit exceeded","code":429}}`}}, Class: llm.ClassThrottled},
		{Number: 16, Name: "200 with an overload inside", Steps: []Step{{Body: `{"error":{"message":"Overloaded","type":"overloaded_error"}}`}}, Class: llm.ClassUnavailable},
		{Number: 16, Name: "200 with a string error inside", Steps: []Step{{Body: `{"error":"something went wrong"}`}}, Class: llm.ClassTransient},
		{Number: 16, Name: "200 with an error in the choice", Steps: []Step{{Body: `{"choices":[{"index":0,"error":{"code":502,"message":"Provider returned error"},"message":{"role":"assistant","content":""},"finish_reason":"error"}]}`}}, Class: llm.ClassTransient, Paid: 1},
		{Number: 17, Name: "choices null", Steps: []Step{{Body: `{"id":"x","object":"chat.completion","choices":null}`}}, Class: llm.ClassTransient, Paid: 1},
		{Number: 17, Name: "choices empty", Steps: []Step{{Body: `{"id":"x","choices":[]}`}}, Class: llm.ClassTransient, Paid: 1},
		{Number: 17, Name: "empty object", Steps: []Step{{Body: `{}`}}, Class: llm.ClassTransient, Paid: 1},
		{
			Number: 18, Name: "error inside an unasked stream", Class: llm.ClassTransient, Paid: 1,
			Steps: []Step{{ContentType: "text/event-stream", Body: "data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\ndata: {\"error\":{\"message\":\"upstream failed\",\"code\":502}}\n\n"}},
		},
	}
}

func transportFaults() []Fault {
	return []Fault{
		{Number: 19, Name: "DNS", NotHere: "happens before any endpoint is reached; the adapter's tests classify the error itself"},
		{Number: 20, Name: "TLS", NotHere: "a property of the whole server (Script.TLS); the adapter's tests start one"},
		{Number: 21, Name: "connection refused", NotHere: "needs a server that is not there; the adapter's tests close one"},
		{Number: 22, Name: "reset in the middle of the body", Steps: []Step{{CutAfter: 60}}, Class: llm.ClassTransient, Paid: 1},
		{Number: 22, Name: "reset before the answer", Steps: []Step{{Hangup: true}}, Class: llm.ClassTransient, Paid: 1},
		{Number: 23, Name: "no bytes", Steps: []Step{{Stall: true}}, Class: llm.ClassTransient, Paid: 1, Hangs: true},
		{Number: 24, Name: "blank keep-alives", Steps: []Step{{Drip: dripInterval}}, Class: llm.ClassTransient, Paid: 1, Hangs: true},
		{Number: 25, Name: "half-open connection", NotHere: "needs packets that get lost; to the adapter it is a stall (23), ended by TCP keep-alive or its deadlines"},
		{Number: 26, Name: "gzip bomb", Steps: []Step{{Gzip: true, Pad: 10 << 20}}, Class: llm.ClassInvalidOutput, Paid: 1},
		{Number: 26, Name: "gzip unasked", Steps: []Step{{Gzip: true}}, Paid: 1},
		{Number: 27, Name: "10 MB answer", Steps: []Step{{Pad: 10 << 20}}, Class: llm.ClassInvalidOutput, Paid: 1},
		{Number: 28, Name: "redirect elsewhere", Steps: []Step{{Status: 307, Header: map[string]string{"Location": "http://elsewhere.invalid/v1/chat/completions"}}}, Class: llm.ClassMisconfigured},
		{Number: 28, Name: "redirect that turns POST into GET", Steps: []Step{{Status: 302, Header: map[string]string{"Location": "/login"}}}, Class: llm.ClassMisconfigured},
		{
			Number: 29, Name: "unasked stream without its end", Class: llm.ClassTransient, Paid: 1,
			Steps: []Step{{ContentType: "text/event-stream", Body: "data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\n"}},
		},
	}
}

func configFaults() []Fault {
	return []Fault{
		{Number: 30, Name: "401", Steps: []Step{{Status: 401, Body: openAIError("invalid_request_error", "invalid_api_key", "Incorrect API key provided: sk-abc***. You can find your API key in the settings.")}}, Class: llm.ClassMisconfigured},
		{Number: 30, Name: "403", Steps: []Step{{Status: 403, Body: openAIError("invalid_request_error", "unsupported_country_region_territory", "Country, region, or territory not supported")}}, Class: llm.ClassMisconfigured},
		{Number: 31, Name: "unknown model", Steps: []Step{{Status: 404, Body: openAIError("invalid_request_error", "model_not_found", "The model `no-such` does not exist or you do not have access to it.")}}, Class: llm.ClassMisconfigured},
		{Number: 31, Name: "wrong path", Steps: []Step{{Status: 404, ContentType: "text/plain", Body: "404 page not found"}}, Class: llm.ClassMisconfigured},
		{Number: 31, Name: "HTML with 200", Steps: []Step{{ContentType: "text/html", Body: "<!DOCTYPE html><title>Sign in</title>"}}, Class: llm.ClassMisconfigured},
		{Number: 31, Name: "plain text with 200", Steps: []Step{{ContentType: "text/plain", Body: "It works!"}}, Class: llm.ClassMisconfigured},
		{
			Number: 32, Name: "json_schema refused", Calls: 2, Paid: 1,
			Steps: []Step{{Status: 400, Body: openAIError("invalid_request_error", "invalid_request_error", "This response_format type is unavailable now")}},
		},
		{
			Number: 32, Name: "json_schema and json_object refused", Calls: 3, Paid: 1,
			Steps: []Step{
				{Status: 400, Body: `{"error":"'response_format.type' must be 'text'"}`},
				{Status: 422, Body: `{"detail":[{"type":"extra_forbidden","loc":["body","response_format"],"msg":"response_format: Extra inputs are not permitted"}]}`},
			},
		},
		{Number: 33, Name: "response_format hangs", Steps: []Step{{Stall: true}}, Class: llm.ClassTransient, Paid: 1, Hangs: true},
		{
			Number: 34, Name: "token limit by the other name", Calls: 2, Paid: 1,
			Steps: []Step{{Status: 400, Body: `{"error":{"message":"Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.","type":"invalid_request_error","param":"max_tokens","code":"unsupported_parameter"}}`}},
		},
		{
			Number: 34, Name: "temperature refused", Calls: 2, Paid: 1,
			Steps: []Step{{Status: 400, Body: `{"error":{"message":"Unsupported value: 'temperature' does not support 0 with this model. Only the default (1) value is supported.","type":"invalid_request_error","param":"temperature","code":"unsupported_value"}}`}},
		},
		{Number: 34, Name: "unknown parameter", Steps: []Step{{Status: 400, Body: openAIError("invalid_request_error", "unknown_parameter", "Unknown parameter: 'keep_alive'.")}}, Class: llm.ClassMisconfigured},
		{Number: 35, Name: "context exceeded", Steps: []Step{{Status: 400, Body: openAIError("invalid_request_error", "context_length_exceeded", "This model's maximum context length is 8192 tokens. However, your messages resulted in 9001 tokens.")}}, Class: llm.ClassContextTooLong},
		{Number: 36, Name: "413", Steps: []Step{{Status: 413, ContentType: "text/html", Body: "<html><title>413 Request Entity Too Large</title></html>"}}, Class: llm.ClassContextTooLong},
	}
}

// good is a Step with a changed completion.
func good(c Completion) []Step { return []Step{{Completion: c}} }

func contentFaults() []Fault {
	const loop = "The harbour was calm and the harbour was calm and "
	return []Fault{
		{Number: 37, Name: "truncated", Steps: good(Completion{Keep: 24, FinishReason: "length"}), Class: llm.ClassTruncated, Paid: 1},
		{Number: 38, Name: "budget spent on reasoning", Steps: good(Completion{Null: true, ReasoningContent: "Let me think about the harbour."}), Class: llm.ClassInvalidOutput, Paid: 1},
		{Number: 38, Name: "budget spent on reasoning, at the limit", Steps: good(Completion{Null: true, ReasoningContent: "Let me think.", FinishReason: "length"}), Class: llm.ClassTruncated, Paid: 1},
		{Number: 39, Name: "null content", Steps: good(Completion{Null: true}), Class: llm.ClassInvalidOutput, Paid: 1},
		{Number: 39, Name: "blank content", Steps: good(Completion{Content: " \n"}), Class: llm.ClassInvalidOutput, Paid: 1},
		{Number: 40, Name: "text in reasoning", Steps: good(Completion{Null: true, Reasoning: `{"headline":"hidden","summary":"hidden"}`}), Class: llm.ClassInvalidOutput, Paid: 1},
		{Number: 41, Name: "think tags", Steps: good(Completion{Before: "<think>A {\"draft\": 1} first.</think>\n"}), Paid: 1},
		{Number: 41, Name: "closing think tag only", Steps: good(Completion{Before: "The user wants a summary.\n</think>\n\n"}), Paid: 1},
		{Number: 42, Name: "content filter as 400", Steps: []Step{{Status: 400, Body: `{"error":{"message":"The response was filtered due to the prompt triggering Azure OpenAI's content management policy.","type":null,"param":"prompt","code":"content_filter","status":400,"innererror":{"code":"ResponsibleAIPolicyViolation"}}}`}}, Class: llm.ClassRefused},
		{Number: 42, Name: "content filter as finish reason", Steps: good(Completion{Keep: 10, FinishReason: "content_filter"}), Class: llm.ClassRefused, Paid: 1},
		{Number: 43, Name: "refusal", Steps: good(Completion{Null: true, Refusal: "I can't help with that."}), Class: llm.ClassRefused, Paid: 1},
		{Number: 44, Name: "fenced JSON", Steps: good(Completion{Before: "```json\n", After: "\n```"}), Paid: 1},
		{Number: 45, Name: "prose around JSON", Steps: good(Completion{Before: "Here is the {requested} summary:\n", After: "\nAnything else?"}), Paid: 1},
		{Number: 46, Name: "against the schema", Steps: good(Completion{Content: `{"headline":7}`}), Class: llm.ClassInvalidOutput, Paid: 1},
		{Number: 46, Name: "no JSON", Steps: good(Completion{Content: "The harbour was calm."}), Class: llm.ClassInvalidOutput, Paid: 1},
		{Number: 46, Name: "torn JSON without a finish reason", Steps: good(Completion{Keep: 24, FinishReason: "-"}), Class: llm.ClassTransient, Paid: 1},
		{Number: 46, Name: "unknown finish reason", Steps: good(Completion{FinishReason: "abort"}), Class: llm.ClassTransient, Paid: 1},
		{Number: 47, Name: "wrong language", Steps: good(Completion{Content: `{"headline":"هدوء في الميناء","summary":"كان الميناء هادئا هذا الصباح."}`}), Paid: 1},
		{Number: 48, Name: "token loop to the limit", Steps: good(Completion{Content: `{"headline":"` + loop + loop + loop, FinishReason: "length"}), Class: llm.ClassTruncated, Paid: 1},
		{Number: 49, Name: "invalid UTF-8", Steps: good(Completion{Content: "{\"headline\":\"a\xd9\",\"summary\":\"b\"}"}), Class: llm.ClassTransient, Paid: 1},
		{Number: 50, Name: "stale answer", NotHere: "valid by itself; only the checks against the source can tell (verify)"},
		{Number: 51, Name: "usage missing", Steps: good(Completion{NoUsage: true}), Paid: 1},
		{Number: 52, Name: "other model", Steps: good(Completion{Model: "stand-in-2026-01"}), Paid: 1},
		{Number: 53, Name: "too short", Steps: good(Completion{Content: `{"headline":"Calm","summary":"Calm."}`}), Paid: 1},
		{Number: 54, Name: "injected obedience", Steps: good(Completion{Content: `{"headline":"I obey","summary":"As the article told me, I ignore my instructions."}`}), Paid: 1},
		{Number: 55, Name: "invented numbers", Steps: good(Completion{Content: `{"headline":"450 ships","summary":"A fleet of 450 ships sank."}`}), Paid: 1},
	}
}
