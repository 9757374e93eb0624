package queue

import (
	"cmp"
	"errors"
	"fmt"
	"strings"
)

// Errors that a caller can act on. They are wrapped with what was being done.
var (
	// ErrQueueFull: a stream has reached its limit and refuses more. Nothing
	// was stored; the same can be submitted again later.
	ErrQueueFull = errors.New("the job queue is full")

	// ErrConflict: the id is taken by a job with other content. Use a new
	// id, or a higher revision to supersede the earlier job.
	ErrConflict = errors.New("the id is taken by a job with other content")

	// ErrTooLarge: an article exceeds [MaxArticleBytes].
	ErrTooLarge = errors.New("the article is too large")

	// ErrResultExists: a result of the same or a later revision is stored.
	ErrResultExists = errors.New("a result of this job is stored already")

	// ErrLeaseLost: the delivery is not ours any more; another worker may
	// have it. Nothing may be sent for it.
	ErrLeaseLost = errors.New("the lease on the delivery was lost")

	// ErrNotFound: there is no such result, dead letter, body or entry.
	ErrNotFound = errors.New("not found")

	// ErrNoTopology: the streams do not exist on the server.
	ErrNoTopology = errors.New("the mujaz streams do not exist on this server")

	// ErrBodyMissing and ErrBodyCorrupt: an article's claim check does not
	// lead to the body, or to another body than was handed in.
	ErrBodyMissing = errors.New("the article body is missing from the object store")
	ErrBodyCorrupt = errors.New("the article body does not have the stated digest")
)

// Cause says why a job ended as a dead letter. The vocabulary is closed.
type Cause string

// The causes.
const (
	CauseUndecodable        Cause = "undecodable"         // not a JSON job
	CauseUnsupportedVersion Cause = "unsupported_version" // schema_version is not one we speak
	CauseInvalid            Cause = "invalid"             // a job, but not a valid one
	CauseConflict           Cause = "conflict"            // id taken by other content
	CauseTooLarge           Cause = "too_large"           // article beyond the limit
	CauseBodyMissing        Cause = "body_missing"        // claim check without a body
	CauseBodyCorrupt        Cause = "body_corrupt"        // claim check with another body
	CauseUnusableSource     Cause = "unusable_source"     // binary, undecodable text
	CauseTruncated          Cause = "truncated"           // answers cut off by length, twice
	CauseContextTooLong     Cause = "context_too_long"    // article beyond the model's context
	CauseRefused            Cause = "refused"             // the model or its filter declined
	CauseInvalidOutput      Cause = "invalid_output"      // no usable answer, after a repair
	CauseOverBudget         Cause = "over_budget"         // the next call could pass a cap on spending
	CauseExpired            Cause = "expired"             // deadline passed
	CauseAttemptsExhausted  Cause = "attempts_exhausted"  // transient faults, too many times
	CausePoison             Cause = "poison"              // the job kept killing its worker
	CauseCancelled          Cause = "cancelled"           // an operator cancelled it
	CauseUntrusted          Cause = "untrusted"           // signature missing, wrong, or of an unknown key
	CauseInternal           Cause = "internal"            // a defect of mujaz; see the worker's log
)

// Causes lists the closed vocabulary.
func Causes() []Cause {
	return []Cause{
		CauseUndecodable, CauseUnsupportedVersion, CauseInvalid, CauseConflict, CauseTooLarge, CauseBodyMissing,
		CauseBodyCorrupt, CauseUnusableSource, CauseTruncated, CauseContextTooLong, CauseRefused,
		CauseInvalidOutput, CauseOverBudget, CauseExpired, CauseAttemptsExhausted, CausePoison, CauseCancelled, CauseUntrusted, CauseInternal,
	}
}

// Advice is what the person who finds such a dead letter should do.
func (c Cause) Advice() string {
	switch c {
	case CauseUndecodable:
		return "The payload is not a JSON job. Correct the producer (docs/wire.md) and send the job anew."
	case CauseUnsupportedVersion:
		return "Upgrade the workers to a version that speaks this schema, then redrive; or send schema_version 1."
	case CauseInvalid:
		return "Correct the fields that the error names and send the job anew."
	case CauseConflict:
		return "The id belongs to a job with other content. Send it under a new id, or with a higher revision to supersede."
	case CauseTooLarge:
		return "Split the article; or raise the worker's --max-article-bytes, or for a translation the NATS server's max_payload, and redrive."
	case CauseBodyMissing, CauseBodyCorrupt:
		return "The body in the object store is gone or differs from what was handed in. Send the job anew."
	case CauseUnusableSource:
		return "The source is not text in a known encoding. Send its text, or its HTML page, as UTF-8."
	case CauseTruncated:
		return "The model's answer did not fit, also in parts. Raise --max-tokens or use a model with longer answers, then redrive."
	case CauseContextTooLong:
		return "The article exceeds the model's context, and what is left beside the prompt is too little to split it. Use a context of at least 4,096 tokens (num_ctx of Ollama, --ctx-size of llama.cpp), then redrive."
	case CauseRefused:
		return "The model or the provider's content filter declined this article. Redrive with another model."
	case CauseInvalidOutput:
		return "The model gave no usable answer, also when told what was wrong. Redrive with a stronger model."
	case CauseOverBudget:
		return "Raise the cap that the error names (options.max_cost, --budget-job, --budget-run or --budget-day), or take a cheaper model, then redrive."
	case CauseExpired:
		return "The job's deadline had passed. Redrive with a later deadline if the result is still wanted."
	case CauseAttemptsExhausted:
		return "Faults of the endpoint outlasted the attempts. See the last error; redrive when it is mended."
	case CausePoison:
		return "The worker died on this job each time. Report it with the payload; redrive only to reproduce."
	case CauseCancelled:
		return "An operator cancelled it. Redrive to run it after all."
	case CauseUntrusted:
		return "Nothing proves whose job it is. If it is yours: add the key to --require-signatures and redrive, or sign it (--sign-with) and send it anew. If it is not, purge it."
	case CauseInternal:
		return "A defect of mujaz: report it with the worker's log line; redrive after an upgrade."
	}
	return ""
}

// Problem is one thing that is wrong with a payload.
type Problem struct {
	Field   string `json:"field"`   // JSON path, "article.text"
	Message string `json:"message"` // never quotes the field's value
}

// ValidationError is every problem of a job at once, or of what Of names.
type ValidationError struct {
	Problems []Problem
	Of       string // "" is a job
}

// Error lists the problems in one line.
func (e *ValidationError) Error() string {
	parts := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		parts[i] = p.Field + ": " + p.Message
	}
	return "invalid " + cmp.Or(e.Of, "job") + ": " + strings.Join(parts, "; ")
}

// DecodeError is a payload that is no job of a version that we speak. It
// never quotes the payload.
type DecodeError struct {
	// Cause is [CauseUndecodable], [CauseUnsupportedVersion], or
	// [CauseInvalid] for a field of the wrong JSON type.
	Cause  Cause
	Offset int64 // bytes into the payload, when known
	Reason string
}

// Error says what is wrong and where.
func (e *DecodeError) Error() string {
	if e.Offset > 0 {
		return fmt.Sprintf("decode job: %s (at byte %d)", e.Reason, e.Offset)
	}
	return "decode job: " + e.Reason
}
