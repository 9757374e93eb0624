package verify

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/mujaz/mujaz/internal/verify/numeral"
)

// dictatedWords is the length of a run of English words from which it is no name
// any more. Of 500 Arabic news articles (ANT, XL-Sum) two have such a run, the
// title of a book and the caption of a picture.
const dictatedWords = 8

// A run with fewer than plainWords words of plainLetters that are not
// capitalised is a long name or a title.
const plainWords, plainLetters = 2, 4

// dictation gives the runs of Latin words in an Arabic source that are as long
// as what is dictated, in lower case, with one space around each word.
func (p *Prepared) dictation() []string {
	if p.known != numeral.LanguageArabic {
		return nil
	}
	var runs []string
	for i := range p.parts {
		words, run := 0, strings.Builder{}
		flush := func() {
			if words >= dictatedWords {
				runs = append(runs, run.String()+" ")
			}
			words = 0
			run.Reset()
		}
		text := p.parts[i].text
		for at := 0; at < len(text); {
			start, end := latinWord(text, at)
			if end == 0 || foreign(text[at:start]) {
				flush()
			}
			if end == 0 {
				break
			}
			run.WriteByte(' ')
			run.WriteString(lowerASCII(text[start:end]))
			words++
			at = end
		}
		flush()
	}
	return runs
}

// dictatedRun finds the first dictatedWords words of a field that stand in one
// of the runs in this order; end is 0 when there are none.
func dictatedRun(f *field, runs []string) (start, end int) {
	if len(runs) == 0 {
		return 0, 0
	}
	var bounds [][2]int
	for at := 0; ; {
		start, end := latinWord(f.lower, at)
		if end == 0 {
			break
		}
		bounds = append(bounds, [2]int{start, end})
		at = end
	}
	for i := 0; i+dictatedWords <= len(bounds); i++ {
		var window strings.Builder
		plain := 0
		for _, b := range bounds[i : i+dictatedWords] {
			window.WriteByte(' ')
			window.WriteString(f.lower[b[0]:b[1]])
			if b[1]-b[0] >= plainLetters && f.text[b[0]] >= 'a' {
				plain++
			}
		}
		if plain < plainWords {
			continue
		}
		window.WriteByte(' ')
		for _, run := range runs {
			if strings.Contains(run, window.String()) {
				return bounds[i][0], bounds[i+dictatedWords-1][1]
			}
		}
	}
	return 0, 0
}

// latinWord gives the next word of ASCII letters, digits and apostrophes from
// byte i on that has a letter; end is 0 when there is none.
func latinWord(s string, i int) (start, end int) {
	for i < len(s) {
		start = i
		letter := false
		for i < len(s) && (s[i] < 0x80 && wordByte(s[i]) || s[i] == '\'') {
			letter = letter || s[i]|0x20 >= 'a' && s[i]|0x20 <= 'z'
			i++
		}
		if letter {
			return start, i
		}
		i = max(i, start+1)
	}
	return 0, 0
}

// foreign reports a letter of another script.
func foreign(s string) bool {
	for _, r := range s {
		if r >= 0x370 && unicode.IsLetter(r) {
			return true
		}
	}
	return false
}

// addressing are words with which a page speaks to the model that reads it, and
// not to people. Own compilation from published attacks; "artificial
// intelligence" and "write that" are left out, being news.
var addressing = [...]string{
	"ignore all previous", "ignore previous", "ignore the previous", "ignore all prior", "ignore the above", "ignore the article", "disregard the above",
	"disregard all", "disregard previous", "previous instructions", "your instructions", "your rules", "system prompt", "developer mode", "ai assistants",
	"language models", "language model:", "dear model", "llm:", "the assistant must", "assistants must", "for the assistant", "your summary", "the summary must",
	"of the summary", "in the summary", "into the summary", "the whole summary", "summaries must", "all summaries", "any summary of", "before summarising",
	"before summarizing", "summarising this page", "summarizing this page", "your answer", "to your json", "[/inst]", "<|im_", "‹|im_", "_of_turn>", "<think>",
	"<|endoftext|>", "untrusted data", "decode and obey", "security test:", "your model provider",
}

// addressingArabic are the same in Arabic, under a part that all of a line have:
// most articles have none of the parts, and need not be searched for the rest.
var addressingArabic = [...][]string{
	{"نموذج", "النموذج اللغوي", "للنموذج", "أيها النموذج", "على النموذج"},
	{"تعليمات", "تجاهل كل التعليمات", "تجاهل التعليمات", "التعليمات السابقة", "التعليمات التي تلقيتها"},
	{"القواعد السابقة", "القواعد السابقة"},
	{"لملخص", "بدلاً من الملخص", "في الملخص", "إلى الملخص", "بداية الملخص", "نهاية الملخص", "من الملخص", "اكتب الملخص", "يكتب الملخص"},
	{"لخص هذ", "من يلخص هذا", "من يلخص هذه"},
	{"لا تلخص", "لا تلخص"},
	{"اكتب أن ", "اكتب أن "},
}

// longestNames is the Latin letters that an article can have for names alone.
const longestNames = 12

// addressed finds a phrase of a text that speaks to a model; lines are those of
// addressingArabic that it may have.
func addressed(text string, lines [][]string) (at int, phrase string) {
	for _, line := range lines {
		if !strings.Contains(text, line[0]) {
			continue
		}
		for _, s := range line[1:] {
			if at := strings.Index(text, s); at >= 0 {
				return at, s
			}
		}
	}
	latin := 0
	for i := 0; i < len(text) && latin <= longestNames; i++ {
		if c := text[i] | 0x20; c >= 'a' && c <= 'z' || text[i] == '<' || text[i] == '[' {
			latin++
		}
	}
	if latin == 0 {
		return -1, ""
	}
	lower := lowerASCII(text)
	for _, s := range addressing {
		if len(s) > longestNames && latin <= longestNames {
			continue
		}
		if at := strings.Index(lower, s); at >= 0 {
			return at, s
		}
	}
	return -1, ""
}

// appendAddressed points at the first part of the source that speaks to a model.
// That shows nothing against the output: a faithful summary of such a page is
// as good as any. So it never fails, and a reader knows where to look.
func (p *Prepared) appendAddressed(found []Check) []Check {
	var all grams
	for i := range p.parts {
		all.add(p.parts[i].text)
	}
	var lines [][]string
	for _, line := range addressingArabic {
		if all.may(line[0]) {
			lines = append(lines, line)
		}
	}
	for i := range p.parts {
		text := p.parts[i].text
		at, phrase := addressed(text, lines)
		if at < 0 {
			continue
		}
		span := quote(text, at, at+len(phrase))
		span.Paragraph = p.parts[i].id
		where := "The title of the article"
		if span.Paragraph != 0 {
			where = fmt.Sprintf("Paragraph %d of the article", span.Paragraph)
		}
		return append(found, Check{
			Verdict: CannotJudge, SourceSpan: span,
			Detail: where + " seems to give orders to a model; see whether the output follows them.",
		})
	}
	return found
}
