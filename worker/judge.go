package worker

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/go-json-experiment/json"
	"go.uber.org/zap"

	"github.com/mujaz/mujaz/internal/llm"
	"github.com/mujaz/mujaz/internal/verify"
	"github.com/mujaz/mujaz/prompts"
	"github.com/mujaz/mujaz/queue"
)

// CheckJudge is the name of the judge's check.
const CheckJudge = "judge"

// judge is the second model, ready to be asked.
type judge struct {
	to     *endpoint
	chain  *chain
	prompt prompts.Prompt
	schema *llm.Schema
}

// newJudge returns nil where none is configured.
func newJudge(cfg Config, own *endpoint) (*judge, error) {
	if cfg.Judge == nil {
		return nil, nil
	}
	prompt, err := cfg.Prompts.Get(prompts.ClaimJudge)
	if err != nil {
		return nil, err
	}
	if prompt.Task != prompts.Judge {
		return nil, fmt.Errorf("prompt %s is for the task %s, want %s", prompt.Ref(), prompt.Task, prompts.Judge)
	}
	schema, err := llm.NewSchema("verdicts", prompt.Schema)
	if err != nil {
		return nil, fmt.Errorf("schema of prompt %s: %w", prompt.Ref(), err)
	}
	to := &endpoint{llm: own.llm, model: cfg.Judge.Model, gate: own.gate, inflight: own.inflight, allowance: own.allowance, price: cfg.Judge.Price, judge: true}
	switch {
	case cfg.Judge.LLM != nil:
		to.llm, to.allowance, to.aside = cfg.Judge.LLM, nil, true
		to.gate = newGate(func(s GateStatus) {
			if s.Open {
				cfg.Log.Info("judge answers")
				return
			}
			cfg.Log.Warn("judge paused, summaries go on without it", zap.String("class", string(s.Class)), zap.String(keyReason, s.Reason), zap.Time(keyUntil, s.Until))
		})
	case to.price == nil && cfg.Judge.Model == cfg.Model:
		to.price = own.price
	}
	if to.price == nil && own.price != nil {
		cfg.Log.Warn("the judge's price is unknown, and so are the costs of the jobs that it judges")
	}
	return &judge{to: to, chain: &chain{pool: []*endpoint{to}, changed: make(chan struct{})}, prompt: prompt, schema: schema}, nil
}

// judging is the judge's part in one job.
type judging struct {
	*judge
	a   *asker
	p   *Pipeline
	job queue.Job
	art article
	// contradicted are the claims of the draft before, with what contradicts
	// them: they stay so where the repair left them and nobody judges it.
	contradicted map[string][]int
}

func (p *Pipeline) judging(a *asker, job queue.Job, art article) *judging {
	return &judging{judge: p.judge, a: a, p: p, job: job, art: art}
}

// add appends the judge's check to those of a draft. A translation is not
// judged: its sentences are those of the article. The error is one that stops
// the job; whatever befalls the judge alone is a verdict.
func (j *judging) add(ctx context.Context, d *draft) error {
	if j.judge == nil || j.job.Task == queue.TaskTranslate {
		return nil
	}
	claims := claimsOf(d.answer)
	verdicts, err := j.ask(ctx, claims)
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case !j.to.aside && (j.to.stops(err) || errors.Is(err, errShutdown)):
		return err
	case err != nil:
		d.report.Checks = append(d.report.Checks, j.unjudged(claims, err)...)
		return nil
	}
	j.contradicted = map[string][]int{}
	var fails, others []verify.Check
	for i, v := range verdicts {
		switch v.Verdict {
		case contradicted:
			j.contradicted[claims[i].text] = v.Paragraphs
			fails = append(fails, j.contradiction(claims[i], v.Paragraphs))
		case notInSource:
			others = append(others, verify.Check{
				Check: CheckJudge, Verdict: verify.CannotJudge, OutputSpan: claims[i].span(),
				Detail: fmt.Sprintf("The judge does not find this claim in the article: %q", claims[i].text),
			})
		}
	}
	found := slices.Concat(fails, others)
	if len(found) == 0 {
		found = []verify.Check{{Check: CheckJudge, Verdict: verify.Pass}}
	}
	d.report.Checks = append(d.report.Checks, found[:min(len(found), maxJudged)]...)
	return nil
}

// maxJudged bounds the findings of one result, as those of the other checks.
const maxJudged = 10

// unjudged is the check of a draft that the judge gave no verdicts on.
func (j *judging) unjudged(claims []claim, err error) []verify.Check {
	detail := "The judge did not answer"
	var broken *verdictError
	switch {
	case errors.As(err, &broken):
		detail = "The judge's answer is not usable: " + broken.Error()
	case errors.Is(err, errPaused):
		detail += ": its endpoint is given a pause"
	case llmError(err) != nil:
		detail += ": " + string(llm.Classify(err))
	}
	if !errors.Is(err, errPaused) {
		j.p.cfg.Log.Warn("not judged", zap.Uint64(keySequence, j.a.d.Sequence), zap.Error(err))
	}
	var found []verify.Check
	for _, c := range claims {
		if paragraphs, before := j.contradicted[c.text]; before && len(found) < maxJudged-1 {
			found = append(found, j.contradiction(c, paragraphs))
		}
	}
	return append(found, verify.Check{Check: CheckJudge, Verdict: verify.CannotJudge, Detail: detail + "."})
}

// contradiction words a claim that the article contradicts.
func (j *judging) contradiction(c claim, paragraphs []int) verify.Check {
	where, text := "the title", j.art.Title
	if id := paragraphs[0]; id != 0 {
		where = fmt.Sprintf("paragraph %d", id)
		text = j.art.Paragraphs[j.index(id)].Text
	}
	return verify.Check{
		Check: CheckJudge, Verdict: verify.Fail, OutputSpan: c.span(), SourceSpan: quoteSpan(verify.Span{Paragraph: paragraphs[0]}, text),
		Detail: fmt.Sprintf("The judge sees a contradiction between %s and this claim: %q", where, c.text),
	}
}

// index of a paragraph, or -1.
func (j *judging) index(id int) int {
	for i, p := range j.art.Paragraphs {
		if p.ID == id {
			return i
		}
	}
	return -1
}

// cites reports whether there is such a paragraph; 0 is the title.
func (j *judging) cites(id int) bool {
	return id == 0 && j.art.Title != "" || j.index(id) >= 0
}

// Token budget of the verdicts: a claim's line has some 25, pretty-printed 50.
const (
	verdictTokensBase = 300
	verdictTokens     = 60
)

// ask gets one verdict a claim, in their order.
func (j *judging) ask(ctx context.Context, claims []claim) ([]verdict, error) {
	j.a.judge = j.prompt.Ref()
	if len(claims) > maxClaims {
		return nil, &verdictError{fmt.Sprintf("there are %d claims, more than %d", len(claims), maxClaims)}
	}
	texts := make([]string, len(claims))
	for i, c := range claims {
		texts[i] = c.text
	}
	messages, err := j.prompt.Render(prompts.Data{
		Title: j.art.Title, Source: j.job.Article.Source, Language: j.art.Language, PublishedAt: published(j.job, j.art),
		Paragraphs: promptParagraphs(j.art.Paragraphs), Fence: prompts.FenceFor(j.art.digest), Claims: texts,
	})
	if err != nil {
		return nil, err
	}
	content, err := j.a.ask(ctx, question{
		chain: j.chain, model: j.to.model, messages: messages, schema: j.schema,
		maxTokens: max(j.p.cfg.MaxTokens, verdictTokensBase+verdictTokens*len(claims)),
	})
	if err != nil {
		return nil, err
	}
	return readVerdicts(content, len(claims), j.cites)
}

// The verdicts of the prompt's schema.
const (
	supported    = "supported"
	contradicted = "contradicted"
	notInSource  = "not_in_source"
)

// verdict is the judge's on one claim.
type verdict struct {
	Claim      int    `json:"claim"`
	Paragraphs []int  `json:"paragraphs"`
	Verdict    string `json:"verdict"`
}

// verdictError says what keeps an answer from being one verdict a claim.
type verdictError struct{ reason string }

// Error is for the reader of a result.
func (e *verdictError) Error() string { return e.reason }

// readVerdicts takes an answer that judges each claim once, and rests each
// verdict but not_in_source on paragraphs that there are. What breaks that is
// no judgement: a model that cannot count cannot be trusted to compare.
func readVerdicts(content string, claims int, cites func(paragraph int) bool) ([]verdict, error) {
	var answer struct {
		Verdicts []verdict `json:"verdicts"`
	}
	if json.Unmarshal([]byte(content), &answer) != nil {
		return nil, &verdictError{"it gives a field twice"}
	}
	byClaim := make([]verdict, claims)
	for _, v := range answer.Verdicts {
		if v.Claim < 1 || v.Claim > claims {
			return nil, &verdictError{fmt.Sprintf("it judges a claim %d of %d", v.Claim, claims)}
		}
		if byClaim[v.Claim-1].Claim != 0 {
			return nil, &verdictError{fmt.Sprintf("it judges claim %d twice", v.Claim)}
		}
		if v.Verdict != notInSource {
			if len(v.Paragraphs) == 0 {
				return nil, &verdictError{fmt.Sprintf("it cites nothing for claim %d", v.Claim)}
			}
			for _, id := range v.Paragraphs {
				if !cites(id) {
					return nil, &verdictError{fmt.Sprintf("it cites a paragraph %d for claim %d, which is not there", id, v.Claim)}
				}
			}
		}
		byClaim[v.Claim-1] = v
	}
	for i, v := range byClaim {
		if v.Claim == 0 {
			return nil, &verdictError{fmt.Sprintf("it leaves out claim %d", i+1)}
		}
	}
	return byClaim, nil
}
