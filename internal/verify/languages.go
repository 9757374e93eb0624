package verify

import (
	"strings"
	"sync"

	"github.com/mujaz/mujaz/internal/verify/date"
	"github.com/mujaz/mujaz/internal/verify/name"
	"github.com/mujaz/mujaz/internal/verify/numeral"
)

// language is what is known of the language of a source. The zero value is that
// of a language of which only digits and names in Latin letters are read.
type language struct {
	numbers numeral.Language // whose number words are read
	dates   date.Lang        // whose months and weekdays are read; Arabic and English go by numbers
	names   name.Mode        // how its names are looked up
	// loose is set where number words and dates are read as those of a related
	// language, and not well enough for one that is missing to prove anything:
	// Hassaniya, read as standard Arabic, gave a false alarm in six of a hundred
	// excerpts of translated news.
	loose bool
	// figures is set where numbers from 21 on are written in digits; others
	// spell them out, or nothing is known of them.
	figures bool
}

// languages gives what is known by ISO 639 code, of two and of three letters.
var languages = sync.OnceValue(func() map[string]language {
	m := map[string]language{}
	for _, row := range [...]struct {
		codes string
		language
	}{
		{"ar ara arb", language{numbers: numeral.LanguageArabic, names: name.Arabic}},
		{"en eng", language{numbers: numeral.LanguageEnglish, names: name.English}},
		{"fr fra", language{numbers: numeral.LanguageFrench, dates: date.French, names: name.Latin, figures: true}},
		{"es spa", language{numbers: numeral.LanguageSpanish, dates: date.Spanish, names: name.Latin, figures: true}},
		{"de deu", language{numbers: numeral.LanguageGerman, dates: date.German, names: name.Latin, figures: true}},
		{"tr tur", language{numbers: numeral.LanguageTurkish, dates: date.Turkish, names: name.Latin, figures: true}},
		{"ru rus", language{numbers: numeral.LanguageRussian, dates: date.Russian, names: name.Sounding, figures: true}},
		{"fa fas prs", language{numbers: numeral.LanguagePersian, dates: date.Persian, names: name.Sounding}},
		{"ur urd", language{numbers: numeral.LanguageUrdu, dates: date.Urdu, names: name.Sounding}},
		{"he heb", language{numbers: numeral.LanguageHebrew, dates: date.Hebrew, names: name.Sounding}},
		{"hi hin", language{numbers: numeral.LanguageHindi, dates: date.Hindi, names: name.Sounding, figures: true}},
		{"ckb", language{numbers: numeral.LanguageKurdish, names: name.Sounding, figures: true}},
		{"ku", language{numbers: numeral.LanguageKurdish}},
		{"ps pus", language{numbers: numeral.LanguagePashto, figures: true}},
		{"zh zho cmn", language{numbers: numeral.LanguageChinese, dates: date.Chinese, figures: true}},
		{"mey", language{numbers: numeral.LanguageArabic, names: name.Sounding, loose: true, figures: true}},
		{"it pt nl", language{names: name.Latin, figures: true}},
		{"id ca ro sv da no pl cs fi hu", language{names: name.Latin}},
		{"uk", language{names: name.Sounding, figures: true}},
		{"be bg sr mk mr ne", language{names: name.Sounding}},
		{"ja", language{figures: true}},
	} {
		for code := range strings.FieldsSeq(row.codes) {
			m[code] = row.language
		}
	}
	return m
})
