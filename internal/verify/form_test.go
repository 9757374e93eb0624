package verify

import (
	"strings"
	"testing"
)

// TestForm holds checks of the output alone to invented text.
func TestForm(t *testing.T) {
	t.Parallel()
	src := article()
	tail := " The minister spoke to reporters on the eastern bank of the valley."
	for _, tc := range []struct {
		name, check, summary string
		want                 Verdict
	}{
		{"turkish sentence", CheckLanguage, goodSummary + " Bakan yeni barajın iki hafta içinde açılacağını ve köylülerin çok mutlu olduğunu söyledi.", Fail},
		{"german sentence without a stop before it", CheckLanguage, "The dam opens soon” In Talheim werden an allen Schulen nun auch Kurse für die Bauern angeboten.", Fail},
		{"french in quotation marks", CheckLanguage, goodSummary + " « La digue sera ouverte dans deux semaines », a dit le ministre.", Fail},
		{"spanish, one sentence", CheckLanguage, goodSummary + " Los vecinos del valle no están felices con la obra, según dijo ayer el alcalde.", Fail},
		{"foreign headline", CheckLanguage, "Bauern im Blauen Tal warten seit Monaten auf frisches Wasser", Fail},
		{"english headline", CheckLanguage, "Farmers Await Fresh Water, Minister Visits Bernières", Pass},
		{"names with particles", CheckLanguage, "Pedro de la Fuente, Anna von der Heide and Luca di Marco met in Los Robles, El Pinar and La Mesa." + tail, Pass},
		{"accents", CheckLanguage, "José Núñez and Zoë Brontë drank a café crème at Müller's in São Tomé." + tail, Pass},
		{"latin term", CheckLanguage, "The de facto ruler of the valley took a pro rata share of it per capita." + tail, Pass},
		{"list of words", CheckLanguage, "Farmers grow wheat, barley, lentils, chickpeas, sesame, cotton, tobacco, olives." + tail, Pass},
		{"mark without its counterpart", CheckLanguage, `The minister said "the dam opens soon. 水坝很大了 It is ready.` + tail, Fail},
		{"quoted word", CheckLanguage, "They call it «الوادي» or the valley." + tail, Pass},

		{"headline in the text", CheckLooping, "Farmers in the valley will be charged for their water\nFarmers in the valley will be charged for their water from May on, the minister said.", Pass},
		{"same without a break", CheckLooping, "Farmers in the valley will be charged for their water Farmers in the valley will be charged for their water.", Fail},
		{"same, cut off", CheckLooping, "Farmers in the valley will be charged for their water Farmers in the valley will be charged for their water", Fail},
		{"long phrase twice", CheckLooping, "The minister said that farmers in the valley will be charged, that farmers in the valley will be charged, from May.", Fail},
		{"short phrase twice", CheckLooping, "The minister of public works the minister of public works opened it.", Fail},
		{"rhetoric", CheckLooping, `"We will build it, yes, we will build it, yes," he said.`, Pass},
		{"short sentence twice", CheckLooping, "It is big. The dam opens very soon. The dam opens very soon.", Fail},
		{"refrain", CheckLooping, `"Build it now! Build it now!" they sang.`, Pass},
		{"headline again", CheckLooping, "New dam in the Blue Valley opens The minister said that farmers will get water in the spring. It is ready. The minister said that farmers will get water in the spring.", Fail},
		{"quotation again", CheckLooping, "“This plan of the ministry is completely wrong and absurd,” Murad said. It is big. She wrote: “This plan of the ministry is completely wrong and absurd.”", Pass},
		{"score", CheckLooping, "She won 6-3 6-3 6-3 in the village cup.", Pass},

		{"translator", CheckPromptLeak, "The dam opens. You are a news translator. It is big." + tail, Fail},
		{"prompt with another apostrophe", CheckPromptLeak, "The dam opens. Keep the article’s own order of events. It is big." + tail, Fail},

		{"hashtags in a row", CheckResidue, "The dam opens soon. #dam #water" + tail, Fail},
		{"emoji in a row", CheckResidue, "The dam opens soon 🎉🎉." + tail, Fail},
		{"emoji and hashtag at the end", CheckResidue, "The dam opens soon." + tail + " 🌊 #dam", Fail},
		{"one hashtag", CheckResidue, "The #BlueValley campaign welcomed it." + tail, Pass},
		{"one emoji of several characters", CheckResidue, "The firefighter emoji 👩🏽‍🚒 was added." + tail, Pass},
		{"ranks", CheckResidue, "It is #1 #2 and #3 of the list." + tail, Pass},
		{"flag", CheckResidue, "The flag 🇯🇴 was shown." + tail, Pass},
		{"hashtags of a post", CheckResidue, "He wrote: “Water for all! #dam #water.”" + tail, Pass},

		{"five words", CheckLength, "The dam opens next week.", Pass},
	} {
		t.Run(tc.check+"/"+tc.name, func(t *testing.T) {
			t.Parallel()
			report := Run(src, summaryOf(tc.summary), Limits{PromptPhrases: []string{"Keep the article's own order of events"}})
			if got := verdictOf(report, tc.check); got != tc.want {
				t.Errorf("verdict is %s, want %s: %+v", got, tc.want, report.Failed())
			}
		})
	}
}

// TestLengthWithoutSpaces holds that the words of a language without spaces are
// not counted against the English.
func TestLengthWithoutSpaces(t *testing.T) {
	t.Parallel()
	src := Source{Language: "zh", Paragraphs: []Paragraph{{1, strings.Repeat("大坝 将在两周后开放供水。", 50)}}}
	summary := strings.Repeat("The dam will open to supply water in two weeks. ", 20)
	if got := verdictOf(Run(src, summaryOf(summary), Limits{}), CheckLength); got != Pass {
		t.Errorf("got %s, want %s", got, Pass)
	}
	glued := Source{Language: "ar", Paragraphs: []Paragraph{{1, strings.Repeat("سيفتتحالسدالجديدقريبافيشمالالبلاد ويصلالماءإلىالحقولفيالربيع ", 45)}}}
	if got := verdictOf(Run(glued, summaryOf(strings.Repeat("The dam will open to supply water this year. ", 20)), Limits{}), CheckLength); got != Pass {
		t.Errorf("words run together: got %s, want %s", got, Pass)
	}
}
