package llmtest

import (
	"fmt"
	"net/http"
)

// contextWordings are refusals of a prompt that is too long, as servers word
// them: the context size, and what was asked for.
var contextWordings = []func(size, asked int) string{
	// OpenAI.
	func(size, asked int) string {
		return openAIError("invalid_request_error", "context_length_exceeded",
			fmt.Sprintf("This model's maximum context length is %d tokens. However, you requested %d tokens. Please reduce the length of the messages or completion.", size, asked))
	},
	// vLLM.
	func(size, asked int) string {
		return fmt.Sprintf(`{"object":"error","message":"This model's maximum context length is %d tokens. However, you requested %d tokens in the messages and the completion.","type":"BadRequestError","param":null,"code":400}`, size, asked)
	},
	// llama.cpp.
	func(size, asked int) string {
		return fmt.Sprintf(`{"error":{"code":400,"message":"the request exceeds the available context size, try increasing it","type":"exceed_context_size_error","n_prompt_tokens":%d,"n_ctx":%d}}`, asked, size)
	},
	// Anthropic, through a compatible gateway.
	func(size, asked int) string {
		return openAIError("invalid_request_error", "", fmt.Sprintf("prompt is too long: %d tokens > %d maximum", asked, size))
	},
}

// exceeds answers a request that does not fit the context; false lets it pass.
func (s *Server) exceeds(w http.ResponseWriter, req *Request, in int) bool {
	if s.script.Context == 0 || s.script.CutsSilently || in+req.MaxTokens() <= s.script.Context {
		return false
	}
	wording := contextWordings[req.Number%len(contextWordings)]
	writeJSON(w, http.StatusBadRequest, wording(s.script.Context, in+req.MaxTokens()))
	return true
}
