package verify

import (
	"fmt"
	"slices"
)

// checkKeyPoints holds the references of key points and translated paragraphs
// to the source. A number that stands in the source, but in none of the
// paragraphs cited for it, is a doubtful reference and no false statement.
func checkKeyPoints(p *Prepared, out *Output, fields []field, _ Limits) []Check {
	var found []Check
	for i, k := range out.KeyPoints {
		for _, id := range k.SourceParagraphs {
			if !p.has(id) {
				found = append(found, Check{
					Verdict: Fail, OutputSpan: spanOf(fields, indexed("key_points", i)),
					Detail: fmt.Sprintf("Key point %d cites paragraph %d, which the source does not have.", i+1, id),
				})
			}
		}
	}
	for i, t := range out.Translation {
		if !p.has(t.Paragraph) {
			found = append(found, Check{
				Verdict: Fail, OutputSpan: spanOf(fields, indexed("translation", i)),
				Detail: fmt.Sprintf("The translation has a paragraph %d, which the source does not have.", t.Paragraph),
			})
		}
	}
	left := maxClaims
	for i := range fields {
		f := &fields[i]
		if len(f.cited) == 0 || len(found) > 4*maxFindings {
			continue
		}
		cited := func(id int) bool { return slices.Contains(f.cited, id) }
		claims := f.numbers()
		if left -= len(claims); left < 0 {
			break // the numbers check reports it
		}
		for c := range claims {
			claim := &claims[c]
			if claim.Weak || claim.Reading || claim.Value <= smallCount || p.supportedIn(claim, cited) || !p.supported(claim) {
				continue // what no paragraph supports is the numbers check's finding
			}
			found = append(found, Check{
				Verdict: CannotJudge, OutputSpan: f.span(claim.ByteStart, claim.ByteEnd),
				Detail: fmt.Sprintf("The number %q stands in the source, but in none of the paragraphs %v cited for it.", f.text[claim.ByteStart:claim.ByteEnd], f.cited),
			})
		}
	}
	return found
}

func (p *Prepared) has(id int) bool {
	return slices.ContainsFunc(p.parts, func(q part) bool { return q.id == id && id != 0 })
}

func spanOf(fields []field, name string) *Span {
	for i := range fields {
		if fields[i].name == name {
			return fields[i].whole()
		}
	}
	return nil
}
