package near_test

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mujaz/mujaz/internal/clean"
	"github.com/mujaz/mujaz/internal/near"
)

// wire is an invented story of four paragraphs, told by an agency.
const (
	wireTitle = "بلدية وادي السرو ترمم السوق القديم"
	wireLead  = "أعلنت بلدية وادي السرو يوم الثلاثاء خطة لترميم السوق القديم، وتشمل الخطة إصلاح 130 متجراً."
	wireBody  = "وقالت رئيسة المجلس سلمى الزيتوني إن العمل يبدأ خلال أسبوعين. وأكدت أن التجار لن يدفعوا إيجاراً طوال مدة الترميم.\n" +
		"وأوضح المهندس مروان الكرمي أن كلفة المشروع تبلغ 3.5 مليون دينار، أي 40% من ميزانية البلدية. وستعالج الأسقف الخشبية ضد الرطوبة.\n" +
		"ويضم السوق خاناً بني قبل قرنين، ويقصده الزوار من القرى المجاورة كل يوم جمعة."
	wireEnd  = "وكان المجلس قد رفض خطة سابقة."
	wireText = wireLead + "\n" + wireBody + "\n" + wireEnd
)

func read(t testing.TB, title, text string) near.Article {
	t.Helper()
	a, err := clean.Clean(clean.Input{Title: title, Text: text})
	if err != nil {
		t.Fatal(err)
	}
	return near.Of(a)
}

func TestAdd(t *testing.T) {
	t.Parallel()
	change := func(old, other string) string {
		if !strings.Contains(wireText, old) {
			t.Fatalf("the story has no %q", old)
		}
		return strings.Replace(wireText, old, other, 1)
	}
	type row struct {
		name, title, text string
		copied            bool
	}
	rows := []row{
		{"equal", wireTitle, wireText, true},
		{"another title", "السوق القديم في وادي السرو إلى الترميم", wireText, true},
		{"no title", "", wireText, true},
		{"diacritics", wireTitle, change("رئيسة المجلس", "رئيسةُ المجلِسِ"), true},
		{"tatweel", wireTitle, change("السوق", "الســـوق"), true},
		{"hamza", wireTitle, change("أن التجار", "ان التجار"), true},
		{"digits of the other set", wireTitle, change("130", "١٣٠"), true},
		{"quotation marks", wireTitle, change("لن يدفعوا إيجاراً", "«لن يدفعوا إيجاراً»"), true},
		{"comma", wireTitle, change("القديم، وتشمل", "القديم وتشمل"), true},
		{"no-break spaces", wireTitle, strings.ReplaceAll(wireText, " ", "\u00a0"), true},
		{"paragraphs joined", wireTitle, strings.ReplaceAll(wireText, "\n", " "), true},
		{"last paragraph trimmed", wireTitle, wireLead + "\n" + wireBody, true},
		{"sentence left out", wireTitle, change("وستعالج الأسقف الخشبية ضد الرطوبة.", ""), true},
		{"dateline with agency", wireTitle, "وادي السرو (رويترز) - " + wireText, true},
		{"dateline of CNN's kind", wireTitle, "وادي السرو، بلاد التلال (CNN)-- " + wireText, true},
		{"dateline of two agencies", wireTitle, "وادي السرو - الأناضول - رويترز: " + wireText, true},
		{"dateline with slashes", wireTitle, "وادي السرو/ الأناضول/ " + wireText, true},
		{"agency's line above", wireTitle, "الأناضول\n" + wireText, true},
		{"agency's line above the dateline", wireTitle, "وادي السرو / الأناضول\nوادي السرو (أ ف ب) - " + wireText, true},
		{"agency's line below", wireTitle, wireText + "\n(أ ف ب)", true},
		{"agency behind the last word", wireTitle, wireText + " (وكالات)", true},

		{"number changed", wireTitle, change("130", "131"), false},
		{"number in words changed", wireTitle, change("أسبوعين", "شهرين"), false},
		{"decimal point moved", wireTitle, change("3.5", "35"), false},
		{"percent sign dropped", wireTitle, change("40%", "40"), false},
		{"minus sign added", wireTitle, change("40%", "-40%"), false},
		{"date changed", wireTitle, change("الثلاثاء", "الأربعاء"), false},
		{"name changed", wireTitle, change("الزيتوني", "الكرمي"), false},
		{"names exchanged", wireTitle, strings.NewReplacer("سلمى الزيتوني", "مروان الكرمي", "مروان الكرمي", "سلمى الزيتوني").Replace(wireText), false},
		{"negation dropped", wireTitle, change("لن يدفعوا", "يدفعون"), false},
		{"negation added", wireTitle, change("العمل يبدأ", "العمل لا يبدأ"), false},
		{"statement made a question", wireTitle, change("خطة سابقة.", "خطة سابقة؟"), false},
		{"sentence added", wireTitle, wireText + " وقدم سبعة أعضاء استقالاتهم.", false},
		{"paragraph added", wireTitle, change("\nويضم", "\nونفى عضو في المجلس ذلك.\nويضم"), false},
		{"sentences in another order", wireTitle, wireBody + "\n" + wireLead + "\n" + wireEnd, false},
		{"number in the title that the text has not", "ترميم 170 متجراً في وادي السرو", wireText, false},
		{"too short", wireTitle, wireLead, false},
		{"place named where none was", wireTitle, "بلدة التلال - " + wireText, false},
		{"agency's line with a number", wireTitle, "رويترز 9 قتلى\n" + wireText, false},
		{"an agency in a sentence", wireTitle, wireText + " ونفت رويترز ذلك.", false},
		{"a speaker before the colon", wireTitle, "مروان الكرمي: " + wireText, false},
	}
	for _, tc := range rows {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			x := near.New(near.Config{})
			if m, found := x.Add("original", read(t, wireTitle, wireText)); found {
				t.Fatalf("the first is a copy of %q", m.ID)
			}
			m, found := x.Add("copy", read(t, tc.title, tc.text))
			if found != tc.copied || found && (m.ID != "original" || m.Similarity < near.DefaultThreshold || m.Similarity > 1) {
				t.Errorf("Add = %+v, %v; want %v", m, found, tc.copied)
			}
		})
	}
}

// An original with a dateline has copies with another and with none; where it
// names a place alone, only with none.
func TestAddDateline(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		original, copied string
		found            bool
	}{
		{"وادي السرو - رويترز - ", "", true},
		{"وادي السرو - رويترز - ", "بلدة التلال (أ ف ب) - ", true},
		{"وادي السرو - ", "", true},
		{"وادي السرو - ", "وادي السرو – ", true},
		{"وادي السرو - ", "بلدة التلال - ", false},
		{"قالت سلمى لنا - وهي من التجار - ", "قال مروان لنا - وهي من التجار - ", false},
		{"وادي السرو 5 أيار (رويترز) - ", "وادي السرو 6 أيار (رويترز) - ", false},
	} {
		x := near.New(near.Config{})
		x.Add("original", read(t, wireTitle, tc.original+wireText))
		if _, found := x.Add("copy", read(t, wireTitle, tc.copied+wireText)); found != tc.found {
			t.Errorf("%q after %q: %v, want %v", tc.copied, tc.original, found, tc.found)
		}
	}
}

// numbered is an invented article of its own.
func numbered(n int) near.Article {
	var text strings.Builder
	for i := range 15 {
		fmt.Fprintf(&text, "قال المتحدث رقم %d إن البند %d من الخطة %d يخص الطرق والمدارس والأسواق والحدائق في المدينة، وإن العمل فيه يبدأ قريباً بعد موافقة المجلس عليه. ", i, i*7, n)
	}
	return near.Of(clean.Article{Paragraphs: []clean.Paragraph{{ID: 1, Text: text.String()}}})
}

func TestIndexForgetsTheOldest(t *testing.T) {
	t.Parallel()
	x := near.New(near.Config{Limit: 3})
	for n := range 5 {
		if m, found := x.Add(fmt.Sprint("article-", n), numbered(n)); found {
			t.Fatalf("article %d is a copy of %s", n, m.ID)
		}
	}
	if x.Len() != 3 {
		t.Errorf("%d articles are remembered, want 3", x.Len())
	}
	for n, want := range map[int]bool{0: false, 4: true} {
		if m, found := x.Add("again", numbered(n)); found != want || found && m.ID != fmt.Sprint("article-", n) {
			t.Errorf("article %d again: %+v, %v", n, m, found)
		}
	}
	if _, found := x.Add("article-4", numbered(4)); found {
		t.Error("an article is a copy of itself")
	}
}

func TestThreshold(t *testing.T) {
	t.Parallel()
	original, copied := read(t, wireTitle, wireText), read(t, wireTitle, wireLead+"\n"+wireBody)
	share := float64(copied.Words) / float64(original.Words)
	for _, threshold := range []float64{share - 0.01, share + 0.01} {
		x := near.New(near.Config{Threshold: threshold})
		x.Add("original", original)
		m, found := x.Add("copy", copied)
		if found != (threshold < share) || found && m.Similarity != share {
			t.Errorf("threshold %.3f: %+v, %v; the copy has %.3f", threshold, m, found, share)
		}
	}
	for _, bad := range []near.Config{{Threshold: 1.1}, {Threshold: -1}, {Limit: -1}} {
		if bad.Validate() == nil {
			t.Errorf("%+v is valid", bad)
		}
	}
}

func TestArticleWithoutSentences(t *testing.T) {
	t.Parallel()
	x := near.New(near.Config{})
	long := near.Of(clean.Article{Paragraphs: []clean.Paragraph{{ID: 1, Text: strings.Repeat("جملة واحدة. ", near.MaxSentences+1)}}})
	for _, a := range []near.Article{{}, near.Of(clean.Article{}), long} {
		if _, found := x.Add("a", a); found || x.Len() != 0 || a.Covers(a) {
			t.Errorf("%d sentences: found %v, %d remembered", len(a.Marks()), found, x.Len())
		}
	}
}

func TestEncode(t *testing.T) {
	t.Parallel()
	a := read(t, wireTitle, "الأناضول\n"+wireText)
	b, err := near.Decode(a.Encode())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(a.Paragraphs, b.Paragraphs, cmp.Transformer("empty", func(m []near.Mark) []near.Mark { return append([]near.Mark{}, m...) })); diff != "" {
		t.Error(diff)
	}
	if !b.Covers(a) || len(b.Marks()) != 7 {
		t.Errorf("%d marks, covers itself: %v", len(b.Marks()), b.Covers(a))
	}
	for _, bad := range [][]string{{"abc"}, {"AAAAAAA"}, {"????????"}, {strings.Repeat("AAAAAAAA", near.MaxSentences), "AAAAAAAA"}} {
		if _, err := near.Decode(bad); err == nil {
			t.Errorf("%.20q is read", bad)
		}
	}
}

func TestPlace(t *testing.T) {
	t.Parallel()
	original := read(t, wireTitle, wireText)
	split := read(t, wireTitle, strings.Replace(wireText, "أسبوعين. ", "أسبوعين.\n", 1))
	trimmed := read(t, wireTitle, wireLead+"\n"+wireBody)
	for _, tc := range []struct {
		name      string
		paragraph int
		copied    near.Article
		want      []int
	}{
		{"the same", 0, original, []int{0}},
		{"cut in two", 1, split, []int{1, 2}},
		{"behind the cut", 2, split, []int{3}},
		{"left out", 4, trimmed, nil},
		{"beyond the article", 5, original, nil},
		{"none", -1, original, nil},
	} {
		if diff := cmp.Diff(tc.want, original.Place(tc.paragraph, tc.copied)); diff != "" {
			t.Errorf("%s:\n%s", tc.name, diff)
		}
	}
}

func FuzzOf(f *testing.F) {
	f.Add(wireTitle, wireText)
	f.Add("", "(رويترز) - ")
	f.Add("5", "- (\xff/ -5%؟\n\n--")
	f.Fuzz(func(t *testing.T, title, text string) {
		a := near.Of(clean.Article{Title: title, Paragraphs: []clean.Paragraph{{ID: 1, Text: text}, {ID: 2, Text: text}}})
		b, err := near.Decode(a.Encode())
		if err != nil {
			t.Fatal(err)
		}
		if len(a.Marks()) > 0 && !a.Covers(b) {
			t.Error("an article does not cover itself")
		}
	})
}

// BenchmarkOf reads an article of 5.5 KB.
func BenchmarkOf(b *testing.B) {
	var a clean.Article
	for i := range 5 {
		text := fmt.Sprintf("الفقرة %d. ", i) + strings.Repeat("وقالت رئيسة المجلس سلمى الزيتوني إن العمل يبدأ خلال أسبوعين، وإن 130 تاجراً وافقوا على الخطة. ", 6)
		a.Paragraphs = append(a.Paragraphs, clean.Paragraph{ID: i + 1, Text: text})
	}
	b.SetBytes(int64(len(a.Text())))
	b.ReportAllocs()
	for b.Loop() {
		near.Of(a)
	}
}

// BenchmarkIndex adds 100,000 articles of 16 sentences, and says what each takes.
func BenchmarkIndex(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 2))
	for b.Loop() {
		before := heap()
		x := near.New(near.Config{})
		for n := range near.DefaultLimit {
			a := near.Article{Words: 400, Paragraphs: make([][]near.Mark, 1)}
			for range 16 {
				a.Paragraphs[0] = append(a.Paragraphs[0], near.Mark(rng.Uint64()>>16))
			}
			x.Add(fmt.Sprintf("archive-row-%020d", n), a)
		}
		b.ReportMetric(float64(heap()-before)/near.DefaultLimit, "B/article")
		runtime.KeepAlive(x)
	}
}

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
