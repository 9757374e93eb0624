package verify

import (
	"fmt"
	"strings"

	"github.com/mujaz/mujaz/internal/verify/numeral"
)

// leakPhrases are what models say about themselves and their task. Own
// compilation from the failures that users of such systems report.
var leakPhrases = [...]string{
	"as an ai", "as a language model", "as a large language model", "i am an ai", "my instructions", "my system prompt",
	"here is the summary", "here is a summary", "here's the summary", "here's a summary", "here is your summary",
	"here is the translation", "here's the translation", "here is the translated", "here is an english",
	"below is the summary", "below is a summary", "below is the translation", "the summary is as follows",
	"i have summarized", "i've summarized", "i have translated", "i hope this helps", "let me know if you",
	"this summary was", "this summary is", "i was asked to", "i was instructed to",
	"your task is to", "you are a news editor", "you are a news translator", "you are an editor", "in the required format", "json object",
}

// leakMarks are parts of chat templates, of reasoning traces, and of the prompt's
// markers, with "<" also as the prompt shows it where an article has it.
var leakMarks = [...]string{"<think", "</think", "<|", "|>", "‹|", "|›", "‹/", "[inst]", "[/inst]", "<<sys>>", "### instruction", "### response"}

// leakOpenings give a leak away only at the beginning of a field.
var leakOpenings = [...]string{"summary:", "headline:", "translation:", "sure,", "sure!", "certainly,", "certainly!", "of course!", "of course,", "okay,", "assistant:", "english translation:", "note:"}

// shortestPhrase is the length in bytes below which a sentence of the prompt is
// too common to prove anything.
const shortestPhrase = 20

// checkPromptLeak finds sentences of the prompt, a model's talk about its task,
// and English that the article dictates. What an English source says itself is
// no leak; an Arabic one that talks to a model in English is not such a source.
func checkPromptLeak(p *Prepared, _ *Output, fields []field, lim Limits) []Check {
	var found []Check
	spoken := having(fields, leakPhrases[:])
	dictated := p.dictation()
	found = p.appendAddressed(found)
	for i := range fields {
		f := &fields[i]
		add := func(at, n int, detail string) {
			found = append(found, Check{Verdict: Fail, OutputSpan: f.span(at, at+n), Detail: fmt.Sprintf(detail, fieldNoun(f.name))})
		}
		for _, s := range spoken {
			if at := findWord(f.lower, s); at >= 0 && !p.saysItself(s) {
				add(at, len(s), "The %s speaks about the task instead of the news.")
				break
			}
		}
		if strings.ContainsAny(f.lower, "<|[#") || strings.Contains(f.lower, "‹") {
			for _, s := range leakMarks {
				if at := strings.Index(f.lower, s); at >= 0 {
					add(at, len(s), "The %s contains a mark of the model's chat format.")
					break
				}
			}
		}
		for _, s := range leakOpenings {
			if strings.HasPrefix(f.lower, s) {
				add(0, len(s), "The %s begins with words to the person who asked.")
				break
			}
		}
		if start, end := dictatedRun(f, dictated); end > 0 && !quotedAt(f.text, start) {
			add(start, end-start, "The %s takes over English words of an article that is not in English: they may have been dictated to the model.")
		}
		found = appendPromptPhrases(found, p, f, lim.PromptPhrases)
	}
	return found
}

// saysItself reports a phrase of an English source, or of one of which nothing
// is known.
func (p *Prepared) saysItself(lower string) bool {
	return p.known != numeral.LanguageArabic && p.containsAnyCase(lower)
}

// appendPromptPhrases finds sentences of the prompt in a field, whatever their
// case and their last mark.
func appendPromptPhrases(found []Check, p *Prepared, f *field, phrases []string) []Check {
	lines := "" // the field in one line and with plain apostrophes, when it differs
	if len(phrases) > 0 && (strings.ContainsAny(f.lower, "\n\t") || strings.Contains(f.lower, "’")) {
		lines = squeezed(f.lower)
	}
	for _, phrase := range phrases {
		phrase = strings.TrimRight(strings.TrimSpace(phrase), ".:!")
		if len(phrase) < shortestPhrase || lines == "" && !f.grams.mayLower(phrase) {
			continue
		}
		phrase = lowerASCII(phrase)
		at, n := strings.Index(f.lower, phrase), len(phrase)
		if at < 0 && lines != "" && strings.Contains(lines, squeezed(phrase)) {
			at, n = 0, len(f.lower)
		}
		if at < 0 || p.containsAnyCase(phrase) {
			continue
		}
		found = append(found, Check{
			Verdict: Fail, OutputSpan: f.span(at, at+n),
			Detail: fmt.Sprintf("The %s repeats a sentence of the prompt.", fieldNoun(f.name)),
		})
	}
	return found
}

// squeezed makes each run of white space one space, and apostrophes plain.
func squeezed(s string) string {
	return strings.ReplaceAll(strings.Join(strings.Fields(s), " "), "’", "'")
}
