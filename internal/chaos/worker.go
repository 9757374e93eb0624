package chaos

import (
	"context"
	"sync"
	"syscall"
	"time"
)

// workerProcess is a place in the fleet: a process, and the supervisor that starts it
// again when it has died.
type workerProcess struct {
	name   string
	binary string
	args   []string
	logs   string

	mu      sync.Mutex
	proc    *process
	wanted  bool
	killed  bool        // the present process, by us
	deaths  []time.Time // that were not ours
	exited  chan struct{}
	lastLog string // of the last death that was not ours
}

// restartWait is the supervisor's pause. Production's are longer.
const restartWait = 300 * time.Millisecond

func newWorker(logs, name, binary string, args ...string) *workerProcess {
	return &workerProcess{name: name, binary: binary, args: args, logs: logs}
}

// start runs the worker until ctx ends or stop is called.
func (w *workerProcess) start(ctx context.Context) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	p, err := spawn(ctx, w.logs, w.name, w.binary, w.args...)
	if err != nil {
		return err
	}
	w.proc, w.wanted, w.exited = p, true, make(chan struct{})
	go w.supervise(ctx)
	return nil
}

// supervise starts the process again each time that it ends.
func (w *workerProcess) supervise(ctx context.Context) {
	defer close(w.exited)
	for {
		w.mu.Lock()
		p := w.proc
		w.mu.Unlock()
		<-p.done
		w.mu.Lock()
		if !w.killed && w.wanted && ctx.Err() == nil {
			w.deaths = append(w.deaths, time.Now())
			w.lastLog = p.log.last()
		}
		w.mu.Unlock()
		if !pause(ctx, restartWait) || !w.restart(ctx) {
			return
		}
	}
}

// restart starts the process anew; false when it is not wanted any more.
func (w *workerProcess) restart(ctx context.Context) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.wanted {
		return false
	}
	p, err := spawn(ctx, w.logs, w.name, w.binary, w.args...)
	if err != nil {
		w.lastLog = err.Error()
		w.deaths = append(w.deaths, time.Now())
		return false
	}
	w.proc, w.killed = p, false
	return true
}

// alive reports whether there is a process.
func (w *workerProcess) alive() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return !ended(w.proc)
}

// kill ends the present process by SIGKILL. False when there is none.
func (w *workerProcess) kill() bool {
	w.mu.Lock()
	p := w.proc
	if ended(p) {
		w.mu.Unlock()
		return false
	}
	w.killed = true
	w.mu.Unlock()
	p.kill()
	return true
}

// freeze stops the present process by SIGSTOP for a while. False when there is
// none.
func (w *workerProcess) freeze(ctx context.Context, d time.Duration) bool {
	w.mu.Lock()
	p := w.proc
	w.mu.Unlock()
	if ended(p) || p.signal(syscall.SIGSTOP) != nil {
		return false
	}
	pause(ctx, d)
	return p.signal(syscall.SIGCONT) == nil
}

// drain ends the worker by SIGTERM and returns how long that took.
func (w *workerProcess) drain() (time.Duration, error) {
	w.mu.Lock()
	w.wanted = false
	p := w.proc
	w.mu.Unlock()
	begin := time.Now()
	if err := p.signal(syscall.SIGTERM); err != nil {
		return 0, err
	}
	<-w.exited
	if p.err != nil {
		return time.Since(begin), p.failure()
	}
	return time.Since(begin), nil
}

// stop ends the worker for good.
func (w *workerProcess) stop() {
	w.mu.Lock()
	if w.proc == nil {
		w.mu.Unlock()
		return
	}
	w.wanted, w.killed = false, true
	p := w.proc
	w.mu.Unlock()
	p.kill()
	<-w.exited
}

// died tells when the process ended without being killed by the harness, and
// what it said the last time.
func (w *workerProcess) died() ([]time.Time, string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.deaths, w.lastLog
}
