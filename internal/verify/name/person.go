package name

import (
	"bytes"
	"math/bits"
	"strings"

	"github.com/mujaz/mujaz/internal/verify/fold"
)

// shortSound is the number of sounds of a short name.
const shortSound = 4

// gluedName is the number of letters of a word that may be a name and the next
// word, where the name is looked for beside another.
const gluedName = 6

// shortestPart is the number of letters of the shortest part of a full name
// that is looked up.
const shortestPart = 3

// person reports a word of a person's full name, and gives another word of it;
// -1 when the word is not shown to be one. A given name or a title beside it
// shows that, whatever else stands around.
func (f *Finder) person(words *fold.Words, i, from, to int, titled bool) int {
	x := &words.List[i]
	w := words.Of(x)
	if x.Len < shortestPart || x.Capitals || institutionWords()[string(w)] {
		return -1
	}
	if i+1 < to && given()[string(w)] && !x.Possessive {
		next := afterParticles(words, i+1, to)
		if next >= 0 && (f.surname(words, next, to, titled) || !titled && !institution(words, next, to)) {
			return next
		}
	}
	if i+1 < to && givenNames[string(w)] && !x.Possessive && !words.List[i+1].Broken && f.unlisted(words, i, i+1, from, to, titled) {
		return i + 1
	}
	if !f.surname(words, i, to, titled) {
		return -1
	}
	if next := i + 1; next < to && !x.Possessive && !words.List[next].Broken && f.unlisted(words, i, next, from, to, titled) {
		return next
	}
	for j := i - 1; j >= from && j >= i-3 && !words.List[j+1].Broken; j-- {
		y := &words.List[j]
		v := words.Of(y)
		if particles[string(v)] || y.Len == 1 && y.Upper {
			continue
		}
		if y.Upper && !y.Possessive && (given()[string(v)] || givenNames[string(v)]) {
			return j
		}
		break
	}
	return -1
}

// unlisted reports a given name that is in no table: it begins a sentence or
// follows a title, looks like no ordinary word, and the source surely has the
// name behind it.
func (f *Finder) unlisted(words *fold.Words, i, next, from, to int, titled bool) bool {
	x := &words.List[i]
	if x.Len < shortestName || titled || !f.surname(words, next, to, titled) || words.List[next].Len < shortestName {
		return false
	}
	if !x.First && (i == from || !titles()[string(words.Of(&words.List[i-1]))]) {
		return false
	}
	w := words.Of(x)
	if derived(string(w)) || compound(w) || occupation(w) {
		return false
	}
	if f.asked++; f.asked > maxNames {
		return false
	}
	best, _ := f.source.nearest(words.Of(&words.List[next]))
	return best >= sureName
}

// occupation reports the endings of what people are: "Midfielder", "Lifeguard",
// "Bavarian".
func occupation(w []byte) bool {
	for _, e := range [...]string{"er", "or", "ist", "man", "men", "ian", "ean", "ent", "ant", "ard", "ing", "ed", "ly", "ic", "al", "ive", "ous", "ee", "ese", "ish", "ate", "s"} {
		if bytes.HasSuffix(w, []byte(e)) {
			return true
		}
	}
	return false
}

// surname reports a word with a capital that may be the last of a full name.
func (f *Finder) surname(words *fold.Words, i, to int, titled bool) bool {
	x := &words.List[i]
	w := string(words.Of(x))
	if !x.Upper || x.Len < shortestPart || x.Capitals || inflected(w) || names().byName[w] != nil || institution(words, i, to) {
		return false
	}
	return !titled || i+1 >= to || !words.List[i+1].Upper || !inflected(string(words.Of(&words.List[i+1])))
}

// institution reports a word that names a street, a prize or a building, or
// stands before such a word.
func institution(words *fold.Words, i, to int) bool {
	if institutionWords()[string(words.Of(&words.List[i]))] {
		return true
	}
	return i+1 < to && !words.List[i].Possessive && !words.List[i+1].Broken && words.List[i+1].Upper &&
		institutionWords()[string(words.Of(&words.List[i+1]))]
}

// personal reports a word beside another name or behind a title: "Jordan Smith",
// "Mr France". The tables of places do not know such a name.
func personal(words *fold.Words, i int) bool {
	if words.List[i].Capitals {
		return false
	}
	if i > 0 && !words.List[i].Broken && words.List[i-1].Upper && titles()[string(words.Of(&words.List[i-1]))] {
		return true
	}
	return neighbour(words, i, 0, len(words.List)) >= 0
}

// afterParticles gives the word with a capital at or behind i, particles and
// initials aside; -1 when there is none.
func afterParticles(words *fold.Words, i, to int) int {
	for ; i < to && !words.List[i].Broken; i++ {
		x := &words.List[i]
		if particles[string(words.Of(x))] || x.Len == 1 && x.Upper {
			continue
		}
		if x.Upper && x.Script == fold.LatinScript {
			return i
		}
		break
	}
	return -1
}

// neighbour gives the word with a capital beside word i that belongs to the
// same name; -1 when there is none.
func neighbour(words *fold.Words, i, from, to int) int {
	if i > from && !words.List[i].Broken && !words.List[i-1].Possessive && partOfName(words, i-1) {
		return i - 1
	}
	if i+1 < to && !words.List[i+1].Broken && !words.List[i].Possessive && partOfName(words, i+1) {
		return i + 1
	}
	return -1
}

func partOfName(words *fold.Words, i int) bool {
	x := &words.List[i]
	w := string(words.Of(x))
	return x.Upper && !x.First && x.Script == fold.LatinScript && x.Len >= shortestName && !x.Capitals && !inflected(w) && !titles()[w] && names().byName[w] == nil
}

// beside looks for the Latin words other and w within two words of each other.
// It gives the word that is w, or -1, and whether the source has other so surely
// elsewhere that it refutes w; a weak match of w is refuted by less.
func (s *Source) beside(other, w []byte, weak bool) (word int, refuted bool) {
	o, so := soundOf(other), soundOf(w)
	word, found := s.adjacent(&o, names().byName[string(other)], &so)
	if word >= 0 {
		_, word = s.nextTo(&so, word)
		return word, false
	}
	if word, _ = s.adjacent(&so, nil, &o); word >= 0 {
		return word, false
	}
	return -1, len(other) > shortestPart && (found >= sureName || weak && found >= besideFrom)
}

// adjacent finds a word that sounds like a, or is in its group, and has one
// like b within two words. It also gives the similarity of the word most like a.
func (s *Source) adjacent(a *sound, g *group, b *sound) (word int, best float64) {
	for i := range s.shapes {
		sh := &s.shapes[i]
		w := s.words.Of(&s.words.List[sh.word])
		v := 0.0
		switch {
		case g != nil && g.begins(w):
			v = 1
		case bits.OnesCount16(a.must&^sh.have)+bits.OnesCount16(sh.must&^a.have) > 1:
			continue
		default:
			v = similarity(a, w)
		}
		best = max(best, v)
		if v < sameName {
			continue
		}
		if next, _ := s.nextTo(b, int(sh.word)); next >= besideName {
			return int(sh.word), best
		}
	}
	return -1, best
}

// begins reports whether a stem of the group begins the word, clitics of one
// letter aside.
func (g *group) begins(w []byte) bool {
	for _, stem := range g.stems {
		bare := strings.TrimRight(stem, " ~")
		if bytes.HasPrefix(w, []byte(bare)) || len(w) > 1 && bytes.HasPrefix(w[1:], []byte(bare)) {
			return true
		}
	}
	return false
}

// nextTo gives the word within two words of word at that is most like b.
func (s *Source) nextTo(b *sound, at int) (best float64, word int) {
	word = -1
	for j := max(at-2, 0); j <= min(at+2, len(s.words.List)-1); j++ {
		y := &s.words.List[j]
		if j == at || y.Script != fold.ArabicScript || y.Part != s.words.List[at].Part || y.Len > maxArabicWord {
			continue
		}
		v, beginning := align(b, s.words.Of(y))
		if isOrdinary(s.words.Of(y)) {
			v -= ordinaryLoss
		}
		if y.Len >= gluedName { // run together with the next word
			v = max(v, beginning-furtherAway)
		}
		if b.n <= shortSound {
			v -= furtherAway // short names are like many words
		}
		if j < at-1 || j > at+1 {
			v -= furtherAway
		}
		if v > best {
			best, word = v, j
		}
	}
	return best, word
}

// leavesOutGiven reports whether the source has a surname and nowhere a word
// before it that may be a given name: «قال ليندكفيست». Then another
// given name is no exchange but what every writer adds.
func (s *Source) leavesOutGiven(surname []byte) bool {
	so := soundOf(surname)
	found := false
	list := s.words.List[:min(len(s.words.List), maxWords)]
	for i := range list {
		x := &list[i]
		w := s.words.Of(x)
		switch s.mode {
		case Arabic:
			if x.Script != fold.ArabicScript || x.Len < 3 || similarity(&so, w) < weakName {
				continue
			}
		case Latin:
			if x.Script != fold.LatinScript || !x.Upper || !bytes.HasPrefix(w, surname) {
				continue
			}
		default:
			return false
		}
		found = true
		if i == 0 || list[i-1].Part != x.Part || x.Broken {
			continue
		}
		prev := &list[i-1]
		if s.mode == Latin && prev.Upper || s.mode == Arabic && prev.Script == fold.ArabicScript && !isOrdinary(s.words.Of(prev)) {
			return false
		}
	}
	return found
}
