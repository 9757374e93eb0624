package worker

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/clipperhouse/uax29/v2/sentences"

	"github.com/mujaz/mujaz/internal/verify"
)

// claim is one statement of an answer, where it stands.
type claim struct {
	field string // as in a verify.Span
	text  string
	start int // in code points of the field
}

// maxClaims bounds what one judge call is asked about. The longest style has
// some 20; models lose count of long lists.
const maxClaims = 60

// claimsOf splits a summary: the headline, each sentence of the summary, each
// key point. The same answer gives the same claims, which is what a verdict's
// number refers to.
func claimsOf(a answer) []claim {
	claims := appendSentences(nil, "headline", a.Headline, false)
	claims = appendSentences(claims, "summary", a.Summary, true)
	for i, k := range a.KeyPoints {
		claims = appendSentences(claims, "key_points["+strconv.Itoa(i)+"]", k.Text, false)
	}
	return claims
}

// appendSentences adds a field, whole or by its sentences.
func appendSentences(claims []claim, field, text string, split bool) []claim {
	start, runes := 0, 0 // of the present claim, and the code points before it
	flush := func(end int) {
		piece := text[start:end]
		lead := len(piece) - len(strings.TrimLeftFunc(piece, unicode.IsSpace))
		if trimmed := strings.TrimSpace(piece); trimmed != "" {
			claims = append(claims, claim{field, trimmed, runes + utf8.RuneCountInString(piece[:lead])})
		}
		runes += utf8.RuneCountInString(piece)
		start = end
	}
	if split {
		it := sentences.FromString(text)
		for it.Next() {
			if endsSentence(text[start:it.End()]) {
				flush(it.End())
			}
		}
	}
	flush(len(text))
	return claims
}

// minClaimWords: what is shorter is a title before a name ("Mr."), not a claim.
const minClaimWords = 3

// endsSentence reports whether a reader sees a border where Unicode's rules do:
// not after "Dr.", an initial, or a beginning of two words. A border too few
// makes one claim of two, which is still judged.
func endsSentence(piece string) bool {
	piece = strings.TrimSpace(piece)
	if strings.Count(piece, " ") < minClaimWords-1 {
		return false
	}
	last := piece[strings.LastIndexByte(piece, ' ')+1:]
	word, dot := strings.CutSuffix(strings.TrimLeft(last, `("'“`), ".")
	if !dot {
		return true
	}
	switch word {
	case "Mr", "Mrs", "Ms", "Dr", "Prof", "Gen", "Col", "Lt", "Sgt", "Maj", "Capt", "Rev", "Hon", "Sen", "Rep", "Gov", "St", "No", "vs", "approx":
		return false
	}
	return len(word) != 1 && !strings.Contains(word, ".") // "J." and "U.S."
}

// maxSpanRunes bounds what a span quotes.
const maxSpanRunes = 160

// span is the claim's place in the output.
func (c claim) span() *verify.Span {
	return quoteSpan(verify.Span{Field: c.field, Start: c.start}, c.text)
}

// quoteSpan makes at span the beginning of text.
func quoteSpan(at verify.Span, text string) *verify.Span {
	at.Text = firstRunes(text, maxSpanRunes)
	at.End = at.Start + utf8.RuneCountInString(at.Text)
	return &at
}

func firstRunes(s string, n int) string {
	for i := range s {
		if n == 0 {
			return s[:i]
		}
		n--
	}
	return s
}
