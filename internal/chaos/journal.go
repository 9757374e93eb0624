package chaos

import "time"

// Journal is what was seen of a run from outside the worker.
type Journal struct {
	Jobs     []Job
	Calls    []Call
	Faults   []Fault
	Outcomes []Outcome
	// Stored is when the answer of a call was stored in the ledger, by the call's
	// mark and the server's clock.
	Stored map[string]time.Time
	// Left is what remains in the streams that should be empty, by what it is.
	Left map[string]uint64
	// Cut: the run came to its time limit before the queue was empty.
	Cut bool
}

// Job is what a producer sent.
type Job struct {
	ID string
	// Acked is when the queue had confirmed it; zero if it never did.
	Acked time.Time
	// Want are the outcomes that are right, in the words of [Outcome.Kind].
	Want []string
}

// done are the outcomes of a job that nothing is wrong with. The checks may
// doubt what a stand-in says.
func done() []string { return []string{"ok", "flagged"} }

// Call is what the endpoint was asked.
type Call struct {
	// Job that it is about, by the number that its article holds.
	Job string
	// Question is the digest of all that was asked: equal ones are repetitions.
	Question uint64
	Worker   string
	Arrived  time.Time
	// Ended is when the endpoint had sent its answer, or the caller had gone;
	// zero when neither happened by the end of the run.
	Ended time.Time
	Sent  bool // the answer, in whole
	// Mark is the model name of the answer, one of its own for each call.
	Mark string
	// Fault is what the endpoint did instead of answering well; "" is nothing.
	Fault string
	// Final tells that the call gave what there is to be had: asking the same
	// again is paying twice. Of a call whose caller left it is not known, and a
	// provider goes on and charges, so that it counts.
	Final bool
}

// Fault is what the harness did.
type Fault struct {
	Kind string
	// Worker that it concerned; empty is all of them.
	Worker string
	// From the blow to the recovery.
	From, Until time.Time
}

// Outcome is what a reader found.
type Outcome struct {
	Job string // id
	// Kind is the status of a result, or "dead:" and the cause.
	Kind     string
	Sequence uint64
}
