// Package backfill takes an archive of articles through the queue: it plans what
// that will cost, sends the rows with a cursor that outlives the program, and
// accounts for every one of them.
//
// A run is the source token of its jobs in the backfill lane, so a job's result
// is found at mujaz.results.backfill.<run>.<key>, and nothing but the run's name
// is needed to find all of them.
package backfill
