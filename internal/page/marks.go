package page

import (
	"cmp"
	"slices"
	"strings"

	"github.com/mujaz/mujaz/queue"
)

// segment is a piece of text under the same marks.
type segment struct {
	Text string
	// Kind is "fail" or "doubt", empty where nothing is marked.
	Kind string
	// Checks are the ids of the checks in the list, Note their sentences.
	Checks, Note string
}

// mark is a span of a check.
type mark struct {
	check checkView
	span  queue.Span
}

// marks are the spans of a result's checks.
type marks struct{ output, source []mark }

func (m *marks) add(check checkView, c queue.Check) {
	if c.OutputSpan != nil {
		m.output = append(m.output, mark{check, *c.OutputSpan})
	}
	if c.SourceSpan != nil {
		m.source = append(m.source, mark{check, *c.SourceSpan})
	}
}

// in cuts a field of the output into segments.
func (m *marks) in(field, text string) []segment {
	return cut(text, m.output, func(s queue.Span) bool { return s.Field == field })
}

// inParagraph does so with a paragraph of the source; 0 is the title.
func (m *marks) inParagraph(id int, text string) []segment {
	return cut(text, m.source, func(s queue.Span) bool { return s.Field == "" && s.Paragraph == id })
}

// cut divides a text where marks begin and end. A span that does not hold the
// text that it says it holds is left out: better no mark than a wrong one.
func cut(text string, all []mark, here func(queue.Span) bool) []segment {
	if text == "" {
		return nil
	}
	runes := []rune(text)
	var found []mark
	edges := []int{0, len(runes)}
	for _, m := range all {
		s := m.span
		if !here(s) || s.Start < 0 || s.Start >= s.End || s.End > len(runes) || s.Text != "" && s.Text != string(runes[s.Start:s.End]) {
			continue
		}
		found = append(found, m)
		edges = append(edges, s.Start, s.End)
	}
	slices.Sort(edges)
	edges = slices.Compact(edges)
	var segments []segment
	for i := 1; i < len(edges); i++ {
		segments = append(segments, segmentOf(runes, edges[i-1], edges[i], found))
	}
	return segments
}

func segmentOf(runes []rune, start, end int, found []mark) segment {
	s := segment{Text: visible(string(runes[start:end]))}
	var ids, notes []string
	for _, m := range found {
		if m.span.Start > start || m.span.End < end {
			continue
		}
		if m.check.Fails() {
			s.Kind = "fail"
		} else {
			s.Kind = cmp.Or(s.Kind, "doubt")
		}
		ids = append(ids, m.check.ID)
		if note := m.check.Name + ": " + isolate.Replace(m.check.Detail); !slices.Contains(notes, note) {
			notes = append(notes, note)
		}
	}
	s.Checks, s.Note = strings.Join(ids, " "), strings.Join(notes, "\n")
	return s
}

// isolate sets quotations apart where there can be no elements, in a title.
var isolate = strings.NewReplacer("«", "«\u2068", "»", "\u2069»")

// visible shows controls that turn the order of letters around, with which a
// text can be made to read as what it does not say. They are counted in spans,
// so each gives way to one character.
func visible(text string) string {
	return strings.Map(func(r rune) rune {
		switch r {
		case '\u202a', '\u202b', '\u202d', '\u202e':
			return '\uFFFD'
		case '\u202c':
			return '\u200b' // the end of one; nothing by itself
		}
		return r
	}, text)
}
