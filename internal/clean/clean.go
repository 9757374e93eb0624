package clean

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/mujaz/mujaz/internal/lang"
)

const (
	// MaxText bounds plain text in bytes. The longest article in the corpora has 21 kB, and
	// 300,000 words of Arabic are about 3.3 MB.
	MaxText = 16 << 20
	// MaxHTML bounds a page in bytes. The heaviest news page seen has 2 MB.
	MaxHTML = 8 << 20
)

// Errors for input that holds no text to clean. Nothing is said about the content beyond that.
var (
	// ErrBinary is returned for PDF, images, archives and base64: the producer sent a file.
	ErrBinary = errors.New("input is binary data, not text")
	// ErrTooLarge is returned above MaxText or MaxHTML.
	ErrTooLarge = errors.New("input is too large")
	// ErrUndecodable is returned where more than 1 % of the text is not valid in any encoding tried.
	ErrUndecodable = errors.New("input is not valid UTF-8 and no other encoding fits")
)

// Input is one article as it was scraped. One of Text and HTML is used: HTML if it is not empty.
type Input struct {
	Title string // as the producer knows it; empty: taken from the page or a repeated headline
	Text  string // bytes as scraped; a whole page is noticed and read as HTML
	HTML  string // bytes as served; any charset that the page declares is decoded
	URL   string // resolves nothing over the network
	Lang  string // hint (ISO 639-1), used only where the text itself does not tell
}

// Paragraph is a numbered piece of the article. IDs run from 1 without gaps.
type Paragraph struct {
	ID   int    `json:"id"`
	Text string `json:"text"`
	Lang string `json:"lang,omitempty"` // ISO 639-1; empty: unknown
}

// Removal is something that was taken out of the article.
type Removal struct {
	Kind Kind `json:"kind"`
	// Chars is the length in characters (runes) of what was removed.
	Chars int `json:"chars"`
	// Text is what was removed, cut after 400 bytes. It is empty for KindPage and
	// KindCharacters, and for what comes after the first 200 removals.
	Text string `json:"text,omitempty"`
}

// Article is a cleaned article.
type Article struct {
	Title    string `json:"title,omitempty"`
	Byline   string `json:"byline,omitempty"`
	SiteName string `json:"site_name,omitempty"`
	// Language is the ISO 639-1 code of the main language; empty: unknown.
	Language string `json:"language,omitempty"`
	// PublishedAt is what the page's metadata says; zero: it says nothing.
	PublishedAt time.Time   `json:"published_at,omitzero"`
	Paragraphs  []Paragraph `json:"paragraphs"`
	Removed     []Removal   `json:"removed,omitempty"`
	// Words are runs of letters and digits between spaces; Letters are counted in paragraphs only.
	Words   int `json:"words"`
	Letters int `json:"letters"`
	// Repairs names what was wrong with the encoding or layout and has been put right.
	Repairs []string `json:"repairs,omitempty"`
	// Skip says why there is nothing to summarize; empty: there is.
	Skip SkipReason `json:"skip,omitempty"`
}

// Text returns the paragraphs joined by a blank line.
func (a Article) Text() string {
	n := 0
	for i := range a.Paragraphs {
		n += len(a.Paragraphs[i].Text) + 2
	}
	var b strings.Builder
	b.Grow(n)
	for i := range a.Paragraphs {
		if i > 0 {
			b.WriteString("\n\n")
		}
		b.WriteString(a.Paragraphs[i].Text)
	}
	return b.String()
}

// Clean cleans one article. Empty and letterless input is no error: Article.Skip tells. The
// errors are ErrBinary, ErrTooLarge and ErrUndecodable, wrapped. Time and memory are linear in
// the size of the input.
func Clean(in Input) (Article, error) {
	if len(in.Text) > MaxText || len(in.HTML) > MaxHTML {
		return Article{}, fmt.Errorf("clean article of %d bytes: %w", len(in.Text)+len(in.HTML), ErrTooLarge)
	}
	c := cleaner{}
	title, err := c.title(in.Title)
	if err != nil {
		return Article{}, fmt.Errorf("clean title: %w", err)
	}
	c.article.Title = title
	switch {
	case in.HTML != "":
		err = c.readHTML(in.HTML, in.URL)
	case isPage(strings.TrimPrefix(in.Text, "\ufeff")): // a file may be either
		c.repaired(RepairMarkup)
		err = c.readHTML(in.Text, in.URL)
	default:
		err = c.readText(in.Text)
	}
	if err != nil {
		return Article{}, fmt.Errorf("clean article: %w", err)
	}
	c.splitLong()
	c.dropResidue()
	if err := c.settle(); err != nil {
		return Article{}, fmt.Errorf("clean article: %w", err)
	}
	c.finish(in.Lang)
	return c.article, nil
}

// settle takes the result through the stages again until nothing changes, for the sake of the
// promise that cleaning twice is cleaning once: without its residue, a text may show damage that
// did not show before. Ordinary text has nothing to settle and is not looked at again.
func (c *cleaner) settle() error {
	for range maxRounds {
		if c.seen.settled() {
			return nil
		}
		var b strings.Builder
		for _, l := range c.lines {
			b.WriteString(l.text)
			b.WriteString("\n\n")
		}
		again := cleaner{article: Article{Title: c.article.Title, Byline: c.article.Byline, Repairs: c.article.Repairs, Removed: c.article.Removed}}
		if err := again.readText(b.String()); err != nil {
			return err
		}
		again.splitLong()
		again.dropResidue()
		c.article.Title, c.article.Byline = again.article.Title, again.article.Byline
		c.article.Repairs, c.article.Removed = again.article.Repairs, again.article.Removed
		if slices.EqualFunc(c.lines, again.lines, func(x, y line) bool { return x.text == y.text }) {
			return nil
		}
		c.lines, c.seen = again.lines, again.seen
	}
	return nil
}

// cleaner carries one article through the stages.
type cleaner struct {
	article Article
	lines   []line
	buf     []byte
	seen    marks // what the text is known to hold, to skip stages that have nothing to do
}

// line is one paragraph in the making.
type line struct {
	text string
	link bool // all of its text is one link (HTML only)
	head bool // a heading element (HTML only)
}

func (c *cleaner) repaired(what string) {
	if slices.Contains(c.article.Repairs, what) {
		return
	}
	c.article.Repairs = append(c.article.Repairs, what)
}

// title cleans a title to one line.
func (c *cleaner) title(s string) (string, error) {
	if s == "" {
		return "", nil
	}
	var t cleaner // its repairs are of no interest
	s, err := t.plain(s)
	if err != nil {
		return "", err
	}
	return strings.Join(strings.Fields(s), " "), nil
}

func (c *cleaner) readText(s string) error {
	s, err := c.plain(s)
	if err != nil {
		return err
	}
	if isPage(s) {
		c.repaired(RepairMarkup)
		return c.readPage(s, "")
	}
	c.splitLines(s)
	return nil
}

// finish numbers the paragraphs, counts, and tells the languages and whether there is anything
// to summarize.
func (c *cleaner) finish(hint string) {
	a := &c.article
	a.Paragraphs = make([]Paragraph, len(c.lines))
	total := 0
	for i, l := range c.lines {
		a.Paragraphs[i] = Paragraph{ID: i + 1, Text: l.text}
		total += len(l.text)
	}
	main := c.mainLanguage(total)
	a.Language = main.Code
	if main.Confidence < sureLanguage && hint != "" {
		a.Language = strings.ToLower(hint)
		if i := strings.IndexAny(a.Language, "-_"); i > 0 {
			a.Language = a.Language[:i]
		}
	}
	var all lang.Letters
	scripts := make([]lang.Script, len(c.lines))
	for i := range a.Paragraphs {
		l := lang.Count(a.Paragraphs[i].Text)
		scripts[i], _ = l.Dominant()
		for s, n := range l.ByScript {
			all.ByScript[s] += n
		}
		all.Total += l.Total
		a.Words += countWords(a.Paragraphs[i].Text)
	}
	a.Letters = all.Total
	script, _ := all.Dominant()
	for i := range a.Paragraphs {
		p := &a.Paragraphs[i]
		p.Lang = a.Language
		if scripts[i] != script || main.Confidence < sureLanguage {
			if g := lang.Detect(p.Text); g.Confidence >= minLanguage {
				p.Lang = g.Code
			}
		}
	}
	a.Skip = skipReason(a, script)
}

const (
	// sureLanguage is the confidence from which a paragraph in the article's script is taken to
	// be in the article's language without a look.
	sureLanguage = 0.8
	// minLanguage is the confidence from which a single paragraph's own language counts.
	minLanguage = 0.6
)

// mainLanguage detects on a sample that lang.Detect draws from the joined text, without joining
// a long text.
func (c *cleaner) mainLanguage(total int) lang.Guess {
	const enough = 2 << 10
	step := 1
	if total > enough && len(c.lines) > 1 {
		step = max(1, len(c.lines)*enough/total)
		step = max(1, len(c.lines)/step)
	}
	var b strings.Builder
	b.Grow(min(total, enough) + 64)
	for i := 0; i < len(c.lines) && b.Len() < enough; i += step {
		t := c.lines[i].text
		if len(t) > enough {
			t = t[:enough]
		}
		b.WriteString(t)
		b.WriteByte('\n')
	}
	return lang.Detect(b.String())
}

// countWords counts space-separated words that hold a letter or digit; punctuation standing
// alone is no word. Scripts without spaces are counted by the run.
func countWords(s string) int {
	n, in := 0, false
	for i := 0; i < len(s); i++ {
		b := s[i]
		if b == ' ' {
			in = false
		} else if !in && (b >= 0x80 || b-'0' < 10 || (b|0x20)-'a' < 26) {
			in = true
			n++
		}
	}
	return n
}
