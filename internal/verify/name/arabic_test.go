package name

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestArabicClaims holds the names of an Arabic text against an Arabic source.
func TestArabicClaims(t *testing.T) {
	t.Parallel()
	const source = "قال السفير السويدي يوهان بيرغستروم في القاهرة إن حركة حماس ترحب بالخطة. ويعمل المهندس سليم الحداد في بلدة تلبيسة."
	for text, want := range map[string]map[string]Outcome{
		"رحب السفير السويدي بالخطة":              {"السويدي": Found},
		"رحب السفير النرويجي بالخطة":             {"النرويجي": Absent},
		"زار السفير مصر":                         {"مصر": Found},
		"زار السفير لبنان وسوريا":                {"لبنان": Absent, "وسوريا": Absent},
		"رحب الفلسطينيون بالخطة":                 {"الفلسطينيون": Unknown},
		"قال السيد بيرغستروم ذلك":                {"بيرغستروم": Found},
		"قال السيد برغستروم ذلك":                 {"برغستروم": Found},
		"قال السيد كاستيلانو ذلك":                {"كاستيلانو": Absent},
		"وصلوا إلى مدينة كبيرة وإلى بلدة غندورا": {"غندورا": Absent},
		"توجه إلى عمان":                          {"عمان": Absent},
		"تركيزه مالي ومصرعه مجرد حلم":            {},
	} {
		src := NewSource(wordsOf(source), Arabic)
		words := wordsOf(text)
		got := map[string]Outcome{}
		for _, c := range src.ArabicClaims(nil, words) {
			got[text[words.List[c.First].Start:words.List[c.Last].End]] = c.Outcome
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", text, diff)
		}
	}
}
