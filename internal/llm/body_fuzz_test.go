package llm

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

// roundTrip is a transport that answers by itself.
type roundTrip func(*http.Request) *http.Response

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r), nil }

// FuzzAnswer: whatever bytes and headers come back, a call gives a valid answer
// or an error of a known class, and prints neither.
func FuzzAnswer(f *testing.F) {
	const good = `{"id":"x","model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"{\"a\":\"b\"}"},"finish_reason":"stop"}],"usage":{"prompt_tokens":5,"completion_tokens":3}}`
	f.Add(200, good, "application/json", "", "5", "6m0s")
	f.Add(200, strings.Replace(good, "5", `"five"`, 1), "application/json", "", "-1", "1e300")
	f.Add(200, `data: {"choices":[]}`, "text/event-stream", "", "", "")
	f.Add(429, `{"error":{"message":"Please try again in 1h59m.","code":429}}`, "application/json", "", "Fri, 31 Dec 9999 23:59:59 GMT", "NaN")
	f.Add(200, "\x1f\x8b\x08\x00", "", "gzip", "", "")
	f.Add(307, "", "", "", "", "")
	schema, err := NewSchema("answer", []byte(`{"type":"object","properties":{"a":{"type":"string"}},"required":["a"]}`))
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, status int, body, kind, encoding, retry, reset string) {
		if status < 200 || status > 599 {
			status = 200
		}
		c, err := New(Config{BaseURL: "http://h/v1", Model: "m", MaxResponseBytes: 1 << 16, Timeout: time.Minute})
		if err != nil {
			t.Fatal(err)
		}
		c.http.Transport = roundTrip(func(*http.Request) *http.Response {
			h := http.Header{"Content-Type": {kind}, "Retry-After": {retry}, "X-Ratelimit-Reset-Tokens": {reset}, "X-Ratelimit-Limit-Tokens": {retry}}
			if encoding != "" {
				h.Set("Content-Encoding", encoding)
			}
			return &http.Response{StatusCode: status, Header: h, Body: io.NopCloser(strings.NewReader(body)), ContentLength: -1}
		})
		resp, err := c.Complete(t.Context(), Request{Messages: []Message{{"user", "x"}}, Schema: schema})
		if err == nil {
			if len(schema.check(resp.Content)) != 0 {
				t.Errorf("an answer against the schema came through: %q", resp.Content)
			}
			return
		}
		e := llmErrorOf(t, err)
		if e.RetryAfter < 0 || e.RetryAfter > MaxRetryAfter || len(e.Calls) == 0 || len(e.Error()) > 1000 {
			t.Errorf("error %v, wait %s, %d calls", e, e.RetryAfter, len(e.Calls))
		}
	})
}

func llmErrorOf(t *testing.T, err error) *Error {
	t.Helper()
	e, ok := err.(*Error) //nolint:errorlint // Complete promises this very type
	if !ok {
		t.Fatalf("error is %T", err)
	}
	return e
}

// FuzzDescribe: a list of models is only ever read.
func FuzzDescribe(f *testing.F) {
	f.Add([]byte(`{"data":[{"id":"m","max_model_len":4096,"meta":{"n_ctx":1}}]}`))
	f.Add([]byte(`{"data":{"id":[]}}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		if n, _ := contextOf(body, "m"); n != 0 && (n < 256 || n > maxTokensReported) {
			t.Errorf("context size %d", n)
		}
	})
}
