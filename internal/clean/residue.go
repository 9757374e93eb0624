package clean

import (
	"slices"
	"strings"
	"unicode/utf8"
)

const (
	// maxResidue is the longest line in bytes that is compared with phrases and headlines: 60
	// words of Arabic. Longer lines are article text.
	maxResidue = 700
	// headlineMin and headlineMax bound a headline in words.
	headlineMin = 2
	headlineMax = 30
	// shortWords is the length of lines that are compared as a whole at once, openingWords how
	// much is looked at of longer ones: no phrase has more words.
	shortWords   = 14
	openingWords = 9
	// duplicateMin is the length in words from which a repeated paragraph is a scraping fault;
	// shorter ones may be a refrain or an answer in an interview.
	duplicateMin = 12
	// sentenceWords is the length in words above which a line that ends as sentences do is one,
	// whatever it opens with.
	sentenceWords = 16
	// relatedAfter is how many lines a read-also header in plain text takes with it while the
	// article goes on: one headline. After the body, it takes all headlines to the end.
	relatedAfter = 1
	// maxRounds bounds the rounds of residue removal. A round exposes new edges to the next;
	// corpora need two.
	maxRounds = 16
	// maxRemovals is the number of removals that are listed one by one.
	maxRemovals = 200
	// maxRemovedText is where the text of a removal is cut, in bytes.
	maxRemovedText = 400
)

// fact is what is known about one line.
type fact struct {
	key   string // comparable form; empty for long lines
	part  bool   // key holds the first openingWords words only
	words int
	body  bool // running text
	gone  Kind // why it goes; empty: it stays
	list  bool // a header that announces a list of other articles
}

// dropResidue takes out the lines that are no article text, in rounds until nothing changes.
func (c *cleaner) dropResidue() {
	facts := make([]fact, 0, len(c.lines))
	for range maxRounds {
		facts = c.study(facts[:0])
		c.judge(facts)
		c.dropRepeats(facts)
		c.dropLists(facts)
		if !c.sweep(facts) {
			return
		}
	}
}

// study builds the comparable form of each line: whole for short lines, the first words for
// longer ones. Most lines are paragraphs, and only their opening is ever asked for.
func (c *cleaner) study(facts []fact) []fact {
	for _, l := range c.lines {
		f := fact{words: bodyWords}
		if len(l.text) <= maxResidue {
			f.words = strings.Count(l.text, " ") + 1
			if f.words > shortWords {
				before, after := cutWords(l.text, openingWords)
				c.buf = appendKey(c.buf[:0], before)
				f.part = after != ""
			} else {
				c.buf = appendKey(c.buf[:0], l.text)
			}
			f.key = string(c.buf)
			if !f.part && f.key != "" {
				f.words = strings.Count(f.key, " ") + 1
			}
		}
		f.body = f.words >= bodyWords && !l.link || f.words >= 8 && !l.link && endsSentence(l.text)
		facts = append(facts, f)
	}
	return facts
}

// cutWords splits text after its first n words, counted by spaces.
func cutWords(text string, n int) (before, after string) {
	at := 0
	for range n {
		i := strings.IndexByte(text[at:], ' ')
		if i < 0 {
			return text, ""
		}
		at += i + 1
	}
	return text[:at], text[at:]
}

// fullKey returns the comparable form of the whole line.
func (c *cleaner) fullKey(i int, f *fact) string {
	if f.part {
		return string(appendKey(nil, c.lines[i].text))
	}
	return f.key
}

// edges returns the first and the last line of running text; all before and after is where
// residue gathers. Lines that open with a strong phrase are no running text.
func edges(facts []fact) (first, last int) {
	first, last = len(facts), -1
	for i := range facts {
		if facts[i].body && facts[i].gone == "" {
			first = min(first, i)
			last = i
		}
	}
	return first, last
}

// judge compares each short line with the phrases: first those that count anywhere, then those
// that count before and after the running text that is left.
func (c *cleaner) judge(facts []fact) {
	lex := loadLexicon()
	for i := range facts {
		f := &facts[i]
		if f.key == "" || opensQuote(c.lines[i].text) {
			continue
		}
		if kind, list := c.match(lex, i, f, false); kind != "" {
			f.gone, f.list = kind, list
		} else if c.lines[i].link && !c.lines[i].head && f.words >= 4 && !endsSentence(c.lines[i].text) {
			f.gone = KindRelated
		}
	}
	c.peelBody(lex, facts)
	first, last := edges(facts)
	if first > last && len(facts) > 0 { // no running text at all: only what stands at the border
		first, last = 1, len(facts)-2
	}
	for i := range facts {
		f := &facts[i]
		if f.gone != "" || f.key == "" || opensQuote(c.lines[i].text) {
			continue
		}
		edge := i < first || i > last
		beside := i > 0 && facts[i-1].gone != "" && f.words <= 3 || i+1 < len(facts) && facts[i+1].gone != "" && f.words <= 3
		if !edge && !beside {
			continue
		}
		if kind, list := c.match(lex, i, f, true); kind != "" {
			f.gone, f.list = kind, list
			if kind == KindByline {
				c.byline(c.lines[i].text)
			}
		} else if edge && c.lines[i].link && !endsSentence(c.lines[i].text) {
			f.gone = KindRelated
		}
	}
}

// peelBody finds prompts that are as long as paragraphs: from both ends inwards, until the first
// paragraph that is none.
func (c *cleaner) peelBody(lex *lexicon, facts []fact) {
	peel := func(i int) bool {
		f := &facts[i]
		if !f.body || f.gone != "" {
			return true
		}
		if opensQuote(c.lines[i].text) {
			return false
		}
		if kind, _ := c.match(lex, i, f, true); kind != "" {
			f.body = false
		}
		return !f.body
	}
	for i := range facts {
		if !peel(i) {
			break
		}
	}
	for i := range slices.Backward(facts) {
		if !peel(i) {
			break
		}
	}
}

// match is lexicon.match, with the whole line where it stands at an edge.
func (c *cleaner) match(lex *lexicon, i int, f *fact, edge bool) (kind Kind, list bool) {
	if edge && f.part && f.words <= holdsWords {
		f.key, f.part = c.fullKey(i, f), false
		f.words = strings.Count(f.key, " ") + 1
	}
	return lex.match(c.lines[i].text, f, edge)
}

// holdsWords is the longest line in words that is searched for phrases inside.
const holdsWords = 60

// opensQuote reports a line that begins with a quotation: somebody's words, not the site's.
func opensQuote(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return r == '"' || r == '«' || r == '“' || r == '„' || r == '\''
}

// byline keeps the author that a byline names.
func (c *cleaner) byline(text string) {
	if c.article.Byline != "" {
		return
	}
	rest := afterWords(text, 1)
	for _, p := range []string{"Written by", "Reported by", "Story by", "Reporting by"} {
		if len(text) > len(p) && strings.EqualFold(text[:len(p)], p) {
			rest = text[len(p):]
		}
	}
	c.article.Byline = strings.Trim(rest, " :：-–—|/.")
}

// dropLists takes out the headlines below a read-also header: all to the end of the text, but
// only relatedAfter of them, or those that are links, where the article goes on.
func (c *cleaner) dropLists(facts []fact) {
	_, last := edges(facts)
	for i := range facts {
		if !facts[i].list {
			continue
		}
		for j := i + 1; j < len(facts); j++ {
			l, f := c.lines[j], &facts[j]
			if f.gone != "" {
				continue
			}
			if f.words > 25 || endsSentence(l.text) && f.words >= 8 || l.head && i < last {
				break
			}
			if i < last && !l.link && (j-i > relatedAfter || f.words < 4) {
				break
			}
			f.gone = KindRelated
		}
	}
}

// sweep removes the lines that go and reports whether there were any.
func (c *cleaner) sweep(facts []fact) bool {
	kept := c.lines[:0]
	for i, l := range c.lines {
		if facts[i].gone == "" {
			kept = append(kept, l)
			continue
		}
		c.removed(facts[i].gone, l.text)
	}
	changed := len(kept) < len(facts)
	c.lines = kept
	return changed
}

// removed lists what was taken out.
func (c *cleaner) removed(kind Kind, text string) {
	if text == "" {
		return
	}
	n := utf8.RuneCountInString(text)
	if len(c.article.Removed) >= maxRemovals {
		for i := range c.article.Removed {
			if r := &c.article.Removed[i]; r.Kind == kind && r.Text == "" {
				r.Chars += n
				return
			}
		}
		c.article.Removed = append(c.article.Removed, Removal{Kind: kind, Chars: n})
		return
	}
	if len(text) > maxRemovedText {
		end := maxRemovedText
		for !utf8.RuneStart(text[end]) {
			end--
		}
		text = text[:end] + "…"
	}
	c.article.Removed = append(c.article.Removed, Removal{Kind: kind, Chars: n, Text: strings.Clone(text)})
}
