package clean

import (
	"errors"
	"log/slog" //nolint:depguard // the extractor takes no other, and gets one that discards
	"net/url"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	readability "codeberg.org/readeck/go-readability/v2"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
	"golang.org/x/net/html/charset"
)

const (
	// maxTags bounds the pages that are built as a tree; beyond, the page is read as a stream.
	// The heaviest page in the corpora has 9,000 elements.
	maxTags = 40_000
	// maxTree bounds the bytes of pages that are built as a tree.
	maxTree = 4 << 20
	// maxTagBytes bounds one tag; a megabyte of attributes is no news.
	maxTagBytes = 64 << 10
	// minExtract is the length in characters below which the extractor's find is doubted, and
	// the plain walk's is taken if it has more than twice as much.
	minExtract = 400
)

// readHTML reads a page as it was served.
func (c *cleaner) readHTML(raw, base string) error {
	s, err := c.decodeHTML(raw, "")
	if err != nil {
		return err
	}
	return c.readPage(s, base)
}

// decodeHTML returns valid UTF-8. A page that is valid UTF-8 is UTF-8, whatever it declares.
// contentType is the header with which it came, if any.
func (c *cleaner) decodeHTML(raw, contentType string) (string, error) {
	if text, ok := decodeUTF16(raw); ok {
		c.repaired(RepairUTF16)
		raw = text
	}
	if isBinary(raw) {
		return "", ErrBinary
	}
	raw = strings.TrimPrefix(raw, "\ufeff")
	if utf8.ValidString(raw) {
		return raw, nil
	}
	enc, name, certain := charset.DetermineEncoding([]byte(raw[:min(len(raw), 4<<10)]), contentType)
	if name != "utf-8" && (certain || name != "windows-1252") {
		if text, err := enc.NewDecoder().String(raw); err == nil {
			c.repaired(RepairCharset + name)
			return text, nil
		}
	}
	// Declared as UTF-8 and broken, or not declared at all.
	clean := strings.ToValidUTF8(raw, "")
	if float64(len(raw)-len(clean)) <= maxBroken*float64(len(raw)) {
		c.repaired(RepairInvalid)
		c.droppedChars(len(raw) - len(clean))
		return clean, nil
	}
	if text, ok := decodeArabic1256(raw); ok {
		c.repaired(RepairCharset + "windows-1256")
		return text, nil
	}
	if name == "windows-1252" {
		if text, err := enc.NewDecoder().String(raw); err == nil {
			c.repaired(RepairCharset + name)
			return text, nil
		}
	}
	return "", ErrUndecodable
}

// readPage finds the article in a page: by the extractor, or by a walk over the blocks where the
// page is too large or too deep for a tree, or where the extractor finds too little.
func (c *cleaner) readPage(s, base string) error {
	lines, found := c.extract(s, base)
	if !found || textLen(lines) < minExtract {
		walked := streamBlocks(s)
		if !found || textLen(walked) > 2*textLen(lines) {
			lines = walked
		}
	}
	return c.setLines(lines, s)
}

// setLines takes lines that were read from a page through the same repairs as plain text.
func (c *cleaner) setLines(lines []line, page string) error {
	var b strings.Builder
	for i, l := range lines {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(l.text)
	}
	text := b.String()
	m := look(text)
	if float64(m.broken) > maxBroken*float64(m.runes) {
		return ErrUndecodable
	}
	if fixed, ok := c.fixMojibake(text, m); ok {
		text, m = fixed, look(fixed)
	}
	c.seen = m
	text = c.display(text, m)
	i := 0
	c.lines = make([]line, 0, len(lines))
	for t := range strings.SplitSeq(text, "\n") {
		if t = collapse(strings.TrimSpace(t)); t != "" {
			l := lines[min(i, len(lines)-1)]
			l.text = t
			c.lines = append(c.lines, l)
		}
		i++
	}
	kept := utf8.RuneCountInString(text)
	if all := visibleLen(page); all > kept {
		c.article.Removed = append(c.article.Removed, Removal{Kind: KindPage, Chars: all - kept})
	}
	return nil
}

func textLen(lines []line) int {
	n := 0
	for _, l := range lines {
		n += utf8.RuneCountInString(l.text)
	}
	return n
}

// extract runs the extractor and renders what it found. found is false where the page cannot be
// built as a tree or holds no article for it.
func (c *cleaner) extract(s, base string) (lines []line, found bool) {
	if len(s) > maxTree || strings.Count(s, "<") > 2*maxTags || hugeTag(s) {
		c.repaired(RepairStreamed)
		return nil, false
	}
	doc, err := html.Parse(strings.NewReader(s)) // refuses more than 512 levels
	if err != nil {
		c.repaired(RepairStreamed)
		return nil, false
	}
	page := readMeta(doc)
	pruneConsent(doc)
	pruneHidden(doc)
	stated := statedBody(doc)
	art, err := runExtractor(doc, base)
	if err != nil {
		return nil, false
	}
	c.facts(art, page)
	var captions []string
	if art.Node != nil {
		lines, captions = render(art.Node)
	}
	if float64(textLen(stated)) > minMore*float64(textLen(lines)) {
		return stated, true
	}
	for _, caption := range captions {
		c.removed(KindCaption, caption)
	}
	return lines, art.Node != nil
}

// errExtractor stands for a panic of the extractor.
var errExtractor = errors.New("extractor panicked")

// runExtractor shields from panics of the extractor: it handles hostile input, and the walk over
// the blocks is there to fall back on.
func runExtractor(doc *html.Node, base string) (art readability.Article, err error) {
	defer func() {
		if recover() != nil {
			err = errExtractor
		}
	}()
	u, err := url.Parse(base)
	if err != nil || base == "" {
		u = nil
	}
	p := readability.NewParser()
	p.MaxElemsToParse = maxTags
	p.Logger = slog.New(slog.DiscardHandler)
	return p.ParseAndMutate(doc, u)
}

// meta is what a page says about itself beyond what the extractor reads.
type meta struct{ h1, ogTitle string }

// readMeta must run before the extractor, which takes the tree apart.
func readMeta(doc *html.Node) meta {
	var m meta
	h1s := 0
	for n := range doc.Descendants() {
		switch n.DataAtom {
		case atom.H1:
			h1s++
			m.h1 = nodeText(n)
		case atom.Meta:
			if attr(n, "property") == "og:title" {
				m.ogTitle = strings.TrimSpace(attr(n, "content"))
			}
		}
	}
	if h1s != 1 {
		m.h1 = ""
	}
	return m
}

// facts keeps what the page says about the article. A title from the producer wins.
func (c *cleaner) facts(art readability.Article, page meta) {
	a := &c.article
	if a.Title == "" {
		a.Title, _ = c.title(pageTitle(art.Title(), page))
	}
	a.Byline, _ = c.title(art.Byline())
	if utf8.RuneCountInString(a.Byline) > maxByline {
		a.Byline = ""
	}
	a.SiteName, _ = c.title(art.SiteName())
	if t, err := art.PublishedTime(); err == nil && t.Year() > 1900 && t.Year() < 2200 {
		a.PublishedAt = t.Round(0).In(fixedZone(t))
	}
}

// fixedZone keeps the offset that the page gave and drops the machine's own zone, so that the
// same page gives the same article everywhere.
func fixedZone(t time.Time) *time.Location {
	_, offset := t.Zone()
	if offset == 0 {
		return time.UTC
	}
	return time.FixedZone("", offset)
}

// maxByline is the length in characters above which a byline is something else.
const maxByline = 120

// pageTitle prefers the only first-level heading where the document title begins with or holds
// it: the document title has the site's name behind it.
func pageTitle(title string, page meta) string {
	if page.h1 != "" && (strings.Contains(Normalize(title), Normalize(page.h1)) || strings.Contains(Normalize(page.ogTitle), Normalize(page.h1))) && len(strings.Fields(page.h1)) > 2 {
		return page.h1
	}
	return title
}

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

func nodeText(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
			b.WriteByte(' ')
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// hugeTag reports a tag longer than maxTagBytes, by the distance of its brackets.
func hugeTag(s string) bool {
	for {
		i := strings.IndexByte(s, '<')
		if i < 0 {
			return false
		}
		s = s[i:]
		if len(s) < maxTagBytes {
			return false
		}
		// Script bodies have no brackets to speak of either; they are no tags.
		if len(s) > 1 && (s[1] == '/' || unicode.IsLetter(rune(s[1]))) && strings.IndexByte(s[:maxTagBytes], '>') < 0 {
			return true
		}
		s = s[1:]
	}
}
