package demo

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"time"
)

// LocalModelNote is what must be said of every result of the local model.
const LocalModelNote = "The local 1.5B model shows the plumbing, not the quality: it gets names, numbers and facts wrong."

// Scripts is where the project keeps what installs and serves the local model;
// its README.md holds the contract.
const Scripts = "scripts/localmodel"

// LocalModel is a running model server. It ends with this process, however
// this process ends, because it reads our end of a pipe.
type LocalModel struct {
	BaseURL string
	Model   string

	cmd      *exec.Cmd
	stdin    io.Closer
	exited   chan struct{}
	stopOnce sync.Once
}

// Installed reports whether dir holds the local model, and the project its
// server.
func Installed(dir string) bool {
	for _, file := range []string{filepath.Join(dir, "model.gguf"), python(dir), filepath.Join(Scripts, "serve.py")} {
		if _, err := os.Stat(file); err != nil {
			return false
		}
	}
	return true
}

// Installable reports whether the project that can install the model is here.
func Installable() bool {
	_, err := os.Stat(filepath.Join(Scripts, "install.py"))
	return err == nil
}

func python(dir string) string {
	if runtime.GOOS == "windows" {
		return filepath.Join(dir, "venv", "Scripts", "python.exe")
	}
	return filepath.Join(dir, "venv", "bin", "python")
}

// Install puts the local model into dir, or goes on where it stopped. Progress
// is the script's own.
func Install(ctx context.Context, dir string, progress io.Writer) error {
	cmd := exec.CommandContext(ctx, "python3", filepath.Join(Scripts, "install.py"), "--dir", dir)
	cmd.Stderr = progress
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = stopWait
	err := cmd.Run()
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		return fmt.Errorf("install the local demo model: %w", err)
	}
	return nil
}

// stopWait is how long a child may take to end before it is killed.
const stopWait = 5 * time.Second

// StartLocalModel serves the model in dir on a free port of the loopback
// interface, and returns when it answers: some seconds.
func StartLocalModel(ctx context.Context, dir string) (*LocalModel, error) {
	return startModel(ctx, exec.Command(python(dir), filepath.Join(Scripts, "serve.py"), "--dir", dir)) //nolint:noctx // it must outlive ctx while a worker drains
}

func startModel(ctx context.Context, cmd *exec.Cmd) (*LocalModel, error) {
	var complaint tail
	cmd.Stderr = &complaint
	detach(cmd)
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("start the local model: %w", err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("start the local model: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start the local model: %w", err)
	}
	m := &LocalModel{cmd: cmd, stdin: stdin, exited: make(chan struct{})}
	ready := make(chan string, 1)
	go func() {
		line, err := bufio.NewReader(stdout).ReadString('\n')
		if err != nil {
			line = ""
		}
		ready <- line
		// All of stdout has been read, as Wait demands: one line is all there is.
		_ = cmd.Wait() // how it ended is told by its stderr
		close(m.exited)
	}()
	select {
	case line := <-ready:
		fields := strings.Fields(line)
		if len(fields) == 3 && fields[0] == "ready" && strings.HasPrefix(fields[2], "model=") {
			m.BaseURL, m.Model = fields[1], strings.TrimPrefix(fields[2], "model=")
			return m, nil
		}
		m.Stop()
		return nil, fmt.Errorf("start the local model: %w", errors.New(complaint.last()))
	case <-ctx.Done():
		m.Stop()
		return nil, ctx.Err()
	}
}

// Stop ends the server and returns when it is gone.
func (m *LocalModel) Stop() {
	m.stopOnce.Do(func() {
		_ = m.stdin.Close() // its end of file is the request to end
		select {
		case <-m.exited:
		case <-time.After(stopWait):
			_ = m.cmd.Process.Kill() // it is gone if this does not work
			<-m.exited
		}
	})
}

// tail keeps the end of what a child complains about.
type tail struct {
	mu  sync.Mutex
	buf []byte
}

const tailBytes = 4 << 10

// Write is io.Writer's.
func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.buf = append(t.buf, p...)
	if extra := len(t.buf) - tailBytes; extra > 0 {
		t.buf = t.buf[extra:]
	}
	return len(p), nil
}

// last is the last line.
func (t *tail) last() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	lines := bytes.Split(bytes.TrimSpace(t.buf), []byte("\n"))
	if last := string(lines[len(lines)-1]); last != "" {
		return last
	}
	return "it ended without a word"
}
