package name

import (
	"math/bits"
	"slices"
	"strings"

	"github.com/mujaz/mujaz/internal/verify/fold"
)

// Costs of the alignment of Latin with Arabic letters, in twentieths of a
// consonant. Own compilation from the spellings of Arabic news.
const (
	costNear       = 10 // a consonant that is sometimes written so
	costNearVowel  = 4
	costClitic     = 1 // «و», «ب», «ال» before the name
	costSuffix     = 2 // an ending of nationality after it
	costNone       = 1000
	maxUnits       = 24
	maxArabicWord  = 24
	letterCount    = 36
	unitCount      = len(unitSpecs)
	costFinalHeh   = 2 // «ة», which is silent
	costInitialCut = 4 // a vowel that begins the Latin name
)

// unitSpec says how a group of Latin letters is written in Arabic.
type unitSpec struct {
	latin string
	del   uint16 // cost of leaving it out
	exact string
	near  string
	pairs string // groups of two letters, by spaces
}

// finalT names the "t" at the end of a word, which may be «ة»: Hayat. No text
// holds it in this form.
const finalT = "t."

// Longer groups stand before shorter ones.
var unitSpecs = [...]unitSpec{
	{"eaux", 3, "و", "", ""},
	{"eau", 3, "و", "", ""},
	{"igh", 8, "ي", "ا", "اي"},
	{"ugh", 8, "و", "ف", "يو"},
	{"tsch", 20, "ش", "تچ", "تش"},
	{"sch", 20, "ش", "سكچ", "سك شك"},
	{"tch", 20, "ش", "تچج", "تش"},
	{"sh", 20, "ش", "سجچ", "سه"},
	{"ch", 20, "شكخ", "جسقتچح", "تش"},
	{"th", 18, "ثتذط", "دهسظز", "ته"},
	{"dh", 18, "ذضظد", "ز", "ده"},
	{"kh", 20, "خ", "كقح", "كه"},
	{"gh", 6, "غ", "قجكفخگ", "جه"},
	{"ph", 20, "ف", "بپ", "به"},
	{"zh", 20, "جژز", "شيچ", "تش"},
	{"ts", 20, "زص", "ست", "تس"},
	{"tz", 20, "زتص", "س", "تز تس"},
	{"qu", 20, "كق", "غ", "كو قو"},
	{"gn", 20, "ن", "", "غن جن ني"},
	{"ll", 18, "ل", "ي", "لل"},
	{"dd", 18, "دضذ", "طتظ", "دد"},
	{"dj", 20, "ج", "", "دج"},
	{"dg", 20, "ج", "", "دج دغ"},
	{"dz", 20, "ز", "", "دز"},
	{"cz", 20, "ش", "ستز", "تش تس"},
	{"cc", 20, "كش", "س", "كس تش"},
	{"ck", 20, "ك", "ق", ""},
	{"sz", 20, "شس", "ز", ""},
	{"rh", 16, "ر", "", ""},
	{"a", 6, "اعه", "يو", ""},
	{"e", 6, "يا", "عهو", ""},
	{"i", 7, "ي", "اعوه", ""},
	{"o", 7, "و", "اعه", ""},
	{"u", 7, "و", "ايعه", "يو"},
	{"b", 20, "ب", "پفڤ", ""},
	{"c", 20, "كسق", "شتثصجچ", "تس تش"},
	{"d", 18, "دض", "ذطتظ", ""},
	{"f", 20, "ف", "ڤوپ", ""},
	{"g", 20, "جغقگ", "كخزيش", "دج"},
	{"h", 9, "هحخ", "عاگ", ""},
	{"j", 20, "جگ", "يخهزشغچژ", "دج"},
	{"k", 20, "كق", "خجغگ", ""},
	{"l", 18, "ل", "", ""},
	{"m", 20, "م", "ن", ""},
	{"n", 20, "ن", "م", ""},
	{"p", 20, "بپ", "ف", ""},
	{"q", 20, "قك", "غجگع", ""},
	{"r", 16, "ر", "غ", ""},
	{"s", 18, "سصز", "شثظج", ""},
	{"t", 18, "تط", "دثض", ""},
	{finalT, 12, "تطه", "دث", ""},
	{"v", 20, "فڤ", "بو", ""},
	{"w", 10, "و", "فغڤ", ""},
	{"x", 20, "", "خزسشك", "كس كز قص"},
	{"y", 5, "يا", "جو", ""},
	{"z", 20, "زذظس", "صتضجث", "تس"},
}

// insertCosts are those of Arabic letters without a Latin counterpart; the
// letters that are not listed cost a consonant.
var insertCosts = map[rune]uint16{'ا': 6, 'و': 9, 'ي': 8, 'ع': 4, 'ء': 1, 'ه': 8, 'ح': 16}

const consonant = 20

// soundClasses are coarse groups of consonants; a letter may be in two.
var soundClasses = [...]string{
	"بپ", "فڤ", "م", "ن", "ل", "ر", "تطدضثذظ", "سصزشذظثجضژچ", "كقخغجگچ",
}

// otherLetters are those of Urdu, Pashto and Kurdish, and behind each the Arabic
// or Persian letter that sounds like it.
const otherLetters = "ٹتڈدڑرںنہهھهےيۓيێيۆوۇوڕرڵلټتډدړرږژښشڼنځزڅسېيۍيڭكۋڤ"

// alphabet is the order of the compact letter numbers, from 1.
const alphabet = "ابتثجحخدذرزسشصضطظعغفقكلمنهويءپچژگڤ"

// tables are the compiled costs.
type tables struct {
	compact [256]uint8 // folded letter to compact number
	insert  [letterCount]uint16
	sub     [unitCount][letterCount]uint16
	pair    [unitCount][3][2]uint8 // compact letters
	del     [unitCount]uint16
	first   [26][]uint8       // units by their first Latin letter
	arabic  [256]uint16       // classes of a folded letter
	must    [unitCount]uint16 // the class that the Arabic of a unit is in
	have    [unitCount]uint16 // the classes that it may be in
	vowel   [unitCount]bool   // and the letters that may be silent
	letters [unitCount]string // Latin
}

var sounds = func() (t tables) {
	n := uint8(0)
	for _, r := range alphabet {
		n++
		f := fold.Letter(r)
		t.compact[f] = n
		t.insert[n] = consonant
		if c, ok := insertCosts[r]; ok {
			t.insert[n] = c
		}
		for class, s := range soundClasses {
			if strings.ContainsRune(s, r) {
				t.arabic[f] |= 1 << class
			}
		}
	}
	other := []rune(otherLetters)
	for i := 0; i+1 < len(other); i += 2 {
		from, to := fold.Letter(other[i]), fold.Letter(other[i+1])
		if from > fold.Silent && t.compact[from] == 0 {
			t.compact[from], t.arabic[from] = t.compact[to], t.arabic[to]
		}
	}
	t.insert[0] = consonant
	number := func(r rune) uint8 { return t.compact[fold.Letter(r)] }
	for u, s := range unitSpecs {
		t.del[u], t.letters[u] = s.del, s.latin
		t.vowel[u] = strings.Contains("aeiouy", s.latin[:1])
		c := s.latin[0] - 'a'
		t.first[c] = append(t.first[c], uint8(u))
		near := uint16(costNear)
		if t.vowel[u] {
			near = costNearVowel
		}
		for i := range t.sub[u] {
			t.sub[u][i] = costNone
		}
		for _, r := range s.near {
			t.sub[u][number(r)] = near
		}
		for _, r := range s.exact {
			t.sub[u][number(r)] = 0
		}
		for i, p := range strings.Fields(s.pairs) {
			if i < len(t.pair[u]) {
				r := []rune(p)
				t.pair[u][i] = [2]uint8{number(r[0]), number(r[1])}
			}
		}
		t.must[u] = ^uint16(0)
		for _, r := range s.exact {
			t.must[u] &= t.arabic[fold.Letter(r)]
		}
		if bits.OnesCount16(t.must[u]) != 1 {
			t.must[u] = 0
		}
		for _, r := range s.exact + s.near + strings.ReplaceAll(s.pairs, " ", "") {
			t.have[u] |= t.arabic[fold.Letter(r)]
		}
	}
	return t
}()

// indexOfFinalT is the unit of finalT.
var indexOfFinalT = slices.IndexFunc(unitSpecs[:], func(s unitSpec) bool { return s.latin == finalT })

// sound is a Latin name as its sounds.
type sound struct {
	n          int
	units      [maxUnits]uint8
	del        [maxUnits]uint16
	must, have uint16 // consonant classes
	weight     uint16 // the sum of del
}

// soundOf reads the folded letters of a Latin word.
func soundOf(w []byte) (s sound) {
	for _, silent := range [...]string{"kn", "wr", "ps", "pf", "ts"} {
		if len(w) > 3 && string(w[:2]) == silent {
			w = w[1:]
			break
		}
	}
	for i := 0; i < len(w) && s.n < maxUnits; {
		c := w[i]
		if c < 'a' || c > 'z' {
			i++
			continue
		}
		for _, u := range sounds.first[c-'a'] {
			l := sounds.letters[u]
			if len(w)-i < len(l) || string(w[i:i+len(l)]) != l {
				continue
			}
			i += len(l)
			for i < len(w) && w[i] == l[len(l)-1] { // doubled letters sound as one
				i++
			}
			s.add(u, i == len(w))
			break
		}
	}
	return s
}

func (s *sound) add(u uint8, last bool) {
	d := sounds.del[u]
	l := sounds.letters[u]
	switch {
	case s.n == 0 && sounds.vowel[u]:
		d = costInitialCut
	case last && l == "e":
		d = 1
	case last && s.n > 3 && (l == "n" || l == "s" || l == "x"): // Angolan, Charles, Devaux
		d = 8
	case last && l == "t":
		u = uint8(indexOfFinalT)
		d = sounds.del[u]
	case last && l == "d":
		d = 12
	}
	s.units[s.n], s.del[s.n] = u, d
	s.n++
	s.weight += d
	s.have |= sounds.have[u]
	if d > 16 {
		s.must |= sounds.must[u]
	}
}

var (
	waw, feh, beh, lam, kaf, alef = fold.Letter('و'), fold.Letter('ف'), fold.Letter('ب'), fold.Letter('ل'), fold.Letter('ك'), fold.Letter('ا')
	heh, yeh, noon, teh           = fold.Letter('ه'), fold.Letter('ي'), fold.Letter('ن'), fold.Letter('ت')
	meem, sheen                   = fold.Letter('م'), fold.Letter('ش')
)

// similarity compares a Latin name with an Arabic word: 1 for the same sounds,
// 0 or less for none in common.
func similarity(s *sound, w []byte) float64 {
	whole, _ := align(s, w)
	return whole
}

// align gives the similarity of a Latin name to an Arabic word and to the
// beginning of it that is most like the name.
func align(s *sound, w []byte) (whole, beginning float64) {
	if len(w) == 0 || len(w) > maxArabicWord || s.n == 0 {
		return 0, 0
	}
	var letters [maxArabicWord]uint8
	var insert [maxArabicWord]uint16
	var rows [2][maxArabicWord + 1]uint16
	prev, cur := &rows[0], &rows[1]
	m := len(w)
	clitics := cliticCosts(w)
	for j, b := range w {
		letters[j] = sounds.compact[b]
		insert[j] = sounds.insert[letters[j]]
	}
	if b := w[m-1]; b == heh || b == teh {
		insert[m-1] = costFinalHeh
	}
	limit := s.weight
	for j := range m {
		limit += insert[j]
		prev[j+1] = min(prev[j]+insert[j], clitics[j+1])
	}
	limit = uint16(float64(limit) * (1 - lowest) / 2)
	for i := range s.n {
		if s.row(i, prev, cur, letters[:m], insert[:m]) > limit {
			return 0, 0
		}
		prev, cur = cur, prev
	}
	cost, used := prev[m], m
	if k := suffix(w); k > 0 && prev[m-k]+costSuffix < cost {
		cost, used = prev[m-k]+costSuffix, m-k
	}
	skip := 0
	for j := 1; j < m; j++ { // the clitics that the alignment may have used
		if clitics[j] < costNone {
			skip = j
		}
	}
	weight := s.weight
	for j := skip; j < m; j++ {
		if j == used {
			whole = 1 - 2*float64(cost)/float64(weight)
		}
		weight += insert[j]
		beginning = max(beginning, 1-2*float64(prev[j+1])/float64(weight))
	}
	if used == m {
		whole = 1 - 2*float64(cost)/float64(weight)
	}
	return whole, beginning
}

// lowest is the similarity below which no alignment is finished.
const lowest = 0.40

// row computes in cur the cost of aligning the first i+1 sounds with each
// beginning of the letters, from prev for the first i, and gives the least.
func (s *sound) row(i int, prev, cur *[maxArabicWord + 1]uint16, letters []uint8, insert []uint16) uint16 {
	u := s.units[i]
	sub, del := &sounds.sub[u], s.del[i]
	pairs := &sounds.pair[u]
	cur[0] = prev[0] + del
	least, left := cur[0], cur[0]
	for j, letter := range letters {
		c := min(prev[j+1]+del, prev[j]+sub[letter], left+insert[j])
		if pairs[0][0] != 0 && j > 0 {
			for _, p := range pairs {
				if p[0] == letters[j-1] && p[1] == letter && p[0] != 0 {
					c = min(c, prev[j-1])
				}
			}
		}
		cur[j+1], left = c, c
		least = min(least, c)
	}
	return least
}

// cliticCosts gives for each number of letters whether they are conjunctions,
// prepositions and the article before a name.
func cliticCosts(w []byte) (c [maxArabicWord + 1]uint16) {
	for j := range c {
		c[j] = costNone
	}
	c[0] = 0
	for j := range min(len(w)-2, 5) {
		if c[j] == costNone {
			continue
		}
		cost := c[j] + costClitic
		switch b := w[j]; {
		case b == alef && w[j+1] == lam, b == lam && w[j+1] == lam:
			c[j+2] = min(c[j+2], cost)
		case b == waw && j == 0, b == feh && j == 0, b == beh && j < 2, b == kaf && j < 2:
			c[j+1] = min(c[j+1], cost)
		}
		if w[j] == lam && j < 2 {
			c[j+1] = min(c[j+1], cost)
		}
	}
	return c
}

// suffix gives the length of an ending of nationality: «ي», «ية», «يين», «يون».
func suffix(w []byte) int {
	n := len(w)
	switch {
	case n > 5 && w[n-1] == noon && w[n-3] == yeh && (w[n-2] == yeh || w[n-2] == waw):
		return 3
	case n > 4 && w[n-2] == yeh && (w[n-1] == heh || w[n-1] == noon || w[n-1] == alef):
		return 2
	case n > 3 && w[n-1] == yeh:
		return 1
	}
	return 0
}
