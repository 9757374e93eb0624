package score

import "strings"

// tokens are the words of a text as ROUGE sees them: runs of a to z and digits,
// in lower case. Letters of other scripts and accented ones part words.
func tokens(s string) []string {
	// The lower case of İ is two characters for Unicode, one for Go.
	s = strings.ToLower(strings.ReplaceAll(s, "İ", "i\u0307"))
	return strings.FieldsFunc(s, func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') })
}

// rougeN gives the F measure of runs of n words, 0 to 100.
func rougeN(have, want []string, n int) float64 {
	counts := make(map[string]int, len(want))
	for i := 0; i+n <= len(want); i++ {
		counts[strings.Join(want[i:i+n], " ")]++
	}
	both := 0
	for i := 0; i+n <= len(have); i++ {
		if run := strings.Join(have[i:i+n], " "); counts[run] > 0 {
			counts[run]--
			both++
		}
	}
	return measure(both, len(have)-n+1, len(want)-n+1)
}

// maxRougeL bounds the words of each text that are aligned: time grows with their
// product, and no summary has as many.
const maxRougeL = 5000

// rougeL gives the F measure of the longest common subsequence of words.
func rougeL(have, want []string) float64 {
	have, want = have[:min(len(have), maxRougeL)], want[:min(len(want), maxRougeL)]
	row := make([]int, len(want)+1)
	for _, w := range have {
		before := 0 // of the row above, one to the left
		for j, other := range want {
			above := row[j+1]
			if w == other {
				row[j+1] = before + 1
			} else {
				row[j+1] = max(above, row[j])
			}
			before = above
		}
	}
	return measure(row[len(want)], len(have), len(want))
}

// measure is the F measure of what both texts have, 0 to 100.
func measure(both, inText, inReference int) float64 {
	if both == 0 {
		return 0
	}
	precision, recall := float64(both)/float64(inText), float64(both)/float64(inReference)
	return 100 * 2 * precision * recall / (precision + recall)
}
