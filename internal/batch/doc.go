// Package batch has the first calls of a backfill run made through a provider's
// Batch API, at a part of the price, or by hand with a file of requests.
//
// A batch fills the ledger. The first question of each job is written to a file,
// exactly as the job's worker would ask it; each answer is stored as a finished call
// of that job, under the key that the worker looks for; and only then is the job
// queued. The worker goes on as after a crash: checks, repairs by ordinary calls,
// result, receipt. A row that has no answer is queued without one.
//
// Every step is written to the run's batch records on the server before the next
// one, so that any machine can go on, and no batch is made twice.
package batch
