package name

import (
	"bytes"
	"sync"

	"github.com/mujaz/mujaz/internal/verify/fold"
)

// This file finds the stems of the tables in a source.

// nisba ends a stem that only the endings of countries and nationalities may
// follow: «مصر~» is in «المصرية» and not in «مصرع».
const nisba = '~'

// nisbaEndings are those endings, folded.
var nisbaEndings = [...]string{"ي", "يه", "يا", "ا", "ه", "يين", "يون", "يان", "يات", "يتين", "وي", "ويه", "اوي", "اويه", "يو"}

// hasStem reports whether a word of the source begins with the stem, clitics
// aside. A stem of several words holds spaces; one that ends in a space must
// end the word, and for one that ends in nisba the rest must be an ending.
func (s *Source) hasStem(stem string) (word int, ok bool) {
	letters := s.words.Letters
	first := []byte(stem)
	endings := stem[len(stem)-1] == nisba
	if endings {
		first = first[:len(first)-1]
	}
	for from := 0; ; {
		i := bytes.Index(letters[from:], first)
		if i < 0 {
			return -1, false
		}
		i += from
		begin := i
		for begin > 0 && letters[begin-1] != ' ' {
			begin--
		}
		end := i
		for letters[end] != ' ' {
			end++
		}
		if (begin == i || end-begin >= veryLongWord || i-begin <= 4 && cliticCosts(letters[begin:])[i-begin] < costNone) &&
			(!endings || end-begin >= veryLongWord || isNisba(letters[i+len(first):end])) {
			return s.at(begin), true
		}
		from = i + 1
	}
}

func isNisba(ending []byte) bool {
	if len(ending) == 0 {
		return true
	}
	return nisbas()[string(ending)]
}

var nisbas = sync.OnceValue(func() map[string]bool {
	m := make(map[string]bool, len(nisbaEndings))
	for _, e := range nisbaEndings {
		m[fold.Text(e)] = true
	}
	return m
})
