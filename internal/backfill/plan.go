package backfill

import (
	"context"
	"errors"
	"runtime"
	"sync"

	"golang.org/x/sync/semaphore"

	"github.com/mujaz/mujaz/internal/archive"
	"github.com/mujaz/mujaz/internal/clean"
	"github.com/mujaz/mujaz/internal/near"
	"github.com/mujaz/mujaz/internal/tokens"
	"github.com/mujaz/mujaz/worker"
)

// PlanConfig says what a run would make of its rows, and how its model counts.
type PlanConfig struct {
	Recipe Recipe
	// Foresight is the workers' configuration: all but job, article and counter.
	Foresight worker.Foresight
	// Model that is to be asked; its name may tell the tokenizer.
	Model string
	// Near finds copies that are not so byte for byte. Nil: nobody looks.
	Near *near.Index
	// Sample is how many articles are drawn to be sent, by Seed: the same inputs
	// and seed draw the same articles.
	Sample int
	Seed   uint64
	// OnBad is told, in the order of the rows, of each that is no job or would end
	// as a dead letter without a call. May be nil.
	OnBad func(Item) error
	// Progress is told now and then how far reading is. May be nil.
	Progress func(PlanProgress)
}

// PlanProgress is how far a plan is.
type PlanProgress struct {
	Rows       int64
	Read, Size int64 // bytes; Size 0 is not known
}

const (
	// planWindow and planBytes bound the rows that are in hand: enough for all
	// cores to be busy, few enough that the longest articles are no burden.
	planWindow, planBytes = 64, 32 << 20
	// progressRows is how often progress is told: ten times a second or so.
	progressRows = 256
	// countedFirst rows, and one in countedOneIn after them, are counted with the
	// model's own tokenizer, which takes 1 ms an article; the others are estimated
	// from their letters, and corrected by what those showed.
	countedFirst, countedOneIn = 256, 64
)

// Plan reads all rows and says what a run would come to, without a call. Memory
// does not grow with the rows, but for what tells duplicates: some 60 bytes a row.
//
// The survey is good for what has been read, also beside an error: it is marked
// as partial then.
func Plan(ctx context.Context, reader *archive.Reader, cfg PlanConfig) (*Survey, error) {
	s := newSurvey(cfg)
	cheap, exact, err := foreseers(cfg)
	if err != nil {
		return s, err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	assessor := &assessor{cfg: cfg, cheap: cheap, exact: exact}
	rows := NewWalk(reader, cfg.Recipe)
	todo, order := make(chan *assessment, planWindow), make(chan *assessment, planWindow)
	inHand := semaphore.NewWeighted(planBytes)
	var readErr error
	var workers sync.WaitGroup
	workers.Go(func() {
		defer close(order)
		defer close(todo)
		readErr = rows.each(ctx, func(item Item) error {
			return handOut(ctx, inHand, &assessment{Item: item, progress: PlanProgress{Read: item.Read, Size: item.Size}, done: make(chan struct{})}, todo, order)
		})
	})
	for range max(1, runtime.GOMAXPROCS(0)) {
		workers.Go(func() {
			for a := range todo {
				assessor.assess(a)
				close(a.done)
			}
		})
	}
	var tallyErr error
	for a := range order {
		<-a.done
		if tallyErr == nil {
			if tallyErr = s.add(a); tallyErr != nil {
				cancel()
			}
		}
		inHand.Release(a.weight())
	}
	workers.Wait()
	if err = tallyErr; err == nil {
		err = readErr
	}
	s.finish(err != nil)
	return s, err
}

// handOut puts a row in order, and into the hands of who is free.
func handOut(ctx context.Context, inHand *semaphore.Weighted, a *assessment, todo, order chan<- *assessment) error {
	if err := inHand.Acquire(ctx, a.weight()); err != nil {
		return context.Cause(ctx)
	}
	todo <- a
	// Whoever has taken it needs nobody that waits for order.
	order <- a
	return nil
}

// weight is what a row takes of the bytes in hand.
func (a *assessment) weight() int64 {
	return min(planBytes, int64(len(a.Job.Article.Text)+len(a.Job.Article.HTML)))
}

// foreseers count by letters, and with the model's tokenizer where it is known.
func foreseers(cfg PlanConfig) (cheap, exact *worker.Foreseer, err error) {
	f := cfg.Foresight
	// No model has this name: it is counted by letters.
	f.Counter = tokens.New("")
	if cheap, err = worker.NewForeseer(f); err != nil {
		return nil, nil, err
	}
	if counter := tokens.New(cfg.Model); counter.Exact() {
		f.Counter = counter
		exact, err = worker.NewForeseer(f)
	}
	return cheap, exact, err
}

// assessment is a row on its way, and what is found of it.
type assessment struct {
	Item
	progress PlanProgress
	done     chan struct{} // closed when it is assessed

	article clean.Article
	dead    error  // why it would end as a dead letter
	skip    string // why it would be skipped
	content planKey
	outlook worker.Outlook
	exact   *worker.Usual // of the rows that are counted
	near    near.Article
}

type assessor struct {
	cfg          PlanConfig
	cheap, exact *worker.Foreseer
}

// assess does what needs the article alone. It is safe for concurrent use.
func (s *assessor) assess(a *assessment) {
	if a.Kind != KindJob {
		return
	}
	source := a.Job.Article
	if source.Object != nil {
		a.dead = errBodyElsewhere
		return
	}
	a.article, a.dead = clean.Clean(clean.Input{Title: source.Title, Text: source.Text, HTML: source.HTML, URL: source.URL, Lang: source.Lang})
	if a.dead != nil {
		return
	}
	if a.skip = worker.SkipReason(a.Job, a.article); a.skip != "" {
		return
	}
	a.content = contentKey(worker.SourceDigest(a.article), source.Source, source.PublishedAt.String())
	if a.outlook, a.dead = s.cheap.Foresee(a.Job, a.article); a.dead != nil {
		return
	}
	if s.cfg.Near != nil {
		a.near = near.Of(a.article)
	}
	if s.exact != nil && (a.Number <= countedFirst || a.Number%countedOneIn == 0) {
		if o, err := s.exact.Foresee(a.Job, a.article); err == nil {
			a.exact = &o.Usual
		}
	}
}

var errBodyElsewhere = errors.New("its text is in an object store, which a plan does not read")
