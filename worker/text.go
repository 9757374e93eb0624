package worker

import (
	"context"
	"errors"
	"regexp"
	"slices"
	"strconv"
	"sync"

	"github.com/mujaz/mujaz/internal/llm"
	"github.com/mujaz/mujaz/internal/verify"
	"github.com/mujaz/mujaz/prompts"
	"github.com/mujaz/mujaz/queue"
)

// text is what the model wrote about an article, with the questions that it
// answers: one, or for a translation in parts one a part.
type text struct {
	pieces []asked
	split  *queue.Split // nil: the article went to the model as a whole
	// art is set for a translation in parts, whose names are made one.
	art *article
}

// answer reads the pieces as one answer. The adapter has validated them; what is
// left to refuse are fields that are given twice.
func (t text) answer() (answer, error) {
	var parts []answer
	for _, piece := range t.pieces {
		a, err := parseAnswer(piece.content)
		if err != nil {
			return answer{}, err
		}
		parts = append(parts, a)
	}
	if t.art == nil {
		return parts[0], nil
	}
	return joined(*t.art, parts), nil
}

// joined puts the translations of parts together. A paragraph that was cut has
// its pieces joined again.
func joined(art article, parts []answer) answer {
	byPart := make([][]queue.Name, len(parts))
	for i, part := range parts {
		byPart[i] = part.Names
	}
	table := tableOf(art, byPart)
	all := answer{Headline: table.unify(parts[0].Headline), Names: table.all}
	for _, part := range parts {
		for i, t := range part.Translation {
			t.Text = table.unify(t.Text)
			if last := len(all.Translation) - 1; i == 0 && last >= 0 && all.Translation[last].Paragraph == t.Paragraph {
				all.Translation[last].Text += " " + t.Text
				continue
			}
			all.Translation = append(all.Translation, t)
		}
	}
	return all
}

// phrases are those of all prompts that had a part in the text, and the marker
// of its article: none may stand in it.
func (t text) phrases(plan plan) []string {
	phrases := append(slices.Clone(plan.prompt.Phrases()), plan.data.Fence)
	for _, piece := range t.pieces {
		if piece.plan.prompt.Digest != plan.prompt.Digest {
			return append(phrases, piece.plan.prompt.Phrases()...)
		}
	}
	return phrases
}

// firstText has the article written about: as a whole if it fits, else in parts,
// and in parts also where the endpoint says that it does not fit or cuts the
// answer off twice.
func (p *Pipeline) firstText(ctx context.Context, a *asker, job queue.Job, art article, plan plan) (text, error) {
	if plan.first.messages == nil {
		return p.inParts(ctx, a, job, art, plan, nil)
	}
	content, q, err := p.firstAnswer(ctx, a, plan.first)
	switch llm.Classify(err) {
	case llm.ClassContextTooLong:
		return p.inParts(ctx, a, job, art, plan, err)
	case llm.ClassTruncated:
		// What loops would loop on a part as well.
		if !loops(llmError(err).Answer) {
			return p.inParts(ctx, a, job, art, plan, err)
		}
	}
	return text{pieces: []asked{{plan: plan, question: q, content: content}}}, err
}

// repairText has the failed pieces corrected, each on its own.
func (p *Pipeline) repairText(ctx context.Context, a *asker, t text, defects []string, failed []verify.Check) (text, error) {
	byPiece := map[int][]string{0: defects}
	if len(t.pieces) > 1 {
		byPiece = t.defectsByPiece(failed)
		if len(byPiece) == 0 {
			return text{}, errNotLocated
		}
	}
	mended := t
	mended.pieces = slices.Clone(t.pieces)
	l := &long{p: p, a: a}
	order := make([]int, 0, len(byPiece))
	for i := range byPiece {
		order = append(order, i)
	}
	slices.Sort(order)
	var mu sync.Mutex
	err := l.sideBySide(len(order), func(k int) error {
		i := order[k]
		piece := t.pieces[i]
		content, err := p.repair(ctx, a, piece.plan, piece.question, piece.content, byPiece[i])
		if err != nil {
			return err
		}
		mu.Lock()
		defer mu.Unlock()
		mended.pieces[i].content = content
		return nil
	})
	return mended, err
}

// errNotLocated is a check that failed on a translation in parts and does not
// say where: asking for all parts again would not tell the model either.
var errNotLocated = errors.New("the defects cannot be told to a part")

var translationField = regexp.MustCompile(`^translation\[(\d+)\]$`)

// defectsByPiece gives the defects to the pieces that have them.
func (t text) defectsByPiece(failed []verify.Check) map[int][]string {
	whole, err := t.answer()
	if err != nil {
		return nil
	}
	pieceOf := map[int]int{} // by paragraph
	for i, piece := range t.pieces {
		for _, p := range piece.plan.data.Paragraphs {
			pieceOf[p.ID] = i
		}
	}
	byPiece := map[int][]string{}
	for _, c := range failed {
		if c.OutputSpan == nil {
			continue
		}
		piece, found := 0, c.OutputSpan.Field == "headline"
		if m := translationField.FindStringSubmatch(c.OutputSpan.Field); m != nil {
			if k, err := strconv.Atoi(m[1]); err == nil && k < len(whole.Translation) {
				piece, found = pieceOf[whole.Translation[k].Paragraph], true
			}
		}
		if found && len(byPiece[piece]) < prompts.MaxDefects {
			// The field's index is of the whole; the quotation in the detail stands.
			byPiece[piece] = append(byPiece[piece], c.Check+": "+c.Detail)
		}
	}
	return byPiece
}
