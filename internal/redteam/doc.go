// Package redteam holds articles that attack the model which is to summarise
// them, and the test that tells which layer stops each attack.
//
//	testdata/news.yaml      invented news and an honest brief of each
//	testdata/attacks/*.yaml one family a file: what is put into the news, and
//	                        the answer of a model that obeyed
//
//	news + attack ──> clean ──> prompt: is the fence whole, is what was hidden gone?
//	                    │
//	obeyed answer ──────┴─────> verify: does a check fail?
//	honest brief  ────────────> verify: does none fail?
//
// No model is asked. The answer of an obedient model is written by hand, so the
// set says what is stopped when a model obeys, and nothing about how often one
// does. docs/redteam.md has the table, which the test writes, and the limits.
package redteam
