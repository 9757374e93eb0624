package worker

import (
	"cmp"
	"strconv"
	"time"

	"github.com/mujaz/mujaz/internal/near"
	"github.com/mujaz/mujaz/queue"
)

// newResult begins the result of a job.
func (p *Pipeline) newResult(d *queue.Delivery, job queue.Job, start time.Time) queue.Result {
	return queue.Result{
		SchemaVersion: queue.SchemaVersion, ID: job.ID + "@" + strconv.Itoa(job.Revision), JobID: job.ID, Revision: job.Revision,
		Task: job.Task, Checks: []queue.Check{}, Metadata: job.Metadata,
		Receipt: queue.Receipt{JobDigest: job.Digest(), OptionsDigest: job.OptionsDigest(), Worker: p.cfg.Name, Software: p.cfg.Version, Attempts: 1},
		Timing:  queue.Timing{QueuedMS: max(0, start.Sub(d.QueuedAt).Milliseconds()), StartedAt: start.UTC()},
	}
}

// describe fills in what cleaning found.
func describe(r *queue.Result, job queue.Job, art article, took time.Duration) {
	r.Language, r.Repairs, r.Removed = art.Language, art.Repairs, removals(art.Removed)
	r.Receipt.SourceDigest = art.digest
	if job.Task == queue.TaskSummarize {
		r.Receipt.SourceMarks = near.Of(art.Article).Encode()
	}
	r.Timing.CleanMS = took.Milliseconds()
	r.Article = queue.ArticleFacts{
		Title: art.Title, URL: job.Article.URL, Source: cmp.Or(job.Article.Source, art.SiteName),
		Author: cmp.Or(job.Article.Author, art.Byline), PublishedAt: published(job, art),
		Paragraphs: len(art.Paragraphs), Words: art.Words,
	}
}

// fillReceipt records the calls, also of a job that fails.
func fillReceipt(r *queue.Result, plan plan, a *asker, cfg Config) {
	r.Usage = a.usage
	r.Usage.CostKnown = !a.unpriced
	switch {
	case a.unpriced:
		// Half of a cost is no cost.
		r.Usage.Cost = 0
	case cfg.Price != nil:
		r.Usage.Currency = cfg.Price.Currency
	}
	r.Timing.LLMMS = a.llmTime.Milliseconds()
	r.Receipt.Model, r.Receipt.Endpoint = cmp.Or(a.served, plan.first.model), cmp.Or(a.endpoint, cfg.LLM.Label())
	if a.judge != "" {
		r.Receipt.JudgePrompt, r.Receipt.JudgeModel = a.judge, cmp.Or(a.judgedBy, cfg.Judge.Model)
	}
	r.Receipt.Prompt, r.Receipt.PromptDigest = plan.prompt.Ref(), plan.prompt.Digest
	r.Receipt.Parameters = queue.Parameters{
		Temperature: a.temperature, MaxTokens: plan.first.maxTokens, Seed: cfg.Seed, Structure: string(a.rung),
	}
	r.Receipt.Cached = !a.paid && a.usage.Calls == 0
}

// finish stamps a result that is about to be published.
func finish(r *queue.Result, attempts int) {
	r.Receipt.Attempts = attempts
	now := time.Now()
	r.Timing.DoneAt = now.UTC()
	r.Timing.TotalMS = now.Sub(r.Timing.StartedAt).Milliseconds()
}
