package lang

// histogram counts the letters of a sample by script and, for the Arabic block, by letter.
type histogram struct {
	letters         Letters
	arabicR         [256]int // U+0600 to U+06FF
	articles, words int      // Arabic words, and those that begin with the article ال
}

func (h *histogram) add(text string) {
	var prev, beforePrev rune // 0 at the start of a word
	for _, r := range text {
		s, ok := letterScript(r)
		if !ok {
			if r < 0x610 || r > 0x670 || r == 0x640 {
				prev, beforePrev = 0, 0
			}
			continue
		}
		h.letters.ByScript[s]++
		h.letters.Total++
		if s == Arabic {
			if r >= 0x600 && r < 0x700 {
				h.arabicR[r-0x600]++
			}
			if prev == 0 {
				h.words++
			}
			if r == 'ل' && prev == 'ا' && beforePrev == 0 {
				h.articles++
			}
		}
		beforePrev, prev = prev, r
	}
}

func (h *histogram) count(letters string) int {
	n := 0
	for _, r := range letters {
		n += h.arabicR[r-0x600]
	}
	return n
}

// Letters that only one of the languages in Arabic script uses, or that it uses far more than
// the others. Source: the CLDR exemplar characters of each language.
const (
	uyghurLetters  = "ۇۈۋڭ"
	soraniLetters  = "ڕڵۆێە"
	pashtoLetters  = "ټډړږښګڼځڅېۍ"
	sindhiLetters  = "ٻڀٺڄڃڇڏڍڊڙڪڳڱڻڦٽ"
	urduLetters    = "ٹڈڑںےہھ"
	persianLetters = "پچژگ"
)

// arabic tells the languages in Arabic script apart by their letters. The shares below are far
// under what running text shows (Urdu has about 15 % of its letters, Sorani 20 %, Pashto 6 %),
// and far over what a few foreign names bring into an Arabic article.
func (h *histogram) arabic() Guess {
	n := h.letters.ByScript[Arabic]
	for _, rule := range []struct {
		code    string
		letters string
		percent int
	}{
		{"ug", uyghurLetters, 3},
		{"ckb", soraniLetters, 4},
		{"sd", sindhiLetters, 3},
		{"ur", urduLetters, 5},
		{"ps", pashtoLetters, 2},
	} {
		found := h.count(rule.letters)
		if found*100 >= rule.percent*n {
			return shortened(Guess{rule.code, min(1, 0.5+float64(found*100)/float64(n*rule.percent*4))}, n)
		}
	}
	return shortened(h.arabicOrPersian(), n)
}

// arabicOrPersian weighs Persian letters (and its code points for kaf and yeh, which Arabic
// keyboards lack) against what only Arabic spelling has: ta marbuta, alef with hamza, and the
// article at the start of a third of its words.
func (h *histogram) arabicOrPersian() Guess {
	persian := 3*h.count(persianLetters) + h.count("کی")
	arabic := 2*h.count("ةأإ") + h.count("يكىؤ") + 2*h.articles
	switch {
	case persian == 0 && arabic == 0:
		return Guess{"ar", 0.3} // shared letters only, and Arabic is by far the commoner
	case persian > arabic:
		return Guess{"fa", margin(persian, arabic)}
	}
	return Guess{"ar", margin(arabic, persian)}
}

// margin is 0.5 for a tie and 1 where the loser has next to nothing.
func margin(winner, loser int) float64 {
	return float64(winner) / float64(winner+loser)
}
