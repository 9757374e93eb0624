package prompts_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mujaz/mujaz/prompts"
)

// folder writes files, by path, into a new override folder.
func folder(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestOverrideOneFile(t *testing.T) {
	t.Parallel()
	builtin := get(t, load(t, ""), "news-brief@1")
	l := load(t, folder(t, map[string]string{
		"news-brief@1/system.tmpl": "Write like a telegram.\r\n{{.Rule}}\r\n",
		"notes.md":                 "mine",
		".git/config":              "x",
	}))
	p := get(t, l, "news-brief")
	if !p.Custom || p.Digest == builtin.Digest {
		t.Errorf("custom %v, digest %s, the embedded prompt has %s", p.Custom, p.ShortDigest(), builtin.ShortDigest())
	}
	messages, err := p.Render(school())
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(messages[0].Content, "Write like a telegram.\nsummary: 2 or 3") {
		t.Errorf("the system message is not the override: %q", messages[0].Content)
	}
	if other := get(t, l, "news-translation"); other.Custom {
		t.Error("a prompt that was not overridden is marked custom")
	}
}

func TestOverrideWithTheSameContentKeepsTheDigest(t *testing.T) {
	t.Parallel()
	system, err := os.ReadFile("news-brief@1/system.tmpl")
	if err != nil {
		t.Fatal(err)
	}
	crlf := strings.ReplaceAll(string(system), "\n", "\r\n")
	p := get(t, load(t, folder(t, map[string]string{"news-brief@1/system.tmpl": crlf})), "news-brief@1")
	if builtin := get(t, load(t, ""), "news-brief@1"); p.Digest != builtin.Digest || !p.Custom {
		t.Errorf("digest %s, want %s; custom %v", p.ShortDigest(), builtin.ShortDigest(), p.Custom)
	}
}

func TestNewVersionAndNewPrompt(t *testing.T) {
	t.Parallel()
	files := map[string]string{}
	for _, name := range []string{"prompt.yaml", "system.tmpl", "user.tmpl", "schema.json"} {
		data, err := os.ReadFile(filepath.Join("news-brief@1", name))
		if err != nil {
			t.Fatal(err)
		}
		files["news-brief@10/"+name], files["news-brief@9/"+name], files["sport@1/"+name] = string(data), string(data), string(data)
	}
	l := load(t, folder(t, files))
	if got := get(t, l, "news-brief").Ref(); got != "news-brief@10" {
		t.Errorf("the newest version is %s", got)
	}
	var refs []string
	for _, p := range l.List() {
		refs = append(refs, p.Ref())
	}
	if got := strings.Join(refs, " "); got != "judge@1 news-brief@1 news-brief@9 news-brief@10 news-part@1 news-reduce@1 news-translation@1 repair@1 sport@1" {
		t.Errorf("the list is %s", got)
	}
}

func TestLoadReportsAllProblems(t *testing.T) {
	t.Parallel()
	dir := folder(t, map[string]string{
		"News@x/user.tmpl":               "",
		"brief@2/user.tmpl":              "x",
		"news-brief@1/systm.tmpl":        "",
		"news-brief@2/prompt.yaml":       "task: summarise\ncolour: red\n",
		"news-brief@3/prompt.yaml":       "task: summarize\nstyles: [{name: brief}]\n",
		"news-brief@3/system.tmpl":       "{{.Rule",
		"news-brief@3/user.tmpl":         "{{.Article}}",
		"news-brief@3/schema.json":       `{"type":"object","properties":{"headline":{"$ref":"#"},"x":{"type":"text"}}}`,
		"news-brief@4/prompt.yaml":       "task: summarize\nstyles: [{name: brief, words: 5, rule: Be brief}]\n",
		"news-brief@4/system.tmpl":       "without the rule",
		"news-brief@4/user.tmpl":         "{{.Article}}",
		"news-brief@4/schema.json":       `{"type":"object","properties":{"headline":{"$ref":"#"},"x":{"type":"string"}},"required":["headline"]}`,
		"news-translation@1/user.tmpl":   "{{.Titel}}",
		"news-translation@2/schema.json": strings.Repeat(" ", 300<<10),
		"repair@1/user.tmpl":             "Do better.",
		"judge@1/user.tmpl":              "{{.Article}}",
		"repair@2/prompt.yaml":           "task: repair\n",
		"repair@2/user.tmpl":             "{{.Defects}}",
		"repair@2/schema.json":           "{}",
	})
	_, err := prompts.Load(dir)
	if err == nil {
		t.Fatal("Load accepted broken prompts")
	}
	for _, want := range []string{
		"News@x: want a folder named like news-brief@2",
		"brief@2/prompt.yaml: missing",
		"brief@2/system.tmpl: missing",
		"brief@2/schema.json: missing",
		"news-brief@1/systm.tmpl: unknown file",
		"news-brief@2/prompt.yaml: yaml:",
		"field colour not found",
		"news-brief@3/prompt.yaml: style 1: want",
		"news-brief@3/system.tmpl: template:",
		"news-brief@3/schema.json: ",
		"news-brief@4/system.tmpl: style brief: the message lacks {{.Rule}}",
		`news-brief@4/schema.json: at /properties/headline: keyword "$ref" is not supported`,
		`at /: strict endpoints want "x" in required`,
		"at /: strict endpoints want additionalProperties: false",
		`at /: required lacks "summary"`,
		"news-translation@1/user.tmpl: ",
		"can't evaluate field Titel",
		"news-translation@2/schema.json: larger than",
		"judge@1/user.tmpl: the message lacks {{.Claims}}",
		"repair@1/user.tmpl: the message lacks {{.Defects}}",
		"repair@2/schema.json: a repair prompt has no such file",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("the error lacks %q", want)
		}
	}
	if t.Failed() {
		t.Log(err)
	}
}

func TestLoadFolderThatIsNone(t *testing.T) {
	t.Parallel()
	for _, dir := range []string{filepath.Join(t.TempDir(), "absent"), "doc.go"} {
		if _, err := prompts.Load(dir); err == nil || !strings.Contains(err.Error(), dir) {
			t.Errorf("Load(%s): got error %v, want one that names it", dir, err)
		}
	}
}
