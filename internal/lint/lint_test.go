package lint_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
	"go.yaml.in/yaml/v3"
)

const (
	configPath   = "../../.golangci.yml"
	fixturesPath = "testdata/fixtures.txtar"
)

// stubs are the third-party packages that the fixtures import. Each becomes an empty local module,
// so that the run needs no network and type-checks in seconds.
var stubs = map[string][]string{
	"github.com/andybalholm/brotli":              {""},
	"github.com/google/go-cmp":                   {"cmp"},
	"github.com/itlightning/dateparse":           {""},
	"github.com/klauspost/compress":              {"zstd"},
	"github.com/mmcdole/gofeed":                  {""},
	"github.com/nats-io/nats-server/v2":          {"server"},
	"github.com/nats-io/nats.go":                 {"", "jetstream"},
	"github.com/nats-io/nkeys":                   {""},
	"github.com/parquet-go/parquet-go":           {"format"},
	"github.com/pkg/errors":                      {""},
	"github.com/chromedp/chromedp":               {""},
	"github.com/sashabaranov/go-openai":          {""},
	"github.com/tiktoken-go/tokenizer":           {"codec"},
	"github.com/stretchr/testify":                {"assert"},
	"github.com/synadia-io/orbit.go/natscontext": {""},
	"go.uber.org/zap":                            {""},
}

// config is the part of .golangci.yml that the fixtures are held against.
type config struct {
	Linters struct {
		Enable   []string `yaml:"enable"`
		Settings struct {
			Depguard struct {
				Rules map[string]struct {
					Deny []struct {
						Pkg string `yaml:"pkg"`
					} `yaml:"deny"`
				} `yaml:"rules"`
			} `yaml:"depguard"`
		} `yaml:"settings"`
	} `yaml:"linters"`
	Formatters struct {
		Enable []string `yaml:"enable"`
	} `yaml:"formatters"`
}

// report is one finding, as golangci-lint prints it in JSON; its field names are Go's.
type report struct {
	FromLinter string
	Text       string
	Pos        struct {
		Filename string
		Line     int
	}
}

// want is one planted violation.
type want struct {
	line   int // 0: anywhere in the file
	linter string
	text   string // part of the message
}

// TestRulesFire lints a module in which every rule is broken once, and compares the findings with
// the planted ones: a rule that stays silent fails, and so does a finding on a line without one.
func TestRulesFire(t *testing.T) {
	t.Parallel()
	if os.Getenv("MUJAZ_LINT_FIXTURES") != "1" {
		t.Skip("needs golangci-lint, pinned: run `make lint-fixtures`, which sets MUJAZ_LINT_FIXTURES=1")
	}
	bin := os.Getenv("MUJAZ_GOLANGCI_LINT")
	if bin == "" {
		t.Fatal("MUJAZ_GOLANGCI_LINT must be the path of golangci-lint")
	}

	dir := t.TempDir()
	wants := writeModule(t, dir)
	got := run(t, bin, dir)
	rules := readConfig(t)

	fired := map[string]bool{}
	for file, reports := range got {
		open := slices.Clone(wants[file])
		for _, r := range reports {
			fired[r.FromLinter] = true
			if r.FromLinter == "depguard" {
				fired[denied(r.Text)] = true
			}
			i := slices.IndexFunc(open, func(w want) bool {
				return (w.line == 0 || w.line == r.Pos.Line) && w.linter == r.FromLinter && strings.Contains(r.Text, w.text)
			})
			if i < 0 {
				t.Errorf("%s:%d: reported without being planted: %s: %s", file, r.Pos.Line, r.FromLinter, r.Text)
				continue
			}
			open = slices.Delete(open, i, i+1)
		}
		wants[file] = open
	}
	for file, open := range wants {
		for _, w := range open {
			t.Errorf("%s:%d: planted, but not reported: %s %q", file, w.line, w.linter, w.text)
		}
	}

	for _, linter := range slices.Concat(rules.Linters.Enable, rules.Formatters.Enable) {
		if !fired[linter] {
			t.Errorf("linter %s: no fixture makes it fire", linter)
		}
	}
	for name, rule := range rules.Linters.Settings.Depguard.Rules {
		for _, deny := range rule.Deny {
			if !firedFor(fired, name, deny.Pkg) {
				t.Errorf("depguard rule %s: no fixture makes it fire for %s", name, deny.Pkg)
			}
		}
	}
}

var deniedText = regexp.MustCompile(`^import '([^']+)' is not allowed from list '([^']+)'`)

// denied turns a message of depguard into "rule import".
func denied(text string) string {
	m := deniedText.FindStringSubmatch(text)
	if m == nil {
		return ""
	}
	return m[2] + " " + m[1]
}

// firedFor says whether a rule reported an import that its entry pkg denies.
func firedFor(fired map[string]bool, rule, pkg string) bool {
	exact, isExact := strings.CutSuffix(pkg, "$")
	if isExact {
		return fired[rule+" "+exact]
	}
	for key := range fired {
		if strings.HasPrefix(key, rule+" "+pkg) {
			return true
		}
	}
	return false
}

func readConfig(t *testing.T) config {
	t.Helper()
	data, err := os.ReadFile(configPath)
	if err != nil {
		t.Fatal(err)
	}
	var c config
	if err := yaml.Unmarshal(data, &c); err != nil {
		t.Fatal(err)
	}
	if len(c.Linters.Enable) == 0 || len(c.Linters.Settings.Depguard.Rules) == 0 || len(c.Formatters.Enable) == 0 {
		t.Fatalf("%s: no linters, depguard rules or formatters found", configPath)
	}
	return c
}

// writeModule unpacks the fixtures beside a copy of .golangci.yml and returns what must be reported.
func writeModule(t *testing.T, dir string) map[string][]want {
	t.Helper()
	data, err := os.ReadFile(configPath)
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, ".golangci.yml"), data)

	mod := "module github.com/mujaz/mujaz\n\ngo 1.26.0\n"
	for path, packages := range stubs {
		version := "v0.0.0"
		if strings.HasSuffix(path, "/v2") {
			version = "v2.0.0"
		}
		mod += fmt.Sprintf("\nrequire %s %s\nreplace %[1]s => ./stubs/%[1]s\n", path, version)
		stub := filepath.Join(dir, "stubs", path)
		write(t, filepath.Join(stub, "go.mod"), []byte("module "+path+"\n"))
		for _, p := range packages {
			src := "package stub\n\nfunc Diff(a, b string) string { return a + b }\n"
			write(t, filepath.Join(stub, p, "stub.go"), []byte(strings.Replace(src, "stub", packageName(path, p), 1)))
		}
	}
	write(t, filepath.Join(dir, "go.mod"), []byte(mod))

	archive, err := txtar.ParseFile(fixturesPath)
	if err != nil {
		t.Fatal(err)
	}
	wants := map[string][]want{}
	for _, f := range archive.Files {
		if filepath.Base(f.Name) == "want.txt" {
			addFileWants(wants, f)
			continue
		}
		write(t, filepath.Join(dir, f.Name), f.Data)
		wants[f.Name] = lineWants(t, f)
	}
	return wants
}

var wantPair = regexp.MustCompile(`(\w+) "([^"]*)"`)

// lineWants reads the comments of the form `// want linter "text" linter "text"`; with `want above`
// they mean the line above, for a finding that a comment on its own line would change.
func lineWants(t *testing.T, f txtar.File) []want {
	t.Helper()
	var wants []want
	n := 0
	for line := range strings.Lines(string(f.Data)) {
		n++
		_, comment, ok := strings.Cut(line, "// want ")
		if !ok {
			continue
		}
		at := n
		if _, below, ok := strings.Cut(comment, "above "); ok {
			at, comment = n-1, below
		}
		pairs := wantPair.FindAllStringSubmatch(comment, -1)
		if len(pairs) == 0 {
			t.Errorf("%s:%d: a want comment names a linter and a quoted text", f.Name, n)
		}
		for _, p := range pairs {
			text := p[2]
			if p[1] == "depguard" {
				text = "from list '" + text + "'"
			}
			wants = append(wants, want{line: at, linter: p[1], text: text})
		}
	}
	return wants
}

// addFileWants reads a want.txt, which names what a formatter must report: a comment in the badly
// laid out file itself could move its finding.
func addFileWants(wants map[string][]want, f txtar.File) {
	for line := range strings.Lines(string(f.Data)) {
		name, linter, _ := strings.Cut(strings.TrimSpace(line), ": ")
		file := filepath.ToSlash(filepath.Join(filepath.Dir(f.Name), name))
		wants[file] = append(wants[file], want{linter: linter})
	}
}

func packageName(module, pkg string) string {
	if pkg != "" {
		return pkg
	}
	switch filepath.Base(module) {
	case "nats.go":
		return "nats"
	case "go-openai":
		return "openai"
	case "parquet-go":
		return "parquet"
	default:
		return filepath.Base(module)
	}
}

func write(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
}

// run lints dir and returns the findings by file.
func run(t *testing.T, bin, dir string) map[string][]report {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), bin, "run", "--output.json.path=stdout", "--show-stats=false", "./...")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOFLAGS=-mod=mod", "GOWORK=off", "GOPROXY=off")
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	// Exit code 1 says that there are findings; all else shows as broken JSON.
	runErr := cmd.Run()
	var out struct{ Issues []report }
	if err := json.NewDecoder(&stdout).Decode(&out); err != nil {
		t.Fatalf("golangci-lint printed no report: %v (%v)\n%s", err, runErr, stderr.Bytes())
	}
	if len(out.Issues) == 0 {
		t.Fatalf("golangci-lint found nothing (%v)\n%s", runErr, stderr.Bytes())
	}
	got := map[string][]report{}
	for _, r := range out.Issues {
		file := filepath.ToSlash(r.Pos.Filename)
		got[file] = append(got[file], r)
	}
	return got
}

// TestWantComments keeps the reader of the fixtures honest without golangci-lint.
func TestWantComments(t *testing.T) {
	t.Parallel()
	f := txtar.File{Name: "a.go", Data: []byte("package a\nvar x = 1 // want unused \"x\" depguard \"never\"\n")}
	got := lineWants(t, f)
	expect := []want{{line: 2, linter: "unused", text: "x"}, {line: 2, linter: "depguard", text: "from list 'never'"}}
	if d := cmp.Diff(expect, got, cmp.AllowUnexported(want{})); d != "" {
		t.Errorf("wants (-want +got):\n%s", d)
	}
	if got := denied("import 'net' is not allowed from list 'pure': this package is pure"); got != "pure net" {
		t.Errorf("denied = %q", got)
	}
}
