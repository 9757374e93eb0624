package verify

import (
	"fmt"
	"strings"
)

// evasions are the ways in which models decline or report an empty input. Own
// compilation.
var evasions = [...]string{
	"i cannot", "i can't", "i can not", "i'm sorry", "i am sorry", "i apologize", "i apologise", "i'm unable", "i am unable",
	"i'm not able", "i am not able", "i don't have", "i do not have", "i won't", "i must decline",
	"unable to summarize", "unable to summarise", "unable to translate", "unable to provide", "cannot be summarized", "cannot be summarised",
	"cannot summarize", "cannot summarise", "cannot translate", "cannot be translated",
	"the article is not available", "the article is unavailable", "article not available", "article unavailable",
	"no article was provided", "no article provided", "no text was provided", "no content was provided", "no content provided",
	"the article is empty", "the article appears to be empty", "the text is empty", "no summary is available", "no summary available",
	"there is no article", "there is not enough information", "not enough information to", "insufficient information",
	"please provide the", "please provide an", "could you please provide", "the article does not contain any", "the article does not provide any",
	"the provided text", "the text provided", "the provided article", "the article provided",
}

// evasionWindow is the part of a field, in bytes, in which an evasion stands;
// further on, "I cannot" is somebody's quoted speech.
const evasionWindow = 200

// checkEvasive finds answers that decline instead of reporting, and those that
// say nothing. Speech in quotation marks and what an English source says itself
// are let pass.
func checkEvasive(p *Prepared, out *Output, fields []field, lim Limits) []Check {
	var found []Check
	declining := having(fields, evasions[:])
	for i := range fields {
		f := &fields[i]
		window := f.lower[:min(len(f.lower), evasionWindow)]
		for _, s := range declining {
			at := findWord(window, s)
			if at < 0 || quotedAt(f.text, at) || p.saysItself(s) {
				continue
			}
			found = append(found, Check{
				Verdict: Fail, OutputSpan: f.span(at, at+len(s)),
				Detail: fmt.Sprintf("The %s declines or speaks of its input instead of reporting the news.", fieldNoun(f.name)),
			})
			break
		}
	}
	return p.appendVacuous(found, out, fields, lim)
}

// quotedAt reports whether byte i stands inside quotation marks.
func quotedAt(s string, i int) bool {
	before := s[:i]
	return strings.Count(before, `"`)%2 == 1 ||
		strings.Count(before, "“") > strings.Count(before, "”") ||
		strings.Count(before, "«") > strings.Count(before, "»") ||
		strings.HasSuffix(before, "'") || strings.HasSuffix(before, "‘")
}
