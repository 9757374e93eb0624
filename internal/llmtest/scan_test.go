package llmtest

import (
	"encoding/json"
	"testing"
	"unicode/utf8"
)

// FuzzScan compares the scanner with encoding/json on everything that the latter
// accepts, and looks for panics on the rest.
func FuzzScan(f *testing.F) {
	for _, s := range []string{
		`{"model":"m","messages":[{"role":"user","content":"a\"b\\"}],"max_tokens":3}`,
		`{"messages":[{"content":"\ud83d\ude00","role":"user"},{"role":"assistant","content":"x"}]}`,
		`{"messages":[]}`, `{"messages":[{`, `{"a":{"b":[1,"]"]},"messages":[ ]}`, `{"messages":[{"role":"user","content":"\ud83d"}]}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		r := Request{Body: body}
		ok := r.scan()
		user := r.User()
		var want struct {
			Messages []struct {
				Role    string `json:"role"`
				Content string `json:"content"`
			} `json:"messages"`
		}
		var fields map[string]json.RawMessage
		if !utf8.Valid(body) || json.Unmarshal(body, &want) != nil || json.Unmarshal(body, &fields) != nil || len(want.Messages) != 1 {
			return
		}
		// encoding/json folds the case of names and keeps the last of equal ones.
		var list []map[string]json.RawMessage
		if json.Unmarshal(fields["messages"], &list) != nil || len(list) != 1 || string(list[0]["role"]) != `"user"` || len(list[0]) != 2 {
			return
		}
		var text string
		if json.Unmarshal(list[0]["content"], &text) != nil || !utf8.ValidString(user) {
			return
		}
		if !ok || user != text {
			t.Errorf("%s: ok %v, user %q, want %q", body, ok, user, text)
		}
	})
}
