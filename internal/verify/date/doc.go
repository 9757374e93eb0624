// Package date reads the dates that news text names: months, weekdays, days of
// a month, Hijri dates, and days told from the day of publication («أمس»).
//
//	words --Reader--> []Date (a month, a weekday, or a word such as "yesterday")
//
// Arabic month names of the Gulf and Egypt, the Levant, Iraq and the Maghreb
// are known, and the weekdays and months of English and ten more languages
// ([Foreign]). Hijri dates are converted by the tabular Islamic calendar, which
// may be two days off the Umm al-Qura calendar; see [FromHijri].
package date
