package verify

import (
	"fmt"
	"unicode/utf8"
)

const (
	maxPeriod     = 24 // words of the longest phrase looked for as a loop
	longPhrase    = 8  // words from which a phrase said twice is a loop whatever the marks
	maxSameRune   = 12
	maxDigits     = 25 // no quantity in the news has more
	distinctFrom  = 60 // words from which the share of distinct words is judged
	leastDistinct = 0.3
)

// loopWord is a word of the output by hash and place.
type loopWord struct {
	hash       uint32
	start, end int32
	stop       bool // a sentence ends here
}

// checkLooping finds text that repeats itself as models do when they lose
// their way: one character, one word, a phrase, a sentence, or a text with
// hardly any distinct words.
func checkLooping(_ *Prepared, out *Output, fields []field, _ Limits) []Check {
	var found []Check
	var buf [256]loopWord
	for i := range fields {
		f := &fields[i]
		start, end := runeRun(f.text)
		if end == 0 {
			words := loopWords(buf[:0], f.lower)
			if start, end = phraseLoop(words, f.text); end == 0 {
				start, end = sentenceLoop(words)
			}
			if end == 0 && len(words) >= distinctFrom && distinctShare(words) < leastDistinct {
				start, end = 0, len(f.text)
			}
		}
		if end > 0 {
			found = append(found, Check{
				Verdict: Fail, OutputSpan: f.span(start, end),
				Detail: fmt.Sprintf("The %s repeats itself: %q.", fieldNoun(f.name), shortQuote(f.text[boundary(f.text, start):boundary(f.text, end)])),
			})
		}
	}
	for i := range out.KeyPoints {
		for j := range i {
			if out.KeyPoints[i].Text == out.KeyPoints[j].Text && out.KeyPoints[i].Text != "" {
				found = append(found, Check{Verdict: Fail, Detail: fmt.Sprintf("Key points %d and %d are the same.", j+1, i+1)})
				break
			}
		}
		if len(found) > maxFindings {
			break
		}
	}
	return found
}

func shortQuote(s string) string { return quote(s, 0, min(len(s), 60)).Text }

// runeRun finds a run of one character, or of digits.
func runeRun(s string) (start, end int) {
	same, digits, begin, digitsBegin := 0, 0, 0, 0
	prev := rune(-1)
	for i := 0; i < len(s); {
		r, size := rune(s[i]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRuneInString(s[i:])
		}
		if r != prev {
			same, begin, prev = 0, i, r
		}
		same++
		if r >= '0' && r <= '9' {
			if digits == 0 {
				digitsBegin = i
			}
			digits++
		} else if r != ',' && r != '.' {
			digits = 0
		}
		i += size
		if same >= maxSameRune && r != ' ' && r != '\n' {
			return begin, i
		}
		if digits >= maxDigits {
			return digitsBegin, i
		}
	}
	return 0, 0
}

func loopWords(words []loopWord, lower string) []loopWord {
	for i := 0; i < len(lower); {
		c := lower[i]
		if n := quoteMark(lower[i:]); n > 0 {
			i += n
			continue
		}
		if !wordByte(c) {
			if (c == '.' || c == '!' || c == '?' || c == '\n') && len(words) > 0 {
				words[len(words)-1].stop = true
			}
			i++
			continue
		}
		start := i
		h := uint32(2166136261) // FNV-1a
		for i < len(lower) && wordByte(lower[i]) && quoteMark(lower[i:]) == 0 {
			h = (h ^ uint32(lower[i])) * 16777619
			i++
		}
		words = append(words, loopWord{hash: h, start: int32(start), end: int32(i)})
	}
	return words
}

// quoteMark gives the length of a typographic mark that begins s, 0 when none
// does: quotation marks, dashes, the ellipsis.
func quoteMark(s string) int {
	switch {
	case len(s) > 2 && s[0] == 0xe2 && s[1] == 0x80:
		return 3
	case len(s) > 1 && s[0] == 0xc2 && (s[1] == 0xab || s[1] == 0xbb):
		return 2
	}
	return 0
}

// phraseLoop finds a phrase that follows on itself: one of two or three words
// three times, a longer one twice when nothing but a space stands between, one
// of eight words twice in any case. A single word counts as a phrase of two, so
// that it takes six in a row: "no, no, no, no, no" is quoted speech.
func phraseLoop(words []loopWord, text string) (start, end int) {
	for period := 2; period <= min(maxPeriod, len(words)/2); period++ {
		need := 2 * period
		if period >= 4 {
			need = period
		}
		run := 0
		for i := period; i < len(words); i++ {
			if words[i].hash != words[i-period].hash {
				run = 0
				continue
			}
			if run++; run < need {
				continue
			}
			first := i - run - period + 1
			if run < 2*period && !again(words[first:i+1], period, text) || scores(text[words[first].start:words[i].end]) {
				continue
			}
			return int(words[first].start), int(words[i].end)
		}
	}
	return 0, 0
}

// again reports whether a phrase that stands twice in a row is a loop. A
// headline without a full stop before a first sentence that begins with the
// same words is none, nor is a short phrase with a mark inside or between,
// which is rhetoric.
func again(words []loopWord, period int, text string) bool {
	if period < longPhrase {
		for i := 1; i < len(words); i++ {
			if words[i].start-words[i-1].end != 1 {
				return false
			}
		}
		return true
	}
	last := &words[len(words)-1]
	return last.stop || int(last.end) == len(text) || !upperAt(text, int(words[period].start))
}

// scores reports text without a letter: "6-3 6-3 6-3" of a match.
func scores(text string) bool {
	for i := range len(text) {
		if wordByte(text[i]) && (text[i] < '0' || text[i] > '9') {
			return false
		}
	}
	return true
}

// sentenceLoop finds a sentence of six or more words that stands twice, or one
// of five that follows on itself.
func sentenceLoop(words []loopWord) (start, end int) {
	type sentence struct {
		hash       uint64
		start, end int
	}
	var seen [128]sentence
	n, first := 0, 0
	var before sentence
	lead := 0 // the words of the first sentence, with a headline before it
	h := uint64(14695981039346656037)
	for i := range words {
		h = (h ^ uint64(words[i].hash)) * 1099511628211
		if !words[i].stop && i+1 < len(words) {
			continue
		}
		this := sentence{h, int(words[first].start), int(words[i].end)}
		if i-first+1 >= 5 && before.hash == h {
			return before.start, this.end
		}
		if i-first+1 >= 6 {
			for _, s := range seen[:n] {
				if s.hash == h {
					return this.start, this.end
				}
			}
			if n < len(seen) {
				if inLead(words[:lead], words[first:i+1]) {
					return this.start, this.end
				}
				seen[n] = this
				n++
			}
		}
		if lead == 0 {
			lead = i + 1
		}
		before, h, first = this, 14695981039346656037, i+1
	}
	return 0, 0
}

// inLead reports whether the lead ends with the words of a sentence, behind a
// headline without a full stop, or begins with them, when they are a headline
// again.
func inLead(lead, sentence []loopWord) bool {
	n := len(sentence)
	if len(lead) < n {
		return false
	}
	return sameWords(lead[len(lead)-n:], sentence) || !sentence[n-1].stop && sameWords(lead[:n], sentence)
}

func sameWords(a, b []loopWord) bool {
	for i := range b {
		if a[i].hash != b[i].hash {
			return false
		}
	}
	return true
}

// distinctShare estimates the share of distinct words in the first four
// hundred, by a set of hash bits.
func distinctShare(words []loopWord) float64 {
	words = words[:min(len(words), 400)]
	var bits [128]uint64
	distinct := 0
	for i := range words {
		h := (words[i].hash ^ words[i].hash>>15) % (128 * 64)
		if bits[h/64]&(1<<(h%64)) == 0 {
			bits[h/64] |= 1 << (h % 64)
			distinct++
		}
	}
	return float64(distinct) / float64(len(words))
}
