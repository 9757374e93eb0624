package worker_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mujaz/mujaz/queue"
	"github.com/mujaz/mujaz/worker"
)

func TestAgreement(t *testing.T) {
	t.Parallel()
	check := func(name string, verdict queue.Verdict) queue.Check {
		return queue.Check{Check: name, Verdict: verdict}
	}
	var (
		numbers  = check("numbers", queue.VerdictFail)
		unsure   = check("names", queue.VerdictCannotJudge)
		pass     = check(worker.CheckJudge, queue.VerdictPass)
		fail     = check(worker.CheckJudge, queue.VerdictFail)
		away     = check(worker.CheckJudge, queue.VerdictCannotJudge)
		notFound = away
	)
	notFound.OutputSpan = &queue.Span{Field: "summary", End: 3, Text: "The"}
	var got worker.Agreement
	for _, checks := range [][]queue.Check{
		{numbers, fail},
		{unsure, fail},
		{fail, notFound},
		{fail, away},
		{numbers, pass},
		{numbers, notFound},
		{unsure, pass},
		{unsure, notFound},
		{pass},
		{unsure, notFound, notFound},
		{numbers, away},
		{numbers},
		nil,
		{away},
		{unsure},
	} {
		got.Add(checks)
	}
	want := worker.Agreement{Both: 1, OnlyJudge: 3, OnlyChecks: 2, Neither: 4, NotJudged: 5}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("agreement (-want +got):\n%s", diff)
	}
}
