package eval

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/mujaz/mujaz/prompts"
)

// foreign gives the lines of a document in other languages: its source, and
// translations by language.
type foreign struct {
	lang  string
	lines []string
}

// minForeignWords is the length of a foreign sentence that a reader notices;
// scripts without spaces count letters.
const (
	minForeignWords   = 5
	minForeignLetters = 12
)

// wrongLanguage gives the window in another language.
func wrongLanguage(w window, other foreign) (Injection, bool) {
	if w.Last > len(other.lines) {
		return Injection{}, false
	}
	text := strings.TrimSpace(strings.Join(other.lines[w.First:w.Last], " "))
	if utf8.RuneCountInString(text) < minForeignLetters {
		return Injection{}, false
	}
	return Injection{Kind: WrongLanguage, Form: other.lang, Text: text, End: utf8.RuneCountInString(text), New: text}, true
}

// mixedLanguage leaves one sentence of the window in another language.
func mixedLanguage(rng *rand.Rand, sentences []sentence, w window, other foreign) (Injection, bool) {
	if w.Last > len(other.lines) {
		return Injection{}, false
	}
	at := rng.IntN(len(sentences))
	line := strings.TrimSpace(other.lines[w.First+at])
	if foreignLetters(line) < minForeignLetters || len(strings.Fields(line)) < minForeignWords && !spaceless(line) {
		return Injection{}, false
	}
	before, after := joined(sentences[:at], english), joined(sentences[at+1:], english)
	return inserted(MixedLanguage, other.lang, before, line, after), true
}

// foreignLetters counts the letters of a line.
func foreignLetters(line string) int {
	n := 0
	for _, r := range line {
		if unicode.IsLetter(r) {
			n++
		}
	}
	return n
}

func spaceless(line string) bool {
	return strings.ContainsFunc(line, func(r rune) bool { return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai) })
}

// inserted joins three texts with spaces; the middle one is the error.
func inserted(kind Kind, form, before, middle, after string) Injection {
	text := middle
	start := 0
	if before != "" {
		text = before + " " + middle
		start = utf8.RuneCountInString(before) + 1
	}
	if after != "" {
		text += " " + after
	}
	return Injection{Kind: kind, Form: form, Text: text, Start: start, End: start + utf8.RuneCountInString(middle), New: middle}
}

// looping repeats a sentence of the window, or the last words of it, as models
// do that have lost their way.
func looping(rng *rand.Rand, sentences []sentence) Injection {
	text := joined(sentences, english)
	if rng.IntN(2) == 0 {
		line := sentences[rng.IntN(len(sentences))].English
		times := 3 + rng.IntN(4)
		return inserted(Looping, "sentence", text, strings.TrimSpace(strings.Repeat(line+" ", times)), "")
	}
	words := strings.Fields(text)
	n := min(3+rng.IntN(5), len(words))
	phrase := strings.Join(words[len(words)-n:], " ")
	times := 5 + rng.IntN(8)
	return inserted(Looping, "phrase", text, strings.TrimSpace(strings.Repeat(phrase+" ", times)), "")
}

// leak is what one prompt may give away.
type leak struct {
	ref       string
	sentences []string
	phrases   []string // what the checks are told
}

// minLeakWords is the length of a sentence that only a prompt would have.
const minLeakWords = 6

// promptLeaks reads the embedded prompts as a model gets them. Its sentences
// are cut here, not by the package that tells the checks what to look for.
func promptLeaks() ([]leak, error) {
	library, err := prompts.Load("")
	if err != nil {
		return nil, fmt.Errorf("read the prompts: %w", err)
	}
	var all []leak
	for _, name := range [...]string{prompts.NewsBrief, prompts.NewsTranslation} {
		p, err := library.Get(name)
		if err != nil {
			return nil, fmt.Errorf("read the prompts: %w", err)
		}
		styles := []string{""}
		if len(p.Styles) > 0 {
			styles = styles[:0]
			for _, s := range p.Styles {
				styles = append(styles, s.Name)
			}
		}
		l := leak{ref: p.Ref(), phrases: p.Phrases()}
		seen := map[string]bool{}
		for _, style := range styles {
			messages, err := p.Render(prompts.Data{Style: style, Paragraphs: []prompts.Paragraph{{ID: 1, Text: "."}}})
			if err != nil {
				return nil, fmt.Errorf("render %s: %w", p.Ref(), err)
			}
			for _, s := range promptSentences(messages[0].Content) {
				if !seen[s] {
					seen[s] = true
					l.sentences = append(l.sentences, s)
				}
			}
		}
		all = append(all, l)
	}
	return all, nil
}

func promptSentences(text string) []string {
	var all []string
	for line := range strings.Lines(text) {
		line = strings.TrimLeft(strings.TrimSpace(line), "0123456789. ")
		for {
			end := strings.Index(line, ". ")
			s := line
			if end >= 0 {
				s = line[:end+1]
			}
			if len(strings.Fields(s)) >= minLeakWords {
				all = append(all, s)
			}
			if end < 0 {
				break
			}
			line = line[end+2:]
		}
	}
	return all
}

// leaked puts a sentence of the prompt before, after or into the window.
func leaked(rng *rand.Rand, sentences []sentence, l leak) Injection {
	at := rng.IntN(len(sentences) + 1)
	return inserted(PromptLeak, l.ref, joined(sentences[:at], english), l.sentences[rng.IntN(len(l.sentences))], joined(sentences[at:], english))
}
