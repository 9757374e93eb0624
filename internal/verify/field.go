package verify

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/mujaz/mujaz/internal/verify/fold"
	"github.com/mujaz/mujaz/internal/verify/name"
	"github.com/mujaz/mujaz/internal/verify/numeral"
)

// field is one text of the output.
type field struct {
	name  string
	text  string
	lower string // text in lower case, of the same length in bytes
	words fold.Words
	// arabic is set when the text is written in Arabic.
	arabic bool
	grams  *grams // of all fields, in lower case
	// cited are the source paragraphs that the text rests on; nil means all.
	cited []int
	// claims are the numbers of the text, read once they are asked for.
	claims  []numeral.Quantity
	counted bool
	// lines are the sentences that were aligned with the source.
	lines []*line
	room  *fold.Words // what words was borrowed as
	// named are the names of the text, looked up once they are asked for.
	named  []name.Claim
	looked bool
	finder *name.Finder // that all fields of a run share; nil: one of its own
}

// names gives the names of the text, as far as the source has them.
func (f *field) names(p *Prepared) []name.Claim {
	if !f.looked {
		if f.finder == nil {
			finder := p.names.Finder()
			f.finder = &finder
		}
		f.named, f.looked = f.finder.Claims(make([]name.Claim, 0, 16), &f.words, 0, len(f.words.List)), true
	}
	return f.named
}

func outputFields(out *Output) []field {
	fields := make([]field, 0, 2+len(out.KeyPoints)+len(out.Translation))
	all := new(grams)
	add := func(name, text string, cited []int) {
		if text != "" {
			fields = append(fields, field{name: name, text: text, lower: lowerASCII(text), cited: cited, grams: all})
			f := &fields[len(fields)-1]
			all.add(f.lower)
			f.room = fold.Borrow()
			f.words = *f.room
			f.words.Grow(len(text), false)
			f.words.Add(0, text)
			f.words.Close()
			f.arabic = inArabic(&f.words)
		}
	}
	add("headline", out.Headline, nil)
	add("summary", out.Summary, nil)
	for i, k := range out.KeyPoints {
		add(indexed("key_points", i), k.Text, k.SourceParagraphs)
	}
	for i, t := range out.Translation {
		add(indexed("translation", i), t.Text, nil)
	}
	return fields
}

// returnRoom ends the use of the fields' words.
func returnRoom(fields []field) {
	for i := range fields {
		f := &fields[i]
		*f.room = f.words
		fold.Return(f.room)
	}
}

// inArabic reports whether a text is written in Arabic, names in Latin letters
// aside: which of two scripts more of its words are in.
func inArabic(words *fold.Words) bool {
	n := 0
	for i := range words.List {
		switch words.List[i].Script {
		case fold.ArabicScript:
			n++
		case fold.LatinScript:
			n--
		default:
		}
	}
	return n > 0
}

func indexed(name string, i int) string { return name + "[" + strconv.Itoa(i) + "]" }

// lowerASCII lowers A to Z only, so that byte offsets stay those of the text;
// all phrases that are looked for are ASCII.
func lowerASCII(s string) string { return lowerASCIIBytes([]byte(s)) }

// lowerASCIIBytes lowers b itself.
func lowerASCIIBytes(b []byte) string {
	for i, c := range b {
		if c >= 'A' && c <= 'Z' {
			b[i] = c | 0x20
		}
	}
	return string(b)
}

// maxQuote bounds the code points of a quotation in a Span.
const maxQuote = 160

// span quotes bytes start to end of the field.
func (f *field) span(start, end int) *Span {
	s := quote(f.text, start, end)
	s.Field = f.name
	return s
}

// whole quotes the beginning of the field.
func (f *field) whole() *Span { return f.span(0, len(f.text)) }

// quote gives the span of bytes start to end of text, shortened to maxQuote.
// Offsets inside a character are moved to its beginning.
func quote(text string, start, end int) *Span {
	start = boundary(text, start)
	end = max(boundary(text, end), start)
	n, cut := 0, end
	for i := range text[start:end] {
		if n == maxQuote {
			cut = start + i
			break
		}
		n++
	}
	first := utf8.RuneCountInString(text[:start])
	return &Span{Start: first, End: first + n, Text: text[start:cut]}
}

func boundary(s string, i int) int {
	i = min(max(i, 0), len(s))
	for i > 0 && i < len(s) && !utf8.RuneStart(s[i]) {
		i--
	}
	return i
}

// wordCount counts runs of non-space characters that hold a letter or digit.
func wordCount(s string) int {
	n := 0
	inWord := false
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == ' ' || c == '\n' || c == '\t' || c == '\r':
			inWord = false
		case !inWord && (c >= 0x80 || c|0x20 >= 'a' && c|0x20 <= 'z' || c >= '0' && c <= '9'):
			inWord = true
			n++
		}
	}
	return n
}

// findWord finds phrase in s at word borders, and gives its offset or -1.
func findWord(s, phrase string) int {
	for from := 0; ; {
		i := strings.Index(s[from:], phrase)
		if i < 0 {
			return -1
		}
		i += from
		end := i + len(phrase)
		if (i == 0 || !wordByte(s[i-1]) || !wordByte(phrase[0])) && (end == len(s) || !wordByte(s[end]) || !wordByte(phrase[len(phrase)-1])) {
			return i
		}
		from = i + 1
	}
}

func wordByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c >= 0x80
}
