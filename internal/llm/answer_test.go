package llm

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

const listSchema = `{
	"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "brief",
	"type": "object",
	"properties": {
		"headline": {"type": "string", "minLength": 3, "maxLength": 20, "description": "in English"},
		"kind": {"enum": ["person", "place"]},
		"points": {"type": "array", "minItems": 1, "maxItems": 2, "items": {"$ref": "#/$defs/point"}}
	},
	"required": ["headline", "points"],
	"additionalProperties": false,
	"$defs": {"point": {"type": "object", "properties": {"text": {"type": "string", "pattern": "^[A-Z]"}}, "required": ["text"], "additionalProperties": false}}
}`

func mustSchema(t testing.TB, text string) *Schema {
	t.Helper()
	s, err := NewSchema("brief", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSchemaIsReducedForTheEndpoint(t *testing.T) {
	t.Parallel()
	s := mustSchema(t, listSchema)
	var got, want any
	const reduced = `{
		"type": "object",
		"properties": {
			"headline": {"type": "string", "description": "in English"},
			"kind": {"enum": ["person", "place"]},
			"points": {"type": "array", "items": {"$ref": "#/$defs/point"}}
		},
		"required": ["headline", "points"],
		"additionalProperties": false,
		"$defs": {"point": {"type": "object", "properties": {"text": {"type": "string"}}, "required": ["text"], "additionalProperties": false}}
	}`
	if err := json.Unmarshal(s.Sent(), &got); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(reduced), &want); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("reduced (-want +got):\n%s", diff)
	}
	if s.format.JSONSchema.Strict {
		t.Error("strict with an optional property, which strict endpoints refuse")
	}
	all := mustSchema(t, strings.Replace(listSchema, `["headline", "points"]`, `["headline", "kind", "points"]`, 1))
	if !all.format.JSONSchema.Strict {
		t.Error("not strict although every property is required")
	}
}

func TestSchemaProblemsAreAllToldWithoutText(t *testing.T) {
	t.Parallel()
	s := mustSchema(t, listSchema)
	got := s.check(`{"headline":"no","kind":"secretkind","extra":"secret","points":[{"text":"low secret"},{},{"text":7}]}`)
	want := []Problem{
		{"", "has 1 properties that the schema does not know"},
		{"/headline", "must have at least 3 characters, has 2"},
		{"/kind", "must be one of the values that the schema lists"},
		{"/points", "must have at most 2 items, has 3"},
		{"/points/0/text", "must match the schema's pattern"},
		{"/points/1", "must have text"},
		{"/points/2/text", "must be string, is number"},
	}
	sortProblems := func(in []Problem) map[Problem]bool {
		out := map[Problem]bool{}
		for _, p := range in {
			out[p] = true
		}
		return out
	}
	if diff := cmp.Diff(sortProblems(want), sortProblems(got)); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
	for _, p := range got {
		if strings.Contains(p.String(), "secret") || strings.Contains(p.String(), "extra") {
			t.Errorf("problem quotes the answer: %s", p)
		}
	}
	open := mustSchema(t, `{"type":"object","additionalProperties":{"type":"string"}}`)
	if diff := cmp.Diff([]Problem{{"/*", "must be string, is number"}}, open.check(`{"secret name":1}`)); diff != "" {
		t.Errorf("unknown names (-want +got):\n%s", diff)
	}
	if n := len(s.check(`{"headline":"abc","points":[` + strings.Repeat(`{},`, 500) + `{}]}`)); n > maxProblems {
		t.Errorf("%d problems, want at most %d", n, maxProblems)
	}
}

func TestSchemasThatAreRefused(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"bad name!":  `{"type":"object"}`,
		"":           `{"type":"object"}`,
		"not_json":   `{`,
		"not_object": `{"type":"array"}`,
		"bad_type":   `{"type":"object","properties":{"a":{"type":"text"}}}`,
		"file":       `{"type":"object","properties":{"a":{"$ref":"file:///etc/passwd"}}}`,
	} {
		if _, err := NewSchema(name, []byte(text)); err == nil {
			t.Errorf("%q was accepted", name)
		}
	}
}

func TestFindJSON(t *testing.T) {
	t.Parallel()
	s := mustSchema(t, `{"type":"object","properties":{"a":{"type":"string"}},"required":["a"],"additionalProperties":false}`)
	const good = `{"a":"b } \" {"}`
	for name, test := range map[string]struct {
		in, want string
		problems int
	}{
		"plain":                  {" " + good + "\n", good, 0},
		"fence":                  {"```json\n" + good + "\n```", good, 0},
		"fence without name":     {"```\n" + good + "```", good, 0},
		"fence inside prose":     {"Sure:\n```json\n" + good + "\n```\nDone.", good, 0},
		"prose with braces":      {"A {sketch} first: " + good + " {end}", good, 0},
		"second object is it":    {`{"x":1} then ` + good, good, 0},
		"two good ones":          {good + good, good, 0},
		"valid JSON, wrong":      {`{"a":1}`, `{"a":1}`, 1},
		"prose, wrong object":    {`so: {"a":1}`, "", 1},
		"list":                   {`["a"]`, `["a"]`, 1},
		"torn":                   {`{"a":"b`, "", 1},
		"no JSON":                {`nothing`, "", 1},
		"open fence, no newline": {"```json", "", 1},
		"empty fence":            {"```json\n```", "", 1},
	} {
		got, problems := findJSON(test.in, s)
		if got != test.want || len(problems) != test.problems {
			t.Errorf("%s: %q, %v; want %q, %d problems", name, got, problems, test.want, test.problems)
		}
	}
}

func FuzzFindJSON(f *testing.F) {
	schema, err := NewSchema("brief", []byte(listSchema))
	if err != nil {
		f.Fatal(err)
	}
	for _, s := range []string{`{"headline":"abc","points":[{"text":"A"}]}`, "```json\n{}\n```", "<think>{</think>{}", `{"a":"\`, "}{", "<think>"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		text, _ := stripReasoning(s)
		got, problems := findJSON(text, schema)
		if len(problems) == 0 && (!json.Valid([]byte(got)) || len(schema.check(got)) > 0) {
			t.Errorf("accepted %q from %q", got, s)
		}
	})
}

func TestStripReasoning(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"plain":                              "plain",
		"<think>a</think> b":                 "b",
		"<think>a</think><think>b</think>{}": "{}",
		"<thinking>a</thinking>b":            "b",
		"a\n</think>\nb":                     "b",
		"<think>never closed":                "",
		`{"a":"<think>x</think>"}`:           `{"a":"<think>x</think>"}`,
		"":                                   "",
	} {
		got, found := stripReasoning(in)
		if got != want || found != (strings.TrimSpace(in) != want) {
			t.Errorf("%q = %q, found %v; want %q", in, got, found, want)
		}
	}
}

func TestMessagesAreWrittenAsEncodingJSONReadsThem(t *testing.T) {
	t.Parallel()
	texts := []string{"موجز \"الخبر\"", "a\\b\n\t\r\x00\x1f<&>\u2028", "torn \xd9 utf8", strings.Repeat("سطر\n", 100)}
	for _, text := range texts {
		r := Request{Messages: []Message{{"system", "s"}, {"user", text}}}
		var got []struct{ Role, Content string }
		if err := json.Unmarshal(r.appendMessages(nil, RungText), &got); err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		if len(got) != 2 || got[1].Content != eachRune(text) || got[1].Role != "user" {
			t.Errorf("%q came out as %+v", text, got)
		}
	}
}

// eachRune replaces every invalid byte on its own, as encoding/json does.
func eachRune(s string) string { return string([]rune(s)) }

func FuzzAppendEscaped(f *testing.F) {
	f.Add("a\"b\\c\nd\xff")
	f.Fuzz(func(t *testing.T, s string) {
		out := append(appendEscaped([]byte{'"'}, s), '"')
		var back string
		if err := json.Unmarshal(out, &back); err != nil {
			t.Fatalf("%q: %v", out, err)
		}
		if want := eachRune(s); back != want || !utf8.Valid(out) {
			t.Errorf("%q came back as %q, want %q", s, back, want)
		}
	})
}

func TestSchemaStandsInThePromptBelowTheTop(t *testing.T) {
	t.Parallel()
	s := mustSchema(t, listSchema)
	for _, messages := range [][]Message{{{"user", "u"}}, {{"system", "first"}, {"user", "u"}, {"system", "second"}}} {
		for _, rung := range []Rung{RungSchema, RungObject, RungText} {
			var got []Message
			if err := json.Unmarshal(Request{Messages: messages, Schema: s}.appendMessages(nil, rung), &got); err != nil {
				t.Fatal(err)
			}
			want := 0
			if rung != RungSchema {
				want = 1
			}
			n := 0
			for _, m := range got {
				n += strings.Count(m.Content, SchemaInstruction+string(s.Sent()))
			}
			if n != want || want == 1 && !strings.Contains(got[0].Content, SchemaInstruction) {
				t.Errorf("%s: the schema stands %d times in %d messages, want %d", rung, n, len(got), want)
			}
		}
	}
}

func TestSuspectPrompt(t *testing.T) {
	t.Parallel()
	arabic := strings.Repeat("خبر عاجل من الميناء ", 860) // some 17,000 characters
	english := strings.Repeat("The harbour was calm. ", 900)
	for name, test := range map[string]struct {
		text string
		in   int
		want string
	}{
		"unknown":                  {arabic, 0, ""},
		"arabic, Qwen":             {arabic, 6913, ""},
		"arabic, o200k":            {arabic, 5400, ""},
		"cut by Ollama":            {arabic, 4096, SuspectContextEdge},
		"cut to half of that":      {arabic, 2048, SuspectContextEdge},
		"cut, at no round size":    {arabic, 2100, SuspectTooFew},
		"english, o200k":           {english, 4300, ""},
		"english, exactly a round": {english, 4096, ""},
		"english, cut":             {english, 2048, SuspectContextEdge},
		"short":                    {"خبر", 1024, ""},
	} {
		if got := suspectPrompt([]Message{{"user", test.text}}, len(test.text), test.in); got != test.want {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}
