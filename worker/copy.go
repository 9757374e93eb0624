package worker

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"go.uber.org/zap"

	"github.com/mujaz/mujaz/internal/near"
	"github.com/mujaz/mujaz/queue"
)

// errOriginalPending: the job is a near copy of one that has no outcome yet.
var errOriginalPending = errors.New("the original of this near copy has no outcome yet")

// A copy waits for its original as often, a second at first and twice as long each
// time: 31 s for a reader who waits, 17 min in a backfill, where thousands may be
// on their way between the two. Then it makes a call of its own: an original that
// never comes holds up nothing.
const (
	copyWaitFirst     = time.Second
	copyWaitsLive     = 5
	copyWaitsBackfill = 10
)

// copyWait is how long a copy that was delivered so often still waits, 0 when it
// has waited enough. Deliveries that came back for other reasons count as waits.
func copyWait(lane queue.Lane, delivered int) time.Duration {
	most := copyWaitsBackfill
	if lane == queue.LaneLive {
		most = copyWaitsLive
	}
	if delivered > most {
		return 0
	}
	return copyWaitFirst << max(0, delivered-1)
}

// copied takes the text of the original for that of its near copy. It is empty,
// without an original, where the job has to make its own call: the job names no
// original, that one has no good text of the same kind, a sentence of this article
// does not stand in that one, a key point rests on what this article leaves out,
// or the text fails a check against this article.
func (p *Pipeline) copied(ctx context.Context, a *asker, job queue.Job, art article, plan plan) (draft, error) {
	id := job.Options.CopyOf
	if id == "" || id == job.ID || job.Options.Force {
		return draft{}, nil
	}
	r, err := p.originalOf(ctx, a.d, job)
	if r == nil || err != nil {
		return draft{}, err
	}
	d := draft{original: r}
	d.answer = answer{Headline: r.Headline, Summary: r.Summary, KeyPoints: r.KeyPoints, Translation: r.Translation, Names: r.Names}
	if !p.sameWork(r, job, plan) || !d.moveTo(art, job.Task) {
		return draft{}, nil
	}
	p.stage(StageVerify, a.d)
	prepared := prepare(job, art)
	defer prepared.Release()
	d.report = prepared.Run(d.forChecks(job.Task), limits(job, plan, text{}))
	if len(d.report.Failed()) == 0 {
		if err := p.judging(a, job, art).add(ctx, &d); err != nil {
			return draft{}, failed(StageVerify, err)
		}
	}
	if len(d.report.Failed()) > 0 {
		return draft{}, nil
	}
	return d, nil
}

// originalOf is the result that a copy may use, nil where there is none and none
// is waited for. One of an earlier revision is not: its job may be under way.
func (p *Pipeline) originalOf(ctx context.Context, d *queue.Delivery, job queue.Job) (*queue.Result, error) {
	out, err := p.cfg.Queue.LastOutcome(ctx, d.Lane, d.Source, job.Options.CopyOf)
	switch {
	case ctx.Err() != nil:
		return nil, failed(StagePlan, context.Cause(ctx))
	case err != nil:
		p.cfg.Log.Debug("the original of a near copy cannot be read", zap.Uint64(keySequence, d.Sequence), zap.Error(err))
	case out.Result != nil && out.Result.Result.Revision >= job.Revision:
		if out.Result.Result.Status != queue.StatusOK {
			return nil, nil
		}
		return &out.Result.Result, nil
	case out.Dead != nil:
		return nil, nil
	}
	if copyWait(d.Lane, d.Delivered) > 0 {
		return nil, failed(StagePlan, errOriginalPending)
	}
	return nil, nil
}

// sameWork reports whether a result is what the job asks for, of an article that
// is yet to be compared: by the same prompt, with the same glossaries and limits.
func (p *Pipeline) sameWork(r *queue.Result, job queue.Job, plan plan) bool {
	return r.Task == job.Task && r.Receipt.OptionsDigest == job.OptionsDigest() &&
		r.Receipt.PromptDigest == plan.prompt.Digest && r.Receipt.GlossaryDigest == p.cfg.Glossary.Digest()
}

// moveTo makes the answer refer to the paragraphs of art. It returns false where
// the answer may say what art does not.
//
// The claims of a summary rest on the paragraphs that its key points cite; where
// one cites none, it may rest on any. The headline of a translation is that of the
// title, so that a translation is only of an article that is equal in all.
func (d *draft) moveTo(art article, task queue.Task) bool {
	if d.original.Receipt.SourceDigest == art.digest {
		return true
	}
	original, err := near.Decode(d.original.Receipt.SourceMarks)
	copied := near.Of(art.Article)
	if err != nil || task == queue.TaskTranslate || !original.Covers(copied) {
		return false
	}
	points := make([]queue.KeyPoint, len(d.KeyPoints))
	whole := len(points) == 0
	for i, k := range d.KeyPoints {
		points[i].Text = k.Text
		whole = whole || len(k.SourceParagraphs) == 0
		for _, id := range k.SourceParagraphs {
			places := original.Place(id-1, copied)
			if len(places) == 0 {
				return false
			}
			for _, place := range places {
				if !slices.Contains(points[i].SourceParagraphs, place+1) {
					points[i].SourceParagraphs = append(points[i].SourceParagraphs, place+1)
				}
			}
		}
	}
	d.KeyPoints = points
	return !whole || original.Same(copied)
}

// describeCopy says in a receipt whose text it is. How that was written is in the
// original's receipt.
func (d draft) describeCopy(r *queue.Receipt) {
	if d.original == nil {
		return
	}
	from := d.original.Receipt
	r.Model, r.Endpoint, r.Parameters, r.Repaired, r.Split = from.Model, from.Endpoint, from.Parameters, from.Repaired, from.Split
	r.CopyOf = &queue.CopyOf{
		JobID: d.original.JobID, Revision: d.original.Revision, SourceDigest: from.SourceDigest, Cost: d.original.Usage.Cost,
	}
	if from.CopyOf != nil {
		r.CopyOf.Cost = cmp.Or(r.CopyOf.Cost, from.CopyOf.Cost)
	}
}
