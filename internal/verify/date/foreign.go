package date

import (
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/mujaz/mujaz/internal/verify/fold"
)

// Lang is a language, beside Arabic and English, whose dates are read.
type Lang uint8

// The languages.
const (
	NoLang Lang = iota
	French
	Spanish
	German
	Russian
	Turkish
	Persian
	Urdu
	Hindi
	Hebrew
	Chinese
)

// calendar holds the names of one language, months from January and weekdays
// from Sunday on; a name that ends in "*" is the beginning of its forms, "_"
// joins two words. Own compilation; the names are those of CLDR.
type calendar struct {
	months   [12]string
	weekdays [7]string
	relative string // days told from today; which one does not matter
	words    string // names that are ordinary words: months only beside a number
	other    string // months of another calendar, whose days are not converted
	prefixes string // letters that are written onto a name
}

var calendars = map[Lang]calendar{
	French: {
		months:   [12]string{"janvier janv", "février fév", "mars", "avril", "mai", "juin", "juillet", "août", "septembre sept", "octobre oct", "novembre nov", "décembre déc"},
		weekdays: [7]string{"dimanche*", "lundi*", "mardi*", "mercredi*", "jeudi*", "vendredi*", "samedi*"},
		words:    "mars sept",
		relative: "hier demain avant-hier surlendemain lendemain veille",
	},
	Spanish: {
		months:   [12]string{"enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre setiembre", "octubre", "noviembre", "diciembre"},
		weekdays: [7]string{"domingo*", "lunes", "martes", "miércoles", "jueves", "viernes", "sábado*"},
		relative: "ayer anteayer mañana",
	},
	German: {
		months:   [12]string{"januar* jänner jan", "februar* feb", "märz*", "april*", "mai", "juni*", "juli*", "august*", "september*", "oktober*", "november*", "dezember*"},
		weekdays: [7]string{"sonntag*", "montag*", "dienstag*", "mittwoch*", "donnerstag*", "freitag*", "samstag* sonnabend*"},
		relative: "gestern* vorgestern übermorgen",
	},
	Russian: {
		months:   [12]string{"январ*", "феврал*", "март марта марте мартом мартовск*", "апрел*", "май мая мае майск*", "июн*", "июл*", "август августа августе августовск*", "сентябр*", "октябр*", "ноябр*", "декабр*"},
		weekdays: [7]string{"воскресень* воскресн*", "понедельник*", "вторник*", "среда среду среды", "четверг*", "пятниц*", "суббот*"},
		relative: "вчера вчерашн* завтра позавчера",
	},
	Turkish: {
		months:   [12]string{"ocak*", "şubat*", "mart marta martta martın", "nisan*", "mayıs*", "haziran*", "temmuz*", "ağustos*", "eylül*", "ekim ekimde ekimin ekime", "kasım*", "aralık*"},
		weekdays: [7]string{"pazar pazarı pazara pazardan", "pazartesi*", "salı", "çarşamba*", "perşembe*", "cuma cumaya cumadan cumanın", "cumartesi*"},
		relative: "dün dünkü yarın yarınki",
		words:    "ocak mart ekim pazar",
	},
	Persian: {
		months:   [12]string{"ژانویه جنوری ژانویهٔ", "فوریه فبروری فوریهٔ", "مارس مارچ", "آوریل اپریل آپریل", "مه می مهٔ", "ژوئن جون ژوئیهٔ_اول", "ژوئیه جولای ژوییه", "اوت آگوست اگست آگست", "سپتامبر سپتمبر", "اکتبر اکتوبر", "نوامبر نومبر", "دسامبر دسمبر"},
		weekdays: [7]string{"یکشنبه یک_شنبه", "دوشنبه دو_شنبه", "سهشنبه سه_شنبه", "چهارشنبه چهار_شنبه", "پنجشنبه پنج_شنبه", "جمعه", "شنبه"},
		relative: "دیروز فردا دیشب",
		words:    "می مه جون تیر مهر آذر دی حمل ثور اسد میزان قوس جدی دلو حوت",
		other:    "فروردین اردیبهشت خرداد تیر مرداد شهریور مهر آبان آذر دی بهمن اسفند حمل ثور جوزا سرطان اسد سنبله میزان عقرب قوس جدی دلو حوت",
	},
	Urdu: {
		months:   [12]string{"جنوری", "فروری", "مارچ", "اپریل", "مئی", "جون", "جولائی", "اگست", "ستمبر", "اکتوبر", "نومبر", "دسمبر"},
		weekdays: [7]string{"اتوار", "پیر سوموار", "منگل", "بدھ", "جمعرات", "جمعہ جمعے", "ہفتہ ہفتے سنیچر"},
		relative: "کل پرسوں",
	},
	Hindi: {
		months:   [12]string{"जनवरी", "फरवरी फ़रवरी", "मार्च", "अप्रैल", "मई", "जून", "जुलाई", "अगस्त", "सितंबर सितम्बर", "अक्टूबर अक्तूबर", "नवंबर नवम्बर", "दिसंबर दिसम्बर"},
		weekdays: [7]string{"रविवार इतवार", "सोमवार", "मंगलवार", "बुधवार", "गुरुवार बृहस्पतिवार वीरवार गुरूवार", "शुक्रवार", "शनिवार"},
		relative: "कल परसों",
	},
	Hebrew: {
		months: [12]string{"ינואר", "פברואר", "מרץ מרס", "אפריל", "מאי", "יוני", "יולי", "אוגוסט", "ספטמבר", "אוקטובר", "נובמבר", "דצמבר"},
		weekdays: [7]string{
			"יום_ראשון ימי_ראשון ראשון_בערב יום_א", "יום_שני ימי_שני יום_ב", "יום_שלישי ימי_שלישי יום_ג", "יום_רביעי ימי_רביעי יום_ד",
			"יום_חמישי ימי_חמישי יום_ה", "יום_שישי ימי_שישי יום_ששי יום_ו", "יום_שבת ימי_שבת שבת מוצש",
		},
		relative: "אתמול מחר אמש מחרתיים",
		prefixes: "והבלכמש",
	},
}

// foreignLexicon finds the names of one language by folded words.
type foreignLexicon struct {
	words    map[string]entry
	stems    map[string]entry // the beginnings of words
	begins   map[string]bool  // first words of two
	longest  int
	prefixes string
}

// maxEnding bounds the bytes behind the stem of a name.
const maxEnding = 14

var foreignLexicons = sync.OnceValue(func() map[Lang]*foreignLexicon {
	all := make(map[Lang]*foreignLexicon, len(calendars))
	for lang, c := range calendars {
		l := &foreignLexicon{words: map[string]entry{}, stems: map[string]entry{}, begins: map[string]bool{}, prefixes: c.prefixes}
		for i, names := range c.months {
			l.add(names, c.words, entry{kind: Month, value: int8(i + 1)})
		}
		for i, names := range c.weekdays {
			l.add(names, c.words, entry{kind: Weekday, value: int8(i)})
		}
		l.add(c.relative, "", entry{kind: Relative, value: -1})
		l.add(c.other, c.words, entry{kind: HijriMonth, value: 1})
		all[lang] = l
	}
	return all
})

func foldForeign(dst []byte, s string) []byte {
	for _, c := range s {
		if c == '\'' || c == '’' {
			break // the case endings of Turkish names
		}
		dst = fold.Append(dst, c)
	}
	return dst
}

func (l *foreignLexicon) add(names, words string, e entry) {
	for name := range strings.FieldsSeq(names) {
		e.weak = strings.Contains(" "+words+" ", " "+name+" ")
		name, stem := strings.CutSuffix(name, "*")
		first, second, two := strings.Cut(name, "_")
		key := string(foldForeign(nil, first))
		if two {
			l.begins[key] = true
			key += " " + string(foldForeign(nil, second))
		}
		if stem {
			l.stems[key] = e
		} else if _, taken := l.words[key]; !taken {
			l.words[key] = e
		}
		l.longest = max(l.longest, len(key))
	}
}

// wordAt gives the whole word that begins with word i, whose letters package
// fold may have set apart at marks, and the index behind it.
func wordAt(words *fold.Words, texts func(part int) string, i int) (string, int) {
	x := &words.List[i]
	text := texts(int(x.Part))
	end, next := int(x.End), i+1
	for end < len(text) {
		c, size := utf8.DecodeRuneInString(text[end:])
		if c < 0x80 || !unicode.IsLetter(c) && !unicode.IsMark(c) && !fold.IsSilent(c) {
			break
		}
		end += size
	}
	for next < len(words.List) && words.List[next].Part == x.Part && int(words.List[next].Start) < end {
		next++
	}
	return text[x.Start:end], next
}

// find looks up word i, alone and with the next, and gives the index behind it.
func (l *foreignLexicon) find(words *fold.Words, texts func(part int) string, i int) (e entry, next int, ok bool) {
	word, next := wordAt(words, texts, i)
	if len(word) > 2*(l.longest+maxEnding) {
		return entry{}, next, false
	}
	var buf, both [160]byte
	key := foldForeign(buf[:0], word)
	for range 3 {
		if l.begins[string(key)] && next < len(words.List) && words.List[next].Part == words.List[i].Part {
			if second, behind := wordAt(words, texts, next); len(second) <= 2*l.longest {
				joined := append(append(both[:0], key...), ' ')
				if e, ok := l.words[string(foldForeign(joined, second))]; ok {
					return e, behind, true
				}
			}
		}
		if e, ok := l.words[string(key)]; ok {
			return e, next, true
		}
		if len(l.stems) > 0 {
			for n := len(key); n >= 4 && len(key)-n <= maxEnding; n-- {
				if e, ok := l.stems[string(key[:n])]; ok {
					return e, next, true
				}
			}
		}
		c, n := utf8.DecodeRune(key)
		if l.prefixes == "" || len(key) <= n+2 || !strings.ContainsRune(l.prefixes, c) {
			break
		}
		key = key[n:]
	}
	return entry{}, next, false
}

// Foreign appends the dates that texts in one of the other languages name.
func Foreign(dst []Date, words *fold.Words, texts func(part int) string, lang Lang) []Date {
	if lang == Chinese {
		return chinese(dst, words, texts)
	}
	l := foreignLexicons()[lang]
	if l == nil {
		return dst
	}
	for i := 0; i < len(words.List); i++ {
		x := &words.List[i]
		if x.Script == fold.Digits {
			if d, ok := numeric(words, texts(int(x.Part)), i); ok {
				dst = append(dst, d)
				i = d.Last
			}
			continue
		}
		e, next, ok := l.find(words, texts, i)
		if ok && !(lang == Spanish && e.kind == Relative && morning(words, i)) {
			d := Date{Kind: e.kind, Value: int(e.value), First: i, Last: next - 1}
			if e.kind == Month || e.kind == HijriMonth {
				d.beside(words, texts)
			}
			d.Weak = e.weak && d.Day == 0 && d.Year == 0 && !monthBefore(words, i)
			if e.kind == HijriMonth { // of the solar calendar, which is not converted
				d.Day, d.LastDay, d.Year = 0, 0, 0
			}
			dst = append(dst, d)
		}
		i = next - 1
	}
	return dst
}

// monthBefore reports «ماه» before a name that is a word as well.
func monthBefore(words *fold.Words, i int) bool {
	return i > 0 && words.List[i-1].Part == words.List[i].Part && string(words.Of(&words.List[i-1])) == persianMonth
}

var persianMonth = fold.Text("ماه")

// morning reports the «mañana» of "por la mañana", which is no tomorrow.
func morning(words *fold.Words, i int) bool {
	if i == 0 || words.List[i-1].Part != words.List[i].Part {
		return false
	}
	switch string(words.Of(&words.List[i-1])) {
	case "la", "esta", "una", "cada", "misma", "media", "lunes", "martes", "miercoles", "jueves", "viernes", "sabado", "domingo":
		return true
	}
	return false
}

// beside reads the numbers around a month, over one short word such as "de".
func (d *Date) beside(words *fold.Words, texts func(part int) string) {
	part := words.List[d.First].Part
	near := func(i, step int) (int, int, bool) {
		for range 2 {
			if n, ok := number(words, i, part); ok {
				return n, i, true
			}
			if n, ok := devanagari(words, texts, i, part); ok {
				return n, i, true
			}
			if i < 0 || i >= len(words.List) || words.List[i].Part != part || words.List[i].End-words.List[i].Start > 4 {
				return 0, i, false
			}
			i += step
		}
		return 0, i, false
	}
	if n, _, ok := near(d.First-1, -1); ok && n >= 1 && n <= 31 {
		d.Day, d.LastDay = n, n
	}
	n, at, ok := near(d.Last+1, 1)
	if ok && n >= 1 && n <= 31 && d.Day == 0 && at == d.Last+1 {
		d.Day, d.LastDay = n, n
		n, _, ok = near(at+1, 1)
	}
	if ok && n >= 1000 && n < 3000 {
		d.Year = n
	}
}

// devanagari reads word i when it is a number in the digits of Hindi, which
// package fold does not keep.
func devanagari(words *fold.Words, texts func(part int) string, i int, part int32) (int, bool) {
	if i < 0 || i >= len(words.List) || words.List[i].Part != part || words.List[i].Script != fold.Other {
		return 0, false
	}
	x := &words.List[i]
	text := texts(int(part))[x.Start:x.End]
	if len(text) > 4*3 {
		return 0, false
	}
	n := 0
	for _, c := range text {
		if c < '०' || c > '९' {
			return 0, false
		}
		n = 10*n + int(c-'०')
	}
	return n, true
}
