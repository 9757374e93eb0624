package llm

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"

	openai "github.com/sashabaranov/go-openai"
)

// Description is what an endpoint says about itself when it is asked.
type Description struct {
	Models []string
	// ContextSize of the model in tokens, 0 when the endpoint does not say, and
	// where it says so.
	ContextSize int
	Source      string

	body []byte // the list as it came
}

// Describe lists the models and looks up a model's context size: in the list
// itself (vLLM, OpenRouter, Groq, Mistral, llama.cpp), else in llama.cpp's
// /props. The error is that of the list; the rest is a bonus.
func (c *Client) Describe(ctx context.Context, model string) (Description, error) {
	d, err := c.list(ctx)
	if err != nil {
		return d, err
	}
	if d.ContextSize, d.Source = contextOf(d.body, model); d.ContextSize == 0 && c.cfg.API == APIOpenAI {
		d.ContextSize, d.Source = c.props(ctx)
	}
	return d, nil
}

// list asks for the models.
func (c *Client) list(ctx context.Context) (Description, error) {
	bounded, cancel := context.WithTimeoutCause(ctx, c.cfg.Timeout, errCallTimeout)
	defer cancel()
	x := c.exchange()
	vendor := c.vendor
	vendor.HTTPClient = x
	list, err := openai.NewClientWithConfig(vendor).ListModels(bounded)
	if err != nil {
		fail := faultOf(ctx, x, err)
		if fail == nil {
			fail = c.oddBody(x)
		}
		fail.Status, fail.Limits, fail.RequestID, fail.Endpoint = x.status, parseRateLimits(x.header, x.began), x.requestID(), c.cfg.Label
		return Description{}, &fail.Error
	}
	d := Description{Models: make([]string, 0, len(list.Models)), body: x.body}
	for _, m := range list.Models {
		d.Models = append(d.Models, m.ID)
	}
	return d, nil
}

// contextOf finds a model's context size in a list of models.
func contextOf(body []byte, model string) (int, string) {
	var list struct {
		Data []map[string]json.RawMessage `json:"data"`
	}
	if json.Unmarshal(body, &list) != nil {
		return 0, ""
	}
	for _, m := range list.Data {
		if text(m["id"]) != model {
			continue
		}
		for _, key := range []string{"max_model_len", "context_length", "context_window", "max_context_length"} {
			if n := contextNumber(m[key]); n > 0 {
				return n, key
			}
		}
		var meta map[string]json.RawMessage
		if json.Unmarshal(m["meta"], &meta) == nil {
			// n_ctx_train beside it is what the model could have, not what it has.
			if n := contextNumber(meta["n_ctx"]); n > 0 {
				return n, "meta.n_ctx"
			}
		}
	}
	return 0, ""
}

// contextNumber is a believable context size, else 0.
func contextNumber(raw json.RawMessage) int {
	const smallest = 256
	if n := number(raw); n >= smallest {
		return n
	}
	return 0
}

// props asks llama.cpp's server, beside /v1, for the context of one slot.
func (c *Client) props(ctx context.Context) (int, string) {
	ctx, cancel := context.WithTimeoutCause(ctx, c.cfg.Timeout, errCallTimeout)
	defer cancel()
	root := strings.TrimSuffix(strings.TrimRight(c.cfg.BaseURL, "/"), "/v1")
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, root+"/props", http.NoBody)
	if err != nil {
		return 0, ""
	}
	if key := c.cfg.APIKey.Reveal(); key != "" {
		req.Header.Set("Authorization", "Bearer "+key)
	}
	x := c.exchange()
	resp, err := x.Do(req)
	if err != nil {
		return 0, ""
	}
	_ = resp.Body.Close() // it is in memory
	var props struct {
		Settings map[string]json.RawMessage `json:"default_generation_settings"`
	}
	if x.status != http.StatusOK || json.Unmarshal(x.body, &props) != nil {
		return 0, ""
	}
	return contextNumber(props.Settings["n_ctx"]), "/props"
}
