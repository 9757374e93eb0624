package name

import (
	"github.com/mujaz/mujaz/internal/verify/fold"
)

// Outcome says whether the source holds a name.
type Outcome uint8

// The outcomes.
const (
	Found   Outcome = iota
	Unknown         // it may be there in a form that is not known
	Absent          // no word of the source comes near it
)

// Claim is a name in an English text.
type Claim struct {
	First, Last int // words of the text
	Outcome     Outcome
	// Near is the word of the source that comes nearest, -1 when none does.
	Near int
}

// shortestName is the number of letters from which a name's sounds tell it
// from other words.
const shortestName = 4

// maxNames bounds the different names that are looked up for one output, and so
// the time that an output of megabytes can take; a summary has some twenty.
const maxNames = 200

// Finder looks up the names of one English output. It remembers what it has
// looked up; it must not be used by two goroutines at once.
type Finder struct {
	source *Source
	seen   []memory
	asked  int // look-ups beside those of seen
	scans  int // searches of a text without spaces
}

type memory struct {
	letters string
	outcome Outcome
	near    int
	listed  bool // in the lexicon
	sure    bool // found without doubt
}

// Finder gives a finder for the names of one output.
func (s *Source) Finder() Finder { return Finder{source: s} }

// Claims appends the names in words[from:to] of an English text that were
// looked up in the source, in the order of the text. Words that are likely to
// be translated are left out.
func (f *Finder) Claims(dst []Claim, words *fold.Words, from, to int) []Claim {
	titled := titleCase(words, from, to)
	l := names()
	for i := from; i < to; i++ {
		x := &words.List[i]
		if x.Script != fold.LatinScript || !x.Upper {
			continue
		}
		if len(f.seen) >= maxNames {
			return dst
		}
		if f.source.mode == Arabic {
			if g, n := towns().longest(words, i); g != nil && alone(words, i, n, from, to) {
				dst = append(dst, f.place(words, g, i, i+n-1))
				i += n - 1
				continue
			}
		}
		if g, n := l.longest(words, i); g != nil {
			if n > 1 || x.Len > 2 || x.Capitals {
				if n > 1 || !ambiguous(words, i, titled) {
					dst = append(dst, f.place(words, g, i, i+n-1))
				}
				i += n - 1
				continue
			}
		}
		if f.source.mode == English {
			if c, ok := f.spelled(words, i, titled); ok {
				dst = append(dst, c)
				continue
			}
		}
		if p := f.person(words, i, from, to, titled); p >= 0 {
			dst = append(dst, f.word(words, i, p, from, to, ofPerson))
			continue
		}
		if f.source.mode == Arabic && standsAlone(words, i, from, to, titled) {
			dst = append(dst, f.word(words, i, -1, from, to, byItself))
			continue
		}
		if x.Len < shortestName || x.Capitals || inflected(string(words.Of(x))) || institutionWords()[string(words.Of(x))] || x.Inner && !patronymic(words.Of(x)) {
			continue
		}
		if x.First && (titled || !acts(words, i, to)) {
			continue // the capital is that of the sentence
		}
		if !x.First && f.doubtful(words, i, from, to, titled) {
			continue
		}
		dst = append(dst, f.word(words, i, neighbour(words, i, from, to), from, to, anyName))
	}
	return dst
}

// place looks up a name of the lexicon.
func (f *Finder) place(words *fold.Words, g *group, first, last int) Claim {
	c := Claim{First: first, Last: last, Near: -1}
	a, b := &words.List[first], &words.List[last]
	letters := words.Letters[a.At : b.At+int32(b.Len)]
	for _, m := range f.seen {
		if m.letters == string(letters) {
			c.Outcome, c.Near = m.outcome, m.near
			return c
		}
	}
	c.Outcome, c.Near = f.source.group(g, letters)
	if c.Outcome == Absent && first == last {
		if a.Hyphen || last+1 < len(words.List) && words.List[last+1].Hyphen {
			c.Outcome = Unknown // African-American, Sino-Indian
		}
		switch best, near := f.source.nearest(letters); {
		case g.sounds && best >= sureName:
			c.Outcome, c.Near = Found, near
		case best >= sureName && personal(words, first) || g.sounds && best >= weakName:
			c.Outcome, c.Near = Unknown, near // a person: "Jordan Smith"
		}
	}
	if c.Outcome == Unknown && first == last && f.source.mode == Arabic && !f.source.cut && f.givenName(words, first) {
		if best, _ := f.source.nearest(letters); best < loneName {
			c.Outcome = Absent // no prophet but a person: "Jacob Smith"
		}
	}
	if g.sounds && first == last && c.Outcome == Unknown && string(letters) == g.english[0] && (f.source.mode == Sounding || f.source.mode == Latin) && len(letters) > shortestName {
		switch best, near := f.source.nearest(letters); {
		case best >= sameName:
			c.Outcome, c.Near = Found, near
		case best < otherSpelling:
			c.Outcome = Absent
		}
	}
	if c.Outcome == Absent && g.sounds && first < last && f.oneSounds(words, first, last) {
		c.Outcome = Unknown // spelled in a way that the table lacks
	}
	if (f.source.cut || f.source.glued && c.Outcome == Absent && (first != last || f.source.withinWord(letters))) && !(c.Outcome == Absent && f.lacksGroup(g, letters)) {
		c.Outcome = min(c.Outcome, Unknown)
	}
	f.seen = append(f.seen, memory{letters: string(letters), outcome: c.Outcome, near: c.Near, listed: true})
	return c
}

// givenName reports a given name with a surname behind it that the source has.
func (f *Finder) givenName(words *fold.Words, i int) bool {
	w := string(words.Of(&words.List[i]))
	if !given()[w] && !givenNames[w] || words.List[i].Possessive {
		return false
	}
	next := afterParticles(words, i+1, len(words.List))
	if next < 0 || words.List[next].Len < shortestName || institution(words, next, len(words.List)) || wellKnown()[w+" "+string(words.Of(&words.List[next]))] {
		return false
	}
	if f.asked++; f.asked > maxNames {
		return false
	}
	best, _ := f.source.nearest(words.Of(&words.List[next]))
	return best >= sameName
}

// oneSounds reports whether a word of a name of several is in the source by its
// sound.
func (f *Finder) oneSounds(words *fold.Words, first, last int) bool {
	for i := first; i <= last; i++ {
		if x := &words.List[i]; x.Len >= shortestName {
			if best, _ := f.source.nearest(words.Of(x)); best >= weakName {
				return true
			}
		}
	}
	return false
}

// group looks for a name of the lexicon in the way of the source's language.
func (s *Source) group(g *group, letters []byte) (Outcome, int) {
	switch s.mode {
	case Arabic, Sounding:
		for _, stem := range g.stems {
			if at, ok := s.hasStem(stem); ok {
				return Found, at
			}
		}
	case English, Latin:
		for _, e := range g.english {
			if at, ok := s.hasWord([]byte(e), len(e) > 3); ok {
				return Found, at
			}
		}
	}
	if at, ok := s.hasWord(letters, false); ok {
		return Found, at
	}
	if g.place && (s.mode == Arabic || s.mode == English) {
		return Absent, -1
	}
	return Unknown, -1
}

// wordKind says what shows a word to be a name.
type wordKind uint8

const (
	anyName  wordKind = iota // the words around it
	ofPerson                 // a given name or a title beside it
	byItself                 // see standsAlone
)

// word looks up word i by its letters and sounds, alone and joined with the
// capitalised words beside it. A match that is not sure must stand beside that
// of the name's other word, when the source has it: nearly every text has some
// ordinary word that sounds a little like any short name.
func (f *Finder) word(words *fold.Words, i, other, from, to int, kind wordKind) Claim {
	c := Claim{First: i, Last: i, Near: -1}
	w := words.Of(&words.List[i])
	for _, m := range f.seen {
		if m.letters == string(w) && (m.outcome != Found || m.sure || other < 0) {
			c.Outcome, c.Near = m.outcome, m.near
			return c
		}
	}
	best, near := f.source.nearest(w)
	c.Near = near
	if best < articleName && near >= 0 && f.source.hasArticle(near) {
		best = min(best, otherName-0.01)
	}
	apart := false
	spelling, different := otherSpelling, otherName
	switch kind {
	case ofPerson:
		spelling = otherPerson
	case byItself:
		different = loneName
	}
	if f.source.mode == Arabic && best < sureName && other >= 0 {
		at, refuted := f.source.beside(words.Of(&words.List[other]), w, best < weakName)
		if apart = refuted; at >= 0 {
			best, c.Near = max(best, sameName), at
		}
	}
	switch {
	case best >= sameName && !apart, f.source.mode == Sounding && best >= sameSounding:
		c.Outcome = Found
	case f.joined(words, i, from, to):
		c.Outcome = Found
	case f.source.mode == Arabic && (!apart || f.source.glued) && f.source.withinWord(w) && !(f.source.glued && f.lacks(w)):
		c.Outcome = Unknown
	case best >= different && !apart || f.source.mode == Latin && best >= spelling || f.source.mode == Sounding && (best >= otherSounding || len(w) <= shortestName) || f.source.mode == Unreadable:
		c.Outcome = Unknown
	case f.source.cut && !f.lacks(w):
		c.Outcome = Unknown
	case other > i && wellKnown()[string(w)+" "+string(words.Of(&words.List[other]))]:
		c.Outcome = Unknown
	case f.source.mode == Sounding && f.source.inPieces(w):
		c.Outcome = Unknown
	case kind == ofPerson && other > i && f.source.leavesOutGiven(words.Of(&words.List[other])):
		c.Outcome = Unknown
	default:
		c.Outcome = Absent
	}
	f.seen = append(f.seen, memory{letters: string(w), outcome: c.Outcome, near: c.Near, sure: best >= sureName})
	return c
}

// joined looks up a name of two words that the source writes as one: "Saint
// Étienne", «سانتيتيان».
func (f *Finder) joined(words *fold.Words, i, from, to int) bool {
	var buf [2 * fold.MaxLetters]byte
	for _, first := range [...]int{i - 1, i} {
		if first < from || first+1 >= to || words.List[first+1].Broken || !words.List[first].Upper || !words.List[first+1].Upper {
			continue
		}
		w := append(buf[:0], words.Of(&words.List[first])...)
		w = append(w, words.Of(&words.List[first+1])...)
		if len(w) > fold.MaxLetters {
			continue
		}
		best, at := f.source.nearest(w)
		if best >= sameName && (f.source.mode != Arabic || f.source.holds(at, w, words.Of(&words.List[i]), words.Of(&words.List[2*first+1-i]))) {
			return true
		}
	}
	return false
}

// holds reports whether the word at, or it and the next, which sound like the
// joined words, have a part like w: a long other word alone may sound like both.
func (s *Source) holds(at int, joined, w, other []byte) bool {
	so, all, rest := soundOf(w), soundOf(joined), soundOf(other)
	one := s.words.Of(&s.words.List[at])
	if v := similarity(&all, one); v >= sameName && v > similarity(&rest, one) {
		return true
	}
	for j := at; j < min(at+2, len(s.words.List)); j++ {
		if x := &s.words.List[j]; x.Script == fold.ArabicScript && similarity(&so, s.words.Of(x)) >= besideName {
			return true
		}
	}
	return false
}

// nearest finds the word of the source that is most like the Latin word w, and
// how like it is, from 0 to 1.
func (s *Source) nearest(w []byte) (float64, int) {
	if at, ok := s.hasWord(w, len(w) > shortestName); ok {
		return 1, at
	}
	switch s.mode {
	case Arabic, Sounding:
		return s.bySound(w, sureName)
	case English, Latin:
		return s.byLetters(w)
	}
	return 0, -1
}
