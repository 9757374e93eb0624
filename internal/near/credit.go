package near

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/mujaz/mujaz/internal/clean"
)

const (
	// maxCredit is the length in words up to which a line that names an agency is
	// taken for its credit: "Beirut/ Anadolu", "agencies".
	maxCredit = 4
	// maxDateline bounds, in bytes, where a dateline may end. "Dubai, United Arab
	// Emirates (CNN)--" has 64 in Arabic.
	maxDateline = 120
	// maxPieces of a dateline: "Ramallah - Jerusalem (Reuters) -".
	maxPieces = 3
	// maxPlace is the length in words up to which what stands before a dash is a
	// place: a sentence of its own, that a copy may leave out but not replace.
	maxPlace = 3
)

// agencies are the names that datelines and credits have, as [clean.Normalize]
// leaves them. Those that are common words as well («معا», «وفا») are not here:
// "together" must not make a sentence a credit.
var agencies = regexp.MustCompile(`(?:^| )(?:` + clean.Normalize(strings.Join([]string{
	"رويترز", "فرانس برس", "أ ف ب", "د ب أ", "أ ب", "أسوشيتد برس", "أسوشيتدبرس", "الأناضول", "شينخوا", "سبوتنيك", "نوفوستي", "إنترفاكس",
	"بترا", "كونا", "واج", "سانا", "وكالات", "الوكالات", "سي إن إن", "بي بي سي", "سكاي نيوز عربية", "العربية نت", "الجزيرة نت", "سي إن إن بالعربية",
	"reuters", "afp", "dpa", "ap", "upi", "associated press", "agence france presse", "anadolu", "xinhua", "cnn", "bbc", "agencies",
}, "|")) + `) `)

// isCredit reports whether the words name an agency, and no number.
func isCredit(key []byte) bool { return !isNumber(key) && agencies.Match(key) }

// separators end the pieces of a dateline.
var separators = regexp.MustCompile(`\s*[(\[]\s*|\s*[)\]]\s*[-–—ـ:/|]+\s*|\s+[-–—ـ]+\s+|\s*-{2,}\s*|\s*[/|]\s*|:\s+`)

// cutDateline cuts the dateline from the opening of an article: up to the agency
// that it names, which is left out. Where it names none, a place before a dash is
// returned; with another place the news may be other news.
func cutDateline(text string) (place, rest string) {
	opening := text
	if len(opening) > maxDateline {
		opening = opening[:maxDateline]
		for len(opening) > 0 && !utf8.RuneStart(text[len(opening)]) {
			opening = opening[:len(opening)-1]
		}
	}
	var r reader
	begin, agency := 0, -1 // where the last agency's piece ends
	for i, at := range separators.FindAllStringIndex(opening, -1) {
		n := r.read(opening[begin:at[0]])
		if i == maxPieces || n > maxCredit || isNumber(r.key) {
			break
		}
		separator := strings.TrimSpace(opening[at[0]:at[1]])
		if isCredit(r.key) && !strings.HasPrefix(separator, "(") && !strings.HasPrefix(separator, "[") {
			agency = at[1]
		} else if agency >= 0 {
			break
		}
		if i == 0 && n <= maxPlace && strings.Trim(separator, "-–—ـ") == "" {
			place, rest = text[:at[0]], text[at[1]:]
		}
		begin = at[1]
	}
	switch {
	case agency >= 0:
		return "", text[agency:]
	case place == "":
		return "", text
	}
	return place, rest
}
