package queue

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
)

const wireDoc = "../docs/wire.md"

var updateWireDoc = flag.Bool("update-wire-doc", false, "copy docs/producers into docs/wire.md")

// codeBlock is a fenced block: its language, what it holds, its content.
var codeBlock = regexp.MustCompile("(?ms)^```(\\w+) (\\S+)\n(.*?)^```\n")

// TestWireDoc holds every block of docs/wire.md to what it shows.
func TestWireDoc(t *testing.T) {
	doc := string(readFile(t, wireDoc))
	if *updateWireDoc {
		doc = codeBlock.ReplaceAllStringFunc(doc, func(block string) string {
			m := codeBlock.FindStringSubmatch(block)
			if !strings.HasPrefix(m[2], "producers/") {
				return block
			}
			return "```" + m[1] + " " + m[2] + "\n" + string(readFile(t, filepath.Join("../docs", m[2]))) + "```\n"
		})
		if err := os.WriteFile(wireDoc, []byte(doc), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	t.Parallel() // only now: other tests read the document
	shown := map[string]int{}
	for _, m := range codeBlock.FindAllStringSubmatch(doc, -1) {
		language, what, content := m[1], m[2], m[3]
		switch {
		case language == "json":
			shown[what]++
			checkJSONBlock(t, what, []byte(content))
		case strings.HasPrefix(what, "producers/"):
			shown[what]++
			if content != string(readFile(t, filepath.Join("../docs", what))) {
				t.Errorf("wire.md does not show docs/%s as it is; run: go test ./queue -run TestWireDoc -update-wire-doc", what)
			}
		}
	}
	for _, what := range []string{
		SchemaJob, SchemaResult, SchemaDead,
		"producers/producer.py", "producers/producer.mjs", "producers/producer.go", "producers/plain.go", "producers/reader.py",
	} {
		if shown[what] == 0 {
			t.Errorf("wire.md does not show %s", what)
		}
	}
	if all, known := strings.Count(doc, "\n```"), 2*len(codeBlock.FindAllString(doc, -1)); all != known {
		t.Errorf("wire.md has %d fences, %d belong to blocks that say what they hold: no block goes untested", all, known)
	}
}

func checkJSONBlock(t *testing.T, what string, payload []byte) {
	t.Helper()
	var err error
	switch what {
	case SchemaJob:
		_, err = DecodeJob(payload)
	case SchemaResult:
		_, err = DecodeResult(payload)
	case SchemaDead:
		err = json.Unmarshal(payload, new(DeadLetter))
	default:
		t.Errorf("wire.md has a JSON block of unknown kind %q", what)
		return
	}
	if err != nil {
		t.Errorf("JSON block %s: %v\n%s", what, err, payload)
	}
	mustMatch(t, what, payload)
}

// TestWireDocTables: wire.md names every field, header, cause and subject.
func TestWireDocTables(t *testing.T) {
	t.Parallel()
	doc := string(readFile(t, wireDoc))
	names := func(text string) {
		t.Helper()
		if !strings.Contains(doc, text) {
			t.Errorf("wire.md does not have %s", text)
		}
	}
	for _, cause := range Causes() {
		names("| `" + string(cause) + "` | " + cause.Advice() + " |")
	}
	for _, header := range headerConstants(t) {
		names("`" + header + "`")
	}
	topo := Topology{}.WithDefaults()
	for _, name := range []string{
		topo.JobSubject("<lane>", "<source>", "<key>"), topo.ResultSubject("<lane>", "<source>", "<key>"),
		topo.DeadSubject("<cause>", "<key>"), topo.EventSubject("<kind>"), topo.JobsStream(LaneLive), topo.JobsStream(LaneBackfill), topo.ResultsStream(), topo.DeadStream(), topo.BodiesBucket(),
	} {
		names("`" + name + "`")
	}
	for name, prefix := range map[string]string{SchemaJob: "| `", SchemaResult: "`", SchemaDead: "`"} {
		data, err := Schema(name)
		if err != nil {
			t.Fatal(err)
		}
		var schema property
		if err := json.Unmarshal(data, &schema); err != nil {
			t.Fatal(err)
		}
		for _, path := range schema.paths("") {
			if name != SchemaJob {
				path = path[strings.LastIndex(path, ".")+1:]
			}
			names(prefix + path + "`")
		}
	}
}

// property is as much of a schema as names its fields.
type property struct {
	Properties map[string]property `json:"properties"`
	Items      *property           `json:"items"`
}

func (p property) paths(prefix string) []string {
	if p.Items != nil {
		return p.Items.paths(prefix)
	}
	var out []string
	for name, child := range p.Properties {
		out = append(out, prefix+name)
		out = append(out, child.paths(prefix+name+".")...)
	}
	return out
}
