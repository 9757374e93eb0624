package main

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/alecthomas/kong"
	"github.com/go-json-experiment/json"

	"github.com/mujaz/mujaz/internal/demo/show"
	"github.com/mujaz/mujaz/internal/llm"
	"github.com/mujaz/mujaz/queue"
)

type configCmd struct {
	EnvNames bool `help:"Print the names of all environment variables that mujaz reads, one a line."`
	JSON     bool `name:"json" help:"Print a JSON line a setting."`

	NATS     natsFlags     `embed:"" group:"nats"`
	Topology topologyFlags `embed:"" group:"topology"`
	LLM      llmFlags      `embed:"" group:"llm"`
	Work     workerFlags   `embed:"" group:"worker"`
	Log      logFlags      `embed:"" group:"log"`
}

// Help is shown by --help.
func (*configCmd) Help() string {
	return `The settings that ` + "`mujaz worker`" + ` would run with, given the same flags, environment and file. Secrets are hidden.

    mujaz config
    mujaz config --config prod.yaml --json
    mujaz config --env-names`
}

// setting is one line of the list.
type setting struct {
	Name  string `json:"name"`
	Value string `json:"value"`
	From  string `json:"from"`
	Env   string `json:"env"`
}

// Run lists the settings.
func (c *configCmd) Run(p *program) error {
	if c.EnvNames {
		names := append(envNames(p.parsed.Model.Node), "NO_COLOR")
		slices.Sort(names)
		_, err := fmt.Fprintln(p.out, strings.Join(names, "\n"))
		return err
	}
	node := p.parsed.Selected()
	table := tabwriter.NewWriter(p.out, 0, 8, 2, ' ', 0)
	if !c.JSON {
		fmt.Fprintln(table, "SETTING\tVALUE\tFROM")
	}
	for _, flag := range slices.Concat(p.parsed.Model.Flags, node.Flags) {
		env := envName(node, flag)
		if !shared(flag) || env == "" {
			continue
		}
		s := setting{flag.Name, printable(flag), p.settings.origin(p.parsed, flag), env}
		if c.JSON {
			if err := p.printJSON(s); err != nil {
				return err
			}
			continue
		}
		fmt.Fprintf(table, "%s\t%s\t%s\n", s.Name, s.Value, s.From)
	}
	return table.Flush()
}

// printable is a setting's value without its secrets.
func printable(flag *kong.Flag) string {
	switch v := flag.Target.Interface().(type) {
	case llm.Secret:
		return v.String()
	case headers:
		var names []string
		for name := range v {
			names = append(names, name+"=[hidden]")
		}
		slices.Sort(names)
		return strings.Join(names, ", ")
	case string:
		if strings.HasSuffix(flag.Name, "-url") {
			return show.Line(queue.RedactURL(v))
		}
		return show.Line(v)
	case []string:
		return show.Line(strings.Join(v, ", "))
	case jsonObject:
		if v == nil {
			return ""
		}
		text, err := json.Marshal(map[string]any(v), json.Deterministic(true))
		if err != nil {
			return "[no JSON]"
		}
		return show.Line(string(text))
	case time.Duration:
		return short(v)
	}
	value := flag.Target
	if value.Kind() == reflect.Pointer {
		if value.IsNil() {
			return ""
		}
		value = value.Elem()
	}
	return show.Line(fmt.Sprint(value.Interface()))
}
