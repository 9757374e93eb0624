package chaos

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/mujaz/mujaz/internal/llmtest"
	"github.com/mujaz/mujaz/queue"
)

// setup is what a scenario stands on.
type setup struct {
	nodes   int    // 1 or 3
	config  string // shipped configuration of one node
	workers int
	slots   int
	ackWait time.Duration
	grace   time.Duration
	latency time.Duration
	choose  func(job string, nth int) (trouble, bool)
	linked  bool     // workers reach NATS and the endpoint through links
	disk    int64    // bytes of a disk that the servers' folders are on, whose power can be cut; 0: none
	reclaim bool     // an operator does what status says about stranded jobs
	metrics bool     // workers serve them where the harness knows
	crash   bool     // workers of this program, which a job can crash
	args    []string // more of the worker
}

// stand is a fleet that runs.
type stand struct {
	a        *attempt
	setup    setup
	nodes    []*node
	disk     *disk // may be nil
	endpoint *endpoint
	workers  []*workerProcess
	producer *workerProcess    // of a backfill; nil elsewhere
	metrics  map[string]string // address by worker
	links    map[string]*link  // by worker and what it leads to
	conn     *queue.Conn       // of the producers
	reader   *reader

	mu     sync.Mutex
	faults []Fault
	probes []Job // sent while the disk was full
}

// open starts servers and endpoint, prepares the streams, and connects
// producers and reader. Workers are started by [stand.work].
func open(ctx context.Context, a *attempt, s setup) (_ *stand, err error) {
	// The time limit ends the waiting, not the processes: what they did is read
	// behind it.
	limited := ctx
	ctx = context.WithoutCancel(ctx)
	st := &stand{a: a, setup: s, links: map[string]*link{}, metrics: map[string]string{}}
	defer func() {
		if err != nil {
			st.close(ctx)
		}
	}()
	if s.disk > 0 {
		if st.disk, err = newDisk(limited, a.cfg, s.disk); err != nil {
			return nil, err
		}
	}
	if st.nodes, err = newNodes(a.cfg, max(1, s.nodes), s.config); err != nil {
		return nil, err
	}
	for _, n := range st.nodes {
		if err := n.start(ctx); err != nil {
			return nil, err
		}
	}
	for _, n := range st.nodes {
		if err := n.await(limited); err != nil {
			return nil, err
		}
	}
	if st.endpoint, err = startEndpoint(s.latency, s.choose); err != nil { //nolint:contextcheck // it ends by close
		return nil, err
	}
	topology := queue.Topology{AckWait: s.ackWait}
	if s.nodes == 3 {
		topology.Replicas = 3
	}
	if st.conn, err = queue.Connect(ctx, queue.ConnConfig{URL: urls(st.nodes), Name: "chaos producer", Topology: topology}); err != nil {
		return nil, err
	}
	if err := st.prepare(limited); err != nil {
		return nil, err
	}
	if st.reader, err = newReader(urls(st.nodes)); err != nil {
		return nil, err
	}
	return st, nil
}

// prepare makes the streams. Nodes of a cluster answer before they know each
// other.
func (st *stand) prepare(ctx context.Context) (err error) {
	ctx, cancel := context.WithTimeout(ctx, readyWait)
	defer cancel()
	if !until(ctx, func() bool {
		err = st.conn.Ensure(ctx)
		return err == nil || st.setup.nodes < 3
	}) || err != nil {
		return fmt.Errorf("prepare the streams: %w", errors.Join(ctx.Err(), err))
	}
	return nil
}

// launch is open with the workers at work.
func launch(ctx context.Context, a *attempt, s setup) (*stand, error) {
	st, err := open(ctx, a, s)
	if err != nil {
		return nil, err
	}
	if err := st.work(ctx); err != nil {
		st.close(ctx)
		return nil, err
	}
	return st, nil
}

// close ends everything, in the order that leaves no reconnecting client.
func (st *stand) close(ctx context.Context) {
	for _, w := range st.workers {
		w.stop()
	}
	for _, l := range st.links {
		l.close()
	}
	if st.reader != nil {
		st.reader.close()
	}
	if st.conn != nil {
		st.conn.Close()
	}
	if st.endpoint != nil {
		st.endpoint.server.Close()
	}
	for _, n := range st.nodes {
		n.stop()
	}
	if st.disk != nil {
		if err := st.disk.unmount(context.WithoutCancel(ctx)); err != nil {
			st.a.progress("%v", err)
		}
	}
}

// work starts the workers.
func (st *stand) work(ctx context.Context) error {
	for i := range st.setup.workers {
		w, err := st.hire(ctx, "w"+strconv.Itoa(i+1))
		if err != nil {
			return err
		}
		st.workers = append(st.workers, w)
	}
	return nil
}

// hire starts one worker as its users do, but for a shorter AckWait.
func (st *stand) hire(ctx context.Context, name string) (*workerProcess, error) {
	nats, llm := urls(st.nodes), st.endpoint.server.URL()
	if st.setup.linked {
		var err error
		if nats, llm, err = st.connect(ctx, name); err != nil {
			return nil, err
		}
	}
	listen := "127.0.0.1:0"
	if st.setup.metrics {
		ports, err := freePorts(1)
		if err != nil {
			return nil, err
		}
		listen = "127.0.0.1:" + strconv.Itoa(ports[0])
		st.metrics[name] = listen
	}
	args := []string{
		"worker", "--name", name, "--nats-url", nats, "--base-url", llm, "--model", llmtest.ModelName, "--slots", strconv.Itoa(st.setup.slots),
		"--header", headerWorker + "=" + name, "--ack-wait", st.setup.ackWait.String(), "--grace", st.setup.grace.String(),
		"--replicas", strconv.Itoa(max(1, st.setup.nodes)), "--health-listen", listen, "--log-format", "json",
	}
	binary := st.a.cfg.Mujaz
	if st.setup.crash {
		binary, args[0] = st.a.cfg.Self, "crashing-worker"
	}
	w := newWorker(st.a.cfg.Logs, name, binary, append(args, st.setup.args...)...)
	return w, w.start(context.WithoutCancel(ctx)) // until it is stopped
}

// connect opens a worker's own links.
func (st *stand) connect(ctx context.Context, name string) (nats, llm string, err error) {
	u, err := url.Parse(st.nodes[0].url)
	if err != nil {
		return "", "", fmt.Errorf("address of the server: %w", err)
	}
	toNATS, err := newLink(ctx, u.Host)
	if err != nil {
		return "", "", err
	}
	st.links[name+natsLink] = toNATS
	llm, toLLM, err := st.endpoint.linked(ctx)
	if err != nil {
		return "", "", err
	}
	st.links[name+endpointLink] = toLLM
	return "nats://" + toNATS.address(), llm, nil
}

const (
	natsLink     = " to NATS"
	endpointLink = " to the endpoint"
)

// note enters a fault around what does it.
func (st *stand) note(kind, worker string, slack time.Duration, do func() error) error {
	f := Fault{Kind: kind, Worker: worker, From: time.Now()}
	err := do()
	f.Until = time.Now().Add(slack)
	st.mu.Lock()
	defer st.mu.Unlock()
	if !errors.Is(err, errNothing) {
		st.faults = append(st.faults, f)
		return err
	}
	return nil
}

// errNothing is a fault that met nobody: a process that was down already.
var errNothing = errors.New("nothing to strike")

// recovery is how long a fault of the server is felt: clients reconnect, and
// leases that nobody renewed run out.
func (st *stand) recovery() time.Duration { return st.setup.ackWait + 3*time.Second }

// drive sends the jobs, does the faults, and waits until the queue is empty, or
// the time is up. It returns what was seen.
func (st *stand) drive(ctx context.Context, jobs []order, events []event) (Journal, error) {
	stopWatch, err := st.reader.watchLedger(ctx)
	if err != nil {
		return Journal{}, err
	}
	defer stopWatch()
	var sent []Job
	var group sync.WaitGroup
	group.Go(func() { sent = produce(ctx, st.conn, jobs) })
	struck := st.strike(ctx, events, len(jobs))
	group.Wait()
	st.a.progress("%d jobs sent, faults done: %d", len(jobs), len(events))
	st.settle(ctx)
	j, err := st.collect(ctx)
	j.Jobs = sent
	return j, errors.Join(struck, err)
}

// settle waits until the queue is empty and the workers have nothing in hand.
func (st *stand) settle(ctx context.Context) {
	last, there := time.Now(), time.Now()
	until(ctx, func() bool {
		n, err := st.reader.waiting(ctx)
		if !errors.Is(err, jetstream.ErrStreamNotFound) {
			there = time.Now()
		}
		if time.Since(there) > goneWait {
			st.a.violate("lost: a stream is gone: %v", err)
			return true
		}
		if time.Since(last) > 10*time.Second {
			last = time.Now()
			st.a.progress("%d jobs left, %d calls under way", n, st.endpoint.underWay())
			if st.setup.reclaim && err == nil && n > 0 {
				st.reclaim(ctx)
			}
		}
		return err == nil && n == 0
	})
}

// goneWait is how long a stream may be missing: workers make one anew within
// seconds, where they can.
const goneWait = time.Minute

// collectWait bounds the reading at the end, when the time may be up.
const collectWait = time.Minute

// collect stops the workers in order and reads everything.
func (st *stand) collect(ctx context.Context) (Journal, error) {
	cut := ctx.Err() != nil
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), collectWait)
	defer cancel()
	for _, w := range st.workers {
		st.inquire(w)
		w.stop()
	}
	if st.a.vain > 0 {
		st.a.figure("workers were started in vain %d times, as no server answered", st.a.vain)
	}
	j := Journal{Cut: cut, Calls: st.endpoint.journal(), Stored: st.reader.storedAt()}
	st.mu.Lock()
	j.Faults = st.faults
	st.mu.Unlock()
	var err error
	if j.Outcomes, err = st.reader.outcomes(ctx); err == nil {
		j.Left, err = st.reader.left(ctx)
	}
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		// With all that was in it.
		st.a.violate("lost: a stream is gone: %v", err)
		err = nil
	}
	st.excuse(j)
	return j, err
}

// excuse lets attempts stay in the ledger where there were faults: they are
// removed once, behind the ack, which a worker may not live to do, and a server
// that dies can forget that a job was delivered before. They age out.
func (st *stand) excuse(j Journal) {
	if n := j.Left[leftAttempts]; len(j.Faults) > 0 && n > 0 {
		st.a.figure("%d %s were not removed, and age out", n, leftAttempts)
		delete(j.Left, leftAttempts)
	}
}

// inquire looks into how a worker ended that the harness did not kill.
func (st *stand) inquire(w *workerProcess) {
	deaths, last := w.died()
	switch {
	case len(deaths) == 0:
	case st.setup.crash:
		st.mu.Lock()
		defer st.mu.Unlock()
		for _, at := range deaths {
			st.faults = append(st.faults, Fault{Kind: workerCrashed, Worker: w.name, From: at, Until: at})
		}
	default:
		// One that is started while the server is down says so, and ends.
		st.a.vain += len(deaths)
		if !strings.Contains(last, "Nothing answers there") {
			st.a.figure("%s ended by itself: %s", w.name, lastLine(last))
		}
		if strings.Contains(last, "panic:") || strings.Contains(last, "fatal error:") {
			st.a.violate("%s crashed: %s", w.name, last)
		}
	}
}

func lastLine(log string) string {
	lines := strings.Split(strings.TrimSpace(log), "\n")
	return lines[len(lines)-1]
}
