package llm

import (
	"encoding/json"
	"strings"
)

// reasoningTags are what models put around their thinking when the server does
// not take it apart.
var reasoningTags = []string{"think", "thinking", "reasoning"}

// stripReasoning removes reasoning before the answer: closed blocks at the
// start, and everything up to an orphan closing tag (chat templates often write
// the opening one into the prompt). An unclosed block leaves nothing. The second
// result tells whether any was there. JSON that merely quotes a tag is left
// alone.
func stripReasoning(s string) (string, bool) {
	found := false
	for {
		s = strings.TrimSpace(s)
		if s == "" || s[0] == '{' || s[0] == '[' {
			return s, found
		}
		rest, ok := cutReasoning(s)
		if !ok {
			return s, found
		}
		s, found = rest, true
	}
}

func cutReasoning(s string) (string, bool) {
	for _, tag := range reasoningTags {
		if strings.HasPrefix(s, "<"+tag+">") {
			_, rest, closed := strings.Cut(s, "</"+tag+">")
			if !closed {
				return "", true
			}
			return rest, true
		}
		if _, rest, closed := strings.Cut(s, "</"+tag+">"); closed {
			return rest, true
		}
	}
	return s, false
}

// stripFence removes a Markdown fence around the whole text.
func stripFence(s string) string {
	s = strings.TrimSpace(s)
	body, ok := strings.CutPrefix(s, "```")
	if !ok {
		return s
	}
	_, body, ok = strings.Cut(body, "\n")
	if !ok {
		return s
	}
	body = strings.TrimSpace(body)
	return strings.TrimSpace(strings.TrimSuffix(body, "```"))
}

// maxCandidates bounds how many objects in prose are tried.
const maxCandidates = 8

// findJSON returns the part of the answer that is valid against the schema. The
// usual answer is the object itself; otherwise fences are taken off, and each
// object standing in prose is tried. Without a valid one it returns what is
// wrong with the first object, or with the text.
func findJSON(s string, schema *Schema) (string, []Problem) {
	s = stripFence(s)
	if s == "" {
		return "", []Problem{{Rule: "the answer is empty"}}
	}
	problems := schema.check(s)
	if len(problems) == 0 || json.Valid([]byte(s)) {
		return s, problems
	}
	rest := s
	var first []Problem
	for range maxCandidates {
		object, after, ok := nextObject(rest)
		if !ok {
			break
		}
		found := schema.check(object)
		if len(found) == 0 {
			return object, nil
		}
		if first == nil {
			first = found
		}
		rest = after
	}
	if first != nil {
		return "", first
	}
	return "", problems
}

// nextObject cuts the first balanced {...} out of s, braces inside JSON strings
// not counted.
func nextObject(s string) (object, rest string, ok bool) {
	start := strings.IndexByte(s, '{')
	if start < 0 {
		return "", "", false
	}
	depth, inString := 0, false
	for i := start; i < len(s); i++ {
		switch c := s[i]; {
		case inString && c == '\\':
			i++
		case c == '"':
			inString = !inString
		case inString:
		case c == '{':
			depth++
		case c == '}':
			if depth--; depth == 0 {
				return s[start : i+1], s[i+1:], true
			}
		}
	}
	return "", "", false
}

// outcomeOf groups the finish reasons of OpenAI, vLLM, llama.cpp, TGI, Mistral,
// Gemini's and Anthropic's compatible endpoints.
func outcomeOf(finish string) finishOutcome {
	switch strings.ToLower(finish) {
	case "":
		return finishMissing
	case "stop", "end_turn", "eos", "eos_token", "stop_sequence", "complete":
		return finishDone
	case "length", "max_tokens", "model_length", "max_output_tokens":
		return finishLength
	case "content_filter", "safety", "recitation", "prohibited_content", "blocklist",
		"spii", "refusal", "guardrail_intervened", "sensitive":
		return finishFiltered
	case "tool_calls", "function_call", "tool_use":
		return finishTool
	}
	return finishUnknown
}

type finishOutcome int

const (
	finishUnknown finishOutcome = iota
	finishDone
	finishMissing
	finishLength
	finishFiltered
	finishTool
)

// Reasons of Response.PromptTokensSuspicious.
const (
	// SuspectTooFew: fewer prompt tokens than any tokenizer needs for the text.
	SuspectTooFew = "fewer prompt tokens than the text can have"
	// SuspectContextEdge: a round context size, on a text that needs more. The
	// answer is of a text that was cut, so [Client.Complete] does not return it.
	SuspectContextEdge = "prompt tokens equal a round context size that the text exceeds"
)

// suspectPrompt compares the reported prompt tokens with the least that the text
// can have. Ollama cuts a long prompt silently (4,096 reported of 6,913,
// measured), and then reports exactly its context size.
//
// The most frugal counts measured: 5 ASCII characters a token (English) and 3.2
// letters of other scripts (Arabic with o200k). The floor leaves room above that
// (7 and 5), so that a new tokenizer does not raise false alarms; at a multiple
// of 1,024 the tighter 5 and 3.5 will do.
func suspectPrompt(messages []Message, promptBytes, in int) string {
	const round, smallest = 1024, 2048
	atEdge := in >= smallest && in%round == 0
	if in <= 0 || in >= promptBytes/5 || !atEdge && in >= promptBytes/7 {
		return ""
	}
	ascii, letters := 0, 0
	for i := range messages {
		for _, r := range messages[i].Content {
			if r < 0x80 {
				ascii++
			} else {
				letters++
			}
		}
	}
	switch {
	case atEdge && in < ascii/5+letters*2/7:
		return SuspectContextEdge
	case in < ascii/7+letters/5:
		return SuspectTooFew
	}
	return ""
}
