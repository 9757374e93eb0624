package verify

import (
	"fmt"
	"unicode/utf8"
)

const (
	// lengthTolerance is how far over max_words an output may go: models count
	// words badly, and one sentence more harms no reader.
	lengthTolerance = 1.15
	lengthSlack     = 5
	// englishPerSource is how many English words a faithful rendering of one
	// source word may take; Arabic writes articles, pronouns and conjunctions
	// onto the word, and human news translations reach 1.45.
	englishPerSource = 1.6
	// longSource is the length in words from which a summary must be shorter
	// than its source.
	longSource = 80
	// sourcePerWord: a summary with one word for so many of its source is never
	// too short, whatever its style; a source of a line has little to be said of.
	sourcePerWord = 8
	// tinyTranslation is the least share of a paragraph's words that its
	// translation must have, for paragraphs of at least longParagraph words.
	tinyTranslation = 0.35
	longParagraph   = 12
)

// checkLength holds the size of the output against the limits and the source.
func checkLength(p *Prepared, out *Output, fields []field, lim Limits) []Check {
	if out.Task == Translate {
		return checkTranslationLength(p, out, fields)
	}
	summary, points := wordCount(out.Summary), 0
	for i := range out.KeyPoints {
		points += wordCount(out.KeyPoints[i].Text)
	}
	total := summary + points + wordCount(out.Headline)
	body := summary + points
	if lim.Style == "headline" {
		body = total
	}
	// A summary of whole sentences cannot leave the news to its points.
	telling, least := body, leastWords(lim.Style)
	if lim.Style == "brief" || lim.Style == "standard" {
		telling = summary
	}
	if telling < least {
		least = min(least, p.sourceWords()/sourcePerWord)
	}
	var found []Check
	fail := func(format string, args ...any) {
		c := Check{Verdict: Fail, Detail: fmt.Sprintf(format, args...)}
		if len(fields) > 0 {
			c.OutputSpan = fields[len(fields)-1].whole()
		}
		found = append(found, c)
	}
	switch {
	case total == 0:
		fail("The output is empty.")
	case body == 0:
		fail("The summary is empty.")
	case telling < least:
		fail("The summary says too little: its words are %d, those of the article %d.", telling, p.sourceWords())
	case p.words >= longSource && !spaceless(p.language) && !p.names.Glued() && float64(max(summary, points)) > englishPerSource*float64(p.words):
		fail("The summary is longer than the article: %d words against %d.", max(summary, points), p.words)
	}
	if lim.MaxWords > 0 && summary > int(float64(lim.MaxWords)*lengthTolerance)+lengthSlack {
		fail("The summary has %d words; the limit is %d.", summary, lim.MaxWords)
	}
	return found
}

// leastWords is what a style asks for at the very least, well below what its
// prompt wants: human headlines begin at 3 words, summaries of one sentence at 8,
// three sentences of human news at 14.
func leastWords(style string) int {
	switch style {
	case "headline":
		return 3
	case "brief":
		return 6
	case "bullets":
		return 8
	case "standard":
		return 14
	}
	return 4
}

// sourceWords is the number of words of the source; where they run together, it
// is taken low from the number of characters.
func (p *Prepared) sourceWords() int {
	perWord := 12
	if spaceless(p.language) {
		perWord = 3
	}
	n := 0
	for i := range p.parts {
		n += utf8.RuneCountInString(p.parts[i].text)
	}
	return max(p.words, n/perWord)
}

// checkTranslationLength finds paragraphs that were left out or cut short.
func checkTranslationLength(p *Prepared, out *Output, fields []field) []Check {
	if len(fields) == 0 {
		return []Check{{Verdict: Fail, Detail: "The output is empty."}}
	}
	words := make(map[int]int, len(out.Translation))
	for _, t := range out.Translation {
		words[t.Paragraph] += wordCount(t.Text)
	}
	var found []Check
	for i := range p.parts {
		part := &p.parts[i]
		if part.id == 0 {
			continue
		}
		source := wordCount(part.text)
		english, there := words[part.id]
		detail := ""
		switch {
		case source == 0:
		case !there || english == 0:
			detail = fmt.Sprintf("Paragraph %d is not translated.", part.id)
		case source >= longParagraph && float64(english) < tinyTranslation*float64(source):
			detail = fmt.Sprintf("The translation of paragraph %d has %d words for %d.", part.id, english, source)
		case source >= longParagraph && english > 3*source && !spaceless(p.language):
			detail = fmt.Sprintf("The translation of paragraph %d has %d words for %d.", part.id, english, source)
		}
		if detail == "" {
			continue
		}
		span := quote(part.text, 0, len(part.text))
		span.Paragraph = part.id
		found = append(found, Check{Verdict: Fail, Detail: detail, SourceSpan: span})
	}
	return found
}

// spaceless reports the languages that set no space between words, so that the
// number of their words is not known.
func spaceless(code string) bool {
	switch code {
	case "zh", "zho", "yue", "ja", "jpn", "th", "tha", "lo", "km", "my":
		return true
	}
	return false
}
