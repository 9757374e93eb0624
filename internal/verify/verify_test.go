package verify

import (
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

// article is an invented one, about invented people.
func article() Source {
	return Source{
		Title:    "سدّ الوادي الأزرق يُفتتح بعد أسبوعين",
		Language: "ar",
		Paragraphs: []Paragraph{
			{1, "أعلن وزير الري سليم الحداد أن سد الوادي الأزرق سيفتتح بعد أسبوعين، بكلفة بلغت مليارين و500 مليون دولار، أي أقل بنسبة ١٢٫٥ في المئة من الميزانية."},
			{2, "وقال الحداد للصحفيين إن 1,340 عاملا شاركوا في البناء الذي استمر سبع سنوات ونصف، وإن خمسة وعشرين منهم أصيبوا في حوادث متفرقة."},
			{3, "وأضافت المهندسة هالة مراد أن السد يمتد على ٣ كيلومترات، وأن ثلثي القرى المجاورة ستصلها الكهرباء قبل الساعة الثامنة والنصف من مساء السبت."},
			{4, "ويعود المشروع إلى الثمانينيات، وقد توقف العمل فيه عام 1997 ثم استؤنف بعد عقدين بطلب من نحو 200 ألف مزارع في المنطقة الشرقية."},
		},
	}
}

const goodSummary = "The Blue Valley Dam will open in two weeks at a cost of $2.5 billion, 12.5% under budget, Irrigation Minister Salim al-Haddad said. " +
	"About 1,340 workers took seven and a half years to build it, and 25 were injured. The work stopped in 1997 and resumed two decades later."

func goodOutput() Output {
	return Output{
		Task: Summarize, Headline: "Blue Valley Dam to open in two weeks", Summary: goodSummary,
		KeyPoints: []KeyPoint{
			{"The dam cost $2.5 billion.", []int{1}},
			{"It took 7.5 years and 1,340 workers.", []int{2}},
		},
	}
}

func TestFaithfulOutputPassesEveryCheck(t *testing.T) {
	t.Parallel()
	report := Run(article(), goodOutput(), Limits{MaxWords: 120})
	var want []Check
	for _, name := range []string{
		CheckLanguage, CheckLength, CheckResidue, CheckPromptLeak, CheckLooping, CheckCopiedSource, CheckEvasive, CheckKeyPoints, CheckNumbers,
		CheckDates, CheckNames, CheckQuotations,
	} {
		want = append(want, Check{Check: name, Verdict: Pass})
	}
	if diff := cmp.Diff(want, report.Checks); diff != "" {
		t.Errorf("checks (-want +got):\n%s", diff)
	}
	if report.Status() != StatusOK || report.Failed() != nil {
		t.Errorf("status is %s with failures %v", report.Status(), report.Failed())
	}
}

// summaryOf is an output with this summary; the headline is harmless.
func summaryOf(text string) Output {
	return Output{Task: Summarize, Headline: "Blue Valley Dam to open soon", Summary: text}
}

// verdictOf is the worst verdict of one check.
func verdictOf(r Report, check string) Verdict {
	worst := Pass
	for _, c := range r.Checks {
		if c.Check == check && (c.Verdict == Fail || worst == Pass) {
			worst = c.Verdict
		}
	}
	return worst
}

func TestChecks(t *testing.T) {
	t.Parallel()
	src := article()
	lim := Limits{MaxWords: 100, PromptPhrases: []string{"Write only what the article states, and nothing else."}}
	tail := " The minister spoke to reporters on the eastern bank of the valley."
	for _, tc := range []struct {
		name, check, summary string
		want                 Verdict
	}{
		{"english", CheckLanguage, goodSummary, Pass},
		{"arabic", CheckLanguage, src.Paragraphs[0].Text, Fail},
		{"arabic word in brackets", CheckLanguage, "The dam, known as the Blue Valley (الوادي الأزرق), will open soon." + tail, Pass},
		{"one loose word", CheckLanguage, "The dam will open الوادي soon, the minister said." + tail, CannotJudge},
		{"mixed", CheckLanguage, "The minister said السد the dam سيفتتح will open soon." + tail, Fail},
		{"chinese", CheckLanguage, "The dam will open 大坝将在两周后开放 and the 部长 said so." + tail, Fail},
		{"french sentence", CheckLanguage, goodSummary + " Le ministre a dit que les travaux sont terminés et que la population est contente dans toute la région.", Fail},
		{"german", CheckLanguage, "Der Damm wird in zwei Wochen eröffnet, sagte der Minister, und die Bauern sind mit dem Ergebnis nicht zufrieden.", Fail},
		{"names only", CheckLanguage, "Salim al-Haddad, Hala Murad.", Pass},
		{"one word", CheckLanguage, "", Pass},

		{"empty", CheckLength, " ", Fail},
		{"long", CheckLength, strings.Repeat("The dam will be opened by the minister. ", 20), Fail},
		{"a little long", CheckLength, strings.Repeat("word ", 100), Pass},
		{"tiny", CheckLength, "Dam opens.", Fail},

		{"tag", CheckResidue, "The dam <b>opens</b> soon." + tail, Fail},
		{"entity", CheckResidue, "The dam &amp; the road open soon." + tail, Fail},
		{"fence", CheckResidue, "```\nThe dam opens soon.\n```", Fail},
		{"bold", CheckResidue, "**The dam** opens soon." + tail, Fail},
		{"bullet", CheckResidue, "- The dam opens soon.\n- It is big.", Fail},
		{"json", CheckResidue, `{"summary": "The dam opens soon."}`, Fail},
		{"address", CheckResidue, "The dam opens soon, see https://dam.example/news for more." + tail, Fail},
		{"mail", CheckResidue, "Write to news@dam.example for more." + tail, Fail},
		{"handle", CheckResidue, "The ministry wrote as @dam that it opens." + tail, Pass},
		{"subscribe", CheckResidue, "The dam opens soon. Subscribe to our newsletter.", Fail},
		{"less than", CheckResidue, "Costs were < 3 and R&D was cheap; 5 > 4." + tail, Pass},
		{"replacement", CheckResidue, "The dam \ufffd opens soon.", Fail},

		{"assistant", CheckPromptLeak, "As an AI, I cannot see the dam." + tail, Fail},
		{"preamble", CheckPromptLeak, "Here is the summary: the dam opens soon." + tail, Fail},
		{"opening", CheckPromptLeak, "Summary: the dam opens soon." + tail, Fail},
		{"thoughts", CheckPromptLeak, "<think>the dam</think> The dam opens soon.", Fail},
		{"prompt", CheckPromptLeak, "The dam opens. Write only what the article\nstates, and nothing else.", Fail},
		{"no leak", CheckPromptLeak, "In summary: the dam opens soon, a certainty." + tail, Pass},

		{"same word", CheckLooping, "The dam dam dam dam dam dam dam opens.", Fail},
		{"said often", CheckLooping, `"No, no, no, no," the minister said.`, Pass},
		{"phrase", CheckLooping, "The dam opens soon and the dam opens soon and the dam opens soon and the dam opens.", Fail},
		{"sentence", CheckLooping, "The dam will open in two weeks. It is big. The dam will open in two weeks.", Fail},
		{"digits", CheckLooping, "The cost was 120000000000000000 dollars.", Fail},
		{"prose", CheckLooping, goodSummary, Pass},

		{"copied", CheckCopiedSource, "The minister said: أن سد الوادي الأزرق سيفتتح بعد أسبوعين.", Fail},
		{"not copied", CheckCopiedSource, goodSummary, Pass},

		{"sorry", CheckEvasive, "I'm sorry, but I cannot summarize this text.", Fail},
		{"no article", CheckEvasive, "No article was provided.", Fail},
		{"quoted", CheckEvasive, `"I cannot wait for it to open," the minister said.`, Pass},

		{"wrong unit", CheckNumbers, "The dam will open in three weeks.", Fail},
		{"same span in days", CheckNumbers, "The dam will open in 14 days.", Pass},
		{"rescaled", CheckNumbers, "It cost 2,500 million dollars.", Pass},
		{"magnitude", CheckNumbers, "It cost $2.5 million.", Fail},
		{"digit", CheckNumbers, "Some 1,430 workers built it.", Fail},
		{"rounded", CheckNumbers, "More than 1,300 workers built it.", Pass},
		{"rounded wrongly", CheckNumbers, "More than 1,400 workers built it.", Fail},
		{"words", CheckNumbers, "Twenty-five were hurt.", Pass},
		{"other words", CheckNumbers, "Thirty-five were hurt.", Fail},
		{"fraction", CheckNumbers, "Power reaches two-thirds of the villages.", Pass},
		{"fraction as share", CheckNumbers, "Power reaches 67% of the villages.", Pass},
		{"share", CheckNumbers, "It was 21.5 per cent under budget.", Fail},
		{"clock", CheckNumbers, "Power comes by 8:30 p.m. on Saturday.", Pass},
		{"wrong clock", CheckNumbers, "Power comes by 9:30 p.m. on Saturday.", Fail},
		{"converted", CheckNumbers, "The dam is nearly two miles (3 km) long.", Pass},
		{"decade", CheckNumbers, "The plan is from the 1980s.", Pass},
		{"wrong decade", CheckNumbers, "The plan is from the 1970s.", Fail},
		{"wrong year", CheckNumbers, "Work stopped in 1979.", Fail},
		{"derived count", CheckNumbers, "Two officials spoke about four villages.", CannotJudge},
		{"idiom", CheckNumbers, "It is one of the first dams; a G7 team came in an F-16.", CannotJudge},
		{"no numbers", CheckNumbers, "The dam opens soon, and thousands cheer.", Pass},
	} {
		t.Run(tc.check+"/"+tc.name, func(t *testing.T) {
			t.Parallel()
			report := Run(src, summaryOf(tc.summary), lim)
			if got := verdictOf(report, tc.check); got != tc.want {
				t.Errorf("verdict is %s, want %s: %+v", got, tc.want, report.Checks)
			}
		})
	}
}

func TestFindingQuotesBothSides(t *testing.T) {
	t.Parallel()
	summary := "The minister said the dam will open in three weeks."
	for _, c := range Run(article(), summaryOf(summary), Limits{}).Failed() {
		if c.Check != CheckNumbers {
			continue
		}
		want := Check{
			Check: CheckNumbers, Verdict: Fail,
			Detail:     `The source says «أسبوعين» (two weeks); the summary says "three weeks".`,
			SourceSpan: &Span{Start: 29, End: 36, Text: "أسبوعين"},
			OutputSpan: &Span{Field: "summary", Start: 39, End: 50, Text: "three weeks"},
		}
		if diff := cmp.Diff(want, c); diff != "" {
			t.Errorf("finding (-want +got):\n%s", diff)
		}
		return
	}
	t.Fatal("the wrong number was not found")
}

func TestKeyPoints(t *testing.T) {
	t.Parallel()
	out := goodOutput()
	out.KeyPoints = []KeyPoint{{"It has 1,340 workers.", []int{3}}, {"It is a dam.", []int{9}}}
	var got []Verdict
	for _, c := range Run(article(), out, Limits{}).Checks {
		if c.Check == CheckKeyPoints {
			got = append(got, c.Verdict)
		}
	}
	if diff := cmp.Diff([]Verdict{Fail, CannotJudge}, got); diff != "" {
		t.Errorf("verdicts (-want +got):\n%s", diff)
	}
}

// TestKeyPointNames: a name is looked for in the paragraphs that are cited first.
func TestKeyPointNames(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		point KeyPoint
		want  Verdict
	}{
		"cited":            {KeyPoint{"Engineer Hala Murad spoke of the dam.", []int{3}}, Pass},
		"among others":     {KeyPoint{"Engineer Hala Murad spoke of the dam.", []int{1, 3}}, Pass},
		"another is cited": {KeyPoint{"Engineer Hala Murad spoke of the dam.", []int{4}}, CannotJudge},
		"no name":          {KeyPoint{"An engineer spoke of the dam.", []int{4}}, Pass},
	} {
		out := goodOutput()
		out.KeyPoints = []KeyPoint{tc.point}
		if got := verdictOf(Run(article(), out, Limits{}), CheckKeyPoints); got != tc.want {
			t.Errorf("%s: %s, want %s", name, got, tc.want)
		}
	}
}

func TestTranslation(t *testing.T) {
	t.Parallel()
	src := article()
	out := Output{Task: Translate, Translation: []TranslatedParagraph{
		{1, "Irrigation Minister Salim al-Haddad announced that the Blue Valley Dam will open in two weeks, at a cost of $2.5 billion, 12.5 percent under budget."},
		{2, "Al-Haddad told reporters that 1,340 workers took part in the construction, which lasted seven and a half years, and that 25 of them were hurt in accidents."},
		{3, "Engineer Hala Murad added that the dam is 3 kilometres long, and that two thirds of the nearby villages will have power before 8:30 on Saturday evening."},
		{4, "The project goes back to the 1980s; work stopped in 1997 and resumed two decades later at the request of some 200,000 farmers in the eastern region."},
	}}
	if r := Run(src, out, Limits{}); r.Status() != StatusOK {
		t.Errorf("a faithful translation is flagged: %+v", r.Failed())
	}
	out.Translation = append(out.Translation[:2], TranslatedParagraph{7, "Engineer Hala Murad spoke."})
	r := Run(src, out, Limits{})
	if verdictOf(r, CheckLength) != Fail || verdictOf(r, CheckKeyPoints) != Fail {
		t.Errorf("missing and unknown paragraphs pass: %+v", r.Checks)
	}
}

func TestPublicationDateSupportsYearAndDay(t *testing.T) {
	t.Parallel()
	src := article()
	out := summaryOf("The dam will open soon, the minister said on March 12, 2031.")
	if verdictOf(Run(src, out, Limits{}), CheckNumbers) != Fail {
		t.Error("an unknown date passes")
	}
	src.PublishedAt = time.Date(2031, 3, 13, 8, 0, 0, 0, time.UTC)
	if got := verdictOf(Run(src, out, Limits{}), CheckNumbers); got != Pass {
		t.Errorf("the date of publication gives %s", got)
	}
}

func TestUnknownNumberWordsCannotBeJudged(t *testing.T) {
	t.Parallel()
	src := Source{Language: "id", Paragraphs: []Paragraph{{1, "Bendungan dibuka dua puluh lima hari lagi dan 1340 pekerja bekerja di sana."}}}
	for text, want := range map[string]Verdict{
		"The dam opens in 25 days.":  CannotJudge,
		"In all, 1340 workers came.": Pass,
		"In all, 1734 workers came.": Fail,
	} {
		if got := verdictOf(Run(src, summaryOf(text), Limits{}), CheckNumbers); got != want {
			t.Errorf("%q gives %s, want %s", text, got, want)
		}
	}
}

func TestFindingsAreBounded(t *testing.T) {
	t.Parallel()
	var text strings.Builder
	for i := range 200 {
		fmt.Fprintf(&text, "There were %d of them. ", 7771+2*i)
	}
	out := summaryOf(text.String())
	n := 0
	for _, c := range Run(article(), out, Limits{}).Checks {
		if c.Check == CheckNumbers {
			n++
		}
	}
	if n != maxFindings {
		t.Errorf("%d findings, want %d", n, maxFindings)
	}
}

func TestTooManyNumbersCannotBeJudged(t *testing.T) {
	t.Parallel()
	out := summaryOf(strings.Repeat("It came in two weeks. ", maxClaims+1))
	if got := verdictOf(Run(article(), out, Limits{}), CheckNumbers); got != CannotJudge {
		t.Errorf("verdict is %s, want %s", got, CannotJudge)
	}
}

func FuzzRun(f *testing.F) {
	f.Add("خمسة جنود عادوا بعد أسبوعين", "Five soldiers came back after 3 weeks.", "ar")
	f.Add("", "", "")
	f.Add("三千五百艘船于星期二到达", "3,500 boats arrive on Tuesday, 10-6. ثلاثة", "zh")
	f.Add("خمسة جنود عادوا أمس يوم السبت 12-7. وخمسون", "عاد ٥ جنود يوم الأحد. 12-9 on Sunday", "ar")
	f.Add("\xff٥\x80 www.", "<b \xff & ; ```{\"\\n 5\u202e www.x @a.b 1.2.3", "fr")
	f.Fuzz(func(t *testing.T, source, output, language string) {
		src := Source{Title: source, Language: language, Paragraphs: []Paragraph{{1, source}}}
		p := Prepare(src)
		for _, out := range []Output{
			{Task: Summarize, Headline: output, Summary: output, KeyPoints: []KeyPoint{{output, []int{1, 2}}}},
			{Task: Translate, Translation: []TranslatedParagraph{{1, output}}},
		} {
			report := p.Run(out, Limits{MaxWords: 5, PromptPhrases: []string{source, output}})
			for _, c := range report.Checks {
				checkSpan(t, c.SourceSpan, source)
				checkSpan(t, c.OutputSpan, output)
			}
		}
	})
}

func checkSpan(t *testing.T, s *Span, text string) {
	t.Helper()
	if s == nil {
		return
	}
	if n := utf8.RuneCountInString(text); s.Start < 0 || s.End > n || s.Start > s.End {
		t.Fatalf("span %d:%d of a text of %d code points", s.Start, s.End, n)
	}
	if utf8.ValidString(text) && string([]rune(text)[s.Start:s.End]) != s.Text {
		t.Fatalf("span %d:%d does not hold %q", s.Start, s.End, s.Text)
	}
}

func benchmarkArticle() Source {
	src := article()
	base := src.Paragraphs
	for size := 0; size < 6000; {
		for _, p := range base {
			if size += len(p.Text); size < 6000 {
				src.Paragraphs = append(src.Paragraphs, Paragraph{len(src.Paragraphs) + 1, p.Text})
			}
		}
	}
	src.Paragraphs = src.Paragraphs[len(base):]
	return src
}

func benchmarkOutput() Output {
	out := goodOutput()
	out.Summary += " Engineer Hala Murad said that the dam is 3 kilometres long and that two thirds of the nearby villages will have power by Saturday evening. " +
		"The plan goes back to the 1980s, and farmers in the eastern region had long asked for the work to go on."
	return out
}

func BenchmarkRun(b *testing.B) {
	src, out, lim := benchmarkArticle(), benchmarkOutput(), Limits{MaxWords: 150, PromptPhrases: []string{"Write only what the article states, and nothing else."}}
	b.ReportAllocs()
	for b.Loop() {
		Run(src, out, lim)
	}
}

func BenchmarkPrepare(b *testing.B) {
	src := benchmarkArticle()
	b.ReportAllocs()
	for b.Loop() {
		Prepare(src)
	}
}
