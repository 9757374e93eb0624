package date

import (
	"strings"
	"sync"

	"github.com/mujaz/mujaz/internal/verify/fold"
)

// Days that Arabic writes in words: «الثاني والعشرين من مارس», «أول من أمس».

// ordinalDays are the ordinals from the first on, as they stand before «من» or
// «عشر», folded and without the article.
var ordinalDays = [10]string{
	"أول حادي أولى حادية", "ثاني ثان ثانية", "ثالث ثالثة", "رابع رابعة", "خامس خامسة", "سادس سادسة", "سابع سابعة", "ثامن ثامنة", "تاسع تاسعة", "عاشر عاشرة",
}

var dayWords = sync.OnceValue(func() map[string]int {
	m := map[string]int{}
	for i, names := range ordinalDays {
		for name := range strings.FieldsSeq(names) {
			m[fold.Text(name)] = i + 1
		}
	}
	for _, ten := range [...]string{"عشرين", "عشرون"} {
		m[fold.Text(ten)] = 20
	}
	for _, ten := range [...]string{"ثلاثين", "ثلاثون"} {
		m[fold.Text(ten)] = 30
	}
	m[fold.Text("عشر")] = teen
	return m
})

// teen marks «عشر», which makes a teen of the ordinal before it.
const teen = -10

// dayWord values word i of that part: a day, a ten, teen, or 0.
func dayWord(words *fold.Words, i int, part int32) (v int, and bool) {
	if i < 0 || i >= len(words.List) || words.List[i].Part != part || words.List[i].Script != fold.ArabicScript {
		return 0, false
	}
	w := words.Of(&words.List[i])
	m := dayWords()
	for range 3 {
		if v, ok := m[string(w)]; ok {
			return v, and
		}
		switch {
		case len(w) < 4:
			return 0, and
		case w[0] == waw:
			and = true
			w = w[1:]
		case w[0] == alef && w[1] == lam:
			w = w[2:]
		case w[0] == beh || w[0] == lam:
			w = w[1:]
		default:
			return 0, and
		}
	}
	return 0, and
}

var alef = fold.Letter('ا')

// dayInWords reads the day that ends with word i, 0 for none.
func dayInWords(words *fold.Words, i int, part int32) int {
	v, and := dayWord(words, i, part)
	switch {
	case v == teen:
		if unit, _ := dayWord(words, i-1, part); unit >= 1 && unit <= 9 {
			return unit + 10
		}
		return 0
	case v >= 20 && and:
		if unit, _ := dayWord(words, i-1, part); unit >= 1 && unit <= 9 && v+unit <= 31 {
			return v + unit
		}
		return 0
	}
	return max(v, 0)
}

// partOfMonth reports an ordinal that is part of a month's name: «تشرين الأول».
func partOfMonth(words *fold.Words, i int, part int32) bool {
	if i < 1 || words.List[i-1].Part != part {
		return false
	}
	w := words.Of(&words.List[i-1])
	for n := 0; n < 3 && len(w)-n >= 4; n++ {
		if arabicLexicon().begins[string(w[n:])] {
			return true
		}
	}
	return false
}

// dayAfter reads the day that begins with word i: «مارس الحادي عشر».
func dayAfter(words *fold.Words, i int, part int32) int {
	v, _ := dayWord(words, i, part)
	if v < 1 {
		return 0
	}
	next, and := dayWord(words, i+1, part)
	switch {
	case next == teen && v <= 9:
		return v + 10
	case next >= 20 && and && v <= 9 && v+next <= 31:
		return v + next
	}
	return v
}

// inWords takes the day of a month from the words around it.
func (d *Date) inWords(words *fold.Words) {
	part := words.List[d.First].Part
	i := d.First - 1
	for range 3 {
		if day := dayInWords(words, i, part); day > 0 && !partOfMonth(words, i, part) {
			d.Day, d.LastDay = day, day
			return
		}
		if i < 0 || words.List[i].Script != fold.ArabicScript || words.List[i].Part != part {
			break
		}
		if w := string(words.Of(&words.List[i])); w != folded.from && w != folded.month {
			break
		}
		i--
	}
	if day := dayAfter(words, d.Last+1, part); day > 0 && d.Day == 0 {
		if w := words.Of(&words.List[d.Last+1]); len(w) > 2 && w[0] == alef && w[1] == lam {
			d.Day, d.LastDay = day, day
		}
	}
}

// further moves a relative day by the words beside it: «أول من أمس», «أمس
// الأول», «قبل يوم أمس», «بعد غد».
func (d *Date) further(words *fold.Words) {
	at := func(i int) string {
		if i < 0 || i >= len(words.List) || words.List[i].Part != words.List[d.First].Part {
			return ""
		}
		return string(words.Of(&words.List[i]))
	}
	first, second := at(d.First-1), at(d.First-2)
	switch {
	case d.Value == 0: // «اليوم التالي» is a day after another
		if step, ok := daySteps()[at(d.Last+1)]; ok {
			d.Kind, d.Value, d.Last = Span, step, d.Last+1
		}
	case d.Value == 1 && first == folded.after:
		d.Value, d.First = 2, d.First-1
	case d.Value != -1:
	case first == folded.first, strings.HasSuffix(first, folded.before) && first != "":
		d.Value, d.First = -2, d.First-1
	case first == folded.from && strings.HasSuffix(second, folded.first), first == folded.day && second == folded.before:
		d.Value, d.First = -2, d.First-2
	case at(d.Last+1) == folded.theFirst:
		d.Value, d.Last = -2, d.Last+1
	}
}

// daySteps are the words behind «اليوم» that make another day of it.
var daySteps = sync.OnceValue(func() map[string]int {
	m := map[string]int{}
	for name, step := range map[string]int{"التالي": 1, "القادم": 1, "المقبل": 1, "الماضي": -1, "السابق": -1, "الفائت": -1} {
		m[fold.Text(name)] = step
	}
	return m
})

// span makes a number of days from today of «قبل ثلاثة أيام», and reports whether
// the words before a noun of time are such.
func (d *Date) span(words *fold.Words) bool {
	part := words.List[d.First].Part
	i := d.First - 1
	days := d.Value
	if n, ok := number(words, i, part); ok {
		days *= n
		i--
	} else if i >= 0 && words.List[i].Part == part && words.List[i].Script == fold.ArabicScript {
		if n := smallNumbers()[string(words.Of(&words.List[i]))]; n > 0 {
			days *= n
			i--
		}
	}
	if i < 0 || words.List[i].Part != part || days > maxSpan {
		return false
	}
	switch w := string(words.Of(&words.List[i])); w {
	case folded.before, folded.since:
		d.Value = -days
	case folded.after:
		d.Value = days
	default:
		return false
	}
	d.First = i
	return true
}

// maxSpan is the most days from today whose weekday news would give.
const maxSpan = 60

var smallNumbers = sync.OnceValue(func() map[string]int {
	m := map[string]int{}
	for i, names := range [...]string{"ثلاثة ثلاث", "أربعة أربع", "خمسة خمس", "ستة ست", "سبعة سبع", "ثمانية ثماني", "تسعة تسع", "عشرة عشر"} {
		for name := range strings.FieldsSeq(names) {
			m[fold.Text(name)] = i + 3
		}
	}
	return m
})

var folded = struct{ first, theFirst, from, day, month, before, after, since string }{
	fold.Text("أول"), fold.Text("الأول"), fold.Text("من"), fold.Text("يوم"), fold.Text("شهر"), fold.Text("قبل"), fold.Text("بعد"), fold.Text("منذ"),
}
