package worker

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/failsafe-go/failsafe-go/retrypolicy"

	"github.com/mujaz/mujaz/internal/clean"
	"github.com/mujaz/mujaz/internal/llm"
	"github.com/mujaz/mujaz/internal/verify"
	"github.com/mujaz/mujaz/prompts"
	"github.com/mujaz/mujaz/queue"
)

// Pipeline turns a job into a result. It is the only way that mujaz does so,
// and safe for concurrent use.
type Pipeline struct {
	cfg     Config
	ledger  *queue.Ledger
	metrics *metrics
	stores  *stores
	retry   retrypolicy.RetryPolicy[llm.Response]
	schemas sync.Map // prompt digest -> *llm.Schema
	chain   *chain
	sharing *sharing
	judge   *judge // nil: none
	budgets *budgets
	spend   *queue.SpendLog

	counters counters
	learnt   ContextSizes // where the configuration has none
}

// article is a cleaned source and what identifies it.
type article struct {
	clean.Article
	digest string
	terms  terms
}

// plan is what is to be asked about an article.
type plan struct {
	prompt prompts.Prompt
	schema *llm.Schema
	data   prompts.Data
	first  question
}

// draft is an answer and what the checks say of it.
type draft struct {
	answer
	report verify.Report
	split  *queue.Split
	// original is the result that the answer was taken from, nil for the job's own.
	original *queue.Result
}

// Run takes a job through all stages. The error is a *[StageError]; where it
// has a cause, the job ends as a dead letter.
func (p *Pipeline) Run(ctx context.Context, d *queue.Delivery, job queue.Job) (queue.Result, error) {
	start := time.Now()
	result := p.newResult(d, job, start)
	if err := p.admit(job, start); err != nil {
		return result, err
	}

	p.stage(StageBody, d)
	source, err := p.cfg.Queue.Body(ctx, job.Article, p.cfg.MaxArticleBytes)
	if err != nil {
		return result, bodyError(err)
	}

	p.stage(StageClean, d)
	art, err := cleanArticle(job, source)
	if err != nil {
		return result, fatal(StageClean, queue.CauseUnusableSource, err)
	}
	cleaned := time.Now()
	describe(&result, job, art, cleaned.Sub(start))
	if reason := SkipReason(job, art.Article); reason != "" {
		result.Status, result.SkipReason, result.Checks = queue.StatusSkipped, reason, []queue.Check{}
		return result, nil
	}

	p.stage(StagePlan, d)
	art.terms, result.Receipt.GlossaryDigest = p.terms(job, art), p.cfg.Glossary.Digest()
	plan, err := p.plan(job, art, d.Header(queue.HeaderAnswer) != "")
	if err != nil {
		return result, fatal(StagePlan, queue.CauseInvalid, err)
	}
	if !p.matchesBatch(d, plan.first) {
		return result, failed(StagePlan, errOtherSetup)
	}
	if err := p.publishable(job, art); err != nil {
		return result, fatal(StagePlan, queue.CauseTooLarge, err)
	}
	// Asked before the ledger is: between a look into it and the call there must
	// be nothing to wait for.
	run, err := p.budgets.runs.of(ctx, d)
	if err != nil {
		return result, queueFailed(StagePlan, err)
	}
	caps := jobLimits{job: job.Options.MaxCost, run: run}
	asker := &asker{
		p: p, d: d, force: job.Options.Force, key: job.Key(), batch: batchOwner(d.Source, job.Key(), job.Revision),
		limits: caps, counted: map[string]bool{},
	}
	best, err := p.copied(ctx, asker, job, art, plan)
	repaired := false
	if err == nil && best.original == nil {
		best, repaired, err = p.write(ctx, asker, job, art, plan)
	}
	fillReceipt(&result, plan, asker, p.cfg)
	if err != nil {
		return result, err
	}
	result.Receipt.Repaired, result.Receipt.Split = repaired, best.split
	best.describeCopy(&result.Receipt)
	result.Headline, result.Summary, result.KeyPoints = best.Headline, best.Summary, best.KeyPoints
	result.Translation, result.Names = best.Translation, namesIn(art, best.Names)
	result.Checks, result.Status = checksOf(best.report), queue.Status(best.report.Status())
	return result, nil
}

// write gets a text, checks it, and has it repaired once if a check fails or if
// it was none. The better of the two by the checks is kept, the judge's among
// them.
func (p *Pipeline) write(ctx context.Context, a *asker, job queue.Job, art article, plan plan) (best draft, repaired bool, err error) {
	var prepared *verify.Prepared
	defer func() {
		if prepared != nil {
			prepared.Release()
		}
	}()
	check := func(t text) (draft, error) {
		ans, err := t.answer()
		if err != nil {
			return draft{}, err
		}
		p.stage(StageVerify, a.d)
		if prepared == nil {
			prepared = prepare(job, art)
		}
		return draft{answer: ans, report: prepared.Run(ans.forChecks(job.Task), limits(job, plan, t)), split: t.split}, nil
	}

	judging := p.judging(a, job, art)
	first, err := p.firstText(ctx, a, job, art, plan)
	var defects []string
	switch llm.Classify(err) {
	case "":
		if best, err = check(first); err != nil {
			defects = []string{"the answer gives a field twice"}
			break
		}
		if err := judging.add(ctx, &best); err != nil {
			return draft{}, false, failed(StageVerify, err)
		}
		if defects = defectsOf(best.report); len(defects) == 0 {
			return best, false, nil
		}
	case llm.ClassInvalidOutput:
		if len(first.pieces) != 1 {
			// A part of the article, which was repaired in vain.
			return draft{}, false, failed(StageRepair, err)
		}
		for _, problem := range llmError(err).Problems {
			defects = append(defects, problem.String())
		}
		first.pieces[0].content = llmError(err).Answer
	default:
		return draft{}, false, failed(StageCall, err)
	}
	usable := err == nil

	p.stage(StageRepair, a.d)
	repair, repairErr := p.repairText(ctx, a, first, defects, best.report.Failed())
	if repairErr == nil {
		second, checkErr := check(repair)
		if checkErr == nil {
			if err := judging.add(ctx, &second); err != nil {
				return draft{}, false, failed(StageVerify, err)
			}
			if !usable || len(second.report.Failed()) < len(best.report.Failed()) {
				return second, true, nil
			}
		}
		repairErr = checkErr
	}
	if class := llm.Classify(repairErr); usable && !closes(class) && class != llm.ClassCanceled && !p.budgets.waits(repairErr) {
		// The first answer stands, with its failed checks: doubtful is never
		// thrown away.
		return best, false, nil
	}
	if !usable && repairErr == nil {
		repairErr = err
	}
	return draft{}, false, failed(StageRepair, repairErr)
}

// firstAnswer asks; again with a larger budget when the answer was cut off, or
// more freely when it was cut off in a loop; and the fallback model when it was
// refused. It returns the question that was answered.
func (p *Pipeline) firstAnswer(ctx context.Context, a *asker, q question) (string, question, error) {
	content, err := a.ask(ctx, q)
	if llm.Classify(err) == llm.ClassTruncated {
		if loops(llmError(err).Answer) {
			q.temperature = max(q.temperature, outOfLoop)
		} else {
			q.maxTokens *= 2
		}
		content, err = a.ask(ctx, q)
	}
	if llm.Classify(err) == llm.ClassRefused && p.cfg.FallbackModel != "" && q.model != p.cfg.FallbackModel {
		q.model = p.cfg.FallbackModel
		content, err = a.ask(ctx, q)
	}
	return content, q, err
}

func (p *Pipeline) repair(ctx context.Context, a *asker, plan plan, q question, content string, defects []string) (string, error) {
	prompt, err := p.cfg.Prompts.Get(prompts.AnswerRepair)
	if err != nil {
		return "", err
	}
	data := plan.data
	data.Defects, data.PreviousAnswer = defects, cmp.Or(content, noAnswer)
	more, err := prompt.Render(data)
	if err != nil {
		return "", err
	}
	q.messages = slices.Concat(q.messages, more)
	q.purpose, q.prompt = queue.PurposeRepair, prompt.Ref()
	return a.ask(ctx, q)
}

// noAnswer stands in a repair for an answer that was empty, or too large to be
// read: the prompt wants to show one.
const noAnswer = "(no answer)"

// admit refuses what the worker may not do, before anything is spent on it.
func (p *Pipeline) admit(job queue.Job, now time.Time) error {
	if deadline := job.Options.Deadline; !deadline.IsZero() && now.After(deadline) {
		return fatal(StageDecode, queue.CauseExpired, errors.New("the deadline has passed"))
	}
	if _, allowed := p.cfg.model(job); !allowed {
		return fatal(StageDecode, queue.CauseInvalid, errors.New("options.model: not a model that this worker allows"))
	}
	if job.ReplyTo != "" && !p.cfg.mayReply(job.ReplyTo) {
		return fatal(StageDecode, queue.CauseInvalid, errors.New("reply_to: not a subject that this worker allows"))
	}
	return nil
}

func bodyError(err error) error {
	for sentinel, cause := range map[error]queue.Cause{
		queue.ErrBodyMissing: queue.CauseBodyMissing, queue.ErrBodyCorrupt: queue.CauseBodyCorrupt, queue.ErrTooLarge: queue.CauseTooLarge,
	} {
		if errors.Is(err, sentinel) {
			return fatal(StageBody, cause, err)
		}
	}
	return failed(StageBody, err)
}

func cleanArticle(job queue.Job, source queue.Article) (article, error) {
	cleaned, err := clean.Clean(clean.Input{Title: source.Title, Text: source.Text, HTML: source.HTML, URL: source.URL, Lang: source.Lang})
	if err != nil {
		return article{}, err
	}
	cleaned.Repairs = append(slices.Clone(job.Repairs), cleaned.Repairs...)
	return article{Article: cleaned, digest: SourceDigest(cleaned)}, nil
}

// SourceDigest is the receipt's source_digest of a cleaned article: by it an
// article in hand is known to be the one that a result was made from.
func SourceDigest(a clean.Article) string {
	return digestOf(func(to []byte) []byte {
		to = appendField(to, a.Title)
		for _, paragraph := range a.Paragraphs {
			to = appendField(to, paragraph.Text)
		}
		return to
	})
}

// SkipReason says why a job needs no call, as its result would, or nothing.
func SkipReason(job queue.Job, art clean.Article) string {
	if art.Skip != "" {
		return string(art.Skip)
	}
	if job.Task == queue.TaskTranslate && art.Language == job.Target {
		return "already_english"
	}
	return ""
}

// plan renders the first question, without messages where the article exceeds
// the model's context. One that was answered did not.
func (p *Pipeline) plan(job queue.Job, art article, answered bool) (plan, error) {
	pl, err := p.planFor(job, art)
	if err != nil {
		return plan{}, err
	}
	fits, err := pl.fits(job, art, p.widest(pl.first), p.counter(pl.first))
	if err != nil || !fits && !answered {
		// The article goes in parts; a book is not rendered in vain.
		return pl, err
	}
	pl.first.messages, err = pl.prompt.Render(pl.data)
	return pl, err
}

// planFor is the plan without its messages.
func (p *Pipeline) planFor(job queue.Job, art article) (plan, error) {
	ref, task := prompts.NewsBrief, prompts.Summarize
	if job.Task == queue.TaskTranslate {
		ref, task = prompts.NewsTranslation, prompts.Translate
	}
	if job.Options.Prompt != "" {
		ref = job.Options.Prompt
	}
	prompt, err := p.cfg.Prompts.Get(ref)
	if err != nil {
		return plan{}, fmt.Errorf("options.prompt: %w", err)
	}
	if prompt.Task != task {
		return plan{}, fmt.Errorf("options.prompt: %s is for the task %s", prompt.Ref(), prompt.Task)
	}
	schema, err := p.schema(prompt)
	if err != nil {
		return plan{}, err
	}
	data := prompts.Data{
		Style: string(job.Options.Style), MaxWords: job.Options.MaxWords, Title: art.Title, Source: job.Article.Source,
		Language: art.Language, PublishedAt: published(job, art), Paragraphs: promptParagraphs(art.Paragraphs),
		Fence: prompts.FenceFor(art.digest), Glossary: art.terms.asked,
	}
	model, _ := p.cfg.model(job)
	return plan{
		prompt: prompt, schema: schema, data: data,
		first: question{
			chain: p.chain, model: model, schema: schema, maxTokens: p.maxTokens(job, art), temperature: p.cfg.Temperature,
			purpose: queue.PurposeWrite, prompt: prompt.Ref(),
		},
	}, nil
}

func (p *Pipeline) schema(prompt prompts.Prompt) (*llm.Schema, error) {
	if s, found := p.schemas.Load(prompt.Digest); found {
		return s.(*llm.Schema), nil //nolint:errcheck // nothing else is stored
	}
	s, err := llm.NewSchema("answer", prompt.Schema)
	if err != nil {
		return nil, fmt.Errorf("schema of prompt %s: %w", prompt.Ref(), err)
	}
	p.schemas.Store(prompt.Digest, s)
	return s, nil
}

// Token budgets of an answer. A summary of 400 words with its key points and
// names is below summaryTokens; a translation has about as many English words
// as the source has words, at 1.4 tokens a word, with room for the JSON.
const (
	summaryTokens         = 1500
	translationPerWord    = 3
	translationTokensBase = 500
)

func (p *Pipeline) maxTokens(job queue.Job, art article) int {
	switch {
	case p.cfg.MaxTokens > 0:
		return p.cfg.MaxTokens
	case job.Task == queue.TaskTranslate:
		return translationTokensBase + translationPerWord*art.Words
	}
	return summaryTokens + 2*job.Options.MaxWords
}

// publishable refuses a translation whose result cannot be one message, before
// anything is spent on it. It goes by the least that English needs.
func (p *Pipeline) publishable(job queue.Job, art article) error {
	if job.Task != queue.TaskTranslate {
		return nil
	}
	const bytesPerWord, bytesPerParagraph = 4, 30
	least := int64(bytesPerWord*art.Words + bytesPerParagraph*len(art.Paragraphs))
	if limit := p.cfg.Queue.MaxPayload(); least > limit {
		return fmt.Errorf("the translation of %d words will exceed the server's max_payload of %d bytes: split the article, or raise max_payload", art.Words, limit)
	}
	return nil
}

func maxWords(job queue.Job, prompt prompts.Prompt) int {
	if job.Options.MaxWords > 0 || job.Task == queue.TaskTranslate {
		return job.Options.MaxWords
	}
	if style, err := prompt.Style(string(job.Options.Style)); err == nil {
		return style.Words
	}
	return 0
}

func limits(job queue.Job, plan plan, t text) verify.Limits {
	return verify.Limits{MaxWords: maxWords(job, plan.prompt), Style: string(job.Options.Style), PromptPhrases: t.phrases(plan)}
}

func prepare(job queue.Job, art article) *verify.Prepared {
	return verify.Prepare(verify.Source{
		Title: art.Title, Paragraphs: verifyParagraphs(art.Paragraphs), Language: art.Language,
		PublishedAt: published(job, art), Glossary: art.terms.checked,
	})
}

// published prefers what the producer says to what the page does.
func published(job queue.Job, art article) time.Time {
	if !job.Article.PublishedAt.IsZero() {
		return job.Article.PublishedAt
	}
	return art.PublishedAt
}

func (p *Pipeline) stage(s Stage, d *queue.Delivery) {
	if p.cfg.OnStage != nil {
		p.cfg.OnStage(s, d)
	}
}
