package name

import (
	"strings"
	"sync"

	"github.com/mujaz/mujaz/internal/verify/fold"
)

// group is a name in both languages.
type group struct {
	english []string // folded: lower case letters, single spaces
	stems   []string // folded Arabic beginnings of words, see hasStem
	place   bool     // its Arabic is known so well that its absence counts
	sounds  bool     // and sounds like the English
}

// lexicon finds the groups by their English names.
type lexicon struct {
	byName map[string]*group
	begins map[string]bool // first words of names of several words
}

var names = sync.OnceValue(func() *lexicon {
	l := &lexicon{byName: map[string]*group{}, begins: map[string]bool{}}
	l.add(otherLines, group{})
	l.add(sureLines, group{place: true})
	l.add(soundLines, group{place: true, sounds: true})
	l.add(placeLines, group{place: true})
	return l
})

func (l *lexicon) add(lines string, kind group) {
	for line := range strings.Lines(lines) {
		english, arabic, ok := strings.Cut(strings.TrimSpace(line), " = ")
		if !ok {
			continue
		}
		g := &group{place: kind.place, sounds: kind.sounds}
		for s := range strings.SplitSeq(arabic, ", ") {
			stem := fold.Text(s)
			switch s[len(s)-1] {
			case '$':
				stem += " "
			case nisba:
				stem += string(nisba)
			}
			g.stems = append(g.stems, stem)
		}
		for s := range strings.SplitSeq(english, ", ") {
			g.english = append(g.english, s)
			l.byName[s] = g
			if first, _, several := strings.Cut(s, " "); several {
				l.begins[first] = true
			}
		}
	}
}

// maxNameWords is the number of words of the longest English name in the
// lexicon.
const maxNameWords = 5

// longest finds the longest name of the lexicon that begins at word i, and the
// number of its words; nil when there is none.
func (l *lexicon) longest(words *fold.Words, i int) (*group, int) {
	first := words.Of(&words.List[i])
	if l.begins[string(first)] {
		end := i + 1
		for end < len(words.List) && end < i+maxNameWords && !words.List[end].Broken {
			end++
		}
		for ; end > i+1; end-- {
			a, b := &words.List[i], &words.List[end-1]
			if g := l.byName[string(words.Letters[a.At:b.At+int32(b.Len)])]; g != nil {
				return g, end - i
			}
		}
	}
	if g := l.byName[string(first)]; g != nil {
		return g, 1
	}
	return nil, 0
}
