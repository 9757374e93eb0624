package queue

import (
	"embed"
	"fmt"
	"io/fs"
	"slices"
	"strings"
)

// schemas are generated from the types by TestSchemas; see schema_gen_test.go.
//
//go:embed schemas/*.json
var schemas embed.FS

// The names that [Schema] knows.
const (
	SchemaJob    = "job"    // [Job]: the payload of a job
	SchemaResult = "result" // [Result]: the payload of a result
	SchemaDead   = "dead"   // [DeadLetter]: the facts in the header [HeaderDead]
)

// Schemas lists the names that [Schema] knows.
func Schemas() []string { return []string{SchemaJob, SchemaResult, SchemaDead} }

// Schema returns a JSON Schema (draft 2020-12) of schema version 1, as it
// stands in queue/schemas. A job that the schema accepts can still be refused
// for what a schema cannot say; docs/wire.md lists these rules.
func Schema(name string) ([]byte, error) {
	if !slices.Contains(Schemas(), name) {
		return nil, fmt.Errorf("no schema %q: must be one of: %s", name, strings.Join(Schemas(), ", "))
	}
	data, err := fs.ReadFile(schemas, "schemas/"+name+".json")
	if err != nil {
		return nil, fmt.Errorf("read schema %s: %w", name, err)
	}
	return data, nil
}
