package verify

import (
	"bytes"
	"sync"

	"github.com/mujaz/mujaz/internal/verify/fold"
)

// This file finds the sentences of a source that have a word of a given stem.

// stem marks the sentences that have a word with this stem, behind clitics and
// prefixes.
func (a *aligner) stem(hit []bool, stem []byte) {
	if len(stem) < stemKey {
		return
	}
	letters, list := a.p.text.Letters, a.p.text.List
	for k := a.stems.heads[stemHash(stem)]; k != 0; k = a.stems.next[k] {
		x := &list[a.stems.word[k]]
		at := int(x.At) + int(a.stems.offset[k])
		if int(x.Len)-len(stem) <= longestAffixes && bytes.HasPrefix(letters[at:], stem) {
			if s := a.of(int(a.stems.word[k])); s >= 0 {
				hit[s] = true
			}
		}
	}
}

// stemIndex finds the words of a source that have a stem near their beginning:
// each place up to longestPrefix letters into a word, chained under the letters
// that follow. The first entry is none.
type stemIndex struct {
	heads  [1 << stemBits]int32
	next   []int32
	word   []int32
	offset []uint8
}

const (
	// stemKey is the letters of a stem that are looked up; shorter ones tell
	// no sentence.
	stemKey  = 3
	stemBits = 10
)

func stemHash(b []byte) uint32 {
	return (uint32(b[0])<<16 | uint32(b[1])<<8 | uint32(b[2])) * 0x9e3779b1 >> (32 - stemBits)
}

// stemRooms is room for the stems of one source, used again by the next.
var stemRooms = sync.Pool{New: func() any { return new(stemIndex) }}

// mostStems bounds the room that is kept: the stems of a long article.
const mostStems = 1 << 14

func newStemIndex(words *fold.Words) *stemIndex {
	x, _ := stemRooms.Get().(*stemIndex)
	clear(x.heads[:])
	if n := 1 + (longestPrefix+1)*len(words.List); cap(x.next) < n {
		x.next, x.word, x.offset = make([]int32, 0, n), make([]int32, 0, n), make([]uint8, 0, n)
	}
	x.next, x.word, x.offset = append(x.next[:0], 0), append(x.word[:0], 0), append(x.offset[:0], 0)
	for i := range words.List {
		w := words.Of(&words.List[i])
		for at := 0; at <= longestPrefix && at+stemKey <= len(w); at++ {
			head := &x.heads[stemHash(w[at:])]
			x.next = append(x.next, *head)
			x.word, x.offset = append(x.word, int32(i)), append(x.offset, uint8(at))
			*head = int32(len(x.next) - 1)
		}
	}
	return x
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
