package verify

import (
	"strings"
	"testing"
)

// harbour is an invented article whose sentences have much of one kind.
func harbour() Source {
	return Source{Language: "ar", Paragraphs: []Paragraph{
		{1, "افتتح المهندس سليم الحداد مدرسة وادي الزيتون يوم الثلاثاء بحضور طلاب وأهالي المدينة."},
		{2, "وقالت الطبيبة هالة مراد يوم الخميس إن مستشفى الجبل الأخضر استقبل مرضى من القرى المجاورة."},
		{3, "وبلغت نسبة النجاح في مدرسة وادي الزيتون 64 في المئة بحسب سليم الحداد."},
		{4, "أما مستشفى الجبل الأخضر فقد عالج 67 في المئة من المرضى بحسب هالة مراد."},
		{5, "وفاز فريق الميناء على فريق القلعة 12-7 في مباراة كرة السلة، وسجل 9 لاعبين."},
	}}
}

func TestClaimsAreHeldAgainstTheirSentence(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, check, summary string
		want                 Verdict
	}{
		{"weekday", CheckDates, "Engineer Salim al-Haddad opened the school of Wadi al-Zaytoun on Tuesday.", Pass},
		{"weekday of another sentence", CheckDates, "Engineer Salim al-Haddad opened the school of Wadi al-Zaytoun on Thursday.", Fail},
		{"two sentences in one", CheckDates, "Salim al-Haddad opened a school on Tuesday, and on Thursday Hala Murad spoke of a hospital.", Pass},
		{"nothing to go by", CheckDates, "It happened on Thursday.", Pass},
		{"share", CheckNumbers, "The success rate at the Wadi al-Zaytoun school was 64 percent, Salim al-Haddad said.", Pass},
		{"share of another sentence", CheckNumbers, "The success rate at the Wadi al-Zaytoun school was 67 percent, Salim al-Haddad said.", Fail},
		{"both shares", CheckNumbers, "Salim al-Haddad said 64 percent passed at the school, and Hala Murad that 67 percent of patients were treated.", Pass},
		{"nothing to go by", CheckNumbers, "It was 67 percent.", Pass},
		{"score", CheckNumbers, "The port team won 12-7 in basketball.", Pass},
		{"score, loser first", CheckNumbers, "The castle team lost 7-12 in basketball.", Pass},
		{"score of a number from elsewhere", CheckNumbers, "The port team won 12-9 in basketball.", Fail},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if got := verdictOf(Run(harbour(), summaryOf(tc.summary), Limits{}), tc.check); got != tc.want {
				t.Errorf("%s of %q is %s, want %s", tc.check, tc.summary, got, tc.want)
			}
		})
	}
}

func TestCitedParagraphDecides(t *testing.T) {
	t.Parallel()
	point := func(cited int) Output {
		out := summaryOf("The port team won in basketball.")
		out.KeyPoints = []KeyPoint{{"Haddad said 67 percent passed at the school.", []int{cited}}}
		return out
	}
	if got := verdictOf(Run(harbour(), point(3), Limits{}), CheckNumbers); got != Fail {
		t.Errorf("a number of another paragraph than the cited one gives %s", got)
	}
	if got := verdictOf(Run(harbour(), point(4), Limits{}), CheckNumbers); got == Fail {
		t.Error("a number of the cited paragraph fails")
	}
}

func TestGluedWordsHideNoDay(t *testing.T) {
	t.Parallel()
	glued := "وأضافتالطبيبةهالةمرادأن المستشفىاستقبلمرضىكثيرين منالقرىالمجاورةللمدينة "
	src := Source{Language: "ar", Paragraphs: []Paragraph{{1, glued + "وقالت ذلك يوم الخميس."}}}
	if got := verdictOf(Run(src, summaryOf("The doctor spoke on Monday."), Limits{}), CheckDates); got != Fail {
		t.Errorf("a day that stands nowhere gives %s", got)
	}
	src.Paragraphs[0].Text += " واجتمعوامساءالاثنينفيالمستشفى"
	if got := verdictOf(Run(src, summaryOf("The doctor spoke on Monday."), Limits{}), CheckDates); got == Fail {
		t.Error("a day that stands inside a glued word fails")
	}
}

func TestOldDateGivesNoWeekday(t *testing.T) {
	t.Parallel()
	src := Source{Language: "ar", Paragraphs: []Paragraph{
		{1, "قال سليم الحداد يوم السبت إن الجسر القديم بني في 2 أكتوبر 1968."},
	}}
	// 2 October 1968 was a Wednesday.
	if got := verdictOf(Run(src, summaryOf("Salim al-Haddad spoke of the bridge on Wednesday."), Limits{}), CheckDates); got != Fail {
		t.Errorf("the weekday of a day long ago gives %s", got)
	}
	if got := verdictOf(Run(src, summaryOf("The bridge was built on Wednesday, October 2, 1968."), Limits{}), CheckDates); got == Fail {
		t.Error("the weekday of a day that is named fails")
	}
}

func TestRelativeDayThatIsRendered(t *testing.T) {
	t.Parallel()
	src := Source{Language: "ar", Paragraphs: []Paragraph{{1, "فاز الفريق يوم الجمعة ثم فاز أمس مرة أخرى."}}}
	for summary, want := range map[string]Verdict{
		"The team won on Friday and again yesterday.": Pass,
		"The team won on Monday and again yesterday.": Fail,
		"The team won on Friday and again on Monday.": CannotJudge, // perhaps the day of «أمس»
	} {
		if got := verdictOf(Run(src, summaryOf(summary), Limits{}), CheckDates); got != want {
			t.Errorf("%q is %s, want %s", summary, got, want)
		}
	}
}

// TestLargeTextsAreBounded has a sentence of many numbers, and a source of many
// sentences, take no longer than a reader would notice.
func TestLargeTextsAreBounded(t *testing.T) {
	t.Parallel()
	src := harbour()
	for i := range 3000 {
		src.Paragraphs = append(src.Paragraphs, Paragraph{10 + i, src.Paragraphs[i%5].Text})
	}
	out := summaryOf(strings.Repeat("Salim al-Haddad said on Thursday that 67 percent or 12-9 passed, ", 400))
	Run(src, out, Limits{})
	out = summaryOf(strings.Repeat("Salim al-Haddad said on Thursday that 67 percent or 12-9 passed. ", 400))
	if got := verdictOf(Run(src, out, Limits{}), CheckLooping); got != Fail {
		t.Errorf("a looping summary is %s", got)
	}
}
