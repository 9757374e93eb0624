package chaos_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/mujaz/mujaz/internal/chaos"
)

// A journal in which all is well: a call was under way when its worker was
// killed, and is repeated once.
func wellDone() chaos.Journal {
	at := func(s float64) time.Time {
		return time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC).Add(time.Duration(s * float64(time.Second)))
	}
	fine := []string{"ok", "flagged"}
	return chaos.Journal{
		Jobs: []chaos.Job{
			{ID: "a", Acked: at(0), Want: fine},
			{ID: "b", Acked: at(0), Want: fine},
			{ID: "c", Acked: at(0), Want: []string{"dead:refused"}},
			{ID: "d", Want: fine},
		},
		Calls: []chaos.Call{
			{Job: "a", Question: 1, Worker: "w1", Arrived: at(1), Ended: at(1.2), Sent: true, Mark: "m1", Final: true},
			{Job: "b", Question: 2, Worker: "w2", Arrived: at(1), Ended: at(1.1), Mark: "m2", Final: true},
			{Job: "b", Question: 2, Worker: "w1", Arrived: at(5), Ended: at(5.2), Sent: true, Mark: "m3", Final: true},
			{Job: "c", Question: 3, Worker: "w1", Arrived: at(1), Ended: at(1.1), Sent: true, Mark: "m4", Fault: "500"},
			{Job: "c", Question: 3, Worker: "w1", Arrived: at(2), Ended: at(2.1), Sent: true, Mark: "m5", Final: true},
		},
		Faults:   []chaos.Fault{{Kind: "worker killed", Worker: "w2", From: at(1.05), Until: at(1.5)}},
		Outcomes: []chaos.Outcome{{Job: "a", Kind: "ok"}, {Job: "b", Kind: "flagged"}, {Job: "c", Kind: "dead:refused"}},
		Stored:   map[string]time.Time{"m1": at(1.3), "m3": at(5.3)},
		Left:     map[string]uint64{"jobs": 0},
	}
}

func TestCheckPassesWhatIsWell(t *testing.T) {
	t.Parallel()
	l := chaos.Check(wellDone())
	if len(l.Violations) > 0 {
		t.Errorf("violations: %q", l.Violations)
	}
	if l.Sent != 4 || l.Acked != 3 || l.Calls != 5 || l.Paid != 4 || l.PaidTwice != 1 || l.InFlight != 1 || l.Outcomes["ok"] != 1 {
		t.Errorf("ledger %+v", l)
	}
}

// What a reader saw at the moment of a server's death may not have been stored.
func TestCheckDoubtsWhatWasNotConfirmed(t *testing.T) {
	t.Parallel()
	j := wellDone()
	j.Faults[0].Kind, j.Faults[0].Worker = "server killed", ""
	j.Stored["m2"] = j.Faults[0].From.Add(-20 * time.Millisecond)
	if l := chaos.Check(j); len(l.Violations) > 0 {
		t.Errorf("violations: %q", l.Violations)
	}
	j.Stored["m2"] = j.Faults[0].From.Add(-200 * time.Millisecond)
	if l := chaos.Check(j); l.Stored != 1 {
		t.Errorf("ledger %+v, want one call paid again although it was stored", l)
	}
}

// The checker is worth something only if it finds what is wrong.
func TestCheckFindsWhatIsWrong(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		spoil func(*chaos.Journal)
		want  string // in the one violation
	}{
		"a lost job":             {func(j *chaos.Journal) { j.Outcomes = j.Outcomes[1:] }, "lost: job a"},
		"two results":            {func(j *chaos.Journal) { j.Outcomes = append(j.Outcomes, chaos.Outcome{Job: "a", Kind: "ok"}) }, "duplicate: job a has 2 outcomes: ok, ok"},
		"result and dead letter": {func(j *chaos.Journal) { j.Outcomes = append(j.Outcomes, chaos.Outcome{Job: "c", Kind: "ok"}) }, "duplicate: job c has 2 outcomes: dead:refused, ok"},
		"two of an unacked job": {func(j *chaos.Journal) {
			j.Outcomes = append(j.Outcomes, chaos.Outcome{Job: "d", Kind: "ok"}, chaos.Outcome{Job: "d", Kind: "ok"})
		}, "duplicate: job d"},
		"the wrong kind":        {func(j *chaos.Journal) { j.Outcomes[2].Kind = "dead:internal" }, "wrong: job c ended as dead:internal"},
		"a job out of thin air": {func(j *chaos.Journal) { j.Outcomes = append(j.Outcomes, chaos.Outcome{Job: "x", Kind: "ok"}) }, "unknown: job x"},
		"paid twice after it was stored": {func(j *chaos.Journal) {
			j.Stored["m2"] = j.Calls[1].Ended
		}, "paid twice: the answer for job b was stored 3.9s before w1 asked again"},
		"paid twice without a fault": {func(j *chaos.Journal) { j.Faults[0].Worker = "w3" }, "paid twice: job b, by w1 after w2, and no fault met"},
		"a fault after the answer was stored": {func(j *chaos.Journal) {
			j.Stored["m1"] = j.Calls[0].Ended
			again := j.Calls[0]
			again.Arrived, again.Mark = again.Ended.Add(time.Second/2), "m9"
			j.Calls = append(j.Calls, again)
			j.Faults = append(j.Faults, chaos.Fault{Kind: "worker killed", Worker: "w1", From: again.Ended.Add(time.Second / 4), Until: again.Ended.Add(time.Second)})
		}, "paid twice: job a"},
		"more than was in flight": {func(j *chaos.Journal) {
			again := j.Calls[2]
			again.Mark = "m9"
			j.Stored["m9"] = j.Stored["m3"]
			j.Calls = append(j.Calls, again)
		}, "paid twice: 2 calls, and the faults met no more than 1"},
		"a job left in the queue": {func(j *chaos.Journal) { j.Left["jobs"] = 1 }, "left behind: 1 jobs"},
		"out of time":             {func(j *chaos.Journal) { j.Cut = true }, "not empty at the time limit"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			j := wellDone()
			c.spoil(&j)
			l := chaos.Check(j)
			if !slices.ContainsFunc(l.Violations, func(v string) bool { return strings.Contains(v, c.want) }) {
				t.Errorf("violations %q, want one with %q", l.Violations, c.want)
			}
			if !slices.ContainsFunc(l.Lines("x", 1), func(s string) bool { return strings.HasPrefix(s, "FAIL") }) {
				t.Errorf("the printed ledger does not fail: %q", l.Lines("x", 1))
			}
		})
	}
}
