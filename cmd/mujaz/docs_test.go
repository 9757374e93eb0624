package main

import (
	"cmp"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
)

// TestDocs holds the tables of docs/cli.md to the grammar.
func TestDocs(t *testing.T) {
	t.Parallel()
	const file = "../../docs/cli.md"
	old, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	parser := modelOf(t)
	text := string(old)
	for name, table := range map[string]string{"commands": commandTable(parser.Model.Node), "settings": settingTable(leaves(parser)["worker"])} {
		begin, end := "<!-- "+name+" -->\n", "<!-- /"+name+" -->"
		before, rest, found := strings.Cut(text, begin)
		_, after, closed := strings.Cut(rest, end)
		if !found || !closed {
			t.Fatalf("%s has no %s", file, strings.TrimSpace(begin))
		}
		text = before + begin + table + end + after
	}
	golden(t, file, text)
}

func commandTable(root *kong.Node) string {
	var b strings.Builder
	b.WriteString("| command | what it does |\n|---|---|\n")
	for _, command := range root.Children {
		if command.Hidden {
			continue
		}
		name := command.Name
		if len(command.Children) > 0 {
			var subs []string
			for _, sub := range command.Children {
				subs = append(subs, sub.Name)
			}
			name += " " + strings.Join(subs, `\|`)
		}
		fmt.Fprintf(&b, "| `%s` | %s |\n", name, command.Help)
	}
	return b.String()
}

func settingTable(node *kong.Node) string {
	var b strings.Builder
	title := ""
	for _, flag := range node.Flags {
		if heading := flag.Group.Title; heading != title {
			title = heading
			fmt.Fprintf(&b, "\n**%s**\n\n| flag | variable | default | |\n|---|---|---|---|\n", strings.TrimSuffix(title, ":"))
		}
		name := flag.Name
		if flag.Tag.Negatable != "" {
			name = "[no-]" + name
		}
		help := strings.TrimSuffix(strings.Replace(flag.Help, " ["+flag.Default+"]", "", 1), ".")
		fmt.Fprintf(&b, "| `--%s` | `%s` | %s | %s |\n", name, envName(node, flag), cmp.Or(flag.Default, "–"), strings.ReplaceAll(help, "|", `\|`))
	}
	return strings.TrimPrefix(b.String(), "\n")
}

// TestCommandsInDocs runs every command of the operator's guide through the
// parser, so that a flag that is renamed or dropped is found there too.
func TestCommandsInDocs(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../docs/operations.md")
	if err != nil {
		t.Fatal(err)
	}
	variables := map[string]bool{}
	eachFlag(modelOf(t).Model.Node, func(node *kong.Node, flag *kong.Flag) { variables[envName(node, flag)] = true })
	commands := 0
	for line := range strings.Lines(string(text)) {
		line, found := strings.CutPrefix(strings.TrimSuffix(line, "\n"), "    ")
		words := shellWords(line)
		for found && len(words) > 0 && strings.Contains(words[0], "=") {
			name, _, _ := strings.Cut(words[0], "=")
			words = words[1:]
			if len(words) > 0 && words[0] == "mujaz" && !variables[name] {
				t.Errorf("%s: no such variable", line)
			}
		}
		if !found || len(words) == 0 || words[0] != "mujaz" {
			continue
		}
		commands++
		if before, _, comment := strings.Cut(line, " #"); comment {
			words = shellWords(before)
		}
		for i, word := range words {
			if word == "…" || word == "ID" || word == "FILE" || word == "SEQUENCE" {
				words[i] = "1"
			}
		}
		var root cli
		parser, err := newParser(&root, &program{lookup: func(string) (string, bool) { return "", false }})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := parser.Parse(words[1:]); err != nil {
			t.Errorf("%s: %v", line, err)
		}
	}
	const least = 10
	if commands < least {
		t.Errorf("%d commands found, want at least %d", commands, least)
	}
}

// shellWords splits as a shell does, with single quotes and nothing else.
func shellWords(line string) []string {
	var words []string
	for i, part := range strings.Split(line, "'") {
		if i%2 == 1 {
			words = append(words, part)
			continue
		}
		words = append(words, strings.Fields(part)...)
	}
	return words
}
