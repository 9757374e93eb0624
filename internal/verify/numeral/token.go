package numeral

type tokenKind uint8

const (
	tokWord tokenKind = iota
	tokNumber
	tokMark // one character that is neither letter nor digit
)

// class is the part that a word plays in a number.
type class uint8

const (
	classNone       class = iota
	classDigits           // a number written in digits
	classOne              // 1 to 9
	classTeen             // 10 to 19 in one word
	classTeenMark         // Arabic عشر, which makes the unit before it a teen
	classTens             // 20 to 90
	classHundred          // 100 and the fused Arabic hundreds
	classScale            // thousand and up
	classDualScale        // Arabic two thousand, two million, in one word
	classOrdinal          // third, ثالث
	classOrdinalTen       // twentieth and up, in English
	classFraction         // half, third, ثلث
	classFractions        // its plural: thirds, أرباع
	classDualFrac         // Arabic two thirds in one word
	classDecade           // nineties, تسعينيات
	classUnit             // a unit noun
	classDualUnit         // Arabic dual of a unit noun: أسبوعين
	classMonth            // the name of a month; value is its number
	classAnd              // and, و
	classArticle          // a, an
	classAbout            // rounding words
	classBelow
	classAbove
	classPercent // percent, and the "cent" that follows في
	classIn      // في
	classLess    // إلا in a time of day
	classMeridiem
	classHijri
	classOf
	classDozen
	classPoint // فاصلة, between the whole and the decimals
	classOver  // على, between the parts of a fraction
	classShare // جزء
)

// token is one word, number or mark of a text.
type token struct {
	kind   tokenKind
	class  class
	unit   Unit
	arabic bool
	and    bool // an Arabic conjunction was attached
	prep   bool // an Arabic preposition was attached
	the    bool // the Arabic article was attached
	upper  bool // a Latin word that begins with a capital
	spaced bool // white space stands before it
	group  bool // digits with a grouping sign: never a year

	mark       rune
	decimals   uint8
	value, alt float64 // alt: the second reading of the digits, 0 for none

	start, end         int32 // bytes
	runeStart, runeEnd int32
}

// entry is what the lexicons hold for a word.
type entry struct {
	class class
	unit  Unit
	value float64
}
