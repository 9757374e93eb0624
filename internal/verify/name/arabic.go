package name

import (
	"bytes"
	"slices"
	"strings"
	"sync"

	"github.com/mujaz/mujaz/internal/verify/fold"
)

// This file holds names of an Arabic text against an Arabic source. Arabic has
// no capitals, so only two kinds of words are taken for names: those of the
// tables of places and organisations, and those behind a title or «مدينة».

// arabicName is a stem of a name in an Arabic text.
type arabicName struct {
	stem string
	of   *group
}

// ambiguousStems are stems of the tables that are ordinary words as well, or
// the names of people. They prove that a source has a place, not that a text
// names it. Own compilation.
const ambiguousStems = "مالي فارس فرس شام مشرق عرب قدس مقدس بيرو غين كين غان فيج عيون مؤتمر شيوخ عمال عمل جمهوري استخبارات مخابرات مباحث طفوله وزاره جزيره عربيه هيئه ريال فتح ليما تيك سبيس بنين رق نيل جيزه نقب طنجه كوب نقد تحقيق ولايات منظمه رياض منام يوفي عاصي دار السلام ابها توغ شيل تونغ تونج جيرس جيرز غوام موناك مكي لاوو فوكس اوبر ناس ابل جامعه صوفي برن مقدوني مدينه صور سيول ديمقراط ديموقراط هادئ محيط خليج اطلسي رومان~ كيت نامي كرد مارتينيك هولوكوست سوفي اسكندر نوبل متوسط كاميرون ريغا ريجا جزر"

// arabicNames are the stems that show a name, by their first two letters.
var arabicNames = sync.OnceValue(func() map[string][]arabicName {
	ambiguous := map[string]bool{}
	for w := range strings.FieldsSeq(ambiguousStems) {
		ambiguous[fold.Text(w)] = true
	}
	m := map[string][]arabicName{}
	seen := map[*group]bool{}
	l := names()
	for _, g := range l.byName {
		if !g.place || seen[g] {
			continue
		}
		seen[g] = true
		for _, stem := range g.stems {
			bare := strings.TrimRight(stem, "~ ")
			if bare == "" || len(bare) < 3 || strings.Contains(bare, " ") || ambiguous[bare] {
				continue
			}
			m[bare[:2]] = append(m[bare[:2]], arabicName{stem, g})
		}
	}
	for _, list := range m {
		slices.SortFunc(list, func(a, b arabicName) int {
			if n := len(b.stem) - len(a.stem); n != 0 {
				return n
			}
			if n := strings.Compare(a.stem, b.stem); n != 0 {
				return n
			}
			return strings.Compare(a.of.english[0], b.of.english[0])
		})
	}
	return m
})

// ArabicClaims appends the names of an Arabic text that were looked up in the
// source.
func (s *Source) ArabicClaims(dst []Claim, words *fold.Words) []Claim {
	if s.mode != Arabic || s.cut {
		return dst
	}
	for i := range words.List {
		x := &words.List[i]
		if x.Script != fold.ArabicScript || x.Len < 3 {
			continue
		}
		if len(dst) >= maxNames {
			break
		}
		c := Claim{First: i, Last: i, Near: -1, Outcome: Absent}
		if listed := listedArabic(words.Of(x)); listed != nil {
			for _, n := range listed {
				if at, ok := s.hasAnyStem(n.of); ok {
					c.Outcome, c.Near = Found, at
					break
				}
				if s.knows(n.of) {
					c.Outcome = Unknown
				}
			}
		} else if i > 0 && !x.Broken && announced(words.Of(&words.List[i-1])) && nameLikeArabic(words.Of(x)) {
			if at := s.like(words.Of(x)); at >= 0 {
				c.Outcome, c.Near = Found, at
			}
		} else {
			continue
		}
		dst = append(dst, c)
	}
	return dst
}

// announcers stand before the names of people and places. Own compilation.
const announcers = "السيد السيدة الدكتور الدكتورة الشيخ الأمير الأميرة الملك الملكة اللواء العميد العقيد الجنرال المدرب اللاعب النائب السفير القاضي الكاتب المخرج الممثل الممثلة المغني المغنية الفنان الفنانة الوزير الرئيس البروفيسور الزعيم الصحفي الصحافي المحامي مدينة بلدة قرية ولاية مقاطعة"

var announcing = sync.OnceValue(func() map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq(announcers) {
		m[fold.Text(w)] = true
	}
	return m
})

// announced reports a title or «مدينة», clitics aside.
func announced(w []byte) bool {
	for range 3 {
		if announcing()[string(w)] {
			return true
		}
		if len(w) < 5 || w[0] != waw && w[0] != beh && w[0] != lam && w[0] != feh {
			return false
		}
		w = w[1:]
	}
	return false
}

// nameLikeArabic reports a word that may be a name: long enough, without the
// article, and without the endings of adjectives.
func nameLikeArabic(w []byte) bool {
	n := len(w)
	if n < 4 || w[0] == waw || w[0] == alef && w[1] == lam || isFrequent(frequent(), w) {
		return false
	}
	return w[n-1] != heh && w[n-1] != yeh && !(w[n-1] == noon && (w[n-2] == yeh || w[n-2] == waw)) && !(w[n-1] == teh && w[n-2] == alef)
}

// like finds a word of the source with nearly the same letters as the Arabic
// word w, clitics aside; -1 when there is none.
func (s *Source) like(w []byte) int {
	for i := range s.shapes {
		v := s.words.Of(&s.words.List[s.shapes[i].word])
		if s.shapes[i].again || len(v) < 3 {
			continue
		}
		if bytes.Contains(v, w) || bytes.Contains(w, v) {
			return int(s.shapes[i].word)
		}
		for from := range min(len(v)-2, 4) {
			if lettersAlike(v[from:], w) >= likeArabic {
				return int(s.shapes[i].word)
			}
		}
	}
	return -1
}

// likeArabic is the share of letters in common from which two Arabic words may
// be spellings of one name.
const likeArabic = 0.7

// knows reports whether the source names what every reader knows to be in the
// place: a movement or a part of a country.
func (s *Source) knows(g *group) bool {
	if !slices.Contains(g.english, "palestine") {
		return false
	}
	for _, of := range [...]string{"gaza", "hamas", "west bank", "ramallah", "fatah"} {
		if part := names().byName[of]; part != nil {
			if _, ok := s.hasAnyStem(part); ok {
				return true
			}
		}
	}
	return false
}

func (s *Source) hasAnyStem(g *group) (word int, ok bool) {
	for _, stem := range g.stems {
		if at, ok := s.hasStem(stem); ok {
			return at, true
		}
	}
	return -1, false
}

// listedArabic gives the places and organisations that an Arabic word names:
// «عمان» is two. It gives none when the word names none.
func listedArabic(w []byte) []arabicName {
	clitics := cliticCosts(w)
	for from := range min(len(w)-2, 5) {
		if from > 0 && clitics[from] >= costNone {
			continue
		}
		rest := w[from:]
		list := arabicNames()[string(rest[:2])]
		for i := range list {
			if !stemMatches(rest, list[i].stem) {
				continue
			}
			end := i + 1
			for end < len(list) && list[end].stem == list[i].stem {
				end++
			}
			return list[i:end]
		}
	}
	return nil
}

func stemMatches(w []byte, stem string) bool {
	bare := strings.TrimRight(stem, "~ ")
	if !bytes.HasPrefix(w, []byte(bare)) {
		return false
	}
	if stem[len(stem)-1] == ' ' {
		return len(w) == len(bare)
	}
	return isNisba(w[len(bare):])
}
