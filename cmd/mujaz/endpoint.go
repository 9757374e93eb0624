package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"time"

	"github.com/mujaz/mujaz/internal/demo"
	"github.com/mujaz/mujaz/internal/llm"
)

// endpoint is the LLM endpoint that was chosen.
type endpoint struct {
	client *llm.Client
	model  string
	note   string // what was chosen and why, in one line
	local  *demo.LocalModel
}

func (e *endpoint) close() {
	e.client.Close()
	if e.local != nil {
		e.local.Stop()
	}
}

const openAI = "https://api.openai.com/v1"

// ollamaWait is how long a look for Ollama may take: it is on this machine, and
// lists its models from memory.
const ollamaWait = time.Second

const fourWays = `Give one of these:
1. OPENAI_BASE_URL (and OPENAI_API_KEY, MUJAZ_MODEL) of any OpenAI-compatible endpoint
2. OPENAI_API_KEY and MUJAZ_MODEL, for OpenAI itself
3. a running Ollama (https://ollama.com): ollama pull qwen3:4b
4. the small local demo model: make demo in the project's folder installs it`

// resolve finds an endpoint: the one that is named, OpenAI where there is only
// a key, a running Ollama, the local demo model. With install, the last one is
// installed if need be. Slots bounds the connections.
func (f *llmFlags) resolve(ctx context.Context, p *program, slots int, install bool) (*endpoint, error) {
	e, err := f.find(ctx, p, slots, install)
	if err == nil {
		e.remember(f.Profile)
	}
	return e, err
}

func (f *llmFlags) find(ctx context.Context, p *program, slots int, install bool) (*endpoint, error) {
	key, err := f.key()
	if err != nil {
		return nil, err
	}
	switch {
	case f.BaseURL != "":
		return f.open(ctx, f.BaseURL, key, slots, "from "+p.origin("base-url"))
	case key != "":
		return f.open(ctx, openAI, key, slots, "there is an API key and no base URL")
	}
	if e := f.ollama(ctx, slots); e != nil {
		return e, nil
	}
	if isOff(f.LocalModel) {
		return nil, errNoEndpoint()
	}
	if !demo.Installed(f.LocalModel) {
		if !install || !demo.Installable() {
			return nil, errNoEndpoint()
		}
		if err := installLocalModel(ctx, p, f.LocalModel); err != nil {
			return nil, err
		}
	}
	return f.startLocal(ctx, p, slots)
}

func errNoEndpoint() error {
	return &fault{code: exitConnection, err: errors.New("no LLM endpoint: none is given, and none was found on this machine"), hint: fourWays}
}

// open checks the settings of an endpoint and finds its model.
func (f *llmFlags) open(ctx context.Context, baseURL string, key llm.Secret, slots int, why string) (*endpoint, error) {
	client, err := f.client(baseURL, key, cmp.Or(f.Model, "unknown"), slots, f.Timeout)
	if err != nil {
		return nil, err
	}
	e := &endpoint{client: client, model: f.Model}
	if e.model == "" {
		models, err := client.Models(ctx)
		if err != nil {
			client.Close()
			return nil, fmt.Errorf("ask the endpoint for its models: %w", err)
		}
		if len(models) != 1 {
			client.Close()
			return nil, &fault{code: exitUsage, err: fmt.Errorf("no model is named; %s", offer(models)), hint: "Name one with --model or MUJAZ_MODEL."}
		}
		e.model = models[0]
		why += ", its only model"
	}
	e.note = fmt.Sprintf("LLM endpoint %s, model %s (%s)", client.Label(), e.model, why)
	return e, nil
}

// offer lists models, as far as they fit into an error.
func offer(models []string) string {
	const show = 30
	switch {
	case len(models) == 0:
		return "the endpoint offers none"
	case len(models) > show:
		return fmt.Sprintf("the endpoint offers %d, among them %s", len(models), strings.Join(models[:show], ", "))
	}
	return "the endpoint offers " + strings.Join(models, ", ")
}

func (f *llmFlags) client(baseURL string, key llm.Secret, model string, slots int, timeout time.Duration) (*llm.Client, error) {
	client, err := llm.New(llm.Config{
		BaseURL: baseURL, APIKey: key, Model: model, Organization: f.OrgID, API: f.API, APIVersion: f.APIVersion,
		Deployment: f.Deployment, Timeout: timeout, MaxConns: max(0, slots), ExtraBody: f.ExtraBody, Headers: f.Header,
	})
	if err != nil {
		return nil, usagef("See docs/cli.md for the settings of an endpoint.", "LLM endpoint: %w", err)
	}
	return client, nil
}

// ollama is a running Ollama that has a model, or nil.
func (f *llmFlags) ollama(ctx context.Context, slots int) *endpoint {
	if isOff(f.OllamaURL) {
		return nil
	}
	probe, err := f.client(f.OllamaURL, "", "unknown", 1, ollamaWait)
	if err != nil {
		return nil
	}
	models, err := probe.Models(ctx)
	probe.Close()
	if err != nil || len(models) == 0 {
		return nil
	}
	why := "a running Ollama"
	model := f.Model
	if model == "" {
		model = models[0]
		why += ", its first model"
	}
	client, err := f.client(f.OllamaURL, "", model, slots, f.Timeout)
	if err != nil {
		return nil
	}
	return &endpoint{client: client, model: model, note: fmt.Sprintf("LLM endpoint %s, model %s (%s)", client.Label(), model, why)}
}

func installLocalModel(ctx context.Context, p *program, dir string) error {
	if _, err := exec.LookPath("python3"); err != nil {
		return errNoEndpoint()
	}
	fmt.Fprintf(p.err, "No LLM endpoint is given or running. Installing a small local model into %s (1.1 GB, once).\n", dir)
	fmt.Fprintln(p.err, demo.LocalModelNote)
	if err := demo.Install(ctx, dir, p.err); err != nil {
		return &fault{code: exitConnection, err: err, hint: fourWays}
	}
	return nil
}

func (f *llmFlags) startLocal(ctx context.Context, p *program, slots int) (*endpoint, error) {
	fmt.Fprintln(p.err, "Starting the local demo model …")
	local, err := demo.StartLocalModel(ctx, f.LocalModel)
	if err != nil {
		return nil, &fault{code: exitConnection, err: err, hint: "Delete " + f.LocalModel + " and run `make demo` to install it anew, or name another endpoint."}
	}
	client, err := f.client(local.BaseURL, "", local.Model, slots, f.Timeout)
	if err != nil {
		local.Stop()
		return nil, err
	}
	return &endpoint{
		client: client, model: local.Model, local: local,
		note: fmt.Sprintf("LLM endpoint %s, model %s (the local demo model in %s; nothing else is given or running)", client.Label(), local.Model, f.LocalModel),
	}, nil
}

// origin says where the value of a flag of this command came from.
func (p *program) origin(name string) string {
	for _, flag := range p.parsed.Flags() {
		if flag.Name == name {
			return p.settings.origin(p.parsed, flag)
		}
	}
	return "default"
}
