package clean

import (
	"strings"
	"unicode"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// blockWriter gathers text into lines, one per block element.
type blockWriter struct {
	lines  []line
	text   strings.Builder
	space  bool // a space is due before the next character
	linked int  // bytes of the present line inside links
	inLink int
	head   int
	// plain leaves out what stands beside an article, as the extractor has done for its find.
	plain    bool
	captions []string
}

func (w *blockWriter) add(s string) {
	before := w.text.Len()
	for _, r := range s {
		if unicode.IsSpace(r) || r == 0x200B || r == 0x2028 || r == 0x2029 {
			w.space = true
			continue
		}
		if w.space && w.text.Len() > 0 {
			w.text.WriteByte(' ')
		}
		w.space = false
		w.text.WriteRune(r)
	}
	if w.inLink > 0 {
		w.linked += w.text.Len() - before
	}
}

func (w *blockWriter) flush() {
	if w.text.Len() > 0 {
		w.lines = append(w.lines, line{
			text: w.text.String(),
			link: w.linked*10 >= w.text.Len()*9,
			head: w.head > 0,
		})
	}
	w.text.Reset()
	w.space, w.linked = false, 0
}

// render writes the extracted node as lines. Captions are taken out and listed: they belong to
// pictures that the summary's reader does not see, and mostly end in a credit.
func render(root *html.Node) (lines []line, captions []string) {
	w := &blockWriter{}
	w.node(root)
	w.flush()
	return w.lines, w.captions
}

// node recurses at most as deep as html.Parse allows (512).
func (w *blockWriter) node(n *html.Node) {
	switch n.Type {
	case html.TextNode:
		w.add(n.Data)
		return
	case html.ElementNode:
	default:
		return
	}
	tag := atom.Lookup([]byte(n.Data)) // the extractor renames elements without their DataAtom
	switch tag {
	case atom.Button, atom.Form:
		return
	case atom.Figcaption:
		w.flush()
		w.captions = append(w.captions, nodeText(n))
		return
	case atom.Br:
		w.flush()
		return
	case atom.Td, atom.Th:
		if w.text.Len() > 0 {
			w.add(" | ")
		}
		w.children(n)
		w.space = true
		return
	case atom.A:
		w.inLink++
		w.children(n)
		w.inLink--
		return
	}
	switch {
	case invisible(tag), w.plain && beside(tag):
	case isBlock(tag):
		w.flush()
		if isHeading(tag) {
			w.head++
			defer func() { w.head-- }()
		}
		w.children(n)
		w.flush()
	default:
		w.children(n)
	}
}

func (w *blockWriter) children(n *html.Node) {
	for child := n.FirstChild; child != nil; child = child.NextSibling {
		w.node(child)
	}
}

func isHeading(a atom.Atom) bool {
	return a == atom.H1 || a == atom.H2 || a == atom.H3 || a == atom.H4 || a == atom.H5 || a == atom.H6
}
