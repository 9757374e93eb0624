package llm

import (
	"net"
	"net/http"
	"time"
)

const (
	// dialTimeout and tlsTimeout bound what happens before a request is sent;
	// an endpoint that needs longer is as good as down.
	dialTimeout = 10 * time.Second
	tlsTimeout  = 10 * time.Second
	// keepAliveProbe finds half-open connections: after 15 s of silence three
	// probes 15 s apart, then the connection is dead.
	keepAliveProbe = 15 * time.Second
	// idleTimeout is below the 60 s after which common servers and load
	// balancers close an idle connection, so that we close first.
	idleTimeout = 50 * time.Second
	// maxHeaderBytes bounds an answer's header.
	maxHeaderBytes = 64 << 10
	// writeBuffer takes header and body of an ordinary request in one write;
	// many connections get smaller ones, so that all together stay small.
	writeBuffer    = 16 << 10
	minWriteBuffer = 4 << 10
	writeBuffers   = 4 << 20
	// maxRedirects bounds redirects within the endpoint's own host.
	maxRedirects = 3
)

// newHTTPClient builds the client for one endpoint. It honours the proxy
// variables of the environment, verifies certificates always, and follows a
// redirect only where method, scheme, host and port stay the same.
func newHTTPClient(c Config) *http.Client {
	dialer := &net.Dialer{
		Timeout:         dialTimeout,
		KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: keepAliveProbe, Interval: keepAliveProbe, Count: 3},
	}
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	return &http.Client{
		Transport: &http.Transport{
			Proxy:                  http.ProxyFromEnvironment,
			DialContext:            dialer.DialContext,
			TLSHandshakeTimeout:    tlsTimeout,
			ResponseHeaderTimeout:  c.FirstByteTimeout,
			IdleConnTimeout:        idleTimeout,
			MaxIdleConns:           c.MaxConns,
			MaxIdleConnsPerHost:    c.MaxConns,
			MaxConnsPerHost:        c.MaxConns,
			MaxResponseHeaderBytes: maxHeaderBytes,
			WriteBufferSize:        min(writeBuffer, max(minWriteBuffer, writeBuffers/c.MaxConns)),
			// The body is a few kB: inflating costs more than it saves. What
			// comes compressed all the same is inflated under the size limit.
			DisableCompression: true,
			Protocols:          protocols,
		},
		CheckRedirect: func(req *http.Request, via []*http.Request) error {
			first := via[0]
			if len(via) > maxRedirects || req.Method != first.Method ||
				req.URL.Scheme != first.URL.Scheme || req.URL.Host != first.URL.Host {
				return http.ErrUseLastResponse
			}
			return nil
		},
	}
}
