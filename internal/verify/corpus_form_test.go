package verify

import (
	"math/rand/v2"
	"os"
	"strings"
	"testing"
)

// TestCorpusForm measures the checks that look at the output alone: false alarms
// on faithful English, and how many outputs that repeat a sentence or a phrase,
// or hold one in another language, are found.
func TestCorpusForm(t *testing.T) {
	english := map[string]parallelDoc{}
	for _, d := range readLines[parallelDoc](t, corpus(t, "ntrex_parallel_news", "en.share.jsonl")) {
		english[d.ID] = d
	}
	foreign := map[string][]parallelDoc{}
	for _, d := range readLines[parallelDoc](t, corpus(t, "ntrex_parallel_news", "other_langs.share.jsonl")) {
		d.join(english[d.EnglishID])
		foreign[d.EnglishTitle] = append(foreign[d.EnglishTitle], d)
	}
	docs := readLines[parallelDoc](t, corpus(t, "ntrex_parallel_news", "ar.share.jsonl"))
	rng := rand.New(rand.NewPCG(8, 9))
	windows, alarmed := 0, 0
	injected, found := map[string]int{}, map[string]int{}
	for i := range docs {
		d := &docs[i]
		p := Prepare(d.source())
		failed := func(text string, checks ...string) bool {
			report := p.Run(Output{Summary: text}, Limits{})
			for _, check := range checks {
				if len(failures(report, check)) > 0 {
					return true
				}
			}
			return false
		}
		try := func(kind, check, text string) {
			injected[kind]++
			if failed(text, check) {
				found[kind]++
			}
		}
		for at := 0; at+windowSentences <= len(d.Sentences); at += windowSentences {
			text := d.window(at, windowSentences)
			windows++
			if failed(text, CheckLanguage, CheckLooping, CheckLength, CheckResidue, CheckPromptLeak, CheckCopiedSource, CheckEvasive) {
				alarmed++
				t.Logf("%s: %s", d.ID, text)
			}
			words := strings.Fields(text)
			from := rng.IntN(len(words) - 8)
			phrase := strings.Join(words[from:from+3+rng.IntN(5)], " ")
			try("phrase five times", CheckLooping, strings.Join(words[:from], " ")+" "+strings.Repeat(phrase+" ", 5))
			sentence := d.Sentences[at+rng.IntN(windowSentences)].En
			if len(strings.Fields(sentence)) >= 6 {
				try("sentence twice", CheckLooping, text+" "+sentence)
				if os.Getenv("MUJAZ_MISSES") != "" && !failed(text+" "+sentence, CheckLooping) {
					t.Logf("miss: %s | %s", sentence, text)
				}
			}
			try("sentence four times", CheckLooping, text+strings.Repeat(" "+sentence, 3))
			if others := foreign[d.EnglishTitle]; len(others) > 0 {
				o := others[rng.IntN(len(others))]
				if s := o.Sentences[at].Src; strings.Count(s, " ") >= judgeWords {
					try("sentence in another language", CheckLanguage, text+" "+s)
				}
			}
		}
	}
	t.Logf("excerpts alarmed %d of %d", alarmed, windows)
	if alarmed > 0 {
		t.Errorf("%d of %d faithful excerpts are alarmed", alarmed, windows)
	}
	for kind, floor := range map[string]float64{"phrase five times": 0.99, "sentence twice": 0.97, "sentence four times": 0.99, "sentence in another language": 0.97} {
		t.Logf("%s: found %d of %d", kind, found[kind], injected[kind])
		if float64(found[kind]) < floor*float64(injected[kind]) {
			t.Errorf("%s: %d of %d found, the floor is %.2f", kind, found[kind], injected[kind], floor)
		}
	}
}
