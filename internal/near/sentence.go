package near

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/clipperhouse/uax29/v2/sentences"

	"github.com/mujaz/mujaz/internal/clean"
)

// reader marks the sentences of one article.
type reader struct {
	marks []Mark // of the paragraph at hand
	total int    // of those before
	words int
	// unsaid are the numbers of the title that the text has not had so far.
	unsaid map[string]bool
	key    []byte
}

// paragraph marks the sentences of a paragraph, but for credits. The first that has
// any may begin with a dateline.
func (r *reader) paragraph(text string, first bool) {
	if first {
		var dateline string
		dateline, text = cutDateline(text)
		r.sentence(dateline)
	}
	for s := sentences.FromString(text); s.Next(); {
		r.sentence(s.Value())
	}
}

// sentence marks one sentence; none where it has no word or is a credit.
func (r *reader) sentence(text string) {
	n := r.read(text)
	if n == 0 || n <= maxCredit && !endsSentence(text) && isCredit(r.key) {
		return
	}
	if len(r.unsaid) > 0 {
		for word := range bytes.FieldsSeq(r.key) {
			delete(r.unsaid, string(word))
		}
	}
	r.marks = append(r.marks, markSentence(r.key))
	r.words += n
}

// title takes note of its numbers.
func (r *reader) title(text string) {
	r.read(text)
	r.unsaid = map[string]bool{}
	for word := range bytes.FieldsSeq(r.key) {
		if isNumber(word) {
			r.unsaid[string(word)] = true
		}
	}
}

// read puts the words of text into key, in the form they are compared in, with a
// space behind each, and counts them. What stands between words is dropped, but
// for what changes the sense: a question mark, a sign, a currency, a percent sign.
func (r *reader) read(text string) (words int) {
	r.key = r.key[:0]
	in := false
	prev := ' '
	normal := clean.Normalize(text)
	for i, c := range normal {
		switch {
		case isWord(c):
			if !in {
				words++
			}
			r.key, in = utf8.AppendRune(r.key, c), true
		default:
			if in {
				r.key, in = append(r.key, ' '), false
			}
			if sign := signOf(c, prev, normal[i+utf8.RuneLen(c):]); sign != 0 {
				r.key = append(utf8.AppendRune(r.key, sign), ' ')
			}
		}
		prev = c
	}
	if in {
		r.key = append(r.key, ' ')
	}
	return words
}

func isWord(c rune) bool {
	if c < utf8.RuneSelf {
		return c-'0' < 10 && c >= '0' || c|0x20 >= 'a' && c|0x20 <= 'z'
	}
	return c >= 0x620 && c <= 0x64A || unicode.IsLetter(c) || unicode.IsDigit(c) || unicode.Is(unicode.M, c)
}

// signOf is the form of a character that stands for a word, or 0.
func signOf(c, prev rune, rest string) rune {
	switch {
	case c == '؟' || c == '?':
		return '?'
	case c == '٪' || c == '%':
		return '%'
	case unicode.Is(unicode.Sc, c):
		return c
	case (c == '-' || c == '−' || c == '+') && unicode.IsSpace(prev) && rest != "" && rest[0] >= '0' && rest[0] <= '9':
		if c == '−' {
			return '-'
		}
		return c
	}
	return 0
}

func isNumber(word []byte) bool { return bytes.ContainsAny(word, "0123456789") }

func endsSentence(text string) bool {
	return strings.HasSuffix(strings.TrimRight(text, " \n»\"”'’)"), ".") || strings.ContainsAny(text, "!?؟…")
}
