package llm

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"testing"
	"time"
)

// TestWordings gives each provider's wording its class; the bodies follow the
// wordings known of providers, most of them from memory of their formats, a few from public threads.
func TestWordings(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		status int
		body   string
		class  Class
		limit  int
		lesson lesson
	}{
		{"openai context", 400, `{"error":{"message":"This model's maximum context length is 8192 tokens. However, you requested 8203 tokens (7691 in the messages, 512 in the completion).","code":"context_length_exceeded"}}`, ClassContextTooLong, 8192, 0},
		{"openai context, new words", 400, `{"error":{"message":"Your input exceeds the context window of this model.","code":"context_length_exceeded"}}`, ClassContextTooLong, 0, 0},
		{"llama.cpp context", 400, `{"error":{"code":400,"message":"the request exceeds the available context size, try increasing it","type":"exceed_context_size_error","n_prompt_tokens":9000,"n_ctx":4096}}`, ClassContextTooLong, 4096, 0},
		{"llama.cpp context in words", 500, `{"error":{"code":500,"message":"request (5000 tokens) exceeds the available context size (4096 tokens)"}}`, ClassContextTooLong, 4096, 0},
		{"anthropic context", 400, `{"type":"error","error":{"type":"invalid_request_error","message":"prompt is too long: 202095 tokens > 200000 maximum"}}`, ClassContextTooLong, 200000, 0},
		{"anthropic sum", 400, `{"error":{"message":"input length and max_tokens exceed context limit: 199759 + 8192 > 200000, decrease input length"}}`, ClassContextTooLong, 200000, 0},
		{"gemini context", 400, `[{"error":{"code":400,"message":"The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).","status":"INVALID_ARGUMENT"}}]`, ClassContextTooLong, 1048576, 0},
		{"openrouter context", 400, `{"error":{"message":"This endpoint's maximum context length is 32,768 tokens. However, you requested about 42832 tokens","code":400}}`, ClassContextTooLong, 32768, 0},
		{"vllm context, flat", 400, `{"object":"error","message":"This model's maximum context length is 4096 tokens. Please reduce the length of the messages.","type":"BadRequestError","code":400}`, ClassContextTooLong, 4096, 0},
		{"tgi context", 422, "{\"error\":\"Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4096. Given: 5000\",\"error_type\":\"validation\"}", ClassContextTooLong, 4096, 0},
		{"groq minute limit as quota", 429, `{"error":{"message":"You exceeded your current quota. Please retry in 37.5s.","status":"RESOURCE_EXHAUSTED"}}`, ClassThrottled, 0, 0},
		{"quota for good", 429, `{"error":{"message":"You exceeded your current quota","type":"insufficient_quota","code":"insufficient_quota"}}`, ClassQuota, 0, 0},
		{"credit", 400, `{"error":{"message":"Your credit balance is too low to access the API."}}`, ClassQuota, 0, 0},
		{"429 that says tokens", 429, `{"error":{"message":"Too many input tokens per minute"}}`, ClassThrottled, 0, 0},
		{"lm studio format", 400, `{"error":"'response_format.type' must be 'json_schema' or 'text'"}`, ClassMisconfigured, 0, lessonFormat},
		{"deepseek format", 400, `{"error":{"message":"This response_format type is unavailable now"}}`, ClassMisconfigured, 0, lessonFormat},
		{"doubao format", 400, "{\"error\":{\"message\":\"The parameter `response_format.type` specified in the request are not valid: invalid value: `json_schema`\"}}", ClassMisconfigured, 0, lessonFormat},
		{"openai format", 400, `{"error":{"message":"Invalid parameter: 'response_format' of type 'json_schema' is not supported with this model.","param":null}}`, ClassMisconfigured, 0, lessonFormat},
		{"openai schema", 400, `{"error":{"message":"Invalid schema for response_format 'news': missing","param":"response_format"}}`, ClassMisconfigured, 0, lessonFormat},
		{"openrouter format", 404, `{"error":{"message":"No endpoints found that can handle the requested parameters.","code":404}}`, ClassMisconfigured, 0, lessonFormat},
		{"grammar", 400, `{"error":{"message":"Failed to parse grammar"}}`, ClassMisconfigured, 0, lessonFormat},
		{"other token name", 400, `{"error":{"message":"Unrecognized request argument supplied: max_completion_tokens"}}`, ClassMisconfigured, 0, lessonTokensName},
		{"token value", 400, `{"error":{"message":"max_tokens is too large: 100000. This model supports at most 16384 completion tokens","param":"max_tokens","code":"invalid_value"}}`, ClassTransient, 0, 0},
		{"token value, other words", 400, `{"error":{"message":"max_tokens is too large and not supported by this model"}}`, ClassTransient, 0, 0},
		{"seed", 422, `{"detail":[{"msg":"'seed': Extra inputs are not permitted"}]}`, ClassMisconfigured, 0, lessonSeed},
		{"unknown model, ollama", 404, `{"error":{"message":"model \"x\" not found, try pulling it first","type":"api_error"}}`, ClassMisconfigured, 0, 0},
		{"key, gemini", 400, `[{"error":{"code":400,"message":"API key not valid. Please pass a valid API key.","status":"INVALID_ARGUMENT"}}]`, ClassMisconfigured, 0, 0},
		{"http to https", 400, "Client sent an HTTP request to an HTTPS server.\n", ClassMisconfigured, 0, 0},
		{"moderation", 403, `{"error":{"message":"Your chosen model requires moderation and your input was flagged","code":403}}`, ClassRefused, 0, 0},
		{"dashscope", 400, `{"error":{"code":"data_inspection_failed","message":"Input data may contain inappropriate content."}}`, ClassRefused, 0, 0},
		{"500 overloaded", 500, `{"error":{"message":"The model is overloaded"}}`, ClassUnavailable, 0, 0},
		{"code as text", 200, `{"error":{"message":"x","code":"503"}}`, ClassUnavailable, 0, 0},
		{"unknown 400", 400, `{"error":{"message":"Bad thing"}}`, ClassTransient, 0, 0},
		{"418", 418, ``, ClassTransient, 0, 0},
	} {
		x := &exchange{status: test.status, began: testNow}
		e, _ := parseAPIError([]byte(test.body))
		f := statusFault(max(test.status, e.status), x, e)
		if f.Class != test.class || f.ContextLimit != test.limit || f.lesson != test.lesson {
			t.Errorf("%s: class %s limit %d lesson %d; want %s, %d, %d", test.name, f.Class, f.ContextLimit, f.lesson, test.class, test.limit, test.lesson)
		}
	}
}

func FuzzParseAPIError(f *testing.F) {
	for _, s := range []string{`{"error":"x"}`, `{"error":{"message":["a"],"code":429}}`, `[{"error":{}}]`, `{"detail":[{"msg":"x"}]}`, `[[[[`, `{"error":[]}`} {
		f.Add([]byte(s), 400)
	}
	f.Fuzz(func(t *testing.T, body []byte, status int) {
		e, _ := parseAPIError(body)
		if len(e.message) > 4*maxMessage || e.status != 0 && (e.status < 400 || e.status > 599) {
			t.Errorf("message %d bytes, status %d", len(e.message), e.status)
		}
		fault := statusFault(status, &exchange{began: testNow}, e)
		if fault.Class == "" || fault.RetryAfter < 0 || fault.RetryAfter > MaxRetryAfter || len(fault.Code) > 48 {
			t.Errorf("fault = %+v", fault.Error)
		}
	})
}

func TestConnectFaults(t *testing.T) {
	t.Parallel()
	dns := &url.Error{Op: "Post", URL: "http://no.invalid/v1", Err: &net.OpError{Op: "dial", Net: "tcp", Err: &net.DNSError{Err: "no such host", Name: "no.invalid", IsNotFound: true}}}
	f := transportFault(t.Context(), &exchange{err: dns})
	if f.Class != ClassUnavailable || f.paid {
		t.Errorf("19 DNS: class %s, paid %v; want unavailable, free", f.Class, f.paid)
	}
	proxy := &url.Error{Op: "Post", URL: "x", Err: &net.OpError{Op: "proxyconnect", Net: "tcp", Err: errors.New("refused")}}
	if f := transportFault(t.Context(), &exchange{err: proxy}); f.Class != ClassUnavailable {
		t.Errorf("proxy: class %s, want unavailable", f.Class)
	}
	handshake := &url.Error{Op: "Post", URL: "x", Err: errors.New("net/http: TLS handshake timeout")}
	if f := transportFault(t.Context(), &exchange{err: handshake}); f.Class != ClassUnavailable {
		t.Errorf("handshake: class %s, want unavailable", f.Class)
	}
}

// endless is a body that never ends.
type endless struct{ read int }

func (e *endless) Read(p []byte) (int, error) {
	e.read += len(p)
	return len(p), nil
}

func TestBodiesAreReadOnlyToTheirLimit(t *testing.T) {
	t.Parallel()
	for status, limit := range map[int]int{500: maxErrorBytes, 200: 1 << 20} {
		body := &endless{}
		x := &exchange{limit: 1 << 20}
		err := x.read(&http.Response{StatusCode: status, Body: io.NopCloser(body), ContentLength: -1})
		if body.read > limit+1 || len(x.body) > limit+1 || (status == 200) != errors.Is(err, errTooLarge) {
			t.Errorf("status %d: read %d, kept %d, error %v; limit %d", status, body.read, len(x.body), err, limit)
		}
	}
}

func TestClassify(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		err  error
		want Class
	}{
		{nil, ""},
		{fmt.Errorf("ask: %w", &Error{Class: ClassQuota}), ClassQuota},
		{context.Canceled, ClassCanceled},
		{fmt.Errorf("ask: %w", context.DeadlineExceeded), ClassCanceled},
		{errors.New("other"), ClassTransient},
	} {
		if got := Classify(test.err); got != test.want {
			t.Errorf("%v = %q, want %q", test.err, got, test.want)
		}
	}
}

func TestOwnDeadlineIsACancellation(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithDeadline(t.Context(), time.Now().Add(-time.Second))
	defer cancel()
	if f := transportFault(ctx, &exchange{err: context.DeadlineExceeded}); f.Class != ClassCanceled {
		t.Errorf("class = %s, want canceled", f.Class)
	}
}

func TestTokensThatMayBeShown(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"rate_limit_exceeded": "rate_limit_exceeded", "err.1234": "err.1234", "": "", "two words": "",
		"sk-abcdef": "", "a1b2c3d4e5f6": "", "خطأ": "", "x\ny": "",
	} {
		if got := tokenOf(in); got != want {
			t.Errorf("%q = %q, want %q", in, got, want)
		}
	}
}
