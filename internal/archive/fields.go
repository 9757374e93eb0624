package archive

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Field is a field of a row, and the names under which it is looked for.
type Field struct {
	Name  string
	About string
	// Names in the input, the preferred one first. Capitals, spaces, "-" and "_" do not
	// count; a dot goes into a nested object.
	Names []string
}

// metadataPrefix begins the fields that a result brings back as they are.
const metadataPrefix = "metadata."

// Fields are the fields that a row can have. Besides the ones named, "metadata.NAME" is
// an entry of the job's metadata, by default the members of "metadata".
func Fields() []Field {
	return []Field{
		{"id", "what the article is called where it comes from", []string{"id", "article_id", "_id", "_id.$oid", "uuid", "guid", "doc_id"}},
		{"title", "headline", []string{"title", "headline", "heading", "title.rendered"}},
		{"text", "plain text, paragraphs divided by line breaks", []string{"text", "full_text", "main_text", "plain_text", "article_text", "article_body", "body", "content", "article"}},
		{"html", "a page or a fragment of one, where there is no text", []string{"html", "raw_html", "body_html", "content_html", "content.rendered"}},
		{"url", "where it was published, http or https", []string{"url", "link", "permalink", "canonical_url", "source_url", "href"}},
		{"source", "the publisher's name", []string{"source", "source.name", "publisher", "publisher.name", "outlet", "site_name"}},
		{"author", "author or authors", []string{"author", "authors", "author.name", "byline", "creator"}},
		{"published_at", "date and time of publication", []string{"published_at", "published", "published_date", "publish_date", "publication_date", "date_published", "date_publish", "pub_date", "date", "datetime", "timestamp", "created_at"}},
		{"lang", "language tag, a hint", []string{"lang", "language", "lang_code", "language_code", "in_language", "locale"}},
	}
}

// field is the index of a field in [Fields].
type field int

const (
	fieldID field = iota
	fieldTitle
	fieldText
	fieldHTML
	fieldURL
	fieldSource
	fieldAuthor
	fieldPublishedAt
	fieldLang
	fieldCount
	fieldMetadata
)

// slot is where a value of the input goes. Of several values for a field, the one with
// the lowest rank counts.
type slot struct {
	field field
	rank  int
	key   string // of metadata
}

// target is what a name of the input stands for.
type target struct {
	slots  []slot
	nested bool // names below it stand for something
}

// maxKnownNames bounds the names whose target is kept: an input that makes up new names
// in every row must not fill the memory.
const maxKnownNames = 1024

// mapping leads from names of the input to fields.
type mapping struct {
	exact      map[string][]slot // names that were asked for
	known      map[string][]slot // default names, folded
	prefixes   map[string]bool   // of exact and known, at their dots
	targets    map[string]target // looked up before
	preferHTML bool              // html was asked for, text was not
}

// newMapping checks that every key of asked is a field.
func newMapping(asked map[string]string) (*mapping, error) {
	m := &mapping{exact: map[string][]slot{}, known: map[string][]slot{}, prefixes: map[string]bool{}, targets: map[string]target{}}
	for i, f := range Fields() {
		name, ok := asked[f.Name]
		if !ok {
			for rank, name := range f.Names {
				m.known[fold(name)] = append(m.known[fold(name)], slot{field: field(i), rank: rank + 1})
				m.addPrefixes(fold(name))
			}
		} else if name != "" {
			m.exact[name] = append(m.exact[name], slot{field: field(i)})
			m.addPrefixes(name)
		}
	}
	var errs []error
	for _, key := range slices.Sorted(maps.Keys(asked)) {
		entry, isMetadata := strings.CutPrefix(key, metadataPrefix)
		switch {
		case isMetadata && entry != "" && asked[key] != "":
			m.exact[asked[key]] = append(m.exact[asked[key]], slot{field: fieldMetadata, key: entry})
			m.addPrefixes(asked[key])
		case isMetadata && entry != "":
		case !slices.ContainsFunc(Fields(), func(f Field) bool { return f.Name == key }):
			errs = append(errs, fmt.Errorf("map fields: %q is not a field: there are %s and metadata.NAME", key, fieldNames()))
		}
	}
	m.prefixes[strings.TrimSuffix(metadataPrefix, ".")] = true
	_, html := asked["html"]
	_, text := asked["text"]
	m.preferHTML = html && !text
	return m, errors.Join(errs...)
}

func (m *mapping) addPrefixes(name string) {
	for i := range name {
		if name[i] == '.' {
			m.prefixes[name[:i]] = true
		}
	}
}

func fieldNames() string {
	var names []string
	for _, f := range Fields() {
		names = append(names, f.Name)
	}
	return strings.Join(names, ", ")
}

// find is what a name of the input, with the names above it, stands for.
func (m *mapping) find(path string) target {
	t, ok := m.targets[path]
	if ok {
		return t
	}
	folded := fold(path)
	t = target{
		slots:  append(slices.Clone(m.exact[path]), m.known[folded]...),
		nested: m.prefixes[path] || m.prefixes[folded],
	}
	if key, ok := strings.CutPrefix(path, metadataPrefix); ok && key != "" {
		t.slots = append(t.slots, slot{field: fieldMetadata, rank: 1, key: key})
	}
	if len(m.targets) < maxKnownNames {
		m.targets[strings.Clone(path)] = t
	}
	return t
}

// fold makes one name of "Published At", "publishedAt" and "published_at".
func fold(name string) string {
	return strings.Map(func(r rune) rune {
		switch r {
		case ' ', '-', '_':
			return -1
		}
		return r
	}, strings.ToLower(name))
}

// hasBody says whether one of the names stands for text or html.
func (m *mapping) hasBody(names []string) bool {
	return slices.ContainsFunc(names, func(name string) bool {
		return slices.ContainsFunc(m.find(name).slots, func(s slot) bool { return s.field == fieldText || s.field == fieldHTML })
	})
}

// checkNames refuses columns none of which can be the text, or of which two would be
// the same field under the same name.
func (m *mapping) checkNames(names []string) error {
	if !m.hasBody(names) {
		return fmt.Errorf("no column holds the text; there are: %s. Say which one does with --field text=COLUMN (or html=COLUMN)", listNames(names))
	}
	seen := map[string]bool{}
	for _, name := range names {
		if seen[name] && len(m.find(name).slots) > 0 {
			return fmt.Errorf("the column %s stands in the header twice: rename one of them", listNames([]string{name}))
		}
		seen[name] = true
	}
	return nil
}

const (
	// maxListed bounds the names that an error lists.
	maxListed = 30
	// maxNameShown is the length in bytes above which a name may be a piece of an
	// article (the header is missing) and is not shown.
	maxNameShown = 40
)

// listNames quotes the names of columns for an error.
func listNames(names []string) string {
	shown := make([]string, 0, min(len(names), maxListed+1))
	for i, name := range names {
		switch {
		case i == maxListed:
			return strings.Join(append(shown, fmt.Sprintf("and %d more", len(names)-i)), ", ")
		case len(name) > maxNameShown:
			shown = append(shown, fmt.Sprintf("(column %d has no name that is one)", i+1))
		default:
			shown = append(shown, fmt.Sprintf("%q", name))
		}
	}
	return strings.Join(shown, ", ")
}
