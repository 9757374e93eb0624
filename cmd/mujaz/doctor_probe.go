package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/mujaz/mujaz/internal/llm"
)

// Bounds of the probes, so that their cost can be said beforehand.
const (
	// tinyTokens is what a tiny call costs at most: a short question, an answer of
	// at most tinyAnswer tokens. Some providers refuse a smaller limit than 16.
	tinyTokens, tinyAnswer = 60, 16
	// schemaTokens and speedTokens are question and answer of those two calls.
	schemaTokens, schemaAnswer = 300, 200
	speedTokens, speedAnswer   = 200, 150
	// sampleTokens covers each of the two samples in the dearest tokenizer met:
	// cl100k takes 1.4 Arabic characters a token.
	sampleTokens = 450
	// paysFrom is what twice as many calls must win to be worth it.
	paysFrom = 1.2
	// roomForNews is the context below which ordinary articles do not fit.
	roomForNews = 6000
	// slowSpeed is a summary of 600 tokens in two minutes.
	slowSpeed = 5.0
	// smallPieces is the Arabic characters a token of old tokenizers: cl100k has
	// 1.4, o200k 3.2, Qwen 2.5 (measured).
	smallPieces = 2.0
	// someLength is the shortest answer in tokens that a speed is taken from.
	someLength = 20
)

const arabicSample = `افتتحت بلدية مرسى الريحان صباح أمس ثلاث حدائق عامة على امتداد الواجهة البحرية، بعد أعمال استمرت تسعة أشهر وشارك فيها عشرات المتطوعين من أبناء المدينة.
وقالت رئيسة البلدية ليان الصفدي إن الحدائق ستبقى مفتوحة طوال أيام الأسبوع من دون رسوم، وإن المرحلة التالية ستشمل توسيع الممرات وزراعة أشجار تتحمل الملوحة والرياح.
وأضافت أن سكان الأحياء القريبة طلبوا ملعباً للأطفال ومكتبة صغيرة، وأن المجلس سيدرس الطلب في جلسته المقبلة.`

const englishSample = `The town of Marsa al-Rayhan opened three public gardens along its waterfront yesterday morning, after nine months of work in which dozens of volunteers from the town took part.
Mayor Layan al-Safadi said that the gardens would stay open all week without a fee, and that the next stage would widen the paths and plant trees that bear salt and wind.
She added that people from the quarters nearby had asked for a playground and a small library, and that the council would discuss it at its next meeting.
`

// prober finds out what an endpoint really does.
type prober struct {
	e        *endpoint
	profile  llm.Profile
	findings []finding

	mu     sync.Mutex
	calls  int
	tokens int
	limits llm.RateLimits
	waits  time.Duration // Retry-After seen
}

func (p *prober) found(check, state, detail, advice string) {
	p.findings = append(p.findings, finding{check, state, detail, advice})
}

// cost is what the probes use at most.
func (c *doctorCmd) cost() (calls, tokens int) {
	calls, tokens = 5, schemaTokens*2+speedTokens+tinyTokens+2*sampleTokens
	if c.ContextTokens > 0 {
		calls, tokens = calls+1, tokens+c.ContextTokens+tinyAnswer
	}
	for n := 1; n <= c.MaxParallel; n *= 2 {
		calls, tokens = calls+n, tokens+n*tinyTokens
	}
	return calls, tokens
}

// probe runs all probes, after a first call has shown that the endpoint answers.
func (c *doctorCmd) probe(ctx context.Context, e *endpoint, d llm.Description) ([]finding, llm.Profile) {
	p := &prober{e: e, profile: llm.Profile{
		Version: llm.ProfileVersion, Endpoint: e.client.Label(), Model: e.model, Made: time.Now().UTC().Truncate(time.Second),
	}}
	p.schema(ctx)
	perSample := p.counting(ctx)
	p.speed(ctx)
	p.context(ctx, d, c.ContextTokens, perSample)
	p.parallel(ctx, c.MaxParallel)
	p.headers()
	p.found("cost", stateOK, fmt.Sprintf("%d calls, %d tokens reported", p.calls, p.tokens), "")
	return p.findings, p.profile
}

// answer is what a call came to, answered or not.
type answer struct {
	resp  llm.Response
	err   error
	usage llm.Usage
	class llm.Class
	last  llm.Call
}

// ask makes a call and counts it.
func (p *prober) ask(ctx context.Context, text string, schema *llm.Schema, maxTokens int) answer {
	resp, err := p.e.client.Complete(ctx, llm.Request{
		Messages: []llm.Message{{Role: "user", Content: text}}, Schema: schema, MaxTokens: maxTokens, Model: p.e.model,
	})
	a := answer{resp: resp, err: err, usage: resp.Usage, class: llm.Classify(err)}
	calls, limits := resp.Calls, resp.Limits
	p.mu.Lock()
	defer p.mu.Unlock()
	if failure, ok := errors.AsType[*llm.Error](err); ok {
		a.usage, calls, limits = failure.Usage, failure.Calls, failure.Limits
		p.waits = max(p.waits, failure.RetryAfter)
	}
	if len(calls) > 0 {
		a.last = calls[len(calls)-1]
	}
	p.calls += len(calls)
	p.tokens += a.usage.In + a.usage.Out
	if limits.Known {
		p.limits = limits
	}
	return a
}

// answered reports an answer that came whole or was cut off at the limit.
func (a answer) answered() bool { return a.err == nil || a.class == llm.ClassTruncated }

// schema asks for a word that the schema forbids. The model does not see the
// schema, so an answer that fits was forced.
func (p *prober) schema(ctx context.Context) {
	const check = "structured output"
	schema, err := llm.NewSchema("probe", []byte(`{"type":"object","properties":{"word":{"type":"string","enum":["qarmaz","tulfan"]}},"required":["word"],"additionalProperties":false}`))
	if err != nil {
		p.findings = append(p.findings, failure(check, err))
		return
	}
	a := p.ask(ctx, "Translate the Arabic word سلام into English. Answer with a JSON object that has the translation in the field word.", schema, schemaAnswer)
	switch {
	case a.err == nil && a.resp.Rung == llm.RungSchema:
		p.profile.Rung, p.profile.SchemaEnforced = llm.RungSchema, true
		p.found(check, stateOK, "json_schema, enforced", "")
	case a.err == nil, a.class == llm.ClassInvalidOutput && a.last.Rung != llm.RungSchema:
		p.profile.Rung = a.last.Rung
		p.found(check, stateWarn, "json_schema is refused; "+string(a.last.Rung)+" is taken", "Answers are checked all the same; expect more repairs.")
	case a.class == llm.ClassInvalidOutput:
		p.profile.Rung = llm.RungSchema
		p.found(check, stateWarn, "json_schema is accepted and not enforced", "The server takes the schema and lets the model write what it likes. Answers are checked all the same; expect more repairs.")
	case a.class == llm.ClassTruncated:
		p.found(check, stateWarn, "cannot be told: the answer went beyond its limit", "A model that thinks first needs room: set --max-tokens, or switch the thinking off with --extra-body.")
	default:
		p.findings = append(p.findings, failure(check, a.err))
	}
}

// counting finds out how the endpoint counts tokens, and whether it can be
// believed. It returns the tokens of the English sample, 0 when not known.
func (p *prober) counting(ctx context.Context) int {
	count := func(text string) int {
		a := p.ask(ctx, text, nil, tinyAnswer)
		if !a.usage.Known {
			return 0
		}
		return a.usage.In
	}
	base, arabic, english := count("."), count(arabicSample), count(englishSample)
	if base == 0 && arabic == 0 && english == 0 {
		p.found("usage", stateWarn, "no token counts are reported", "Tokens and costs will be estimates.")
		return 0
	}
	perArabic, perEnglish := perToken(arabicSample, arabic-base), perToken(englishSample, english-base)
	if perArabic == 0 || perEnglish == 0 {
		p.found("usage", stateWarn, fmt.Sprintf("token counts are reported that cannot be true: %d for a dot, %d for %d Arabic characters, %d for %d English ones",
			base, arabic, utf8.RuneCountInString(arabicSample), english, utf8.RuneCountInString(englishSample)),
			"Costs and limits from these counts are wrong; ask whoever runs the endpoint.")
		return 0
	}
	p.profile.UsageReported, p.profile.ArabicPerToken, p.profile.EnglishPerToken = true, perArabic, perEnglish
	p.found("usage", stateOK, "token counts are reported and can be true", "")
	f := finding{Check: "tokens", State: stateOK, Detail: fmt.Sprintf("Arabic %.1f characters a token, English %.1f", perArabic, perEnglish)}
	if perArabic < smallPieces {
		f.State, f.Advice = stateWarn, "This tokenizer cuts Arabic into small pieces: an article costs about twice what it would with a newer model."
	}
	p.findings = append(p.findings, f)
	return english - base
}

// perToken is characters a token, 0 when no tokenizer has such a rate.
func perToken(text string, tokens int) float64 {
	const least, most = 0.5, 8
	if tokens <= 0 {
		return 0
	}
	rate := float64(utf8.RuneCountInString(text)) / float64(tokens)
	if rate < least || rate > most {
		return 0
	}
	return rate
}

// speed lets the model write for a while.
func (p *prober) speed(ctx context.Context) {
	a := p.ask(ctx, "Write the numbers from one to eighty as English words, separated by commas.", nil, speedAnswer)
	out := a.usage.Out
	if !a.answered() || out < someLength || a.last.Time <= 0 {
		p.found("speed", stateWarn, "cannot be told: no answer of some length with a token count", "")
		return
	}
	perSecond, f := speedOf(out, a.last.Time)
	p.profile.TokensPerSecond = perSecond
	p.findings = append(p.findings, f)
}

func speedOf(out int, took time.Duration) (perSecond float64, f finding) {
	const most = 1e6 // of a stand-in that makes nothing
	perSecond = min(most, float64(out)/took.Seconds())
	f = finding{Check: "speed", State: stateOK, Detail: fmt.Sprintf("%.1f tokens a second, alone", perSecond)}
	if perSecond < slowSpeed {
		f.State, f.Advice = stateWarn, "An article will take minutes: raise --timeout, give the model a GPU or more cores, or take a smaller one."
	}
	return perSecond, f
}

// context finds the context size: what the endpoint says, else what becomes of a
// prompt whose size is known from the counting.
func (p *prober) context(ctx context.Context, d llm.Description, upTo, perSample int) {
	const check = "context"
	switch {
	case d.ContextSize > 0:
		p.profile.ContextSize = d.ContextSize
		p.found(check, stateOK, fmt.Sprintf("%d tokens, by %s", d.ContextSize, d.Source), "")
	case upTo <= 0:
		p.found(check, stateWarn, "the endpoint does not say its size, and no long prompt was tried", "Try one: --context-tokens 9000.")
		return
	case perSample == 0:
		p.found(check, stateWarn, "cannot be told without token counts", "Make sure that the server has room for your longest article.")
		return
	default:
		p.longPrompt(ctx, upTo, perSample)
	}
	if size := p.profile.ContextSize; size > 0 && size < roomForNews {
		p.found("context", stateWarn, fmt.Sprintf("%d tokens are too few for long articles", size),
			"Raise it: OLLAMA_CONTEXT_LENGTH, vLLM's --max-model-len, llama.cpp's --ctx-size (shared by its slots).")
	}
}

func (p *prober) longPrompt(ctx context.Context, upTo, perSample int) {
	const check = "context"
	n := max(1, (upTo-tinyTokens)/perSample)
	expected := n * perSample
	a := p.ask(ctx, strings.Repeat(englishSample, n), nil, tinyAnswer)
	failure, failed := errors.AsType[*llm.Error](a.err)
	switch {
	case failed && a.class == llm.ClassContextTooLong && failure.Status >= 400:
		p.profile.ContextSize = failure.ContextLimit
		detail := fmt.Sprintf("a prompt of some %d tokens is refused", expected)
		if failure.ContextLimit > 0 {
			detail += fmt.Sprintf("; the size is %d", failure.ContextLimit)
		}
		p.found(check, stateOK, detail, "")
	case a.usage.Known && a.usage.In < expected*9/10:
		p.profile.ContextSize, p.profile.ContextCut = a.usage.In, true
		p.found(check, stateWarn, fmt.Sprintf("long prompts are cut silently at %d tokens, of some %d sent", a.usage.In, expected),
			"The model would see a part of the article and nobody would know. Raise the context size (Ollama: OLLAMA_CONTEXT_LENGTH=16384).")
	case a.answered() && a.usage.Known:
		p.found(check, stateOK, fmt.Sprintf("at least %d tokens", a.usage.In), "")
	case a.answered():
		p.found(check, stateWarn, "cannot be told: the long prompt came back without a token count", "")
	default:
		p.found(check, stateWarn, "cannot be told: "+string(a.class), "")
	}
}

// parallel doubles the calls side by side as long as that wins something.
func (p *prober) parallel(ctx context.Context, most int) {
	const check = "parallel"
	best, bestRate, stop := 0, 0.0, ""
	for n := 1; n <= most && stop == ""; n *= 2 {
		rate, class := p.sideBySide(ctx, n)
		switch {
		case class != "":
			stop = fmt.Sprintf("; at %d some ended as %s", n, class)
		case rate < bestRate*paysFrom:
			stop = fmt.Sprintf("; %d win nothing more", n)
		default:
			best, bestRate = n, rate
		}
	}
	if best == 0 {
		p.found(check, stateWarn, "cannot be told"+stop, "")
		return
	}
	p.profile.Parallel = best
	what := fmt.Sprintf("%d calls side by side pay", best)
	if best == 1 {
		what = "one call at a time"
	}
	p.found(check, stateOK, fmt.Sprintf("%s, %.1f tiny calls a second%s", what, bestRate, stop), fmt.Sprintf("Without --slots a worker finds that out while it works, and begins there if --write-profile kept it; --slots %d would fix it.", best))
}

// sideBySide makes n tiny calls at once: calls a second, and the class of the
// worst failure.
func (p *prober) sideBySide(ctx context.Context, n int) (rate float64, class llm.Class) {
	classes := make([]llm.Class, n)
	began := time.Now()
	var group sync.WaitGroup
	for i := range n {
		group.Go(func() {
			// Unlike texts, so that no cache answers.
			a := p.ask(ctx, fmt.Sprintf("Write the number %d as one English word.", i), nil, tinyAnswer)
			if !a.answered() && a.class != llm.ClassInvalidOutput {
				classes[i] = a.class
			}
		})
	}
	group.Wait()
	took := time.Since(began)
	for _, c := range classes {
		if c != "" {
			class = c
		}
	}
	return float64(n) / max(took, time.Microsecond).Seconds(), class
}

// headers tells what the endpoint said about its limits on the way.
func (p *prober) headers() {
	l := p.limits
	if p.waits > 0 {
		p.found("Retry-After", stateOK, fmt.Sprintf("seen: %s", short(p.waits.Round(time.Millisecond))), "")
	}
	if l.LimitRequests < 1 && l.LimitTokens < 1 {
		p.found("limits", stateOK, "no limits a minute in the headers", "If your key has some, give them: --requests-per-minute, --tokens-per-minute.")
		return
	}
	say := func(n int64) string {
		if n < 1 {
			return "no limit said"
		}
		return fmt.Sprint(n)
	}
	p.found("limits", stateOK, fmt.Sprintf("requests a minute: %s, tokens a minute: %s", say(l.LimitRequests), say(l.LimitTokens)), "")
}
