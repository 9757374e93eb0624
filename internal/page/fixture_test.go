package page

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/mujaz/mujaz/internal/clean"
	"github.com/mujaz/mujaz/internal/verify"
	"github.com/mujaz/mujaz/queue"
)

// story is an invented article and what a model made of it; some of that is
// wrong on purpose, for the checks to find.
type story struct {
	title, text, source string
	out                 verify.Output
	names               []queue.Name
}

func stories() []story {
	return []story{
		{
			title: "مرسى الريحان تفتتح ثلاث حدائق على الواجهة البحرية", source: "صحيفة المرفأ",
			text: `أعلنت بلدية مرسى الريحان، يوم الخميس، افتتاح ثلاث حدائق عامة جديدة على طول الواجهة البحرية بعد أعمال استمرت تسعة أشهر.
وقالت رئيسة البلدية ليان الصفدي إن الحدائق ستستقبل الزوار مجاناً طوال أيام الأسبوع، وإن كلفة المشروع بلغت مليوني دينار.
وأضافت أن البلدية زرعت أربعة آلاف شجرة من أنواع تتحمل الملوحة، وأن فرقاً من المتطوعين ستشرف على رعايتها خلال الصيف المقبل.
ومن المقرر أن تُفتح حديقة رابعة قرب الميناء القديم في شهر مارس، بحسب بيان البلدية.`,
			out: verify.Output{
				Headline: "Marsa al-Rayhan opens three seafront parks",
				Summary:  "The municipality of Marsa al-Rayhan opened three public parks along its seafront on Thursday after nine months of work. Mayor Layan al-Safadi said entry is free all week and that the project cost two million dinars. A fourth park near the old port is due in March.",
				KeyPoints: []verify.KeyPoint{
					{Text: "Three public parks opened after nine months of work.", SourceParagraphs: []int{1}},
					{Text: "The project cost two million dinars, and entry is free.", SourceParagraphs: []int{2}},
					{Text: "Four thousand salt-tolerant trees were planted.", SourceParagraphs: []int{3}},
				},
			},
			names: []queue.Name{{Source: "مرسى الريحان", English: "Marsa al-Rayhan", Kind: "place"}, {Source: "ليان الصفدي", English: "Layan al-Safadi", Kind: "person"}},
		},
		{
			title: "محطة تحلية جديدة تخدم أربعين ألف أسرة في الريم", source: "وكالة الضفاف",
			text: `افتتحت وزارة المياه في مدينة الريم، صباح الأحد، محطة تحلية جديدة قالت إنها ستخدم 40 ألف أسرة في الأحياء الشرقية.
وتبلغ الطاقة الإنتاجية للمحطة 65 ألف متر مكعب في اليوم، وهي الثانية التي تدخل الخدمة هذا العام بعد محطة وادي السدر.
وقال الوزير فارس النجدي إن نسبة الفاقد في الشبكة انخفضت من 31 في المئة إلى 18 في المئة خلال ثلاثة أعوام.
ورفض الوزير التعليق على أسعار المياه، وقال: «لن نرفع التعرفة قبل أن تصل الخدمة إلى كل بيت».
وتعمل المحطة بالطاقة الشمسية نهاراً، وتعتمد ليلاً على الشبكة العامة.`,
			out: verify.Output{
				Headline: "New desalination plant serves 14,000 families in Al-Reem",
				Summary:  "The water ministry in Al-Reem opened a desalination plant on Sunday that it says will serve 14,000 families in the eastern districts. The plant produces 65,000 cubic metres a day. Minister Fares al-Najdi said losses in the network fell from 31 per cent to 8 per cent within three years.",
				KeyPoints: []verify.KeyPoint{
					{Text: "The plant produces 65,000 cubic metres a day.", SourceParagraphs: []int{2}},
					{Text: "Network losses fell from 31 to 8 per cent in three years.", SourceParagraphs: []int{3}},
					{Text: "The minister ruled out higher tariffs before every home is served.", SourceParagraphs: []int{4}},
				},
			},
			names: []queue.Name{{Source: "فارس النجدي", English: "Fares al-Najdi", Kind: "person"}, {Source: "وادي السدر", English: "Wadi al-Sidr", Kind: "place"}},
		},
		{
			title: "نسور الساحل يقلب تأخره إلى فوز", source: "ملاعب الغد",
			text: `قلب فريق نسور الساحل تأخره بهدف إلى فوز بنتيجة 3-1 على ضيفه اتحاد الواحة، مساء السبت، في ختام الجولة الثانية عشرة من الدوري.
وسجل المهاجم سامي البيروني هدفين في الدقيقتين 54 و78، وأضاف البديل كريم الحلوان الهدف الثالث في الوقت بدل الضائع.
ورفع نسور الساحل رصيده إلى 27 نقطة في المركز الثاني، بفارق نقطتين عن المتصدر.`,
			out: verify.Output{
				Headline:  "Coast Eagles come from behind to win 3-1",
				Summary:   "Nusur al-Sahil came from a goal down to beat Ittihad al-Waha 3-1 on Saturday evening. Striker Sami al-Biruni scored twice, in the 54th and 87th minutes, and substitute Karim al-Halwan added a third in stoppage time.",
				KeyPoints: []verify.KeyPoint{{Text: "Nusur al-Sahil are second with 27 points, two behind the leaders.", SourceParagraphs: []int{3}}},
			},
		},
		{
			title: "گشایش کتابخانهٔ تازه در شهر سپیدرود", source: "روزنامهٔ کرانه",
			text: `شهرداری سپیدرود روز دوشنبه کتابخانه‌ای تازه با شصت هزار جلد کتاب در مرکز شهر گشود.
به گفتهٔ مدیر کتابخانه، پریسا کیان‌فر، ورود برای همه رایگان است و ساختمان تا ساعت ده شب باز می‌ماند.`,
			out: verify.Output{
				Headline:  "Sepidrud opens a new public library",
				Summary:   "The municipality of Sepidrud opened a new library with sixty thousand books in the city centre on Monday. Its director, Parisa Kianfar, said that entry is free and that it stays open until ten at night.",
				KeyPoints: []verify.KeyPoint{{Text: "The library holds sixty thousand books.", SourceParagraphs: []int{1}}},
			},
		},
		{
			title: "قطار السهل يبدأ رحلاته التجريبية", source: "وكالة الضفاف",
			text: `بدأت هيئة السكك الحديدية في إقليم السهل، الأربعاء، رحلات تجريبية على الخط الجديد الذي يربط مدينة الرابية بميناء الصدفة على مسافة 112 كيلومتراً.
وقال مدير الهيئة هاني المرسي إن التشغيل التجاري سيبدأ في سبتمبر بعد اكتمال اختبارات السلامة.`,
			out: verify.Output{
				Task: verify.Translate, Headline: "Plain Railway begins trial runs",
				Translation: []verify.TranslatedParagraph{
					{Paragraph: 1, Text: "The railway authority of the Plain region began trial runs on Wednesday on the new line that links the city of Al-Rabiya to the port of Al-Sadafa, a distance of 112 kilometres."},
					{Paragraph: 2, Text: "The authority's director, Hani al-Mursi, said commercial operation would begin in October after the safety tests are complete."},
				},
			},
		},
	}
}

// evil is text that must stay text.
const evil = `</script></noscript></title></textarea><script>window.pwned=1</script><img src=x onerror="window.pwned=1">` + "\u202egnirts neddih" + `{{.CSS}}'"` + "`${window.pwned=1}`"

func hostile() story {
	return story{
		title: "عنوان " + evil, source: "صحيفة " + evil,
		text: "قالت وزارة السدود إن منسوب النهر ارتفع ثلاثة أمتار خلال يومين في بلدة عين التينة. " + evil + "\nوأضافت أن فرق الطوارئ أجلت مئتي أسرة من الضفة الشرقية قبل حلول الليل.",
		out: verify.Output{
			Headline: "River rises three metres " + evil, Summary: "The dams ministry said the river rose 30 metres. " + evil + strings.Repeat("long", 100),
			KeyPoints: []verify.KeyPoint{{Text: "Two hundred families were moved. " + evil, SourceParagraphs: []int{2, 99}}},
		},
		names: []queue.Name{{Source: evil, English: evil, Kind: "other"}},
	}
}

// card makes what a worker would store.
func (s story) card(t testing.TB, n int) Card {
	t.Helper()
	cleaned, err := clean.Clean(clean.Input{Title: s.title, Text: s.text})
	if err != nil {
		t.Fatal(err)
	}
	src := verify.Source{Title: cleaned.Title, Language: cleaned.Language}
	for _, p := range cleaned.Paragraphs {
		src.Paragraphs = append(src.Paragraphs, verify.Paragraph{ID: p.ID, Text: p.Text})
	}
	report := verify.Run(src, s.out, verify.Limits{})
	done := time.Date(2026, 11, 23, 8, 0, n%3600, 0, time.UTC)
	r := &queue.Result{
		SchemaVersion: 1, ID: fmt.Sprintf("story-%d@1", n), JobID: fmt.Sprintf("story-%d", n), Revision: 1, Task: queue.TaskSummarize, Status: queue.Status(report.Status()),
		Headline: s.out.Headline, Summary: s.out.Summary, Names: s.names, Language: cleaned.Language,
		Usage:   queue.Usage{Calls: 1, TokensIn: 1312, TokensOut: 264, Cost: 0.00041, Currency: "USD", CostKnown: true},
		Receipt: queue.Receipt{Model: "summit-7b", Endpoint: "desk", Prompt: "news-standard@3", Attempts: 1, Software: "1.0.0"},
		Timing:  queue.Timing{TotalMS: 2140, StartedAt: done.Add(-2 * time.Second), DoneAt: done},
		Article: queue.ArticleFacts{Title: cleaned.Title, URL: fmt.Sprintf("https://example.org/news/%d", n), Source: s.source, PublishedAt: done.Add(-6 * time.Hour), Paragraphs: len(cleaned.Paragraphs), Words: cleaned.Words},
	}
	for _, k := range s.out.KeyPoints {
		r.KeyPoints = append(r.KeyPoints, queue.KeyPoint(k))
	}
	for _, p := range s.out.Translation {
		r.Task = queue.TaskTranslate
		r.Translation = append(r.Translation, queue.TranslatedParagraph(p))
	}
	for _, c := range report.Checks {
		r.Checks = append(r.Checks, queue.Check{Check: c.Check, Verdict: queue.Verdict(c.Verdict), Detail: c.Detail, SourceSpan: (*queue.Span)(c.SourceSpan), OutputSpan: (*queue.Span)(c.OutputSpan)})
	}
	return Card{Result: r, Source: &Source{Article: cleaned, Same: true}, Place: fmt.Sprintf("archive.jsonl:%d", n)}
}

// write makes a page of cards.
func write(t testing.TB, cards func(add func(Card))) string {
	t.Helper()
	w, err := New(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	cards(func(c Card) {
		if err := w.Add(c); err != nil {
			t.Fatal(err)
		}
	})
	var b strings.Builder
	head := Head{Run: "archive-2019", Collected: time.Date(2026, 11, 23, 9, 30, 0, 0, time.UTC), Software: "1.0.0"}
	if err := w.Finish(&b, head); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func deadLetter(lastError string) *queue.DeadLetter {
	return &queue.DeadLetter{
		JobID: "story-7", Cause: queue.CauseRefused, Advice: queue.CauseRefused.Advice(), LastError: lastError, Sequence: 12,
		Time: time.Date(2026, 11, 23, 8, 10, 0, 0, time.UTC),
	}
}

// sample is a page with one of each kind: 8 cards.
func sample(t testing.TB) string {
	return write(t, func(add func(Card)) {
		for i, s := range stories() {
			c := s.card(t, i+1)
			if i == 2 {
				c.Result.Reviewed = &queue.Review{Decision: queue.DecisionRejected, Reviewer: "Layan", Note: "The minute is wrong.", Time: c.Result.Timing.DoneAt, OfSequence: 3}
			}
			if i == 4 {
				c.Source.Same = false
			}
			add(c)
		}
		add(Card{Result: &queue.Result{JobID: "story-6", Status: queue.StatusSkipped, SkipReason: "paywall", Article: queue.ArticleFacts{Source: "صحيفة المرفأ"}}})
		add(Card{Dead: deadLetter("HTTP 400: content filter")})
		add(hostile().card(t, 8))
	})
}
