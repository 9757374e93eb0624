package queue_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"go.uber.org/goleak"

	"github.com/mujaz/mujaz/queue"
	"github.com/mujaz/mujaz/queue/queuetest"
)

// exampleDir holds the stores of the examples, which have no testing.T.
var exampleDir = filepath.Join(os.TempDir(), "mujaz-examples-"+strconv.Itoa(os.Getpid()))

func TestMain(m *testing.M) {
	// nats.go 1.55.0: each put into an object store has a publisher of its own.
	// When that ends before this goroutine of it has begun, which takes a busy
	// machine, the goroutine waits on a channel that is gone.
	objectPut := goleak.IgnoreTopFunction("github.com/nats-io/nats.go/jetstream.(*jetStream).resetPendingAcksOnReconnect")
	goleak.VerifyTestMain(m, objectPut, goleak.Cleanup(func(code int) {
		if err := os.RemoveAll(exampleDir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = 1
		}
		os.Exit(code)
	}))
}

const articleText = "أعلنت وزارة المياه في مدينة الريم افتتاح محطة تحلية جديدة تخدم أربعين ألف أسرة."

// shortLease is as short as a machine under load keeps.
var shortLease = queue.Topology{AckWait: 2 * time.Second}

// article is a valid job of that id.
func article(id string) queue.Job {
	return queue.Job{ID: id, Article: queue.Article{Text: articleText}}
}

// admin is a plain client of the server: what the tests see through it is the
// server's view, not ours.
func admin(t testing.TB, server *queuetest.Server) jetstream.JetStream {
	t.Helper()
	nc, err := nats.Connect(server.URL, nats.MaxReconnects(-1), nats.ReconnectWait(50*time.Millisecond))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(nc.Close)
	js, err := jetstream.New(nc)
	if err != nil {
		t.Fatal(err)
	}
	return js
}

func streamInfo(t testing.TB, js jetstream.JetStream, name string) *jetstream.StreamInfo {
	t.Helper()
	stream, err := js.Stream(t.Context(), name)
	if err != nil {
		t.Fatalf("stream %s: %v", name, err)
	}
	return stream.CachedInfo()
}

func consumerInfo(t testing.TB, js jetstream.JetStream, lane queue.Lane) *jetstream.ConsumerInfo {
	t.Helper()
	topo := queue.Topology{}.WithDefaults()
	consumer, err := js.Consumer(t.Context(), topo.JobsStream(lane), topo.Durable(lane))
	if err != nil {
		t.Fatalf("consumer of the %s lane: %v", lane, err)
	}
	return consumer.CachedInfo()
}

func submit(t testing.TB, conn *queue.Conn, job queue.Job, route queue.Route) queue.Submitted {
	t.Helper()
	got, err := queue.NewProducer(conn).Submit(t.Context(), job, route)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// work is a consumer that runs in the background and hands its deliveries to
// the test.
type work struct {
	*queue.Consumer
	deliveries chan inHand
	stop       func() // ends fetching and waits for Run
	cancelJobs context.CancelFunc
}

// inHand is a delivery whose handler waits for the test to call end.
type inHand struct {
	*queue.Delivery
	ctx context.Context //nolint:containedctx // it is what the handler was called with
	end func()
}

// consume runs a consumer whose jobs stay in hand until the test ends them.
func consume(t testing.TB, conn *queue.Conn, cfg queue.ConsumerConfig) *work {
	t.Helper()
	w := &work{Consumer: queue.NewConsumer(conn, cfg), deliveries: make(chan inHand, 1024)}
	jobs, cancelJobs := context.WithCancel(t.Context())
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		done <- w.Run(ctx, jobs, func(ctx context.Context, d *queue.Delivery) {
			ended, end := context.WithCancel(jobs)
			w.deliveries <- inHand{Delivery: d, ctx: ctx, end: end}
			<-ended.Done()
		})
	}()
	stopped := false
	w.cancelJobs = cancelJobs
	w.stop = func() {
		if stopped {
			return
		}
		stopped = true
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run: %v", err)
		}
	}
	t.Cleanup(func() {
		cancelJobs()
		w.stop()
	})
	return w
}

func (w *work) next(t testing.TB) inHand {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	select {
	case d := <-w.deliveries:
		return d
	case <-ctx.Done():
		t.Fatal("no delivery came")
		return inHand{}
	}
}

// finish acks and ends.
func (d inHand) finish(t testing.TB) {
	t.Helper()
	if err := d.Ack(t.Context()); err != nil {
		t.Errorf("ack: %v", err)
	}
	d.end()
}
