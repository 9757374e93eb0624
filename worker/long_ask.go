package worker

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync/atomic"

	"go.uber.org/zap"
	"golang.org/x/sync/errgroup"

	"github.com/mujaz/mujaz/internal/llm"
	"github.com/mujaz/mujaz/internal/split"
	"github.com/mujaz/mujaz/internal/tokens"
	"github.com/mujaz/mujaz/prompts"
	"github.com/mujaz/mujaz/queue"
)

// asked is a question with its answer.
type asked struct {
	plan plan
	question
	content string
	answer  answer
}

// sideBySide runs n pieces of work, a few at once. After an error no more is
// begun, and what is under way is finished: it is paid for, and stored.
func (l *long) sideBySide(n int, work func(i int) error) error {
	var group errgroup.Group
	group.SetLimit(partsAtOnce)
	var stopped atomic.Bool
	for i := range n {
		if stopped.Load() {
			break
		}
		group.Go(func() (err error) {
			defer func() {
				if r := recover(); r != nil {
					l.p.cfg.Log.Error("panic", zap.Uint64(keySequence, l.a.d.Sequence), zap.String("type", fmt.Sprintf("%T", r)), zap.ByteString("stack", debug.Stack()))
					err = fatal(StageCall, queue.CauseInternal, errPanic)
				}
				if err != nil {
					stopped.Store(true)
				}
			}()
			if stopped.Load() {
				return nil
			}
			return work(i)
		})
	}
	return group.Wait()
}

// ask puts a part to the model. A part that is too long all the same, or whose
// answer is cut off twice, is cut in two; an answer that is none is repaired.
func (l *long) ask(ctx context.Context, pl plan, paragraphs []prompts.Paragraph, maxTokens func([]prompts.Paragraph) int, halvings int) ([]asked, error) {
	pl.data.Paragraphs = paragraphs
	var err error
	if pl.first.messages, err = pl.prompt.Render(pl.data); err != nil {
		return nil, fatal(StagePlan, queue.CauseInternal, err)
	}
	pl.first.maxTokens = maxTokens(paragraphs)
	content, q, err := l.p.firstAnswer(ctx, l.a, pl.first)
	switch llm.Classify(err) {
	case llm.ClassContextTooLong, llm.ClassTruncated:
		two := halves(paragraphs)
		if len(two) < 2 || halvings == maxHalvings {
			return nil, err
		}
		var both []asked
		for _, half := range two {
			answers, err := l.ask(ctx, pl, half, maxTokens, halvings+1)
			if err != nil {
				return nil, err
			}
			both = append(both, answers...)
		}
		return both, nil
	case llm.ClassInvalidOutput:
		l.p.stage(StageRepair, l.a.d)
		var defects []string
		for _, problem := range llmError(err).Problems {
			defects = append(defects, problem.String())
		}
		content, err = l.p.repair(ctx, l.a, pl, q, llmError(err).Answer, defects)
	}
	if err != nil {
		return nil, err
	}
	parsed, err := parseAnswer(content)
	if err != nil {
		return nil, &llm.Error{Class: llm.ClassInvalidOutput, Err: errors.New("the answer gives a field twice")}
	}
	return []asked{{plan: pl, question: q, content: content, answer: parsed}}, nil
}

// halves cuts a part in two, at the same place in every process.
func halves(paragraphs []prompts.Paragraph) [][]prompts.Paragraph {
	pieces := make([]split.Paragraph, len(paragraphs))
	total := 0
	for i, p := range paragraphs {
		pieces[i] = split.Paragraph{ID: i, Text: p.Text}
		total += tokens.Estimate(p.Text)
	}
	return partsOf(paragraphs, pieces, split.Parts(pieces, (total+1)/2, tokens.Estimate))
}

// partsOf gives the pieces between cuts their numbers back.
func partsOf(paragraphs []prompts.Paragraph, pieces []split.Paragraph, cuts []split.Cut) [][]prompts.Paragraph {
	parts := make([][]prompts.Paragraph, len(cuts))
	var from split.Cut
	for i, to := range cuts {
		for _, piece := range split.Part(pieces, from, to) {
			p := paragraphs[piece.ID]
			p.Text = piece.Text
			parts[i] = append(parts[i], p)
		}
		from = to
	}
	return parts
}

// articlePart is the i-th part of the article, its text not copied.
func (l *long) articlePart(i int) []prompts.Paragraph {
	var from split.Cut
	if i > 0 {
		from = l.layout.Cuts[i-1]
	}
	pieces := split.Part(splitParagraphs(l.art.Article), from, l.layout.Cuts[i])
	part := make([]prompts.Paragraph, len(pieces))
	for k, p := range pieces {
		part[k] = prompts.Paragraph{ID: p.ID, Text: p.Text}
	}
	return part
}
