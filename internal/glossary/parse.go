package glossary

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// Parse reads a file by its name: CSV (.csv, .tsv), or else YAML, of which JSON
// is a part. The error is an *[Error] with all problems.
func Parse(name string, data []byte) (*Glossary, error) {
	var p problems
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	switch {
	case len(data) > MaxBytes:
		p.add(0, "must be at most %d bytes", MaxBytes)
	case !utf8.Valid(data):
		p.add(1+bytes.Count(data[:firstInvalid(data)], []byte("\n")), "is not UTF-8")
	}
	if err := p.err(); err != nil {
		return nil, err
	}
	var entries []Entry
	switch strings.ToLower(filepath.Ext(name)) {
	case ".csv", ".tsv":
		entries = parseCSV(data, &p)
	default:
		entries = parseYAML(data, &p)
	}
	return build(entries, &p)
}

func firstInvalid(data []byte) int {
	at := 0
	for at < len(data) {
		r, size := utf8.DecodeRune(data[at:])
		if r == utf8.RuneError && size == 1 {
			break
		}
		at += size
	}
	return at
}

// Columns of a CSV file, and keys of a YAML entry.
const (
	colSource  = "source"
	colEnglish = "english"
	colKind    = "kind"
	colNote    = "note"
)

func columns() []string { return []string{colSource, colEnglish, colKind, colNote} }

// set fills in a field by its column.
func (e *Entry) set(column, value string) {
	switch column {
	case colSource:
		e.Source = value
	case colEnglish:
		e.English = value
	case colKind:
		e.Kind = strings.ToLower(strings.TrimSpace(value))
	case colNote:
		e.Note = strings.TrimSpace(value)
	}
}

func parseCSV(data []byte, p *problems) []Entry {
	r := csv.NewReader(bytes.NewReader(data))
	r.Comma, r.Comment, r.FieldsPerRecord, r.TrimLeadingSpace = separator(data), '#', -1, true
	var head []string
	var entries []Entry
	for {
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if broken, found := errors.AsType[*csv.ParseError](err); found {
			// What follows an open quote has no lines.
			p.add(broken.Line, "is not valid CSV: %v", broken.Err)
			break
		}
		line, _ := r.FieldPos(0)
		if head == nil {
			if head = header(record, line, p); head == nil {
				break
			}
			continue
		}
		if len(record) > len(head) {
			p.add(line, "has %d fields, the first line names %d", len(record), len(head))
			continue
		}
		e := Entry{Line: line}
		for i, value := range record {
			e.set(head[i], value)
		}
		entries = append(entries, e)
	}
	return entries
}

// header reads the names of the columns; nil if the file cannot be read by them.
func header(record []string, line int, p *problems) []string {
	head := make([]string, len(record))
	before := len(p.Problems)
	for i, name := range record {
		head[i] = strings.ToLower(strings.TrimSpace(name))
		switch {
		case !slices.Contains(columns(), head[i]):
			p.add(line, "column %d is none of: %s", i+1, strings.Join(columns(), ", "))
		case slices.Contains(head[:i], head[i]):
			p.add(line, "column %q stands there twice", head[i])
		}
	}
	for _, name := range []string{colSource, colEnglish} {
		if !slices.Contains(head, name) {
			p.add(line, "the first line must name the column %q", name)
		}
	}
	if len(p.Problems) > before {
		return nil
	}
	return head
}

// separator is what the first line has: spreadsheets write a semicolon where
// the comma is a decimal point.
func separator(data []byte) rune {
	first, _, _ := bytes.Cut(data, []byte("\n"))
	for _, r := range ",;\t" {
		if bytes.ContainsRune(first, r) {
			return r
		}
	}
	return ','
}

func parseYAML(data []byte, p *problems) []Entry {
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	var root yaml.Node
	switch err := decoder.Decode(&root); {
	case errors.Is(err, io.EOF):
		return nil
	case err != nil:
		p.add(lineOf(err), "is not valid YAML")
		return nil
	case len(root.Content) == 0:
		return nil
	}
	if err := decoder.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		p.add(0, "must be one YAML document")
		return nil
	}
	node := root.Content[0]
	switch {
	case node.Kind == yaml.MappingNode:
		return yamlMap(node, p)
	case node.Kind == yaml.SequenceNode:
		return yamlList(node, p)
	case node.Kind == yaml.ScalarNode && node.Tag == "!!null":
		return nil
	}
	p.add(node.Line, "must be a list of entries, or lines such as \"source: English\"")
	return nil
}

// yamlMap reads "source: English", and "source: {english: …, kind: …}".
func yamlMap(node *yaml.Node, p *problems) []Entry {
	var entries []Entry
	for i := 0; i+1 < len(node.Content); i += 2 {
		key, value := node.Content[i], node.Content[i+1]
		e := Entry{Source: key.Value, Line: key.Line}
		switch {
		case key.Kind != yaml.ScalarNode:
			p.add(key.Line, "the source must be a text")
			continue
		case value.Kind == yaml.ScalarNode:
			e.English = scalar(value)
		case value.Kind != yaml.MappingNode:
			p.add(value.Line, "the English must be a text")
			continue
		case !e.read(value, columns()[1:], p):
			continue
		}
		entries = append(entries, e)
	}
	return entries
}

// yamlList reads "- {source: …, english: …}".
func yamlList(node *yaml.Node, p *problems) []Entry {
	var entries []Entry
	for _, item := range node.Content {
		e := Entry{Line: item.Line}
		if item.Kind != yaml.MappingNode {
			p.add(item.Line, "an entry needs source and english")
			continue
		}
		if e.read(item, columns(), p) {
			entries = append(entries, e)
		}
	}
	return entries
}

// read fills in an entry from its fields.
func (e *Entry) read(node *yaml.Node, allowed []string, p *problems) bool {
	before := len(p.Problems) + p.More
	seen := map[string]bool{}
	for i := 0; i+1 < len(node.Content); i += 2 {
		key, value := node.Content[i], node.Content[i+1]
		switch {
		case key.Kind != yaml.ScalarNode || !slices.Contains(allowed, key.Value):
			p.add(key.Line, "an entry has no field but: %s", strings.Join(allowed, ", "))
		case seen[key.Value]:
			p.add(key.Line, "%s stands there twice", key.Value)
		case value.Kind != yaml.ScalarNode:
			p.add(value.Line, "%s must be a text", key.Value)
		default:
			e.set(key.Value, scalar(value))
		}
		seen[key.Value] = true
	}
	return len(p.Problems)+p.More == before
}

// scalar is the text of a value as it was written: "No" is a name, too.
func scalar(node *yaml.Node) string {
	if node.Tag == "!!null" {
		return ""
	}
	return node.Value
}

var lineNumber = regexp.MustCompile(`\bline ([0-9]+)`)

// lineOf is the line that a YAML error names; its text could quote the file.
func lineOf(err error) int {
	if m := lineNumber.FindStringSubmatch(err.Error()); m != nil {
		if n, err := strconv.Atoi(m[1]); err == nil {
			return n
		}
	}
	return 0
}
