package main

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"

	"github.com/mujaz/mujaz/queue"
)

// readInput reads a file, or standard input for "-", up to the limit of an
// article.
func readInput(name string, stdin io.Reader) ([]byte, error) {
	if err := refuseAddress(name); err != nil {
		return nil, err
	}
	r := stdin
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return nil, fmt.Errorf("read article: %w", err)
		}
		defer f.Close() //nolint:errcheck // it was only read
		r = f
	}
	data, err := io.ReadAll(io.LimitReader(r, queue.MaxArticleBytes+1))
	if err != nil {
		return nil, fmt.Errorf("read article %s: %w", name, err)
	}
	if len(data) > queue.MaxArticleBytes {
		return nil, fmt.Errorf("read article %s: %w: the limit is %s", name, queue.ErrTooLarge, byteSize(queue.MaxArticleBytes))
	}
	return data, nil
}

// refuseAddress explains what an address would need.
func refuseAddress(name string) error {
	if !strings.HasPrefix(name, "http://") && !strings.HasPrefix(name, "https://") {
		return nil
	}
	return usagef("Fetch it yourself: curl -sL '"+name+"' | mujaz submit --html --url '"+name+"' -", "%s is an address: mujaz does not fetch pages", name)
}

// readArticle makes a job of a file: a page by its extension or if html says
// so, else text.
func readArticle(name string, stdin io.Reader, html bool) (queue.Job, error) {
	data, err := readInput(name, stdin)
	if err != nil {
		return queue.Job{}, err
	}
	var job queue.Job
	if html || isPage(name) {
		job.Article.HTML = string(data)
	} else {
		job.Article.Text = string(data)
	}
	return job, nil
}

func isPage(name string) bool {
	switch strings.ToLower(filepath.Ext(name)) {
	case ".html", ".htm", ".xhtml":
		return true
	}
	return false
}

// readGlossary reads a glossary as a job brings it: source spellings and their
// English.
func readGlossary(name string) (map[string]string, error) {
	house, err := readHouse(name)
	if err != nil || house.Len() == 0 {
		return nil, err
	}
	terms := make(map[string]string, house.Len())
	for _, e := range house.Entries() {
		terms[e.Source] = e.English
	}
	return terms, nil
}

func styleOf(style string) queue.Style { return queue.Style(style) }

// printJSON writes one value as one line.
func (p *program) printJSON(v any) error {
	data, err := json.Marshal(v, json.Deterministic(true))
	if err != nil {
		return fmt.Errorf("print as JSON: %w", err)
	}
	return p.printLine(data)
}

func (p *program) printLine(line []byte) error {
	if _, err := p.out.Write(append(line, '\n')); err != nil {
		return fmt.Errorf("print: %w", err)
	}
	return nil
}

// errNoInput asks for files where there are none and nothing is piped in.
var errNoInput = errors.New("no article is given")

func sortedKeys(m map[string]string) []string { return slices.Sorted(maps.Keys(m)) }
