// Package deploy_test runs the shipped NATS configurations on the real server.
package deploy_test

import (
	"net/url"
	"path/filepath"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"github.com/mujaz/mujaz/queue"
)

// A server that is asked for nothing unusual is ready within milliseconds.
const readyTimeout = 20 * time.Second

func load(t *testing.T, name string) *server.Options {
	t.Helper()
	opts, err := server.ProcessConfigFile(filepath.Join("nats", name))
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return opts
}

func TestConfigs(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		file, serverName string
		syncAlways       bool
		syncInterval     time.Duration
		cluster          bool
	}{
		{file: "single.conf", serverName: "mujaz-1", syncAlways: true},
		{file: "single-fast.conf", serverName: "mujaz-fast", syncInterval: 10 * time.Second},
		{file: "cluster-1.conf", serverName: "mujaz-1", syncAlways: true, cluster: true},
		{file: "cluster-2.conf", serverName: "mujaz-2", syncAlways: true, cluster: true},
		{file: "cluster-3.conf", serverName: "mujaz-3", syncAlways: true, cluster: true},
	} {
		t.Run(tt.file, func(t *testing.T) {
			t.Parallel()
			opts := load(t, tt.file)
			check := func(ok bool, what string, got any) {
				t.Helper()
				if !ok {
					t.Errorf("%s is %v", what, got)
				}
			}
			check(opts.ServerName == tt.serverName, "server name", opts.ServerName)
			check(opts.JetStream, "jetstream", opts.JetStream)
			check(opts.SyncAlways == tt.syncAlways, "sync always", opts.SyncAlways)
			if !tt.syncAlways {
				check(opts.SyncInterval == tt.syncInterval, "sync interval", opts.SyncInterval)
			}
			check(opts.StoreDir == "/data", "store directory", opts.StoreDir)
			check(opts.JetStreamMaxStore == 40<<30, "file store limit", opts.JetStreamMaxStore)
			check(opts.JetStreamMaxMemory == 256<<20, "memory store limit", opts.JetStreamMaxMemory)
			check(opts.MaxPayload == 1<<20, "payload limit", opts.MaxPayload)
			check(opts.Port == 4222, "client port", opts.Port)
			check(opts.HTTPHost == "127.0.0.1", "monitoring host", opts.HTTPHost)
			check(opts.HTTPPort == 8222, "monitoring port", opts.HTTPPort)
			check(opts.Websocket.Port == 0, "websocket port", opts.Websocket.Port)
			check(opts.NoAuthUser == "", "user without authentication", opts.NoAuthUser)
			check((opts.Cluster.Port == 6222) == tt.cluster, "cluster port", opts.Cluster.Port)
			check((len(opts.Routes) == 3) == tt.cluster, "routes", opts.Routes)
		})
	}
}

// start runs a configuration on free ports and in a folder of its own.
func start(t *testing.T, opts *server.Options, dir string) *server.Server {
	t.Helper()
	opts.Host, opts.Port = "127.0.0.1", server.RANDOM_PORT
	opts.HTTPPort = server.RANDOM_PORT
	opts.StoreDir = dir
	opts.NoLog, opts.NoSigs = true, true
	srv, err := server.NewServer(opts)
	if err != nil {
		t.Fatal(err)
	}
	srv.Start()
	t.Cleanup(func() {
		srv.Shutdown()
		srv.WaitForShutdown()
	})
	return srv
}

// ensure puts mujaz' default topology on the server: its limits must fit into those of the file.
func ensure(t *testing.T, srv *server.Server, replicas int) {
	t.Helper()
	conn, err := queue.Connect(t.Context(), queue.ConnConfig{
		URL:      srv.ClientURL(),
		Topology: queue.Topology{Replicas: replicas},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	if err := conn.Ensure(t.Context()); err != nil {
		t.Fatalf("the default topology does not fit: %v", err)
	}
}

func TestSingleNodeTakesTheTopology(t *testing.T) {
	t.Parallel()
	for _, file := range []string{"single.conf", "single-fast.conf"} {
		t.Run(file, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			opts := load(t, file)
			always := opts.SyncAlways
			srv := start(t, opts, dir)
			if !srv.ReadyForConnections(readyTimeout) {
				t.Fatal("server is not ready")
			}
			if got := srv.JetStreamConfig().SyncAlways; got != always {
				t.Errorf("running server: sync always = %v, want %v", got, always)
			}
			ensure(t, srv, 1)
		})
	}
}

func TestClusterTakesTheTopology(t *testing.T) {
	t.Parallel()
	var nodes []*server.Server
	var routes []*url.URL
	for _, file := range []string{"cluster-1.conf", "cluster-2.conf", "cluster-3.conf"} {
		opts := load(t, file)
		// The routes of the files name hosts of a network that is not here. A later node is pointed
		// at the earlier ones; gossip does the rest.
		opts.Routes = routes
		opts.Cluster.Host, opts.Cluster.Port = "127.0.0.1", server.RANDOM_PORT
		if len(routes) == 0 {
			// JetStream refuses a cluster that knows of no other node; this one is not there.
			opts.Routes = []*url.URL{{Scheme: "nats-route", Host: "127.0.0.1:1"}}
		}
		srv := start(t, opts, t.TempDir())
		if !srv.ReadyForConnections(readyTimeout) {
			t.Fatalf("%s: server is not ready", file)
		}
		nodes = append(nodes, srv)
		routes = append(routes, &url.URL{Scheme: "nats-route", Host: srv.ClusterAddr().String()})
	}
	awaitLeader(t, nodes)
	ensure(t, nodes[0], 3)
}

// awaitLeader polls, since the server has no call that waits for the election.
func awaitLeader(t *testing.T, nodes []*server.Server) {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(readyTimeout)
	for {
		for _, srv := range nodes {
			if srv.JetStreamIsLeader() && len(srv.JetStreamClusterPeers()) == len(nodes) {
				return
			}
		}
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatal("no leader of all nodes")
		}
	}
}
