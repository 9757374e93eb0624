package worker

import (
	"errors"
	"fmt"

	"github.com/mujaz/mujaz/internal/clean"
	"github.com/mujaz/mujaz/internal/glossary"
	"github.com/mujaz/mujaz/internal/tokens"
	"github.com/mujaz/mujaz/prompts"
	"github.com/mujaz/mujaz/queue"
)

// Foresight is what [Foresee] needs to know. Job and Article are those that the
// worker would get and make; the other fields are as in [Config].
type Foresight struct {
	Prompts   *prompts.Library
	Glossary  *glossary.Glossary
	Job       queue.Job
	Article   clean.Article
	Counter   *tokens.Counter // of the model that is to be asked
	Context   int             // of that model; 0 where it is not known
	MaxTokens int
}

// Foreseer foresees many jobs: what their prompts have in common is prepared
// once. It is safe for concurrent use.
type Foreseer struct {
	f Foresight
	p *Pipeline
}

// NewForeseer takes all of a foresight but job and article.
func NewForeseer(f Foresight) (*Foreseer, error) {
	if f.Prompts == nil || f.Counter == nil {
		return nil, errors.New("foresee: prompts and counter are required")
	}
	return &Foreseer{f: f, p: &Pipeline{cfg: Config{Prompts: f.Prompts, Glossary: f.Glossary, MaxTokens: f.MaxTokens}}}, nil
}

// Range is from the least to the most that is to be expected.
type Range struct{ Low, High int }

// Usual is what a job's calls come to where the counts are right, the answers as
// long as most are, and nothing has to be mended.
type Usual struct {
	Calls int
	In    int // tokens, of which Text are the article's own
	Text  int
	Out   int
	// Repair is what one call to mend an answer adds: the prompt again, the first
	// answer and its defects. Its own answer is as long as the first.
	Repair int
}

// Outlook is what the calls of one job will come to. Low is the shortest answers
// and nothing to mend; High is answers that fill their room, a repair, and counts
// as far off as they may be. Answers that are cut off or parts that the endpoint
// finds too long all the same come on top; the judge is not in it.
type Outlook struct {
	Parts  int // 0: the article goes to the model as a whole
	Levels int // of calls
	Calls  Range
	In     Range // tokens
	Out    Range
	Usual  Usual
}

const (
	// leastAnswer is a summary of the shortest style without names.
	leastAnswer = 40
	// leastNotes and mostNotes are the notes of a part by the prompt, in tokens
	// with their numbers.
	leastNotes, mostNotes = 4 * 15, 8 * (50 + lineTokens + 2*maxNoteParagraphs)
	// repairTokens is what a repair adds to the prompt besides the first answer.
	repairTokens = prompts.MaxDefects * 100
	// leastPerWord is the English of a word of the source at its shortest: an
	// Arabic one has its article and pronouns inside, others do not.
	leastPerWord = 0.5
)

// Foresee works out what a job will use, without a call. What is skipped uses
// nothing. The error is an invalid job, or an article that cannot be split so
// that it fits the context.
func Foresee(f Foresight) (Outlook, error) {
	foreseer, err := NewForeseer(f)
	if err != nil {
		return Outlook{}, err
	}
	return foreseer.Foresee(f.Job, f.Article)
}

// Foresee is [Foresee] for one of many jobs.
func (s *Foreseer) Foresee(job queue.Job, cleaned clean.Article) (Outlook, error) {
	job = job.WithDefaults()
	art := article{Article: cleaned, digest: SourceDigest(cleaned)}
	if SkipReason(job, cleaned) != "" {
		return Outlook{}, nil
	}
	art.terms = s.p.terms(job, art)
	whole, err := s.p.planFor(job, art)
	if err != nil {
		return Outlook{}, fmt.Errorf("foresee: %w", err)
	}
	counter := s.f.Counter
	fits, err := whole.fits(job, art, s.f.Context, counter)
	if err != nil {
		return Outlook{}, fmt.Errorf("foresee: %w", err)
	}
	sum := outlook{off: safetyOf(counter)}
	if fits {
		static, err := whole.static(counter.Count)
		if err != nil {
			return Outlook{}, fmt.Errorf("foresee: %w", err)
		}
		text := countParagraphs(counter, promptParagraphs(cleaned.Paragraphs))
		least := leastAnswer
		if job.Task == queue.TaskTranslate {
			least = int(leastPerWord * float64(art.Words))
		}
		sum.Levels = 1
		sum.call(static+text, static+text, least, whole.first.maxTokens)
		sum.repair(static+text, whole.first.maxTokens)
		sum.usual(static, text, usualAnswer(job, whole, cleaned.Paragraphs), 1)
		return sum.Outlook, nil
	}
	l, err := s.p.newLong(job, art, whole)
	if err != nil {
		return Outlook{}, fmt.Errorf("foresee: %w", err)
	}
	r, err := l.room(s.f.Context, counter)
	if err != nil {
		return Outlook{}, fmt.Errorf("foresee: %w", err)
	}
	if l.layout, err = layOut(cleaned, r); err != nil {
		return Outlook{}, fmt.Errorf("foresee: %w", err)
	}
	sum.long(l, r, counter)
	return sum.Outlook, nil
}

func countParagraphs(c *tokens.Counter, paragraphs []prompts.Paragraph) int {
	sum := 0
	for _, p := range paragraphs {
		sum += c.Count(p.Text) + lineTokens
	}
	return sum
}

// outlook adds calls up.
type outlook struct {
	Outlook
	off float64 // factor by which counts may be off
}

func (o *outlook) call(leastIn, mostIn, leastOut, mostOut int) {
	o.Calls.Low++
	o.Calls.High++
	o.In.Low += int(float64(leastIn) / o.off)
	o.In.High += int(float64(mostIn) * o.off)
	o.Out.Low += leastOut
	o.Out.High += mostOut
}

// repair may come on top.
func (o *outlook) repair(in, answer int) {
	o.Calls.High++
	o.In.High += int(float64(in+answer+repairTokens) * o.off)
	o.Out.High += answer
}

// long adds the calls for an article in parts.
func (o *outlook) long(l *long, r room, c *tokens.Counter) {
	n := len(l.layout.Cuts)
	o.Parts, o.Levels = n, 1
	for i := range n {
		part := l.articlePart(i)
		in := r.static + countParagraphs(c, part)
		if l.job.Task == queue.TaskTranslate {
			answer := l.translationTokens(part)
			o.call(in, in, int(leastPerWord*float64(answer-translationTokensBase)/translationPerWord), answer)
			o.repair(in, answer)
			o.usual(r.static, in-r.static, usualTranslation(part), 1/float64(n))
			continue
		}
		o.call(in, in, leastNotes, l.layout.Part)
		o.usual(r.static, in-r.static, usualNotes, 0)
	}
	if l.job.Task == queue.TaskTranslate {
		return
	}
	// Between the parts and the summary are as many levels as the longest notes
	// need; with short ones there may be none.
	notes := n * mostNotes
	for notes > l.layout.Notes && o.Levels < maxLevels {
		groups := max(1, (notes+l.layout.Notes-1)/l.layout.Notes)
		o.Levels++
		o.Calls.High += groups
		o.In.High += int(float64(notes+groups*r.static) * o.off)
		o.Out.High += groups * l.layout.Part
		if groups*mostNotes >= notes {
			break
		}
		notes = groups * mostNotes
	}
	o.Levels++
	in := r.reduceStatic + l.layout.Table
	o.call(r.reduceStatic+leastNotes, in+min(notes, l.layout.Notes), leastAnswer, l.layout.Final)
	o.repair(in+l.layout.Notes, l.layout.Final)
	o.usual(in, min(n*usualNotes, l.layout.Notes), usualAnswer(l.job, l.whole, nil), 1)
}
