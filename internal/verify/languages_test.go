package verify

import "testing"

// A number in Kurdish, whose spelling is not settled, is missed only where the
// sentence of the claim is known or another number is like it.
func TestKurdishNumberIsShown(t *testing.T) {
	t.Parallel()
	src := sourceIn(
		"ckb",
		"هالە موراد لە ئوپسالا ١٣٤٠ کرێکاری بینی.",
		"سەلیم حەداد پردێکی کردەوە کە ئێریک لیندگرێن نەخشەی بۆ کێشابوو.",
	)
	for text, want := range map[string]Verdict{
		"Hala Murad saw 1340 workers in Uppsala.": Pass,
		"Hala Murad saw 1349 workers in Uppsala.": Fail,        // like 1340
		"The new tram line has 27 stops.":         CannotJudge, // like nothing, in a sentence like none
	} {
		if got := verdictOf(Run(src, summaryOf(text), Limits{}), CheckNumbers); got != want {
			t.Errorf("%q gives %s, want %s", text, got, want)
		}
	}
	src.Language = "fr"
	src.Paragraphs = []Paragraph{{ID: 1, Text: "Hala Murad a vu 1340 ouvriers à Uppsala."}, {ID: 2, Text: "Salim Haddad a ouvert un pont dessiné par Erik Lindgren."}}
	if got := verdictOf(Run(src, summaryOf("The new tram line has 27 stops."), Limits{}), CheckNumbers); got != Fail {
		t.Errorf("a number that a French source lacks gives %s, want %s", got, Fail)
	}
}

// A weekday fails in a Russian source only when the claim's sentence shares
// something with it: its names are inflected, so that most sentences seem to
// share nothing.
func TestRussianWeekdayOfALostSentence(t *testing.T) {
	t.Parallel()
	paragraphs := map[string][]string{
		"ru": {"Хала Мурад приехала в Упсалу в субботу, 1340 рабочих ждали её.", "Мост открыли давно."},
		"de": {"Hala Murad kam am Samstag nach Uppsala, 1340 Arbeiter warteten.", "Die Brücke ist seit langem offen."},
	}
	for _, c := range []struct {
		language, text string
		want           Verdict
	}{
		{"ru", "Some 1340 workers waited on Saturday.", Pass},
		{"ru", "Some 1340 workers waited on Friday.", Fail},
		{"ru", "The tram stopped on Friday.", CannotJudge},
		{"de", "The tram stopped on Friday.", Fail},
	} {
		if got := verdictOf(Run(sourceIn(c.language, paragraphs[c.language]...), summaryOf(c.text), Limits{}), CheckDates); got != c.want {
			t.Errorf("%s: %q gives %s, want %s", c.language, c.text, got, c.want)
		}
	}
}

func TestLanguagesByBothCodes(t *testing.T) {
	t.Parallel()
	for two, three := range map[string]string{"ar": "ara", "fr": "fra", "de": "deu", "ru": "rus", "he": "heb", "fa": "fas"} {
		if a, b := languages()[two], languages()[three]; a != b || a == (language{}) {
			t.Errorf("%s and %s are read as %+v and %+v", two, three, a, b)
		}
	}
}
