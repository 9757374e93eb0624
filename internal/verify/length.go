package verify

import "fmt"

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
	// than its source, and from which tinySummary words are too few.
	longSource  = 80
	tinySummary = 4
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
	summary, points, total := wordCount(out.Summary), 0, 0
	for i := range out.KeyPoints {
		points += wordCount(out.KeyPoints[i].Text)
	}
	total = summary + points + wordCount(out.Headline)
	body := summary + points
	if lim.Style == "headline" {
		body = total
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
	case lim.Style != "headline" && p.words >= longSource && body < tinySummary:
		fail("The summary has %d words for an article of %d.", body, p.words)
	case p.words >= longSource && !spaceless(p.language) && !p.names.Glued() && float64(max(summary, points)) > englishPerSource*float64(p.words):
		fail("The summary is longer than the article: %d words against %d.", max(summary, points), p.words)
	}
	if lim.MaxWords > 0 && summary > int(float64(lim.MaxWords)*lengthTolerance)+lengthSlack {
		fail("The summary has %d words; the limit is %d.", summary, lim.MaxWords)
	}
	return found
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
