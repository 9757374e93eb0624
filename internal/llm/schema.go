package llm

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"
	openai "github.com/sashabaranov/go-openai"
)

// Schema is what an answer must be: a full JSON Schema checked here, and a
// reduced one that strict endpoints accept. Build it once with [NewSchema]; it
// is safe for concurrent use.
type Schema struct {
	name    string
	compact json.RawMessage // reduced schema, as sent
	format  *openai.ChatCompletionResponseFormat
	full    *jsonschema.Schema
	names   map[string]bool // property names the schema knows
}

// Name returns the schema's name as sent to the endpoint.
func (s *Schema) Name() string { return s.name }

// Sent returns the reduced schema as endpoints get it.
func (s *Schema) Sent() json.RawMessage { return slices.Clone(s.compact) }

// schemaURL is where the compiler files the schema; nothing is ever fetched.
const schemaURL = "mujaz:schema"

// NewSchema compiles a JSON Schema (2020-12) of an object. The name is sent to
// the endpoint and must be 1 to 64 letters, digits, - or _ (OpenAI's rule). The
// schema may not refer to other documents.
func NewSchema(name string, full []byte) (*Schema, error) {
	if len(name) == 0 || len(name) > 64 || strings.ContainsFunc(name, func(r rune) bool {
		return !(r == '_' || r == '-' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z')
	}) {
		return nil, errors.New("schema: the name needs 1 to 64 letters, digits, - or _")
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(full))
	if err != nil {
		return nil, fmt.Errorf("schema %s: parse: %w", name, err)
	}
	root, ok := doc.(map[string]any)
	if !ok || root["type"] != "object" {
		return nil, fmt.Errorf("schema %s: the root must have type object", name)
	}
	compiler := jsonschema.NewCompiler()
	compiler.DefaultDraft(jsonschema.Draft2020)
	compiler.UseLoader(noLoader{})
	if err := compiler.AddResource(schemaURL, doc); err != nil {
		return nil, fmt.Errorf("schema %s: %w", name, err)
	}
	compiled, err := compiler.Compile(schemaURL)
	if err != nil {
		return nil, fmt.Errorf("schema %s: compile: %w", name, err)
	}
	s := &Schema{name: name, full: compiled, names: map[string]bool{}}
	r := reducer{strict: true, names: s.names}
	if s.compact, err = json.Marshal(r.reduce(root)); err != nil {
		return nil, fmt.Errorf("schema %s: encode: %w", name, err)
	}
	s.format = &openai.ChatCompletionResponseFormat{
		Type: openai.ChatCompletionResponseFormatTypeJSONSchema,
		JSONSchema: &openai.ChatCompletionResponseFormatJSONSchema{
			Name: name, Schema: s.compact, Strict: r.strict,
		},
	}
	return s, nil
}

// noLoader refuses references to other documents.
type noLoader struct{}

func (noLoader) Load(string) (any, error) {
	return nil, errors.New("references to other documents are not allowed")
}

// reducer copies a schema and keeps only what every strict endpoint takes.
type reducer struct {
	strict bool // every property of every object is required
	names  map[string]bool
}

// reduce keeps types, structure, enumerations and descriptions. Lengths,
// ranges, patterns and formats stay local: endpoints refuse them, or compile
// them into grammars that take minutes.
func (r *reducer) reduce(in map[string]any) map[string]any {
	out := make(map[string]any, len(in))
	for key, value := range in {
		switch key {
		case "type", "enum", "const", "description", "required", "$ref":
			out[key] = value
		case "items":
			out[key] = r.child(value)
		case "properties":
			props, _ := value.(map[string]any)
			for name := range props {
				r.names[name] = true
			}
			out[key] = r.children(props)
		case "$defs":
			defs, _ := value.(map[string]any)
			out[key] = r.children(defs)
		case "anyOf", "oneOf":
			list, _ := value.([]any)
			alternatives := make([]any, len(list))
			for i, v := range list {
				alternatives[i] = r.child(v)
			}
			out["anyOf"] = alternatives
		}
	}
	if props, ok := in["properties"].(map[string]any); ok {
		out["additionalProperties"] = false
		required, _ := in["required"].([]any)
		r.strict = r.strict && len(required) == len(props)
	}
	return out
}

func (r *reducer) children(in map[string]any) map[string]any {
	out := make(map[string]any, len(in))
	for name, v := range in {
		out[name] = r.child(v)
	}
	return out
}

func (r *reducer) child(v any) any {
	if m, ok := v.(map[string]any); ok {
		return r.reduce(m)
	}
	return v
}

// Problem is one defect of an answer, told without quoting the answer.
type Problem struct {
	Path string // JSON pointer; names that the schema does not know show as *
	Rule string // what is wrong there, in words
}

// String gives "path: rule".
func (p Problem) String() string {
	if p.Path == "" {
		return p.Rule
	}
	return p.Path + ": " + p.Rule
}

// maxProblems bounds what a repair prompt has to carry.
const maxProblems = 20

// check validates JSON text; no problems means it is valid.
func (s *Schema) check(text string) []Problem {
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		return []Problem{{Rule: "the answer is not one complete JSON value"}}
	}
	if err := s.full.Validate(value); err != nil {
		failure, ok := errors.AsType[*jsonschema.ValidationError](err)
		if !ok {
			return []Problem{{Rule: "the answer does not match the schema"}}
		}
		return s.problems(failure, nil)
	}
	return nil
}

// problems flattens the tree of causes to its leaves.
func (s *Schema) problems(e *jsonschema.ValidationError, out []Problem) []Problem {
	if len(out) >= maxProblems {
		return out
	}
	if len(e.Causes) == 0 {
		return append(out, Problem{Path: s.path(e.InstanceLocation), Rule: ruleText(e.ErrorKind)})
	}
	for _, cause := range e.Causes {
		out = s.problems(cause, out)
	}
	return out
}

func (s *Schema) path(tokens []string) string {
	var b strings.Builder
	for _, token := range tokens {
		if _, err := strconv.Atoi(token); err != nil && !s.names[token] {
			token = "*"
		}
		b.WriteByte('/')
		b.WriteString(token)
	}
	return b.String()
}

// ruleText words a defect from the schema's side only; the library's own texts
// quote the value.
func ruleText(k jsonschema.ErrorKind) string {
	switch k := k.(type) {
	case *kind.Type:
		return "must be " + strings.Join(k.Want, " or ") + ", is " + k.Got
	case *kind.Required:
		return "must have " + strings.Join(k.Missing, ", ")
	case *kind.AdditionalProperties:
		return fmt.Sprintf("has %d properties that the schema does not know", len(k.Properties))
	case *kind.MinItems:
		return fmt.Sprintf("must have at least %d items, has %d", k.Want, k.Got)
	case *kind.MaxItems:
		return fmt.Sprintf("must have at most %d items, has %d", k.Want, k.Got)
	case *kind.MinLength:
		return fmt.Sprintf("must have at least %d characters, has %d", k.Want, k.Got)
	case *kind.MaxLength:
		return fmt.Sprintf("must have at most %d characters, has %d", k.Want, k.Got)
	case *kind.Enum, *kind.Const:
		return "must be one of the values that the schema lists"
	case *kind.Pattern:
		return "must match the schema's pattern"
	}
	if path := k.KeywordPath(); len(path) > 0 {
		return "fails the schema's " + path[0]
	}
	return "does not match the schema"
}
