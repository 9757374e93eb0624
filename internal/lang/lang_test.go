package lang_test

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/mujaz/mujaz/internal/lang"
)

func TestDetect(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, text, want string }{
		{"empty", "", ""},
		{"digits and punctuation", "12:30 – 45 %", ""},
		{"invalid UTF-8", "\xff\xfe\xfd", ""},
		{"Arabic", "افتتح وزير النقل محطة القطار الجديدة في مدينة الزهراء صباح الأحد.", "ar"},
		{"Arabic headline", "أمطار غزيرة على الساحل", "ar"},
		{"Arabic without distinctive letters", "سفر محمد", "ar"},
		{"Arabic with Latin names", "قالت شركة Blue Harbor إن منصة OpenDock ستعمل في الربيع المقبل", "ar"},
		{"Arabic with Iraqi gaf", "قال الشيخ گاطع إن أهالي الگرمة عادوا إلى بيوتهم بعد إعادة الكهرباء", "ar"},
		{"Arabic presentation forms", "ﺍﻟﺴﻼﻡ ﻋﻠﻴﻜﻢ", "ar"},
		{"Persian", "وزیر راه گفت پل تازه رودخانه تا پایان پاییز گشایش می‌یابد.", "fa"},
		{"Persian typed with Arabic yeh and kaf", "وزير راه گفت پل تازه رودخانه تا پايان پاييز گشايش مي‌يابد و چند هزار نفر از آن مي‌گذرند", "fa"},
		{"Urdu", "وزیر اعلیٰ نے کہا ہے کہ نئے ہسپتال کا افتتاح اگلے ماہ ہوگا۔", "ur"},
		{"Pashto", "د ښاروالۍ رییس وویل چې نوی پل به په راتلونکې میاشت کې پرانیستل شي.", "ps"},
		{"Sorani", "سەرۆکی شارەوانی ڕایگەیاند کە پردە نوێیەکە مانگی داهاتوو دەکرێتەوە.", "ckb"},
		{"Uyghur", "شەھەر باشلىقى يېڭى كۆۋرۈكنىڭ كېلەر ئايدا ئېچىلىدىغانلىقىنى ئېيتتى.", "ug"},
		{"Hebrew", "ראש העירייה אמר כי הגשר החדש ייפתח בחודש הבא.", "he"},
		{"Japanese", "市長は新しい橋が来月開通すると述べた。", "ja"},
		{"Chinese", "市长表示，新桥将于下月开通。", "zh"},
		{"Korean", "시장은 새 다리가 다음 달에 개통된다고 말했다.", "ko"},
		{"Hindi", "महापौर ने कहा कि नया पुल अगले महीने खुलेगा और लोगों को राहत मिलेगी।", "hi"},
		{"Greek", "Ο δήμαρχος είπε ότι η νέα γέφυρα θα ανοίξει τον επόμενο μήνα.", "el"},
		{"Thai", "นายกเทศมนตรีกล่าวว่าสะพานใหม่จะเปิดเดือนหน้า", "th"},
		{"English", "The mayor said the new bridge will open next month after two years of work.", "en"},
		{"English headline", "Flood waters reach the old town of Marrin", "en"},
		{"English with Arabic names in Arabic script", "The minister (وزير النقل) said that the port of Zahra will be closed for two weeks.", "en"},
		{"French", "Le maire a déclaré que le nouveau pont ouvrira dans les prochaines semaines avec une voie pour les bus.", "fr"},
		{"German", "Der Bürgermeister sagte, die neue Brücke werde im nächsten Monat für den Verkehr geöffnet.", "de"},
		{"Spanish", "El alcalde dijo que el nuevo puente abrirá el próximo mes y que las obras costaron más.", "es"},
		{"Turkish", "Belediye başkanı yeni köprünün gelecek ay açılacağını ve trafiğin rahatlayacağını söyledi.", "tr"},
		{"Russian", "Мэр заявил, что новый мост откроется в следующем месяце после ремонта.", "ru"},
		{"Ukrainian", "Мер заявив, що новий міст відкриється наступного місяця після ремонту.", "uk"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			got := lang.Detect(tc.text)
			if got.Code != tc.want {
				t.Errorf("Detect = %+v, want %q", got, tc.want)
			}
			if got.Code == "" != (got.Confidence == 0) {
				t.Errorf("Detect = %+v: code and confidence disagree", got)
			}
		})
	}
}

func TestDetectSamplesTheWholeText(t *testing.T) {
	t.Parallel()
	arabic := strings.Repeat("قال المتحدث إن الطريق السريع سيغلق أسبوعين للصيانة. ", 2000)
	if got := lang.Detect("Breaking news. " + arabic); got.Code != "ar" {
		t.Errorf("Arabic article with an English opening: %+v", got)
	}
	english := strings.Repeat("The speaker said that the road will be closed for repairs. ", 2000)
	if got := lang.Detect("عاجل " + english); got.Code != "en" {
		t.Errorf("English article with an Arabic opening: %+v", got)
	}
}

func TestShortTextLowersConfidence(t *testing.T) {
	t.Parallel()
	short, long := lang.Detect("في"), lang.Detect("في هذا الموسم زرع الفلاحون القمح والشعير في السهول")
	if short.Confidence >= long.Confidence || long.Confidence < 0.8 {
		t.Errorf("short %+v, long %+v", short, long)
	}
}

func TestCount(t *testing.T) {
	t.Parallel()
	l := lang.Count("ab مـرحبًا 12، שלום 漢")
	want := map[lang.Script]int{lang.Latin: 2, lang.Arabic: 5, lang.Hebrew: 4, lang.Han: 1}
	for s, n := range want {
		if l.ByScript[s] != n {
			t.Errorf("script %d: %d letters, want %d", s, l.ByScript[s], n)
		}
	}
	if l.Total != 12 {
		t.Errorf("Total = %d, want 12", l.Total)
	}
	if got := l.Share(lang.Hebrew); got < 0.33 || got > 0.34 {
		t.Errorf("Share(Hebrew) = %v", got)
	}
	if s, n := l.Dominant(); s != lang.Arabic || n != 5 {
		t.Errorf("Dominant = %v, %d", s, n)
	}
	if got := (lang.Letters{}).Share(lang.Latin); got != 0 {
		t.Errorf("Share of nothing = %v", got)
	}
}

func TestIsRTL(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]bool{"ar": true, "fa": true, "ur": true, "ckb": true, "he": true, "en": false, "": false, "tr": false} {
		if got := lang.IsRTL(code); got != want {
			t.Errorf("IsRTL(%q) = %v", code, got)
		}
	}
}

// TestCorpusLanguages measures whole articles and single sentences in sixteen languages.
func TestCorpusLanguages(t *testing.T) {
	t.Parallel()
	corpora := os.Getenv("MUJAZ_CORPORA")
	if corpora == "" {
		t.Skip("MUJAZ_CORPORA is not set: the corpora are local only and not part of the project")
	}
	// Dari is written Persian, Hassaniya here is written close to standard Arabic.
	same := map[string]string{"prs": "fa", "mey": "ar"}
	var docs, docsRight, lines, linesRight int
	confused := map[string]int{}
	for _, file := range []string{"ar", "en", "other_langs"} {
		f, err := os.Open(filepath.Join(corpora, "ntrex_parallel_news", file+".share.jsonl"))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		in := bufio.NewScanner(f)
		in.Buffer(nil, 1<<20)
		for in.Scan() {
			var doc struct{ Lang, Text string }
			if err := json.Unmarshal(in.Bytes(), &doc); err != nil {
				t.Fatal(err)
			}
			want := doc.Lang
			if s, ok := same[want]; ok {
				want = s
			}
			docs++
			if lang.Detect(doc.Text).Code == want {
				docsRight++
			}
			for line := range strings.SplitSeq(doc.Text, "\n") {
				lines++
				if got := lang.Detect(line).Code; got == want {
					linesRight++
				} else {
					confused[want+">"+got]++
				}
			}
		}
	}
	t.Logf("articles %d of %d, sentences %d of %d", docsRight, docs, linesRight, lines)
	t.Logf("confused sentences: %v", confused)
	if docsRight < docs*99/100 {
		t.Errorf("articles right: %d of %d", docsRight, docs)
	}
	if linesRight < lines*98/100 {
		t.Errorf("sentences right: %d of %d", linesRight, lines)
	}
}

func FuzzDetect(f *testing.F) {
	f.Add("قال الوزير")
	f.Add("\xd9")
	f.Add(strings.Repeat("é\xcc", 900))
	f.Fuzz(func(t *testing.T, text string) {
		g, again := lang.Detect(text), lang.Detect(text)
		if g != again {
			t.Errorf("two answers: %+v, %+v", g, again)
		}
		if g.Confidence < 0 || g.Confidence > 1 || !utf8.ValidString(g.Code) {
			t.Errorf("out of range: %+v", g)
		}
		if l := lang.Count(text); l.Total < 0 || l.Total > utf8.RuneCountInString(text) {
			t.Errorf("%d letters", l.Total)
		}
	})
}

func BenchmarkDetect(b *testing.B) {
	for name, text := range map[string]string{
		"arabic-6kB":  strings.Repeat("قال المتحدث إن الطريق السريع سيغلق أسبوعين للصيانة. ", 65),
		"english-6kB": strings.Repeat("The speaker said that the road will be closed for repairs. ", 100),
		"polish-6kB":  strings.Repeat("Burmistrz powiedział, że nowy most zostanie otwarty w przyszłym miesiącu. ", 80),
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				lang.Detect(text)
			}
		})
	}
}
