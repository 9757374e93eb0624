package verify

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	// foreignShare is the share of letters in other scripts above which a field
	// is not English, whatever it quotes.
	foreignShare = 0.30
	// judgeWords is the number of words from which the words of a text tell its
	// language; a headline of names has none of them.
	judgeWords = 8
	// longQuote is the number of words in another script, quoted or not, above
	// which a field has left English.
	longQuote = 8
)

// checkLanguage holds each field to English: the script of its letters first,
// then the function words of each sentence. Names and quotations in the
// source's script are tolerated inside quotation marks and brackets.
func checkLanguage(_ *Prepared, _ *Output, fields []field, _ Limits) []Check {
	var found []Check
	words := 0
	for i := range fields {
		f := &fields[i]
		s := scanScripts(f.text)
		words += s.words
		switch {
		case s.latin+s.foreign == 0:
			continue
		case float64(s.foreign) > foreignShare*float64(s.latin+s.foreign):
			found = append(found, Check{
				Verdict: Fail, OutputSpan: f.span(s.first, s.last),
				Detail: fmt.Sprintf("The %s is not in English: %d of %d letters are in another script.", fieldNoun(f.name), s.foreign, s.latin+s.foreign),
			})
		case s.loose > 1 || s.others > longQuote:
			found = append(found, Check{
				Verdict: Fail, OutputSpan: f.span(s.first, s.last),
				Detail: fmt.Sprintf("The %s mixes languages: %d words are left in another script.", fieldNoun(f.name), s.others),
			})
		case s.loose == 1:
			found = append(found, Check{
				Verdict: CannotJudge, OutputSpan: f.span(s.first, s.last),
				Detail: fmt.Sprintf("One word of the %s is in another script; it may be a name.", fieldNoun(f.name)),
			})
		default:
			if start, end, sure := foreignStretch(f.text, f.lower); end > 0 {
				verdict, detail := Fail, "A part of the %s is not in English."
				if !sure {
					verdict, detail = CannotJudge, "A part of the %s may not be in English."
				}
				found = append(found, Check{Verdict: verdict, OutputSpan: f.span(start, end), Detail: fmt.Sprintf(detail, fieldNoun(f.name))})
			}
		}
		if len(found) > 4*maxFindings {
			return found
		}
	}
	if len(found) == 0 && len(fields) > 0 && words < judgeWords/2 {
		found = append(found, Check{Verdict: CannotJudge, Detail: "The output is too short to tell its language."})
	}
	return found
}

// scripts is what scanScripts counts.
type scripts struct {
	latin, foreign int // letters
	words          int // words of any script
	others         int // foreign words; each character of scripts without spaces
	loose          int // those outside quotation marks and brackets
	first, last    int // bytes from the first to the last foreign letter that counts
}

func scanScripts(text string) scripts {
	s := scripts{first: -1}
	quoted, prev := 0, byte(0) // prev: l latin word, f foreign word
	for i := 0; i < len(text); {
		c := text[i]
		if c < utf8.RuneSelf {
			switch {
			case c|0x20 >= 'a' && c|0x20 <= 'z':
				s.latin++
				if prev == 0 {
					s.words++
				}
				prev = 'l'
				if quoted == 1 { // quoted English, or a mark without its counterpart
					quoted = 0
				}
			case c == '"':
				quoted ^= 1
				prev = 0
			case c == '(' || c == '[':
				quoted += 2
				prev = 0
			case c == ')' || c == ']':
				quoted = max(quoted-2, quoted&1)
				prev = 0
			case c != '\'':
				prev = 0
			}
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(text[i:])
		switch {
		case r == '“' || r == '«':
			quoted += 2
			prev = 0
		case r == '”' || r == '»':
			quoted = max(quoted-2, quoted&1)
			prev = 0
		case unicode.Is(unicode.Latin, r):
			s.latin++
			if prev == 0 {
				s.words++
			}
			prev = 'l'
		case unicode.IsLetter(r):
			s.foreign++
			if prev != 'f' || r >= 0x3040 && r <= 0x9fff {
				s.words++
				s.others++
				if quoted == 0 {
					s.loose++
				}
			}
			if s.first < 0 {
				s.first = i
			}
			s.last = i + size
			prev = 'f'
		case !unicode.IsMark(r) && r != '’':
			prev = 0
		}
		i += size
	}
	return s
}

// sentences yields the byte bounds of the sentences of text: what ends in a
// full stop, question or exclamation mark before white space, or in a new line.
func sentences(text string) func(yield func(int, int) bool) {
	return func(yield func(int, int) bool) {
		start := 0
		for i := 0; i < len(text); i++ {
			end := text[i] == '\n' || (text[i] == '.' || text[i] == '!' || text[i] == '?') && (i+1 == len(text) || text[i+1] == ' ' || text[i+1] == '\n' || text[i+1] == '"')
			if !end {
				continue
			}
			if strings.TrimSpace(text[start:i+1]) != "" && !yield(start, i+1) {
				return
			}
			start = i + 1
		}
		if strings.TrimSpace(text[start:]) != "" {
			yield(start, len(text))
		}
	}
}
