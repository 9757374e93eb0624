package backfill_test

import (
	"encoding/json"
	"fmt"
	"hash/fnv"
	"math"
	"math/rand/v2"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"github.com/mujaz/mujaz/internal/llmtest"
	"github.com/mujaz/mujaz/internal/tokens"
)

// author answers as a model with habits of its own would, none of which the
// estimate knows: how wordy it is, how much its answers differ in length, how often
// they must be repaired, and how it counts tokens.
type author struct {
	seed    uint64
	count   func(string) int
	wordy   float64           // factor on all answers
	spread  float64           // sigma of an answer's logarithm
	faulty  float64           // share of first answers that must be repaired
	english map[string]string // of the source's lines, by people

	mu             sync.Mutex
	calls, in, out int
}

// newAuthor draws the habits.
func newAuthor(seed uint64, count func(string) int, english map[string]string) *author {
	dice := rand.New(rand.NewPCG(seed, 77))
	return &author{
		seed: seed, count: count, english: english,
		wordy:  math.Exp(dice.NormFloat64() * 0.2),
		spread: 0.15 + 0.2*dice.Float64(),
		faulty: 0.02 + 0.13*dice.Float64(),
	}
}

// counting are ways to count tokens: as a known model, and as two whose name tells
// nothing, one of them dear in Arabic and Hindi.
func counting() []struct {
	model string
	count func(string) int
} {
	return []struct {
		model string
		count func(string) int
	}{
		{"gpt-4o", tokens.New("gpt-4o").Count},
		{"house-model", tokens.New("gpt-4").Count},
		{"four-bytes", func(text string) int { return (len(text) + 3) / 4 }},
	}
}

// used is what it has billed so far.
func (a *author) used() (calls, in, out int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.calls, a.in, a.out
}

func (a *author) choose(r *llmtest.Request) (llmtest.Step, bool) {
	var body struct {
		Messages []struct{ Role, Content string }
		Format   struct {
			Schema json.RawMessage `json:"json_schema"`
		} `json:"response_format"`
	}
	if json.Unmarshal(r.Body, &body) != nil {
		return llmtest.Step{}, false
	}
	article := ""
	in := a.count(string(body.Format.Schema))
	for _, m := range body.Messages {
		in += a.count(m.Content) + 4
		if article == "" && m.Role == "user" {
			article = m.Content
		}
	}
	content := a.answer(article, strings.Contains(r.System(), "translator"), len(body.Messages) > 2)
	out := a.count(content)
	a.mu.Lock()
	a.calls++
	a.in += in
	a.out += out
	a.mu.Unlock()
	return llmtest.Step{Completion: llmtest.Completion{
		Content: content, Usage: fmt.Sprintf(`{"prompt_tokens":%d,"completion_tokens":%d,"total_tokens":%d}`, in, out, in+out),
	}}, true
}

var shownLine = regexp.MustCompile(`(?m)^\[(\d+)\] (.*)$`)

// answer is the same for the same article and seed, as at temperature 0.
func (a *author) answer(article string, translation, repair bool) string {
	h := fnv.New64a()
	h.Write([]byte(article))
	dice := rand.New(rand.NewPCG(a.seed, h.Sum64()))
	long := a.wordy * math.Exp(dice.NormFloat64()*a.spread)
	bad := dice.Float64() < a.faulty && !repair
	// How long a translation is, its source decides; a model's habit is less.
	lines := shownLine.FindAllStringSubmatch(article, -1)
	out := map[string]any{"headline": prose(dice, 55), "names": a.names(dice, lines)}
	if translation {
		var paragraphs []map[string]any
		for _, line := range lines {
			id, _ := strconv.Atoi(line[1])
			text := a.english[strings.TrimSpace(line[2])]
			if text == "" {
				text = prose(dice, len([]rune(line[2])))
			} else if long > 1.1 && len(text) > 150 && dice.Float64() < 0.5 {
				text += " " + prose(dice, 20)
			}
			paragraphs = append(paragraphs, map[string]any{"paragraph": id, "text": text})
		}
		if bad {
			paragraphs[0]["text"] = "In all 471169 boats took part. " + fmt.Sprint(paragraphs[0]["text"])
		}
		out["translation"] = paragraphs
	} else {
		var points []map[string]any
		for range 3 + dice.IntN(4) {
			points = append(points, map[string]any{"text": prose(dice, int(90*long)), "source_paragraphs": []int{1}})
		}
		// A summary is shorter than its article, and than the style allows.
		summary := prose(dice, int(min(560*long, 780, 0.5*float64(len([]rune(article))))))
		if bad {
			summary = "In all 471169 boats took part. " + summary
		}
		out["summary"], out["key_points"] = summary, points
	}
	text, err := json.Marshal(out)
	if err != nil {
		panic(err)
	}
	return string(text)
}

// names quotes words of the source: they are counted as its script is.
func (a *author) names(dice *rand.Rand, lines [][]string) []map[string]string {
	names := []map[string]string{}
	for range dice.IntN(8) {
		line := lines[dice.IntN(len(lines))]
		if words := strings.Fields(line[2]); len(words) > 0 {
			names = append(names, map[string]string{"source": words[dice.IntN(len(words))], "english": "Wadi Sarw", "kind": "place"})
		}
	}
	return names
}

// prose is about so many characters of English that claims nothing, at most some
// 900. It repeats nothing, which the checks would notice.
func prose(dice *rand.Rand, size int) string {
	who := []string{
		"the people of the town", "the harbour office", "the council", "a group of traders", "the fishing boats", "the teachers of the school", "the farmers",
		"visitors from the valley", "the market", "the old library", "the bakers", "the choir", "the ferrymen", "our neighbours",
	}
	did := []string{
		"looked at", "spoke in favour of", "worked all winter on", "asked for", "came back to", "waited for", "learned of", "had no objection to",
		"went along with", "took part in", "were glad about", "wrote about", "walked past", "kept an eye on",
	}
	what := []string{
		"the bridge over the river", "the road to the orchards", "a quiet season", "the paths along the quay", "the new hall", "the work on the roofs",
		"the gardens", "a calm morning", "the hills beyond", "better days", "the mill", "the plan for the square", "fresh bread", "the lighthouse",
	}
	i, k, m := dice.Perm(len(who)), dice.Perm(len(did)), dice.Perm(len(what))
	var b strings.Builder
	for n := 0; n < len(who) && (n == 0 || b.Len() < size); n++ {
		s := who[i[n]] + " " + did[k[n]] + " " + what[m[n]]
		b.WriteString(strings.ToUpper(s[:1]) + s[1:] + ". ")
	}
	return strings.TrimSpace(b.String())
}
