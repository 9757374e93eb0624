package clean

import "github.com/mujaz/mujaz/internal/lang"

const (
	// minLetters is the length below which there is nothing to summarize: a news flash of one
	// sentence has 60 letters and passes (its translation is its summary), a headline or a
	// caption has fewer. Scripts that write a syllable or a word per letter need a third.
	minLetters       = 40
	minLettersPacked = 14
	// teaserWords is the length up to which text above a paywall notice is taken for the teaser:
	// sites show one to three paragraphs. Above, the article is there and the notice is residue.
	teaserWords = 120
	// wallWords is the length up to which a page that is mostly consent or login prompts is
	// taken for a wall without an article.
	wallWords = 25
)

func skipReason(a *Article, script lang.Script) SkipReason {
	least := minLetters
	switch script {
	case lang.Han, lang.Kana, lang.Hangul, lang.Thai:
		least = minLettersPacked
	}
	var paywall, headline bool
	wall := 0
	for _, r := range a.Removed {
		switch r.Kind {
		case KindPaywall:
			paywall = true
		case KindHeadline:
			headline = true
		case KindCookies, KindSubscribe, KindNavigation, KindComments:
			wall += r.Chars
		}
	}
	switch {
	case paywall && a.Words < teaserWords:
		return SkipPaywall
	case a.Letters == 0 && wall == 0 && !headline:
		return SkipNoLetters
	case a.Words < wallWords && wall > 2*a.Letters:
		return SkipBoilerplate
	case a.Letters < least:
		return SkipStub
	}
	return ""
}
