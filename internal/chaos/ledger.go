package chaos

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// shownViolations bounds what is printed; all are counted.
const shownViolations = 20

// Lines prints the ledger.
func (l Ledger) Lines(scenario string, seed uint64) []string {
	lines := []string{
		fmt.Sprintf("jobs      sent %d, acknowledged %d", l.Sent, l.Acked),
		"outcomes  " + counts(l.Outcomes),
		fmt.Sprintf("calls     %d, paid for %d, paid twice %d (with the answer stored: %d; under way when faults struck: %d)", l.Calls, l.Paid, l.PaidTwice, l.Stored, l.InFlight),
		"faults    " + counts(l.Faults),
	}
	if len(l.Violations) == 0 {
		return append(lines, fmt.Sprintf("PASS      %s, seed %d", scenario, seed))
	}
	for i, v := range l.Violations {
		if i == shownViolations {
			lines = append(lines, fmt.Sprintf("  … and %d more", len(l.Violations)-i))
			break
		}
		lines = append(lines, "  "+v)
	}
	return append(lines, fmt.Sprintf("FAIL      %s, seed %d: %d violations", scenario, seed, len(l.Violations)))
}

func counts(m map[string]int) string {
	if len(m) == 0 {
		return "none"
	}
	var parts []string
	for _, k := range slices.Sorted(maps.Keys(m)) {
		parts = append(parts, fmt.Sprintf("%s %d", k, m[k]))
	}
	return strings.Join(parts, ", ")
}
