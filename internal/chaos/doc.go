// Package chaos breaks a running fleet and proves that nothing was lost, nothing
// came twice and nothing was paid for twice.
//
//	harness ── producers, the stand-in endpoint and its journal, links, faults, readers
//	  ├─ nats-server ×1 or ×3   the shipped configuration, killed and restarted
//	  └─ mujaz worker ×N        the shipped program, killed, stopped and restarted
//
// A [Scenario] is a load and a schedule of faults, drawn from a seed: the same
// seed gives the same schedule. What happened goes into a [Journal], and [Check]
// judges it. Check knows nothing of the worker: the journal holds what producers
// had acknowledged, what the endpoint was asked, which faults were done, and
// what a plain NATS client found in the streams.
//
// Everything listens on loopback, is bounded in time, and is gone with the
// harness, also when that is killed.
package chaos
