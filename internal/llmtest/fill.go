package llmtest

import (
	"encoding/json"
	"slices"
	"strings"
)

// Marker stands in every text that the endpoint makes up, so that no result of a
// test or benchmark can be taken for a summary.
const Marker = "scripted stand-in"

// ModelName is the model that the endpoint says it is.
const ModelName = "stand-in"

// plainText claims nothing about anybody and holds no number in figures or in
// words, so the checks of an article's figures and names have nothing to find.
const plainText = "This text was written by a " + Marker + " and says nothing about the article. " +
	"The harbour was calm in the morning, and the fishing boats returned before noon. " +
	"Traders along the quay spoke of a good season, while the port office asked visitors " +
	"to keep to the marked paths. Further details are expected to follow."

// texts by property name; everything else gets shortText.
var texts = map[string]string{
	"headline": "A calm morning at the harbour, told by a " + Marker,
	"title":    "A calm morning at the harbour, told by a " + Marker,
	"summary":  plainText,
	"text":     "The boats came back to the harbour before noon, says the " + Marker + ".",
	"language": "en",
	"lang":     "en",
}

const shortText = "The harbour was calm, says the " + Marker + "."

// fill makes a valid instance of a schema that holds no lengths or patterns, as
// the adapter sends it. Lists get one item, or as many as the schema asks for;
// a list called names stays empty, because a made-up name would be a claim.
func fill(schema []byte, values map[string]json.RawMessage) (string, bool) {
	var root map[string]any
	if json.Unmarshal(schema, &root) != nil {
		return "", false
	}
	f := filler{root: root, values: values}
	out, err := json.Marshal(f.value("", root, 0))
	return string(out), err == nil
}

type filler struct {
	root   map[string]any
	values map[string]json.RawMessage
}

// maxDepth ends schemas that refer to themselves.
const maxDepth = 16

func (f filler) value(name string, s map[string]any, depth int) any {
	if v, ok := f.values[name]; ok {
		return v
	}
	if depth > maxDepth {
		return nil
	}
	if v, ok := s["const"]; ok {
		return v
	}
	if list, ok := s["enum"].([]any); ok && len(list) > 0 {
		return list[0]
	}
	if ref, ok := s["$ref"].(string); ok {
		return f.value(name, f.resolve(ref), depth+1)
	}
	if list, ok := s["anyOf"].([]any); ok && len(list) > 0 {
		first, _ := list[0].(map[string]any)
		return f.value(name, first, depth+1)
	}
	return f.typed(name, s, depth)
}

func (f filler) typed(name string, s map[string]any, depth int) any {
	switch typeOf(s) {
	case "object":
		out := map[string]any{}
		props, _ := s["properties"].(map[string]any)
		for key, p := range props {
			if child, ok := p.(map[string]any); ok {
				out[key] = f.value(key, child, depth+1)
			}
		}
		return out
	case "array":
		n := 1
		if name == "names" {
			n = 0
		}
		if least, ok := s["minItems"].(float64); ok {
			n = max(n, int(min(least, 100)))
		}
		item, _ := s["items"].(map[string]any)
		out := make([]any, n)
		for i := range out {
			out[i] = f.value("", item, depth+1)
		}
		return out
	case "integer", "number":
		if least, ok := s["minimum"].(float64); ok {
			return max(1, least)
		}
		return 1
	case "boolean":
		return true
	case "null":
		return nil
	}
	if text, ok := texts[name]; ok {
		return text
	}
	return shortText
}

// typeOf takes the first type of a list that is not null.
func typeOf(s map[string]any) string {
	switch t := s["type"].(type) {
	case string:
		return t
	case []any:
		for _, v := range t {
			if name, ok := v.(string); ok && name != "null" {
				return name
			}
		}
	}
	if _, ok := s["properties"]; ok {
		return "object"
	}
	return "string"
}

// resolve follows #/$defs/name.
func (f filler) resolve(ref string) map[string]any {
	at := any(f.root)
	for part := range slices.Values(strings.Split(strings.TrimPrefix(ref, "#/"), "/")) {
		m, ok := at.(map[string]any)
		if !ok {
			return nil
		}
		at = m[part]
	}
	m, _ := at.(map[string]any)
	return m
}
