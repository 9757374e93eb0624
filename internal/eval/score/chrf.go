package score

import "strings"

const (
	// chrfOrder is the longest run of characters that is compared.
	chrfOrder = 6
	// chrfBeta weighs recall: that is the 2 of chrF2.
	chrfBeta = 2
)

// ChrF gives the character F score of one text, 0 to 100: precision and recall
// of runs of one to six characters, white space aside, each averaged over the
// lengths that both texts have.
func ChrF(text, reference string) float64 {
	have, want := letters(text), letters(reference)
	precision, recall, orders := 0.0, 0.0, 0
	for n := 1; n <= chrfOrder; n++ {
		inText, inReference := len(have)-n+1, len(want)-n+1
		if inText <= 0 || inReference <= 0 {
			break
		}
		both := float64(shared(have, want, n))
		precision += both / float64(inText)
		recall += both / float64(inReference)
		orders++
	}
	if precision+recall == 0 {
		return 0
	}
	precision, recall = precision/float64(orders), recall/float64(orders)
	const factor = chrfBeta * chrfBeta
	return 100 * (1 + factor) * precision * recall / (factor*precision + recall)
}

// letters are the characters of a text without its white space.
func letters(s string) []rune { return []rune(strings.Join(strings.Fields(s), "")) }

// shared counts the runs of n characters that both texts have, each as often as
// both have it.
func shared(a, b []rune, n int) int {
	counts := make(map[[chrfOrder]rune]int, len(b))
	var run [chrfOrder]rune
	for i := 0; i+n <= len(b); i++ {
		copy(run[:], b[i:i+n])
		counts[run]++
	}
	both := 0
	for i := 0; i+n <= len(a); i++ {
		copy(run[:], a[i:i+n])
		if counts[run] > 0 {
			counts[run]--
			both++
		}
	}
	return both
}
