package verify

import (
	"bytes"
	"unicode/utf8"

	"github.com/mujaz/mujaz/internal/verify/fold"
	"github.com/mujaz/mujaz/internal/verify/numeral"
)

// Arabic says "two" by the ending of a noun: «حسابان», two accounts. The nouns
// that news counts most are units, and numbers of the source; the dual of any
// other noun is looked for here, where a small count has no number to render.

// shortestDual is the letters of the singular of a dual: shorter ones are as
// often the beginning of another word.
const shortestDual = 3

// dualEndings are those of a dual and, behind each, the one of its singular.
var dualEndings = func() (all [6][2][]byte) {
	for i, pair := range [...][2]string{{"تين", "ة"}, {"تان", "ة"}, {"تا", "ة"}, {"تي", "ة"}, {"ين", ""}, {"ان", ""}} {
		all[i] = [2][]byte{[]byte(fold.Text(pair[0])), []byte(fold.Text(pair[1]))}
	}
	return all
}()

// pairs are duals that no one translates by "two": what everyone has two of, and
// what there are two of by nature.
var pairs = func() map[string]bool {
	m := map[string]bool{}
	for _, w := range [...]string{"يدين", "عينين", "قدمين", "ساقين", "والدين", "طرفين", "جانبين", "زوجين", "ركبتين", "كتفين", "رئتين", "شفتين", "أذنين", "طرفان", "جانبان", "زوجان", "والدان"} {
		m[fold.Text(w)] = true
	}
	return m
}()

// dual gives the noun of sentence s of the source that says "two", when nothing
// that the output says renders it and there is only one: what a count of three or
// four renders wrongly.
func (a *aligner) dual(f *field, claims []numeral.Quantity, c, s int) *evidence {
	if a.p.known != numeral.LanguageArabic || claims[c].Value == 2 || hardUnit(claims[c].Unit) || f.saysTwo() {
		return nil
	}
	for i := range claims {
		if claims[i].Value == 2 {
			return nil
		}
	}
	words, end := a.p.text, len(a.p.text.List)
	if s+1 < len(a.starts) {
		end = int(a.starts[s+1])
	}
	var found *evidence
	for i := int(a.starts[s]); i < end; i++ {
		x := &words.List[i]
		if x.Script != fold.ArabicScript || !a.isDual(words.Of(x)) {
			continue
		}
		if found != nil {
			return nil
		}
		found = a.p.wordEvidence(x)
	}
	return found
}

// saysTwo reports a text that says "two" in another way.
func (f *field) saysTwo() bool {
	for _, w := range [...]string{"both", "pair", "couple", "twin", "twins", "double", "either", "neither"} {
		if findWord(f.lower, w) >= 0 {
			return true
		}
	}
	return false
}

// isDual reports a word with the ending of a dual whose singular stands in the
// source as well: other words end like that, and so do plurals of people.
func (a *aligner) isDual(w []byte) bool {
	for i := range dualEndings {
		ending, singular := dualEndings[i][0], dualEndings[i][1]
		stem, found := bytes.CutSuffix(w, ending)
		if !found || len(stem) < shortestDual {
			continue
		}
		for prefix := 0; prefix <= 3 && len(stem)-prefix >= shortestDual; prefix++ {
			if prefix > 0 && !clitic(stem[:prefix]) {
				continue
			}
			if pairs[string(w[prefix:])] {
				return false
			}
			if a.hasNoun(stem[prefix:], singular) {
				return true
			}
		}
	}
	return false
}

// clitic reports letters that Arabic writes onto the beginning of a noun.
func clitic(w []byte) bool {
	switch string(w) {
	case clitics[0], clitics[1], clitics[2], clitics[3], clitics[4], clitics[5], clitics[6], clitics[7]:
		return true
	}
	return false
}

var clitics = func() (all [8]string) {
	for i, w := range [...]string{"ال", "و", "ب", "ل", "ف", "وال", "بال", "لل"} {
		all[i] = fold.Text(w)
	}
	return all
}()

// hasNoun reports whether the source has the singular as a word, with or
// without the article.
func (a *aligner) hasNoun(stem, ending []byte) bool {
	var buf [2*fold.MaxLetters + 2]byte
	for _, article := range [...]string{"", clitics[0]} {
		w := append(append(append(append(buf[:0], ' '), article...), stem...), ending...)
		if bytes.Contains(a.p.text.Letters, append(w, ' ')) {
			return true
		}
	}
	return false
}

// wordEvidence gives a word of the source as the number two.
func (p *Prepared) wordEvidence(x *fold.Word) *evidence {
	text := p.parts[x.Part].text
	start := utf8.RuneCountInString(text[:x.Start])
	return &evidence{numeral.Quantity{
		Value: 2, Words: true, ByteStart: int(x.Start), ByteEnd: int(x.End),
		Start: start, End: start + utf8.RuneCountInString(text[x.Start:x.End]),
	}, int(x.Part)}
}
