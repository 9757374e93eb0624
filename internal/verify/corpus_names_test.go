package verify

import (
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
)

// TestCorpusNamesArabic measures false alarms on faithful English and the share
// of exchanged names that are found.
func TestCorpusNamesArabic(t *testing.T) {
	docs := readLines[parallelDoc](t, corpus(t, "ntrex_parallel_news", "ar.share.jsonl"))
	rng := rand.New(rand.NewPCG(5, 6))
	docsFailed, windows, windowsFailed, unknown := 0, 0, 0, 0
	mutated, caught := map[string]int{}, map[string]int{}
	run := func(p *Prepared, o Output) []Check {
		return checkNames(p, &o, outputFields(&o), Limits{})
	}
	fails := func(all []Check) (out []Check) {
		for _, c := range all {
			if c.Verdict == Fail {
				out = append(out, c)
			}
		}
		return out
	}
	for i := range docs {
		d := &docs[i]
		p := Prepare(d.source())
		if f := fails(run(p, Output{Headline: d.EnglishTitle, Summary: d.window(0, len(d.Sentences))})); len(f) > 0 {
			docsFailed++
			for _, c := range f {
				t.Logf("%s: %s [%s]", d.ID, c.Detail, around(d.window(0, len(d.Sentences)), c.OutputSpan))
			}
		}
		for at := 0; at < len(d.Sentences); at += windowSentences {
			text := d.window(at, windowSentences)
			windows++
			all := run(p, Output{Summary: text})
			before := len(fails(all))
			if before > 0 {
				windowsFailed++
			}
			if len(all) > before {
				unknown++
			}
			for _, kind := range nameKinds {
				for range 2 {
					bad := swapName(rng, kind, text, d.window(0, len(d.Sentences)))
					if bad == text {
						continue
					}
					mutated[kind]++
					if len(fails(run(p, Output{Summary: bad}))) > before {
						caught[kind]++
					} else if os.Getenv("MUJAZ_MISSES") != "" {
						t.Logf("miss %s %s: %s | %s", kind, d.ID, difference(text, bad), p.nearNames(bad))
					}
				}
			}
		}
	}
	t.Logf("docs alarmed %d/%d windows alarmed %d/%d, with what cannot be judged %d", docsFailed, len(docs), windowsFailed, windows, unknown)
	if docsFailed > 1 || float64(windowsFailed) > 0.01*float64(windows) {
		t.Errorf("%d of %d faithful documents and %d of %d excerpts are alarmed", docsFailed, len(docs), windowsFailed, windows)
	}
	floors := map[string]float64{"first": 0.83, "surname": 0.93, "place": 0.95, "country": 0.90, "organisation": 0.87}
	for _, kind := range nameKinds {
		recall := float64(caught[kind]) / float64(mutated[kind])
		t.Logf("%-12s %d of %d found, %.3f", kind, caught[kind], mutated[kind], recall)
		if recall < floors[kind] {
			t.Errorf("%s: recall is %.3f, the floor is %.2f", kind, recall, floors[kind])
		}
	}
}

// nameKinds are the kinds of names that swapName exchanges.
var nameKinds = []string{"first", "surname", "place", "country", "organisation"}

// nearNames quotes the words of the source in which the names of text were
// found.
func (p *Prepared) nearNames(text string) string {
	fields := outputFields(&Output{Summary: text})
	finder := p.names.Finder()
	var b strings.Builder
	for _, c := range finder.Claims(nil, &fields[0].words, 0, len(fields[0].words.List)) {
		x, y := fields[0].words.List[c.First], fields[0].words.List[c.Last]
		b.WriteString(text[x.Start:y.End] + "=")
		if c.Near >= 0 {
			n := p.text.List[c.Near]
			b.WriteString(p.parts[n.Part].text[n.Start:n.End])
		}
		b.WriteString([]string{"", "?", "!"}[c.Outcome] + " ")
	}
	return b.String()
}

// TestCorpusNamesOther measures false alarms and exchanged names in other source
// languages.
func TestCorpusNamesOther(t *testing.T) {
	english := map[string]parallelDoc{}
	for _, d := range readLines[parallelDoc](t, corpus(t, "ntrex_parallel_news", "en.share.jsonl")) {
		english[d.ID] = d
	}
	docs := readLines[parallelDoc](t, corpus(t, "ntrex_parallel_news", "other_langs.share.jsonl"))
	type count struct{ docs, failed, mutated, caught int }
	counts := map[string]*count{}
	rng := rand.New(rand.NewPCG(5, 6))
	for i := range docs {
		d := &docs[i]
		d.join(english[d.EnglishID])
		p := Prepare(d.source())
		whole := d.window(0, len(d.Sentences))
		fails := func(text string) int {
			o := Output{Summary: text}
			return len(failures(Report{checkNames(p, &o, outputFields(&o), Limits{})}, ""))
		}
		c := counts[d.Lang]
		if c == nil {
			c = &count{}
			counts[d.Lang] = c
		}
		c.docs++
		if fails(whole) > 0 {
			c.failed++
		}
		for at := 0; at < len(d.Sentences); at += windowSentences {
			text := d.window(at, windowSentences)
			before := fails(text)
			for _, kind := range nameKinds {
				bad := swapName(rng, kind, text, whole)
				if bad == text {
					continue
				}
				c.mutated++
				if fails(bad) > before {
					c.caught++
				}
			}
		}
	}
	for _, lang := range slices.Sorted(maps.Keys(counts)) {
		c := counts[lang]
		t.Logf("%-4s documents alarmed %d of %d, exchanged names found %d of %d", lang, c.failed, c.docs, c.caught, c.mutated)
		if float64(c.failed) > 0.03*float64(c.docs) {
			t.Errorf("%s: %d of %d faithful documents are alarmed", lang, c.failed, c.docs)
		}
	}
}

// TestCorpusNamesEnglish measures the precision of fail on English summaries
// with human labels of faithfulness.
func TestCorpusNamesEnglish(t *testing.T) {
	for _, set := range [][3]string{
		{"frank_faithfulness", "articles.share.jsonl", "labelled_summaries.share.jsonl"},
		{"summedits_faithfulness", "news.articles.share.jsonl", "news.labelled_summaries.share.jsonl"},
		{"summedits_faithfulness", "ectsum.articles.share.jsonl", "ectsum.labelled_summaries.share.jsonl"},
	} {
		type text struct {
			ID       string `json:"id"`
			DocID    string `json:"doc_id"`
			Text     string `json:"text"`
			Summary  string `json:"summary"`
			Faithful bool   `json:"is_faithful"`
		}
		sources := map[string]*Prepared{}
		for _, a := range readLines[text](t, corpus(t, set[0], set[1])) {
			sources[a.ID] = Prepare(Source{Language: "en", Paragraphs: []Paragraph{{1, a.Text}}})
		}
		flagged, right, unfaithful := 0, 0, 0
		for _, row := range readLines[text](t, corpus(t, set[0], set[2])) {
			if !row.Faithful {
				unfaithful++
			}
			o := Output{Summary: row.Summary}
			f := failures(Report{checkNames(sources[row.DocID], &o, outputFields(&o), Limits{})}, "")
			if len(f) == 0 {
				continue
			}
			flagged++
			if !row.Faithful {
				right++
			} else {
				t.Logf("false alarm %s: %s", row.ID, f[0].Detail)
			}
		}
		t.Logf("%s %s: flagged %d, right %d, unfaithful %d", set[0], set[1], flagged, right, unfaithful)
		if float64(right) < 0.9*float64(flagged) {
			t.Errorf("%s %s: %d of %d alarms are right, the floor is 0.9", set[0], set[1], right, flagged)
		}
	}
}

// TestCorpusNamesXQuAD measures false alarms on encyclopaedic text, which has
// more names and translated terms than news, and on single names.
func TestCorpusNamesXQuAD(t *testing.T) {
	type row struct {
		ID      string `json:"id"`
		Text    string `json:"text"`
		English string `json:"reference_en_text"`
		QAs     []struct {
			English string `json:"answer_en"`
			Kind    string `json:"kind"`
		} `json:"qas"`
	}
	rows := readLines[row](t, corpus(t, "xquad_ar_en", "share.jsonl"))
	alarmed, answers, answersAlarmed := 0, 0, 0
	for _, r := range rows {
		p := Prepare(Source{Language: "ar", Paragraphs: []Paragraph{{1, r.Text}}})
		o := Output{Summary: r.English}
		f := failures(Report{checkNames(p, &o, outputFields(&o), Limits{})}, "")
		if len(f) > 0 {
			alarmed++
		}
		for _, c := range f {
			t.Logf("%s: %s [%s]", r.ID, c.Detail, around(r.English, c.OutputSpan))
		}
		for _, qa := range r.QAs {
			if qa.Kind != "name" {
				continue
			}
			answers++
			o := Output{Summary: "It was about " + qa.English + "."}
			if len(failures(Report{checkNames(p, &o, outputFields(&o), Limits{})}, "")) > 0 {
				answersAlarmed++
			}
		}
	}
	t.Logf("paragraphs alarmed %d of %d, answers %d of %d", alarmed, len(rows), answersAlarmed, answers)
	if float64(answersAlarmed) > 0.04*float64(answers) {
		t.Errorf("%d of %d names are alarmed", answersAlarmed, answers)
	}
}
