package llmtest

import "strings"

// sightings say where a fault was seen, by number: the repository and number of
// a public report, or whose API it belongs to.
func sightings() map[int]string {
	return map[int]string{
		1: "OpenAI, Azure", 2: "HTTP's own spelling", 3: "OpenAI, Groq", 4: "openai-dotnet#838", 5: "gateways",
		6: "langchainjs#1929", 7: "continue#9375", 8: "Groq", 9: "mujaz",
		10: "every provider", 11: "AutoGPT#944", 12: "OpenAI, llama.cpp", 13: "anthropic-sdk-typescript#616",
		14: "Cloudflare", 15: "cloudflare-docs#32243", 16: "bifrost#5963", 17: "9router#2727", 18: "OmniRoute#8210",
		19: "networks", 20: "networks", 21: "networks", 22: "networks", 23: "vllm#2731", 24: "curator#463",
		25: "networks", 26: "hostile servers", 27: "hostile servers", 28: "proxies, hostile servers", 29: "gateways",
		30: "every provider", 31: "every provider", 32: "ComfyUI-Lora-Manager#1033", 33: "vllm#44269", 34: "OpenAI's reasoning models",
		35: "harbor#996", 36: "reverse proxies", 37: "every model", 38: "python-genai#811", 39: "small models",
		40: "ollama#15288", 41: "reasoning models", 42: "helm#3327", 43: "OpenAI", 44: "small models", 45: "small models",
		46: "small models", 47: "claude-code#21189", 48: "claude-code#82803", 49: "byte-level tokenizers", 50: "caching gateways",
		51: "gateways", 52: "OpenAI, gateways", 53: "small models", 54: "small models", 55: "small models",
	}
}

// documented is the Seen of a server that could not be tried.
func documented(server string) string { return server + " (documented)" }

// documentedFaults are what servers are known to answer that could not be had
// for a test, in their own shapes.
func documentedFaults() []Fault {
	ollama, vllm, llamacpp, azure, router := documented("Ollama"), documented("vLLM"), documented("llama.cpp"), documented("Azure OpenAI"), documented("OpenRouter")
	step := func(status int, body string) []Step { return []Step{{Status: status, Body: body}} }
	return []Fault{
		{Name: "Ollama: model not pulled", Seen: ollama, Steps: step(404, `{"error":{"message":"model \"qwen3:4b\" not found, try pulling it first","type":"not_found_error","param":null,"code":null}}`), Class: "misconfigured"},
		{Name: "Ollama: queue full", Seen: ollama, Steps: step(503, `{"error":"server busy, please try again.  maximum pending requests exceeded"}`), Class: "unavailable"},
		{Name: "Ollama: runner died", Seen: ollama, Steps: step(500, `{"error":{"message":"llama runner process has terminated: signal: killed","type":"api_error","param":null,"code":null}}`), Class: "transient"},
		{Name: "vLLM: context exceeded", Seen: vllm, Steps: step(400, `{"object":"error","message":"This model's maximum context length is 4096 tokens. However, you requested 5120 tokens (4096 in the messages, 1024 in the completion).","type":"BadRequestError","param":null,"code":400}`), Class: "context_too_long"},
		{Name: "vLLM: no room for the answer", Seen: vllm, Steps: step(400, `{"error":{"message":"'max_tokens' or 'max_completion_tokens' is too large: 1500. This model's maximum context length is 2048 tokens and your request has 1200 input tokens","type":"BadRequestError","param":"max_tokens","code":400}}`), Class: "context_too_long"},
		{Name: "vLLM: unknown model", Seen: vllm, Steps: step(404, `{"object":"error","message":"The model `+"`news-7b`"+` does not exist.","type":"NotFoundError","param":null,"code":404}`), Class: "misconfigured"},
		{Name: "vLLM: engine died", Seen: vllm, Steps: step(500, `{"object":"error","message":"EngineCore encountered an issue. See stack trace for the root cause.","type":"InternalServerError","param":null,"code":500}`), Class: "transient"},
		{Name: "llama.cpp: context exceeded", Seen: "llama.cpp (xllamacpp 2026.10)", Steps: step(400, `{"error":{"code":400,"message":"request (12030 tokens) exceeds the available context size (8192 tokens), try increasing it","type":"exceed_context_size_error","n_prompt_tokens":12030,"n_ctx":8192}}`), Class: "context_too_long"},
		{
			Name: "llama.cpp: schema refused", Seen: "llama.cpp (xllamacpp 2026.10)", Calls: 2, Paid: 1,
			Steps: step(400, `{"error":{"code":400,"message":"Unable to generate parser for this template. Automatic parser generation failed: JSON schema error at #: unrecognized type nonsense","type":"invalid_request_error"}}`),
		},
		{Name: "llama.cpp: wrong key", Seen: llamacpp, Steps: step(401, `{"error":{"code":401,"message":"Invalid API Key","type":"authentication_error"}}`), Class: "misconfigured"},
		{Name: "TGI: overloaded", Seen: documented("TGI"), Steps: step(429, `{"error":"Model is overloaded","error_type":"overloaded"}`), Class: "throttled"},
		{Name: "LM Studio: no model loaded", Seen: documented("LM Studio"), Steps: step(404, `{"error":"No models loaded. Please load a model in the developer page."}`), Class: "misconfigured"},
		{Name: "Azure: unknown deployment", Seen: azure, Steps: step(404, `{"error":{"code":"DeploymentNotFound","message":"The API deployment for this resource does not exist. If you created the deployment within the last 5 minutes, please wait a moment and try again."}}`), Class: "misconfigured"},
		{Name: "Azure: key of another resource", Seen: azure, Steps: step(401, `{"error":{"code":"401","message":"Access denied due to invalid subscription key or wrong API endpoint."}}`), Class: "misconfigured"},
		{Name: "OpenRouter: no credit", Seen: router, Steps: step(402, `{"error":{"code":402,"message":"Insufficient credits. Add more to continue."}}`), Class: "quota"},
		{Name: "OpenRouter: input flagged", Seen: router, Steps: step(403, `{"error":{"code":403,"message":"Your chosen model requires moderation and your input was flagged","metadata":{"reasons":["violence"],"flagged_input":"…"}}}`), Class: "refused"},
		{Name: "OpenRouter: timed out", Seen: router, Steps: step(408, `{"error":{"code":408,"message":"Your request timed out"}}`), Class: "transient"},
		{Name: "OpenRouter: provider throttles", Seen: router, Steps: step(429, `{"error":{"code":429,"message":"Provider returned error","metadata":{"raw":"the model is temporarily rate-limited upstream"}}}`), Class: "throttled"},
		{Name: "OpenRouter: no provider", Seen: router, Steps: step(503, `{"error":{"code":503,"message":"There is no available model provider that meets your routing requirements"}}`), Class: "unavailable"},
		{Name: "LiteLLM: budget used up", Seen: documented("LiteLLM"), Steps: step(400, `{"error":{"message":"Budget has been exceeded! Current cost: 10.2, Max budget: 10.0","type":"budget_exceeded","param":null,"code":"400"}}`), Class: "quota"},
	}
}

// lies are good answers with something beside the answer that cannot be true,
// and bodies that are made to hurt.
func lies() []Fault {
	const hostile = "hostile servers"
	headers := func(pairs ...string) []Step {
		h := map[string]string{}
		for i := 0; i < len(pairs); i += 2 {
			h[pairs[i]] = pairs[i+1]
		}
		return []Step{{Header: h}}
	}
	usage := func(raw string) []Step { return []Step{{Completion: Completion{Usage: raw}}} }
	const requests, tokens = "X-Ratelimit-Limit-Requests", "X-Ratelimit-Limit-Tokens"
	return []Fault{
		{Name: "limits below zero", Seen: hostile, Steps: headers(requests, "-5", tokens, "-1", "X-Ratelimit-Remaining-Tokens", "-7", "X-Ratelimit-Reset-Tokens", "-3s"), Paid: 1},
		{Name: "limits of zero", Seen: hostile, Steps: headers(requests, "0", tokens, "0"), Paid: 1},
		{Name: "limits that are no numbers", Seen: hostile, Steps: headers(requests, "many", tokens, "NaN", "Retry-After", "soon"), Paid: 1},
		{Name: "limits without end", Seen: hostile, Steps: headers(requests, "99999999999999999999", tokens, "1e300", "X-Ratelimit-Reset-Requests", "31536000"), Paid: 1},
		{Name: "Retry-After of a year beside an answer", Seen: hostile, Steps: headers("Retry-After", "31536000"), Paid: 1},
		{Name: "usage below zero", Seen: hostile, Steps: usage(`{"prompt_tokens":-12,"completion_tokens":-3,"total_tokens":-15}`), Paid: 1},
		{Name: "usage of zero", Seen: hostile, Steps: usage(`{"prompt_tokens":0,"completion_tokens":0,"total_tokens":0}`), Paid: 1},
		{Name: "usage of billions", Seen: hostile, Steps: usage(`{"prompt_tokens":9000000000,"completion_tokens":9000000000}`), Paid: 1},
		{Name: "usage beyond any number", Seen: hostile, Steps: usage(`{"prompt_tokens":1e300,"completion_tokens":12.5}`), Paid: 1},
		{Name: "usage in words", Seen: hostile, Steps: usage(`{"prompt_tokens":"twelve","completion_tokens":[3]}`), Paid: 1},
		{Name: "usage null", Seen: hostile, Steps: usage(`null`), Paid: 1},
		{Name: "context of zero", Seen: hostile, Steps: []Step{{Status: 400, Body: `{"error":{"code":400,"message":"request exceeds the available context size (0 tokens)","type":"exceed_context_size_error","n_ctx":0}}`}}, Class: "context_too_long"},
		{Name: "100 kB of headers", Seen: hostile, Steps: headers("X-Noise", strings.Repeat("n", 100<<10)), Class: "transient", Paid: 1},
		{Name: "JSON 20,000 levels deep", Seen: hostile, Steps: []Step{{Body: strings.Repeat(`{"choices":`, 20_000)}}, Class: "transient", Paid: 1},
		{Name: "proxy's page with 200", Seen: "proxies", Steps: []Step{{ContentType: "text/html", Body: "<html><title>Access to this site is blocked</title></html>"}}, Class: "misconfigured"},
		{Name: "proxy's page with 403", Seen: "proxies", Steps: []Step{{Status: 403, ContentType: "text/html", Body: "<html><title>Blocked by policy</title></html>"}}, Class: "misconfigured"},
		{Name: "proxy wants a login", Seen: "proxies", Steps: []Step{{Status: 407, ContentType: "text/html", Body: "<html>Proxy Authentication Required</html>"}}, Class: "misconfigured"},
	}
}
