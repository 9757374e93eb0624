package backfill

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"sync"

	"github.com/mujaz/mujaz/internal/archive"
	"github.com/mujaz/mujaz/internal/clean"
	"github.com/mujaz/mujaz/internal/tokens"
	"github.com/mujaz/mujaz/queue"
	"github.com/mujaz/mujaz/worker"
)

// PlanConfig says what a run would make of its rows, and how its model counts.
type PlanConfig struct {
	Recipe Recipe
	// Foresight is the workers' configuration: all but job, article and counter.
	Foresight worker.Foresight
	// Model that is to be asked; its name may tell the tokenizer.
	Model string
	// Near reports whether an article is a copy, not byte for byte, of one before
	// it. It is called in the order of the rows. Nil: nobody looks.
	Near func(id string, a clean.Article) bool
	// Sample is how many articles are drawn to be sent, by Seed: the same inputs
	// and seed draw the same articles.
	Sample int
	Seed   uint64
	// Failed is told of each row that is no job, in their order. May be nil.
	Failed func(Failure) error
	// Progress is told now and then how far reading is. May be nil.
	Progress func(PlanProgress)
}

// PlanProgress is how far a plan is.
type PlanProgress struct {
	Rows       int64
	Read, Size int64 // bytes; Size 0 is not known
}

// Failure is a row that is no job. It never quotes the row.
type Failure struct {
	Number int64  `json:"number"`
	Input  string `json:"input"`
	Line   int64  `json:"line"`
	Cause  string `json:"cause"`
}

const (
	// planWindow bounds the rows that are in hand: some 30 MB of long articles.
	planWindow = 64
	// progressRows is how often progress is told: ten times a second or so.
	progressRows = 256
	// countedFirst rows, and one in countedOneIn after them, are counted with the
	// model's own tokenizer, which takes 1 ms an article; the others are estimated
	// from their letters, and corrected by what those showed.
	countedFirst, countedOneIn = 256, 64
)

// Plan reads all rows and says what a run would come to, without a call. Memory
// does not grow with the rows, but for the digests that tell duplicates: some 40
// bytes a row, for the first [maxSeen].
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
	rows := &planRows{reader: reader, recipe: cfg.Recipe, seen: map[planKey]planKey{}}
	todo, order := make(chan *assessment, planWindow), make(chan *assessment, planWindow)
	var readErr error
	var workers sync.WaitGroup
	workers.Go(func() {
		defer close(order)
		defer close(todo)
		readErr = rows.all(ctx, todo, order)
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
		if tallyErr != nil {
			continue
		}
		if tallyErr = s.add(a); tallyErr != nil {
			cancel()
		}
	}
	workers.Wait()
	err = errors.Join(tallyErr, readErr)
	if tallyErr != nil {
		err = tallyErr
	}
	s.finish(err != nil)
	return s, err
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
	number    int64
	place     archive.Place
	job       queue.Job
	duplicate bool
	err       error // why it is no job
	progress  PlanProgress
	done      chan struct{}

	article clean.Article
	dead    error  // why it would end as a dead letter
	skip    string // why it would be skipped
	content planKey
	outlook worker.Outlook
	exact   *worker.Usual // of the rows that are counted
}

type assessor struct {
	cfg          PlanConfig
	cheap, exact *worker.Foreseer
}

// assess does what needs the article alone. It is safe for concurrent use.
func (s *assessor) assess(a *assessment) {
	if a.err != nil || a.duplicate {
		return
	}
	source := a.job.Article
	if source.Object != nil {
		a.dead = errBodyElsewhere
		return
	}
	a.article, a.dead = clean.Clean(clean.Input{Title: source.Title, Text: source.Text, HTML: source.HTML, URL: source.URL, Lang: source.Lang})
	if a.dead != nil {
		return
	}
	if a.skip = worker.SkipReason(a.job, a.article); a.skip != "" {
		return
	}
	a.content = keyOf(worker.SourceDigest(a.article), source.Source, source.PublishedAt.String())
	if a.outlook, a.dead = s.cheap.Foresee(a.job, a.article); a.dead != nil {
		return
	}
	if s.exact != nil && (a.number <= countedFirst || a.number%countedOneIn == 0) {
		if o, err := s.exact.Foresee(a.job, a.article); err == nil {
			a.exact = &o.Usual
		}
	}
}

var errBodyElsewhere = errors.New("its text is in an object store, which a plan does not read")

// planRows makes jobs of the rows, by the rules of a run: of rows with one id the
// first counts; the others are duplicates if their article is the same, and else
// no jobs.
type planRows struct {
	reader *archive.Reader
	recipe Recipe
	seen   map[planKey]planKey // id to article
}

func (r *planRows) all(ctx context.Context, todo, order chan<- *assessment) error {
	for {
		row, err := r.reader.Next(ctx)
		bad, isBad := errors.AsType[*archive.RowError](err)
		if errors.Is(err, io.EOF) && !isBad {
			return nil
		}
		if err != nil && !isBad {
			return err
		}
		a := &assessment{done: make(chan struct{})}
		if isBad {
			a.number, a.place, a.err = bad.Number, bad.Place, bad.Err
		} else {
			a.number, a.place, a.job = row.Number, row.Place, r.recipe.Job(row)
			a.duplicate, a.err = r.judge(a.job)
		}
		a.progress.Read, a.progress.Size = r.reader.Read()
		for _, ch := range []chan<- *assessment{order, todo} {
			select {
			case ch <- a:
			case <-ctx.Done():
				// What is in order without having been assessed must not be waited for.
				if ch == todo {
					a.err = context.Cause(ctx)
					close(a.done)
				}
				return context.Cause(ctx)
			}
		}
	}
}

func (r *planRows) judge(job queue.Job) (duplicate bool, err error) {
	if size := max(len(job.Article.Text), len(job.Article.HTML)); size > queue.MaxArticleBytes {
		return false, fmt.Errorf("%w: %d bytes, the limit is %d", queue.ErrTooLarge, size, queue.MaxArticleBytes)
	}
	if err := job.Validate(); err != nil {
		return false, err
	}
	id, article := keyOf(job.ID), keyOf(queue.Job{Article: job.Article}.Digest())
	switch first, found := r.seen[id]; {
	case !found && len(r.seen) < maxSeen:
		r.seen[id] = article
	case found && first == article:
		return true, nil
	case found:
		return false, errors.New("its id is that of a row before it, which is another article")
	}
	return false, nil
}
