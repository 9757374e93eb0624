package llmtest_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/mujaz/mujaz/internal/llm"
	"github.com/mujaz/mujaz/internal/llmtest"
)

// TestContext: what the stand-in says of a prompt that is too long, the adapter
// understands, in each server's words.
func TestContext(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("كان الميناء هادئا هذا الصباح وعادت القوارب قبل الظهر. ", 400)
	ask := func(s *llmtest.Server, text string) (llm.Response, error) {
		client, err := llm.New(llm.Config{BaseURL: s.URL(), Model: llmtest.ModelName})
		if err != nil {
			t.Fatal(err)
		}
		defer client.Close()
		return client.Complete(t.Context(), llm.Request{Messages: []llm.Message{{Role: "user", Content: text}}, MaxTokens: 200})
	}
	refusing := llmtest.Start(t, llmtest.Script{Context: 4096})
	for range 4 {
		_, err := ask(refusing, long)
		var e *llm.Error
		if !errors.As(err, &e) || e.Class != llm.ClassContextTooLong || e.ContextLimit != 4096 {
			t.Errorf("refused with %v, want the context size 4096", err)
		}
	}
	if _, err := ask(refusing, "short"); err != nil {
		t.Error(err)
	}
	if got := refusing.Ledger(); got.Billed != 1 {
		t.Errorf("%d answers billed, want the one that was given", got.Billed)
	}

	cutting := llmtest.Start(t, llmtest.Script{Context: 4096, CutsSilently: true})
	r, err := ask(cutting, long)
	if err != nil || r.Usage.In != 4096 || r.PromptTokensSuspicious == "" {
		t.Errorf("%d tokens, suspicion %q, %v; want a cut to 4096 that is noticed", r.Usage.In, r.PromptTokensSuspicious, err)
	}
}
