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
	finder name.Finder
	claims [16]name.Claim
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
	return &aligner{p: p, finder: p.names.Finder(), first: -1}
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
	n := len(a.starts)
	room := make([]float64, 4*n)
	own, before, after := room[:n], room[n:2*n], room[2*n:3*n]
	a.score(own, f, claims, from, to)
	if from > 0 {
		b, e := f.sentence(int(f.words.List[from-1].Start))
		a.score(before, f, claims, max(b, e-maxSentenceWords), e)
	}
	if to < len(f.words.List) {
		b, e := f.sentence(int(f.words.List[to].Start))
		a.score(after, f, claims, b, min(e, b+maxSentenceWords))
	}
	a.scores = room[3*n:]
	for i := range own {
		beside := max(before[i], after[i])
		if i > 0 {
			beside = max(beside, before[i-1])
		}
		if i+1 < n {
			beside = max(beside, after[i+1])
		}
		a.scores[i] = own[i] + besideShare*min(beside, sureScore)
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

// score adds one for each name and number of words [from, to) of f, shared out
// among the sentences of the source that have it.
func (a *aligner) score(scores []float64, f *field, claims []numeral.Quantity, from, to int) {
	p := a.p
	if len(a.hit) < len(scores) {
		a.hit = make([]bool, len(scores))
	}
	hit := a.hit[:len(scores)]
	share := func() {
		n := 0
		for _, h := range hit {
			if h {
				n++
			}
		}
		for i, h := range hit {
			if h {
				scores[i] += 1 / float64(n)
			}
			hit[i] = false
		}
	}
	for _, c := range a.finder.Claims(a.claims[:0], &f.words, from, to) {
		if c.Outcome != name.Found || c.Near < 0 || c.Near >= len(p.text.List) {
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
		share()
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
		share()
	}
	begin, end := int(f.words.List[from].Start), int(f.words.List[to-1].End)
	for i := range claims {
		c := &claims[i]
		if i == a.skip || c.ByteStart < begin || c.ByteEnd > end+3 || c.Value <= 2 && c.Unit == numeral.NoUnit {
			continue
		}
		for k := range p.quantity {
			if e := &p.quantity[k]; !e.Reading && supports(&e.Quantity, c) {
				if s := a.ofEvidence(e); s >= 0 {
					hit[s] = true
				}
			}
		}
		share()
	}
}

// stem marks the sentences that have a word with this stem, behind clitics and
// prefixes.
func (a *aligner) stem(hit []bool, stem []byte) {
	letters, list := a.p.text.Letters, a.p.text.List
	for at := 0; ; {
		i := bytes.Index(letters[at:], stem)
		if i < 0 {
			return
		}
		at += i
		word := sort.Search(len(list), func(k int) bool { return int(list[k].At) > at }) - 1
		if word >= 0 && at-int(list[word].At) <= longestPrefix && int(list[word].Len)-len(stem) <= longestAffixes {
			if s := a.of(word); s >= 0 {
				hit[s] = true
			}
		}
		at += len(stem)
	}
}

const (
	// sameWord is the letters from which a word of an English source tells its
	// sentence.
	sameWord = 5
	// longestPrefix is the letters before a stem: «والمستـ».
	longestPrefix = 4
	// longestAffixes is the letters before and behind it.
	longestAffixes = 6
)

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
