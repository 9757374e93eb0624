package show

import (
	"bytes"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/mujaz/mujaz/queue"
)

func TestResult(t *testing.T) {
	t.Parallel()
	r := queue.Result{
		JobID: "a-1", Status: queue.StatusFlagged, Headline: "Three parks\x1b[31m open", Summary: strings.Repeat("word ", 30),
		KeyPoints: []queue.KeyPoint{{Text: "Four thousand trees.", SourceParagraphs: []int{2, 3}}},
		Checks: []queue.Check{
			{Check: "language", Verdict: queue.VerdictPass},
			{Check: "length", Verdict: queue.VerdictPass},
			{Check: "numbers", Verdict: queue.VerdictFail, Detail: `The source says «٣»; the summary says "4".`},
			{Check: "looping", Verdict: queue.VerdictCannotJudge, Detail: "Too short."},
		},
		Usage:   queue.Usage{Calls: 1, TokensIn: 900, TokensOut: 120},
		Receipt: queue.Receipt{Model: "m", Prompt: "news-brief@1", Repaired: true},
		Timing:  queue.Timing{TotalMS: 1234},
	}
	var b bytes.Buffer
	Style{Width: 60}.Result(&b, r)
	want := `flagged  a-1
  Three parks[31m open
  word word word word word word word word word word word
  word word word word word word word word word word word
  word word word word word word word word
  • Four thousand trees. [2, 3]
  ✓ language, length
  ✗ numbers: The source says «٣»; the summary says "4".
  ? looping: Too short.
  m · news-brief@1 · 1 call, 900 + 120 tokens · repaired · cost unknown · 1.2 s
`
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestReviewedResult(t *testing.T) {
	t.Parallel()
	r := queue.Result{
		JobID: "a-1", Status: queue.StatusOK, Headline: "Three parks open", Checks: []queue.Check{},
		Receipt: queue.Receipt{Model: "m", Prompt: "p@1"},
		Reviewed: &queue.Review{
			Decision: queue.DecisionEdited, Reviewer: "layan\x1b[31m", Note: "four\nis wrong", Time: time.Date(2026, 3, 10, 7, 0, 0, 0, time.Local),
			Checks: []queue.Check{{Check: "numbers", Verdict: queue.VerdictFail, Detail: `The source says «٣»; the headline says "4".`}},
		},
	}
	var b bytes.Buffer
	Style{}.Result(&b, r)
	want := `ok  a-1
  Three parks open
  edited by layan[31m, 2026-03-10 07:00: four is wrong
  before the edit:
  ✗ numbers: The source says «٣»; the headline says "4".
  m · p@1 · 0 calls, 0 + 0 tokens · cost unknown · 0.0 s
`
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestReceipt(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		r    queue.Result
		want string
	}{
		{"stored answer", queue.Result{Receipt: queue.Receipt{Model: "m", Prompt: "p@1", Cached: true}, Usage: queue.Usage{CostKnown: true}}, "m · p@1 · stored answer, no call · cost 0.00000 · 0.0 s"},
		{"estimate", queue.Result{Receipt: queue.Receipt{Model: "m", Prompt: "p@1"}, Usage: queue.Usage{Calls: 2, TokensIn: 5, TokensOut: 6, TokensEstimated: true, CostKnown: true, Cost: 0.0123, Currency: "EUR"}}, "m · p@1 · 2 calls, about 5 + 6 tokens · cost 0.01230 EUR · 0.0 s"},
		{"skipped", queue.Result{Status: queue.StatusSkipped}, "no call was made · 0.0 s"},
	} {
		if got := Receipt(tt.r); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestClean(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"سلام\nعليكم": "سلام\nعليكم", "a\x1b]0;title\x07b": "a]0;titleb", "\u202eevil\u202c": "evil", "c\u009b31m": "c31m", "\xff": "\uFFFD", "می\u200cروم": "می\u200cروم",
	} {
		if got := Clean(text); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
}

func TestNoColorWithoutATerminal(t *testing.T) {
	t.Parallel()
	s := For(&bytes.Buffer{}, func(string) (string, bool) { return "", false })
	if s.Color || s.Red("x") != "x" {
		t.Error("a buffer gets colors")
	}
	if (Style{Color: true}).Red("x") == "x" {
		t.Error("a terminal gets none")
	}
}

func TestWrapAndClip(t *testing.T) {
	t.Parallel()
	wrapped := Style{Width: 40}.Wrap(strings.Repeat("كلمة ", 40), "  ")
	for line := range strings.Lines(wrapped) {
		if n := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); n > 40 {
			t.Errorf("a line has %d columns", n)
		}
	}
	if got := Clip("مرحبا بالعالم", 6); got != "مرحبا…" {
		t.Errorf("clipped to %q", got)
	}
}
