package backfill

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"sync"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/mujaz/mujaz/internal/archive"
	"github.com/mujaz/mujaz/queue"
)

// Config of a run. Conn, Run, Inputs and By are required.
type Config struct {
	Conn *queue.Conn
	// Signer signs the jobs; nil signs none.
	Signer *queue.Signer
	// Run is the run's name: the source token of its jobs.
	Run string
	// By is who begins it, for the record.
	By string

	Inputs  []string
	Archive archive.Options
	Recipe  Recipe

	// Lane of the jobs; default the backfill's.
	Lane queue.Lane
	// Redo, of [Config.Select], does results again instead of sending what has
	// none: the results are of the next revision, and supersede. Nil is a run.
	Redo *Selection

	// InFlight bounds the run's jobs that are queued and have not ended, so that
	// an archive never sits in the stream. Default [DefaultInFlight].
	InFlight int
	// Rate bounds how many jobs a second are queued; 0 is no bound.
	Rate float64
	// Limit ends the sending after so many jobs; 0 is no limit.
	Limit int64
	// Until ends the sending at a time; zero is no end.
	Until time.Time
	// Near is the least similarity at which an article is taken for a near copy of
	// an earlier one, and uses its text where that holds for it too; 0 looks for
	// none. See [near.Config].
	Near float64
	// Budget is the most that the run may cost, 0 is none; nil keeps what the run
	// has. Workers keep it, and hold back the jobs that it has no room for.
	Budget *float64
	// Update has a run go through changed inputs: an article that was corrected
	// is sent again, those that are as they were cost nothing.
	Update bool
	// Detach returns when all is sent, rather than when all has ended.
	Detach bool

	// Batches has the jobs' first calls made before they are queued; nil has workers
	// make them. It needs inputs that can be read several times.
	Batches Batches

	// OnBad is told of each row that becomes no job. May be nil.
	OnBad func(Item) error
	// OnProgress is told several times a second. May be nil.
	OnProgress func(Progress)
}

func (c *Config) lane() queue.Lane { return cmp.Or(c.Lane, queue.LaneBackfill) }

// RedoPass names the record of a redo of a lane's results.
func RedoPass(lane queue.Lane) string { return "redo-" + string(lane) }

func (c *Config) pass() string { return RedoPass(c.lane()) }

// route of the run's jobs. The server dedupes a lane's messages by id alone: with
// its name in it, another run of the same articles is not taken for this one.
func (c *Config) route() queue.Route {
	return queue.Route{Lane: c.lane(), Source: c.Run, Again: c.Run}
}

// recorded is what the record keeps of how a run is done.
type recorded struct {
	Recipe
	Where   []string `json:"where,omitzero"`
	Reading reading  `json:"reading,omitzero"`
}

// reading is how the inputs are read, but for what is this program's own.
type reading struct {
	Format    archive.Format    `json:"format,omitzero"`
	Fields    map[string]string `json:"fields,omitempty"`
	Encoding  string            `json:"encoding,omitzero"`
	Delimiter string            `json:"delimiter,omitzero"`
}

func (c *Config) written(where []string) (jsontext.Value, error) {
	a := c.Archive
	value, err := json.Marshal(recorded{c.Recipe, where, reading{a.Format, a.Fields, a.Encoding, a.Delimiter}}, json.Deterministic(true))
	if err != nil {
		return nil, fmt.Errorf("run %s: %w", c.Run, err)
	}
	return value, nil
}

// DefaultInFlight keeps a fleet of some hundred slots busy for a while, and is
// some tens of megabytes in the stream.
const DefaultInFlight = 4096

const (
	// saveEvery is how often the cursor is written: what is sent between two
	// writes is sent again after a crash, and recognised.
	saveEvery = time.Second
	// leaseFor is how long a record must stay as it is before a producer counts
	// as gone. It is several writes of the cursor.
	leaseFor = 8 * time.Second
	// progressEvery is the pause between two reports of the progress.
	progressEvery = 250 * time.Millisecond
)

// Progress of a run.
type Progress struct {
	queue.RunCursor
	Counts
	Spent
	// Read of Size bytes of the inputs; Size is 0 where it is not known.
	Read, Size int64
	// Waiting are jobs that are queued or in hand.
	Waiting int64
	// Sending is false once the input is at its end.
	Sending bool
	// Sent are the jobs that this program has queued.
	Sent int64
}

// StoppedError says why a run ended before its input did. Nothing is lost: the same
// command goes on.
type StoppedError struct{ Reason string }

// Error is the reason.
func (e *StoppedError) Error() string { return e.Reason }

// run is one program's turn at a run.
type run struct {
	cfg      Config
	producer *queue.Producer
	tally    *Tally
	record   queue.Run
	self     string

	mu      sync.Mutex
	waiting map[[16]byte]int32 // jobs under way, by the revision that is waited for
	room    chan struct{}      // capacity 1: something has ended
	last    Progress
	lastEnd time.Time // of a job that was waited for
	// confirmed is the cursor up to which all is stored.
	confirmed queue.RunCursor
}

// Run sends the rows of an archive and waits for their ends. A run of that name
// which is not done goes on where it stopped, on whatever machine. The error is a
// *[StoppedError] where it ended early by itself, the context's cause, or that of the
// input or the server: the cursor is stored in all of these.
func Run(ctx context.Context, cfg Config) (Progress, error) {
	if cfg.InFlight <= 0 {
		cfg.InFlight = DefaultInFlight
	}
	r := &run{
		cfg: cfg, producer: queue.NewSigningProducer(cfg.Conn, cfg.Signer), tally: NewTally(cfg.Conn, cfg.lane(), cfg.Run),
		waiting: map[[16]byte]int32{}, room: make(chan struct{}, 1), lastEnd: time.Now(),
	}
	host, _ := os.Hostname() // a name for people; the number tells programs apart
	r.self = host + "/" + strconv.Itoa(os.Getpid()) + "/" + strconv.FormatInt(time.Now().UnixNano(), 36)
	r.tally.onEnding = r.ended
	if err := r.claim(ctx); err != nil {
		return Progress{}, err
	}
	r.confirmed = r.record.Cursor
	if err := r.tally.Load(ctx); err != nil {
		return Progress{}, errors.Join(err, r.release(ctx))
	}
	following, stop := context.WithCancelCause(ctx)
	var follower sync.WaitGroup
	follower.Go(func() {
		if err := r.tally.Follow(following); following.Err() == nil {
			stop(fmt.Errorf("follow the results: %w", err))
		}
	})
	err := r.work(following)
	if cause := context.Cause(following); err != nil && cause != nil && ctx.Err() == nil {
		err = cause
	}
	stop(nil)
	follower.Wait()
	return r.progress(), errors.Join(err, r.release(ctx))
}

func (r *run) work(ctx context.Context) error {
	ticking, stop := context.WithCancel(ctx)
	var ticker sync.WaitGroup
	ticker.Go(func() { r.report(ticking) })
	defer ticker.Wait()
	defer stop()
	// Where all is sent, it is gone through for what is to be waited for.
	if r.record.State == queue.RunSending || !r.cfg.Detach {
		if err := r.ahead(ctx, r.send); err != nil {
			return err
		}
	}
	if r.cfg.Detach {
		return nil
	}
	return r.fewer(ctx, 1, time.Time{})
}

func (r *run) see(item Item) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.last.RunCursor, r.last.Read, r.last.Size, r.last.Sending = item.Cursor, item.Read, item.Size, true
}

func (r *run) progress() Progress {
	counts, spent := r.tally.Counts()
	r.mu.Lock()
	defer r.mu.Unlock()
	p := r.last
	p.Counts, p.Spent, p.Waiting = counts, spent, int64(len(r.waiting))
	return p
}

// report tells of the progress until ctx ends.
func (r *run) report(ctx context.Context) {
	if r.cfg.OnProgress == nil {
		return
	}
	tick := time.NewTicker(progressEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			r.cfg.OnProgress(r.progress())
		case <-ctx.Done():
			return
		}
	}
}

// RecipeOf reads what a run's record says of how it is done: what is made of each
// row, and how the inputs are read.
func RecipeOf(record queue.Run) (Recipe, archive.Options, error) {
	var r recorded
	if err := json.Unmarshal(record.Recipe, &r); err != nil {
		return Recipe{}, archive.Options{}, fmt.Errorf("run %s: its recipe is not readable; it may be of a later version of mujaz", record.Name)
	}
	return r.Recipe, archive.Options{
		Format: r.Reading.Format, Fields: r.Reading.Fields, Encoding: r.Reading.Encoding, Delimiter: r.Reading.Delimiter,
	}, nil
}
