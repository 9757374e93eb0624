package queue_test

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/mujaz/mujaz/queue"
	"github.com/mujaz/mujaz/queue/queuetest"
)

// benchArticle has the size of a news article: 6 KB.
var benchArticle = strings.Repeat("أعلنت البلدية برنامج الصيانة السنوي للطرق. ", 80)

func fillQueue(b *testing.B, conn *queue.Conn, n int, lane queue.Lane) {
	b.Helper()
	producer := queue.NewProducer(conn)
	pending := make([]*queue.Pending, 0, n)
	for i := range n {
		p, err := producer.SubmitAsync(b.Context(), queue.Job{ID: fmt.Sprint(i), Article: queue.Article{Text: benchArticle}}, queue.Route{Lane: lane})
		if err != nil {
			b.Fatal(err)
		}
		pending = append(pending, p)
	}
	for _, p := range pending {
		if _, err := p.Wait(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkConsumer is the cycle of fetch and double ack with a handler that
// does nothing else: what the queue costs a job.
func BenchmarkConsumer(b *testing.B) {
	for _, lane := range queue.Lanes() {
		for _, slots := range []int{1, 64, 1024} {
			b.Run(fmt.Sprintf("%s/slots=%d", lane, slots), func(b *testing.B) {
				server := queuetest.Start(b)
				conn := server.Connect(b)
				fillQueue(b, conn, b.N, lane)
				ctx, cancel := context.WithCancel(b.Context())
				defer cancel()
				var left atomic.Int64
				left.Store(int64(b.N))
				consumer := queue.NewConsumer(conn, queue.ConsumerConfig{Slots: slots})
				b.ReportAllocs()
				b.ResetTimer()
				if err := consumer.Run(ctx, b.Context(), func(ctx context.Context, d *queue.Delivery) {
					if err := d.Ack(ctx); err != nil {
						b.Error(err)
					}
					if left.Add(-1) == 0 {
						b.StopTimer()
						cancel()
					}
				}); err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "jobs/s")
			})
		}
	}
}

func BenchmarkSubmitAsync(b *testing.B) {
	server := queuetest.Start(b)
	conn := server.Connect(b)
	b.ReportAllocs()
	b.SetBytes(int64(len(benchArticle)))
	b.ResetTimer()
	fillQueue(b, conn, b.N, queue.LaneLive)
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "jobs/s")
}

func BenchmarkDecodeJob(b *testing.B) {
	payload, err := queue.EncodeJob(queue.Job{ID: "1", Article: queue.Article{Text: benchArticle}})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	b.SetBytes(int64(len(payload)))
	for b.Loop() {
		if _, err := queue.DecodeJob(payload); err != nil {
			b.Fatal(err)
		}
	}
}
