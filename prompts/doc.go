// Package prompts holds the versioned prompts and renders them into the
// messages of one LLM call.
//
//	embedded files ─┐
//	                ├─> Load ──> Library.Get("news-brief@1") ──> Prompt.Render(Data) ──> []Message
//	override folder ┘                                                │
//	                          Prompt.Schema, .WireSchema, .Digest <──┘
//
// A prompt is a folder named name@version:
//
//	prompt.yaml   task, description, styles (see below); unknown keys are refused
//	system.tmpl   the static part: it sees .Style and .Rule, nothing of the article
//	user.tmpl     the part of one article: it sees the fields of userData
//	schema.json   JSON Schema (draft 2020-12) of the answer, with its bounds
//
// A prompt of the task repair has no system.tmpl and no schema.json: its
// messages follow those of the prompt whose answer is to be repaired, so that
// the provider's prefix cache serves the article a second time.
//
// A prompt of the task judge gets, before the article, the numbered claims that
// it is to judge, between markers of their own.
//
// Long articles come in parts. A prompt of the task part takes notes on one, or
// on notes of several; a prompt of the task reduce writes from the notes. Notes
// and names stand between the markers as the article does: a model wrote them
// from the page.
//
// The system message is the same, byte for byte, for all articles of a style,
// and the article comes last: prefix caches then serve the static part. The
// article's title, source and text stand between two marker lines that cannot
// occur in them; the numbering of its paragraphs, the markers and the
// neutralising of what could pass for one are done in Go, so that an override
// cannot forget them.
//
// The wording of the embedded prompts changes with their version only, and an
// old version stays. The Go API of this package is there for mujaz and carries
// no compatibility promise.
package prompts
