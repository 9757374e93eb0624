package worker_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mujaz/mujaz/internal/llmtest"
	"github.com/mujaz/mujaz/queue"
	"github.com/mujaz/mujaz/worker"
)

// copyStory is story(0) as another site has it: with another title, a dateline, an
// agency's line, and marks of another keyboard.
func copyStory(change func(*queue.Article)) queue.Article {
	a := story(0)
	a.Title = "السوق القديم في وادي السرو إلى الترميم"
	a.Text = "وادي السرو / الأناضول\nوادي السرو (رويترز) - " + strings.Replace(a.Text, "متجراً", "متـجرا", 1)
	if change != nil {
		change(&a)
	}
	return a
}

func TestNearCopySharesThePaidCall(t *testing.T) {
	t.Parallel()
	b := setup(t, answerWith(written))
	b.cfg.Price = &worker.Price{Input: 1, Output: 2, Currency: "EUR"}
	b.run(t)
	first := b.result(t, b.submit(t, queue.Job{ID: "first", Article: story(0)}))
	r := b.result(t, b.submit(t, queue.Job{ID: "second", Article: copyStory(nil), Options: queue.Options{CopyOf: "first"}}))
	if r.Status != queue.StatusOK || !r.Receipt.Cached || r.Usage.Calls != 0 || r.Usage.Cost != 0 || !r.Usage.CostKnown {
		t.Errorf("status %s, cached %v, usage %+v", r.Status, r.Receipt.Cached, r.Usage)
	}
	want := &queue.CopyOf{JobID: "first", Revision: 1, SourceDigest: first.Receipt.SourceDigest, Cost: first.Usage.Cost}
	if diff := cmp.Diff(want, r.Receipt.CopyOf); diff != "" || want.Cost == 0 {
		t.Errorf("copy_of (-want +got):\n%s", diff)
	}
	// The agency's line is the copy's first paragraph.
	if diff := cmp.Diff([]queue.KeyPoint{{Text: "The council approved the plan.", SourceParagraphs: []int{2}}}, r.KeyPoints); diff != "" {
		t.Errorf("key points (-want +got):\n%s", diff)
	}
	if r.Article.Title == first.Article.Title || r.Receipt.SourceDigest == first.Receipt.SourceDigest || r.Receipt.Model != first.Receipt.Model {
		t.Errorf("the result is not the copy's own: %+v, %+v", r.Article, r.Receipt)
	}
	// A copy of the copy.
	r = b.result(t, b.submit(t, queue.Job{ID: "third", Article: story(0), Options: queue.Options{CopyOf: "second"}}))
	want.JobID, want.SourceDigest = "second", r.Receipt.CopyOf.SourceDigest
	if diff := cmp.Diff(want, r.Receipt.CopyOf); diff != "" {
		t.Errorf("copy_of of the copy's copy (-want +got):\n%s", diff)
	}
	if billed := b.llm.Ledger().Billed; billed != 1 {
		t.Errorf("%d calls were paid for", billed)
	}
}

func TestNearCopyThatIsNone(t *testing.T) {
	t.Parallel()
	const last = "وأوضح المهندس"
	citesLast := strings.Replace(written, `"source_paragraphs":[1]`, `"source_paragraphs":[3]`, 1)
	noPoints := strings.Replace(written, `[{"text":"The council approved the plan.","source_paragraphs":[1]}]`, `[]`, 1)
	trimmed := func(a *queue.Article) { a.Text, _, _ = strings.Cut(a.Text, "\n"+last) }
	for name, c := range map[string]struct {
		answer     string
		original   queue.Job
		job        queue.Job
		change     func(*queue.Article)
		paid, dead bool
	}{
		"none of it":                  {},
		"a paragraph left out":        {change: trimmed},
		"that a key point rests on":   {answer: citesLast, change: trimmed, paid: true},
		"without key points":          {answer: noPoints},
		"without key points, shorter": {answer: noPoints, change: trimmed, paid: true},
		"another number":              {change: func(a *queue.Article) { a.Text = strings.Replace(a.Text, "100", "101", 1) }, paid: true},
		"another name": {change: func(a *queue.Article) {
			a.Text = strings.Replace(a.Text, "مروان الكرمي", "سامر الكرمي", 1)
		}, paid: true},
		"a sentence more":       {change: func(a *queue.Article) { a.Text += "\nونفى التجار ذلك." }, paid: true},
		"a number in the title": {change: func(a *queue.Article) { a.Title += " بكلفة 9 ملايين" }, paid: true},
		"a name of the answer is left out": {change: func(a *queue.Article) {
			a.Text = strings.Replace(a.Text, "وقالت رئيسة المجلس سلمى الزيتوني إن العمل يبدأ خلال أسبوعين، وإن التجار سيحصلون على أماكن بديلة طوال مدة الترميم.\n", "", 1)
		}, paid: true},
		"another style":         {job: queue.Job{Options: queue.Options{Style: queue.StyleBrief}}, paid: true},
		"a length of its own":   {job: queue.Job{Options: queue.Options{MaxWords: 90}}, paid: true},
		"forced":                {job: queue.Job{Options: queue.Options{Force: true}}, paid: true},
		"of a flagged original": {answer: strings.Replace(written, "Traders will", "All 730 traders will", 1), paid: true},
		"of a skipped original": {original: queue.Job{Article: queue.Article{Text: "خبر عاجل"}}, paid: true},
		"of a dead original":    {original: queue.Job{Options: queue.Options{Model: "unknown"}}, dead: true, paid: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			answer := c.answer
			if answer == "" {
				answer = written
			}
			b := setup(t, answerWith(answer))
			b.run(t)
			c.original.ID = "first"
			if c.original.Article.Text == "" {
				c.original.Article = story(0)
			}
			s := b.submit(t, c.original)
			if out := b.outcome(t, s); (out.Dead != nil) != c.dead {
				t.Fatalf("the original: %+v", out)
			}
			before := b.llm.Ledger().Billed
			c.job.ID, c.job.Article, c.job.Options.CopyOf = "second", copyStory(c.change), "first"
			r := b.result(t, b.submit(t, c.job))
			if paid := b.llm.Ledger().Billed > before; paid != c.paid || paid == (r.Receipt.CopyOf != nil) || r.Receipt.Attempts != 1 {
				t.Errorf("paid %v, copy of %+v, %d attempts; want paid %v", paid, r.Receipt.CopyOf, r.Receipt.Attempts, c.paid)
			}
		})
	}
}

// A translation is shared where title and paragraphs are equal: the headline is
// that of the title.
func TestNearCopyTranslated(t *testing.T) {
	t.Parallel()
	b := setup(t, llmtest.Script{})
	b.run(t)
	job := queue.Job{ID: "first", Task: queue.TaskTranslate, Article: story(0)}
	first := b.result(t, b.submit(t, job))
	job.ID, job.Options.CopyOf, job.Article.Source = "second", "first", "Another Gazette"
	if r := b.result(t, b.submit(t, job)); (r.Receipt.CopyOf != nil) != (first.Status == queue.StatusOK) {
		t.Errorf("original %s, copy of %+v", first.Status, r.Receipt.CopyOf)
	}
	job.ID, job.Article.Title = "third", "عنوان آخر للسوق القديم في وادي السرو"
	if r := b.result(t, b.submit(t, job)); r.Receipt.CopyOf != nil {
		t.Error("a translation is shared under another title")
	}
}

func TestNearCopyWaitsForItsOriginal(t *testing.T) {
	t.Parallel()
	b := setup(t, answerWith(written))
	hold := b.llm.Hold()
	b.run(t)
	first := b.submit(t, queue.Job{ID: "first", Article: story(0)})
	<-hold.Arrived()
	second := b.submit(t, queue.Job{ID: "second", Article: copyStory(nil), Options: queue.Options{CopyOf: "first"}})
	b.until(t, "the copy to be handed back", func() bool {
		for _, line := range b.logs.FilterMessage("attempt").All() {
			if fields := line.ContextMap(); fields["job"] == "second" && fields["outcome"] == "handed_back" {
				return true
			}
		}
		return false
	})
	hold.Open()
	b.result(t, first)
	r := b.result(t, second)
	if r.Receipt.CopyOf == nil || r.Receipt.Attempts != 1 || b.llm.Ledger().Calls != 1 {
		t.Errorf("copy of %+v after %d attempts, %d calls", r.Receipt.CopyOf, r.Receipt.Attempts, b.llm.Ledger().Calls)
	}
}

// A result of an earlier revision is not what a copy of the later one waits for.
func TestNearCopyOfAnEarlierRevision(t *testing.T) {
	t.Parallel()
	b := setup(t, answerWith(written))
	_, stop := b.run(t)
	b.result(t, b.submit(t, queue.Job{ID: "first", Article: story(0)}))
	stop()
	second := b.submit(t, queue.Job{ID: "second", Revision: 2, Article: copyStory(nil), Options: queue.Options{CopyOf: "first"}})
	b.submit(t, queue.Job{ID: "first", Revision: 2, Article: story(0), Options: queue.Options{Force: true}})
	b.cfg.Metrics = nil
	b.run(t)
	if r := b.result(t, second); r.Receipt.CopyOf == nil || r.Receipt.CopyOf.Revision != 2 {
		t.Errorf("copy of %+v", r.Receipt.CopyOf)
	}
}

// An original that never comes is waited for so often and no longer.
func TestNearCopyOfNothing(t *testing.T) {
	t.Parallel()
	b := setup(t, answerWith(written))
	s := b.submit(t, queue.Job{ID: "second", Article: copyStory(nil), Options: queue.Options{CopyOf: "never-sent"}})
	js, done := b.plainClient(t)
	defer done()
	topo := b.conn.Topology()
	consumer, err := js.Consumer(t.Context(), topo.JobsStream(queue.LaneLive), "mujaz-live")
	if err != nil {
		t.Fatal(err)
	}
	for range 5 { // as if the worker had handed it back
		msg, err := consumer.Next()
		if err != nil {
			t.Fatal(err)
		}
		if err := msg.Nak(); err != nil {
			t.Fatal(err)
		}
	}
	b.run(t)
	if r := b.result(t, s); r.Receipt.CopyOf != nil || r.Usage.Calls != 1 || r.Receipt.Attempts != 1 {
		t.Errorf("copy of %+v, %d calls, %d attempts", r.Receipt.CopyOf, r.Usage.Calls, r.Receipt.Attempts)
	}
}
