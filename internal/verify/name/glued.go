package name

import (
	"bytes"
	"strings"

	"github.com/mujaz/mujaz/internal/verify/fold"
)

// This file looks for names in Arabic texts whose words are run together, where
// a name may begin within any word and go on in the next.

const (
	// nowhere is the similarity below which a name stands nowhere in a text
	// without spaces. Of 30 names of three such articles the least was 0.73; of
	// 123 that they did not have, two in five stayed below.
	nowhere = 0.64
	// maxRun bounds the letters of a text that are searched at every place, and
	// maxScans the names of one output that are looked for like that: together
	// they take some 0.2 s at most.
	maxRun   = 8000
	maxScans = 40
)

// withoutSpaces gives the letters of a text in a row, nil for one that is too
// long to be searched at every place.
func withoutSpaces(words *fold.Words) []byte {
	if len(words.Letters)-len(words.List) > maxRun {
		return nil
	}
	run := make([]byte, 0, len(words.Letters))
	for _, b := range words.Letters {
		if b != ' ' {
			run = append(run, b)
		}
	}
	return run
}

// lacks reports that the Latin word w stands nowhere in a text without spaces.
func (f *Finder) lacks(w []byte) bool {
	run := f.source.run
	if f.scans++; run == nil || f.scans > maxScans || bytes.Contains(run, w) {
		return false
	}
	so := soundOf(w)
	for from := range run {
		if _, alike := align(&so, run[from:min(from+maxArabicWord, len(run))]); alike >= nowhere {
			return false
		}
	}
	return true
}

// lacksGroup reports that no form of a name of the lexicon stands anywhere in a
// text that has lost some of its spaces; from one that has lost most, translators
// may have left out a country as well ("the US").
func (f *Finder) lacksGroup(g *group, letters []byte) bool {
	if f.source.run == nil || f.source.cut {
		return false
	}
	for _, stem := range g.stems {
		if bytes.Contains(f.source.run, []byte(strings.NewReplacer(" ", "", string(nisba), "").Replace(stem))) {
			return false
		}
	}
	if !g.sounds {
		return true
	}
	for w := range bytes.FieldsSeq(letters) {
		if len(w) >= shortestName && !f.lacks(w) {
			return false
		}
	}
	return true
}
