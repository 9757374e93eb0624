package queuetest_test

import (
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/mujaz/mujaz/queue"
	"github.com/mujaz/mujaz/queue/queuetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestJobsSurviveRestartAndKill(t *testing.T) {
	t.Parallel()
	server := queuetest.StartWith(t, queuetest.Options{Topology: queue.Topology{Prefix: "test", AckWait: 2 * time.Second}})
	conn := server.Connect(t)
	producer := queue.NewProducer(conn)
	url := server.URL
	stops := []func(testing.TB){func(testing.TB) {}, server.Restart, func(t testing.TB) { server.Kill(t); server.Resume(t) }}
	for i, stop := range stops {
		stop(t)
		if server.URL != url {
			t.Fatalf("the address changed from %s to %s", url, server.URL)
		}
		got, err := producer.Submit(t.Context(), queue.Job{Article: queue.Article{Text: "افتتحت البلدية حديقة جديدة."}, Revision: i + 1}, queue.Route{})
		if err != nil {
			t.Fatal(err)
		}
		if got.Sequence != uint64(i+1) {
			t.Errorf("job %d has sequence %d", i, got.Sequence)
		}
	}
}

func TestCoreOnly(t *testing.T) {
	t.Parallel()
	server := queuetest.StartWith(t, queuetest.Options{CoreOnly: true})
	conn := server.Dial(t, queue.ConnConfig{})
	if err := conn.Ensure(t.Context()); err == nil {
		t.Error("a server without JetStream has a topology")
	}
	server.Kill(t)
	server.Resume(t)
	queuetest.Eventually(t, "the client is back", conn.Connected)
}
