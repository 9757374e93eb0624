// Package numeral reads the quantities in a text: digits of any script,
// Arabic and English number words, fractions, percentages, clock times and
// the unit each one counts. Of twelve more languages it reads digits and number
// words, without units, as evidence.
//
// The path of a text through the package:
//
//	text -> lex (one pass: words looked up, digits valued)
//	     -> arabic.go | english.go | foreign.go | foreign_chinese.go
//	             (words composed into values)
//	     -> attach.go (unit, currency, percent, magnitude)
//	     -> []Quantity
//
// The same reading serves both sides of a comparison, with opposite aims. On
// the side of a claim ([English], [Arabic]) each quantity is given once, but for
// the doubtful spellings of Arabic. On the side of the evidence ([Reader.Evidence])
// a doubtful spelling is given once per possible reading ("1.500" as 1500 and as
// 1.5), since evidence that is too generous costs a miss, and evidence that is
// too narrow costs a false alarm.
//
// All functions are pure and safe for concurrent use.
package numeral
