package llmtest_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/mujaz/mujaz/internal/llmtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const fullSchema = `{
	"type": "object",
	"properties": {
		"headline": {"type": "string"}, "summary": {"type": "string"},
		"key_points": {"type": "array", "minItems": 2, "items": {"$ref": "#/$defs/point"}},
		"names": {"type": "array", "items": {"type": "object", "properties": {"source": {"type": "string"}}}},
		"kind": {"enum": ["event", "person"]}, "score": {"type": ["number", "null"]}, "sure": {"type": "boolean"},
		"either": {"anyOf": [{"type": "integer", "minimum": 3}, {"type": "null"}]}, "fixed": {"const": "x"}
	},
	"$defs": {"point": {"type": "object", "properties": {"text": {"type": "string"}, "source_paragraphs": {"type": "array", "items": {"type": "integer"}}}}}
}`

// post sends a chat request and returns status, header and content.
func post(t *testing.T, s *llmtest.Server, user, format string) (int, http.Header, string) {
	t.Helper()
	body := `{"model":"m","messages":[{"role":"system","content":"s"},{"role":"user","content":` + llmtest.Quote(user) + `}]` + format + `}`
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL()+"/chat/completions", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	var answer struct {
		Choices []struct{ Message struct{ Content string } }
	}
	if err := json.Unmarshal(raw, &answer); err != nil {
		t.Fatalf("answer is no JSON: %v: %s", err, raw)
	}
	if len(answer.Choices) == 0 {
		return resp.StatusCode, resp.Header, ""
	}
	return resp.StatusCode, resp.Header, answer.Choices[0].Message.Content
}

func schemaFormat(schema string) string {
	return `,"response_format":{"type":"json_schema","json_schema":{"name":"n","schema":` + schema + `}}`
}

func TestAnswersFillTheSchema(t *testing.T) {
	t.Parallel()
	s := llmtest.Start(t, llmtest.Script{Values: map[string]json.RawMessage{"source_paragraphs": json.RawMessage(`["p1"]`)}})
	_, _, content := post(t, s, "u", schemaFormat(fullSchema))
	var got map[string]any
	if err := json.Unmarshal([]byte(content), &got); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"headline", "summary"} {
		text, _ := got[name].(string)
		if !strings.Contains(text, llmtest.Marker) || strings.ContainsAny(text, "0123456789") {
			t.Errorf("%s = %q, want marked and without figures", name, text)
		}
		delete(got, name)
	}
	point := map[string]any{"text": "The boats came back to the harbour before noon, says the scripted stand-in.", "source_paragraphs": []any{"p1"}}
	want := map[string]any{
		"key_points": []any{point, point}, "names": []any{}, "kind": "event", "score": 1.0, "sure": true, "either": 3.0, "fixed": "x",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("content (-want +got):\n%s", diff)
	}
}

func TestPlainAnswerAndOwnAnswer(t *testing.T) {
	t.Parallel()
	plain := llmtest.Start(t, llmtest.Script{})
	if _, _, got := post(t, plain, "u", ""); !strings.Contains(got, llmtest.Marker) {
		t.Errorf("plain answer = %q", got)
	}
	own := llmtest.Start(t, llmtest.Script{Answer: func(r *llmtest.Request) string {
		return strings.Join([]string{r.Model(), r.System(), r.User(), r.Format(), strconv.Itoa(r.MaxTokens()), r.Temperature()}, "|")
	}})
	const user = "سطر \"أول\"\nوثان \\ <b> 😀\t\x01"
	_, _, got := post(t, own, user, `,"max_tokens":12,"temperature":0.5,"response_format":{"type":"json_object"}`)
	if want := "m|s|" + user + "|json_object|12|0.5"; got != want {
		t.Errorf("answer = %q, want %q", got, want)
	}
	if n := own.Ledger().ByJob[own.Fingerprint(user)]; n != 1 {
		t.Errorf("calls of the job = %d, want 1", n)
	}
}

func TestEscapedRequestsHaveTheSameFingerprint(t *testing.T) {
	t.Parallel()
	s := llmtest.Start(t, llmtest.Script{})
	raw := `{"messages": [ {"content" : "\u062e\u0628\u0631 \ud83d\ude00 \/" , "role":"user"} ], "model":"m" }`
	resp, err := http.Post(s.URL()+"/chat/completions", "application/json", strings.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	http.DefaultClient.CloseIdleConnections()
	if n := s.Ledger().ByJob[s.Fingerprint("خبر 😀 /")]; n != 1 {
		t.Errorf("calls of the job = %d, want 1", n)
	}
}

func TestStepsByOrderNumberAndChance(t *testing.T) {
	t.Parallel()
	refuse := llmtest.Step{Status: 500, Body: "{}"}
	s := llmtest.Start(t, llmtest.Script{Steps: []llmtest.Step{refuse, {}}, ByNumber: map[int]llmtest.Step{3: {Status: 503, Body: "{}"}}})
	var got []int
	for range 4 {
		status, _, _ := post(t, s, "u", "")
		got = append(got, status)
	}
	if diff := cmp.Diff([]int{500, 200, 503, 200}, got); diff != "" {
		t.Errorf("status (-want +got):\n%s", diff)
	}
	if l := s.Ledger(); l.Calls != 4 || l.Billed != 2 || l.MaxInFlight != 1 {
		t.Errorf("ledger = %+v", l)
	}
	run := func() (out []int) {
		s := llmtest.Start(t, llmtest.Script{Seed: 7, Random: []llmtest.Chance{{P: 0.5, Step: refuse}}})
		for range 20 {
			status, _, _ := post(t, s, "u", "")
			out = append(out, status)
		}
		return out
	}
	first := run()
	if diff := cmp.Diff(first, run()); diff != "" {
		t.Errorf("two runs of a seed differ:\n%s", diff)
	}
	failed := 0
	for _, status := range first {
		if status != http.StatusOK {
			failed++
		}
	}
	if failed < 3 || failed > 17 {
		t.Errorf("%d of 20 failed at P = 0.5", failed)
	}
}

func TestLimitsAndEarlyRetries(t *testing.T) {
	t.Parallel()
	s := llmtest.Start(t, llmtest.Script{RequestsPerMinute: 2})
	var got []int
	var last http.Header
	for range 4 {
		status, header, _ := post(t, s, "u", "")
		got, last = append(got, status), header
	}
	if diff := cmp.Diff([]int{200, 200, 429, 429}, got); diff != "" {
		t.Errorf("status (-want +got):\n%s", diff)
	}
	if l := s.Ledger(); l.Throttled != 2 || l.Early != 1 || l.Billed != 2 {
		t.Errorf("ledger = %+v, want 2 throttled, 1 early, 2 billed", l)
	}
	if last.Get("Retry-After") == "" || last.Get("X-Ratelimit-Limit-Requests") != "2" || last.Get("X-Ratelimit-Remaining-Requests") != "0" {
		t.Errorf("header = %v", last)
	}
	tokens := llmtest.Start(t, llmtest.Script{TokensPerMinute: 200})
	for i, want := range []int{200, 429} {
		if status, _, _ := post(t, tokens, strings.Repeat("x", 400), ""); status != want {
			t.Errorf("call %d: status %d, want %d", i, status, want)
		}
	}
}

func TestGateSlotsAndQueue(t *testing.T) {
	t.Parallel()
	s := llmtest.Start(t, llmtest.Script{Slots: 1, MaxQueue: 1, Latency: time.Hour})
	gate := s.Hold()
	ctx, cancel := context.WithCancel(t.Context())
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	statuses := make(chan int, 3)
	var group sync.WaitGroup
	for range 3 {
		group.Go(func() {
			req, _ := http.NewRequestWithContext(ctx, http.MethodPost, s.URL()+"/chat/completions", strings.NewReader(`{"messages":[{"role":"user","content":"u"}]}`))
			resp, err := client.Do(req)
			if err != nil {
				return
			}
			statuses <- resp.StatusCode
			_ = resp.Body.Close()
		})
	}
	for range 3 {
		if got := <-gate.Arrived(); got != s.Fingerprint("u") {
			t.Errorf("arrived %x, want the job's fingerprint", got)
		}
	}
	if l := s.Ledger(); l.MaxInFlight != 3 || l.Billed != 0 || l.Connections != 3 {
		t.Errorf("ledger = %+v, want 3 in flight on 3 connections, none billed", l)
	}
	gate.Release(1)
	gate.Open()
	if status := <-statuses; status != http.StatusServiceUnavailable {
		t.Errorf("status beyond slot and queue = %d, want 503", status)
	}
	cancel()
	group.Wait()
}

func TestCloseEndsCallsUnderWay(t *testing.T) {
	t.Parallel()
	s := llmtest.New(llmtest.Script{Steps: []llmtest.Step{{Stall: true}}})
	if err := s.Listen("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	gate := s.Hold()
	var group sync.WaitGroup
	group.Go(func() {
		<-gate.Arrived()
		gate.Open()
		s.Close()
	})
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL()+"/chat/completions", strings.NewReader(`{"messages":[]}`))
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	if resp, err := client.Do(req); err == nil {
		t.Errorf("status %d, want a broken call", resp.StatusCode)
		_ = resp.Body.Close()
	}
	group.Wait()
}

func TestDoneTellsAnswersFromAbandonedCalls(t *testing.T) {
	t.Parallel()
	done := make(chan [2]any, 2)
	s := llmtest.Start(t, llmtest.Script{
		Choose: func(r *llmtest.Request) (llmtest.Step, bool) {
			return llmtest.Step{Stall: r.Header.Get("X-Stall") != ""}, true
		},
		Done: func(number int, sent bool) { done <- [2]any{number, sent} },
	})
	post(t, s, "u", "")
	if got := <-done; got != [2]any{1, true} {
		t.Errorf("an answer ended as %v", got)
	}
	ctx, cancel := context.WithCancel(t.Context())
	gate := s.Hold()
	var group sync.WaitGroup
	group.Go(func() {
		<-gate.Arrived()
		gate.Open()
		cancel()
	})
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.URL()+"/chat/completions", strings.NewReader(`{"messages":[]}`))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("X-Stall", "yes")
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	if resp, err := client.Do(req); err == nil {
		_ = resp.Body.Close()
		t.Error("a stalled call was answered")
	}
	group.Wait()
	if got := <-done; got != [2]any{2, false} {
		t.Errorf("an abandoned call ended as %v", got)
	}
}

func TestBadRequestsAndPaths(t *testing.T) {
	t.Parallel()
	s := llmtest.Start(t, llmtest.Script{})
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	for _, test := range []struct {
		method, path, body string
		want               int
	}{
		{"POST", "/chat/completions", `{`, 400},
		{"POST", "/chat/completions", `{"messages":3}`, 400},
		{"POST", "/chat/completions", `{"messages":[{"content":"\"]`, 400},
		{"POST", "/other", `{}`, 404},
		{"GET", "/models", ``, 200},
	} {
		req, err := http.NewRequestWithContext(t.Context(), test.method, s.URL()+test.path, strings.NewReader(test.body))
		if err != nil {
			t.Fatal(err)
		}
		resp, err := client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if resp.StatusCode != test.want {
			t.Errorf("%s %s %q: %d, want %d", test.method, test.path, test.body, resp.StatusCode, test.want)
		}
	}
}
