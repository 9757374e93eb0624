// Package queuetest gives tests a real NATS server with mujaz' topology on it.
//
// A server starts in some milliseconds, keeps its store in the test's temporary
// folder and is gone with the test. Nothing is mocked: what holds here holds in
// production, restarts and kills included.
//
//	server := queuetest.Start(t)
//	conn := server.Connect(t)
//	producer := queue.NewProducer(conn)
package queuetest

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/mujaz/mujaz/internal/natsembed"
	"github.com/mujaz/mujaz/queue"
)

// Options say how the server differs from the default one.
type Options struct {
	// Topology that [Server.Connect] ensures. AckWait is at least a second.
	Topology queue.Topology
	// Config is the text of a nats-server configuration: users, TLS,
	// accounts, limits of JetStream.
	Config string
	// CoreOnly starts the server without JetStream.
	CoreOnly bool
	// MaxStore bounds JetStream's files in bytes. By default the limit is
	// beyond every topology, whatever the disk has: streams reserve their
	// limits and use only what they hold.
	MaxStore int64
	// SyncAlways syncs every write, as production does.
	SyncAlways bool
}

// Server is a NATS server of a test. Its methods fail the test when they
// cannot do their work. They are for one goroutine at a time.
type Server struct {
	// URL for clients. It stays the same over restarts.
	URL string

	opts     Options
	cfg      natsembed.Config
	embedded *natsembed.Server
}

const defaultMaxStore = 1 << 40

// Start runs a server with the default topology.
func Start(t testing.TB) *Server {
	t.Helper()
	return StartWith(t, Options{})
}

// StartWith runs a server as the options say.
func StartWith(t testing.TB, opts Options) *Server {
	t.Helper()
	if opts.MaxStore == 0 {
		opts.MaxStore = defaultMaxStore
	}
	dir := t.TempDir()
	s := &Server{opts: opts, cfg: natsembed.Config{MaxStore: opts.MaxStore, SyncAlways: opts.SyncAlways}}
	if !opts.CoreOnly {
		s.cfg.StoreDir = filepath.Join(dir, "store")
	}
	if opts.Config != "" {
		s.cfg.ConfigFile = filepath.Join(dir, "nats.conf")
		if err := os.WriteFile(s.cfg.ConfigFile, []byte(opts.Config), 0o600); err != nil {
			t.Fatalf("write the server's configuration: %v", err)
		}
	}
	t.Cleanup(func() {
		if s.embedded != nil {
			s.embedded.Shutdown()
		}
	})
	s.Resume(t)
	return s
}

// Connect returns a connection on which [queue.Conn.Ensure] was done. It is
// closed with the test.
func (s *Server) Connect(t testing.TB) *queue.Conn {
	t.Helper()
	conn := s.Dial(t, queue.ConnConfig{})
	if err := conn.Ensure(t.Context()); err != nil {
		t.Fatalf("ensure the topology: %v", err)
	}
	return conn
}

// Dial connects as cfg says, with this server's address and topology where
// cfg has none, and leaves the server as it is.
func (s *Server) Dial(t testing.TB, cfg queue.ConnConfig) *queue.Conn {
	t.Helper()
	if cfg.URL == "" {
		cfg.URL = s.URL
	}
	if cfg.Topology == (queue.Topology{}) {
		cfg.Topology = s.opts.Topology
	}
	if cfg.Name == "" {
		cfg.Name = t.Name()
	}
	conn, err := queue.Connect(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(conn.Close)
	return conn
}

// Stop shuts the server down in order. [Server.Resume] starts it again.
func (s *Server) Stop(t testing.TB) {
	t.Helper()
	if s.embedded == nil {
		t.Fatal("stop the server: it is not running")
	}
	s.embedded.Shutdown()
	s.embedded = nil
}

// Resume starts the server again after [Server.Stop] or [Server.Kill]: on the
// same store and port.
func (s *Server) Resume(t testing.TB) {
	t.Helper()
	// The test's context has ended in a cleanup, where a restart is one too.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), time.Minute)
	defer cancel()
	embedded, err := natsembed.Start(ctx, s.cfg)
	if err != nil {
		t.Fatal(err)
	}
	s.embedded, s.URL, s.cfg.Port = embedded, embedded.ClientURL(), embedded.Port()
}

// Restart is Stop and Resume.
func (s *Server) Restart(t testing.TB) {
	t.Helper()
	s.Stop(t)
	s.Resume(t)
}

// Kill stops the server as `kill -9` would: what it had not written to its
// files by now, an orderly shutdown included, is lost. [Server.Resume] starts
// it again. Nothing should be publishing meanwhile: the files are copied one
// after the other, and what is confirmed during the copy may be in some only.
func (s *Server) Kill(t testing.TB) {
	t.Helper()
	if s.cfg.StoreDir == "" {
		s.Stop(t)
		return
	}
	snapshot := filepath.Join(t.TempDir(), "store")
	// A file can go between listing and reading it.
	for try := 0; ; try++ {
		err := os.CopyFS(snapshot, os.DirFS(s.cfg.StoreDir))
		if err == nil {
			break
		}
		if !errors.Is(err, fs.ErrNotExist) || try == 10 {
			t.Fatalf("copy the store: %v", err)
		}
		if err := os.RemoveAll(snapshot); err != nil {
			t.Fatal(err)
		}
	}
	s.Stop(t)
	if err := os.RemoveAll(s.cfg.StoreDir); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(snapshot, s.cfg.StoreDir); err != nil {
		t.Fatal(err)
	}
}

// Eventually asks cond until it is true and fails the test after a generous
// time. It is for what a server reports and no event announces.
func Eventually(t testing.TB, what string, cond func() bool) {
	t.Helper()
	const patience, pause = 30 * time.Second, 5 * time.Millisecond
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	tick := time.NewTicker(pause)
	defer tick.Stop()
	for !cond() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("it never came to this: %s", what)
		}
	}
}
