package verify

import (
	"strings"
	"testing"
)

// TestSaysNothing holds that a summary must tell something of its article, in
// the form of its style.
func TestSaysNothing(t *testing.T) {
	t.Parallel()
	short := Source{Language: "ar", Paragraphs: []Paragraph{{1, "افتتحت البلدية حديقة جديدة."}}}
	lines := Source{Language: "ar", Paragraphs: []Paragraph{
		{1, "عاد الهدوء إلى بلدة تل الزعفران صباح الأحد."}, {2, "وقالت البلدية إن السوق فتح أبوابه."}, {3, "وعاد التلاميذ إلى مدرستهم."},
	}}
	chinese := Source{Language: "zh", Paragraphs: []Paragraph{
		{1, strings.Repeat("市政府星期天宣布桥梁将重新开放。", 3)}, {2, "居民表示欢迎。"}, {3, "学校也将恢复上课。"},
	}}
	points := []KeyPoint{
		{"The Blue Valley dam opens in two weeks.", []int{1}}, {"The work took seven and a half years.", []int{2}},
	}
	for _, tc := range []struct {
		name, style string
		src         Source
		out         Output
		check       string
		want        Verdict
	}{
		{"one word", "", article(), Output{Summary: "Calm."}, CheckLength, Fail},
		{"one word, brief", "brief", article(), Output{Summary: "Calm."}, CheckLength, Fail},
		{"one word, standard", "standard", article(), Output{Summary: "Calm."}, CheckLength, Fail},
		{"one word, headline", "headline", article(), Output{Headline: "Calm", Summary: "Calm."}, CheckLength, Fail},
		{"one word, three short paragraphs", "", lines, Output{Summary: "Calm."}, CheckLength, Fail},
		{"one word, no spaces", "brief", chinese, Output{Summary: "Calm."}, CheckLength, Fail},
		{"one word again and again", "brief", article(), Output{Summary: "Calm, calm, calm. Calm! Calm: calm."}, CheckEvasive, Fail},
		{"points do not carry a brief", "brief", article(), Output{Summary: "Calm.", KeyPoints: points}, CheckLength, Fail},
		{"points carry bullets", "bullets", article(), Output{Summary: "Dam opens soon.", KeyPoints: points}, CheckLength, Pass},
		{"bullets without points", "bullets", article(), Output{Summary: "A dam opens soon."}, CheckLength, Fail},
		{"one sentence, standard", "standard", article(), Output{Summary: "The Blue Valley dam opens in two weeks."}, CheckLength, Fail},
		{"two sentences of a short article, standard", "standard", article(), Output{Summary: "The Blue Valley dam opens in two weeks, the irrigation minister said. Some 1,340 workers built it in seven and a half years."}, CheckLength, Pass},
		{"one sentence, brief", "brief", article(), Output{Summary: "The Blue Valley dam opens in two weeks."}, CheckLength, Pass},
		{"headline", "headline", article(), Output{Summary: "Blue Valley dam opens in two weeks."}, CheckLength, Pass},
		{"headline of three words", "headline", article(), Output{Headline: "Valley dam opens"}, CheckLength, Pass},
		{"short source", "standard", short, Output{Summary: "A park opened."}, CheckLength, Pass},
		{"short source, one word", "brief", short, Output{Summary: "Opened."}, CheckLength, Pass},

		{"words that fit all", "brief", article(), Output{Summary: "The article discusses several recent events and provides important details."}, CheckEvasive, Fail},
		{"something happened", "brief", lines, Output{Summary: "According to the report, something has happened in a certain place."}, CheckEvasive, Fail},
		{"headline tells, summary does not", "brief", article(), Output{Headline: "Valley dam opens", Summary: "The article describes the latest developments."}, CheckEvasive, Fail},
		{"only a topic", "", article(), Output{Summary: "This text is about a dam."}, CheckEvasive, Fail},
		{"little, but news", "", article(), Output{Summary: "According to the report, the dam opens soon."}, CheckEvasive, Pass},
		{"numbers", "headline", article(), Output{Summary: "It is said to be 200,000."}, CheckEvasive, Pass},
		{"good", "standard", article(), Output{Summary: goodSummary}, CheckEvasive, Pass},
		{"translation", "", short, Output{Task: Translate, Translation: []TranslatedParagraph{{1, "It is here."}}}, CheckEvasive, Pass},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			report := Run(tc.src, tc.out, Limits{Style: tc.style})
			if got := verdictOf(report, tc.check); got != tc.want {
				t.Errorf("%s is %s, want %s: %+v", tc.check, got, tc.want, report.Failed())
			}
		})
	}
}
