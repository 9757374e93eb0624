package prompts

import (
	"cmp"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

//go:embed judge@1 news-brief@1 news-part@1 news-reduce@1 news-translation@1 repair@1
var embedded embed.FS

// The tasks a prompt can have.
const (
	Summarize = "summarize"
	Translate = "translate"
	Repair    = "repair"
	Judge     = "judge"
	Part      = "part"   // notes on a part of a long article
	Reduce    = "reduce" // a summary from such notes
)

// The names of the embedded prompts: what a job that names none is served with.
const (
	NewsBrief       = "news-brief"
	NewsTranslation = "news-translation"
	AnswerRepair    = "repair"
	ClaimJudge      = "judge"
	PartNotes       = "news-part"
	NotesBrief      = "news-reduce"
)

// folderName is how a prompt's folder is named: the prompt's name and version.
var folderName = regexp.MustCompile(`^([a-z][a-z0-9-]{0,63})@([1-9][0-9]{0,5})$`)

// A Library is the set of prompts of one process: the embedded ones and those
// of the override folder. It never changes and is safe for concurrent use.
type Library struct {
	prompts []Prompt // By name, then version, ascending.
}

// Load reads the embedded prompts and, when dir is not empty, the prompts in
// dir, a folder of name@version folders. A folder there that names an embedded
// prompt replaces it, taking the files it lacks from the embedded one; any
// other adds a prompt. Prompts that have a file from dir are marked Custom.
//
// The error lists all problems at once, each beginning with its file.
func Load(dir string) (*Library, error) {
	if dir == "" {
		return load(nil)
	}
	info, err := os.Stat(dir)
	if err != nil {
		return nil, fmt.Errorf("open prompt folder: %w", err)
	}
	if !info.IsDir() {
		return nil, fmt.Errorf("open prompt folder: %s is not a folder", dir)
	}
	return load(os.DirFS(dir))
}

func load(custom fs.FS) (*Library, error) {
	names, problems := promptFolders(custom)
	var l Library
	for _, name := range names {
		p, err := readPrompt(name, custom)
		if err != nil {
			problems = append(problems, err)
			continue
		}
		l.prompts = append(l.prompts, p)
	}
	if err := errors.Join(problems...); err != nil {
		return nil, fmt.Errorf("load prompts: %w", err)
	}
	slices.SortFunc(l.prompts, func(a, b Prompt) int {
		return cmp.Or(strings.Compare(a.Name, b.Name), cmp.Compare(a.Version, b.Version))
	})
	return &l, nil
}

// promptFolders lists the prompt folders of both places, each once. Hidden
// entries and Markdown files in the override folder are the user's own.
func promptFolders(custom fs.FS) (names []string, problems []error) {
	entries, err := embedded.ReadDir(".")
	if err != nil {
		return nil, []error{err}
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	if custom == nil {
		return names, nil
	}
	entries, err = fs.ReadDir(custom, ".")
	if err != nil {
		return nil, []error{err}
	}
	for _, e := range entries {
		switch name := e.Name(); {
		case strings.HasPrefix(name, ".") || strings.HasSuffix(name, ".md"):
		case !folderName.MatchString(name):
			problems = append(problems, fmt.Errorf("%s: want a folder named like news-brief@2", name))
		case !slices.Contains(names, name):
			names = append(names, name)
		}
	}
	return names, problems
}

// List returns all prompts by name and version, ascending.
func (l *Library) List() []Prompt {
	return slices.Clone(l.prompts)
}

// Get returns the prompt that ref names: "news-brief@1" that version,
// "news-brief" the newest one. The error lists what there is.
func (l *Library) Get(ref string) (Prompt, error) {
	name, version, exact := strings.Cut(ref, "@")
	for _, p := range slices.Backward(l.prompts) {
		if p.Name == name && (!exact || strconv.Itoa(p.Version) == version) {
			return p, nil
		}
	}
	refs := make([]string, len(l.prompts))
	for i, p := range l.prompts {
		refs[i] = p.Ref()
	}
	return Prompt{}, fmt.Errorf("prompt %q does not exist, there are: %s", ref, strings.Join(refs, ", "))
}
