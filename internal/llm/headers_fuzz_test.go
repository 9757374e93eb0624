package llm

import "testing"

// FuzzRateLimits: whatever an endpoint says of its limits, the wait is within
// bounds and counts are believable or unknown.
func FuzzRateLimits(f *testing.F) {
	f.Add("5", "60", "1m", "100, 100;w=60", "Please try again in 20s.", "1500")
	f.Add("Sun, 01 Mar 2026 12:00:30 GMT", "-1", "1772366430", "99999999999999999999", "retry after 2 minutes", "1e308")
	f.Add("2026-03-01T12:00:30Z", "NaN", "Inf", "0", "try again in ", "-Inf")
	f.Fuzz(func(t *testing.T, after, remaining, reset, limit, message, millis string) {
		h := header(
			"Retry-After", after, "X-Ratelimit-Remaining-Requests", remaining, "X-Ratelimit-Reset-Requests", reset,
			"X-Ratelimit-Limit-Tokens", limit, "Anthropic-Ratelimit-Tokens-Remaining", remaining, "Anthropic-Ratelimit-Tokens-Reset", reset,
			"Retry-After-Ms", millis,
		)
		r := parseRateLimits(h, testNow)
		for _, n := range []int64{r.LimitRequests, r.LimitTokens, r.RemainingRequests, r.RemainingTokens} {
			if n < -1 || n > maxLimit {
				t.Errorf("count %d of %q", n, h)
			}
		}
		for _, d := range []int64{int64(r.ResetRequests), int64(r.ResetTokens), int64(retryAfter(h, message, r, testNow))} {
			if d < 0 || d > int64(MaxRetryAfter) {
				t.Errorf("wait %d of %q and %q", d, h, message)
			}
		}
	})
}

// FuzzProfile: a profile's file is believed or refused.
func FuzzProfile(f *testing.F) {
	f.Add([]byte(`{"version":1,"endpoint":"h","model":"m","rung":"json_schema","context_size":8192,"parallel":4,"tokens_per_second":12.5}`))
	f.Add([]byte(`{"version":1,"endpoint":"h","model":"m","parallel":-1,"arabic_chars_per_token":1e400}`))
	f.Add([]byte(`[]`))
	f.Fuzz(func(t *testing.T, data []byte) {
		if p, err := parseProfile("p.json", data); err == nil && p.Validate() != nil {
			t.Errorf("profile %+v is believed", p)
		}
	})
}
