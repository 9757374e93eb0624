package llm

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

// Class says what kind of failure a call met. The set is closed: the worker's
// outcome switch and the metrics' label both rely on it.
type Class string

const (
	// ClassThrottled: the endpoint asks to slow down (429). Waiting is free.
	ClassThrottled Class = "throttled"
	// ClassQuota: money, credit or a daily allowance is used up (402, 429 with a
	// quota code). Waiting helps only once somebody pays or the day ends.
	ClassQuota Class = "quota"
	// ClassUnavailable: nobody answers or the endpoint says it is overloaded
	// (refused, DNS, no route, 503, 529, a model still loading).
	ClassUnavailable Class = "unavailable"
	// ClassMisconfigured: the settings are wrong and no job can succeed (401,
	// 403, unknown model, wrong URL, TLS, a redirect elsewhere, an HTML page).
	ClassMisconfigured Class = "misconfigured"
	// ClassTransient: this one call broke (reset, 500, 502, timeout, malformed
	// answer, an unexplained 400). The same call may succeed later; a bounded
	// number of attempts is right.
	ClassTransient Class = "transient"
	// ClassTruncated: the answer stopped at the token limit. The same call would
	// stop there again.
	ClassTruncated Class = "truncated"
	// ClassContextTooLong: the prompt does not fit the model's context. See
	// [Error.ContextLimit].
	ClassContextTooLong Class = "context_too_long"
	// ClassRefused: a content filter or the model itself declined.
	ClassRefused Class = "refused"
	// ClassInvalidOutput: an answer came, but it is empty, not JSON, too large or
	// against the schema. See [Error.Problems].
	ClassInvalidOutput Class = "invalid_output"
	// ClassCanceled: the caller's own context ended the call.
	ClassCanceled Class = "canceled"
)

// Classes returns all classes, for metrics that need every label up front.
func Classes() []Class {
	return []Class{
		ClassThrottled, ClassQuota, ClassUnavailable, ClassMisconfigured, ClassTransient,
		ClassTruncated, ClassContextTooLong, ClassRefused, ClassInvalidOutput, ClassCanceled,
	}
}

// Error is what [Client.Complete] and [Client.Models] return for every failure.
// Its text never holds the prompt, the answer, a body or the key, whatever the
// endpoint echoed.
type Error struct {
	Class  Class
	Status int    // HTTP status; 0 when no answer came
	Code   string // provider's machine code, only when it is a short plain token
	// RetryAfter is the earliest moment from now at which the endpoint said to
	// come back, at most [MaxRetryAfter]; 0 when it said nothing usable.
	RetryAfter time.Duration
	Advice     string     // what the person in charge can do about it
	Limits     RateLimits // rate limit headers of the failing answer
	// ContextLimit is the context size in tokens that a ClassContextTooLong
	// answer named; 0 when it named none.
	ContextLimit int
	// Problems tells what is wrong with the answer of a ClassInvalidOutput
	// error, without quoting it.
	Problems []Problem
	// Answer is what the model had written (ClassTruncated, ClassInvalidOutput),
	// for a repair call. It is untrusted text and is never printed.
	Answer    string `json:"-"`
	Usage     Usage  // of the failing call, where the endpoint reported it
	Calls     []Call // every HTTP call made, the failing one last
	Endpoint  string // Config.Label
	RequestID string
	Err       error // cause, free of text from the endpoint; may be nil
}

// Error gives class, endpoint, status, code and advice.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(string(e.Class))
	if e.Endpoint != "" {
		fmt.Fprintf(&b, ": endpoint %s", e.Endpoint)
	}
	if e.Status != 0 {
		fmt.Fprintf(&b, ": status %d", e.Status)
	}
	if e.Code != "" {
		fmt.Fprintf(&b, " (%s)", e.Code)
	}
	if e.Err != nil {
		fmt.Fprintf(&b, ": %v", e.Err)
	}
	if len(e.Problems) > 0 {
		fmt.Fprintf(&b, ": %s", e.Problems[0])
		if n := len(e.Problems) - 1; n > 0 {
			fmt.Fprintf(&b, " (and %d more)", n)
		}
	}
	if e.Advice != "" {
		fmt.Fprintf(&b, "; %s", e.Advice)
	}
	return b.String()
}

// GoString keeps %#v from printing the answer.
func (e *Error) GoString() string { return e.Error() }

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// Classify returns the class of any error: that of the *Error in its chain,
// ClassCanceled for a bare context error, "" for nil, else ClassTransient.
func Classify(err error) Class {
	if err == nil {
		return ""
	}
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Class
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return ClassCanceled
	}
	return ClassTransient
}

// Causes that stand in for vendor and network errors whose text may quote the
// endpoint's answer.
var (
	errCallTimeout = errors.New("the call's whole deadline passed")
	errTooLarge    = errors.New("the answer is larger than the limit")
	errRedirected  = errors.New("the endpoint redirects")
	errBroken      = errors.New("the connection broke before the answer was complete")
	errNotHTTP     = errors.New("what answered does not speak HTTP")
	errCut         = errors.New("the endpoint cut the prompt to its context size without saying so")
	errEncoding    = errors.New("the answer's content encoding cannot be read")
)

// tokenOf returns s when it is a short plain token that may be shown, else "".
// Providers put words such as rate_limit_exceeded there; a key or a piece of
// text fails the test by its length, its characters or its digits.
func tokenOf(s string) string {
	const maxLen, maxDigits = 48, 4
	if len(s) == 0 || len(s) > maxLen || strings.HasPrefix(s, "sk-") {
		return ""
	}
	digits := 0
	for i := range len(s) {
		switch c := s[i]; {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c == '_', c == '-', c == '.':
		case c >= '0' && c <= '9':
			digits++
		default:
			return ""
		}
	}
	if digits > maxDigits {
		return ""
	}
	return s
}
