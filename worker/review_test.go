package worker_test

import (
	"strings"
	"testing"

	"github.com/nats-io/nats.go"

	"github.com/mujaz/mujaz/queue"
)

// TestReviewedJob: a job whose result a person has edited is recognised when it
// comes again, costs no call and changes nothing; the next revision is done.
func TestReviewedJob(t *testing.T) {
	t.Parallel()
	b := setup(t, answerWith(strings.Replace(written, "Traders will", "All 730 traders will", 1)))
	b.run(t)
	job := queue.Job{ID: "market", Article: story(0)}
	submitted := b.submit(t, job)
	if r := b.result(t, submitted); r.Status != queue.StatusFlagged {
		t.Fatalf("status %s", r.Status)
	}
	b.idle(t)
	headline := "Wadi al-Sarw repairs its old market"
	if _, err := b.conn.Review(t.Context(), queue.ReviewRequest{
		Of: b.results(t)[0], Decision: queue.DecisionEdited, Reviewer: "layan", Edit: queue.Edit{Headline: &headline},
	}); err != nil {
		t.Fatal(err)
	}
	calls := b.llm.Ledger().Calls

	// Under another message id the server does not know it for a repetition.
	payload, err := queue.EncodeJob(job)
	if err != nil {
		t.Fatal(err)
	}
	js, done := b.plainClient(t)
	defer done()
	msg := nats.NewMsg(submitted.Subject)
	msg.Data = payload
	msg.Header.Set(nats.MsgIdHdr, "again")
	if _, err := js.PublishMsg(t.Context(), msg); err != nil {
		t.Fatal(err)
	}
	b.idle(t)
	all := b.results(t)
	if len(all) != 2 || all[1].Result.Headline != headline || b.llm.Ledger().Calls != calls || len(b.deadLetters(t)) != 0 {
		t.Errorf("%d results, %d calls before and %d after, %d dead letters", len(all), calls, b.llm.Ledger().Calls, len(b.deadLetters(t)))
	}

	job.Revision, job.Article = 2, story(1)
	if r := b.result(t, b.submit(t, job)); r.Revision != 2 || r.Reviewed != nil {
		t.Errorf("the next revision: %+v", r)
	}
}
