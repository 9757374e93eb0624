package archive

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/mujaz/mujaz/queue"
)

// maxEntries bounds the metadata that is looked at, twice what a job may carry.
const maxEntries = 64

// cells are the values of one row, by field.
type cells struct {
	value    [fieldCount]string
	rank     [fieldCount]int
	metadata map[string]string
	warnings []string
	names    []string // of the input, to be named where none holds a text
}

// reset makes the cells empty.
func (c *cells) reset() { *c = cells{names: c.names[:0]} }

// set puts a value where its slots say. Blank values do not count.
func (c *cells) set(slots []slot, value string) {
	value = strings.TrimSpace(value)
	if value == "" {
		return
	}
	for _, s := range slots {
		switch {
		case s.field == fieldMetadata:
			if c.metadata == nil {
				c.metadata = map[string]string{}
			}
			if _, ok := c.metadata[s.key]; ok || len(c.metadata) < maxEntries {
				c.metadata[s.key] = value
			}
		case c.value[s.field] == "" || s.rank < c.rank[s.field]:
			c.value[s.field], c.rank[s.field] = value, s.rank
		}
	}
}

// put sets a field that the format itself defines.
func (c *cells) put(f field, value string) { c.set([]slot{{field: f}}, value) }

func (c *cells) warn(format string, args ...any) {
	c.warnings = append(c.warnings, fmt.Sprintf(format, args...))
}

var errNoText = errors.New("no text")

// row makes a row of the cells. Where text and html are both there, text is the article,
// unless html alone was asked for. What a job cannot carry is left out with a warning, but for the body
// and the id, without which the row is not what it was.
func (c *cells) row(m *mapping) (Row, error) {
	a := queue.Article{
		Title:  c.value[fieldTitle],
		Text:   c.value[fieldText],
		HTML:   c.value[fieldHTML],
		URL:    c.value[fieldURL],
		Source: c.value[fieldSource],
		Author: c.value[fieldAuthor],
		Lang:   strings.ReplaceAll(c.value[fieldLang], "_", "-"),
	}
	switch {
	case a.Text == "" && a.HTML == "":
		if len(c.names) == 0 || m.hasBody(c.names) {
			return Row{}, errNoText
		}
		return Row{}, fmt.Errorf("%w; there are: %s. Say which one holds it with --field text=NAME (or html=NAME)", errNoText, listNames(c.names))
	case a.HTML != "" && m.preferHTML:
		a.Text = ""
	case a.Text != "":
		a.HTML = ""
	}
	if date := c.value[fieldPublishedAt]; date != "" {
		var err error
		if a.PublishedAt, err = parseDate(date); err != nil {
			c.warn("published_at: %v; left out", err)
		}
	}
	row := Row{ID: c.value[fieldID], Article: a, Metadata: c.metadata}
	if err := c.fit(&row); err != nil {
		return Row{}, err
	}
	row.Warnings = c.warnings
	return row, nil
}

// fit leaves out what a job cannot carry.
func (c *cells) fit(row *Row) error {
	err := queue.Job{ID: row.ID, Article: row.Article}.Validate()
	if err != nil {
		var invalid *queue.ValidationError
		if !errors.As(err, &invalid) {
			return err
		}
		for _, p := range invalid.Problems {
			switch p.Field {
			case "article.title":
				row.Article.Title = ""
			case "article.url":
				row.Article.URL = ""
			case "article.source":
				row.Article.Source = ""
			case "article.author":
				row.Article.Author = ""
			case "article.lang":
				row.Article.Lang = ""
			default:
				return fmt.Errorf("%s %s", strings.TrimPrefix(p.Field, "article."), p.Message)
			}
			c.warn("%s %s; left out", strings.TrimPrefix(p.Field, "article."), p.Message)
		}
	}
	keys := slices.Sorted(maps.Keys(row.Metadata))
	kept := map[string]string{}
	for _, key := range keys {
		kept[key] = row.Metadata[key]
		if (queue.Job{Article: queue.Article{Text: "-"}, Metadata: kept}).Validate() != nil {
			delete(kept, key)
		}
	}
	if len(kept) < len(keys) {
		c.warn("metadata: %d entries are more or longer than a job can carry; left out", len(keys)-len(kept))
	}
	if row.Metadata = kept; len(kept) == 0 {
		row.Metadata = nil
	}
	return nil
}

var errDate = errors.New("not a date that can be read for certain")

// The years that a date of an article can have; others are slips (0001, 20024, 1.7e12 s).
const firstYear, lastYear = 1800, 2200

// inYears says whether a date is one that an article can have.
func inYears(t time.Time) bool { return t.Year() >= firstYear && t.Year() <= lastYear }
