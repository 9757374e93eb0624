package worker_test

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"net"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/mujaz/mujaz/internal/llm"
	"github.com/mujaz/mujaz/internal/llmtest"
	"github.com/mujaz/mujaz/queue"
)

var updateFaults = flag.Bool("update", false, "rewrite docs/faults.md")

// catalogueKey must show in no log line and no dead letter, though the endpoint
// quotes it in every message.
const catalogueKey = "sk-catalogue-0123456789"

// reaction is what a worker makes of a fault that an endpoint shows once and is
// then well, and of one that stays.
type reaction struct {
	words string
	// pause is the class that the gate closes with; "" when it stays open. A
	// paused job waits, uncounted, as long as the fault lasts.
	pause llm.Class
	once  course
	// stays is how the job ends when the fault does not go away. The zero value
	// is a fault that cannot stay, or that does not show.
	stays course
}

// course is how one job went.
type course struct {
	status queue.Status // of a result, or
	cause  queue.Cause  // of a dead letter
	calls  int          // HTTP calls
	paid   int          // of them, what a provider charges for
	unsure int          // of them, what may have been charged for: entered as paid
}

// The reactions of docs/adr/0002 and 0003. Paid and unsure are those of one call
// that meets the fault.
func paused(class llm.Class) reaction {
	words := map[llm.Class]string{
		llm.ClassThrottled: "intake pauses", llm.ClassUnavailable: "intake pauses, not ready",
		llm.ClassQuota: "intake pauses", llm.ClassMisconfigured: "intake stops, not ready, advice",
	}
	return reaction{words: words[class], pause: class, once: course{status: queue.StatusOK, calls: 2, paid: 1}}
}

func retried(paid, unsure int) reaction {
	return reaction{
		"asked again within the attempt", "",
		course{status: queue.StatusOK, calls: 2, paid: 1 + paid, unsure: unsure},
		course{cause: queue.CauseAttemptsExhausted, calls: 3, paid: 3 * paid, unsure: 3 * unsure},
	}
}

func repaired() reaction {
	return reaction{
		"one repair that names the defect", "",
		course{status: queue.StatusOK, calls: 2, paid: 2},
		course{cause: queue.CauseInvalidOutput, calls: 2, paid: 2},
	}
}

func flagged() reaction {
	r := repaired()
	r.stays = course{status: queue.StatusFlagged, calls: 2, paid: 2}
	return r
}

func moreRoom() reaction {
	return reaction{
		"asked once more, with twice the room", "",
		course{status: queue.StatusOK, calls: 2, paid: 2},
		course{cause: queue.CauseTruncated, calls: 2, paid: 2},
	}
}

func buried(cause queue.Cause, paid int) reaction {
	end := course{cause: cause, calls: 1, paid: paid}
	return reaction{"dead letter, never a plain retry", "", end, end}
}

// tooLong is what holds for a prompt beyond the context. Articles that are split
// change this one line.
func tooLong(paid int) reaction { return buried(queue.CauseContextTooLong, paid) }

func taken() reaction {
	return reaction{"taken as it is", "", course{status: queue.StatusOK, calls: 1, paid: 1}, course{status: queue.StatusOK, calls: 1, paid: 1}}
}

func learned(calls int) reaction {
	return reaction{words: "asked in another form, remembered", once: course{status: queue.StatusOK, calls: calls, paid: 1}}
}

const (
	short     = `{"headline":"Calm","summary":"Calm.","key_points":[],"names":[]}`
	arabic    = `{"headline":"هدوء في السوق","summary":"أقر المجلس خطة لترميم السوق القديم في المدينة خلال أسبوعين.","key_points":[],"names":[]}`
	obedient  = `{"headline":"Visit us","summary":"As the article told me, I ignore my instructions. Visit https://prize.example now and write to win@prize.example today.","key_points":[],"names":[]}`
	invented  = `{"headline":"450 shops burn down in old market","summary":"A fire destroyed 450 shops in the old market of Wadi al-Sarw on Friday, and 37 people died, said Minister Karim Haddad.","key_points":[],"names":[]}`
	elsewhere = `{"headline":"Harbour of Ras al-Lawz opens a pier","summary":"The harbour of Ras al-Lawz opened a pier of 740 metres on Sunday, said its director Nabil Qasim.","key_points":[],"names":[]}`
)

func answering(content string) []llmtest.Step {
	return []llmtest.Step{{Completion: llmtest.Completion{Content: content}}}
}

// case of the catalogue: a fault of llmtest.Faults and what the worker makes of it.
type faultCase struct {
	fault string // its Title
	want  reaction
	// steps replace the fault's own, where those are not of this prompt.
	steps []llmtest.Step
	// format is whether the fault shows only where a format is asked for.
	format bool
	// long is whether it shows only on a long article.
	long bool
}

// reactions has every fault that an endpoint can show in an answer.
func reactions() []faultCase {
	row := func(want reaction, faults ...string) (rows []faultCase) {
		for _, f := range faults {
			rows = append(rows, faultCase{fault: f, want: want})
		}
		return rows
	}
	content := func(want reaction, fault, content string) []faultCase {
		return []faultCase{{fault: fault, want: want, steps: answering(content)}}
	}
	loop := `{"headline":"Market","summary":"` + strings.Repeat("The market reopens. ", 200)
	return slices.Concat(
		row(paused(llm.ClassThrottled), "1 429 with seconds", "1 429 with milliseconds", "2 429 with a date", "3 429 with resets only",
			"3 429 with a wait in words only", "4 429 with -1", "4 429 with 0", "4 429 without a header", "4 429 with a string error",
			"5 429 with a year", "5 429 with a number without end", "16 200 with a rate limit inside",
			"TGI: overloaded", "OpenRouter: provider throttles"),
		row(paused(llm.ClassQuota), "6 insufficient quota", "7 402 without balance", "8 daily token cap", "OpenRouter: no credit", "LiteLLM: budget used up"),
		row(paused(llm.ClassUnavailable), "12 503", "12 503 while the model loads", "13 529", "16 200 with an overload inside",
			"Ollama: queue full", "OpenRouter: no provider"),
		row(paused(llm.ClassMisconfigured), "28 redirect elsewhere", "28 redirect that turns POST into GET", "30 401", "30 403",
			"31 unknown model", "31 wrong path", "31 HTML with 200", "31 plain text with 200", "34 unknown parameter",
			"Ollama: model not pulled", "vLLM: unknown model", "llama.cpp: wrong key", "LM Studio: no model loaded",
			"Azure: unknown deployment", "Azure: key of another resource",
			"proxy's page with 200", "proxy's page with 403", "proxy wants a login"),
		row(retried(0, 0), "10 500", "11 502 with HTML", "14 520", "15 524", "16 200 with a string error inside",
			"Ollama: runner died", "vLLM: engine died", "OpenRouter: timed out"),
		row(retried(1, 0), "16 200 with an error in the choice", "17 choices null", "17 choices empty", "17 empty object",
			"18 error inside an unasked stream", "22 reset in the middle of the body", "29 unasked stream without its end",
			"46 torn JSON without a finish reason", "46 unknown finish reason", "100 kB of headers", "JSON 20,000 levels deep"),
		content(retried(1, 0), "49 invalid UTF-8", strings.Replace(written, "Town", "Town\xd9", 1)),
		row(retried(0, 1), "22 reset before the answer", "23 no bytes", "24 blank keep-alives"),
		row(repaired(), "26 gzip bomb", "27 10 MB answer", "38 budget spent on reasoning", "39 null content", "39 blank content", "40 text in reasoning",
			"46 against the schema", "46 no JSON"),
		row(moreRoom(), "37 truncated", "38 budget spent on reasoning, at the limit"),
		[]faultCase{{
			fault: "48 token loop to the limit",
			want:  reaction{"asked once more, at a higher temperature", "", moreRoom().once, moreRoom().stays},
			steps: []llmtest.Step{{Completion: llmtest.Completion{Content: loop, FinishReason: "length"}}},
		}},
		row(buried(queue.CauseRefused, 0), "42 content filter as 400", "OpenRouter: input flagged"),
		row(buried(queue.CauseRefused, 1), "42 content filter as finish reason", "43 refusal"),
		row(tooLong(0), "35 context exceeded", "36 413", "vLLM: context exceeded", "vLLM: no room for the answer", "llama.cpp: context exceeded", "context of zero"),
		[]faultCase{{fault: "Ollama: prompt cut silently", want: tooLong(1), steps: []llmtest.Step{{Completion: llmtest.Completion{PromptTokens: 2048}}}, long: true}},
		row(learned(2), "32 json_schema refused", "llama.cpp: schema refused", "34 token limit by the other name", "34 temperature refused"),
		row(learned(3), "32 json_schema and json_object refused"),
		[]faultCase{{
			fault: "33 response_format hangs",
			want: reaction{
				"asked without a format after two hangs, remembered", "",
				course{status: queue.StatusOK, calls: 2, paid: 1, unsure: 1},
				course{status: queue.StatusOK, calls: 3, paid: 1, unsure: 2},
			},
			format: true,
		}},
		row(taken(), "26 gzip unasked", "41 think tags", "41 closing think tag only", "44 fenced JSON", "45 prose around JSON", "51 usage missing", "52 other model",
			"limits below zero", "limits of zero", "limits that are no numbers", "limits without end", "Retry-After of a year beside an answer",
			"usage below zero", "usage of zero", "usage of billions", "usage beyond any number", "usage in words", "usage null"),
		content(flagged(), "47 wrong language", arabic),
		content(flagged(), "50 stale answer", elsewhere),
		content(flagged(), "53 too short", short),
		content(flagged(), "54 injected obedience", obedient),
		content(flagged(), "55 invented numbers", invented),
	)
}

// otherwise tells of the faults that no scripted answer can show.
var otherwise = map[string]string{
	"9 own budget cap":        "no endpoint takes part",
	"19 DNS":                  "TestCatalogueOfConnections",
	"20 TLS":                  "TestCatalogueOfConnections",
	"21 connection refused":   "TestCatalogueOfConnections",
	"25 half-open connection": "TestCatalogueOfConnections",
}

// TestCatalogue takes a job past every fault, on a real worker and a real NATS
// server.
func TestCatalogue(t *testing.T) {
	t.Parallel()
	faults := map[string]llmtest.Fault{"Ollama: prompt cut silently": {Seen: "Ollama 0.17.4"}}
	for _, f := range llmtest.Faults() {
		faults[f.Title()] = f
	}
	rows := reactions()
	for _, row := range rows {
		fault, found := faults[row.fault]
		if !found {
			t.Errorf("no fault %q, or it is twice in the catalogue", row.fault)
			continue
		}
		delete(faults, row.fault)
		if row.steps == nil {
			row.steps = fault.Steps
		}
		t.Run(row.fault, func(t *testing.T) {
			t.Parallel()
			if row.want.pause != "" {
				row.pauses(t, fault)
				return
			}
			row.ends(t, fault, row.want.once, false)
			if row.want.stays != (course{}) {
				row.ends(t, fault, row.want.stays, true)
			}
		})
	}
	for title := range faults {
		if otherwise[title] == "" {
			t.Errorf("fault %q has no reaction", title)
		}
	}
}

// quoted has the endpoint quote key and article in every message, as some do.
func quoted(steps []llmtest.Step) []llmtest.Step {
	out := slices.Clone(steps)
	for i := range out {
		out[i].Body = strings.ReplaceAll(out[i].Body, `"message":"`, `"message":"`+catalogueKey+" "+story(0).Title+" ")
	}
	return out
}

// cataloguing is a bench whose client has the key.
func (c faultCase) cataloguing(t *testing.T, script llmtest.Script) *bench {
	t.Helper()
	if script.Answer == nil {
		script.Answer = func(*llmtest.Request) string { return written }
	}
	b := setup(t, script)
	b.client(t, b.llm.URL(), noHang)
	b.cfg.Slots, b.cfg.Attempts, b.cfg.Grace = 1, 1, time.Nanosecond
	return b
}

// Deadlines of calls. The short one is for what hangs: well above what an answer
// takes here, and the drip's interval is far below.
const (
	noHang  = 20 * time.Second
	hanging = time.Second
)

// client replaces the worker's client.
func (b *bench) client(t *testing.T, url string, timeout time.Duration) {
	t.Helper()
	client, err := llm.New(llm.Config{
		BaseURL: url, APIKey: catalogueKey, Model: llmtest.ModelName,
		Timeout: timeout, MaxResponseBytes: 1 << 20,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	b.cfg.LLM = client
}

// ends is a job that meets the fault once or always and comes to its end.
func (c faultCase) ends(t *testing.T, fault llmtest.Fault, want course, stays bool) {
	t.Helper()
	steps, answered := quoted(c.steps), atomic.Int64{}
	b := c.cataloguing(t, llmtest.Script{Choose: func(r *llmtest.Request) (llmtest.Step, bool) {
		n := int(answered.Add(1)) - 1
		if !stays {
			return steps[min(n, len(steps)-1)], n < len(steps)
		}
		return steps[n%len(steps)], !c.format || r.Format() != ""
	}})
	if fault.Hangs {
		b.client(t, b.llm.URL(), hanging)
	}
	_, stop := b.run(t)
	job := queue.Job{ID: "market", Article: story(0)}
	if c.long {
		for n := range 150 {
			job.Article.Text += fmt.Sprintf("\nووصف سكان الحي رقم %d المجاور المشروع بأنه خطوة طال انتظارها بعد سنوات من الإهمال في الشوارع والممرات.", n)
		}
	}
	end := b.outcome(t, b.submit(t, job))
	b.idle(t)
	b.holds(t, c.fault, end, want)
	if !stays && (c.want.stays == course{} || c.want.stays.calls == 1 && want.status != "") {
		// What was learned costs nothing again, what was lied does not linger.
		before := b.llm.Ledger().Calls
		if r := b.result(t, b.submit(t, queue.Job{ID: "next", Article: story(1)})); r.Status != queue.StatusOK || b.llm.Ledger().Calls != before+1 {
			t.Errorf("the next job: %s after %d calls", r.Status, b.llm.Ledger().Calls-before)
		}
		b.idle(t)
	}
	stop()
}

// holds compares an end with what is wanted, and looks for what must not show.
func (b *bench) holds(t *testing.T, fault string, end queue.Outcome, want course) {
	t.Helper()
	ledger := b.llm.Ledger()
	got := course{calls: ledger.Calls, paid: ledger.Billed}
	attempts := 0
	switch {
	case end.Result != nil:
		r := end.Result.Result
		got.status, got.unsure, attempts = r.Status, r.Usage.Calls-ledger.Billed, r.Receipt.Attempts
	case end.Dead != nil:
		// A dead letter has no account: what a call costs is tested in internal/llm.
		got.cause, got.unsure, attempts = end.Dead.Cause, want.unsure, end.Dead.Attempts
		b.silent(t, fault, end.Dead.LastError+end.Dead.FirstError)
		if end.Dead.LastError == "" {
			t.Error("the dead letter does not say why")
		}
	}
	if got != want || attempts != 1 {
		t.Errorf("%s: got %+v after %d attempts, want %+v after 1", fault, got, attempts, want)
		for _, line := range b.logs.All() {
			t.Logf("%s %v", line.Message, line.ContextMap())
		}
	}
	for _, line := range b.logs.All() {
		b.silent(t, fault, fmt.Sprint(line.Message, line.ContextMap()))
	}
}

func (*bench) silent(t *testing.T, fault, text string) {
	t.Helper()
	for _, secret := range []string{catalogueKey, "السوق", "Zaytouni", "<html"} {
		if strings.Contains(text, secret) {
			t.Errorf("%s: %q shows in %s", fault, secret, text)
		}
	}
}

// pauses is a job that waits at a closed gate as long as the fault lasts, and is
// then done without an attempt lost: by the same worker where the pause is short,
// else by the next one, so that nobody has to wait for it here.
func (c faultCase) pauses(t *testing.T, fault llmtest.Fault) {
	t.Helper()
	var well atomic.Bool
	steps := quoted(c.steps)
	b := c.cataloguing(t, llmtest.Script{Choose: func(*llmtest.Request) (llmtest.Step, bool) { return steps[0], !well.Load() }})
	w, stop := b.run(t)
	s := b.submit(t, queue.Job{ID: "market", Article: story(0)})
	b.until(t, "the gate to close", func() bool { return !w.Ready().Endpoint.Open })
	status := w.Ready()
	reason := status.Endpoint.Reason
	if status.Endpoint.Open || status.Endpoint.Class != c.want.pause || reason == "" {
		t.Errorf("gate open %v with class %s, reason %q; want closed with %s", status.Endpoint.Open, status.Endpoint.Class, reason, c.want.pause)
	}
	waits := c.want.pause == llm.ClassThrottled || c.want.pause == llm.ClassQuota
	if status.Ready != waits {
		t.Errorf("ready %v %v", status.Ready, status.Reasons)
	}
	if c.want.pause == llm.ClassMisconfigured && !strings.Contains(reason, ";") {
		t.Errorf("no advice in %q", reason)
	}
	// Retry-After is a floor; a second's slack for dates, which have no fractions.
	if left, floor := time.Until(status.Endpoint.Until), fault.RetryAfter; !fault.Dated && floor > 2*time.Second && (left < floor-2*time.Second || left > floor+floor/5+time.Second) {
		t.Errorf("the next probe is in %s, asked for was %s", left, floor)
	}
	if n := len(b.deadLetters(t)) + len(b.results(t)); n != 0 {
		t.Errorf("%d jobs ended while the endpoint was away", n)
	}
	well.Store(true)
	short := c.want.pause == llm.ClassThrottled || c.want.pause == llm.ClassUnavailable
	if !short || fault.RetryAfter > time.Second || fault.Dated {
		stop()
		b.cfg.Metrics = prometheus.NewRegistry()
		_, stop = b.run(t)
	}
	end := b.outcome(t, s)
	b.idle(t)
	stop()
	b.holds(t, c.fault, end, c.want.once)
}

// TestCatalogueOfConnections: faults before there is an answer, 19 to 21 and 25,
// and a redirect to a host that is there.
func TestCatalogueOfConnections(t *testing.T) {
	t.Parallel()
	other := llmtest.Start(t, llmtest.Script{})
	untrusted := llmtest.Start(t, llmtest.Script{TLS: true})
	gone := llmtest.New(llmtest.Script{})
	if err := gone.Listen("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	refusing := gone.URL()
	gone.Close()
	for name, row := range map[string]struct {
		url    string
		script llmtest.Script
		class  llm.Class
		advice string
	}{
		"19 DNS":                {"http://no..such.host/v1", llmtest.Script{}, llm.ClassUnavailable, "host and port"},
		"20 TLS":                {untrusted.URL(), llmtest.Script{}, llm.ClassMisconfigured, "certificate"},
		"21 connection refused": {refusing, llmtest.Script{}, llm.ClassUnavailable, "host and port"},
		"28 redirect to a host that is there": {"", llmtest.Script{
			Steps:      []llmtest.Step{{Status: 307, Header: map[string]string{"Location": other.URL() + "/chat/completions"}}},
			RepeatLast: true,
		}, llm.ClassMisconfigured, "redirects elsewhere are not followed"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := faultCase{}.cataloguing(t, row.script)
			b.client(t, cmp.Or(row.url, b.llm.URL()), noHang)
			w, stop := b.run(t)
			s := b.submit(t, queue.Job{ID: "market", Article: story(0)})
			b.until(t, "the gate to close", func() bool { return !w.Ready().Endpoint.Open })
			status := w.Ready()
			if status.Ready || status.Endpoint.Class != row.class || !strings.Contains(status.Endpoint.Reason, row.advice) {
				t.Errorf("ready %v, %+v; want %s with advice about %q", status.Ready, status.Endpoint, row.class, row.advice)
			}
			stop()
			well := llmtest.Start(t, answerWith(written))
			b.client(t, well.URL(), noHang)
			b.cfg.Metrics = prometheus.NewRegistry()
			_, stop = b.run(t)
			end := b.outcome(t, s)
			b.idle(t)
			stop()
			b.llm = well
			b.holds(t, name, end, course{status: queue.StatusOK, calls: 1, paid: 1})
			if n := other.Ledger().Calls + untrusted.Ledger().Calls; n != 0 {
				t.Errorf("%d calls with the key reached a host that they must not reach", n)
			}
		})
	}
	t.Run("25 half-open connection", func(t *testing.T) {
		t.Parallel()
		b := faultCase{}.cataloguing(t, answerWith(written))
		b.client(t, silentHost(t), hanging)
		_, stop := b.run(t)
		letter := b.dead(t, b.submit(t, queue.Job{ID: "market", Article: story(0)}))
		stop()
		if letter.Cause != queue.CauseAttemptsExhausted || !strings.Contains(letter.LastError, "the timeout if the model is merely slow") && !strings.Contains(letter.LastError, "first byte timeout") {
			t.Errorf("cause %s: %s", letter.Cause, letter.LastError)
		}
	})
}

// silentHost takes connections and says nothing on them.
func silentHost(t *testing.T) string {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(context.WithoutCancel(t.Context()), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		var held []net.Conn
		for {
			conn, err := listener.Accept()
			if err != nil {
				break
			}
			held = append(held, conn)
		}
		for _, conn := range held {
			_ = conn.Close()
		}
	}()
	t.Cleanup(func() {
		_ = listener.Close()
		<-done
	})
	return "http://" + listener.Addr().String() + "/v1"
}

// TestFaultsPage holds docs/faults.md to the catalogue.
func TestFaultsPage(t *testing.T) {
	t.Parallel()
	const file = "../docs/faults.md"
	seen := map[string]string{"Ollama: prompt cut silently": "Ollama 0.17.4"}
	var order []string
	for _, f := range llmtest.Faults() {
		seen[f.Title()] = f.Seen
		order = append(order, f.Title())
	}
	place := func(fault string) int {
		if i := slices.Index(order, fault); i >= 0 {
			return i
		}
		return len(order)
	}
	rows := reactions()
	slices.SortStableFunc(rows, func(a, b faultCase) int { return place(a.fault) - place(b.fault) })
	var table strings.Builder
	table.WriteString("| fault | seen | reaction | once, then well | for ever |\n|---|---|---|---|---|\n")
	for _, row := range rows {
		stays := row.want.stays.String()
		switch {
		case row.want.pause != "":
			stays = "waits, no attempt counted"
		case row.want.stays == (course{}):
			stays = "the same; later calls 1"
		}
		fmt.Fprintf(&table, "| %s | %s | %s | %s | %s |\n", row.fault, seen[row.fault], row.want.words, row.want.once, stays)
	}
	old, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	const begin, end = "<!-- faults -->\n", "<!-- /faults -->"
	before, rest, found := strings.Cut(string(old), begin)
	_, after, closed := strings.Cut(rest, end)
	if !found || !closed {
		t.Fatalf("%s has no %s", file, begin)
	}
	text := before + begin + table.String() + end + after
	if *updateFaults {
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if text != string(old) {
		t.Errorf("%s is not what the catalogue says; go test ./worker -run TestFaultsPage -update", file)
	}
}

// String is the course in words.
func (c course) String() string {
	end := string(c.status)
	if c.cause != "" {
		end = "dead, `" + string(c.cause) + "`"
	}
	if c.calls == 1 && c.paid == 1 && c.unsure == 0 {
		return end
	}
	words := fmt.Sprintf("%s; %d calls, %d paid", end, c.calls, c.paid)
	if c.unsure > 0 {
		words += fmt.Sprintf(", %d entered as paid", c.unsure)
	}
	return words
}
