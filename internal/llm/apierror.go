package llm

import (
	"bytes"
	"encoding/json"
	"math"
	"strconv"
	"strings"
)

// apiError is what an error body says, whatever its shape. Its message is for
// matching only and never leaves the package.
type apiError struct {
	status  int    // status inside the body, 0 when none
	code    string // machine code, lower case
	kind    string // machine type, lower case
	param   string
	message string // lower case, cut to maxMessage
	context int    // context size as a number of its own (llama.cpp's n_ctx)
}

// maxMessage bounds the text that is searched for wordings.
const maxMessage = 2 << 10

// parseAPIError reads the error shapes met in the field: OpenAI's object, a bare
// string (LM Studio), vLLM's flat object, FastAPI's detail, a list (Gemini,
// Cloudflare). Of anything else the text itself serves as the message. The
// second result tells whether the body said "error" in a known shape.
func parseAPIError(body []byte) (apiError, bool) {
	body = bytes.TrimSpace(body)
	if len(body) > 0 && body[0] == '[' {
		var list []json.RawMessage
		if json.Unmarshal(body, &list) == nil && len(list) > 0 {
			return parseAPIError(list[0])
		}
	}
	var fields map[string]json.RawMessage
	if json.Unmarshal(body, &fields) != nil {
		return apiError{message: lowered(string(body))}, false
	}
	for _, key := range []string{"error", "detail", "errors"} {
		raw, ok := fields[key]
		if !ok || string(raw) == "null" {
			continue
		}
		e := parseErrorValue(raw)
		// Gateways put the code beside the error rather than into it.
		if e.status == 0 && e.code == "" {
			e.setCode(fields["code"])
		}
		return e, true
	}
	if text(fields["object"]) == "error" || fields["message"] != nil {
		return parseErrorObject(fields), true
	}
	return apiError{message: lowered(string(body))}, false
}

func parseErrorValue(raw json.RawMessage) apiError {
	var list []json.RawMessage
	if json.Unmarshal(raw, &list) == nil && len(list) > 0 {
		raw = list[0]
	}
	var fields map[string]json.RawMessage
	if json.Unmarshal(raw, &fields) == nil {
		return parseErrorObject(fields)
	}
	return apiError{message: lowered(text(raw))}
}

func parseErrorObject(fields map[string]json.RawMessage) apiError {
	e := apiError{
		kind:    strings.ToLower(text(fields["type"])),
		param:   strings.ToLower(text(fields["param"])),
		message: lowered(text(fields["message"])),
		context: number(fields["n_ctx"]),
	}
	if e.message == "" {
		e.message = lowered(text(fields["msg"]))
	}
	e.setCode(fields["code"])
	if e.code == "" {
		e.code = strings.ToLower(text(fields["status"])) // Gemini's RESOURCE_EXHAUSTED
	}
	// Azure tells the filter one level down; gateways wrap the provider's words.
	var inner struct {
		Code string `json:"code"`
	}
	if json.Unmarshal(fields["innererror"], &inner) == nil && inner.Code != "" {
		e.kind = strings.ToLower(inner.Code)
	}
	var meta struct {
		Raw string `json:"raw"`
	}
	if json.Unmarshal(fields["metadata"], &meta) == nil && meta.Raw != "" {
		e.message = lowered(e.message + " " + meta.Raw)
	}
	return e
}

// setCode takes a code that is a status number or a word.
func (e *apiError) setCode(raw json.RawMessage) {
	if n := number(raw); n != 0 {
		if n >= 400 && n <= 599 {
			e.status = n
		}
		return
	}
	e.code = strings.ToLower(text(raw))
	if n, err := strconv.Atoi(e.code); err == nil && n >= 400 && n <= 599 {
		e.status, e.code = n, ""
	}
}

func text(raw json.RawMessage) string {
	var s string
	if len(raw) == 0 || json.Unmarshal(raw, &s) != nil {
		var list []string
		if json.Unmarshal(raw, &list) != nil {
			return ""
		}
		return strings.Join(list, ", ")
	}
	return s
}

func number(raw json.RawMessage) int {
	var f float64
	if len(raw) == 0 || json.Unmarshal(raw, &f) != nil || math.Abs(f) > maxTokensReported {
		return 0
	}
	return int(f)
}

func lowered(s string) string {
	if len(s) > maxMessage {
		s = s[:maxMessage]
	}
	return strings.ToLower(s)
}

// shown is the code that an Error may print.
func (e apiError) shown() string {
	for _, s := range []string{e.code, e.kind} {
		if token := tokenOf(s); token != "" {
			return token
		}
	}
	return ""
}
