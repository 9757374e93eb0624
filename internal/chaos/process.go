package chaos

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"time"
)

// process is a child. It dies with the harness, however that ends.
type process struct {
	name string
	cmd  *exec.Cmd
	log  *tail
	done chan struct{} // closed when it has ended
	err  error         // how, once done is closed
}

// spawn starts a child in an environment of its own, so that the settings of
// whoever runs the harness do not reach it. Its log is added to a file in the
// folder logs, unless that is empty.
func spawn(ctx context.Context, logs, name, binary string, args ...string) (*process, error) {
	p := &process{name: name, cmd: exec.CommandContext(ctx, binary, args...), log: &tail{}, done: make(chan struct{})}
	p.cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + os.Getenv("HOME")}
	p.cmd.Stdout, p.cmd.Stderr = p.log, p.log
	if logs != "" {
		var err error
		if p.log.file, err = os.OpenFile(filepath.Join(logs, name+".log"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600); err != nil {
			return nil, fmt.Errorf("keep the log of %s: %w", name, err)
		}
	}
	p.cmd.SysProcAttr = childAttributes()
	if err := p.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s (%s): %w", name, filepath.Base(binary), err)
	}
	go func() {
		p.err = p.cmd.Wait()
		p.log.close()
		close(p.done)
	}()
	return p, nil
}

func (p *process) signal(s syscall.Signal) error {
	if err := p.cmd.Process.Signal(s); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("send %s to %s: %w", s, p.name, err)
	}
	return nil
}

// kill ends the child as kill -9 does, and waits until it is gone.
func (p *process) kill() {
	// What fails is a child that has ended.
	_ = p.signal(syscall.SIGKILL)
	<-p.done
}

// failure tells an unexpected end, with what the child said last.
func (p *process) failure() error {
	return fmt.Errorf("%s ended (%w): %s", p.name, p.err, p.log.last())
}

// tail keeps the end of what is written to it, and all of it in its file.
type tail struct {
	mu   sync.Mutex
	buf  bytes.Buffer
	file *os.File // may be nil
}

const tailBytes = 32 << 10

// Write never fails.
func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.buf.Len() > tailBytes {
		t.buf.Next(t.buf.Len() - tailBytes/2)
	}
	if t.file != nil {
		_, _ = t.file.Write(p) // a log to look at; the run does without
	}
	return t.buf.Write(p)
}

func (t *tail) close() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.file != nil {
		_ = t.file.Close()
	}
}

func (t *tail) last() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.buf.String()
}

// pause waits, and reports whether it did to the end.
func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// pollEvery is the rhythm in which the harness looks at what nobody announces.
const pollEvery = 20 * time.Millisecond

// until asks a condition until it holds; false when ctx ended before.
func until(ctx context.Context, condition func() bool) bool {
	for !condition() {
		if !pause(ctx, pollEvery) {
			return false
		}
	}
	return true
}
