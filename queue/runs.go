package queue

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/nats-io/nats.go/jetstream"
)

// RunState is how far the sending of a run is.
type RunState string

// The states of a run.
const (
	RunSending   RunState = "sending"   // rows are left, whether or not a producer is at it
	RunPaused    RunState = "paused"    // an operator stopped it
	RunSent      RunState = "sent"      // every row is queued, or told as bad
	RunCancelled RunState = "cancelled" // an operator ended it
)

// Run is the record of a backfill run: what it reads, how far it is, and who is
// at it. It lives on the server, so that a run goes on from any machine. What
// became of its jobs is not in it: the results and dead letters are.
type Run struct {
	// Name is the source token of the run's jobs in the backfill lane.
	Name string `json:"name"`
	// Pass tells another going through the same jobs apart, such as a redo of
	// some; empty for the run itself.
	Pass    string    `json:"pass,omitzero"`
	State   RunState  `json:"state"`
	Created time.Time `json:"created"`
	By      string    `json:"by,omitzero"` // who began it
	// Inputs as they were at the run's begin.
	Inputs []RunInput `json:"inputs"`
	// Recipe is the producer's: what is made of each row. The queue keeps it.
	Recipe jsontext.Value `json:"recipe,omitzero"`
	Cursor RunCursor      `json:"cursor"`
	// Budget is the most that the run may cost, in the currency of the workers'
	// prices; 0 is none. Workers look it up, so that it can be raised meanwhile.
	Budget float64 `json:"budget,omitzero"`
	// Before bounds a pass to results that were stored up to this sequence.
	Before uint64 `json:"before,omitzero"`
	// Producer is the one that sends now; empty when none does. One that was
	// killed is known by its record not changing any more.
	Producer string `json:"producer,omitzero"`

	Updated  time.Time `json:"-"` // by the server's clock
	revision uint64
}

// RunInput is an input of a run.
type RunInput struct {
	Name   string `json:"name"`
	Size   int64  `json:"size,omitzero"`
	SHA256 string `json:"sha256,omitzero"` // empty for standard input
}

// RunCursor is how far the producer is. All rows up to it have been queued and
// confirmed, or are known not to be jobs.
type RunCursor struct {
	Rows       int64 `json:"rows"`
	Bad        int64 `json:"bad"`        // rows that cannot be read, or are no valid job
	Duplicates int64 `json:"duplicates"` // rows with the id and the content of an earlier one
	Jobs       int64 `json:"jobs"`       // all others
	// Digest of all rows up to here: by it an input is known to be the same.
	Digest string `json:"digest,omitzero"`
}

// The errors of runs to act on.
var (
	// ErrRunExists refuses a second run of one name.
	ErrRunExists = errors.New("a run of that name exists")
	// ErrRunChanged says that another program has written the run's record.
	ErrRunChanged = errors.New("the run was changed by another program")
)

// RunsBucket is the key-value bucket of runs.
func (t Topology) RunsBucket() string { return t.upper() + "_RUNS" }

// runsBytes holds some 50,000 records of a kilobyte.
const runsBytes = 64 << 20

func (t Topology) runsConfig() jetstream.KeyValueConfig {
	return jetstream.KeyValueConfig{
		Bucket:         t.RunsBucket(),
		Description:    "mujaz: backfill runs and how far they are",
		History:        1,
		MaxBytes:       runsBytes,
		Storage:        jetstream.FileStorage,
		Replicas:       t.Replicas,
		LimitMarkerTTL: time.Minute,
	}
}

// runKey keeps passes apart from the runs.
func runKey(pass, name string) string {
	if pass == "" {
		return "run." + name
	}
	return "pass." + pass + "." + name
}

// CreateRun stores the record of a new run. The error to act on is [ErrRunExists].
func (c *Conn) CreateRun(ctx context.Context, r Run) (Run, error) {
	return c.writeRun(ctx, r, func(ctx context.Context, kv jetstream.KeyValue, value []byte) (uint64, error) {
		seq, err := kv.Create(ctx, runKey(r.Pass, r.Name), value)
		if errors.Is(err, jetstream.ErrKeyExists) {
			err = ErrRunExists
		}
		return seq, err
	})
}

// UpdateRun replaces the record that r was read from. The error to act on is
// [ErrRunChanged]; after any other it is unknown whether it was written.
func (c *Conn) UpdateRun(ctx context.Context, r Run) (Run, error) {
	return c.writeRun(ctx, r, func(ctx context.Context, kv jetstream.KeyValue, value []byte) (uint64, error) {
		seq, err := kv.Update(ctx, runKey(r.Pass, r.Name), value, r.revision)
		if wrongLastSequence(err) {
			err = ErrRunChanged
		}
		return seq, err
	})
}

// ChangeRun reads a record, changes it and writes it back, anew where another
// program was faster.
func (c *Conn) ChangeRun(ctx context.Context, name string, change func(*Run) error) (Run, error) {
	return c.ChangePass(ctx, "", name, change)
}

// ChangePass is [Conn.ChangeRun] for a pass.
func (c *Conn) ChangePass(ctx context.Context, pass, name string, change func(*Run) error) (Run, error) {
	for {
		r, err := c.FindPass(ctx, pass, name)
		if err != nil {
			return Run{}, err
		}
		if err := change(&r); err != nil {
			return Run{}, err
		}
		if r, err = c.UpdateRun(ctx, r); !errors.Is(err, ErrRunChanged) {
			return r, err
		}
	}
}

func (c *Conn) writeRun(ctx context.Context, r Run, write func(context.Context, jetstream.KeyValue, []byte) (uint64, error)) (Run, error) {
	if err := ValidateSource(r.Name); err != nil {
		return Run{}, err
	}
	value, err := json.Marshal(r)
	if err != nil {
		return Run{}, fmt.Errorf("write run %s: %w", r.Name, err)
	}
	err = c.onRuns(ctx, func(ctx context.Context, kv jetstream.KeyValue) (err error) {
		r.revision, err = write(ctx, kv, value)
		return err
	})
	if err != nil {
		return Run{}, fmt.Errorf("write run %s: %w", r.Name, err)
	}
	r.Updated = time.Now()
	return r, nil
}

// FindRun reads the record of a run. The error to act on is [ErrNotFound].
func (c *Conn) FindRun(ctx context.Context, name string) (Run, error) {
	return c.FindPass(ctx, "", name)
}

// FindPass is [Conn.FindRun] for a pass.
func (c *Conn) FindPass(ctx context.Context, pass, name string) (Run, error) {
	if err := ValidateSource(name); err != nil {
		return Run{}, err
	}
	// By direct get: a worker that looks for a run's budget may do nothing else.
	msg, err := c.lastOn(ctx, "KV_"+c.topo.RunsBucket(), "$KV."+c.topo.RunsBucket()+"."+runKey(pass, name))
	if err != nil {
		return Run{}, fmt.Errorf("look up run %s: %w", name, err)
	}
	if msg.Header.Get("KV-Operation") != "" {
		return Run{}, fmt.Errorf("look up run %s: %w", name, ErrNotFound)
	}
	r, err := readRun(msg.Data, msg.Sequence, msg.Time)
	if err != nil {
		return Run{}, fmt.Errorf("look up run %s: %w", name, err)
	}
	return r, nil
}

func readRun(value []byte, revision uint64, updated time.Time) (Run, error) {
	var r Run
	if err := json.Unmarshal(value, &r); err != nil {
		return Run{}, errors.New("its record is not readable")
	}
	r.revision, r.Updated = revision, updated
	return r, nil
}

// Runs lists all runs, the newest first. Records that cannot be read, of a later
// version, are left out.
func (c *Conn) Runs(ctx context.Context) ([]Run, error) {
	var all []Run
	err := c.onRuns(ctx, func(ctx context.Context, kv jetstream.KeyValue) error {
		all = nil
		return entriesOf(ctx, kv, runKey("", "*"), func(entry jetstream.KeyValueEntry) {
			if r, err := readRun(entry.Value(), entry.Revision(), entry.Created()); err == nil {
				all = append(all, r)
			}
		})
	})
	if err != nil {
		return nil, fmt.Errorf("list the runs: %w", err)
	}
	slices.SortFunc(all, func(a, b Run) int {
		if order := b.Created.Compare(a.Created); order != 0 {
			return order
		}
		return strings.Compare(a.Name, b.Name)
	})
	return all, nil
}

func (c *Conn) onRuns(ctx context.Context, do func(context.Context, jetstream.KeyValue) error) error {
	err := c.guard(ctx, func(ctx context.Context) error {
		kv, err := c.js.KeyValue(ctx, c.topo.RunsBucket())
		if err != nil {
			return bucketError(err)
		}
		return do(ctx, kv)
	}, "KV_"+c.topo.RunsBucket(), "$KV."+c.topo.RunsBucket())
	return explainAPI(err)
}
