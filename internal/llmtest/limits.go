package llmtest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"net"
	"strconv"
	"time"

	"golang.org/x/time/rate"
)

// limits are the rate limits of the endpoint, nil where there are none.
type limits struct {
	requests, tokens       *rate.Limiter
	perMinute, tokensLimit int
}

func newLimits(s Script) *limits {
	l := &limits{perMinute: s.RequestsPerMinute, tokensLimit: s.TokensPerMinute}
	l.requests, l.tokens = bucket(s.RequestsPerMinute, s.Burst), bucket(s.TokensPerMinute, s.Burst)
	return l
}

func bucket(perMinute int, burst float64) *rate.Limiter {
	if perMinute <= 0 {
		return nil
	}
	if burst <= 0 || burst > 1 {
		burst = 1
	}
	return rate.NewLimiter(rate.Limit(float64(perMinute)/60), max(1, int(float64(perMinute)*burst)))
}

// take charges a call and returns the headers that tell about the limits, nil
// without limits. A wait above 0 refuses the call, which then costs nothing.
func (l *limits) take(tokens int) (time.Duration, map[string]string) {
	if l.requests == nil && l.tokens == nil {
		return 0, nil
	}
	now := time.Now()
	header := map[string]string{}
	wait := max(shortfall(l.requests, now, 1), shortfall(l.tokens, now, tokens))
	if wait == 0 {
		// Two calls may see the same allowance; the loser is refused here.
		if l.requests != nil && !l.requests.AllowN(now, 1) || l.tokens != nil && !l.tokens.AllowN(now, min(tokens, l.tokens.Burst())) {
			wait = time.Second
		}
	}
	describe(header, "requests", l.requests, l.perMinute, now)
	describe(header, "tokens", l.tokens, l.tokensLimit, now)
	if wait > 0 {
		header["Retry-After"] = strconv.Itoa(int((wait + time.Second - 1) / time.Second))
	}
	return wait, header
}

// shortfall is the time until n are available.
func shortfall(l *rate.Limiter, now time.Time, n int) time.Duration {
	if l == nil {
		return 0
	}
	missing := float64(min(n, l.Burst())) - l.TokensAt(now)
	if missing <= 0 {
		return 0
	}
	return max(time.Millisecond, time.Duration(missing/float64(l.Limit())*float64(time.Second)))
}

func describe(header map[string]string, what string, l *rate.Limiter, perMinute int, now time.Time) {
	if l == nil {
		return
	}
	left := max(0, l.TokensAt(now))
	reset := time.Duration((float64(l.Burst()) - left) / float64(l.Limit()) * float64(time.Second))
	header["X-Ratelimit-Limit-"+what] = strconv.Itoa(perMinute)
	header["X-Ratelimit-Remaining-"+what] = strconv.Itoa(int(left))
	header["X-Ratelimit-Reset-"+what] = reset.Round(time.Millisecond).String()
}

// untrustedCert makes a certificate that nobody has signed.
func untrustedCert() (tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, err
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: ModelName},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return tls.Certificate{}, err
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, nil
}
