package batch_test

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/mujaz/mujaz/internal/batch"
	"github.com/mujaz/mujaz/internal/llmtest"
	"github.com/mujaz/mujaz/queue"
)

// byHand answers a file of questions as vLLM's run-batch does: each by a call, its
// answer with an empty error beside it.
func (b *bench) byHand(t *testing.T, questions string) (answers []string) {
	t.Helper()
	for line := range strings.Lines(questions) {
		var question struct {
			ID   string         `json:"custom_id"`
			URL  string         `json:"url"`
			Body jsontext.Value `json:"body"`
		}
		if err := json.Unmarshal([]byte(line), &question); err != nil || question.URL != "/v1/chat/completions" {
			t.Fatalf("%v: %s", err, question.URL)
		}
		resp, err := http.Post(b.llm.URL()+"/chat/completions", "application/json", bytes.NewReader(question.Body))
		if err != nil {
			t.Fatal(err)
		}
		var body jsontext.Value
		if err := json.UnmarshalRead(resp.Body, &body); err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		answers = append(answers, fmt.Sprintf(`{"id":"vllm-1","custom_id":%q,"response":{"status_code":200,"request_id":"1","body":%s},"error":null}`+"\n", question.ID, body))
	}
	return answers
}

func write(t *testing.T, lines ...string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "answers.jsonl")
	if err := os.WriteFile(name, []byte(strings.Join(lines, "")), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func TestByHand(t *testing.T) {
	t.Parallel()
	b := setup(t, llmtest.Script{})
	jobs := stories(12)
	var file strings.Builder
	report, err := b.flow(t, b.batches(t)).Write(t.Context(), &file, rowsOf(jobs))
	if err != nil || report.Lines != 12 {
		t.Fatalf("%+v, %v", report, err)
	}
	answers := b.byHand(t, file.String())
	part := write(t, append(answers[:8:8], "no JSON\n", `{"custom_id":"nobody","response":null,"error":{"code":"x"}}`+"\n")...)

	f := b.flow(t, b.batches(t))
	report, err = f.Read(t.Context(), []string{part}, rowsOf(jobs))
	if err != nil || report.Counts != (queue.BatchCounts{Answered: 8, Missing: 4, Broken: 1, Unknown: 1}) {
		t.Fatalf("%+v, %v", report, err)
	}
	// Once more changes nothing; the rest comes in a second file, beside the first.
	cfg := b.batches(t)
	cfg.Rest = batch.RestHold
	if report, err = b.flow(t, cfg).Read(t.Context(), []string{part}, rowsOf(jobs)); err != nil || report.Counts.Answered != 8 {
		t.Fatalf("%+v, %v", report, err)
	}
	f = b.flow(t, cfg)
	report, err = f.Read(t.Context(), []string{part, write(t, answers[8:10]...)}, rowsOf(jobs))
	if err != nil || report.Counts.Answered != 10 || report.Batches != 2 {
		t.Fatalf("%+v, %v", report, err)
	}
	b.work(t, b.config(t, b.connect(t)))
	sent := b.send(t, f, jobs)
	results, dead := b.ends(t, sent)
	if len(results) != 10 || len(dead) != 0 {
		t.Errorf("%d results, %d dead letters", len(results), len(dead))
	}
	for _, r := range results {
		if r.Usage.Calls != 1 || r.Receipt.Cached || !r.Usage.CostKnown {
			t.Errorf("%s: usage %+v", r.JobID, r.Usage)
		}
	}
	if calls := b.recorded(t, 10); calls[0].Purpose != queue.PurposeWrite || calls[0].Source != run {
		t.Errorf("call on record: %+v", calls[0])
	}
	if l := b.llm.Ledger(); l.Billed != 12 {
		t.Errorf("billed %d calls: workers have made some", l.Billed)
	}
	// What is left is written again, and nothing else.
	file.Reset()
	if report, err = b.flow(t, b.batches(t)).Write(t.Context(), &file, rowsOf(jobs)); err != nil || report.Lines != 2 {
		t.Errorf("%+v, %v", report, err)
	}
}
