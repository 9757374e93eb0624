package queue

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// FuzzDecodeJob: every payload gives a valid job or an error with a cause,
// never both, never a panic. A job comes back from the wire as it was, and an
// error never quotes the payload.
func FuzzDecodeJob(f *testing.F) {
	addGolden(f, "job-*.json", "invalid-*.json")
	f.Add([]byte("\xef\xbb\xbf" + `{"article":{"text":"خبر قصير من بلدة التلال"}}`))
	f.Add([]byte(`{"article":{"text":"` + strings.Repeat("خبر ", 60) + "\xff" + `"}}`))
	f.Add([]byte(`{"article":{"text":"x"},"options":{"glossary":{"مجلس بلدية وادي الزعفران":5}}}`))
	f.Add([]byte(`{"article":{"text":"x"},"revision":1.0}`))
	f.Add([]byte(`{"article":{"text":"x"},"revision":99999999999999999999}`))
	f.Add([]byte(`{"article":{"text":"x","published_at":"2026-13-01T00:00:00Z, as the wire had it"}}`))
	f.Fuzz(func(t *testing.T, payload []byte) {
		job, err := DecodeJob(payload)
		if err != nil {
			checkDecodeError(t, payload, err)
			return
		}
		if err := job.Validate(); err != nil {
			t.Fatalf("a decoded job is not valid: %v", err)
		}
		encoded, err := EncodeJob(job)
		if err != nil {
			t.Fatalf("encode: %v", err)
		}
		again, err := DecodeJob(encoded)
		if err != nil {
			t.Fatalf("decode what was encoded: %v", err)
		}
		// Repairs are of the payload, not of the job.
		if diff := cmp.Diff(job, again, cmpopts.IgnoreFields(Job{}, "Repairs"), cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("after a round trip (-first +second):\n%s", diff)
		}
		if job.Digest() != again.Digest() || job.Key() != again.Key() || job.MsgID() != again.MsgID() {
			t.Fatal("digest, key or message id changed in a round trip")
		}
		mustMatch(t, SchemaJob, encoded)
	})
}

// FuzzDecodeResult is FuzzDecodeJob for readers.
func FuzzDecodeResult(f *testing.F) {
	addGolden(f, "result-*.json")
	f.Fuzz(func(t *testing.T, payload []byte) {
		r, err := DecodeResult(payload)
		if err != nil {
			checkNoQuote(t, payload, err)
			return
		}
		encoded, err := EncodeResult(r)
		if err != nil {
			t.Fatalf("encode: %v", err)
		}
		again, err := DecodeResult(encoded)
		if err != nil {
			t.Fatalf("decode what was encoded: %v", err)
		}
		if diff := cmp.Diff(r, again, cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("after a round trip (-first +second):\n%s", diff)
		}
	})
}

func addGolden(f *testing.F, patterns ...string) {
	f.Helper()
	for _, pattern := range patterns {
		files, err := filepath.Glob(filepath.Join(wireDir, pattern))
		if err != nil || len(files) == 0 {
			f.Fatalf("no golden payloads %s: %v", pattern, err)
		}
		for _, file := range files {
			f.Add(readFile(f, file))
		}
	}
}

func checkDecodeError(t *testing.T, payload []byte, err error) {
	t.Helper()
	cause := causeOf(t, err)
	if allowed := []Cause{CauseUndecodable, CauseUnsupportedVersion, CauseInvalid}; !slices.Contains(allowed, cause) {
		t.Fatalf("cause %q of a payload that cannot be decoded", cause)
	}
	if err.Error() == "" || !utf8.ValidString(err.Error()) {
		t.Fatalf("error %q", err)
	}
	checkNoQuote(t, payload, err)
}

// quoteWindow is how many characters in a row count as a quotation.
const quoteWindow = 12

// checkNoQuote fails when the error has a piece of a string of the payload,
// its keys included. What stands in our sources, as the names of our fields do,
// is ours.
func checkNoQuote(t *testing.T, payload []byte, err error) {
	t.Helper()
	message, own := err.Error(), ownWords(t)
	for _, text := range stringsOf(payload) {
		runes := []rune(text)
		for i := 0; i+quoteWindow <= len(runes); i++ {
			piece := string(runes[i : i+quoteWindow])
			if strings.Contains(message, piece) && !strings.Contains(own, piece) {
				t.Fatalf("the error %q quotes %q of the payload", message, piece)
			}
		}
	}
}

// stringsOf are the keys and values of a payload, as far as it can be parsed.
func stringsOf(payload []byte) []string {
	var out []string
	decoder := json.NewDecoder(strings.NewReader(string(payload)))
	for {
		token, err := decoder.Token()
		if err != nil {
			return out
		}
		if text, ok := token.(string); ok {
			out = append(out, text)
		}
	}
}

var readOwnWords = sync.OnceValues(func() (string, error) {
	var own strings.Builder
	for _, name := range []string{"codec.go", "errors.go", "validate.go", "job.go", "result.go"} {
		text, err := os.ReadFile(name)
		if err != nil {
			return "", err
		}
		own.Write(text)
	}
	return own.String(), nil
})

func ownWords(t *testing.T) string {
	t.Helper()
	own, err := readOwnWords()
	if err != nil {
		t.Fatal(err)
	}
	return own
}
