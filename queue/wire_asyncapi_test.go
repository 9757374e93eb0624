package queue

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/nats-io/nats.go"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"
)

const asyncAPI = "../docs/asyncapi.yaml"

func readAsyncAPI(t *testing.T) map[string]any {
	t.Helper()
	var doc map[string]any
	if err := yaml.Unmarshal(readFile(t, asyncAPI), &doc); err != nil {
		t.Fatal(err)
	}
	return doc
}

// dig follows a path of names; it fails the test where there is none.
func dig[T any](t *testing.T, doc any, path ...string) T {
	t.Helper()
	for _, name := range path {
		object, ok := doc.(map[string]any)
		if !ok || object[name] == nil {
			t.Fatalf("asyncapi.yaml has no %s", strings.Join(path, "."))
		}
		doc = object[name]
	}
	out, ok := doc.(T)
	if !ok {
		t.Fatalf("asyncapi.yaml: %s is a %T", strings.Join(path, "."), doc)
	}
	return out
}

func textsOf(t *testing.T, list []any) []string {
	t.Helper()
	out := make([]string, len(list))
	for i, v := range list {
		text, ok := v.(string)
		if !ok {
			t.Fatalf("%v is not a string", v)
		}
		out[i] = text
	}
	return out
}

// TestAsyncAPISubjects holds addresses and streams to [Topology].
func TestAsyncAPISubjects(t *testing.T) {
	t.Parallel()
	doc, topo := readAsyncAPI(t), Topology{}.WithDefaults()
	for channel, want := range map[string]struct{ address, stream string }{
		"jobs":    {topo.JobSubject("{lane}", "{source}", "{key}"), topo.JobsStream(LaneLive) + ", " + topo.JobsStream(LaneBackfill)},
		"results": {topo.ResultSubject("{lane}", "{source}", "{key}"), topo.ResultsStream()},
		"dead":    {topo.DeadSubject("{cause}", "{key}"), topo.DeadStream()},
		"events":  {topo.EventSubject("{kind}"), ""},
	} {
		address := dig[string](t, doc, "channels", channel, "address")
		if address != want.address {
			t.Errorf("channel %s has address %s, want %s", channel, address, want.address)
		}
		if want.stream != "" {
			if got := dig[string](t, doc, "channels", channel, "x-nats-stream"); got != want.stream {
				t.Errorf("channel %s is stored in %s, want %s", channel, got, want.stream)
			}
		}
		var params []string
		for part := range strings.SplitSeq(address, ".") {
			if strings.HasPrefix(part, "{") {
				params = append(params, strings.Trim(part, "{}"))
			}
		}
		slices.Sort(params)
		declared := slices.Sorted(maps.Keys(dig[map[string]any](t, doc, "channels", channel, "parameters")))
		if diff := cmp.Diff(params, declared); diff != "" {
			t.Errorf("parameters of channel %s (-address +declared):\n%s", channel, diff)
		}
	}
}

// TestAsyncAPIConstants holds enumerations and headers to the constants.
func TestAsyncAPIConstants(t *testing.T) {
	t.Parallel()
	doc, src := readAsyncAPI(t), readSources(t)
	for _, tc := range []struct {
		typ  string
		path []string
	}{
		{"Lane", []string{"components", "parameters", "lane", "enum"}},
		{"Cause", []string{"components", "parameters", "cause", "enum"}},
		{"Status", []string{"components", "messages", "result", "headers", "properties", HeaderStatus, "enum"}},
		{"Decision", []string{"components", "messages", "result", "headers", "properties", HeaderReview, "enum"}},
	} {
		got := textsOf(t, dig[[]any](t, doc, tc.path...))
		if diff := cmp.Diff(textsOf(t, src.constants[tc.typ]), got); diff != "" {
			t.Errorf("%s (-Go +asyncapi.yaml):\n%s", tc.typ, diff)
		}
	}
	var causes []string
	for _, c := range Causes() {
		causes = append(causes, string(c))
	}
	if diff := cmp.Diff(textsOf(t, src.constants["Cause"]), causes); diff != "" {
		t.Errorf("Causes (-constants +list):\n%s", diff)
	}

	declared := map[string]bool{}
	for _, message := range []string{"job", "result", "deadLetter"} {
		for header := range dig[map[string]any](t, doc, "components", "messages", message, "headers", "properties") {
			declared[header] = true
		}
	}
	if diff := cmp.Diff(slices.Sorted(slices.Values(headerConstants(t))), slices.Sorted(maps.Keys(declared))); diff != "" {
		t.Errorf("headers (-Go +asyncapi.yaml):\n%s", diff)
	}
}

// headerConstants are the values of the Header… constants.
func headerConstants(t *testing.T) []string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "headers.go", nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	out := []string{nats.MsgIdHdr}
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if ok && strings.HasPrefix(spec.Names[0].Name, "Header") {
			if lit, ok := spec.Values[0].(*ast.BasicLit); ok {
				out = append(out, strings.Trim(lit.Value, `"`))
			}
		}
		return true
	})
	return out
}

// TestAsyncAPIRefs: every $ref leads to something, and the examples hold.
func TestAsyncAPIRefs(t *testing.T) {
	t.Parallel()
	doc := readAsyncAPI(t)
	refs := map[string]bool{}
	var walk func(any)
	walk = func(node any) {
		switch node := node.(type) {
		case map[string]any:
			if ref, ok := node["$ref"].(string); ok {
				refs[ref] = true
			}
			for _, child := range node {
				walk(child)
			}
		case []any:
			for _, child := range node {
				walk(child)
			}
		}
	}
	walk(doc)
	for ref := range refs {
		if pointer, ok := strings.CutPrefix(ref, "#/"); ok {
			dig[any](t, doc, strings.Split(pointer, "/")...)
		} else if _, err := os.Stat(filepath.Join(filepath.Dir(asyncAPI), ref)); err != nil {
			t.Errorf("$ref %s leads nowhere", ref)
		}
	}
	for _, name := range Schemas() {
		if !refs["../queue/schemas/"+name+".json"] {
			t.Errorf("asyncapi.yaml does not refer to schema %s", name)
		}
	}
	for _, example := range dig[[]any](t, doc, "components", "messages", "job", "examples") {
		payload, err := json.Marshal(dig[any](t, example, "payload"))
		if err != nil {
			t.Fatal(err)
		}
		mustMatch(t, SchemaJob, payload)
	}
}

// TestAsyncAPIDocument holds the document to AsyncAPI's own schema, which the
// npm package @asyncapi/specs has.
func TestAsyncAPIDocument(t *testing.T) {
	t.Parallel()
	modules := os.Getenv("MUJAZ_NODE_MODULES")
	if modules == "" {
		t.Skip("MUJAZ_NODE_MODULES is not set to the node_modules of docs/producers/package.json: the document was not held to AsyncAPI's schema")
	}
	spec, err := jsonInstance(readFile(t, filepath.Join(modules, "@asyncapi/specs/schemas/3.0.0.json")))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	const url = "http://asyncapi.com/definitions/3.0.0/asyncapi.json"
	if err := compiler.AddResource(url, spec); err != nil {
		t.Fatal(err)
	}
	schema, err := compiler.Compile(url)
	if err != nil {
		t.Fatal(err)
	}
	document, err := json.Marshal(readAsyncAPI(t))
	if err != nil {
		t.Fatal(err)
	}
	instance, err := jsonInstance(document)
	if err != nil {
		t.Fatal(err)
	}
	if err := schema.Validate(instance); err != nil {
		t.Error(err)
	}
}
