package deploy_test

import (
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"github.com/mujaz/mujaz/queue"
)

// TestDurabilityTold: what the shipped servers would lose is told as they are.
func TestDurabilityTold(t *testing.T) {
	t.Parallel()
	for file, want := range map[string]queue.Durability{
		"single.conf":      {Replicas: 1, Known: true, SyncAlways: true, SyncInterval: 2 * time.Minute},
		"single-fast.conf": {Replicas: 1, Known: true, SyncInterval: 10 * time.Second},
	} {
		t.Run(file, func(t *testing.T) {
			t.Parallel()
			srv := start(t, load(t, file), t.TempDir())
			if !srv.ReadyForConnections(readyTimeout) {
				t.Fatal("server is not ready")
			}
			ensure(t, srv, 1)
			conn, err := queue.Connect(t.Context(), queue.ConnConfig{URL: srv.ClientURL()})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(conn.Close)
			got, err := conn.Durability(t.Context(), "http://"+srv.MonitorAddr().String())
			if err != nil || got != want {
				t.Errorf("%+v, want %+v; %v", got, want, err)
			}
			if text := got.String(); strings.Contains(text, "takes nothing") != want.SyncAlways || (got.Advice() == "") != want.SyncAlways {
				t.Errorf("it says %q and advises %q", text, got.Advice())
			}
			// Another server's answer is not believed.
			other := start(t, load(t, file), t.TempDir())
			if got, err := conn.Durability(t.Context(), "http://"+other.MonitorAddr().String()); err != nil || got.Known || !strings.Contains(got.Why, "another server") {
				t.Errorf("by another server: %+v, %v", got, err)
			}
			if got, err := conn.Durability(t.Context(), "http://127.0.0.1:1"); err != nil || got.Known || !strings.Contains(got.Advice(), "--nats-monitor") {
				t.Errorf("by nobody: %+v, %v", got, err)
			}
		})
	}
}

// TestDurabilityBySystemRequest: an account that imports the request needs no
// monitoring address.
func TestDurabilityBySystemRequest(t *testing.T) {
	t.Parallel()
	opts := &server.Options{}
	if err := opts.ProcessConfigFile(write(t, "nats.conf", []byte(`
		jetstream { store_dir: "/nowhere", sync_interval: "7s" }
		accounts {
			SYS: { users: [ { user: sys, password: sys } ], exports: [ { service: "$SYS.REQ.SERVER.*.JSZ" } ] }
			NEWS: { jetstream: enabled, users: [ { user: news, password: news } ], imports: [ { service: { account: SYS, subject: "$SYS.REQ.SERVER.*.JSZ" } } ] }
		}
		system_account: SYS`))); err != nil {
		t.Fatal(err)
	}
	srv := start(t, opts, t.TempDir())
	if !srv.ReadyForConnections(readyTimeout) {
		t.Fatal("server is not ready")
	}
	conn, err := queue.Connect(t.Context(), queue.ConnConfig{URL: srv.ClientURL(), User: "news", Password: "news", Topology: queue.Topology{
		JobsBytes: 1 << 20, ResultsBytes: 1 << 20, DeadBytes: 1 << 20, LedgerBytes: 1 << 20, BodiesBytes: 1 << 20,
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(conn.Close)
	if err := conn.Ensure(t.Context()); err != nil {
		t.Fatal(err)
	}
	got, err := conn.Durability(t.Context(), "http://127.0.0.1:1")
	want := queue.Durability{Replicas: 1, Known: true, SyncInterval: 7 * time.Second}
	if err != nil || got != want {
		t.Errorf("%+v, want %+v; %v", got, want, err)
	}
}
