package verify

import (
	"strings"
	"sync"

	"github.com/mujaz/mujaz/internal/verify/fold"
)

// tellingSource is the length in words of a source from which there is something
// to tell.
const tellingSource = 16

// emptyWords fit every article: what models say of a text that they did not
// read. Own compilation.
const emptyWords = "article articles text summary report reports story piece post news item content information details detail " +
	"event events situation situations development developments incident incidents topic topics subject subjects issue issues matter matters " +
	"thing things something everything anything fact facts point points aspect aspects context background overview " +
	"happen happens happened happening occur occurs occurred occurring take takes took taking place places " +
	"report reported reporting reportedly describe describes described describing discuss discusses discussed discussing cover covers covered covering " +
	"mention mentions mentioned talk talks talked provide provides provided present presents presented contain contains contained include includes included " +
	"give gives given tell tells told speak speaks say says write writes written concern concerns concerning regarding related deal deals dealing focus focuses " +
	"various several many different some other others certain number lot range series multiple " +
	"new recent recently latest current currently today important importantly key main major general generally significant interesting relevant specific " +
	"here see read according below above following overall briefly short brief there it is"

var emptyWordTable = sync.OnceValue(func() map[string]bool {
	table := make(map[string]bool, 192)
	for w := range strings.FieldsSeq(emptyWords) {
		table[w] = true
	}
	return table
})

// appendVacuous finds a summary of words that fit every article, with one other
// at most: who or what, but nothing of it. Other scripts are the language
// check's.
func (p *Prepared) appendVacuous(found []Check, out *Output, fields []field, lim Limits) []Check {
	if out.Task == Translate || len(found) > 0 {
		return found
	}
	first, words := "", 0
	for i := range fields {
		f := &fields[i]
		if !carries(f.name, lim.Style) {
			continue
		}
		if strings.ContainsAny(f.text, "0123456789") {
			return found // the numbers check's
		}
		for k := range f.words.List {
			w := &f.words.List[k]
			words++
			word := f.lower[w.Start:w.End]
			if w.Script == fold.LatinScript && !telling(word) {
				continue
			}
			if first != "" && word != first {
				return found // it tells something, as nearly all do
			}
			first = word
		}
	}
	if words == 0 || p.sourceWords() < tellingSource {
		return found // the length check's
	}
	return append(found, Check{
		Verdict: Fail, OutputSpan: fields[0].whole(),
		Detail: "The summary tells nothing of what the article reports.",
	})
}

// carries reports whether a field has to tell the news in a style: a summary of
// whole sentences cannot leave it to its headline and its points.
func carries(name, style string) bool {
	if style == "brief" || style == "standard" {
		return name == "summary"
	}
	return name != "headline" || style == "headline"
}

// telling reports whether a word in lower case may say something of its own.
func telling(word string) bool {
	if len(word) <= longestFunctionWord {
		if kind := functionWordTable()[word]; kind == 'e' || kind == 's' {
			return false
		}
	}
	return !emptyWordTable()[word]
}
