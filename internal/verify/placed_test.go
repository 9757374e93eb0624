package verify

import (
	"strings"
	"testing"
)

func sourceIn(language string, paragraphs ...string) Source {
	src := Source{Language: language}
	for i, text := range paragraphs {
		src.Paragraphs = append(src.Paragraphs, Paragraph{ID: i + 1, Text: text})
	}
	return src
}

func TestSmallCountsAndRanksInTheirSentence(t *testing.T) {
	t.Parallel()
	src := sourceIn(
		"ar",
		"قال المدرب يوهان ليندغرين في القاهرة إن فريقه خاض سبع مباريات.",
		"ودشنت هالة مراد في بغداد مصنعها الثاني قرب جسر تكريت.",
		"وحضر الحفل سليم الحداد ونادر شاهين وليلى منصور.",
		"وباع كريم الصباغ في حلب شاحنتين لعامل من دمشق، واشترى شاحنة في حمص.",
		"وفازت نورا الخطيب في عمّان للمرة الأولى على ماريا سانتوس.",
		"وعقدت مريم قباني في الرباط قمة ثانية مع يوسف برهوم.",
		"ووصل فادي منصور خمس مرات إلى النهائي في صيدا مع طارق نصار.",
		"وأيد 40 في المئة من سكان مدينة الكرك خطة المهندس رامي الطويل.",
	)
	for text, want := range map[string]Verdict{
		"Karim al-Sabbagh sold two trucks in Aleppo to a worker from Damascus.":              Pass,
		"Karim al-Sabbagh sold three trucks in Aleppo to a worker from Damascus.":            Fail,
		"Both trucks that Karim al-Sabbagh had in Aleppo went to three men from Damascus.":   CannotJudge,
		"Nora al-Khatib beat Maria Santos for the fourth time in Amman.":                     Fail,
		"Nora al-Khatib beat Maria Santos for the first time, on her fourth visit to Amman.": CannotJudge,
		"Maryam Qabbani held a third summit with Youssef Barhoum in Rabat.":                  Fail,
		"Fadi Mansour, a five-time finalist, played in Sidon with Tarek Nassar.":             Pass,
		"Fadi Mansour, a three-time finalist, played in Sidon with Tarek Nassar.":            Fail,
		"The plan of engineer Rami al-Tawil is opposed by 60 percent of Kerak.":              CannotJudge,
		"Coach Johan Lindgren said in Cairo that his team played seven matches.":             Pass,
		"Coach Johan Lindgren said in Cairo that his team played four matches.":              Fail,
		"Hala Murad opened her second factory in Baghdad, near a bridge in Tikrit.":          Pass,
		"Hala Murad opened her sixth factory in Baghdad, near a bridge in Tikrit.":           Fail,
		"Three guests came: Salim al-Haddad, Nader Shahin and Layla Mansour.":                CannotJudge,
		"Coach Johan Lindgren said in Cairo that his four aides saw his seven matches again": CannotJudge,
	} {
		if got := verdictOf(Run(src, summaryOf(text), Limits{}), CheckNumbers); got != want {
			t.Errorf("%q gives %s, want %s", text, got, want)
		}
	}
}

func TestNumberThatItsSentenceLacks(t *testing.T) {
	t.Parallel()
	src := sourceIn(
		"de",
		"Hala Murad eröffnete am Montag in Uppsala eine Brücke, die Erik Lindgren entworfen hat.",
		"In Kairo arbeiten 1340 Menschen für Salim Haddad.",
	)
	for text, want := range map[string]Verdict{
		"Hala Murad opened a bridge designed by Erik Lindgren in Uppsala for 237 guests.": CannotJudge,
		"Some 1562 people work in Cairo for Salim Haddad.":                                Fail,
	} {
		if got := verdictOf(Run(src, summaryOf(text), Limits{}), CheckNumbers); got != want {
			t.Errorf("%q gives %s, want %s", text, got, want)
		}
	}
}

func TestWeekdayThatItsSentenceLacks(t *testing.T) {
	t.Parallel()
	src := sourceIn(
		"de",
		"Hala Murad eröffnete in Uppsala eine Brücke, die Erik Lindgren entworfen hat.",
		"Salim Haddad kam am Samstag nach Malmberg zu Nader Shahin.",
	)
	for text, want := range map[string]Verdict{
		"Hala Murad opened a bridge designed by Erik Lindgren in Uppsala on Friday.": CannotJudge,
		"Salim Haddad came to Nader Shahin in Malmberg on Friday.":                   Fail,
	} {
		if got := verdictOf(Run(src, summaryOf(text), Limits{}), CheckDates); got != want {
			t.Errorf("%q gives %s, want %s", text, got, want)
		}
	}
	src = sourceIn("fr", "Le pont ouvre vendredi.", "Il fut dessiné le 29 septembre.")
	if got := verdictOf(Run(src, summaryOf("It was drawn on Saturday."), Limits{}), CheckDates); got != CannotJudge {
		t.Errorf("a day of an unknown year gives %s, want %s", got, CannotJudge)
	}
}

func TestDerivedNumbers(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		language, source, text string
		want                   Verdict
	}{
		{"ar", "وافق 60 في المئة من المزارعين، ورفض الباقون.", "While 60 percent of farmers agreed, 40 percent did not.", CannotJudge},
		{"ar", "وافق 60 في المئة من المزارعين، ورفض 25 في المئة.", "Some 15 percent of farmers did not answer.", CannotJudge},
		{"ar", "وافق 60 في المئة من المزارعين، ورفض 25 في المئة.", "Of the farmers, 35 percent refused.", Fail},
		{"ar", "بلغ عدد السكان 25,2 مليار نسمة.", "The population is 2.25 billion.", CannotJudge},
		{"ar", "بلغ عدد السكان 25,3 مليار نسمة.", "The population is 2.25 billion.", Fail},
		{"he", "הגשר ייבנה בשנות ה-20 של המאה ה-21, ולא ב-2018.", "The bridge will be built after 2020.", CannotJudge},
		{"he", "הגשר ייבנה בשנות ה-30 של המאה ה-21, ולא ב-2018.", "The bridge will be built after 2020.", Fail},
		{"ps", "پل په اکتوبر 2,1968 کې جوړ شو.", "The bridge was built in 1968.", Pass},
	} {
		src := sourceIn(c.language, c.source)
		if got := verdictOf(Run(src, summaryOf(c.text), Limits{}), CheckNumbers); got != c.want {
			t.Errorf("%q of %q gives %s, want %s", c.text, c.source, got, c.want)
		}
	}
}

func TestEqualFindingsOnce(t *testing.T) {
	t.Parallel()
	src := sourceIn("ar", "قالت هالة مراد في القاهرة إن 1340 عاملا شاركوا في البناء.")
	report := Run(src, summaryOf(strings.Repeat("The bridge needs 2718 workers. ", 5)), Limits{})
	n := 0
	for _, c := range report.Checks {
		if c.Check == CheckNumbers {
			n++
			if c.OutputSpan == nil || c.OutputSpan.Start > 20 {
				t.Errorf("the finding kept is not the first: %+v", c.OutputSpan)
			}
		}
	}
	if n != 1 {
		t.Errorf("%d findings on one number, want 1", n)
	}
}

func TestChineseDateSetApart(t *testing.T) {
	t.Parallel()
	src := sourceIn("zh", "大桥将于 2023 年 9 月 30 日开放，六月动工。")
	for text, want := range map[string]Verdict{
		"It opens on September 30.": Pass,
		"It opens on September 12.": Fail,
	} {
		if got := verdictOf(Run(src, summaryOf(text), Limits{}), CheckDates); got != want {
			t.Errorf("%q gives %s, want %s", text, got, want)
		}
	}
}
