package clean

import (
	"strconv"
	"strings"

	"golang.org/x/net/html"
)

// Text that a browser shows nowhere is written to machines. The extractor drops
// what is not displayed; this file drops what is displayed where no one sees it,
// as far as the element's own style says so. Style sheets are not read.

const (
	// hiddenShare is the share of a page's text above which nothing of it is taken
	// for hidden: pages fade their article in, as a whole or by paragraphs.
	hiddenShare = 0.25
	// farAway is the pixels from which a position is outside of any screen.
	farAway = -900
	// invisiblePixels is the largest size of letters and boxes that no one sees.
	invisiblePixels = 1
	// invisibleOpacity is the largest opacity that no one sees.
	invisibleOpacity = 0.05
	// maxStyle bounds the bytes of a style that is read; hiding takes few.
	maxStyle = 2 << 10
)

// pruneHidden takes out the elements whose own style hides them, unless they hold
// much of the page.
func pruneHidden(doc *html.Node) {
	var hidden []*html.Node
	size := 0
	for n := range doc.Descendants() {
		if n.Type == html.ElementNode && hiddenByStyle(n) && !within(n, hidden) {
			hidden = append(hidden, n)
			size += treeText(n)
		}
	}
	if len(hidden) == 0 || float64(size) > hiddenShare*float64(treeText(doc)) {
		return
	}
	for _, n := range hidden {
		n.Parent.RemoveChild(n)
	}
}

func hiddenByStyle(n *html.Node) bool {
	style := attr(n, "style")
	return style != "" && len(style) <= maxStyle && hides(style)
}

// within reports whether the last of the nodes, which stand in the order of the
// page, holds n.
func within(n *html.Node, nodes []*html.Node) bool {
	if len(nodes) == 0 {
		return false
	}
	for ; n != nil; n = n.Parent {
		if n == nodes[len(nodes)-1] {
			return true
		}
	}
	return false
}

// treeText is the bytes of text below a node.
func treeText(node *html.Node) int {
	size := 0
	for n := range node.Descendants() {
		if n.Type == html.TextNode {
			size += len(strings.TrimSpace(n.Data))
		}
	}
	return size
}

// hides reports a style that leaves nothing to see.
func hides(style string) bool {
	d := declarations(style)
	if v, ok := number(d["opacity"]); ok && v <= invisibleOpacity {
		return true
	}
	if v, ok := number(d["font-size"]); ok && v <= invisiblePixels && !strings.HasSuffix(d["font-size"], "em") || ok && v == 0 {
		return true
	}
	if v, ok := number(d["text-indent"]); ok && v <= farAway {
		return true
	}
	if position := d["position"]; position == "absolute" || position == "fixed" {
		for _, side := range [...]string{"left", "top", "right", "bottom"} {
			if v, ok := number(d[side]); ok && v <= farAway {
				return true
			}
		}
		if clip := strings.ReplaceAll(d["clip"], " ", ""); strings.HasPrefix(clip, "rect(0,0,0") || strings.HasPrefix(clip, "rect(0px,0px,0") || strings.HasPrefix(clip, "rect(1px,1px,1px") {
			return true
		}
	}
	if strings.HasPrefix(d["clip-path"], "inset(50%") || strings.HasPrefix(d["clip-path"], "inset(100%") || strings.ReplaceAll(d["transform"], " ", "") == "scale(0)" {
		return true
	}
	if d["overflow"] == "hidden" {
		for _, side := range [...]string{"width", "height", "max-height", "max-width"} {
			if v, ok := number(d[side]); ok && v <= invisiblePixels && !strings.HasSuffix(d[side], "%") && !strings.HasSuffix(d[side], "em") {
				return true
			}
		}
	}
	return unseenColor(d)
}

// unseenColor reports text in the color of its own background, or in none.
func unseenColor(d map[string]string) bool {
	text := color(d["color"])
	if text == "transparent" {
		return true
	}
	back := d["background-color"]
	if back == "" {
		back = d["background"]
	}
	return text != "" && text == color(back)
}

// declarations are the properties of a style, in lower case; the last of equal
// ones counts, as in a browser.
func declarations(style string) map[string]string {
	all := map[string]string{}
	for part := range strings.SplitSeq(strings.ToLower(style), ";") {
		name, value, found := strings.Cut(part, ":")
		if found {
			value, _, _ = strings.Cut(value, "!")
			all[strings.TrimSpace(name)] = strings.TrimSpace(value)
		}
	}
	return all
}

// number reads the number that a value begins with, "-9999px".
func number(value string) (float64, bool) {
	end := strings.IndexFunc(value, func(r rune) bool { return (r < '0' || r > '9') && r != '.' && r != '-' && r != '+' })
	if end < 0 {
		end = len(value)
	}
	v, err := strconv.ParseFloat(value[:end], 64)
	return v, err == nil
}

// color brings the common ways to write a color into one.
func color(value string) string {
	switch value {
	case "white":
		return "#ffffff"
	case "black":
		return "#000000"
	}
	value = strings.ReplaceAll(value, " ", "")
	if len(value) == 4 && value[0] == '#' {
		return string([]byte{'#', value[1], value[1], value[2], value[2], value[3], value[3]})
	}
	if strings.HasPrefix(value, "rgba(") && (strings.HasSuffix(value, ",0)") || strings.HasSuffix(value, ",0.0)")) {
		return "transparent"
	}
	switch value {
	case "rgb(255,255,255)":
		return "#ffffff"
	case "rgb(0,0,0)":
		return "#000000"
	case "inherit", "initial", "unset", "none", "currentcolor":
		return ""
	}
	return value
}
