package worker_test

import (
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/mujaz/mujaz/internal/glossary"
	"github.com/mujaz/mujaz/internal/llmtest"
	"github.com/mujaz/mujaz/queue"
)

func house(t *testing.T, entries map[string]string) *glossary.Glossary {
	t.Helper()
	var list []glossary.Entry
	for source, english := range entries {
		list = append(list, glossary.Entry{Source: source, English: english})
	}
	g, err := glossary.New(list)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// TestHouseGlossary: the model and the checks get the entries that the article
// names, in whatever spelling; a job's own entry wins; the receipt says which
// glossary it was.
func TestHouseGlossary(t *testing.T) {
	t.Parallel()
	// No ear would hear Marwan in that name: the glossary alone allows it.
	named := strings.Replace(written, "Traders will get", "Engineer Johan Castellano said that traders will get", 1)
	var mu sync.Mutex
	var asked []string
	b := setup(t, llmtest.Script{Answer: func(r *llmtest.Request) string {
		mu.Lock()
		defer mu.Unlock()
		asked = append(asked, r.User())
		return named
	}})
	b.cfg.Glossary = house(t, map[string]string{
		"مروان الكَرمى": "Johan Castellano", "سلمى الزيتوني": "Salma Zeitouni", "جبل الغيم": "Mount Ghaym",
	})
	b.run(t)
	job := queue.Job{ID: "market", Article: story(0), Options: queue.Options{Glossary: map[string]string{"سلمى الزيتونى": "Salma al-Zaytouni"}}}
	r := b.result(t, b.submit(t, job))
	mu.Lock()
	prompt := asked[0]
	mu.Unlock()
	for text, want := range map[string]bool{"Johan Castellano": true, "Salma al-Zaytouni": true, "Salma Zeitouni": false, "Mount Ghaym": false} {
		if strings.Contains(prompt, text) != want {
			t.Errorf("the prompt has %q: %t, want %t\n%s", text, !want, want, prompt)
		}
	}
	if r.Status != queue.StatusOK || r.Usage.Calls != 1 || r.Receipt.GlossaryDigest != b.cfg.Glossary.Digest() {
		t.Errorf("status %s, %d calls, glossary %q\n%+v", r.Status, r.Usage.Calls, r.Receipt.GlossaryDigest, r.Checks)
	}
	// Without the glossary the same answer is doubtful.
	plain := setup(t, answerWith(named))
	plain.run(t)
	p := plain.result(t, plain.submit(t, job))
	fails := slices.ContainsFunc(p.Checks, func(c queue.Check) bool { return c.Check == "names" && c.Verdict == queue.VerdictFail })
	if p.Status != queue.StatusFlagged || !fails || p.Receipt.GlossaryDigest != "" {
		t.Errorf("without: status %s, glossary %q\n%+v", p.Status, p.Receipt.GlossaryDigest, p.Checks)
	}
}

// TestGlossaryIsPartOfTheQuestion: another English asks anew, an entry that the
// article has no use for does not.
func TestGlossaryIsPartOfTheQuestion(t *testing.T) {
	t.Parallel()
	b := setup(t, answerWith(written))
	for i, step := range []struct {
		entries map[string]string
		calls   int
	}{
		{map[string]string{"وادي السرو": "Wadi al-Sarw"}, 1},
		{map[string]string{"وادي السرو": "Wadi al-Sarw", "جبل الغيم": "Mount Ghaym"}, 0},
		{map[string]string{"وادي السرو": "Wadi Sarw", "جبل الغيم": "Mount Ghaym"}, 1},
	} {
		b.cfg.Glossary = house(t, step.entries)
		b.cfg.Metrics = nil
		_, stop := b.run(t)
		r := b.result(t, b.submit(t, queue.Job{ID: string(rune('a' + i)), Article: story(0)}))
		if r.Usage.Calls != step.calls || r.Receipt.Cached != (step.calls == 0) || r.Receipt.GlossaryDigest != b.cfg.Glossary.Digest() {
			t.Errorf("step %d: %d calls, want %d; cached %t", i, r.Usage.Calls, step.calls, r.Receipt.Cached)
		}
		stop()
	}
}
