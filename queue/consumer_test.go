package queue_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/mujaz/mujaz/queue"
	"github.com/mujaz/mujaz/queue/queuetest"
)

// passAckWait returns when n leases of shortLease's AckWait have run out by
// the server's clock: it watches a job of its own that nobody acks.
func passAckWait(t testing.TB, js jetstream.JetStream, n int) {
	t.Helper()
	stream, err := js.CreateStream(t.Context(), jetstream.StreamConfig{Name: "CLOCK", Subjects: []string{"clock"}, Storage: jetstream.MemoryStorage})
	if err != nil {
		t.Fatal(err)
	}
	clock, err := stream.CreateConsumer(t.Context(), jetstream.ConsumerConfig{AckPolicy: jetstream.AckExplicitPolicy, AckWait: shortLease.AckWait})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := js.Publish(t.Context(), "clock", nil); err != nil {
		t.Fatal(err)
	}
	for delivered := uint64(0); delivered <= uint64(n); {
		msg, err := clock.Next(jetstream.FetchMaxWait(time.Minute))
		if err != nil {
			t.Fatal(err)
		}
		meta, err := msg.Metadata()
		if err != nil {
			t.Fatal(err)
		}
		delivered = meta.NumDelivered
	}
}

func TestConsumerTakesASlotBeforeAJob(t *testing.T) {
	t.Parallel()
	const jobs, slots = 12, 3
	server := queuetest.Start(t)
	conn, js := server.Connect(t), admin(t, server)
	for i := range jobs {
		submit(t, conn, article(fmt.Sprint(i)), queue.Route{})
	}
	w := consume(t, conn, queue.ConsumerConfig{Slots: slots})
	var held []inHand
	for range jobs {
		held = append(held, w.next(t))
		if len(held) < slots {
			continue
		}
		if pending := consumerInfo(t, js, queue.LaneLive).NumAckPending; pending > slots || w.InHand() > slots {
			t.Fatalf("%d jobs are delivered, %d in hand, to a worker of %d slots", pending, w.InHand(), slots)
		}
		held[0].finish(t)
		held = held[1:]
	}
	for _, d := range held {
		d.finish(t)
	}
	if msgs := streamInfo(t, js, "MUJAZ_JOBS").State.Msgs; msgs != 0 {
		t.Errorf("%d jobs are left", msgs)
	}
}

func TestConsumerServesLiveFirst(t *testing.T) {
	t.Parallel()
	server := queuetest.Start(t)
	conn := server.Connect(t)
	for i := range 5 {
		submit(t, conn, article(fmt.Sprint("old", i)), queue.Route{Lane: queue.LaneBackfill, Source: "archive"})
		submit(t, conn, article(fmt.Sprint("new", i)), queue.Route{Source: "desk"})
	}
	// The server counts a job as one that waits a moment after it has confirmed
	// it: until then it answers that the lane is empty.
	queuetest.Eventually(t, "both lanes have their jobs", func() bool {
		live, err := conn.Backlog(t.Context(), queue.LaneLive)
		backfill, err2 := conn.Backlog(t.Context(), queue.LaneBackfill)
		return err == nil && err2 == nil && live.Pending == 5 && backfill.Pending == 5
	})
	w := consume(t, conn, queue.ConsumerConfig{Slots: 1})
	for i := range 10 {
		want, source := queue.LaneLive, "desk"
		if i >= 5 {
			want, source = queue.LaneBackfill, "archive"
		}
		d := w.next(t)
		if d.Lane != want || d.Source != source || d.Delivered != 1 {
			t.Errorf("job %d: lane %s, source %s, delivery %d; want %s, %s, 1", i, d.Lane, d.Source, d.Delivered, want, source)
		}
		d.finish(t)
	}
}

// TestConsumerBackfillFloor: a flood of live jobs leaves the backfill one slot
// in sixteen, whatever the number of slots.
func TestConsumerBackfillFloor(t *testing.T) {
	t.Parallel()
	for _, slots := range []int{1, 4, 64} {
		t.Run(fmt.Sprint(slots, " slots"), func(t *testing.T) {
			t.Parallel()
			server := queuetest.Start(t)
			conn := server.Connect(t)
			for i := range 20 {
				submit(t, conn, article(fmt.Sprint("old", i)), queue.Route{Lane: queue.LaneBackfill})
			}
			submitMany(t, conn, 400)
			w := consume(t, conn, queue.ConsumerConfig{Slots: slots})
			backfill := 0
			const seen = 320
			for range seen {
				d := w.next(t)
				if d.Lane == queue.LaneBackfill {
					backfill++
				}
				d.finish(t)
			}
			if least, most := seen/16-64/16-1, seen/16+2; backfill < least || backfill > most {
				t.Errorf("%d of %d jobs were of the backfill, want %d to %d", backfill, seen, least, most)
			}
		})
	}
}

func submitMany(t testing.TB, conn *queue.Conn, n int) {
	t.Helper()
	producer := queue.NewProducer(conn)
	var pending []*queue.Pending
	for i := range n {
		p, err := producer.SubmitAsync(t.Context(), article(fmt.Sprint("job", i)), queue.Route{})
		if err != nil {
			t.Fatal(err)
		}
		pending = append(pending, p)
	}
	for _, p := range pending {
		if _, err := p.Wait(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

func TestConsumerIdleServesBothLanes(t *testing.T) {
	t.Parallel()
	for _, slots := range []int{1, 2, 8} {
		t.Run(fmt.Sprint(slots, " slots"), func(t *testing.T) {
			t.Parallel()
			server := queuetest.Start(t)
			conn, js := server.Connect(t), admin(t, server)
			w := consume(t, conn, queue.ConsumerConfig{Slots: slots})
			queuetest.Eventually(t, "the idle worker waits at the server", func() bool {
				live, backfill := consumerInfo(t, js, queue.LaneLive).NumWaiting, consumerInfo(t, js, queue.LaneBackfill).NumWaiting
				return live == 1 && backfill == min(1, slots-1)
			})
			for i := range 3 {
				for _, lane := range []queue.Lane{queue.LaneBackfill, queue.LaneLive} {
					submit(t, conn, article(fmt.Sprint(lane, i)), queue.Route{Lane: lane})
					d := w.next(t)
					if d.Lane != lane {
						t.Errorf("got a job of %s, want %s", d.Lane, lane)
					}
					d.finish(t)
				}
			}
		})
	}
}

func TestConsumerHeartbeatsKeepTheLease(t *testing.T) {
	t.Parallel()
	server := queuetest.StartWith(t, queuetest.Options{Topology: shortLease})
	conn, js := server.Connect(t), admin(t, server)
	submit(t, conn, article("slow"), queue.Route{})
	w := consume(t, conn, queue.ConsumerConfig{Slots: 4})
	d := w.next(t)
	passAckWait(t, js, 3)
	info := consumerInfo(t, js, queue.LaneLive)
	if info.NumRedelivered != 0 || info.Delivered.Consumer != 1 || !d.Leased() || d.ctx.Err() != nil {
		t.Errorf("redelivered %d, delivered %d, leased %t, context %v", info.NumRedelivered, info.Delivered.Consumer, d.Leased(), d.ctx.Err())
	}
	d.finish(t)
}

func TestConsumerLosesTheLeaseWithTheServer(t *testing.T) {
	t.Parallel()
	server := queuetest.StartWith(t, queuetest.Options{Topology: shortLease})
	conn, js := server.Connect(t), admin(t, server)
	submit(t, conn, article("orphan"), queue.Route{})
	w := consume(t, conn, queue.ConsumerConfig{Slots: 2})
	d := w.next(t)
	server.Stop(t)
	<-d.ctx.Done()
	if !errors.Is(context.Cause(d.ctx), queue.ErrLeaseLost) || d.Leased() {
		t.Errorf("cause %v, leased %t", context.Cause(d.ctx), d.Leased())
	}
	server.Resume(t)
	queuetest.Eventually(t, "the client is back", conn.Connected)
	if err := d.Ack(t.Context()); !errors.Is(err, queue.ErrLeaseLost) {
		t.Errorf("ack without a lease: %v", err)
	}
	if err := d.HandBack(t.Context(), 0); !errors.Is(err, queue.ErrLeaseLost) {
		t.Errorf("hand back without a lease: %v", err)
	}
	again := w.next(t)
	if again.Sequence != d.Sequence || again.Delivered < 2 {
		t.Errorf("sequence %d, delivery %d", again.Sequence, again.Delivered)
	}
	d.end()
	again.finish(t)
	if msgs := streamInfo(t, js, "MUJAZ_JOBS").State.Msgs; msgs != 0 {
		t.Errorf("%d jobs are left", msgs)
	}
}

func TestHandBack(t *testing.T) {
	t.Parallel()
	server := queuetest.Start(t)
	conn, js := server.Connect(t), admin(t, server)
	w := consume(t, conn, queue.ConsumerConfig{Slots: 2})

	submit(t, conn, article("later"), queue.Route{})
	d := w.next(t)
	if err := d.HandBack(t.Context(), time.Hour); err != nil {
		t.Fatal(err)
	}
	d.end()
	submit(t, conn, article("soon"), queue.Route{})
	d = w.next(t)
	if err := d.HandBack(t.Context(), 0); err != nil {
		t.Fatal(err)
	}
	if err := d.Ack(t.Context()); !errors.Is(err, queue.ErrLeaseLost) {
		t.Errorf("ack after handing back: %v", err)
	}
	d.end()
	again := w.next(t)
	if again.Sequence != d.Sequence || again.Delivered != 2 {
		t.Errorf("sequence %d, delivery %d; want %d, 2", again.Sequence, again.Delivered, d.Sequence)
	}
	again.finish(t)
	// What was handed back for an hour is there, and has not come again.
	if info := consumerInfo(t, js, queue.LaneLive); info.NumAckPending != 1 || info.NumRedelivered != 0 {
		t.Errorf("%d pending, %d redelivered; want 1, 0", info.NumAckPending, info.NumRedelivered)
	}
}

func TestHandlerThatSaysNothing(t *testing.T) {
	t.Parallel()
	server := queuetest.StartWith(t, queuetest.Options{Topology: shortLease})
	conn := server.Connect(t)
	submit(t, conn, article("silent"), queue.Route{})
	w := consume(t, conn, queue.ConsumerConfig{Slots: 2})
	w.next(t).end() // returns without a word
	d := w.next(t)
	if d.Delivered != 2 {
		t.Errorf("delivery %d, want 2", d.Delivered)
	}
	d.Abandon()
	if d.Leased() {
		t.Error("an abandoned delivery is leased")
	}
	d.end()
	if d = w.next(t); d.Delivered != 3 {
		t.Errorf("delivery %d, want 3", d.Delivered)
	}
	d.finish(t)
}

func TestAckIsConfirmed(t *testing.T) {
	t.Parallel()
	server := queuetest.Start(t)
	conn, js := server.Connect(t), admin(t, server)
	w := consume(t, conn, queue.ConsumerConfig{Slots: 1})
	for i := range 20 {
		submit(t, conn, article(fmt.Sprint(i)), queue.Route{})
		d := w.next(t)
		if err := d.Ack(t.Context()); err != nil {
			t.Fatal(err)
		}
		if msgs := streamInfo(t, js, "MUJAZ_JOBS").State.Msgs; msgs != 0 {
			t.Fatalf("job %d is in the stream after its ack", i)
		}
		d.end()
	}
}

func TestAckAfterServerKill(t *testing.T) {
	t.Parallel()
	server := queuetest.StartWith(t, queuetest.Options{Topology: queue.Topology{AckWait: 4 * time.Second}})
	conn, js := server.Connect(t), admin(t, server)
	submit(t, conn, article("a"), queue.Route{})
	w := consume(t, conn, queue.ConsumerConfig{Slots: 2})
	d := w.next(t)
	server.Kill(t)
	acked := make(chan error, 1)
	go func() { acked <- d.Ack(t.Context()) }()
	server.Resume(t)
	if err := <-acked; err != nil {
		// The kill came before the server had written the delivery down.
		finishAgain(t, w, d)
	}
	d.end()
	queuetest.Eventually(t, "the admin is back", func() bool { return js.Conn().IsConnected() })
	if msgs := streamInfo(t, js, "MUJAZ_JOBS").State.Msgs; msgs != 0 {
		t.Errorf("%d jobs are left", msgs)
	}
}

// finishAgain acks the job of d in a later delivery.
func finishAgain(t testing.TB, w *work, d inHand) {
	t.Helper()
	again := w.next(t)
	if again.Sequence != d.Sequence {
		t.Errorf("job %d came, want %d again", again.Sequence, d.Sequence)
	}
	again.finish(t)
}

// TestAckOfAForgottenDelivery: a server that knows nothing of a delivery never
// answers its ack. That must not hold the slot for ever.
func TestAckOfAForgottenDelivery(t *testing.T) {
	t.Parallel()
	server := queuetest.StartWith(t, queuetest.Options{Topology: shortLease})
	conn, js := server.Connect(t), admin(t, server)
	submit(t, conn, article("a"), queue.Route{})
	w := consume(t, conn, queue.ConsumerConfig{Slots: 1})
	d := w.next(t)
	if err := js.DeleteConsumer(t.Context(), "MUJAZ_JOBS", "mujaz-live"); err != nil {
		t.Fatal(err)
	}
	if err := conn.Ensure(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := d.Ack(t.Context()); err == nil || errors.Is(err, queue.ErrLeaseLost) {
		t.Errorf("ack of a delivery that the server has forgotten: %v", err)
	}
	d.end()
	finishAgain(t, w, d)
	if msgs := streamInfo(t, js, "MUJAZ_JOBS").State.Msgs; msgs != 0 {
		t.Errorf("%d jobs are left", msgs)
	}
}

func TestDrainWaitsForJobsInHand(t *testing.T) {
	t.Parallel()
	server := queuetest.Start(t)
	conn, js := server.Connect(t), admin(t, server)
	submit(t, conn, article("a"), queue.Route{})
	w := consume(t, conn, queue.ConsumerConfig{Slots: 4})
	d := w.next(t)
	drained := make(chan struct{})
	go func() { w.stop(); close(drained) }()
	queuetest.Eventually(t, "the worker has stopped asking", func() bool {
		return consumerInfo(t, js, queue.LaneLive).NumWaiting == 0 && consumerInfo(t, js, queue.LaneBackfill).NumWaiting == 0
	})
	submit(t, conn, article("b"), queue.Route{})
	select {
	case <-drained:
		t.Fatal("Run returned with a job in hand")
	case <-w.deliveries:
		t.Fatal("a job was fetched after the end")
	default:
	}
	if d.ctx.Err() != nil {
		t.Error("the job in hand was cancelled")
	}
	d.finish(t)
	<-drained
	// Waiting, or handed back if a poll that was just ending brought it.
	select {
	case <-w.deliveries:
		t.Error("a job was started after the end")
	default:
	}
	if msgs := streamInfo(t, js, "MUJAZ_JOBS").State.Msgs; msgs != 1 {
		t.Errorf("%d jobs are in the queue, want the one that came too late", msgs)
	}
}

// TestDrainLeavesNothingStuck publishes right after an idle worker with
// standing polls has shut down. The job is the next worker's at once: the
// lease is longer than the test waits.
func TestDrainLeavesNothingStuck(t *testing.T) {
	t.Parallel()
	server := queuetest.StartWith(t, queuetest.Options{Topology: queue.Topology{AckWait: 10 * time.Minute}})
	conn, js := server.Connect(t), admin(t, server)
	for i := range 10 {
		lane := queue.Lanes()[i%2]
		w := consume(t, conn, queue.ConsumerConfig{Slots: 2})
		queuetest.Eventually(t, "a poll stands", func() bool { return consumerInfo(t, js, lane).NumWaiting == 1 })
		w.stop()
		submit(t, conn, article(fmt.Sprint(i)), queue.Route{Lane: lane})
		next := consume(t, conn, queue.ConsumerConfig{Slots: 2})
		d := next.next(t)
		if d.Delivered != 1 {
			t.Errorf("delivery %d, want 1", d.Delivered)
		}
		d.finish(t)
		next.stop()
	}
}

func TestConsumerSurvivesItsDeletion(t *testing.T) {
	t.Parallel()
	server := queuetest.Start(t)
	conn, js := server.Connect(t), admin(t, server)
	faults := make(chan error, 100)
	w := consume(t, conn, queue.ConsumerConfig{Slots: 2, OnFault: func(err error) { faults <- err }})
	queuetest.Eventually(t, "a poll stands", func() bool { return consumerInfo(t, js, queue.LaneLive).NumWaiting == 1 })
	if err := js.DeleteConsumer(t.Context(), "MUJAZ_JOBS", "mujaz-live"); err != nil {
		t.Fatal(err)
	}
	if err := <-faults; err == nil {
		t.Error("the first report is that all is well")
	}
	for err := range faults {
		if err == nil {
			break
		}
	}
	submit(t, conn, article("a"), queue.Route{})
	w.next(t).finish(t)
}

func TestConsumerSurvivesRestarts(t *testing.T) {
	t.Parallel()
	server := queuetest.Start(t)
	conn := server.Connect(t)
	var healthy atomic.Bool
	w := consume(t, conn, queue.ConsumerConfig{Slots: 2, OnFault: func(err error) { healthy.Store(err == nil) }})
	for i, stop := range []func(testing.TB){server.Stop, server.Kill} {
		stop(t)
		server.Resume(t)
		submit(t, conn, article(fmt.Sprint(i)), queue.Route{})
		w.next(t).finish(t)
		queuetest.Eventually(t, "the fault is over", healthy.Load)
	}
}

func TestIntake(t *testing.T) {
	t.Parallel()
	server := queuetest.Start(t)
	conn, js := server.Connect(t), admin(t, server)
	for i := range 6 {
		submit(t, conn, article(fmt.Sprint(i)), queue.Route{})
	}
	asked, open := make(chan struct{}, 100), make(chan struct{})
	w := consume(t, conn, queue.ConsumerConfig{Slots: 4, Intake: func(ctx context.Context) (int, error) {
		select {
		case asked <- struct{}{}:
		default:
		}
		select {
		case <-open:
			return 2, nil
		case <-ctx.Done():
			return 0, ctx.Err()
		}
	}})
	<-asked
	// The server counts what waits a moment after it has confirmed it.
	queuetest.Eventually(t, "all jobs are counted", func() bool {
		return consumerInfo(t, js, queue.LaneLive).NumPending == 6
	})
	if info := consumerInfo(t, js, queue.LaneLive); info.NumAckPending != 0 || info.NumWaiting != 0 {
		t.Errorf("while the intake is closed: %d in flight, %d polls", info.NumAckPending, info.NumWaiting)
	}
	close(open)
	for range 3 {
		first, second := w.next(t), w.next(t)
		if n := consumerInfo(t, js, queue.LaneLive).NumAckPending; n != 2 || w.InHand() != 2 {
			t.Errorf("%d in flight, %d in hand; the intake allows 2", n, w.InHand())
		}
		first.finish(t)
		second.finish(t)
	}
}

// TestIntakeBlocksWhilePollsStand: a job that comes by a poll which stood when
// the intake closed is worked on, and its lease kept.
func TestIntakeBlocksWhilePollsStand(t *testing.T) {
	t.Parallel()
	server := queuetest.StartWith(t, queuetest.Options{Topology: shortLease})
	conn, js := server.Connect(t), admin(t, server)
	var closed atomic.Bool
	blocked := make(chan struct{})
	var once sync.Once
	w := consume(t, conn, queue.ConsumerConfig{Slots: 3, Intake: func(ctx context.Context) (int, error) {
		if closed.Load() {
			once.Do(func() { close(blocked) })
			<-ctx.Done()
			return 0, ctx.Err()
		}
		return 3, nil
	}})
	queuetest.Eventually(t, "both polls stand", func() bool {
		return consumerInfo(t, js, queue.LaneLive).NumWaiting == 1 && consumerInfo(t, js, queue.LaneBackfill).NumWaiting == 1
	})
	closed.Store(true)
	submit(t, conn, article("a"), queue.Route{})
	first := w.next(t)
	<-blocked
	submit(t, conn, article("b"), queue.Route{Lane: queue.LaneBackfill})
	d := w.next(t)
	passAckWait(t, js, 2)
	if info := consumerInfo(t, js, queue.LaneBackfill); info.NumRedelivered != 0 || !d.Leased() {
		t.Errorf("redelivered %d, leased %t", info.NumRedelivered, d.Leased())
	}
	first.finish(t)
	d.finish(t)
}

func TestConsumerVolume(t *testing.T) {
	t.Parallel()
	const jobs = 3000
	server := queuetest.Start(t)
	conn, js := server.Connect(t), admin(t, server)
	submitMany(t, conn, jobs)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var mu sync.Mutex
	seen := map[uint64]int{}
	var acked atomic.Int64
	consumer := queue.NewConsumer(conn, queue.ConsumerConfig{Slots: 64})
	for range 2 { // a consumer may run again
		if err := consumer.Run(ctx, t.Context(), func(ctx context.Context, d *queue.Delivery) {
			mu.Lock()
			seen[d.Sequence]++
			mu.Unlock()
			if err := d.Ack(ctx); err != nil {
				t.Error(err)
			}
			if acked.Add(1) == jobs {
				cancel()
			}
		}); err != nil {
			t.Fatal(err)
		}
	}
	if len(seen) != jobs || acked.Load() != jobs {
		t.Errorf("%d jobs in %d deliveries, want %d", len(seen), acked.Load(), jobs)
	}
	if msgs := streamInfo(t, js, "MUJAZ_JOBS").State.Msgs; msgs != 0 {
		t.Errorf("%d jobs are left", msgs)
	}
}

// TestForeignMessages: what any NATS client can publish is delivered as it is,
// with what can be read of its route. Its key is gone where no message id has it.
func TestForeignMessages(t *testing.T) {
	t.Parallel()
	server := queuetest.Start(t)
	conn, js := server.Connect(t), admin(t, server)
	w := consume(t, conn, queue.ConsumerConfig{Slots: 1})
	for subject, want := range map[string]struct{ stored, source string }{
		"mujaz.jobs.live.desk.k":      {"mujaz.jobs.live.desk", "desk"},
		"mujaz.jobs.live.x":           {"mujaz.jobs.live.x", "x"},
		"mujaz.jobs.live.خبر.k":       {"mujaz.jobs.live.خبر", queue.DefaultSource},
		"mujaz.jobs.live.a.b.c.d.e.f": {"mujaz.jobs.live.a.b.c.d.e.f", "a"},
	} {
		if _, err := js.Publish(t.Context(), subject, []byte("{broken")); err != nil {
			t.Fatal(err)
		}
		d := w.next(t)
		if d.Subject != want.stored || d.Source != want.source || d.Lane != queue.LaneLive || string(d.Payload) != "{broken" || d.Redrives != 0 {
			t.Errorf("%s: got %+v", subject, d.Delivery)
		}
		d.finish(t)
	}
}
