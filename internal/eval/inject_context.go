package eval

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// idioms are words with numbers that state none, and numbers that are names.
var idioms = regexp.MustCompile(`(?i)\b(?:one of|one another|no one|number one|number \d+|no\. ?\d+|one[- ]on[- ]one|one or two|two or three|three or four|four or five|five or six|` +
	`(?:two|three|four|five|six|seven|eight|nine|ten)[- ](?:way|thirds|fifths|quarters|fold|faced)|in two\b|by two\b|two by two|two-two|out of ten|ten out of|nine to five|cloud nine|` +
	`at sixes and sevens|third part(?:y|ies)|third person|third world|third degree|fifth column|fourth estate|second[- ]hand|second nature|second thoughts?|second[- ]best|second to none|` +
	`first lady|first minister|first name|first aid|first hand|first class|first[- ]rate|9/11|24/7|50[-/]50|20/20|100 per ?cent|version \d+|\d+x\d+|(?:class|room|gate|channel|route|highway|flight|exit|page|chapter|article|section|line|act|log|call|dial|phone|text) (?:of )?\d+)\b`)

// phone numbers, addresses of hosts, and anything of many groups of digits.
var digitRuns = regexp.MustCompile(`\+?\d[\d()]*(?:[ -]\d{2,}){2,}|\b0\d+(?: \d+)+|\b\d+(?:\.\d+){2,}|\S*(?:https?://|www\.|@)\S*|\b\d+/\d+(?:/\d+)?`)

// thousands written with spaces are no telephone number.
var spacedThousands = regexp.MustCompile(`^\d{1,3}(?: \d{3})+$`)

// blockedSpans are the places where no error is made, in bytes.
func blockedSpans(text string) [][2]int {
	var spans [][2]int
	for _, pattern := range [...]*regexp.Regexp{idioms, digitRuns} {
		for _, at := range pattern.FindAllStringIndex(text, -1) {
			if !spacedThousands.MatchString(text[at[0]:at[1]]) {
				spans = append(spans, [2]int{at[0], at[1]})
			}
		}
	}
	return spans
}

// firstWord is the word that a text begins with, after one space.
func firstWord(s string) string {
	s = strings.TrimPrefix(s, " ")
	end := strings.IndexFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && r != '.' && r != '-' })
	if end < 0 {
		return s
	}
	return s[:end]
}

// lastWord is the word that a text ends with, before one space; "" at the
// beginning of a sentence and after other signs.
func lastWord(s string) string {
	s, spaced := strings.CutSuffix(s, " ")
	if !spaced {
		return ""
	}
	start := strings.LastIndexFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && r != '.' && r != '-' && r != '\'' && r != '’' })
	word := s
	if start >= 0 {
		_, n := utf8.DecodeRuneInString(s[start:])
		word = s[start+n:]
	}
	if strings.HasSuffix(word, ".") && !titleWord[word] && len(word) > 3 { // the end of a sentence
		return ""
	}
	return word
}

func capitalised(word string) bool {
	r, _ := utf8.DecodeRuneInString(word)
	return unicode.IsUpper(r)
}

// nextCapitalised reports whether a name goes on after the place.
func nextCapitalised(after string) bool {
	return strings.HasPrefix(after, " ") && capitalised(firstWord(after)) || strings.HasPrefix(after, "-")
}

// sentenceStart reports whether the place begins a sentence.
func sentenceStart(before string) bool {
	before = strings.TrimRight(before, " \"'“‘«(")
	return before == "" || strings.HasSuffix(before, ".") || strings.HasSuffix(before, "!") || strings.HasSuffix(before, "?") || strings.HasSuffix(before, ":") ||
		strings.HasSuffix(before, ".\"") || strings.HasSuffix(before, ".”")
}

// functionWord are words with a capital at the beginning of a sentence.
func functionWord(word string) bool { return openers[strings.ToLower(strings.Trim(word, ".'’"))] }

var openers = set(`a an the on in at by of for from to with and but or about around some over nearly almost under above below between among just only another all
	until till since before after during within than more less most least up down out as while when where if so then that this these those there here its his her their our my your
	he she it we they is was were are be been has have had will would could may might must can do did not no yes every each both either any many several last next late early mid
	aged against into onto across near off per plus via like because although though despite following including according approximately roughly what who which how why even still
	also yet now today meanwhile currently recently previously`)

func set(words string) map[string]bool {
	all := map[string]bool{}
	for w := range strings.FieldsSeq(words) {
		all[w] = true
	}
	return all
}

// titleWord are the titles before the name of a person.
var titleWord = set(`Mr Mr. Mrs Mrs. Ms Ms. Miss Dr Dr. Prof Prof. Professor Sen. Senator Rep. Gov. Governor Judge Justice President Chancellor Sir Lord Lady Captain Capt. Father
	Rev. General Gen. Col. Colonel Lt. Sgt. Sheriff Detective Inspector Mayor Secretary Minister Sheikh Sister Brother Coach Councillor Officer`)

// partOfName reports whether the place is inside a longer name, as far as
// capitals tell.
func partOfName(before, after string) bool {
	if strings.HasSuffix(before, "-") || strings.HasSuffix(before, "'") || strings.HasSuffix(before, "@") || strings.HasSuffix(before, "#") || nextCapitalised(after) {
		return true
	}
	word := lastWord(before)
	if capitalised(word) && !functionWord(word) {
		return true
	}
	// "Bank of England", "Republic of Korea"
	if rest, found := strings.CutSuffix(before, " of "); found {
		return capitalised(trailingWord(rest))
	}
	if rest, found := strings.CutSuffix(before, " of the "); found {
		return capitalised(trailingWord(rest))
	}
	return strings.HasPrefix(after, " and ") && capitalised(firstWord(after[len(" and"):])) && strings.HasSuffix(before, "of ")
}

// trailingWord is the word at the very end.
func trailingWord(s string) string {
	start := strings.LastIndexFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && r != '-' })
	if start < 0 {
		return s
	}
	_, n := utf8.DecodeRuneInString(s[start:])
	return s[start+n:]
}
