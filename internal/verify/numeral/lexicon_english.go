package numeral

import (
	"strings"
	"sync"
)

type englishWords struct {
	class class
	value float64
	words string
}

// englishNumberWords is own compilation.
var englishNumberWords = []englishWords{
	{classTeen, 0, "zero nil"},
	{classOne, 1, "one"},
	{classOne, 2, "two"},
	{classOne, 3, "three"},
	{classOne, 4, "four"},
	{classOne, 5, "five"},
	{classOne, 6, "six"},
	{classOne, 7, "seven"},
	{classOne, 8, "eight"},
	{classOne, 9, "nine"},
	{classTeen, 10, "ten"},
	{classTeen, 11, "eleven"},
	{classTeen, 12, "twelve"},
	{classTeen, 13, "thirteen"},
	{classTeen, 14, "fourteen"},
	{classTeen, 15, "fifteen"},
	{classTeen, 16, "sixteen"},
	{classTeen, 17, "seventeen"},
	{classTeen, 18, "eighteen"},
	{classTeen, 19, "nineteen"},
	{classTens, 20, "twenty"},
	{classTens, 30, "thirty"},
	{classTens, 40, "forty fourty"},
	{classTens, 50, "fifty"},
	{classTens, 60, "sixty"},
	{classTens, 70, "seventy"},
	{classTens, 80, "eighty"},
	{classTens, 90, "ninety"},
	{classHundred, 100, "hundred"},
	{classScale, 1e3, "thousand k"},
	{classScale, 1e6, "million mn mln mio m"},
	{classScale, 1e9, "billion bn bln milliard b"},
	{classScale, 1e12, "trillion tn trn"},
	{classDozen, 12, "dozen"},
	{classOrdinal, 1, "first"},
	{classOrdinal, 3, "third"},
	{classOrdinal, 4, "fourth"},
	{classOrdinal, 5, "fifth"},
	{classOrdinal, 6, "sixth"},
	{classOrdinal, 7, "seventh"},
	{classOrdinal, 8, "eighth"},
	{classOrdinal, 9, "ninth"},
	{classOrdinalTen, 10, "tenth"},
	{classOrdinalTen, 11, "eleventh"},
	{classOrdinalTen, 12, "twelfth"},
	{classOrdinalTen, 13, "thirteenth"},
	{classOrdinalTen, 14, "fourteenth"},
	{classOrdinalTen, 15, "fifteenth"},
	{classOrdinalTen, 16, "sixteenth"},
	{classOrdinalTen, 17, "seventeenth"},
	{classOrdinalTen, 18, "eighteenth"},
	{classOrdinalTen, 19, "nineteenth"},
	{classOrdinalTen, 20, "twentieth"},
	{classOrdinalTen, 30, "thirtieth"},
	{classOrdinalTen, 40, "fortieth"},
	{classOrdinalTen, 50, "fiftieth"},
	{classOrdinalTen, 60, "sixtieth"},
	{classOrdinalTen, 70, "seventieth"},
	{classOrdinalTen, 80, "eightieth"},
	{classOrdinalTen, 90, "ninetieth"},
	{classOrdinalTen, 100, "hundredth"},
	{classFraction, 2, "half"},
	{classFraction, 4, "quarter"},
	{classFractions, 2, "halves"},
	{classFractions, 3, "thirds"},
	{classFractions, 4, "quarters"},
	{classFractions, 5, "fifths"},
	{classFractions, 6, "sixths"},
	{classFractions, 7, "sevenths"},
	{classFractions, 8, "eighths"},
	{classFractions, 9, "ninths"},
	{classFractions, 10, "tenths"},
	{classDecade, 20, "twenties"},
	{classDecade, 30, "thirties"},
	{classDecade, 40, "forties"},
	{classDecade, 50, "fifties"},
	{classDecade, 60, "sixties"},
	{classDecade, 70, "seventies"},
	{classDecade, 80, "eighties"},
	{classDecade, 90, "nineties"},
	{classAnd, 0, "and"},
	{classOf, 0, "of"},
	{classIn, 0, "per"},
	{classArticle, 1, "a an"},
	{classAbout, 0, "about around approximately roughly some circa estimated"},
	{classBelow, 0, "nearly almost under below less fewer"},
	{classAbove, 0, "over above exceeding least more"},
	{classPercent, 0, "percent pct percentage"},
	{classMeridiem, 0, "am"},
	{classMeridiem, 12, "pm"},
}

type englishUnit struct {
	unit  Unit
	words string
}

// englishUnitWords is own compilation.
var englishUnitWords = []englishUnit{
	{Second, "seconds sec secs"},
	{Minute, "minute minutes min mins"},
	{Hour, "hour hours hr hrs"},
	{Day, "day days night nights"},
	{Week, "week weeks"},
	{Month, "month months"},
	{Year, "year years yr yrs"},
	{Decades, "decade decades"},
	{Century, "century centuries"},
	{Money, "dollar dollars usd euro euros eur sterling dinar dinars riyal riyals rial rials dirham dirhams lira liras ruble rubles rouble roubles yuan yen shekel shekels rupee rupees franc francs cent cents krona pesos peso"},
	{Centimetre, "centimetre centimetres centimeter centimeters cm"},
	{Inch, "inch inches"},
	{Foot, "foot feet ft"},
	{Metre, "metre metres meter meters"},
	{Kilometre, "kilometre kilometres kilometer kilometers km kms"},
	{Mile, "mile miles"},
	{Gram, "gram grams gramme grammes"},
	{Kilogram, "kilogram kilograms kilo kilos kg kgs"},
	{Tonne, "ton tons tonne tonnes"},
	{Celsius, "celsius degrees degree"},
	{Fahrenheit, "fahrenheit"},
	{Person, "people persons person dead killed wounded injured deaths fatalities casualties victims soldiers soldier troops civilians civilian children child women woman men man workers worker refugees refugee migrants migrant residents citizens employees students voters passengers inhabitants"},
	{Times, "times fold"},
	{Converted, "sq square mph acre acres hectare hectares gallon gallons ounce ounces oz"},
	{Pound, "pound pounds lb lbs gbp"},
}

var englishMonthWords = [12]string{
	"january jan", "february feb", "march mar", "april apr", "may", "june jun",
	"july jul", "august aug", "september sept sep", "october oct", "november nov", "december dec",
}

var englishLexicon = sync.OnceValue(func() *lexicon {
	l := &lexicon{words: make(map[string]entry, 256)}
	for _, row := range englishNumberWords {
		for w := range strings.FieldsSeq(row.words) {
			l.add(w, entry{class: row.class, value: row.value})
		}
	}
	for _, row := range englishUnitWords {
		for w := range strings.FieldsSeq(row.words) {
			l.add(w, entry{class: classUnit, unit: row.unit})
		}
	}
	for i, row := range englishMonthWords {
		for w := range strings.FieldsSeq(row) {
			l.add(w, entry{class: classMonth, value: float64(i + 1)})
		}
	}
	return l.done()
})
