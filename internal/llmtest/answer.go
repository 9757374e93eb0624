package llmtest

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"encoding/json"
	"hash/maphash"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/mujaz/mujaz/internal/llm"
)

// answers makes the content of good answers and remembers it by schema, escaped
// and ready to be sent.
type answers struct {
	script Script
	model  string
	plain  []byte
	mu     sync.RWMutex
	made   map[uint64][]byte
}

// maxMade bounds the memory; beyond it answers are made anew.
const maxMade = 1024

func (a *answers) init(script Script) {
	a.script, a.made = script, map[uint64][]byte{}
	a.model = cmp.Or(script.Model, ModelName)
	a.plain = appendEscaped(nil, plainText)
}

// content returns the escaped content for a request. The schema is the one of
// response_format, or the one that the adapter wrote into the system message.
func (a *answers) content(req *Request, seed maphash.Seed) []byte {
	if a.script.Answer != nil {
		return appendEscaped(nil, a.script.Answer(req))
	}
	schema := req.schema
	if schema == nil {
		if _, rest, ok := strings.Cut(req.System(), llm.SchemaInstruction); ok {
			schema = []byte(rest)
		}
	}
	if schema == nil {
		return a.plain
	}
	key := maphash.Bytes(seed, schema)
	a.mu.RLock()
	made, ok := a.made[key]
	a.mu.RUnlock()
	if ok {
		return made
	}
	text, ok := fill(schema, a.script.Values)
	if !ok {
		return a.plain
	}
	made = appendEscaped(nil, text)
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.made) < maxMade {
		a.made[key] = made
	}
	return made
}

// answer gives a whole 2xx answer, within limits and slots.
func (s *Server) answer(w http.ResponseWriter, r *http.Request, req *Request, step *Step, buf *buffers) {
	content := changed(s.answers.content(req, s.seed), &step.Completion)
	in, out := tokensOf(req.user)+tokensOf(req.system), tokensOf(content)
	if limit := s.script.ContextSize; limit > 0 && in > limit {
		if !s.script.CutsSilently {
			writeJSON(w, http.StatusBadRequest, `{"error":{"code":400,"message":"the request exceeds the available context size","type":"exceed_context_size_error","n_ctx":`+strconv.Itoa(limit)+`}}`)
			return
		}
		in = limit
	}
	if step.Completion.PromptTokens > 0 {
		in = step.Completion.PromptTokens
	}
	if wait, header := s.limits.take(in + out); header != nil {
		for k, v := range header {
			w.Header().Set(k, v)
		}
		if wait > 0 {
			s.ledger.throttle(req.Fingerprint, wait)
			writeJSON(w, http.StatusTooManyRequests, `{"error":{"message":"Rate limit reached","type":"requests","code":"rate_limit_exceeded"}}`)
			return
		}
	}
	release, ok := s.admit(w, r)
	if !ok {
		return
	}
	ok = s.sleep(r.Context(), s.latency()+step.Delay)
	release()
	if !ok {
		abandon()
	}
	if step.Body != "" {
		buf.out = append(buf.out[:0], step.Body...)
	} else {
		buf.out = s.completion(buf.out[:0], req, step, content, in, out)
	}
	if step.charged() {
		s.ledger.bill(req.Fingerprint, in, out)
	}
	send(w, step, buf.out)
}

// changed applies what a Completion changes in the content. Nil is null.
func changed(content []byte, c *Completion) []byte {
	if c.Null {
		return nil
	}
	if c.Content != "" {
		content = appendEscaped(nil, c.Content)
	}
	if c.Keep > 0 && c.Keep < len(content) {
		content = bytes.TrimRight(content[:c.Keep], `\`)
	}
	if c.Before != "" || c.After != "" {
		content = append(appendEscaped(nil, c.Before), content...)
		content = appendEscaped(content, c.After)
	}
	return content
}

// completion writes the JSON of a whole completion.
func (s *Server) completion(b []byte, req *Request, step *Step, content []byte, in, out int) []byte {
	c := &step.Completion
	b = append(b, `{"id":"chatcmpl-stand-in-`...)
	b = strconv.AppendInt(b, int64(req.Number), 10)
	b = append(b, `","object":"chat.completion","created":1,"model":"`...)
	b = appendEscaped(b, cmp.Or(c.Model, s.answers.model))
	b = append(b, `","choices":[{"index":0,"message":{"role":"assistant","content":`...)
	if content == nil {
		b = append(b, `null`...)
	} else {
		b = append(b, '"')
		b = append(b, content...)
		b = append(b, '"')
	}
	b = appendField(b, "refusal", c.Refusal)
	b = appendField(b, "reasoning", c.Reasoning)
	b = appendField(b, "reasoning_content", c.ReasoningContent)
	b = append(b, '}')
	if c.FinishReason != "-" {
		b = appendField(b, "finish_reason", cmp.Or(c.FinishReason, "stop"))
	}
	b = append(b, `}]`...)
	switch {
	case c.NoUsage:
	case c.Usage != "":
		b = append(append(b, `,"usage":`...), c.Usage...)
	default:
		b = append(b, `,"usage":{"prompt_tokens":`...)
		b = strconv.AppendInt(b, int64(in), 10)
		b = append(b, `,"completion_tokens":`...)
		b = strconv.AppendInt(b, int64(out), 10)
		b = append(b, `,"total_tokens":`...)
		b = strconv.AppendInt(b, int64(in+out), 10)
		b = append(b, '}')
	}
	return append(b, '}')
}

func appendField(b []byte, name, value string) []byte {
	if value == "" {
		return b
	}
	b = append(append(append(b, `,"`...), name...), `":"`...)
	return append(appendEscaped(b, value), '"')
}

// tokensOf counts tokens as some model might: four bytes each, so that the
// counts are the same in every run.
func tokensOf(text []byte) int { return (len(text) + 3) / 4 }

// appendEscaped writes text as the inside of a JSON string. Bytes that are not
// valid UTF-8 stay as they are: some faults consist of them.
func appendEscaped(b []byte, s string) []byte {
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		case c == '\n':
			b = append(b, '\\', 'n')
		case c < 0x20:
			b = append(b, `\u00`...)
			b = append(b, "0123456789abcdef"[c>>4], "0123456789abcdef"[c&15])
		default:
			b = append(b, c)
		}
	}
	return b
}

// send writes header and body of a Step.
func send(w http.ResponseWriter, step *Step, body []byte) {
	writeHeader(w, step)
	if step.Pad > 0 {
		body = append(bytes.Clone(body), bytes.Repeat([]byte{' '}, step.Pad)...)
	}
	if step.Gzip {
		var packed bytes.Buffer
		z := gzip.NewWriter(&packed)
		_, _ = z.Write(body)
		_ = z.Close()
		body = packed.Bytes()
		w.Header().Set("Content-Encoding", "gzip")
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(cmp.Or(step.Status, http.StatusOK))
	_, _ = w.Write(body)
}

func writeHeader(w http.ResponseWriter, step *Step) {
	h := w.Header()
	h["Content-Type"] = jsonType
	if step.ContentType != "" {
		h.Set("Content-Type", step.ContentType)
	}
	for k, v := range step.Header {
		h.Set(k, v)
	}
	if step.RetryAfterDate != 0 {
		h.Set("Retry-After", time.Now().Add(step.RetryAfterDate).UTC().Format(http.TimeFormat))
	}
}

var jsonType = []string{"application/json"}

func writeJSON(w http.ResponseWriter, status int, body string) {
	send(w, &Step{Status: status}, []byte(body))
}

// fail gives what is no whole 2xx answer.
func (s *Server) fail(w http.ResponseWriter, r *http.Request, req *Request, step *Step) {
	if !s.sleep(r.Context(), step.Delay) {
		abandon()
	}
	switch {
	case step.Stall:
		s.untilLeft(r)
	case step.Drip > 0:
		s.drip(w, r, step)
	case step.Hangup:
		cut(w, nil)
	case step.CutAfter > 0:
		body := []byte(step.Body)
		if step.Body == "" {
			content := changed(s.answers.content(req, s.seed), &step.Completion)
			body = s.completion(nil, req, step, content, tokensOf(req.user), tokensOf(content))
		}
		s.ledger.bill(req.Fingerprint, tokensOf(req.user), 0)
		head := "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " + strconv.Itoa(len(body)) + "\r\n\r\n"
		cut(w, append([]byte(head), body[:min(step.CutAfter, len(body))]...))
	default:
		if step.Status == http.StatusTooManyRequests {
			s.ledger.throttle(req.Fingerprint, waitOf(step))
		}
		send(w, step, []byte(step.Body))
	}
}

// waitOf is what the Step's headers ask the client to wait.
func waitOf(step *Step) time.Duration {
	if step.RetryAfterDate > 0 {
		return step.RetryAfterDate.Truncate(time.Second)
	}
	seconds, err := strconv.ParseFloat(step.Header["Retry-After"], 64)
	if err != nil || seconds < 0 || seconds > 1e9 {
		return 0
	}
	return time.Duration(seconds * float64(time.Second))
}

func (s *Server) untilLeft(r *http.Request) {
	select {
	case <-r.Context().Done():
	case <-s.closed:
	}
	abandon()
}

// drip sends a blank at each interval: bytes flow, and the answer never comes.
func (s *Server) drip(w http.ResponseWriter, r *http.Request, step *Step) {
	writeHeader(w, step)
	w.WriteHeader(cmp.Or(step.Status, http.StatusOK))
	out := http.NewResponseController(w)
	for s.sleep(r.Context(), step.Drip) {
		if _, err := w.Write([]byte{' '}); err != nil || out.Flush() != nil {
			return
		}
	}
}

// cut writes raw bytes and resets the connection.
func cut(w http.ResponseWriter, raw []byte) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	if len(raw) > 0 {
		_, _ = conn.Write(raw)
	}
	if tcp, ok := conn.(*net.TCPConn); ok && len(raw) == 0 {
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
}

// Quote gives s as a JSON string, for the bodies of Steps.
func Quote(s string) string {
	out, err := json.Marshal(s)
	if err != nil {
		return `""`
	}
	return string(out)
}
