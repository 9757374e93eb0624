package date

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/mujaz/mujaz/internal/verify/fold"
)

var ignoreWords = cmpopts.IgnoreFields(Date{}, "First", "Last")

func TestArabic(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]Date{
		"في ١٥ آذار ٢٠٢٤":                    {{Kind: Month, Value: 3, Day: 15, LastDay: 15, Year: 2024}},
		"افتتح في 15 مارس/آذار":              {{Kind: Month, Value: 3, Day: 15, LastDay: 15}, {Kind: Month, Value: 3}},
		"يوم 3 من كانون الثاني":              {{Kind: Month, Value: 1, Day: 3, LastDay: 3}},
		"تشرين الأول ثم تشرين الثاني":        {{Kind: Month, Value: 10}, {Kind: Month, Value: 11}},
		"بين 5 و7 جويلية":                    {{Kind: Month, Value: 7, Day: 5, LastDay: 7}},
		"12 غشت 2019 ودجنبر":                 {{Kind: Month, Value: 8, Day: 12, LastDay: 12, Year: 2019}, {Kind: Month, Value: 12}},
		"مساء الأحد أو الإثنين":              {{Kind: Weekday, Value: 0}, {Kind: Weekday, Value: 1}},
		"وبالأربعاء وللجمعة":                 {{Kind: Weekday, Value: 3}},
		"قال أحد السكان أمس":                 {{Kind: Relative, Value: -1}},
		"24 رمضان 1447 هـ":                   {{Kind: HijriMonth, Value: 9, Day: 24, LastDay: 24, Year: 1447}},
		"17-01-1437":                         {{Kind: HijriMonth, Value: 1, Day: 17, LastDay: 17, Year: 1437}},
		"بتاريخ 15/3/2024 و2024-03-16":       {{Kind: Month, Value: 3, Day: 15, LastDay: 15, Year: 2024}, {Kind: Month, Value: 3, Day: 16, LastDay: 16, Year: 2024}},
		"مارس الرياضة مع آب":                 {{Kind: Month, Value: 3, Weak: true}, {Kind: Month, Value: 8, Weak: true}},
		"شهد ملعب نيسان مباراة بنتيجة 45/50": {{Kind: Month, Value: 4, Weak: true}},
		"بتاريخ 2015/3 و4-2016":              {{Kind: Month, Value: 3, Year: 2015, Weak: true}, {Kind: Month, Value: 4, Year: 2016, Weak: true}},
		"سأعود 08/12, 2015":                  {{Kind: Month, Value: 12, Day: 8, LastDay: 8, Year: 2015, Weak: true}, {Kind: Month, Value: 8, Day: 12, LastDay: 12, Year: 2015, Weak: true}},
		"سأعود في 23-5 أو 5.23":              {{Kind: Month, Value: 5, Day: 23, LastDay: 23, Weak: true}, {Kind: Month, Value: 5, Day: 23, LastDay: 23, Weak: true}},
		"فازوا 5-3 بنسبة 4.45":               nil,
		"سأعود 22/4, 2015":                   {{Kind: Month, Value: 4, Day: 22, LastDay: 22, Year: 2015}},
		"لا تاريخ هنا":                       nil,
	} {
		if diff := cmp.Diff(want, readArabic(text), ignoreWords); diff != "" {
			t.Errorf("%s (-want +got):\n%s", text, diff)
		}
	}
}

func TestEnglish(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]Date{
		"It opens on 15 March 2024.":                                   {{Kind: Month, Value: 3, Day: 15, LastDay: 15, Year: 2024}},
		"It opens on March 15, 2024.":                                  {{Kind: Month, Value: 3, Day: 15, LastDay: 15, Year: 2024}},
		"on the 15th of March":                                         {{Kind: Month, Value: 3, Day: 15, LastDay: 15}},
		"March 15-17 and Sept. 3":                                      {{Kind: Month, Value: 3, Day: 15, LastDay: 17}, {Kind: Month, Value: 9, Day: 3, LastDay: 3}},
		"on Sunday, and by May":                                        {{Kind: Weekday, Value: 0}, {Kind: Month, Value: 5}},
		"Karima May may march in the Sunday Times and on Black Friday": nil,
		"before the crucial June elections, April said":                {{Kind: Month, Value: 6}},
		"In January 2020":                                              {{Kind: Month, Value: 1, Year: 2020}},
	} {
		var words fold.Words
		words.Add(0, text)
		words.Close()
		got := English(nil, &words, func(int) string { return text }, true)
		if diff := cmp.Diff(want, got, ignoreWords); diff != "" {
			t.Errorf("%s (-want +got):\n%s", text, diff)
		}
	}
}

// The days are those of the published Umm al-Qura calendar.
func TestFromHijri(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		year, month, day int
		want             string
	}{
		{1445, 1, 1, "2023-07-19"}, {1445, 9, 1, "2024-03-11"}, {1446, 10, 1, "2025-03-30"}, {1400, 1, 1, "1979-11-20"}, {1421, 12, 10, "2001-03-05"},
	} {
		want, err := time.Parse(time.DateOnly, c.want)
		if err != nil {
			t.Fatal(err)
		}
		if got := FromHijri(c.year, c.month, c.day); got.Sub(want).Abs() > 48*time.Hour {
			t.Errorf("%d-%d-%d is %s, want %s within two days", c.year, c.month, c.day, got.Format(time.DateOnly), c.want)
		}
	}
}

func FuzzDates(f *testing.F) {
	f.Add("15/3/2024 آذار 99999-1-1 15th")
	f.Add("th 1/1/1 of May 3-")
	f.Add("2024年3月15日周五十二月 יום שני ב5 במרץ सोमवार १२ जून سه شنبه ۵ مه lunes 3 de mayo mañana")
	f.Add("الثاني والعشرين من آذار أول من أمس 22/4, 2015")
	f.Fuzz(func(t *testing.T, text string) {
		var words fold.Words
		words.Add(0, text)
		words.Close()
		part := func(int) string { return text }
		all := append(Arabic(nil, &words, part), English(nil, &words, part, false)...)
		for lang := French; lang <= Chinese; lang++ {
			all = Foreign(all, &words, part, lang)
		}
		for _, d := range all {
			if d.First > d.Last || d.Last >= len(words.List) || d.Day > d.LastDay || d.LastDay > 31 {
				t.Fatalf("%+v in %q", d, text)
			}
			d.Gregorian()
		}
	})
}

func TestForeign(t *testing.T) {
	t.Parallel()
	month := func(m, day, year int) Date { return Date{Kind: Month, Value: m, Day: day, LastDay: day, Year: year} }
	for _, tc := range []struct {
		lang Lang
		text string
		want []Date
	}{
		{French, "Le pont ouvre mardi 15 mars 2024.", []Date{{Kind: Weekday, Value: 2}, month(3, 15, 2024)}},
		{French, "Le jardinier marche sur mars.", []Date{{Kind: Month, Value: 3, Weak: true}}},
		{Spanish, "El 3 de mayo de 2019, un sábado", []Date{month(5, 3, 2019), {Kind: Weekday, Value: 6}}},
		{Spanish, "el viernes por la mañana", []Date{{Kind: Weekday, Value: 5}}},
		{Spanish, "la barca sale mañana", []Date{{Kind: Relative, Value: -1}}},
		{German, "Am Dienstagabend und am 5. Oktober", []Date{{Kind: Weekday, Value: 2}, month(10, 5, 0)}},
		{Russian, "в среду, 9 января 2020 года", []Date{{Kind: Weekday, Value: 3}, month(1, 9, 2020)}},
		{Turkish, "Cuma günü, 4 Ocak'ta", []Date{{Kind: Weekday, Value: 5}, month(1, 4, 0)}},
		{Persian, "پل روز سه شنبه ۵ آوریل باز شد", []Date{{Kind: Weekday, Value: 2}, month(4, 5, 0)}},
		{Persian, "در ماه جون تیر انداخت", []Date{{Kind: Month, Value: 6}, {Kind: HijriMonth, Value: 1, Weak: true}}},
		{Persian, "پنج‌شنبه ۲ مهر", []Date{{Kind: Weekday, Value: 4}, {Kind: HijriMonth, Value: 1}}},
		{Urdu, "جمعرات 8 اگست کو", []Date{{Kind: Weekday, Value: 4}, month(8, 8, 0)}},
		{Hindi, "शुक्रवार, १२ जून को", []Date{{Kind: Weekday, Value: 5}, month(6, 12, 0)}},
		{Hebrew, "ביום שלישי, 7 במרץ 2021", []Date{{Kind: Weekday, Value: 2}, month(3, 7, 2021)}},
		{Chinese, "大桥于2024年3月15日星期五开放", []Date{month(3, 15, 2024), {Kind: Weekday, Value: 5}}},
		{Chinese, "周日，十二月", []Date{{Kind: Weekday, Value: 0}, {Kind: Month, Value: 12}}},
		{Chinese, "园丁等了三个月，庆祝三周年", nil},
	} {
		var words fold.Words
		words.Add(0, tc.text)
		words.Close()
		got := Foreign(nil, &words, func(int) string { return tc.text }, tc.lang)
		if diff := cmp.Diff(tc.want, got, ignoreWords); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tc.text, diff)
		}
	}
}

func TestArabicDaysInWords(t *testing.T) {
	t.Parallel()
	month := func(m, day int) Date { return Date{Kind: Month, Value: m, Day: day, LastDay: day} }
	for text, want := range map[string][]Date{
		"في الثاني والعشرين من آذار": {month(3, 22)},
		"في الخامس عشر من شهر تموز":  {month(7, 15)},
		"أول يناير":                            {month(1, 1)},
		"مايو الحادي عشر":                      {month(5, 11)},
		"بين تشرين الأول وتشرين الثاني":        {{Kind: Month, Value: 10}, {Kind: Month, Value: 11}},
		"زار الجسر أول من أمس":                 {{Kind: Relative, Value: -2}},
		"زار الجسر أمس الأول":                  {{Kind: Relative, Value: -2}},
		"يفتتح بعد غد، وقد رمم قبل الأمس":      {{Kind: Relative, Value: 2}, {Kind: Relative, Value: -2}},
		"وصل قبل ثلاثة أيام ويعود بعد أسبوعين": {{Kind: Span, Value: -3}, {Kind: Span, Value: 14}},
		"استمر خمسة أيام بعد 5 أيام":           {{Kind: Span, Value: 5}},
		"عاد في اليوم التالي وسافر اليوم":      {{Kind: Span, Value: 1}, {Kind: Relative}},
		"في 22/4 كتب":                          {{Kind: Month, Value: 4, Day: 22, LastDay: 22, Weak: true}},
	} {
		if diff := cmp.Diff(want, readArabic(text), ignoreWords); diff != "" {
			t.Errorf("%s (-want +got):\n%s", text, diff)
		}
	}
}
