// Package dataset runs the shipped pipeline, or a part of it, over a data set of
// one's own, and tells how good it was.
//
//	data set (JSON Lines) --Read--> rows --Run, a few at once--> results (JSON Lines, appended)
//	                                            |                   |  an interrupted run goes on here
//	                                   clean, verify: here          v
//	                                   pipeline: the caller's    Summarize, Compare --> Report: text, JSON, HTML
//
// Unlike the package above it, its results hold text: of the model, and of the
// source in the page. Whoever gives it a data set gets that text back.
package dataset
