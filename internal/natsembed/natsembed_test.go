package natsembed_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"go.uber.org/goleak"

	"github.com/mujaz/mujaz/internal/natsembed"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func start(t *testing.T, cfg natsembed.Config) *natsembed.Server {
	t.Helper()
	s, err := natsembed.Start(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Shutdown)
	return s
}

func TestStoreSurvivesRestart(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "made", "on", "the", "way")
	for round := range 2 {
		s := start(t, natsembed.Config{StoreDir: dir, SyncAlways: true, MaxStore: 1 << 30})
		nc, err := nats.Connect(s.ClientURL())
		if err != nil {
			t.Fatal(err)
		}
		js, err := jetstream.New(nc)
		if err != nil {
			t.Fatal(err)
		}
		stream, err := js.CreateOrUpdateStream(t.Context(), jetstream.StreamConfig{Name: "NEWS", Subjects: []string{"news"}})
		if err != nil {
			t.Fatal(err)
		}
		if got := stream.CachedInfo().State.Msgs; got != uint64(round) {
			t.Errorf("start %d: %d messages, want %d", round, got, round)
		}
		if _, err := js.Publish(t.Context(), "news", []byte("خبر")); err != nil {
			t.Fatal(err)
		}
		nc.Close()
		s.Shutdown()
		s.Shutdown() // a second one does nothing
	}
}

func TestInProcessWithoutListener(t *testing.T) {
	t.Parallel()
	s := start(t, natsembed.Config{StoreDir: t.TempDir(), Port: natsembed.NoListener})
	if s.ClientURL() != "" || s.Port() != 0 {
		t.Errorf("listens at %q, port %d", s.ClientURL(), s.Port())
	}
	nc, err := nats.Connect("", nats.InProcessServer(s))
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	if err := nc.Flush(); err != nil {
		t.Error(err)
	}
}

func TestConfigFileAndLog(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "nats.conf")
	if err := os.WriteFile(file, []byte(`authorization { user: desk, password: pencil }`), 0o600); err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	var lines []string
	s := start(t, natsembed.Config{ConfigFile: file, OnLog: func(level, line string) {
		mu.Lock()
		defer mu.Unlock()
		lines = append(lines, level+" "+line)
	}})
	if _, err := nats.Connect(s.ClientURL(), nats.Timeout(time.Minute)); !errors.Is(err, nats.ErrAuthorization) {
		t.Errorf("without a user: %v, want an authorization error", err)
	}
	nc, err := nats.Connect(s.ClientURL(), nats.UserInfo("desk", "pencil"))
	if err != nil {
		t.Fatal(err)
	}
	nc.Close()
	mu.Lock()
	defer mu.Unlock()
	if all := strings.Join(lines, "\n"); !strings.Contains(all, "info Server is ready") {
		t.Errorf("the log hook got:\n%s", all)
	}
}

func TestStartErrors(t *testing.T) {
	t.Parallel()
	taken := start(t, natsembed.Config{StoreDir: t.TempDir()})
	inUse := t.TempDir()
	start(t, natsembed.Config{StoreDir: inUse, Port: natsembed.NoListener})
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, []byte("authorization {"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, tc := range map[string]struct {
		cfg          natsembed.Config
		about, first string
	}{
		"port taken":       {natsembed.Config{Port: taken.Port()}, "listen on 127.0.0.1:", "Another program has the port"},
		"store is a file":  {natsembed.Config{StoreDir: file}, "make the store folder", "Give a folder"},
		"store in use":     {natsembed.Config{StoreDir: inUse}, "in use by another server", "Stop the other one"},
		"bad config":       {natsembed.Config{ConfigFile: file}, "read the configuration", "Correct the server's configuration"},
		"port that cannot": {natsembed.Config{Port: 70000}, "listen on", "Another program"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, err := natsembed.Start(t.Context(), tc.cfg)
			if err == nil {
				s.Shutdown()
				t.Fatal("started")
			}
			var e *natsembed.Error
			if !errors.As(err, &e) || !strings.Contains(err.Error(), tc.about) || !strings.HasPrefix(e.Hint(), tc.first) {
				t.Errorf("error %q, hint %q", err, e.Hint())
			}
		})
	}
}
