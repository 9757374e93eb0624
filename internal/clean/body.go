package clean

import (
	"encoding/json"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// minMore is how much more text than the extractor's a page's own statement of its article must
// have to be taken instead: 1.5 times. The extractor takes one container; sites that break an
// article into several, or whose text is drawn by a script, lose half of it.
const minMore = 2.0

// statedBody returns the article as the page itself states it: the articleBody of its JSON-LD
// (schema.org), or else the elements marked as article body. The extractor takes the tree apart,
// so this must run before.
func statedBody(doc *html.Node) []line {
	if lines := jsonBody(doc); len(lines) > 0 {
		return lines
	}
	w := &blockWriter{plain: true}
	for n := range doc.Descendants() {
		if n.Type == html.ElementNode && isMarkedBody(n) && !insideMarked(n) {
			w.node(n)
			w.flush()
		}
	}
	lines := w.lines[:0]
	for _, l := range w.lines {
		if !l.link {
			lines = append(lines, l)
		}
	}
	return lines
}

// isMarkedBody reports elements that microdata or the commonest class names mark.
func isMarkedBody(n *html.Node) bool {
	if beside(n.DataAtom) {
		return false
	}
	if strings.EqualFold(attr(n, "itemprop"), "articleBody") {
		return true
	}
	for class := range strings.FieldsSeq(attr(n, "class")) {
		switch class {
		case "articleBody", "article-body", "article__body", "article_body", "entry-content", "story-body", "post-body":
			return true
		}
	}
	return false
}

func insideMarked(n *html.Node) bool {
	for p := n.Parent; p != nil; p = p.Parent {
		if p.Type == html.ElementNode && isMarkedBody(p) {
			return true
		}
	}
	return false
}

// jsonBody reads articleBody from the page's JSON-LD scripts.
func jsonBody(doc *html.Node) []line {
	for n := range doc.Descendants() {
		if n.DataAtom != atom.Script || n.FirstChild == nil || !strings.Contains(attr(n, "type"), "ld+json") || !strings.Contains(n.FirstChild.Data, `"articleBody"`) {
			continue
		}
		var v any
		if json.Unmarshal([]byte(n.FirstChild.Data), &v) != nil {
			continue
		}
		body := findBody(v, 4)
		if stripped, ok := stripMarkup(body); ok {
			body = stripped
		}
		var lines []line
		for t := range strings.SplitSeq(body, "\n") {
			if t = strings.Join(strings.Fields(t), " "); t != "" {
				lines = append(lines, line{text: t})
			}
		}
		if len(lines) > 0 {
			return lines
		}
	}
	return nil
}

// findBody looks for the longest articleBody down to the given depth (@graph, lists).
func findBody(v any, depth int) string {
	best := ""
	if depth == 0 {
		return best
	}
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			if b := findBody(e, depth-1); len(b) > len(best) {
				best = b
			}
		}
	case map[string]any:
		best, _ = v["articleBody"].(string)
		if b := findBody(v["@graph"], depth-1); len(b) > len(best) {
			best = b
		}
	}
	return best
}

// pruneConsent takes consent dialogs out of the tree: on pages whose article is drawn by a script
// they are the longest text, and the extractor takes them for the article.
func pruneConsent(doc *html.Node) {
	var found []*html.Node
	for n := range doc.Descendants() {
		if n.Type == html.ElementNode && n.DataAtom != atom.Body && n.DataAtom != atom.Html && isConsent(attr(n, "id")+" "+attr(n, "class")) {
			found = append(found, n)
		}
	}
	for _, n := range found {
		if n.Parent != nil {
			n.Parent.RemoveChild(n)
		}
	}
}

// isConsent knows the markers of the common consent dialogs.
func isConsent(names string) bool {
	for name := range strings.FieldsSeq(names) {
		for _, marker := range []string{"onetrust-", "ot-sdk", "didomi-", "qc-cmp", "sp_message", "cookie-banner", "cookie-consent", "cookie-notice", "cookie-bar", "gdpr-"} {
			if strings.HasPrefix(name, marker) {
				return true
			}
		}
	}
	return false
}
