package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/mujaz/mujaz/internal/demo/show"
	"github.com/mujaz/mujaz/internal/llm"
	"github.com/mujaz/mujaz/internal/natsembed"
	"github.com/mujaz/mujaz/queue"
	"github.com/mujaz/mujaz/samples"
	"github.com/mujaz/mujaz/worker"
)

// Article is what the demo submits.
type Article struct {
	Name string // for people
	Job  queue.Job
}

// Config says what to show, and where.
type Config struct {
	Articles []Article
	// Worker is the worker's configuration; its queue is filled in here.
	Worker worker.Config
	// Timeout bounds the wait for one article.
	Timeout time.Duration
	// Local: the local demo model answers, which is said beside its results.
	Local bool

	Out, Err   io.Writer // results, and all else
	Style      show.Style
	Progress   bool // Err is a terminal
	NextSteps  string
	OnNATSLine func(level, line string)
}

// Totals are how the articles ended.
type Totals struct {
	OK, Flagged, Skipped, Dead, Missing int
	Calls, TokensIn, TokensOut          int
	Took                                time.Duration
}

// EndpointError is an endpoint that no waiting mends.
type EndpointError struct {
	Class  llm.Class
	Reason string
}

// Error tells what the worker's gate says.
func (e *EndpointError) Error() string { return "the LLM endpoint answers no call: " + e.Reason }

// maxStore is above all limits of the default topology: they are reserved, not
// used, in a folder that goes with the demo.
const maxStore = 64 << 30

// grace is short: who interrupts a demo does not wait for its answer.
const grace = 100 * time.Millisecond

// Run submits the articles to a server and a worker of its own, shows what
// becomes of each, and removes everything again.
func Run(ctx context.Context, cfg Config) (Totals, error) {
	start := time.Now()
	dir, err := os.MkdirTemp("", "mujaz-demo-")
	if err != nil {
		return Totals{}, fmt.Errorf("make a folder for the demo: %w", err)
	}
	defer func() { _ = os.RemoveAll(dir) }() // what is left is in the system's temporary folder
	server, err := StartServer(ctx, natsembed.Config{StoreDir: dir, Port: natsembed.NoListener, MaxStore: maxStore, OnLog: cfg.OnNATSLine},
		queue.ConnConfig{Name: "mujaz demo"})
	if err != nil {
		return Totals{}, err
	}
	defer server.Close()
	cfg.Worker.Queue, cfg.Worker.Grace = server.Conn, grace
	w, err := worker.New(cfg.Worker)
	if err != nil {
		return Totals{}, err
	}
	workerCtx, stop := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- w.Run(workerCtx) }()
	s := &session{cfg: cfg, conn: server.Conn, worker: w}
	err = s.all(ctx)
	stop()
	err = errors.Join(err, <-ended)
	s.totals.Took = time.Since(start)
	if err == nil {
		s.sumUp()
	}
	return s.totals, err
}

// session is one run of the demo.
type session struct {
	cfg    Config
	conn   *queue.Conn
	worker *worker.Worker
	totals Totals
}

func (s *session) all(ctx context.Context) error {
	producer := queue.NewProducer(s.conn)
	began := time.Now()
	submitted := make([]queue.Submitted, len(s.cfg.Articles))
	for i, a := range s.cfg.Articles {
		var err error
		if submitted[i], err = producer.Submit(ctx, a.Job, queue.Route{Source: "demo"}); err != nil {
			return fmt.Errorf("submit %s: %w", a.Name, err)
		}
	}
	for i, a := range s.cfg.Articles {
		s.source(i, a)
		outcome, err := s.wait(ctx, i, submitted[i], began)
		if err != nil {
			return err
		}
		s.show(outcome)
	}
	return nil
}

// wait returns an article's outcome, none when its time is over. It gives up
// at once on an endpoint that no waiting mends.
func (s *session) wait(ctx context.Context, i int, submitted queue.Submitted, began time.Time) (queue.Outcome, error) {
	waitCtx, cancel := context.WithTimeout(ctx, s.cfg.Timeout)
	defer cancel()
	type answer struct {
		outcome queue.Outcome
		err     error
	}
	answers := make(chan answer, 1)
	go func() {
		outcome, err := s.conn.WaitOutcome(waitCtx, submitted, began)
		answers <- answer{outcome, err}
	}()
	progress := newProgress(s.cfg, fmt.Sprintf("article %d of %d", i+1, len(s.cfg.Articles)))
	defer progress.clear()
	tick := time.NewTicker(progressTick)
	defer tick.Stop()
	for {
		select {
		case a := <-answers:
			if ctx.Err() != nil {
				return queue.Outcome{}, context.Cause(ctx)
			}
			if waitCtx.Err() != nil {
				return queue.Outcome{}, nil
			}
			return a.outcome, a.err
		case <-tick.C:
			status := s.worker.Ready().Endpoint
			if !status.Open && (status.Class == llm.ClassMisconfigured || status.Class == llm.ClassQuota) {
				cancel()
				<-answers
				return queue.Outcome{}, &EndpointError{status.Class, status.Reason}
			}
			progress.show(status)
		}
	}
}

// show prints an outcome and counts it.
func (s *session) show(o queue.Outcome) {
	out := s.cfg.Out
	switch {
	case o.Result != nil:
		r := o.Result.Result
		s.cfg.Style.Result(out, r)
		if s.cfg.Local && r.Status != queue.StatusSkipped {
			fmt.Fprintf(out, "  %s\n", s.cfg.Style.Dim(LocalModelNote))
		}
		switch r.Status {
		case queue.StatusOK:
			s.totals.OK++
		case queue.StatusFlagged:
			s.totals.Flagged++
		case queue.StatusSkipped:
			s.totals.Skipped++
		}
		s.totals.Calls += r.Usage.Calls
		s.totals.TokensIn += r.Usage.TokensIn
		s.totals.TokensOut += r.Usage.TokensOut
	case o.Dead != nil:
		s.cfg.Style.Dead(out, *o.Dead)
		s.totals.Dead++
	default:
		fmt.Fprintf(out, "%s within %s\n", s.cfg.Style.Red("no result"), s.cfg.Timeout)
		s.totals.Missing++
	}
	fmt.Fprintln(out)
}

func (s *session) sumUp() {
	t := s.totals
	fmt.Fprintf(s.cfg.Out, "%d articles: %d ok, %d flagged, %d skipped, %d dead, %d without result · %d calls, %d + %d tokens · %.0f s\n",
		len(s.cfg.Articles), t.OK, t.Flagged, t.Skipped, t.Dead, t.Missing, t.Calls, t.TokensIn, t.TokensOut, t.Took.Seconds())
	if s.cfg.NextSteps != "" {
		fmt.Fprintf(s.cfg.Out, "\n%s", s.cfg.NextSteps)
	}
}

// localSamples is how many samples the local model gets: on two cores it takes
// half a minute for a short one, and minutes for the longest.
const localSamples = 3

// Samples are the project's own articles, by turns as the text and as the page
// that a scraper delivers. The local model gets the shorter ones.
func Samples(local bool) []Article {
	all := samples.All()
	if local {
		all = all[:min(localSamples, len(all))]
	}
	articles := make([]Article, len(all))
	for i, sample := range all {
		article := queue.Article{Title: sample.Title, PublishedAt: sample.Published}
		form := "scraped text"
		if i%2 == 1 {
			form, article.HTML = "scraped page", sample.HTML
		} else {
			article.Text = sample.Text
		}
		articles[i] = Article{Name: "sample " + sample.Name + ", " + form, Job: queue.Job{Article: article}}
	}
	return articles
}
