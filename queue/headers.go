package queue

import (
	"regexp"

	"github.com/nats-io/nats.go"
)

// Headers of jobs, results and dead letters. NATS keeps their case.
const (
	HeaderMsgID    = nats.MsgIdHdr  // jobs: [Job.MsgID]
	HeaderSchema   = "Mujaz-Schema" // schema version of the payload
	HeaderDigest   = "Mujaz-Digest" // [Job.Digest]
	HeaderRevision = "Mujaz-Revision"
	HeaderStatus   = "Mujaz-Status"   // results: [Status]
	HeaderSpending = "Mujaz-Spending" // results: [Spending], as JSON
	HeaderReview   = "Mujaz-Review"   // results that a person decided about: [Decision]
	HeaderDead     = "Mujaz-Dead"     // dead letters: the facts, as JSON
	// HeaderRedriveOf and HeaderRedrives mark a job that was redriven: the
	// sequence of its dead letter, and how many times by now.
	HeaderRedriveOf = "Mujaz-Redrive-Of"
	HeaderRedrives  = "Mujaz-Redrives"
	// HeaderTraceParent and HeaderTraceState carry the W3C trace context
	// from job to result, in lower case as the W3C writes them.
	HeaderTraceParent = "traceparent"
	HeaderTraceState  = "tracestate"
)

var traceParentPattern = regexp.MustCompile(`^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$`)

// Trace is a W3C trace context (https://www.w3.org/TR/trace-context/).
type Trace struct{ Parent, State string }

// traceOf reads the trace context; one that is malformed counts as absent.
func traceOf(h nats.Header) Trace {
	parent := h.Get(HeaderTraceParent)
	if !traceParentPattern.MatchString(parent) {
		return Trace{}
	}
	state := h.Get(HeaderTraceState)
	const maxState = 512 // the W3C's bound on what must be propagated
	if len(state) > maxState {
		state = ""
	}
	return Trace{Parent: parent, State: state}
}

func (t Trace) set(h nats.Header) {
	if traceParentPattern.MatchString(t.Parent) {
		h.Set(HeaderTraceParent, t.Parent)
		if t.State != "" {
			h.Set(HeaderTraceState, t.State)
		}
	}
}
