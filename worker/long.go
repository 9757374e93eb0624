package worker

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"go.uber.org/zap"

	"github.com/mujaz/mujaz/internal/llm"
	"github.com/mujaz/mujaz/internal/split"
	"github.com/mujaz/mujaz/internal/tokens"
	"github.com/mujaz/mujaz/prompts"
	"github.com/mujaz/mujaz/queue"
)

// A long article goes to the model in parts, side by side.
//
//	summarize   parts ──> notes ──> (notes of notes ──>)* summary
//	translate   parts ──> their translations, in order
//
// Where it is cut is stored first, and each answer before it is used: what comes
// after a crash finds all that was paid for.

const (
	// partsAtOnce bounds the calls of one job that are under way; the endpoint's
	// own limits hold besides.
	partsAtOnce = 8
	// maxHalvings bounds how often a part is cut in two that the endpoint finds
	// too long all the same: after six it has a 64th, and the counter was not off
	// by that.
	maxHalvings = 6
	// maxLevels bounds the levels of calls. Each has a third of the notes of the
	// one before or less: six take a library.
	maxLevels = 6
	// maxNoteParagraphs bounds the paragraphs of a note, which are tokens too.
	maxNoteParagraphs = 8
)

// long is the work on one article in parts.
type long struct {
	p   *Pipeline
	a   *asker
	job queue.Job
	art article
	// whole is the plan for the article in one piece; part, and for a summary
	// reduce, those for the pieces.
	whole, part, reduce plan
	layout              layout
}

// inParts answers a question about an article that the model does not take as a
// whole. Why is the error that said so, nil if it was known beforehand.
func (p *Pipeline) inParts(ctx context.Context, a *asker, job queue.Job, art article, whole plan, why error) (text, error) {
	l, err := p.newLong(job, art, whole)
	if err != nil {
		return text{}, fatal(StagePlan, queue.CauseInternal, err)
	}
	l.a = a
	p.stage(StagePlan, a.d)
	lay, err := a.storedLayout(ctx, l.key(), func() (layout, error) {
		room, err := l.room(p.narrowest(whole.first), p.counter(whole.first))
		if err != nil {
			return layout{}, err
		}
		return layOut(art.Article, room)
	})
	switch {
	case errors.Is(err, errNoRoom) && why != nil:
		return text{}, fmt.Errorf("%w; %w", why, err)
	case errors.Is(err, errNoRoom):
		return text{}, fatal(StagePlan, queue.CauseContextTooLong, err)
	case err != nil:
		return text{}, fatal(StagePlan, queue.CauseInternal, err)
	}
	l.layout = lay
	p.cfg.Log.Info("article goes to the model in parts", zap.Uint64(keySequence, a.d.Sequence), zap.Int("parts", len(lay.Cuts)), zap.Int("words", art.Words))
	if job.Task == queue.TaskTranslate {
		return l.translate(ctx)
	}
	return l.summarize(ctx)
}

// newLong prepares the prompts of the parts.
func (p *Pipeline) newLong(job queue.Job, art article, whole plan) (*long, error) {
	l := &long{p: p, job: job, art: art, whole: whole, part: whole}
	if job.Task == queue.TaskTranslate {
		return l, nil
	}
	var err error
	if l.part, err = p.longPlan(prompts.PartNotes, prompts.Part, whole); err != nil {
		return nil, err
	}
	l.reduce, err = p.longPlan(prompts.NotesBrief, prompts.Reduce, whole)
	return l, err
}

// longPlan is the whole's plan with another prompt.
func (p *Pipeline) longPlan(ref, task string, whole plan) (plan, error) {
	prompt, err := p.cfg.Prompts.Get(ref)
	if err != nil {
		return plan{}, err
	}
	if prompt.Task != task {
		return plan{}, fmt.Errorf("prompt %s is for the task %s, want %s", prompt.Ref(), prompt.Task, task)
	}
	schema, err := p.schema(prompt)
	if err != nil {
		return plan{}, err
	}
	next := whole
	next.prompt, next.schema, next.first.schema = prompt, schema, schema
	return next, nil
}

// key names the layout: all but what was learned that it depends on.
func (l *long) key() string {
	q := l.whole.first
	return digestOf(func(to []byte) []byte {
		for _, field := range []string{
			"layout", l.art.digest, string(l.job.Task), l.whole.prompt.Digest, l.part.prompt.Digest, l.reduce.prompt.Digest, q.endpoint().llm.Label(), q.model,
		} {
			to = appendField(to, field)
		}
		return to
	})
}

// room measures what the prompts leave of a context.
func (l *long) room(context int, counter *tokens.Counter) (room, error) {
	r := room{task: l.job.Task, context: context, count: counter.Count, safety: safetyOf(counter)}
	var err error
	if r.static, err = l.part.static(r.count); err != nil {
		return room{}, err
	}
	if l.job.Task == queue.TaskTranslate {
		r.answer = l.p.cfg.MaxTokens
		return r, nil
	}
	// A configured limit has room for what a model thinks before it writes.
	r.answer, r.part = l.p.maxTokens(l.job, l.art), cmp.Or(l.p.cfg.MaxTokens, partAnswer)
	r.reduceStatic, err = l.reduce.static(r.count)
	return r, err
}

// static counts a prompt without the text of the article.
func (pl plan) static(count func(string) int) (int, error) {
	data := pl.data
	data.Paragraphs = []prompts.Paragraph{{ID: 1, Text: "."}}
	messages, err := pl.prompt.Render(data)
	if err != nil {
		return 0, err
	}
	sum := count(string(pl.schema.Sent()))
	for _, m := range messages {
		sum += count(m.Content) + lineTokens
	}
	return sum, nil
}

// summarize takes notes on the parts, and notes on the notes as long as they are
// too many for one call; from the last ones the summary is written.
func (l *long) summarize(ctx context.Context) (text, error) {
	n := len(l.layout.Cuts)
	byPart, namesBy := make([][]queue.KeyPoint, n), make([][]queue.Name, n)
	if err := l.sideBySide(n, func(i int) error {
		pl := l.part
		pl.data.Part, pl.data.Parts = i+1, n
		var err error
		byPart[i], namesBy[i], err = l.notes(ctx, pl, l.articlePart(i))
		return err
	}); err != nil {
		return text{}, err
	}
	table := tableOf(l.art, namesBy)
	notes := slices.Concat(byPart...)
	for i := range notes {
		notes[i].Text = table.unify(notes[i].Text)
	}
	for level := 2; ; level++ {
		groups := groupNotes(notes, l.layout.Notes)
		if len(groups) == 1 {
			t, err := l.write(ctx, groups[0], table, queue.Split{Parts: n, Levels: level})
			if llm.Classify(err) == llm.ClassContextTooLong && l.layout.Notes >= 2*minNotesTokens {
				l.layout.Notes /= 2
				continue
			}
			return t, err
		}
		fewer := make([][]queue.KeyPoint, len(groups))
		if err := l.sideBySide(len(groups), func(i int) error {
			var err error
			fewer[i], _, err = l.notes(ctx, l.part, groups[i])
			return err
		}); err != nil {
			return text{}, err
		}
		next := slices.Concat(fewer...)
		if level == maxLevels || len(groupNotes(next, l.layout.Notes)) >= len(groups) {
			return text{}, fatal(StageCall, queue.CauseContextTooLong,
				fmt.Errorf("%w: the notes on %d parts stay too many for one call after %d levels", errNoRoom, n, level))
		}
		notes = next
	}
}

// notes asks for the notes on some paragraphs, or on notes.
func (l *long) notes(ctx context.Context, pl plan, paragraphs []prompts.Paragraph) ([]queue.KeyPoint, []queue.Name, error) {
	answers, err := l.ask(ctx, pl, paragraphs, func([]prompts.Paragraph) int { return l.layout.Part }, 0)
	if err != nil {
		return nil, nil, err
	}
	var points []queue.KeyPoint
	var found []queue.Name
	for _, a := range answers {
		points = append(points, cited(a.answer.KeyPoints, a.plan.data.Paragraphs)...)
		found = append(found, a.answer.Names...)
	}
	return points, found, nil
}

// cited keeps of each note the paragraphs that the model was shown. A note that
// cites none of them lies somewhere between the first and the last.
func cited(points []queue.KeyPoint, shown []prompts.Paragraph) []queue.KeyPoint {
	there := map[int]bool{}
	for _, p := range shown {
		there[p.ID] = true
		for _, id := range p.Also {
			there[id] = true
		}
	}
	for i := range points {
		ids := slices.DeleteFunc(points[i].SourceParagraphs, func(id int) bool { return !there[id] })
		slices.Sort(ids)
		ids = slices.Compact(ids)
		if len(ids) == 0 {
			ids = slices.Compact([]int{shown[0].ID, shown[len(shown)-1].ID})
		}
		points[i].SourceParagraphs = ids[:min(len(ids), maxNoteParagraphs)]
	}
	return points
}

// groupNotes shares notes out over calls, in their order. It goes by what is the
// same in every process, so that the same notes are the same questions.
func groupNotes(notes []queue.KeyPoint, budget int) [][]prompts.Paragraph {
	paragraphs := make([]prompts.Paragraph, len(notes))
	pieces := make([]split.Paragraph, len(notes))
	for i, n := range notes {
		paragraphs[i] = prompts.Paragraph{ID: n.SourceParagraphs[0], Also: n.SourceParagraphs[1:], Text: n.Text}
		pieces[i] = split.Paragraph{ID: i, Text: n.Text}
	}
	const perNote = lineTokens + 2*maxNoteParagraphs
	return partsOf(paragraphs, pieces, split.Parts(pieces, budget, func(text string) int { return tokens.Estimate(text) + perNote }))
}

// write has the summary written from the last notes.
func (l *long) write(ctx context.Context, notes []prompts.Paragraph, table names, done queue.Split) (text, error) {
	pl := l.reduce
	pl.data.Paragraphs, pl.data.Names = notes, table.terms(l.layout.Table)
	var err error
	if pl.first.messages, err = pl.prompt.Render(pl.data); err != nil {
		return text{}, fatal(StagePlan, queue.CauseInternal, err)
	}
	pl.first.maxTokens = l.layout.Final
	done.Prompts = []string{l.part.prompt.Ref(), l.reduce.prompt.Ref()}
	content, q, err := l.p.firstAnswer(ctx, l.a, pl.first)
	t := text{pieces: []asked{{plan: pl, question: q, content: content}}, split: &done}
	return t, err
}

// translationTokens are those that the translation of a part may have.
func (l *long) translationTokens(paragraphs []prompts.Paragraph) int {
	if l.p.cfg.MaxTokens > 0 {
		return l.p.cfg.MaxTokens
	}
	words := 0
	for _, p := range paragraphs {
		words += countWords(p.Text)
	}
	return translationTokensBase + translationPerWord*words
}

// translate has the parts translated and puts them together in order.
func (l *long) translate(ctx context.Context) (text, error) {
	n := len(l.layout.Cuts)
	byPart := make([][]asked, n)
	if err := l.sideBySide(n, func(i int) (err error) {
		byPart[i], err = l.ask(ctx, l.part, l.articlePart(i), l.translationTokens, 0)
		return err
	}); err != nil {
		return text{}, err
	}
	return text{
		pieces: slices.Concat(byPart...), art: &l.art,
		split: &queue.Split{Parts: n, Levels: 1, Prompts: []string{l.part.prompt.Ref()}},
	}, nil
}

func countWords(s string) int {
	it, n := strings.FieldsSeq(s), 0
	for range it {
		n++
	}
	return n
}
