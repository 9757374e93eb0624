package worker

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"go.uber.org/zap"
	"golang.org/x/sync/semaphore"

	"github.com/mujaz/mujaz/internal/llm"
	"github.com/mujaz/mujaz/queue"
)

// Worker fetches jobs and brings each to its end. Its zero value is not usable.
type Worker struct {
	cfg      Config
	pipeline *Pipeline
	consumer *queue.Consumer
	ledger   *queue.Ledger
	chain    *chain
	metrics  *metrics
	health   *health
	log      *zap.Logger
	// alone has a unit for each slot. A job that is under suspicion of
	// killing its worker takes them all.
	alone *semaphore.Weighted
	// Outcomes are refused, as their stream is at its limit.
	resultsFull, deadFull atomic.Bool
	stores                *stores
}

// New checks the configuration and prepares a worker; nothing is fetched yet.
func New(cfg Config) (*Worker, error) {
	if err := cfg.Validate(); err != nil {
		return nil, fmt.Errorf("worker config: %w", err)
	}
	cfg = cfg.withDefaults()
	w := &Worker{cfg: cfg, ledger: cfg.Queue.Ledger(), log: cfg.Log, alone: semaphore.NewWeighted(int64(cfg.Slots))}
	var err error
	if w.metrics, err = newMetrics(cfg.Metrics, func() float64 { return float64(w.consumer.InHand()) }); err != nil {
		return nil, fmt.Errorf("register metrics: %w", err)
	}
	if err := cfg.Metrics.Register(newLag(cfg.Queue)); err != nil {
		return nil, fmt.Errorf("register metrics: %w", err)
	}
	w.chain = newChain(cfg, w.onGate)
	budgets, err := newBudgets(cfg)
	if err != nil {
		return nil, fmt.Errorf("worker config: %w", err)
	}
	if err := cfg.Metrics.Register(newBudgetMetrics(budgets)); err != nil {
		return nil, fmt.Errorf("register metrics: %w", err)
	}
	w.consumer = queue.NewConsumer(cfg.Queue, queue.ConsumerConfig{Slots: cfg.Slots, Intake: budgets.intake(w.intake), OnFault: w.onFault, OnUnfair: w.onUnfair})
	w.health = &health{connected: cfg.Queue.Connected, chain: w.chain, budget: budgets.paused, backlog: w.consumer.InHand}
	w.stores = newStores(cfg, w.health)
	w.pipeline = &Pipeline{
		cfg: cfg, ledger: w.ledger, metrics: w.metrics, stores: w.stores, retry: newRetry(), chain: w.chain, budgets: budgets, sharing: newSharing(cfg.Queue, cfg.Log),
	}
	w.pipeline.knowContexts()
	if err := cfg.Metrics.Register(newEndpoints(w.chain)); err != nil {
		return nil, fmt.Errorf("register metrics: %w", err)
	}
	if w.pipeline.judge, err = newJudge(cfg, w.chain.first()); err != nil {
		return nil, fmt.Errorf("worker config: %w", err)
	}
	return w, nil
}

// Run works until ctx ends, then drains: nothing more is fetched, jobs in hand
// go on for the grace, and what is left then is handed back. It returns nil
// after a drain, and leaves nothing running behind.
func (w *Worker) Run(ctx context.Context) error {
	work, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	defer cancel(nil)
	drained := make(chan struct{})
	var watch sync.WaitGroup
	watch.Go(func() {
		select {
		case <-ctx.Done():
		case <-drained:
			return
		}
		w.health.set(true, true)
		w.chain.drain()
		w.log.Info("draining", zap.Int("in_hand", w.consumer.InHand()), zap.Duration("grace", w.cfg.Grace))
		select {
		case <-drained:
		case <-time.After(w.cfg.Grace):
			cancel(errShutdown)
		}
	})
	w.health.set(true, false)
	for _, e := range w.chain.all() {
		w.log.Info("worker started", zap.String("worker", w.cfg.Name), zap.Int("slots", w.cfg.Slots), zap.Bool("find_slots", w.cfg.search),
			zap.String(keyModel, e.model), zap.String(keyEndpoint, e.llm.Label()), zap.Any("when", e.when), zap.String("nats", w.cfg.Queue.Server()))
	}
	// Jobs in hand still call while the worker drains: it leaves the fleet last.
	member, leave := context.WithCancel(context.WithoutCancel(ctx))
	for _, e := range w.chain.all() {
		watch.Go(func() { w.shareLimits(member, e) })
	}
	w.pipeline.spend = newSpendLog(ctx, w.cfg, w.metrics)
	watch.Go(func() { w.pipeline.sharing.renew(member) })
	err := w.consumer.Run(ctx, work, w.handle)
	w.pipeline.spend.Close()
	w.pipeline.budgets.close(ctx)
	leave()
	close(drained)
	watch.Wait()
	w.health.set(false, true)
	return err
}

// shareLimits keeps this worker's part of an endpoint's limits, as long as there
// are other workers. Where the fleet cannot be seen it takes them all.
func (w *Worker) shareLimits(ctx context.Context, e *endpoint) {
	member := queue.Member{Name: w.cfg.Name, Endpoint: e.llm.Label(), Slots: w.cfg.Slots, Since: time.Now().UTC(), Setup: w.cfg.Setup(), Look: e.waitsFor}
	for ctx.Err() == nil {
		err := w.cfg.Queue.Join(ctx, member, e.allowance.setShare)
		if err == nil || ctx.Err() != nil {
			return
		}
		w.log.Warn("the endpoint's limits are not shared with other workers", zap.Error(err), zap.String(keyEndpoint, e.llm.Label()))
		e.allowance.setShare(1)
		if sleep(ctx, rejoinAfter, nil) != nil {
			return
		}
	}
}

// rejoinAfter is the pause before the fleet is tried again.
const rejoinAfter = 30 * time.Second

// Ready reports what the readiness endpoint does.
func (w *Worker) Ready() Status { return w.health.status() }

// handle brings one delivery to its end.
func (w *Worker) handle(ctx context.Context, d *queue.Delivery) {
	a := &attempt{w: w, d: d, start: time.Now()}
	w.metrics.queueTime.WithLabelValues(string(d.Lane)).Observe(max(0, a.start.Sub(d.QueuedAt).Seconds()))
	if !a.begin(ctx) {
		return
	}
	units := int64(1)
	if a.past.Crashes() >= suspectCrashes {
		units = int64(w.cfg.Slots)
	}
	if err := w.alone.Acquire(ctx, units); err != nil {
		a.conclude(ctx, queue.Result{}, failed(StageDecode, context.Cause(ctx)))
		return
	}
	defer w.alone.Release(units)
	if !a.started(ctx) {
		return
	}
	result, err := a.run(ctx)
	a.conclude(ctx, result, err)
}

// Crashes after which a job runs alone, and after which it is dead. Two that
// died beside others may be the victims of a third.
const (
	suspectCrashes = 2
	poisonCrashes  = 3
)

// run is the job's way through the pipeline. A panic is a defect of ours, and
// ends this job alone.
func (a *attempt) run(ctx context.Context) (result queue.Result, err error) {
	defer func() {
		if r := recover(); r != nil {
			// The value may quote the article; the stack does not.
			a.w.log.Error("panic", zap.Uint64(keySequence, a.d.Sequence), zap.String("type", fmt.Sprintf("%T", r)), zap.ByteString("stack", debug.Stack()))
			err = fatal(StageDecode, queue.CauseInternal, errPanic)
		}
	}()
	a.w.pipeline.stage(StageDecode, a.d)
	a.job, err = queue.DecodeJob(a.d.Payload)
	if err != nil {
		return queue.Result{}, fatal(StageDecode, decodeCause(err), err)
	}
	if trust := a.w.cfg.Trust; trust != nil {
		if err := a.w.cfg.Queue.Verify(trust, a.d); err != nil {
			return queue.Result{}, fatal(StageDecode, queue.CauseUntrusted, err)
		}
	}
	cancel, cancelled := a.d.Cancelled(a.job.Key())
	if a.again() || a.d.Redrives > 0 || cancelled {
		if err := a.settled(ctx); err != nil {
			return queue.Result{}, err
		}
	}
	if cancelled {
		return queue.Result{}, fatal(StageDecode, queue.CauseCancelled, fmt.Errorf("cancelled by %s: %s", cancel.By, cmp.Or(cancel.Reason, "no reason given")))
	}
	result, err = a.w.pipeline.Run(ctx, a.d, a.job)
	if errors.Is(err, queue.ErrBodyMissing) {
		// The body goes with the job's end: this may be a repetition.
		if err := a.settled(ctx); err != nil {
			return queue.Result{}, err
		}
	}
	return result, err
}

// settled looks for the job's result. A first delivery is spared the question:
// the compare-and-swap gives the same answer at the end.
func (a *attempt) settled(ctx context.Context) error {
	settled, err := a.w.cfg.Queue.Settled(ctx, a.d, a.job)
	switch {
	case errors.Is(err, queue.ErrConflict):
		return fatal(StageDecode, queue.CauseConflict, err)
	case err != nil:
		return queueFailed(StageDecode, err)
	case settled:
		return errSettled
	}
	return nil
}

func decodeCause(err error) queue.Cause {
	if d, ok := errors.AsType[*queue.DecodeError](err); ok {
		return d.Cause
	}
	return queue.CauseInvalid
}

func (w *Worker) onGate(e *endpoint, s GateStatus) {
	if s.Open {
		w.log.Info("endpoint answers", zap.String(keyEndpoint, e.llm.Label()))
		return
	}
	log := w.log.Warn
	if !throttles(s.Class) {
		log = w.log.Error
	}
	log("endpoint paused", zap.String(keyEndpoint, e.llm.Label()), zap.String("class", string(s.Class)), zap.String(keyReason, s.Reason), zap.Time(keyUntil, s.Until))
}

// stored takes note of whether outcomes can be stored. While they cannot, one
// job at a time goes on to find out: more would be paid for, to wait.
func (w *Worker) stored(full *atomic.Bool, err error) {
	switch {
	case errors.Is(err, queue.ErrQueueFull):
		if !full.Swap(true) {
			w.health.setFault(err)
			w.log.Error("outcomes cannot be stored, intake reduced", zap.Error(err))
		}
	case err == nil && full.CompareAndSwap(true, false):
		w.health.setFault(nil)
		w.log.Info("outcomes are stored again")
	}
}

func (w *Worker) intake(ctx context.Context) (int, error) {
	slots, err := w.chain.intake(ctx)
	if w.resultsFull.Load() || w.deadFull.Load() || w.stores.anySilent() {
		slots = min(slots, 1)
	}
	return slots, err
}

func (w *Worker) onFault(err error) {
	w.health.setFault(err)
	if err != nil {
		w.log.Warn("cannot fetch jobs, trying again", zap.Error(err))
		return
	}
	w.log.Info("fetching jobs again")
}

func (w *Worker) onUnfair(err error) {
	w.log.Warn("the sources of a lane do not take turns: their jobs come in the order in which they were queued", zap.Error(err))
}

// throttles: waiting for the endpoint's limits is a worker's normal life.
func throttles(class llm.Class) bool {
	return class == llm.ClassThrottled || class == llm.ClassQuota
}
