package near_test

import (
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// document is a row of a corpus.
type document struct {
	ID, Title, Text string
	// Sentences with their English, where the corpus is parallel.
	Sentences []struct{ Src, En string }
}

// variant makes another article of a document, or none where it has nothing to
// change. The other document lends what is put in.
type variant struct {
	kind string
	of   func(rng *rand.Rand, d, other document) (document, bool)
}

func text(change func(*rand.Rand, string) string) func(*rand.Rand, document, document) (document, bool) {
	return func(rng *rand.Rand, d, _ document) (document, bool) {
		was := d.Text
		d.Text = change(rng, d.Text)
		return d, d.Text != was
	}
}

// copies are what sites do to wire copy.
func copies() []variant {
	lead := func(s string) func(*rand.Rand, document, document) (document, bool) {
		return text(func(_ *rand.Rand, t string) string { return s + t })
	}
	dateline := func(s string) func(*rand.Rand, document, document) (document, bool) {
		return text(func(_ *rand.Rand, t string) string { return s + bare(t) })
	}
	return []variant{
		{"title changed", func(_ *rand.Rand, d, other document) (document, bool) {
			d.Title = strings.Map(func(r rune) rune {
				if unicode.IsDigit(r) {
					return -1
				}
				return r
			}, other.Title)
			return d, true
		}},
		{"dateline with agency put in", dateline("القاهرة (رويترز) - ")},
		{"dateline and sign-off of others", text(func(_ *rand.Rand, t string) string {
			return "بيروت - الأناضول - " + bare(t) + "\n(أ ف ب)"
		})},
		{"agency's line above", lead("بيروت/ الأناضول\n")},
		{"residue around", text(func(_ *rand.Rand, t string) string {
			return "شارك\n" + t + "\nاقرأ أيضا\nتابعونا على فيسبوك"
		})},
		{"diacritics", text(everyLetter(8, func(r rune) string { return string(r) + "َ" }))},
		{"tatweel", text(everyLetter(8, func(r rune) string { return string(r) + "ـ" }))},
		{"spelling of hamza, yeh, teh", text(everyLetter(1, func(r rune) string {
			return strings.NewReplacer("أ", "ا", "إ", "ا", "آ", "ا", "ى", "ي", "ة", "ه").Replace(string(r))
		}))},
		{"spaces, no-break and double", text(func(_ *rand.Rand, t string) string { return strings.ReplaceAll(t, " ", " \u00a0") })},
		{"commas and quotation marks", text(func(_ *rand.Rand, t string) string {
			return strings.NewReplacer("،", " ", `"`, "", "«", "", "»", "", "“", "", "”", "").Replace(t)
		})},
		{"digits of the other set", text(func(_ *rand.Rand, t string) string {
			return strings.Map(func(r rune) rune {
				if r >= '0' && r <= '9' {
					return r - '0' + '٠'
				}
				return r
			}, t)
		})},
		{"paragraphs joined", text(func(_ *rand.Rand, t string) string {
			return regexp.MustCompile(`([.!؟])\s*\n+`).ReplaceAllString(t, "$1 ")
		})},
		{"paragraphs split", text(func(_ *rand.Rand, t string) string { return strings.ReplaceAll(t, ". ", ".\n\n") })},
		{"last paragraph trimmed", text(func(_ *rand.Rand, t string) string { return trim(t, 1) })},
		{"last two paragraphs trimmed", text(func(_ *rand.Rand, t string) string { return trim(t, 2) })},
		{"dateline, title, trimmed", func(_ *rand.Rand, d, _ document) (document, bool) {
			was := d.Text
			d.Title, d.Text = "", "القاهرة (رويترز) - "+bare(trim(d.Text, 1))
			return d, !strings.HasSuffix(d.Text, was)
		}},
	}
}

// edited are copies too, that this package gives up for what they look like.
func edited() []variant {
	return []variant{
		{"full stops dropped in paragraphs", text(func(_ *rand.Rand, t string) string { return strings.ReplaceAll(t, ". ", " ") })},
		{"one word left out", text(func(rng *rand.Rand, t string) string {
			return changeWord(rng, t, func(string) bool { return true }, func(string) string { return "" })
		})},
		{"subheading put in", text(func(_ *rand.Rand, t string) string {
			first, rest, found := strings.Cut(t, "\n")
			if !found {
				return t
			}
			return first + "\n\nردود فعل واسعة\n\n" + rest
		})},
	}
}

// others look like copies, and are other news.
func others() []variant {
	swap := func(pairs ...string) func(*rand.Rand, document, document) (document, bool) {
		return text(func(rng *rand.Rand, t string) string {
			at := map[string]string{}
			for i := 0; i < len(pairs); i += 2 {
				at[pairs[i]], at[pairs[i+1]] = pairs[i+1], pairs[i]
			}
			known := func(w string) bool { return at[w] != "" }
			return changeWord(rng, t, known, func(w string) string { return at[w] })
		})
	}
	return []variant{
		{"a digit changed", text(func(rng *rand.Rand, t string) string {
			hasDigit := func(w string) bool { return strings.ContainsAny(w, "123456789") }
			return changeWord(rng, t, hasDigit, func(w string) string {
				i := strings.IndexAny(w, "123456789")
				return w[:i] + string('0'+(w[i]-'0'+byte(rng.IntN(9))+1)%10) + w[i+1:]
			})
		})},
		{"a number word changed", swap("ثلاثة", "أربعة", "خمسة", "ستة", "ثلاث", "أربع", "عشرة", "تسعة", "مئة", "ألف", "الأول", "الثاني", "الأولى", "الثانية", "نحو", "مئات")},
		{"million for billion", swap("مليون", "مليار", "ملايين", "مليارات", "مليونا", "مليارا")},
		{"a date changed", swap("الأحد", "الاثنين", "الإثنين", "السبت", "الثلاثاء", "الأربعاء", "الخميس", "الجمعة", "مارس", "أبريل", "مايو", "يونيو", "أمس", "غدا", "الماضي", "المقبل", "يناير", "فبراير")},
		{"a name changed", swap("محمد", "أحمد", "علي", "حسن", "ترامب", "ترمب", "السعودية", "قطر", "مصر", "تونس", "سوريا", "العراق", "إيران", "تركيا", "الولايات", "بريطانيا", "روسيا", "الصين", "لندن", "باريس", "بغداد", "دمشق", "القاهرة", "الرياض", "إسرائيل", "لبنان", "فرنسا", "ألمانيا")},
		{"a negation dropped", text(func(rng *rand.Rand, t string) string {
			not := func(w string) bool {
				return slices.Contains([]string{"لم", "لن", "لا", "ليس", "ليست", "غير", "ولم", "ولا", "ولن"}, w)
			}
			return changeWord(rng, t, not, func(string) string { return "" })
		})},
		{"a negation put in", text(func(rng *rand.Rand, t string) string {
			return changeWord(rng, t, func(string) bool { return true }, func(w string) string { return "لم " + w })
		})},
		{"two words exchanged", text(func(rng *rand.Rand, t string) string {
			fields := strings.Split(t, " ")
			for range 20 {
				i, k := rng.IntN(len(fields)), rng.IntN(len(fields))
				if fields[i] != fields[k] && !strings.ContainsAny(fields[i]+fields[k], "\n.،؛:!؟\"»«()-") && fields[i] != "" && fields[k] != "" {
					fields[i], fields[k] = fields[k], fields[i]
					return strings.Join(fields, " ")
				}
			}
			return t
		})},
		{"a sentence of another article added", func(rng *rand.Rand, d, other document) (document, bool) {
			more := sentencesOf(other.Text)
			own := sentencesOf(d.Text)
			own = slices.Insert(own, rng.IntN(len(own)+1), more[rng.IntN(len(more))])
			d.Text = strings.Join(own, " ")
			return d, true
		}},
		{"a sentence replaced by another's", func(rng *rand.Rand, d, other document) (document, bool) {
			more, own := sentencesOf(other.Text), sentencesOf(d.Text)
			own[rng.IntN(len(own))] = more[rng.IntN(len(more))]
			d.Text = strings.Join(own, " ")
			return d, true
		}},
		{"a paragraph of new facts at the end", text(func(_ *rand.Rand, t string) string {
			return t + "\nوأعلنت السلطات لاحقا ارتفاع عدد الضحايا إلى 27 شخصا بعد وفاة اثنين من المصابين."
		})},
		{"a number in the title that the text lacks", func(_ *rand.Rand, d, _ document) (document, bool) {
			d.Title = "ارتفاع الحصيلة إلى 98765"
			return d, true
		}},
		{"dateline of another place", text(func(_ *rand.Rand, t string) string { return "بغداد - " + bare(t) })},
	}
}

// bare is a text without the dateline that one of the sources begins its with.
func bare(t string) string {
	return regexp.MustCompile(`^.{0,100}\(CNN\)\s*-*\s*`).ReplaceAllString(t, "")
}

var sentenceEnd = regexp.MustCompile(`[.!؟]\s+|\n+`)

func sentencesOf(t string) []string {
	var out []string
	begin := 0
	for _, at := range sentenceEnd.FindAllStringIndex(t, -1) {
		if s := strings.TrimSpace(t[begin:at[1]]); len(strings.Fields(s)) > 4 {
			out, begin = append(out, s), at[1]
		}
	}
	if s := strings.TrimSpace(t[begin:]); s != "" {
		out = append(out, s)
	}
	return out
}

// trim cuts the last paragraphs; the last sentences where there is one only.
func trim(t string, n int) string {
	lines := slices.DeleteFunc(strings.Split(t, "\n"), func(l string) bool { return strings.TrimSpace(l) == "" })
	if len(lines) > n+1 {
		return strings.Join(lines[:len(lines)-n], "\n")
	}
	s := sentencesOf(t)
	if len(s) <= n+1 {
		return t
	}
	return strings.Join(s[:len(s)-n], " ")
}

// changeWord changes one of the words that fit, chosen at random.
func changeWord(rng *rand.Rand, t string, fits func(string) bool, change func(string) string) string {
	var at [][]int
	for _, m := range regexp.MustCompile(`[\p{L}\p{Nd}\p{M}]+`).FindAllStringIndex(t, -1) {
		if fits(t[m[0]:m[1]]) {
			at = append(at, m)
		}
	}
	if len(at) == 0 {
		return t
	}
	m := at[rng.IntN(len(at))]
	return t[:m[0]] + change(t[m[0]:m[1]]) + t[m[1]:]
}

// everyLetter changes one Arabic letter of n.
func everyLetter(n int, change func(rune) string) func(*rand.Rand, string) string {
	return func(rng *rand.Rand, t string) string {
		var b strings.Builder
		for _, r := range t {
			if r >= 'ء' && r <= 'ي' && rng.IntN(n) == 0 {
				b.WriteString(change(r))
				continue
			}
			b.WriteRune(r)
		}
		return b.String()
	}
}
