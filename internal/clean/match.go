package clean

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// match finds the phrase that takes the line out. edge says whether the line stands before or
// after the running text.
func (l *lexicon) match(text string, f *fact, edge bool) (kind Kind, list bool) {
	if bare := strings.Trim(f.key, "0123456789 "); bare != f.key {
		// "12 comments", "Share 5": the number is no part of the phrase.
		for _, p := range l.byFirst[firstWord(bare)] {
			if p.text == bare && (p.kind == KindComments || p.kind == KindShare) && p.place == whole && edge {
				return p.kind, false
			}
		}
	}
	for _, p := range l.byFirst[firstWord(f.key)] {
		if f.words > p.words || !strings.HasPrefix(f.key, p.text) {
			continue
		}
		all := len(f.key) == len(p.text) && !f.part
		if len(f.key) > len(p.text) && f.key[len(p.text)] != ' ' {
			continue
		}
		if !p.counts(text, f, all, edge) {
			continue
		}
		return p.kind, p.kind == KindRelated && all
	}
	if l.isBar(f, edge) {
		return KindShare, false
	}
	if !edge {
		return "", false
	}
	if strings.HasPrefix(text, "©") && f.words <= 20 {
		return KindNotice, false
	}
	return l.held(f), false
}

func firstWord(key string) string {
	first, _, _ := strings.Cut(key, " ")
	return first
}

// counts reports whether the phrase, which the line begins with, counts in its place.
func (p *phrase) counts(text string, f *fact, all, edge bool) bool {
	switch p.place {
	case whole:
		// One word alone in the middle may be a subheading; these few are none.
		return all && (edge || strings.Contains(p.text, " ") || p.kind == KindAd || standsAlone(p.text))
	case wholeEnd:
		return all && edge
	case opens:
		return true
	case labels, labelsEnd:
		return (edge || p.place == labels) && !all && hasLabel(text, strings.Count(p.text, " ")+1)
	case opensEnd:
		if !edge || f.words > sentenceWords && endsSentence(text) {
			return false
		}
		switch p.kind {
		case KindDate:
			return strings.ContainsAny(f.key, "0123456789") && !endsSentence(text)
		case KindByline:
			return !all && isNames(text, strings.Count(p.text, " ")+1)
		}
		return true
	}
	return false
}

// standsAlone are single words that no subheading consists of.
func standsAlone(key string) bool {
	switch key {
	case "شارك", "اشترك", "تابعونا", "share", "tweet", "subscribe", "teilen", "partager", "compartir", "paylas":
		return true
	}
	return false
}

// held finds a phrase inside the line.
func (l *lexicon) held(f *fact) Kind {
	for key := f.key; ; {
		first, rest, _ := strings.Cut(key, " ")
		for _, p := range l.byFirst[first] {
			if p.place == holdsEnd && f.words <= p.words && strings.HasPrefix(key, p.text) && (len(key) == len(p.text) || key[len(p.text)] == ' ') {
				return p.kind
			}
		}
		if rest == "" {
			return ""
		}
		key = rest
	}
}

// isBar reports a line of names of platforms. One name alone may be a subheading of an article
// about it, and counts at the edges only.
func (l *lexicon) isBar(f *fact, edge bool) bool {
	if f.words > 14 || f.words < 2 && !edge {
		return false
	}
	named := false
	for word := range strings.SplitSeq(f.key, " ") {
		if !l.platforms[word] {
			return false
		}
		named = named || !l.connecting[word]
	}
	return named
}

// hasLabel reports whether a colon, dash or the like follows the first n words of the line.
func hasLabel(text string, n int) bool {
	rest := afterWords(text, n)
	rest = strings.TrimLeft(rest, " ")
	r, _ := utf8.DecodeRuneInString(rest)
	return strings.ContainsRune(":：-–—|/>»←©•", r) && rest != ""
}

// afterWords is what follows the first n words of text.
func afterWords(text string, n int) string {
	in := false
	for i, r := range text {
		w := isWordRune(r) || r == 0x640
		if in && !w {
			if n--; n == 0 {
				return text[i:]
			}
		}
		in = w
	}
	return ""
}

// isNames reports whether what follows the first n words looks like people's names: no sentence,
// and in Latin script each word capitalised.
func isNames(text string, n int) bool {
	rest := afterWords(text, n)
	if endsSentence(text) || strings.ContainsAny(rest, ",،;؛0123456789") && !strings.ContainsAny(rest, ",،") {
		return false
	}
	for word := range strings.FieldsSeq(rest) {
		r, _ := utf8.DecodeRuneInString(word)
		if unicode.IsLower(r) && word != "and" && word != "et" && word != "y" && word != "und" && word != "de" && word != "al" && word != "von" && word != "van" {
			return false
		}
	}
	return true
}
