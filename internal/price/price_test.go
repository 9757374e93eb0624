package price_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mujaz/mujaz/internal/price"
)

func TestBuiltinIsValid(t *testing.T) {
	t.Parallel()
	for _, p := range price.Builtin() {
		if err := p.Validate(); err != nil || p.Host == "" || p.Source == "" || p.Date == "" {
			t.Errorf("%s: %v; host %q, source %q, date %q", p.Model, err, p.Host, p.Source, p.Date)
		}
		if p.CachedInput() > p.Input || p.Input > p.Output {
			t.Errorf("%s: cached %g, input %g, output %g are not in that order", p.Model, p.CachedInput(), p.Input, p.Output)
		}
	}
}

func TestFind(t *testing.T) {
	t.Parallel()
	file, err := price.Parse("prices.yaml", []byte(`
- {model: gpt-4o-mini, host: gateway.example, input: 0.2, output: 0.8}
- {model: "qwen3:*", input: 0, output: 0, free: true}
- {model: mistral-small, input: 0.1, cached: 0.01, output: 0.3, currency: EUR, date: 2026-11-01}
`))
	if err != nil {
		t.Fatal(err)
	}
	table := price.Builtin().With(file)
	for _, tc := range []struct {
		host, model, source string
	}{
		{"api.openai.com", "gpt-4o-mini", "https://developers.openai.com/api/docs/pricing"},
		{"API.openai.com", "gpt-4o-mini", "https://developers.openai.com/api/docs/pricing"},
		{"gateway.example", "gpt-4o-mini", "prices.yaml:2"},
		{"other.example", "gpt-4o-mini", ""},
		{"api.openai.com", "gpt-4o-mini-2024-07-18", ""},
		{"localhost", "qwen3:4b", "prices.yaml:3"},
		{"localhost", "qwen2", ""},
		{"", "mistral-small", "prices.yaml:4"},
	} {
		p, found := table.Find(tc.host, tc.model)
		if found != (tc.source != "") || p.Source != tc.source {
			t.Errorf("%s at %q: %q, want %q", tc.model, tc.host, p.Source, tc.source)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, text, want string }{
		{"zero", "- {model: m, input: 0, output: 0}", "line 1: a price of 0 must be declared with free: true"},
		{"half a price", "- {model: m, input: 1}", "line 1: a price of 0 must be declared with free: true"},
		{"NaN", "- {model: a, input: 1, output: 1}\n- {model: m, input: .nan, output: 1}", "line 2: input: is no number"},
		{"infinity", "- {model: m, input: 1, output: .inf}", "line 1: output: is no number"},
		{"negative", "- {model: m, input: 1, output: 1, cached: -0.1}", "line 1: cached: must not be negative"},
		{"absurd", "- {model: m, input: 1e9, output: 1}", "line 1: input: must be at most 1000000, it is for a million tokens"},
		{"free and priced", "- {model: m, input: 1, output: 1, free: true}", "line 1: free: has prices above 0; leave one of them away"},
		{"batch", "- {model: m, input: 1, output: 1, batch: 50}", "line 1: batch: must be the part of the prices that calls in a batch cost, such as 0.5"},
		{"text", "- {model: m, input: cheap, output: 1}", "line 1: input: must be a number"},
		{"null", "- {model: m, input: ~, output: 1}", "line 1: input: must be a number"},
		{"no model", "- {input: 1, output: 1}", "line 1: model: must be named"},
		{"twice", "- {model: m, input: 1, output: 1}\n- {model: m, input: 2, output: 2}", "line 2: the model stands there twice, for the same host"},
		{"unknown field", "- {model: m, input: 1, output: 1, price: 3}", "line 1: an entry has no field but: model, host, input, cached, output, batch, currency, free, date"},
		{"currency", "- {model: m, input: 1, output: 1, currency: $}", "line 1: currency: must be three capital letters, such as USD"},
		{"no list", "model: m", `line 1: must be a list of entries such as "- {model: qwen3:4b, input: 0.10, output: 0.40}"`},
		{"no YAML", "- {model", "line 1: is not valid YAML"},
		{"too large", strings.Repeat("#", price.MaxBytes+1), "must be at most 1048576 bytes"},
	} {
		_, err := price.Parse("prices.yaml", []byte(tc.text))
		got := ""
		if err != nil {
			got = err.Error()
		}
		if diff := cmp.Diff(tc.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tc.name, diff)
		}
	}
	if table, err := price.Parse("empty.yaml", nil); err != nil || table != nil {
		t.Errorf("an empty file gives %v, %v", table, err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("- {model: m, input: 1, output: 2}"))
	f.Add([]byte("- &a {model: m, input: 1, output: 2}\n- *a"))
	f.Fuzz(func(t *testing.T, data []byte) {
		table, err := price.Parse("f.yaml", data)
		if err != nil {
			return
		}
		for _, p := range table {
			if p.Validate() != nil {
				t.Errorf("accepted %+v", p)
			}
		}
	})
}
