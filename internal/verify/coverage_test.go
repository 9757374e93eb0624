package verify

import (
	"testing"
	"time"
)

// TestArabicForms holds the ways in which Arabic news writes numbers and dates
// against faithful English and against one changed number. All texts are
// invented; pass and fail are one sentence each.
func TestArabicForms(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, source, pass, fail string }{
		{"arabic-indic digits", "زرع البستاني ١٢٣٤ شجرة.", "He planted 1,234 trees.", "He planted 1,324 trees."},
		{"persian digits", "زرع البستاني ۵۶۷ شجرة.", "He planted 567 trees.", "He planted 576 trees."},
		{"arabic grouping", "زرعوا ١٬٢٣٤٬٥٦٧ شجرة.", "They planted 1,234,567 trees.", "They planted 1,234,576 trees."},
		{"arabic decimal sign", "ارتفع السعر ٣٫٧٥ في المئة.", "The price rose 3.75 percent.", "The price rose 3.57 percent."},
		{"arabic comma", "ارتفع السعر 12،5 في المئة.", "The price rose 12.5 percent.", "The price rose 15.2 percent."},
		{"points as grouping", "وزعوا 25.000 كتاب.", "They gave out 25,000 books.", "They gave out 52,000 books."},
		{"spaces as grouping", "وزعوا 25 000 كتاب.", "They gave out 25,000 books.", "They gave out 52,000 books."},
		{"decimal point", "مساحته 8.25 هكتار.", "It covers 8.25 ha.", "It covers 9.25 ha."},
		{"masculine", "جاء خمسة عشر رجلا.", "Fifteen men came.", "Sixteen men came."},
		{"feminine", "جاءت خمس عشرة امرأة.", "Fifteen women came.", "Sixteen women came."},
		{"compound", "زرعوا مئتين وسبعا وثلاثين شجرة.", "They planted 237 trees.", "They planted 273 trees."},
		{"construct hundred", "حضر مئتا ضيف.", "Two hundred guests came.", "Three hundred guests came."},
		{"construct thousand", "حضر ألفا ضيف.", "Two thousand guests came.", "Five thousand guests came."},
		{"dual thousand", "حضر ألفان وخمسمئة ضيف.", "2,500 guests came.", "3,500 guests came."},
		{"dual million", "كلف المشروع مليوني دينار.", "It cost two million dinars.", "It cost six million dinars."},
		{"hamza left out", "حضر ثلاثمائه ضيف.", "300 guests came.", "400 guests came."},
		{"hamza alone", "حضر مءة وعشرون ضيفا.", "120 guests came.", "130 guests came."},
		{"hundred with yeh", "حضر ثلاثماية ضيف.", "300 guests came.", "500 guests came."},
		{"hundreds apart", "حضر تسع مائة ضيف.", "900 guests came.", "700 guests came."},
		{"ordinal", "احتلت القرية المرتبة السابعة عشرة.", "The village came 17th.", "The village came 18th."},
		{"ordinal tens", "احتفلوا بالذكرى الخامسة والعشرين.", "They marked the 25th anniversary.", "They marked the 35th anniversary."},
		{"fraction", "وافق ثلثا السكان.", "Two thirds of residents agreed.", ""},
		{"half as percent", "وافق نصف السكان.", "Some 50 percent of residents agreed.", "Some 70 percent of residents agreed."},
		{"percent sign", "وافق ٤٥٪ منهم.", "45% of them agreed.", "54% of them agreed."},
		{"percent sign before", "وافق %45 منهم.", "45% of them agreed.", "54% of them agreed."},
		{"percent word", "وافق 45 بالمئة منهم.", "45 per cent of them agreed.", "54 per cent of them agreed."},
		{"percent word with alef", "وافق 45 بالمائة منهم.", "45 percent of them agreed.", "54 percent of them agreed."},
		{"percent words", "وافق خمسة وأربعون في المائة منهم.", "45 percent of them agreed.", "54 percent of them agreed."},
		{"percent dialect", "وافق 45 بالمية منهم.", "45 percent of them agreed.", "54 percent of them agreed."},
		{"magnitude", "كلف الجسر 2,5 مليار دينار.", "It cost 2.5 billion dinars.", "It cost 2.5 million dinars."},
		{"rescaled", "كلف الجسر 2500 مليون دينار.", "It cost 2.5 billion dinars.", "It cost 2.5 trillion dinars."},
		{"billion of the levant", "كلف الجسر ثلاثة بلايين ليرة.", "It cost 3 billion lira.", "It cost 8 billion lira."},
		{"mixed", "حضر 3 آلاف و200 ضيف.", "3,200 guests came.", "3,300 guests came."},
		{"million and a half", "حضر مليون ونصف المليون ضيف.", "1.5 million guests came.", "1.8 million guests came."},
		{"rounded", "حضر 1963 ضيفا.", "Nearly 2,000 guests came.", "Nearly 3,000 guests came."},
		{"rounded in arabic", "حضر نحو ألفي ضيف.", "About 2,000 guests came.", "About 8,000 guests came."},
		{"more than", "حضر 2340 ضيفا.", "More than 2,300 guests came.", "More than 2,900 guests came."},
		{"range", "حضر بين 30 و43 ضيفا.", "Between 30 and 43 guests came.", "Between 30 and 53 guests came."},
		{"range with a dash", "تستغرق الرحلة 12-15 ساعة.", "The trip takes 12 to 15 hours.", "The trip takes 12 to 18 hours."},
		{"list of three", "حضر سليم وهالة ومراد.", "The three of them came.", ""},
		{"both", "حضر سليم وهالة.", "Both of them came.", ""},
		{"dollars", "كلف الجسر 30 دولارا.", "It cost $30.", "It cost $39."},
		{"another currency", "كلف الجسر 30 دولارا.", "It cost 30 dollars.", "It cost 30 euros."},
		{"score", "فاز الفريق 21-17.", "The team won 21-17.", "The team won 21-18."},
		{"time of day", "يبدأ الحفل الساعة الثامنة والنصف مساء.", "It begins at 8:30 p.m.", "It begins at 9:30 p.m."},
		{"time in digits", "يبدأ الحفل الساعة 20:15.", "It begins at 8:15 p.m.", "It begins at 9:15 p.m."},
		{"decades", "بني الجسر في التسعينيات.", "It was built in the 1990s.", "It was built in the 1970s."},
		{"of seven parts", "سلم سباعي الدرجات.", "A ladder of seven rungs.", "A ladder of nine rungs."},
		{"metres", "ارتفاع البرج 120 مترا.", "The tower is 120 m high.", "The tower is 130 m high."},
		{"day before a noun of time", "في 20 سبتمبرمن عام 1965 بني البرج.", "It was built on September 20, 1965.", "It was built on September 25, 1965."},
		{"square miles", "مساحتها 415 ألف كيلومتر مربع.", "It covers 160,000 to 227,000 sq mi.", ""},
		{"weeks", "يفتتح الجسر بعد أسبوعين.", "It opens in two weeks.", "It opens in three weeks."},
		{"both words and digits", "حضر 25 (خمسة وعشرون) ضيفا.", "25 guests came.", "27 guests came."},
		{"part of a hundred", "يملك جزءا من مئة من المصنع، أي 1 في المئة.", "He owns 1 percent of the factory.", "He owns 7 percent of the factory."},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			p := Prepare(Source{Language: "ar", Paragraphs: []Paragraph{{1, tc.source}}})
			if r := p.Run(summaryOf(tc.pass), Limits{}); verdictOf(r, CheckNumbers) == Fail {
				t.Errorf("%q fails: %v", tc.pass, failures(r, CheckNumbers)[0].Detail)
			}
			if tc.fail != "" && verdictOf(p.Run(summaryOf(tc.fail), Limits{}), CheckNumbers) != Fail {
				t.Errorf("%q does not fail", tc.fail)
			}
		})
	}
}

func TestArabicDateForms(t *testing.T) {
	t.Parallel()
	published := time.Date(2024, time.May, 16, 9, 0, 0, 0, time.UTC) // a Thursday
	for _, tc := range []struct{ name, source, pass, fail string }{
		{"levantine", "يفتتح الجسر في 5 كانون الثاني.", "The bridge opens on January 5.", "The bridge opens on December 5."},
		{"both names", "يفتتح الجسر في 15 مارس/آذار.", "The bridge opens on March 15.", "The bridge opens on August 15."},
		{"tunisian", "يفتتح الجسر في 9 جانفي.", "The bridge opens on January 9.", "The bridge opens on February 9."},
		{"february of the maghreb", "يفتتح الجسر في 9 فيفري.", "The bridge opens on February 9.", "The bridge opens on March 9."},
		{"moroccan august", "يفتتح الجسر في 9 غشت.", "The bridge opens on August 9.", "The bridge opens on April 9."},
		{"moroccan september", "يفتتح الجسر في 9 شتنبر.", "The bridge opens on September 9.", "The bridge opens on November 9."},
		{"moroccan november", "يفتتح الجسر في 9 نونبر.", "The bridge opens on November 9.", "The bridge opens on September 9."},
		{"moroccan december", "يفتتح الجسر في 9 دجنبر.", "The bridge opens on December 9.", "The bridge opens on October 9."},
		{"algerian july", "يفتتح الجسر في 9 جويلية.", "The bridge opens on July 9.", "The bridge opens on June 9."},
		{"algerian august", "يفتتح الجسر في 9 أوت.", "The bridge opens on August 9.", "The bridge opens on October 9."},
		{"gulf", "يفتتح الجسر في 9 أكتوبر.", "The bridge opens on October 9.", "The bridge opens on October 19."},
		{"day in words", "يفتتح الجسر في الحادي والعشرين من حزيران.", "The bridge opens on June 21.", "The bridge opens on June 12."},
		{"hijri", "يفتتح الجسر في 1 رمضان 1445 هـ.", "The bridge opens on March 11, 2024.", ""},
		{"weekday", "يفتتح الجسر يوم الأربعاء.", "The bridge opens on Wednesday.", "The bridge opens on Monday."},
		{"yesterday", "افتتح الجسر أمس بعد أن رمم يوم الأحد.", "The bridge opened on Wednesday.", "The bridge opened on Monday."},
		{"days ago", "افتتح الجسر قبل ثلاثة أيام، ورمم في كانون الثاني.", "The bridge opened on Monday, May 13.", "The bridge opened on June 13."},
		{"the day before", "افتتح الجسر أول من أمس، ورمم يوم الأحد.", "The bridge opened on Tuesday.", "The bridge opened on Monday."},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			p := Prepare(Source{Language: "ar", PublishedAt: published, Paragraphs: []Paragraph{{1, tc.source}}})
			if r := p.Run(summaryOf(tc.pass), Limits{}); verdictOf(r, CheckDates) == Fail || verdictOf(r, CheckNumbers) == Fail {
				t.Errorf("%q fails: %+v", tc.pass, r.Failed())
			}
			if tc.fail == "" {
				return
			}
			if r := p.Run(summaryOf(tc.fail), Limits{}); verdictOf(r, CheckDates) != Fail {
				t.Errorf("%q does not fail", tc.fail)
			}
		})
	}
}

// TestOtherLanguages holds one sentence of each language against English.
func TestOtherLanguages(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ lang, source, pass, fail string }{
		{"fr", "Les quatre-vingt-douze barques arrivent mardi.", "The 92 boats arrive on Tuesday.", "The 82 boats arrive on Friday."},
		{"es", "Las treinta y ocho barcas llegan el martes.", "The 38 boats arrive on Tuesday.", "The 48 boats arrive on Friday."},
		{"de", "Die achtunddreißig Boote kommen am Dienstag.", "The 38 boats arrive on Tuesday.", "The 83 boats arrive on Friday."},
		{"ru", "Тридцать восемь лодок прибудут во вторник.", "The 38 boats arrive on Tuesday.", "The 48 boats arrive on Friday."},
		{"tr", "Otuz sekiz tekne salı günü geliyor.", "The 38 boats arrive on Tuesday.", "The 48 boats arrive on Friday."},
		{"fa", "سی و هشت قایق روز سه‌شنبه می‌رسند.", "The 38 boats arrive on Tuesday.", "The 48 boats arrive on Friday."},
		{"ur", "اڑتیس کشتیاں منگل کو آئیں گی۔", "The 38 boats arrive on Tuesday.", "The 48 boats arrive on Friday."},
		{"hi", "अड़तीस नावें मंगलवार को आएंगी।", "The 38 boats arrive on Tuesday.", "The 48 boats arrive on Friday."},
		{"he", "שלושים ושמונה סירות יגיעו ביום שלישי.", "The 38 boats arrive on Tuesday.", "The 48 boats arrive on Friday."},
		{"zh", "三十八艘船将于星期二到达。", "The 38 boats arrive on Tuesday.", "The 48 boats arrive on Friday."},
		{"ps", "اته دېرش بېړۍ رسېږي.", "The 38 boats arrive.", "The 48 boats arrive."},
		{"ckb", "سی و هەشت بەلەم دەگەن.", "The 38 boats arrive.", "The 48 boats arrive."},
	} {
		t.Run(tc.lang, func(t *testing.T) {
			t.Parallel()
			p := Prepare(Source{Language: tc.lang, Paragraphs: []Paragraph{{1, tc.source}}})
			for _, check := range []string{CheckNumbers, CheckDates} {
				if verdictOf(p.Run(summaryOf(tc.pass), Limits{}), check) != Pass {
					t.Errorf("%s: %q does not pass", check, tc.pass)
				}
				if check == CheckDates && !p.datesKnown() {
					continue
				}
				if verdictOf(p.Run(summaryOf(tc.fail), Limits{}), check) != Fail {
					t.Errorf("%s: %q does not fail", check, tc.fail)
				}
			}
		})
	}
}

func TestMeasuresOfOtherLanguagesMayBeConverted(t *testing.T) {
	t.Parallel()
	p := Prepare(Source{Language: "fr", Paragraphs: []Paragraph{{1, "Le pont est à 160 kilomètres et pèse 250 kilos. Il ouvre à 20 h 15, par 30 degrés, et a coûté 45 millions d'euros."}}})
	for summary, want := range map[string]Verdict{
		"The bridge is 100 miles away.":    CannotJudge,
		"The bridge is 700 miles away.":    Fail,
		"It cost 45 percent less.":         Fail,
		"It weighs 550 pounds.":            CannotJudge,
		"It weighs 9,550 pounds.":          Fail,
		"It opens at 8:15 p.m.":            CannotJudge,
		"It opens at 9:37 p.m.":            Fail,
		"It was 86 degrees Fahrenheit hot": CannotJudge,
	} {
		if got := verdictOf(p.Run(summaryOf(summary), Limits{}), CheckNumbers); got != want {
			t.Errorf("%q is %s, want %s", summary, got, want)
		}
	}
}

// TestArabicOutput reads the claims of outputs that are written in Arabic.
func TestArabicOutput(t *testing.T) {
	t.Parallel()
	for summary, want := range map[string]Verdict{
		"يفتتح السد بعد أسبوعين بكلفة 2.5 مليار دولار.":     Pass,
		"شارك في البناء ألف وثلاثمئة وأربعون عاملا.":        Pass,
		"شارك في البناء نحو 1300 عامل.":                     Pass,
		"شارك في البناء 1430 عاملا.":                        Fail,
		"أصيب سبعة وعشرون عاملا.":                           Fail,
		"توقف العمل عام 1979.":                              Fail,
		"يفتتح السد بعد ثلاثة أسابيع.":                      Fail,
		"1- يفتتح السد قريبا.":                              Fail,
		"شارك في المشروع آلاف المزارعين من المرتبة الأولى.": Pass,
	} {
		if got := verdictOf(Run(article(), summaryOf(summary), Limits{}), CheckNumbers); got != want {
			t.Errorf("numbers of %s: %s, want %s", summary, got, want)
		}
	}
	if got := verdictOf(Run(article(), summaryOf("قالت هالة مراد إن القرى ستصلها الكهرباء مساء الأربعاء."), Limits{}), CheckDates); got != Fail {
		t.Errorf("another weekday gives %s", got)
	}
}

// TestRanksBehindAnArticle: "a sixth" is a share, unless a noun follows.
func TestRanksBehindAnArticle(t *testing.T) {
	t.Parallel()
	src := arabicSource("يريد الرئيسان سامر الغزالي ورامي الحداد عقد قمة ثانية الشهر المقبل، بمشاركة سدس الأعضاء.")
	for text, want := range map[string]Verdict{
		"The presidents want a sixth summit next month.":  Fail,
		"The presidents want a second summit next month.": Pass,
		"A sixth of the members will take part.":          Pass,
		"A sixth will take part in the summit.":           CannotJudge,
	} {
		if got := verdictOf(Run(src, summaryOf(text), Limits{}), CheckNumbers); got != want {
			t.Errorf("%q gives %s, want %s", text, got, want)
		}
	}
}
