package llmtest

import (
	"bytes"
	"net/http"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// Request is a chat request as the endpoint sees it. It and its slices are valid
// only until the hook that got it returns; the methods give copies.
type Request struct {
	Number      int    // counted from 1 in order of arrival
	Fingerprint uint64 // of the last user message, see Server.Fingerprint
	Body        []byte // the whole request
	Header      http.Header

	model, system, user    []byte // raw JSON strings without quotes
	format, schema         []byte
	maxTokens, temperature []byte
}

// Model is the model asked for.
func (r *Request) Model() string { return string(unescape(r.model)) }

// System is the first system message.
func (r *Request) System() string { return string(unescape(r.system)) }

// User is the last user message.
func (r *Request) User() string { return string(unescape(r.user)) }

// Format is response_format's type, "" without one.
func (r *Request) Format() string { return string(r.format) }

// MaxTokens is the limit by either name, 0 without one.
func (r *Request) MaxTokens() int {
	n, _ := strconv.Atoi(string(r.maxTokens))
	return n
}

// Temperature is the temperature as written, "" when absent.
func (r *Request) Temperature() string { return string(r.temperature) }

// scan finds the fields that matter without decoding the rest: an article is
// passed over by a byte search. It reports false for what is no request.
func (r *Request) scan() bool {
	messages := false
	ok := eachField(r.Body, func(key, value []byte) {
		switch string(key) {
		case "model":
			r.model = unquote(value)
		case "messages":
			messages = eachItem(value, r.message)
		case "response_format":
			eachField(value, func(key, value []byte) {
				switch string(key) {
				case "type":
					r.format = unquote(value)
				case "json_schema":
					eachField(value, func(key, value []byte) {
						if string(key) == "schema" {
							r.schema = value
						}
					})
				}
			})
		case "max_tokens", "max_completion_tokens":
			r.maxTokens = value
		case "temperature":
			r.temperature = value
		}
	})
	return ok && messages
}

func (r *Request) message(item []byte) {
	var role, content []byte
	eachField(item, func(key, value []byte) {
		switch string(key) {
		case "role":
			role = unquote(value)
		case "content":
			content = unquote(value)
		}
	})
	switch string(role) {
	case "system":
		if r.system == nil {
			r.system = content
		}
	case "user":
		r.user = content
	}
}

// eachField calls visit for each field of a JSON object; false if it is none.
func eachField(b []byte, visit func(key, value []byte)) bool {
	i := space(b, 0)
	if i >= len(b) || b[i] != '{' {
		return false
	}
	i = space(b, i+1)
	for i < len(b) && b[i] == '"' {
		end := skip(b, i)
		if end < 0 {
			return false
		}
		key := b[i+1 : end-1]
		i = space(b, end)
		if i >= len(b) || b[i] != ':' {
			return false
		}
		i = space(b, i+1)
		end = skip(b, i)
		if end < 0 {
			return false
		}
		visit(key, b[i:end])
		if i = space(b, end); i < len(b) && b[i] == ',' {
			i = space(b, i+1)
		}
	}
	return i < len(b) && b[i] == '}'
}

// eachItem calls visit for each item of a JSON list; false if it is none.
func eachItem(b []byte, visit func(item []byte)) bool {
	if len(b) == 0 || b[0] != '[' {
		return false
	}
	i := space(b, 1)
	for i < len(b) && b[i] != ']' {
		end := skip(b, i)
		if end < 0 {
			return false
		}
		visit(b[i:end])
		if i = space(b, end); i < len(b) && b[i] == ',' {
			i = space(b, i+1)
		}
	}
	return i < len(b)
}

func space(b []byte, i int) int {
	for i < len(b) && (b[i] == ' ' || b[i] == '\n' || b[i] == '\t' || b[i] == '\r') {
		i++
	}
	return i
}

// skip returns the end of the value at i, -1 if it has none.
func skip(b []byte, i int) int {
	if i >= len(b) {
		return -1
	}
	switch b[i] {
	case '"':
		return skipString(b, i)
	case '{', '[':
		depth := 0
		for i < len(b) {
			switch b[i] {
			case '"':
				if i = skipString(b, i); i < 0 {
					return -1
				}
				continue
			case '{', '[':
				depth++
			case '}', ']':
				if depth--; depth == 0 {
					return i + 1
				}
			}
			i++
		}
		return -1
	case ',', ':', '}', ']':
		return -1
	}
	for i < len(b) && !bytes.ContainsRune([]byte(",]} \n\t\r"), rune(b[i])) {
		i++
	}
	return i
}

func skipString(b []byte, i int) int {
	start := i + 1
	for at := start; at < len(b); {
		n := bytes.IndexByte(b[at:], '"')
		if n < 0 {
			return -1
		}
		end := at + n
		slashes := 0
		for end-slashes > start && b[end-slashes-1] == '\\' {
			slashes++
		}
		if slashes%2 == 0 {
			return end + 1
		}
		at = end + 1
	}
	return -1
}

func unquote(value []byte) []byte {
	if len(value) < 2 || value[0] != '"' {
		return nil
	}
	return value[1 : len(value)-1]
}

// unescape decodes a raw JSON string; without escapes it is returned as it is.
func unescape(raw []byte) []byte {
	if !bytes.Contains(raw, []byte{'\\'}) {
		return raw
	}
	return appendUnescaped(make([]byte, 0, len(raw)), raw)
}

func appendUnescaped(out, raw []byte) []byte {
	for {
		at := bytes.IndexByte(raw, '\\')
		if at < 0 || at+1 >= len(raw) {
			return append(out, raw...)
		}
		out = append(out, raw[:at]...)
		c := raw[at+1]
		raw = raw[at+2:]
		switch c {
		case 'n':
			out = append(out, '\n')
		case 't':
			out = append(out, '\t')
		case 'r':
			out = append(out, '\r')
		case 'b':
			out = append(out, '\b')
		case 'f':
			out = append(out, '\f')
		case 'u':
			r, n := unescapeRune(raw)
			out, raw = utf8.AppendRune(out, r), raw[n:]
		default:
			out = append(out, c)
		}
	}
}

// unescapeRune reads the four digits after \u, and a second pair of a surrogate.
func unescapeRune(raw []byte) (rune, int) {
	r, ok := hex4(raw)
	if !ok {
		return utf8.RuneError, 0
	}
	if utf16.IsSurrogate(r) && len(raw) >= 10 && raw[4] == '\\' && raw[5] == 'u' {
		if low, ok := hex4(raw[6:]); ok {
			if full := utf16.DecodeRune(r, low); full != utf8.RuneError {
				return full, 10
			}
		}
	}
	return r, 4
}

func hex4(raw []byte) (rune, bool) {
	if len(raw) < 4 {
		return 0, false
	}
	n, err := strconv.ParseUint(string(raw[:4]), 16, 32)
	return rune(n), err == nil
}
