package date

import "github.com/mujaz/mujaz/internal/verify/fold"

// English appends the dates that an English text names. As claims, words that
// may be no dates ("May" in "Theresa May", "Sunday" in "Sunday Times") are left
// out; as evidence they are kept as weak.
func English(dst []Date, words *fold.Words, texts func(part int) string, claims bool) []Date {
	m := englishLexicon()
	for i := 0; i < len(words.List); i++ {
		x := &words.List[i]
		if x.Script == fold.Digits {
			if d, ok := numeric(words, texts(int(x.Part)), i); ok {
				dst = append(dst, d)
				i = d.Last
			}
			continue
		}
		if x.Script != fold.LatinScript || x.Len < 3 || x.Len > 9 {
			continue
		}
		e, ok := m[string(words.Of(x))]
		if !ok || e.kind != Relative && !x.Upper {
			continue
		}
		d := Date{Kind: e.kind, Value: int(e.value), First: i, Last: i}
		switch e.kind {
		case Month:
			d.around(words)
			bare := d.Day == 0 && d.Year == 0
			d.Weak = bare && (e.short || e.weak && (i == 0 || !beforeMonth[string(words.Of(&words.List[i-1]))] && !monthOfNoun(words, i)))
		case Weekday:
			d.Weak = partOfName(words, i)
		}
		if d.Weak && claims {
			continue
		}
		dst = append(dst, d)
	}
	return dst
}

// monthOfNoun reports an April, June or August between small letters, "the June
// elections", that no verb of saying follows: those are first names as well.
func monthOfNoun(words *fold.Words, i int) bool {
	if i+1 >= len(words.List) {
		return false
	}
	x, before, next := &words.List[i], &words.List[i-1], &words.List[i+1]
	if x.Len < 4 || x.Len == 5 && string(words.Of(x)) == "march" || x.Broken || next.Broken || before.Upper || next.Upper || next.Script != fold.LatinScript {
		return false
	}
	w := string(words.Of(next))
	switch w {
	case "said", "says", "told", "was", "is", "has", "had", "who", "and", "or", "will", "would", "also", "to", "in", "at", "of":
		return false
	}
	return len(w) > 3 && w[len(w)-2:] != "ed"
}

// partOfName reports a weekday in the name of a feast or a newspaper.
func partOfName(words *fold.Words, i int) bool {
	if i > 0 && !words.List[i].Broken {
		switch string(words.Of(&words.List[i-1])) {
		case "black", "good", "super", "bloody", "palm", "easter", "ash", "cyber", "giving", "holy", "maundy", "shrove":
			return true
		}
	}
	if i+1 < len(words.List) && words.List[i+1].Upper && !words.List[i+1].Broken {
		switch string(words.Of(&words.List[i+1])) {
		case "times", "telegraph", "mirror", "mail", "post", "express", "herald", "night", "school":
			return true
		}
	}
	return false
}
