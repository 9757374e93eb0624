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
