package worker

import "github.com/mujaz/mujaz/queue"

// Agreement counts, over results, where the judge and the other checks find
// fault: how much a judge sees that the checks do not, and the other way round.
type Agreement struct {
	Both       int `json:"both"`        // find fault
	OnlyJudge  int `json:"only_judge"`  // finds fault
	OnlyChecks int `json:"only_checks"` // find fault
	Neither    int `json:"neither"`     // finds fault
	NotJudged  int `json:"not_judged"`  // results without a judge's verdict
}

// Add counts one result. The judge has given a verdict where a claim passed,
// failed or was not found in the source; that it did not answer is none.
func (a *Agreement) Add(checks []queue.Check) {
	var judged, judge, others bool
	for _, c := range checks {
		fail := c.Verdict == queue.VerdictFail
		if c.Check != CheckJudge {
			others = others || fail
			continue
		}
		judge = judge || fail
		// Only the check of a judge that did not answer points at nothing.
		judged = judged || c.Verdict != queue.VerdictCannotJudge || c.OutputSpan != nil
	}
	switch {
	case !judged:
		a.NotJudged++
	case judge && others:
		a.Both++
	case judge:
		a.OnlyJudge++
	case others:
		a.OnlyChecks++
	default:
		a.Neither++
	}
}
