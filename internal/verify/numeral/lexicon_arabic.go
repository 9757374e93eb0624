package numeral

import (
	"strings"
	"sync"

	"github.com/mujaz/mujaz/internal/verify/fold"
)

// The Arabic number words. Own compilation from standard grammar: both
// genders, the three cases as newspapers write them, and the spellings of
// Egypt and the Levant that reach news text in quotations. Spellings that
// differ only in what package fold merges are given once.

type arabicWords struct {
	class class
	value float64
	words string
}

var arabicNumberWords = []arabicWords{
	{classOne, 1, "واحد واحدة احد احدى إحدى واحدا"},
	{classOne, 2, "اثنان اثنين اثنتان اثنتين اثنا اثني اثنتا اثنتي إثنان إثنين اتنين ثنتين"},
	{classOne, 3, "ثلاث ثلاثة ثلاثا تلات تلاتة تلت"},
	{classOne, 4, "أربع أربعة أربعا"},
	{classOne, 5, "خمس خمسة خمسا"},
	{classOne, 6, "ست ستة ستا"},
	{classOne, 7, "سبع سبعة سبعا"},
	{classOne, 8, "ثمان ثماني ثمانية ثمانيا تمن تمانية تمنية"},
	{classOne, 9, "تسع تسعة تسعا"},
	{classTeenMark, 10, "عشر عشرة"},
	{classTeen, 10, "عشرا"},
	{classTeen, 0, "صفر صفرا"},
	{classTeen, 11, "حداشر احداشر حدعشر"},
	{classTeen, 12, "اتناشر اثناعشر اتنعشر"},
	{classTeen, 13, "تلتاشر تلاتاشر ثلاثةعشر"},
	{classTeen, 14, "اربعتاشر"},
	{classTeen, 15, "خمستاشر خمسطاشر"},
	{classTeen, 16, "ستاشر سطاشر"},
	{classTeen, 17, "سبعتاشر"},
	{classTeen, 18, "تمنتاشر تمانتاشر"},
	{classTeen, 19, "تسعتاشر"},
	{classTens, 20, "عشرون عشرين"},
	{classTens, 30, "ثلاثون ثلاثين تلاتين"},
	{classTens, 40, "أربعون أربعين"},
	{classTens, 50, "خمسون خمسين"},
	{classTens, 60, "ستون ستين"},
	{classTens, 70, "سبعون سبعين"},
	{classTens, 80, "ثمانون ثمانين تمانين"},
	{classTens, 90, "تسعون تسعين"},
	{classHundred, 100, "مئة مائة مأة مية ميت مئه مءة"},
	{classHundred, 200, "مئتان مئتين مائتان مائتين مئتا مئتي مائتا مائتي ميتين متين"},
	{classHundred, 300, "ثلاثمءة ثلاثماية ثلاثمئة ثلاثمائة ثلثمائة ثلثمئة تلتمية ثلاثمية"},
	{classHundred, 400, "أربعمءة أربعماية أربعمئة أربعمائة ربعمية أربعمية"},
	{classHundred, 500, "خمسمءة خمسماية خمسمئة خمسمائة خمسمية خمسميت"},
	{classHundred, 600, "ستمءة ستماية ستمئة ستمائة ستمية"},
	{classHundred, 700, "سبعمءة سبعماية سبعمئة سبعمائة سبعمية"},
	{classHundred, 800, "ثمانمءة ثمانماية ثمانمئة ثمانمائة ثمانيمئة ثمانيمائة تمنمية ثمانمية"},
	{classHundred, 900, "تسعمءة تسعماية تسعمئة تسعمائة تسعمية"},
	{classScale, 1e3, "ألف آلاف الاف ألفا ألوف"},
	{classScale, 1e6, "مليون ملايين مليونا مليونات"},
	{classScale, 1e9, "مليار مليارات مليارا بليون بلايين بليونا بليونات ملياراً"},
	{classScale, 1e12, "تريليون تريليونات ترليون ترليونات تريليونا تريلون"},
	{classScale, 1e15, "كوادريليون"},
	{classDualScale, 2e3, "ألفان ألفين ألفي"},
	{classDualScale, 2e6, "مليونان مليونين مليوني"},
	{classDualScale, 2e9, "ملياران مليارين ملياري بليونان بليونين بليوني"},
	{classDualScale, 2e12, "تريليونان تريليونين تريليوني ترليونين"},
	{classOrdinal, 1, "أول أولى حادي حادية"},
	{classOrdinal, 2, "ثاني ثان"},
	{classOrdinal, 3, "ثالث ثالثة"},
	{classOrdinal, 4, "رابع رابعة"},
	{classOrdinal, 5, "خامس خامسة"},
	{classOrdinal, 6, "سادس سادسة"},
	{classOrdinal, 7, "سابع سابعة"},
	{classOrdinal, 8, "ثامن ثامنة"},
	{classOrdinal, 9, "تاسع تاسعة"},
	{classOrdinal, 10, "عاشر عاشرة"},
	{classOrdinal, 3, "ثلاثي ثلاثية"}, // of three parts
	{classOrdinal, 4, "رباعي رباعية"},
	{classOrdinal, 5, "خماسي خماسية"},
	{classOrdinal, 6, "سداسي سداسية"},
	{classOrdinal, 7, "سباعي سباعية"},
	{classFraction, 2, "نصف نص"},
	{classFraction, 3, "ثلث"},
	{classFraction, 4, "ربع"},
	{classFraction, 6, "سدس"},
	{classFraction, 8, "ثمن"},
	{classFractions, 3, "أثلاث"},
	{classFractions, 4, "أرباع"},
	{classFractions, 5, "أخماس"},
	{classFractions, 6, "أسداس"},
	{classFractions, 7, "أسباع"},
	{classFractions, 8, "أثمان"},
	{classFractions, 9, "أتساع"},
	{classFractions, 10, "أعشار"},
	{classDualFrac, 2, "نصفين"},
	{classDualFrac, 3, "ثلثان ثلثين ثلثي ثلثا"},
	{classDualFrac, 4, "ربعين"},
	{classDualFrac, 5, "خمسان خمسي"},
	{classDecade, 20, "عشرينيات عشرينات"},
	{classDecade, 30, "ثلاثينيات ثلاثينات"},
	{classDecade, 40, "أربعينيات أربعينات"},
	{classDecade, 50, "خمسينيات خمسينات"},
	{classDecade, 60, "ستينيات ستينات"},
	{classDecade, 70, "سبعينيات سبعينات"},
	{classDecade, 80, "ثمانينيات ثمانينات"},
	{classDecade, 90, "تسعينيات تسعينات"},
	{classDozen, 12, "دزينة دزينات دستة"},
	{classDozen, 24, "دزينتين دزينتان"},
	{classAbout, 0, "نحو حوالي حوالى قرابة زهاء تقريبا مايقارب يقارب تقارب يقرب"},
	{classBelow, 0, "أقل دون"},
	{classAbove, 0, "أكثر يفوق تفوق يتجاوز تجاوز تتجاوز تجاوزت يزيد تزيد أزيد أكبر أعلى يتعدى تعدى"},
	{classPoint, 0, "فاصلة فاصل نقطة"},
	{classOver, 0, "على"},
	{classShare, 0, "جزء أجزاء جزءا جزءان جزئين"},
	{classAnd, 0, "و"},
	{classIn, 0, "في"},
	{classLess, 0, "إلا"},
	{classMeridiem, 0, "صباحا فجرا"},
	{classMeridiem, 12, "مساء ظهرا عصرا ليلا"},
	{classHijri, 0, "هـ هجري هجرية هجريا"},
}

// arabicMonthWords holds the Levantine, Maghrebi and common names; a month
// named in the source supports its number in an English date. Own compilation.
var arabicMonthWords = [12]string{
	"يناير كانون_الثاني جانفي", "فبراير شباط فيفري", "مارس آذار", "أبريل ابريل نيسان أفريل",
	"مايو أيار ماي", "يونيو حزيران جوان", "يوليو تموز جويلية يوليوز", "أغسطس آب أوت غشت",
	"سبتمبر أيلول شتنبر", "أكتوبر", "نوفمبر نونبر", "ديسمبر دجنبر",
}

type arabicUnit struct {
	unit         Unit
	words, duals string
}

// arabicUnitWords is own compilation: the nouns that most often follow a
// number in news.
var arabicUnitWords = []arabicUnit{
	{Second, "ثانية ثوان ثواني الثواني", "ثانيتان ثانيتين"},
	{Minute, "دقيقة دقائق", "دقيقتان دقيقتين"},
	{Hour, "ساعة ساعات", "ساعتان ساعتين"},
	{Day, "يوم أيام يوما ليلة ليال ليالي", "يومان يومين ليلتين ليلتان"},
	{Week, "أسبوع أسابيع أسبوعا", "أسبوعان أسبوعين"},
	{Month, "شهر أشهر شهور شهرا", "شهران شهرين شهري"},
	{Year, "سنة سنوات سنين عام أعوام عاما ربيعا", "سنتان سنتين عامان عامين عامي"},
	{Decades, "عقد عقود عقدا", "عقدان عقدين"},
	{Century, "قرن قرون قرنا", "قرنان قرنين"},
	{Percent, "بالمية", ""},
	{Money, "دولار دولارات دولارا يورو أورو جنيه جنيهات جنيها دينار دنانير دينارا ريال ريالات ريالا درهم دراهم درهما ليرة ليرات روبل يوان ين شيكل روبية فرنك سنت سنتات كرونة بيزو", "دولاران دولارين ديناران دينارين ريالان ريالين درهمان درهمين جنيهان جنيهين"},
	{Centimetre, "سنتيمتر سنتيمترات سنتيمترا سم", ""},
	{Inch, "بوصة بوصات إنش", "بوصتان بوصتين"},
	{Foot, "قدم أقدام قدما", "قدمان قدمين"},
	{Metre, "متر أمتار مترا", "متران مترين"},
	{Kilometre, "كيلومتر كيلومترات كيلومترا كلم كم كيلو", "كيلومتران كيلومترين"},
	{Mile, "ميل أميال ميلا", "ميلان ميلين"},
	{Gram, "غرام غرامات غراما جرام جرامات جراما", "غرامين جرامين"},
	{Kilogram, "كيلوغرام كيلوغرامات كيلوغراما كيلوجرام كيلوجراما كغم كغ كجم", "كيلوغرامين"},
	{Tonne, "طن أطنان طنا", "طنان طنين"},
	{Celsius, "درجة درجات مئوية", "درجتان درجتين"},
	{
		Person, "شخص أشخاص شخصا قتيل قتلى قتيلا جريح جرحى جريحا مصاب مصابين مصابا مصابون جندي جنود جنديا مدني مدنيين مدنيا مدنيون طفل أطفال طفلا امرأة نساء رجل رجال رجلا ضحية ضحايا عامل عمال عاملا لاجئ لاجئين لاجئا مهاجر مهاجرين مهاجرا نسمة شهيد شهداء شهيدا مواطن مواطنين مواطنا موظف موظفين موظفا طالب طلاب طالبا ناخب ناخبين فرد أفراد فردا راكب ركاب راكبا",
		"شخصان شخصين قتيلان قتيلين جريحان جريحين مصابان مصابان جنديان جنديين مدنيان مدنيين طفلان طفلين امرأتان امرأتين رجلان رجلين شهيدان شهيدين عاملان عاملين",
	},
	{Times, "مرة مرات ضعف أضعاف", "مرتان مرتين ضعفين ضعفي ضعفا"},
}

// lexicon finds a word by its key; shape rules most words out before the map
// is asked: bit n of shape[c] says that a word of n letters begins with c.
type lexicon struct {
	words map[string]entry // until the table is built
	table *fold.Table[entry]
	shape [256]uint32
}

func (l *lexicon) add(key string, e entry) {
	if key == "" || len(key) > maxWord {
		return
	}
	if _, taken := l.words[key]; taken {
		return
	}
	l.words[key] = e
	l.shape[key[0]] |= 1 << len(key)
}

func (l *lexicon) find(word []byte) (entry, bool) {
	if len(word) == 0 || l.shape[word[0]]&(1<<len(word)) == 0 {
		return entry{}, false
	}
	return l.table.Find(word)
}

// done ends the additions.
func (l *lexicon) done() *lexicon {
	l.table, l.words = fold.NewTable(l.words), nil
	return l
}

var arabicLexicon = sync.OnceValue(func() *lexicon {
	l := &lexicon{words: make(map[string]entry, 512)}
	for _, row := range arabicNumberWords {
		for w := range strings.FieldsSeq(row.words) {
			l.add(fold.Text(w), entry{class: row.class, value: row.value})
		}
	}
	for i, row := range arabicMonthWords {
		for w := range strings.FieldsSeq(row) {
			l.add(fold.Text(w), entry{class: classMonth, value: float64(i + 1)})
		}
	}
	for _, row := range arabicUnitWords {
		for w := range strings.FieldsSeq(row.words) {
			l.add(fold.Text(w), entry{class: classUnit, unit: row.unit})
		}
		for w := range strings.FieldsSeq(row.duals) {
			l.add(fold.Text(w), entry{class: classDualUnit, unit: row.unit, value: 2})
		}
	}
	return l.done()
})
