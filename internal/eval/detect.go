package eval

import (
	"slices"
	"unicode/utf8"

	"github.com/mujaz/mujaz/internal/verify"
)

// fitting are the checks that may find an error of a kind. A fail of another
// check beside it is luck, and not counted.
func fitting(kind Kind) []string {
	switch kind {
	case Numbers, NumberWords, SingleUnits:
		return []string{verify.CheckNumbers, verify.CheckDates} // a day of a month
	case Magnitudes:
		return []string{verify.CheckNumbers}
	case Months, Weekdays:
		return []string{verify.CheckDates}
	case Names:
		return []string{verify.CheckNames}
	case WrongLanguage, MixedLanguage:
		return []string{verify.CheckLanguage, verify.CheckCopiedSource}
	case Looping:
		return []string{verify.CheckLooping}
	case PromptLeak:
		return []string{verify.CheckPromptLeak}
	}
	return nil
}

// caught reports whether the checks found the error: a fitting check fails at
// its place, or has more fails than before it was made. Injections at a place
// that was [alarmed] are not to be asked for.
func caught(before, after verify.Report, in Injection) bool {
	for _, check := range fitting(in.Kind) {
		was, is := failsOf(before, check), failsOf(after, check)
		if len(is) > len(was) || slices.ContainsFunc(is, func(c verify.Check) bool { return overlaps(c.OutputSpan, in.Start, in.End) }) {
			return true
		}
	}
	return false
}

// alarmed reports whether a fitting check fails at the place of the error in the
// faithful text already. That is a false alarm, and no test of the check.
func alarmed(before verify.Report, in Injection) bool {
	if in.Old == "" {
		return false
	}
	end := in.Start + utf8.RuneCountInString(in.Old)
	for _, check := range fitting(in.Kind) {
		if slices.ContainsFunc(failsOf(before, check), func(c verify.Check) bool { return overlaps(c.OutputSpan, in.Start, end) }) {
			return true
		}
	}
	return false
}

func overlaps(s *verify.Span, start, end int) bool {
	return s != nil && s.Field == "summary" && s.Start < end && start < s.End
}

// failsOf are the fails of a check; of all checks for "".
func failsOf(r verify.Report, check string) []verify.Check {
	var fails []verify.Check
	for _, c := range r.Checks {
		if c.Verdict == verify.Fail && (check == "" || c.Check == check) {
			fails = append(fails, c)
		}
	}
	return fails
}
