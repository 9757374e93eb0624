package main

import (
	"bufio"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/mujaz/mujaz/internal/llm"
	"github.com/mujaz/mujaz/internal/llmtest"
	"github.com/mujaz/mujaz/queue/queuetest"
)

// loose is an endpoint that writes what it likes, whatever the schema.
func loose(*llmtest.Request) string { return `{"word":"peace"}` }

// TestDoctorProbes holds each probe against an endpoint that is what it says,
// and against one that is not.
func TestDoctorProbes(t *testing.T) {
	t.Parallel()
	nats := queuetest.Start(t)
	usage := func(raw string) llmtest.Script {
		return llmtest.Script{Choose: func(*llmtest.Request) (llmtest.Step, bool) {
			return llmtest.Step{Completion: llmtest.Completion{Usage: raw}}, true
		}}
	}
	honest := llm.Profile{Rung: llm.RungSchema, SchemaEnforced: true, UsageReported: true, ArabicPerToken: 2.2, EnglishPerToken: 4}
	with := func(change func(*llm.Profile)) llm.Profile {
		p := honest
		change(&p)
		return p
	}
	unknown := func(p *llm.Profile) { p.UsageReported, p.ArabicPerToken, p.EnglishPerToken = false, 0, 0 }
	for name, test := range map[string]struct {
		script llmtest.Script
		args   []string
		finds  map[string]string // check: state and words
		want   llm.Profile
	}{
		"honest": {
			script: llmtest.Script{ModelFields: `"max_model_len":8192`, RequestsPerMinute: 60_000, TokensPerMinute: 60_000_000},
			args:   []string{"--max-parallel", "0"},
			finds: map[string]string{
				"structured output": "ok json_schema, enforced", "usage": "ok token counts are reported and can be true", "tokens": "ok Arabic 2.2 characters a token, English 4.0",
				"context": "ok 8192 tokens, by max_model_len", "limits": "ok requests a minute: 60000, tokens a minute: 60000000", "parallel": "warn cannot be told", "profile": "ok written to",
			},
			want: with(func(p *llm.Profile) { p.ContextSize = 8192 }),
		},
		"schema accepted, not enforced": {
			script: llmtest.Script{Answer: loose}, args: []string{"--max-parallel", "0"},
			finds: map[string]string{"structured output": "warn json_schema is accepted and not enforced", "context": "ok at least 8", "limits": "ok no limits a minute"},
			want:  with(func(p *llm.Profile) { p.SchemaEnforced = false }),
		},
		"schema refused": {
			script: llmtest.Script{Choose: func(r *llmtest.Request) (llmtest.Step, bool) {
				return llmtest.Step{Status: 400, Body: `{"error":"'response_format.type' must be 'text'"}`}, r.Format() != ""
			}},
			args:  []string{"--max-parallel", "0", "--context-tokens", "0"},
			finds: map[string]string{"structured output": "warn json_schema is refused; text is taken", "context": "warn the endpoint does not say its size"},
			want:  with(func(p *llm.Profile) { p.Rung, p.SchemaEnforced = llm.RungText, false }),
		},
		"prompts cut silently": {
			script: llmtest.Script{ContextSize: 4096, CutsSilently: true}, args: []string{"--max-parallel", "0"},
			finds: map[string]string{"context": "warn long prompts are cut silently at 4096 tokens, of some 8"},
			want:  with(func(p *llm.Profile) { p.ContextSize, p.ContextCut = 4096, true }),
		},
		"prompts cut silently, no round size": {
			script: llmtest.Script{ContextSize: 5000, CutsSilently: true}, args: []string{"--max-parallel", "0"},
			finds: map[string]string{"context": "warn long prompts are cut silently at 5000 tokens"},
			want:  with(func(p *llm.Profile) { p.ContextSize, p.ContextCut = 5000, true }),
		},
		"prompts refused": {
			script: llmtest.Script{ContextSize: 6500}, args: []string{"--max-parallel", "0"},
			finds: map[string]string{"context": "ok a prompt of some 8"},
			want:  with(func(p *llm.Profile) { p.ContextSize = 6500 }),
		},
		"no usage": {
			script: llmtest.Script{Choose: func(*llmtest.Request) (llmtest.Step, bool) {
				return llmtest.Step{Completion: llmtest.Completion{NoUsage: true}}, true
			}},
			args:  []string{"--max-parallel", "0"},
			finds: map[string]string{"usage": "warn no token counts are reported", "context": "warn cannot be told without token counts", "speed": "warn cannot be told"},
			want:  with(unknown),
		},
		"usage that is the same for all": {
			script: usage(`{"prompt_tokens":17,"completion_tokens":3}`), args: []string{"--max-parallel", "0"},
			finds: map[string]string{"usage": "warn token counts are reported that cannot be true: 17 for a dot"},
			want:  with(unknown),
		},
		"usage below zero": {
			script: usage(`{"prompt_tokens":-17,"completion_tokens":-3}`), args: []string{"--max-parallel", "0"},
			finds: map[string]string{"usage": "warn no token counts are reported"}, want: with(unknown),
		},
		"four slots": {
			script: llmtest.Script{Slots: 4, Latency: 100 * time.Millisecond}, args: []string{"--context-tokens", "0", "--max-parallel", "16"},
			finds: map[string]string{"parallel": "ok 4 calls side by side pay"}, want: with(func(p *llm.Profile) { p.Parallel = 4 }),
		},
		"throttles": {
			script: llmtest.Script{Latency: 20 * time.Millisecond, Choose: func(r *llmtest.Request) (llmtest.Step, bool) {
				return llmtest.Step{Status: 429, Header: map[string]string{"Retry-After": "7"}, Body: `{"error":{"message":"slow down"}}`}, strings.Contains(r.User(), "number 2 ")
			}},
			args:  []string{"--context-tokens", "0", "--max-parallel", "16"},
			finds: map[string]string{"parallel": "ok 2 calls side by side pay", "Retry-After": "ok seen: 7s"}, want: with(func(p *llm.Profile) { p.Parallel = 2 }),
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := llmtest.Start(t, test.script)
			file := filepath.Join(t.TempDir(), "profile.json")
			env := baseEnv(&world{nats: nats, llm: server})
			env["MUJAZ_PROFILE"] = file
			code, stdout, stderr := mujaz(t, env, append([]string{"doctor", "--json", "--write-profile"}, test.args...)...)
			if code != 0 {
				t.Errorf("exit code %d\n%s%s", code, stdout, stderr)
			}
			if !strings.Contains(stderr, "Probing: at most") {
				t.Errorf("the cost is not told beforehand: %q", stderr)
			}
			found := findingsOf(t, stdout)
			for check, want := range test.finds {
				if !strings.Contains(found[check], "\n"+want) {
					t.Errorf("%s: found %q, want %q", check, found[check], want)
				}
			}
			got, err := llm.LoadProfile(file)
			if err != nil {
				t.Fatal(err)
			}
			if got.Endpoint == "" || got.Made.IsZero() || got.Model != llmtest.ModelName {
				t.Errorf("profile of %q, %q at %s", got.Endpoint, got.Model, got.Made)
			}
			got.Version, got.Endpoint, got.Model, got.Made, got.TokensPerSecond = 0, "", "", time.Time{}, 0
			got.ArabicPerToken, got.EnglishPerToken = roughly(got.ArabicPerToken), roughly(got.EnglishPerToken)
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("profile (-want +got):\n%s", diff)
			}
		})
	}
}

// TestDoctorTellsTheSpeed: tokens by the time of the call alone.
func TestDoctorTellsTheSpeed(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		took  time.Duration
		rate  float64
		state string
	}{{time.Second, 60, stateOK}, {15 * time.Second, 4, stateWarn}, {time.Nanosecond, 1e6, stateOK}} {
		if rate, f := speedOf(60, test.took); rate != test.rate || f.State != test.state || (f.Advice == "") != (f.State == stateOK) {
			t.Errorf("60 tokens in %s: %g, %+v", test.took, rate, f)
		}
	}
	server := llmtest.Start(t, llmtest.Script{Choose: func(r *llmtest.Request) (llmtest.Step, bool) {
		return llmtest.Step{Delay: 100 * time.Millisecond, Completion: llmtest.Completion{Usage: `{"prompt_tokens":20,"completion_tokens":30}`}}, true
	}})
	client, err := llm.New(llm.Config{BaseURL: server.URL(), Model: llmtest.ModelName})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	p := &prober{e: &endpoint{client: client, model: llmtest.ModelName}}
	p.speed(t.Context())
	if got := p.profile.TokensPerSecond; got <= 0 || got > 300 {
		t.Errorf("%g tokens a second, of 30 in 100 ms or more", got)
	}
}

func roughly(f float64) float64 { return float64(int(f*10+0.5)) / 10 }

// findingsOf are the lines by check, each as a line "state detail".
func findingsOf(t *testing.T, stdout string) map[string]string {
	t.Helper()
	found := map[string]string{}
	lines := bufio.NewScanner(strings.NewReader(stdout))
	for lines.Scan() {
		var f finding
		if err := json.Unmarshal(lines.Bytes(), &f); err != nil {
			t.Fatalf("%v: %s", err, lines.Text())
		}
		found[f.Check] += "\n" + f.State + " " + f.Detail
	}
	return found
}

// TestDoctorKeepsToItsCost: what is announced is a bound.
func TestDoctorKeepsToItsCost(t *testing.T) {
	t.Parallel()
	nats := queuetest.Start(t)
	for name, test := range map[string]struct {
		args []string
		most int
	}{
		"probes":   {[]string{"--max-parallel", "8", "--context-tokens", "2000"}, 7 + 1 + 2 + 4 + 8},
		"quick":    {[]string{"--quick"}, 1},
		"no calls": {[]string{"--no-call"}, 0},
	} {
		server := llmtest.Start(t, llmtest.Script{Latency: 5 * time.Millisecond})
		env := baseEnv(&world{nats: nats, llm: server})
		if code, stdout, stderr := mujaz(t, env, append([]string{"doctor"}, test.args...)...); code != 0 {
			t.Errorf("%s: exit code %d\n%s%s", name, code, stdout, stderr)
		}
		if n := server.Ledger().Calls; n > test.most || test.most > 0 && n == 0 {
			t.Errorf("%s: %d calls, at most %d are announced", name, n, test.most)
		}
		cmd := doctorCmd{MaxParallel: 8, ContextTokens: 2000}
		if calls, tokens := cmd.cost(); name == "probes" && (calls != test.most-1 || server.Ledger().TokensIn+server.Ledger().TokensOut > tokens) {
			t.Errorf("announced are %d calls and %d tokens, used were %d and %d", calls, tokens, server.Ledger().Calls, server.Ledger().TokensIn+server.Ledger().TokensOut)
		}
	}
}

// TestWorkerUsesTheProfile: the note of the endpoint says so, and says why not.
func TestWorkerUsesTheProfile(t *testing.T) {
	t.Parallel()
	nats, server := queuetest.Start(t), llmtest.Start(t, llmtest.Script{})
	base := baseEnv(&world{nats: nats, llm: server})
	dir := t.TempDir()
	file := filepath.Join(dir, "profile.json")
	base["MUJAZ_PROFILE"] = file
	if code, stdout, stderr := mujaz(t, base, "doctor", "--write-profile", "--max-parallel", "0", "--context-tokens", "0"); code != 0 {
		t.Fatalf("exit code %d\n%s%s", code, stdout, stderr)
	}
	broken := filepath.Join(dir, "broken.json")
	if err := os.WriteFile(broken, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	for want, change := range map[string]map[string]string{
		"; profile of 20":                     {},
		"is no profile; let":                  {"MUJAZ_PROFILE": broken},
		"no such file":                        {"MUJAZ_PROFILE": filepath.Join(dir, "absent.json")},
		"is of model stand-in":                {"MUJAZ_MODEL": "other"},
		"from OPENAI_BASE_URL)\",\"worker\":": {"MUJAZ_PROFILE": "off"},
	} {
		env := maps.Clone(base)
		maps.Copy(env, change)
		env["MUJAZ_LOG_FORMAT"], env["MUJAZ_HEALTH_LISTEN"] = "json", "off"
		worker := start(t, env, "worker")
		queuetest.Eventually(t, "the worker has started", func() bool { return strings.Contains(worker.err.String(), "worker started") })
		worker.signals <- os.Interrupt
		if code := worker.wait(t); code != 0 {
			t.Errorf("%s: exit code %d", want, code)
		}
		if log := worker.err.String(); strings.HasPrefix(want, "from ") {
			if strings.Contains(log, "profile") {
				t.Errorf("a profile that is off shows: %s", log)
			}
		} else if !strings.Contains(log, want) {
			t.Errorf("the log does not say %q: %s", want, log)
		}
	}
	if code, _, stderr := mujaz(t, base, "doctor", "--quick", "--write-profile"); code != exitUsage || !strings.Contains(stderr, "needs the probes") {
		t.Errorf("exit code %d: %s", code, stderr)
	}
}
