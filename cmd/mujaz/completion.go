package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
)

type completionCmd struct {
	Shell string `arg:"" enum:"bash,zsh,fish" help:"bash, zsh or fish."`
}

// Help is shown by --help.
func (*completionCmd) Help() string {
	return `The script asks mujaz itself for candidates, so that it never grows old.

    source <(mujaz completion bash)                                  in ~/.bashrc
    source <(mujaz completion zsh)                                   in ~/.zshrc
    mujaz completion fish > ~/.config/fish/completions/mujaz.fish`
}

// The scripts hand the words before the cursor, and the one under it, to
// `mujaz __complete`. Files are completed where there is no candidate.
const (
	bashCompletion = `_mujaz() {
  local IFS=$'\n'
  COMPREPLY=($(compgen -W "$(mujaz __complete -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)" -- "${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _mujaz mujaz
`
	zshCompletion = `#compdef mujaz
_mujaz() {
  local -a candidates
  candidates=(${(f)"$(mujaz __complete -- "${(@)words[2,CURRENT]}" 2>/dev/null)"})
  if (( ${#candidates} )); then compadd -- $candidates; else _files; fi
}
compdef _mujaz mujaz
`
	fishCompletion = `complete -c mujaz -a '(set -l words (commandline -opc) (commandline -ct); mujaz __complete -- $words[2..-1] 2>/dev/null)'
`
)

// Run prints the script.
func (c *completionCmd) Run(p *program) error {
	script := map[string]string{"bash": bashCompletion, "zsh": zshCompletion, "fish": fishCompletion}[c.Shell]
	_, err := io.WriteString(p.out, script)
	return err
}

type completeCmd struct {
	Words []string `arg:"" optional:"" passthrough:""`
}

// Run prints candidates, one a line.
func (c *completeCmd) Run(p *program) error {
	words := c.Words
	if len(words) > 0 && words[0] == "--" {
		words = words[1:]
	}
	_, err := fmt.Fprintln(p.out, strings.Join(candidates(p.parsed.Model.Node, words), "\n"))
	return err
}

// candidates are what the last word can become, after the words before it.
func candidates(node *kong.Node, words []string) []string {
	if len(words) == 0 {
		words = []string{""}
	}
	word, flags := words[len(words)-1], slices.Clone(node.Flags)
	var pending *kong.Flag // waits for its value
	for _, w := range words[:len(words)-1] {
		switch {
		case pending != nil:
			pending = nil
		case strings.HasPrefix(w, "-"):
			pending = takesValue(flags, w)
		default:
			if child := childOf(node, w); child != nil {
				node, flags = child, append(flags, child.Flags...)
			}
		}
	}
	var all []string
	switch {
	case pending != nil:
		all = values(pending.Value)
	case strings.HasPrefix(word, "-"):
		for _, flag := range flags {
			all = append(all, "--"+flag.Name)
		}
	default:
		for _, child := range node.Children {
			if !child.Hidden {
				all = append(all, child.Name)
			}
		}
		for _, arg := range node.Positional {
			all = append(all, values(arg)...)
		}
	}
	slices.Sort(all)
	return slices.DeleteFunc(all, func(s string) bool { return !strings.HasPrefix(s, word) })
}

func childOf(node *kong.Node, name string) *kong.Node {
	for _, child := range node.Children {
		if child.Name == name {
			return child
		}
	}
	return nil
}

// takesValue is the flag that a word names, if its value is the next word.
func takesValue(flags []*kong.Flag, word string) *kong.Flag {
	for _, flag := range flags {
		if word == "--"+flag.Name || flag.Short != 0 && word == "-"+string(flag.Short) {
			if flag.IsBool() {
				return nil
			}
			return flag
		}
	}
	return nil
}

func values(v *kong.Value) []string {
	return slices.DeleteFunc(v.EnumSlice(), func(s string) bool { return s == "" })
}
