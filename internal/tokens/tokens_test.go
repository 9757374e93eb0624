package tokens_test

import (
	"math"
	"strings"
	"sync"
	"testing"

	"github.com/mujaz/mujaz/internal/tokens"
)

func TestFamilyByName(t *testing.T) {
	t.Parallel()
	for model, exact := range map[string]bool{
		"gpt-4o": true, "gpt-4o-mini-2024-07-18": true, "openai/gpt-4.1": true, "GPT-4": true, "gpt-4-turbo": true, "o3-mini": true, "gpt-3.5-turbo": true,
		"ft:gpt-4o:desk": true, "gpt-oss:20b": true,
		"": false, "stand-in": false, "qwen2.5:7b": false, "o4000": false, "gemma-3": false, "gpt-45": false, "mistral/o": false,
	} {
		if got := tokens.New(model).Exact(); got != exact {
			t.Errorf("%q: exact %v, want %v", model, got, exact)
		}
	}
}

func TestExactCounts(t *testing.T) {
	t.Parallel()
	// Known counts: https://platform.openai.com/tokenizer gives 4 for the first.
	for _, c := range []struct {
		model, text string
		want        int
	}{
		{"gpt-4o", "The harbour was calm.", 5},
		{"gpt-4o", "", 0},
		{"gpt-4", strings.Repeat("a b ", 50), 101},
	} {
		if got := tokens.New(c.model).Count(c.text); got != c.want {
			t.Errorf("%s counts %d in %q, want %d", c.model, got, c.text, c.want)
		}
	}
}

const (
	arabicText = "أقر مجلس البلدية يوم الثلاثاء خطة لترميم السوق القديم، وقالت رئيسة المجلس إن العمل يبدأ خلال أسبوعين. "
	latinText  = "The council approved a plan to repair the old market on Tuesday, and work begins within two weeks. "
	hanText    = "市议会周二通过了修复旧市场的计划，工程将在两周内开始。"
)

// TestCalibration: whatever a tokenizer does with a script, a dozen calls teach it.
func TestCalibration(t *testing.T) {
	t.Parallel()
	// A made-up tokenizer: 1 token a letter of Arabic, 6 letters a token of Latin.
	count := func(arabic, latin int) int {
		return int(float64(len([]rune(arabicText))*arabic)*0.8 + float64(len(latinText)*latin)/6)
	}
	c := tokens.New("unheard-of")
	for i := range 12 {
		c.Learn(count(1+i%5, 3), strings.Repeat(latinText, 3), strings.Repeat(arabicText, 1+i%5))
	}
	if !c.Calibrated() {
		t.Error("not calibrated after 12 calls")
	}
	for name, text := range map[string]struct {
		text string
		want int
	}{
		"arabic": {strings.Repeat(arabicText, 40), count(40, 0)},
		"latin":  {strings.Repeat(latinText, 40), count(0, 40)},
	} {
		got := c.Count(text.text)
		if off := math.Abs(float64(got)/float64(text.want) - 1); off > 0.1 {
			t.Errorf("%s: counts %d, want %d (off by %.0f %%)", name, got, text.want, 100*off)
		}
	}
	if before, after := tokens.New("x").Count(hanText), c.Count(hanText); before != after {
		t.Errorf("Chinese was never seen and its count went from %d to %d", before, after)
	}
}

// TestLies: a usage that cannot be true changes nothing.
func TestLies(t *testing.T) {
	t.Parallel()
	c := tokens.New("unheard-of")
	want := c.Count(arabicText)
	for _, reported := range []int{0, -5, 1, 1 << 40} {
		c.Learn(reported, arabicText)
	}
	if got := c.Count(arabicText); got != want {
		t.Errorf("counts %d after lies, %d before", got, want)
	}
}

// TestFollowsAChange: another model under the same name is followed.
func TestFollowsAChange(t *testing.T) {
	t.Parallel()
	c := tokens.New("unheard-of")
	letters := len([]rune(arabicText))
	for range 200 {
		c.Learn(letters/4, arabicText)
	}
	for range 40 * 16 {
		c.Learn(letters/2, arabicText)
	}
	if got, want := c.Count(arabicText), letters/2; math.Abs(float64(got)/float64(want)-1) > 0.1 {
		t.Errorf("counts %d, want %d", got, want)
	}
}

func TestConcurrentUse(t *testing.T) {
	t.Parallel()
	c := tokens.New("unheard-of")
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 50 {
				c.Learn(60, arabicText)
				c.Count(latinText)
			}
		})
	}
	all.Wait()
}

func TestEstimateIsTheSameForAll(t *testing.T) {
	t.Parallel()
	if a, b := tokens.Estimate(arabicText), tokens.New("unheard-of").Count(arabicText); a != b {
		t.Errorf("estimate %d, a new counter says %d", a, b)
	}
	if tokens.Estimate("") != 0 || tokens.Estimate("\xff\xfe") == 0 {
		t.Error("the estimate of nothing is not nothing, or that of broken text is")
	}
}

func FuzzCount(f *testing.F) {
	f.Add(arabicText, 30)
	f.Add(hanText, -1)
	f.Add("\xff\x00", 1<<62)
	c := tokens.New("unheard-of")
	f.Fuzz(func(t *testing.T, text string, reported int) {
		c.Learn(reported, text)
		if n := c.Count(text); n < 0 || n > 8*len(text)+1 {
			t.Errorf("counts %d in %d bytes", n, len(text))
		}
	})
}

func BenchmarkCount(b *testing.B) {
	text := strings.Repeat(arabicText, 60) // 10 kB
	for _, model := range []string{"unheard-of", "gpt-4o"} {
		c := tokens.New(model)
		c.Count("warm")
		b.Run(model, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				c.Count(text)
			}
		})
	}
}
