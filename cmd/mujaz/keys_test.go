package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mujaz/mujaz/internal/llmtest"
	"github.com/mujaz/mujaz/queue/queuetest"
)

// TestSignedJobs: a key is made, trusted, signed with; what is not signed ends
// as a dead letter. Nothing that a key needs is taken wrongly in silence.
func TestSignedJobs(t *testing.T) {
	t.Parallel()
	w := &world{nats: queuetest.Start(t), llm: llmtest.Start(t, llmtest.Script{})}
	w.nats.Connect(t)
	dir := t.TempDir()
	d := &reviewDesk{env: baseEnv(w)}
	d.env["MUJAZ_HEALTH_LISTEN"] = "off"
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	text, seed := file("article.txt", article), filepath.Join(dir, "desk.seed")
	public, _ := d.run(t, 0, "keys", "new", seed)
	info, err := os.Stat(seed)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the seed's file is %v, %v", info, err)
	}
	_, stderr := d.run(t, exitUsage, "keys", "new", seed)
	contains(t, stderr, "is there already")
	_, stderr = d.run(t, exitUsage, "submit", "--sign-with", text, text)
	contains(t, stderr, "not the seed of a user nkey", "mujaz keys new")
	_, stderr = d.run(t, exitUsage, "worker", "--require-signatures", seed)
	contains(t, stderr, "line 1: this is a seed")
	secret, err := os.ReadFile(seed)
	if err != nil || strings.Contains(stderr, strings.TrimSpace(string(secret))) {
		t.Errorf("the error shows the seed (%v)", err)
	}

	start(t, d.env, "worker", "--require-signatures", file("trusted", strings.TrimSpace(public)+" desk run-*\n"))
	stdout, _ := d.run(t, exitInputs, "submit", "--wait", "--source", "desk", "--id", "unsigned", text)
	contains(t, stdout, "untrusted", "not signed")
	d.run(t, 0, "submit", "--wait", "--source", "desk", "--id", "signed", "--sign-with", seed, text)
	d.run(t, exitInputs, "submit", "--wait", "--source", "sports", "--id", "foreign", "--sign-with", seed, text)
	if calls := w.llm.Ledger().Calls; calls != 1 {
		t.Errorf("%d calls, want the one of the signed job", calls)
	}

	// A run is a source of its own.
	row := func(id string) string {
		return file(id+".jsonl", `{"id":"`+id+`","text":"The new library of Wadi al-Zafaran holds 12,000 books and opens on Tuesday. Entry is free."}`+"\n")
	}
	stdout, _ = d.run(t, exitInputs, "backfill", "run", "--run", "run-1", row("r1"))
	contains(t, stdout, "1 dead")
	stdout, _ = d.run(t, 0, "backfill", "run", "--run", "run-2", "--sign-with", seed, row("r2"))
	contains(t, stdout, "0 dead")
}
