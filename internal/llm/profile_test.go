package llm_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/mujaz/mujaz/internal/llm"
	"github.com/mujaz/mujaz/internal/llmtest"
)

func sampleProfile() llm.Profile {
	return llm.Profile{
		Version: llm.ProfileVersion, Endpoint: "127.0.0.1:1", Model: "m:4b", Made: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC),
		Rung: llm.RungObject, SchemaEnforced: true, UsageReported: true, ContextSize: 4096, ContextCut: true, Parallel: 4,
		ArabicPerToken: 2.7, EnglishPerToken: 4.2, TokensPerSecond: 10.5,
	}
}

func TestProfileIsReadAsItWasWritten(t *testing.T) {
	t.Parallel()
	want := sampleProfile()
	file := llm.ProfileFile(filepath.Join(t.TempDir(), "new", "folder"), want.Endpoint, want.Model)
	if _, err := llm.LoadProfile(file); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("an absent file gives %v", err)
	}
	for range 2 { // the second replaces the first
		if err := want.Save(file); err != nil {
			t.Fatal(err)
		}
	}
	got, err := llm.LoadProfile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("profile (-want +got):\n%s", diff)
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(file), ".*")); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestBrokenProfilesAreToldApart(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ text, want string }{
		"no JSON":       {`{"version":`, "is no profile"},
		"too large":     {`{"version":1,"model":"` + strings.Repeat("m", 1<<20) + `"}`, "is no profile"},
		"older":         {`{"version":0,"endpoint":"e","model":"m"}`, "of version 0"},
		"newer":         {`{"version":2,"endpoint":"e","model":"m","rung":"unheard of"}`, "of version 2"},
		"unknown rung":  {`{"version":1,"endpoint":"e","model":"m","rung":"xml"}`, "rung is none of"},
		"context below": {`{"version":1,"endpoint":"e","model":"m","context_size":-1}`, "context_size"},
		"parallel":      {`{"version":1,"endpoint":"e","model":"m","parallel":1000000}`, "parallel"},
		"per token":     {`{"version":1,"endpoint":"e","model":"m","arabic_chars_per_token":-2}`, "characters per token"},
		"nameless":      {`{"version":1}`, "names no endpoint"},
	} {
		file := filepath.Join(t.TempDir(), "p.json")
		if err := os.WriteFile(file, []byte(test.text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := llm.LoadProfile(file); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: error %v, want %q in it", name, err, test.want)
		}
	}
	if err := (llm.Profile{}).Save(filepath.Join(t.TempDir(), "p.json")); err == nil {
		t.Error("an empty profile was written")
	}
}

func TestProfileFilesDiffer(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("m", 300)
	seen := map[string]bool{}
	for _, of := range [][2]string{{"a:1", "m"}, {"a:1", "m/b"}, {"a:1", "m_b"}, {"a", "1_m"}, {"a:1", long}, {"a:1", long + "n"}, {"../../etc", "passwd"}} {
		file := llm.ProfileFile("dir", of[0], of[1])
		if seen[file] || filepath.Dir(file) != "dir" || len(filepath.Base(file)) > 120 {
			t.Errorf("%v has the file %s", of, file)
		}
		seen[file] = true
	}
}

func TestProfileIsWhereTheLadderBegins(t *testing.T) {
	t.Parallel()
	server := llmtest.Start(t, llmtest.Script{})
	label := strings.TrimSuffix(strings.TrimPrefix(server.URL(), "http://"), "/v1")
	for name, test := range map[string]struct {
		change func(*llm.Profile)
		rung   llm.Rung
		used   bool
	}{
		"of this model":    {func(*llm.Profile) {}, llm.RungText, true},
		"of another model": {func(p *llm.Profile) { p.Model = "other" }, llm.RungSchema, true},
		"of another host":  {func(p *llm.Profile) { p.Endpoint = "elsewhere:1" }, llm.RungSchema, false},
		"broken":           {func(p *llm.Profile) { p.Version = 9 }, llm.RungSchema, false},
	} {
		profile := sampleProfile()
		profile.Endpoint, profile.Model, profile.Rung = label, "some-model", llm.RungText
		test.change(&profile)
		client := newClient(t, server.URL(), func(c *llm.Config) { c.Profile = &profile })
		resp, err := client.Complete(t.Context(), request(t))
		if _, used := client.Profile(); err != nil || resp.Rung != test.rung || used != test.used {
			t.Errorf("%s: rung %s, used %v, %v; want %s, %v", name, resp.Rung, used, err, test.rung, test.used)
		}
	}
}

// TestProfileTellsACutPrompt: at a size that is not round, only the profile can.
func TestProfileTellsACutPrompt(t *testing.T) {
	t.Parallel()
	server := llmtest.Start(t, llmtest.Script{ContextSize: 50, CutsSilently: true})
	client := newClient(t, server.URL(), nil)
	if _, err := client.Complete(t.Context(), request(t)); err != nil {
		t.Fatalf("without a profile: %v", err)
	}
	profile := sampleProfile()
	profile.Endpoint, profile.Model, profile.ContextSize = client.Label(), "some-model", 50
	_, err := client.WithProfile(profile).Complete(t.Context(), request(t))
	if e := asError(t, err); e.Class != llm.ClassContextTooLong || e.ContextLimit != 50 {
		t.Errorf("class %s, limit %d; want context_too_long, 50", e.Class, e.ContextLimit)
	}
}

func TestDescribeFindsTheContextSize(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		fields, props string
		size          int
		source        string
	}{
		"vLLM":                    {`"max_model_len":8192`, "", 8192, "max_model_len"},
		"OpenRouter":              {`"context_length":131072`, "", 131072, "context_length"},
		"llama.cpp, list":         {`"meta":{"n_ctx":4096,"n_ctx_train":32768}`, "", 4096, "meta.n_ctx"},
		"llama.cpp, props":        {`"meta":{"n_ctx_train":32768}`, `{"default_generation_settings":{"n_ctx":2048},"total_slots":4}`, 2048, "/props"},
		"says nothing":            {"", "", 0, ""},
		"zero":                    {`"max_model_len":0`, "", 0, ""},
		"below zero":              {`"max_model_len":-1`, `{"default_generation_settings":{"n_ctx":-5}}`, 0, "/props"},
		"in words":                {`"max_model_len":"much","context_length":{}`, `<html>`, 0, ""},
		"beyond any number":       {`"max_model_len":1e300`, "", 0, ""},
		"trained, but not served": {`"meta":{"n_ctx_train":32768}`, "", 0, ""},
	} {
		server := llmtest.Start(t, llmtest.Script{Model: "m", ModelFields: test.fields, Props: test.props})
		got, err := newClient(t, server.URL(), nil).Describe(t.Context(), "m")
		if err != nil || got.ContextSize != test.size || got.Source != test.source && test.size > 0 || !cmp.Equal(got.Models, []string{"m"}) {
			t.Errorf("%s: %d from %q of %v, %v; want %d from %q", name, got.ContextSize, got.Source, got.Models, err, test.size, test.source)
		}
	}
}
