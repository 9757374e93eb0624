package chaos

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// node is one nats-server.
type node struct {
	name   string
	binary string
	args   []string
	logs   string
	url    string

	mu   sync.Mutex // held from a blow to its recovery
	proc *process
}

// nodePorts are the ports of one node.
type nodePorts struct{ client, cluster, monitor int }

// readyWait bounds a start: a store of some gigabytes takes seconds to open, an
// election up to 9 s (measured).
const readyWait = time.Minute

// newNodes prepares a server by a shipped configuration, or three of a cluster.
// Addresses and folder alone differ from what is shipped.
func newNodes(cfg Config, count int, config string) ([]*node, error) {
	var ports []nodePorts
	var routes []string
	for range count {
		free, err := freePorts(3)
		if err != nil {
			return nil, err
		}
		ports = append(ports, nodePorts{free[0], free[1], free[2]})
		routes = append(routes, "nats://127.0.0.1:"+strconv.Itoa(free[1]))
	}
	var nodes []*node
	for i, p := range ports {
		file := config
		if count > 1 {
			file = fmt.Sprintf("cluster-%d.conf", i+1)
		}
		n := &node{name: fmt.Sprintf("nats-%d", i+1), binary: cfg.Server, logs: cfg.Logs, url: "nats://127.0.0.1:" + strconv.Itoa(p.client)}
		folder, err := copyConfigs(cfg, n.name)
		if err != nil {
			return nil, err
		}
		n.args = []string{
			"--config", filepath.Join(folder, file), "--addr", "127.0.0.1", "--port", strconv.Itoa(p.client),
			"--http_port", strconv.Itoa(p.monitor),
		}
		if count > 1 {
			others := slices.Delete(slices.Clone(routes), i, i+1)
			n.args = append(n.args, "--cluster", routes[i], "--routes", strings.Join(others, ","))
		}
		nodes = append(nodes, n)
	}
	return nodes, nil
}

// copyConfigs puts the shipped configurations into a node's own folder, with its
// store in place of /data: the server takes no other by the command line.
func copyConfigs(cfg Config, node string) (string, error) {
	folder, err := os.MkdirTemp(cfg.Dir, "config-"+node+"-")
	if err != nil {
		return "", fmt.Errorf("copy the servers' configurations: %w", err)
	}
	if err := os.CopyFS(folder, os.DirFS(cfg.Configs)); err != nil {
		return "", fmt.Errorf("copy the servers' configurations: %w", err)
	}
	files, err := filepath.Glob(filepath.Join(folder, "*.conf"))
	if err != nil {
		return "", fmt.Errorf("copy the servers' configurations: %w", err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return "", fmt.Errorf("copy the servers' configurations: %w", err)
		}
		own := strings.ReplaceAll(string(text), `"/data"`, strconv.Quote(storeDir(cfg, node)))
		if err := os.WriteFile(file, []byte(own), 0o600); err != nil {
			return "", fmt.Errorf("copy the servers' configurations: %w", err)
		}
	}
	return folder, nil
}

// storeDir is where a node keeps its streams.
func storeDir(cfg Config, node string) string { return filepath.Join(cfg.Dir, "store", node) }

// freePorts that nobody listens on at this moment.
func freePorts(n int) ([]int, error) {
	var ports []int
	for range n {
		l, err := net.ListenTCP("tcp", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
		if err != nil {
			return nil, fmt.Errorf("find a free port: %w", err)
		}
		defer l.Close() //nolint:errcheck // held until all are found
		addr, ok := l.Addr().(*net.TCPAddr)
		if !ok {
			return nil, errors.New("find a free port: no TCP address")
		}
		ports = append(ports, addr.Port)
	}
	return ports, nil
}

// start runs the server; it may not be ready when start returns.
func (n *node) start(ctx context.Context) error {
	p, err := spawn(ctx, n.logs, n.name, n.binary, n.args...)
	if err != nil {
		return err
	}
	n.proc = p
	return nil
}

// await returns when JetStream answers.
func (n *node) await(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, readyWait)
	defer cancel()
	var last error
	if until(ctx, func() bool {
		last = answers(ctx, n.url)
		return last == nil || ended(n.proc)
	}) && last == nil {
		return nil
	}
	return fmt.Errorf("wait for %s: %w: %s", n.name, errors.Join(ctx.Err(), last), n.proc.log.last())
}

func ended(p *process) bool {
	select {
	case <-p.done:
		return true
	default:
		return false
	}
}

// answers asks JetStream for its account.
func answers(ctx context.Context, url string) error {
	nc, err := nats.Connect(url, nats.Timeout(time.Second))
	if err != nil {
		return err
	}
	defer nc.Close()
	js, err := jetstream.New(nc)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	_, err = js.AccountInfo(ctx)
	return err
}

// bounce kills a server and starts it again after a while, on the same store.
func (n *node) bounce(ctx context.Context, down time.Duration) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.proc.kill()
	pause(ctx, down)
	if err := n.start(context.WithoutCancel(ctx)); err != nil {
		return err
	}
	return n.await(ctx)
}

// bounceAll kills all servers at one moment and starts them again.
func bounceAll(ctx context.Context, nodes []*node, down time.Duration) error {
	for _, n := range nodes {
		n.mu.Lock()
		defer n.mu.Unlock()
	}
	killAll(nodes)
	pause(ctx, down)
	return startAll(ctx, nodes)
}

// killAll is called with the nodes locked, as startAll is.
func killAll(nodes []*node) {
	for _, n := range nodes {
		_ = n.proc.signal(syscall.SIGKILL) // what fails has ended
	}
	for _, n := range nodes {
		<-n.proc.done
	}
}

func startAll(ctx context.Context, nodes []*node) error {
	for _, n := range nodes {
		if err := n.start(context.WithoutCancel(ctx)); err != nil {
			return err
		}
	}
	for _, n := range nodes {
		if err := n.await(ctx); err != nil {
			return err
		}
	}
	return nil
}

// stop ends the server for good.
func (n *node) stop() {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.proc != nil {
		n.proc.kill()
	}
}

// urls of all nodes, as a client is given them.
func urls(nodes []*node) string {
	var all []string
	for _, n := range nodes {
		all = append(all, n.url)
	}
	return strings.Join(all, ",")
}

// removeStores lets a second fleet of a run begin anew.
func removeStores(cfg Config) error {
	if err := os.RemoveAll(filepath.Join(cfg.Dir, "store")); err != nil {
		return fmt.Errorf("remove the servers' folders: %w", err)
	}
	return nil
}
