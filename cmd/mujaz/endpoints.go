package main

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/mujaz/mujaz/internal/llm"
	"github.com/mujaz/mujaz/internal/price"
	"github.com/mujaz/mujaz/worker"
)

// endpointsFlag names the file of endpoints beside the first.
type endpointsFlag struct {
	Endpoints string `placeholder:"FILE" help:"YAML file of further endpoints: equal ones, and those that stand in when others are down, throttled, refuse or have too short a context (docs/operations.md)."`
}

// endpointEntry is one in that file.
type endpointEntry struct {
	Name       string             `yaml:"name"` // in logs, metrics and receipts
	BaseURL    string             `yaml:"base_url"`
	Model      string             `yaml:"model"`
	APIKeyEnv  string             `yaml:"api_key_env"`
	APIKeyFile string             `yaml:"api_key_file"`
	API        llm.APIType        `yaml:"api"`
	APIVersion string             `yaml:"api_version"`
	Deployment string             `yaml:"deployment"`
	Timeout    time.Duration      `yaml:"timeout"`
	ExtraBody  map[string]any     `yaml:"extra_body"`
	Context    int                `yaml:"context_tokens"`
	Slots      int                `yaml:"slots"`
	Requests   int                `yaml:"requests_per_minute"`
	Tokens     int                `yaml:"tokens_per_minute"`
	Weight     float64            `yaml:"weight"`
	When       []worker.Condition `yaml:"when"`
	Price      *struct {
		Input  float64 `yaml:"input"`
		Cached float64 `yaml:"cached"`
		Output float64 `yaml:"output"`
		Free   bool    `yaml:"free"`
	} `yaml:"price"`
}

const (
	// maxEndpointsFile and maxEndpoints are far above what anyone has.
	maxEndpointsFile = 1 << 20
	maxEndpoints     = 64
)

// read opens the endpoints of the file; none without one. The caller closes
// them.
func (f *endpointsFlag) read(p *program, table price.Table, currency string, timeout time.Duration) ([]worker.Endpoint, error) {
	if f.Endpoints == "" {
		return nil, nil
	}
	entries, err := readEndpoints(f.Endpoints)
	if err != nil {
		return nil, usagef("docs/operations.md shows such a file.", "read endpoints: %w", err)
	}
	var found []worker.Endpoint
	var errs []error
	for i, e := range entries {
		endpoint, err := e.open(p, table, currency, timeout)
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: endpoint %d: %w", f.Endpoints, i+1, err))
			continue
		}
		found = append(found, endpoint)
	}
	if err := errors.Join(errs...); err != nil {
		closeEndpoints(found)
		return nil, usagef("docs/operations.md shows such a file.", "read endpoints: %w", err)
	}
	return found, nil
}

func readEndpoints(name string) ([]endpointEntry, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close() //nolint:errcheck // it was only read
	data, err := io.ReadAll(io.LimitReader(file, maxEndpointsFile+1))
	switch {
	case err != nil:
		return nil, err
	case len(data) > maxEndpointsFile:
		return nil, fmt.Errorf("%s is larger than %s", name, byteSize(maxEndpointsFile))
	}
	return parseEndpoints(name, data)
}

func parseEndpoints(name string, data []byte) ([]endpointEntry, error) {
	var content struct {
		Endpoints []endpointEntry `yaml:"endpoints"`
	}
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	decoder.KnownFields(true)
	if err := decoder.Decode(&content); err != nil {
		// The message quotes the file, in which somebody may have put a key.
		return nil, fmt.Errorf("%s: is no list of endpoints with known fields%s", name, yamlPlace(err))
	}
	if n := len(content.Endpoints); n == 0 || n > maxEndpoints {
		return nil, fmt.Errorf("%s: has %d endpoints, want 1 to %d", name, n, maxEndpoints)
	}
	return content.Endpoints, nil
}

func (e endpointEntry) open(p *program, table price.Table, currency string, timeout time.Duration) (worker.Endpoint, error) {
	var key llm.Secret
	switch {
	case e.APIKeyEnv != "" && e.APIKeyFile != "":
		return worker.Endpoint{}, errors.New("api_key_env and api_key_file are both given")
	case e.APIKeyEnv != "":
		value, found := p.lookup(e.APIKeyEnv)
		if !found || value == "" {
			return worker.Endpoint{}, fmt.Errorf("api_key_env: the variable %s is not set", e.APIKeyEnv)
		}
		key = llm.Secret(value)
	case e.APIKeyFile != "":
		var err error
		if key, err = readSecret(e.APIKeyFile); err != nil {
			return worker.Endpoint{}, fmt.Errorf("api_key_file: %w", err)
		}
	}
	client, err := llm.New(llm.Config{
		BaseURL: e.BaseURL, APIKey: key, Model: e.Model, API: e.API, APIVersion: e.APIVersion, Deployment: e.Deployment,
		Timeout: cmp.Or(e.Timeout, timeout), MaxConns: max(0, e.Slots), ExtraBody: e.ExtraBody, Label: e.Name,
	})
	if err != nil {
		return worker.Endpoint{}, err
	}
	endpoint := worker.Endpoint{
		LLM: client, Model: e.Model, Context: e.Context, Slots: e.Slots, RequestsPerMinute: e.Requests, TokensPerMinute: e.Tokens, When: e.When, Weight: e.Weight,
	}
	endpoint.Price = priceAt(table, hostOfURL(e.BaseURL), e.Model)
	if e.Price != nil {
		endpoint.Price = &worker.Price{Input: e.Price.Input, CachedInput: e.Price.Cached, Output: e.Price.Output, Currency: currency, Free: e.Price.Free}
	}
	return endpoint, nil
}

func closeEndpoints(endpoints []worker.Endpoint) {
	for _, e := range endpoints {
		e.LLM.Close()
	}
}
