package backfill

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/mujaz/mujaz/internal/llm"
	"github.com/mujaz/mujaz/internal/natsembed"
	"github.com/mujaz/mujaz/queue"
	"github.com/mujaz/mujaz/worker"
)

// SampleConfig says how the articles of a sample are sent.
type SampleConfig struct {
	// Worker's configuration; its queue is filled in here. Slots must be set.
	Worker worker.Config
	// Timeout bounds the wait for one article from the start on.
	Timeout time.Duration
	// Progress is told how many articles have ended. May be nil.
	Progress func(done, of int)
}

// EndpointError is an endpoint that no waiting mends.
type EndpointError struct {
	Class  llm.Class
	Reason string
}

// Error tells what the worker's gate says.
func (e *EndpointError) Error() string { return "the LLM endpoint answers no call: " + e.Reason }

const (
	// sampleStore is above all limits of the default topology: they are reserved,
	// not used, in a folder that goes with the sample.
	sampleStore  = 64 << 30
	sampleRoute  = "sample"
	sampleGrace  = time.Second
	endpointLook = 200 * time.Millisecond
)

// RunSample has a worker of its own do the articles, on a server within this
// process, and tells what each took. Nothing of it is left, and no result is
// published.
func RunSample(ctx context.Context, cfg SampleConfig, sample []Drawn) ([]Measured, error) {
	dir, err := os.MkdirTemp("", "mujaz-sample-")
	if err != nil {
		return nil, fmt.Errorf("make a folder for the sample: %w", err)
	}
	defer func() { _ = os.RemoveAll(dir) }() // what is left is in the system's temporary folder
	server, err := natsembed.Start(ctx, natsembed.Config{StoreDir: dir, Port: natsembed.NoListener, MaxStore: sampleStore})
	if err != nil {
		return nil, err
	}
	defer server.Shutdown()
	conn, err := queue.Connect(ctx, queue.ConnConfig{Name: "mujaz sample", InProcess: server})
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	if err := conn.Ensure(ctx); err != nil {
		return nil, err
	}
	cfg.Worker.Queue, cfg.Worker.Grace = conn, sampleGrace
	w, err := worker.New(cfg.Worker)
	if err != nil {
		return nil, err
	}
	workerCtx, stop := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- w.Run(workerCtx) }()
	began := time.Now()
	measured, err := sendSample(ctx, conn, w, cfg, sample)
	stop()
	// The record of calls is complete when the worker has ended.
	if err = errors.Join(err, <-ended); err != nil {
		return nil, err
	}
	return measured, addUpSample(ctx, conn, began, measured)
}

// sendSample queues the articles and waits for each.
func sendSample(ctx context.Context, conn *queue.Conn, w *worker.Worker, cfg SampleConfig, sample []Drawn) ([]Measured, error) {
	producer := queue.NewProducer(conn)
	began := time.Now()
	submitted := make([]queue.Submitted, len(sample))
	for i, d := range sample {
		job := d.Job
		job.Options.Deadline = time.Time{}
		var err error
		if submitted[i], err = producer.Submit(ctx, job, queue.Route{Lane: queue.LaneBackfill, Source: sampleRoute}); err != nil {
			return nil, fmt.Errorf("queue row %d: %w", d.Number, err)
		}
	}
	waitCtx, cancel := context.WithTimeout(ctx, cfg.Timeout*time.Duration(1+len(sample)/max(1, cfg.Worker.Slots)))
	defer cancel()
	group, waitCtx := errgroup.WithContext(waitCtx)
	measured := make([]Measured, len(sample))
	done := make(chan struct{}, len(sample))
	for i := range sample {
		measured[i] = Measured{Drawn: sample[i], Dead: true}
		group.Go(func() error {
			defer func() { done <- struct{}{} }()
			out, err := conn.WaitOutcome(waitCtx, submitted[i], began)
			if err == nil && out.Result != nil {
				t := out.Result.Result.Timing
				measured[i].Dead, measured[i].Seconds = false, float64(t.TotalMS)/1000
			}
			// One that does not end counts with the calls it has made.
			return nil
		})
	}
	err := watchSample(ctx, w, cfg, len(sample), done)
	if err != nil {
		cancel()
	}
	return measured, errors.Join(err, group.Wait())
}

// watchSample waits for all, and gives up at once on an endpoint that no waiting
// mends.
func watchSample(ctx context.Context, w *worker.Worker, cfg SampleConfig, of int, done <-chan struct{}) error {
	tick := time.NewTicker(endpointLook)
	defer tick.Stop()
	for n := 0; n < of; {
		select {
		case <-done:
			if n++; cfg.Progress != nil {
				cfg.Progress(n, of)
			}
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-tick.C:
			if s := w.Ready().Endpoint; !s.Open && (s.Class == llm.ClassMisconfigured || s.Class == llm.ClassQuota) {
				return &EndpointError{s.Class, s.Reason}
			}
		}
	}
	return nil
}

// addUpSample reads what the calls took from the worker's record of them.
func addUpSample(ctx context.Context, conn *queue.Conn, began time.Time, measured []Measured) error {
	byKey := make(map[string]*Measured, len(measured))
	for i := range measured {
		byKey[measured[i].Job.Key()] = &measured[i]
	}
	err := conn.Spent(ctx, began.Add(-time.Minute), func(s queue.Spend) error {
		m := byKey[s.Key]
		if m == nil || !s.Paid {
			return nil
		}
		paid := Paid{Calls: 1, In: s.In, Out: s.Out, Cost: s.Cost.Units()}
		if s.Purpose == queue.PurposeRepair {
			m.Repairs.add(paid)
		} else {
			m.First.add(paid)
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("read what the sample took: %w", err)
	}
	return nil
}
