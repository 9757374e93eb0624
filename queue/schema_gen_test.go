package queue

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/go-cmp/cmp"
	"github.com/invopop/jsonschema"
)

var updateSchemas = flag.Bool("update-schemas", false, "write queue/schemas anew from the types")

// TestSchemas holds the schema files to the types.
func TestSchemas(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, title string
		typ         any
		refine      func(refiner)
	}{
		{SchemaJob, "mujaz job", Job{}, refineJob},
		{SchemaResult, "mujaz result", Result{}, refineResult},
		{SchemaDead, "facts of a mujaz dead letter", DeadLetter{}, refineDead},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			want := generateSchema(t, tc.name, tc.title, tc.typ, tc.refine)
			if *updateSchemas {
				if err := os.WriteFile(filepath.Join("schemas", tc.name+".json"), want, 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			got, err := Schema(tc.name)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), string(got)); diff != "" {
				t.Errorf("queue/schemas/%s.json is not what the types say; run: go test ./queue -run TestSchemas -update-schemas\n%s", tc.name, diff)
			}
		})
	}
	if _, err := Schema("../schema"); err == nil {
		t.Error("an unknown schema name gives no error")
	}
}

func generateSchema(t *testing.T, name, title string, typ any, refine func(refiner)) []byte {
	t.Helper()
	src := readSources(t)
	r := jsonschema.Reflector{
		Anonymous: true, DoNotReference: true, AllowAdditionalProperties: true,
		LookupComment: func(typ reflect.Type, field string) string { return src.description(t, typ.Name(), field) },
		Mapper: func(typ reflect.Type) *jsonschema.Schema {
			if values := src.constants[typ.Name()]; typ.Kind() == reflect.String && len(values) > 0 {
				return &jsonschema.Schema{Type: "string", Enum: values}
			}
			return nil
		},
	}
	s := r.Reflect(typ)
	s.ID = jsonschema.ID(fmt.Sprintf("urn:mujaz:schema:%d:%s", SchemaVersion, name))
	s.Title = title
	refine(refiner{t, s})
	compact, err := s.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	// Strings as plain as they can be: Go's encoder writes > as \u003e.
	text := jsontext.Value(compact)
	if err := text.Format(jsontext.WithIndent("  "), jsontext.PreserveRawStrings(false)); err != nil {
		t.Fatal(err)
	}
	return append(text, '\n')
}

// refiner adds what a struct tag has no words for.
type refiner struct {
	t    *testing.T
	root *jsonschema.Schema
}

// at finds a property by its path; "*" is the value of a map or a list.
func (r refiner) at(path string) *jsonschema.Schema {
	r.t.Helper()
	s := r.root
	for token := range strings.SplitSeq(path, ".") {
		next, ok := (*jsonschema.Schema)(nil), false
		switch {
		case token != "*":
			next, ok = s.Properties.Get(token)
		case s.Items != nil:
			next, ok = s.Items, true
		default:
			next, ok = s.AdditionalProperties, true
		}
		if !ok || next == nil {
			r.t.Fatalf("no property %s in the schema", path)
		}
		s = next
	}
	return s
}

// noControls is unicode.IsControl, in the words that Go and JavaScript share.
const noControls = `^[^\x00-\x1f\x7f-\x9f]*$`

// replyToken is a token of validateReplyTo, up to white space beyond Latin-1.
const replyToken = `[^*>.\x00-\x20\x7f-\xa0]`

func refineJob(r refiner) {
	r.at("id").Pattern = noControls
	r.at("reply_to").Pattern = `^[^$*>.\x00-\x20\x7f-\xa0]` + replyToken + `*(\.` + replyToken + `+)*$`

	article := r.at("article")
	body := func(field string) *jsonschema.Schema {
		s := &jsonschema.Schema{Required: []string{field}, Properties: jsonschema.NewProperties()}
		s.Properties.Set(field, &jsonschema.Schema{MinLength: new(uint64(1))})
		return s
	}
	article.OneOf = []*jsonschema.Schema{body("text"), body("html"), {Required: []string{"object"}}}
	r.at("article.lang").Pattern = langPattern.String()
	r.at("article.url").Pattern = `^[Hh][Tt][Tt][Pp][Ss]?://[^/?#]`
	r.at("article.object.name").Pattern = objectPattern.String()
	r.at("article.object.sha256").Pattern = hexPattern.String()

	r.at("options.prompt").Pattern = promptPattern.String()
	r.at("options.model").Pattern = modelPattern.String()
	r.at("options.copy_of").Pattern = noControls
	r.at("options.max_cost").ExclusiveMinimum = "0"
	entry := func() *jsonschema.Schema {
		return &jsonschema.Schema{Type: "string", MinLength: new(uint64(1)), MaxLength: new(uint64(maxGlossaryBytes)), Pattern: noControls}
	}
	r.at("options.glossary").PropertyNames, r.at("options.glossary").AdditionalProperties = entry(), entry()

	r.at("options.glossary").MaxProperties = new(uint64(maxGlossary))

	r.at("metadata").MaxProperties = new(uint64(maxMetadata))
	r.at("metadata").PropertyNames = &jsonschema.Schema{MinLength: new(uint64(1)), MaxLength: new(uint64(maxMetadataKey))}
	r.at("metadata.*").MaxLength = new(uint64(maxMetadataValue))
}

func refineResult(r refiner) {
	r.at("reviewed.reviewer").Pattern = noControls
	r.at("receipt.job_digest").Pattern = hexPattern.String()
	r.at("receipt.options_digest").Pattern = hexPattern.String()
	r.at("receipt.source_marks.*").Pattern = marksPattern
	for _, path := range []string{
		"usage.calls", "usage.tokens_in", "usage.tokens_out", "usage.tokens_cached", "usage.cost",
		"receipt.attempts", "article.paragraphs", "article.words",
		"checks.*.source_span.start", "checks.*.source_span.end", "checks.*.source_span.paragraph",
		"checks.*.output_span.start", "checks.*.output_span.end", "checks.*.output_span.paragraph",
		"reviewed.checks.*.source_span.start", "reviewed.checks.*.source_span.end", "reviewed.checks.*.source_span.paragraph",
		"reviewed.checks.*.output_span.start", "reviewed.checks.*.output_span.end", "reviewed.checks.*.output_span.paragraph",
		"removed.*.count", "removed.*.chars",
		"timing.clean_ms", "timing.llm_ms", "timing.total_ms",
	} {
		r.at(path).Minimum = "0"
	}
	for _, path := range []string{"key_points.*.source_paragraphs.*", "translation.*.paragraph"} {
		r.at(path).Minimum = "1"
	}
}

// marksPattern is of the marks of a paragraph's sentences, 8 characters each.
const marksPattern = `^([A-Za-z0-9_-]{8})*$`

func refineDead(r refiner) {
	r.at("key").Pattern = keyPattern
	r.at("attempts").Minimum = "0"
	r.at("redrives").Minimum = "0"
	r.at("redrive_of").Minimum = "1"
}

// keyPattern is the form of [Key].
const keyPattern = `^[0-9a-f]{32}$`
