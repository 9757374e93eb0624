// Package worker does what is to be done with one job, and decides how it ends.
//
//	queue.Consumer ──> Worker.handle
//	                     │  decode, attempts so far
//	                     v
//	                   Pipeline.Run          (pipeline.go)
//	                     body ──> clean ──> plan ──> ask ──> verify, judge ──> repair once
//	                              │skip              │ ledger before and after each call
//	                     v
//	                   Worker.conclude       (outcome.go)
//	                     result │ dead letter │ later │ handed back
//
// The order that loses nothing and pays nothing twice: read the ledger, call,
// store the answer in the ledger, publish the result by compare-and-swap, wait
// for the confirmation, ack and wait for that too. A crash between any two of
// these leaves a job that is delivered again and finds what was done.
//
// How a job ends, by what happened to it:
//
//	result published                  ok, flagged or skipped; then acked
//	throttled, quota, endpoint down   not an attempt: its gate closes; a spare endpoint is asked, or the job waits in its slot, or goes back
//	wrong key, model or URL           its gate closes, readiness fails, jobs stay queued but for those that a spare takes
//	transient fault of a call         again within the attempt, then later; attempts are counted
//	truncated                         a larger budget once, or more freely if it looped; then dead
//	context too long                  a spare endpoint with a longer one, else dead
//	refused                           a spare endpoint or the fallback model if there is one, else dead
//	the judge is away or refuses      judge cannot_judge; at the worker's own endpoint, as any call
//	no usable answer, checks failed   one repair call naming the defects, then dead or flagged
//	nothing to summarize              skipped, without a call
//	undecodable, invalid              dead at once
//	kills its worker repeatedly       run alone, then dead as poison
//	deadline passed                   dead, without a call
//	shutdown                          finished within the grace, else handed back
//
// The package is there for mujaz' own programs and carries no compatibility
// promise.
package worker
