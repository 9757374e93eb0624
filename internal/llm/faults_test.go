package llm_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/mujaz/mujaz/internal/llm"
	"github.com/mujaz/mujaz/internal/llmtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	testKey    = "sk-test-0123456789abcdef"
	article    = "أعلن مجلس بلدية المرفأ الهادئ افتتاح ممشى جديد على الواجهة البحرية صباح الأحد."
	testSchema = `{
		"type": "object",
		"properties": {
			"headline": {"type": "string", "minLength": 3},
			"summary": {"type": "string", "minLength": 3}
		},
		"required": ["headline", "summary"],
		"additionalProperties": false
	}`
)

func newSchema(t testing.TB) *llm.Schema {
	t.Helper()
	s, err := llm.NewSchema("news_brief", []byte(testSchema))
	if err != nil {
		t.Fatalf("NewSchema: %v", err)
	}
	return s
}

func newClient(t testing.TB, url string, change func(*llm.Config)) *llm.Client {
	t.Helper()
	cfg := llm.Config{BaseURL: url, APIKey: testKey, Model: "some-model", MaxResponseBytes: 1 << 20, MaxConns: 64}
	if change != nil {
		change(&cfg)
	}
	c, err := llm.New(cfg)
	if err != nil {
		t.Fatalf("New: %v", err)
	}
	t.Cleanup(c.Close)
	return c
}

func request(t testing.TB) llm.Request {
	return llm.Request{
		Messages: []llm.Message{
			{Role: "system", Content: "Summarize the article in English."},
			{Role: "user", Content: article},
		},
		Schema:    newSchema(t),
		MaxTokens: 300,
	}
}

// asError fails the test when err is no *llm.Error.
func asError(t testing.TB, err error) *llm.Error {
	t.Helper()
	e, ok := errors.AsType[*llm.Error](err)
	if !ok {
		t.Fatalf("error is %T (%v), want *llm.Error", err, err)
	}
	return e
}

// TestFaults runs the whole table of faults against the adapter.
func TestFaults(t *testing.T) {
	t.Parallel()
	seen := map[int]bool{}
	for _, fault := range llmtest.Faults() {
		seen[fault.Number] = true
		if fault.NotHere != "" {
			if len(fault.Steps) > 0 {
				t.Errorf("fault %d %s has steps and a reason for having none", fault.Number, fault.Name)
			}
			continue
		}
		t.Run(fault.Title(), func(t *testing.T) {
			t.Parallel()
			testFault(t, fault)
		})
	}
	for n := 1; n <= 55; n++ {
		if !seen[n] {
			t.Errorf("fault %d is not in the table", n)
		}
	}
}

func testFault(t *testing.T, fault llmtest.Fault) {
	server := llmtest.Start(t, llmtest.Script{Steps: fault.Steps})
	client := newClient(t, server.URL(), func(c *llm.Config) {
		if fault.Hangs {
			c.Timeout, c.FirstByteTimeout = 200*time.Millisecond, 100*time.Millisecond
		}
	})
	resp, err := client.Complete(t.Context(), request(t))
	if got := llm.Classify(err); got != fault.Class {
		t.Fatalf("class = %q, want %q (%v)", got, fault.Class, err)
	}
	calls := resp.Calls
	if err != nil {
		e := asError(t, err)
		calls = e.Calls
		checkRetryAfter(t, fault, e.RetryAfter)
		checkSilent(t, e)
		if last := calls[len(calls)-1]; last.Class != fault.Class {
			t.Errorf("class of the last call = %q, want %q", last.Class, fault.Class)
		}
	} else if resp.Content == "" || !strings.HasPrefix(resp.Content, "{") {
		t.Errorf("content = %q, want the JSON object alone", resp.Content)
	}
	if len(calls) != fault.Calls || server.Ledger().Calls != fault.Calls {
		t.Errorf("calls = %d, the endpoint saw %d, want %d", len(calls), server.Ledger().Calls, fault.Calls)
	}
	paid := 0
	for _, call := range calls {
		if call.Paid {
			paid++
		}
	}
	if paid != fault.Paid {
		t.Errorf("paid calls = %d, want %d", paid, fault.Paid)
	}
}

func checkRetryAfter(t *testing.T, fault llmtest.Fault, got time.Duration) {
	t.Helper()
	if fault.Dated {
		if got <= 0 || got > fault.RetryAfter {
			t.Errorf("RetryAfter = %v, want above 0 and at most %v", got, fault.RetryAfter)
		}
		return
	}
	if got != fault.RetryAfter {
		t.Errorf("RetryAfter = %v, want %v", got, fault.RetryAfter)
	}
}

// checkSilent looks for anything of the exchange in all that prints an error.
func checkSilent(t *testing.T, e *llm.Error) {
	t.Helper()
	printed := e.Error() + fmt.Sprintf("%v %+v %#v %s", e, e, e, e.Unwrap())
	for _, secret := range []string{testKey, "sk-abc", "المرفأ", "harbour", "hidden", "limits page", "Bad Gateway", "<html", "<!DOCTYPE", "عطل"} {
		if strings.Contains(printed, secret) {
			t.Errorf("the error prints %q: %s", secret, printed)
		}
	}
	if len(e.Error()) > 400 {
		t.Errorf("the error has %d bytes, too long for a log line", len(e.Error()))
	}
}
