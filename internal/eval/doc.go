// Package eval measures the checks on corpora: how often they are wrong about
// faithful text, and how many errors they find.
//
//	corpora --read--> documents --windows--> faithful English --+--> verify --> false alarms
//	                                              |             |
//	                                              +--inject-----+--> verify --> caught or missed
//	                                                one error
//
// The injector makes one error of a known kind at a known place. It reads the
// text with small tables of its own and never with those of internal/verify:
// what the checks cannot see would otherwise never be put before them.
//
// All of it is deterministic for a seed. No text of a corpus is in any result;
// a [Case] has some, for the tests that look at misses.
package eval
