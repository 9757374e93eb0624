package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"runtime/debug"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"go.uber.org/zap"

	"github.com/mujaz/mujaz/queue"
	"github.com/mujaz/mujaz/worker"
)

type workerCmd struct {
	NATS     natsFlags     `embed:"" group:"nats"`
	Topology topologyFlags `embed:"" group:"topology"`
	LLM      llmFlags      `embed:"" group:"llm"`
	Work     workerFlags   `embed:"" group:"worker"`
	Judge    judgeFlags    `embed:"" group:"judge"`
	Log      logFlags      `embed:"" group:"log"`
}

// Help is shown by --help.
func (*workerCmd) Help() string {
	return `It takes a job when a slot is free, and brings each to exactly one end: a result or a dead letter. A throttled or absent endpoint costs a job nothing: it waits. To add capacity, start more workers; they share nothing but NATS.

The first SIGINT or SIGTERM drains: nothing more is fetched, jobs in hand go on for --grace, the rest is handed back. The second one exits at once; nothing is lost, but calls under way are paid in vain.

    OPENAI_API_KEY=… MUJAZ_MODEL=gpt-4o-mini mujaz worker
    mujaz worker --base-url http://localhost:11434/v1 --model qwen3:4b --slots 2
    mujaz worker --model qwen3:4b --judge-model qwen3:8b
    mujaz worker --nats-creds worker.creds --no-provision`
}

// Run works until it is told to stop.
func (c *workerCmd) Run(ctx context.Context, p *program) error {
	log, err := c.Log.logger(p)
	if err != nil {
		return err
	}
	cfg, err := c.Work.config(p.version)
	if err != nil {
		return err
	}
	conn, err := c.NATS.connect(ctx, c.Topology.topology(), "mujaz worker "+cfg.Name, logState(log))
	if err != nil {
		return err
	}
	defer conn.Close()
	if err := provision(ctx, conn, c.Work.Provision); err != nil {
		return err
	}
	if cfg.Judge, err = c.Judge.judge(cfg.Slots, c.Work.Currency); err != nil {
		return err
	}
	defer closeJudge(cfg.Judge)
	return c.Work.run(ctx, p, conn, cfg, &c.LLM, log)
}

// provision creates and migrates the streams, or checks that they are there.
func provision(ctx context.Context, conn *queue.Conn, create bool) error {
	if create {
		if err := conn.Ensure(ctx); err != nil {
			return fmt.Errorf("prepare the streams: %w", err)
		}
		return nil
	}
	err := conn.Check(ctx)
	if errors.Is(err, queue.ErrNoTopology) {
		return hinted("Run a worker with --provision once, as a user who may create streams.", "check the streams: %w", err)
	}
	return err
}

// run puts a worker together and runs it on an open connection.
func (f *workerFlags) run(ctx context.Context, p *program, conn *queue.Conn, cfg worker.Config, llmFlags *llmFlags, log *zap.Logger) error {
	e, err := llmFlags.resolve(ctx, p, cfg.Slots, false)
	if err != nil {
		return err
	}
	defer e.close()
	if profile, found := e.client.Profile(); found {
		cfg.InFlight = profile.Parallel
	}
	if cfg.Others, err = f.read(p, f.Currency, llmFlags.Timeout); err != nil {
		return err
	}
	defer closeEndpoints(cfg.Others)
	p.tuneGC(cfg.Slots)
	log.Info("endpoint chosen", zap.String("reason", e.note))

	registry := prometheus.NewRegistry()
	registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	cfg.Queue, cfg.LLM, cfg.Model, cfg.Log, cfg.Metrics = conn, e.client, e.model, log, registry
	w, err := worker.New(cfg)
	if err != nil {
		return usagef("Correct the setting and start again.", "%w", err)
	}
	if !isOff(f.HealthListen) {
		stop, err := serveHealth(ctx, f.HealthListen, w.Handler(promhttp.HandlerFor(registry, promhttp.HandlerOpts{})), log)
		if err != nil {
			return err
		}
		defer stop()
	}
	if err := w.Run(ctx); err != nil {
		return fmt.Errorf("fetch jobs: %w", err)
	}
	log.Info("drained")
	return nil
}

// tuneGC lets garbage grow where little of it is: a job leaves some 180 kB behind
// and holds 80 while it waits for its call. With few slots, four times the heap
// is some 30 MiB more and saves a tenth of the CPU; with many it would be
// hundreds. Whoever sets GOGC knows better.
func (p *program) tuneGC(slots int) {
	const few, percent = 128, 400
	if _, set := p.lookup("GOGC"); !set && slots > 0 && slots <= few {
		debug.SetGCPercent(percent)
	}
}

// headerTimeout bounds how long a prober may take to ask.
const headerTimeout = 5 * time.Second

// serveHealth serves probes and metrics until stop is called.
func serveHealth(ctx context.Context, address string, handler http.Handler, log *zap.Logger) (stop func(), err error) {
	var lc net.ListenConfig
	listener, err := lc.Listen(ctx, "tcp", address)
	if err != nil {
		return nil, hinted("Another program has the port, another worker perhaps: choose one with --health-listen, or \"off\".", "serve health and metrics: %w", err)
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: headerTimeout}
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			log.Error("health and metrics are no longer served", zap.Error(err))
		}
	}()
	log.Info("serving health and metrics", zap.String("address", listener.Addr().String()))
	return func() {
		_ = server.Close() // nothing is lost with a probe
		<-done
	}, nil
}

// logState tells of the connection's ups and downs.
func logState(log *zap.Logger) func(queue.ConnState) {
	return func(s queue.ConnState) {
		switch {
		case s.Closed || !s.Connected && s.Err == nil:
			// Our own doing, at the end.
			log.Debug("NATS connection closed")
		case s.Connected && s.Err == nil:
			log.Info("NATS connected")
		case s.Connected:
			log.Error("NATS reports an error", zap.Error(s.Err))
		default:
			log.Warn("NATS is away, reconnecting", zap.Error(s.Err))
		}
	}
}
