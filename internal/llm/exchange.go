package llm

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"sync/atomic"
	"time"
)

// maxErrorBytes is how much of an error answer is read; what matters stands in
// the first lines.
const maxErrorBytes = 32 << 10

// exchange is one HTTP exchange as go-openai's HTTP client: it sends what
// go-openai cannot send and keeps what go-openai throws away. It serves one call
// of one goroutine.
type exchange struct {
	http    *http.Client
	headers map[string]Secret
	limit   int64     // bytes of a good answer
	ask     *question // what to send; nil for a request that is sent as it is
	sink    io.Writer // takes a good answer in the place of body; nil: none

	sent   atomic.Bool // a connection was had, so the endpoint may have the request
	status int
	header http.Header
	body   []byte
	err    error // transport fault, or one of this package's causes
	began  time.Time
	took   time.Duration
}

// Do sends the request and reads the whole answer within the limits.
func (x *exchange) Do(req *http.Request) (*http.Response, error) {
	x.began = time.Now()
	defer func() { x.took = time.Since(x.began) }()
	if x.ask != nil {
		if err := x.ask.splice(req); err != nil {
			x.err = err
			return nil, err
		}
	}
	for k, v := range x.headers {
		req.Header.Set(k, v.Reveal())
	}
	trace := &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { x.sent.Store(true) }}
	resp, err := x.http.Do(req.WithContext(httptrace.WithClientTrace(req.Context(), trace)))
	if err != nil {
		x.err = err
		return nil, err
	}
	defer resp.Body.Close()
	x.status, x.header = resp.StatusCode, resp.Header
	if x.status >= 300 && x.status < 400 {
		x.err = errRedirected
		return nil, x.err
	}
	if x.sink != nil && x.status < 300 {
		_, x.err = io.Copy(x.sink, resp.Body)
	} else {
		x.err = x.read(resp)
	}
	if x.err != nil {
		return nil, x.err
	}
	resp.Body = io.NopCloser(bytes.NewReader(x.body))
	return resp, nil
}

// question is the part of a request's body that go-openai does not write.
type question struct {
	req  Request
	rung Rung
	tail []byte // from the comma after go-openai's last field to the closing brace
}

// noMessages is what go-openai writes for a request without messages. It cannot
// stand inside a string, where its quotes would be escaped.
var noMessages = []byte(`"messages":null`)

// splice completes go-openai's body: messages in the place of null, the tail in
// that of the closing brace. One buffer holds it all, so that net/http sends
// header and body in one write and can send it again on a fresh connection.
func (q *question) splice(req *http.Request) error {
	skeleton, err := io.ReadAll(req.Body)
	if err != nil {
		return fmt.Errorf("read request skeleton: %w", err)
	}
	body, err := q.body(skeleton)
	if err != nil {
		return err
	}
	req.ContentLength = int64(len(body))
	req.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil }
	req.Body, err = req.GetBody()
	return err
}

// body completes a skeleton.
func (q *question) body(skeleton []byte) ([]byte, error) {
	at := bytes.Index(skeleton, noMessages)
	if at < 0 || skeleton[len(skeleton)-1] != '}' {
		return nil, errors.New("splice request body: go-openai wrote an unknown skeleton")
	}
	const escapes = 512 // room for line breaks and quotes, which grow by a byte
	body := make([]byte, 0, len(skeleton)+q.req.promptBytes()+q.schemaBytes()+len(q.tail)+escapes)
	body = append(body, skeleton[:at+len(noMessages)-len("null")]...)
	body = q.req.appendMessages(body, q.rung)
	body = append(body, skeleton[at+len(noMessages):len(skeleton)-1]...)
	return append(body, q.tail...), nil
}

func (q *question) schemaBytes() int {
	if q.req.Schema == nil || q.rung == RungSchema {
		return 0
	}
	return len(SchemaInstruction) + 2*len(q.req.Schema.compact)
}

// read takes the body, inflated, up to the limit. Of an error answer a beginning
// is enough and a broken end does not matter: the status tells.
func (x *exchange) read(resp *http.Response) error {
	limit, failed := x.limit, resp.StatusCode >= 400
	if failed {
		limit = min(limit, maxErrorBytes)
	}
	var from io.Reader = resp.Body
	switch resp.Header.Get("Content-Encoding") {
	case "", "identity":
	case "gzip", "x-gzip":
		inflated, err := gzip.NewReader(resp.Body)
		if err != nil {
			return errEncoding
		}
		from = inflated
	default:
		return errEncoding
	}
	body, err := readUpTo(from, limit, resp.ContentLength)
	x.body = body
	switch {
	case failed:
		return nil
	case errors.Is(err, gzip.ErrHeader), errors.Is(err, gzip.ErrChecksum):
		return errEncoding
	case err != nil:
		return err
	case int64(len(body)) > limit:
		x.body = nil
		return errTooLarge
	}
	return nil
}

// readUpTo reads at most limit+1 bytes, so that the caller can tell an answer of
// exactly the limit from a larger one. It reads to the end of the body where it
// can, because only then is the connection used again.
func readUpTo(from io.Reader, limit, size int64) ([]byte, error) {
	const guess = 4 << 10
	if size < 0 {
		size = guess
	}
	var buf bytes.Buffer
	buf.Grow(int(min(size, limit)) + bytes.MinRead)
	_, err := buf.ReadFrom(io.LimitReader(from, limit+1))
	return buf.Bytes(), err
}
