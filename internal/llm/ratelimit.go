package llm

import (
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// MaxRetryAfter caps what an endpoint may ask for. Whatever it says, it is
// probed again after this long, so that a bug there cannot stop a worker for a
// year.
const MaxRetryAfter = time.Hour

// maxLimit is above any real limit per minute; larger values are ignored.
const maxLimit = 1 << 40

// RateLimits is what the x-ratelimit-* headers of one answer said. -1 (counts)
// and 0 (durations) stand for "not said or not believable".
type RateLimits struct {
	Known             bool  // at least one field was said
	LimitRequests     int64 // a minute, as LimitTokens
	RemainingRequests int64
	LimitTokens       int64
	RemainingTokens   int64
	ResetRequests     time.Duration // until the request allowance is full again
	ResetTokens       time.Duration // until the token allowance is full again
}

// parseRateLimits reads the spellings of OpenAI and Azure
// (x-ratelimit-limit-requests), Mistral (x-ratelimit-limit-req-minute),
// Anthropic (anthropic-ratelimit-requests-limit), and what remains and when it
// resets in those of the IETF draft (ratelimit-remaining) and of gateways that
// count requests only (x-ratelimit-remaining).
func parseRateLimits(h http.Header, now time.Time) RateLimits {
	r := RateLimits{LimitRequests: -1, RemainingRequests: -1, LimitTokens: -1, RemainingTokens: -1}
	for key, values := range h {
		// Keys are canonical, so this cheap test skips all ordinary headers.
		if len(values) == 0 || !strings.Contains(key, "atelimit") {
			continue
		}
		r.take(key, strings.TrimSpace(values[0]), now)
	}
	r.Known = r.LimitRequests >= 0 || r.RemainingRequests >= 0 || r.LimitTokens >= 0 ||
		r.RemainingTokens >= 0 || r.ResetRequests > 0 || r.ResetTokens > 0
	return r
}

func (r *RateLimits) take(key, value string, now time.Time) {
	switch key {
	case "X-Ratelimit-Limit-Requests", "X-Ratelimit-Limit-Req-Minute", "Anthropic-Ratelimit-Requests-Limit":
		// The bare names of gateways (x-ratelimit-limit) are left out: nobody
		// says whether they count a second, a minute or a day.
		r.LimitRequests = parseCount(value)
	case "X-Ratelimit-Remaining-Requests", "X-Ratelimit-Remaining-Req-Minute", "X-Ratelimit-Remaining",
		"Ratelimit-Remaining", "Anthropic-Ratelimit-Requests-Remaining":
		r.RemainingRequests = parseCount(value)
	case "X-Ratelimit-Reset-Requests", "X-Ratelimit-Reset", "Ratelimit-Reset",
		"Anthropic-Ratelimit-Requests-Reset":
		r.ResetRequests = parseWait(value, now)
	case "X-Ratelimit-Limit-Tokens", "X-Ratelimit-Limit-Tokens-Minute", "Anthropic-Ratelimit-Tokens-Limit":
		r.LimitTokens = parseCount(value)
	case "X-Ratelimit-Remaining-Tokens", "X-Ratelimit-Remaining-Tokens-Minute", "Anthropic-Ratelimit-Tokens-Remaining":
		r.RemainingTokens = parseCount(value)
	case "X-Ratelimit-Reset-Tokens", "Anthropic-Ratelimit-Tokens-Reset":
		r.ResetTokens = parseWait(value, now)
	}
}

// parseCount reads a count of 0 or more; -1 when it is none.
func parseCount(s string) int64 {
	// The IETF draft appends policies: "100, 100;w=60".
	if i := strings.IndexAny(s, ",;"); i >= 0 {
		s = strings.TrimSpace(s[:i])
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 0 || n > maxLimit {
		return -1
	}
	return n
}

// parseWait reads a wait in any spelling met in the field: plain seconds
// ("1.5"), a Go-like duration ("6m0s", "12ms"), an HTTP or RFC 3339 date, and
// Unix time in seconds or milliseconds. 0 when it is absent, past, negative or
// unreadable; never more than MaxRetryAfter.
func parseWait(s string, now time.Time) time.Duration {
	s = strings.TrimSpace(s)
	if s == "" {
		return 0
	}
	if f, err := strconv.ParseFloat(s, 64); err == nil {
		// Beyond thirty years of seconds a number can only be a point in time.
		const pointInTime, inMillis = 1e9, 1e12
		switch {
		case math.IsNaN(f) || f <= 0:
			return 0
		case f >= inMillis && f < 1e15:
			return clampWait(time.UnixMilli(int64(f)).Sub(now))
		case f >= pointInTime && f < inMillis:
			return clampWait(time.Unix(int64(f), 0).Sub(now))
		case f >= MaxRetryAfter.Seconds():
			return MaxRetryAfter
		}
		return clampWait(time.Duration(f * float64(time.Second)))
	}
	if d, err := time.ParseDuration(s); err == nil {
		return clampWait(d)
	}
	if t, err := http.ParseTime(s); err == nil {
		return clampWait(t.Sub(now))
	}
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		return clampWait(t.Sub(now))
	}
	return 0
}

func clampWait(d time.Duration) time.Duration {
	return min(max(d, 0), MaxRetryAfter)
}

// retryAfter decides how long to wait: an explicit header, then the words of the
// message ("try again in 6m0s"), then the reset of the allowance that is used
// up, then any reset.
func retryAfter(h http.Header, message string, limits RateLimits, now time.Time) time.Duration {
	for _, key := range []string{"Retry-After-Ms", "X-Ms-Retry-After-Ms"} {
		if f, err := strconv.ParseFloat(strings.TrimSpace(h.Get(key)), 64); err == nil && f > 0 {
			return clampWait(time.Duration(min(f, float64(MaxRetryAfter.Milliseconds()))) * time.Millisecond)
		}
	}
	if d := parseWait(h.Get("Retry-After"), now); d > 0 {
		return d
	}
	if d := waitInWords(message, now); d > 0 {
		return d
	}
	switch {
	case limits.RemainingRequests == 0 && limits.RemainingTokens == 0:
		return max(limits.ResetRequests, limits.ResetTokens)
	case limits.RemainingTokens == 0 && limits.ResetTokens > 0:
		return limits.ResetTokens
	case limits.RemainingRequests == 0 && limits.ResetRequests > 0:
		return limits.ResetRequests
	}
	return max(limits.ResetRequests, limits.ResetTokens)
}

// waitInWords finds "try again in 1m30.5s", "retry in 20s", "retry after 5
// seconds" in a provider's message.
func waitInWords(message string, now time.Time) time.Duration {
	for _, lead := range []string{"try again in ", "retry in ", "retry after "} {
		_, rest, ok := strings.Cut(message, lead)
		if !ok {
			continue
		}
		word := strings.TrimRight(rest[:strings.IndexFunc(rest+" ", func(r rune) bool { return r == ' ' || r == ',' })], ".")
		unit := strings.TrimLeft(rest[min(len(word), len(rest)):], " ")
		if strings.HasPrefix(unit, "minute") {
			word += "m"
		}
		if d := parseWait(word, now); d > 0 {
			return d
		}
	}
	return 0
}
