package date

import (
	"strings"

	"github.com/mujaz/mujaz/internal/verify/fold"
)

const (
	chineseDigits = "一二三四五六七八九"
	signSize      = 3 // bytes of a Chinese sign
)

// chinese appends the dates of Chinese texts, where words are not set apart:
// «周一», «星期一», «3月15日», «十二月».
func chinese(dst []Date, words *fold.Words, texts func(part int) string) []Date {
	for i := range words.List {
		x := &words.List[i]
		text := texts(int(x.Part))
		if x.Script == fold.Digits {
			if d, ok := numeric(words, text, i); ok {
				dst = append(dst, d)
			}
			continue
		}
		if x.Script != fold.Other {
			continue
		}
		run := text[x.Start:x.End]
		dst = chineseWeekdays(dst, run, i)
		for _, day := range [...]string{"昨天", "昨日", "明天", "昨晚", "前天", "后天"} {
			if strings.Contains(run, day) {
				dst = append(dst, Date{Kind: Relative, Value: -1, First: i, Last: i})
			}
		}
		if strings.HasPrefix(run, "月") {
			if m, ok := number(words, i-1, x.Part); ok && m >= 1 && m <= 12 && beside(text, words, i-1) {
				d := Date{Kind: Month, Value: m, First: i - 1, Last: i}
				d.chineseDay(words, text, i)
				dst = append(dst, d)
			}
		}
		for at := 0; ; {
			k := strings.Index(run[at:], "月")
			if k < 0 {
				break
			}
			at += k
			if m := chineseMonth(run[:at]); m > 0 {
				dst = append(dst, Date{Kind: Month, Value: m, First: i, Last: i})
			}
			at += signSize
		}
	}
	return dst
}

func chineseWeekdays(dst []Date, run string, i int) []Date {
	for _, week := range [...]string{"周", "星期", "礼拜"} {
		for at := 0; ; {
			k := strings.Index(run[at:], week)
			if k < 0 {
				break
			}
			at += k + len(week)
			if at+signSize > len(run) {
				break
			}
			sign := run[at : at+signSize]
			day := strings.Index(chineseDigits, sign)
			switch {
			case sign == "日" || sign == "天":
				day = 0
			case day >= 0 && day < 6*signSize && !strings.HasPrefix(run[at+signSize:], "年"): // 三周年 is an anniversary
				day = day/signSize + 1
			default:
				continue
			}
			dst = append(dst, Date{Kind: Weekday, Value: day, First: i, Last: i})
		}
	}
	return dst
}

// chineseMonth reads the month that ends before 月, 0 for none.
func chineseMonth(before string) int {
	m := 0
	if len(before) >= signSize {
		if k := strings.Index(chineseDigits, before[len(before)-signSize:]); k >= 0 {
			m = k/signSize + 1
			before = before[:len(before)-signSize]
		}
	}
	if strings.HasSuffix(before, "十") {
		m += 10
	}
	if m > 12 {
		return 0
	}
	return m
}

// beside reports whether word i stands directly before the next, or with spaces
// between, as some set digits: «9 月 30 日».
func beside(text string, words *fold.Words, i int) bool {
	gap := text[words.List[i].End:words.List[i+1].Start]
	return strings.Trim(gap, " ") == ""
}

// chineseDay reads the day behind and the year before a month in digits.
func (d *Date) chineseDay(words *fold.Words, text string, i int) {
	x := &words.List[i]
	if n, ok := number(words, i+1, x.Part); ok && n >= 1 && n <= 31 && beside(text, words, i) {
		if sign := strings.TrimLeft(text[words.List[i+1].End:], " "); !strings.HasPrefix(sign, "日") && !strings.HasPrefix(sign, "号") {
			n = 0
		}
		d.Day, d.LastDay = n, n
	}
	if i < 3 || words.List[i-2].Part != x.Part || text[words.List[i-2].Start:words.List[i-2].End] != "年" {
		return
	}
	if y, ok := number(words, i-3, x.Part); ok && y >= 1000 && y < 3000 {
		d.Year = y
	}
}
