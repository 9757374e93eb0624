package numeral

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func show(q Quantity) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%.10g", q.Value)
	switch q.Kind {
	case Ordinal:
		b.WriteString("th")
	case Fraction:
		b.WriteString(" part")
	case Clock:
		b.WriteString(" o'clock")
	case Decade:
		b.WriteString("s")
	case Name:
		b.WriteString(" name")
	}
	if u := q.Unit.English(2); u != "" {
		b.WriteString(" " + u)
	} else if q.Unit == Money {
		b.WriteString(" money")
	}
	if q.Weak {
		b.WriteString(" weak")
	}
	return b.String()
}

func TestEnglish(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		text string
		want []string
	}{
		{"The blast killed 1,234 people.", []string{"1234 people"}},
		{"He paid $3m for it, or €2.5bn in all.", []string{"3000000 money", "2500000000 money"}},
		{"twenty-five soldiers", []string{"25 people"}},
		{"one hundred and five trucks", []string{"105"}},
		{"two hundred thousand tonnes", []string{"200000 tonnes"}},
		{"three and a half years", []string{"3.5 years"}},
		{"half a million people", []string{"500000 people"}},
		{"two-thirds of the seats", []string{"0.6666666667 part"}},
		{"about 2.5 billion", []string{"2500000000"}},
		{"45 per cent, 46 percent and 47%", []string{"45 percent", "46 percent", "47 percent"}},
		{"the five-time winner", []string{"5 times"}},
		{"30 to 43 percent", []string{"30 percent", "43 percent"}},
		{"in the 1990s", []string{"1990s"}},
		{"the twenty-first century", []string{"21th centuries"}},
		{"on the 5th of March", []string{"5th"}},
		{"at 9:30 p.m. and 8pm", []string{"930 o'clock", "800 o'clock"}},
		{"F-16 jets, COVID-19, a G7 meeting", []string{"16 name weak", "19 name weak", "7 name weak"}},
		{"a 24-hour truce", []string{"24 hours"}},
		{"a 16-year-old", []string{"16 years"}},
		{"the 1950-53 war", []string{"1950", "1953"}},
		{"one of the men came first, then second", []string{"1 weak"}},
		{"dozens, hundreds and thousands of men", nil},
		{"half-time came in a quarter-final", nil},
		{"a dozen eggs", []string{"12"}},
		{"the Big Four banks", []string{"4 weak"}},
		{"12,345,678.9", []string{"12345678.9"}},
		{"three weeks", []string{"3 weeks"}},
		{"", nil},
	} {
		t.Run(tc.text, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, q := range English(nil, tc.text) {
				got = append(got, show(q))
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("quantities (-want +got):\n%s", diff)
			}
		})
	}
}

func TestEvidenceArabic(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		text string
		want string // among the readings
	}{
		{"خمسة وعشرون جنديا", "25 people"},
		{"مئة وثلاثة", "103"},
		{"مائة و ثلاثة و عشرين", "123"},
		{"ثلاثمائة وخمسين ألفا", "350000"},
		{"ثلاث مئة", "300"},
		{"٣ مئة", "300"},
		{"٣/٤ المقاعد", "0.75 part"},
		{"أسبوعين", "2 weeks"},
		{"شهران", "2 months"},
		{"مليونا دولار", "2000000 money"},
		{"مليون و200 ألف شخص", "1200000 people"},
		{"٢٫٥ مليار", "2500000000"},
		{"٢٬٥٠٠", "2500"},
		{"2.500", "2500"},
		{"2.500", "2.5"},
		{"10 000 عامل", "10000 people"},
		{"۱۲۳", "123"},
		{"ثلاثة أرباع", "0.75 part"},
		{"ثلثي الأعضاء", "0.6666666667 part"},
		{"نصف مليون", "500000"},
		{"مليون ونصف المليون", "1500000"},
		{"ثلاث سنوات ونصف", "3.5 years"},
		{"ساعة ونصف", "1.5 hours"},
		{"خمسين في المئة", "50 percent"},
		{"52,59 في المائة", "52.59 percent"},
		{"%12", "12 percent"},
		{"بالثالث عشر", "13th"},
		{"الخامس والعشرين", "25th"},
		{"الساعة الثامنة والنصف", "830 o'clock"},
		{"التسعينيات", "90s"},
		{"خمسطاشر", "15"},
		{"وبثلاثة آلاف", "3000"},
		{"1445 هـ", "2023"},
		{"ألف مليار", "1e+12"},
		{"الأسابيع الثلاثة", "3 weeks"},
		{"إحدى عشرة ساعة", "11 hours"},
		{"بين 30 و43 في المئة", "30 percent"},
		{"٣/١ المقاعد", "0.3333333333 part"},
		{"قمة ثانية", "2th"},
		{"ستون ثانية", "60 seconds"},
		{"أربعة تسعة", "9 weak"},
		{"مئة و ألف ألف", "100 weak"},
		{"خمسة وستة", "5"},
	} {
		t.Run(tc.text, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, q := range Evidence(nil, tc.text, LanguageArabic) {
				got = append(got, show(q))
				if show(q) == tc.want {
					return
				}
			}
			t.Errorf("readings are %v, want %s among them", got, tc.want)
		})
	}
}

func TestNumbersThatDoNotAdd(t *testing.T) {
	t.Parallel()
	for text, not := range map[string]string{
		"خمسة وستة":       "11",
		"في المئة":        "100",
		"واحد":            "0",
		"192.168.1.2":     "192.168",
		"12/05/2019":      "12052019",
		"كتب محمود رسالة": "1",
	} {
		for _, q := range Evidence(nil, text, LanguageArabic) {
			if show(q) == not {
				t.Errorf("%s is read as %s", text, not)
			}
		}
	}
}

func TestSpansCountCodePoints(t *testing.T) {
	t.Parallel()
	text := "قال إن خمسة جنود عادوا بعد أسبوعين"
	runes := []rune(text)
	var got []string
	for _, q := range Evidence(nil, text, LanguageArabic) {
		if !q.Reading {
			got = append(got, string(runes[q.Start:q.End]))
		}
		if string(runes[q.Start:q.End]) != text[q.ByteStart:q.ByteEnd] {
			t.Errorf("code points %d:%d and bytes %d:%d differ", q.Start, q.End, q.ByteStart, q.ByteEnd)
		}
	}
	if diff := cmp.Diff([]string{"خمسة جنود", "أسبوعين"}, got); diff != "" {
		t.Error(diff)
	}
}

func FuzzRead(f *testing.F) {
	for _, s := range []string{"5", "F-16", "1950-53", "خمسة وعشرون", "مليون ونصف", "\xff٥\x80", "9:30 p.m", "and a half", "$3", "10 000 000", "\u202e٣،٤", "1.2.3.4.5.6.7.8.9.10", "½ ৫৬ १२३", "三千五百.二点五亿 百分之三", "zweihundertfünf und quatre-vingt-dix", "سی و دو میلیون ونیم", "साढ़े तीन सौ", "ושלוש מאות", "١,١^٢٣ e٥ ٫٧", "جزء من مئة على ٥", "25799\u202a,\u202a52", "XIXe 0800 555 111"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		n := utf8.RuneCountInString(s)
		var all []Quantity
		for lang := DigitsOnly; lang <= LanguageKurdish; lang++ {
			all = Evidence(all, s, lang)
		}
		all = Arabic(all, s)
		for _, q := range English(all, s) {
			if q.Start < 0 || q.End > n || q.Start > q.End || q.ByteStart < 0 || q.ByteEnd > len(s) || q.ByteStart > q.ByteEnd {
				t.Fatalf("span %d:%d (bytes %d:%d) of a text of %d", q.Start, q.End, q.ByteStart, q.ByteEnd, n)
			}
			if math.IsNaN(q.Value) {
				t.Fatal("a value is not a number")
			}
		}
	})
}

// TestCorpusNumberWords measures how many Arabic number words are read.
func TestCorpusNumberWords(t *testing.T) {
	root := os.Getenv("MUJAZ_CORPORA")
	if root == "" {
		t.Skip("MUJAZ_CORPORA is not set: the measurement needs the corpora, which are not part of the repository")
	}
	data, err := os.ReadFile(filepath.Join(root, "ar_numbers_dates_names", "number_words.share.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	type count struct{ right, all int }
	forms := map[string]*count{}
	for line := range strings.Lines(string(data)) {
		var row struct {
			Value float64 `json:"value"`
			Form  string  `json:"form"`
			Text  string  `json:"text"`
		}
		if err := json.Unmarshal([]byte(line), &row); err != nil {
			t.Fatal(err)
		}
		c := forms[row.Form]
		if c == nil {
			c = &count{}
			forms[row.Form] = c
		}
		c.all++
		want := math.Abs(row.Value)
		if row.Form == "currency" {
			want = math.Floor(want) // the coins are a number of their own
		}
		found := false
		var got []string
		for _, q := range Evidence(nil, row.Text, LanguageArabic) {
			found = found || math.Abs(q.Value-want) < 1e-9*max(want, 1)
			got = append(got, show(q))
		}
		if found {
			c.right++
		} else {
			t.Logf("%s %v: %s read as %v", row.Form, row.Value, row.Text, got)
		}
	}
	right, all := 0, 0
	for form, c := range forms {
		t.Logf("%-20s %d of %d", form, c.right, c.all)
		right, all = right+c.right, all+c.all
	}
	share := float64(right) / float64(all)
	t.Logf("all %d of %d = %.3f", right, all, share)
	if share < 0.98 {
		t.Errorf("%.3f of the number words are read, the floor is 0.98", share)
	}
}

// TestCorpusRecognizers measures numbers inside sentences.
func TestCorpusRecognizers(t *testing.T) {
	root := os.Getenv("MUJAZ_CORPORA")
	if root == "" {
		t.Skip("MUJAZ_CORPORA is not set: the measurement needs the corpora, which are not part of the repository")
	}
	data, err := os.ReadFile(filepath.Join(root, "ar_numbers_dates_names", "recognizers_text_specs.share.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	right, all := 0, 0
	for line := range strings.Lines(string(data)) {
		var row struct {
			Spec        string `json:"spec"`
			Text        string `json:"text"`
			Unsupported bool   `json:"unsupported_by_reference_impl"`
			Expected    []struct {
				Resolution any
			} `json:"expected"`
		}
		if err := json.Unmarshal([]byte(line), &row); err != nil {
			t.Fatal(err)
		}
		if row.Unsupported || !strings.HasPrefix(row.Spec, "Number/Arabic/") || strings.Contains(row.Spec, "Range") {
			continue
		}
		got := Evidence(nil, row.Text, LanguageArabic)
		for _, e := range row.Expected {
			resolution, _ := e.Resolution.(map[string]any)
			value, _ := resolution["value"].(string)
			want, err := strconv.ParseFloat(strings.TrimSuffix(value, "%"), 64)
			if err != nil {
				continue
			}
			all++
			if slices.ContainsFunc(got, func(q Quantity) bool { return math.Abs(q.Value-math.Abs(want)) <= 1e-6*max(math.Abs(want), 1) }) {
				right++
				continue
			}
			var shown []string
			for _, q := range got {
				shown = append(shown, show(q))
			}
			t.Logf("%s: want %s, got %v", row.Text, value, shown)
		}
	}
	share := float64(right) / float64(all)
	t.Logf("numbers in sentences read: %d of %d = %.3f", right, all, share)
	if share < 0.96 {
		t.Errorf("%.3f of the numbers are read, the floor is 0.96", share)
	}
}
