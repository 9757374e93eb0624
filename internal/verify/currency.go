package verify

import "github.com/mujaz/mujaz/internal/verify/numeral"

// currencies are names and signs of currencies, one currency a row; Australian
// and other dollars are one, since newsrooms leave the country out. Own
// compilation.
var currencies = [...][]string{
	{"$", "dollar", "usd", "دولار"},
	{"€", "euro", "eur ", "يورو", "أورو"},
	{"£", "sterling", "جنيه"},
	{"dinar", "دينار", "دنانير"},
	{"riyal", "rial", "ريال"},
	{"dirham", "درهم", "دراهم"},
	{"lira", "ليرة", "ليرات"},
	{"ruble", "rouble", "روبل"},
	{"yuan", "يوان"},
	{"¥", " yen", " ين"},
	{"shekel", "شيكل", "شيقل"},
	{"rupee", "روبية"},
	{"franc", "فرنك"},
}

// longestSign is the bytes of the longest sign before a sum.
const longestSign = 3

// currency gives the row of the only currency that a quantity names, or -1.
func currency(text string) int {
	found := -1
	for i, names := range currencies {
		for _, name := range names {
			if !containsFold(text, name) {
				continue
			}
			if found >= 0 {
				return -1
			}
			found = i
			break
		}
	}
	return found
}

// otherCurrency gives the sum of the source that the claim states in another
// currency; nil when some evidence names the same, or none.
func (p *Prepared) otherCurrency(f *field, claim *numeral.Quantity) *evidence {
	if claim.Unit != numeral.Money {
		return nil
	}
	said := currency(f.text[boundary(f.text, claim.ByteStart-longestSign):claim.ByteEnd])
	if said < 0 {
		return nil
	}
	var other *evidence
	for i := range p.quantity {
		e := &p.quantity[i]
		if !supports(&e.Quantity, claim) {
			continue
		}
		text := p.parts[e.part].text
		named := currency(text[boundary(text, e.ByteStart-longestSign):e.ByteEnd])
		if named < 0 || named == said {
			return nil
		}
		other = e
	}
	return other
}
