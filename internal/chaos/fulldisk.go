package chaos

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/mujaz/mujaz/queue"
)

// fullDisk fills the disk below the server while jobs flow, by a file that is
// none of its own, and takes that away again.
func fullDisk(ctx context.Context, a *attempt) error {
	st, err := open(ctx, a, setup{
		config: "single.conf", workers: 4, slots: 8, ackWait: 2 * chaosAckWait, grace: 5 * time.Second, latency: 200 * time.Millisecond,
		disk: smallDisk, metrics: true, reclaim: true,
	})
	if err != nil {
		return err
	}
	defer st.close(ctx)
	if err := st.work(ctx); err != nil {
		return err
	}
	// Early enough for work to be under way.
	events := []event{
		{at: 0.05 + 0.3*a.dice.Float64(), kind: diskFilled},
		{at: 0.5 + 0.3*a.dice.Float64(), kind: diskFilled},
	}
	a.journal, err = st.drive(ctx, orders(a.cfg.Jobs, queue.LaneLive, "gazette", 0), events)
	a.journal.Jobs = append(a.journal.Jobs, st.probes...)
	return err
}

// smallDisk has room for a run, and is soon filled.
const smallDisk = 512 << 20

// fill leaves no byte of the disk, until a worker has said so. Then there is room
// again, and the server is restarted, as docs/operations.md says: it does not go
// on by itself.
func (st *stand) fill(ctx context.Context) error {
	n := st.nodes[0]
	n.mu.Lock()
	defer n.mu.Unlock()
	if err := st.disk.fill(); err != nil {
		return err
	}
	st.look(ctx)
	if err := st.disk.empty(); err != nil {
		return err
	}
	before, err := st.reader.outcomesSoFar(ctx)
	pause(ctx, roomWait)
	if after, err2 := st.reader.outcomesSoFar(ctx); err == nil && err2 == nil {
		st.a.figure("%d outcomes were stored in %s with room on the disk, before the restart", after-before, roomWait)
	}
	n.proc.kill()
	if err := n.start(context.WithoutCancel(ctx)); err != nil {
		return err
	}
	return n.await(ctx)
}

// reclaim does what `mujaz status` advises about jobs that the server holds and
// does not deliver: a full disk keeps it from removing what was acked.
func (st *stand) reclaim(ctx context.Context) {
	strays, err := st.conn.Reconcile(ctx)
	if err != nil {
		st.a.progress("look for strays: %v", err)
		return
	}
	for _, s := range strays {
		if s.Stream != streamLive {
			continue
		}
		st.a.figure("%d jobs were stranded by the full disk; their consumer was deleted, as status says", s.Jobs)
		if err := st.reader.js.DeleteConsumer(ctx, s.Stream, "mujaz-live"); err != nil {
			st.a.violate("disk: the advice about strays could not be followed: %v", err)
		}
	}
}

// roomWait is how long the server is watched when there is room.
const roomWait = 5 * time.Second

// sayWait is how long the programs may take to say that nothing is stored: a
// write of 10 s, and half a minute of them.
const sayWait = 75 * time.Second

// look waits until a worker's readiness says what is the matter, and asks what a
// producer is told: that its job is stored, or what to do.
func (st *stand) look(ctx context.Context) {
	const said = "confirms nothing it is to store"
	ctx, cancel := context.WithTimeout(ctx, sayWait)
	defer cancel()
	began := time.Now()
	// Large, so that it does not fit into what its stream has of the disk, and
	// late, so that it is not worked on.
	job := queue.Job{ID: "probe-" + strconv.Itoa(len(st.probes)), Article: queue.Article{Text: strings.Repeat("خبر ", probeBytes/7)}}
	job.Options.Deadline = began
	probe := Job{ID: job.ID, Want: []string{"dead:expired"}}
	submitted := make(chan error, 1)
	go func() {
		_, err := queue.NewProducer(st.conn).Submit(ctx, job, queue.Route{Source: "probe"})
		submitted <- err
	}()
	var answer string
	if until(ctx, func() bool {
		for _, address := range st.metrics {
			if answer = readyz(ctx, address); strings.Contains(answer, said) {
				return true
			}
		}
		return false
	}) {
		st.a.figure("%s after the disk was full a worker's /readyz said that NATS %s", time.Since(began).Round(time.Second), said)
	} else {
		st.a.violate("disk: no worker's /readyz said that nothing is stored: %s", answer)
	}
	switch err := <-submitted; {
	case err == nil:
		probe.Acked = time.Now()
		st.a.figure("a producer's job was stored on the full disk")
	case strings.Contains(err.Error(), said):
		st.a.figure("a producer was told: %v", err)
	default:
		st.a.violate("disk: a producer was told: %v", err)
	}
	st.probes = append(st.probes, probe) // one fault at a time: the node is locked
}

const probeBytes = 300 << 10

func readyz(ctx context.Context, address string) string {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+"/readyz", nil)
	if err != nil {
		return err.Error()
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err.Error()
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return err.Error()
	}
	return fmt.Sprintf("%d %s", response.StatusCode, body)
}
