// Package score compares a text with a reference text: chrF2 as sacrebleu 2.6.0
// computes it, and ROUGE-1, ROUGE-2 and ROUGE-L as rouge-score 0.1.2 does without
// stemming. Tests hold it to their own figures; scripts/scores makes those.
//
// Both count surface forms. They tell that two versions of a prompt differ, not
// that either is right: a wrong number costs as little as a synonym.
package score

// Scores are of one text, each from 0 to 100.
type Scores struct {
	ChrF   float64 `json:"chrf"`
	Rouge1 float64 `json:"rouge1"` // F measures
	Rouge2 float64 `json:"rouge2"`
	RougeL float64 `json:"rouge_l"`
}

// Of scores a text against its reference.
func Of(text, reference string) Scores {
	have, want := tokens(text), tokens(reference)
	return Scores{
		ChrF: ChrF(text, reference), Rouge1: rougeN(have, want, 1), Rouge2: rougeN(have, want, 2), RougeL: rougeL(have, want),
	}
}
