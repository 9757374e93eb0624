// Package lang tells the language and the script of a text, cheaply enough to run on every job.
package lang

import (
	"strings"
	"unicode/utf8"

	"github.com/abadojack/whatlanggo"
)

// Guess is a detected language.
type Guess struct {
	// Code is the ISO 639-1 code, or the ISO 639-3 code where part 1 has none for a language
	// that is told apart here (ckb). Empty means unknown.
	Code string
	// Confidence runs from 0 (unknown) to 1. It compares languages within the dominant script;
	// it is no probability.
	Confidence float64
}

const (
	// maxSample bounds, in bytes, what is looked at: more text does not change the answer, and
	// the trigram count behind Latin script costs about 0.2 µs a byte.
	maxSample = 1200
	// sampleWindows is how many pieces the sample is taken from, so that a foreign opening or a
	// block of residue at one end does not decide.
	sampleWindows = 3
	// certainLetters is the number of letters from which the length of a text no longer lowers
	// the confidence.
	certainLetters = 24
)

// Detect returns the main language of text. It looks at a sample of at most 1,200 bytes taken
// from the start, the middle and the end, never panics on invalid UTF-8, and gives the same
// answer for the same text.
func Detect(text string) Guess {
	var sampled [sampleWindows]string
	parts := sample(&sampled, text)
	var h histogram
	for _, part := range parts {
		h.add(part)
	}
	script, n := h.letters.Dominant()
	if n == 0 {
		return Guess{}
	}
	switch script {
	case Arabic:
		return h.arabic()
	case Han, Kana:
		if h.letters.ByScript[Kana]*10 >= h.letters.ByScript[Han] {
			return shortened(Guess{"ja", 1}, n*3)
		}
		return shortened(Guess{"zh", 1}, n*3)
	case Latin, Cyrillic, Devanagari, Ethiopic:
		text = parts[0]
		if len(parts) > 1 {
			text = strings.Join(parts, " ")
		}
		return shortened(trigrams(text, script), n)
	default:
		return shortened(Guess{scriptLanguage[script], 1}, n*2)
	}
}

// IsRTL reports whether the language with this code is written from right to left.
func IsRTL(code string) bool {
	switch code {
	case "ar", "fa", "ur", "ps", "ckb", "sd", "ug", "he", "yi", "dv", "prs", "ks":
		return true
	}
	return false
}

// shortened lowers the confidence of a guess made from few letters.
func shortened(g Guess, letters int) Guess {
	if letters < certainLetters {
		g.Confidence *= float64(letters) / certainLetters
	}
	return g
}

// sample fills dst with pieces of text that begin and end on rune borders.
func sample(dst *[sampleWindows]string, text string) []string {
	if len(text) <= maxSample {
		dst[0] = text
		return dst[:1]
	}
	const window = maxSample / sampleWindows
	for i := range dst {
		start := i * (len(text) - window) / (sampleWindows - 1)
		end := start + window
		for start < end && !utf8.RuneStart(text[start]) {
			start++
		}
		for end < len(text) && end > start && !utf8.RuneStart(text[end]) {
			end--
		}
		dst[i] = text[start:end]
	}
	return dst[:]
}

// trigrams asks whatlanggo. Its profiles sit in maps, so two languages at exactly the same
// distance come in random order; that is confidence 0, which is reported as unknown.
func trigrams(text string, script Script) Guess {
	var options whatlanggo.Options
	if script == Devanagari {
		// Bhojpuri and Maithili win news Hindi too often, and no news is expected in them.
		options.Blacklist = devanagariRare
	}
	if script == Latin {
		if g := commonWords(text); g.Confidence > 0 {
			return g
		}
		options.Blacklist = latinRare
	}
	if script == Cyrillic && russianLetters(text) {
		return Guess{"ru", 0.9}
	}
	info := whatlanggo.DetectWithOptions(text, options)
	if info.Lang < 0 || info.Confidence <= 0 {
		return Guess{}
	}
	code := info.Lang.Iso6391()
	if code == "" {
		code = info.Lang.Iso6393()
	}
	return Guess{normalCode(code), info.Confidence}
}

// russianLetters reports letters of Russian that Bulgarian, Serbian, Macedonian and Ukrainian
// lack, and none of those that Belarusian and the Turkic languages add. Trigrams alone take one
// Russian sentence in twelve for another Slavic language.
func russianLetters(text string) bool {
	return strings.ContainsAny(text, "ыэЫЭ") && !strings.ContainsAny(text, "іўїєқғңөүұһәІЎЇЄҚҒҢӨҮҰҺӘ")
}

// Esperanto and a few others have no news of their own, and their profiles attract short
// Romance and Slavic texts.
var (
	latinRare       = map[whatlanggo.Lang]bool{whatlanggo.Epo: true, whatlanggo.Ilo: true, whatlanggo.Jav: true, whatlanggo.Ceb: true}
	devanagariRare  = map[whatlanggo.Lang]bool{whatlanggo.Bho: true, whatlanggo.Mai: true}
	codeReplacement = map[string]string{"nb": "no", "nn": "no", "cmn": "zh", "pes": "fa", "arb": "ar"}
)

func normalCode(code string) string {
	if c, ok := codeReplacement[code]; ok {
		return c
	}
	return code
}
