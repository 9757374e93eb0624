package prompts

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
	"text/template"

	"go.yaml.in/yaml/v3"
)

const (
	metaFile   = "prompt.yaml"
	systemFile = "system.tmpl"
	userFile   = "user.tmpl"
	schemaFile = "schema.json"
)

// maxFileBytes bounds a prompt file. The embedded ones stay below 4 KiB; what
// is far beyond was put there by mistake.
const maxFileBytes = 256 << 10

// layout names the form of what Go adds to the templates (the fenced article,
// the list of defects). It is part of every digest: change it with the form.
const layout = "layout 1"

// meta is the content of prompt.yaml.
type meta struct {
	Task        string  `yaml:"task"`
	Description string  `yaml:"description"`
	Styles      []Style `yaml:"styles"`
}

// readPrompt reads and checks one prompt folder.
func readPrompt(folder string, custom fs.FS) (Prompt, error) {
	files, isCustom, err := readFiles(folder, custom)
	if err != nil {
		return Prompt{}, err
	}
	match := folderName.FindStringSubmatch(folder)
	version, err := strconv.Atoi(match[2])
	if err != nil {
		return Prompt{}, fmt.Errorf("%s: %w", folder, err)
	}
	p := Prompt{Name: match[1], Version: version, Digest: digest(files), Custom: isCustom}

	var problems []error
	report := func(file string, err error) {
		if err != nil {
			problems = append(problems, fmt.Errorf("%s: %w", path.Join(folder, file), err))
		}
	}
	m, err := parseMeta(files[metaFile])
	report(metaFile, err)
	p.Task, p.Description, p.Styles = m.Task, m.Description, m.Styles

	user, err := parseTemplate(files, userFile)
	report(userFile, err)
	p.user = user
	if p.Task != Repair {
		report(systemFile, p.renderSystem(files))
		report(schemaFile, p.setSchemas(files))
	} else {
		for _, name := range []string{systemFile, schemaFile} {
			if _, ok := files[name]; ok {
				report(name, errors.New("a repair prompt has no such file"))
			}
		}
	}
	if len(problems) == 0 {
		report(userFile, p.probe())
	}
	return p, errors.Join(problems...)
}

// readFiles returns the files of a prompt folder, with line ends made "\n" so
// that a checkout on another system has the same digest.
func readFiles(folder string, custom fs.FS) (files map[string][]byte, isCustom bool, err error) {
	files = map[string][]byte{}
	var problems []error
	for _, source := range []fs.FS{embedded, custom} {
		if source == nil {
			continue
		}
		entries, err := fs.ReadDir(source, folder)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			problems = append(problems, err)
			continue
		}
		for _, e := range entries {
			name := path.Join(folder, e.Name())
			switch e.Name() {
			case metaFile, systemFile, userFile, schemaFile:
				data, err := readFile(source, name)
				if err != nil {
					problems = append(problems, fmt.Errorf("%s: %w", name, err))
				}
				files[e.Name()] = data
				isCustom = isCustom || source == custom
			default:
				if !strings.HasPrefix(e.Name(), ".") && !strings.HasSuffix(e.Name(), ".md") {
					problems = append(problems, fmt.Errorf("%s: unknown file, want %s, %s, %s or %s",
						name, metaFile, systemFile, userFile, schemaFile))
				}
			}
		}
	}
	return files, isCustom, errors.Join(problems...)
}

func readFile(source fs.FS, name string) ([]byte, error) {
	f, err := source.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close() //nolint:errcheck // Nothing was written.
	data, err := io.ReadAll(io.LimitReader(f, maxFileBytes+1))
	if err != nil {
		return nil, err
	}
	if len(data) > maxFileBytes {
		return nil, fmt.Errorf("larger than %d bytes", maxFileBytes)
	}
	return bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n")), nil
}

// digest covers the layout and every file, each with its name and length, so
// that no two sets of files share one.
func digest(files map[string][]byte) string {
	h := sha256.New()
	fmt.Fprintln(h, layout)
	for _, name := range []string{metaFile, schemaFile, systemFile, userFile} {
		if data, ok := files[name]; ok {
			fmt.Fprintf(h, "%s %d\n%s", name, len(data), data)
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}

func parseMeta(data []byte) (meta, error) {
	var m meta
	if data == nil {
		return m, errors.New("missing")
	}
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	decoder.KnownFields(true)
	if err := decoder.Decode(&m); err != nil {
		return m, err
	}
	var problems []error
	switch {
	case !slices.Contains([]string{Summarize, Translate, Repair, Judge, Part, Reduce}, m.Task):
		problems = append(problems, fmt.Errorf("task is %q, want %s, %s, %s, %s, %s or %s", m.Task, Summarize, Translate, Repair, Judge, Part, Reduce))
	case styled(m.Task) && len(m.Styles) == 0:
		problems = append(problems, errors.New("styles is empty: a summary needs at least one"))
	case !styled(m.Task) && len(m.Styles) > 0:
		problems = append(problems, fmt.Errorf("styles belong to the tasks %s and %s only", Summarize, Reduce))
	}
	seen := map[string]bool{}
	for i, s := range m.Styles {
		if s.Name == "" || seen[s.Name] || s.Words < 1 || s.Rule == "" {
			problems = append(problems, fmt.Errorf("style %d: want a name of its own, words above 0 and a rule", i+1))
		}
		seen[s.Name] = true
	}
	return m, errors.Join(problems...)
}

// styled reports whether a prompt of that task writes a summary.
func styled(task string) bool { return task == Summarize || task == Reduce }

func parseTemplate(files map[string][]byte, name string) (*template.Template, error) {
	data, ok := files[name]
	if !ok {
		return nil, errors.New("missing")
	}
	return template.New(name).Parse(strings.TrimSpace(string(data)))
}

// renderSystem renders the system message of each style once: that is what
// makes it the same for all articles.
func (p *Prompt) renderSystem(files map[string][]byte) error {
	t, err := parseTemplate(files, systemFile)
	if err != nil {
		return err
	}
	styles := p.Styles
	if !styled(p.Task) {
		styles = []Style{{}}
	}
	p.system = make(map[string]string, len(styles))
	for _, s := range styles {
		var b strings.Builder
		if err := t.Execute(&b, systemData{Style: s.Name, Rule: s.Rule}); err != nil {
			return err
		}
		if !strings.Contains(b.String(), s.Rule) {
			return fmt.Errorf("style %s: the message lacks {{.Rule}}", s.Name)
		}
		p.system[s.Name] = b.String()
		p.phrases = appendPhrases(p.phrases, b.String())
	}
	return nil
}

// probe renders the user template once with every field set, so that a
// template that fails, or drops the article, is found at start and not by a job.
func (p *Prompt) probe() error {
	const article, defects, claims = "probe article", "probe defects", "probe claims"
	out, err := p.execute(userData{
		Style: "brief", MaxWords: 1, Language: "ar", Glossary: "- a = b\n",
		Article: article, Defects: defects, Claims: claims, Part: 1, Parts: 2,
	})
	if err != nil {
		return err
	}
	if p.Task == Repair {
		if !strings.Contains(out, defects) {
			return errors.New("the message lacks {{.Defects}}")
		}
		p.phrases = appendPhrases(p.phrases, out)
		return nil
	}
	if !strings.Contains(out, article) {
		return errors.New("the message lacks {{.Article}}")
	}
	if p.Task == Judge && !strings.Contains(out, claims) {
		return errors.New("the message lacks {{.Claims}}")
	}
	return nil
}
