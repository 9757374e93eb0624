package worker

import (
	"unicode"
	"unicode/utf8"

	"github.com/mujaz/mujaz/internal/clean"
	"github.com/mujaz/mujaz/prompts"
	"github.com/mujaz/mujaz/queue"
)

// How long answers usually are. A model's habit moves them by half and more,
// which is for the caller to allow for; what is known is the form of an answer.
const (
	// tokensPerWord of English, in a tokenizer of any kind.
	tokensPerWord = 1.35
	// usualShare of the words that a style allows are written: of "80 to 150
	// words" some 115.
	usualShare = 0.75
	// usualForm is all of a summary's answer but the summary: headline, three to
	// six key points of some 18 words, five names, and the JSON around them.
	usualForm = 320
	// usualNotes is a part's answer: six notes of some 25 words, and names.
	usualNotes = 380
	// charsPerToken of English prose.
	charsPerToken = 4.4
	// translatedForm is what a translation has beside its text, translatedLine
	// what stands around one paragraph of it.
	translatedForm, translatedLine = 150, 13
)

// usualAnswer is an answer to the whole article.
func usualAnswer(job queue.Job, pl plan, paragraphs []clean.Paragraph) int {
	if job.Task == queue.TaskTranslate {
		return usualTranslation(promptParagraphs(paragraphs))
	}
	return int(usualShare*tokensPerWord*float64(maxWords(job, pl.prompt))) + usualForm
}

// usualTranslation goes by the characters of each script: what English makes of
// one was measured on 62 news texts in 15 languages (docs/estimates.md).
func usualTranslation(paragraphs []prompts.Paragraph) int {
	english := 0.0
	for _, p := range paragraphs {
		english += englishOf(p.Text)
	}
	return int(english/charsPerToken) + translatedForm + translatedLine*len(paragraphs)
}

// englishOf is the length in characters of a text's English. The first letter
// of it tells the script.
func englishOf(text string) float64 {
	chars := float64(utf8.RuneCountInString(text))
	for _, r := range text {
		if !unicode.IsLetter(r) {
			continue
		}
		for _, s := range []struct {
			script *unicode.RangeTable
			factor float64
		}{
			{unicode.Arabic, 1.04},
			{unicode.Latin, 0.88},
			{unicode.Cyrillic, 0.90},
			{unicode.Devanagari, 0.95},
			{unicode.Hebrew, 1.24},
			{unicode.Han, 2.9},
			{unicode.Hiragana, 2.2},
			{unicode.Katakana, 2.2},
			{unicode.Hangul, 2.0},
		} {
			if unicode.Is(s.script, r) {
				return chars * s.factor
			}
		}
		break
	}
	return chars
}

// usual adds a call, and the share of a repair that it may need.
func (o *outlook) usual(static, text, answer int, repairs float64) {
	u := &o.Usual
	u.Calls++
	u.In += static + text
	u.Text += text
	u.Out += answer
	u.Repair += int(repairs * float64(static+text+answer+usualDefects))
}

// usualDefects is what a repair says of two or three defects.
const usualDefects = 250
