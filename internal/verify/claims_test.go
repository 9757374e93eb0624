package verify

import (
	"strings"
	"testing"
	"time"
)

func arabicSource(text string) Source {
	return Source{Language: "ar", Paragraphs: []Paragraph{{1, text}}}
}

func TestNames(t *testing.T) {
	t.Parallel()
	src := arabicSource("قالت المهندسة هالة مراد في القاهرة إن شركة ليندغرين السويدية ستبدأ العمل، بحضور السفير يوهان بيرغستروم.")
	for text, want := range map[string]Verdict{
		"Engineer Hala Murad said in Cairo that the Swedish company Lindgren will begin.": Pass,
		"Ambassador Johan Bergstrom came.":                                                Pass,
		"Ambassador Johan Castellano came.":                                               Fail,
		"Hala Murad said so in Baghdad.":                                                  Fail,
		"The Norwegian company will begin.":                                               Fail,
		"The Ministry of Irrigation agreed, and so did the Red Cross.":                    Fail,
		"The Ministry agreed, and so did the Security Council.":                           CannotJudge,
		"Work begins soon.":                                                               Pass,
	} {
		if got := verdictOf(Run(src, summaryOf(text), Limits{}), CheckNames); got != want {
			t.Errorf("%q gives %s, want %s", text, got, want)
		}
	}
	src.Language = "am"
	if got := verdictOf(Run(src, summaryOf("Ambassador Johan Castellano came."), Limits{}), CheckNames); got != CannotJudge {
		t.Errorf("a language whose names cannot be read gives %s, want %s", got, CannotJudge)
	}
}

func TestNamesGlossary(t *testing.T) {
	t.Parallel()
	src := arabicSource("زار الوزير دار الضيافة مع يوحنا.")
	text := "The minister went to see Johan Castellano."
	if got := verdictOf(Run(src, summaryOf(text), Limits{}), CheckNames); got != Fail {
		t.Errorf("without a glossary: %s, want %s", got, Fail)
	}
	src.Glossary = map[string]string{"دار الضيافة": "Johan Castellano House"}
	if got := verdictOf(Run(src, summaryOf(text), Limits{}), CheckNames); got != Pass {
		t.Errorf("with a glossary: %s, want %s", got, Pass)
	}
	src.Glossary = map[string]string{"ليس هنا": "Johan Castellano House"}
	if got := verdictOf(Run(src, summaryOf(text), Limits{}), CheckNames); got != Fail {
		t.Errorf("with an entry that the source does not have: %s, want %s", got, Fail)
	}
}

func TestDates(t *testing.T) {
	t.Parallel()
	published := time.Date(2024, time.March, 13, 9, 0, 0, 0, time.UTC) // a Wednesday
	for _, c := range []struct {
		source, text string
		published    time.Time
		want         Verdict
	}{
		{"يفتتح السد في 15 آذار.", "It opens on 15 March.", time.Time{}, Pass},
		{"يفتتح السد في 15 آذار.", "It opens on 15 May.", time.Time{}, Fail},
		{"يفتتح السد في 15 آذار.", "It opens on March 16.", time.Time{}, Fail},
		{"يفتتح السد في 15 آذار 2023.", "It opens in March 2022.", time.Time{}, Fail},
		{"يفتتح السد في 15 مارس/آذار، و16 منه للزوار.", "It opens in March.", time.Time{}, Pass},
		{"يفتتح السد بين 15 و18 مارس.", "It opens on March 15-18.", time.Time{}, Pass},
		{"يفتتح السد يوم السبت.", "It opens on Saturday.", time.Time{}, Pass},
		{"يفتتح السد يوم السبت.", "It opens on Sunday.", time.Time{}, Fail},
		{"افتتح السد أمس، لا يوم السبت.", "It opened on Tuesday.", time.Time{}, CannotJudge},
		{"افتتح السد أمس، لا يوم السبت.", "It opened on Tuesday.", published, Pass},
		{"افتتح السد أمس، لا يوم السبت.", "It opened on Friday.", published, Fail},
		{"يفتتح السد غدا، لا يوم السبت.", "It opens on Thursday.", published, Pass},
		{"يفتتح السد قريبا.", "It opens in May.", time.Time{}, CannotJudge},
		{"افتتح السد في 1 رمضان 1445 هـ.", "It opened on 11 March 2024.", time.Time{}, Pass},
		{"افتتح السد في 1 رمضان 1445 هـ.", "It opened on 11 June 2024.", time.Time{}, CannotJudge},
		{"افتتح السد في 03/04/2024.", "It opened on April 3.", time.Time{}, Pass},
		{"افتتح السد.", "It opened, and Theresa May read the Sunday Times.", time.Time{}, Pass},
	} {
		src := arabicSource(c.source)
		src.PublishedAt = c.published
		if got := verdictOf(Run(src, summaryOf(c.text), Limits{}), CheckDates); got != c.want {
			t.Errorf("%s | %s gives %s, want %s", c.source, c.text, got, c.want)
		}
	}
}

func TestDatesExplainThemselves(t *testing.T) {
	t.Parallel()
	report := Run(arabicSource("يفتتح السد في 15 آذار."), summaryOf("It opens on 15 May."), Limits{})
	for _, c := range report.Failed() {
		if c.Check != CheckDates {
			continue
		}
		if want := "The source says «آذار» (15 March); the summary says \"May\"."; c.Detail != want {
			t.Errorf("detail is %q, want %q", c.Detail, want)
		}
		if c.SourceSpan == nil || c.SourceSpan.Paragraph != 1 || c.SourceSpan.Text != "آذار" {
			t.Errorf("source span is %+v", c.SourceSpan)
		}
	}
}

func TestQuotations(t *testing.T) {
	t.Parallel()
	const quote = `She said: "We will open the dam before winter comes to the valley."`
	for _, c := range []struct {
		source, text string
		want         Verdict
	}{
		{"قالت مراد: «سنفتح السد قبل أن يأتي الشتاء إلى الوادي».", quote, Pass},
		{"قالت مراد: \"سنفتح السد قبل أن يأتي الشتاء إلى الوادي\".", strings.ReplaceAll(quote, `"`, "”"), Pass},
		{"قالت مراد إن السد سيفتح قبل الشتاء.", quote, CannotJudge},
		{"سيفتح السد قبل الشتاء.", quote, Fail},
		{"سيفتح سد «الوادي» قبل الشتاء.", quote, CannotJudge},
		{"سيفتح السد قبل الشتاء.", `The so-called "Blue Valley Dam" opens.`, Pass},
		{"سيفتح السد قبل الشتاء.", `An unclosed " mark proves nothing at all about any speech.`, Pass},
	} {
		if got := verdictOf(Run(arabicSource(c.source), summaryOf(c.text), Limits{}), CheckQuotations); got != c.want {
			t.Errorf("%s | %s gives %s, want %s", c.source, c.text, got, c.want)
		}
	}
	// Two people of whom one speaks, far from the other.
	far := strings.Repeat("سيفتح السد قبل الشتاء وتصل المياه إلى الحقول. ", 8)
	two := "قالت هالة مراد: «سنفتح السد قبل أن يأتي الشتاء إلى الوادي». " + far + "زار المهندس يوهان بيرغستروم الموقع."
	for text, want := range map[string]Verdict{
		`"We will open the dam before winter comes," Hala Murad said.`:                     Pass,
		`"We will open the dam before winter comes," said Johan Bergstrom.`:                Fail,
		`Bergstrom said: "We will open the dam before winter comes."`:                      Fail,
		`"We will open the dam before winter comes," she said. Johan Bergstrom was there.`: Pass,
		`Bergstrom saw the "dam. He will "open the dam before winter comes", it is said.`:  Pass,
	} {
		if got := verdictOf(Run(arabicSource(two), summaryOf(text), Limits{}), CheckQuotations); got != want {
			t.Errorf("%s gives %s, want %s", text, got, want)
		}
	}
	english := Source{Language: "en", Paragraphs: []Paragraph{{1, `"We will open the dam soon, before winter," she said.`}}}
	for text, want := range map[string]Verdict{
		`"We will open the dam soon, before winter," she said.`:        Pass,
		`"We shall never open this dam, not in any winter," she said.`: CannotJudge,
	} {
		if got := verdictOf(Run(english, summaryOf(text), Limits{}), CheckQuotations); got != want {
			t.Errorf("%s gives %s, want %s", text, got, want)
		}
	}
}

func TestCurrencies(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		source, text string
		want         Verdict
	}{
		{"بلغت الكلفة 40 مليون يورو.", "It cost 40 million euros.", Pass},
		{"بلغت الكلفة 40 مليون يورو.", "It cost €40 million.", Pass},
		{"بلغت الكلفة 40 مليون يورو.", "It cost $40 million.", Fail},
		{"بلغت الكلفة 40 مليون دينار.", "It cost 40 million dirhams.", Fail},
		{"بلغت الكلفة 40 مليونا.", "It cost $40 million.", Pass},
		{"دفعوا 40 مليون يورو، ثم 40 مليون دولار.", "It cost $40 million.", Pass},
	} {
		if got := verdictOf(Run(arabicSource(c.source), summaryOf(c.text), Limits{}), CheckNumbers); got != c.want {
			t.Errorf("%s | %s gives %s, want %s", c.source, c.text, got, c.want)
		}
	}
}

func TestPromptPhrasesWithoutTheirLastMark(t *testing.T) {
	t.Parallel()
	lim := Limits{PromptPhrases: []string{"Short.", " Write only what the article states: ", "Name every person in full."}}
	for text, want := range map[string]Verdict{
		"We were told to write only what the article states, as ever.": Fail,
		"They name every person\nin full, as ever.":                    Fail,
		"It was short. They wrote what the article states.":            Pass,
	} {
		if got := verdictOf(Run(article(), summaryOf(text), lim), CheckPromptLeak); got != want {
			t.Errorf("%q gives %s, want %s", text, got, want)
		}
	}
}
