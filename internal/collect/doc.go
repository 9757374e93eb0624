// Package collect brings the results of a backfill run out of the queue and into
// a file: JSON Lines, CSV, Parquet, or a page for reading (internal/page).
//
// Results come in the order in which they were stored, or, when the run's input
// is read again, in the order of its rows. Each job has one record, that of its
// newest result: a higher revision and a person's review supersede what was.
// Nothing is held in memory but what is on its way, and a file appears under its
// name only when it is complete.
package collect
