package queue

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// maxInvalidUTF8 is the share of a payload's bytes that may be invalid UTF-8
// and still be mended: a stray byte of a scraper is, a payload in another
// encoding is not.
const maxInvalidUTF8 = 0.01

// DecodeJob reads a payload, fills in the defaults and validates. The error is
// a *[DecodeError] or a *[ValidationError]; the job is as complete as it could
// be read, so that a dead letter can name its id.
//
// Unknown fields are ignored. Duplicate keys, trailing data and depth bombs
// are refused. A byte order mark and up to 1 % of invalid UTF-8 are mended
// and noted in Repairs.
func DecodeJob(payload []byte) (Job, error) {
	var job Job
	var repairs []string
	err := json.Unmarshal(payload, &job)
	if err != nil {
		// Only what cannot be read is looked at for damage.
		if payload, repairs, err = mend(payload); err != nil {
			return Job{}, err
		}
		job = Job{}
		err = json.Unmarshal(payload, &job)
	}
	if err != nil {
		// The version decides first: a later version may have other types.
		if v := peekVersion(payload); v != 0 && v != SchemaVersion {
			return Job{}, unsupported(v)
		}
		return Job{}, decodeError(err)
	}
	if job.SchemaVersion != 0 && job.SchemaVersion != SchemaVersion {
		return job, unsupported(job.SchemaVersion)
	}
	job.Repairs = repairs
	if err := job.Validate(); err != nil {
		return job, err
	}
	return job.WithDefaults(), nil
}

// EncodeJob validates and encodes.
func EncodeJob(job Job) ([]byte, error) {
	if err := job.Validate(); err != nil {
		return nil, err
	}
	return encodeJob(job)
}

// encodeJob names the field that JSON cannot hold.
func encodeJob(job Job) ([]byte, error) {
	data, err := json.Marshal(job, json.Deterministic(true))
	if err == nil {
		return data, nil
	}
	var field string
	var syntactic *jsontext.SyntacticError
	var semantic *json.SemanticError
	switch {
	case errors.As(err, &syntactic):
		field = fieldOf(syntactic.JSONPointer)
	case errors.As(err, &semantic):
		field = fieldOf(semantic.JSONPointer)
	}
	return nil, &ValidationError{Problems: []Problem{{
		Field: field, Message: "cannot be written as JSON: text must be UTF-8, times within the years 0 to 9999",
	}}}
}

// EncodeResult encodes; equal results give equal bytes.
func EncodeResult(r Result) ([]byte, error) { return encode("result", r) }

// DecodeResult reads a result of this schema version.
func DecodeResult(payload []byte) (Result, error) {
	var r Result
	if err := json.Unmarshal(payload, &r); err != nil {
		return Result{}, fmt.Errorf("decode result: %w", scrub(err))
	}
	if r.SchemaVersion != SchemaVersion {
		return Result{}, fmt.Errorf("decode result: schema_version %d is not supported, want %d", r.SchemaVersion, SchemaVersion)
	}
	return r, nil
}

func encode(what string, v any) ([]byte, error) {
	data, err := json.Marshal(v, json.Deterministic(true))
	if err != nil {
		return nil, fmt.Errorf("encode %s: %w", what, scrub(err))
	}
	return data, nil
}

func mend(payload []byte) (mended []byte, repairs []string, err error) {
	if rest, found := bytes.CutPrefix(payload, []byte("\xef\xbb\xbf")); found {
		payload, repairs = rest, append(repairs, "bom")
	}
	if len(payload) == 0 {
		return nil, nil, &DecodeError{Cause: CauseUndecodable, Reason: "the payload is empty"}
	}
	if utf8.Valid(payload) {
		return payload, repairs, nil
	}
	invalid := 0
	for rest := payload; len(rest) > 0; {
		r, size := utf8.DecodeRune(rest)
		if r == utf8.RuneError && size == 1 {
			invalid++
		}
		rest = rest[size:]
	}
	if float64(invalid) > maxInvalidUTF8*float64(len(payload)) {
		return nil, nil, &DecodeError{Cause: CauseUndecodable, Reason: "the payload is not UTF-8"}
	}
	return bytes.ToValidUTF8(payload, []byte("\uFFFD")), append(repairs, "utf8"), nil
}

func peekVersion(payload []byte) int {
	var head struct {
		SchemaVersion int `json:"schema_version"`
	}
	if json.Unmarshal(payload, &head) != nil {
		return 0
	}
	return head.SchemaVersion
}

func unsupported(version int) error {
	return &DecodeError{Cause: CauseUnsupportedVersion, Reason: fmt.Sprintf("schema_version %d is not supported, this worker speaks %d", version, SchemaVersion)}
}

// decodeError keeps the place and the kind of a JSON error and drops the text
// that it quotes.
func decodeError(err error) error {
	out := &DecodeError{Cause: CauseUndecodable, Reason: "not valid JSON"}
	var syntactic *jsontext.SyntacticError
	var semantic *json.SemanticError
	switch {
	case errors.As(err, &syntactic):
		out.Offset = syntactic.ByteOffset
		if errors.Is(err, jsontext.ErrDuplicateName) {
			out.Reason = "a field is given twice"
		}
	case errors.As(err, &semantic):
		out.Cause = CauseInvalid
		out.Offset = semantic.ByteOffset
		out.Reason = fmt.Sprintf("field %q has the wrong type", fieldOf(semantic.JSONPointer))
		if semantic.JSONPointer == "" {
			out.Reason = "the payload has the wrong type, it must be a JSON object"
		}
	}
	return out
}

// fieldOf turns a JSON pointer into our dotted path. It ends at a map: the keys
// below come from the payload, and those of a glossary are article text.
func fieldOf(p jsontext.Pointer) string {
	var path []string
	for token := range p.Tokens() {
		path = append(path, token)
		if token == "glossary" || token == "metadata" {
			break
		}
	}
	return strings.Join(path, ".")
}

func scrub(err error) error {
	if d, ok := errors.AsType[*DecodeError](decodeError(err)); ok {
		return errors.New(d.Reason)
	}
	return err
}
