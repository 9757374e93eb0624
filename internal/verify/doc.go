// Package verify holds an English summary or translation against the article
// it was made from, without a model.
//
//	Source --Prepare--> Prepared (quantities, words, names: once an article)
//	                        |
//	Output, Limits --Run----+--> language length residue prompt_leak looping
//	                             copied_source evasive key_points numbers
//	                        |    dates names quotations
//	                        |
//	                        v
//	                     Report (a Check per passed check, per finding)
//
// Each check is one file with one function from (Prepared, fields, Limits) to
// findings; [Prepared.Run] calls them in order. Verdicts are three-way: a check
// fails only on what it can show, and says cannot_judge where it lacks
// knowledge, since a checker that cries wolf gets switched off.
//
// Everything is deterministic, needs no network, and bounded in time and in the
// number of findings.
package verify
