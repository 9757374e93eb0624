package numeral

import "sync"

// Kind says what sort of number a Quantity is.
type Kind uint8

// The kinds of quantities.
const (
	Cardinal Kind = iota // a count or a measure
	Ordinal              // a rank, a century, a day of the month
	Fraction             // below one, written in words: "two thirds", «ثلثي»
	Clock                // a time of day; Value is hours*100 + minutes
	Decade               // "1990s", «التسعينيات»; Value is 1990 or 90
	Name                 // part of a name: "F-16", "G7", "COVID-19"
)

// Rounding is the direction in which a writer says that a number is rounded.
type Rounding uint8

// The directions of rounding.
const (
	Exact     Rounding = iota // no rounding word
	About                     // "about", "around", "some"
	Below                     // the true value is a little below: "nearly", "almost", "up to"
	Above                     // the true value is a little above: "more than", "over"
	ScaleWord                 // no rounding word, but a magnitude: "2.5 billion"
)

// Quantity is one number found in a text.
type Quantity struct {
	Value    float64
	Kind     Kind
	Unit     Unit
	Rounding Rounding
	// Words is set when the number was written in letters only.
	Words bool
	// Weak is set when the words may well not state a number: "one", a name
	// such as "Big Four", "third" which is a rank or a fraction.
	Weak bool
	// Dated is set when the number stands beside the name of a month.
	Dated bool
	// Bare is set on a magnitude without a number: «آلاف», «مليون».
	Bare bool
	// Reading is set on evidence for every reading after the most likely one.
	Reading bool
	// Start and End bound the number in the text, in code points, half open;
	// Unit words and signs are included.
	Start, End int
	// ByteStart and ByteEnd bound the same in bytes.
	ByteStart, ByteEnd int
}

// Language names the number words that a text may hold.
type Language uint8

// The languages whose number words are known. Digits are read in all.
const (
	DigitsOnly Language = iota
	LanguageEnglish
	LanguageArabic // Latin words in an Arabic text are read as English ones
	// The languages of evidence only.
	LanguageFrench
	LanguageSpanish
	LanguageGerman
	LanguageRussian
	LanguageTurkish
	LanguagePersian
	LanguageUrdu
	LanguageHindi
	LanguageHebrew
	LanguageChinese
	LanguagePashto
	LanguageKurdish
)

// Foreign reports the languages that are read as evidence only, and without
// units: what is missing there may be a measure that was converted.
func (l Language) Foreign() bool { return l >= LanguageFrench }

// English appends the quantities that an English text claims, each once, in
// the order of the text.
func English(dst []Quantity, text string) []Quantity {
	r := reader{lang: LanguageEnglish, claims: true, out: dst}
	r.read(text)
	return r.out
}

// Arabic appends the quantities that an Arabic text claims, in the order of the
// text, each followed by its other readings: a claim is wrong when none of them
// can be right. Words that seldom claim a number are weak.
func Arabic(dst []Quantity, text string) []Quantity {
	r := reader{lang: LanguageArabic, out: dst}
	r.read(text)
	for i := range r.out {
		switch q := &r.out[i]; {
		case q.Reading:
		case q.Kind == Fraction, q.Words && (q.Value <= 1 || q.Bare):
			q.Weak = true
		case q.Kind == Ordinal && q.Value <= 10: // «الأول», «الدور الثاني»
			q.Weak = true
		}
	}
	return r.out
}

// Evidence appends every reading of every quantity in text.
func Evidence(dst []Quantity, text string, lang Language) []Quantity {
	r := reader{lang: lang, words: lang.words(), out: dst}
	r.read(text)
	return r.out
}

// tokens is room for the words of one text, used again by the next.
var tokens = sync.Pool{New: func() any { return new([]token) }}

// mostTokens bounds the room that is kept: the words of a long paragraph.
const mostTokens = 1 << 12

// reader is one pass over one text.
type reader struct {
	lang   Language
	words  *foreign // of lang, nil for Arabic and English
	claims bool
	text   string
	toks   []token
	out    []Quantity
}

func (r *reader) read(text string) {
	room, _ := tokens.Get().(*[]token)
	r.toks = (*room)[:0]
	defer func() {
		clear(r.toks) // they hold the text
		if *room = r.toks; cap(r.toks) <= mostTokens {
			tokens.Put(room)
		}
	}()
	r.text = text
	r.lex()
	for i := 0; i < len(r.toks); {
		next := i
		switch t := &r.toks[i]; {
		case t.kind == tokMark || t.class == classNone:
		case r.words != nil && r.lang == LanguageChinese:
			next = r.chinese(i)
		case r.words != nil:
			next = r.foreign(i)
		case t.arabic || t.class == classDigits && r.lang == LanguageArabic:
			next = r.arabic(i)
		default:
			next = r.english(i)
		}
		i = max(next, i+1)
	}
	r.shareUnits()
	if r.lang == LanguageArabic {
		r.doubt()
	}
}

// emit appends one reading of the number in toks[from:to].
func (r *reader) emit(q Quantity, from, to int) {
	a, b := &r.toks[from], &r.toks[to-1]
	q.Start, q.End = int(a.runeStart), int(b.runeEnd)
	q.ByteStart, q.ByteEnd = int(a.start), int(b.end)
	r.out = append(r.out, q)
}

// at gives token i, or an empty one beyond either end.
func (r *reader) at(i int) *token {
	if i < 0 || i >= len(r.toks) {
		return &noToken
	}
	return &r.toks[i]
}

// noToken is what stands beyond the ends of a text; it is never written.
var noToken = token{kind: tokMark, spaced: true}
