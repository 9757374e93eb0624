// Package queue is mujaz' wire contract and its topology on NATS JetStream:
// what a job, a result and a dead letter are, where they are kept, and how
// they get from one to the other without being lost or done twice.
//
//	Producer.Submit ──> MUJAZ_JOBS, MUJAZ_JOBS_BACKFILL (work queues, discard new)
//	                      mujaz.jobs.<lane>.<source>.<key>
//	                        │ Consumer: a slot is taken, then a job is pulled;
//	                        │ its lease is renewed until it is concluded
//	                        v
//	                     Delivery ──> handler
//	                        │            │ Ledger (KV): answers paid for, attempts
//	                        │            v
//	                        │   Conn.PublishResult ──> MUJAZ_RESULTS (limits, compare-and-swap)
//	                        │   Conn.PublishDead  ───> MUJAZ_DEAD    (limits)
//	                        v
//	                 Delivery.Ack (double ack), only after one of the two is confirmed
//
// # Guarantees
//
// A job that Submit confirmed is in the queue until its result or its dead
// letter is stored and confirmed. A job's revision has one result: the write is
// a compare-and-swap on the last sequence of the job's own subject, so neither
// a redelivery nor a restart of the server or a worker makes a second one. What
// the disk loses in a power cut is decided by the server's sync_interval; the
// server configurations in deploy/nats sync every write.
//
// # Compatibility
//
// This package and the JSON that it speaks follow semantic versioning: within
// schema version 1 fields are added, never renamed or removed, and readers
// ignore those that they do not know. The payloads in testdata/wire are decoded
// by every version. Subjects, stream names, header names and causes are part of
// the contract; docs/wire.md describes it for producers in other languages.
//
// Package queue takes no logger: it returns errors, or calls a hook. Errors
// never hold article text or credentials; many implement Hint() string with
// advice for the person who must act.
package queue
