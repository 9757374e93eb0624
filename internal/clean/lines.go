package clean

import (
	"strings"
	"unicode/utf8"

	"github.com/clipperhouse/uax29/v2/sentences"
)

const (
	// maxParagraph is the length in characters above which a paragraph is split on sentence
	// borders, so that a paragraph id points to something a reader can check at a glance. The
	// longest ordinary paragraphs in Arabic news have about 1,000.
	maxParagraph = 1500
	// splitTarget is the length from which a piece ends with its sentence.
	splitTarget = 600
	// wrapColumns is the longest line of text that was wrapped by a mail or terminal program.
	wrapColumns = 100
)

// splitLines makes one line of each line of text that is not blank, and joins lines that were
// only wrapped.
func (c *cleaner) splitLines(s string) {
	c.lines = make([]line, 0, strings.Count(s, "\n")+1)
	spaces := c.seen.spaces || c.seen.dirty
	var block []string // lines of the present block, only while text looks wrapped
	wrapped := isWrapped(s)
	if wrapped {
		c.repaired(RepairUnwrapped)
	}
	for t := range strings.SplitSeq(s, "\n") {
		t = strings.Trim(t, " \t")
		if spaces {
			t = collapse(t)
		}
		if wrapped {
			if t != "" {
				block = append(block, t)
				continue
			}
			t = strings.Join(block, " ")
			block = block[:0]
		}
		if t != "" {
			c.lines = append(c.lines, line{text: t})
		}
	}
	if len(block) > 0 {
		c.lines = append(c.lines, line{text: strings.Join(block, " ")})
	}
}

// collapse makes one space of each run of spaces.
func collapse(s string) string {
	if !strings.Contains(s, "  ") {
		return s
	}
	return strings.Join(strings.Fields(s), " ")
}

// isWrapped reports text whose paragraphs are separated by blank lines and broken into lines of
// nearly one width: all lines but the last of a block are long for the text, and few of them
// end a sentence. One look at a text without blank lines or with a long line ends the matter.
func isWrapped(s string) bool {
	if !strings.Contains(s, "\n\n") || strings.Count(s, "\n") < 6 {
		return false
	}
	inner, ends, shortest, longest, previous := 0, 0, wrapColumns, 0, ""
	for t := range strings.SplitSeq(s, "\n") {
		t = strings.TrimSpace(t)
		n := utf8.RuneCountInString(t)
		if n > wrapColumns {
			return false
		}
		longest = max(longest, n)
		if t != "" && previous != "" {
			inner++
			if endsSentence(previous) {
				ends++
			}
			shortest = min(shortest, utf8.RuneCountInString(previous))
		}
		previous = t
	}
	return inner >= 4 && longest >= 40 && shortest*10 >= longest*6 && ends*3 <= inner
}

// endsSentence reports a line that ends as sentences do, quotation marks and brackets aside.
func endsSentence(s string) bool {
	s = strings.TrimRight(s, "\"'»”’)]} ")
	r, _ := utf8.DecodeLastRuneInString(s)
	switch r {
	case '.', '!', '?', '؟', '۔', '…', '。', '！', '？', '।', ':', '؛':
		return true
	}
	return false
}

// splitLong splits paragraphs above maxParagraph.
func (c *cleaner) splitLong() {
	long := false
	for _, l := range c.lines {
		if len(l.text) > maxParagraph && utf8.RuneCountInString(l.text) > maxParagraph {
			long = true
			break
		}
	}
	if !long {
		return
	}
	c.repaired(RepairSplit)
	out := make([]line, 0, 2*len(c.lines))
	for _, l := range c.lines {
		if len(l.text) <= maxParagraph || utf8.RuneCountInString(l.text) <= maxParagraph {
			out = append(out, l)
			continue
		}
		out = appendPieces(out, l.text)
	}
	c.lines = out
}

// appendPieces cuts text after the first sentence that ends beyond splitTarget characters, and
// sentences longer than maxParagraph at a space.
func appendPieces(out []line, text string) []line {
	start, runes := 0, 0 // of the present piece
	flush := func(end int) {
		if piece := strings.TrimSpace(text[start:end]); piece != "" {
			out = append(out, line{text: piece})
		}
		start, runes = end, 0
	}
	it := sentences.FromString(text)
	for it.Next() {
		n := utf8.RuneCountInString(it.Value())
		if runes > 0 && runes+n > maxParagraph {
			flush(it.Start())
		}
		runes += n
		for runes > maxParagraph {
			cut := start + spaceBefore(text[start:it.End()])
			n = utf8.RuneCountInString(text[cut:it.End()])
			flush(cut)
			runes = n
		}
		if runes >= splitTarget && !endsAbbreviation(it.Value()) {
			flush(it.End())
		}
	}
	flush(len(text))
	return out
}

// spaceBefore returns the place after the last space within the first maxParagraph characters
// of s, or the end of those characters where there is no space in their second half.
func spaceBefore(s string) int {
	end, n := len(s), 0
	for i := range s {
		if n == maxParagraph {
			end = i
			break
		}
		n++
	}
	if i := strings.LastIndexByte(s[:end], ' '); i > end/2 {
		return i + 1
	}
	return end
}

// endsAbbreviation reports a sentence that ends in a short word and a full stop ("د.", "Dr.",
// "Jan."), where Unicode's rules see a border and readers do not.
func endsAbbreviation(s string) bool {
	s = strings.TrimRight(s, " ")
	s, dot := strings.CutSuffix(s, ".")
	if !dot {
		return false
	}
	word := s[strings.LastIndexByte(s, ' ')+1:]
	return utf8.RuneCountInString(word) <= 3
}
