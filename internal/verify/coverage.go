package verify

import "github.com/mujaz/mujaz/internal/verify/name"

// Coverage counts the paragraphs of the source that the output rests on: those
// that it cites or translates, and those with a number or a name that it has. A
// paragraph that is rendered without either is not seen, so that it is a figure
// to compare two outputs of one article by, and none of its own.
func (p *Prepared) Coverage(out Output) (covered, paragraphs int) {
	fields := outputFields(&out)
	defer returnRoom(fields)
	seen := make([]bool, len(p.parts))
	for i := range p.parts {
		for k := range fields {
			for _, id := range fields[k].cited {
				seen[i] = seen[i] || id == p.parts[i].id
			}
		}
		for _, t := range out.Translation {
			seen[i] = seen[i] || t.Paragraph == p.parts[i].id && t.Text != ""
		}
	}
	for k := range fields {
		p.mark(seen, &fields[k])
	}
	for i := range p.parts {
		if p.parts[i].id == 0 {
			continue
		}
		paragraphs++
		if seen[i] {
			covered++
		}
	}
	return covered, paragraphs
}

// mark marks the parts that have a number or a name of a field.
func (p *Prepared) mark(seen []bool, f *field) {
	claims := f.numbers()
	for c := range claims[:min(len(claims), maxClaims)] {
		if claims[c].Weak || claims[c].Reading || claims[c].Value <= smallCount {
			continue
		}
		for i := range p.quantity {
			if supports(&p.quantity[i].Quantity, &claims[c]) {
				seen[p.quantity[i].part] = true
			}
		}
	}
	for _, n := range f.names(p) {
		if n.Outcome == name.Found && n.Near >= 0 && n.Near < len(p.text.List) {
			seen[p.text.List[n.Near].Part] = true
		}
	}
}
