package clean

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// isPage reports a whole HTML page, by how it begins.
func isPage(s string) bool {
	s = strings.TrimLeft(s, " \t\r\n")
	if s == "" || s[0] != '<' {
		return false
	}
	head := strings.ToLower(s[:min(len(s), 64)])
	for _, tag := range []string{"<!doctype html", "<html", "<head>", "<body"} {
		if strings.HasPrefix(head, tag) {
			return true
		}
	}
	return false
}

// leftovers are what scrapers leave in plain text. Without one of them, text with angle brackets
// and ampersands is left alone.
var leftovers = []string{
	"<br", "<p>", "<p ", "</p>", "</a>", "</div>", "</span>", "</strong>", "</b>", "</em>", "</li>", "</h2>", "</h3>",
	"&nbsp;", "&quot;", "&amp;", "&laquo;", "&raquo;", "&ldquo;", "&rdquo;", "&rsquo;", "&lsquo;", "&ndash;", "&mdash;", "&hellip;", "&zwnj;", "&#", "&lt;br", "&lt;p&gt;", "&lt;/p&gt;",
}

// stripMarkup removes left-over tags and decodes entities in plain text, keeping its line
// breaks. Text that was escaped twice takes two rounds.
func stripMarkup(s string) (string, bool) {
	const rounds = 4
	stripped := false
	for range rounds {
		if !hasLeftovers(s) {
			break
		}
		next := stripTags(s)
		if next == s {
			break
		}
		s, stripped = next, true
	}
	return s, stripped
}

func hasLeftovers(s string) bool {
	if strings.IndexByte(s, '<') < 0 && strings.IndexByte(s, '&') < 0 {
		return false
	}
	for _, l := range leftovers {
		if strings.Contains(s, l) {
			return true
		}
	}
	return false
}

func stripTags(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	z := html.NewTokenizer(strings.NewReader(s))
	skip := atom.Atom(0)
	for {
		kind := z.Next()
		switch kind {
		case html.ErrorToken:
			b.WriteString(html.UnescapeString(string(z.Raw())))
			return b.String()
		case html.TextToken:
			if skip == 0 {
				b.WriteString(html.UnescapeString(string(z.Raw())))
			}
		case html.StartTagToken, html.EndTagToken, html.SelfClosingTagToken:
			raw := string(z.Raw())
			name, _ := z.TagName()
			a := atom.Lookup(name)
			switch {
			case a == 0:
				b.WriteString(raw) // <someone@example.org>
			case a == atom.Script || a == atom.Style:
				skip = 0
				if kind == html.StartTagToken {
					skip = a
				}
			case isBlock(a) || a == atom.Br:
				b.WriteByte('\n')
			}
		}
	}
}

// isBlock reports elements that stand on lines of their own.
func isBlock(a atom.Atom) bool {
	switch a {
	case atom.P, atom.Div, atom.Section, atom.Article, atom.Main, atom.Header, atom.Footer, atom.Aside, atom.Nav,
		atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Ul, atom.Ol, atom.Li, atom.Dl, atom.Dt, atom.Dd,
		atom.Blockquote, atom.Pre, atom.Table, atom.Thead, atom.Tbody, atom.Tfoot, atom.Tr, atom.Caption, atom.Figure,
		atom.Figcaption, atom.Form, atom.Fieldset, atom.Hr, atom.Address, atom.Details, atom.Summary, atom.Body, atom.Html,
		atom.Title, atom.Option, atom.Button, atom.Center:
		return true
	}
	return false
}
