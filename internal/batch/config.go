package batch

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/mujaz/mujaz/internal/llm"
	"github.com/mujaz/mujaz/queue"
	"github.com/mujaz/mujaz/worker"
)

// Row is a row of the run's input that is a job.
type Row struct {
	Number int64 // ascending from 1, with gaps where rows are no jobs
	Job    queue.Job
}

// Rows gives the rows of a run's input from the first one on. Each call gives the
// same ones.
type Rows func(context.Context) iter.Seq2[Row, error]

// Rest is what happens to rows that a batch leaves without an answer.
type Rest string

// The choices.
const (
	RestCalls Rest = "calls" // their workers make ordinary calls
	RestBatch Rest = "batch" // another batch asks again, twice at most; then calls
	RestHold  Rest = "hold"  // they are not queued; a reconcile finds them
)

// Config of a [Flow]. Worker and Run are required.
type Config struct {
	// Worker is the configuration of the workers, their connection and endpoint
	// among it: their model, prompts, glossary and parameters decide what is asked.
	Worker worker.Config
	// Run is the source token of the run's jobs.
	Run string
	// MaxRows and MaxBytes bound the file of a batch, by default [llm.MaxBatchRows]
	// and [llm.MaxBatchBytes].
	MaxRows  int
	MaxBytes int64
	// AtOnce is how many batches are at the provider side by side, by default
	// [DefaultAtOnce].
	AtOnce int
	// Rest is by default [RestCalls].
	Rest Rest
	// AnyWorker goes on although workers are running that would not find the answers.
	AnyWorker bool
	// KeepFiles leaves the files at the provider when their batch is collected.
	KeepFiles bool
	// Dir is where files lie for a while, by default the system's.
	Dir string
	// PollFirst is the pause before the first look at a batch. It grows to PollMost.
	PollFirst, PollMost time.Duration
	// OnChange is told of a batch's record whenever it is written, from one
	// goroutine. May be nil.
	OnChange func(queue.BatchRecord)
	// OnTrouble is told of what is tried again. May be nil.
	OnTrouble func(error)

	// stop is for tests: an error ends the flow at a point of its way as a kill
	// would, nothing is written after it.
	stop func(point string) error
}

// Defaults of [Config].
const (
	// DefaultAtOnce has the provider at work while the next file is written, and
	// keeps below the tokens that a new account may have waiting.
	DefaultAtOnce = 2
	// DefaultPollFirst and DefaultPollMost: small batches take a minute, large ones
	// hours, and a look costs nothing but a request.
	DefaultPollFirst = 5 * time.Second
	DefaultPollMost  = time.Minute
	// maxAgain bounds how often what is left open is asked again in a batch.
	maxAgain = 2
	// chunkRows is how many rows are stored between two writes of the cursor: after
	// a crash they are stored again, and recorded once.
	chunkRows = 500
)

func (c Config) withDefaults() Config {
	set := func(v *time.Duration, d time.Duration) {
		if *v == 0 {
			*v = d
		}
	}
	set(&c.PollFirst, DefaultPollFirst)
	set(&c.PollMost, DefaultPollMost)
	if c.MaxRows == 0 {
		c.MaxRows = llm.MaxBatchRows
	}
	if c.MaxBytes == 0 {
		c.MaxBytes = llm.MaxBatchBytes
	}
	if c.AtOnce == 0 {
		c.AtOnce = DefaultAtOnce
	}
	if c.Rest == "" {
		c.Rest = RestCalls
	}
	return c
}

func (c Config) validate() error {
	var errs []error
	check := func(ok bool, format string, args ...any) {
		if !ok {
			errs = append(errs, fmt.Errorf(format, args...))
		}
	}
	check(c.MaxRows >= 0 && c.MaxRows <= llm.MaxBatchRows, "batch rows %d: must be 1 to %d", c.MaxRows, llm.MaxBatchRows)
	check(c.MaxBytes >= 0 && c.MaxBytes <= llm.MaxBatchBytes, "batch bytes %d: must be 1 to %d", c.MaxBytes, llm.MaxBatchBytes)
	check(c.AtOnce >= 0, "batches at once %d: must be at least 1", c.AtOnce)
	check(slices.Contains([]Rest{"", RestCalls, RestBatch, RestHold}, c.Rest), "rest %q: must be calls, batch or hold", c.Rest)
	return errors.Join(errs...)
}

// Report sums the batches of a run up.
type Report struct {
	Batches  int
	Lines    int
	Counts   queue.BatchCounts
	Cost     queue.Amount
	Currency string
	// Ended counts the batches by the provider's word for it.
	Ended map[string]int
}

func reportOf(records []queue.BatchRecord) Report {
	r := Report{Ended: map[string]int{}}
	for _, b := range records {
		c, sum := b.Counts, &r.Counts
		if b.Lines > 0 {
			r.Batches++
			r.Ended[b.Ended]++
		}
		r.Lines += b.Lines
		r.Cost += b.Cost
		r.Currency = b.Currency
		sum.Answered += c.Answered
		if c.LeftOver == 0 { // else they are another batch's
			sum.Refused += c.Refused
			sum.Expired += c.Expired
			sum.Missing += c.Missing
		}
		sum.Held += c.Held
		sum.Broken += c.Broken
		sum.Unknown += c.Unknown
		sum.Twice += c.Twice
		sum.Aside += c.Aside
		sum.Known += c.Known
	}
	return r
}

// RefusedError is a batch whose file the provider did not accept. Nothing was done or
// charged for; the same command tries again.
type RefusedError struct {
	Number   int
	Problems []llm.BatchProblem
}

// Error lists the problems by their codes; the provider's words may quote the file.
func (e *RefusedError) Error() string {
	words := make([]string, 0, len(e.Problems))
	for _, p := range e.Problems {
		words = append(words, p.String())
	}
	if len(words) == 0 {
		words = []string{"it does not say why"}
	}
	return fmt.Sprintf("the provider refused the file of batch %d: %s", e.Number, strings.Join(words, "; "))
}

// OtherSetupError refuses to pay for answers that running workers would not find.
type OtherSetupError struct{ Workers []string }

// Error names them.
func (e *OtherSetupError) Error() string {
	return "these workers run with another configuration (model, prompts, glossary, max tokens, temperature or seed) and would pay for the calls of the batch again: " +
		strings.Join(e.Workers, ", ")
}

// ChangedError is an answer to another question than its row asks now.
type ChangedError struct {
	Number int // of the batch
	Row    int64
}

// Error says what may have changed.
func (e *ChangedError) Error() string {
	return fmt.Sprintf("row %d: batch %d has an answer to another question of its job: the input, the prompt or the configuration was changed since; go on with those of before", e.Row, e.Number)
}
