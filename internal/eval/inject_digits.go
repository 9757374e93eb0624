package eval

import (
	"math"
	"regexp"
	"strconv"
	"strings"
)

// number is a number in digits, and what its surroundings say of it.
type number struct {
	start, end    int
	digits        string // "4,700", "12.5"
	before, after string
	scale         float64 // of the magnitude after it
	money         bool
	suffix        string // "th", "s", "%", "am", letters directly after it
	year, clock   bool
	day           bool // of a month
	age           bool
	percent       bool
	part          bool // of "3-1", "1950-53", "7:30"
	span          bool // of "2 to 4"; anything else would count down
}

var (
	asciiNumber = regexp.MustCompile(`\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?`)
	joinedAfter = regexp.MustCompile(`^[-:–]\d`)
	letters     = regexp.MustCompile(`^[A-Za-z]+`)
	moneyBefore = regexp.MustCompile(`[$£€¥] ?$`)
	monthBefore = regexp.MustCompile(`\b(?:January|February|March|April|May|June|July|August|September|October|November|December|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\.? $`)
	clockAfter  = regexp.MustCompile(`(?i)^ ?(?:[ap]\.?m\b|o'clock|GMT|BST|EST|EDT)`)
	spanAfter   = regexp.MustCompile(`^-?(?: per ?cent|%)?(?: (?:to|and|or)|-to-) ?\d`)
	spanBefore  = regexp.MustCompile(`\d-?(?: per ?cent|%)?(?: (?:to|and|or)|-to-) ?[$£€]?$`)
	shareAfter  = regexp.MustCompile(`^ (?:out )?of (?:\w+ )?\d`)
	ageAround   = regexp.MustCompile(`^(?:-year-olds?|-month-olds?| years? old|,)`)
	percentSign = regexp.MustCompile(`^(?: ?%| per ?cent| percentage)`)
	// fixedAfter are letters that may stand directly after a number.
	fixedAfter = set("st nd rd th s m k bn b tn pm am ft km kg cm mm lb mph kph p")
)

// digitNumbers finds the numbers of a text that state something: no parts of
// names, codes and addresses.
func digitNumbers(text string) []number {
	var all []number
	for _, at := range asciiNumber.FindAllStringIndex(text, -1) {
		n := number{start: at[0], end: at[1], digits: text[at[0]:at[1]], before: text[:at[0]], after: text[at[1]:]}
		if n.classify() {
			all = append(all, n)
		}
	}
	return all
}

// classify reads the surroundings; false means that the number is none.
func (n *number) classify() bool {
	last := byte(' ')
	if n.before != "" {
		last = n.before[len(n.before)-1]
	}
	next := byte(' ')
	if n.after != "" {
		next = n.after[0]
	}
	n.suffix = letters.FindString(n.after)
	switch {
	case n.digits[0] == '0' || n.suffix != "" && !fixedAfter[n.suffix]:
		return false
	case last >= 'a' && last <= 'z' || last >= 'A' && last <= 'Z' || last >= 0x80 && !moneyBefore.MatchString(n.before) && !strings.HasSuffix(n.before, "–") && !quoteBefore(n.before):
		return false
	case strings.IndexByte("/_&#@.,", last) >= 0 || strings.IndexByte("/_&@", next) >= 0:
		return false
	case last == '-' || strings.HasSuffix(n.before, "–"): // F-16; 3-1
		if len(n.before) < 2 || n.before[len(n.before)-2] < '0' || n.before[len(n.before)-2] > '9' {
			return false
		}
		n.part = true
	}
	n.part = n.part || last == ':' || joinedAfter.MatchString(n.after)
	n.money = moneyBefore.MatchString(n.before)
	n.scale = scaleOf(n.after)
	n.day = monthBefore.MatchString(n.before) || anyMonth.MatchString(firstWord(strings.TrimPrefix(n.after, n.suffix)))
	n.clock = clockAfter.MatchString(n.after) || last == ':' || next == ':' || n.suffix == "am" || n.suffix == "pm"
	n.percent = percentSign.MatchString(n.after)
	n.age = ageAround.MatchString(n.after) && (next != ',' || strings.HasSuffix(n.before, ", ")) || strings.HasSuffix(strings.ToLower(n.before), "aged ")
	n.age = n.age || strings.HasSuffix(n.before, "as ") || strings.HasPrefix(n.after, "- to ")
	n.span = spanAfter.MatchString(n.after) || spanBefore.MatchString(n.before)
	if v, err := strconv.Atoi(n.digits); err == nil && len(n.digits) == 4 && v >= 1500 && v <= 2100 {
		n.year = !n.money && n.scale == 1 && !n.percent
		if n.day && monthBefore.MatchString(n.before) {
			n.day = false // June 2018
		}
	}
	return !n.named()
}

func quoteBefore(s string) bool {
	return strings.HasSuffix(s, "“") || strings.HasSuffix(s, "‘") || strings.HasSuffix(s, "—")
}

// named reports whether the number belongs to a name: "Apollo 11", "125th
// Street".
func (n *number) named() bool {
	word := lastWord(n.before)
	if capitalised(word) && !functionWord(word) && !n.day && !anyMonth.MatchString(word) && !anyWeekday.MatchString(word) {
		return true
	}
	after := n.after
	if n.suffix != "" && n.suffix != "m" && n.suffix != "bn" {
		after = after[len(n.suffix):]
	}
	if n.year || n.day || n.scale != 1 || !strings.HasPrefix(after, " ") {
		return false
	}
	next := firstWord(after)
	return capitalised(next) && !isDemonym(next) && !commonCapitals[strings.Trim(next, ".")]
}

var commonCapitals = set("UK US U.S EU UN NATO GMT BST January February March April May June July August September October November December Democrats Republicans Muslims Christians Jews")

func (n *number) value(digits string) float64 {
	v, _ := valueOf(digits)
	return v * n.scale
}

// digitSites offers other values of the same form.
func digitSites(text string, f *facts) []site {
	var all []site
	for _, n := range digitNumbers(text) {
		s := site{kind: Numbers, start: n.start, end: n.end}
		if ordinalSuffix(n.suffix) {
			s.end += len(n.suffix)
		}
		offer := func(form, digits string) {
			if digits == "" || digits == n.digits || digits[0] == '0' || f.values[n.value(digits)] || !n.plausible(digits) {
				return
			}
			if ordinalSuffix(n.suffix) {
				digits += suffixOf(digits)
			}
			s.options = append(s.options, option{form, digits})
		}
		offer("off by one", n.step(1))
		offer("off by one", n.step(-1))
		if !n.clock && !n.day && !n.span {
			offer("transposed", transposed(n.digits))
		}
		for i := 0; i < 8 && !n.span; i++ {
			offer("other value", n.other(i))
		}
		all = append(all, s)
	}
	return all
}

func ordinalSuffix(s string) bool { return s == "st" || s == "nd" || s == "rd" || s == "th" }

func suffixOf(digits string) string {
	v, _ := strconv.Atoi(digits)
	switch {
	case v%100 >= 11 && v%100 <= 13:
		return "th"
	case v%10 == 1:
		return "st"
	case v%10 == 2:
		return "nd"
	case v%10 == 3:
		return "rd"
	}
	return "th"
}

// plausible reports whether a reader would take the digits for what they
// replace: an hour, a day, a year.
func (n *number) plausible(digits string) bool {
	v, ok := valueOf(digits)
	switch {
	case !ok || v == 0 || v == 1 && !n.part && !n.money: // "1 people"
		return false
	case n.clock:
		whole := float64(int(v))
		minutes := (v - whole) * 100
		if strings.HasSuffix(n.before, ":") {
			return v < 60
		}
		return whole >= 1 && whole <= 23 && minutes < 59.5
	case n.day:
		return v >= 1 && v <= 28
	case n.year:
		old, _ := valueOf(n.digits)
		return math.Abs(v-old) <= 100 && (v <= lastYear || old > lastYear)
	}
	return true
}

// lastYear is the last that news of these corpora would not call the future.
const lastYear = 2026

// step adds d to the last digit that says something: 4,700 becomes 4,800.
func (n *number) step(d int) string {
	b := []byte(n.digits)
	at := len(b) - 1
	if strings.HasSuffix(n.digits, "00") && !n.year {
		for at > 0 && (b[at] == '0' || b[at] == ',') {
			at--
		}
	}
	if n.suffix == "s" && at > 0 { // the 1990s
		at--
	}
	for at >= 0 {
		switch c := int(b[at]-'0') + d; {
		case b[at] == ',' || b[at] == '.':
		case c < 0:
			b[at] = '9'
		case c > 9:
			b[at] = '0'
		default:
			b[at] = byte('0' + c)
			return string(b)
		}
		at--
	}
	return ""
}

// transposed swaps two neighbours that differ.
func transposed(digits string) string {
	b := []byte(digits)
	for i := len(b) - 1; i > 0; i-- {
		if b[i] != b[i-1] && b[i-1] >= '0' && b[i] >= '0' && !(b[i] == '0' && i == len(b)-1) && !(i == 1 && b[i] == '0') {
			b[i], b[i-1] = b[i-1], b[i]
			return string(b)
		}
	}
	return ""
}

// other is the i-th other value of the form: it ends in as many zeros, and a
// year stays in its century.
func (n *number) other(i int) string {
	if n.year && n.suffix != "s" {
		v, _ := strconv.Atoi(n.digits)
		return strconv.Itoa(v + []int{-12, -8, -7, -5, -3, -2, 2, 4}[i])
	}
	b := []byte(n.digits)
	last := len(b)
	for last > 1 && (b[last-1] == '0' || b[last-1] == ',' || b[last-1] == '.') {
		last--
	}
	first := 0
	if n.year { // the 1990s
		first, last = 2, 3
	}
	changed := false
	for k := first; k < last; k++ {
		if b[k] < '0' {
			continue
		}
		// A fixed walk through the digits: the choice among them is the caller's.
		c := byte((int(b[k]-'0') + 2 + 3*i + 5*k) % 10)
		if c == 0 && (k == last-1 || k == 0) {
			c = 4
		}
		changed = changed || '0'+c != b[k]
		b[k] = '0' + c
	}
	if !changed {
		return ""
	}
	return string(b)
}
