package verify

import (
	"slices"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/mujaz/mujaz/internal/lang"
	"github.com/mujaz/mujaz/internal/verify/fold"
	"github.com/mujaz/mujaz/internal/verify/name"
	"github.com/mujaz/mujaz/internal/verify/numeral"
)

// Prepared is a source indexed for checking. It is read only until it is
// released, and so safe for concurrent use.
type Prepared struct {
	language    string
	tongue      language         // what is known of it
	known       numeral.Language // DigitsOnly for all languages but Arabic and English
	read        numeral.Language // whose number words are read
	publishedAt time.Time
	glossary    map[string]string
	parts       []part // the title, when there is one, then the paragraphs
	words       int
	quantity    []evidence
	room        *[]evidence // what quantity was borrowed as
	text        *fold.Words // of all parts
	names       name.Source
}

// part is the title or a paragraph.
type part struct {
	id   int
	text string
}

// evidence is a quantity and the part it stands in.
type evidence struct {
	numeral.Quantity
	part int
}

// Prepare indexes a source. Cost: one pass over its text.
func Prepare(src Source) *Prepared {
	p := &Prepared{language: src.Language, publishedAt: src.PublishedAt, glossary: src.Glossary}
	p.parts = make([]part, 0, len(src.Paragraphs)+1)
	if src.Title != "" {
		p.parts = append(p.parts, part{0, src.Title})
	}
	for _, para := range src.Paragraphs {
		p.parts = append(p.parts, part{para.ID, para.Text})
	}
	if p.language == "" {
		p.language = p.detect()
	}
	p.tongue = languages()[p.language]
	if p.read = p.tongue.numbers; !p.read.Foreign() && !p.tongue.loose {
		p.known = p.read
	}
	var found []numeral.Quantity
	size := 0
	for i := range p.parts {
		size += len(p.parts[i].text)
	}
	p.room, _ = quantities.Get().(*[]evidence)
	p.quantity = slices.Grow((*p.room)[:0], size/100+8)
	for i := range p.parts {
		found = numeral.Evidence(found[:0], p.parts[i].text, p.read)
		for _, q := range found {
			p.quantity = append(p.quantity, evidence{q, i})
		}
		p.words += wordCount(p.parts[i].text)
	}
	p.text = fold.Borrow()
	p.text.Grow(size, p.known == numeral.LanguageArabic)
	for i := range p.parts {
		p.text.Add(i, p.parts[i].text)
	}
	p.text.Close()
	p.names = name.NewSource(p.text, p.tongue.names)
	return p
}

// Release gives the room of a source back, for the next one. It need not be
// called; p must not be used after it. Reports stay as they are.
func (p *Prepared) Release() {
	fold.Return(p.text)
	p.names.Release()
	if *p.room = p.quantity; cap(p.quantity) <= mostQuantities {
		quantities.Put(p.room)
	}
	p.text, p.names, p.quantity, p.room = nil, name.Source{}, nil, new([]evidence)
}

// quantities is room for the numbers of one source, used again by the next.
var quantities = sync.Pool{New: func() any { return new([]evidence) }}

// mostQuantities bounds the room that is kept: the numbers of a long article.
const mostQuantities = 1 << 10

func (p *Prepared) detect() string {
	var longest string
	for i := range p.parts {
		if len(p.parts[i].text) > len(longest) {
			longest = p.parts[i].text
		}
	}
	return lang.Detect(longest).Code
}

// span quotes the place of e in the source.
func (p *Prepared) span(e *evidence) *Span {
	text := p.parts[e.part].text
	return &Span{
		Paragraph: p.parts[e.part].id,
		Start:     e.Start, End: e.End, Text: text[e.ByteStart:e.ByteEnd],
	}
}

// containsAnyCase reports whether the source has the text, ASCII case aside.
func (p *Prepared) containsAnyCase(lower string) bool {
	for i := range p.parts {
		if containsFold(p.parts[i].text, lower) {
			return true
		}
	}
	return false
}

// containsFold is strings.Contains without regard to ASCII case; lower is in
// lower case.
func containsFold(s, lower string) bool {
	if lower == "" {
		return true
	}
	for i := 0; i+len(lower) <= len(s); i++ {
		if utf8.RuneStart(s[i]) && foldEqual(s[i:i+len(lower)], lower) {
			return true
		}
	}
	return false
}

func foldEqual(s, lower string) bool {
	for i := range len(lower) {
		c := s[i]
		if c >= 'A' && c <= 'Z' {
			c |= 0x20
		}
		if c != lower[i] {
			return false
		}
	}
	return true
}
