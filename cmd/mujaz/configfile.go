package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"strings"

	"github.com/alecthomas/kong"
	"go.yaml.in/yaml/v3"
)

// configFile is the YAML file: flags that commands share by their name at the
// top, a command's own under its name.
//
//	model: qwen3:4b
//	slots: 16
//	submit:
//	  lane: backfill
type configFile struct {
	name   string
	values map[string]fileValue // by "slots", "submit.lane", "dead.list.cause"
}

type fileValue struct {
	value any
	line  int
}

const defaultConfig = "mujaz.yaml"

// loadDefault reads the default file if it is there.
func (s *settings) loadDefault(app *kong.Application) error {
	if _, err := os.Stat(defaultConfig); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return s.load(app, defaultConfig)
}

// load reads a file and checks all of it, also what this command does not use.
func (s *settings) load(app *kong.Application, name string) error {
	data, err := os.ReadFile(name)
	if err != nil {
		return usagef("Name a YAML file with --config or MUJAZ_CONFIG, or leave both away.", "read configuration: %w", err)
	}
	if s.file, err = parseConfig(app, name, data); err != nil {
		return err
	}
	return nil
}

func parseConfig(app *kong.Application, name string, data []byte) (*configFile, error) {
	f := &configFile{name: name, values: map[string]fileValue{}}
	var root yaml.Node
	if err := yaml.Unmarshal(data, &root); err != nil {
		// The message quotes the file, which may hold a key: its place is enough.
		return nil, usagef("Correct the file: keys are the names of flags, each with its value.", "read configuration: %s is not valid YAML%s", name, yamlPlace(err))
	}
	if root.Kind == yaml.DocumentNode && len(root.Content) > 0 {
		if err := f.read(root.Content[0], app.Node, ""); err != nil {
			return nil, usagef("`mujaz config` lists every setting; docs/cli.md shows a file.", "read configuration: %w", err)
		}
	}
	return f, nil
}

// yamlPlace is ", line N" where the parser tells it.
func yamlPlace(err error) string {
	_, rest, found := strings.Cut(err.Error(), "line ")
	digits := rest[:len(rest)-len(strings.TrimLeft(rest, "0123456789"))]
	if _, err := strconv.Atoi(digits); !found || err != nil {
		return ""
	}
	return ", line " + digits
}

func (f *configFile) read(node *yaml.Node, command *kong.Node, prefix string) error {
	if node.Kind == yaml.ScalarNode && node.Tag == "!!null" {
		return nil
	}
	if node.Kind != yaml.MappingNode {
		return fmt.Errorf("%s:%d: must be a list of \"name: value\"", f.name, node.Line)
	}
	var errs []error
	for i := 0; i+1 < len(node.Content); i += 2 {
		key, value := node.Content[i], node.Content[i+1]
		path := prefix + key.Value
		_, twice := f.values[path]
		flag, child := known(command, key.Value, prefix == "")
		switch {
		case twice:
			errs = append(errs, fmt.Errorf("%s:%d: %q stands there twice", f.name, key.Line, path))
		case child != nil && value.Kind == yaml.MappingNode:
			errs = append(errs, f.read(value, child, path+"."))
		case flag != nil:
			decoded, err := scalars(value)
			if err != nil {
				errs = append(errs, fmt.Errorf("%s:%d: %s: %w", f.name, key.Line, path, err))
				continue
			}
			f.values[path] = fileValue{decoded, key.Line}
		default:
			errs = append(errs, fmt.Errorf("%s:%d: unknown setting %q%s", f.name, key.Line, path, suggest(key.Value, keys(command, prefix == ""))))
		}
	}
	return errors.Join(errs...)
}

// known finds what a key of the file means: a shared flag at the top, a
// command's own flag in its section, or the section of a command.
func known(command *kong.Node, key string, top bool) (flag *kong.Flag, child *kong.Node) {
	for _, c := range command.Children {
		if c.Name == key && !c.Hidden {
			child = c
		}
	}
	walk := func(_ *kong.Node, f *kong.Flag) {
		if f.Name == key && shared(f) == top && !f.Tag.Has("noenv") && f.Name != "config" {
			flag = f
		}
	}
	if top {
		eachFlag(command, walk)
	} else {
		for _, f := range command.Flags {
			walk(command, f)
		}
	}
	return flag, child
}

func keys(command *kong.Node, top bool) []string {
	var names []string
	add := func(_ *kong.Node, f *kong.Flag) {
		if shared(f) == top && !f.Tag.Has("noenv") {
			names = append(names, f.Name)
		}
	}
	if top {
		eachFlag(command, add)
	} else {
		for _, f := range command.Flags {
			add(command, f)
		}
	}
	for _, c := range command.Children {
		names = append(names, c.Name)
	}
	return names
}

// scalars turns a value into what the flags' decoders take: text as it is
// written, lists of text, maps.
func scalars(node *yaml.Node) (any, error) {
	switch node.Kind {
	case yaml.ScalarNode:
		return node.Value, nil
	case yaml.SequenceNode:
		list := []any{}
		for _, item := range node.Content {
			if item.Kind != yaml.ScalarNode {
				return nil, errors.New("must be a list of plain values")
			}
			list = append(list, item.Value)
		}
		return list, nil
	case yaml.MappingNode:
		var m map[string]any
		if err := node.Decode(&m); err != nil {
			return nil, errors.New("must be a map of plain values")
		}
		return m, nil
	}
	return nil, errors.New("must be a plain value, a list or a map")
}

// value is what the file says about a flag.
func (f *configFile) value(node *kong.Node, flag *kong.Flag) (value any, where string, found bool) {
	if f == nil {
		return nil, "", false
	}
	path := flag.Name
	if !shared(flag) {
		path = strings.ReplaceAll(commandPath(node), " ", ".") + "." + flag.Name
	}
	v, found := f.values[path]
	if !found || v.value == "" {
		return nil, "", false
	}
	return v.value, fmt.Sprintf("%s:%d", f.name, v.line), true
}

// suggest names what was probably meant.
func suggest(word string, candidates []string) string {
	best, distance := "", 1+max(2, len(word)/3)
	for _, c := range candidates {
		if d := editDistance(word, c); d < distance {
			best, distance = c, d
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf("; did you mean %q?", best)
}

// editDistance is Levenshtein's.
func editDistance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
