// Package llmtest is a scripted endpoint in the shape of the OpenAI API, for
// tests and as the load generator's endpoint.
//
// What it answers is data: a [Script] says which [Step] a request gets, a Step
// says status, headers, bytes and delays, and [Faults] is the table of every
// fault that an LLM endpoint has been seen to show, with the class that the
// adapter gives it. Whatever no Step changes is a good answer: a valid instance
// of the schema that the request asks for, in plain English that makes no claim
// (model name "stand-in").
//
// The server keeps a [Ledger] of what it was asked and what it billed, so that a
// test can say "paid once" and a benchmark "no more connections than calls".
package llmtest
