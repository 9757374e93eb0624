package worker_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/mujaz/mujaz/internal/llm"
	"github.com/mujaz/mujaz/internal/llmtest"
	"github.com/mujaz/mujaz/queue"
	"github.com/mujaz/mujaz/worker"
)

// chronicle is an invented article of n paragraphs, each unlike the others.
func chronicle(n int) queue.Article {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "وفي العام %d من تاريخ وادي السرو أصلح أهل المدينة الجسر القديم فوق النهر، وقالت سلمى الزيتوني إن العمل استمر طوال الشتاء رغم المطر. "+
			"ثم اجتمع مجلس البلدية في القاعة الكبيرة وأقر خطة جديدة للسوق والبساتين والطرق التي تصل القرى بعضها ببعض.\n", 1000+i)
	}
	return queue.Article{Title: "تاريخ وادي السرو", Text: b.String()}
}

var lineNumbers = regexp.MustCompile(`(?m)^\[([0-9, ]+)\] `)

// shown are the numbers of the lines that a request shows.
func shown(user string) []int {
	var ids []int
	for _, m := range lineNumbers.FindAllStringSubmatch(user, -1) {
		for number := range strings.SplitSeq(m[1], ", ") {
			if id, err := strconv.Atoi(number); err == nil {
				ids = append(ids, id)
			}
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// scribe answers as a model would that does what it is asked: notes that cite
// what they were shown, a summary of the notes, a translation of each paragraph.
func scribe(r *llmtest.Request) string {
	user, system := r.User(), r.System()
	ids := shown(user)
	names := `[{"source":"سلمى الزيتوني","english":"Salma al-Zaytouni","kind":"person"}]`
	switch {
	case strings.Contains(system, "news translator"):
		var paragraphs []string
		for _, id := range ids {
			paragraphs = append(paragraphs, fmt.Sprintf(`{"paragraph":%d,"text":"That year the people of the town mended the old bridge over the river, and Salma al-Zaytouni said that the work went on all winter in the rain. Then the council met in the great hall and approved a new plan for the market, the orchards and the roads between the villages."}`, id))
		}
		return `{"headline":"A history of Wadi al-Sarw","translation":[` + strings.Join(paragraphs, ",") + `],"names":` + names + `}`
	case strings.Contains(system, "You read one part"):
		var points []string
		for i := range 6 {
			points = append(points, fmt.Sprintf(`{"text":"The people of the town mended the old bridge over the river and the council approved a plan for the market.","source_paragraphs":[%d]}`, ids[i*len(ids)/6]))
		}
		return `{"key_points":[` + strings.Join(points, ",") + `],"names":` + names + `}`
	}
	return fmt.Sprintf(`{"headline":"A history of Wadi al-Sarw","summary":"The people of the town mended the old bridge over the river, Salma al-Zaytouni said. The council approved a plan for the market.","key_points":[{"text":"The people mended the old bridge.","source_paragraphs":[%d]},{"text":"The council approved a plan for the market.","source_paragraphs":[%d]}],"names":%s}`,
		ids[0], ids[len(ids)-1], names)
}

func TestLongArticle(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		script  llmtest.Script
		size    int
		context int // as configured
		task    queue.Task
		style   queue.Style
		cause   queue.Cause // of a dead letter
		refused int         // calls that were not paid
		levels  int
		unread  int // paid calls whose prompt was cut
	}{
		"refused":          {script: llmtest.Script{Context: 8192}, size: 150, refused: 1, levels: 2},
		"context is known": {script: llmtest.Script{Context: 8192}, size: 150, context: 8192, levels: 2},
		"cut silently":     {script: llmtest.Script{Context: 8192, CutsSilently: true}, size: 150, levels: 2, unread: 1},
		"bullets":          {script: llmtest.Script{Context: 8192}, size: 150, style: queue.StyleBullets, refused: 1, levels: 2},
		"many levels":      {script: llmtest.Script{Context: 4096}, size: 300, refused: 1, levels: 4},
		"translation":      {script: llmtest.Script{Context: 8192}, size: 60, task: queue.TaskTranslate, refused: 1, levels: 1},
		"translation, cut": {script: llmtest.Script{Context: 8192, CutsSilently: true}, size: 150, task: queue.TaskTranslate, levels: 1, unread: 1},
		"fits":             {script: llmtest.Script{Context: 65536}, size: 100},
		"no room in it":    {script: llmtest.Script{Context: 1024}, size: 100, refused: 1, cause: queue.CauseContextTooLong},
		"no room, known":   {script: llmtest.Script{Context: 1024}, size: 100, context: 1024, cause: queue.CauseContextTooLong},
		"always refused":   {script: llmtest.Script{Context: 700}, size: 100, context: 8192, refused: -1, cause: queue.CauseContextTooLong},
		"beyond a message": {script: llmtest.Script{}, size: 6000, task: queue.TaskTranslate, cause: queue.CauseTooLarge},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c.script.Answer = scribe
			b := setup(t, c.script)
			b.cfg.Context = c.context
			b.run(t)
			article := chronicle(c.size)
			s := b.submit(t, queue.Job{ID: "history", Article: article, Task: c.task, Options: queue.Options{Style: c.style}})
			if c.cause != "" {
				letter := b.dead(t, s)
				if letter.Cause != c.cause || letter.Advice == "" || letter.Attempts != 1 {
					t.Errorf("cause %s after %d attempts: %s", letter.Cause, letter.Attempts, letter.LastError)
				}
				if billed := b.llm.Ledger().Billed; billed != 0 {
					t.Errorf("%d calls paid for an article that cannot be worked on", billed)
				}
				return
			}
			r := b.result(t, s)
			if r.Status != queue.StatusOK || r.Receipt.Attempts != 1 || r.Article.Paragraphs != c.size {
				t.Errorf("status %s after %d attempts, %d paragraphs, checks %+v", r.Status, r.Receipt.Attempts, r.Article.Paragraphs, r.Checks)
			}
			ledger := b.llm.Ledger()
			if refused := ledger.Calls - ledger.Billed; refused != c.refused {
				t.Errorf("%d calls were refused, want %d", refused, c.refused)
			}
			if r.Usage.Calls != ledger.Billed {
				t.Errorf("%d calls in the account, %d paid", r.Usage.Calls, ledger.Billed)
			}
			checkSplit(t, r, c.levels, ledger.Billed-c.unread)
			if c.task == queue.TaskTranslate {
				for i, p := range r.Translation {
					if p.Paragraph != i+1 {
						t.Fatalf("paragraph %d stands at place %d", p.Paragraph, i+1)
					}
				}
				if len(r.Translation) != c.size {
					t.Errorf("%d paragraphs, want %d", len(r.Translation), c.size)
				}
			} else if last := r.KeyPoints[len(r.KeyPoints)-1].SourceParagraphs[0]; c.levels > 0 && last < c.size*3/4 {
				t.Errorf("the last key point cites paragraph %d of %d: the end of the article was not read", last, c.size)
			}
			if want := []queue.Name{{Source: "سلمى الزيتوني", English: "Salma al-Zaytouni", Kind: "person"}}; !cmp.Equal(want, r.Names) {
				t.Errorf("names %+v", r.Names)
			}
		})
	}
}

func checkSplit(t *testing.T, r queue.Result, levels, paid int) {
	t.Helper()
	s := r.Receipt.Split
	if levels == 0 {
		if s != nil {
			t.Errorf("split %+v of an article that fits", *s)
		}
		return
	}
	if s == nil {
		t.Fatal("the receipt does not tell that the article was split")
	}
	t.Logf("%d parts, %d levels, %d calls", s.Parts, s.Levels, paid)
	// One call a part, and for a summary fewer at each level after.
	if s.Levels != levels || s.Parts < 2 || paid < s.Parts || paid > 2*s.Parts || levels == 1 && paid != s.Parts || levels == 2 && paid != s.Parts+1 {
		t.Errorf("%+v with %d calls, want %d levels", *s, paid, levels)
	}
}

// TestTruncatedAnswerIsSplit: an answer that does not fit its budget, nor twice
// of it, is asked for in parts.
func TestTruncatedAnswerIsSplit(t *testing.T) {
	t.Parallel()
	cut := func(whole bool) func(*llmtest.Request) (llmtest.Step, bool) {
		return func(r *llmtest.Request) (llmtest.Step, bool) {
			step := llmtest.Step{Completion: llmtest.Completion{Keep: 40, FinishReason: "length"}}
			return step, !whole || len(shown(r.User())) == 40
		}
	}
	b := setup(t, llmtest.Script{Answer: scribe, Choose: cut(true)})
	b.run(t)
	r := b.result(t, b.submit(t, queue.Job{ID: "history", Article: chronicle(40), Task: queue.TaskTranslate}))
	if s := r.Receipt.Split; r.Status != queue.StatusOK || s == nil || s.Parts < 2 || r.Usage.Calls != 2+s.Parts {
		t.Errorf("status %s, split %+v, %d calls", r.Status, s, r.Usage.Calls)
	}

	b = setup(t, llmtest.Script{Answer: scribe, Choose: cut(false)})
	b.run(t)
	if letter := b.dead(t, b.submit(t, queue.Job{ID: "history", Article: chronicle(10)})); letter.Cause != queue.CauseTruncated {
		t.Errorf("cause %s: %s", letter.Cause, letter.LastError)
	}
}

// TestFailedPartIsRepairedAlone: a number that is wrong in one part of a
// translation costs one call more, for that part.
func TestFailedPartIsRepairedAlone(t *testing.T) {
	t.Parallel()
	b := setup(t, llmtest.Script{Context: 8192, Answer: func(r *llmtest.Request) string {
		good := scribe(r)
		if ids := shown(r.User()); slices.Contains(ids, 30) && !strings.Contains(string(r.Body), `"assistant"`) {
			return strings.Replace(good, `{"paragraph":30,"text":"That year`, `{"paragraph":30,"text":"That year 7777 of`, 1)
		}
		if strings.Contains(string(r.Body), `"assistant"`) {
			// The last user message is the repair's; the part stands before it.
			var body struct{ Messages []struct{ Content string } }
			if err := json.Unmarshal(r.Body, &body); err != nil {
				t.Error(err)
			}
			return strings.Replace(body.Messages[2].Content, "That year 7777 of", "That year", 1)
		}
		return good
	}})
	b.run(t)
	r := b.result(t, b.submit(t, queue.Job{ID: "history", Article: chronicle(60), Task: queue.TaskTranslate}))
	if r.Status != queue.StatusOK || !r.Receipt.Repaired || r.Usage.Calls != r.Receipt.Split.Parts+1 {
		t.Errorf("status %s, repaired %v, %d calls for %d parts: %+v", r.Status, r.Receipt.Repaired, r.Usage.Calls, r.Receipt.Split.Parts, r.Checks)
	}
}

// TestNamesAreKeptAcrossParts: of several spellings of a name one is left.
func TestNamesAreKeptAcrossParts(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	part := 0
	b := setup(t, llmtest.Script{Context: 8192, Answer: func(r *llmtest.Request) string {
		mu.Lock()
		defer mu.Unlock()
		part++
		if part%3 == 0 {
			return strings.ReplaceAll(scribe(r), "Salma al-Zaytouni", "Salmah Al-Zeituni")
		}
		return scribe(r)
	}})
	b.run(t)
	r := b.result(t, b.submit(t, queue.Job{ID: "history", Article: chronicle(80), Task: queue.TaskTranslate}))
	for _, p := range r.Translation {
		if !strings.Contains(p.Text, "Salma al-Zaytouni") || strings.Contains(p.Text, "Zeituni") {
			t.Fatalf("paragraph %d spells another name: %s", p.Paragraph, p.Text)
		}
	}
	if len(r.Names) != 1 {
		t.Errorf("names %+v", r.Names)
	}
}

// TestEqualLongWorkIsPaidOnce: a second job with the same article, and a worker
// that has learned other things since, find the parts.
func TestEqualLongWorkIsPaidOnce(t *testing.T) {
	t.Parallel()
	b := setup(t, llmtest.Script{Context: 8192, Answer: scribe})
	_, stop := b.run(t)
	first := b.result(t, b.submit(t, queue.Job{ID: "one", Article: chronicle(600)}))
	stop()
	b.cfg.Metrics = prometheus.NewRegistry()
	b.run(t)
	for i := range 12 {
		b.result(t, b.submit(t, queue.Job{ID: fmt.Sprint("short-", i), Article: story(i)}))
	}
	billed := b.llm.Ledger().Billed
	second := b.result(t, b.submit(t, queue.Job{ID: "two", Article: chronicle(600)}))
	if !second.Receipt.Cached || b.llm.Ledger().Billed != billed || second.Summary != first.Summary {
		t.Errorf("cached %v, %d calls more", second.Receipt.Cached, b.llm.Ledger().Billed-billed)
	}
}

// TestLongArticleOverAChain: an article that is too long for the first endpoint
// goes to the one that is there for such; one that is too long for both goes in
// parts that fit the first.
func TestLongArticleOverAChain(t *testing.T) {
	t.Parallel()
	wide := llmtest.Start(t, llmtest.Script{Context: 32_768, Answer: scribe})
	client, err := llm.New(llm.Config{BaseURL: wide.URL(), Model: "wide"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	b := setup(t, llmtest.Script{Context: 8192, CutsSilently: true, Answer: scribe})
	b.cfg.Context = 8192
	b.cfg.Others = []worker.Endpoint{{LLM: client, Model: "wide", When: []worker.Condition{worker.WhenTooLong}}}
	b.run(t)
	r := b.result(t, b.submit(t, queue.Job{ID: "chapter", Article: chronicle(120)}))
	if r.Receipt.Split != nil || wide.Ledger().Billed != 1 || b.llm.Ledger().Calls != 0 {
		t.Errorf("split %+v, %d calls to the wide one, %d to the first", r.Receipt.Split, wide.Ledger().Billed, b.llm.Ledger().Calls)
	}
	r = b.result(t, b.submit(t, queue.Job{ID: "history", Article: chronicle(600)}))
	if s := r.Receipt.Split; r.Status != queue.StatusOK || s == nil || b.llm.Ledger().Billed < s.Parts || wide.Ledger().Billed != 1 {
		t.Errorf("status %s, split %+v, %d calls to the wide one, %d to the first", r.Status, s, wide.Ledger().Billed, b.llm.Ledger().Billed)
	}
}

// TestMaxTokensHoldsForParts: a limit that is configured is that of each part.
func TestMaxTokensHoldsForParts(t *testing.T) {
	t.Parallel()
	for _, task := range []queue.Task{queue.TaskSummarize, queue.TaskTranslate} {
		var mu sync.Mutex
		asked := map[int]int{}
		b := setup(t, llmtest.Script{Context: 16_384, Answer: func(r *llmtest.Request) string {
			mu.Lock()
			defer mu.Unlock()
			asked[r.MaxTokens()]++
			return scribe(r)
		}})
		b.cfg.MaxTokens = 2500
		b.run(t)
		r := b.result(t, b.submit(t, queue.Job{ID: "history", Article: chronicle(200), Task: task}))
		if r.Receipt.Split == nil || len(asked) != 1 || asked[2500] == 0 {
			t.Errorf("%s: split %+v, asked with limits %v", task, r.Receipt.Split, asked)
		}
	}
}

// TestJudgeOfALongArticle: what the judge's context cannot hold is not judged,
// and does not hold the result up.
func TestJudgeOfALongArticle(t *testing.T) {
	t.Parallel()
	b := setup(t, llmtest.Script{Context: 8192, Answer: scribe})
	b.cfg.Judge = &worker.Judge{Model: llmtest.ModelName}
	b.run(t)
	r := b.result(t, b.submit(t, queue.Job{ID: "history", Article: chronicle(150)}))
	found := slices.ContainsFunc(r.Checks, func(c queue.Check) bool {
		return c.Check == worker.CheckJudge && c.Verdict == queue.VerdictCannotJudge && strings.Contains(c.Detail, "context_too_long")
	})
	if r.Status != queue.StatusOK || !found {
		t.Errorf("status %s, checks %+v", r.Status, r.Checks)
	}
}
