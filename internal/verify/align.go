package verify

import (
	"bytes"
	"sort"
	"strings"

	"github.com/mujaz/mujaz/internal/verify/fold"
	"github.com/mujaz/mujaz/internal/verify/name"
	"github.com/mujaz/mujaz/internal/verify/numeral"
)

// aligner tells which sentences of the source a sentence of the output most
// likely renders, by the names and numbers they share. It serves one check of
// one output, and does its work only when a claim asks for it: a number that
// stands somewhere in an article may still be none that this sentence can mean.
type aligner struct {
	p      *Prepared
	starts []int32 // the first word of each sentence of the source
	stems  *stemIndex
	field  *field
	first  int // the first word of the sentence that scores is about, -1 for none
	skip   int // the claim that was left out of them
	scores []float64
	hit    []bool // false but within score
	done   int    // alignments made
}

const (
	// maxSentences bounds the sentences of a source that are told apart.
	maxSentences = 2000
	// maxAlignments bounds the sentences of one output that are aligned,
	// maxSentenceWords their length, and maxAligned the letters of a source, and
	// so the time that outputs and sources of megabytes can take; without an
	// alignment a claim is held against the whole source.
	maxAlignments    = 60
	maxSentenceWords = 120
	maxAligned       = 1 << 16
	// sureScore is the least score of a sentence that is taken for the one that
	// is rendered: more than one name of its own.
	sureScore = 0.9
	// sureForeign is sureScore where only numbers and Latin names can be shared.
	sureForeign = 1.5
	// hintScore is sureScore where only a number that counts something else, or a
	// relative day, speaks for the claim.
	hintScore = 0.3
	// rivalShare is how near, as a share of the best score, the sentence that
	// supports a claim may come before the alignment is in doubt.
	rivalShare = 0.5
	// nearShare is rivalShare for the sentences beside the best one.
	nearShare = 0.3
	// besideShare is what the sentences beside add to a score.
	besideShare = 0.3
	// citedScore is added to the sentences of cited paragraphs.
	citedScore = 0.7
)

// sureScore is the score from which a sentence is taken for the one meant.
func (a *aligner) sureScore() float64 {
	if a.p.known == numeral.DigitsOnly {
		return sureForeign
	}
	return sureScore
}

func newAligner(p *Prepared) *aligner {
	return &aligner{p: p, first: -1}
}

// release ends the use of an aligner.
func (a *aligner) release() {
	if a.stems != nil && cap(a.stems.next) <= mostStems {
		stemRooms.Put(a.stems)
	}
	a.stems = nil
}

// sentenceStart reports whether a sentence of text begins at word i.
func sentenceStart(words *fold.Words, text string, i int) bool {
	x := &words.List[i]
	if i == 0 || words.List[i-1].Part != x.Part {
		return true
	}
	return x.First && strings.ContainsAny(text[words.List[i-1].End:x.Start], ".!?؟\n۔।")
}

// sentence gives the words [from, to) of the sentence of f that holds byte at.
func (f *field) sentence(at int) (from, to int) {
	list := f.words.List
	i := max(sort.Search(len(list), func(k int) bool { return int(list[k].Start) > at })-1, 0)
	for from = i; from > 0 && !sentenceStart(&f.words, f.text, from); from-- {
	}
	for to = i + 1; to < len(list) && !sentenceStart(&f.words, f.text, to); to++ {
	}
	return from, min(to, len(list))
}

// split finds the sentences of the source.
func (a *aligner) split() {
	words := a.p.text
	a.starts = make([]int32, 0, len(words.List)/20+1)
	for i := range words.List {
		if len(a.starts) < maxSentences && sentenceStart(words, a.p.parts[words.List[i].Part].text, i) {
			a.starts = append(a.starts, int32(i))
		}
	}
}

// of gives the sentence of the source that holds word i.
func (a *aligner) of(i int) int {
	return sort.Search(len(a.starts), func(k int) bool { return int(a.starts[k]) > i }) - 1
}

// ofEvidence gives the sentence of the source that holds a number.
func (a *aligner) ofEvidence(e *evidence) int {
	list := a.p.text.List
	i := sort.Search(len(list), func(k int) bool {
		x := &list[k]
		return int(x.Part) > e.part || int(x.Part) == e.part && int(x.End) > e.ByteStart
	})
	return a.of(min(i, len(list)-1))
}

// align scores the sentences of the source against the one of f that holds
// byte at. claims[skip], which is judged, does not count for itself.
func (a *aligner) align(f *field, claims []numeral.Quantity, skip, at int) {
	if a.starts == nil {
		a.split()
	}
	if len(a.starts) == 0 || len(f.words.List) == 0 {
		return
	}
	from, to := f.sentence(at)
	if a.field == f && a.first == from && a.skip == skip {
		return
	}
	if a.done++; a.done > maxAlignments || to-from > maxSentenceWords || len(a.p.text.Letters) > maxAligned {
		a.scores, a.field = nil, nil
		return
	}
	a.field, a.first, a.skip = f, from, skip
	own := a.line(f, claims, from, to)
	var before, after *line
	if from > 0 {
		b, e := f.sentence(int(f.words.List[from-1].Start))
		before = a.line(f, claims, max(b, e-maxSentenceWords), e)
	}
	if to < len(f.words.List) {
		b, e := f.sentence(int(f.words.List[to].Start))
		after = a.line(f, claims, b, min(e, b+maxSentenceWords))
	}
	a.combine(own, before, after)
	if skip >= 0 && own.holds(f, &claims[skip]) {
		a.number(a.scores, &claims[skip], -1)
	}
	for i := range a.scores {
		id := a.p.parts[a.p.text.List[a.starts[i]].Part].id
		for _, c := range f.cited {
			if c == id {
				a.scores[i] += citedScore
			}
		}
	}
}

// combine adds to the scores of a sentence a part of those of the sentences
// beside it.
func (a *aligner) combine(own, before, after *line) {
	n := len(a.starts)
	if a.scores == nil {
		a.scores = make([]float64, n)
	}
	for i := range a.scores {
		beside := 0.0
		if before != nil {
			beside = before.scores[i]
			if i > 0 {
				beside = max(beside, before.scores[i-1])
			}
		}
		if after != nil {
			beside = max(beside, after.scores[i])
			if i+1 < n {
				beside = max(beside, after.scores[i+1])
			}
		}
		a.scores[i] = own.scores[i] + besideShare*min(beside, sureScore)
	}
}

// line is a sentence of the output, by its words, and what each sentence of the
// source shares with it.
type line struct {
	from, to int
	scores   []float64
}

// holds reports whether a number stands in the sentence.
func (l *line) holds(f *field, c *numeral.Quantity) bool {
	begin, end := int(f.words.List[l.from].Start), int(f.words.List[l.to-1].End)
	return c.ByteStart >= begin && c.ByteEnd <= end+3 && !(c.Value <= 2 && c.Unit == numeral.NoUnit)
}

// line scores a sentence of f once, whichever check and claim asks for it.
func (a *aligner) line(f *field, claims []numeral.Quantity, from, to int) *line {
	for _, l := range f.lines {
		if l.from == from && l.to == to {
			return l
		}
	}
	l := &line{from: from, to: to, scores: make([]float64, len(a.starts))}
	a.score(l.scores, f, from, to)
	for i := range claims {
		if l.holds(f, &claims[i]) {
			a.number(l.scores, &claims[i], 1)
		}
	}
	f.lines = append(f.lines, l)
	return l
}

// number adds sign for a number, shared out among the sentences of the source
// that have it.
func (a *aligner) number(scores []float64, c *numeral.Quantity, sign float64) {
	hit := a.marks(len(scores))
	for k := range a.p.quantity {
		if e := &a.p.quantity[k]; !e.Reading && supports(&e.Quantity, c) {
			if s := a.ofEvidence(e); s >= 0 {
				hit[s] = true
			}
		}
	}
	share(scores, hit, sign)
}

// marks gives the room for one mark a sentence, none of them set.
func (a *aligner) marks(n int) []bool {
	if len(a.hit) < n {
		a.hit = make([]bool, n)
	}
	return a.hit[:n]
}

// share adds sign, in equal parts, to the scores of the sentences that are
// marked, and takes the marks away.
func share(scores []float64, hit []bool, sign float64) {
	n := 0
	for _, h := range hit {
		if h {
			n++
		}
	}
	if n == 0 {
		return
	}
	for i, h := range hit {
		if h {
			scores[i] += sign / float64(n)
		}
	}
	clear(hit)
}

// score adds one for each name and telling word of words [from, to) of f, shared
// out among the sentences of the source that have it.
func (a *aligner) score(scores []float64, f *field, from, to int) {
	p := a.p
	if a.stems == nil && p.known != numeral.DigitsOnly {
		a.stems = newStemIndex(p.text)
	}
	hit := a.marks(len(scores))
	for _, c := range f.names(p) {
		if c.First < from || c.Last >= to || c.Outcome != name.Found || c.Near < 0 || c.Near >= len(p.text.List) {
			continue
		}
		w := p.text.Of(&p.text.List[c.Near])
		for at := 0; ; {
			i := bytes.Index(p.text.Letters[at:], w)
			if i < 0 || len(w) == 0 {
				break
			}
			at += i + len(w)
			word := sort.Search(len(p.text.List), func(k int) bool { return int(p.text.List[k].At) >= at }) - 1
			if s := a.of(word); s >= 0 {
				hit[s] = true
			}
		}
		share(scores, hit, 1)
	}
	for i := from; i < to && p.known != numeral.DigitsOnly; i++ {
		x := &f.words.List[i]
		switch {
		case x.Script != fold.LatinScript || x.Len < shortestNewsWord:
			continue
		case p.known == numeral.LanguageArabic:
			for _, stem := range rendered(f.words.Of(x)) {
				a.stem(hit, stem)
			}
		case x.Len >= sameWord:
			a.stem(hit, f.words.Of(x))
		}
		share(scores, hit, 1)
	}
}

// best gives the sentence with the highest score, -1 for none.
func (a *aligner) best() int {
	best := -1
	for i, s := range a.scores {
		if best < 0 || s > a.scores[best] {
			best = i
		}
	}
	return best
}

// doubtful reports whether sentence s may be meant as well as the best one.
func (a *aligner) doubtful(s, best int) bool {
	share := rivalShare
	if s >= best-1 && s <= best+1 {
		share = nearShare
	}
	return s < 0 || s == best || a.scores[s] > share*a.scores[best]
}
