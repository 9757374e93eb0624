package llm

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// Defaults of [Config]. Every limit has one: nothing here is unbounded.
const (
	// DefaultTimeout covers a small local model that writes a long answer on a
	// CPU (10 tokens a second were measured, so 1,500 tokens fit twice).
	DefaultTimeout = 5 * time.Minute
	// DefaultMaxResponseBytes is some thirty times the longest answer that the
	// prompts ask for, reasoning text beside it included.
	DefaultMaxResponseBytes = 4 << 20
	// DefaultMaxConns is the largest number of calls in flight that the worker
	// is measured with.
	DefaultMaxConns = 1024
)

// APIType is the dialect of URL and key header that the endpoint speaks.
type APIType string

const (
	// APIOpenAI is every endpoint that takes POST BaseURL/chat/completions and a
	// bearer token: OpenAI, vLLM, Ollama, llama.cpp, gateways. The default.
	APIOpenAI APIType = "openai"
	// APIAzure is Azure OpenAI with an API key.
	APIAzure APIType = "azure"
	// APIAzureAD is Azure OpenAI with an Entra ID token in APIKey.
	APIAzureAD APIType = "azure_ad"
)

// Config describes one endpoint. The zero value of every field but BaseURL and
// Model is useful.
type Config struct {
	// BaseURL is the endpoint's root with its version, for example
	// https://api.openai.com/v1 or http://localhost:11434/v1. No userinfo, query
	// or fragment.
	BaseURL string
	// APIKey is sent as the dialect asks; empty for endpoints without keys.
	APIKey Secret
	// Model is asked for when Request.Model is empty.
	Model string
	// Organization is sent as OpenAI-Organization when not empty.
	Organization string
	// API is the dialect; empty means APIOpenAI.
	API APIType
	// APIVersion is Azure's api-version, required there and refused elsewhere.
	APIVersion string
	// Deployment is Azure's deployment name; empty means the model's name.
	Deployment string
	// Timeout bounds one Complete or Models with everything in it, slow drips of
	// body and steps down the ladder included. 0 means DefaultTimeout.
	Timeout time.Duration
	// FirstByteTimeout bounds the wait for the answer's header. Endpoints that
	// do not stream send it when the answer is ready, so it is no tighter than
	// Timeout unless set. 0 means Timeout.
	FirstByteTimeout time.Duration
	// MaxResponseBytes bounds an answer after decompression. 0 means
	// DefaultMaxResponseBytes.
	MaxResponseBytes int64
	// MaxConns bounds the connections to the endpoint; calls beyond it wait
	// within their deadline. Set it to the calls in flight. 0 means
	// DefaultMaxConns.
	MaxConns int
	// Label names the endpoint in logs and metrics; empty means BaseURL's
	// host:port.
	Label string
	// ExtraBody holds provider fields (top_k, keep_alive, …) added to every
	// request body. Fields that the adapter writes itself are refused.
	ExtraBody map[string]any
	// Headers are added to every request. Gateways put keys there, so the values
	// are never printed.
	Headers map[string]Secret
	// Profile is what an earlier look at the endpoint found; nil when there was
	// none. One that is not valid or of another endpoint is left aside.
	Profile *Profile
}

// ownFields are the body fields that ExtraBody may not hold, because the body
// would then name them twice.
var ownFields = []string{
	"max_completion_tokens", "max_tokens", "messages", "model", "n",
	"response_format", "seed", "stream", "stream_options", "temperature",
}

// ownHeaders are the headers that Headers may not hold, with the reason.
var ownHeaders = map[string]string{
	"Authorization":   "set the API key instead",
	"Api-Key":         "set the API key instead",
	"Content-Type":    "the adapter writes JSON only",
	"Content-Length":  "net/http computes it",
	"Accept-Encoding": "answers are asked for uncompressed",
	"Idempotency-Key": "net/http would repeat paid calls",
	"Host":            "put the host into the base URL",
}

// Validate reports every problem of the settings at once, each with what to do.
// It never prints a value that may hold a secret.
func (c Config) Validate() error {
	problems := []error{c.validateURL(), c.validateAPI(), c.validateLimits(), c.validateHeaders()}
	if strings.TrimSpace(c.Model) == "" {
		problems = append(problems, errors.New("model: is empty; name the model that the endpoint serves"))
	}
	for _, k := range slices.Sorted(maps.Keys(c.ExtraBody)) {
		if slices.Contains(ownFields, k) {
			problems = append(problems, fmt.Errorf("extra body: %q is written by mujaz itself; use its own setting", k))
		}
	}
	if _, err := json.Marshal(c.ExtraBody); err != nil {
		problems = append(problems, errors.New("extra body: cannot be written as JSON; use plain strings, numbers, lists and maps"))
	}
	return errors.Join(problems...)
}

func (c Config) validateURL() error {
	if c.BaseURL == "" {
		return errors.New("base URL: is empty; set it to the endpoint's root, for example http://localhost:11434/v1")
	}
	u, err := url.Parse(c.BaseURL)
	switch {
	case err != nil:
		return errors.New("base URL: cannot be parsed; write it like https://host:port/v1")
	case u.Scheme != "http" && u.Scheme != "https", u.Hostname() == "":
		return errors.New("base URL: needs http:// or https:// and a host")
	case u.User != nil:
		return errors.New("base URL: holds a user or password; put the key into the API key setting")
	case u.RawQuery != "" || u.Fragment != "":
		return errors.New("base URL: holds a query or fragment; end it at the version, for example /v1")
	case strings.HasSuffix(strings.TrimRight(u.Path, "/"), "/chat/completions"):
		return errors.New("base URL: ends in /chat/completions; leave that out, it is added for each call")
	}
	return nil
}

func (c Config) validateAPI() error {
	switch c.API {
	case "", APIOpenAI:
		if c.APIVersion != "" || c.Deployment != "" {
			return errors.New("API version and deployment: are Azure's; leave them empty or set the API type to azure")
		}
	case APIAzure, APIAzureAD:
		if c.APIVersion == "" {
			return errors.New("API version: is empty; Azure needs one, for example 2024-10-21")
		}
	default:
		return fmt.Errorf("API type: %q is not one of openai, azure, azure_ad", c.API)
	}
	return nil
}

func (c Config) validateLimits() error {
	var problems []error
	if c.Timeout < 0 || c.FirstByteTimeout < 0 {
		problems = append(problems, errors.New("timeouts: are negative; use 0 for the default or a positive duration"))
	}
	if c.MaxResponseBytes < 0 || c.MaxConns < 0 {
		problems = append(problems, errors.New("max response bytes and max connections: are negative; use 0 for the default"))
	}
	return errors.Join(problems...)
}

func (c Config) validateHeaders() error {
	var problems []error
	if strings.ContainsFunc(c.APIKey.Reveal(), isControl) || strings.ContainsFunc(c.Organization, isControl) {
		problems = append(problems, errors.New("API key or organization: holds a line break or control character; check for a stray newline"))
	}
	for _, k := range slices.Sorted(maps.Keys(c.Headers)) {
		name := http.CanonicalHeaderKey(k)
		if why, ok := ownHeaders[name]; ok {
			problems = append(problems, fmt.Errorf("headers: %s may not be set; %s", name, why))
		}
		if k == "" || strings.ContainsFunc(k, func(r rune) bool { return r <= ' ' || r >= 0x7f || r == ':' }) ||
			strings.ContainsFunc(c.Headers[k].Reveal(), isControl) {
			problems = append(problems, fmt.Errorf("headers: %q has a name or value that HTTP does not allow", k))
		}
	}
	return errors.Join(problems...)
}

func isControl(r rune) bool { return r < ' ' || r == 0x7f }

// withDefaults fills the zero fields.
func (c Config) withDefaults() Config {
	if c.API == "" {
		c.API = APIOpenAI
	}
	if c.Timeout == 0 {
		c.Timeout = DefaultTimeout
	}
	if c.FirstByteTimeout == 0 {
		c.FirstByteTimeout = c.Timeout
	}
	if c.MaxResponseBytes == 0 {
		c.MaxResponseBytes = DefaultMaxResponseBytes
	}
	if c.MaxConns == 0 {
		c.MaxConns = DefaultMaxConns
	}
	if c.Label == "" {
		c.Label = labelOf(c.BaseURL)
	}
	return c
}

// labelOf gives host:port of a URL that Validate accepted.
func labelOf(base string) string {
	u, err := url.Parse(base)
	if err != nil {
		return ""
	}
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	return net.JoinHostPort(u.Hostname(), port)
}

// takesCompletionTokens reports whether the endpoint wants
// max_completion_tokens. OpenAI and Azure do, their reasoning models refuse the
// older name; servers such as Ollama ignore the newer one and would then write
// without limit.
func (c Config) takesCompletionTokens() bool {
	if c.API == APIAzure || c.API == APIAzureAD {
		return true
	}
	u, err := url.Parse(c.BaseURL)
	if err != nil {
		return false
	}
	host := strings.ToLower(u.Hostname())
	return host == "api.openai.com" || strings.HasSuffix(host, ".api.openai.com") ||
		strings.HasSuffix(host, ".openai.azure.com")
}
