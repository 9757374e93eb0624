package llm

import (
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var testNow = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func TestParseWait(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]time.Duration{
		"": 0, "0": 0, "-1": 0, "NaN": 0, "soon": 0, "-5s": 0,
		"7": 7 * time.Second, " 1.5 ": 1500 * time.Millisecond, "1s": time.Second, "12ms": 12 * time.Millisecond,
		"1m30s": 90 * time.Second, "6m0s": 6 * time.Minute,
		"31536000": MaxRetryAfter, "1e300": MaxRetryAfter, "+Inf": MaxRetryAfter, "999h": MaxRetryAfter,
		"Sun, 01 Mar 2026 12:00:30 GMT": 30 * time.Second, "Sun, 01 Mar 2026 11:00:00 GMT": 0,
		"Sun, 01 Mar 2099 11:00:00 GMT": MaxRetryAfter,
		"2026-03-01T12:00:10Z":          10 * time.Second,
		"1772366420":                    20 * time.Second, // Unix seconds
		"1772366420500":                 20500 * time.Millisecond,
	} {
		if got := parseWait(in, testNow); got != want {
			t.Errorf("%q = %v, want %v", in, got, want)
		}
	}
}

func FuzzParseWait(f *testing.F) {
	for _, s := range []string{"7", "1m30s", "-1", "1e300", "Sun, 01 Mar 2026 12:00:30 GMT", "9223372036854775807"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if d := parseWait(s, testNow); d < 0 || d > MaxRetryAfter {
			t.Errorf("%q = %v", s, d)
		}
		if d := waitInWords("please try again in "+s, testNow); d < 0 || d > MaxRetryAfter {
			t.Errorf("words %q = %v", s, d)
		}
	})
}

func header(pairs ...string) http.Header {
	h := http.Header{}
	for i := 0; i < len(pairs); i += 2 {
		h.Set(pairs[i], pairs[i+1])
	}
	return h
}

func TestParseRateLimits(t *testing.T) {
	t.Parallel()
	none := RateLimits{LimitRequests: -1, RemainingRequests: -1, LimitTokens: -1, RemainingTokens: -1}
	for name, test := range map[string]struct {
		header http.Header
		want   RateLimits
	}{
		"none": {header("Content-Type", "application/json"), none},
		"openai": {
			header("x-ratelimit-limit-requests", "60", "x-ratelimit-remaining-requests", "59", "x-ratelimit-reset-requests", "1s",
				"x-ratelimit-limit-tokens", "150000", "x-ratelimit-remaining-tokens", "149984", "x-ratelimit-reset-tokens", "6m0s"),
			RateLimits{true, 60, 59, 150000, 149984, time.Second, 6 * time.Minute},
		},
		"mistral": {
			header("x-ratelimit-limit-req-minute", "60", "x-ratelimit-remaining-req-minute", "3", "x-ratelimit-limit-tokens-minute", "500", "x-ratelimit-remaining-tokens-minute", "20"),
			RateLimits{true, 60, 3, 500, 20, 0, 0},
		},
		"anthropic": {
			header("anthropic-ratelimit-requests-limit", "50", "anthropic-ratelimit-requests-remaining", "49", "anthropic-ratelimit-requests-reset", "2026-03-01T12:00:10Z",
				"anthropic-ratelimit-tokens-limit", "1000", "anthropic-ratelimit-tokens-remaining", "900", "anthropic-ratelimit-tokens-reset", "2026-03-01T12:00:20Z"),
			RateLimits{true, 50, 49, 1000, 900, 10 * time.Second, 20 * time.Second},
		},
		"ietf":           {header("RateLimit-Limit", "100, 100;w=60", "RateLimit-Remaining", "7", "RateLimit-Reset", "30"), RateLimits{true, -1, 7, -1, -1, 30 * time.Second, 0}},
		"gateway, epoch": {header("X-RateLimit-Limit", "20", "X-RateLimit-Remaining", "0", "X-RateLimit-Reset", "1772366420500"), RateLimits{true, -1, 0, -1, -1, 20500 * time.Millisecond, 0}},
		"absurd": {
			header("x-ratelimit-limit-requests", "-5", "x-ratelimit-remaining-requests", "99999999999999999999", "x-ratelimit-limit-tokens", "many", "x-ratelimit-reset-tokens", "-3s"),
			none,
		},
	} {
		if diff := cmp.Diff(test.want, parseRateLimits(test.header, testNow)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestRetryAfterPrefersTheClearestWitness(t *testing.T) {
	t.Parallel()
	resets := []string{"x-ratelimit-reset-requests", "9s", "x-ratelimit-reset-tokens", "4s"}
	for name, test := range map[string]struct {
		header  http.Header
		message string
		want    time.Duration
	}{
		"milliseconds first":    {header("retry-after-ms", "250", "Retry-After", "9"), "", 250 * time.Millisecond},
		"azure milliseconds":    {header("x-ms-retry-after-ms", "120"), "", 120 * time.Millisecond},
		"absurd milliseconds":   {header("retry-after-ms", "1e30"), "", MaxRetryAfter},
		"header before words":   {header("Retry-After", "3"), "try again in 20s", 3 * time.Second},
		"words before resets":   {header(resets...), "please try again in 20s.", 20 * time.Second},
		"words, minutes":        {header(), "rate limited, retry after 2 minutes", 2 * time.Minute},
		"words, plain seconds":  {header(), "please retry in 37.5s.", 37500 * time.Millisecond},
		"used-up tokens":        {header(append(resets, "x-ratelimit-remaining-tokens", "0")...), "", 4 * time.Second},
		"used-up requests":      {header(append(resets, "x-ratelimit-remaining-requests", "0")...), "", 9 * time.Second},
		"no allowance is named": {header(resets...), "", 9 * time.Second},
		"nothing":               {header(), "slow down", 0},
	} {
		limits := parseRateLimits(test.header, testNow)
		if got := retryAfter(test.header, test.message, limits, testNow); got != test.want {
			t.Errorf("%s: %v, want %v", name, got, test.want)
		}
	}
}
