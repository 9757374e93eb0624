package chaos

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/mujaz/mujaz/internal/llm"
	"github.com/mujaz/mujaz/internal/llmtest"
	"github.com/mujaz/mujaz/queue"
)

// faults has a fifth of the calls meet a fault of the catalogue, every kind.
func faults(ctx context.Context, a *attempt) error {
	// A faulty job has one faulty call, and a good one behind it.
	const faultyJobs = 0.25
	jobs := orders(a.cfg.Jobs, queue.LaneLive, "gazette", 0)
	kinds := playable()
	met := map[string]llmtest.Fault{} // by the article's number
	next := 0
	pausing := 0
	for _, i := range a.dice.Perm(len(jobs))[:int(faultyJobs*float64(len(jobs)))] {
		f := kinds[next%len(kinds)]
		next++
		for next > len(kinds) && pauses(f) {
			// Each of these has all slots of a worker wait for 15 to 30 seconds:
			// one of a kind is enough.
			f = kinds[next%len(kinds)]
			next++
		}
		if pauses(f) {
			pausing++
		}
		met[number(jobs[i])] = f
		jobs[i].want = outcomeOf(f)
	}
	st, err := open(ctx, a, setup{
		config: "single-fast.conf", workers: 8, slots: 4, ackWait: 10 * time.Second, grace: 5 * time.Second, latency: 40 * time.Millisecond,
		choose: func(job string, nth int) (trouble, bool) {
			f, found := met[job]
			if !found || nth >= len(f.Steps) {
				return trouble{}, false
			}
			step := f.Steps[nth]
			return trouble{name: f.Name, step: step, final: finishes(f.Class) && step.Status < 300}, true
		},
		// Some faults are silence.
		args: []string{"--timeout", "5s"},
	})
	if err != nil {
		return err
	}
	defer st.close(ctx)
	if err := st.work(ctx); err != nil {
		return err
	}
	if a.journal, err = st.drive(ctx, jobs, nil); err != nil {
		return err
	}
	a.countFaults(len(kinds), pausing)
	return nil
}

// countFaults tells how much of the catalogue was met.
func (a *attempt) countFaults(kinds, pausing int) {
	seen := map[string]int{}
	faulty := 0
	for _, c := range a.journal.Calls {
		if c.Fault != "" {
			faulty++
			seen[c.Fault]++
		}
	}
	a.figure("%d of %d calls met a fault (%.0f %%), of %d kinds; %d of them had a worker wait", faulty, len(a.journal.Calls), 100*float64(faulty)/float64(len(a.journal.Calls)), len(seen), pausing)
	if want := min(kinds, len(a.journal.Jobs)/4); len(seen) < want {
		a.violate("faults: only %d kinds of %d were met: %v", len(seen), want, slices.Sorted(maps.Keys(seen)))
	}
}

// playable are the faults that an answer can show within a run. Waits are
// scaled down; the two that ask for the longest wait of all are left to the
// gate's own tests.
func playable() []llmtest.Fault {
	var out []llmtest.Fault
	for _, f := range llmtest.Faults() {
		if f.NotHere != "" || f.RetryAfter >= llm.MaxRetryAfter {
			continue
		}
		f.Steps = slices.Clone(f.Steps)
		for i := range f.Steps {
			f.Steps[i] = hurried(f.Steps[i])
		}
		out = append(out, f)
	}
	return out
}

// hurried asks for shorter waits.
func hurried(s llmtest.Step) llmtest.Step {
	s.RetryAfterDate = min(s.RetryAfterDate, 2*time.Second)
	shorter := strings.NewReplacer("6m0s", "1s", "1m30.5s", "1.5s", "14m24s", "1s")
	s.Body = shorter.Replace(s.Body)
	s.Header = maps.Clone(s.Header)
	for k, v := range s.Header {
		if s.Header[k] = shorter.Replace(v); v == "7" && k == "Retry-After" {
			s.Header[k] = "1"
		}
	}
	return s
}

// pauses tells the faults that people have to mend, for which the gate waits
// longest.
func pauses(f llmtest.Fault) bool {
	return f.Class == llm.ClassQuota || f.Class == llm.ClassMisconfigured
}

// finishes tells the classes of which there is nothing more to be had by asking
// the same again; see Call.Final.
func finishes(c llm.Class) bool {
	return c == "" || c == llm.ClassTruncated || c == llm.ClassInvalidOutput || c == llm.ClassRefused
}

// outcomeOf is what the design's table says of a job whose first call meets the
// fault, and whose later calls are well.
func outcomeOf(f llmtest.Fault) []string {
	switch f.Class {
	case llm.ClassRefused:
		return []string{"dead:" + string(queue.CauseRefused)}
	case llm.ClassContextTooLong:
		return []string{"dead:" + string(queue.CauseContextTooLong)}
	}
	return done()
}
