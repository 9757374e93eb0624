package main

import (
	"cmp"
	"fmt"
	"reflect"
	"strings"

	"github.com/alecthomas/kong"
)

// settings resolves flags that the command line does not set: first from the
// environment, then from the configuration file. Kong's own handling of
// environment variables is not used: its configuration files win over them, and
// its errors print their values.
type settings struct {
	lookup func(string) (string, bool)
	file   *configFile // nil: there is none
	from   map[*kong.Flag]string
}

// Validate is kong's; the file was checked when it was loaded.
func (s *settings) Validate(*kong.Application) error { return nil }

// Resolve is kong's: the value of a flag, or nil.
func (s *settings) Resolve(_ *kong.Context, parent *kong.Path, flag *kong.Flag) (any, error) {
	name := envName(parent.Node(), flag)
	if name == "" {
		return nil, nil
	}
	if s.from == nil {
		s.from = map[*kong.Flag]string{}
	}
	// Empty is unset: that is how docker compose hands on what is not there.
	if value, found := s.lookup(name); found && value != "" {
		s.from[flag] = name
		return value, tryValue(flag, value, name)
	}
	value, where, found := s.file.value(parent.Node(), flag)
	if !found {
		return nil, nil
	}
	s.from[flag] = where
	return value, tryValue(flag, value, where)
}

// origin says where the value of a flag came from.
func (s *settings) origin(ctx *kong.Context, flag *kong.Flag) string {
	for _, path := range ctx.Path {
		if path.Flag == flag && !path.Resolved {
			return "--" + flag.Name
		}
	}
	return cmp.Or(s.from[flag], "default")
}

// tryValue decodes for a trial, so that the error names the place to mend.
func tryValue(flag *kong.Flag, value any, where string) error {
	target := reflect.New(flag.Target.Type()).Elem()
	if target.Kind() == reflect.Map {
		target.Set(reflect.MakeMap(target.Type()))
	}
	probe := *flag.Value
	probe.Target = target
	scan := kong.Scan().PushTyped(value, kong.FlagValueToken)
	err := probe.Mapper.Decode(&kong.DecodeContext{Value: &probe, Scan: scan}, target)
	if err != nil {
		return fmt.Errorf("in %s: %w", where, err)
	}
	if probe.Enum != "" && target.Kind() == reflect.String && !probe.EnumMap()[target.String()] {
		return fmt.Errorf("in %s: must be one of: %s", where, strings.Trim(strings.ReplaceAll(probe.Enum, ",", ", "), ", "))
	}
	return nil
}

// envName is the environment variable of a flag: the customary one where there
// is one, MUJAZ_FLAG for flags that commands share, MUJAZ_COMMAND_FLAG for the
// others. Only help has none.
func envName(node *kong.Node, flag *kong.Flag) string {
	switch {
	case flag.Tag.Has("noenv"):
		return ""
	case flag.Tag.Has("envar"):
		return flag.Tag.Get("envar")
	case shared(flag) || node == nil:
		return screaming("mujaz-" + flag.Name)
	}
	return screaming("mujaz-" + commandPath(node) + "-" + flag.Name)
}

func screaming(name string) string {
	return strings.ToUpper(strings.NewReplacer("-", "_", " ", "_").Replace(name))
}

// shared tells the flags that mean the same for every command that has them:
// those under a heading.
func shared(flag *kong.Flag) bool { return flag.Group != nil }

// commandPath is "dead list".
func commandPath(node *kong.Node) string {
	var names []string
	for ; node != nil && node.Type == kong.CommandNode; node = node.Parent {
		names = append([]string{node.Name}, names...)
	}
	return strings.Join(names, " ")
}

// eachFlag calls f for the flags of node and of all commands below.
func eachFlag(node *kong.Node, f func(*kong.Node, *kong.Flag)) {
	for _, flag := range node.Flags {
		f(node, flag)
	}
	for _, child := range node.Children {
		eachFlag(child, f)
	}
}

// ungroup takes a command's own flags out of the group of the command, which
// kong hands down.
func ungroup(k *kong.Kong) error {
	eachFlag(k.Model.Node, func(node *kong.Node, flag *kong.Flag) {
		for n := node; n != nil; n = n.Parent {
			if n.Group != nil && flag.Group != nil && n.Group.Key == flag.Group.Key {
				flag.Group = nil
			}
		}
	})
	return nil
}

// envNames lists every environment variable that is read for a flag.
func envNames(root *kong.Node) []string {
	var names []string
	seen := map[string]bool{}
	eachFlag(root, func(node *kong.Node, flag *kong.Flag) {
		if name := envName(node, flag); name != "" && !seen[name] {
			seen[name] = true
			names = append(names, name)
		}
	})
	return names
}

// flagHelp is the help of a flag or argument. Kong does not hand over the
// command, so that only flags with one variable for all commands name it; for
// the others the rule stands in the manual.
func flagHelp(value *kong.Value) string {
	if value.Flag == nil || value.Tag.Has("noenv") {
		return value.Help
	}
	name := value.Tag.Get("envar")
	if name == "" && shared(value.Flag) {
		name = screaming("mujaz-" + value.Name)
	}
	if name == "" {
		return value.Help
	}
	return strings.TrimSuffix(value.Help, ".") + " ($" + name + ")"
}
