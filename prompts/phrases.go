package prompts

import (
	"slices"
	"strings"
)

// minPhraseWords is the length from which a sentence of a prompt is taken for
// distinctive: shorter ones ("English only") can stand in a news text.
const minPhraseWords = 6

// appendPhrases adds the distinctive sentences of text to phrases, each once.
func appendPhrases(phrases []string, text string) []string {
	for line := range strings.Lines(text) {
		for sentence := range strings.SplitSeq(line, ". ") {
			sentence = strings.Trim(sentence, " \n.0123456789")
			if len(strings.Fields(sentence)) >= minPhraseWords && !slices.Contains(phrases, sentence) {
				phrases = append(phrases, sentence)
			}
		}
	}
	return phrases
}
