package queue_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/mujaz/mujaz/queue"
)

// flagged is an invented result that waits for a person.
func flagged() queue.StoredResult {
	fail := queue.Check{
		Check: "numbers", Verdict: queue.VerdictFail, Detail: "20,000 is not in the source.",
		OutputSpan: &queue.Span{Field: "summary", Start: 13, End: 19, Text: "20,000"},
	}
	return queue.StoredResult{
		Sequence: 7, Lane: queue.LaneLive, Source: "waha", Digest: "d1",
		Result: queue.Result{
			SchemaVersion: 1, ID: "waha-417@1", JobID: "waha-417", Revision: 1, Task: queue.TaskSummarize, Status: queue.StatusFlagged,
			Headline: "Library opens in Wadi Sar", Summary: "A library of 20,000 books opened in Wadi Sar, Samer al-Najjar said.",
			KeyPoints: []queue.KeyPoint{{Text: "The library holds 20,000 books.", SourceParagraphs: []int{1}}},
			Names: []queue.Name{
				{Source: "وادي السرو", English: "Wadi Sar", Kind: "place"},
				{Source: "سامر النجار", English: "Samer al-Najjar", Kind: "person"},
				{Source: "بلدية الزهور", English: "Al-Zuhur Municipality", Kind: "organisation"},
			},
			Checks: []queue.Check{{Check: "language", Verdict: queue.VerdictPass}, fail}, Article: queue.ArticleFacts{Paragraphs: 2, Words: 40},
		},
	}
}

func request(decision queue.Decision, change func(*queue.ReviewRequest)) queue.ReviewRequest {
	q := queue.ReviewRequest{Of: flagged(), Decision: decision, Reviewer: "layan", Time: time.Date(2026, 3, 10, 7, 0, 0, 0, time.UTC)}
	if change != nil {
		change(&q)
	}
	return q
}

// TestReviewResult: what each decision makes of a result.
func TestReviewResult(t *testing.T) {
	t.Parallel()
	machine := flagged().Result.Checks
	review := func(d queue.Decision, checks []queue.Check) *queue.Review {
		return &queue.Review{Decision: d, Reviewer: "layan", Time: time.Date(2026, 3, 10, 7, 0, 0, 0, time.UTC), OfSequence: 7, Checks: checks}
	}
	fixed := "A library of 12,000 books opened in Wadi al-Sarw, Samer al-Najjar said."
	fresh := []queue.Check{{Check: "numbers", Verdict: queue.VerdictPass}}
	for name, tc := range map[string]struct {
		request queue.ReviewRequest
		want    func(*queue.Result)
	}{
		"accepted": {request(queue.DecisionAccepted, nil), func(r *queue.Result) {
			r.Status, r.Reviewed = queue.StatusOK, review(queue.DecisionAccepted, nil)
		}},
		"rejected": {request(queue.DecisionRejected, func(q *queue.ReviewRequest) { q.Note = "Two people\nare mixed up." }), func(r *queue.Result) {
			r.Reviewed = review(queue.DecisionRejected, nil)
			r.Reviewed.Note = "Two people\nare mixed up."
		}},
		"edited without the source": {request(queue.DecisionEdited, func(q *queue.ReviewRequest) { q.Edit.Summary = &fixed }), func(r *queue.Result) {
			r.Status, r.Summary, r.Checks, r.Reviewed = queue.StatusOK, fixed, []queue.Check{}, review(queue.DecisionEdited, machine)
		}},
		"edited and checked": {request(queue.DecisionEdited, func(q *queue.ReviewRequest) { q.Edit.Summary, q.Checks = &fixed, fresh }), func(r *queue.Result) {
			r.Status, r.Summary, r.Checks, r.Reviewed = queue.StatusOK, fixed, fresh, review(queue.DecisionEdited, machine)
		}},
		"a name that the text no longer has": {request(queue.DecisionEdited, func(q *queue.ReviewRequest) {
			headline := "Library opens"
			q.Edit = queue.Edit{Headline: &headline, Summary: &fixed, KeyPoints: []queue.KeyPoint{}}
		}), func(r *queue.Result) {
			r.Status, r.Headline, r.Summary, r.KeyPoints = queue.StatusOK, "Library opens", fixed, nil
			r.Names = r.Names[1:]
			r.Checks, r.Reviewed = []queue.Check{}, review(queue.DecisionEdited, machine)
		}},
		"accepted after an edit": {request(queue.DecisionAccepted, func(q *queue.ReviewRequest) {
			q.Again, q.Of.Result.Reviewed, q.Of.Result.Checks = true, review(queue.DecisionEdited, machine), []queue.Check{}
		}), func(r *queue.Result) {
			r.Status, r.Checks, r.Reviewed = queue.StatusOK, []queue.Check{}, review(queue.DecisionAccepted, machine)
		}},
	} {
		want := flagged().Result
		tc.want(&want)
		got, err := tc.request.Result()
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		// What is stored comes back as it was.
		payload, err := queue.EncodeResult(got)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := queue.DecodeResult(payload); err != nil || !cmp.Equal(got, again) {
			t.Errorf("%s: after a round trip: %v\n%s", name, err, cmp.Diff(got, again))
		}
	}
}

func TestReviewRefusals(t *testing.T) {
	t.Parallel()
	text := func(s string) *string { return &s }
	edit := func(e queue.Edit) queue.ReviewRequest {
		return request(queue.DecisionEdited, func(q *queue.ReviewRequest) { q.Edit = e })
	}
	for name, tc := range map[string]struct {
		request queue.ReviewRequest
		want    error
		says    string
	}{
		"ok":             {request: request(queue.DecisionAccepted, func(q *queue.ReviewRequest) { q.Of.Result.Status = queue.StatusOK }), want: queue.ErrNotFlagged},
		"skipped, again": {request: request(queue.DecisionAccepted, func(q *queue.ReviewRequest) { q.Of.Result.Status, q.Again = queue.StatusSkipped, true }), want: queue.ErrNotFlagged},
		"reviewed":       {request: request(queue.DecisionAccepted, func(q *queue.ReviewRequest) { q.Of.Result.Reviewed = &queue.Review{} }), want: queue.ErrReviewed},
		"no change":      {request: edit(queue.Edit{}), want: queue.ErrUnchanged},
		"the same":       {request: edit(queue.EditOf(flagged().Result)), want: queue.ErrUnchanged},
		"no reviewer": {
			request: request("", func(q *queue.ReviewRequest) { q.Reviewer, q.Of.Sequence = "", 0 }),
			says:    "invalid review: decision: must not be empty; reviewer: must not be empty; of_sequence: must be the place of a stored result",
		},
		"odd": {request: request("approved", func(q *queue.ReviewRequest) { q.Reviewer = "a\x1b[31m" }), says: "decision: must be one of: accepted, rejected, edited; reviewer: must not contain control characters"},
		"long": {request: request(queue.DecisionAccepted, func(q *queue.ReviewRequest) {
			q.Reviewer, q.Note = strings.Repeat("ل", 201), strings.Repeat("x", 2001)
		}), says: "reviewer: must be at most 200 characters; note: must be at most 2000 characters"},
		"nothing left":  {request: edit(queue.Edit{Headline: text(""), Summary: text(" \n"), KeyPoints: []queue.KeyPoint{}}), says: "invalid edit: headline: the edit leaves no text"},
		"controls":      {request: edit(queue.Edit{Headline: text("\x07"), Summary: text("a\x00b")}), says: "headline: must not contain control characters; summary: must not contain control characters"},
		"too much":      {request: edit(queue.Edit{Summary: text(strings.Repeat("word ", queue.MaxEditBytes/5+1))}), says: "the text must be at most 262144 bytes"},
		"paragraphs":    {request: edit(queue.Edit{KeyPoints: []queue.KeyPoint{{Text: "A.", SourceParagraphs: []int{3, 0}}, {}}}), says: "key_points[0].source_paragraphs: must be 1 to 2; key_points[0].source_paragraphs: must be 1 to 2; key_points[1].text: must not be blank"},
		"translation":   {request: edit(queue.Edit{Translation: []queue.TranslatedParagraph{{Paragraph: 1, Text: "A."}, {Paragraph: 1, Text: "B."}, {Paragraph: 9}}}), says: "translation[1].paragraph: is given twice; translation[2].text: must not be blank; translation[2].paragraph: must be 1 to 2"},
		"names, unkind": {request: edit(queue.Edit{Names: []queue.Name{{Source: "س", Kind: "king"}}}), says: "names[0]: needs source and english; names[0].kind: must be one of: person, place, organisation, other"},
	} {
		_, err := tc.request.Result()
		if tc.want != nil && !errors.Is(err, tc.want) || tc.want == nil && (err == nil || !strings.Contains(err.Error(), tc.says)) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
