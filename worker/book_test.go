package worker_test

import (
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/mujaz/mujaz/internal/llmtest"
	"github.com/mujaz/mujaz/queue"
	"github.com/mujaz/mujaz/worker"
)

// bookParagraphs of chronicle are a book of 300,000 words.
const bookParagraphs = 8_400

// TestBook: a book goes through; each of its parts is paid once; and while they
// are asked, what is held in memory does not grow with their number.
func TestBook(t *testing.T) {
	if testing.Short() {
		t.Skip("takes some seconds")
	}
	// Not beside other tests: their memory would be counted too.
	book := chronicle(bookParagraphs)
	var mu sync.Mutex
	var held []uint64
	b := setup(t, llmtest.Script{Context: 16_384, Answer: func(r *llmtest.Request) string {
		if r.Number%8 == 0 {
			mu.Lock()
			held = append(held, liveHeap())
			mu.Unlock()
		}
		return scribe(r)
	}})
	b.run(t)
	r := b.result(t, b.submit(t, queue.Job{ID: "book", Article: book}))
	if r.Status != queue.StatusOK || r.Article.Words < 300_000 {
		t.Errorf("status %s, %d words, checks %+v", r.Status, r.Article.Words, r.Checks)
	}
	ledger := b.llm.Ledger()
	for _, n := range ledger.BilledByJob {
		if n != 1 {
			t.Fatalf("a question was paid for %d times", n)
		}
	}
	if r.Usage.Calls != ledger.Billed || ledger.Billed <= r.Receipt.Split.Parts {
		t.Errorf("%d calls in the account, %d paid for %d parts", r.Usage.Calls, ledger.Billed, r.Receipt.Split.Parts)
	}
	first, last := held[1], held[len(held)-1]
	size := float64(len(book.Text))
	t.Logf("%d words, %.1f MB: %d parts, %d levels, %d calls; live heap %.1f times the text at the beginning, %.1f at the end",
		r.Article.Words, size/1e6, r.Receipt.Split.Parts, r.Receipt.Split.Levels, ledger.Billed, float64(first)/size, float64(last)/size)
	// What grows are the notes, and NATS's store of the answers' ledger.
	if grown := float64(last) - float64(first); grown > size {
		t.Errorf("the heap grew by %.1f times the text while the parts were asked", grown/size)
	}
}

func liveHeap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// TestKilledInTheMiddleOfAnArticle: a worker that dies among the parts leaves
// those that were answered paid for; only calls under way can cost again.
func TestKilledInTheMiddleOfAnArticle(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		stage worker.Stage
		after int
		twice int // questions that may be paid for again
	}{
		"among the parts":      {worker.StageCall, 12, 8},
		"as parts are stored":  {worker.StageCheckpoint, 9, 8},
		"when all is answered": {worker.StageVerify, 1, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t, llmtest.Script{Context: 8192, Answer: scribe})
			s := b.submit(t, queue.Job{ID: "history", Article: chronicle(900)})
			child := b.doomed(t, c.stage)
			child.Env = append(child.Env, fmt.Sprint(envAfter, "=", c.after))
			if err := child.Run(); err == nil || !strings.Contains(err.Error(), "killed") {
				t.Fatalf("the doomed worker ended with %v", err)
			}
			before := b.llm.Ledger().Billed
			b.run(t)
			// Another worker, whose counters have learned something else.
			for i := range 3 {
				b.result(t, b.submit(t, queue.Job{ID: fmt.Sprint("short-", i), Article: story(i)}))
			}
			r := b.result(t, s)
			ledger := b.llm.Ledger()
			twice, calls := 0, ledger.Billed-3
			for _, n := range ledger.BilledByJob {
				twice += n - 1
			}
			t.Logf("%d parts, %d calls before the kill and %d in all, %d twice", r.Receipt.Split.Parts, before, calls, twice)
			if r.Status != queue.StatusOK || twice > c.twice || before == 0 {
				t.Errorf("status %s, %d questions paid for twice, %d calls before the kill", r.Status, twice, before)
			}
			if letters := b.deadLetters(t); len(letters) != 0 {
				t.Errorf("dead letters: %+v", letters)
			}
		})
	}
}
