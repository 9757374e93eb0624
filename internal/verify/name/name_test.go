package name

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mujaz/mujaz/internal/verify/fold"
)

func wordsOf(texts ...string) *fold.Words {
	var w fold.Words
	for i, text := range texts {
		w.Add(i, text)
	}
	w.Close()
	return &w
}

// outcomes looks up the names of an English text in a source.
func outcomes(mode Mode, source, text string) map[string]Outcome {
	s := NewSource(wordsOf(source), mode)
	f := s.Finder()
	words := wordsOf(text)
	got := map[string]Outcome{}
	for _, c := range f.Claims(nil, words, 0, len(words.List)) {
		got[text[words.List[c.First].Start:words.List[c.Last].End]] = c.Outcome
	}
	return got
}

func TestSimilarity(t *testing.T) {
	t.Parallel()
	for _, names := range []struct{ latin, arabic string }{
		{"mohammed", "محمد"},
		{"muhammad", "محمد"},
		{"mohamed", "ومحمد"},
		{"mohamad", "لمحمد"},
		{"qaim", "القائم"},
		{"kaim", "القائم"},
		{"gaddafi", "القذافي"},
		{"qadhafi", "القذافي"},
		{"kadhafi", "للقذافي"},
		{"michael", "مايكل"},
		{"knights", "نايتس"},
		{"petersburg", "بطرسبورغ"},
		{"petersburg", "بطرسبرج"},
		{"chukri", "شكري"},
		{"shukri", "شكري"},
		{"bouteflika", "بوتفليقة"},
		{"ouyahia", "أويحيى"},
		{"benkirane", "بنكيران"},
		{"gamal", "جمال"},
		{"jamal", "جمال"},
		{"djamel", "جمال"},
		{"khartoum", "بالخرطوم"},
		{"hussein", "حسين"},
		{"husayn", "حسين"},
		{"maxwell", "ماكسويل"},
		{"churchill", "تشرشل"},
		{"wright", "رايت"},
		{"vladimir", "فلاديمير"},
		{"ghannouchi", "الغنوشي"},
		{"othman", "عثمان"},
		{"osman", "عثمان"},
		{"dhahi", "ضاحي"},
		{"zahran", "ظهران"},
		{"jose", "خوسيه"},
		{"hughes", "هيوز"},
		{"guterres", "غوتيريش"},
		{"guterres", "جوتيريس"},
		{"philips", "فيليبس"},
		{"angolan", "أنغولي"},
		{"leila", "ليلى"},
	} {
		s := soundOf([]byte(names.latin))
		if v := similarity(&s, []byte(fold.Text(names.arabic))); v < sameName {
			t.Errorf("%s and %s have similarity %.2f, below %.2f", names.latin, names.arabic, v, sameName)
		}
	}
	for _, names := range []struct{ latin, arabic string }{
		{"mohammed", "مراد"},
		{"michael", "مارتن"},
		{"knights", "تومسون"},
		{"salma", "سعاد"},
		{"haddad", "حمدان"},
		{"petrov", "بولتون"},
		{"anderson", "أدهشني"},
		{"khalil", "خالد"},
		{"nakamura", "ناصر"},
		{"rossi", "روبرت"},
	} {
		s := soundOf([]byte(names.latin))
		if v := similarity(&s, []byte(fold.Text(names.arabic))); v >= sameName {
			t.Errorf("%s and %s have similarity %.2f, not below %.2f", names.latin, names.arabic, v, sameName)
		}
	}
}

func TestClaimsArabic(t *testing.T) {
	t.Parallel()
	const source = "قال الخبير مايكل ليندغرين في واشنطن إن وزير الري سليم الحداد زار القاهرة ودمشق وبلدة القائم العراقية، والتقى عبد الرحمن الزيتوني من حلف الناتو."
	for text, want := range map[string]map[string]Outcome{
		"Analyst Michael Lindgren said so.":                                    {"Michael": Found, "Lindgren": Found},
		"Analyst Michael Thornburg said so.":                                   {"Michael": Found, "Thornburg": Absent},
		"He flew to Cairo and Damascus.":                                       {"Cairo": Found, "Damascus": Found},
		"He flew to Berlin.":                                                   {"Berlin": Absent},
		"The American expert met an Iraqi minister.":                           {"American": Found, "Iraqi": Found},
		"The Norwegian expert spoke.":                                          {"Norwegian": Absent},
		"Minister Salim al-Haddad met Abdulrahman al-Zaytouni.":                {"Salim": Found, "Haddad": Found, "Abdulrahman": Found, "Zaytouni": Found},
		"They left from Qaim, and NATO agreed with the WHO.":                   {"Qaim": Found, "NATO": Found, "WHO": Unknown},
		"The Supreme Court and the Irrigation Ministry will decide.":           {},
		"Farmers Rejoice As Water Returns":                                     {},
		"The Zvornik Institute said nothing.":                                  {},
		"Many Turkish-American readers wrote.":                                 {"Turkish": Unknown, "American": Found},
		"On a Monday in March, they came together at last and went to Jordan.": {"Jordan": Absent},
	} {
		if diff := cmp.Diff(want, outcomes(Arabic, source, text)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", text, diff)
		}
	}
}

// Names that resemble common words, with and without a clitic.
func TestClaimsBesideCommonWords(t *testing.T) {
	t.Parallel()
	for english, arabic := range map[string]string{
		"Faisal": "فيصل", "Kamal": "كمال", "Basim": "باسم", "Wadi": "وادي", "Omar": "عمر", "Talib": "طالب", "Sabah": "صباح", "Kamel": "كامل",
		"Khalaf": "خلف", "Imam": "إمام", "Walid": "وليد", "Bilal": "بلال", "Sahl": "سهل", "Azim": "عظيم", "Kabir": "كبير", "Salam": "سلام",
		"Jamal": "جمال", "Amal": "أمل", "Badr": "بدر", "Fahd": "فهد", "Karim": "كريم", "Latif": "لطيف", "Wissam": "وسام", "Lubna": "لبنى",
		"Nasser": "ناصر", "Harb": "حرب", "Hayat": "حياة", "Shahd": "شهد", "Fadel": "فاضل", "Basil": "باسل", "Farah": "فرح", "Layla": "ليلى",
	} {
		for _, source := range []string{"زار " + arabic + " بلدته", "زار و" + arabic + " معه"} {
			for name, got := range outcomes(Arabic, source, "They met in town, where Mr "+english+" said so.") {
				if got != Found {
					t.Errorf("%s of %s has outcome %d", name, source, got)
				}
			}
		}
	}
}

func TestClaimsWithoutSpaces(t *testing.T) {
	t.Parallel()
	const glued = "قالالخبيرمايكلنايتسفيواشنطن وأضافتالمهندسةهالةمراد أنالوزيرسليمالحدادزارالمدينة"
	for name, outcome := range outcomes(Arabic, glued, "In Berlin, Michael Thornburg met Salim Haddad.") {
		if absent := name == "Thornburg"; absent != (outcome == Absent) { // of Berlin, too little is known
			t.Errorf("%s in a text without spaces has outcome %d", name, outcome)
		}
	}
	got := outcomes(Arabic, "كيت هارينغتونيهاجم الفكرة.", "It was Kit Harington.")
	if diff := cmp.Diff(map[string]Outcome{"Harington": Unknown}, got); diff != "" {
		t.Errorf("a name run together with the next word (-want +got):\n%s", diff)
	}
}

func TestClaimsLatin(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		mode         Mode
		source, text string
		want         map[string]Outcome
	}{
		{English, "Ana Brkic of Spain met Omar.", "He told Ana Brkic in Madrid.", map[string]Outcome{"Ana": Found, "Brkic": Found, "Madrid": Found}},
		{English, "Ana Brkic of Spain met Omar.", "He met Mr Vukelja in Egypt.", map[string]Outcome{"Vukelja": Absent, "Egypt": Absent}},
		{English, "The Reserve Bank of Corvalen spoke.", "It sold shares of Zintelo, the RBC of Corvalen and the QZT said.", map[string]Outcome{"Zintelo": Absent, "RBC": Unknown, "QZT": Absent, "Corvalen": Found}},
		{English, "The Corvalenian shares rose on May 3.", "After that Corvalen rose, and President Ruiz was glad, on Tuesday.", map[string]Outcome{"Corvalen": Found, "Ruiz": Absent}},
		{Latin, "Er griff ihn in Kalifornien und in Kenia an.", "It was in California and Kenya, not in Zimbabwe.", map[string]Outcome{"California": Found, "Kenya": Found, "Zimbabwe": Absent}},
		{Latin, "Bakan Ayşe Yılmaz İzmir'e gitti.", "Minister Ayse Yilmaz went to Izmir.", map[string]Outcome{"Ayse": Found, "Yilmaz": Found, "Izmir": Found}},
		{Latin, "Le ministre José Brkić est allé en Allemagne.", "Minister Jose Brkic went to Germany.", map[string]Outcome{"Jose": Found, "Brkic": Found, "Germany": Unknown}},
		{Latin, "Le ministre José Brkić est parti.", "He met Mr Zwillinger.", map[string]Outcome{"Zwillinger": Absent}},
		{Unreadable, "Министр Бркич уехал.", "He met Mr Zwillinger in Egypt.", map[string]Outcome{"Zwillinger": Unknown, "Egypt": Unknown}},
		{Unreadable, "Министр (Zwillinger) уехал.", "He met Mr Zwillinger.", map[string]Outcome{"Zwillinger": Found}},
	} {
		if diff := cmp.Diff(c.want, outcomes(c.mode, c.source, c.text)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.text, diff)
		}
	}
}

func TestLexiconFoldsEveryName(t *testing.T) {
	t.Parallel()
	for english, g := range names().byName {
		if english == "" || string(wordsOf(english).Letters) != " "+english+" " {
			t.Errorf("%q is not written as it is looked up", english)
		}
		for _, stem := range g.stems {
			if len(stem) < 2 {
				t.Errorf("%q has a stem of %d letters", english, len(stem))
			}
		}
	}
}

func FuzzClaims(f *testing.F) {
	f.Add("قال مايكل", "Michael Knights said in New York.", uint8(1))
	f.Add("", "\xff A", uint8(0))
	f.Add("José", "New", uint8(3))
	f.Add("Йохан Бергстром, יוהן", "Mr Johan Bergstrom", uint8(4))
	f.Fuzz(func(t *testing.T, source, text string, mode uint8) {
		s := NewSource(wordsOf(source), Mode(mode%5))
		finder := s.Finder()
		words := wordsOf(text)
		for _, c := range finder.Claims(nil, words, 0, len(words.List)) {
			if c.First > c.Last || c.Last >= len(words.List) || c.Near >= len(s.words.List) {
				t.Fatalf("claim %+v of %d words, near one of %d", c, len(words.List), len(s.words.List))
			}
		}
	})
}

func BenchmarkClaims(b *testing.B) {
	const source = "قال الخبير مايكل ليندغرين في واشنطن إن وزير الري سليم الحداد زار القاهرة ودمشق وبلدة القائم العراقية والتقى عبد الرحمن الزيتوني من حلف الناتو وأضاف أن السدود الجديدة ستمتلئ مع أمطار الشتاء وأن المزارعين ينتظرون ذلك منذ عقود طويلة. "
	text := ""
	for range 12 {
		text += source
	}
	s := NewSource(wordsOf(text), Arabic)
	words := wordsOf("Analyst Michael Lindgren said in Washington that Minister Salim al-Haddad visited Cairo, Damascus and Qaim. Mr Lindgren met Abdulrahman al-Zaytouni of NATO and Mr Thornburg.")
	var buf [32]Claim
	b.ReportAllocs()
	for b.Loop() {
		f := s.Finder()
		f.Claims(buf[:0], words, 0, len(words.List))
	}
}
