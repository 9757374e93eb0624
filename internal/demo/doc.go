// Package demo runs mujaz on one machine: an embedded NATS server, a worker
// and, where no other endpoint is found, a small local model.
//
//	samples or files ──> clean (shown) ──> queue ──> worker ──> results (shown)
//	                                         │         │
//	                                   natsembed   any endpoint, or LocalModel
package demo
