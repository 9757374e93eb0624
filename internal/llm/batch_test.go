package llm_test

import (
	"bytes"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mujaz/mujaz/internal/llm"
	"github.com/mujaz/mujaz/internal/llmtest"
)

func TestParseBatchLine(t *testing.T) {
	t.Parallel()
	type parsed struct {
		ID, Code string
		Status   int
	}
	for _, tc := range []struct {
		name, line string
		want       parsed
		bad        bool
	}{
		{"OpenAI", `{"id":"r","custom_id":"a","response":{"status_code":200,"request_id":"q","body":{"choices":[]}},"error":null}`, parsed{ID: "a", Status: 200}, false},
		{"vLLM", `{"id":"vllm-1","custom_id":"a","response":{"status_code":200,"request_id":"q","body":{"choices":[]}}}`, parsed{ID: "a", Status: 200}, false},
		{"vLLM, refused", `{"id":"vllm-1","custom_id":"a","response":{"status_code":400,"request_id":"q","body":null},"error":{"object":"error","message":"m","type":"BadRequestError","code":400}}`, parsed{ID: "a", Code: "badrequesterror"}, false},
		{"bare completion", `{"custom_id":"a","response":{"id":"c","object":"chat.completion","choices":[]}}`, parsed{ID: "a", Status: 200}, false},
		{"refused", `{"custom_id":"a","response":{"status_code":429,"body":{"error":{"message":"slow down"}}},"error":null}`, parsed{ID: "a", Status: 429}, false},
		{"expired", `{"custom_id":"a","response":null,"error":{"code":"batch_expired","message":"too late"}}`, parsed{ID: "a", Code: "batch_expired"}, false},
		{"both", `{"custom_id":"a","response":{"status_code":200,"body":{"choices":[]}},"error":{"code":"server_error"}}`, parsed{ID: "a", Code: "server_error"}, false},
		{"neither", `{"custom_id":"a","response":null,"error":null}`, parsed{ID: "a"}, false},
		{"a code that is a text", `{"custom_id":"a","error":{"code":"the article says that"}}`, parsed{ID: "a"}, false},
		{"other types", `{"custom_id":"a","response":7,"error":[]}`, parsed{ID: "a"}, false},
		{"no id", `{"response":{"status_code":200,"body":{}}}`, parsed{}, true},
		{"id of another type", `{"custom_id":7}`, parsed{}, true},
		{"cut off", `{"custom_id":"a","response":{"status_co`, parsed{}, true},
		{"not UTF-8", "{\"custom_id\":\"a\xff\"}", parsed{}, true},
		{"empty", ``, parsed{}, true},
	} {
		a, err := llm.ParseBatchLine([]byte(tc.line))
		if got := (parsed{a.ID, a.Code, a.Status}); got != tc.want || (err != nil) != tc.bad {
			t.Errorf("%s: %+v, %v; want %+v", tc.name, got, err, tc.want)
		}
	}
}

func FuzzParseBatchLine(f *testing.F) {
	f.Add([]byte(`{"custom_id":"a","response":{"status_code":200,"body":{"choices":[]}}}`))
	f.Add([]byte(`{"custom_id":"a","error":[{"code":"x"}]}`))
	client, err := llm.New(llm.Config{BaseURL: "http://127.0.0.1:1/v1", Model: "m"})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, line []byte) {
		a, err := llm.ParseBatchLine(line)
		if err != nil {
			return
		}
		_, _ = client.JudgeBatch(t.Context(), llm.Request{Messages: []llm.Message{{Role: "user", Content: "x"}}}, a)
	})
}

// A line asks what Complete asks, and its answer is judged as that of Complete.
func TestBatchLine(t *testing.T) {
	t.Parallel()
	var asked []byte
	server := llmtest.Start(t, llmtest.Script{Choose: func(r *llmtest.Request) (llmtest.Step, bool) {
		asked = bytes.Clone(r.Body)
		return llmtest.Step{}, false
	}})
	client, err := llm.New(llm.Config{BaseURL: server.URL(), Model: llmtest.ModelName})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	seed := 7
	req := llm.Request{
		Messages:  []llm.Message{{Role: "system", Content: "Be \"brief\"."}, {Role: "user", Content: "سوق\nالقديم"}},
		MaxTokens: 50, Temperature: 0, Seed: &seed,
	}
	direct, err := client.Complete(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	line, err := client.AppendBatchLine(nil, "a-1", req)
	if err != nil {
		t.Fatal(err)
	}
	if want := `{"custom_id":"a-1","method":"POST","url":"/v1/chat/completions","body":` + string(asked) + "}\n"; string(line) != want {
		t.Errorf("line\n%s\nwant\n%s", line, want)
	}

	file, err := client.UploadBatchFile(t.Context(), "questions.jsonl", bytes.NewReader(line), int64(len(line)))
	if err != nil {
		t.Fatal(err)
	}
	made, err := client.CreateBatch(t.Context(), file, map[string]string{"run": "r"})
	if err != nil || made.State.Ended() || made.Metadata["run"] != "r" || made.Input != file {
		t.Fatalf("%+v, %v", made, err)
	}
	done, err := client.Batch(t.Context(), made.ID)
	if err != nil || done.State != llm.BatchCompleted || done.Completed != 1 {
		t.Fatalf("%+v, %v", done, err)
	}
	var out bytes.Buffer
	if n, err := client.FileContent(t.Context(), done.Output, &out, 1<<20); err != nil || n != int64(out.Len()) {
		t.Fatalf("%d, %v", n, err)
	}
	a, err := llm.ParseBatchLine(bytes.TrimSpace(out.Bytes()))
	if err != nil || a.ID != "a-1" {
		t.Fatalf("%+v, %v", a, err)
	}
	got, err := client.JudgeBatch(t.Context(), req, a)
	if err != nil || got.Content != direct.Content || got.Usage != direct.Usage || got.Model != direct.Model {
		t.Errorf("%+v, %v; want %+v", got, err, direct)
	}
	if _, err := client.FileContent(t.Context(), done.Output, new(bytes.Buffer), 10); err == nil || !strings.Contains(err.Error(), "larger than the limit") {
		t.Errorf("a file above the limit: %v", err)
	}
	if err := client.DeleteFile(t.Context(), file); err != nil {
		t.Error(err)
	}
	if _, err := client.FileContent(t.Context(), file, new(bytes.Buffer), 10); llm.Classify(err) != llm.ClassMisconfigured {
		t.Errorf("a file that is gone: %v", err)
	}
}

func TestBatchesAreListedInPages(t *testing.T) {
	t.Parallel()
	server := llmtest.Start(t, llmtest.Script{})
	client, err := llm.New(llm.Config{BaseURL: server.URL(), Model: llmtest.ModelName})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	line, err := client.AppendBatchLine(nil, "a", llm.Request{Messages: []llm.Message{{Role: "user", Content: "x"}}})
	if err != nil {
		t.Fatal(err)
	}
	file, err := client.UploadBatchFile(t.Context(), "q", bytes.NewReader(line), int64(len(line)))
	if err != nil {
		t.Fatal(err)
	}
	var want, got []string
	for range 205 {
		b, err := client.CreateBatch(t.Context(), file, nil)
		if err != nil {
			t.Fatal(err)
		}
		want = append([]string{b.ID}, want...)
	}
	if err := client.Batches(t.Context(), func(b llm.Batch) bool {
		got = append(got, b.ID)
		return true
	}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("batches (-want +got):\n%s", diff)
	}
}

func TestBatchFaults(t *testing.T) {
	t.Parallel()
	none := llmtest.Start(t, llmtest.Script{Batch: llmtest.BatchScript{None: true}})
	small := llmtest.Start(t, llmtest.Script{Batch: llmtest.BatchScript{MaxBytes: 5}})
	for _, tc := range []struct {
		name   string
		cfg    llm.Config
		status int
		want   string
	}{
		{"no such API", llm.Config{BaseURL: none.URL()}, http.StatusNotFound, "misconfigured"},
		{"too large", llm.Config{BaseURL: small.URL()}, http.StatusRequestEntityTooLarge, "413"},
		{"nobody there", llm.Config{BaseURL: "http://127.0.0.1:1/v1"}, 0, "unavailable"},
		{"Azure", llm.Config{BaseURL: none.URL(), API: llm.APIAzure, APIVersion: "2024-10-21"}, 0, "by hand"},
	} {
		tc.cfg.Model = "m"
		client, err := llm.New(tc.cfg)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(client.Close)
		_, err = client.UploadBatchFile(t.Context(), "q", strings.NewReader("0123456789"), 10)
		if e, is := errors.AsType[*llm.Error](err); !is || e.Status != tc.status || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: %v", tc.name, err)
		}
	}
}
