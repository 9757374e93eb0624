package clean

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// bodyWords is the length in words from which a block that is no link is taken for running text.
const bodyWords = 12

// tokens reads a page as a stream, in linear time whatever its nesting, and leaves out the
// elements that match skip with all they hold.
type tokens struct {
	z    *html.Tokenizer
	kind html.TokenType
	tag  atom.Atom
	skip func(atom.Atom) bool
	open atom.Atom // the element that is being left out; 0: none
	nest int       // open elements of that name

	consent bool // the present start tag opens a consent dialog
}

func newTokens(s string, skip func(atom.Atom) bool) *tokens {
	return &tokens{z: html.NewTokenizer(strings.NewReader(s)), skip: skip}
}

// next moves to the next token outside of what is left out.
func (t *tokens) next() bool {
	for {
		t.kind = t.z.Next()
		switch t.kind {
		case html.ErrorToken:
			return false
		case html.StartTagToken, html.EndTagToken, html.SelfClosingTagToken:
			name, attrs := t.z.TagName()
			t.tag = atom.Lookup(name)
			t.consent = attrs && t.open == 0 && t.inConsent()
		}
		switch {
		case t.open == 0 && t.kind == html.StartTagToken && (t.skip(t.tag) || t.consent):
			t.open, t.nest = t.tag, 1
		case t.open == 0:
			return true
		case t.tag == t.open && t.kind == html.StartTagToken:
			t.nest++
		case t.tag == t.open && t.kind == html.EndTagToken:
			if t.nest--; t.nest == 0 {
				t.open = 0
			}
		}
	}
}

// inConsent reports whether the present start tag opens a consent dialog.
func (t *tokens) inConsent() bool {
	for more := true; more; {
		var key, value []byte
		key, value, more = t.z.TagAttr()
		if (string(key) == "id" || string(key) == "class") && isConsent(string(value)) {
			return t.tag != 0 && t.tag != atom.Body && t.tag != atom.Html
		}
	}
	return false
}

func (t *tokens) text() string { return html.UnescapeString(string(t.z.Raw())) }

// invisible are the elements whose text no reader sees.
func invisible(a atom.Atom) bool {
	switch a {
	case atom.Script, atom.Style, atom.Noscript, atom.Template, atom.Svg, atom.Iframe, atom.Object, atom.Textarea, atom.Select, atom.Title, atom.Math:
		return true
	}
	return false
}

// beside are the elements that stand beside an article.
func beside(a atom.Atom) bool {
	switch a {
	case atom.Nav, atom.Footer, atom.Aside, atom.Form, atom.Button, atom.Figcaption:
		return true
	}
	return invisible(a)
}

// streamBlocks is the plain walk: one line per block, from the first block of running text to
// the last. Menus and footers without a sentence fall off at both ends.
func streamBlocks(s string) []line {
	w := &blockWriter{}
	t := newTokens(s, beside)
	for t.next() {
		switch t.kind {
		case html.TextToken:
			w.add(t.text())
		case html.StartTagToken, html.EndTagToken, html.SelfClosingTagToken:
			w.tag(t.tag, t.kind)
		}
	}
	w.flush()
	first, last := -1, -1
	for i, l := range w.lines {
		if !l.link && strings.Count(l.text, " ")+1 >= bodyWords {
			if first < 0 {
				first = i
			}
			last = i
		}
	}
	if first < 0 {
		return w.lines
	}
	return w.lines[first : last+1]
}

func (w *blockWriter) tag(a atom.Atom, kind html.TokenType) {
	switch {
	case a == atom.A:
		w.inLink = 0
		if kind == html.StartTagToken {
			w.inLink = 1
		}
	case a == atom.Td || a == atom.Th:
		w.space = true
	case isHeading(a):
		w.flush()
		w.head = 0
		if kind == html.StartTagToken {
			w.head = 1
		}
	case isBlock(a) || a == atom.Br:
		w.flush()
	}
}

// visibleLen counts the characters of a page that a reader could see.
func visibleLen(s string) int {
	w := &blockWriter{}
	t := newTokens(s, invisible)
	n := 0
	for t.next() {
		switch t.kind {
		case html.TextToken:
			w.add(t.text())
		case html.StartTagToken, html.EndTagToken, html.SelfClosingTagToken:
			w.tag(t.tag, t.kind)
			n += textLen(w.lines)
			w.lines = w.lines[:0]
		}
	}
	w.flush()
	return n + textLen(w.lines)
}
