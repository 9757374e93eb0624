// Package bench measures the shipped path under load: real jobs through a real
// queue and a real worker, against a scripted endpoint.
//
//	parent ── preloads jobs, waits for the last result, reads the children's usage
//	  ├─ nats      nats-server with JetStream on a temporary folder
//	  ├─ endpoint  the scripted stand-in, with a fixed latency
//	  └─ worker    `mujaz worker` itself
//
// Each is a process of its own, so that the worker's CPU and memory are its
// own. All listen on loopback. The answers are the stand-in's and say nothing
// about any model; the checks run on them all the same.
package bench
