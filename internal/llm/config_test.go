package llm

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestConfigReportsAllProblemsAtOnce(t *testing.T) {
	t.Parallel()
	err := Config{
		BaseURL: "https://user:pass@host/v1", API: "anthropic", Timeout: -1, MaxConns: -1,
		APIKey: "key\n", ExtraBody: map[string]any{"max_tokens": 3, "f": func() {}},
		Headers: map[string]Secret{"Authorization": "Bearer other", "X-Bad": "a\r\nb"},
	}.Validate()
	if err == nil {
		t.Fatal("no error")
	}
	got := err.Error()
	for _, want := range []string{
		"base URL: holds a user or password", "API type: \"anthropic\"", "timeouts: are negative", "max connections",
		"model: is empty", "\"max_tokens\" is written by mujaz", "cannot be written as JSON",
		"stray newline", "Authorization may not be set", "\"X-Bad\" has a name or value",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("error lacks %q:\n%s", want, got)
		}
	}
	for _, secret := range []string{"pass", "key\n", "Bearer other"} {
		if strings.Contains(strings.ReplaceAll(got, "user or password", ""), secret) {
			t.Errorf("error shows %q", secret)
		}
	}
}

func TestConfigURL(t *testing.T) {
	t.Parallel()
	for url, ok := range map[string]bool{
		"http://localhost:11434/v1": true, "https://api.openai.com/v1/": true, "http://[::1]:8080/v1": true,
		"": false, "localhost:11434": false, "ftp://host/v1": false, "http:///v1": false, "http://h/v1?key=x": false,
		"http://h/v1#x": false, "http://h/v1/chat/completions": false, "http://h\x7f/": false,
	} {
		err := Config{BaseURL: url, Model: "m"}.Validate()
		if (err == nil) != ok {
			t.Errorf("%q: error %v, want ok %v", url, err, ok)
		}
	}
	if err := (Config{BaseURL: "https://x.openai.azure.com", Model: "m", API: APIAzure}).Validate(); err == nil {
		t.Error("azure without an API version was accepted")
	}
}

func TestConfigDefaults(t *testing.T) {
	t.Parallel()
	got := Config{BaseURL: "https://llm.example/v1", Model: "m"}.withDefaults()
	if got.Label != "llm.example:443" || got.Timeout != 5*time.Minute || got.FirstByteTimeout != got.Timeout ||
		got.MaxConns != DefaultMaxConns || got.MaxResponseBytes != DefaultMaxResponseBytes || got.API != APIOpenAI {
		t.Errorf("defaults = %+v", got)
	}
}

func TestTokenLimitNameByEndpoint(t *testing.T) {
	t.Parallel()
	for url, want := range map[string]bool{
		"https://api.openai.com/v1": true, "https://eu.api.openai.com/v1": true, "https://x.openai.azure.com": true,
		"http://localhost:11434/v1": false, "https://api.openai.com.evil.example/v1": false, "https://openrouter.ai/api/v1": false,
	} {
		if got := (Config{BaseURL: url}).takesCompletionTokens(); got != want {
			t.Errorf("%s: %v, want %v", url, got, want)
		}
	}
}

func TestSecretIsNeverPrinted(t *testing.T) {
	t.Parallel()
	const text = "sk-very-secret"
	cfg := Config{BaseURL: "http://h/v1", APIKey: text, Model: "m", Headers: map[string]Secret{"X-Key": text}}
	var out strings.Builder
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d", "%T"} {
		fmt.Fprintf(&out, verb+" "+verb+" "+verb+"\n", cfg.APIKey, cfg, &cfg)
	}
	encoded, err := json.Marshal(map[string]any{"config": cfg, "key": cfg.APIKey})
	if err != nil {
		t.Fatal(err)
	}
	out.Write(encoded)
	for _, leak := range []string{text, fmt.Sprintf("%x", text), "very"} {
		if strings.Contains(out.String(), leak) {
			t.Errorf("printed %q in %s", leak, out.String())
		}
	}
	if !strings.Contains(string(encoded), `"APIKey":"[hidden]"`) || Secret("").String() != "" || cfg.APIKey.Reveal() != text {
		t.Errorf("encoded = %s", encoded)
	}
}
