package bench

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"syscall"
	"time"

	"github.com/mujaz/mujaz/internal/llmtest"
	"github.com/mujaz/mujaz/queue"
)

// workerProcess is `mujaz worker`, started as its users do.
type workerProcess struct {
	cmd     *exec.Cmd
	started time.Time
	log     bytes.Buffer
	exited  chan error
	ended   bool
}

// startWorker runs it in an environment of its own, so that the settings of
// whoever measures do not reach it. GOGC alone is passed on.
func (c Config) startWorker(ctx context.Context, nats, endpoint string, more ...string) (*workerProcess, error) {
	w := &workerProcess{exited: make(chan error, 1)}
	w.cmd = exec.CommandContext(ctx, c.Self, append([]string{
		"worker", "--nats-url", nats, "--base-url", endpoint, "--model", llmtest.ModelName,
		"--health-listen", "127.0.0.1:0", "--log-format", "json", "--grace", "5s",
	}, more...)...)
	if c.Slots > 0 {
		w.cmd.Args = append(w.cmd.Args, "--slots", strconv.Itoa(c.Slots))
	}
	w.cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + os.Getenv("HOME")}
	if gogc, found := os.LookupEnv("GOGC"); found {
		w.cmd.Env = append(w.cmd.Env, "GOGC="+gogc)
	}
	// The log is written as in production; only its end is kept.
	w.cmd.Stderr = (*tail)(&w.log)
	w.started = time.Now()
	if err := w.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start the worker: %w", err)
	}
	go func() { w.exited <- w.cmd.Wait() }()
	return w, nil
}

// waitFor returns when n jobs have their outcome.
func (w *workerProcess) waitFor(ctx context.Context, conn *queue.Conn, n int) (queue.Totals, error) {
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		totals, err := conn.Totals(ctx)
		if err != nil {
			return queue.Totals{}, err
		}
		if totals.Results+totals.Dead >= uint64(n) {
			return totals, nil
		}
		select {
		case <-tick.C:
		case err := <-w.exited:
			w.ended = true
			return queue.Totals{}, fmt.Errorf("bench: the worker ended early (%w): %s", err, w.log.Bytes())
		case <-ctx.Done():
			return queue.Totals{}, fmt.Errorf("bench: %d of %d jobs done: %w", totals.Results+totals.Dead, n, ctx.Err())
		}
	}
}

// drain stops it as a supervisor does.
func (w *workerProcess) drain() error {
	if err := w.terminate(); err != nil {
		return err
	}
	return w.wait()
}

// terminate begins a drain.
func (w *workerProcess) terminate() error {
	if err := w.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return fmt.Errorf("stop the worker: %w", err)
	}
	return nil
}

// wait returns when a drain is over.
func (w *workerProcess) wait() error {
	err := <-w.exited
	w.ended = true
	if err != nil {
		return fmt.Errorf("stop the worker: %w: %s", err, w.log.Bytes())
	}
	return nil
}

// kill ends a worker that is not needed any more.
func (w *workerProcess) kill() {
	if !w.ended {
		w.cmd.Process.Kill() //nolint:errcheck // it may have ended by itself
		<-w.exited           //nolint:errcheck // killed by us
	}
}

// tail keeps the end of what is written to it.
type tail bytes.Buffer

// Write never fails.
func (t *tail) Write(p []byte) (int, error) {
	const keep = 4 << 10
	b := (*bytes.Buffer)(t)
	if b.Len() > keep {
		b.Reset()
	}
	return b.Write(p)
}
