package date

import (
	"strings"
	"sync"

	"github.com/mujaz/mujaz/internal/verify/fold"
)

// arabicMonths holds the names of the Gregorian months from January on: Gulf
// and Egypt, Levant and Iraq, Tunisia and Algeria, Morocco, Mauritania, and
// common spellings. "_" joins two words. Own compilation; the names are those
// of CLDR's Arabic locales.
var arabicMonths = [12]string{
	"يناير كانون_الثاني جانفي", "فبراير شباط فيفري", "مارس آذار", "أبريل إبريل نيسان أفريل", "مايو أيار ماي",
	"يونيو حزيران جوان", "يوليو تموز جويلية يوليوز", "أغسطس آب أوت غشت أغشت", "سبتمبر أيلول شتنبر شتمبر",
	"أكتوبر تشرين_الأول", "نوفمبر تشرين_الثاني نونبر نوفبر", "ديسمبر كانون_الأول دجنبر دجمبر",
}

// hijriMonths holds the names of the Islamic months from Muharram on.
var hijriMonths = [12]string{
	"محرم المحرم", "صفر", "ربيع_الأول ربيع_أول", "ربيع_الآخر ربيع_الثاني ربيع_ثان", "جمادى_الأولى جمادى_الأول", "جمادى_الآخرة جمادى_الثانية جمادى_الثاني",
	"رجب", "شعبان", "رمضان", "شوال", "ذو_القعدة ذي_القعدة", "ذو_الحجة ذي_الحجة",
}

// arabicWeekdays begin with Sunday, as those of package time do. The article is
// part of the name: «أحد» is "someone", «خميس» a man's name.
var arabicWeekdays = [7]string{"الأحد", "الاثنين الإثنين الأثنين", "الثلاثاء", "الأربعاء", "الخميس", "الجمعة", "السبت"}

// homographs are month names that are ordinary words or names as well; alone
// they support a date and contradict none.
const homographs = "مارس آب ماي أوت جوان صفر رجب شعبان محرم المحرم رمضان شوال نيسان"

var relativeDays = map[string]int8{"أمس": -1, "الأمس": -1, "البارحة": -1, "اليوم": 0, "غدا": 1, "غد": 1, "الغد": 1}

// spans are nouns of time and their days; beside «قبل» and «بعد» they tell a day
// from today.
var spans = map[string]int8{"يوم": 1, "أيام": 1, "يوما": 1, "يومين": 2, "أسبوع": 7, "أسابيع": 7, "أسبوعا": 7, "أسبوعين": 14}

// english names; abbreviations count beside digits only.
var (
	englishMonths    = [12]string{"january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"}
	englishShort     = [12]string{"jan", "feb", "mar", "apr", "", "jun", "jul", "aug", "sep sept", "oct", "nov", "dec"}
	englishWeekdays  = [7]string{"sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"}
	englishAmbiguous = map[string]bool{"march": true, "may": true, "april": true, "june": true, "august": true}
)

// beforeMonth are the words after which "May" and "March" are months.
var beforeMonth = map[string]bool{
	"in": true, "of": true, "since": true, "until": true, "till": true, "by": true, "last": true, "this": true, "next": true, "late": true,
	"early": true, "mid": true, "during": true, "from": true, "to": true, "through": true, "and": true, "between": true, "before": true, "after": true, "on": true,
}

// entry is what a word or two mean.
type entry struct {
	kind  Kind
	value int8
	weak  bool // also an ordinary word
	short bool // an abbreviation
}

// lexicon finds entries by folded words; two words are joined by a space.
type lexicon struct {
	words  map[string]entry
	begins map[string]bool // first words of two
	// ends marks the last two letters of all first words, which no clitic
	// changes; most words of a text are passed over by it.
	ends [64]uint64
}

// endOf gives the place of a word's last two letters in ends.
func endOf(w []byte) (place, bit int) {
	h := int(w[len(w)-2])*31 + int(w[len(w)-1])
	return h >> 6 & 63, h & 63
}

func (l *lexicon) mark(key string) {
	place, bit := endOf([]byte(key))
	l.ends[place] |= 1 << bit
}

func (l *lexicon) add(names string, kind Kind, value int) {
	for name := range strings.FieldsSeq(names) {
		weak := false
		for h := range strings.FieldsSeq(homographs) {
			weak = weak || h == name
		}
		first, second, two := strings.Cut(name, "_")
		key := fold.Text(first)
		l.mark(key)
		if two {
			l.begins[key] = true
			key += " " + fold.Text(second)
		}
		l.words[key] = entry{kind: kind, value: int8(value), weak: weak}
	}
}

var arabicLexicon = sync.OnceValue(func() *lexicon {
	l := &lexicon{words: map[string]entry{}, begins: map[string]bool{}}
	for i := range arabicMonths {
		l.add(arabicMonths[i], Month, i+1)
		l.add(hijriMonths[i], HijriMonth, i+1)
	}
	for i, names := range arabicWeekdays {
		l.add(names, Weekday, i)
	}
	for name, days := range relativeDays {
		l.mark(fold.Text(name))
		l.words[fold.Text(name)] = entry{kind: Relative, value: days}
	}
	for name, days := range spans {
		l.mark(fold.Text(name))
		l.words[fold.Text(name)] = entry{kind: Span, value: days}
	}
	return l
})

var englishLexicon = sync.OnceValue(func() map[string]entry {
	m := map[string]entry{}
	for i, name := range englishMonths {
		m[name] = entry{kind: Month, value: int8(i + 1), weak: englishAmbiguous[name]}
		for short := range strings.FieldsSeq(englishShort[i]) {
			m[short] = entry{kind: Month, value: int8(i + 1), short: true}
		}
	}
	for i, name := range englishWeekdays {
		m[name] = entry{kind: Weekday, value: int8(i)}
	}
	m["yesterday"] = entry{kind: Relative, value: -1}
	m["today"] = entry{kind: Relative, value: 0}
	m["tomorrow"] = entry{kind: Relative, value: 1}
	return m
})
