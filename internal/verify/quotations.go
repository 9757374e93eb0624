package verify

import (
	"bytes"
	"fmt"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/mujaz/mujaz/internal/verify/fold"
	"github.com/mujaz/mujaz/internal/verify/numeral"
)

const (
	// speechWords is the number of words from which quoted text is somebody's
	// speech; shorter ones are titles, terms and scare quotes.
	speechWords = 4
	// longSpeech is the number of words that no title has.
	longSpeech = 8
	// maxQuotations bounds the quotations that are looked at in one output.
	maxQuotations = 100
)

// sayingVerbs introduce speech in Arabic news, with or without quotation marks.
// Own compilation.
const sayingVerbs = "قال قالت قالوا قالا يقول تقول يقولون قائلا قائلة قوله قولها أضاف أضافت وأضاف يضيف تابع تابعت أردف أردفت أكد أكدت مؤكدا مؤكدة صرح صرحت تصريح تصريحات أوضح أوضحت موضحا ذكر ذكرت أعلن أعلنت أشار أشارت مشيرا مشيرة لفت لافتا شدد شددت مشددا أفاد أفادت اعتبر اعتبرت معتبرا رأى كتب كتبت غرد غردت علق علقت معلقا رد ردت أجاب أجابت سأل سألت وصف وصفت واصفا دعا دعت حذر حذرت محذرا نقل نقلت نقلا بحسب وفقا بيان كلمة خطاب تغريدة مقابلة حديث"

var sayings = sync.OnceValue(func() [][]byte {
	var verbs [][]byte
	for v := range strings.FieldsSeq(sayingVerbs) {
		verbs = append(verbs, []byte(fold.Text(v)+" "))
	}
	return verbs
})

// checkQuotations holds direct speech of the output to the source: where the
// source quotes nobody, it is invented. Speech that the source only reports
// cannot be judged.
func checkQuotations(p *Prepared, _ *Output, fields []field, _ Limits) []Check {
	if len(p.parts) == 0 {
		return nil
	}
	var found []Check
	checked := 0
	var speech sourceSpeech
	finder := p.names.Finder()
	for i := range fields {
		f := &fields[i]
		for start, end := range quotations(f.text) {
			words := wordCount(f.text[start:end])
			if words < speechWords {
				continue
			}
			if checked++; checked > maxQuotations {
				return found
			}
			if checked == 1 {
				speech = p.speech()
			}
			verdict, detail := p.judgeQuotation(f.text[start:end], words, speech)
			if verdict != Fail {
				if span, wrong := p.wrongSpeaker(f, &finder, start, end); wrong {
					found = append(found, Check{Verdict: Fail, OutputSpan: span, Detail: fmt.Sprintf("The %s quotes %q, who says nothing in the source.", fieldNoun(f.name), span.Text)})
					continue
				}
			}
			if verdict == Pass {
				continue
			}
			found = append(found, Check{Verdict: verdict, OutputSpan: f.span(start, end), Detail: fmt.Sprintf(detail, fieldNoun(f.name))})
		}
	}
	return found
}

// sourceSpeech is what a source has of speech.
type sourceSpeech struct {
	longest  int  // words of its longest quotation
	reported bool // it reports speech, where it quotes none
}

// speech reads the source; only outputs that quote somebody need it.
func (p *Prepared) speech() sourceSpeech {
	s := sourceSpeech{longest: p.longestQuotation()}
	s.reported = s.longest == 0 && (p.known == numeral.DigitsOnly || p.reportsSpeech())
	return s
}

func (p *Prepared) judgeQuotation(text string, words int, speech sourceSpeech) (v Verdict, detail string) {
	if p.known == numeral.LanguageEnglish {
		var quoted fold.Words
		quoted.Add(0, text)
		quoted.Close()
		if bytes.Contains(p.text.Letters, quoted.Letters) {
			return Pass, ""
		}
	}
	longest := speech.longest
	switch {
	case longest == 0 && !speech.reported:
		return Fail, "The %s quotes somebody; the source quotes nobody."
	case longest == 0:
		return CannotJudge, "The %s quotes speech that the source only reports."
	case float64(words) > englishPerSource*float64(longest)+speechWords && words >= longSpeech:
		return CannotJudge, "The %s quotes more than the source does."
	case p.known == numeral.LanguageEnglish && words >= longSpeech:
		return CannotJudge, "The %s quotes words that the source does not have in this order."
	}
	return Pass, ""
}

// longestQuotation gives the number of words of the longest text in quotation
// marks in the source; a mark without its counterpart counts as longSpeech.
func (p *Prepared) longestQuotation() int {
	longest := 0
	for i := range p.parts {
		text := p.parts[i].text
		if !strings.ContainsAny(text, `"«»“”„‹›「』`) {
			continue
		}
		n := 0
		for start, end := range quotations(text) {
			n = max(n, wordCount(text[start:end]))
		}
		if n == 0 {
			n = longSpeech
		}
		longest = max(longest, n)
	}
	return longest
}

// reportsSpeech reports whether a verb of saying stands in the source.
func (p *Prepared) reportsSpeech() bool {
	if p.known == numeral.LanguageEnglish {
		for _, v := range [...]string{" said", " says", " told", " added", " according to", " stated", " announced", " wrote", " tweeted", " replied", " asked", " warned", " insisted"} {
			if bytes.Contains(p.text.Letters, []byte(v)) {
				return true
			}
		}
		return false
	}
	letters := p.text.Letters
	for _, v := range sayings() {
		for at := 0; ; {
			i := bytes.Index(letters[at:], v)
			if i < 0 {
				break
			}
			at += i + 1
			begin := at - 1
			if letters[begin-1] == ' ' || begin > 1 && letters[begin-2] == ' ' { // the verb, or with «و», «ف», «ب»
				return true
			}
		}
	}
	return false
}

// quotations yields the byte bounds of what stands between quotation marks.
func quotations(text string) func(yield func(int, int) bool) {
	return func(yield func(int, int) bool) {
		open, start := rune(0), 0
		for i := 0; i < len(text); {
			r, size := rune(text[i]), 1
			if r >= utf8.RuneSelf {
				r, size = utf8.DecodeRuneInString(text[i:])
			}
			switch {
			case r == '"' && open == r && opens(text, i): // the mark before it has no counterpart
				start = i + size
			case open != 0 && closes(open, r):
				if !yield(start, i) {
					return
				}
				open = 0
			case open == 0 && (r == '"' || r == '“' || r == '«' || r == '„' || r == '‹' || r == '”'):
				open, start = r, i+size
			case r == '\n':
				open = 0
			}
			i += size
		}
	}
}

// opens reports a straight mark that can only open a quotation: a space stands
// before it and none behind.
func opens(text string, i int) bool {
	return i > 0 && (text[i-1] == ' ' || text[i-1] == '(') && i+1 < len(text) && text[i+1] != ' ' && text[i+1] != '\n'
}

func closes(open, r rune) bool {
	switch open {
	case '"':
		return r == '"'
	case '«':
		return r == '»'
	case '‹':
		return r == '›'
	case '“', '„', '”': // some write “…“ and ”…”
		return r == '”' || r == '“'
	}
	return false
}
