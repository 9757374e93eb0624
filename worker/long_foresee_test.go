package worker_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/mujaz/mujaz/internal/clean"
	"github.com/mujaz/mujaz/internal/llmtest"
	"github.com/mujaz/mujaz/internal/tokens"
	"github.com/mujaz/mujaz/queue"
	"github.com/mujaz/mujaz/worker"
)

// TestForesee holds what was foreseen against what was used.
func TestForesee(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		size, context int
		task          queue.Task
	}{
		"whole":                 {size: 20, context: 65536},
		"context not known":     {size: 20},
		"whole translation":     {size: 20, context: 65536, task: queue.TaskTranslate},
		"parts":                 {size: 150, context: 8192},
		"many parts":            {size: 900, context: 8192},
		"translation in parts":  {size: 150, context: 8192, task: queue.TaskTranslate},
		"a book":                {size: bookParagraphs, context: 32768},
		"a small model":         {size: 300, context: 4096},
		"barely beyond context": {size: 40, context: 8192},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t, llmtest.Script{Context: c.context, Answer: scribe})
			b.cfg.Context = c.context
			b.run(t)
			job := queue.Job{ID: "history", Article: chronicle(c.size), Task: c.task}
			art, err := clean.Clean(clean.Input{Title: job.Article.Title, Text: job.Article.Text})
			if err != nil {
				t.Fatal(err)
			}
			// The worker's counter has learned nothing, and neither has this one.
			got, err := worker.Foresee(worker.Foresight{Prompts: b.cfg.Prompts, Job: job, Article: art, Counter: tokens.New(llmtest.ModelName), Context: c.context})
			if err != nil {
				t.Fatal(err)
			}
			r := b.result(t, b.submit(t, job))
			within := func(what string, used int, r worker.Range) {
				t.Logf("%s: %d used, %d to %d foreseen", what, used, r.Low, r.High)
				if used < r.Low || used > r.High {
					t.Errorf("%s: %d used, %d to %d foreseen", what, used, r.Low, r.High)
				}
			}
			within("calls", r.Usage.Calls, got.Calls)
			within("tokens in", r.Usage.TokensIn, got.In)
			within("tokens out", r.Usage.TokensOut, got.Out)
			for what, u := range map[string]struct {
				usual int
				r     worker.Range
			}{"calls": {got.Usual.Calls, got.Calls}, "tokens in": {got.Usual.In, got.In}, "tokens out": {got.Usual.Out, got.Out}} {
				if u.usual < u.r.Low || u.usual > u.r.High {
					t.Errorf("%s: usually %d, which is not in %d to %d", what, u.usual, u.r.Low, u.r.High)
				}
			}
			if got.Usual.Text <= 0 || got.Usual.Text >= got.Usual.In || got.Usual.Repair <= 0 {
				t.Errorf("of %d usual tokens in %d are text, and a repair takes %d", got.Usual.In, got.Usual.Text, got.Usual.Repair)
			}
			parts := 0
			if r.Receipt.Split != nil {
				parts = r.Receipt.Split.Parts
			}
			if parts != got.Parts {
				t.Errorf("%d parts, %d foreseen", parts, got.Parts)
			}
		})
	}
}

func TestForeseeWhatCannotBe(t *testing.T) {
	t.Parallel()
	b := setup(t, llmtest.Script{})
	art, err := clean.Clean(clean.Input{Text: chronicle(100).Text})
	if err != nil {
		t.Fatal(err)
	}
	f := worker.Foresight{Prompts: b.cfg.Prompts, Article: art, Counter: tokens.New("x"), Context: 500}
	if _, err := worker.Foresee(f); err == nil || !strings.Contains(err.Error(), "split") {
		t.Errorf("a context of 500: %v", err)
	}
	f.Job.Options.Prompt = "gone@9"
	if _, err := worker.Foresee(f); err == nil {
		t.Error("a prompt that does not exist is foreseen")
	}
	short, err := clean.Clean(clean.Input{Text: "خبر"})
	if err != nil {
		t.Fatal(err)
	}
	if o, err := worker.Foresee(worker.Foresight{Prompts: b.cfg.Prompts, Article: short, Counter: tokens.New("x")}); err != nil || o != (worker.Outlook{}) {
		t.Errorf("a stub: %v, %v", fmt.Sprint(o), err)
	}
	if _, err := worker.Foresee(worker.Foresight{}); err == nil {
		t.Error("nothing is foreseen")
	}
}
