package queue_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/mujaz/mujaz/queue"
	"github.com/mujaz/mujaz/queue/queuetest"
)

// desk is a server with a consumer of one slot.
type desk struct {
	*queue.Conn
	server *queuetest.Server
	work   *work
}

func newDesk(t *testing.T) desk {
	t.Helper()
	server := queuetest.Start(t)
	conn := server.Connect(t)
	return desk{conn, server, consume(t, conn, queue.ConsumerConfig{Slots: 1})}
}

// store brings a job to a result.
func (d desk) store(t *testing.T, job queue.Job, route queue.Route, status queue.Status) queue.Published {
	t.Helper()
	submit(t, d.Conn, job, route)
	delivery := d.work.next(t)
	defer delivery.finish(t)
	return publish(t, d.Conn, delivery, status)
}

// waiting is what waits for a person, as "id@revision".
func (d desk) waiting(t *testing.T, f queue.ResultFilter) []queue.StoredResult {
	t.Helper()
	var all []queue.StoredResult
	if err := d.WaitingReviews(t.Context(), f, func(r queue.StoredResult) error {
		all = append(all, r)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return all
}

// stored are all results of a job, or the newest.
func (d desk) stored(t *testing.T, id string, newest bool) []queue.StoredResult {
	t.Helper()
	var all []queue.StoredResult
	if err := d.Results(t.Context(), queue.ResultFilter{JobID: id, Newest: newest}, func(r queue.StoredResult) error {
		all = append(all, r)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return all
}

func decide(of queue.StoredResult, decision queue.Decision, reviewer string) queue.ReviewRequest {
	return queue.ReviewRequest{Of: of, Decision: decision, Reviewer: reviewer}
}

func TestWaitingReviews(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	flag := func(id string, revision int, route queue.Route, status queue.Status) {
		job := article(id)
		job.Revision = revision
		d.store(t, job, route, status)
	}
	if got := d.waiting(t, queue.ResultFilter{}); len(got) != 0 {
		t.Errorf("an empty stream: %v", got)
	}
	flag("superseded", 1, queue.Route{}, queue.StatusFlagged)
	flag("a", 1, queue.Route{Source: "waha"}, queue.StatusFlagged)
	flag("fine", 1, queue.Route{}, queue.StatusOK)
	flag("b", 1, queue.Route{Source: "waha", Lane: queue.LaneBackfill}, queue.StatusFlagged)
	flag("superseded", 2, queue.Route{}, queue.StatusOK)
	flag("c", 1, queue.Route{}, queue.StatusFlagged)
	flag("rejected", 1, queue.Route{}, queue.StatusFlagged)
	rejected := d.stored(t, "rejected", true)[0]
	if _, err := d.Review(t.Context(), decide(rejected, queue.DecisionRejected, "layan")); err != nil {
		t.Fatal(err)
	}
	flag("c", 2, queue.Route{}, queue.StatusFlagged)
	for name, tc := range map[string]struct {
		filter queue.ResultFilter
		want   string
	}{
		"all":        {queue.ResultFilter{}, "a@1 b@1 c@2"},
		"lane":       {queue.ResultFilter{Lane: queue.LaneBackfill}, "b@1"},
		"source":     {queue.ResultFilter{Source: "waha"}, "a@1 b@1"},
		"job":        {queue.ResultFilter{JobID: "c"}, "c@2"},
		"since ever": {queue.ResultFilter{Since: time.Unix(0, 0)}, "a@1 b@1 c@2"},
		"since soon": {queue.ResultFilter{Since: time.Now().Add(time.Hour)}, ""},
	} {
		var got []string
		for _, r := range d.waiting(t, tc.filter) {
			got = append(got, fmt.Sprintf("%s@%d", r.Result.JobID, r.Result.Revision))
			if r.Stored.IsZero() || r.Digest == "" || r.Source == "" {
				t.Errorf("%s: incomplete: %+v", name, r)
			}
		}
		if strings.Join(got, " ") != tc.want {
			t.Errorf("%s: got %v, want %s", name, got, tc.want)
		}
	}
}

// TestReviewRace: of many reviewers of one result exactly one wins, and the
// others learn who.
func TestReviewRace(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.store(t, article("a"), queue.Route{Source: "waha"}, queue.StatusFlagged)
	of := d.waiting(t, queue.ResultFilter{})[0]
	decisions := []queue.Decision{queue.DecisionAccepted, queue.DecisionRejected}
	const reviewers = 8
	var winners []queue.StoredResult
	var losers []*queue.SupersededError
	var mu sync.Mutex
	var group sync.WaitGroup
	for i := range reviewers {
		group.Go(func() {
			got, err := d.Review(t.Context(), decide(of, decisions[i%2], fmt.Sprint("reviewer ", i)))
			superseded, lost := errors.AsType[*queue.SupersededError](err)
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err == nil:
				winners = append(winners, got)
			case lost:
				losers = append(losers, superseded)
			default:
				t.Error(err)
			}
		})
	}
	group.Wait()
	if len(winners) != 1 || len(losers) != reviewers-1 {
		t.Fatalf("%d winners, %d losers", len(winners), len(losers))
	}
	winner := winners[0]
	for _, loser := range losers {
		if loser.By.Sequence != winner.Sequence || !strings.Contains(loser.Error(), winner.Result.Reviewed.Reviewer) {
			t.Errorf("%v; the winner is %+v", loser, winner.Result.Reviewed)
		}
	}
	all := d.stored(t, "a", false)
	if len(all) != 2 || all[0].Result.Reviewed != nil || all[1].Result.Reviewed.OfSequence != all[0].Sequence {
		t.Errorf("stored: %+v", all)
	}
	if newest := d.stored(t, "a", true); len(newest) != 1 || newest[0].Sequence != winner.Sequence {
		t.Errorf("the newest: %+v", newest)
	}
	if left := d.waiting(t, queue.ResultFilter{}); len(left) != 0 {
		t.Errorf("still waiting: %v", left)
	}
}

// TestReviewTwice: a lost confirmation may be asked for again, another decision
// needs to say that it is one.
func TestReviewTwice(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.store(t, article("a"), queue.Route{}, queue.StatusFlagged)
	first := decide(d.waiting(t, queue.ResultFilter{})[0], queue.DecisionRejected, "layan")
	first.Time = time.Now()
	stored, err := d.Review(t.Context(), first)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := d.Review(t.Context(), first); err != nil || again.Sequence != stored.Sequence {
		t.Errorf("the same again: %+v, %v", again, err)
	}
	second := decide(d.stored(t, "a", true)[0], queue.DecisionAccepted, "omar")
	if _, err := d.Review(t.Context(), second); !errors.Is(err, queue.ErrReviewed) {
		t.Errorf("another decision: %v", err)
	}
	second.Again = true
	got, err := d.Review(t.Context(), second)
	if err != nil || got.Result.Status != queue.StatusOK || got.Result.Reviewed.OfSequence != stored.Sequence {
		t.Errorf("anew: %+v, %v", got.Result.Reviewed, err)
	}
}

// TestReviewSettles: a repeated delivery of a reviewed job is recognised, other
// content under its id is a conflict, and a higher revision supersedes.
func TestReviewSettles(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	js := admin(t, d.server)
	submitted := submit(t, d.Conn, article("a"), queue.Route{Source: "waha"})
	delivery := d.work.next(t)
	defer delivery.finish(t)
	job := decode(t, delivery)
	publish(t, d.Conn, delivery, queue.StatusFlagged)
	summary := "A desalination plant for 40,000 families opened in Al Reem."
	edit := decide(d.waiting(t, queue.ResultFilter{})[0], queue.DecisionEdited, "layan")
	edit.Edit.Summary = &summary
	reviewed, err := d.Review(t.Context(), edit)
	if err != nil {
		t.Fatal(err)
	}
	msg, err := js.Stream(t.Context(), "MUJAZ_RESULTS")
	if err != nil {
		t.Fatal(err)
	}
	raw, err := msg.GetMsg(t.Context(), reviewed.Sequence)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"Mujaz-Schema": "1", "Mujaz-Digest": job.Digest(), "Mujaz-Revision": "1", "Mujaz-Status": "ok", "Mujaz-Review": "edited", nats.MsgIdHdr: "",
	} {
		if got := raw.Header.Get(name); got != want {
			t.Errorf("header %s is %q, want %q", name, got, want)
		}
	}

	if settled, err := d.Settled(t.Context(), delivery.Delivery, job); !settled || err != nil {
		t.Errorf("a redelivery: %t, %v", settled, err)
	}
	if again := publish(t, d.Conn, delivery, queue.StatusFlagged); !again.Duplicate || again.Sequence != reviewed.Sequence {
		t.Errorf("a redelivery publishes: %+v", again)
	}
	other := job
	other.Article.Text = "خبر آخر"
	if _, err := d.PublishResult(t.Context(), delivery.Delivery, other, resultOf(t, other, queue.StatusOK), queue.Result{Status: queue.StatusOK}); !errors.Is(err, queue.ErrConflict) {
		t.Errorf("other content: %v", err)
	}
	if out, err := d.WaitOutcome(t.Context(), submitted, time.Time{}); err != nil || out.Result == nil || out.Result.Result.Summary != summary {
		t.Errorf("outcome: %+v, %v", out, err)
	}

	other.Revision = 2
	if got, err := d.PublishResult(t.Context(), delivery.Delivery, other, resultOf(t, other, queue.StatusFlagged), queue.Result{Status: queue.StatusFlagged}); err != nil || got.Duplicate {
		t.Errorf("a higher revision: %+v, %v", got, err)
	}
	late := decide(reviewed, queue.DecisionRejected, "omar")
	late.Again = true
	_, err = d.Review(t.Context(), late)
	if superseded, found := errors.AsType[*queue.SupersededError](err); !found || superseded.By.Result.Revision != 2 {
		t.Errorf("a review of what is superseded: %v", err)
	}
	if waiting := d.waiting(t, queue.ResultFilter{}); len(waiting) != 1 || waiting[0].Result.Revision != 2 || waiting[0].Result.Reviewed != nil {
		t.Errorf("waiting: %+v", waiting)
	}
}

// TestPublishAmongReviews: a revision is stored however many reviews of the
// one before come first; giving up as if it were settled would lose the job.
func TestPublishAmongReviews(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	submit(t, d.Conn, article("a"), queue.Route{})
	delivery := d.work.next(t)
	defer delivery.finish(t)
	publish(t, d.Conn, delivery, queue.StatusFlagged)
	done := make(chan struct{})
	var group sync.WaitGroup
	stop := sync.OnceFunc(func() {
		close(done)
		group.Wait()
	})
	defer stop()
	group.Go(func() {
		for of := d.stored(t, "a", true)[0]; ; {
			select {
			case <-done:
				return
			default:
			}
			q := decide(of, queue.DecisionRejected, "layan")
			q.Again = true
			got, err := d.Review(t.Context(), q)
			if superseded, lost := errors.AsType[*queue.SupersededError](err); lost {
				got, err = superseded.By, nil
			}
			if err != nil {
				t.Error(err)
				return
			}
			of = got
		}
	})
	job := decode(t, delivery)
	// One may slip through between two reviews; all of them do not.
	const revisions = 100
	for job.Revision = 2; job.Revision <= revisions; job.Revision++ {
		queuetest.Eventually(t, "the revision to be stored", func() bool {
			got, err := d.PublishResult(t.Context(), delivery.Delivery, job, resultOf(t, job, queue.StatusFlagged), queue.Result{Status: queue.StatusFlagged})
			if errors.Is(err, queue.ErrResultExists) || errors.Is(err, queue.ErrConflict) || got.Duplicate {
				t.Fatalf("revision %d passes for settled: %+v, %v", job.Revision, got, err)
			}
			return err == nil
		})
	}
	stop()
	if newest := d.stored(t, "a", true); len(newest) != 1 || newest[0].Result.Revision != revisions {
		t.Errorf("the newest: %+v", newest)
	}
}
