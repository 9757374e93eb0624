package prompts_test

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

func TestSchemas(t *testing.T) {
	t.Parallel()
	l := load(t, "")
	tests := []struct {
		name, ref, answer string
		full, wire        bool // Whether each schema accepts the answer.
	}{
		{
			"brief", "news-brief",
			`{"headline":"h","summary":"s","key_points":[{"text":"t","source_paragraphs":[1]}],"names":[{"source":"s","english":"e","kind":"place"}]}`,
			true, true,
		},
		{"translation", "news-translation", `{"headline":"h","translation":[{"paragraph":1,"text":"t"}],"names":[]}`, true, true},
		{"bounds are in the full schema only", "news-brief", `{"headline":"","summary":"s","key_points":[],"names":[]}`, false, true},
		{"no paragraphs", "news-translation", `{"headline":"h","translation":[],"names":[]}`, false, true},
		{"missing field", "news-brief", `{"headline":"h","summary":"s","key_points":[]}`, false, false},
		{"extra field", "news-brief", `{"headline":"h","summary":"s","key_points":[],"names":[],"note":""}`, false, false},
		{"unknown kind", "news-brief", `{"headline":"h","summary":"s","key_points":[],"names":[{"source":"s","english":"e","kind":"ship"}]}`, false, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			p := get(t, l, test.ref)
			if got := accepts(t, p.Schema, test.answer); got != test.full {
				t.Errorf("full schema: accepted %v, want %v", got, test.full)
			}
			if got := accepts(t, p.WireSchema, test.answer); got != test.wire {
				t.Errorf("wire schema: accepted %v, want %v", got, test.wire)
			}
		})
	}
}

func accepts(t *testing.T, schema []byte, answer string) bool {
	t.Helper()
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(schema))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("schema.json", document); err != nil {
		t.Fatal(err)
	}
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(answer))
	if err != nil {
		t.Fatal(err)
	}
	return c.MustCompile("schema.json").Validate(value) == nil
}

// Strict endpoints refuse a schema with any other keyword.
func TestWireSchemaKeywords(t *testing.T) {
	t.Parallel()
	allowed := []string{"type", "properties", "required", "additionalProperties", "items", "enum"}
	var walk func(at string, schema map[string]any)
	walk = func(at string, schema map[string]any) {
		for key, value := range schema {
			if !slices.Contains(allowed, key) {
				t.Errorf("%s: keyword %s is sent", at, key)
			}
			if items, ok := value.(map[string]any); ok && key == "items" {
				walk(at+"/items", items)
			}
		}
		properties, _ := schema["properties"].(map[string]any)
		for name, value := range properties {
			property, _ := value.(map[string]any)
			walk(at+"/"+name, property)
		}
	}
	for _, p := range load(t, "").List() {
		if p.WireSchema == nil {
			continue
		}
		var schema map[string]any
		if err := json.Unmarshal(p.WireSchema, &schema); err != nil {
			t.Fatal(err)
		}
		walk(p.Ref(), schema)
	}
}
