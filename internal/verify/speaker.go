package verify

import (
	"strings"
	"sync"

	"github.com/mujaz/mujaz/internal/verify/fold"
	"github.com/mujaz/mujaz/internal/verify/name"
)

const (
	// speakerReach is the number of bytes of the sentence around a quotation in
	// which its speaker is named.
	speakerReach = 160
	// speechReach is the number of words around a name of the source within
	// which a mark of speech may let that person speak.
	speechReach = 16
	// maxSpeakerPlaces bounds the places of one name that are looked at.
	maxSpeakerPlaces = 50
)

// speakingWords stand beside the speaker of an English quotation.
var speakingWords = sync.OnceValue(func() map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq("said says told added wrote tweeted insisted stated warned replied declared stressed announced explained") {
		m[w] = true
	}
	return m
})

// wrongSpeaker reports the person who is given as the speaker of the quotation
// at bytes start to end of f, when the source names that person and lets him
// or her say nothing, with or without quotation marks.
func (p *Prepared) wrongSpeaker(f *field, finder *name.Finder, start, end int) (span *Span, wrong bool) {
	words := &f.words
	from := max(start-speakerReach, 0)
	from += strings.LastIndexAny(f.text[from:start], ".!?\n") + 1
	to := min(end+speakerReach, len(f.text))
	if n := strings.IndexAny(f.text[end:to], ".!?\n"); n >= 0 {
		to = end + n
	}
	inside := func(x *fold.Word) bool {
		return int(x.Start) >= from && int(x.End) <= to && (int(x.Start) < start || int(x.Start) >= end)
	}
	speaker := -1
	for i := range words.List {
		if x := &words.List[i]; !inside(x) || !speakingWords()[string(words.Of(x))] {
			continue
		}
		for _, j := range [...]int{i - 1, i + 2, i + 1} { // "Haddad said", "said Salim Haddad"
			if j >= 0 && j < len(words.List) && words.List[j].Upper && inside(&words.List[j]) {
				speaker = j
				break
			}
		}
		break
	}
	if speaker < 0 {
		return nil, false
	}
	x := &words.List[speaker]
	for _, c := range finder.Claims(nil, words, speaker, speaker+1) {
		if c.Outcome == name.Absent {
			return nil, false // the check of names says so
		}
	}
	places := p.names.Places(nil, words.Of(x))
	if len(places) == 0 || len(places) > maxSpeakerPlaces {
		return nil, false
	}
	for _, at := range places {
		if p.speechNear(int(at)) {
			return nil, false
		}
	}
	return f.span(int(x.Start), int(x.End)), true
}

// speechNear reports whether a quotation mark or a verb of saying stands near
// word at of the source.
func (p *Prepared) speechNear(at int) bool {
	list := p.text.List
	first, last := max(at-speechReach, 0), min(at+speechReach, len(list)-1)
	for i := first; i <= last; i++ {
		x := &list[i]
		if saying(p.text.Of(x)) {
			return true
		}
		if i > first && x.Part == list[i-1].Part && strings.ContainsAny(p.parts[x.Part].text[list[i-1].End:x.Start], `"«»“”„‹›`) {
			return true
		}
	}
	return false
}

var sayingSet = sync.OnceValue(func() map[string]bool {
	m := map[string]bool{}
	for v := range strings.FieldsSeq(sayingVerbs) {
		m[fold.Text(v)] = true
	}
	for v := range speakingWords() {
		m[v] = true
	}
	return m
})

// saying reports a verb of saying, with or without «و», «ف», «ب».
func saying(w []byte) bool {
	return sayingSet()[string(w)] || len(w) > 3 && sayingSet()[string(w[1:])]
}
