package prompts

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// answerFields are the fields an answer must have for each task: the worker
// reads them.
func answerFields(task string) []string {
	switch task {
	case Translate:
		return []string{"headline", "translation", "names"}
	case Judge:
		return []string{"verdicts"}
	case Part:
		return []string{"key_points", "names"}
	}
	return []string{"headline", "summary", "key_points", "names"}
}

// setSchemas takes the full schema from the files and makes the one to send.
func (p *Prompt) setSchemas(files map[string][]byte) error {
	full, ok := files[schemaFile]
	if !ok {
		return errors.New("missing")
	}
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(full))
	if err != nil {
		return err
	}
	compiler := jsonschema.NewCompiler()
	compiler.DefaultDraft(jsonschema.Draft2020)
	if err := compiler.AddResource(schemaFile, document); err != nil {
		return err
	}
	if _, err := compiler.Compile(schemaFile); err != nil {
		return err
	}
	r := reduction{}
	r.schema(full, "")
	for _, field := range answerFields(p.Task) {
		if !slices.Contains(r.rootFields, field) {
			r.problem("", "required lacks %q, which the task %s needs", field, p.Task)
		}
	}
	p.Schema, p.WireSchema = full, r.out.Bytes()
	return errors.Join(r.problems...)
}

// A reduction copies a schema without the keywords that strict endpoints
// refuse. It works on the text, not on maps: models write the fields of an
// answer in the order of the schema, and that order is part of the prompt.
type reduction struct {
	out        bytes.Buffer
	rootFields []string
	problems   []error
}

type member struct {
	key   string
	value json.RawMessage
}

func (r *reduction) problem(at, format string, args ...any) {
	if at == "" {
		at = "/"
	}
	r.problems = append(r.problems, fmt.Errorf("at %s: %s", at, fmt.Sprintf(format, args...)))
}

// schema writes the reduced form of one schema; at is its JSON pointer.
func (r *reduction) schema(raw json.RawMessage, at string) {
	var properties, required []string
	var kind string
	closed := false
	r.object(raw, at, func(m member, next func()) {
		switch m.key {
		case "type", "enum", "required":
			next()
			r.compact(m.value)
			if m.key == "type" {
				_ = json.Unmarshal(m.value, &kind) // A list of types is no object here.
			}
			if m.key == "required" {
				_ = json.Unmarshal(m.value, &required) // The compiler has seen that it is a list.
			}
		case "additionalProperties":
			next()
			r.compact(m.value)
			closed = string(m.value) == "false"
		case "properties":
			next()
			r.object(m.value, at+"/properties", func(p member, next func()) {
				properties = append(properties, p.key)
				next()
				r.schema(p.value, at+"/properties/"+p.key)
			})
		case "items":
			next()
			r.schema(m.value, at+"/items")
		case "$schema", "$id", "$comment", "title", "description", "default", "examples",
			"minLength", "maxLength", "pattern", "format", "minimum", "maximum",
			"exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minItems", "maxItems", "uniqueItems":
		default:
			r.problem(at, "keyword %q is not supported", m.key)
		}
	})
	if at == "" {
		r.rootFields = required
	}
	if kind != "object" {
		return
	}
	if !closed {
		r.problem(at, "strict endpoints want additionalProperties: false")
	}
	for _, name := range properties {
		if !slices.Contains(required, name) {
			r.problem(at, "strict endpoints want %q in required", name)
		}
	}
}

// object writes the members of raw that visit asks for by calling next before
// it writes a value.
func (r *reduction) object(raw json.RawMessage, at string, visit func(m member, next func())) {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	if open, err := decoder.Token(); err != nil || open != json.Delim('{') {
		r.problem(at, "want an object")
		r.out.WriteString("{}")
		return
	}
	r.out.WriteByte('{')
	first := true
	for decoder.More() {
		key, err := decoder.Token()
		if err != nil {
			r.problem(at, "%v", err)
			return
		}
		var m member
		m.key, _ = key.(string) // The key of an object is a string.
		if err := decoder.Decode(&m.value); err != nil {
			r.problem(at, "%v", err)
			return
		}
		visit(m, func() {
			if !first {
				r.out.WriteByte(',')
			}
			first = false
			r.key(m.key)
		})
	}
	r.out.WriteByte('}')
}

func (r *reduction) key(name string) {
	quoted, err := json.Marshal(name)
	if err != nil {
		r.problem("", "%v", err)
	}
	r.out.Write(quoted)
	r.out.WriteByte(':')
}

func (r *reduction) compact(raw json.RawMessage) {
	if err := json.Compact(&r.out, raw); err != nil {
		r.problem("", "%v", err)
	}
}
