package worker_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"github.com/mujaz/mujaz/internal/llmtest"
	"github.com/mujaz/mujaz/queue"
	"github.com/mujaz/mujaz/worker"
)

// written is a good answer to story(0).
const written = `{"headline":"Town council approves repair of old market","summary":"The council of Wadi al-Sarw approved a plan to repair the town's old market, chairwoman Salma al-Zaytouni said. Traders will get other places while the work goes on.","key_points":[{"text":"The council approved the plan.","source_paragraphs":[1]}],"names":[{"source":"سلمى الزيتونى","english":"Salma al-Zaytouni","kind":"person"},{"source":"article-0ff","english":"Nobody","kind":"other"}]}`

func answerWith(content string) llmtest.Script {
	return llmtest.Script{Answer: func(*llmtest.Request) string { return content }}
}

func TestJobBecomesResult(t *testing.T) {
	t.Parallel()
	b := setup(t, answerWith(written))
	b.cfg.Price = &worker.Price{Input: 1, Output: 2, Currency: "EUR"}
	registry := prometheus.NewRegistry()
	b.cfg.Metrics = registry
	_, stop := b.run(t)
	const trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
	s, err := queue.NewProducer(b.conn).Submit(t.Context(), queue.Job{
		ID: "market-1", Article: story(0), Metadata: map[string]string{"desk": "metro"},
	}, queue.Route{Source: "gazette", Trace: queue.Trace{Parent: trace}})
	if err != nil {
		t.Fatal(err)
	}
	stored := b.outcome(t, s).Result
	r := stored.Result
	if r.Status != queue.StatusOK {
		t.Fatalf("status %s, checks %+v", r.Status, r.Checks)
	}
	type facts struct {
		JobID, Language, Headline, Prompt, Model, Currency, Worker, Trace string
		Calls, Paragraphs, Attempts                                       int
		Priced                                                            bool
		Metadata                                                          map[string]string
		Names                                                             []queue.Name
	}
	want := facts{
		JobID: "market-1", Language: "ar", Headline: "Town council approves repair of old market", Prompt: "news-brief@1",
		Model: llmtest.ModelName, Currency: "EUR", Worker: "test-worker", Trace: trace, Calls: 1, Paragraphs: 3, Attempts: 1, Priced: true,
		Metadata: map[string]string{"desk": "metro"},
		Names:    []queue.Name{{Source: "سلمى الزيتونى", English: "Salma al-Zaytouni", Kind: "person"}},
	}
	got := facts{
		r.JobID, r.Language, r.Headline, r.Receipt.Prompt, r.Receipt.Model, r.Usage.Currency, r.Receipt.Worker, stored.Trace.Parent,
		r.Usage.Calls, r.Article.Paragraphs, r.Receipt.Attempts, r.Usage.CostKnown && r.Usage.Cost > 0, r.Metadata, r.Names,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("result (-want +got):\n%s", diff)
	}
	b.idle(t)
	stop() // the log's line and the counters come behind the ack
	if got := b.logs.FilterMessage("attempt").Len(); got != 1 {
		t.Errorf("%d log lines for one attempt", got)
	}
	if err := testutil.GatherAndCompare(registry, strings.NewReader(`
# HELP mujaz_jobs_total Deliveries by how they ended.
# TYPE mujaz_jobs_total counter
mujaz_jobs_total{lane="live",outcome="ok"} 1
`), "mujaz_jobs_total"); err != nil {
		t.Error(err)
	}
}

func TestNothingToDoIsSkippedWithoutACall(t *testing.T) {
	t.Parallel()
	b := setup(t, llmtest.Script{})
	b.run(t)
	english := "The town council approved a plan to repair the old market on Tuesday. " + strings.Repeat("Traders welcomed the decision and asked for other places during the work. ", 6)
	for reason, job := range map[string]queue.Job{
		"stub":            {ID: "stub", Article: queue.Article{Text: "خبر عاجل"}},
		"no_letters":      {ID: "digits", Article: queue.Article{Text: "12345 67890 …"}},
		"already_english": {ID: "english", Task: queue.TaskTranslate, Article: queue.Article{Text: english}},
	} {
		r := b.result(t, b.submit(t, job))
		if r.Status != queue.StatusSkipped || r.SkipReason != reason {
			t.Errorf("%s: status %s, reason %q", job.ID, r.Status, r.SkipReason)
		}
	}
	if calls := b.llm.Ledger().Calls; calls != 0 {
		t.Errorf("%d calls for nothing to do", calls)
	}
}

func TestFailedCheckIsRepairedOnce(t *testing.T) {
	t.Parallel()
	wrong := strings.Replace(written, "Traders will", "All 730 traders will", 1)
	for name, c := range map[string]struct {
		answers  []string
		status   queue.Status
		repaired bool
		calls    int
	}{
		"repaired":        {[]string{wrong, written}, queue.StatusOK, true, 2},
		"still wrong":     {[]string{wrong, wrong}, queue.StatusFlagged, false, 2},
		"worse":           {[]string{wrong, strings.Replace(wrong, "approved a plan", "approved 911 plans", 1)}, queue.StatusFlagged, false, 2},
		"not an answer":   {[]string{"no json at all", written}, queue.StatusOK, true, 2},
		"repair not JSON": {[]string{wrong, "sorry"}, queue.StatusFlagged, false, 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t, llmtest.Script{Answer: func(r *llmtest.Request) string { return c.answers[min(r.Number, len(c.answers))-1] }})
			b.run(t)
			r := b.result(t, b.submit(t, queue.Job{ID: "market", Article: story(0)}))
			if r.Status != c.status || r.Receipt.Repaired != c.repaired || r.Usage.Calls != c.calls {
				t.Errorf("status %s, repaired %v, %d calls; want %s, %v, %d\n%+v", r.Status, r.Receipt.Repaired, r.Usage.Calls, c.status, c.repaired, c.calls, r.Checks)
			}
			if r.Status == queue.StatusFlagged && !strings.Contains(r.Summary, "730") {
				t.Error("the flagged summary is not the better one")
			}
		})
	}
}

func TestFaultsEndAsTheyShould(t *testing.T) {
	t.Parallel()
	filtered := llmtest.Step{Status: 400, Body: `{"error":{"message":"filtered","code":"content_filter"}}`}
	cut := llmtest.Step{Completion: llmtest.Completion{Keep: 20, FinishReason: "length"}}
	for name, c := range map[string]struct {
		script   llmtest.Script
		fallback string
		cause    queue.Cause
		calls    int
	}{
		"refused":                {script: llmtest.Script{Steps: []llmtest.Step{filtered}, RepeatLast: true}, cause: queue.CauseRefused, calls: 1},
		"refused, fallback too":  {script: llmtest.Script{Steps: []llmtest.Step{filtered}, RepeatLast: true}, fallback: "other", cause: queue.CauseRefused, calls: 2},
		"refused, fallback does": {script: llmtest.Script{Steps: []llmtest.Step{filtered}}, fallback: "other", calls: 2},
		"truncated once":         {script: llmtest.Script{Steps: []llmtest.Step{cut}}, calls: 2},
		"truncated twice":        {script: llmtest.Script{Steps: []llmtest.Step{cut}, RepeatLast: true}, cause: queue.CauseTruncated, calls: 2},
		"never an answer":        {script: answerWith("no"), cause: queue.CauseInvalidOutput, calls: 2},
		"reset twice":            {script: llmtest.Script{Steps: []llmtest.Step{{Hangup: true}, {Hangup: true}}}, calls: 3},
		"throttled": {script: llmtest.Script{Steps: []llmtest.Step{
			{Status: 429, Header: map[string]string{"Retry-After": "1"}, Body: `{"error":{"message":"slow down"}}`},
		}}, calls: 2},
		"down for a moment": {script: llmtest.Script{Steps: []llmtest.Step{{Status: 503, Body: "{}"}, {Status: 503, Body: "{}"}}}, calls: 3},
		"context too long": {script: llmtest.Script{Steps: []llmtest.Step{{
			Status: 400, Body: `{"error":{"message":"This model's maximum context length is 4096 tokens.","code":"context_length_exceeded"}}`,
		}}}, cause: queue.CauseContextTooLong, calls: 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if c.script.Answer == nil {
				c.script.Answer = func(*llmtest.Request) string { return written }
			}
			b := setup(t, c.script)
			b.cfg.FallbackModel = c.fallback
			b.run(t)
			s := b.submit(t, queue.Job{ID: "market", Article: story(0)})
			if c.cause == "" {
				if r := b.result(t, s); r.Status != queue.StatusOK || r.Receipt.Attempts != 1 {
					t.Errorf("status %s after %d attempts, checks %+v", r.Status, r.Receipt.Attempts, r.Checks)
				}
			} else if letter := b.dead(t, s); letter.Cause != c.cause || letter.Advice == "" {
				t.Errorf("cause %s (%s), want %s", letter.Cause, letter.LastError, c.cause)
			}
			if got := b.llm.Ledger().Calls; got != c.calls {
				t.Errorf("%d calls, want %d", got, c.calls)
			}
			b.idle(t)
		})
	}
}

// TestLoopIsAskedMoreFreely: an answer that was cut off in a loop gets no more
// room, which would only be paid for.
func TestLoopIsAskedMoreFreely(t *testing.T) {
	t.Parallel()
	looping := `{"headline":"Market","summary":"` + strings.Repeat("The market reopens. ", 200)
	type question struct {
		Temperature float64 `json:"temperature"`
		MaxTokens   int     `json:"max_tokens"`
	}
	var mu sync.Mutex
	var asked []question
	b := setup(t, llmtest.Script{
		Answer: func(*llmtest.Request) string { return written },
		Choose: func(r *llmtest.Request) (llmtest.Step, bool) {
			var q question
			if err := json.Unmarshal(r.Body, &q); err != nil {
				t.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			asked = append(asked, q)
			return llmtest.Step{Completion: llmtest.Completion{Content: looping, FinishReason: "length"}}, len(asked) == 1
		},
	})
	b.run(t)
	r := b.result(t, b.submit(t, queue.Job{ID: "market", Article: story(0)}))
	mu.Lock()
	defer mu.Unlock()
	if len(asked) != 2 || asked[0].Temperature != 0 || asked[1].Temperature == 0 || asked[1].MaxTokens != asked[0].MaxTokens {
		t.Errorf("asked with %+v; want one more question, as long and freer", asked)
	}
	if r.Receipt.Parameters.Temperature != asked[len(asked)-1].Temperature {
		t.Errorf("the receipt names temperature %g", r.Receipt.Parameters.Temperature)
	}
}

// TestFleetThatCannotBeSeen: where the workers of an endpoint cannot find each
// other, each takes the whole limit and says so.
func TestFleetThatCannotBeSeen(t *testing.T) {
	t.Parallel()
	b := setup(t, answerWith(written))
	b.cfg.RequestsPerMinute = 6000
	js, done := b.plainClient(t)
	defer done()
	if err := js.DeleteKeyValue(t.Context(), "MUJAZ_FLEET"); err != nil {
		t.Fatal(err)
	}
	b.run(t)
	for i := range 3 {
		b.result(t, b.submit(t, queue.Job{ID: fmt.Sprint("job-", i), Article: story(i)}))
	}
	if b.logs.FilterMessageSnippet("not shared").Len() == 0 {
		t.Error("the log does not tell that the limits are not shared")
	}
}

// TestLimitsAreShared: two workers on one endpoint find each other.
func TestLimitsAreShared(t *testing.T) {
	t.Parallel()
	b := setup(t, answerWith(written))
	b.cfg.RequestsPerMinute = 600
	first, second := prometheus.NewRegistry(), prometheus.NewRegistry()
	b.cfg.Metrics = first
	b.run(t)
	b.until(t, "the first has the whole limit", func() bool { return gauge(t, first, "mujaz_requests_per_minute") == 600 })
	b.cfg.Metrics, b.cfg.Name = second, "another-worker"
	_, stop := b.run(t)
	b.until(t, "the first has made room", func() bool { return gauge(t, first, "mujaz_requests_per_minute") == 300 })
	stop()
	b.until(t, "the first has the whole limit again", func() bool { return gauge(t, first, "mujaz_requests_per_minute") == 600 })
}

func gauge(t *testing.T, registry *prometheus.Registry, name string) float64 {
	t.Helper()
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		if f.GetName() == name {
			return f.GetMetric()[0].GetGauge().GetValue()
		}
	}
	t.Fatalf("no metric %s", name)
	return 0
}

func TestWrongKeyStopsTheIntakeAndKeepsTheJobs(t *testing.T) {
	t.Parallel()
	b := setup(t, llmtest.Script{Steps: []llmtest.Step{{Status: 401, Body: `{"error":{"message":"bad key","code":"invalid_api_key"}}`}}, RepeatLast: true})
	b.cfg.Slots = 2
	b.cfg.Grace = time.Nanosecond
	w, stop := b.run(t)
	for i := range 10 {
		b.submit(t, queue.Job{ID: fmt.Sprint("job-", i), Article: story(i)})
	}
	b.until(t, "readiness to fail", func() bool { return !w.Ready().Endpoint.Open })
	status := w.Ready()
	if status.Ready || !strings.Contains(strings.Join(status.Reasons, " "), "key") {
		t.Errorf("ready %v, reasons %q: must say what to mend", status.Ready, status.Reasons)
	}
	recorder := httptest.NewRecorder()
	w.Handler(nil).ServeHTTP(recorder, httptest.NewRequest(http.MethodGet, "/readyz", nil))
	if recorder.Code != http.StatusServiceUnavailable || !json.Valid(recorder.Body.Bytes()) {
		t.Errorf("readyz: %d %s", recorder.Code, recorder.Body)
	}
	stop()
	if calls := b.llm.Ledger().Calls; calls > b.cfg.Slots {
		t.Errorf("%d calls with a wrong key, want at most one a slot", calls)
	}
	if n := len(b.deadLetters(t)) + len(b.results(t)); n != 0 {
		t.Errorf("%d jobs ended, all should be queued", n)
	}
	// The server's counts lag behind what it has confirmed.
	b.until(t, "all jobs to be in the queue", func() bool {
		total := 0
		for _, lane := range queue.Lanes() {
			backlog, err := b.conn.Backlog(t.Context(), lane)
			if err != nil {
				t.Fatal(err)
			}
			total += int(backlog.Pending) + backlog.AckPending
		}
		return total == 10
	})
}

func TestDrainFinishesWhatIsInHand(t *testing.T) {
	t.Parallel()
	b := setup(t, answerWith(written))
	gate := b.llm.Hold()
	_, stop := b.run(t)
	s := b.submit(t, queue.Job{ID: "market", Article: story(0)})
	<-gate.Arrived()
	stopped := make(chan struct{})
	go func() { stop(); close(stopped) }()
	b.until(t, "the drain to begin", func() bool { return b.logs.FilterMessage("draining").Len() == 1 })
	gate.Open()
	<-stopped
	if r := b.result(t, s); r.Status != queue.StatusOK {
		t.Errorf("status %s", r.Status)
	}
	b.idle(t)
}

func TestGraceThatEndsHandsTheJobBackUncounted(t *testing.T) {
	t.Parallel()
	b := setup(t, answerWith(written))
	b.cfg.Grace = time.Millisecond
	gate := b.llm.Hold()
	_, stop := b.run(t)
	s := b.submit(t, queue.Job{ID: "market", Article: story(0)})
	<-gate.Arrived()
	stop()
	gate.Open()
	b.cfg.Metrics = prometheus.NewRegistry()
	b.run(t)
	if r := b.result(t, s); r.Receipt.Attempts != 1 {
		t.Errorf("attempt %d: a shutdown must not count", r.Receipt.Attempts)
	}
}

// A grace of an hour is not spent on waiting for an endpoint that is away.
func TestDrainDoesNotWaitAtAClosedGate(t *testing.T) {
	t.Parallel()
	b := setup(t, llmtest.Script{Steps: []llmtest.Step{{Status: 401, Body: `{"error":{"message":"bad key"}}`}}, RepeatLast: true})
	b.cfg.Grace = time.Hour
	w, stop := b.run(t)
	b.submit(t, queue.Job{ID: "market", Article: story(0)})
	b.until(t, "the gate to close", func() bool { return !w.Ready().Endpoint.Open })
	stop()
	js, done := b.plainClient(t)
	defer done()
	stream, err := js.Stream(t.Context(), b.conn.Topology().JobsStream(queue.LaneLive))
	if err != nil {
		t.Fatal(err)
	}
	if n := stream.CachedInfo().State.Msgs; n != 1 {
		t.Errorf("%d jobs in the queue after the drain, want the one that could not be done", n)
	}
}

func TestPanicEndsOneJobAlone(t *testing.T) {
	t.Parallel()
	b := setup(t, answerWith(written))
	b.cfg.OnStage = func(stage worker.Stage, d *queue.Delivery) {
		if stage == worker.StageClean && strings.Contains(string(d.Payload), `"id":"bad"`) {
			panic("سر من المقال")
		}
	}
	b.run(t)
	bad := b.submit(t, queue.Job{ID: "bad", Article: story(1)})
	good := b.submit(t, queue.Job{ID: "good", Article: story(2)})
	if letter := b.dead(t, bad); letter.Cause != queue.CauseInternal {
		t.Errorf("cause %s", letter.Cause)
	}
	b.result(t, good)
	for _, line := range b.logs.All() {
		if strings.Contains(fmt.Sprint(line.Message, line.ContextMap()), "سر من المقال") {
			t.Error("the log quotes the panic's value")
		}
	}
}

func TestEqualWorkIsPaidOnce(t *testing.T) {
	t.Parallel()
	b := setup(t, answerWith(written))
	b.run(t)
	first := b.result(t, b.submit(t, queue.Job{ID: "one", Article: story(0)}))
	second := b.result(t, b.submit(t, queue.Job{ID: "two", Article: story(0)}))
	if first.Receipt.Cached || !second.Receipt.Cached || second.Usage.Calls != 0 || second.Summary != first.Summary {
		t.Errorf("cached %v then %v, second used %d calls", first.Receipt.Cached, second.Receipt.Cached, second.Usage.Calls)
	}
	forced := b.result(t, b.submit(t, queue.Job{ID: "three", Article: story(0), Options: queue.Options{Force: true}}))
	if forced.Receipt.Cached || b.llm.Ledger().Billed != 2 {
		t.Errorf("forced: cached %v, %d calls billed", forced.Receipt.Cached, b.llm.Ledger().Billed)
	}
}

func TestRepeatedAndConflictingIDs(t *testing.T) {
	t.Parallel()
	b := setup(t, answerWith(written))
	b.run(t)
	b.result(t, b.submit(t, queue.Job{ID: "market", Article: story(0)}))
	b.idle(t)
	publish := func(job queue.Job) {
		payload, err := queue.EncodeJob(job)
		if err != nil {
			t.Fatal(err)
		}
		// As a plain client would, without a Nats-Msg-Id.
		b.publish(t, b.conn.Topology().JobSubject(queue.LaneLive, "gazette", job.Key()), payload)
		b.idle(t)
	}
	publish(queue.Job{ID: "market", Article: story(0)})
	if n := len(b.results(t)); n != 1 {
		t.Fatalf("%d results of one job", n)
	}
	publish(queue.Job{ID: "market", Article: story(1)})
	letters := b.deadLetters(t)
	if len(letters) != 1 || letters[0].Cause != queue.CauseConflict {
		t.Fatalf("dead letters %+v, want one conflict", letters)
	}
	publish(queue.Job{ID: "market", Revision: 2, Article: story(1)})
	all := b.results(t)
	if len(all) != 2 || all[1].Result.Revision != 2 {
		t.Errorf("%d results, want the second revision beside the first", len(all))
	}
}

// The marker of the fence is a canary: an answer that shows it has been talked
// into showing the prompt.
func TestMarkerInTheAnswerIsFlagged(t *testing.T) {
	t.Parallel()
	marker := regexp.MustCompile(`article-[0-9a-f]{12}`)
	b := setup(t, llmtest.Script{Answer: func(r *llmtest.Request) string {
		return strings.Replace(written, "Traders will", "It stands in "+marker.FindString(string(r.Body))+". Traders will", 1)
	}})
	b.run(t)
	r := b.result(t, b.submit(t, queue.Job{ID: "market", Article: story(0)}))
	for _, c := range r.Checks {
		if c.Check == "prompt_leak" && c.Verdict == queue.VerdictFail {
			return
		}
	}
	t.Errorf("status %s, checks %+v", r.Status, r.Checks)
}
