package llm_test

import (
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/mujaz/mujaz/internal/llm"
	"github.com/mujaz/mujaz/internal/llmtest"
)

// The tests here are named after the traps of go-openai that they guard
// against; each fails when the adapter relies on the library there.

// capture is a server that keeps the bodies it got.
func capture(t *testing.T, script llmtest.Script) (*llmtest.Server, func() []map[string]any) {
	t.Helper()
	var mu sync.Mutex
	var bodies [][]byte
	script.Choose = func(r *llmtest.Request) (llmtest.Step, bool) {
		mu.Lock()
		defer mu.Unlock()
		bodies = append(bodies, slices.Clone(r.Body))
		return llmtest.Step{}, false
	}
	return llmtest.Start(t, script), func() []map[string]any {
		mu.Lock()
		defer mu.Unlock()
		out := make([]map[string]any, len(bodies))
		for i, b := range bodies {
			if err := json.Unmarshal(b, &out[i]); err != nil {
				t.Fatalf("body %d is no JSON: %v", i, err)
			}
		}
		return out
	}
}

// complete calls once and gives the class of the failure.
func complete(t *testing.T, steps ...llmtest.Step) (llm.Response, error) {
	t.Helper()
	server := llmtest.Start(t, llmtest.Script{Steps: steps})
	return newClient(t, server.URL(), nil).Complete(t.Context(), request(t))
}

func TestTrap1ErrorInside200IsNoAnswer(t *testing.T) {
	t.Parallel()
	for _, body := range []string{`{"error":{"message":"upstream","code":503}}`, `{}`, `{"choices":null}`} {
		if _, err := complete(t, llmtest.Step{Body: body}); err == nil {
			t.Errorf("body %s gave no error", body)
		}
	}
}

func TestTrap2StringErrorKeepsItsStatus(t *testing.T) {
	t.Parallel()
	_, err := complete(t, llmtest.Step{Status: 429, Body: `{"error":"too many"}`})
	e := asError(t, err)
	if e.Status != 429 || e.Class != llm.ClassThrottled {
		t.Errorf("status %d class %s, want 429 throttled", e.Status, e.Class)
	}
}

func TestTrap3HeadersOfFailuresAreKept(t *testing.T) {
	t.Parallel()
	_, err := complete(t, llmtest.Step{Status: 429, Body: `{"error":{"message":"m"}}`, Header: map[string]string{
		"Retry-After": "3", "X-Request-Id": "req_1", "X-Ratelimit-Limit-Requests": "600", "X-Ratelimit-Remaining-Tokens": "17",
	}})
	e := asError(t, err)
	want := llm.RateLimits{Known: true, LimitRequests: 600, RemainingRequests: -1, LimitTokens: -1, RemainingTokens: 17}
	if diff := cmp.Diff(want, e.Limits); diff != "" {
		t.Errorf("limits (-want +got):\n%s", diff)
	}
	if e.RetryAfter != 3*time.Second || e.RequestID != "req_1" {
		t.Errorf("RetryAfter %v, RequestID %q; want 3s, req_1", e.RetryAfter, e.RequestID)
	}
}

func TestTrap4TemperatureZeroIsSent(t *testing.T) {
	t.Parallel()
	server, bodies := capture(t, llmtest.Script{})
	client := newClient(t, server.URL(), nil)
	for _, temperature := range []float64{0, 0.7} {
		req := request(t)
		req.Temperature = temperature
		if _, err := client.Complete(t.Context(), req); err != nil {
			t.Fatal(err)
		}
	}
	got := bodies()
	if got[0]["temperature"] != 0.0 || got[1]["temperature"] != 0.7 {
		t.Errorf("temperatures = %v, %v; want 0, 0.7", got[0]["temperature"], got[1]["temperature"])
	}
}

func TestTrap5ExtraBodyAndHeadersReachTheEndpoint(t *testing.T) {
	t.Parallel()
	server, bodies := capture(t, llmtest.Script{})
	client := newClient(t, server.URL(), func(c *llm.Config) {
		c.ExtraBody = map[string]any{"top_k": 40, "keep_alive": "10m", "options": map[string]any{"num_ctx": 8192}}
	})
	req := request(t)
	seed := 7
	req.Seed = &seed
	if _, err := client.Complete(t.Context(), req); err != nil {
		t.Fatal(err)
	}
	body := bodies()[0]
	want := map[string]any{"top_k": 40.0, "keep_alive": "10m", "options": map[string]any{"num_ctx": 8192.0}, "seed": 7.0}
	for k, v := range want {
		if diff := cmp.Diff(v, body[k]); diff != "" {
			t.Errorf("%s (-want +got):\n%s", k, diff)
		}
	}
	keys := slices.Sorted(maps.Keys(body))
	wantKeys := []string{"keep_alive", "max_tokens", "messages", "model", "options", "response_format", "seed", "stream", "temperature", "top_k"}
	if diff := cmp.Diff(wantKeys, keys); diff != "" {
		t.Errorf("fields (-want +got):\n%s", diff)
	}
}

func TestTrap6ReasoningModelNamesAreNotRefused(t *testing.T) {
	t.Parallel()
	for _, model := range []string{"gpt-5-mini", "o1", "o3-local", "o4-mini"} {
		server, bodies := capture(t, llmtest.Script{})
		req := request(t)
		req.Model, req.Temperature = model, 0.3
		if _, err := newClient(t, server.URL(), nil).Complete(t.Context(), req); err != nil {
			t.Errorf("%s: %v", model, err)
			continue
		}
		if got := bodies()[0]; got["max_tokens"] != 300.0 || got["model"] != model {
			t.Errorf("%s: sent max_tokens %v, model %v", model, got["max_tokens"], got["model"])
		}
	}
}

func TestTrap6OldCompletionModelIsMisconfigured(t *testing.T) {
	t.Parallel()
	server := llmtest.Start(t, llmtest.Script{})
	req := request(t)
	req.Model = "text-davinci-003"
	_, err := newClient(t, server.URL(), nil).Complete(t.Context(), req)
	if got := llm.Classify(err); got != llm.ClassMisconfigured {
		t.Errorf("class = %s, want misconfigured (%v)", got, err)
	}
	if n := server.Ledger().Calls; n != 0 {
		t.Errorf("%d calls were sent, want 0", n)
	}
}

func TestTrap6TokenLimitNameFallsBackAndIsRemembered(t *testing.T) {
	t.Parallel()
	refuse := llmtest.Step{Status: 400, Body: `{"error":{"message":"Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.","param":"max_tokens","code":"unsupported_parameter"}}`}
	var mu sync.Mutex
	var names []string
	server := llmtest.Start(t, llmtest.Script{Choose: func(r *llmtest.Request) (llmtest.Step, bool) {
		mu.Lock()
		defer mu.Unlock()
		if strings.Contains(string(r.Body), `"max_tokens"`) {
			names = append(names, "max_tokens")
			return refuse, true
		}
		names = append(names, "max_completion_tokens")
		return llmtest.Step{}, false
	}})
	client := newClient(t, server.URL(), nil)
	for range 2 {
		if _, err := client.Complete(t.Context(), request(t)); err != nil {
			t.Fatal(err)
		}
	}
	want := []string{"max_tokens", "max_completion_tokens", "max_completion_tokens"}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Errorf("names sent (-want +got):\n%s", diff)
	}
}

func TestTrap7CallsHaveADeadline(t *testing.T) {
	t.Parallel()
	for name, step := range map[string]llmtest.Step{"stall": {Stall: true}, "drip": {Drip: time.Millisecond}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := llmtest.Start(t, llmtest.Script{Steps: []llmtest.Step{step}})
			client := newClient(t, server.URL(), func(c *llm.Config) { c.Timeout = 50 * time.Millisecond })
			_, err := client.Complete(t.Context(), request(t))
			if e := asError(t, err); e.Class != llm.ClassTransient || !e.Calls[0].Paid {
				t.Errorf("class %s, paid %v; want transient, paid", e.Class, e.Calls[0].Paid)
			}
		})
	}
}

func TestTrap8ErrorBodiesAreCappedAndNotPrinted(t *testing.T) {
	t.Parallel()
	secret := "عطل في الخادم عند معالجة: " + article
	_, err := complete(t, llmtest.Step{Status: 500, Body: `{"error":{"message":` + llmtest.Quote(secret) + `}}`, Pad: 8 << 20})
	e := asError(t, err)
	checkSilent(t, e)
	if e.Class != llm.ClassTransient {
		t.Errorf("class = %s, want transient", e.Class)
	}
}

func TestTrap9ReasoningIsNeverTheAnswer(t *testing.T) {
	t.Parallel()
	const draft = `{"headline":"draft","summary":"draft"}`
	for name, c := range map[string]llmtest.Completion{
		"reasoning":         {Null: true, Reasoning: draft},
		"reasoning_content": {Null: true, ReasoningContent: draft},
		"open think tag":    {Content: "<think>" + draft},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := complete(t, llmtest.Step{Completion: c})
			e := asError(t, err)
			if e.Class != llm.ClassInvalidOutput || !strings.Contains(e.Error(), "reasoning") {
				t.Errorf("error = %v, want invalid_output naming reasoning", e)
			}
		})
	}
}

func TestTrap9ErrorInTheChoiceIsClassified(t *testing.T) {
	t.Parallel()
	_, err := complete(t, llmtest.Step{Body: `{"choices":[{"error":{"code":429,"message":"x"},"message":{"role":"assistant","content":"half"},"finish_reason":"error"}]}`})
	if got := llm.Classify(err); got != llm.ClassThrottled {
		t.Errorf("class = %s, want throttled", got)
	}
}

func TestTrap10KeyIsAlwaysSentAndHTMLIsMisconfigured(t *testing.T) {
	t.Parallel()
	var auth, org, extra string
	server, url := rawServer(t, func(w http.ResponseWriter, r *http.Request) {
		auth, org, extra = r.Header.Get("Authorization"), r.Header.Get("OpenAI-Organization"), r.Header.Get("X-Title")
		_, _ = io.WriteString(w, "<html>hello</html>")
	})
	client := newClient(t, url, func(c *llm.Config) {
		c.Organization, c.Headers = "org-1", map[string]llm.Secret{"X-Title": "mujaz"}
	})
	_, err := client.Complete(t.Context(), request(t))
	server()
	if got := llm.Classify(err); got != llm.ClassMisconfigured {
		t.Errorf("class = %s, want misconfigured", got)
	}
	if auth != "Bearer "+testKey || org != "org-1" || extra != "mujaz" {
		t.Errorf("headers = %q, %q, %q", auth, org, extra)
	}
}
