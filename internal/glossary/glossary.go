// Package glossary is the house's list of names and the English that must be
// used for them: it reads and judges the file, finds the entries that an
// article needs, and proposes new ones from what was published.
//
// It is pure: files are read and written by the caller.
package glossary

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/mujaz/mujaz/internal/clean"
)

// Limits of a glossary. They bound what a file can make a worker hold and ask.
const (
	// MaxBytes of a file, some 40,000 entries: above MaxEntries with notes.
	MaxBytes = 8 << 20
	// MaxEntries is far above a house's list, and matched in one pass over
	// the article whatever its length.
	MaxEntries = 20_000
	// MaxTerms of a house glossary are put to the model for one article, as
	// many as a job may bring itself.
	MaxTerms = 200
	// maxSide is the limit of either side of an entry of a job, in bytes.
	maxSide = 200
	maxNote = 500
	// maxProblems bounds a report: beyond it, the file is no glossary.
	maxProblems = 100
)

// Entry is one line of a glossary.
type Entry struct {
	Source  string
	English string
	Kind    string // one of Kinds, or "" where it is not known
	Note    string // for people
	Line    int    // in the file, from 1
}

// Kinds of a name, as in results.
func Kinds() []string { return []string{"person", "place", "organisation", "other"} }

// Glossary is a valid list. Nil is an empty one.
type Glossary struct {
	entries []Entry
	digest  string
	words   [][]string       // of each entry's source, normalized
	first   map[string][]int // entries by their first word
}

// Problem is one thing that is wrong with a file.
type Problem struct {
	Line    int // 0: the file as a whole
	Message string
}

// Error is every problem of a file at once. It never quotes the file.
type Error struct {
	Problems []Problem
	More     int // problems that are not listed
}

// Error gives a line a problem.
func (e *Error) Error() string {
	lines := make([]string, 0, len(e.Problems)+1)
	for _, p := range e.Problems {
		if p.Line > 0 {
			lines = append(lines, fmt.Sprintf("line %d: %s", p.Line, p.Message))
		} else {
			lines = append(lines, p.Message)
		}
	}
	if e.More > 0 {
		lines = append(lines, fmt.Sprintf("and %d more", e.More))
	}
	return strings.Join(lines, "\n")
}

// problems gathers what is wrong.
type problems struct{ Error }

func (p *problems) add(line int, format string, args ...any) {
	if len(p.Problems) == maxProblems {
		p.More++
		return
	}
	p.Problems = append(p.Problems, Problem{Line: line, Message: fmt.Sprintf(format, args...)})
}

func (p *problems) err() error {
	if len(p.Problems) == 0 {
		return nil
	}
	slices.SortStableFunc(p.Problems, func(a, b Problem) int { return cmp.Compare(a.Line, b.Line) })
	return &p.Error
}

// New judges entries. The error is an *[Error]. An entry that says again what
// an earlier one says is left out.
func New(entries []Entry) (*Glossary, error) {
	var p problems
	return build(entries, &p)
}

func build(entries []Entry, p *problems) (*Glossary, error) {
	g := &Glossary{first: map[string][]int{}}
	if len(entries) > MaxEntries {
		p.add(0, "has %d entries, at most %d are allowed", len(entries), MaxEntries)
		return nil, p.err()
	}
	earlier := map[string]int{} // entry by key
	for _, e := range entries {
		e.Source, e.English = strings.TrimSpace(e.Source), strings.TrimSpace(e.English)
		words := normalWords(e.Source)
		if !p.judge(e, words) {
			continue
		}
		key := strings.Join(words, " ")
		if i, found := earlier[key]; found {
			if g.entries[i].English != e.English {
				p.add(e.Line, "contradicts line %d: the same source has another English", g.entries[i].Line)
			}
			continue
		}
		earlier[key] = len(g.entries)
		g.first[words[0]] = append(g.first[words[0]], len(g.entries))
		g.entries, g.words = append(g.entries, e), append(g.words, words)
	}
	if len(entries) == 0 && len(p.Problems) == 0 {
		p.add(0, "holds no entry")
	}
	if err := p.err(); err != nil {
		return nil, err
	}
	g.digest = digestOf(g.entries)
	return g, nil
}

// judge reports whether an entry can be used.
func (p *problems) judge(e Entry, words []string) bool {
	before := len(p.Problems) + p.More
	side := func(name, text string) {
		switch {
		case text == "":
			p.add(e.Line, "%s is empty", name)
		case len(text) > maxSide:
			p.add(e.Line, "%s must be at most %d bytes", name, maxSide)
		case !utf8.ValidString(text):
			p.add(e.Line, "%s is not UTF-8", name)
		case strings.ContainsFunc(text, steers):
			p.add(e.Line, "%s must not contain control characters", name)
		}
	}
	side("source", e.Source)
	side("english", e.English)
	if e.Source != "" && len(words) == 0 {
		p.add(e.Line, "source has no letter or digit")
	}
	if e.Kind != "" && !slices.Contains(Kinds(), e.Kind) {
		p.add(e.Line, "kind must be one of: %s", strings.Join(Kinds(), ", "))
	}
	if len(e.Note) > maxNote || strings.ContainsFunc(e.Note, steers) || !utf8.ValidString(e.Note) {
		p.add(e.Line, "note must be one line of at most %d bytes", maxNote)
	}
	return len(p.Problems)+p.More == before
}

// steers tells characters that steer a terminal or turn what stands beside
// them around.
func steers(r rune) bool {
	return unicode.IsControl(r) || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069
}

// digestOf identifies what decides an answer, in whatever format and order it
// was written: sources and English, not kinds and notes.
func digestOf(entries []Entry) string {
	sorted := slices.SortedFunc(slices.Values(entries), func(a, b Entry) int { return cmp.Compare(a.Source, b.Source) })
	h := sha256.New()
	for _, e := range sorted {
		for _, field := range []string{e.Source, e.English} {
			h.Write([]byte(strconv.Itoa(len(field)) + ":" + field))
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}

// Len is the number of entries.
func (g *Glossary) Len() int {
	if g == nil {
		return 0
	}
	return len(g.entries)
}

// Entries in the order of the file.
func (g *Glossary) Entries() []Entry {
	if g == nil {
		return nil
	}
	return slices.Clone(g.entries)
}

// Digest names the glossary in receipts; "" for an empty one.
func (g *Glossary) Digest() string {
	if g == nil {
		return ""
	}
	return g.digest
}

// Key is equal for spellings of one source: entries of one key contradict each
// other unless their English is the same.
func Key(source string) string { return strings.Join(normalWords(source), " ") }

// Has reports whether a spelling of the source is in the glossary.
func (g *Glossary) Has(source string) bool {
	words := normalWords(source)
	if g == nil || len(words) == 0 {
		return false
	}
	return slices.ContainsFunc(g.first[words[0]], func(i int) bool { return slices.Equal(g.words[i], words) })
}

func normalWords(text string) []string {
	var words []string
	for _, w := range wordsOf(text) {
		words = append(words, w.normal)
	}
	return words
}

// word is a word of a text, and its normal form.
type word struct {
	start, end int // in bytes
	normal     string
}

// wordsOf splits at all that is no letter, digit or mark. Words that normalize
// to nothing are none.
func wordsOf(text string) []word {
	var words []word
	start := -1
	end := func(at int) {
		if start >= 0 {
			if normal := clean.Normalize(text[start:at]); strings.TrimSpace(normal) != "" {
				words = append(words, word{start, at, normal})
			}
		}
		start = -1
	}
	for i, r := range text {
		// Joiners stand inside words, and are dropped in the normal form.
		if unicode.In(r, unicode.L, unicode.N, unicode.M, unicode.Cf) {
			if start < 0 {
				start = i
			}
			continue
		}
		end(i)
	}
	end(len(text))
	return words
}
