package verify

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/mujaz/mujaz/internal/verify/fold"
	"github.com/mujaz/mujaz/internal/verify/name"
)

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
		if f.arabic {
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
