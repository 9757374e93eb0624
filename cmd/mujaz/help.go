package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/alecthomas/kong"
)

type helpCmd struct {
	Topic []string `arg:"" optional:"" help:"A command, or exit-codes, or environment."`
}

// Help is shown by --help.
func (*helpCmd) Help() string {
	return "Examples:\n\n    mujaz help dead redrive\n    mujaz help environment"
}

// Run prints help.
func (c *helpCmd) Run(p *program) error {
	switch strings.Join(c.Topic, " ") {
	case "exit-codes":
		_, err := io.WriteString(p.out, exitCodes)
		return err
	case "environment":
		return printEnvironment(p.out, p.parsed.Model.Node)
	}
	ctx, err := kong.Trace(p.parsed.Kong, c.Topic)
	if err != nil || ctx.Error != nil {
		return usagef("`mujaz help` lists the commands; there are also: mujaz help exit-codes, mujaz help environment.", "there is no command %q", strings.Join(c.Topic, " "))
	}
	return ctx.PrintUsage(false)
}

// printEnvironment lists every variable with its flag.
func printEnvironment(w io.Writer, root *kong.Node) error {
	type row struct{ name, flag string }
	var rows []*row
	byName := map[string]*row{}
	eachFlag(root, func(node *kong.Node, flag *kong.Flag) {
		name := envName(node, flag)
		if name == "" || node.Hidden || byName[name] != nil {
			return
		}
		where := "--" + flag.Name
		if !shared(flag) {
			where = commandPath(node) + " " + where
		}
		r := &row{name, where}
		byName[name] = r
		rows = append(rows, r)
	})
	fmt.Fprint(w, "Flags win over these, these over the configuration file. An empty one counts as unset.\nNO_COLOR (any value) switches colors off.\n\n")
	table := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	for _, r := range rows {
		fmt.Fprintf(table, "%s\t%s\n", r.name, r.flag)
	}
	return table.Flush()
}
