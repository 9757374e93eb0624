package verify

import (
	"bytes"
	"fmt"
	"slices"

	"github.com/mujaz/mujaz/internal/verify/name"
)

// checkKeyPoints holds the references of key points and translated paragraphs
// to the source. A number or a name that stands in the source, but in none of
// the paragraphs cited for it, is a doubtful reference and no false statement.
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
	left, names := maxClaims, maxCitedNames
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
		if names -= len(f.names(p)); names >= 0 {
			found = p.appendNamesElsewhere(found, f, cited)
		}
	}
	return found
}

// maxCitedNames bounds the names that are looked for in cited paragraphs, and so
// the time that an output of megabytes can take.
const maxCitedNames = 200

// appendNamesElsewhere points at names that the cited paragraphs do not have.
func (p *Prepared) appendNamesElsewhere(found []Check, f *field, cited func(paragraph int) bool) []Check {
	for _, c := range f.names(p) {
		if c.Outcome != name.Found || c.Near < 0 || c.Near >= len(p.text.List) || p.wordIn(c.Near, cited) {
			continue
		}
		first, last := &f.words.List[c.First], &f.words.List[c.Last]
		found = append(found, Check{
			Verdict: CannotJudge, OutputSpan: f.span(int(first.Start), int(last.End)),
			Detail: fmt.Sprintf("The name %q stands in the source, but in none of the paragraphs %v cited for it.", f.text[first.Start:last.End], f.cited),
		})
	}
	return found
}

// wordIn reports whether a word of the source stands in one of the paragraphs,
// with other clitics perhaps.
func (p *Prepared) wordIn(word int, cited func(paragraph int) bool) bool {
	letters := p.text.Of(&p.text.List[word])
	for i := range p.text.List {
		x := &p.text.List[i]
		if cited(p.parts[x.Part].id) && (bytes.Contains(p.text.Of(x), letters) || x.Len > 2 && bytes.Contains(letters, p.text.Of(x))) {
			return true
		}
	}
	return false
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
