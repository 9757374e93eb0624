package main

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/mujaz/mujaz/internal/llmtest"
	"github.com/mujaz/mujaz/queue/queuetest"
)

// An archive goes through the provider's batches, by the command line alone: once by
// itself, and once by hand.
func TestBackfillByBatches(t *testing.T) {
	t.Parallel()
	w := &world{nats: queuetest.Start(t), llm: llmtest.Start(t, llmtest.Script{})}
	if err := w.nats.Connect(t).Ensure(t.Context()); err != nil {
		t.Fatal(err)
	}
	env := baseEnv(w)
	worker := start(t, env, "worker")
	t.Cleanup(func() {
		worker.signals <- os.Interrupt
		worker.wait(t)
	})
	dir := t.TempDir()
	input := func(name string, first int) string {
		var lines strings.Builder
		for i := range 6 {
			fmt.Fprintf(&lines, `{"id":"pier-%d","text":"The harbour office of Marsa Zaytun opened pier %d on Sunday. It can hold %d boats. Fishermen had waited for it since the storm, the mayor, Hadi Qasabi, said."}`+"\n", first+i, first+i, 40+first+i)
		}
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(lines.String()), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	failures := filepath.Join(dir, "failures.jsonl")
	in := input("one.jsonl", 0)
	code, stdout, stderr := mujaz(t, env, "backfill", "run", "--run", "one", "--near", "0", "--failures", failures, "--via", "batch", in)
	if code != 0 {
		t.Fatalf("exit code %d\n%s%s", code, stdout, stderr)
	}
	contains(t, stdout, "1 batch, 6 rows: 6 answered")
	contains(t, stderr, "batch 1 (6 rows): is at work at the provider")
	if l := w.llm.Ledger(); l.Billed != 0 || l.BatchBilled != 6 {
		t.Errorf("billed %d calls and %d lines", l.Billed, l.BatchBilled)
	}

	in = input("two.jsonl", 100)
	questions, answers := filepath.Join(dir, "questions.jsonl"), filepath.Join(dir, "answers.jsonl")
	code, stdout, stderr = mujaz(t, env, "backfill", "run", "--run", "two", "--near", "0", "--batch-out", questions, in)
	if code != 0 {
		t.Fatalf("exit code %d\n%s%s", code, stdout, stderr)
	}
	contains(t, stdout, "6 questions")
	answerByHand(t, w.llm.URL(), questions, answers)
	calls := w.llm.Ledger().Billed
	code, stdout, stderr = mujaz(t, env, "backfill", "run", "--run", "two", "--near", "0", "--failures", failures, "--batch-in", answers, in)
	if code != 0 {
		t.Fatalf("exit code %d\n%s%s", code, stdout, stderr)
	}
	contains(t, stdout, "1 batch, 6 rows: 6 answered")
	if l := w.llm.Ledger(); l.Billed != calls {
		t.Errorf("%d calls by workers", l.Billed-calls)
	}
	code, stdout, _ = mujaz(t, env, "backfill", "reconcile", "two", in)
	if code != 0 {
		t.Errorf("reconcile: exit code %d\n%s", code, stdout)
	}
}

// answerByHand does a file of questions by hand.
func answerByHand(t *testing.T, base, questions, answers string) {
	t.Helper()
	data, err := os.ReadFile(questions)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	for line := range bytes.Lines(data) {
		var q struct {
			ID   string         `json:"custom_id"`
			Body jsontext.Value `json:"body"`
		}
		if err := json.Unmarshal(line, &q); err != nil {
			t.Fatal(err)
		}
		resp, err := http.Post(base+"/chat/completions", "application/json", bytes.NewReader(q.Body))
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&out, `{"custom_id":%q,"response":{"status_code":200,"body":%s},"error":null}`+"\n", q.ID, body)
	}
	if err := os.WriteFile(answers, out.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestBackfillBatchUsage(t *testing.T) {
	t.Parallel()
	w := &world{nats: queuetest.Start(t), llm: llmtest.Start(t, llmtest.Script{})}
	env := baseEnv(w)
	for _, tc := range []struct {
		args []string
		want string
	}{
		{[]string{"--via", "batch", "-"}, "cannot be standard input"},
		{[]string{"--via", "batch", "--batch-out", "x", "a.jsonl"}, "exclude each other"},
		{[]string{"--via", "batch", "--update", "a.jsonl"}, "--update does not go with batches"},
		{[]string{"--via", "batch", "--batch-rows", "60000", "a.jsonl"}, "batch rows 60000: must be 1 to 50000"},
	} {
		code, _, stderr := mujaz(t, env, append([]string{"backfill", "run", "--run", "x"}, tc.args...)...)
		if code != exitUsage {
			t.Errorf("%v: exit code %d", tc.args, code)
		}
		contains(t, stderr, tc.want)
	}
}
