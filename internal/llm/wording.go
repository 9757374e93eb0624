package llm

import (
	"regexp"
	"strconv"
	"strings"
	"sync"
)

// The wordings below are lower-case pieces of provider messages and codes. Each
// list holds what is known of providers' formats, a few of them checked against
// public issue threads; a new wording is one more line and one more test row.

var contextWords = []string{
	"context_length_exceeded", "exceed_context_size", "context length", "context window",
	"context size", "context limit", "maximum context", "prompt is too long", "prompt too long",
	"input is too long", "input too long", "maximum input length", "max_model_len",
	"string_above_max_length", "exceeds the maximum number of tokens", "exceeds token limit",
	"max_new_tokens` must be", "maximum prompt length", "prompt exceeds", "reduce the length of the",
	"too many input tokens", "input tokens exceed",
}

var quotaWords = []string{
	"insufficient_quota", "billing_hard_limit", "billing_not_active", "insufficient balance",
	"insufficient_balance", "insufficient credit", "credit balance is too low", "out of credits",
	"payment required", "exceeded your current quota", "tokens per day", "requests per day",
	"per-day", "(tpd)", "(rpd)", "daily limit", "spending limit", "spend limit", "usage limit",
	"budget has been exceeded", "monthly limit",
}

var refusedWords = []string{
	"content_filter", "content_policy", "responsibleaipolicyviolation", "content management policy",
	"data_inspection_failed", "inappropriate content", "flagged by", "was flagged", "moderation",
	"safety system", "usage policies", "prohibited_content",
}

var modelWords = []string{
	"model_not_found", "model not found", "unknown model", "no such model", "invalid model",
	"model_not_supported", "no models loaded", "deploymentnotfound", "is not a valid model",
}

var keyWords = []string{
	"invalid_api_key", "incorrect api key", "api key not valid", "api_key_invalid", "invalid api key",
	"authentication_error", "invalid token", "no api key", "missing api key",
}

var overloadWords = []string{
	"overloaded", "loading model", "model is loading", "server is busy", "at capacity",
	"no healthy upstream", "no available server", "temporarily unavailable", "service_unavailable",
}

// unsupportedWords say that a parameter or format is not taken at all, as
// opposed to having a bad value.
var unsupportedWords = []string{
	"unsupported", "not support", "n't support", "unrecognized", "unknown", "unexpected",
	"not permitted", "not allowed", "is unavailable", "not available", "extra inputs", "extra_forbidden",
	"must be", "invalid value", "not valid", "instead", "invalid schema", "invalid_json_schema",
	"not implemented", "no endpoints found", "not enabled", "failed to parse grammar", "only the default",
	"cannot", "deprecated", "is invalid",
}

// formatWords name the structured output parameter.
var formatWords = []string{
	"response_format", "response format", "json_schema", "json schema", "json_object", "json mode",
	"structured output", "guided_json", "guided decoding", "grammar", "responseschema", "response_schema",
	"requested parameters",
}

func containsAny(s string, words []string) bool {
	for _, w := range words {
		if strings.Contains(s, w) {
			return true
		}
	}
	return false
}

// lesson is what a refusal teaches about the next request.
type lesson int

const (
	lessonNone lesson = iota
	lessonFormat
	lessonTokensName
	lessonTemperature
	lessonSeed
)

// lessonOf reads a refusal of the request's shape.
func lessonOf(e apiError) lesson {
	all := e.param + " " + e.code + " " + e.message
	if !containsAny(all, unsupportedWords) {
		return lessonNone
	}
	// The parameter, where it is named, is the best witness.
	subject := e.param
	if subject == "" || subject == "none" {
		subject = e.message
	}
	switch {
	case strings.HasPrefix(e.param, "response_format"):
		return lessonFormat
	case strings.Contains(subject, "max_tokens"), strings.Contains(subject, "max_completion_tokens"):
		// "max_tokens is too large … must be at most" is about the value.
		if strings.Contains(all, "too large") || strings.Contains(all, "at most") || strings.Contains(all, "less than") {
			return lessonNone
		}
		return lessonTokensName
	case strings.Contains(subject, "temperature"):
		return lessonTemperature
	case containsAny(subject, formatWords), containsAny(e.code, formatWords):
		return lessonFormat
	case e.param == "seed", strings.Contains(subject, "'seed'"), strings.Contains(subject, `"seed"`),
		strings.Contains(subject, "parameter: seed"), strings.Contains(subject, "`seed`"):
		return lessonSeed
	}
	return lessonNone
}

// contextPatterns find the context size in a message, best witness first.
var contextPatterns = sync.OnceValue(func() []*regexp.Regexp {
	return []*regexp.Regexp{
		regexp.MustCompile(`> ?(\d{3,9}) ?(?:maximum|,|$|\.)`),
		regexp.MustCompile(`allowed[^0-9]{0,4}(\d{3,9})`),
		regexp.MustCompile(`(?:context (?:length|window|size|limit)|maximum (?:input|prompt) length|max_model_len|n_ctx)[^0-9]{0,30}(\d{3,9})`),
		regexp.MustCompile(`(?:less than or equal to|must be <=|<=)[^0-9]{0,3}(\d{3,9})`),
		regexp.MustCompile(`(\d{3,9})[- ]tokens? (?:context|limit|maximum)`),
		regexp.MustCompile(`(?:limit|maximum)(?: of| is|:)? ?(\d{3,9})`),
	}
})

// contextLimit is the context size in tokens that an error names, 0 for none.
func contextLimit(e apiError) int {
	const smallest = 256
	if e.context >= smallest {
		return e.context
	}
	message := thousands().ReplaceAllString(e.message, "$1$2")
	for _, p := range contextPatterns() {
		if m := p.FindStringSubmatch(message); m != nil {
			if n, err := strconv.Atoi(m[1]); err == nil && n >= smallest && n <= maxTokensReported {
				return n
			}
		}
	}
	return 0
}

// thousands finds the commas inside 128,000.
var thousands = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(\d),(\d{3})\b`)
})
