package verify

import (
	"math/rand/v2"
	"os"
	"regexp"
	"strings"
	"testing"
)

// Names to put in the place of those of a text; own compilation.
var (
	otherSurnames = strings.Fields("Thompson Anderson Hernandez Kowalski Yamamoto Petrov Lindqvist Okafor Fitzgerald Delgado Nakamura Schneider Moreau Rossi Hassan Khalil Mansour Haddad Qasim Barzani Sokolov Jensen Murphy Campbell Patterson Rodriguez Novak Tanaka Bergman Abdullahi Chaudhry Banerjee Wickham Donovan Harrington Baptiste Ferreira Vasquez Kruger Zielinski")
	otherPlaces   = strings.Fields("Germany Egypt Japan Brazil Turkey Norway Pakistan Argentina Morocco Vienna Lisbon Nairobi Toronto Manila Warsaw Budapest Caracas Bangkok Jakarta Tripoli Seattle Manchester Barcelona Melbourne Kabul Mosul Aleppo Karachi Chicago Dresden Lyon Kyoto")
	// notGiven are the capitalised words before a word that is no surname.
	notGiven   = regexp.MustCompile(`^(The|A|An|United|Supreme|North|South|East|West|New|National|Metropolitan|Drought|Judiciary|Red|Baja|Welsh|Geiger|Projects|Weather|World|Air|Prime|Poverty|State|Middle|Democratic|Pacific|Hurricane|Fashion|On|Within|Of|When|Need|Rally|Force|In|At|For|But|And|While|As|Global|Citizen|Mr|University|Intelligence|Council)\b`)
	placeWord  = regexp.MustCompile(`\b(in|from|near|to) ([A-Z][a-z]{3,})([.,;]| [a-z])`)
	personName = regexp.MustCompile(`\b[A-Z][a-z]+ ([A-Z][a-z]{3,})('s| said| told| has| was|,)`)
)

// swapName puts another name in the place of a surname or a place.
func swapName(rng *rand.Rand, text string) (string, string) {
	pattern, group, names, kind := personName, 1, otherSurnames, "surname"
	if rng.IntN(2) == 0 {
		pattern, group, names, kind = placeWord, 2, otherPlaces, "place"
	}
	all := pattern.FindAllStringSubmatchIndex(text, -1)
	if len(all) == 0 {
		return text, ""
	}
	m := all[rng.IntN(len(all))]
	if before := text[m[0]:m[2*group]]; kind == "surname" && notGiven.MatchString(before) {
		return text, ""
	}
	return text[:m[2*group]] + names[rng.IntN(len(names))] + text[m[2*group+1]:], kind
}

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
			for range 3 {
				bad, kind := swapName(rng, text)
				if kind == "" || bad == text {
					continue
				}
				mutated[kind]++
				if len(fails(run(p, Output{Summary: bad}))) > before {
					caught[kind]++
				} else if os.Getenv("MUJAZ_MISSES") != "" {
					t.Logf("miss %s: %s | %s", d.ID, difference(text, bad), p.nearNames(bad))
				}
			}
		}
	}
	t.Logf("docs alarmed %d/%d windows alarmed %d/%d, with what cannot be judged %d; surnames %d/%d places %d/%d",
		docsFailed, len(docs), windowsFailed, windows, unknown, caught["surname"], mutated["surname"], caught["place"], mutated["place"])
	if float64(windowsFailed) > 0.02*float64(windows) {
		t.Errorf("%d of %d faithful excerpts are alarmed, at most 1 in 50 may be", windowsFailed, windows)
	}
	for kind, floor := range map[string]float64{"surname": 0.70, "place": 0.82} {
		if recall := float64(caught[kind]) / float64(mutated[kind]); recall < floor {
			t.Errorf("%s: recall is %.3f, the floor is %.2f", kind, recall, floor)
		}
	}
}

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

// TestCorpusNamesOther measures false alarms in other source languages.
func TestCorpusNamesOther(t *testing.T) {
	english := map[string]parallelDoc{}
	for _, d := range readLines[parallelDoc](t, corpus(t, "ntrex_parallel_news", "en.share.jsonl")) {
		english[d.ID] = d
	}
	docs := readLines[parallelDoc](t, corpus(t, "ntrex_parallel_news", "other_langs.share.jsonl"))
	windows, failed := map[string]int{}, map[string]int{}
	for i := range docs {
		d := &docs[i]
		d.join(english[d.EnglishID])
		p := Prepare(d.source())
		for at := 0; at < len(d.Sentences); at += windowSentences {
			o := Output{Summary: d.window(at, windowSentences)}
			windows[d.Lang]++
			for _, c := range checkNames(p, &o, outputFields(&o), Limits{}) {
				if c.Verdict == Fail {
					failed[d.Lang]++
					if os.Getenv("MUJAZ_ALARMS") != "" {
						t.Logf("%s: %s", d.Lang, c.OutputSpan.Text)
					}
					break
				}
			}
		}
	}
	for lang, n := range windows {
		t.Logf("%-4s excerpts alarmed %d of %d", lang, failed[lang], n)
		if float64(failed[lang]) > 0.03*float64(n) {
			t.Errorf("%s: %d of %d faithful excerpts are alarmed", lang, failed[lang], n)
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
