package llm

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"unicode/utf8"

	openai "github.com/sashabaranov/go-openai"
)

// judge turns what came back into a checked Response or a failure.
func (c *Client) judge(own context.Context, x *exchange, answer *openai.ChatCompletionResponse, err error, req Request, rung Rung) (Response, *failure) {
	if f := faultOf(own, x, err); f != nil {
		return Response{}, f
	}
	usage := usageOf(answer.Usage)
	f := c.readable(x, answer, err)
	if f == nil {
		resp := Response{
			Model: answer.Model, FinishReason: string(answer.Choices[0].FinishReason), Usage: usage, Rung: rung,
			Limits: parseRateLimits(x.header, x.began), RequestID: x.requestID(),
			PromptTokensSuspicious: suspectPrompt(req.Messages, req.promptBytes(), usage.In),
		}
		if resp.RequestID == "" {
			resp.RequestID = requestID(answer.ID)
		}
		f = resp.fill(x, &answer.Choices[0], req.Schema)
		if resp.PromptTokensSuspicious == SuspectContextEdge || c.cutAt(usage.In) {
			f = fail(ClassContextTooLong, "raise the context size of the endpoint (Ollama: OLLAMA_CONTEXT_LENGTH)", errCut)
			f.ContextLimit = usage.In
		}
		if f == nil {
			return resp, nil
		}
		f.paid = true
	}
	f.Usage = usage
	f.paid = f.paid || usage.Known
	return Response{}, f
}

// cutAt reports whether so many tokens are all that the endpoint reads of a
// prompt, by its profile.
func (c *Client) cutAt(in int) bool {
	p := c.cfg.Profile
	return p != nil && p.ContextCut && p.ContextSize > 0 && in >= p.ContextSize
}

// readable finds answers that decode into nothing usable. encoding/json
// replaces invalid UTF-8 without a word, so the bytes are looked at first.
func (c *Client) readable(x *exchange, answer *openai.ChatCompletionResponse, err error) *failure {
	if _, odd := errors.AsType[*json.UnmarshalTypeError](err); odd {
		// The rest has been decoded all the same; counts in words, for one, are no
		// reason to throw a paid answer away. What is missing is judged as such.
		err = nil
	}
	if err != nil || len(answer.Choices) == 0 {
		return c.oddBody(x)
	}
	if !utf8.Valid(x.body) {
		f := fail(ClassTransient, "", errors.New("the answer is not valid UTF-8"))
		f.paid = true
		return f
	}
	return nil
}

// fill reads the choice into r.Content.
func (r *Response) fill(x *exchange, choice *openai.ChatCompletionChoice, schema *Schema) *failure {
	outcome := outcomeOf(r.FinishReason)
	raw := textOf(&choice.Message)
	content, thought := stripReasoning(raw)
	switch outcome {
	case finishFiltered:
		return fail(ClassRefused, "", errors.New("the endpoint's content filter stopped the answer"))
	case finishLength:
		f := fail(ClassTruncated, "allow more tokens for the answer, or split the article", nil)
		f.Answer = content
		if content == "" {
			f.Err = errors.New("the whole budget went into reasoning")
		}
		return f
	case finishTool:
		return invalid("", Problem{Rule: "the answer calls a tool, and none was offered"})
	case finishUnknown:
		return unknownFinish(x)
	case finishDone, finishMissing:
	}
	if choice.Message.Refusal != "" {
		return fail(ClassRefused, "", errors.New("the model declined"))
	}
	if content == "" {
		if thought || choice.Message.ReasoningContent != "" || hasReasoning(x.body) {
			return invalid("", Problem{Rule: "the answer is empty, its budget was spent on reasoning"})
		}
		return invalid("", Problem{Rule: "the answer is empty"})
	}
	if schema != nil {
		text, problems := findJSON(content, schema)
		if len(problems) > 0 {
			return r.defective(outcome, content, problems)
		}
		r.Content = text
		return nil
	}
	if outcome == finishMissing {
		return fail(ClassTransient, "", errors.New("the answer has no finish reason, so it may be incomplete"))
	}
	r.Content = content
	return nil
}

// defective tells a broken answer from a wrong one: without a finish reason an
// invalid answer is most likely the torn half of a good one.
func (r *Response) defective(outcome finishOutcome, content string, problems []Problem) *failure {
	if outcome == finishMissing {
		return fail(ClassTransient, "", errors.New("the answer has no finish reason and is incomplete"))
	}
	return invalid(content, problems...)
}

func invalid(answer string, problems ...Problem) *failure {
	f := fail(ClassInvalidOutput, "", nil)
	f.Answer, f.Problems = answer, problems
	return f
}

// textOf joins the text of a message, be it a string or parts. Parts of other
// kinds (thinking) are not the answer.
func textOf(m *openai.ChatCompletionMessage) string {
	if len(m.MultiContent) == 0 {
		return m.Content
	}
	var b strings.Builder
	for _, part := range m.MultiContent {
		if part.Type == openai.ChatMessagePartTypeText || part.Type == "" {
			b.WriteString(part.Text)
		}
	}
	return b.String()
}

// rawChoice holds the fields of a choice that go-openai drops.
type rawChoice struct {
	Error   json.RawMessage `json:"error"`
	Message struct {
		Reasoning json.RawMessage `json:"reasoning"`
	} `json:"message"`
}

// firstRawChoice decodes the answer again; only odd answers need it.
func firstRawChoice(body []byte) rawChoice {
	var raw struct {
		Choices []rawChoice `json:"choices"`
	}
	if json.Unmarshal(body, &raw) != nil || len(raw.Choices) == 0 {
		return rawChoice{}
	}
	return raw.Choices[0]
}

// hasReasoning finds Ollama's and OpenRouter's reasoning field.
func hasReasoning(body []byte) bool {
	r := firstRawChoice(body).Message.Reasoning
	return len(r) > 0 && string(r) != "null" && string(r) != `""`
}

// unknownFinish classifies by the error that gateways put into the choice; a
// reason that nobody knows is a fault of this one call.
func unknownFinish(x *exchange) *failure {
	if raw := firstRawChoice(x.body).Error; len(raw) > 0 && string(raw) != "null" {
		e := parseErrorValue(raw)
		return statusFault(max(e.status, http.StatusOK), x, e)
	}
	return fail(ClassTransient, "", errors.New("the answer ended for a reason that mujaz does not know"))
}

// requestID reads the provider's id of the call, for its support.
func (x *exchange) requestID() string {
	for _, key := range []string{"X-Request-Id", "Request-Id", "Apim-Request-Id"} {
		if v := x.header[key]; len(v) > 0 {
			return requestID(v[0])
		}
	}
	return ""
}
