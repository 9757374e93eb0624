package llm

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"unicode/utf8"

	openai "github.com/sashabaranov/go-openai"
)

// Limits of a batch file, from OpenAI's reference of POST /batches. Azure has the
// same; a server of your own need not have any.
const (
	MaxBatchRows  = 50_000
	MaxBatchBytes = 200_000_000
)

// MaxBatchID is the length of a line's id that every provider takes.
const MaxBatchID = 64

// AppendBatchLine adds one line of a batch file to b: the very request that
// [Client.Complete] would make, under an id of up to [MaxBatchID] letters, digits,
// - and _. It begins where Complete would by what has been learnt.
func (c *Client) AppendBatchLine(b []byte, id string, req Request) ([]byte, error) {
	if err := req.validate(); err != nil {
		return b, err
	}
	if req.Model == "" {
		req.Model = c.cfg.Model
	}
	known := c.traits(keyOf(req))
	rung := startRung(req, known)
	skeleton, err := json.Marshal(req.vendorRequest(req.Model, rung))
	if err != nil {
		return b, fmt.Errorf("write a line of a batch: %w", err)
	}
	q := question{req: req, rung: rung, tail: req.tail(known, c.completionTokens, c.extra)}
	body, err := q.body(skeleton)
	if err != nil {
		return b, fmt.Errorf("write a line of a batch: %w", err)
	}
	b = append(b, `{"custom_id":"`...)
	b = appendEscaped(b, id)
	b = append(b, `","method":"POST","url":"`+string(openai.BatchEndpointChatCompletions)+`","body":`...)
	b = append(b, body...)
	return append(b, '}', '\n'), nil
}

// BatchAnswer is a line of an output or error file.
type BatchAnswer struct {
	ID     string // of the request's line
	Status int    // of the answer; 0 when the request was not made
	Code   string // why it was not, when that is a short plain token
	body   []byte
}

// Made reports whether the request was made: it has an answer, be it an error.
func (a BatchAnswer) Made() bool { return a.Status != 0 }

// errBatchLine does not quote the line.
var errBatchLine = errors.New("the line is no answer of a batch")

// ParseBatchLine reads a line of an output or error file, as OpenAI writes it or
// as vLLM's run-batch does.
func ParseBatchLine(line []byte) (BatchAnswer, error) {
	var raw struct {
		ID       string          `json:"custom_id"`
		Response json.RawMessage `json:"response"`
		Error    json.RawMessage `json:"error"`
	}
	if !utf8.Valid(line) || json.Unmarshal(line, &raw) != nil || raw.ID == "" {
		return BatchAnswer{}, errBatchLine
	}
	a := BatchAnswer{ID: raw.ID}
	var answer struct {
		Status int             `json:"status_code"`
		Body   json.RawMessage `json:"body"`
		Object string          `json:"object"` // of a completion that stands there bare
	}
	if !isNull(raw.Response) && json.Unmarshal(raw.Response, &answer) == nil {
		switch {
		case answer.Object == "chat.completion" && answer.Body == nil:
			a.Status, a.body = http.StatusOK, raw.Response
		case !isNull(answer.Body):
			a.Status, a.body = answer.Status, answer.Body
		}
	}
	if !isNull(raw.Error) {
		e := parseErrorValue(raw.Error)
		a.Code = e.shown()
		if a.Status == http.StatusOK {
			a.Status, a.body = 0, nil // an answer and an error: it is not known which is true
		}
	}
	return a, nil
}

func isNull(raw json.RawMessage) bool { return len(raw) == 0 || bytes.Equal(raw, []byte("null")) }

// JudgeBatch turns a line that was made into what Complete would have returned for
// the request. What its refusal teaches is learnt, for the lines that follow.
func (c *Client) JudgeBatch(ctx context.Context, req Request, a BatchAnswer) (Response, error) {
	if req.Model == "" {
		req.Model = c.cfg.Model
	}
	key := keyOf(req)
	known := c.traits(key)
	rung := startRung(req, known)
	x := &exchange{status: a.Status, header: http.Header{}, body: a.body}
	var answer openai.ChatCompletionResponse
	err := json.Unmarshal(a.body, &answer)
	resp, failure := c.judge(ctx, x, &answer, err, req, rung)
	call := Call{Status: a.Status, Rung: rung}
	if failure == nil {
		call.Usage, call.Paid = resp.Usage, true
		resp.Calls = []Call{call}
		return resp, nil
	}
	c.learn(key, failure.lesson, rung, known)
	call.Class, call.Usage, call.Paid = failure.Class, failure.Usage, failure.paid
	failure.Status, failure.Calls, failure.Endpoint = a.Status, []Call{call}, c.cfg.Label
	return Response{}, &failure.Error
}

// BatchState is how far a batch is at the provider.
type BatchState string

// The states. Other words that providers use stand for work that goes on.
const (
	BatchValidating BatchState = "validating"
	BatchInProgress BatchState = "in_progress"
	BatchFinalizing BatchState = "finalizing"
	BatchCompleted  BatchState = "completed"
	BatchFailed     BatchState = "failed"  // its file was refused; nothing was done
	BatchExpired    BatchState = "expired" // what was done in time is in its output
	BatchCancelling BatchState = "cancelling"
	BatchCancelled  BatchState = "cancelled" // likewise
)

// Ended reports whether nothing more comes.
func (s BatchState) Ended() bool {
	switch s {
	case BatchCompleted, BatchFailed, BatchExpired, BatchCancelled:
		return true
	case BatchValidating, BatchInProgress, BatchFinalizing, BatchCancelling:
	}
	return false
}

// Batch is one at the provider.
type Batch struct {
	ID                        string
	State                     BatchState
	Input, Output, Errors     string // ids of files; empty: none
	Total, Completed, Refused int    // requests
	Problems                  []BatchProblem
	Metadata                  map[string]string
}

// BatchProblem is why a batch failed. The provider's words are left out: they may
// quote the file.
type BatchProblem struct {
	Code string // "" when it is no short plain token
	Line int    // of the file, 0: of the whole
}

// String is for the person who must act.
func (p BatchProblem) String() string {
	s := p.Code
	if s == "" {
		s = "a problem without a code"
	}
	if p.Line > 0 {
		s += fmt.Sprintf(" at line %d", p.Line)
	}
	if advice := batchAdvice(p.Code); advice != "" {
		s += ": " + advice
	}
	return s
}

// CodeTokenLimit is the problem of a batch that exceeds the tokens which the
// account may have waiting: it can be made again when others have ended.
const CodeTokenLimit = "token_limit_exceeded"

func batchAdvice(code string) string {
	switch code {
	case CodeTokenLimit:
		return "the account has too many tokens waiting in batches; it works when others have ended, or with fewer rows in each"
	case "model_not_found", "invalid_model":
		return "the provider has no batches for this model"
	case "mismatched_model":
		return "all lines must ask for one model"
	case "duplicate_custom_id", "invalid_json_line", "empty_file", "invalid_method", "invalid_url", "missing_required_parameter":
		return "the provider reads the file in another way than OpenAI does"
	}
	return ""
}

// batchOf converts, and drops what is no plain token.
func batchOf(b openai.Batch) Batch {
	out := Batch{
		ID: b.ID, State: BatchState(b.Status), Input: b.InputFileID, Total: b.RequestCounts.Total,
		Completed: b.RequestCounts.Completed, Refused: b.RequestCounts.Failed, Metadata: map[string]string{},
	}
	if b.OutputFileID != nil {
		out.Output = *b.OutputFileID
	}
	if b.ErrorFileID != nil {
		out.Errors = *b.ErrorFileID
	}
	if b.Errors != nil {
		for _, e := range b.Errors.Data {
			p := BatchProblem{Code: tokenOf(strings.ToLower(e.Code))}
			if e.Line != nil {
				p.Line = *e.Line
			}
			out.Problems = append(out.Problems, p)
		}
	}
	for k, v := range b.Metadata {
		if s, ok := v.(string); ok {
			out.Metadata[k] = s
		}
	}
	return out
}

func keyOf(req Request) traitsKey {
	key := traitsKey{model: req.Model}
	if req.Schema != nil {
		key.schema = req.Schema.name
	}
	return key
}
