// Package llm asks any OpenAI-compatible endpoint for one answer and says
// exactly what came back: a validated answer, or an error of a closed set of
// classes on which the worker decides.
//
// It is the only package that imports go-openai. The path of one call:
//
//	Request ──> rung (json_schema │ json_object │ text)
//	              │
//	              ├─> go-openai builds the body and the URL
//	              ├─> exchange splices in what go-openai cannot send, sends,
//	              │   reads a bounded body, keeps status and headers
//	              ├─> classify: transport fault, error status, error inside a 200
//	              └─> answer: finish reason, refusal, think tags, fences, schema
//	                      │
//	Response <────────────┘        or *Error{Class, RetryAfter, Calls, …}
//
// The adapter never repeats a call that failed: the worker owns retries. Three
// things look like repeats and are not. A 400 that refuses the response format
// steps down the ladder, a 400 that names a parameter drops or renames that
// parameter (both remembered per model and schema until the process ends), and
// net/http replaces a kept-alive connection that the server had already closed
// before anything was sent on it. No Idempotency-Key is ever sent, because it
// would make net/http repeat paid calls.
//
// Connections are HTTP/1.1 and kept alive: a call owns its connection, so one
// stalled connection cannot stall the calls beside it.
package llm
