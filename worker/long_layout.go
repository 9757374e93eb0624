package worker

import (
	"context"
	"errors"
	"fmt"

	"github.com/go-json-experiment/json"
	"go.uber.org/zap"

	"github.com/mujaz/mujaz/internal/clean"
	"github.com/mujaz/mujaz/internal/split"
	"github.com/mujaz/mujaz/internal/tokens"
	"github.com/mujaz/mujaz/queue"
)

// layout is how an article goes to the model in parts. It is stored before the
// first part is asked: after a restart the counters have learned other things,
// and other parts would be other questions, paid for again.
type layout struct {
	Cuts []split.Cut `json:"cuts"`
	// Part and Final are the tokens of an answer: of a part's notes, and of the
	// summary. A translation's depend on the part.
	Part  int `json:"part,omitzero"`
	Final int `json:"final,omitzero"`
	// Notes and Table are the tokens of notes and of names that one call gets, by
	// tokens.Estimate, which is the same in every process.
	Notes int `json:"notes,omitzero"`
	Table int `json:"table,omitzero"`
}

// room is what a layout has to keep to.
type room struct {
	task    queue.Task
	context int // tokens of prompt and answer together; 0: not known
	// static are the tokens of a part's prompt without its text, reduceStatic of
	// the reduce prompt without notes and names.
	static, reduceStatic int
	// answer is the most tokens of the whole's answer; of a part's, where the
	// article is split for a translation, with 0 for no bound.
	answer int
	// part is the most tokens of the notes on a part.
	part   int
	count  func(string) int
	safety float64 // above 1, by how much the count may be off
}

const (
	// safety is what a prompt may exceed its count by: of counters that know the
	// model nineteen in twenty documents are within 16 %, the sum within 5
	// (docs/long-articles.md). Others are off by up to a half for most models, and
	// by more for old ones, whose parts are then refused and cut in two.
	safety, unsureSafety = 1.15, 1.5
	// maxPartTokens bounds a part where the context would take more: models
	// overlook what stands in the middle of long texts, and notes are few.
	maxPartTokens = 12_000
	// minPartTokens is the least that a part is worth: below it the prompt is
	// several times the text.
	minPartTokens = 100
	// partAnswer is the room of a part's notes: 8 of 50 tokens, 8 names of 40,
	// pretty-printed.
	partAnswer = 1_000
	// maxNotesTokens bounds what one reduce reads.
	maxNotesTokens = 16_000
	// minNotesTokens takes the notes of two parts at least, or reducing would
	// not end.
	minNotesTokens = 500
	// maxTableTokens has some 60 names.
	maxTableTokens = 1_200
	// maxTranslatedTokens bounds the answer of a translation's part: models end
	// long answers early.
	maxTranslatedTokens = 4_000
	// maxTranslatedParagraphs is below the 1,000 entries of the prompt's schema.
	maxTranslatedParagraphs = 500
	// lineTokens is what stands around a paragraph: its number and the line end.
	lineTokens = 5
)

// safetyOf tells how far the counts of a counter are to be trusted.
func safetyOf(c *tokens.Counter) float64 {
	if c.Exact() || c.Calibrated() {
		return safety
	}
	return unsureSafety
}

// errNoRoom is an article that cannot be cut so that its parts fit.
var errNoRoom = errors.New("the article cannot be split into parts that fit the model's context")

// layOut cuts an article. It gives at least two parts; one that is too short
// for that, or a context that has no room beside the prompt, is errNoRoom.
func layOut(a clean.Article, r room) (layout, error) {
	paragraphs := splitParagraphs(a)
	cost := func(text string) int { return r.count(text) + lineTokens }
	total := 0
	for _, p := range paragraphs {
		total += cost(p.Text)
	}
	l, budget := r.budgets(total, a.Words)
	if budget < minPartTokens || total < 2*minPartTokens {
		return layout{}, fmt.Errorf("%w: %d tokens in a context of %d, of which %d are the prompt's", errNoRoom, total, r.context, r.static)
	}
	l.Cuts = split.Parts(paragraphs, min(budget, (total+1)/2), cost)
	if r.task == queue.TaskTranslate {
		l.Cuts = capParagraphs(l.Cuts)
	}
	if len(l.Cuts) < 2 {
		return layout{}, errNoRoom
	}
	return l, nil
}

// budgets shares a context out. The result is the tokens of a part's text.
func (r room) budgets(total, words int) (layout, int) {
	size := r.context
	if size == 0 {
		size = 2 * (maxPartTokens + r.static)
	}
	if r.task == queue.TaskTranslate {
		// Prompt and answer grow together: in + out = tokens * (safety + answer tokens for each).
		perToken := translationPerWord * float64(words) / float64(max(1, total))
		most := maxTranslatedTokens
		if r.answer > 0 {
			most = min(most, r.answer-translationTokensBase)
		}
		fits := float64(size-r.static-translationTokensBase) / (r.safety + perToken)
		return layout{}, int(min(fits, float64(most)/max(perToken, 0.1), maxPartTokens))
	}
	l := layout{Part: min(r.part, size/4), Final: min(r.answer, size/3), Table: min(maxTableTokens, size/10)}
	budget := func(answer, static, most int) int { return min(most, int(float64(size-answer)/r.safety)-static) }
	part := budget(l.Part, r.static, maxPartTokens)
	l.Notes = min(budget(l.Final, r.reduceStatic+l.Table, maxNotesTokens), budget(l.Part, r.static, maxNotesTokens))
	if l.Notes < minNotesTokens {
		return layout{}, 0
	}
	return l, part
}

// capParagraphs cuts parts again that have more paragraphs than an answer may.
func capParagraphs(cuts []split.Cut) []split.Cut {
	var out []split.Cut
	from := split.Cut{}
	for _, to := range cuts {
		for to.Paragraph-from.Paragraph > maxTranslatedParagraphs {
			from = split.Cut{Paragraph: from.Paragraph + maxTranslatedParagraphs}
			out = append(out, from)
		}
		out, from = append(out, to), to
	}
	return out
}

func splitParagraphs(a clean.Article) []split.Paragraph {
	out := make([]split.Paragraph, len(a.Paragraphs))
	for i, p := range a.Paragraphs {
		out[i] = split.Paragraph{ID: p.ID, Text: p.Text}
	}
	return out
}

// fits reports whether an article can go to the model as a whole. The count is
// saved where bytes tell already.
func (r room) fits(a clean.Article) bool {
	if r.task == queue.TaskTranslate && len(a.Paragraphs) > maxTranslatedParagraphs {
		return false
	}
	if r.context == 0 {
		return true
	}
	left := r.context - r.answer - r.static
	bytes := 0
	for _, p := range a.Paragraphs {
		bytes += tokens.AtMost(p.Text) + lineTokens
	}
	if bytes <= left {
		return true
	}
	sum := 0
	for _, p := range a.Paragraphs {
		if sum += r.count(p.Text) + lineTokens; float64(sum)*r.safety > float64(left) {
			return false
		}
	}
	return true
}

// fits reports whether the whole article can be asked about at once.
func (pl plan) fits(job queue.Job, art article, context int, counter *tokens.Counter) (bool, error) {
	r := room{task: job.Task, context: context, count: counter.Count, safety: safetyOf(counter), answer: pl.first.maxTokens}
	if context == 0 {
		return r.fits(art.Article), nil
	}
	// Bytes are a bound that most articles keep; only the others are counted.
	for _, count := range []func(string) int{tokens.AtMost, r.count} {
		var err error
		if r.static, err = pl.static(count); err != nil {
			return false, err
		}
		if r.fits(art.Article) {
			return true, nil
		}
	}
	return false, nil
}

// storedLayout gives the layout of an earlier attempt at equal work, or makes
// and stores one. One that cannot be stored is used all the same.
func (a *asker) storedLayout(ctx context.Context, key string, lay func() (layout, error)) (layout, error) {
	var l layout
	data, err := a.p.ledger.Answer(ctx, key)
	if err == nil && json.Unmarshal(data, &l) == nil && len(l.Cuts) > 1 {
		return l, nil
	}
	if err != nil && !errors.Is(err, queue.ErrNotFound) {
		a.p.cfg.Log.Warn("ledger not readable, splitting anew", zap.Error(err), zap.Uint64(keySequence, a.d.Sequence))
	}
	if l, err = lay(); err != nil {
		return layout{}, err
	}
	if data, err = json.Marshal(l); err == nil {
		err = a.p.stores.persist(ctx, storeLedger, func(ctx context.Context) error { return a.p.ledger.PutAnswer(ctx, key, data) })
	}
	if err != nil {
		a.p.cfg.Log.Error("split not stored in the ledger: a crash now may pay for parts again", zap.Error(err), zap.Uint64(keySequence, a.d.Sequence))
	}
	return l, nil
}
