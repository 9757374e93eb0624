package worker_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/mujaz/mujaz/internal/llm"
	"github.com/mujaz/mujaz/internal/llmtest"
	"github.com/mujaz/mujaz/prompts"
	"github.com/mujaz/mujaz/queue"
	"github.com/mujaz/mujaz/worker"
)

const judgeModel = "stand-in-judge"

// claimLine is a claim as the judge's prompt numbers it.
var claimLine = regexp.MustCompile(`(?m)^\[(\d+)\] (.*)$`)

// verdictsOn answers a judge's request: supported by paragraph 1, but for the
// claims that hold one of the phrases.
func verdictsOn(r *llmtest.Request, verdicts map[string]string) string {
	claims, _, _ := strings.Cut(r.User(), "\nArticle:")
	var list []string
	for _, m := range claimLine.FindAllStringSubmatch(claims, -1) {
		verdict, cited := "supported", "[1]"
		for phrase, v := range verdicts {
			if strings.Contains(m[2], phrase) {
				verdict, cited = v, map[string]string{"contradicted": "[2]", "not_in_source": "[]"}[v]
			}
		}
		list = append(list, fmt.Sprintf(`{"claim":%s,"paragraphs":%s,"verdict":%q}`, m[1], cited, verdict))
	}
	return `{"verdicts":[` + strings.Join(list, ",") + `]}`
}

// The false claim is one that no deterministic check sees.
const (
	truth = "Traders will get other places while the work goes on."
	lie   = "Traders will get no other places while the work goes on."
)

var lying = strings.Replace(written, truth, lie, 1)

// judged are the verdicts of the judge's checks.
func judged(r queue.Result) (verdicts []string) {
	for _, c := range r.Checks {
		if c.Check == worker.CheckJudge {
			verdicts = append(verdicts, string(c.Verdict))
		}
	}
	return verdicts
}

func TestJudge(t *testing.T) {
	t.Parallel()
	contradicts := map[string]string{"no other places": "contradicted"}
	for name, c := range map[string]struct {
		answers  []string // of the writer
		verdicts map[string]string
		judge    []string // whole answers of the judge, instead
		status   queue.Status
		repaired bool
		calls    int
		judged   []string
		detail   string // of the judge's last check
	}{
		"supported":              {answers: []string{written}, status: queue.StatusOK, calls: 2, judged: []string{"pass"}},
		"contradicted, repaired": {answers: []string{lying, written}, verdicts: contradicts, status: queue.StatusOK, repaired: true, calls: 4, judged: []string{"pass"}},
		"contradicted twice":     {answers: []string{lying, lying}, verdicts: contradicts, status: queue.StatusFlagged, calls: 3, judged: []string{"fail"}, detail: "paragraph 2"},
		"not in the source": {
			answers: []string{written}, verdicts: map[string]string{"other places": "not_in_source"}, status: queue.StatusOK, calls: 2,
			judged: []string{"cannot_judge"}, detail: truth,
		},
		"invalid": {answers: []string{written}, judge: []string{"no JSON"}, status: queue.StatusOK, calls: 2, judged: []string{"cannot_judge"}, detail: "invalid_output"},
		"a claim left out": {
			answers: []string{written}, judge: []string{`{"verdicts":[{"claim":1,"paragraphs":[1],"verdict":"supported"}]}`},
			status: queue.StatusOK, calls: 2, judged: []string{"cannot_judge"}, detail: "leaves out claim 2",
		},
		"a paragraph that is not there": {
			answers: []string{written}, judge: []string{`{"verdicts":[{"claim":1,"paragraphs":[77],"verdict":"supported"}]}`},
			status: queue.StatusOK, calls: 2, judged: []string{"cannot_judge"}, detail: "paragraph 77",
		},
		// What was contradicted stays so where the repair did not touch it.
		"the second judgement is invalid": {
			answers: []string{lying, strings.Replace(lying, "Town council", "The council", 1)}, judge: []string{"", "no JSON"}, verdicts: contradicts,
			status: queue.StatusFlagged, calls: 4, judged: []string{"fail"},
		},
		"with a failed check": {
			answers:  []string{strings.Replace(lying, "Traders will", "All 730 traders will", 1), lying},
			verdicts: contradicts, status: queue.StatusFlagged, repaired: true, calls: 4, judged: []string{"fail"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			wrote, asked := 0, 0
			b := setup(t, llmtest.Script{Answer: func(r *llmtest.Request) string {
				if r.Model() != judgeModel {
					wrote++
					return c.answers[min(wrote, len(c.answers))-1]
				}
				asked++
				if asked <= len(c.judge) && c.judge[asked-1] != "" {
					return c.judge[asked-1]
				}
				return verdictsOn(r, c.verdicts)
			}})
			b.cfg.Judge = &worker.Judge{Model: judgeModel}
			b.run(t)
			r := b.result(t, b.submit(t, queue.Job{ID: "market", Article: story(0)}))
			if r.Status != c.status || r.Receipt.Repaired != c.repaired || r.Usage.Calls != c.calls {
				t.Errorf("status %s, repaired %v, %d calls; want %s, %v, %d\n%+v", r.Status, r.Receipt.Repaired, r.Usage.Calls, c.status, c.repaired, c.calls, r.Checks)
			}
			if diff := cmp.Diff(c.judged, judged(r)); diff != "" {
				t.Errorf("the judge's verdicts (-want +got):\n%s", diff)
			}
			if last := r.Checks[len(r.Checks)-1]; !strings.Contains(last.Detail, c.detail) {
				t.Errorf("the judge says %q, want %q in it", last.Detail, c.detail)
			}
			if r.Receipt.JudgePrompt != "judge@1" || r.Receipt.JudgeModel == "" {
				t.Errorf("the receipt names the judge %q, %q", r.Receipt.JudgeModel, r.Receipt.JudgePrompt)
			}
		})
	}
}

// TestContradictionPointsAtBothPlaces: the reader sees what is held against what,
// and so does the repair.
func TestContradictionPointsAtBothPlaces(t *testing.T) {
	t.Parallel()
	repair := make(chan string, 1)
	b := setup(t, llmtest.Script{Answer: func(r *llmtest.Request) string {
		if r.Model() == judgeModel {
			return verdictsOn(r, map[string]string{"no other places": "contradicted"})
		}
		if strings.Contains(string(r.Body), `"assistant"`) {
			repair <- string(r.Body)
		}
		return lying
	}})
	b.cfg.Judge = &worker.Judge{Model: judgeModel}
	b.run(t)
	r := b.result(t, b.submit(t, queue.Job{ID: "market", Article: story(0)}))
	c := r.Checks[len(r.Checks)-1]
	if c.OutputSpan == nil || c.SourceSpan == nil {
		t.Fatalf("no spans: %+v", c)
	}
	if got := string([]rune(r.Summary)[c.OutputSpan.Start:c.OutputSpan.End]); got != lie || c.OutputSpan.Text != lie || c.OutputSpan.Field != "summary" {
		t.Errorf("the claim's span is %+v, the summary has %q there", *c.OutputSpan, got)
	}
	if c.SourceSpan.Paragraph != 2 || !strings.HasPrefix(c.SourceSpan.Text, "وقالت رئيسة المجلس") {
		t.Errorf("the source's span is %+v", *c.SourceSpan)
	}
	if body := <-repair; !strings.Contains(body, "judge (summary)") || !strings.Contains(body, lie) {
		t.Error("the repair does not name the claim")
	}
}

// elsewhere gives the judge an endpoint of its own.
func (b *bench) elsewhere(t *testing.T, script llmtest.Script, timeout time.Duration) *llmtest.Server {
	t.Helper()
	server := llmtest.Start(t, script)
	client, err := llm.New(llm.Config{BaseURL: server.URL(), Model: judgeModel, Timeout: timeout, Label: "judge"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	b.cfg.Judge = &worker.Judge{LLM: client, Model: judgeModel}
	return server
}

func TestJudgeInTroubleHoldsUpNobody(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		step   llmtest.Step
		detail string
		calls  int // to the judge, of two jobs one after the other
	}{
		"down":      {llmtest.Step{Status: 503, Header: map[string]string{"Retry-After": "600"}, Body: "{}"}, "unavailable", 1},
		"throttled": {llmtest.Step{Status: 429, Header: map[string]string{"Retry-After": "600"}, Body: `{"error":{"message":"slow down"}}`}, "throttled", 1},
		"no quota":  {llmtest.Step{Status: 402, Body: `{"error":{"message":"pay","code":"insufficient_quota"}}`}, "quota", 1},
		"wrong key": {llmtest.Step{Status: 401, Body: `{"error":{"message":"bad key","code":"invalid_api_key"}}`}, "misconfigured", 1},
		"broken":    {llmtest.Step{Hangup: true}, "transient", 1},
		"silent":    {llmtest.Step{Stall: true}, "transient", 1},
		"refused":   {llmtest.Step{Status: 400, Body: `{"error":{"message":"filtered","code":"content_filter"}}`}, "refused", 2},
		"cut off":   {llmtest.Step{Completion: llmtest.Completion{Keep: 20, FinishReason: "length"}}, "truncated", 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t, answerWith(written))
			b.cfg.Slots = 1
			timeout := 10 * time.Second
			if c.step.Stall {
				timeout = 300 * time.Millisecond
			}
			server := b.elsewhere(t, llmtest.Script{Steps: []llmtest.Step{c.step}, RepeatLast: true}, timeout)
			// Both wait when the worker starts: the second one comes within the
			// shortest pause.
			submitted := []queue.Submitted{
				b.submit(t, queue.Job{ID: "market-0", Article: story(0)}), b.submit(t, queue.Job{ID: "market-1", Article: story(1)}),
			}
			w, _ := b.run(t)
			for i, s := range submitted {
				r := b.result(t, s)
				if r.Status != queue.StatusOK || r.Receipt.Attempts != 1 {
					t.Errorf("status %s after %d attempts: %+v", r.Status, r.Receipt.Attempts, r.Checks)
				}
				if diff := cmp.Diff([]string{"cannot_judge"}, judged(r)); diff != "" {
					t.Errorf("the judge's verdicts (-want +got):\n%s", diff)
				}
				if last := r.Checks[len(r.Checks)-1].Detail; i == 0 && !strings.Contains(last, c.detail) {
					t.Errorf("the judge's check says %q, want %q in it", last, c.detail)
				}
			}
			if got := server.Ledger().Calls; got != c.calls {
				t.Errorf("%d calls to the judge, want %d", got, c.calls)
			}
			if !w.Ready().Ready {
				t.Errorf("a judge in trouble makes the worker unready: %v", w.Ready().Reasons)
			}
		})
	}
}

// TestJudgeAtTheWorkersEndpoint waits with it, but a wrong model of the judge's
// stops nobody.
func TestJudgeAtTheWorkersEndpoint(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		steps  []llmtest.Step
		calls  int
		judged string
	}{
		"throttled":     {[]llmtest.Step{{Status: 429, Header: map[string]string{"Retry-After": "1"}, Body: "{}"}}, 3, "pass"},
		"unknown model": {[]llmtest.Step{{Status: 404, Body: `{"error":{"message":"no such model","code":"model_not_found"}}`}}, 2, "cannot_judge"},
		"reset once":    {[]llmtest.Step{{Hangup: true}}, 3, "pass"},
		"refused":       {[]llmtest.Step{{Status: 400, Body: `{"error":{"message":"filtered","code":"content_filter"}}`}}, 2, "cannot_judge"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			steps := append([]llmtest.Step{{}}, c.steps...)
			b := setup(t, llmtest.Script{Steps: steps, Answer: func(r *llmtest.Request) string {
				if r.Model() == judgeModel {
					return verdictsOn(r, nil)
				}
				return written
			}})
			b.cfg.Judge = &worker.Judge{Model: judgeModel}
			w, _ := b.run(t)
			r := b.result(t, b.submit(t, queue.Job{ID: "market", Article: story(0)}))
			if r.Status != queue.StatusOK || r.Receipt.Attempts != 1 {
				t.Errorf("status %s after %d attempts: %+v", r.Status, r.Receipt.Attempts, r.Checks)
			}
			if diff := cmp.Diff([]string{c.judged}, judged(r)); diff != "" {
				t.Errorf("the judge's verdicts (-want +got):\n%s", diff)
			}
			if got := b.llm.Ledger().Calls; got != c.calls || !w.Ready().Endpoint.Open {
				t.Errorf("%d calls, want %d; endpoint open %v", got, c.calls, w.Ready().Endpoint.Open)
			}
		})
	}
}

// TestJudgementIsNotPaidTwice: a worker that dies after the judge answered
// leaves its verdicts to the next one.
func TestJudgementIsNotPaidTwice(t *testing.T) {
	t.Parallel()
	b := setup(t, llmtest.Script{Answer: func(r *llmtest.Request) string {
		if r.Model() == judgeModel {
			return verdictsOn(r, nil)
		}
		return written
	}})
	s := b.submit(t, queue.Job{ID: "market", Article: story(0)})
	doomed := b.doomed(t, worker.StagePublish)
	doomed.Env = append(doomed.Env, envJudge+"="+judgeModel)
	if err := doomed.Run(); err == nil || !strings.Contains(err.Error(), "killed") {
		t.Fatalf("the doomed worker ended with %v", err)
	}
	b.cfg.Judge = &worker.Judge{Model: judgeModel}
	b.run(t)
	r := b.result(t, s)
	if diff := cmp.Diff([]string{"pass"}, judged(r)); diff != "" {
		t.Errorf("the judge's verdicts (-want +got):\n%s", diff)
	}
	if billed := b.llm.Ledger().Billed; billed != 2 || r.Usage.Calls != 2 {
		t.Errorf("%d calls paid, %d in the result, want 2", billed, r.Usage.Calls)
	}
}

func TestCostWithAJudge(t *testing.T) {
	t.Parallel()
	own, dear := &worker.Price{Input: 1, Output: 1, Currency: "EUR"}, &worker.Price{Input: 1000, Output: 1000, Currency: "EUR"}
	for name, c := range map[string]struct {
		model          string
		price, writers *worker.Price
		known, dear    bool
	}{
		"of the same model":    {llmtest.ModelName, nil, own, true, false},
		"of another":           {judgeModel, dear, own, true, true},
		"unknown":              {judgeModel, nil, own, false, false},
		"the writer's unknown": {judgeModel, dear, nil, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t, llmtest.Script{Answer: func(r *llmtest.Request) string {
				if strings.Contains(r.System(), "fact checker") {
					return verdictsOn(r, nil)
				}
				return written
			}})
			b.cfg.Price, b.cfg.Judge = c.writers, &worker.Judge{Model: c.model, Price: c.price}
			b.run(t)
			u := b.result(t, b.submit(t, queue.Job{ID: "market", Article: story(0)})).Usage
			if u.Calls != 2 || u.CostKnown != c.known || (u.Cost > 0) != c.known || (u.Cost > 0.1) != c.dear {
				t.Errorf("%d calls, cost %g %s, known %v", u.Calls, u.Cost, u.Currency, u.CostKnown)
			}
		})
	}
}

// TestNotJudged: what is no summary is not judged, and costs no call.
func TestNotJudged(t *testing.T) {
	t.Parallel()
	translation, err := json.Marshal(map[string]any{
		"headline": "Council approves repair of the old market", "names": []any{},
		"translation": []map[string]any{{"paragraph": 1, "text": "The council approved it."}, {"paragraph": 2, "text": "Work begins soon."}, {"paragraph": 3, "text": "The roofs are treated."}},
	})
	if err != nil {
		t.Fatal(err)
	}
	b := setup(t, answerWith(string(translation)))
	server := b.elsewhere(t, llmtest.Script{}, time.Second)
	b.run(t)
	for _, job := range []queue.Job{
		{ID: "translation", Task: queue.TaskTranslate, Article: story(0)},
		{ID: "stub", Article: queue.Article{Text: "خبر عاجل"}},
	} {
		r := b.result(t, b.submit(t, job))
		if len(judged(r)) != 0 || r.Receipt.JudgePrompt != "" {
			t.Errorf("%s is judged: %+v", job.ID, r.Checks)
		}
	}
	if calls := server.Ledger().Calls; calls != 0 {
		t.Errorf("%d calls to the judge", calls)
	}
}

func TestJudgeConfig(t *testing.T) {
	t.Parallel()
	b := setup(t, llmtest.Script{})
	for want, judge := range map[string]worker.Judge{
		"name the model":    {},
		"must not be":       {Model: judgeModel, Price: &worker.Price{Input: -1}},
		"worker's currency": {Model: judgeModel, Price: &worker.Price{Currency: "EUR"}},
	} {
		cfg := b.cfg
		cfg.Price, cfg.Judge = &worker.Price{Currency: "USD"}, &judge
		if _, err := worker.New(cfg); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got error %v, want %q in it", err, want)
		}
	}
	if _, err := b.cfg.Prompts.Get(prompts.ClaimJudge); err != nil {
		t.Error(err)
	}
}

// TestDrainDoesNotWaitForTheJudge: at the worker's endpoint the judge waits like
// any call, and like any call it is given up by a worker that stops.
func TestDrainDoesNotWaitForTheJudge(t *testing.T) {
	t.Parallel()
	throttled := llmtest.Step{Status: 429, Header: map[string]string{"Retry-After": "600"}, Body: "{}"}
	b := setup(t, llmtest.Script{Steps: []llmtest.Step{{}, throttled}, Answer: func(r *llmtest.Request) string {
		if r.Model() == judgeModel {
			return verdictsOn(r, nil)
		}
		return written
	}})
	b.cfg.Grace = time.Hour
	b.cfg.Judge = &worker.Judge{Model: judgeModel}
	w, stop := b.run(t)
	s := b.submit(t, queue.Job{ID: "market", Article: story(0)})
	b.until(t, "the gate to close", func() bool { return !w.Ready().Endpoint.Open })
	stop()
	b.cfg.Metrics = prometheus.NewRegistry()
	b.run(t)
	r := b.result(t, s)
	if diff := cmp.Diff([]string{"pass"}, judged(r)); diff != "" || r.Receipt.Attempts != 1 {
		t.Errorf("attempt %d, the judge's verdicts (-want +got):\n%s", r.Receipt.Attempts, diff)
	}
	if billed := b.llm.Ledger().Billed; billed != 2 {
		t.Errorf("%d calls paid, want 2", billed)
	}
}
