package verify

import "testing"

func TestSingleWeekOfTwo(t *testing.T) {
	t.Parallel()
	src := sourceIn(
		"ar",
		"افتتحت الوزيرة هالة الشهابي مدرسة جديدة في القاهرة بعد عامين من أعمال البناء وأسبوعين من التجهيز.",
		"وقال المدير سليم الحداد في بغداد إن الدروس تستمر خمسة أيام في الأسبوع.",
		"ومددت الحكومة الهدنة مع نادر شاهين في تكريت أسبوعين، بعد أسبوع من المحادثات.",
		"وقال أحد السكان إن واحدا من الأسواق في حلب فتح أبوابه.",
	)
	for text, want := range map[string]Verdict{
		"Minister Hala al-Shihabi opened a school in Cairo after two years of building and two weeks of preparation.": Pass,
		"Minister Hala al-Shihabi opened a school in Cairo after two years of building and one week of preparation.":  Fail,
		"Minister Hala al-Shihabi opened a school in Cairo after two years of building and a week of preparation.":    Fail,
		"Minister Hala al-Shihabi opened a school in Cairo after a year of building and two weeks of preparation.":    Fail,
		"Director Salim al-Haddad said in Baghdad that lessons are given on five days a week.":                        Pass,
		"The truce with Nader Shahin in Tikrit was extended after a week of talks.":                                   Pass,
	} {
		if got := verdictOf(Run(src, summaryOf(text), Limits{}), CheckNumbers); got != want {
			t.Errorf("%q gives %s, want %s", text, got, want)
		}
	}
}
