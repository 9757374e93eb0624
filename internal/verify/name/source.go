package name

import (
	"bytes"
	"math/bits"
	"slices"
	"sync"

	"github.com/mujaz/mujaz/internal/verify/fold"
)

// Mode says how the names of a source can be looked up.
type Mode uint8

// The modes.
const (
	Unreadable Mode = iota // only names written in Latin letters can be found
	Arabic
	English
	Latin    // another language in Latin letters
	Sounding // another language, whose letters are compared by sound
)

// Thresholds of similarity, from TestCorpusTransliteration: of some 7,500 Arabic
// spellings of Latin names 97.5 in 100 reach sameName and 98.3 otherName, of
// random pairs 8 and 13 in 10,000. A name between the two cannot be judged.
const (
	sameName  = 0.70
	otherName = 0.66
	sureName  = 0.86
	weakName  = 0.78
	// besideName is the similarity from which a word beside the other word of
	// a full name is taken for the name.
	besideName = 0.52
	// furtherAway is what it must have more with a word between.
	furtherAway = 0.18
	// articleName is the similarity from which a word with the article is a
	// name: most of them are ordinary words.
	articleName = 0.76
	// ordinaryLoss is what a similarity to an ordinary word loses.
	ordinaryLoss = 0.20
	// besideFrom is the similarity from which that other word counts as found.
	besideFrom = 0.75
	// otherSpelling is otherName for two languages in Latin letters, where the
	// names of places differ and endings are written onto them.
	otherSpelling = 0.50
	// otherPerson is otherSpelling for people, whose names keep their spelling.
	otherPerson = 0.62
	// These are sameName and otherName for languages whose spelling the costs
	// were not made for.
	sameSounding  = 0.64
	otherSounding = 0.45
)

// shape is what a source word is preselected by.
type shape struct {
	must, have uint16
	word       int32
	again      bool // the same word stands earlier in the text
}

// Source is a text in which names are looked up. It is read only.
type Source struct {
	words  *fold.Words
	mode   Mode
	shapes []shape
	room   *[]shape // what shapes was borrowed as
	glued  bool     // words are run together in many places
	cut    bool     // so many that names cannot be found, or more than maxWords words
	run    []byte   // the letters of a glued text without its spaces
}

// maxWords bounds the words of a source that are indexed by sound; the longest
// reports of newspapers have some 8,000.
const maxWords = 10000

const (
	// gluedLetters is more than any Arabic word of the news has with its
	// clitics; of 350 articles none had such a word.
	gluedLetters = 16
	// gluedWords is how many such words show that a text has lost its spaces;
	// fewer are searched within.
	gluedWords = 3
	// gluedShare is one word in how many may be so long in a text in which
	// names can still be found.
	gluedShare = 25
	// longWord is the number of letters from which a word may be two.
	longWord = 8
	// veryLongWord is the number of letters from which a name may stand
	// anywhere within a word.
	veryLongWord = 13
	// withinWord is the similarity from which a name is held possible there.
	withinWord = 0.80
)

// NewSource indexes words, which must not change any more.
func NewSource(words *fold.Words, mode Mode) Source {
	s := Source{words: words, mode: mode}
	if mode != Arabic && mode != Sounding {
		return s
	}
	stop := frequent()
	glued := 0
	list := words.List[:min(len(words.List), maxWords)]
	s.room, _ = shapes.Get().(*[]shape)
	s.shapes = slices.Grow((*s.room)[:0], len(list))
	seen := newWordSet(len(list))
	for i := range list {
		x := &words.List[i]
		if x.Script == fold.ArabicScript && x.Len > gluedLetters {
			glued++
		}
		if x.Script != fold.ArabicScript && x.Script != fold.Other || x.Len < 2 || x.Len > maxArabicWord {
			continue
		}
		w := words.Of(x)
		if mode == Arabic && isFrequent(stop, w) {
			continue
		}
		sh := shape{word: int32(i), again: seen.add(words, i)}
		clitics := true
		for j, b := range w {
			c := sounds.arabic[b]
			sh.have |= c
			clitics = clitics && j < 4 && (b == waw || b == feh || b == beh || b == lam || b == kaf || b == alef)
			if !clitics && bits.OnesCount16(c) == 1 && !(b == noon && j == len(w)-1) {
				sh.must |= c
			}
		}
		s.shapes = append(s.shapes, sh)
	}
	s.glued = glued >= gluedWords
	s.cut = glued >= gluedWords && gluedShare*glued > len(list) || len(list) < len(words.List)
	if s.glued && mode == Arabic && len(list) == len(words.List) {
		s.run = withoutSpaces(words)
	}
	return s
}

// Release gives the room of a source back, which must not be used after it.
func (s *Source) Release() {
	if s.room == nil {
		return
	}
	if *s.room = s.shapes; cap(s.shapes) <= maxWords {
		shapes.Put(s.room)
	}
	s.shapes, s.room = nil, nil
}

// shapes is room for the shapes of one source, used again by the next.
var shapes = sync.Pool{New: func() any { return new([]shape) }}

// Glued reports a text whose words are run together in many places, so that
// what is not found in it proves little.
func (s *Source) Glued() bool { return s.glued || s.cut }

// bySound finds the word of the source that sounds most like the Latin word w,
// or the first one that reaches enough.
func (s *Source) bySound(w []byte, enough float64) (best float64, word int) {
	so := soundOf(w)
	if best, word = s.oneWord(&so, enough); best >= enough || so.n < 5 {
		return best, word
	}
	if v, at := s.twoWords(&so); v > best {
		best, word = v, at
	}
	return best, word
}

// oneWord is bySound for a name that is one word in the source.
func (s *Source) oneWord(so *sound, enough float64) (best float64, word int) {
	word = -1
	for slack := range s.slack() {
		for i := range s.shapes {
			sh := &s.shapes[i]
			missing := bits.OnesCount16(so.must&^sh.have) + bits.OnesCount16(sh.must&^so.have)
			if missing != slack || sh.again {
				continue
			}
			x := &s.words.List[sh.word]
			if v := s.similar(so, s.words.Of(x)); v > best {
				if v = s.unless(so, s.words.Of(x), v); v <= best {
					continue
				}
				best, word = v, int(sh.word)
				if best >= enough {
					return best, word
				}
			}
		}
	}
	return best, word
}

// unless lowers a similarity to an ordinary word, when it is weak or the name so
// short that chance makes it.
func (s *Source) unless(so *sound, w []byte, v float64) float64 {
	if v <= lowest || s.mode != Arabic {
		return v
	}
	if v < weakName && isOrdinary(w) || so.n <= shortSound && isOrdinaryNoun(w) {
		return min(v, weakName) - ordinaryLoss
	}
	return v
}

// slack is how many kinds of consonants a word of the source may lack, or have
// more, to be compared with a name at all.
func (s *Source) slack() int {
	if s.mode == Sounding {
		return 3
	}
	return 2
}

// similar is similarity, with the prefixes and endings of other languages than
// Arabic.
func (s *Source) similar(so *sound, w []byte) float64 {
	if s.mode != Sounding {
		return similarity(so, w)
	}
	best, beginning := align(so, w)
	if len(w) > 4 {
		best = max(best, beginning-endingLoss)
		if w[0] == heh || w[0] == meem || w[0] == sheen { // of Hebrew
			v, begin := align(so, w[1:])
			best = max(best, v-endingLoss, begin-2*endingLoss)
		}
	}
	return best
}

// endingLoss is what a prefix or an ending takes from a similarity.
const endingLoss = 0.04

// withinWord reports whether a long word of the source holds the Latin word w
// at its beginning or, when very long, anywhere: it was run together with
// another, or the English shortens it.
func (s *Source) withinWord(w []byte) bool {
	so := soundOf(w)
	for i := range s.words.List[:min(len(s.words.List), maxWords)] {
		x := &s.words.List[i]
		if x.Script != fold.ArabicScript || x.Len < longWord {
			continue
		}
		v := s.words.Of(x)
		last := 0
		if x.Len >= veryLongWord || s.glued {
			last = len(v) - shortestName
		}
		for from := 0; from <= last; from++ {
			if _, alike := align(&so, v[from:min(from+maxArabicWord, len(v))]); alike >= withinWord {
				return true
			}
		}
	}
	return false
}

// twoWords looks for a Latin word that is written as two in Arabic:
// «عبد الرحمن», Abdulrahman.
func (s *Source) twoWords(so *sound) (best float64, word int) {
	var buf [2 * fold.MaxLetters]byte
	for i := 1; i < len(s.shapes); i++ {
		a, b := &s.shapes[i-1], &s.shapes[i]
		if a.word+1 != b.word || so.must&^(a.have|b.have) != 0 || (a.must|b.must)&^so.have != 0 {
			continue
		}
		w := append(buf[:0], s.words.Of(&s.words.List[a.word])...)
		w = append(w, s.words.Of(&s.words.List[b.word])...)
		if v := similarity(so, w); v > best {
			best, word = v, int(a.word)
		}
	}
	return best, word
}

// inPieces reports a name that is too short to be told from others in a foreign
// alphabet, or that two or three words of the source spell together: Urdu sets
// spaces within names, Hebrew an apostrophe that the splitting of words does not
// know.
func (s *Source) inPieces(w []byte) bool {
	so := soundOf(w)
	if so.n <= shortSound {
		return true
	}
	var buf [3 * fold.MaxLetters]byte
	list := s.words.List[:min(len(s.words.List), maxWords)]
	for i := range list {
		joined := append(buf[:0], s.words.Of(&list[i])...)
		enough := sameSounding
		if list[i].Len == 1 {
			enough = otherSounding
		}
		for j := i + 1; j < min(i+3, len(list)) && list[j].Part == list[i].Part; j++ {
			joined = append(joined, s.words.Of(&list[j])...)
			if len(joined) > maxArabicWord {
				break
			}
			if s.similar(&so, joined) >= enough {
				return true
			}
		}
	}
	return false
}

// hasWord reports whether the letters w stand in the source as a word, or with
// prefix as the beginning of one.
func (s *Source) hasWord(w []byte, prefix bool) (word int, ok bool) {
	letters := s.words.Letters
	for from := 0; ; {
		i := bytes.Index(letters[from:], w)
		if i < 0 {
			return -1, false
		}
		i += from
		end := i + len(w)
		if letters[i-1] == ' ' && (prefix || letters[end] == ' ') {
			return s.at(i), true
		}
		from = i + 1
	}
}

// hasArticle reports an Arabic word with the article, clitics aside.
func (s *Source) hasArticle(word int) bool {
	w := s.words.Of(&s.words.List[word])
	if s.mode != Arabic || len(w) < 5 {
		return false
	}
	if w[0] == waw || w[0] == beh || w[0] == kaf || w[0] == feh {
		w = w[1:]
	}
	return w[0] == alef && w[1] == lam || w[0] == lam && w[1] == lam
}

// at gives the word whose letters hold position i.
func (s *Source) at(i int) int {
	low, high := 0, len(s.words.List)
	for low+1 < high {
		if mid := (low + high) / 2; int(s.words.List[mid].At) <= i {
			low = mid
		} else {
			high = mid
		}
	}
	return low
}

// wordSet is a set of words by their letters.
type wordSet struct {
	slots []int32 // number of a word, from 1
}

func newWordSet(words int) wordSet {
	size := 64
	for size < words+words/2 {
		size *= 2
	}
	return wordSet{slots: make([]int32, size)}
}

// add puts word i into the set, and reports whether its letters were there.
func (s *wordSet) add(words *fold.Words, i int) bool {
	w := words.Of(&words.List[i])
	h := uint32(2166136261) // FNV-1a
	for _, b := range w {
		h = (h ^ uint32(b)) * 16777619
	}
	mask := uint32(len(s.slots) - 1)
	for at := h & mask; ; at = (at + 1) & mask {
		switch other := s.slots[at]; {
		case other == 0:
			s.slots[at] = int32(i) + 1
			return false
		case bytes.Equal(words.Of(&words.List[other-1]), w):
			return true
		}
	}
}

// Places appends the words of the source that surely are the Latin word w.
func (s *Source) Places(dst []int32, w []byte) []int32 {
	switch s.mode {
	case Arabic:
		so := soundOf(w)
		for i := range s.shapes {
			sh := &s.shapes[i]
			if bits.OnesCount16(so.must&^sh.have)+bits.OnesCount16(sh.must&^so.have) <= 1 && similarity(&so, s.words.Of(&s.words.List[sh.word])) >= weakName {
				dst = append(dst, sh.word)
			}
		}
	case English:
		for i := range s.words.List[:min(len(s.words.List), maxWords)] {
			if bytes.Equal(s.words.Of(&s.words.List[i]), w) {
				dst = append(dst, int32(i))
			}
		}
	}
	return dst
}
