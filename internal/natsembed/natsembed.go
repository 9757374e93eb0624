// Package natsembed runs a NATS server with JetStream inside this process.
package natsembed

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	"github.com/nats-io/nats-server/v2/server"
)

// NoListener as [Config.Port] starts a server that is reached in process only.
const NoListener = -1

// readyTimeout bounds the start. Opening a large store takes seconds; an empty
// one some milliseconds.
const readyTimeout = 60 * time.Second

// Config says how to run the server. The zero value runs core NATS without
// JetStream on a random port of the loopback interface.
type Config struct {
	// StoreDir is where JetStream keeps its streams; it is made if need be.
	// Empty means no JetStream, unless ConfigFile asks for it. A folder
	// serves one server at a time.
	StoreDir string
	// Host to listen on, by default 127.0.0.1.
	Host string
	// Port to listen on: 0 is a free one, [NoListener] is none.
	Port int
	// SyncAlways syncs every write to disk before it is confirmed, so that
	// a power cut loses nothing that was. It costs an fsync a message;
	// without it the server syncs every two minutes.
	SyncAlways bool
	// MaxStore bounds JetStream's files in bytes; 0 lets the server take
	// three quarters of what the disk has free.
	MaxStore int64
	// ConfigFile is a nats-server configuration file for all that has no
	// field here: users, TLS, accounts. The fields of this struct win.
	ConfigFile string
	// OnLog receives the server's notices, warnings and errors. It must be
	// safe for concurrent use. May be nil: nothing is printed then.
	OnLog func(level, line string)
}

// Server is a running server. It is an InProcessConnProvider of nats.go.
type Server struct {
	srv      *server.Server
	unlock   func()
	stopOnce sync.Once
}

// Error is a server that could not be started.
type Error struct {
	Err    error
	Advice string
}

// Error is the cause's.
func (e *Error) Error() string { return "start the embedded NATS server: " + e.Err.Error() }

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// Hint says what to do.
func (e *Error) Hint() string { return e.Advice }

// Start runs a server and returns when it accepts clients. The error is an
// *[Error].
func Start(ctx context.Context, cfg Config) (*Server, error) {
	opts, err := cfg.options()
	if err != nil {
		return nil, err
	}
	unlock, err := prepareStore(opts.StoreDir)
	if err != nil {
		return nil, err
	}
	s, err := run(ctx, cfg, opts)
	if err != nil {
		unlock()
		return nil, err
	}
	return &Server{srv: s, unlock: unlock}, nil
}

func (c Config) options() (*server.Options, error) {
	opts := &server.Options{}
	if c.ConfigFile != "" {
		if err := opts.ProcessConfigFile(c.ConfigFile); err != nil {
			return nil, &Error{fmt.Errorf("read the configuration: %w", err), "Correct the server's configuration file."}
		}
	}
	opts.ServerName = "mujaz-embedded"
	opts.Host = c.Host
	if opts.Host == "" {
		opts.Host = "127.0.0.1"
	}
	opts.Port = c.Port
	switch c.Port {
	case 0:
		opts.Port = server.RANDOM_PORT
	case NoListener:
		opts.DontListen = true
	}
	if c.StoreDir != "" {
		opts.JetStream, opts.StoreDir = true, c.StoreDir
		opts.SyncAlways = opts.SyncAlways || c.SyncAlways
	}
	if c.MaxStore > 0 {
		opts.JetStreamMaxStore = c.MaxStore
	}
	// The process that embeds the server handles signals and prints.
	opts.NoSigs, opts.NoLog = true, true
	return opts, nil
}

// prepareStore makes the folder and takes its lock: two servers on one store
// destroy it.
func prepareStore(dir string) (unlock func(), err error) {
	if dir == "" {
		return func() {}, nil
	}
	const advice = "Give a folder that this user can write to."
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, &Error{fmt.Errorf("make the store folder: %w", err), advice}
	}
	unlock, err = lock(filepath.Join(dir, "mujaz.lock"))
	if errors.Is(err, errLocked) {
		return nil, &Error{fmt.Errorf("the store folder %s is in use by another server", dir), "Stop the other one, or give another folder."}
	}
	if err != nil {
		return nil, &Error{fmt.Errorf("open the store folder: %w", err), advice}
	}
	return unlock, nil
}

func run(ctx context.Context, cfg Config, opts *server.Options) (*server.Server, error) {
	if err := probePort(ctx, opts); err != nil {
		return nil, err
	}
	s, err := server.NewServer(opts)
	if err != nil {
		return nil, &Error{err, "Correct the server's settings."}
	}
	log := &logger{hook: cfg.OnLog, fatal: make(chan string, 1)}
	s.SetLoggerV2(log, false, false, false)
	ready := make(chan bool, 1)
	go func() {
		s.Start()
		ready <- s.ReadyForConnections(readyTimeout)
	}()
	select {
	case ok := <-ready:
		if ok {
			return s, nil
		}
		err = &Error{errors.New("it is not ready for clients"), "See the server's log."}
	case line := <-log.fatal:
		err = &Error{errors.New(line), "See the server's log."}
	case <-ctx.Done():
		err = &Error{ctx.Err(), "Opening a large store takes a while; try again."}
	}
	s.Shutdown()
	s.WaitForShutdown()
	return nil, err
}

// probePort tells a taken port apart from other failures: the server itself
// only logs it.
func probePort(ctx context.Context, opts *server.Options) error {
	if opts.DontListen || opts.Port == server.RANDOM_PORT {
		return nil
	}
	address := net.JoinHostPort(opts.Host, strconv.Itoa(opts.Port))
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", address)
	if err != nil {
		return &Error{fmt.Errorf("listen on %s: %w", address, err), "Another program has the port, a NATS server perhaps: use that one by NATS_URL, or choose another port."}
	}
	return l.Close()
}

// ClientURL is the address for clients, empty without a listener.
func (s *Server) ClientURL() string {
	if s.srv.Addr() == nil {
		return ""
	}
	return s.srv.ClientURL()
}

// Port that the server listens on, 0 without a listener.
func (s *Server) Port() int {
	if addr, ok := s.srv.Addr().(*net.TCPAddr); ok {
		return addr.Port
	}
	return 0
}

// InProcessConn connects a client within the process.
func (s *Server) InProcessConn() (net.Conn, error) { return s.srv.InProcessConn() }

// Shutdown stops the server and returns when its store is closed. It may be
// called more than once.
func (s *Server) Shutdown() {
	s.stopOnce.Do(func() {
		s.srv.Shutdown()
		s.srv.WaitForShutdown()
		s.unlock()
	})
}

// logger hands the server's log to a hook. Fatal lines end the start: the
// server logs them and goes on.
type logger struct {
	hook  func(level, line string)
	fatal chan string
}

func (l *logger) log(level, format string, args []any) {
	if l.hook != nil {
		l.hook(level, fmt.Sprintf(format, args...))
	}
}

// The methods of the server's logger.
func (l *logger) Noticef(format string, args ...any) { l.log("info", format, args) }
func (l *logger) Warnf(format string, args ...any)   { l.log("warn", format, args) }
func (l *logger) Errorf(format string, args ...any)  { l.log("error", format, args) }
func (l *logger) Debugf(format string, args ...any)  { l.log("debug", format, args) }
func (l *logger) Tracef(format string, args ...any)  { l.log("debug", format, args) }
func (l *logger) Fatalf(format string, args ...any) {
	l.log("error", format, args)
	select {
	case l.fatal <- fmt.Sprintf(format, args...):
	default:
	}
}
