package clean_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/mujaz/mujaz/internal/clean"
)

// Invented news; the paragraphs are long enough to count as running text.
const (
	title = "افتتاح جسر جديد فوق نهر الوادي في مدينة الزهراء"
	par1  = "افتتح وزير النقل سامر الحداد صباح الأحد جسرا جديدا فوق نهر الوادي في مدينة الزهراء، بعد أعمال استمرت ثلاث سنوات وكلفت 45 مليون دينار."
	par2  = "وقال الحداد في كلمة ألقاها أمام الحضور إن الجسر سيختصر زمن الرحلة بين ضفتي النهر من ساعة إلى عشر دقائق، ويخفف الازدحام عن وسط المدينة."
	par3  = "وأضافت رئيسة البلدية ليلى منصور أن المرحلة الثانية من المشروع تشمل طريقا للدراجات وحديقة عامة، ومن المقرر أن تنجز قبل نهاية العام المقبل."
)

func body(before []string, after ...string) string {
	all := append(append(before, par1, par2, par3), after...)
	return strings.Join(all, "\n")
}

func texts(a clean.Article) []string {
	out := make([]string, 0, len(a.Paragraphs))
	for _, p := range a.Paragraphs {
		out = append(out, p.Text)
	}
	return out
}

func mustClean(t *testing.T, in clean.Input) clean.Article {
	t.Helper()
	a, err := clean.Clean(in)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// checkAgain asserts that cleaning what has been cleaned changes nothing.
func checkAgain(t *testing.T, a clean.Article) {
	t.Helper()
	again := mustClean(t, clean.Input{Text: a.Text()})
	if diff := cmp.Diff(texts(a), texts(again)); diff != "" {
		t.Errorf("cleaned twice (-once +twice):\n%s", diff)
	}
}

func TestResidueIsRemovedAndListed(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, line string
		kind       clean.Kind
	}{
		{"not subscribed", "لم تشترك بعد", clean.KindSubscribe},
		{"create an account", "انشئ حساباً خاصاً بك لتصلك أخبار مختارة وتحفظ ما تريد قراءته في وقت لاحق من يومك", clean.KindSubscribe},
		{"newsletter", "اشترك في نشرتنا البريدية ليصلك ملخص الأسبوع", clean.KindSubscribe},
		{"log in", "تسجيل الدخول", clean.KindSubscribe},
		{"follow us", "تابعونا على فيسبوك وتويتر", clean.KindSubscribe},
		{"telegram channel", "انضم إلى قناتنا على تلغرام لمتابعة آخر الأخبار", clean.KindSubscribe},
		{"English newsletter", "Sign up for our morning newsletter", clean.KindSubscribe},
		{"English account", "Create an account to save articles and get alerts", clean.KindSubscribe},
		{"French", "Abonnez-vous", clean.KindSubscribe},
		{"share", "شارك", clean.KindShare},
		{"share this", "شارك هذا المقال", clean.KindShare},
		{"share bar", "فيسبوك تويتر واتساب تلغرام", clean.KindShare},
		{"share bar with bars", "Facebook | Twitter | WhatsApp | Email", clean.KindShare},
		{"one platform at the end", "واتساب", clean.KindShare},
		{"tweet", "Tweet", clean.KindShare},
		{"copy link", "نسخ الرابط", clean.KindShare},
		{"cookies", "نستخدم ملفات تعريف الارتباط لتحسين تجربتك على الموقع، وباستمرارك في التصفح توافق على ذلك.", clean.KindCookies},
		{"English cookies", "We use cookies to improve your experience on our site. By continuing you agree.", clean.KindCookies},
		{"read also", "اقرأ أيضاً: إغلاق طريق الساحل أسبوعين للصيانة", clean.KindRelated},
		{"read also, other spelling", "إقرأ أيضا", clean.KindRelated},
		{"for more", "للمزيد - الحكومة تعلن خطة الطرق الجديدة", clean.KindRelated},
		{"English related", "READ MORE: Ferry service returns to Marrin", clean.KindRelated},
		{"Turkish related", "İlgili haberler", clean.KindRelated},
		{"Persian related", "بیشتر بخوانید", clean.KindRelated},
		{"German related", "Lesen Sie auch", clean.KindRelated},
		{"Spanish related", "Te puede interesar", clean.KindRelated},
		{"photo credit", "تصوير: كريم العلي", clean.KindCredit},
		{"English photo credit", "Photo: Karim Ali / Harbor Press", clean.KindCredit},
		{"agency", "(رويترز)", clean.KindCredit},
		{"source", "المصدر: وكالات", clean.KindCredit},
		{"ad", "إعلان", clean.KindAd},
		{"English ad", "Advertisement", clean.KindAd},
		{"comments", "التعليقات (12)", clean.KindComments},
		{"add a comment", "أضف تعليقك", clean.KindComments},
		{"comment form", "لن يتم نشر عنوان بريدك الإلكتروني. الحقول الإلزامية مشار إليها بـ *", clean.KindComments},
		{"copyright", "© 2024 صحيفة الضفة. جميع الحقوق محفوظة", clean.KindNotice},
		{"copyright sign", "© Harbor Press 2024", clean.KindNotice},
		{"disclaimer", "** المقالات المنشورة تعبر عن رأي كاتبها فقط", clean.KindNotice},
		{"tags", "كلمات مفتاحية: جسر، الزهراء، نقل", clean.KindTags},
		{"English tags", "Tags: bridge, Zahra, transport", clean.KindTags},
		{"published", "نُشر في: 12 مارس 2024", clean.KindDate},
		{"back to top", "العودة إلى الأعلى", clean.KindNavigation},
		{"reading time", "3 دقائق قراءة", clean.KindNavigation},
		{"listen with the time", "استمع إلى المقال (4 دقائق)", clean.KindNavigation},
		{"byline", "بقلم: هدى الشامي", clean.KindByline},
		{"English byline", "By Huda Shami", clean.KindByline},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			a := mustClean(t, clean.Input{Title: title, Text: body(nil, tc.line)})
			if diff := cmp.Diff([]string{par1, par2, par3}, texts(a)); diff != "" {
				t.Fatalf("paragraphs (-want +got):\n%s", diff)
			}
			want := []clean.Removal{{Kind: tc.kind, Chars: utf8.RuneCountInString(tc.line), Text: tc.line}}
			if len(a.Removed) == 0 || a.Removed[len(a.Removed)-1].Kind != tc.kind {
				t.Errorf("removed %+v, want %+v", a.Removed, want)
			}
			checkAgain(t, a)
		})
	}
}

// TestNewsStays holds sentences that contain the words of prompts and are news.
func TestNewsStays(t *testing.T) {
	t.Parallel()
	for _, line := range []string{
		"اشترك في المعركة أكثر من ألف جندي من الجانبين.",
		"اشترك الوزيران في رئاسة الجلسة الأولى.",
		"اشترك في الندوة خبراء من عشر دول",
		"شارك في الاجتماع ممثلون عن خمس دول.",
		"شارك آلاف السكان في المسيرة",
		"شارك على هامش القمة وزراء الخارجية.",
		"سجل اللاعب هدفين في الشوط الثاني.",
		"سجل الدخول القومي ارتفاعا بنسبة أربعة في المئة خلال العام الماضي بحسب بيانات البنك المركزي التي نشرت الأحد وشملت كل القطاعات الإنتاجية والخدمية في البلاد وفي مقدمتها الزراعة والصناعة والنقل والسياحة وتجارة التجزئة أيضا.",
		"أنشئ حساب مصرفي خاص لدعم المتضررين من الفيضان.",
		"تابعنا الحدث عن كثب، قال المتحدث.",
		"تابع الوزير قائلا إن العمل مستمر.",
		"المصدر الوحيد للمياه في القرية هو البئر القديمة.",
		"تصوير المواقع العسكرية ممنوع بموجب القانون.",
		"إعلان الحرب جاء مفاجئا للسكان.",
		"فيسبوك وتويتر في مواجهة القانون",
		"تعليقات الوزير أثارت جدلا واسعا.",
		"اقرأ الوثيقة قبل التوقيع، نصح المحامي موكله.",
		"المزيد من المساعدات وصل إلى الميناء أمس.",
		"كتب الرئيس على حسابه أن الاتفاق قريب.",
		"تقرير الطب الشرعي صدر مساء الخميس.",
		"التحديث الأخير للنظام عطل آلاف الأجهزة.",
		"«اشترك في نشرتنا» عبارة وصلت إلى آلاف الضحايا.",
		"«نستخدم ملفات تعريف الارتباط» عبارة لا يقرؤها أحد، بحسب الدراسة.",
		"فرضت الهيئة غرامة على الموقع لأنه لا يشرح ملفات تعريف الارتباط.",
		"نشر في المدينة ألف جندي.",
		"نعم.",
		"نشر في 2020 تقرير عن الفساد.",
		"Published in 1998, the novel sold two million copies.",
		"Sign up for the trial was closed on Monday, the ministry said, after more than nine thousand people had asked for a place in it.",
		"Subscribers left the service in large numbers.",
		"Share prices fell by 3% on Monday.",
		"Share this burden fairly, the minister told his colleagues.",
		"Follow-up talks are planned for May.",
		"Register offices stayed closed on Monday.",
		"Photo opportunities were cancelled.",
		"Source code was found on the laptop.",
		"By Monday the water had reached the old town.",
		"Updated rules take effect in June.",
		"Comments by the minister angered the opposition.",
		"Related charges were dropped.",
		"Cookies were sold out by noon.",
		"“Subscribe to our newsletter” was the subject line.",
		"Advertisement spending rose by a tenth.",
	} {
		t.Run(line, func(t *testing.T) {
			t.Parallel()
			for name, text := range map[string]string{
				"at the end":    body(nil, line),
				"at the start":  body([]string{line}),
				"in the middle": strings.Join([]string{par1, line, par2, par3}, "\n"),
			} {
				a := mustClean(t, clean.Input{Title: title, Text: text})
				if len(a.Paragraphs) != 4 || len(a.Removed) != 0 {
					t.Errorf("%s: %d paragraphs, removed %+v", name, len(a.Paragraphs), a.Removed)
				}
			}
		})
	}
}

// TestSubheadingsStay: one word in the middle may be a subheading.
func TestSubheadingsStay(t *testing.T) {
	t.Parallel()
	for _, line := range []string{"واتساب", "مشاركة", "تعليق", "المزيد", "دخول", "فيسبوك", "رويترز", "Source", "Search", "Top", "المصدر"} {
		a := mustClean(t, clean.Input{Text: strings.Join([]string{par1, line, par2, par3}, "\n")})
		if len(a.Paragraphs) != 4 {
			t.Errorf("%q: removed %+v", line, a.Removed)
		}
	}
}

func TestRelatedLists(t *testing.T) {
	t.Parallel()
	t.Run("to the end", func(t *testing.T) {
		t.Parallel()
		a := mustClean(t, clean.Input{Text: body(nil, "مواضيع ذات صلة", "إغلاق طريق الساحل أسبوعين", "خطة لتوسعة مطار الزهراء", "شارك", "© جميع الحقوق محفوظة")})
		if diff := cmp.Diff([]string{par1, par2, par3}, texts(a)); diff != "" {
			t.Errorf("paragraphs (-want +got):\n%s", diff)
		}
		if len(a.Removed) != 5 {
			t.Errorf("removed %+v", a.Removed)
		}
		checkAgain(t, a)
	})
	t.Run("in the middle one headline only", func(t *testing.T) {
		t.Parallel()
		a := mustClean(t, clean.Input{Text: strings.Join([]string{par1, "اقرأ أيضا:", "إغلاق طريق الساحل أسبوعين للصيانة", "المرحلة الثانية", par2, par3}, "\n")})
		if diff := cmp.Diff([]string{par1, "المرحلة الثانية", par2, par3}, texts(a)); diff != "" {
			t.Errorf("paragraphs (-want +got):\n%s", diff)
		}
	})
	t.Run("not over a sentence", func(t *testing.T) {
		t.Parallel()
		a := mustClean(t, clean.Input{Text: strings.Join([]string{par1, "اقرأ أيضا", par2, "وسيفتح الجسر أمام الشاحنات الشهر المقبل بعد اختبار الحمولة."}, "\n")})
		if len(a.Paragraphs) != 3 {
			t.Errorf("%q", texts(a))
		}
	})
}

func TestHeadlines(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, title, text, want string
		headlines               int
	}{
		{"given and repeated on top", title, body([]string{title}), title, 1},
		{"given, with the site's name", title + " | صحيفة الضفة", body([]string{title}), title + " | صحيفة الضفة", 1},
		{"given, other spelling", "إفتتاح جسر جديد فوق نهر الوادى في مدينة الزهراء", body([]string{title}), "إفتتاح جسر جديد فوق نهر الوادى في مدينة الزهراء", 1},
		{"twice at the end", "", body(nil, title, title, "لم تشترك بعد"), title, 2},
		{"twice at the end beside another title", "خبر آخر تماما من الأرشيف", body(nil, title, title), "خبر آخر تماما من الأرشيف", 2},
		{"a repeated prompt is no headline", "", body(nil, "شارك هذا المقال", "شارك هذا المقال"), "", 0},
		{"first and last", "", body([]string{title}, title), title, 2},
		{"once on top stays", "", body([]string{title}), "", 0},
		{"short refrain stays", "", strings.Join([]string{par1, "نعم.", par2, "نعم.", par3}, "\n"), "", 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			a := mustClean(t, clean.Input{Title: tc.title, Text: tc.text})
			n := 0
			for _, r := range a.Removed {
				if r.Kind == clean.KindHeadline {
					n++
				}
			}
			if a.Title != tc.want || n != tc.headlines {
				t.Errorf("title %q, %d headlines removed of %d", a.Title, n, tc.headlines)
			}
			checkAgain(t, a)
		})
	}
}

func TestBylineIsKeptAsAFact(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		"بقلم: هدى الشامي":            "هدى الشامي",
		"كتب/ سامي الخطيب":            "سامي الخطيب",
		"By Huda Shami":               "Huda Shami",
		"Written by Huda Shami":       "Huda Shami",
		"By Huda Shami and Omar Zaid": "Huda Shami and Omar Zaid",
		"Par Hélène Marchand":         "Hélène Marchand",
	} {
		a := mustClean(t, clean.Input{Text: body([]string{line})})
		if a.Byline != want || len(a.Paragraphs) != 3 {
			t.Errorf("%q: byline %q, %d paragraphs", line, a.Byline, len(a.Paragraphs))
		}
	}
}

func TestDuplicateParagraph(t *testing.T) {
	t.Parallel()
	a := mustClean(t, clean.Input{Text: strings.Join([]string{par1, par2, par1, par3}, "\n")})
	if diff := cmp.Diff([]string{par1, par2, par3}, texts(a)); diff != "" || len(a.Removed) != 1 || a.Removed[0].Kind != clean.KindDuplicate {
		t.Errorf("removed %+v, paragraphs (-want +got):\n%s", a.Removed, diff)
	}
}

func TestSkip(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name string
		in   clean.Input
		want clean.SkipReason
	}{
		{"empty", clean.Input{}, clean.SkipNoLetters},
		{"spaces", clean.Input{Text: " \n\t\n "}, clean.SkipNoLetters},
		{"digits", clean.Input{Text: "12:30 – 45 % … 2024"}, clean.SkipNoLetters},
		{"headline only", clean.Input{Text: "افتتاح جسر جديد"}, clean.SkipStub},
		{"title repeated only", clean.Input{Title: title, Text: title}, clean.SkipStub},
		{"one sentence is news", clean.Input{Text: "أعلنت وزارة النقل إغلاق طريق الساحل أسبوعين للصيانة."}, ""},
		{"Chinese sentence", clean.Input{Text: "市长表示，新桥将于下月正式开通，费用四千万。"}, ""},
		{"paywall", clean.Input{Text: par1 + "\nهذا المحتوى للمشتركين فقط"}, clean.SkipPaywall},
		{"English paywall", clean.Input{Text: "The mayor opened a new bridge on Sunday after three years of work that cost the city 45 million.\nSubscribe to read the full story"}, clean.SkipPaywall},
		{"paywall notice under a whole article", clean.Input{Text: strings.Repeat(par1+" "+par2+" "+par3+"\n", 1) + strings.ReplaceAll(par1+" "+par2+" "+par3, "الأحد", "الاثنين") + "\nهذا المحتوى للمشتركين فقط"}, ""},
		{"cookie wall", clean.Input{Text: "نستخدم ملفات تعريف الارتباط لتحسين تجربتك على الموقع\nقبول الكل\nرفض الكل"}, clean.SkipBoilerplate},
		{"login page", clean.Input{Text: "تسجيل الدخول\nأنشئ حسابا جديدا\nاشترك في نشرتنا البريدية"}, clean.SkipBoilerplate},
		{"article", clean.Input{Text: body(nil)}, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if a := mustClean(t, tc.in); a.Skip != tc.want {
				t.Errorf("Skip = %q, want %q (%d words, %d letters, removed %+v)", a.Skip, tc.want, a.Words, a.Letters, a.Removed)
			}
		})
	}
}

func TestLanguages(t *testing.T) {
	t.Parallel()
	english := "The minister said that the new bridge will be open to lorries from next month, after the load tests."
	a := mustClean(t, clean.Input{Text: body(nil, english)})
	if a.Language != "ar" || a.Paragraphs[0].Lang != "ar" || a.Paragraphs[3].Lang != "en" {
		t.Errorf("article %q, paragraphs %q and %q", a.Language, a.Paragraphs[0].Lang, a.Paragraphs[3].Lang)
	}
	if got := mustClean(t, clean.Input{Text: "12", Lang: "ar-EG"}).Language; got != "ar" {
		t.Errorf("hint gave %q", got)
	}
	if got := mustClean(t, clean.Input{Text: body(nil), Lang: "en"}).Language; got != "ar" {
		t.Errorf("wrong hint gave %q", got)
	}
}

func TestLongLineIsSplitOnSentences(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	for i := range 20 {
		fmt.Fprintf(&b, "%s %s وأكد د. سالم أن العمل مستمر في القسم %d. %s ", par1, par2, i, par3)
	}
	text := strings.TrimSpace(b.String())
	a := mustClean(t, clean.Input{Text: text})
	if got := strings.Join(texts(a), " "); got != text {
		t.Error("text was lost or changed by splitting")
	}
	if len(a.Paragraphs) < 8 {
		t.Errorf("%d paragraphs", len(a.Paragraphs))
	}
	for _, p := range a.Paragraphs {
		if n := utf8.RuneCountInString(p.Text); n > 1500 {
			t.Errorf("paragraph %d has %d characters", p.ID, n)
		}
		if !strings.HasSuffix(p.Text, ".") || strings.HasSuffix(p.Text, " د.") {
			t.Errorf("paragraph %d does not end with a sentence", p.ID)
		}
	}
	checkAgain(t, a)
}

func TestPiecesDoNotEndInAbbreviations(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	for i := range 200 {
		fmt.Fprintf(&b, "وأكد في القسم %d د. سالم ذلك. ", i)
	}
	a := mustClean(t, clean.Input{Text: b.String()})
	for _, p := range a.Paragraphs {
		if strings.HasSuffix(p.Text, " د.") {
			t.Errorf("paragraph %d ends in an abbreviation", p.ID)
		}
	}
	if len(a.Paragraphs) < 5 {
		t.Errorf("%d paragraphs", len(a.Paragraphs))
	}
}

func TestWrappedTextIsJoined(t *testing.T) {
	t.Parallel()
	a := mustClean(t, clean.Input{Text: "The mayor of Zahra opened a new bridge over the river on\nSunday morning after three years of work that had cost the\ncity forty-five million and delayed the ferry service for\nmonths on end.\n\nThe second phase includes a cycle path and a public garden,\nshe told the guests, and should be ready before the end of\nnext year.\n"})
	if len(a.Paragraphs) != 2 || !strings.Contains(a.Paragraphs[0].Text, "river on Sunday") {
		t.Errorf("%q", texts(a))
	}
	checkAgain(t, a)
}

func TestErrors(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name string
		in   clean.Input
		want error
	}{
		{"PDF", clean.Input{Text: "%PDF-1.7\n" + par1}, clean.ErrBinary},
		{"PNG as HTML", clean.Input{HTML: "\x89PNG\r\n\x1a\n" + strings.Repeat("\x00\x01\xfe", 99)}, clean.ErrBinary},
		{"zero bytes", clean.Input{Text: strings.Repeat("a\x00\x01\x02", 200)}, clean.ErrBinary},
		{"base64", clean.Input{Text: strings.Repeat("QWxsIHRoZSBuZXdzIHRoYXQgaXMgZml0IHRvIHByaW50IDEyMzQ1Njc4OTA9aGVsbG8gd29ybGQ", 8)}, clean.ErrBinary},
		{"too large text", clean.Input{Text: strings.Repeat("a ", clean.MaxText/2+1)}, clean.ErrTooLarge},
		{"too large HTML", clean.Input{HTML: strings.Repeat("<p>", clean.MaxHTML/3+1)}, clean.ErrTooLarge},
		{"invalid UTF-8", clean.Input{Text: strings.Repeat("\xfe\xfd plain words ", 50)}, clean.ErrUndecodable},
		{"replacement characters", clean.Input{Text: strings.Repeat("\uFFFD\uFFFD plain words ", 50)}, clean.ErrUndecodable},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			a, err := clean.Clean(tc.in)
			if !errors.Is(err, tc.want) {
				t.Errorf("error %v, want %v", err, tc.want)
			}
			if diff := cmp.Diff(clean.Article{}, a); diff != "" {
				t.Errorf("an article came with the error:\n%s", diff)
			}
		})
	}
}
