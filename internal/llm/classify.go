package llm

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"syscall"
	"time"

	openai "github.com/sashabaranov/go-openai"
)

// failure is an Error on its way out, with what only the client needs.
type failure struct {
	Error
	lesson lesson
	paid   bool
	hung   bool // nothing came within a deadline
}

func fail(class Class, advice string, err error) *failure {
	return &failure{Error: Error{Class: class, Advice: advice, Err: err}}
}

// faultOf tells what went wrong before there was a body to judge; nil when the
// endpoint answered with a 2xx. Vendor errors are not looked into: they lose the
// status of string errors and print bodies.
func faultOf(own context.Context, x *exchange, err error) *failure {
	switch {
	case errors.Is(err, openai.ErrChatCompletionInvalidModel):
		return fail(ClassMisconfigured, "choose a chat model", errVendorModel)
	case x.err != nil:
		f := transportFault(own, x)
		f.paid = f.paid && x.ask != nil && x.sent.Load()
		return f
	case x.status >= 400:
		e, _ := parseAPIError(x.body)
		return statusFault(x.status, x, e)
	case x.status == 0:
		return fail(ClassMisconfigured, "check the model's name and the request", errors.New("the client library refused the request before sending it"))
	}
	return nil
}

// transportFault classifies what happened instead of a whole answer. Causes are
// kept only where their text cannot quote the endpoint.
func transportFault(own context.Context, x *exchange) *failure {
	err := x.err
	switch {
	case own.Err() != nil:
		f := fail(ClassCanceled, "", context.Cause(own))
		f.paid = true
		return f
	case errors.Is(err, errTooLarge):
		f := fail(ClassInvalidOutput, "", errTooLarge)
		f.Problems = []Problem{{Rule: "the answer is larger than the limit"}}
		f.paid = true
		return f
	case errors.Is(err, errRedirected):
		return fail(ClassMisconfigured, "set the base URL to where the endpoint really is; redirects elsewhere are not followed", errRedirected)
	case errors.Is(err, errEncoding):
		f := fail(ClassTransient, "", errEncoding)
		f.paid = x.status < 400
		return f
	}
	if f := connectFault(err); f != nil {
		return f
	}
	f := brokenFault(err)
	f.paid = f.Class == ClassTransient
	return f
}

// connectFault classifies faults before anything was sent; nil for others.
func connectFault(err error) *failure {
	const advice = "check that the endpoint runs and that host and port of the base URL are right"
	if dns, ok := errors.AsType[*net.DNSError](err); ok {
		return fail(ClassUnavailable, advice, dns)
	}
	if isTLS(err) {
		return fail(ClassMisconfigured, "the certificate or TLS of the endpoint is wrong, or it does not speak https; fix it or the base URL, verification cannot be switched off", innermost(err))
	}
	if op, ok := errors.AsType[*net.OpError](err); ok && op.Op != "read" && op.Op != "write" {
		return fail(ClassUnavailable, advice, op)
	}
	// net/http has no types for these two.
	switch s := innermost(err).Error(); {
	case strings.Contains(s, "TLS handshake timeout"):
		return fail(ClassUnavailable, advice, errors.New("the TLS handshake timed out"))
	case errors.Is(err, http.ErrSchemeMismatch):
		return fail(ClassMisconfigured, "the endpoint speaks http; change https:// in the base URL to http://", errNotHTTP)
	case strings.Contains(s, "malformed HTTP"):
		return fail(ClassMisconfigured, "the base URL points at something that is no HTTP server, or at a TLS port with http://", errNotHTTP)
	}
	return nil
}

// brokenFault classifies what broke after the request was under way.
func brokenFault(err error) *failure {
	var timeout interface{ Timeout() bool }
	switch {
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, errCallTimeout): // net/http gives either
		f := fail(ClassTransient, "raise the timeout if the model is merely slow", errCallTimeout)
		f.hung = true
		return f
	case errors.As(err, &timeout) && timeout.Timeout():
		f := fail(ClassTransient, "raise the first byte timeout if the model is merely slow", errors.New("no answer within the first byte timeout"))
		f.hung = true
		return f
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return fail(ClassTransient, "", fmt.Errorf("%w: %w", errBroken, syscall.ECONNRESET))
	}
	return fail(ClassTransient, "", errBroken)
}

func isTLS(err error) bool {
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return true
	}
	if _, ok := errors.AsType[tls.RecordHeaderError](err); ok {
		return true
	}
	if _, ok := errors.AsType[tls.AlertError](err); ok {
		return true
	}
	if _, ok := errors.AsType[x509.UnknownAuthorityError](err); ok {
		return true
	}
	return strings.Contains(innermost(err).Error(), "tls: ")
}

// innermost follows single wrapping down; url.Error on top prints the URL.
func innermost(err error) error {
	for {
		next := errors.Unwrap(err)
		if next == nil {
			return err
		}
		err = next
	}
}

// statusFault classifies an error status, or an error told inside a 200. The
// order matters: what the words say for certain beats the status, which gateways
// rewrite.
func statusFault(status int, x *exchange, e apiError) *failure {
	now := x.began
	if now.IsZero() {
		now = time.Now()
	}
	f := byWords(status, e)
	if f == nil {
		f = byStatus(status)
	}
	f.Code = e.shown()
	switch f.Class {
	case ClassThrottled, ClassQuota, ClassUnavailable, ClassTransient:
		f.RetryAfter = retryAfter(x.header, e.message, parseRateLimits(x.header, now), now)
		// Some providers call a limit per minute a quota.
		if f.Class == ClassQuota && e.code != "insufficient_quota" && e.kind != "insufficient_quota" &&
			status == http.StatusTooManyRequests && f.RetryAfter > 0 && f.RetryAfter <= shortQuota {
			f.Class, f.Advice = ClassThrottled, ""
		}
	case ClassContextTooLong:
		f.ContextLimit = contextLimit(e)
	case ClassMisconfigured, ClassTruncated, ClassRefused, ClassInvalidOutput, ClassCanceled:
	}
	return f
}

// shortQuota is the wait up to which a "quota" is a limit per minute.
const shortQuota = 2 * time.Minute

// byWords classifies by codes and wordings; nil when they say nothing.
func byWords(status int, e apiError) *failure {
	all := e.code + " " + e.kind + " " + e.message
	limited := status == http.StatusTooManyRequests
	refusal := status == http.StatusBadRequest || status == http.StatusUnprocessableEntity ||
		status == http.StatusForbidden || status == http.StatusOK || status == http.StatusUnavailableForLegalReasons
	switch {
	case status == http.StatusUnauthorized:
		return nil
	case containsAny(all, quotaWords) && (limited || status < 500):
		return fail(ClassQuota, "the provider's money or daily allowance is used up; top it up or wait for its reset", nil)
	case limited:
		return nil
	case containsAny(all, contextWords):
		return fail(ClassContextTooLong, "", nil)
	case refusal && containsAny(all, refusedWords):
		return fail(ClassRefused, "", nil)
	}
	if f := shapeFault(status, e); f != nil {
		return f
	}
	switch {
	case containsAny(all, modelWords), status < 500 && strings.Contains(e.message, "model") && strings.Contains(e.message, "does not exist"):
		return fail(ClassMisconfigured, "the endpoint does not serve this model; compare the model's name with its list of models", nil)
	case containsAny(all, keyWords):
		return fail(ClassMisconfigured, "the API key is wrong or missing", nil)
	case (status >= 500 || status == http.StatusOK) && containsAny(all, overloadWords):
		return fail(ClassUnavailable, "", nil)
	case strings.Contains(e.message, "http request to an https server"), strings.Contains(e.message, "http request was sent to https port"):
		return fail(ClassMisconfigured, "the endpoint speaks https; change http:// in the base URL to https://", errNotHTTP)
	case status == http.StatusOK && (e.code == "rate_limit_exceeded" || strings.Contains(all, "rate limit")):
		return fail(ClassThrottled, "", nil)
	}
	return nil
}

// shapeFault recognises a refusal of the request's shape, which the ladder may
// answer. It is an error only when there is no rung or name left to try.
func shapeFault(status int, e apiError) *failure {
	switch status {
	case http.StatusBadRequest, http.StatusNotFound, http.StatusUnsupportedMediaType,
		http.StatusUnprocessableEntity, http.StatusInternalServerError, http.StatusNotImplemented, http.StatusOK:
	default:
		return nil
	}
	what := lessonOf(e)
	if what == lessonNone {
		if status == http.StatusBadRequest && containsAny(e.code+" "+e.message, []string{"unsupported_parameter", "unknown_parameter", "unsupported parameter", "unknown parameter", "unrecognized request argument", "extra inputs", "extra_forbidden"}) {
			return fail(ClassMisconfigured, "the endpoint does not know a parameter; remove it from the extra body", nil)
		}
		return nil
	}
	f := fail(ClassMisconfigured, "the endpoint refuses every form of this request that mujaz knows; check model and extra body", nil)
	f.lesson = what
	return f
}

// byStatus classifies by the status alone. 52x and 530 are Cloudflare's, 529 is
// Anthropic's "overloaded".
func byStatus(status int) *failure {
	switch status {
	case http.StatusTooManyRequests:
		return fail(ClassThrottled, "", nil)
	case http.StatusPaymentRequired:
		return fail(ClassQuota, "the provider wants payment; top up the account", nil)
	case http.StatusUnauthorized:
		return fail(ClassMisconfigured, "the API key is wrong or missing", nil)
	case http.StatusForbidden:
		return fail(ClassMisconfigured, "the API key may not use this model or endpoint", nil)
	case http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusGone:
		return fail(ClassMisconfigured, "the model or the path is unknown; check the model's name, and that the base URL ends in the version, for example /v1", nil)
	case http.StatusProxyAuthRequired, http.StatusMisdirectedRequest, http.StatusUpgradeRequired,
		http.StatusNotImplemented, http.StatusHTTPVersionNotSupported:
		return fail(ClassMisconfigured, "what answers is not the endpoint; check the base URL and the proxy variables", nil)
	case http.StatusRequestEntityTooLarge:
		return fail(ClassContextTooLong, "", nil)
	case http.StatusUnavailableForLegalReasons:
		return fail(ClassRefused, "", nil)
	case http.StatusServiceUnavailable, 521, 522, 523, 525, 526, 529, 530:
		return fail(ClassUnavailable, "", nil)
	case http.StatusBadRequest, http.StatusUnprocessableEntity:
		return fail(ClassTransient, "the endpoint refused this request for a reason that mujaz does not know", nil)
	}
	return fail(ClassTransient, "", nil)
}

// oddBody classifies a 2xx without choices.
func (c *Client) oddBody(x *exchange) *failure {
	body := bytes.TrimSpace(x.body)
	if e, ok := parseAPIError(body); ok {
		return statusFault(max(e.status, http.StatusOK), x, e)
	}
	kind := x.header.Get("Content-Type")
	switch {
	case len(body) == 0:
		return fail(ClassTransient, "", errors.New("the answer is empty"))
	case strings.HasPrefix(kind, "text/event-stream"), bytes.HasPrefix(body, []byte("data:")), body[0] == ':':
		f := fail(ClassTransient, "the endpoint streams although it was not asked to", errors.New("the answer is an event stream"))
		f.paid = true
		return f
	case body[0] == '<', strings.HasPrefix(kind, "text/html"):
		return fail(ClassMisconfigured, "a web page answers instead of an LLM; check the base URL, a login page or a proxy may be in the way", errors.New("the answer is HTML"))
	case body[0] != '{' && body[0] != '[':
		return fail(ClassMisconfigured, "what answers is not an LLM; check that the base URL ends in the version, for example /v1", errors.New("the answer is not JSON"))
	}
	f := fail(ClassTransient, "", errors.New("the answer has no choices or is no valid JSON"))
	f.paid = true
	return f
}
