package verify

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/mujaz/mujaz/internal/verify/numeral"
)

// copiedBytes is the least length of a piece of source that counts as copied;
// shorter ones are names and terms.
const copiedBytes = 32

// checkCopiedSource finds pieces of the source that were left untranslated.
// A source in English is meant to be taken over, so it has no such pieces.
func checkCopiedSource(p *Prepared, _ *Output, fields []field, _ Limits) []Check {
	if p.known == numeral.LanguageEnglish {
		return nil
	}
	var found []Check
	for i := range fields {
		f := &fields[i]
		for from := 0; from < len(f.text) && len(found) < maxFindings; {
			start, end := foreignRun(f.text, from)
			if end == 0 {
				break
			}
			from = end
			if c, ok := p.copied(f, start, end); ok {
				found = append(found, c)
			}
		}
		if p.known == numeral.DigitsOnly { // perhaps in Latin letters
			for start, end := range sentences(f.text) {
				if c, ok := p.copied(f, start, end); ok && len(found) < maxFindings {
					found = append(found, c)
				}
			}
		}
	}
	return found
}

func (p *Prepared) copied(f *field, start, end int) (Check, bool) {
	text := strings.Trim(f.text[start:end], " \n\t.,;:!?\"'")
	if len(text) < copiedBytes || strings.Count(text, " ") < 3 {
		return Check{}, false
	}
	for i := range p.parts {
		at := strings.Index(p.parts[i].text, text)
		if at < 0 {
			continue
		}
		source := quote(p.parts[i].text, at, at+len(text))
		source.Paragraph = p.parts[i].id
		return Check{
			Verdict: Fail, SourceSpan: source, OutputSpan: f.span(start, end),
			Detail: fmt.Sprintf("The %s copies the source without translating it.", fieldNoun(f.name)),
		}, true
	}
	return Check{}, false
}

// foreignRun finds, from byte i on, the next stretch without Latin letters that
// begins and ends in a letter of another script; end is 0 when there is none.
func foreignRun(s string, i int) (start, end int) {
	start = -1
	for i < len(s) {
		r, size := rune(s[i]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRuneInString(s[i:])
		}
		switch {
		case r < utf8.RuneSelf && (r|0x20 >= 'a' && r|0x20 <= 'z'), r >= utf8.RuneSelf && unicode.Is(unicode.Latin, r):
			if start >= 0 {
				return start, end
			}
		case r >= utf8.RuneSelf && unicode.IsLetter(r):
			if start < 0 {
				start = i
			}
			end = i + size
		}
		i += size
	}
	if start < 0 {
		return 0, 0
	}
	return start, end
}
