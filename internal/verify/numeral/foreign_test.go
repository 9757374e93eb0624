package numeral

import (
	"slices"
	"testing"
)

// has reports whether the evidence of text has want among its readings.
func has(t *testing.T, lang Language, text, want string) {
	t.Helper()
	var got []string
	for _, q := range Evidence(nil, text, lang) {
		got = append(got, show(q))
	}
	if !slices.Contains(got, want) {
		t.Errorf("%s: readings are %v, want %s among them", text, got, want)
	}
}

func TestForeignNumberWords(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		lang Language
		want map[string]string
	}{
		"french": {LanguageFrench, map[string]string{
			"quatre-vingt-dix-sept ouvriers":       "97",
			"soixante et onze ponts":               "71",
			"soixante-dix-huit":                    "78",
			"trois cent vingt-cinq mille arbres":   "325000",
			"2,5 milliards d'euros":                "2500000000",
			"deux millions et demi":                "2500000",
			"vingt et un pour cent":                "21 percent",
			"10 000 lampes":                        "10000",
			"le XIXe siècle":                       "19th",
			"un quart des maisons":                 "0.25 part",
			"le quintuple champion des jardiniers": "5",
		}},
		"spanish": {LanguageSpanish, map[string]string{
			"treinta y dos molinos":              "32",
			"dos mil quinientos millones":        "2500000000",
			"mil millones de pesos":              "1000000000",
			"veintitrés por ciento":              "23 percent",
			"ciento cuarenta y siete barcas":     "147",
			"un millón doscientas mil naranjas":  "1200000",
			"1.500 lámparas":                     "1500",
			"el siglo XXI":                       "21th",
			"la mitad de los pozos":              "0.5 part",
			"tres millones y medio de ladrillos": "3500000",
		}},
		"german": {LanguageGerman, map[string]string{
			"siebenundzwanzig Brücken":         "27",
			"zweihundertfünfunddreißig Lampen": "235",
			"dreitausendvierhundert Bäume":     "3400",
			"der fünfzehnjährige Gärtner":      "15",
			"zweieinhalb Stunden":              "2.5",
			"zwei Drittel der Häuser":          "0.6666666667 part",
			"1,8 Milliarden Euro":              "1800000000",
			"achtundvierzig Prozent":           "48 percent",
			"die zwölfte Brücke":               "12",
			"sechzehn Millionen":               "16000000",
			"ein Drittel":                      "0.3333333333 part",
			"fünfundzwanzigste":                "25",
			"eine Million zweihunderttausend":  "1200000",
			"neunundneunzig":                   "99",
		}},
		"russian": {LanguageRussian, map[string]string{
			"двадцать семь мостов":             "27",
			"триста сорок пять тысяч деревьев": "345000",
			"2,5 млрд рублей":                  "2500000000",
			"пятнадцатилетний садовник":        "15",
			"двадцатипятилетие":                "25",
			"25-тысячная толпа":                "25000",
			"сорок восемь процентов":           "48 percent",
			"полтора миллиона":                 "1500000",
			"XXI век":                          "21th",
			"треть домов":                      "0.3333333333 part",
			"пяти колодцев":                    "5",
		}},
		"turkish": {LanguageTurkish, map[string]string{
			"yirmi yedi köprü":             "27",
			"on iki lamba":                 "12",
			"yüzde elli sekizi":            "58 percent",
			"üç yüz kırk beş bin ağaç":     "345000",
			"2,5 milyar lira":              "2500000000",
			"iki buçuk milyon":             "2500000",
			"yirmibeş":                     "25",
			"beşinci köprü":                "5",
			"%30":                          "30 percent",
			"bahçıvanların üçte biri altı": "6",
		}},
		"persian": {LanguagePersian, map[string]string{
			"سی و دو درصد":         "32 percent",
			"بیست‌وپنج پل":         "25",
			"پنجاه وهشت چراغ":      "58",
			"سیصد و چهل هزار درخت": "340000",
			"۲٫۵ میلیارد":          "2500000000",
			"۱۳۴۰ کارگر":           "1340",
			"هفدهمین پل":           "17",
			"۱۱ بیلیونی":           "1.1e+10",
			"سه دهه":               "3 decades",
			"دو میلیون و نیم":      "2500000",
		}},
		"urdu": {LanguageUrdu, map[string]string{
			"پینتیس پل":     "35",
			"دو لاکھ درخت":  "200000",
			"ساڑھے تین سو":  "350",
			"37$ ارب":       "3.7e+10",
			"12 کروڑ":       "120000000",
			"اٹھاون فیصد":   "58 percent",
			"۴۵ چراغ":       "45",
			"ڈیڑھ لاکھ گھر": "150000",
		}},
		"hindi": {LanguageHindi, map[string]string{
			"अड़तीस पुल":              "38",
			"दो लाख पचास हजार पेड़":   "250000",
			"साढ़े तीन करोड़":         "35000000",
			"१२,३४,५६७ दीपक":          "1234567",
			"अठावन प्रतिशत":           "58 percent",
			"डेढ़ लाख":                "150000",
			"तीन सौ पैंतालीस दीपक":    "345",
			"१२.५ फीसदी":              "12.5 percent",
			"पांचवें पुल पर":          "5",
			"एक तिहाई घर और दो हज़ार": "2000",
		}},
		"hebrew": {LanguageHebrew, map[string]string{
			"עשרים וחמישה גשרים":      "25",
			"חמש עשרה מנורות":         "15",
			"שלוש מאות ארבעים ושתיים": "342",
			"אלפיים עצים":             "2000",
			"2.5 מיליארד":             "2500000000",
			"ובשבעה בתים":             "7",
			"מאתיים אלף":              "200000",
			"שלושים אחוזים":           "30 percent",
			"מחצית הבתים":             "0.5 part",
		}},
		"chinese": {LanguageChinese, map[string]string{
			"三千五百盏灯":  "3500",
			"一百二十万棵树": "1200000",
			"1.2亿元":   "120000000",
			"二〇一九年":   "2019",
			"百分之三十五":  "35 percent",
			"三分之一的房屋": "0.3333333333 part",
			"第十七座桥":   "17",
			"25万盏":    "250000",
			"两座桥":     "2",
			"二点五亿":    "250000000",
		}},
		"pashto": {LanguagePashto, map[string]string{
			"اته پنځوس پلونه": "58",
			"اتلسمه ډیوه":     "18",
			"۲ میلیارده":      "2000000000",
			"دوه زره ونې":     "2000",
		}},
		"kurdish": {LanguageKurdish, map[string]string{
			"پەنجا و هەشت پرد":   "58",
			"حەڤدەیەمین پرد":     "17",
			"٢ میلیارد دار":      "2000000000",
			"شەش چرا":            "6",
			"سێسەد هەزار دار":    "300000",
			"دوازدەهەمی هەمان":   "12",
			"پێنج ملیۆن و یەکێک": "5000000",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for text, want := range tc.want {
				has(t, tc.lang, text, want)
			}
		})
	}
}

// TestForeignWordsThatAreNoNumbers holds back words that only look like numbers.
func TestForeignWordsThatAreNoNumbers(t *testing.T) {
	t.Parallel()
	for text, lang := range map[string]Language{
		"Der Vierwaldstättersee liegt da": LanguageGerman,
		"Семья ушла домой":                LanguageRussian,
		"Le jardinier dort":               LanguageFrench,
		"园丁在睡觉":                           LanguageChinese,
		"באגדה יש גן":                     LanguageHebrew,
	} {
		if got := Evidence(nil, text, lang); len(got) > 0 {
			t.Errorf("%s is read as %v", text, show(got[0]))
		}
	}
}
