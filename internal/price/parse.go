package price

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// MaxBytes bounds a price file: some 10,000 models.
const MaxBytes = 1 << 20

// Error is what is wrong with a price file.
type Error struct{ Problems []Problem }

// Problem is one of them, at a line.
type Problem struct {
	Line    int // 0: of the whole file
	Message string
}

// Error lists them, a line each.
func (e *Error) Error() string {
	lines := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		lines[i] = p.Message
		if p.Line > 0 {
			lines[i] = "line " + strconv.Itoa(p.Line) + ": " + p.Message
		}
	}
	return strings.Join(lines, "\n")
}

func (e *Error) add(line int, format string, args ...any) {
	e.Problems = append(e.Problems, Problem{line, fmt.Sprintf(format, args...)})
}

// Parse reads a price file in YAML: a list of entries with model, input, cached,
// output, batch, currency, host, free. The error is an *[Error] with all problems.
func Parse(name string, data []byte) (Table, error) {
	var problems Error
	table := parse(name, data, &problems)
	if len(problems.Problems) > 0 {
		return nil, &problems
	}
	return table, nil
}

func parse(name string, data []byte, problems *Error) Table {
	if len(data) > MaxBytes {
		problems.add(0, "must be at most %d bytes", MaxBytes)
		return nil
	}
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	var root yaml.Node
	err := decoder.Decode(&root)
	switch {
	case errors.Is(err, io.EOF):
		return nil
	case err != nil:
		problems.add(lineOf(err), "is not valid YAML")
		return nil
	case len(root.Content) != 1 || root.Content[0].Kind != yaml.SequenceNode:
		problems.add(root.Line, `must be a list of entries such as "- {model: qwen3:4b, input: 0.10, output: 0.40}"`)
		return nil
	}
	if err := decoder.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		problems.add(0, "must be one YAML document")
		return nil
	}
	var table Table
	seen := map[[2]string]bool{}
	for _, node := range root.Content[0].Content {
		p := Price{Currency: "USD", Source: name + ":" + strconv.Itoa(node.Line)}
		if !p.read(node, problems) {
			continue
		}
		if key := [2]string{p.Host, p.Model}; seen[key] {
			problems.add(node.Line, "the model stands there twice, for the same host")
		} else {
			seen[key] = true
		}
		if strings.TrimSpace(p.Model) == "" {
			problems.add(node.Line, "model: must be named")
		}
		if err := p.Validate(); err != nil {
			for problem := range strings.SplitSeq(err.Error(), "\n") {
				problems.add(node.Line, "%s", problem)
			}
		}
		table = append(table, p)
	}
	return table
}

// read fills in a price from its fields.
func (p *Price) read(node *yaml.Node, problems *Error) bool {
	if node.Kind != yaml.MappingNode {
		problems.add(node.Line, "an entry needs model, input and output")
		return false
	}
	before := len(problems.Problems)
	seen := map[string]bool{}
	for i := 0; i+1 < len(node.Content); i += 2 {
		key, value := node.Content[i], node.Content[i+1]
		if seen[key.Value] {
			problems.add(key.Line, "a field stands there twice")
		}
		seen[key.Value] = true
		if value.Kind != yaml.ScalarNode {
			problems.add(value.Line, "a field must be a text or a number")
			continue
		}
		switch key.Value {
		case "model":
			p.Model = value.Value
		case "host":
			p.Host = value.Value
		case "currency":
			p.Currency = value.Value
		case "date":
			p.Date = value.Value
		case "free":
			if value.Decode(&p.Free) != nil {
				problems.add(value.Line, "free: must be true or false")
			}
		case "input":
			p.Input = number(key.Value, value, problems)
		case "output":
			p.Output = number(key.Value, value, problems)
		case "batch":
			p.Batch = number(key.Value, value, problems)
		case "cached":
			cached := number(key.Value, value, problems)
			p.Cached = &cached
		default:
			problems.add(key.Line, "an entry has no field but: model, host, input, cached, output, batch, currency, free, date")
		}
	}
	return len(problems.Problems) == before
}

// number reads a figure; NaN and infinities are refused by Validate.
func number(name string, node *yaml.Node, problems *Error) float64 {
	var v float64
	if node.Tag == "!!null" || node.Decode(&v) != nil {
		problems.add(node.Line, "%s: must be a number", name)
	}
	return v
}

var lineNumber = regexp.MustCompile(`\bline ([0-9]+)`)

// lineOf is the line that a YAML error names.
func lineOf(err error) int {
	if m := lineNumber.FindStringSubmatch(err.Error()); m != nil {
		if n, err := strconv.Atoi(m[1]); err == nil {
			return n
		}
	}
	return 0
}
