package queue

import (
	"bytes"
	"fmt"
	"sync"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// compiledSchemas checks formats too, so that date-time means something.
var compiledSchemas = sync.OnceValues(func() (map[string]*jsonschema.Schema, error) {
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	out := map[string]*jsonschema.Schema{}
	for _, name := range Schemas() {
		data, err := Schema(name)
		if err != nil {
			return nil, err
		}
		doc, err := jsonInstance(data)
		if err != nil {
			return nil, err
		}
		url := name + ".json"
		if err := compiler.AddResource(url, doc); err != nil {
			return nil, fmt.Errorf("schema %s: %w", name, err)
		}
		if out[name], err = compiler.Compile(url); err != nil {
			return nil, fmt.Errorf("schema %s: %w", name, err)
		}
	}
	return out, nil
})

// jsonInstance parses for the schema validator.
func jsonInstance(payload []byte) (any, error) {
	return jsonschema.UnmarshalJSON(bytes.NewReader(payload))
}

// schemaError is the schema's verdict.
func schemaError(t interface {
	Helper()
	Fatal(args ...any)
}, name string, instance any,
) error {
	t.Helper()
	compiled, err := compiledSchemas()
	if err != nil {
		t.Fatal(err)
	}
	return compiled[name].Validate(instance)
}

// mustMatch demands that the schema accepts the payload.
func mustMatch(t testing.TB, name string, payload []byte) {
	t.Helper()
	instance, err := jsonInstance(payload)
	if err != nil {
		t.Fatal(err)
	}
	if err := schemaError(t, name, instance); err != nil {
		t.Errorf("schema %s refuses it: %v\n%s", name, err, payload)
	}
}
