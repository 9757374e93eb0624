package verify

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/mujaz/mujaz/internal/verify/fold"
	"github.com/mujaz/mujaz/internal/verify/name"
)

// nameMode gives the way in which names are looked up in a language.
func nameMode(code string) name.Mode {
	switch code {
	case "ar", "ara", "arb":
		return name.Arabic
	case "en", "eng":
		return name.English
	case "fr", "es", "de", "it", "pt", "nl", "tr", "id", "ca", "ro", "sv", "da", "no", "pl", "cs", "fi", "hu":
		return name.Latin
	case "fa", "prs", "ur", "ckb", "mey", "he", "ru", "uk", "be", "bg", "sr", "mk", "hi", "mr", "ne":
		return name.Sounding
	}
	return name.Unreadable
}

// checkNames holds the names of the output against the source. A name fails
// when no word of the source comes near it in sound, letters or meaning; what
// may be there in an unknown form cannot be judged.
func checkNames(p *Prepared, _ *Output, fields []field, _ Limits) []Check {
	if len(p.parts) == 0 {
		return nil
	}
	var found []Check
	for i := range fields {
		f := &fields[i]
		words := &f.words
		claims := f.names(p)
		if arabicText(words) {
			claims = p.names.ArabicClaims(claims, words)
		}
		for k := 0; k < len(claims); k++ {
			c := claims[k]
			if c.Outcome == name.Found {
				continue
			}
			for k+1 < len(claims) && claims[k+1].First == c.Last+1 && claims[k+1].Outcome == c.Outcome && !words.List[claims[k+1].First].Broken {
				k++
				c.Last = claims[k].Last
			}
			if p.inGlossary(words, c) {
				continue
			}
			found = append(found, p.nameFinding(f, c))
			if len(found) > 4*maxFindings {
				return found
			}
		}
	}
	return found
}

// arabicText reports a text that is in Arabic rather than in English.
func arabicText(words *fold.Words) bool {
	n := 0
	for i := range words.List {
		if words.List[i].Script == fold.ArabicScript {
			n++
		}
	}
	return 2*n > len(words.List)
}

func (p *Prepared) nameFinding(f *field, c name.Claim) Check {
	words := &f.words
	span := f.span(int(words.List[c.First].Start), int(words.List[c.Last].End))
	finding := Check{Verdict: CannotJudge, OutputSpan: span}
	if c.Outcome == name.Absent {
		finding.Verdict = Fail
		finding.Detail = fmt.Sprintf("The %s names %q; the source has no such name.", fieldNoun(f.name), span.Text)
	} else {
		finding.Detail = fmt.Sprintf("The %s names %q; the source may name it in another way.", fieldNoun(f.name), span.Text)
	}
	return finding
}

// inGlossary reports whether the name is part of a name of the house's
// glossary whose original stands in the source.
func (p *Prepared) inGlossary(words *fold.Words, c name.Claim) bool {
	if len(p.glossary) == 0 {
		return false
	}
	a, b := &words.List[c.First], &words.List[c.Last]
	claim := words.Letters[a.At-1 : b.At+int32(b.Len)+1] // with the spaces around it
	for source, english := range p.glossary {
		var e fold.Words
		e.Add(0, english)
		e.Close()
		if !bytes.Contains(e.Letters, claim) {
			continue
		}
		for i := range p.parts {
			if source != "" && strings.Contains(p.parts[i].text, source) {
				return true
			}
		}
	}
	return false
}
