package prompts

import (
	"testing"
	"testing/fstest"
)

// FuzzReadPrompt: a folder of --prompts-dir is read whole, as a prompt that can
// be rendered, or refused.
func FuzzReadPrompt(f *testing.F) {
	for _, folder := range []string{"news-brief@1", "repair@1"} {
		files, _, err := readFiles(folder, nil)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(files[metaFile]), string(files[systemFile]), string(files[userFile]), string(files[schemaFile]))
	}
	f.Add("task: translate", "{{define \"a\"}}{{template \"a\"}}{{end}}{{template \"a\"}}", "{{range .}}", `{"type":"object"}`)
	f.Add("task: repair\nstyles: [{name: a, words: 1, rule: b}, {name: a}]", "", "{{.Article}}{{.Nothing}}", "")
	f.Add("task: &a [*a]", "x", "{{printf \"%1000000d\" 1}}", `{"$ref":"#"}`)
	f.Fuzz(func(t *testing.T, meta, system, user, schema string) {
		custom := fstest.MapFS{}
		for name, text := range map[string]string{metaFile: meta, systemFile: system, userFile: user, schemaFile: schema} {
			if text != "" {
				custom["mine@1/"+name] = &fstest.MapFile{Data: []byte(text)}
			}
		}
		p, err := readPrompt("mine@1", &custom)
		if err == nil && (p.Name != "mine" || p.Task == "" || p.Digest == "" || !p.Custom) {
			t.Errorf("prompt %+v", p)
		}
	})
}
