package name

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestPersons holds full names to a source in which ordinary words sound a
// little like what is put in their place.
func TestPersons(t *testing.T) {
	t.Parallel()
	const source = "قال كريغ ليندكفيست إن نوعية المياه في مدينته حيوية، وأضاف زميله مايك لي أن الشركة نقلت المعرض. وكان ليندكفيست يعمل في جامعة مع سليم الحداد والده."
	for text, want := range map[string]map[string]Outcome{
		"The plan pleased Craig Lindqvist.":              {"Craig": Found, "Lindqvist": Found},
		"Craig Lindqvist is pleased.":                    {"Craig": Found, "Lindqvist": Found},
		"Hugo Lindqvist is pleased.":                     {"Hugo": Absent, "Lindqvist": Found},
		"The plan of the Rev. Nigel Lindqvist is good.":  {"Nigel": Absent, "Lindqvist": Found},
		"Craig Moreau is pleased.":                       {"Craig": Found, "Moreau": Absent},
		"Craig Kamau is pleased.":                        {"Craig": Found, "Kamau": Absent},
		"A friend, Mike Lee, agreed.":                    {"Mike": Found, "Lee": Found},
		"Walid Lindqvist agreed.":                        {"Walid": Absent, "Lindqvist": Found},
		"Salim al-Haddad agreed.":                        {"Salim": Found, "Haddad": Found},
		"Salim al-Zaytouni agreed.":                      {"Salim": Found, "Zaytouni": Absent},
		"He lives in Esteban Street.":                    {},
		"Jacob Lindqvist is pleased.":                    {"Jacob": Absent, "Lindqvist": Found},
		"Frank Lindqvist is pleased.":                    {"Frank": Absent, "Lindqvist": Found},
		"The Ingrid Halvorsen Foundation paid for it.":   {},
		"Ottokara Lindqvist agreed.":                     {"Ottokara": Absent},
		"Backbencher Lindqvist agreed.":                  {},
		"They met the Rev. Ottokara Lindqvist.":          {"Ottokara": Absent},
		"Big Crowds Wait for Old Friends in Brindisi":    {"Brindisi": Absent},
		"They left. Castellano said nothing.":            {"Castellano": Absent},
		"They left. Asylum was what they wanted.":        {},
		"They left. Reporters said nothing.":             {},
		"Esteban Rose, a tenant, agreed.":                {"Esteban": Absent},
		"Meanwhile Lindqvist Defends New Water Plan":     {},
		"They met at Kowloon and in Brindisi last week.": {"Kowloon": Absent, "Brindisi": Absent},
	} {
		if diff := cmp.Diff(want, outcomes(Arabic, source, text)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", text, diff)
		}
	}
}

// TestOrdinaryWords holds names to words that sound like them by chance, with
// their clitics and endings.
func TestOrdinaryWords(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		source, text string
		want         Outcome
	}{
		{"قال الآن إن لوكا والتون سيلعب", "It was Alan Walton who said so.", Absent},
		{"قال ألان والتون إنه سيلعب", "It was Alan Walton who said so.", Found},
		{"زار كمال والتون بلدته", "It was Kamal Walton who said so.", Found},
		{"مرت خلال بولتر الموسم", "It was Hugo Khalil who said so.", Absent},
		{"عبر الحاسمون عن رأيهم للعديد من الزوار", "They agree with Haddad on it.", Absent},
		{"عبر الحداد عن رأيه", "They agree with Haddad on it.", Found},
	} {
		got := outcomes(Arabic, c.source, c.text)
		for _, w := range []string{"Alan", "Kamal", "Khalil", "Haddad"} {
			if o, claimed := got[w]; claimed != strings.Contains(c.text, w) || claimed && o != c.want {
				t.Errorf("%s in %s: outcome %d (claimed: %t), want %d", w, c.source, o, claimed, c.want)
			}
		}
	}
}

// TestGivenNameLeftOut holds given names to sources that name no one in full.
func TestGivenNameLeftOut(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		mode   Mode
		source string
		want   Outcome
	}{
		{Arabic, "كما قال ليندكفيست إن المياه نظيفة", Unknown},
		{Arabic, "كما قال كريغ ليندكفيست إن المياه نظيفة", Absent},
		{Latin, "Su temizdir, diyor Lindqvist orada", Unknown},
		{Latin, "Su temizdir, diyor Craig Lindqvist orada", Absent},
	} {
		if got := outcomes(c.mode, c.source, "The plan of the Rev. Nigel Lindqvist is good.")["Nigel"]; got != c.want {
			t.Errorf("%s: outcome %d, want %d", c.source, got, c.want)
		}
	}
}

// TestNameInPieces holds names to foreign alphabets that set a space or an
// apostrophe within them.
func TestNameInPieces(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		source, text, name string
		want               Outcome
	}{
		{"یہ ناش ویل میں کہا گیا", "It was said in Nashville there.", "Nashville", Unknown},
		{"یہ لاہور میں کہا گیا", "It was said in Nashville there.", "Nashville", Absent},
		{"הנשיא ג‘ורג‘ אמר", "It pleased President Gjorge Lindqvist there.", "Gjorge", Unknown},
		{"Об этом сообщили в понедельник", "It was Roland Hitch who said it.", "Hitch", Unknown},
	} {
		if got, ok := outcomes(Sounding, c.source, c.text)[c.name]; !ok || got != c.want {
			t.Errorf("%s in %s: outcome %d (claimed: %t), want %d", c.name, c.source, got, ok, c.want)
		}
	}
}

// TestStemsOfCountries holds short stems to words that only begin like them,
// and countries to words that only sound like them.
func TestStemsOfCountries(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		source, text string
		want         Outcome
	}{
		{"زار الوزير تركيا", "He went to Turkey.", Found},
		{"رحب الأتراك بالقرار", "It pleased many Turks.", Found},
		{"السفير التركي والشركات التركية", "It pleased the Turkish envoy.", Found},
		{"انصب تركيزه على الزراعة", "He went to Turkey.", Absent},
		{"وصل المزارعون المصريون", "It pleased the Egyptian farmers.", Found},
		{"لقي مصرعه في حادث", "He went to Egypt.", Absent},
		{"كان ذلك مجرد حلم", "He went to Hungary.", Absent},
		{"اجتمع العمال في الحقل", "He went to Mali.", Absent},
		{"خريجو الجامعات", "He went to Samoa.", Absent},
		{"زار ليتوانيا", "It pleased the Lithuanian envoy.", Found},
		{"وكالة فرانس برس", "It pleased the French envoy.", Found},
		{"زار سان فرانسيسكو", "It pleased the French envoy.", Absent},
		{"السفير الزمبابوي", "He went to Zimbabwe.", Found},
		{"زار الوزير لندن", "He went to Cameroon.", Absent},
		{"زار الوزير أبل للتقنية", "He spoke of Apple and of its plans.", Found},
		{"زار الوزير مايكروسوفت", "He spoke of Netflix and of its plans.", Absent},
		{"قال مكتب التحقيقات الفيدرالي", "The suspect spoke to the FBI.", Found},
		{"قال مكتب المحاسبة", "The suspect spoke to the FBI.", Absent},
		{"زار الولايات المتحدة", "He went to the U.S. in spring.", Found},
		{"زار الدانمرك", "He went to Denmark.", Found},
		{"قال يوهان هدلرإلى الصحيفة", "It pleased Johan Hidler.", Found},
		{"زار البرازيل", "He went to the U.S. in spring.", Absent},
		{"اختبار قاس لقيادة البلاد", "He went to Kuwait.", Absent},
		{"الوزير أمين سعد", "He went to Amman.", Absent},
		{"قال جوردن", "It pleased Mr Jordan.", Unknown},
		{"التقى القذافي هناك", "He met Mr Gaddafi there.", Found},
		{"التقى القذافي هناك", "He met Mr Qadhafi there.", Found},
		{"التقى نصرالله هناك", "He met Mr Nasrallah there.", Found},
	} {
		for name, got := range outcomes(Arabic, c.source, c.text) {
			if got != c.want {
				t.Errorf("%s in %s: %s has outcome %d, want %d", c.text, c.source, name, got, c.want)
			}
		}
	}
}

// TestClaimsWithSomeGluedWords holds that a text with a few words run together
// is still searched, those words included.
func TestClaimsWithSomeGluedWords(t *testing.T) {
	t.Parallel()
	source := strings.Repeat("قال الوزير إن السد الجديد سيفتتح قريبا في شمال البلاد. ", 12) + "والمهندسةهالةمرادغادرت والسفيريوهانبيرغستروم والوزيرسليمالحدادي"
	want := map[string]Outcome{"Johan": Unknown, "Bergstrom": Unknown, "Castellano": Absent}
	if diff := cmp.Diff(want, outcomes(Arabic, source, "They met Johan Bergstrom there, and Mr Castellano.")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
